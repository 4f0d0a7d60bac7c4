"""Which releases of a project a recipe lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..pypi.model import QUARANTINED, Project, Release
from ..translate.wheels import machine_wheels
from .applies import runs
from .policy import Policy


def candidates(
    project: Project, policy: Policy, *, above: Version | None = None
) -> tuple[Release, ...]:
    """Releases that a recipe could list, newest first, only those ``above`` a version if there is
    one; those that were withdrawn, if the policy admits them, as if they were not."""
    releases = takewhile(lambda r: above is None or r.version > above, project.releases)
    admitted = (r.reinstated() if policy.withdrawn and r.yanked else r for r in releases)
    return tuple(release for release in admitted if is_candidate(release, policy))


def is_candidate(release: Release, policy: Policy) -> bool:
    """Whether a recipe could list a release: not yanked, with an archive that Spack can install (a
    source archive, a wheel that runs everywhere, or wheels that run with every Python on some
    machines), for a Python the host has."""
    version = release.version
    return (
        not release.yanked
        and bool(release.has_sdist or release.has_pure_wheel or machine_wheels(release))
        and not (version.epoch or version.local or version.is_devrelease)
        and (not policy.pythons or runs(release.requires_python, policy.pythons))
    )


def matching(
    releases: Iterable[Release], specifier: SpecifierSet, policy: Policy
) -> list[Release]:
    """The releases that ``specifier`` accepts, in the given order; pre-releases only if the
    specifier or the policy admits them, or if there is nothing else (PEP 440)."""
    by_version = {release.version: release for release in releases}
    accepted = specifier.filter(by_version, prereleases=True if policy.pre else None)
    return [by_version[version] for version in accepted]


def preferred(releases: Sequence[Release]) -> list[Release]:
    """The releases without those that exist only as wheels for platforms, if there are others: a
    recipe lists an archive for each machine only where there is no other way."""
    return [release for release in releases if not machine_wheels(release)] or list(releases)


def by_preference(releases: Sequence[Release]) -> list[Release]:
    """The releases in the order in which they are tried: as they are given, those that exist only
    as wheels for platforms last."""
    return sorted(releases, key=lambda release: bool(machine_wheels(release)))


def listed(releases: Sequence[Release], specifier: SpecifierSet, policy: Policy) -> list[Release]:
    """The releases that the recipe of a root lists, newest first, of the `preferred` ones."""
    accepted = preferred(matching(releases, specifier, policy))
    if policy.series is None:
        return accepted
    newest: dict[tuple[int, int], Release] = {}
    for release in accepted:
        if len(newest) >= policy.series:
            break
        newest.setdefault((release.version.major, release.version.minor), release)
    return list(newest.values())


def why_none(project: Project, usable: Sequence[Release]) -> str:
    """Why none of a project's releases, or of those that are usable, can be chosen."""
    if usable:
        newest_usable = usable[0].version
        return f"no release that Spack can install satisfies it (newest: {newest_usable})"
    if project.status == QUARANTINED:
        return "the index holds it in quarantine (PEP 792): it may be malicious"
    if not project.releases:
        return "the index lists no release of it"
    newest_release = project.releases[0]
    if newest_release.wheels and not newest_release.sdist:
        return (
            "it is published only as wheels, each for one Python version or platform, which a "
            "recipe cannot list: write a recipe that builds it from its repository"
        )
    return "none of its releases can be installed with the Python versions of this Spack"
