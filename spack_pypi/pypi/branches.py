"""Versions of branches of repositories, which PEP 440 does not have.

To Spack a version with the name of a usual branch is newer than any number. So a branch counts as
a version of an epoch that no release has: every specifier without an upper bound accepts it, and
none with one. Recipes list it by the name that Spack knows.
"""

from __future__ import annotations

from packaging.version import Version

from .for_one_python import minor_python, tagged

#: https://spack.readthedocs.io/en/latest/packaging_guide_creation.html (version comparison)
KNOWN = ("develop", "main", "master", "head", "trunk", "nightly", "stable")
_EPOCH = 9999


def version_of(branch: str) -> Version:
    """What a branch counts as; one that Spack does not know counts as ``develop``."""
    return Version(f"{_EPOCH}!0+{branch if branch in KNOWN else KNOWN[0]}")


def branch_name(version: Version) -> str:
    """What recipes call the version of a branch; empty for that of a release."""
    is_branch = version.epoch == _EPOCH and version.local in KNOWN
    return version.local or "" if is_branch else ""


def shown(version: Version) -> str:
    """How messages call a version: a branch, and a release for one Python, as recipes do."""
    python = minor_python(version)
    public = tagged(version.public, python) if python else str(version)
    return branch_name(version) or public
