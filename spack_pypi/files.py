"""Files that are written whole: whoever reads one sees the old content or the new one; files that
users name; and folders that nobody else can write to."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Callable

from .errors import HostError, UsageError

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

#: The longest file of a user that is read, characters: ten times the largest lock files. Some have
#: no end (/dev/zero).
LONGEST_FILE = 50_000_000
#: Where a shell has the pipes that it makes, which somebody writes to.
_NO_DISK = ("/dev/", "/proc/")


def write_whole(file: Path, content: bytes) -> None:
    """Write a file, and make its folder where there is none. Raises `OSError`, and then leaves
    the file as it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def replace_file(file: Path, content: bytes) -> None:
    """`write_whole` of a file that others may read, and that users may have elsewhere: it keeps
    its permissions, and of a link the file that it leads to is replaced. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    meant = Path(os.path.realpath(file))
    new = meant.with_name(f".{meant.name}.{os.getpid()}")
    try:
        new.write_bytes(content)
        with suppress(FileNotFoundError):
            shutil.copymode(meant, new)
        os.replace(new, meant)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


@contextmanager
def alone(file: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of a file, which ends with its process. For another one that has it, we wait,
    and call ``waiting`` before. Where there are no locks (Windows, some file systems), nobody is
    waited for. Raises `OSError`."""
    with file.open("ab") as lock:
        if fcntl is not None:
            with suppress(OSError):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    waiting()
                    fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_text(file: Path) -> str:
    """The text of a file that the user names. Raises `UsageError` where there is none, or it is
    too long, and for a pipe that has a place on a disk: nobody may ever write to it."""
    if _is_pipe_on_disk(file):
        raise UsageError(f"{file} cannot be read: it is a named pipe; give a file")
    try:
        with file.open(encoding="utf-8") as stream:
            text = stream.read(LONGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UsageError(f"{file} cannot be read: {reason}") from None
    if len(text) > LONGEST_FILE:
        raise UsageError(f"{file} is longer than {LONGEST_FILE:,} characters, the limit")
    return text


def small_text(file: Path, longest: int) -> str | None:
    """The text of a file of at most ``longest`` bytes; None where there is none that can be read,
    or it is longer. What is not text in it is replaced."""
    try:
        if not file.is_file() or file.stat().st_size > longest:
            return None
        return file.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None


def may_not_end(file: Path) -> bool:
    """Whether reading something may take for ever: a device, or a pipe that has a place on a
    disk."""
    try:
        mode = os.stat(file).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or _is_pipe_on_disk(file)


def home() -> Path | None:
    """The home folder of the user, who may have none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _is_pipe_on_disk(file: Path) -> bool:
    """Whether a file is a pipe that has a name, and is not one of those that a shell makes."""
    where = os.path.realpath(file)
    try:
        return stat.S_ISFIFO(os.stat(where).st_mode) and not where.startswith(_NO_DISK)
    except (OSError, ValueError):
        return False  # a shell's pipe has no place at all


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may enter (0700), as what we keep of an index decides what
    recipes say. Where none can be made (a full or read-only disk), nothing is kept in it. One that
    others could write to becomes private and empty, and standard error says so. Raises `HostError`
    for one that belongs to somebody else, or that cannot be made private."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        found = folder.stat()
    except OSError:
        return folder
    if os.name != "posix":
        return folder
    if found.st_uid != os.getuid():
        raise HostError(f"the cache folder {folder} belongs to another user: delete or rename it")
    if found.st_mode & 0o022:
        _take_back(folder)
    elif found.st_mode & 0o077:
        with suppress(OSError):
            folder.chmod(0o700)
    return folder


def _take_back(folder: Path) -> None:
    """It may hold what others have put into it: it is deleted."""
    if folder.is_symlink():
        raise HostError(
            f"others can write to the folder that {folder} leads to: delete the link, or make the "
            "folder private with chmod 700 and empty it"
        )
    try:
        folder.chmod(0o700)
        for each in [*folder.iterdir()]:
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each)
            else:
                each.unlink()
    except OSError as error:
        raise HostError(
            f"others could write to the cache folder {folder}, and it cannot be emptied "
            f"({error.strerror}): delete it"
        ) from None
    print(
        f"Others could write to the cache folder {folder}: it is private now, and what it held "
        "was deleted.",
        file=sys.stderr,
    )
