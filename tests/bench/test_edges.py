"""What counts as an edge that is there, lost, too narrow or reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Callable

import pytest

from bench.edges import (
    LOST,
    NARROW,
    REPORTED,
    Graph,
    Needed,
    Recipe,
    Stand,
    judge,
    nearest,
    needed,
    spelled,
)
from spack_pypi.host.port import Cell, DeclaredDependency, DeclaredVersion
from spack_pypi.recipe.source_changes import SourceChange

LINUX = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "python_version": "3.11",
    "python_full_version": "3.11.7",
}
CELL = Cell("3.11.7", "linux", "x86_64")
RUN = ("build", "run")


@dataclass
class Line:
    """A ``depends_on`` that accepts some versions of the dependency; without types, a conflict."""

    text: str
    accepted: tuple[str, ...] = ("2.0",)
    types: tuple[str, ...] = RUN
    variant: str = ""
    platform: str = ""
    own: str = ""
    when: str = ""
    native: bool = False
    opaque: bool = False
    package: str = ""

    def __post_init__(self) -> None:
        self.package = self.text.partition("+")[0].partition("@")[0]

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        return self.own in ("", version) and (not self.variant or variants[self.variant])

    def holds_in(self, cell: Cell) -> bool:
        return self.platform in ("", cell.platform)

    def accepts(self, version: str) -> bool:
        return version in self.accepted


@dataclass
class Says:
    """A `Meaning`: py-app 1.0 with these lines."""

    lines: Sequence[DeclaredDependency] = ()
    variants: Mapping[str, bool] = field(default_factory=dict)
    package: str = "py-app"
    namespace: str = "trial"
    repository: str = ""
    folder: str = ""
    versions: tuple[DeclaredVersion, ...] = ()
    variant_ranges: Mapping[str, str] = field(default_factory=dict)

    def archive(self, version: str) -> str:
        return ""

    def source_changes(self, version: str) -> Sequence[SourceChange]:
        return ()

    def license(self, version: str) -> str:
        return ""

    def runs_in(self, version: str, variants: Mapping[str, bool]) -> Callable[[Cell], bool]:
        return lambda cell: True


#: ``lib`` has a variant of its extra ``fast``, and none of its extra ``net``, which needs ``web``.
STANDS = {
    "lib": Stand("py-lib", variants={"fast": False, "ssl": True}, declared=("2.0",)),
    "web": Stand("py-web", declared=("2.0",)),
    "vision": Stand("vision", requires=("+python3",), declared=("2.0",)),
}
OF_EXTRA = {("lib", "net"): (Needed("web", (), ">=1"),)}


def kinds(
    lines: Sequence[DeclaredDependency],
    need: Needed,
    *,
    text: str = "",
    extra: str = "",
    variants: Mapping[str, bool] | None = None,
    reached: Sequence[str] = (),
    dependents: dict[str, Sequence[str]] | None = None,
    versions: Mapping[str, str] | None = None,
) -> list[tuple[str, str]]:
    """The verdicts on one requirement of app 1.0, where lib, web and vision resolve to 2.0."""
    graph = Graph(
        versions or dict.fromkeys(("lib", "web", "vision"), "2.0"),
        dependents={name: frozenset(by) for name, by in (dependents or {}).items()},
    )
    recipe = Recipe("app", "1.0", Says(lines, variants or {}), text, CELL)
    found = judge(
        recipe,
        [need],
        graph,
        STANDS.get,
        lambda project, name: OF_EXTRA.get((project, name), ()),
        lambda package: package in reached,
        extra,
    )
    return [(verdict.kind, verdict.dependency) for verdict in found]


LIB = Needed("lib", (), ">=1")


@pytest.mark.parametrize(
    "lines, expected",
    [
        ([Line("py-lib@1:")], []),
        # Several lines are intersected, as Spack does.
        ([Line("py-lib@1:"), Line("py-lib@2:")], []),
        ([], [(LOST, "py-lib")]),
        ([Line("py-other")], [(LOST, "py-lib")]),
        ([Line("py-lib", types=("build",))], [(LOST, "py-lib")]),
        ([Line("py-lib", platform="darwin")], [(LOST, "py-lib")]),
        ([Line("py-lib", own="0.9")], [(LOST, "py-lib")]),
        ([Line("py-lib@:1", ("1.0",))], [(NARROW, "py-lib")]),
        ([Line("py-lib@1:"), Line("py-lib@:1", ("1.0",))], [(NARROW, "py-lib")]),
        # What is only there to build may be another version.
        ([Line("py-lib@1:"), Line("py-lib@:1", ("1.0",), types=("build",))], []),
        ([Line("py-lib@1:"), Line("py-lib@:1", ("1.0",), platform="darwin")], []),
        # A conflict takes versions away and brings none.
        ([Line("py-lib@1:"), Line("py-lib@2", ("1.0",), types=())], [(NARROW, "py-lib")]),
        ([Line("py-lib@2", types=())], [(LOST, "py-lib")]),
    ],
)
def test_an_edge(lines: Sequence[DeclaredDependency], expected: list[tuple[str, str]]) -> None:
    assert kinds(lines, LIB) == expected


def test_a_project_without_a_package_is_lost() -> None:
    assert kinds([Line("py-gone")], Needed("gone")) == [(LOST, "gone")]


def test_a_package_that_stands_with_a_variant_is_asked_for_with_it() -> None:
    assert kinds([Line("vision+python3")], Needed("vision")) == []
    assert kinds([Line("vision")], Needed("vision")) == [(LOST, "vision+python3")]


def test_what_the_release_itself_rejects_need_not_be_accepted() -> None:
    """Where another release than the resolved one is looked at."""
    assert kinds([Line("py-lib@:1", ("1.0",))], Needed("lib", (), "<2")) == []


def test_what_was_not_resolved_need_only_be_there() -> None:
    assert kinds([Line("py-lib@:1", ())], LIB, versions={"app": "1.0"}) == []


CIRCLE: dict[str, Sequence[str]] = {"app": ["web"], "web": ["lib"], "lib": ["app"]}


@pytest.mark.parametrize(
    "text, dependents, expected",
    [
        ("    # py-lib is left out: it needs py-app itself\n", CIRCLE, REPORTED),
        ("    # 1.0: lib>=2 is left out: Spack's graphs have no cycles\n", CIRCLE, REPORTED),
        ("    # py-lib-extra is left out\n", CIRCLE, LOST),
        ("    # 1.0: lib-extra>=2 is left out\n", CIRCLE, LOST),
        ('    depends_on("py-lib", type="build")\n', CIRCLE, LOST),
        # A comment alone makes nothing right.
        ("    # py-lib is left out\n", {"lib": ["app"]}, LOST),
    ],
)
def test_a_circle_is_reported_by_a_comment(
    text: str, dependents: dict[str, Sequence[str]], expected: str
) -> None:
    found = kinds([], LIB, text=text, dependents=dependents)
    assert found == [(expected, "py-lib")]


@pytest.mark.parametrize(
    "lines, extras, expected",
    [
        ([Line("py-lib+fast")], ["fast"], []),
        ([Line("py-lib"), Line("py-lib+fast")], ["fast"], []),
        ([Line("py-lib")], ["fast"], [(LOST, "py-lib+fast")]),
        ([Line("py-lib+faster")], ["fast"], [(LOST, "py-lib+fast")]),
        # On by default.
        ([Line("py-lib")], ["ssl"], []),
        # Without a variant: its requirements are the dependent's.
        ([Line("py-lib"), Line("py-web")], ["net"], []),
        ([Line("py-lib")], ["net"], [(LOST, "py-web")]),
        ([Line("py-lib"), Line("py-web@:1", ("1.0",))], ["net"], [(NARROW, "py-web")]),
        ([Line("py-lib+fast")], ["fast", "net"], [(LOST, "py-web")]),
    ],
)
def test_extras_of_a_dependency(
    lines: Sequence[DeclaredDependency], extras: Sequence[str], expected: list[tuple[str, str]]
) -> None:
    assert kinds(lines, Needed("lib", tuple(extras))) == expected


def test_what_a_flattened_extra_needs_may_be_reached_through_others() -> None:
    need = Needed("lib", ("net",))
    assert kinds([Line("py-lib")], need, reached=["py-web"]) == []
    # A line of its own that rejects the version is not mended by others.
    narrow = [Line("py-lib"), Line("py-web@:1", ("1.0",))]
    assert kinds(narrow, need, reached=["py-web"]) == [(NARROW, "py-web")]
    # That is not an excuse for what the dependent's own release requires.
    assert kinds([], LIB, reached=["py-lib"]) == [(LOST, "py-lib")]


def test_the_edges_of_an_extra_are_looked_for_with_its_variant() -> None:
    lines = [Line("py-lib", variant="all")]
    assert kinds(lines, LIB, extra="all", variants={"all": False}) == []
    assert kinds(lines, LIB, variants={"all": False}) == [(LOST, "py-lib")]


REQUIRES = [
    "a>=1",
    "b; sys_platform == 'win32'",
    "c[x,Y_z]<3; python_version < '3.12'",
    "d; extra == 'net'",
    "a>=1; extra == 'net'",
    "app[net]; extra == 'all'",
    "e; extra == 'all' and sys_platform == 'linux'",
    "no requirement !",
]


@pytest.mark.parametrize(
    "extra, expected",
    [
        ("", [Needed("a", (), ">=1"), Needed("c", ("x", "y-z"), "<3")]),
        ("net", [Needed("d"), Needed("a", (), ">=1")]),
        ("all", [Needed("e"), Needed("d"), Needed("a", (), ">=1")]),
        ("other", []),
    ],
)
def test_what_a_release_requires(extra: str, expected: list[Needed]) -> None:
    assert needed(REQUIRES, "app", extra, LINUX) == expected


@pytest.mark.parametrize(
    "version, listed, expected",
    [
        ("2.0", ["3.0", "2.0", "1.0"], "2.0"),
        ("2.0.0", ["2.0", "1.0"], "2.0"),
        ("2024.9.5", ["2024_09_5"], "2024_09_5"),
        ("2.5", ["3.0", "1.0", "2.0"], "2.0"),
        ("0.5", ["3.0", "1.0"], "1.0"),
        ("1.0b1", ["1.0beta1", "1.0"], "1.0beta1"),
        ("1.0", ["main"], None),
        ("1.0", [], None),
    ],
)
def test_the_nearest_version(version: str, listed: list[str], expected: str | None) -> None:
    assert nearest(version, listed) == expected


@pytest.mark.parametrize(
    "version, declared, expected",
    [
        ("2.0", ["2.0.0"], "2.0.0"),
        ("2024.9.5", ["2024_09_5"], "2024_09_5"),
        ("0.59b0", [], "0.59beta0"),
        ("1.0a2", [], "1.0alpha2"),
        ("1.0rc1", [], "1.0rc1"),
        ("1.0.post1", ["1.0"], "1.0.post1"),
    ],
)
def test_a_version_as_spack_spells_it(version: str, declared: list[str], expected: str) -> None:
    assert spelled(version, declared) == expected
