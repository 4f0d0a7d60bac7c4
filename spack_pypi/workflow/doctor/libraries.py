"""Libraries that compiled modules need, looked for as the loader of Linux does; nothing is loaded.

https://man7.org/linux/man-pages/man8/ld.so.8.html
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from ...diagnostics import Diagnostic
from ...files import file_text
from ...host.port import InstalledPackage, Linked, Store
from .findings import finding, reinstalled
from .folders import below
from .search_path import site_packages

#: What comes with the driver of a device: it may be on other nodes only.
_OF_DRIVERS = re.compile(r"lib(cuda|nvidia-\w+|nvcuvid|ze_loader|ze_intel\w*)\.so.*")
_CONFIGURATION = Path("/etc/ld.so.conf")
_ALWAYS = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")
#: A file, and the folders that those that load it hand down to it (``DT_RPATH``).
_Loading = tuple[Path, tuple[str, ...]]
#: The most steps for all libraries of a runtime: one for each that a file needs, ten for each
#: folder in which one is looked for. Real ones take a tenth of that at most.
_MOST_STEPS = 10_000_000
_STEPS_OF_A_FOLDER = 10


@dataclass(frozen=True)
class _Needs:
    """What a file needs when it is loaded: each library, and where it is found (None: nowhere).
    ``own`` are the folders that the file names, ``handed_down`` those for what it loads."""

    own: tuple[str, ...]
    handed_down: tuple[str, ...]
    libraries: Sequence[tuple[str, Path | None]]


class Libraries:
    """Looks for the libraries of a runtime; ``packages`` are those that run together, ``named``
    the folders of ``LD_LIBRARY_PATH``. ``is_spent`` once there was too much to look for, and not
    all of it was."""

    def __init__(
        self, store: Store, packages: Sequence[InstalledPackage], named: Sequence[str]
    ) -> None:
        self.store, self._packages = store, packages
        self._named = tuple(named)
        self._brought = _brought(packages)
        self._linked: dict[Path, Linked | None] = {}
        self._needs: dict[_Loading, _Needs] = {}
        #: What was found in some folders, by name: many files name the same ones.
        self._places: dict[tuple[str, ...], dict[str, Path | None]] = {}
        self._ours: dict[Path, bool] = {}
        self._steps = _MOST_STEPS
        self.unreadable: dict[Path, str] = {}

    @property
    def is_spent(self) -> bool:
        return self._steps <= 0

    def lacking(self, file: Path) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
        """Each library that is not found: its name, the file that needs it (this one or a library
        of it), and the folders that this one names. As the loader does, the libraries of one file
        come before those of its libraries, and each name is loaded once."""
        loaded: set[str] = set()
        followed = {file}
        waiting: deque[_Loading] = deque([(file, ())])
        while waiting:
            loading = waiting.popleft()
            needs = self._needed(*loading)
            self._steps -= len(needs.libraries)
            if self.is_spent:
                return
            for name, found in needs.libraries:
                if name in loaded:
                    continue
                loaded.add(name)
                if found is None:
                    if name not in self._brought and not _OF_DRIVERS.fullmatch(name):
                        yield name, loading[0], needs.own
                elif found not in followed and self._is_ours(found):
                    followed.add(found)
                    waiting.append((found, needs.handed_down))

    def _needed(self, file: Path, inherited: tuple[str, ...]) -> _Needs:
        if (file, inherited) not in self._needs:
            self._needs[file, inherited] = self._looked_for(file, inherited)
        return self._needs[file, inherited]

    def _looked_for(self, file: Path, inherited: tuple[str, ...]) -> _Needs:
        linked = self._read(file)
        if linked is None:
            return _Needs((), (), ())
        own = tuple(expanded(each, file) for each in linked.folders)
        before = tuple(dict.fromkeys((*own, *inherited))) if not linked.is_runpath else ()
        after = own if linked.is_runpath else ()
        order = (*before, *self._named, *after, *_standard_folders())
        self._steps -= len(order)
        places = self._places.setdefault(order, {})
        for name in linked.needed:
            if name not in places and not self.is_spent:
                self._steps -= len(order) * _STEPS_OF_A_FOLDER
                places[name] = _found(name, order)
        return _Needs(own, before, [(name, places.get(name)) for name in linked.needed])

    def _is_ours(self, file: Path) -> bool:
        """What the system has is its own business."""
        if file not in self._ours:
            ours = any(each.has(file) for each in self._packages if not each.external)
            self._ours[file] = ours
        return self._ours[file]

    def _read(self, file: Path) -> Linked | None:
        if file not in self._linked:
            try:
                self._linked[file] = self.store.linked(file)
            except ValueError as error:
                self._linked[file] = None
                self.unreadable[file] = str(error)
        return self._linked[file]


def not_found(
    package: InstalledPackage,
    files: Iterable[Path],
    libraries: Libraries,
    packages: Sequence[InstalledPackage],
) -> Iterator[Diagnostic]:
    """A finding for each library that compiled modules of a package lack. Where several files are
    the same module (mpi4py has one for each MPI), one of them is enough."""
    seen: set[str] = set()
    for same in _by_module(files):
        lacking = [(file, *each) for file in same for each in libraries.lacking(file)]
        works = {*same} - {file for file, *_ in lacking}
        for file, name, needing, folders in lacking if not works else ():
            if name in seen:
                continue
            seen.add(name)
            by = "" if needing == file else f" (needed by {needing})"
            text = f"{_shown(file, package)} needs {name}, which is not found{by}"
            mend = _mend(libraries.store, package, name, folders, packages)
            yield finding("missing-library", package, text, mend, name)
        while libraries.unreadable:
            unread, reason = libraries.unreadable.popitem()
            owner = next((p for p in (package, *packages) if p.has(unread)), package)
            text = f"{unread} cannot be read: {reason}"
            yield finding("not-examined", owner, text, reinstalled(owner), unread.name)
        if libraries.is_spent:
            text = (
                f"not all libraries that {_shown(same[0], package)} needs were looked for: they "
                "need too many others, in too many folders"
            )
            yield finding("not-examined", package, text, reinstalled(package), same[0].name)
            return


def _by_module(files: Iterable[Path]) -> Iterable[Sequence[Path]]:
    """Compiled files, those together that are one module by their names: ``MPI.mpich.abi3.so`` and
    ``MPI.openmpi.abi3.so``."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for file in files:
        module = file.name.partition(".")[0] if file.name.endswith(".so") else file.name
        found.setdefault((file.parent, module), []).append(file)
    return found.values()


def _shown(file: Path, package: InstalledPackage) -> Path:
    return file.relative_to(package.folder) if package.folder in file.parents else file


def _mend(
    store: Store,
    package: InstalledPackage,
    name: str,
    folders: tuple[str, ...],
    packages: Sequence[InstalledPackage],
) -> str:
    """What had it when the package was built, else the line that is lacking. That a file names the
    folder of a package says little: all that is compiled names that of the compiler's runtime."""
    if package.external:
        return reinstalled(package)
    above = _above(folders)
    linked = [
        each
        for each in packages
        if each.prefix != package.prefix and each.folder in above and not each.external
    ]
    stem = re.sub(r"^lib|\.so.*", "", name).lower()
    for possible in (
        [each for each in (package, *linked) if store.had(each, name)],
        [each for each in linked if not each.folder.is_dir()],
        [each for each in linked if stem in each.name or each.name.startswith(stem[:4])],
    ):
        if len(possible) == 1:
            return reinstalled(possible[0])
    return (
        f'depends_on("PACKAGE", type="link") in the recipe of {package.name}, with the package '
        f"that has {name}; then {reinstalled(package)}"
    )


@lru_cache(maxsize=1 << 8)
def _above(folders: tuple[str, ...]) -> frozenset[Path]:
    """Folders, and all in which they lie."""
    real = [Path(os.path.realpath(each)) for each in folders]
    return frozenset(found for each in real for found in (each, *each.parents))


def _brought(packages: Iterable[InstalledPackage]) -> frozenset[str]:
    """The libraries that lie beside modules, or in the prefix of an external Python: another
    module may have loaded one before (mpi4py looks for the MPI)."""
    found: set[str] = set()
    for package in packages:
        for folder in site_packages(package.prefix):
            found |= {file.name for file in below(folder).compiled}
        if package.external:
            with suppress(OSError):
                found.update(os.listdir(package.prefix / "lib"))
    return frozenset(found)


def expanded(folder: str, file: Path) -> str:
    """A folder that a file names, without the variables of the loader."""
    origin = str(file.resolve().parent)
    for text in ("$ORIGIN", "${ORIGIN}"):
        folder = folder.replace(text, origin)
    return folder.replace("$LIB", "lib64").replace("${LIB}", "lib64")


def _found(name: str, folders: Iterable[str]) -> Path | None:
    if "/" in name:
        return Path(name) if os.path.exists(name) else None
    for folder in folders:
        file = Path(folder, name)
        if os.path.exists(file):
            return file.resolve()
    return None


@cache
def _standard_folders() -> tuple[str, ...]:
    """Where the loader looks last: what /etc/ld.so.conf names, and its own."""
    return tuple(dict.fromkeys([*_configured(_CONFIGURATION, 0), *_ALWAYS]))


def _configured(file: Path, depth: int) -> Iterator[str]:
    try:
        lines = file_text(file, "replace").splitlines() if depth < 8 else []
    except OSError:
        return
    for line in (line.partition("#")[0].strip() for line in lines):
        if line.startswith("include"):
            pattern = line[len("include") :].strip()
            root = Path("/") if pattern.startswith("/") else file.parent
            for each in sorted(root.glob(pattern.lstrip("/"))) if pattern else ():
                yield from _configured(each, depth + 1)
        elif line.startswith("/"):
            yield line
