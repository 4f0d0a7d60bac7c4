"""An interpreter: its version, its prefix, and where it looks for packages.

It is asked only that, without `site` (``-S``), which would run what ``.pth`` files say. So what
`site` would do is read from files (`site_files`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UsageError
from ..files import home
from ..programs import Unanswered, call
from .site_files import added_folders, virtual_environment

_QUESTION = """
import json, sys
# In a virtual environment: as the Python outside of it answers.
sys.prefix, sys.exec_prefix = sys.base_prefix, sys.base_exec_prefix
import sysconfig
def paths(scheme, prefix):
    if scheme not in sysconfig.get_scheme_names():
        return []
    given = {"base": prefix, "platbase": prefix}
    return [sysconfig.get_path(kind, scheme, given) for kind in ("purelib", "platlib")]
print(json.dumps({
    "version": sys.version_info[:3],
    "executable": sys.executable,
    "prefix": sys.base_prefix,
    "site": {scheme: paths(scheme, "*") for scheme in ("venv", "posix_prefix", "nt")},
    "own": [sysconfig.get_path(kind) for kind in ("purelib", "platlib")],
    "debian": paths("posix_local", sys.base_prefix + "/local")
    + paths("deb_system", sys.base_prefix),
    "user": paths("nt_user" if sys.platform == "win32" else "posix_user", sys.base_prefix),
}))
"""
#: Seconds that the answer may take, and its bytes.
_LONGEST, _MOST = 45.0, 1 << 20
#: The most folders that ``.pth`` files may name.
_MOST_FOLDERS = 256
#: Variables with folders in which conda and mamba keep ``envs``.
_CONDA = ("MAMBA_ROOT_PREFIX", "CONDA_ROOT", "CONDA_PREFIX_1", "CONDA_PREFIX")


class SiteKind(Enum):
    """Why a Python looks into a folder."""

    #: ``lib/python3.12/site-packages`` of its prefix, where Spack looks too.
    SITE = "site-packages"
    #: ``dist-packages``, as Debian's Python has instead.
    DEBIAN = "dist-packages"
    #: The folder of one user.
    USER = "user"
    #: That of the Python from which a virtual environment was made.
    BASE = "base"
    #: A ``.pth`` file names it.
    PTH = "pth"
    #: An environment module puts it on ``PYTHONPATH``.
    MODULE = "module"


class SiteFolder(NamedTuple):
    """A folder in which a Python looks for packages; ``named_by`` is the ``.pth`` file."""

    folder: Path
    kind: SiteKind
    named_by: str = ""


class Interpreter(NamedTuple):
    """A Python: its command and its version (3, 12, 4).

    ``prefix`` is the folder of its packages; ``base`` that of the Python itself, another one for a
    virtual environment. ``sites`` are in the order in which it looks. ``own`` is where it installs
    packages, below its base: ``local/lib/python3.12/dist-packages`` for Debian's. Spack looks
    there in each prefix of a package that needs this Python. ``libraries`` are folders with
    libraries that it and its packages may need, and do not find by themselves.
    """

    command: str
    version: tuple[int, int, int]
    prefix: Path
    base: Path
    sites: tuple[SiteFolder, ...]
    own: tuple[Path, ...]
    libraries: tuple[Path, ...] = ()

    @property
    def minor(self) -> str:
        """Its minor version: ``3.12``."""
        return ".".join(map(str, self.version[:2]))

    @property
    def library_folders(self) -> tuple[tuple[str, str], ...]:
        """Its ``libraries`` as a list of folders, by variable; none without."""
        text = os.pathsep.join(map(str, self.libraries))
        return (("LD_LIBRARY_PATH", text),) if text else ()

    @property
    def prefixes(self) -> tuple[Path, ...]:
        """Those besides its own in which Spack finds some of its packages."""
        found = map(self.prefix_of, self.sites)
        return tuple(dict.fromkeys(p for p in found if p is not None and p != self.prefix))

    def prefix_of(self, site: SiteFolder) -> Path | None:
        """The prefix in which Spack finds what lies in a folder; None where it does not."""
        possible = [self.prefix]
        if site.kind is SiteKind.MODULE:
            possible = [Path(*site.folder.parts[: -len(own.parts)]) for own in self.own]
        found = (p for p in possible if any(p / own == site.folder for own in self.own))
        return next(found, None)


def ask(
    command: str, spelled: str = "", variables: Mapping[str, str] | None = None
) -> Interpreter:
    """The interpreter of a command, in an environment with these ``variables`` if not in ours.
    Raises `UsageError` for one that does not answer, which then says how its path is
    ``spelled``."""
    if not command:
        raise UsageError("the path of an interpreter is missing" + spelled)
    command = _without_parents(command)
    try:
        # -I: neither its user's settings nor the current folder change what it answers.
        done = call([command, "-I", "-S", "-c", _QUESTION], _LONGEST, _MOST, variables)
        if done.code:
            raise ValueError
        return _read(command, json.loads(done.output))
    except OSError as error:
        raise UsageError(f"{command} cannot be run: {error.strerror}") from None
    except Unanswered as failure:
        reason = f": it {failure}"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        reason = ""
    raise UsageError(
        f"{command} does not answer as a Python 3 does{reason}; give the path of an interpreter"
        + spelled
    )


def _without_parents(command: str) -> str:
    """The path of a command without ``..``, of which a prefix would have one too: entries of a
    prefix are known by its path. Links stay, as they may be the path that does not change."""
    if os.pardir not in Path(command).parts:
        return command
    folder, name = os.path.split(command)
    plain, real = os.path.abspath(folder), os.path.realpath(folder)
    # What comes after a link and ".." is not the folder that the text seems to name.
    return os.path.join(plain if os.path.realpath(plain) == real else real, name)


def in_prefix(prefix: Path) -> Interpreter:
    """The interpreter in a prefix. Raises `UsageError` where there is none."""
    for name in ("bin/python3", "bin/python", "python.exe", "Scripts/python.exe"):
        if os.path.exists(prefix / name):
            return ask(str(prefix / name))
    raise UsageError(f"{prefix} has no bin/python3: name the interpreter with --python")


def in_conda(name: str) -> Interpreter:
    """The interpreter of a conda environment, by its path or by its name, which conda looks for in
    the folders of its environments. Raises `UsageError` where there is none."""
    if "/" in name or os.sep in name:
        return in_prefix(Path(name))
    roots = [os.environ.get(variable, "") for variable in _CONDA]
    folders = [Path(root) / "envs" for root in roots if root]
    executable = os.environ.get("CONDA_EXE", "")
    folders += [Path(executable).parent.parent / "envs"] if executable else []
    own = home()
    folders += [own / ".conda" / "envs"] if own else []
    for folder in folders:
        if os.path.isdir(folder / name / "conda-meta"):
            return in_prefix(folder / name)
    looked = ", ".join(map(str, dict.fromkeys(folders)))
    raise UsageError(f"no conda environment {name} in {looked}: name its folder with --prefix")


def _read(command: str, answer: dict[str, Any]) -> Interpreter:
    """Raises `ValueError` and others of Python's for what is not an answer."""
    major, minor, micro = map(int, answer["version"])
    if (major, minor) < (3, 6):
        raise ValueError
    base = Path(str(answer["prefix"]))
    settings = _virtual(Path(command)) or _virtual(Path(str(answer["executable"])))
    prefix, inherits = settings or (base, False)
    schemes = answer["site"]
    usual = schemes["posix_prefix"] or schemes["nt"]
    here = (schemes["venv"] if settings else None) or usual
    sites = [SiteFolder(folder, SiteKind.SITE) for folder in _at(here, prefix)]
    if settings is None or inherits:
        user = [SiteFolder(Path(folder), SiteKind.USER) for folder in answer["user"]]
        debian = [SiteFolder(Path(folder), SiteKind.DEBIAN) for folder in answer["debian"]]
        if settings is not None:
            sites += [SiteFolder(folder, SiteKind.BASE) for folder in _at(usual, base)]
            debian = [site._replace(kind=SiteKind.BASE) for site in debian]
        sites = [*user, *sites, *debian]
    own = _below(base, answer["own"], f"python{major}.{minor}")
    return Interpreter(command, (major, minor, micro), prefix, base, _all(sites), own)


def _below(base: Path, folders: list[str], python: str) -> tuple[Path, ...]:
    """Where a Python installs what is pure and what is not, as Spack's recipe of it decides: where
    its own prefix has it, else in the usual place."""
    found = []
    for folder, lib in zip(map(Path, folders), ("lib", "lib64")):
        inside = base in folder.parents
        found.append(folder.relative_to(base) if inside else Path(lib, python, "site-packages"))
    return tuple(dict.fromkeys(found))


def _at(templates: list[str], prefix: Path) -> list[Path]:
    """The folders of a scheme below a prefix, each once."""
    return [*dict.fromkeys(Path(each.replace("*", str(prefix), 1)) for each in templates)]


def _virtual(executable: Path) -> tuple[Path, bool] | None:
    """The prefix of the virtual environment (PEP 405) of an executable, and whether the packages
    of its base count too; None where it is of none."""
    for folder in (executable.parent, executable.parent.parent):
        settings = virtual_environment(folder)
        if settings is not None:
            inherits = settings.get("include-system-site-packages", "").lower() == "true"
            return folder.absolute(), inherits
    return None


def _all(sites: list[SiteFolder]) -> tuple[SiteFolder, ...]:
    """The folders that exist, each once, then those that their ``.pth`` files name. Raises
    `UsageError` for too many."""
    found: dict[Path, SiteFolder] = {}
    for site in sites:
        if os.path.isdir(site.folder):
            found.setdefault(site.folder, site)
    for site in [*found.values()]:
        for folder, file in added_folders(site.folder):
            found.setdefault(folder, SiteFolder(folder, SiteKind.PTH, file.name))
            if len(found) > _MOST_FOLDERS:
                raise UsageError(
                    f"the .pth files in {site.folder} name more than {_MOST_FOLDERS} folders"
                )
    return tuple(found.values())
