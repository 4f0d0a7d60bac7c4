"""Which BLAS a prefix has that others can be built with, by its files: nothing of it is run."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from ..files import small_text

#: The longest ``openblas_config.h`` that is read, bytes.
_LONGEST = 1 << 20
_VERSION = re.compile(
    r'^[ \t]*#\s*define\s+OPENBLAS_VERSION\s+"\s*OpenBLAS\s+(\d+(?:\.\d+)+)\s*"', re.M
)
_ILP64 = re.compile(r"^[ \t]*#\s*define\s+OPENBLAS_USE64BITINT\b", re.M)


class OpenBlas(NamedTuple):
    """An OpenBLAS: its version, its prefix, and whether its integers have 64 bits."""

    version: str
    prefix: Path
    is_ilp64: bool


def openblas_in(prefix: Path) -> OpenBlas | None:
    """The OpenBLAS that others can be built with, in a prefix; None where there is none."""
    text = small_text(prefix / "include" / "openblas_config.h", _LONGEST) or ""
    version = _VERSION.search(text)
    has_headers = os.path.isfile(prefix / "include" / "cblas.h")
    has_library = any(os.path.isfile(prefix / d / "libopenblas.so") for d in ("lib", "lib64"))
    if version is None or not (has_headers and has_library):
        return None
    return OpenBlas(version[1], prefix, _ILP64.search(text) is not None)
