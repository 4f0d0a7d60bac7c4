"""Everything for running on a machine that has Python and git: a virtual environment with what we
need, and a Spack. All of it is in the user's cache folder and may be deleted at any time.

Only the standard library is imported, and nothing of ours that needs more.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ..errors import HostError, UsageError
from ..files import alone, home, write_whole, yaml_text
from ..own_requirements import needed
from ..programs import Unanswered, call

#: The release that is cloned where no Spack is found.
PINNED = "1.1.0"
_SPACK = "https://github.com/spack/spack.git"
_PACKAGE = Path(__file__).resolve().parent.parent
#: The solver, which Spack would otherwise have to bootstrap.
_SOLVER = "clingo>=5.7"
#: Seconds that a script which starts Spack may take to say where that is, and the most bytes.
_LONGEST, _MOST = 45.0, 1 << 16


def cache_folder() -> Path:
    """Where everything that can be made again is kept."""
    return _of_user("XDG_CACHE_HOME", ".cache") / "spack-pypi"


def default_repo() -> Path:
    """The repo that ``python3 -m spack_pypi`` writes to by default."""
    data = _of_user("XDG_DATA_HOME", ".local/share")
    return data / "spack-pypi" / "repo" / "spack_repo" / "pypi"


def _of_user(variable: str, below: str) -> Path:
    """A folder of the user: the one that a variable names, else one in the home folder. Raises
    `HostError` where there is neither."""
    named, own = os.environ.get(variable), home()
    if named:
        return Path(named)
    if own is None:
        raise HostError(f"this user has no home folder: set HOME or {variable}")
    return own / below


@dataclass(frozen=True)
class Spack:
    """A Spack to run in: its prefix, and whether it is the clone that we made."""

    prefix: Path
    ours: bool


def find_spack(named: str | None) -> Spack | None:
    """The Spack to use: the one that is ``named`` (a folder, or ``none``), else ``SPACK_ROOT``,
    else the one on ``PATH``, else a clone in our cache. None for ``none``, and where it cannot be
    cloned (said on standard error). Raises `UsageError` for a folder that holds none."""
    if named == "none":
        return None
    named = named or os.environ.get("SPACK_ROOT")
    if named:
        prefix = Path(named).expanduser()
        lacks = _lacking(prefix)
        if lacks:
            raise UsageError(f"{named} is not a Spack prefix: it has no {lacks}")
        return Spack(prefix, ours=False)
    on_path = shutil.which("spack")
    return Spack(_prefix_of(on_path), ours=False) if on_path else _clone()


def _prefix_of(program: str) -> Path:
    """The prefix of a ``spack``, which may be a script of a site that starts it. Raises
    `UsageError`."""
    prefix = Path(program).resolve().parent.parent
    if _lacking(prefix):
        try:
            said = call([program, "location", "--spack-root"], _LONGEST, _MOST).output
            prefix = Path(os.fsdecode(said).strip())
        except (OSError, Unanswered, ValueError):
            pass
    if not prefix.is_absolute() or _lacking(prefix):
        raise UsageError(f"{program} is not in a Spack prefix: name the prefix with --spack DIR")
    return prefix


def _lacking(prefix: Path) -> str:
    """What a folder has not that each Spack has; empty for a prefix of one."""
    if not (prefix / "bin" / "spack").is_file():
        return "bin/spack"
    return "" if (prefix / "lib" / "spack").is_dir() else "lib/spack"


def _clone() -> Spack | None:
    prefix = cache_folder() / f"spack-{PINNED}"
    if prefix.exists():
        return Spack(prefix, ours=True)
    with _making("clone") as folder:
        if prefix.exists():
            return Spack(prefix, ours=True)
        _say(f"Cloning Spack {PINNED} into {prefix} ...")
        # A server that sends nothing for so many seconds has gone, and nobody is asked a password.
        command = ["git", "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30", "clone"]
        command += ["--quiet", "--depth", "1", "--branch", f"v{PINNED}"]
        command += ["-c", "advice.detachedHead=false", _SPACK, f"{folder}/spack"]
        try:
            done = subprocess.run(
                command,
                env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            reason = _reason(done) if done.returncode else ""
        except OSError as error:
            reason = f"git: {error.strerror}"
        if reason:
            _say(
                f"No Spack was found, and cloning one failed ({reason}); continuing without Spack."
            )
            return None
        os.rename(f"{folder}/spack", prefix)
    return Spack(prefix, ours=True)


@contextmanager
def _making(what: str) -> Iterator[Path]:
    """A folder for what takes a while to make, and then gets its name beside it. One run at a time
    makes it, and deletes what killed ones have left."""
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)

    def waiting() -> None:
        _say(f"Waiting for another run that sets up what is needed in {cache} ...")

    with alone(cache / f"{what}.lock", waiting):
        for left in cache.glob(f"{what}-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=f"{what}-") as folder:
            yield Path(folder)


def environment() -> Path:
    """The Python of a virtual environment that has all we need, made at the first call.

    Raises `HostError` where it cannot be made.
    """
    requirements = [*needed(), _SOLVER]
    key = hashlib.sha256(os.fsencode("\n".join([sys.version, sys.prefix, *requirements])))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder = cache_folder() / f"python-{version}-{key.hexdigest()[:12]}"
    python = Path("Scripts", "python.exe") if os.name == "nt" else Path("bin", "python")
    if (folder / python).exists():
        return folder / python
    with _making("making") as temporary:
        if (folder / python).exists():
            return folder / python
        _say(f"Setting up a virtual environment in {folder} ...")
        made = temporary / "python"
        try:
            venv.create(made, with_pip=True, symlinks=os.name != "nt")
        except (subprocess.CalledProcessError, OSError) as error:
            raise HostError(
                f"{sys.executable} cannot create a virtual environment ({error}); "
                "install Python's venv and ensurepip"
            ) from None
        command = [str(made / python), "-I", "-m", "pip", "install", "--disable-pip-version-check"]
        command += ["--quiet", *requirements]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise HostError(f"pip failed to install {', '.join(requirements)}: {_reason(done)}")
        try:
            # Only its python is used, and that finds its packages wherever the folder lies.
            os.rename(made, folder)
        except OSError:
            if not (folder / python).exists():  # not made by another run meanwhile, either
                raise
    return folder / python


def run_in(spack: Spack, python: Path, arguments: Sequence[str]) -> NoReturn:
    """Become ``spack pypi ARGUMENTS``, with caches of our own and, in the Spack that we cloned,
    without any configuration of the user. Does not return."""
    cache = cache_folder()
    kept = _caches(spack, cache)
    # Each copy of this program has its own: Spack would start another one that runs meanwhile.
    copy = hashlib.sha256(os.fsencode(_PACKAGE)).hexdigest()[:12]
    scope = cache / f"scope-{copy}"
    scope.mkdir(parents=True, exist_ok=True)
    extension = {"config": {"extensions": [str(_PACKAGE / "spack-pypi")]}}
    # Another run may read it just now.
    write_whole(scope / "config.yaml", f"{yaml_text(extension)}\n".encode())
    variables: dict[str, str] = {
        **os.environ,
        "SPACK_PYTHON": str(python),
        "SPACK_USER_CACHE_PATH": str(kept),
    }
    if spack.ours:
        variables.pop("SPACK_ENV", None)
        variables["SPACK_DISABLE_LOCAL_CONFIG"] = "1"
        variables["SPACK_USER_CONFIG_PATH"] = str(cache / "spack-config")
    if not kept.exists():
        _say(
            "The first run of Spack fetches and indexes its packages; this takes a few minutes, "
            "once."
        )
    if not spack.ours:
        _link_packages(kept)
    program = str(spack.prefix / "bin" / "spack")
    command = [str(python), program, "-C", str(scope), "pypi", *arguments]
    sys.stdout.flush()
    os.execve(str(python), command, variables)


def _caches(spack: Spack, cache: Path) -> Path:
    """Where a Spack keeps what it can make again. Each that was found has a folder of its own: a
    release of Spack has packages of its own, which all others would get too."""
    if spack.ours:
        return cache / "spack-cache"
    key = hashlib.sha256(os.fsencode(f"{os.path.realpath(spack.prefix)}\n{_of_users_spack()}"))
    return cache / f"spack-cache-{key.hexdigest()[:12]}"


def _of_users_spack() -> Path | None:
    """Where the user's Spack has fetched packages; None where it has not."""
    named, own = os.environ.get("SPACK_USER_CACHE_PATH"), home()
    folder = Path(named) if named else own / ".spack" if own else None
    fetched = folder / "package_repos" if folder else None
    return fetched if fetched and fetched.is_dir() else None


def _link_packages(kept: Path) -> None:
    """Have the packages that the user's Spack has, where it has fetched some: what is written for
    others would name versions that these have not."""
    theirs = _of_users_spack()
    if theirs is None:
        return
    ours = kept / "package_repos"
    ours.mkdir(parents=True, exist_ok=True)
    for folder in theirs.iterdir():
        if folder.is_dir():
            with suppress(FileExistsError):
                (ours / folder.name).symlink_to(folder)


def _reason(failed: subprocess.CompletedProcess[str]) -> str:
    return (failed.stderr.strip().splitlines() or ["no reason given"])[-1]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
