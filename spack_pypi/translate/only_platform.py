"""The one platform that a project is for, where its files and its classifiers both say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..pypi.model import Metadata, Release

_SYSTEM = "Operating System :: "
#: A platform of Spack → how classifiers call it, and how the platform tags of wheels begin. Linux
#: is not among them: who names it alone has often tried no other Unix.
#: https://peps.python.org/pep-0301/#distutils-trove-classification, https://peps.python.org/pep-0425/
_PLATFORMS: Mapping[str, tuple[str, str]] = {
    "windows": ("Microsoft", "win"),
    "darwin": ("MacOS", "macosx"),
}


def only_platform(releases: Iterable[tuple[Release, Metadata]]) -> str:
    """The platform that all wheels of these releases are for, if these have some each, and that
    all classifiers on operating systems name; empty where there is none."""
    found = {_of_release(release, metadata) for release, metadata in releases}
    return found.pop() if len(found) == 1 else ""


def systems(metadata: Metadata) -> Sequence[str]:
    """The classifiers on operating systems."""
    return [each for each in metadata.classifiers if each.startswith(_SYSTEM)]


def _of_release(release: Release, metadata: Metadata) -> str:
    named = [each[len(_SYSTEM) :].partition(" :: ")[0] for each in systems(metadata)]
    tags = [wheel.name[: -len(".whl")].rpartition("-")[2] for wheel in release.wheels]
    for platform, (name, tag) in _PLATFORMS.items():
        if {*named} == {name} and tags and all(each.startswith(tag) for each in tags):
            return platform
    return ""
