"""Files that are written whole: whoever reads one sees the old content or the new one; files that
users name, or that anybody may have made, of which none may block us; their text, where it is
YAML; and folders that nobody else can write to."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Callable

from .errors import HostError, UsageError

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

#: The longest file that is read whole, bytes (of a user's, characters): ten times the largest lock
#: files. Some have no end (/dev/zero).
LONGEST_FILE = 50_000_000
#: How much of it is read at once, bytes.
_PIECE = 1 << 16
#: What may be in the place of a file, and what opening or reading it may block on forever.
_KINDS = {
    stat.S_IFIFO: "it is a named pipe",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
    stat.S_IFSOCK: "it is a socket",
}
#: A character that JSON escapes as two.
_PAIR = re.compile(r"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}")
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


def write_named(file: str, content: bytes) -> None:
    """`replace_file` of a file that the user names, in a folder that is there. What is not a file
    on a disk (a device, a pipe that somebody reads), or in a folder where nothing can be added, is
    written as it is. Raises `OSError`."""
    places = (os.path.abspath(file), os.path.realpath(file))
    is_file = os.path.isfile(file) or not os.path.exists(file)
    if is_file and not any(place.startswith(_NO_DISK) for place in places):
        if not os.path.isdir(os.path.dirname(places[1])):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), file)
        with suppress(PermissionError):
            return replace_file(Path(file), content)
    with open_to_write(file, "wb") as stream:
        stream.write(content)


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. Raises `OSError`, and
    FileExistsError where it is there by then."""
    if os.path.lexists(file):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(file))
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        new.write_bytes(content)
        try:
            os.link(new, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            os.rename(new, file)
    finally:
        with suppress(OSError):
            new.unlink()


@contextmanager
def alone(file: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of a file, which ends with its process. For another one that has it, we wait,
    and call ``waiting`` before. Where there are no locks (Windows, some file systems), nobody is
    waited for. Raises `OSError`."""
    with open_to_write(file, "ab") as lock:
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


def open_to_read(file: str | os.PathLike[str]) -> BufferedReader:
    """Open a file that somebody else may have made. Raises `OSError`, and its ``strerror`` says
    why, also for what is not a regular file (`_KINDS`): it never blocks."""
    _check_regular(os.stat(file).st_mode, file)  # to open a device may have an effect
    # It may have become a pipe meanwhile.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(file, flags)
    try:
        _check_regular(os.fstat(handle).st_mode, file)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def open_to_write(file: str | os.PathLike[str], mode: str) -> IO[bytes]:
    """Open a file to write or append bytes. Raises `OSError`, also for a pipe that nobody reads,
    in place of waiting for a reader."""
    return open(file, mode, opener=_without_waiting)


def file_bytes(file: str | os.PathLike[str], longest: int = LONGEST_FILE) -> bytes:
    """The content of a file of at most ``longest`` bytes that somebody else may have made. Raises
    `OSError` like `open_to_read`, and for one that is longer."""
    found = bytearray()
    with open_to_read(file) as stream:
        while len(found) <= longest and (piece := os.read(stream.fileno(), _PIECE)):
            found += piece
    if len(found) > longest:
        reason = f"it is longer than {longest:,} bytes, the limit"
        raise OSError(errno.EFBIG, reason, os.fspath(file))
    return bytes(found)


def file_text(
    file: str | os.PathLike[str], errors: str = "strict", longest: int = LONGEST_FILE
) -> str:
    """The text of a file, as `file_bytes`, with the ends of its lines as ``\\n``; ``errors`` are
    those of `bytes.decode`. Raises `UnicodeError` too."""
    text = file_bytes(file, longest).decode("utf-8", errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def yaml_text(value: Any) -> str:
    """A value as YAML, for which no library is needed: JSON is YAML, but for characters beyond
    U+FFFF, which it escapes as two."""
    return _PAIR.sub(_one_character, json.dumps(value, default=str))


def _one_character(pair: re.Match[str]) -> str:
    character = json.loads('"' + pair.group() + '"')
    return f"\\U{ord(character):08x}"


def copy_regular(source: str, to: str) -> str:
    """Copy a file that somebody else may have made, with its permissions, as `shutil.copytree`
    has it done. Raises `OSError` like `open_to_read`."""
    with open_to_read(source) as stream, open(to, "wb") as out:
        shutil.copyfileobj(stream, out)
    shutil.copymode(source, to)
    return to


def small_text(file: Path, longest: int) -> str | None:
    """The text of a file of at most ``longest`` bytes; None where there is none that can be read,
    or it is longer. What is not text in it is replaced."""
    try:
        return file_text(file, "replace", longest)
    except (OSError, ValueError):
        return None


def _check_regular(mode: int, file: str | os.PathLike[str]) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(file))
    if not stat.S_ISREG(mode):
        reason = _KINDS.get(stat.S_IFMT(mode), "it is not a regular file")
        raise OSError(errno.EINVAL, reason, os.fspath(file))


def _without_waiting(file: str, flags: int) -> int:
    try:
        opened = os.open(file, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "it is a named pipe that nobody reads", file) from None
        raise
    if hasattr(os, "set_blocking"):
        os.set_blocking(opened, True)
    return opened


def may_block(file: Path) -> bool:
    """Whether reading something may block forever: a device, or a pipe that has a place on a
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
