"""A project, and the package that is or will be its recipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..host.port import Package
from ..pypi.branches import KNOWN, version_of
from ..pypi.model import Project, Release
from ..translate import spack_order
from ..translate.library_versions import of_library
from ..translate.spelling import meant
from ..translate.variants import RESERVED

#: Extras for those who develop, test and document a project: never a recipe's business.
DEVELOPING = re.compile(r"dev|test|doc|lint")


@dataclass(frozen=True)
class ProjectPackage:
    """``package`` is the name of the project's package, ``existing`` the one that a repo has.

    ``rewritten``: it gets a recipe of its own even where one exists; ``extendable``: versions may
    be added to what exists; ``elsewhere``: it is built from a repository, and the project is that
    of an index, which may be another one of this name; ``constraint``: no other versions may be
    used at all; ``numbers`` is how many a version of what exists has (`Repos.numbers`);
    ``built_from`` is another project, of whose archives what exists is (`Repos.built_from`).
    """

    project: str
    package: str
    existing: Package | None = None
    rewritten: bool = False
    extendable: bool = True
    elsewhere: bool = False
    constraint: SpecifierSet = field(default_factory=SpecifierSet)
    numbers: int = 0
    built_from: str = ""
    _declares: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)
    _predecessors: dict[Version, Release | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def extended(self) -> Package | None:
        """The existing package, unless the project gets a recipe of its own."""
        return None if self.rewritten else self.existing

    @property
    def closed(self) -> str:
        """Why the existing package cannot be given versions of the project; empty if it can."""
        if self.existing is None:
            return ""
        name = f"{self.existing.namespace}.{self.existing.name}"
        if not self.existing.from_index:
            return (
                f"{name} has no such version and is not built from the project's archives: add "
                "the version to its recipe, or name another package with --map"
            )
        if self.elsewhere and not self.rewritten:
            return (
                f"{name} has no such version and is built from its repository: to add a tag of "
                f"it, spack pypi sync {self.package}"
            )
        if self.built_from and not self.rewritten:
            return (
                f"{name} has no such version and is built from the archives of {self.built_from}: "
                "name that project"
            )
        if self.extendable or self.rewritten:
            return ""
        return f"{name} has no such version, and --no-extend is set"

    def declares(self, specifier: str) -> bool:
        """Whether the existing package declares a version that ``specifier`` accepts."""
        if self.extended is None:
            return False
        if self.extended.every_version:
            return True
        if specifier not in self._declares:
            versions = self.extended.versions or self.extended.branches
            self._declares[specifier] = any(self._accepted(versions, specifier))
        return self._declares[specifier]

    def accepted(self, specifier: str) -> Sequence[str]:
        """The versions of the existing package that ``specifier`` accepts, as it spells them."""
        return [*self._accepted(self.extended.versions, specifier)] if self.extended else []

    def all_accepted(self, specifier: str) -> Sequence[str]:
        """The same with the deprecated ones."""
        return [*self._accepted(self.extended.declared, specifier)] if self.extended else []

    def declares_deprecated(self, specifier: str) -> bool:
        """Whether it declares a deprecated version that ``specifier`` accepts."""
        return self.newest_deprecated(specifier) is not None

    def newest_deprecated(self, specifier: str) -> Version | None:
        """The newest deprecated version that ``specifier`` accepts, if it declares any."""
        deprecated = self.extended.deprecated if self.extended else ()
        versions = map(meant, self._accepted(deprecated, specifier))
        return max((each for each in versions if each is not None), default=None)

    def addable(self, usable: Sequence[Release], specifier: str) -> tuple[Release, ...]:
        """Those of the releases that it does not declare, and that are not older than a deprecated
        version which ``specifier`` accepts too: what is wrong with that one may be with them."""
        bad = self.newest_deprecated(specifier)
        new = [release for release in usable if not self.is_declared(release.version)]
        return tuple(release for release in new if bad is None or release.version > bad)

    def _accepted(self, versions: Sequence[str], specifier: str) -> Iterator[str]:
        """Those of the package's versions that ``specifier`` and the constraint accept."""
        accepted = specifier_set(self.of_library(specifier, self.constraint))
        for text in versions:
            version = version_of(text) if text in KNOWN else meant(text)
            if version is not None and accepted.contains(version, prereleases=True):
                yield text

    def of_library(self, *specifiers: str | SpecifierSet) -> str:
        """What specifiers of the project say together of the versions of its package."""
        both = specifier_set(",".join(filter(None, map(str, specifiers))))
        return of_library(str(both), self.numbers)

    @cached_property
    def _meanings(self) -> frozenset[Version | None]:
        return frozenset(map(meant, self.extended.declared if self.extended else ()))

    def is_declared(self, version: Version) -> bool:
        """Whether the existing package declares this version, deprecated or not."""
        return version in self._meanings

    def spelled(self, version: Version) -> str:
        """How the existing package spells a version that it `is_declared` to have."""
        declared = self.extended.declared if self.extended else ()
        return next(text for text in declared if meant(text) == version)

    def predecessor(self, page: Project | None, version: Version) -> Release | None:
        """The newest release before this one that the existing package declares; where there is
        none, the oldest after it."""
        if not self._meanings or page is None:
            return None
        if version not in self._predecessors:  # each walk asks
            declared = [r for r in page.releases if self.is_declared(r.version)]
            listed = [release for release in declared if release.version != version]
            older = [release for release in listed if release.version < version]
            nearest = older[0] if older else (listed[-1] if listed else None)
            self._predecessors[version] = nearest
        return self._predecessors[version]

    def variant(self, extra: str) -> str | None:
        """The existing package's variant that models ``extra``."""
        names = self.extended.variants if self.extended else ()
        return next((name for name in names if canonicalize_name(name) == extra), None)

    def has_variant(self, extra: str, specifier: str) -> bool:
        """Whether an extra is a variant, or becomes one, of some version that ``specifier``
        accepts; else a dependent requires what the extra adds itself."""
        if self.extended is None:
            return extra not in RESERVED
        name = self.variant(extra)
        if name is None:
            return False
        ranges = self.extended.variant_ranges.get(name, "")
        declared = list(self._accepted(self.extended.versions, specifier))
        return not declared or any(spack_order.contains(ranges, text) for text in declared)

    def may_offer(self, extra: str, release: Release) -> bool:
        """Whether a release that is written could have the variant of ``extra``: the existing
        recipe does not limit it to other versions."""
        ranges = self.extended.variant_ranges if self.extended else {}
        return spack_order.contains(
            ranges.get(self.variant(extra) or "", ""), str(release.version)
        )

    def variant_extras(self) -> list[str]:
        """The extras that the existing package may have variants of."""
        names = map(canonicalize_name, self.extended.variants if self.extended else ())
        return sorted({name for name in names if not DEVELOPING.match(name)})


@cache
def specifier_set(text: str) -> SpecifierSet:
    """A specifier, parsed once. Raises `packaging.specifiers.InvalidSpecifier`."""
    return SpecifierSet(text)
