"""Which files of an archive are kept that say how it is built: `BUILD_FILES`, what CMake includes,
and how Cargo is configured."""

from __future__ import annotations

from collections.abc import Collection

from ..model import BUILD_FILES, CARGO_CONFIG, CMAKE_MODULE

#: How they end.
ENDINGS = (*BUILD_FILES, CMAKE_MODULE, *CARGO_CONFIG)
#: They are small; not more than this are kept.
LARGEST = 256 << 10
_MOST, _MOST_INCLUDED = 64, 32
_CONFIGURES = tuple(f"/{each}" for each in CARGO_CONFIG)
#: How a file of CMake's is called that only looks for a package.
_FINDS = "Find"


def is_one(path: str) -> bool:
    name = path.rpartition("/")[2]
    included = name.endswith(CMAKE_MODULE) and not name.startswith(_FINDS)
    return name in BUILD_FILES or included or f"/{path}".endswith(_CONFIGURES)


def has_room(path: str, kept: Collection[str]) -> bool:
    """Whether one more is kept beside those whose paths these are."""
    included = sum(1 for each in kept if each.endswith(CMAKE_MODULE))
    if path.endswith(CMAKE_MODULE):
        return included < _MOST_INCLUDED
    return len(kept) - included < _MOST
