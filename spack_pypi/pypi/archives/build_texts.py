"""Which files of an archive are kept that say how it is built: `BUILD_FILES`, what CMake includes,
and how Cargo is configured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Callable

from ..model import BUILD_FILES, BUILD_RS, CARGO_CONFIG, CARGO_LOCK, CMAKE_MODULE
from ..project_files import build_rs, cargo_lock

#: How they end.
ENDINGS = (*BUILD_FILES, CMAKE_MODULE, *CARGO_CONFIG)
#: They are small; not more than this are kept.
LARGEST = 256 << 10
_MOST, _MOST_INCLUDED = 64, 32
#: Files of which only a part is kept: the largest that is read, and that part.
_SHORTENED: Mapping[str, tuple[int, Callable[[str], str]]] = {
    CARGO_LOCK: (cargo_lock.LARGEST, cargo_lock.edges),
    BUILD_RS: (build_rs.LARGEST, build_rs.needed),
}
_CONFIGURES = tuple(f"/{each}" for each in CARGO_CONFIG)
#: How a file of CMake's is called that only looks for a package.
_FINDS = "Find"


def is_one(path: str) -> bool:
    name = path.rpartition("/")[2]
    included = name.endswith(CMAKE_MODULE) and not name.startswith(_FINDS)
    return name in BUILD_FILES or included or f"/{path}".endswith(_CONFIGURES)


def is_shortened(path: str, size: int) -> bool:
    """Whether a file is one for `keep_shortened`."""
    name = path.rpartition("/")[2]
    return name in _SHORTENED and size <= _SHORTENED[name][0]


def keep_shortened(path: str, read: Callable[[], bytes], kept: dict[str, str]) -> None:
    """Put the part of a file that matters beside those that are ``kept``, if there is such a part,
    and room for it."""
    if has_room(path, kept):
        _, shortened = _SHORTENED[path.rpartition("/")[2]]
        text = shortened(read().decode("utf-8", "replace"))
        if text:
            kept[path] = text


def has_room(path: str, kept: Collection[str]) -> bool:
    """Whether one more is kept beside those whose paths these are."""
    included = sum(1 for each in kept if each.endswith(CMAKE_MODULE))
    if path.endswith(CMAKE_MODULE):
        return included < _MOST_INCLUDED
    return len(kept) - included < _MOST
