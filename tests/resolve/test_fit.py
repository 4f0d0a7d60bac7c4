"""Spack takes one version of each package: recipes offer releases that fit together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.resolve.catalog import Catalog
from spack_pypi.resolve.demands import NO_PYTHON, Candidate, Demand
from spack_pypi.resolve.facts import Facts
from spack_pypi.resolve.fit import in_words
from spack_pypi.resolve.policy import Policy, Rules
from spack_pypi.resolve.search import NoSolution
from spack_pypi.session import Session
from spack_pypi.workflow.plan import RecordStatus
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run
from tests.run import create


def listed(host: MemoryHost, index: MemoryIndex, *names: str) -> dict[str, tuple[str, ...]]:
    records = create(host, index, Request(names, verify=Verify.LOAD)).plan.records
    return {p: r.versions for p, r in records.items() if r.status is RecordStatus.NEW}


def ports() -> tuple[MemoryHost, MemoryIndex]:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    return host, index


def cores(index: MemoryIndex, older: str = "backend>=1") -> None:
    """Two releases of core, of which the newer one is built with the newer of two backends."""
    index.add("core", "1.0", build=[older])
    index.add("core", "2.0", build=["backend>=2"])
    index.add("backend", "1.0")
    index.add("backend", "2.0")


def test_two_pins_on_one_backend_exclude_each_other() -> None:
    """app must be built with backend 1; the newest core with backend 2: an older core is taken."""
    host, index = ports()
    index.add("app", "1.0", "core>=1", build=["backend==1.0"])
    index.add("core", "1.1", build=["backend>=1"])
    cores(index)
    found = listed(host, index, "app")
    assert found["core"] == ("1.1",)
    assert found["backend"] == ("1.0",)


def test_with_newest_the_newest_is_there_besides() -> None:
    host, index = ports()
    index.add("app", "1.0", "core>=1", build=["backend==1.0"])
    cores(index)
    request = Request(("app",), verify=Verify.LOAD, policy=Policy(newest=True))
    records = create(host, index, request).plan.records
    assert records["core"].versions == ("2.0", "1.0")
    assert records["backend"].versions == ("2.0", "1.0")


def test_build_tools_may_be_there_twice() -> None:
    host, index = ports()
    host.has("backend", "2.0", "1.0")
    host.packages["backend"] = replace(host.packages["backend"], build_tool=True)
    index.add("app", "1.0", "core>=1", build=["backend==1.0"])
    index.add("core", "1.0", build=["backend>=1"])
    index.add("core", "2.0", build=["backend>=2"])
    assert listed(host, index, "app")["core"] == ("2.0",)


def test_a_version_that_a_package_has_is_preferred() -> None:
    host, index = ports()
    host.has("core", "1.0", "0.9")
    index.add("app", "1.0", "core", "other")
    index.add("other", "1.0", "core<1")
    index.add("core", "0.9")
    index.add("core", "1.0")
    assert sorted(listed(host, index, "app")) == ["app", "other"]


def test_each_named_project_is_taken_by_itself() -> None:
    host, index = ports()
    index.add("one", "1.0", "core==1.0")
    index.add("two", "1.0", "core==2.0")
    index.add("core", "1.0")
    index.add("core", "2.0")
    assert listed(host, index, "one", "two")["core"] == ("2.0", "1.0")


def test_what_cannot_fit_is_left_to_the_solver() -> None:
    host, index = ports()
    index.add("app", "1.0", "a", "b")
    index.add("a", "1.0", "core<2")
    index.add("b", "1.0", "core>=2")
    index.add("core", "1.0")
    index.add("core", "2.0")
    assert sorted(listed(host, index, "app")) == ["a", "app", "b", "core"]


def test_conditions_that_no_one_environment_unites_do_not_clash() -> None:
    host, index = ports()
    index.add("app", "1.0", 'core<2; sys_platform == "win32"', 'core>=2; sys_platform != "win32"')
    index.add("core", "1.0")
    index.add("core", "2.0")
    assert listed(host, index, "app")["core"] == ("2.0", "1.0")


def test_the_newest_release_of_what_was_asked_for_is_the_last_to_be_given_up() -> None:
    host, index = ports()
    index.add("app", "0.9", "core>=1")
    index.add("app", "1.0", "core>=1", build=["backend==1.0"])
    cores(index)
    found = listed(host, index, "app")
    assert found["app"] == ("1.0", "0.9")
    assert found["core"] == ("1.0",)


def test_what_a_package_asks_of_its_own_versions_counts() -> None:
    """builtin's core 1.0 needs a newer backend than app allows; core 0.9 does not."""
    host, index = ports()
    host.has("core", "1.0")
    host.has("backend", "2.0", "1.0")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    version("1.0", sha256="0")
    depends_on("py-backend@2:", type="build")
"""
    index.add("app", "1.0", "core", build=["backend==1.0"])
    index.add("core", "0.9", build=["backend"])
    index.add("core", "1.0", build=["backend>=2"])
    assert listed(host, index, "app")["core"] == ("0.9",)


def test_older_versions_that_exist_come_before_new_ones_of_something_else() -> None:
    """The newest hook needs scm 2, which needs another base than app. The older hook does not, and
    a new scm 3 would not either."""
    host, index = ports()
    host.has("hook", "2.0", "1.0")
    host.has("scm", "2.0", "1.0")
    host.has("base", "2.0", "1.0")
    host.texts["py-hook"] = """class PyHook(PythonPackage):
    version("2.0", sha256="0")
    version("1.0", sha256="0")
    depends_on("py-scm@2:", when="@2:", type="build")
    depends_on("py-scm@1:", type="build")
"""
    host.texts["py-scm"] = """class PyScm(PythonPackage):
    version("2.0", sha256="0")
    version("1.0", sha256="0")
    depends_on("py-base@2:", when="@2:", type=("build", "run"))
"""
    index.add("app", "1.0", "base<2", build=["hook>=1"])
    index.add("scm", "3.0", "base", build=[])
    assert listed(host, index, "app") == {"app": ("1.0",)}


def test_what_only_a_solution_needs_that_failed_is_not_written() -> None:
    """core 3 would fit, with a newer side; but it needs what nobody has, so core 2 is taken."""
    host, index = ports()
    host.has("core", "1.0")
    host.has("base", "2.0", "1.0")
    host.has("side", "1.0")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    version("1.0", sha256="0")
    depends_on("py-base@2:", type=("build", "run"))
"""
    index.add("app", "1.0", "core", "base<2")
    index.add("core", "2.0", "base")
    index.add("core", "3.0", "base", "side>=2", "gone")
    index.add("side", "2.0")
    assert listed(host, index, "app") == {"app": ("1.0",), "core": ("2.0",)}


def test_what_is_added_so_that_all_fits_has_the_variants_too() -> None:
    """An exact recipe says of core 0.9 what its extra needs, though nobody required 0.9."""
    host, index = ports()
    host.has("core", "1.0", variants=["fast"])
    host.has("backend", "2.0", "1.0")
    host.has("speed", "2.0", "1.0")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    version("1.0", sha256="0")
    variant("fast", default=False, description="Be fast")
    depends_on("py-backend@2:", type="build")
    depends_on("py-speed@2:", when="@1:+fast", type=("build", "run"))
"""
    index.add("app", "1.0", "core", build=["backend==1.0"])
    fast = 'speed<2; extra == "fast"'
    index.add("core", "0.9", fast, build=["backend"], extras=["fast"])
    index.add("core", "1.0", build=["backend>=2"])
    create(host, index, Request(("app",), verify=Verify.LOAD))
    assert '"py-speed@:1", when="@:0+fast"' in host.written["py-core"]


def test_what_is_written_fits_a_python_that_can_be_used() -> None:
    """core 2.0 does not run with the only Python of a site; the newest Python would take it."""
    host, index = ports()
    index.add("app", "1.0", "core>=1")
    index.add("core", "1.0")
    index.add("core", "2.0", python=">=3.12")
    assert listed(host, index, "app")["core"] == ("2.0",)
    host.external_pythons = ("3.11.7",)
    assert listed(host, index, "app")["core"] == ("1.0",)


def test_a_set_fits_as_a_whole() -> None:
    """Both by themselves take core 2.0; together only an older other allows it."""
    host, index = ports()
    index.add("one", "1.0", "core", "plugin")
    index.add("two", "1.0", "core<2")
    index.add("plugin", "1.0", "core>=1")
    index.add("plugin", "2.0", "core>=2")
    index.add("core", "1.0")
    index.add("core", "2.0")
    names = ("one", "two")
    result = create(host, index, Request(names, verify=Verify.LOAD, together=True))
    assert result.plan.records["plugin"].versions == ("1.0",)


def test_each_listed_version_of_what_was_named_gets_what_it_needs() -> None:
    host, index = ports()
    index.add("app", "1.0", "core>=1", build=["backend==1.0"])
    index.add("app", "2.0", "core>=1", build=["backend==2.0"])
    cores(index, older="backend<2")
    assert listed(host, index, "app")["core"] == ("2.0", "1.0")


#: (the demands of a conflict: who makes them, in which version, for what; the sentence).
CONFLICTS: list[tuple[list[tuple[str, str, Demand]], str]] = [
    (
        [("", "", Demand("x", "<2")), ("a", "1.0", Demand("x", ">=2"))],
        "no version of py-x satisfies all: you require <2; py-a 1.0 requires >=2",
    ),
    (
        [("a", "2.0", Demand("x", "<2")), ("b", "1.0", Demand("x", "<2"))],
        "no version of py-x satisfies all: py-a 2.0, py-b 1.0 require <2",
    ),
    (
        [("a", version, Demand("x", ranges="2:")) for version in ("3.0", "2.0", "1.0")],
        "no version of py-x satisfies all: py-a 3.0 (and 2 older) require @2:",
    ),
    ([("a", "1.0", Demand(NO_PYTHON))], "py-a 1.0 does not run with Python 3.11.2"),
    ([("a", "1.0", Demand("x"))], ""),
]


@pytest.mark.parametrize("causes, sentence", CONFLICTS)
def test_a_conflict_names_who_requires_what(
    causes: Sequence[tuple[str, str, Demand]], sentence: str
) -> None:
    index = MemoryIndex()
    with Session(index) as session:
        catalog = Catalog(MemoryHost(), Facts(session), Rules(Policy()), [])
        made = [
            (demand, Candidate(project, Version(text), text) if project else None)
            for project, text, demand in causes
        ]
        assert in_words(catalog, NoSolution("3.11.2", made)) == sentence


def test_what_exists_is_combined_before_anything_is_added(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """``limit``, which leaves ``tool`` no version that goes with ``capped``, is found behind many
    packages that do not matter, and ``any-tool``, which does not either: an older parent goes."""

    def has(package: str, versions: str, line: str) -> None:
        host.has(package, *versions.split())
        host.texts[f"py-{package}"] = f"class X(PythonPackage):\n    {line}\n"

    unrelated = [f"between{number}" for number in range(8)]
    for each in unrelated:
        host.has(each, "4", "3", "2", "1")
    host.has("shared", "24", "21")
    has("capped", "1", 'depends_on("py-shared@:21")')
    has("tool", "2 1", 'depends_on("py-shared@24:", when="@2:")')
    has("any-tool", "2 1", 'depends_on("py-tool@1:")')
    has("limit", "1", 'depends_on("py-tool@2:")')
    has("an-older-one", "2 1", 'depends_on("py-limit@1:", when="@2:")')
    named = ("any-tool", "an-older-one", "capped", *unrelated)
    index.add("app", "1.0", *(f"{each}>=1" for each in named))
    index.add("capped", "2.0")
    run(host, index, "app")
    assert list(host.written) == ["py-app"]


@pytest.mark.parametrize("seed", range(5))
def test_what_exists_is_combined_even_if_that_takes_long(
    host: MemoryHost, index: MemoryIndex, seed: int
) -> None:
    """Of sixteen packages with eight versions each, only some of the oldest are known to go
    together, while a release that requires nothing could be added of each."""
    chance = random.Random(seed)
    numbers = range(16)
    fitting = [chance.randint(1, 2) for _ in numbers]
    for number in numbers:
        later, lines = numbers[number + 1 :], []
        for version in range(8, 0, -1):
            for other in chance.sample(later, min(3, len(later))):
                low = chance.randint(1, 8)
                high = str(min(8, low + chance.randint(0, 2)))
                if version == fitting[number]:
                    low, high = min(low, fitting[other]), str(fitting[other])
                elif chance.random() < 0.3:
                    high = ""
                lines.append(f'depends_on("py-lib{other}@{low}:{high}", when="@{version}")')
        host.has(f"lib{number}", *"87654321")
        host.texts[f"py-lib{number}"] = "\n    ".join(["class X(PythonPackage):", *lines, ""])
        index.add(f"lib{number}", "9")
    index.add("app", "1.0", *(f"lib{number}" for number in numbers[:8]))
    run(host, index, "app")
    assert list(host.written) == ["py-app"]
