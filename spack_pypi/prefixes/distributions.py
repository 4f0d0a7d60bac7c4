"""The distributions that are installed for an interpreter: ``.dist-info`` folders (the `recording
of installed projects
<https://packaging.python.org/en/latest/specifications/recording-installed-packages>`_) and
``.egg-info`` of setuptools. They are read as files; nothing of them is imported.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from ..errors import HostError, shown
from ..files import small_text
from .conda import without_metadata
from .interpreter import Interpreter, SiteFolder, SiteKind

#: The longest metadata file, and the longest list of files, that is read, bytes.
_LONGEST_METADATA = 2 << 20
_LONGEST_RECORD = 64 << 20
#: The longest name of a project, and the longest version, characters.
_LONGEST_NAME = 255
#: The most files of one distribution, and its most requirements: the largest projects have a
#: tenth of that.
_MOST_FILES = 200_000
_MOST_REQUIREMENTS = 10_000
#: The lists of a distribution beside its metadata, and the longest that is read, bytes.
_LISTS = {
    "RECORD": _LONGEST_RECORD,
    "installed-files.txt": _LONGEST_RECORD,
    "entry_points.txt": _LONGEST_METADATA,
}
_MOST_DISTRIBUTIONS = 20_000
#: The most requirements of all distributions of a Python together.
_MOST_TOGETHER = 300_000


@dataclass(frozen=True)
class Distribution:
    """What is installed of a project (PEP 503 name), and its version as its metadata spells it.

    ``requires`` are its requirements (PEP 508), ``extras`` the names of its extras,
    ``requires_python`` the Pythons that it supports. ``path`` is its ``.dist-info`` or
    ``.egg-info``. ``address`` is the URL that it was installed from (PEP 610, no credentials),
    empty for an index; ``is_editable`` if its code lies elsewhere (``pip install -e``).
    ``shadowed_by`` is where the Python finds the project first. With a ``problem`` its metadata
    could not be read, and ``project`` may be a guess of its folder's name.
    """

    project: str
    version: str
    site: SiteFolder
    path: Path
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requires_python: str = ""
    address: str = ""
    is_editable: bool = False
    shadowed_by: Path | None = None
    problem: str = ""

    @property
    def folder(self) -> Path:
        """Where its modules are."""
        return self.site.folder

    @property
    def unread(self) -> Sequence[str]:
        """Those of its lists, of files and of commands, that are there and are not read: they are
        too long, or no files."""
        found = []
        for name, longest in _LISTS.items():
            file = self.path / name
            try:
                size = file.stat().st_size if file.is_file() else longest + 1
                is_read = size <= longest and (size < _MOST_FILES or self._lines(name) is not None)
            except FileNotFoundError:
                continue
            except OSError:
                is_read = False
            if not is_read and os.path.lexists(file):
                found.append(name)
        return found

    def _lines(self, name: str) -> list[str] | None:
        """The lines of one of its lists; None where it cannot be read, or has far too many."""
        text = small_text(self.path / name, _LISTS[name])
        lines = [line for line in (text or "").splitlines() if "\0" not in line]
        return None if text is None or len(lines) > _MOST_FILES else lines

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files by its ``RECORD`` or ``installed-files.txt``; empty where it has none that can
        be read, or far too many. They may be missing. The ``SOURCES.txt`` of an egg-info does not
        count: it lists what was in the source archive."""
        for name, base in (("RECORD", self.folder), ("installed-files.txt", self.path)):
            lines = self._lines(name)
            if lines:
                names = _first_column(lines) if name == "RECORD" else lines
                return tuple(base / each for each in names if each)
        return ()


def installed(python: Interpreter) -> list[Distribution]:
    """All distributions that an interpreter finds, in the order in which it does. Of several of
    one project only the first is imported; the others are ``shadowed_by`` it. Raises `HostError`
    where there are too many, or where they require too much together."""
    found = [*_installed(python.sites)]
    return [*found, *_of_conda(python, {each.project for each in found})]


def _of_conda(python: Interpreter, known: Collection[str]) -> Iterator[Distribution]:
    """What conda has installed without metadata, but for projects that are known."""
    for site in python.sites:
        for package in without_metadata(python.prefix, site.folder):
            project = str(canonicalize_name(package.name))
            if site.kind is SiteKind.SITE and project not in known:
                yield Distribution(
                    project,
                    package.version[:_LONGEST_NAME],
                    site,
                    package.record,
                    problem="conda installed it without the metadata of a Python package "
                    "(dist-info), so nothing says what it requires",
                )


def installed_in(folders: Sequence[Path]) -> list[Distribution]:
    """The distributions in folders in which a Python looks one after the other, such as the
    site-packages of installed specs. As `installed`."""
    return [*_installed([SiteFolder(folder, SiteKind.SITE) for folder in folders])]


def _installed(sites: Sequence[SiteFolder]) -> Iterator[Distribution]:
    first: dict[str, Path] = {}
    count = required = 0
    for site in sites:
        for path in _metadata_of(site.folder):
            count += 1
            if count > _MOST_DISTRIBUTIONS:
                raise HostError(f"{site.folder} has more than {_MOST_DISTRIBUTIONS:,} projects")
            found = _read(path, site)
            required += len(found.requires)
            if required > _MOST_TOGETHER:
                most = f"{_MOST_TOGETHER:,} requirements"
                raise HostError(f"the projects up to {path} have more than {most} together")
            # The first one on the path is the one that is imported.
            shadowing = None if found.problem else first.setdefault(found.project, path)
            is_first = shadowing in (None, path)
            yield found if is_first else replace(found, shadowed_by=shadowing)


def _metadata_of(folder: Path) -> list[Path]:
    """The ``.dist-info`` and ``.egg-info`` in a folder, sorted."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return []
    # An interrupted pip leaves folders that begin with ~.
    return [folder / name for name in sorted(names) if not name.startswith("~")]


def _read(path: Path, site: SiteFolder) -> Distribution:
    guess = canonicalize_name(path.name.rpartition(".")[0].split("-")[0])
    unread = Distribution(guess, "", site, path, problem="its metadata cannot be read")
    found = _Files(path)
    try:
        if not any(map(found.read_text, ("METADATA", "PKG-INFO", ""))):
            return unread
        name, version = found.metadata["Name"], found.metadata["Version"]
        if not (isinstance(name, str) and isinstance(version, str)):
            return unread
        if max(len(name), len(version)) > _LONGEST_NAME:
            most = f"its name or its version has more than {_LONGEST_NAME} characters"
            return Distribution(guess, "", site, path, problem=most)
        project = canonicalize_name(name, validate=True)
        Version(version)
        requires_python = found.metadata["Requires-Python"]
        requires = [str(each) for each in found.requires or ()]
        if len(requires) > _MOST_REQUIREMENTS:
            most = f"it lists more than {_MOST_REQUIREMENTS:,} requirements, the limit"
            return Distribution(guess, "", site, path, problem=most)
        extras = [str(each) for each in found.metadata.get_all("Provides-Extra") or ()]
        installer = (small_text(path / "INSTALLER", _LONGEST_METADATA) or "").strip()
        # What conda records is a folder of the machine that built it.
        origin = ("", False) if installer == "conda" else _direct_url(path)
    except InvalidName:
        problem = f"its name is not valid: {name[:60]}"
        return Distribution(guess, "", site, path, problem=problem)
    except InvalidVersion:
        problem = f"its version is not valid: {version[:60]}"
        return Distribution(guess, "", site, path, problem=problem)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return unread
    # An egg-info that `setup.py develop` left lies beside the code, which a .pth file names.
    beside = path.suffix == ".egg-info" and site.named_by != ""
    return Distribution(
        str(project),
        version,
        site,
        path,
        tuple(requires),
        tuple(extras),
        requires_python if isinstance(requires_python, str) else "",
        origin[0],
        origin[1] or beside,
    )


class _Files(metadata.Distribution):
    """The files of a ``.dist-info`` or ``.egg-info``, of which none is read that is too long, or
    may have no end (a pipe, a device)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read_text(self, filename: str) -> str | None:
        """None where there is no such file. Raises `OSError` for one that cannot be read."""
        file = self._path / filename
        text = small_text(file, _LONGEST_METADATA)
        if text is None and os.path.lexists(file):
            raise OSError
        return text

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        return self._path.parent / path


def _direct_url(path: Path) -> tuple[str, bool]:
    """The URL that a distribution was installed from (PEP 610), and whether it is editable. Raises
    `ValueError` or `TypeError` where that cannot be read."""
    text = small_text(path / "direct_url.json", _LONGEST_METADATA)
    if text is None:
        return "", False
    said = json.loads(text)
    if not (isinstance(said, dict) and isinstance(said.get("url"), str)):
        raise TypeError
    info = said.get("dir_info")
    return shown(said["url"]), isinstance(info, dict) and info.get("editable") is True


def _first_column(lines: Sequence[str]) -> Iterator[str]:
    """The paths in the lines of a ``RECORD``, which is CSV; up to an invalid one."""
    with suppress(csv.Error):
        yield from (row[0] for row in csv.reader(lines) if row)
