"""The names of folders, headers and static libraries in an archive: where a library lies under one
of them, the archive has a copy of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

_FILES = re.compile(r"(.+)\.(?:h|hh|hpp|hxx|a|lib)", re.I)
_COMPILED = (".c", ".cc", ".cpp", ".cxx")
#: A folder of copies of other projects, one of these, and a file in it.
_COPY = re.compile(
    r"((?:.*?/)??(third[-_]?party|3rd[-_]?party|vendor(?:ed)?|extern(?:al)?s?|deps|bundled)/"
    r"(?:(?:source|src)/)?[\w.+-]+)/.+",
    re.I,
)
#: More are not named.
_MOST_COPIES = 64
_RELEASE = re.compile(r"[-_]v?\d[\d.]*$")
_VERSION = re.compile(r"[-_.]?v?\d[\d._-]*$")


def named_parts(path: str) -> Iterator[str]:
    """The names in the path of a file, in small letters, without a version: ``gmp`` of
    ``extern/gmp-6.3.0/gmp.h``."""
    *folders, file = path.lower().split("/")
    match = _FILES.fullmatch(file)
    for part in (*folders, *((match[1],) if match else ())):
        yield _VERSION.sub("", part) or part


def copies(paths: Iterable[str], text: str) -> list[tuple[str, str]]:
    """The copies of other projects (``zlib``, ``vendor/zlib-1.3``) that hold what is compiled, in
    folders that a text names; several versions of one (``lua53``, ``lua54``) by the first."""
    compiled = (path for path in paths if path.endswith(_COMPILED))
    matches = filter(None, map(_COPY.fullmatch, compiled))
    holding = {match[1]: match[2] for match in matches}
    found: dict[str, list[tuple[str, str]]] = {}
    for folder, above in sorted(holding.items()):
        if re.search(rf"(?<!\w){re.escape(above)}(?!\w)", text):
            name = _RELEASE.sub("", folder.rpartition("/")[2])
            found.setdefault(_VERSION.sub("", name), []).append((name, folder))
    named = (
        several[0] if len(several) == 1 else (bare, several[0][1])
        for bare, several in found.items()
    )
    return [*islice(named, _MOST_COPIES)]
