"""What the modules of a wheel say that is installed as it is: they are read as those of an sdist
are. https://packaging.python.org/en/latest/specifications/binary-distribution-format/"""

from __future__ import annotations

import re
from typing import Callable

from ..limits import LARGEST_FILE
from ..model import MODULE, File, Release
from ..project_files.smaller import OfLarger
from . import archive, sdist
from .tar import Reader

_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
#: Files that are installed where modules are, and others.
_MODULES = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
_NO_MODULES = re.compile(r"[^/]+\.(?:data|dist-info)/")
_COMPILED = (".so", ".pyd")
#: Of more packages and modules that lie in no other, the rest counts as not installed.
_MOST_AT_TOP = 256


def read_archive(release: Release) -> File | None:
    """The archive of a release of which the contents are read: its sdist, else its wheel for all
    platforms, if that is short."""
    wheel = release.best_wheel
    if release.sdist is not None or wheel is None:
        return release.sdist
    return wheel if wheel.modules_are_read else None


def inspect(file: File, raw: Reader) -> sdist.Contents:
    """Read a wheel and check its sha256. Raises `FileFailure`."""
    contents = sdist.Contents(of_larger=OfLarger())
    top: set[str] = set()

    def each(name: str, size: int, read: Callable[[], bytes]) -> bool:
        if _METADATA.fullmatch(name) and size <= LARGEST_FILE:
            contents.files["PKG-INFO"] = read().decode("utf-8", "replace")
        path = _module(name)
        if path:
            top.add(path.partition("/")[0].partition(".")[0])
            if path.endswith(MODULE):
                sdist.look_at(path, size, read, contents)
            else:
                _note_compiled(path, contents)
        return False

    archive.visit(file, raw, each)
    project = file.name.partition("-")[0]
    listed = "\n".join(sorted(top)[:_MOST_AT_TOP])
    contents.top_level[f"{project}.egg-info/top_level.txt"] = listed
    return contents


def _module(name: str) -> str:
    """The path of a module from the folder on where Python looks for it; empty for what is none,
    and for a setup.py, which builds nothing here."""
    path = _MODULES.sub("", name, count=1)
    is_module = path.endswith((MODULE, *_COMPILED)) and not _NO_MODULES.match(path)
    return path if is_module and path != "setup.py" else ""


def _note_compiled(path: str, contents: sdist.Contents) -> None:
    """Note that there is a module; what it imports is not known."""
    folder, _, name = path.rpartition("/")
    module = name.partition(".")[0]
    contents.imported.own |= {module, *folder.split("/")}
    contents.imported.paths.add(f"{folder}/{module}{MODULE}".lstrip("/"))
