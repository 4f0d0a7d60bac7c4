"""Which packages a graph may hold in several versions, by Spack's settings.

https://spack.readthedocs.io/en/latest/build_settings.html
"""

from __future__ import annotations

from collections.abc import Collection

import spack.config


def may_be_twice(tags: Collection[str]) -> bool:
    """Whether a graph may hold several versions of a package with these tags, each to build
    another package."""
    strategy = spack.config.get("concretizer:duplicates:strategy", "minimal")
    return strategy == "full" or (strategy == "minimal" and "build-tools" in tags)
