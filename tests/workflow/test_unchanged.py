"""What an edit did to versions that were there: (lines before, lines after) → what is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from spack_pypi.host.port import Cell, DeclaredVersion
from spack_pypi.workflow.compare.unchanged import changes
from tests.memory import Plain

CELLS = tuple(Cell(python, "linux", "x86_64") for python in ("3.9.1", "3.12.1"))


@dataclass(frozen=True)
class Line:
    """A `DeclaredDependency` for some versions, in some of the Pythons."""

    text: str
    only: tuple[str, ...] = ("1.0", "2.0")
    pythons: tuple[str, ...] = ("3.9.1", "3.12.1")
    types: tuple[str, ...] = ("build", "run")
    variant: str = ""
    when: str = ""
    native: bool = False
    opaque: bool = False

    @property
    def package(self) -> str:
        return self.text.partition("@")[0]

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        return version in self.only and (not self.variant or variants[self.variant])

    def holds_in(self, cell: Cell) -> bool:
        return cell.python in self.pythons

    def accepts(self, version: str) -> bool:
        raise AssertionError("only the texts are compared")


def meaning(lines: Sequence[Any], *versions: str, variants: Sequence[str] = ()) -> Plain:
    declared = tuple(DeclaredVersion(version, sha256=version) for version in versions)
    return Plain("py-x", "builtin", declared, dict.fromkeys(variants, False), lines)


@pytest.mark.parametrize(
    "before, after, reported",
    [
        # one line for all, and one for each: the same
        ([Line("py-a@2:")], [Line("py-a@2:", ("1.0",)), Line("py-a@2:", ("2.0",))], []),
        # the same in two lines, for two Pythons
        (
            [Line("py-a")],
            [Line("py-a", pythons=("3.9.1",)), Line("py-a", pythons=("3.12.1",))],
            [],
        ),
        # Spack joins lines about one package
        (
            [Line("py-a@1.2:"), Line("py-a@:1", types=("build",))],
            [Line("py-a@1.2:1")],
            [],
        ),
        (
            [Line("py-a@1.2:"), Line("py-a@:1")],
            [Line("py-a@1.2:2")],
            [
                "dependencies of 2.0 with Python 3.9.1 on linux x86_64: "
                "'py-a@1.2:' (build, run) and "
                "'py-a@1.2:2' (build, run) and 'py-a@:1' (build, run)",
                "dependencies of 1.0 with Python 3.9.1 on linux x86_64: "
                "'py-a@1.2:' (build, run) and "
                "'py-a@1.2:2' (build, run) and 'py-a@:1' (build, run)",
            ],
        ),
        # more for the new version only
        ([Line("py-a")], [Line("py-a"), Line("py-b", ("3.0",))], []),
        (
            [Line("py-a", ("1.0",))],
            [],
            ["dependencies of 1.0 with Python 3.9.1 on linux x86_64: 'py-a' (build, run)"],
        ),
        (
            [],
            [Line("py-a", ("2.0",), ("3.9.1",))],
            ["dependencies of 2.0 with Python 3.9.1 on linux x86_64: 'py-a' (build, run)"],
        ),
        (
            [Line("py-a", ("2.0",), variant="x")],
            [],
            ["dependencies of 2.0 with Python 3.9.1 on linux x86_64: 'py-a' (build, run)"],
        ),
    ],
)
def test_dependencies(before: list[Line], after: list[Line], reported: list[str]) -> None:
    old = meaning(before, "2.0", "1.0", variants=["x"])
    new = meaning(after, "3.0", "2.0", "1.0", variants=["x"])
    assert list(changes(old, new, CELLS)) == reported


def test_a_branch_follows_the_newest_version() -> None:
    old, new = meaning([], "main"), meaning([Line("py-a", ("main", "3.0"))], "main", "3.0")
    assert not list(changes(old, new, CELLS))


def test_versions_and_variants() -> None:
    old, new = meaning([], "2.0", "1.0", variants=["x"]), meaning([], "3.0", "2.0")
    assert list(changes(old, new, CELLS)) == [
        "version 1.0",
        "variant x",
    ]


def test_archives() -> None:
    old = replace(meaning([], "2.0", "1.0"), archives={"1.0": "x-1.0.tar.gz"})
    new = replace(meaning([], "2.0", "1.0"), archives={"1.0": "X-1.0.tar.gz"})
    assert list(changes(old, new, CELLS)) == ["version 1.0"]


def test_a_version_under_another_spelling_is_no_branch() -> None:
    old = meaning([], "2024_09_5")
    new = meaning([Line("py-a", ("2024_09_5",))], "2024_09_5", "3.0")
    assert list(changes(old, new, CELLS)) == [
        "dependencies of 2024_09_5 with Python 3.9.1 on linux x86_64: 'py-a' (build, run)"
    ]


def test_the_licence() -> None:
    before, after = (replace(meaning([], "1.0"), licence=text) for text in ("MIT", "ISC"))
    assert list(changes(before, after, CELLS)) == ["the licence of 1.0"]
    assert list(changes(before, before, CELLS)) == []
