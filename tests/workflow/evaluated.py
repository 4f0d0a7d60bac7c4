"""Recipes as a small stand-in for Spack's classes evaluates them; `check` of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from spack_pypi.host.port import Cell, DeclaredVersion
from spack_pypi.recipe.source_changes import SourceChange
from spack_pypi.translate import spack_order
from spack_pypi.workflow.compare.check import Checked
from tests.memory import MemoryHost, MemoryIndex
from tests.run import check

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
        versions = f"@{self.versions}" if self.versions else ""
        variant = f"+{self.variant}" if self.variant else ""
        python = f" ^python@{self.python}" if self.python else ""
        return (versions + variant + python).strip()

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

    package, namespace, repository, folder = "py-x", "site", "", ""

    def __init__(
        self,
        lines: Sequence[Line],
        sha256: str = "",
        archive: str = "x-1.0.tar.gz",
        versions: Sequence[str] = ("1.0",),
    ) -> None:
        self.lines: Sequence[Any] = lines
        self.variants: Mapping[str, bool] = {line.variant: False for line in lines if line.variant}
        self.variant_ranges: Mapping[str, str] = {}
        self.versions = tuple(DeclaredVersion(text, sha256) for text in versions)
        self.archives = dict.fromkeys(versions, archive)
        self.licence = ""
        self.changes: Sequence[SourceChange] = ()

    def source_changes(self, version: str) -> Sequence[SourceChange]:
        return self.changes

    def license(self, version: str) -> str:
        return self.licence

    def archive(self, version: str) -> str:
        return self.archives.get(version, "")

    def runs_in(self, version: str, variants: Mapping[str, bool]) -> Callable[[Cell], bool]:
        pythons = [line for line in self.lines if line.package == "python"]
        return lambda cell: all(line.accepts(cell.python) for line in pythons)


def checked(
    lines: Sequence[Line],
    *requires: str,
    python: str = "",
    build: Sequence[str] = ("setuptools",),
    extras: Sequence[str] = (),
    changes: Sequence[SourceChange] = (),
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
    host.meanings["py-x"] = recipe = Recipe(with_build, sdist.sha256)
    recipe.changes = changes
    host.has("x", "1.0")
    (result,) = check(host, index, ["py-x"])
    assert not result.failed
    return result
