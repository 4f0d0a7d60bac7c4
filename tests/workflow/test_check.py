"""What ``check`` tells apart: (what a recipe says, what the metadata says) → what is found.

Recipes are evaluated by a small stand-in for Spack's classes; `tests/spack/test_check.py` does the
same with the real ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from spack_pypi.errors import HostError, IndexFailure
from spack_pypi.host.port import Cell, DeclaredVersion, Package
from spack_pypi.pypi.model import Project
from spack_pypi.show import findings_json, show_checked, summary
from spack_pypi.translate import spack_order
from spack_pypi.workflow.compare import oracle
from spack_pypi.workflow.compare.check import Checked, check
from tests.memory import MemoryHost, MemoryIndex, MemoryRepos

BUILD, RUN = ("build",), ("build", "run")


@dataclass
class Line:
    """``py-x@1:`` for some versions, platforms and Pythons."""

    package: str
    ranges: str = ""
    types: tuple[str, ...] = RUN
    versions: str = ""
    python: str = ""
    platform: str = ""
    variant: str = ""
    native: bool = False
    opaque: bool = False
    suffix: str = ""

    @property
    def text(self) -> str:
        return self.package + (f"@{self.ranges}" if self.ranges else "") + self.suffix

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

    def __init__(
        self,
        lines: Sequence[Line],
        sha256: str = "",
        archive: str = "x-1.0.tar.gz",
        versions: Sequence[str] = ("1.0",),
    ) -> None:
        self.lines: Sequence[Any] = lines
        self.variants = {line.variant: False for line in lines if line.variant}
        self.variant_ranges: Mapping[str, str] = {}
        self.versions = tuple(DeclaredVersion(text, sha256, archive) for text in versions)

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
TABLE: list[tuple[list[Line], list[str], tuple[str, str, str] | None]] = [
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
    # off Linux a recipe cannot name what Spack does not have
    ([], ['a; sys_platform == "darwin"'], ("error", "missing", "py-a")),
    ([], ['a; sys_platform != "linux"'], ("error", "missing", "py-a")),
    ([], ['new; sys_platform == "darwin"'], ("note", "missing", "py-new")),
    ([], ['new; sys_platform != "linux"'], ("note", "missing", "py-new")),
    ([], ['new; sys_platform == "win32"'], ("note", "missing", "py-new")),
    ([], ["new"], ("error", "missing", "py-new")),
    ([], ['new; platform_machine == "ppc64le"'], ("error", "missing", "py-new")),
    ([Line("py-new", platform="linux")], ["new"], ("note", "condition", "py-new")),
    ([Line("py-a", platform="linux")], ["a"], ("error", "condition", "py-a")),
    ([Line("py-a", versions="2:")], ["a"], ("error", "missing", "py-a")),
    ([Line("py-a"), Line("py-a", "2:", python="3.12:")], ["a"], ("note", "too narrow", "py-a")),
    ([Line("py-a", variant="fast")], ['a; extra == "fast"'], None),
    ([Line("py-a", variant="fast")], ["a"], ("error", "missing", "py-a")),
    ([Line("python", "3.9:")], [], None),
]  # fmt: skip


@pytest.mark.parametrize("lines, requires, expected", TABLE, ids=[str(row[:2]) for row in TABLE])
def test_differences(
    lines: list[Line], requires: list[str], expected: tuple[str, str, str] | None
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
def test_python(lines: list[Line], python: str, kind: tuple[str, str] | None) -> None:
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
def test_archives(sha256: str, archive: str, kind: str | None) -> None:
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


# (versions of a recipe, whether all are looked at, which are)
PRE_RELEASES = [
    (["2.0rc1", "1.0"], False, ("1.0",)),
    (["2.0rc1", "1.0"], True, ("1.0", "2.0rc1")),
    (["0.66beta2", "0.65beta0"], False, ("0.66beta2",)),
    (["0.66beta2", "0.65beta0"], True, ("0.66beta2", "0.65beta0")),
]


@pytest.mark.parametrize("versions, every, checked", PRE_RELEASES)
def test_pre_releases_are_checked(
    versions: list[str], every: bool, checked: tuple[str, ...]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("a", "1.0")
    host.has("a", "1.0")
    for version in ("2.0rc1", "1.0", "0.66b2", "0.65b0"):
        index.add("x", version, "a", build=[])
    host.has("x", *versions)
    recipe = Recipe([], "")
    recipe.versions = tuple(map(DeclaredVersion, versions))
    host.meanings["py-x"] = recipe  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"], every_version=every)
    assert result.versions == checked
    assert [(f.kind, f.versions) for f in result.findings] == [("missing", checked)]


def test_a_recipe_without_a_release_is_not_checked() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=[])
    host.has("x", "main")
    recipe = Recipe([], "")
    recipe.versions = (DeclaredVersion("main", branch=True),)
    host.meanings["py-x"] = recipe  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert result.problem == "its recipe lists no release that could be"


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
def test_an_extra_counts_where_the_version_has_its_variant(ranges: str, kinds: list[str]) -> None:
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


# (release, (text, exit code, exit code with --strict) of check): "0 errors" is said of none that
# was not checked
OUTCOMES: list[tuple[Mapping[str, Any], Sequence[Line], str, int, int]] = [
    ({}, [Line("py-a")], "1 recipes, 1 versions: 0 errors in 0 recipes, 0 notes, 0 not checked.",
     0, 0),
    ({}, [], "1 recipes, 1 versions: 1 errors in 1 recipes, 0 notes, 0 not checked.", 1, 1),
    ({"confirmed": False}, [Line("py-a")],
     "1 recipes, 0 versions: 0 notes, 0 recipes and 1 versions not checked.", 0, 1),
    ({"confirmed": False}, [],
     "1 recipes, 0 versions: 1 notes, 0 recipes and 1 versions not checked.", 0, 1),
    ({"trusted": False}, [Line("py-b")],
     "1 recipes, 0 versions: 0 notes, 0 recipes and 1 versions not checked.", 0, 1),
    # that its archive is withdrawn is known all the same
    ({"trusted": False, "yanked": "broken"}, [],
     "1 recipes, 0 versions: 1 errors in 1 recipes, 0 notes, "
     "0 recipes and 1 versions not checked.", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize("options, lines, text, code, strict", OUTCOMES)
def test_what_was_never_confirmed_is_not_checked(
    options: Mapping[str, Any],
    lines: Sequence[Line],
    text: str,
    code: int,
    strict: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = checked(lines, "a", build=["setuptools"], **options)
    assert summary([result], strict=False, quiet=False) == code
    assert capsys.readouterr().out.strip() == text
    assert summary([result], strict=True, quiet=True) == strict
    show_checked(result)
    told = "py-x 1.0: not checked: its metadata is dynamic" in capsys.readouterr().out
    found = [each for each in findings_json(result) if each["severity"] == "unchecked"]
    unknown = {"trusted", "confirmed"} & {*options}
    expected = {
        "package": "py-x",
        "versions": ["1.0"],
        "severity": "unchecked",
        "kind": "its metadata is dynamic",
    }
    assert found == ([expected] if unknown else [])
    assert told is bool(unknown)
    assert result.versions == (() if unknown else ("1.0",))
    noted = [(each.versions, each.declared) for each in result.told if each.kind == "not checked"]
    assert noted == ([(("1.0",), "its metadata is dynamic")] if unknown else [])


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
        host.meanings[f"py-{name}"] = meaning  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    told = [(found.severity, found.kind, found.subject) for found in result.findings]
    expected = ("note", "circle", "py-a") if closes else ("error", "missing", "py-a")
    assert told == [expected]


def test_a_circle_does_not_build() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "a", build=["a"])
    for name, lines in (("x", []), ("a", [Line("py-x")])):
        host.has(name, "1.0")
        host.meanings[f"py-{name}"] = Recipe(lines)  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert [(found.severity, found.kind) for found in result.findings] == [("error", "missing")]


@pytest.mark.parametrize(
    "variant, extra, provided",
    [
        ("full", "full", True),
        ("full_set", "Full.Set", True),
        ("full-set", "full_set", True),
        # old metadata asks about extras that it does not list
        ("full", "full", False),
        ("full_set", "full-set", False),
    ],
)
def test_an_extra_is_a_variant_in_any_spelling(variant: str, extra: str, provided: bool) -> None:
    host, index = MemoryHost(), MemoryIndex()
    extras = [extra] if provided else []
    index.add("x", "1.0", f"a; extra == '{extra}'", extras=extras, build=[])
    index.add("a", "1.0")
    host.has("x", "1.0")
    host.has("a", "1.0")
    host.meanings["py-x"] = Recipe([Line("py-b", variant=variant)])  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert [(f.severity, f.kind, f.subject) for f in result.findings] == [
        ("error", "missing", "py-a"),
        ("note", "extra", "py-b"),
    ]


# (requirement, versions that have the variant, line, what is found)
ASKED: list[tuple[str, str, Line, list[tuple[str, str]]]] = [
    ("a[fast-path]", "", Line("py-a+fast_path"), []),
    ("a[fast-path]", "", Line("py-a"), [("without +fast_path", "py-a")]),
    ("a[fast-path]", "", Line("py-a+fast_path_too"), [("without +fast_path", "py-a")]),
    ("a[fast-path]", "2:", Line("py-a+fast_path"), []),
    ("a[fast-path]", "2:", Line("py-a"), [("without +fast_path", "py-a")]),
    # no version that will do has it: what it stands for is asked for
    ("a[fast-path]<2", "2:", Line("py-a", ":1"), [("missing", "py-b")]),
    ("a[fast-path]>=3", "2:", Line("py-a", "3:"), [("without +fast_path", "py-a")]),
]


@pytest.mark.parametrize("requirement, ranges, line, expected", ASKED)
def test_an_extra_of_a_dependency(
    requirement: str, ranges: str, line: Line, expected: list[tuple[str, str]]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", requirement, build=[])
    for version in ("1.0", "2.0"):
        index.add("a", version, 'b; extra == "fast-path"', extras=["fast_path"])
    index.add("b", "1.0")
    host.has("x", "1.0")
    host.has("b", "1.0")
    host.has("a", "2.0", "1.0", variants=["fast_path"])
    known = {"fast_path": ranges} if ranges else {}
    host.packages["a"] = replace(host.packages["a"], variant_ranges=known)
    plain, plus, variant = line.package.partition("+")
    said = Line(plain, line.ranges)
    said.suffix = plus + variant
    host.meanings["py-x"] = Recipe([said])  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    told = [(f.kind, f.subject) for f in result.findings if f.severity == "error"]
    assert told == expected


# (requirement, why it cannot be compared)
LEFT_OUT = [
    ("a @ https://files.example/a.zip", "names an address"),
    ("a >= one", "no requirement"),
    ('a; platform_release >= "5"', "the running kernel"),
    ('a; "fast" in extras', "cannot be evaluated"),
    ('a; sys_platform ~= "linux"', "cannot be evaluated"),
]


@pytest.mark.parametrize("requirement, reason", LEFT_OUT)
def test_what_cannot_be_compared_is_told(requirement: str, reason: str) -> None:
    (found,) = checked([], requirement).findings
    assert (found.severity, found.kind, found.declared) == ("note", "not compared", requirement)
    assert reason in found.telling


def test_a_dependency_that_cannot_be_loaded_stops_no_other() -> None:
    class Broken(MemoryRepos):
        def package_for(self, project: str) -> Package | None:
            if project == "broken":
                raise HostError("the recipe of py-broken cannot be loaded: division by zero")
            return super().package_for(project)

    host, index = MemoryHost(), MemoryIndex()
    host.repos = Broken(host)
    index.add("x", "1.0", "broken", build=[])
    index.add("y", "1.0", build=[])
    for name in ("x", "y"):
        host.has(name, "1.0")
        host.meanings[f"py-{name}"] = Recipe([])  # type: ignore[assignment]
    results = list(check(host, index, ["py-x", "py-y"]))
    assert ["division by zero" in each.problem for each in results] == [True, False]
    (noted,) = results[0].told
    assert (noted.kind, noted.severity, noted.declared) == (
        "not checked",
        "note",
        results[0].problem,
    )
    assert summary(results, strict=False, quiet=True) == 1


def test_an_index_that_does_not_tell_of_an_extra_leaves_it_unchecked() -> None:
    class Unreachable(MemoryIndex):
        def project(self, name: str) -> Project:
            if name == "a":
                raise IndexFailure("https://index.example/simple/a/", "does not answer")
            return super().project(name)

    host, index = MemoryHost(), Unreachable()
    index.add("x", "1.0", "a[fast]", build=[])
    for name in ("x", "a"):
        host.has(name, "1.0")
    host.meanings["py-x"] = Recipe([Line("py-a")])  # type: ignore[assignment]
    (result,) = check(host, index, ["py-x"])
    assert "does not answer" in result.problem


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
