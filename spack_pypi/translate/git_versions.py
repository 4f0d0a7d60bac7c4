"""How recipes list the releases of a repository: by tag and commit, or by branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.version import Version

from ..pypi.model import Release
from ..recipe.model import GitSource, Omission, VersionLine
from ..recipe.order import in_order
from . import spack_order
from .archives import Archives
from .builds import Builds


def git_versions(releases: Sequence[Release], builds: Mapping[Version, Builds]) -> Archives:
    """`archives` of releases whose files are trees of a repository; ``builds`` are what their
    builds need."""
    lines, spelled, omissions = [], {}, []
    for release in releases:
        text, at = spack_order.spelling(release.version), release.git
        if text is None or at is None:
            reason = "Spack has no spelling for this version"
            version = str(release.version)
            omissions.append(Omission(release.project, version, version, reason))
            continue
        spelled[release.version] = text
        built = builds[release.version]
        commit = "" if at.branch else at.commit
        source = GitSource(at.tag, commit, at.branch, built.submodules, built.reads_history)
        lines.append(VersionLine(text, "", git=source))
    return Archives("", tuple(in_order(lines)), (), spelled, tuple(omissions))
