"""Packages that the host has: what is added to them, and when that cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.host.port import Package
from spack_pypi.workflow.plan import RecordStatus
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run


def test_a_second_run_has_nothing_to_write(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("app", "1.0")
    index.add("app", "1.0")
    result = run(host, index, "app")
    assert not result.plan.texts and not host.written


def test_force_writes_what_exists(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("app", "1.0")
    index.add("app", "2.0")
    assert list(run(host, index, "app", force=True).plan.texts) == ["py-app"]


def test_an_existing_package_without_the_version_is_added_to(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("idna", "2.8", "2.5")
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.1", "helper")
    index.add("helper", "1.0")
    record = run(host, index, "app").plan.records["idna"]
    assert (record.status, record.extends, record.versions) == (
        RecordStatus.NEW,
        "builtin.py-idna",
        ("3.1",),
    )
    recipe = host.written["py-idna"]
    assert "class PyIdna(BuiltinPyIdna):" in recipe
    assert 'depends_on("py-helper", when="@3:", type=("build", "run"))' in recipe


#: three holes: 1.1, 1.3 and 1.5
HOLES = "helper>=1,!=1.1.*,!=1.3.*,!=1.5.*"


@pytest.mark.parametrize(
    "namespace, base", [("builtin", "BuiltinPyIdna"), ("site", "PythonPackage")]
)
def test_what_a_new_version_excludes_is_a_conflict_of_it(
    host: MemoryHost, index: MemoryIndex, namespace: str, base: str
) -> None:
    """In a recipe that inherits the other one, and in one that is edited."""
    host.has("idna", "2.8")
    host.packages["idna"] = replace(host.packages["idna"], namespace=namespace)
    host.has("helper", "1.0")
    host.texts["py-idna"] = """class PyIdna(PythonPackage):
    version("2.8", sha256="0")
    depends_on("py-helper", type=("build", "run"))
"""
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.1", HOLES)
    index.add("idna", "2.8", "helper")
    run(host, index, "app")
    written = host.written["py-idna"]
    assert f"class PyIdna({base}):" in written
    assert 'depends_on("py-helper@1:", when="@3:", type=("build", "run"))' in written
    assert 'conflicts("^py-helper@1.1,1.3,1.5", when="@3:")' in written


def test_a_branch_is_not_older_than_a_release(host: MemoryHost, index: MemoryIndex) -> None:
    """A version older than all others gets an upper bound, not one at the branch's name."""
    host.has("idna", "2.8")
    host.has("helper", "1.0")
    host.texts["py-idna"] = """class PyIdna(PythonPackage):
    version("main", branch="main")
    version("2.8", sha256="0")
    depends_on("py-helper", type=("build", "run"))
"""
    index.add("app", "1.0", "idna<2")
    index.add("idna", "1.0")
    index.add("idna", "2.8", "helper")
    run(host, index, "app")
    assert 'depends_on("py-helper", when="@2:"' in host.written["py-idna"]


HELPED = """class PyIdna(PythonPackage):
    version("2.8", sha256="0")
    depends_on("py-helper", type=("build", "run"))
    depends_on("py-known", type=("build", "run"))
    depends_on("c", type="build")
    depends_on("rust", type="build")
"""


@pytest.mark.parametrize("listed_can_be_read", [True, False])
def test_what_ends_is_what_the_listed_release_asked_for(
    host: MemoryHost, index: MemoryIndex, listed_can_be_read: bool
) -> None:
    """Lines that no metadata explains stay, and all do where the older release cannot be read."""
    host.has("idna", "2.8")
    host.has("helper", "1.0")
    host.has("known", "1.0")
    host.texts["py-idna"] = HELPED
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.0")
    index.add("idna", "2.8", "helper")
    if not listed_can_be_read:
        index.unreadable.add(("idna", "2.8"))
    run(host, index, "app")
    recipe = host.written["py-idna"]
    ends = 'depends_on("py-helper", when="@:2", type=("build", "run"))'
    assert (ends in recipe) == listed_can_be_read
    assert "py-known" not in recipe or 'depends_on("py-known", type=("build", "run"))' in recipe


def test_without_dependencies_it_is_reported_which_package_has_no_version_in_the_range(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("idna", "2.0")
    host.has("attrs", "22.1")
    index.add("app", "1.0", "idna>=3", "attrs>=22")
    records = run(host, index, "app", dependencies=False).plan.records
    assert records["idna"].reason and not records["attrs"].reason


def test_without_dependencies_a_bound_that_is_a_pre_release_is_held(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("semantics", "0.50")
    index.add("app", "1.0", "semantics>=0.59b0")
    index.add("semantics", "0.59b0")
    index.add("semantics", "0.58b0")
    text = run(host, index, "app", dependencies=False).plan.texts["py-app"]
    assert 'depends_on("py-semantics@0.59beta0:", type=("build", "run"))' in text


@pytest.mark.parametrize("named", ["app[color]==1.0", "app[color]==2.0"])
def test_an_extra_that_the_package_has_no_variant_for_is_not_dropped(
    host: MemoryHost, index: MemoryIndex, named: str
) -> None:
    """Neither where the package has the version, nor where the version would be added to it."""
    host.has("app", "1.0")
    index.add("rich", "1.0")
    for version in ("1.0", "2.0"):
        index.add("app", version, 'rich; extra == "color"')
    (failed,) = run(host, index, named).plan.failed
    assert failed.reason == (
        "builtin.py-app has no variant for the extra 'color'; pass --force to write another recipe"
    )
    run(host, index, named, force=True)
    assert 'depends_on("py-rich", when="+color", type=("build", "run"))' in host.written["py-app"]


def test_a_name_that_another_projects_package_has(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("other", "1.0", name="py-snappy")
    index.add("app", "1.0", "snappy>=2")
    index.add("snappy", "2.0")
    result = run(host, index, "app")
    assert not result.plan.failed
    assert 'depends_on("py-snappy-pypi@2:", type=("build", "run"))' in host.written["py-app"]
    assert "py-snappy-pypi" in host.written


def test_no_extend_reports_what_is_lacking(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("idna", "2.0")
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.10")
    (failed,) = run(host, index, "app", extend=False).plan.failed
    assert failed.reason == (
        "1.0 needs idna>=3: builtin.py-idna has no such version, and --no-extend is set"
    )
    assert not host.written


WHEELS = "it is published only as wheels, none of them for Linux and a Python of this Spack"
THERE = "it is published only as wheels, each for one Python version or platform, which that "
THERE += "recipe cannot list"
BUILD = "write a recipe that builds it from its repository"
NONE = "no release that Spack can install satisfies it (newest: 3.0)"


@pytest.mark.parametrize(
    "sdist, has, reason",
    [
        (False, [], f"{WHEELS}: {BUILD}"),
        (False, ["2.0"], f"builtin.py-torch has no such version, and {THERE}: {BUILD}"),
        (True, [], NONE),
        (True, ["2.0"], f"builtin.py-torch has no such version, and {NONE}"),
    ],
)
def test_the_reason_names_the_package_that_there_is(
    host: MemoryHost, index: MemoryIndex, sdist: bool, has: list[str], reason: str
) -> None:
    if has:
        host.has("torch", *has)
    index.add("torch", "3.0", sdist=sdist, wheel_tag="cp27-cp27m-linux_x86_64")
    index.add("app", "1.0", "torch>=3.1")
    (failed,) = run(host, index, "app").plan.failed
    assert failed.reason == f"1.0 needs torch>=3.1: {reason}"


def test_a_recipe_that_builds_the_project_gets_no_wheels_for_one_python_each(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("torch", "2.0")
    index.add("torch", "3.0", sdist=False, wheel_tag="cp312-cp312-manylinux_2_28_x86_64")
    index.add("app", "1.0", "torch>=3")
    (failed,) = run(host, index, "app").plan.failed
    assert failed.reason.endswith(f"has no such version, and {THERE}: {BUILD}")


def test_one_that_lists_such_wheels_has_the_versions_that_they_are_of(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("itk", "5.3.0-cp311", "5.3.0-cp310")
    index.add("itk", "5.3.0", sdist=False, wheel_tag="cp311-cp311-manylinux_2_28_x86_64")
    index.add("app", "1.0", "itk==5.3")
    assert not run(host, index, "app").plan.failed
    assert [*host.written] == ["py-app"]
    assert 'depends_on("py-itk@5.3.0"' in host.written["py-app"]


def test_a_wheel_that_is_added_is_built_already(host: MemoryHost, index: MemoryIndex) -> None:
    """py-setuptools installs wheels: what builds its sdist is not needed, and would need it."""
    host.packages["setuptools"] = Package("py-setuptools", "builtin", ("80.9",), (), wheel=True)
    index.add("app", "1.0", build=["setuptools>=82"])
    index.add("setuptools", "84.0", build=["setuptools-scm"], python=">=3.10")
    run(host, index, "app")
    added = host.written["py-setuptools"]
    assert "84.0-py3-none-any.whl" in added
    assert "setuptools-scm" not in added and "python@3.10:" in added


def test_a_package_that_is_not_built_from_the_projects_archives_gets_none_of_them(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """builtin's cmake is CMake; the project cmake packs it for pip."""
    host.has("cmake", "3.31.0", name="cmake")
    host.packages["cmake"] = replace(host.packages["cmake"], from_index=False)
    index.add("cmake", "4.0.0")
    index.add("app", "1.0", "cmake>=4")
    (failed,) = run(host, index, "app").plan.failed
    assert failed.reason == (
        "1.0 needs cmake>=4: builtin.cmake has no such version and is not built from the "
        "project's archives: add the version to its recipe, or name another package with --map"
    )
    assert run(host, index, "cmake", force=True).plan.failed


def test_what_conflicts_of_the_recipe_exclude_is_not_excluded_again(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """Neither by a conflict with three holes, nor by one hole in a range."""
    text = """class PyIdna(PythonPackage):
    \"\"\"Names.\"\"\"

    pypi = "idna/idna-2.8.tar.gz"

    version("2.8", sha256="0")

    depends_on("py-hatchling", type="build")
    depends_on("py-helper@1:", type=("build", "run"))
    depends_on("py-other@1:", type=("build", "run"))

    conflicts("^py-helper@1.1,1.3,1.5")
    conflicts("^py-other@1.1")
"""
    host.keep("idna", "py-idna", text)
    host.has("helper", "2.0", "1.0")
    host.has("other", "1.0")
    index.add("idna", "2.8", "helper>=1", "other>=1")
    index.add("idna", "3.0", "helper>=1.0.1,!=1.1.*,!=1.3.*,!=1.5.*", "other>=1,!=1.1.*")
    written = run(host, index, "idna>=3", verify=None).plan.texts["py-idna"]
    added = [line.strip() for line in written.splitlines() if line not in text.splitlines()]
    assert added[1:] == [
        'depends_on("py-helper@1.0.1:", when="@3:", type=("build", "run"))',
    ]


def test_releases_that_a_package_lists_without_their_epoch(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """What is written is what ``check`` accepts; what needs another epoch is not written."""
    host.has("dates", "3.1", "3.0")
    for version in ("2019.1", "1!3.0", "1!3.1"):
        index.add("dates", version)
    index.add("app", "1.0", "dates>=1!3.1,<1!4")
    index.add("other", "1.0", "dates>=2!1")
    outcome = run(host, index, "app")
    assert outcome.applied
    assert 'depends_on("py-dates@3.1:3", type=("build", "run"))' in host.written["py-app"]
    assert not run(host, index, "other").applied


LOOP = """class PyIdna(PythonPackage):
    \"\"\"Names.\"\"\"

    pypi = "idna/idna-2.8.tar.gz"

    version("2.8", sha256="0")

    depends_on("py-hatchling", type="build")
    for v in ["2.8", "2.7"]:
        depends_on(f"tool@{v}", when=f"@{v}", type=("build", "run"))
"""


#: (what tool has, the items of the loop afterwards)
TOOLS = [(["3.0", "2.8"], '["3.0", "2.8", "2.7"]'), (["2.9", "2.8"], '["2.8", "2.7"]')]


@pytest.mark.parametrize("versions, items", TOOLS)
def test_a_loop_gets_an_item_for_what_exists(
    host: MemoryHost, index: MemoryIndex, versions: list[str], items: str
) -> None:
    host.keep("idna", "py-idna", LOOP)
    host.has("tool", *versions, name="tool")
    for version in ("2.8", "3.0"):
        index.add("idna", version)
    written = run(host, index, "idna>=3").plan.texts["py-idna"]
    assert f"    for v in {items}:\n" in written
    assert [line for line in written.splitlines() if "version(" not in line] == [
        line.replace('["2.8", "2.7"]', items)
        for line in LOOP.splitlines()
        if "version(" not in line
    ]


@pytest.mark.parametrize("patch", ["", "    def patch(self):\n        pass\n"])
def test_an_archive_that_cannot_be_built_needs_a_recipe_with_a_patch(
    host: MemoryHost, index: MemoryIndex, patch: str
) -> None:
    text = LOOP.partition("    for ")[0]
    host.keep("idna", "py-idna", text + patch)
    index.add("idna", "3.0", build=["setuptools"], wheel_tag="cp313-cp313-win_amd64")
    index.reads("idna", "3.0", "requirements.txt")
    assert bool(run(host, index, "idna>=3").plan.texts) == bool(patch)
