"""What an update says beside its recipes: what these leave out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.recipe.source_changes import SourceChange
from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow.outdated import outdated
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.sync import diagnostics, sync
from tests.memory import MemoryHost, MemoryIndex
from tests.memory_meaning import TextMeaning
from tests.workflow.test_arrived import RECIPE


def test_a_requirement_that_is_left_out_is_said() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    index.add("x", "1.0")
    index.add("x", "2.0", "y")
    index.add("y", "1.0", "x>=2")
    host.keep("x", "py-x", RECIPE)
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        update = sync(session, host, found, Request((), verify=Verify.LOAD), to="latest")
    assert update.new == ("2.0",)
    (said,) = (each for each in diagnostics(update, False, True) if each.code == "cycle")
    assert (said.severity.value, said.subject) == ("note", "x>=2")


@pytest.mark.parametrize("every", [False, True])
def test_wheels_for_one_python_each_are_asked_for_by_the_version_of_the_index(every: bool) -> None:
    """Only that can be compared with others (PEP 440). The recipe is not edited: it has no block
    of a machine."""
    host, index = MemoryHost(), MemoryIndex()
    for version in ("1.0", "2.0", "3.0"):
        tag = "cp312-cp312-manylinux_2_17_x86_64"
        index.add("x", version, sdist=False, wheel_tag=tag)
    host.keep("x", "py-x", RECIPE.replace('"1.0"', '"1.0-cp312"'))
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD)
        update = sync(session, host, found, request, to="latest", every=every)
    assert found.lacking == ["3.0-cp312", "2.0-cp312"]
    assert "has only wheels for machines, and it has no versions for linux x86_64" in update.reason
    (_, refused) = diagnostics(update, False, True)
    assert refused.code == "not-updated"


def test_a_line_of_the_version_before_alone_goes_on() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    host.has("y", "2.0")
    for version in ("1.0", "2.0"):
        index.add("x", version, "y>=2")
    index.add("y", "2.0")
    host.keep(
        "x", "py-x", RECIPE + '    depends_on("py-y@2:", when="@1.0", type=("build", "run"))\n'
    )
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD, as_written=True)
        update = sync(session, host, found, request, to="latest")
    _, text = update.texts["py-x"]
    assert (
        text.splitlines()[-1] == '    depends_on("py-y@2:", when="@1.0:", type=("build", "run"))'
    )


@pytest.mark.parametrize(
    ("requires", "refused"),
    [("y", "p.patch of the recipe changes what setup.py says of y, for 2.0, too"), ("z", "")],
)
def test_what_a_patch_changes_for_the_new_version_too_is_for_a_person(
    requires: str, refused: str
) -> None:
    class Patched(TextMeaning):
        def source_changes(self, version: str) -> Sequence[SourceChange]:
            return [SourceChange("p.patch", "setup.py", ("'y<2',",))] if version == "2.0" else ()

    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    host.has("y", "2.0")
    host.has("z", "2.0")
    index.add("x", "1.0")
    index.add("x", "2.0", requires)
    host.keep("x", "py-x", RECIPE)
    host.meanings["py-x"] = Patched("py-x", [RECIPE])
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD)
        update = sync(session, host, found, request, to="latest", explained=True)
    assert refused in update.reason
    assert [*update.explained] == ["py-x"]
    if refused:
        assert (update.new, update.texts) == ((), {})
        assert f'depends_on("py-{requires}"' in update.proposal


@pytest.mark.parametrize(
    ("recipe", "older", "said"),
    [
        (RECIPE, (("curl", "setup.py", 1),), False),
        (RECIPE, (("curl", "other.py", 1),), True),
        (RECIPE, (), True),
        # the author says it of the version before
        (
            RECIPE + "    # 1.0: its build may download something: x\n",
            (("curl", "setup.py", 1),),
            True,
        ),
    ],
)
def test_a_build_that_downloads_as_the_one_before_does(
    recipe: str, older: tuple[tuple[str, str, int], ...], said: bool
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "80.0")
    for version, places in (("1.0", older), ("2.0", (("curl", "setup.py", 7),))):
        index.add("x", version)
        index._sources["x", Version(version)] = Source(downloads=places)
    host.keep("x", "py-x", recipe)
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD, as_written=True)
        update = sync(session, host, found, request, to="latest")
    (_, text) = update.texts["py-x"]
    assert ("# 2.0: its build may download something: setup.py:7 (curl)" in text) is said


@pytest.mark.parametrize(
    ("before", "more"),
    [
        (False, ""),
        (True, ""),  # its author left it out
        (True, "\n    # pkg_resources is imported, which setuptools has up to version 81\n"),
    ],
)
def test_what_is_imported_and_not_declared_is_said_beside_what_is_new(
    before: bool, more: str
) -> None:
    """Not where the version before imports it as well."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "80.0")
    imports = (ModuleImport("pkg_resources", "x/a.py", 1),)
    for version, found in (("1.0", imports if before else ()), ("2.0", imports)):
        index.add("x", version)
        index._sources["x", Version(version)] = Source(imports=found)
    host.keep("x", "py-x", RECIPE.replace("py-hatchling", "py-setuptools") + more)
    with Session(index) as session:
        (behind,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD, as_written=True)
        update = sync(session, host, behind, request, to="latest")
    (_, text) = update.texts["py-x"]
    said = "    # pkg_resources is imported, which setuptools has up to version 81\n"
    new = f'{said}    depends_on("py-setuptools@:81", when="@2:", type=("build", "run"))\n'
    assert (new in text) is not before
    assert text.count(said) == (0 if before and not more else 1)


# (the line of a recipe, what both its release and the next one require): ours would be plainer
SAME = [
    ("py-helper@2:2.0", "helper>=2,<2.1"),
    ("py-helper@2:2.0", "helper~=2.0.0"),
    ("py-helper@2.0", "helper~=2.0.0"),
    ("py-helper@2:2.0.0", "helper==2.0"),
    ("py-dated@2024.9.5:2024.9", "dated~=2024.9.5"),
    ("py-dated@2024_09_5:", "dated>=2024.9.5"),
    ("opencv@4.9:", "opencv-python>=4.9.0.80"),
    ("opencv@4.9.0.80:", "opencv-python>=4.9.0.80"),
]


@pytest.mark.parametrize(("line", "required"), SAME)
def test_a_line_that_says_the_same_stays(line: str, required: str) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    host.has("helper", "2.0.0", "2.0.1")
    host.has("dated", "2024_09_5")
    host.has("opencv-python", "4.9.0", "4.10.0", name="opencv")
    for project, version in (
        ("helper", "2.0"),
        ("dated", "2024.9.5"),
        ("opencv-python", "4.9.0.80"),
    ):
        index.add(project, version)
    for version in ("1.0", "2.0"):
        index.add("x", version, required)
    host.keep("x", "py-x", f'{RECIPE}\n    depends_on("{line}", type=("build", "run"))\n')
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD, as_written=True)
        update = sync(session, host, found, request, to="latest")
    (_, text) = update.texts["py-x"]
    package = line.partition("@")[0]
    assert [each.split('"')[1] for each in text.splitlines() if f'("{package}' in each] == [line]
