"""What the packages that a release requires bring with them, by the recipes that exist: a module
that it imports is there all the same where no requirement of its own names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Callable

from packaging.utils import canonicalize_name

from ..recipe.model import DependencyLine
from ..translate.modules import provider
from ..translate.requirements import parse
from ..translate.undeclared import is_to_build
from .facts import Declared
from .package import ProjectPackage

#: More recipes are not read: what they do not show counts as not brought.
_MOST = 200


class Brought:
    """``package`` is that of a project, None where it cannot be loaded, and ``lines`` are those of
    a package's recipe, none where there is no such package."""

    def __init__(
        self,
        package: Callable[[str], ProjectPackage | None],
        lines: Callable[[str], Sequence[DependencyLine]],
    ) -> None:
        self._package, self._lines = package, lines
        self._known: dict[tuple[tuple[str, ...], frozenset[str]], frozenset[str]] = {}

    def apart(self, declared: Declared) -> Declared:
        """What a release declares, without the imports of what its requirements bring."""
        built = declared.builds
        projects = {provider(each.module) for each in built.lacked if not is_to_build(each)}
        there = self.by(declared.metadata.requires_dist or (), projects) if projects else ()
        lacked = tuple(
            each
            for each in built.lacked
            if is_to_build(each) or provider(each.module) not in there
        )
        return replace(declared, builds=replace(built, lacked=lacked))

    def by(self, requirements: Iterable[str], projects: Set[str]) -> frozenset[str]:
        """Which of these projects come with requirements (PEP 508) that hold everywhere."""
        always = (canonicalize_name(r.name) for r in parse(requirements)[0] if not r.marker)
        key = tuple(dict.fromkeys(always)), frozenset(projects)
        if key not in self._known:
            names = {self._name(project): project for project in projects} if key[0] else {}
            found = self._run_by([*map(self._name, key[0])], names.keys() - {""})
            self._known[key] = frozenset(names[name] for name in found)
        return self._known[key]

    def _name(self, project: str) -> str:
        """The existing package of a project; empty where there is none."""
        package = self._package(project)
        return package.existing.name if package and package.existing else ""

    def _run_by(self, packages: Iterable[str], wanted: Set[str]) -> set[str]:
        """Which of the wanted packages these need to run, or what these need does, and so on."""
        todo = [*packages]
        seen, found = set(todo), set[str]()
        for _ in range(_MOST):
            if not todo or found >= wanted:
                break
            needed = {line.dependency.package for line in self._lines(todo.pop(0)) if _runs(line)}
            todo += sorted(needed - seen)
            found |= needed & wanted
            seen |= needed
        return found


def _runs(line: DependencyLine) -> bool:
    """Whether the newest version of a package needs this to run, wherever and however it is."""
    when = line.dependency.when
    is_newest = all(not text or text.endswith(":") for text in (when.versions, *line.within))
    is_narrow = when.variants or when.platform or when.target or when.python
    return "run" in line.dependency.types and is_newest and not is_narrow
