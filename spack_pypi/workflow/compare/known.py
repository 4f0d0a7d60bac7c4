"""The known versions of a dependency, and where a recipe and metadata disagree about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

from ...host.port import DeclaredDependency
from . import oracle
from .oracle import version_of

#: A set of known versions: bit n is the n-th.
_VersionSet = int
#: The versions that a recipe accepts and the metadata does not, and the other way round.
Differing = tuple[tuple[str, ...], tuple[str, ...]]


class KnownVersions:
    """The versions of one package that are known; each range is evaluated once over them.
    ``texts`` are all of them, as its recipe spells them or the index, each with what
    `oracle.version_of` says of it."""

    def __init__(self, texts: Mapping[str, Version | None]) -> None:
        self.texts = tuple(texts)
        #: Those that are compared, as they are spelled first.
        self._compared: dict[Version, str] = {}
        for text, version in texts.items():
            if version is not None:
                self._compared.setdefault(version, text)
        self._newest = max(self._compared, default=Version("0"))
        self._accepted: dict[str, _VersionSet] = {}
        self._stated: dict[str, _VersionSet] = {}
        self._differing: dict[object, Differing] = {}

    def differing(
        self, specifiers: Sequence[str], stated: Sequence[DeclaredDependency]
    ) -> Differing:
        """Where the lines of a recipe and the specifiers of a release disagree: over the known
        versions, and over those that could come next: one step up in each component of every
        bound, and beyond the newest."""
        key = tuple(specifiers), tuple(sorted({line.text for line in stated}))
        if key not in self._differing:
            self._differing[key] = self._compare(specifiers, stated)
        return self._differing[key]

    def holds(self, outer: str, inner: str) -> bool:
        """Whether a specifier accepts all versions that another one does, known and next ones."""
        texts = (*self._compared.values(), *self._next([outer, inner], ()))
        return all(oracle.accepts(outer, each) for each in texts if oracle.accepts(inner, each))

    def accepted(self, specifiers: Sequence[str]) -> set[str]:
        """The known versions that all the specifiers accept."""
        return {text for text in self.texts if oracle.accepts(",".join(specifiers), text)}

    def _compare(
        self, specifiers: Sequence[str], stated: Sequence[DeclaredDependency]
    ) -> Differing:
        every = (1 << len(self._compared)) - 1
        by_metadata, by_recipe = every, every
        for specifier in specifiers:
            by_metadata &= self._in_specifier(specifier)
        for line in stated:
            by_recipe &= self._in_line(line)
        wide = self._members(by_recipe & ~by_metadata)
        narrow = self._members(by_metadata & ~by_recipe)
        for text in self._next(specifiers, stated):
            accepted = all(oracle.accepts(specifier, text) for specifier in specifiers)
            stands = all(line.accepts(text) for line in stated)
            if accepted != stands:
                (narrow if accepted else wide).append(text)
        return _in_order(wide), _in_order(narrow)

    def _in_specifier(self, specifier: str) -> _VersionSet:
        if specifier not in self._accepted:
            accepted = {*oracle.accepted(specifier, self._compared)}
            bits = (1 << at for at, each in enumerate(self._compared) if each in accepted)
            self._accepted[specifier] = sum(bits)
        return self._accepted[specifier]

    def _in_line(self, line: DeclaredDependency) -> _VersionSet:
        """The known versions in the range of a line, by how it is printed."""
        if line.text not in self._stated:
            texts = enumerate(self._compared.values())
            self._stated[line.text] = sum(1 << at for at, text in texts if line.accepts(text))
        return self._stated[line.text]

    def _members(self, versions: _VersionSet) -> list[str]:
        return [text for at, text in enumerate(self._compared.values()) if versions >> at & 1]

    def _next(
        self, specifiers: Sequence[str], stated: Sequence[DeclaredDependency]
    ) -> Iterable[str]:
        """The versions that could come next, each as the first bound has it spelled."""
        printed = " ".join([*specifiers, *sorted({line.text for line in stated})])
        bounds = filter(None, map(version_of, re.findall(r"\d[\w.]*\w|\d", printed)))
        found: dict[Version, str] = {}
        for text in oracle.versions_after([self._newest, *bounds]):
            found.setdefault(Version(text), text)
        return [text for version, text in found.items() if version not in self._compared]


def _in_order(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda text: version_of(text) or Version("0")))
