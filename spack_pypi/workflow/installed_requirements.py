"""What installed distributions require, of each other and of Python, as ``pip check`` decides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ..errors import UsageError
from ..prefixes.distributions import Distribution
from ..pypi import limits
from .requirement_files.marker_environment import MarkerEnvironment

#: Of a text: many projects require the same.
_parsed = lru_cache(maxsize=1 << 14)(limits.requirement)


def required(
    distribution: Distribution, environment: MarkerEnvironment, extra: str = ""
) -> Iterator[Requirement]:
    """What a distribution requires in an environment; with an extra, only what that adds. Texts
    that are not requirements, and markers that cannot be decided, are passed over, as pip does."""
    for text in distribution.requires:
        requirement = _parsed(text)
        if requirement is None or not _holds(requirement, environment, extra):
            continue
        if not extra or not _holds(requirement, environment, ""):
            yield requirement


def is_requirement(text: str) -> bool:
    """Whether a text is a requirement (PEP 508)."""
    return _parsed(text) is not None


def _holds(requirement: Requirement, environment: MarkerEnvironment, extra: str) -> bool:
    try:
        return environment.holds(requirement.marker, requirement.name, extra)
    except UsageError:
        return False


def satisfies(distribution: Distribution, requirement: Requirement) -> bool:
    """Whether a distribution of the project that is required has a version that is accepted: a
    pre-release too, as it is installed. One whose metadata cannot be read has none that is."""
    if distribution.problem:
        return not requirement.specifier
    return requirement.specifier.contains(distribution.version, prereleases=True)


def refused_python(distribution: Distribution, python: str) -> SpecifierSet | None:
    """The versions of Python that a distribution requires, if this one is none of them. What
    cannot be parsed refuses none."""
    text = distribution.requires_python
    try:
        accepted = SpecifierSet(text if limits.is_short(text) else "")
        return None if accepted.contains(Version(python), prereleases=True) else accepted
    except (InvalidSpecifier, InvalidVersion):
        return None
