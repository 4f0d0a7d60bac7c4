"""Which releases of a project a recipe lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..errors import UnknownProject
from ..host.port import Package
from ..pypi.branches import branch_name, shown
from ..pypi.for_one_python import minor_python, published
from ..pypi.model import QUARANTINED, IndexOrigin, Project, Release
from ..translate.spelling import is_for_one_python
from ..translate.wheels import machine_wheels
from .applies import runs
from .policy import Policy


def candidates(
    project: Project,
    policy: Policy,
    existing: Package | None = None,
    *,
    above: Version | None = None,
) -> tuple[Release, ...]:
    """Releases that a recipe could list, newest first, or that could be added to the ``existing``
    one; only those ``above`` a version if there is one. Those that were withdrawn, if the policy
    admits them, as if they were not."""
    releases = takewhile(lambda r: above is None or r.version > above, project.releases)
    admitted = (r.reinstated() if policy.withdrawn and r.yanked else r for r in releases)
    return tuple(
        release
        for release in admitted
        if is_candidate(release, policy) and _may_list(existing, release)
    )


def is_candidate(release: Release, policy: Policy) -> bool:
    """Whether a recipe could list a release: not yanked, with an archive that Spack can install (a
    source archive, a wheel that runs everywhere, or wheels for machines), for a Python the host
    has, and no epoch, local version or development release: Spack cannot spell these."""
    version = published(release.version)
    return (
        not release.yanked
        and bool(release.has_sdist or release.has_pure_wheel or machine_wheels(release))
        and not _not_of_spack(version)
        and (not policy.pythons or runs(release.requires_python, policy.pythons))
    )


def _may_list(existing: Package | None, release: Release) -> bool:
    """Whether a release may be added to what exists: wheels for one Python each only to a recipe
    that lists such ones, not to one that builds the project."""
    if existing is None or not minor_python(release.version):
        return True
    return any(map(is_for_one_python, existing.versions))


def matching(
    releases: Iterable[Release], specifier: SpecifierSet, policy: Policy
) -> list[Release]:
    """The releases that ``specifier`` accepts, in the given order; pre-releases only if the
    specifier or the policy admits them, or if there is nothing else (PEP 440)."""
    by_version = {release.version: release for release in releases}
    accepted = specifier.filter(by_version, prereleases=True if policy.pre else None)
    return [by_version[version] for version in accepted]


def preferred(releases: Sequence[Release]) -> list[Release]:
    """The releases that need the fewest archives: a recipe lists one for each machine, or even for
    each Python, only where there is no other way."""
    needed = [_archives(release) for release in releases]
    least = min(needed, default=0)
    return [release for release, archives in zip(releases, needed) if archives == least]


def by_preference(releases: Sequence[Release]) -> list[Release]:
    """The releases in the order in which they are tried: those that need fewer archives first,
    else as they are given."""
    return sorted(releases, key=_archives)


def _archives(release: Release) -> int:
    """What a version needs: one archive (0), one for each machine, or also for each Python (2)."""
    return 2 if minor_python(release.version) else int(bool(machine_wheels(release)))


def listed(releases: Sequence[Release], specifier: SpecifierSet, policy: Policy) -> list[Release]:
    """The releases that the recipe of a root lists, newest first, of the `preferred` ones."""
    accepted = preferred(matching(releases, specifier, policy))
    if policy.series is None:
        return accepted
    branches = [release for release in accepted if branch_name(release.version)]
    newest: dict[tuple[int, int], list[Release]] = {}
    for release in accepted[len(branches) :]:  # a branch is newer than all releases
        series = (release.version.major, release.version.minor)
        if series not in newest and len(newest) >= policy.series:
            break
        same = newest.setdefault(series, [])
        if not same or published(same[0].version) == published(release.version):
            same.append(release)
    return [*branches, *(release for same in newest.values() for release in same)]


def for_other_pythons(release: Release, usable: Iterable[Release]) -> list[Release]:
    """Those of a project's releases that differ from one only in the Python that each is for: a
    recipe lists them together."""
    same = published(release.version)
    return [each for each in usable if published(each.version) == same]


def why_none(project: Project, usable: Sequence[Release], extends: bool) -> str:
    """Why none of a project's releases, or of those that are usable, can be chosen, for a new
    recipe or for one that exists and ``extends``."""
    if usable:
        newest_usable = shown(usable[0].version)
        return f"no release that Spack can install satisfies it (newest: {newest_usable})"
    if project.status == QUARANTINED:
        return "the index holds it in quarantine (PEP 792): it may be malicious"
    if not project.releases:
        return "the index lists no release of it"
    newest_release = project.releases[0]
    offered = [release for release in project.releases if not release.yanked]
    if not offered:
        reason = next((file.yanked for file in newest_release.files if file.yanked), "")
        return f"all its releases were withdrawn (PEP 592){f': {reason}' if reason else ''}"
    unsaid = [why for release in offered if (why := _not_of_spack(published(release.version)))]
    if len(unsaid) == len(offered):
        what = " or ".join(dict.fromkeys(unsaid))
        return (
            f"each of its releases {what} (newest: {shown(offered[0].version)}), which no version "
            "of Spack can say: name its repository instead (create git+https://...), or write its "
            "recipe by hand"
        )
    if newest_release.wheels and not newest_release.sdist:
        wheels = (
            "each for one Python version or platform, which that recipe cannot list"
            if extends
            else "none of them for Linux and a Python of this Spack"
        )
        return (
            f"it is published only as wheels, {wheels}: write a recipe that builds it from its "
            "repository"
        )
    reason = "none of its releases can be installed with the Python versions of this Spack"
    newest = next(each for each in offered if not _not_of_spack(published(each.version)))
    if newest.requires_python:
        number = shown(newest.version)
        reason = f"{reason} ({number}, the newest, requires Python {newest.requires_python})"
    return reason


def which_index(project: str, origin: IndexOrigin) -> str:
    """Which of several indexes a reason is about, to be put behind it; nothing where there is one
    index only."""
    if not origin.one_of_several:
        return ""
    return f" ({project} comes from {origin.index}; --index can name another one for it)"


def why_missing(missing: UnknownProject) -> str:
    """Why a requirement has no page, in a sentence that says which project it requires."""
    if len(missing.indexes) < 2:
        return "the index has no such project"
    return f"none of the indexes {', '.join(missing.indexes)} has such a project"


def _not_of_spack(version: Version) -> str:
    """What a version has that none of Spack has; empty for nothing."""
    if branch_name(version):
        return ""
    if version.epoch:
        return "has an epoch"
    if version.local:
        return "has a local version"
    return "is a development release" if version.is_devrelease else ""
