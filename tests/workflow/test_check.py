"""What ``check`` tells apart: (what a recipe says, what the metadata says) → what is found.

Recipes are evaluated by a small stand-in for Spack's classes; `tests/spack/test_check.py` does the
same with the real ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import Project
from spack_pypi.recipe.source_changes import SourceChange
from spack_pypi.workflow.compare import oracle
from spack_pypi.workflow.compare.known import KnownVersions
from tests.memory import MemoryHost, MemoryIndex
from tests.run import check
from tests.workflow.evaluated import BUILD, Line, Recipe, checked

# (lines of the recipe, requirements, (severity, kind, subject) of what is found)
TABLE: list[tuple[list[Line], list[str], tuple[str, str, str] | None]] = [
    ([Line("py-a", "1:")], ["a>=1"], None),
    ([Line("py-a", "1:1")], ["a>=1,<2"], None),
    ([], ["a"], ("error", "missing-dependency", "py-a")),
    ([Line("py-a", types=BUILD)], ["a"], ("error", "build-only-dependency", "py-a")),
    ([Line("py-a")], [], ("note", "extra-dependency", "py-a")),
    ([Line("zlib")], [], None),
    ([], ["statistics"], None),  # Python's own
    ([Line("py-a", "1:")], ["a>=2"], ("error", "range-too-wide", "py-a")),
    ([Line("py-a", "1:")], ["a>=1,<3"], ("note", "range-too-wide", "py-a")),
    ([Line("py-a", "2:")], ["a>=1"], ("note", "range-too-narrow", "py-a")),
    ([Line("py-a", "=2.0")], ["a!=1.0,!=2.5"], ("note", "range-too-narrow", "py-a")),
    ([Line("py-a", python=":3.9")], ["a"], ("error", "condition-too-narrow", "py-a")),
    ([Line("py-a")], ['a; python_version < "3.10"'],
     ("note", "condition-too-wide", "py-a")),
    ([Line("py-a", python=":3.9")], ['a; python_version < "3.10"'], None),
    ([Line("py-a", platform="linux")], ['a; sys_platform == "linux"'], None),
    ([], ['a; sys_platform == "win32"'], ("note", "missing-dependency", "py-a")),
    # off Linux a recipe cannot name what Spack does not have
    ([], ['a; sys_platform == "darwin"'], ("error", "missing-dependency", "py-a")),
    ([], ['a; sys_platform != "linux"'], ("error", "missing-dependency", "py-a")),
    ([], ['new; sys_platform == "darwin"'], ("note", "missing-dependency", "py-new")),
    ([], ['new; sys_platform != "linux"'], ("note", "missing-dependency", "py-new")),
    ([], ['new; sys_platform == "win32"'], ("note", "missing-dependency", "py-new")),
    ([], ["new"], ("error", "missing-dependency", "py-new")),
    ([], ['new; platform_machine == "ppc64le"'], ("error", "missing-dependency", "py-new")),
    ([Line("py-new", platform="linux")], ["new"], ("note", "condition-too-narrow", "py-new")),
    ([Line("py-a", platform="linux")], ["a"], ("error", "condition-too-narrow", "py-a")),
    ([Line("py-a", versions="2:")], ["a"], ("error", "missing-dependency", "py-a")),
    ([Line("py-a"), Line("py-a", "2:", python="3.12:")], ["a"],
     ("note", "range-too-narrow", "py-a")),
    ([Line("py-a", ":1"), Line("py-a", "2:", types=BUILD)], ["a"],
     ("error", "range-too-narrow", "py-a")),  # the lines exclude each other
    ([Line("py-a", native=True)], [], None),
    ([Line("py-a", "1:1", opaque=True)], ["a"], None),
    ([Line("py-a", variant="fast")], ['a; extra == "fast"'], None),
    ([Line("py-a", variant="fast")], ["a"], ("error", "missing-dependency", "py-a")),
    ([Line("python", "3.9:")], [], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("", "the index lists no release of it"),
        ("quarantined", "the index holds it in quarantine"),
    ],
)
def test_a_page_without_releases(status: str, said: str) -> None:
    """It is not only that the release is not there."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([])
    index.project = lambda name: Project("x", (), status)  # type: ignore[method-assign]
    (found,) = check(host, index, ["py-x"])
    assert found.failed and said in found.diagnostics[0].text


@pytest.mark.parametrize("lines, requires, expected", TABLE, ids=[str(row[:2]) for row in TABLE])
def test_differences(
    lines: list[Line], requires: list[str], expected: tuple[str, str, str] | None
) -> None:
    extras = ["fast"] if any("extra-dependency" in text for text in requires) else []
    found = checked(lines, *requires, extras=extras).diagnostics
    reported = {(f.severity.value, f.code, f.subject) for f in found if f.subject != "python"}
    assert reported == ({expected} if expected else set())


@pytest.mark.parametrize(
    "lines, python, kind",
    [
        ([Line("python", "3.9:")], ">=3.9", None),
        ([Line("python", "3.9:3.12")], ">=3.9,<3.13", None),
        ([], ">=3.11", ("error", "python-too-wide")),
        ([Line("python", "3.12:")], ">=3.11", ("note", "python-too-narrow")),
    ],
)
def test_python(lines: list[Line], python: str, kind: tuple[str, str] | None) -> None:
    found = checked(lines, python=python).diagnostics
    assert {(f.severity.value, f.code) for f in found} == ({kind} if kind else set())


def test_what_building_needs() -> None:
    found = checked([], build=["setuptools", "a>=1"]).diagnostics
    assert [(f.severity.value, f.code, f.subject) for f in found] == [
        ("error", "missing-build-dependency", "py-a")
    ]


def test_what_is_left_over_is_reported_with_its_text() -> None:
    (found,) = checked([Line("py-b", "1:")]).diagnostics
    assert (found.code, dict(found.details)["recipe"], found.versions) == (
        "extra-dependency",
        "py-b@1:",
        ("1.0",),
    )


def test_a_configuration_that_tells() -> None:
    (found,) = checked([Line("py-a", python=":3.9")], "a").diagnostics
    assert dict(found.details)["example"] == "Python 3.14.0 on windows, x86_64"


def test_the_matrix_has_both_ends_of_every_series() -> None:
    cells = oracle.cells(["3.12.3", "3.12.0", "3.11.9", "3.12.1"])
    assert sorted({cell.python for cell in cells}) == ["3.11.9", "3.12.0", "3.12.3"]
    assert {cell.target for cell in cells if cell.platform == "linux"} == {
        "x86_64",
        "aarch64",
        "ppc64le",
    }


def test_versions_that_tell() -> None:
    """Known ones, one step up in each component of each bound, and beyond the newest."""
    known = KnownVersions({text: Version(text) for text in ("1.0", "1.5")})
    assert known.differing(["!=2.5"], [Line("py-a", "=9")]) == ((), (
        "1.0", "1.5", "1.5.1", "1.6.0", "2.0.0", "2.5.1", "2.6.0", "3.0.0",
        "9.0.1", "9.1.0", "10.0.0",
    ))  # fmt: skip


# (lines of py-a by its versions, what x requires, whether that closes a circle)
CIRCLES: list[tuple[Sequence[Line], str, bool]] = [
    ([Line("py-x")], "a", True),
    ([Line("py-b")], "a", True),  # which needs py-x
    ([Line("py-b"), Line("py-c")], "a", True),
    ([], "a", False),
    ([Line("py-c")], "a", False),
    ([Line("py-x", types=BUILD)], "a", False),
    ([Line("py-x", variant="fast")], "a", False),
    ([Line("py-x", platform="darwin")], "a", False),
    ([Line("py-x", python="3.12:")], "a", False),
    ([Line("py-x", opaque=True)], "a", False),
    # of the versions that will do
    ([Line("py-x", versions="2:")], "a", False),
    ([Line("py-x", versions="2:")], "a>=2", True),
    ([Line("py-b", versions="2:"), Line("py-x", versions=":1")], "a", False),
    ([Line("py-x", versions="2:"), Line("py-x", versions=":1")], "a", True),
    ([Line("py-x")], "a>=3", False),
    ([Line("py-x")], "a; python_version < '3.12'", True),
]


@pytest.mark.parametrize("lines, requirement, closes", CIRCLES)
def test_circles(lines: Sequence[Line], requirement: str, closes: bool) -> None:
    """Met by what is in the graph whenever it is looked for."""
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", requirement, build=[])
    meanings = {
        "a": Recipe(lines, versions=("2.0", "1.0")),
        "b": Recipe([Line("py-c"), Line("py-x")]),
        "c": Recipe([Line("py-c"), Line("py-a")]),
        "x": Recipe([]),
    }
    for name, meaning in meanings.items():
        host.has(name, *(version.text for version in meaning.versions))
        host.meanings[f"py-{name}"] = meaning
    (result,) = check(host, index, ["py-x"])
    reported = [(found.severity.value, found.code, found.subject) for found in result.diagnostics]
    expected = ("note", "cycle", "py-a") if closes else ("error", "missing-dependency", "py-a")
    assert reported == [expected]


def test_a_circle_does_not_build() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "a", build=["a"])
    for name, lines in (("x", []), ("a", [Line("py-x")])):
        host.has(name, "1.0")
        host.meanings[f"py-{name}"] = Recipe(lines)
    (result,) = check(host, index, ["py-x"])
    assert [(found.severity.value, found.code) for found in result.diagnostics] == [
        ("error", "missing-dependency")
    ]


# (requirement, why it cannot be compared)
LEFT_OUT = [
    ("a @ https://files.example/a.zip", "names a URL"),
    ("a >= one", "not a requirement"),
    ('a; platform_release >= "5"', "the running kernel"),
    ('a; "fast" in extras', "cannot be evaluated"),
    ('a; sys_platform ~= "linux"', "cannot be evaluated"),
    (r'a; os_name == "3\n"', "its marker has an escape"),
]


@pytest.mark.parametrize("requirement, reason", LEFT_OUT)
def test_what_cannot_be_compared_is_reported(requirement: str, reason: str) -> None:
    (found,) = checked([], requirement).diagnostics
    assert (found.severity.value, found.code, dict(found.details)["metadata"]) == (
        "note",
        "not-comparable",
        requirement,
    )
    assert reason in dict(found.details)["example"]


#: (what the recipe changes, severity of a missing py-a, end of its text, notes about patches).
CHANGED = [
    (SourceChange("p.patch", "setup.py", ("'A>1',",)), "note", "p.patch of the recipe changes", 1),
    (SourceChange("patch()", "setup.py", None), "note", "patch() of the recipe changes", 1),
    (SourceChange("p.patch", "setup.py", ("'b>1',",)), "error", "the recipe says nothing", 0),
    (SourceChange("https://x.example/p.patch"), "error", "the recipe says nothing", 1),
]


@pytest.mark.parametrize(("change", "severity", "end", "notes"), CHANGED)
def test_what_a_patch_changes_is_not_what_is_built(
    change: SourceChange, severity: str, end: str, notes: int
) -> None:
    found = checked([], "a>=1", changes=[change]).diagnostics
    (missing,) = [each for each in found if each.code == "missing-dependency"]
    assert missing.severity.value == severity and end in missing.text
    patched = [each for each in found if each.code == "patched-metadata"]
    assert [each.severity.value for each in patched] == ["note"] * notes
    assert all(change.by in each.text for each in patched)
