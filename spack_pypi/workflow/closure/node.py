"""A project of the closure: the package that stands for it, what is demanded, what was chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Set

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ...host.port import Package
from ...pypi.model import Metadata, Project, Release
from ...translate import spack_order
from ...translate.builds import Builds

#: Extras for those who develop, test and document a project: never a recipe's business.
DEVELOPING = re.compile(r"dev|test|doc|lint")


@dataclass(frozen=True)
class Facts:
    """What one release declares, and what follows for its build."""

    metadata: Metadata
    builds: Builds


@dataclass
class Node:
    """One project of the closure.

    ``existing`` is the package that stands for it, if any; ``named`` are the versions that
    were asked for by name, ``demands`` the specifiers of all that need it; ``releases`` are
    chosen, ``facts`` known of these and others; ``unsatisfied`` says of a demand, and
    ``failure`` of the whole project, why it cannot be met, with ``proposal`` of lines that
    a person could add; ``written`` that there is something to write. ``empty_extras`` are
    those of which no variant came: nothing is asked for under them. ``extendable``:
    versions may be added to what exists; ``constraint``: no others may be used.
    """

    project: str
    package: str
    existing: Optional[Package] = None
    named: Optional[SpecifierSet] = None
    extras: Set[str] = field(default_factory=set)
    demands: Set[str] = field(default_factory=set)
    page: Optional[Project] = None
    releases: Dict[Version, Release] = field(default_factory=dict)
    facts: Dict[Version, Facts] = field(default_factory=dict)
    unsatisfied: Dict[str, str] = field(default_factory=dict)
    failure: str = ""
    proposal: str = ""
    empty_extras: Set[str] = field(default_factory=set)
    extendable: bool = True
    constraint: SpecifierSet = field(default_factory=SpecifierSet)
    _declares: Dict[str, bool] = field(default_factory=dict)

    @property
    def written(self) -> bool:
        return bool(self.releases) and not self.failure

    @property
    def closed(self) -> str:
        """Why the existing package cannot be given versions of the project; empty if it can."""
        if self.existing is None or (self.existing.from_index and self.extendable):
            return ""
        name = f"{self.existing.namespace}.{self.existing.name}"
        if self.existing.from_index:
            return f"{name} has no such version, and --no-extend forbids to add one"
        return f"{name} stands for it and has no such version; it is not built from its archives"

    @property
    def versions(self) -> List[Version]:
        """The chosen releases, newest first."""
        return sorted(self.releases, reverse=True)

    @property
    def known(self) -> List[Version]:
        """The chosen releases, newest first, without those that say nothing about what they
        require, unless there is no other, or no other that someone needs."""
        said = [v for v in self.versions if self.facts[v].metadata.requires_dist is not None]
        kept = set(said)
        for demand in [*self.demands, *([] if said else [""])]:
            accepted = SpecifierSet(demand, prereleases=True)
            if not any(version in accepted for version in said):
                kept |= {version for version in self.versions if version in accepted}
        return sorted(kept, reverse=True)

    def declares(self, specifier: str) -> bool:
        """Whether the existing package declares a version that ``specifier`` accepts."""
        if self.existing and self.existing.every_version:
            return True
        if specifier not in self._declares:
            accepted = SpecifierSet(specifier, prereleases=True) & self.constraint
            self._declares[specifier] = any(
                version in accepted
                for version in map(parsed, self.existing.versions if self.existing else ())
                if version is not None
            )
        return self._declares[specifier]

    def predecessor(self, version: Version) -> Optional[Release]:
        """The newest release before this one that the existing package declares; where there is
        none, the oldest after it."""
        declared = {parsed(text) for text in (self.existing.versions if self.existing else ())}
        releases = self.page.releases if self.page else ()
        listed = [r for r in releases if r.version in declared and r.version != version]
        older = [release for release in listed if release.version < version]
        return older[0] if older else (listed[-1] if listed else None)

    def variant(self, extra: str) -> Optional[str]:
        """The existing package's variant that models ``extra``."""
        names = self.existing.variants if self.existing else ()
        return next((name for name in names if canonicalize_name(name) == extra), None)

    def offers(self, extra: str, version: str) -> bool:
        """Whether a version that is added to the existing package could have the variant that
        models ``extra``, for all that is known."""
        ranges = self.existing.variant_ranges if self.existing else {}
        return spack_order.contains(ranges.get(self.variant(extra) or "", ""), version)


def parsed(version: str) -> Optional[Version]:
    """A version as PEP 440 reads it; None for the name of a branch."""
    try:
        return Version(version)
    except InvalidVersion:
        return None
