"""What releases require, each requirement with the words in which it is declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Callable

from ...host.port import Cell
from ...translate import origins
from ..compare import oracle
from ..compare.comparison import Comparison
from ..compare.oracle import CellSet, Required
from .model import Cited
from .says import ReleaseSays

RUN_FIELD = "Requires-Dist"


@dataclass(frozen=True)
class Wanted:
    """A requirement on the project of a ``package``: which versions and extras of it, in which
    cells, and how it is ``cited``; ``building``: only building needs it."""

    package: str
    required: Required
    cited: Cited

    @property
    def cells(self) -> CellSet:
        return self.required.cells

    @property
    def building(self) -> bool:
        return self.required.building


class Requirements:
    """The requirements of releases, in the cells of a comparison, for a recipe that names these
    ``packages``."""

    def __init__(self, comparison: Comparison, packages: Set[str]) -> None:
        self._comparison, self._matrix = comparison, comparison.matrix
        self._packages = packages
        self._known: dict[tuple[str, frozenset[str]], list[Wanted]] = {}

    def of(self, says: ReleaseSays, extras: frozenset[str] = frozenset()) -> Sequence[Wanted]:
        """Those that apply with these extras (PEP 503), in the order of the metadata."""
        key = says.version, extras
        if key not in self._known:
            self._known[key] = [*self._running(says, extras), *self._building(says)]
        return self._known[key]

    def anywhere(self, says: ReleaseSays, package: str) -> Sequence[Wanted]:
        """Those on a package that apply with all extras."""
        return [each for each in self.of(says, says.extras) if each.package == package]

    def where(self, holds: Callable[[Cell], bool], says: ReleaseSays) -> CellSet:
        """The cells in which something holds and the release runs."""
        runs = oracle.running(says.metadata.requires_python, self._matrix)
        return oracle.where(self._matrix, holds) & runs

    def known(self, wanted: Wanted) -> Sequence[str]:
        """The known versions of what is required that Spack and PEP 440 read alike."""
        texts = self._comparison.known(wanted.package, wanted.required.project).texts
        return [text for text in texts if oracle.version_of(text)]

    def alone(self, says: ReleaseSays, text: str, extras: frozenset[str]) -> list[Required]:
        """One requirement of a release with these extras; none where it does not apply. What the
        release's extras say of each other counts."""
        return oracle.required([text, *says.on_itself], says.release.project, extras, self._matrix)

    def _running(self, says: ReleaseSays, extras: frozenset[str]) -> Iterator[Wanted]:
        for text in says.metadata.requires_dist or ():
            for stated in self.alone(says, text, extras):
                required = self._comparison.as_named(stated, says.smaller, self._packages)
                for part in self._comparison.with_extras(required):
                    cited = Cited(RUN_FIELD, text)
                    if part.project != required.project:
                        what = f"{part.project}{part.specifier}"
                        cited = Cited(f"{RUN_FIELD} {text}, an extra of which requires", what)
                    elif required is not stated:
                        what = f"{part.project}{part.specifier}"
                        cited = Cited(
                            f"{RUN_FIELD} {text}, all that is imported of it is in", what
                        )
                    yield self._wanted(part, cited)

    def _building(self, says: ReleaseSays) -> Iterator[Wanted]:
        if says.source is None or says.built is None:
            return
        project = says.release.project
        for origin in origins.requirements(says.source, says.built):
            for each in oracle.required([origin.what], project, frozenset(), self._matrix):
                required = replace(each, building=not origin.running)
                yield self._wanted(required, Cited(origin.where, origin.what))

    def _wanted(self, required: Required, cited: Cited) -> Wanted:
        package = self._comparison.package_of(required.project)
        return Wanted(package, self._comparison.of_package(package, required), cited)
