"""What recipes say, by their text or as a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Callable

from spack_pypi.host import names
from spack_pypi.host.port import Cell, DeclaredVersion
from spack_pypi.pypi.branches import KNOWN
from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.excluded import excluded
from spack_pypi.recipe.model import GitSource
from spack_pypi.recipe.source_changes import SourceChange
from spack_pypi.translate import spack_order
from spack_pypi.workflow.assembly.virtual_names import provided
from spack_pypi.workflow.explain.dependencies import PlainLine


class _Excluding(PlainLine):
    """A conflict with versions of a dependency."""

    def accepts(self, version: str) -> bool:
        return not super().accepts(version)


@dataclass
class Plain:
    """A `Meaning`; without lines, that of a recipe that says nothing."""

    package: str = "py-x"
    namespace: str = "builtin"
    versions: tuple[DeclaredVersion, ...] = ()
    variants: Mapping[str, bool] = field(default_factory=dict)
    lines: Sequence[Any] = ()
    variant_ranges: Mapping[str, str] = field(default_factory=dict)
    archives: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    repository: str = ""
    folder: str = ""
    changes: Sequence[SourceChange] = ()

    def archive(self, version: str) -> str:
        return self.archives.get(version, "")

    def source_changes(self, version: str) -> Sequence[SourceChange]:
        return self.changes

    def license(self, version: str) -> str:
        return self.licence

    def runs_in(self, version: str, variants: Mapping[str, bool]) -> Callable[[Cell], bool]:
        return lambda cell: True


@lru_cache(maxsize=1000)
def meaning_of(package: str, texts: tuple[str, ...]) -> TextMeaning:
    """The same for the same texts, which many tests ask for many times."""
    return TextMeaning(package, texts)


class TextMeaning:
    """A `Meaning` of the texts of a recipe and of those it inherits. A table of versions has the
    name ``VERSIONS``."""

    def __init__(self, package: str, texts: Sequence[str]) -> None:
        self.package, self.namespace = package, "site"
        recipes = [RecipeText(text) for text in texts]
        every = "".join(texts)
        self.versions = tuple(
            DeclaredVersion(version, git=made_from(every, version), branch=version in KNOWN)
            for recipe in recipes
            for version in (*recipe.versions, *recipe.literals.get("VERSIONS", ()))
        )
        self.repository = "".join(re.findall(r'^    git = "(.*)"', every, re.M)[:1])
        self.folder = "".join(re.findall(r'^    build_directory = "(.*)"', every, re.M)[:1])
        self.lines: Sequence[Any] = [
            *(_Excluding(each) for text in texts for each in excluded(text)),
            *(
                PlainLine(stated)
                for recipe in recipes
                for stated in provided(
                    recipe.stated, lambda name: names.providers().get(name, name)
                )
            ),
        ]
        found = re.findall(
            r'variant\(\s*"([\w-]+)"[^)]*?(?:when="@([^"]+)")?,?\s*\)', "".join(texts)
        )
        on = re.findall(r'variant\(\s*"([\w-]+)",\s*default=True', every)
        self.variants: Mapping[str, bool] = {name: name in on for name, _ in found}
        self.variant_ranges: Mapping[str, str] = {name: when for name, when in found if when}
        self._conflicts = re.findall(r'conflicts\(\s*"\+([\w-]+)",\s*when="@([^"]+)"', every)

    def archive(self, version: str) -> str:
        return ""

    def source_changes(self, version: str) -> Sequence[SourceChange]:
        return ()

    def license(self, version: str) -> str:
        return ""

    def runs_in(self, version: str, variants: Mapping[str, bool]) -> Callable[[Cell], bool]:
        pythons = [x for x in self.lines if x.package == "python" and x.applies(version, variants)]
        conflict = any(
            variants.get(name) and spack_order.contains(when, version)
            for name, when in self._conflicts
        )
        return lambda cell: (
            not conflict
            and all(line.accepts(cell.python) for line in pythons if line.holds_in(cell))
        )


def made_from(text: str, version: str) -> GitSource | None:
    """Where in its repository a recipe says that a version is."""
    said = re.search(rf'version\(\s*"{re.escape(version)}"([^)]*)\)', text)
    found = dict(re.findall(r'(tag|commit|branch)="([^"]*)"', said[1] if said else ""))
    return GitSource(**found) if found else None
