"""How releases are spelled for Spack, which versions its ranges hold, and how it orders them."""

from __future__ import annotations

from packaging.version import Version

from ..pypi.branches import branch_name
from ..pypi.for_one_python import minor_python, published, tagged
from ..recipe.order import after as after
from ..recipe.order import key as key  # the order that ranges are made of
from ..recipe.version_ranges import contained as contained
from ..recipe.version_ranges import contains as contains
from ..recipe.version_ranges import disjoint as disjoint
from ..recipe.version_ranges import met as met

_PEP440_PRERELEASES = {"a": "alpha", "b": "beta", "rc": "rc"}


def spelling(version: Version) -> str | None:
    """How a release's version is written for Spack; None if it cannot be (an epoch, a local
    version, a development release, which Spack would sort after the release it precedes)."""
    branch = branch_name(version)
    if branch:
        return branch
    python = minor_python(version)
    if python:
        public = spelling(published(version))
        return tagged(public, python) if public else None
    if version.epoch or version.local or version.dev is not None:
        return None
    text = ".".join(map(str, version.release))
    if version.pre is not None:
        if version.post is not None:
            return None
        return f"{text}{_PEP440_PRERELEASES[version.pre[0]]}{version.pre[1]}"
    return text if version.post is None else f"{text}.post{version.post}"
