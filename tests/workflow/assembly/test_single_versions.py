"""A native dependency that a recipe states for the version before alone is not lost."""

from __future__ import annotations

import pytest

from spack_pypi.host.port import Package
from spack_pypi.recipe.model import BUILD, Dependency
from spack_pypi.translate.revise import NewVersion
from spack_pypi.workflow.assembly.single_versions import single_versions
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.workflow.evaluated import RUN, Line, Recipe

#: (lines of a recipe, its version 1.5 being the newest; what 2.0 gets)
LINES: list[tuple[list[Line], list[str]]] = [
    ([Line("foo", "3:", versions="1.5")], ["foo@3:"]),
    ([Line("foo", versions="1.5"), Line("bar", "2:", versions="1")], ["foo", "bar@2:"]),
    # it goes on by itself
    ([Line("foo", "3:")], []),
    ([Line("foo", "3:", versions="1.5:")], []),
    # another line says what later versions need
    ([Line("foo", "3:", versions="1.5"), Line("foo")], []),
    # its author wrote where it ends
    ([Line("foo", "3:", versions=":1.5")], []),
    ([Line("foo", "3:", versions="1.2:1.5")], []),
    # it ended before
    ([Line("foo", "3:", versions="1.4")], []),
    # metadata, or the archive, says what these are needed for
    ([Line("py-foo", "3:", versions="1.5"), Line("python", "3.9:", versions="1.5")], []),
    ([Line("c", types=BUILD, versions="1.5")], []),
    # tests are not a recipe's business
    ([Line("foo", types=("test",), versions="1.5")], []),
    # not of the recipe itself
    ([Line("foo", versions="1.5", native=True)], []),
]


@pytest.mark.parametrize(("lines", "carried"), LINES)
def test_a_least_version_is_carried_on(lines: list[Line], carried: list[str]) -> None:
    found = single_versions(Recipe(lines), "1.5", {"2.0": NewVersion()}, ())
    assert [each.spec for each in found.lines.get("2.0", ())] == carried
    assert not found.problem


@pytest.mark.parametrize("ranges", ["32", ":3", "3.1:3.4", "=32.1"])
def test_versions_of_one_version_are_decided_by_a_person(ranges: str) -> None:
    """What a person has to narrow has no versions."""
    line = Line("foo", ranges, RUN, versions="1.5")
    found = single_versions(Recipe([line]), "1.5", {"2.0": NewVersion()}, ())
    assert found.lines == {"2.0": [Dependency("foo")]}
    assert found.problem == (
        f"it states foo@{ranges} only for 1.5, and nothing says which foo 2.0 needs"
    )


def test_what_is_not_understood_is_decided_by_a_person() -> None:
    line = Line("foo", suffix=" threads=openmp", versions="1.5")
    found = single_versions(Recipe([line]), "1.5", {"2.0": NewVersion()}, ())
    assert not found.lines
    assert found.problem == (
        "it states foo threads=openmp only for 1.5, and nothing says whether 2.0 needs it"
    )


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (NewVersion([Dependency("foo", types=BUILD)]), ()),
        (NewVersion(before=[Dependency("foo", types=BUILD)]), ()),
        (NewVersion(), ["foo"]),
    ],
)
def test_what_is_known_of_is_no_loss(known: NewVersion, said: list[str]) -> None:
    line = Line("foo", "32", versions="1.5")
    assert not single_versions(Recipe([line]), "1.5", {"2.0": known}, said).lines


RECIPE = """\
class PyX(PythonPackage):
    version("1.5", sha256="0")

    depends_on("py-setuptools", type="build")
    depends_on("foo@{range}", when="@1.5")
"""


def test_sync_carries_it_on_or_refuses() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "70.0")
    for version in ("1.5", "2.0"):
        index.add("x", version, build=["setuptools"])
    request = Request(("x>=2",), verify=Verify.LOAD, as_written=True)
    host.keep("x", "py-x", RECIPE.replace("{range}", "3:"))
    text = create(host, index, request).plan.texts["py-x"]
    assert '    depends_on("foo@3:", when="@2:")\n' in text
    host.keep("x", "py-x", RECIPE.replace("{range}", "32"))
    (refused,) = create(host, index, request).plan.failed
    assert "it states foo@32 only for 1.5, and nothing says which foo 2.0 needs" in refused.reason
    assert 'depends_on("foo", when="@2:", type=("build", "link"))' in refused.proposal


LXML = """\
class PyLxml(PythonPackage):
    version("5.3.0", sha256="0")

    depends_on("c", type="build")
    depends_on("py-setuptools", type="build")
    depends_on("libxml2@2.9.2:", type=("build", "link", "run"))
    depends_on("libxslt@1.1.27:", type=("build", "link", "run"))
"""


def test_a_known_need_that_no_repo_has_ends_no_line() -> None:
    """The table says that lxml 5.3 needs libxml2@2.12.9:, and 6.0.1 libxml2@2.14.5:."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "70.0")
    host.packages["libxml2"] = Package("libxml2", "builtin", ("2.13.5",), ())
    host.packages["libxslt"] = Package("libxslt", "builtin", ("1.1.42",), ())
    host.keep("lxml", "py-lxml", LXML)
    for version in ("5.3.0", "6.0.1"):
        index.add("lxml", version, build=["setuptools"])
    request = Request(("lxml>=6",), verify=Verify.LOAD, as_written=True)
    text = create(host, index, request).plan.texts["py-lxml"]
    assert text.partition("\n\n")[2] == LXML.partition("\n\n")[2]
