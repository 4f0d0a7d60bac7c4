"""The names of folders, headers and static libraries in an archive: where a library lies under one
of them, the archive has a copy of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FILES = re.compile(r"(.+)\.(?:h|hh|hpp|hxx|a|lib)", re.I)
_VERSION = re.compile(r"[-_.]?v?\d[\d._-]*$")


def named_parts(path: str) -> Iterator[str]:
    """The names in the path of a file, in small letters, without a version: ``gmp`` of
    ``extern/gmp-6.3.0/gmp.h``."""
    *folders, file = path.lower().split("/")
    match = _FILES.fullmatch(file)
    for part in (*folders, *((match[1],) if match else ())):
        yield _VERSION.sub("", part) or part
