"""Libraries as the tables of what they install name them."""

from __future__ import annotations

import re

from ..recipe.model import LIBRARY, Dependency


def library(spec: str, versions: str = "") -> Dependency:
    """The dependency on a library, by its package with variants (``fftw+mpi~openmp``)."""
    package, *variants = re.findall(r"[\w.-]+|[+~]\w+", spec)
    return Dependency(package, versions, tuple(variants), types=LIBRARY)
