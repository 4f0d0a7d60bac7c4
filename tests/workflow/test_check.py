"""What ``check`` tells apart: (what a recipe says, what the metadata says) → what is found.

Recipes are evaluated by a small stand-in for Spack's classes; `tests/spack/test_check.py` does the
same with the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import pytest

from spack_pypi.host.port import Cell, DeclaredVersion
from spack_pypi.translate import spack_order
from spack_pypi.workflow.compare import oracle
from spack_pypi.workflow.compare.check import Checked, check
from tests.memory import MemoryHost, MemoryIndex

BUILD, RUN = ("build",), ("build", "run")


@dataclass
class Line:
    """``py-x@1:`` for some versions, platforms and Pythons."""

    package: str
    ranges: str = ""
    types: Tuple[str, ...] = RUN
    versions: str = ""
    python: str = ""
    platform: str = ""
    variant: str = ""
    native: bool = False
    opaque: bool = False

    @property
    def text(self) -> str:
        return self.package + (f"@{self.ranges}" if self.ranges else "")

    @property
    def when(self) -> str:
        return f"@{self.versions}" if self.versions else ""

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        on = not self.variant or variants[self.variant]
        return on and spack_order.contains(self.versions, version)

    def holds_in(self, cell: Cell) -> bool:
        return self.platform in ("", cell.platform) and spack_order.contains(
            self.python, cell.python
        )

    def accepts(self, version: str) -> bool:
        return spack_order.contains(self.ranges, version)


class Recipe:
    """A `Meaning`."""

    package, namespace = "py-x", "site"

    def __init__(self, lines: Sequence[Line], sha256: str, archive: str = "x-1.0.tar.gz") -> None:
        self.lines: Sequence[Any] = lines
        self.variants = {line.variant: False for line in lines if line.variant}
        self.variant_ranges: Mapping[str, str] = {}
        self.versions = (DeclaredVersion("1.0", sha256, archive),)

    def runs_in(self, version: str, variants: Mapping[str, bool], cell: Cell) -> bool:
        pythons = [line for line in self.lines if line.package == "python"]
        return all(line.accepts(cell.python) for line in pythons)


def checked(
    lines: Sequence[Line],
    *requires: str,
    python: str = "",
    build: Sequence[str] = ("setuptools",),
    extras: Sequence[str] = (),
    **options: Any,
) -> Checked:
    host, index = MemoryHost(), MemoryIndex()
    for name in ("a", "b", "setuptools"):
        host.has(name, "2.5", "2.0", "1.0")
        for version in ("1.0", "2.0", "2.5"):
            index.add(name, version)
    index.add("x", "1.0", *requires, python=python, build=build, extras=extras, **options)
    sdist = index.project("x").releases[0].files[0]
    with_build = [Line("py-setuptools", types=BUILD), *lines]
    host.meanings["py-x"] = Recipe(with_build, sdist.sha256)  # type: ignore[assignment]
    host.has("x", "1.0")
    (result,) = check(host, index, ["py-x"])
    assert not result.problem
    return result


# (lines of the recipe, requirements, (severity, kind, subject) of what is found)
TABLE: List[Tuple[List[Line], List[str], Optional[Tuple[str, str, str]]]] = [
    ([Line("py-a", "1:")], ["a>=1"], None),
    ([Line("py-a", "1:1")], ["a>=1,<2"], None),
    ([], ["a"], ("error", "missing", "py-a")),
    ([Line("py-a", types=BUILD)], ["a"], ("error", "only for building", "py-a")),
    ([Line("py-a")], [], ("note", "extra", "py-a")),
    ([Line("zlib")], [], None),
    ([Line("py-a", "1:")], ["a>=2"], ("error", "too wide", "py-a")),
    ([Line("py-a", "1:")], ["a>=1,<3"], ("note", "too wide", "py-a")),
    ([Line("py-a", "2:")], ["a>=1"], ("note", "too narrow", "py-a")),
    ([Line("py-a", "=2.0")], ["a!=1.0,!=2.5"], ("note", "too narrow", "py-a")),
    ([Line("py-a", python=":3.9")], ["a"], ("error", "condition", "py-a")),
    ([Line("py-a")], ['a; python_version < "3.10"'], ("note", "condition", "py-a")),
    ([Line("py-a", python=":3.9")], ['a; python_version < "3.10"'], None),
    ([Line("py-a", platform="linux")], ['a; sys_platform == "linux"'], None),
    ([], ['a; sys_platform == "win32"'], ("note", "missing", "py-a")),
    ([Line("py-a", versions="2:")], ["a"], ("error", "missing", "py-a")),
    ([Line("py-a"), Line("py-a", "2:", python="3.12:")], ["a"], ("note", "too narrow", "py-a")),
    ([Line("py-a", variant="fast")], ['a; extra == "fast"'], None),
    ([Line("py-a", variant="fast")], ["a"], ("error", "missing", "py-a")),
    ([Line("python", "3.9:")], [], None),
]  # fmt: skip


@pytest.mark.parametrize("lines, requires, expected", TABLE, ids=[str(row[:2]) for row in TABLE])
def test_differences(
    lines: List[Line], requires: List[str], expected: Optional[Tuple[str, str, str]]
) -> None:
    extras = ["fast"] if any("extra" in text for text in requires) else []
    found = checked(lines, *requires, extras=extras).findings
    told = {(f.severity, f.kind, f.subject) for f in found if f.subject != "python"}
    assert told == ({expected} if expected else set())


@pytest.mark.parametrize(
    "lines, python, kind",
    [
        ([Line("python", "3.9:")], ">=3.9", None),
        ([Line("python", "3.9:3.12")], ">=3.9,<3.13", None),
        ([], ">=3.11", ("error", "python too wide")),
        ([Line("python", "3.12:")], ">=3.11", ("note", "python too narrow")),
    ],
)
def test_python(lines: List[Line], python: str, kind: Optional[Tuple[str, str]]) -> None:
    found = checked(lines, python=python).findings
    assert {(f.severity, f.kind) for f in found} == ({kind} if kind else set())


def test_what_building_needs() -> None:
    found = checked([], build=["setuptools", "a>=1"]).findings
    assert [(f.severity, f.kind, f.subject) for f in found] == [
        ("error", "missing for building", "py-a")
    ]


def test_what_is_left_over_is_told_with_its_text() -> None:
    (found,) = checked([Line("py-b", "1:")]).findings
    assert (found.kind, found.recipe, found.versions) == ("extra", "py-b@1:", ("1.0",))


def test_a_configuration_that_tells() -> None:
    (found,) = checked([Line("py-a", python=":3.9")], "a").findings
    assert found.telling == "Python 3.14.0 on windows, x86_64"


@pytest.mark.parametrize(
    "sha256, archive, kind",
    [
        ("0" * 64, "x-1.0.tar.gz", "checksum"),
        ("0" * 64, "X-1.0.tar.gz", "archive"),
        ("0" * 64, "", None),
    ],
)
def test_archives(sha256: str, archive: str, kind: Optional[str]) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=[])
    host.has("x", "1.0")
    host.has("setuptools", "1.0")
    lines = [Line("py-setuptools", types=BUILD)]
    host.meanings["py-x"] = Recipe(lines, sha256, archive)  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert [f.kind for f in result.findings if f.subject == ""] == ([kind] if kind else [])


def test_a_yanked_release() -> None:
    found = checked([], yanked="broken").findings
    assert [(f.kind, f.declared) for f in found] == [("yanked", "broken")]


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
    assert oracle.telling(["2.5"], ["1.0", "1.5"]) == [
        "1.0", "1.5", "1.5.1", "1.6.0", "2.0.0", "2.5.1", "2.6.0", "3.0.0",
    ]  # fmt: skip


def test_a_vulnerable_release_that_is_not_deprecated() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=[])
    index.reports["x", "1.0"] = ("SEC-2026-1",)
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([], "", "")  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    told = [(f.severity, f.declared) for f in result.findings if f.kind == "vulnerable"]
    assert told == [("error", "SEC-2026-1")]


def test_a_version_that_the_index_does_not_list() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "2.0", build=[])
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([], "", "x-1.0.tar.gz")  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert [(f.severity, f.kind, f.recipe) for f in result.findings] == [
        ("note", "not on the index", "1.0")
    ]


def test_a_wheel_is_built_already() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=["setuptools"])
    host.has("x", "1.0")
    wheel = "x-1.0-py3-none-any.whl"
    host.meanings["py-x"] = Recipe([], "", wheel)  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert result.findings == ()


@pytest.mark.parametrize("ranges, kinds", [(":0.9", []), ("0.9:", ["missing"])])
def test_an_extra_counts_where_the_version_has_its_variant(ranges: str, kinds: List[str]) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", 'a; extra == "full"', extras=["full"], build=[])
    index.add("a", "1.0")
    host.has("x", "1.0")
    host.has("a", "1.0")
    recipe = Recipe([Line("py-b", variant="full")], "")
    recipe.variant_ranges = {"full": ranges}
    host.meanings["py-x"] = recipe  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert [f.kind for f in result.findings if f.severity == "error"] == kinds


@pytest.mark.parametrize("default, severity", [(True, "note"), (False, "error")])
def test_a_variant_that_an_extra_asks_for(default: bool, severity: str) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "a[fast]", build=[])
    index.add("a", "1.0", extras=["fast"])
    host.has("x", "1.0")
    host.has("a", "1.0", variants=["fast"])
    host.meanings["py-x"] = Recipe([Line("py-a")], "")  # type: ignore[assignment]
    other = Recipe([], "")
    other.variants = {"fast": default}
    host.meanings["py-a"] = other  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert [(f.severity, f.kind) for f in result.findings] == [(severity, "without +fast")]


SPELLED = [
    # (how the recipe spells its version, the release of the index that is compared)
    ("2024_09_5", "2024.9.5"),
    ("2024-9-5", "2024.9.5"),
    ("1-2", "1.2"),
    ("1.2-1", "1.2.post1"),
]


@pytest.mark.parametrize("text, release", SPELLED)
def test_a_version_under_another_spelling(text: str, release: str) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("a", "1.0")
    host.has("x", text)
    index.add("a", "1.0")
    index.add("x", release, "a", build=[])
    sdist = index.project("x").releases[0].files[0]
    recipe = Recipe([], sdist.sha256 or "")
    recipe.versions = (DeclaredVersion(text, sdist.sha256 or "", sdist.name),)
    host.meanings["py-x"] = recipe  # type: ignore[assignment]
    (found,) = check(host, index, ["py-x"])
    assert found.versions == (text,)
    assert [(each.kind, each.subject) for each in found.findings] == [("missing", "py-a")]


@pytest.mark.parametrize(
    "text, expected", [("2024_09_5", True), ("2024.9.5", True), ("1_2", False), ("1-2", False)]
)
def test_a_specifier_accepts_what_a_spelling_means(text: str, expected: bool) -> None:
    assert oracle.accepts(">=2024.9", text) == expected
    assert not oracle.accepts("==1.post2", text)
