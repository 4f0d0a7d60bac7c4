"""Errors: each is one sentence, with its exit code."""

from __future__ import annotations

import errno
import re
import shutil
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .credentials import redacted

#: How much of a message of others is repeated, characters.
_LONGEST = 200
#: What a write to a full disk says, which does not name the file.
_FULL = (errno.ENOSPC, errno.EDQUOT)
#: A word that nobody reads to its end, such as a range of hundreds of versions.
_LONG_WORD = re.compile(r"(\S{100})\S{400,}")
_FURTHER_LINE = re.compile(r"\n(?=\S)")


class SpackPyPIError(Exception):
    """Base of all errors that are shown as one sentence, without a traceback and without the
    credentials of addresses. ``exit_code`` is 1 if something could not be done, 2 if the command
    was used wrongly."""

    exit_code = 1

    def __init__(self, text: str = "") -> None:
        super().__init__(shown(text))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is sent to another process; by itself it would be made of its text alone."""
        return _same, (type(self), self.args, self.__dict__)


class UsageError(SpackPyPIError):
    """The command was used wrongly."""

    exit_code = 2


class UnknownProject(SpackPyPIError):
    """The indexes that were asked have no project of this name."""

    def __init__(self, project: str, *indexes: str, near: Sequence[str] = ()) -> None:
        self.project, self.indexes, self.near = project, indexes, tuple(near)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        asked = f"the index {indexes[0] if indexes else ''} has no project"
        if len(indexes) > 1:
            asked = f"none of the indexes {', '.join(indexes)} has a project"
        super().__init__(f"{asked} named '{project}'{hint}")


class IndexFailure(SpackPyPIError):
    """The index cannot be reached: nothing can be known of it."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"{url}: {reason}")

    @property
    def with_name(self) -> str:
        """The reason, after the name of what cannot be read: for a sentence about its project."""
        name = unquote(self.url.partition("?")[0].rstrip("/").rpartition("/")[2])
        return shown(f"{name}: {self.reason}" if name else self.reason)


class FileFailure(IndexFailure):
    """One page or file of the index is missing or cannot be read: what it would say is unknown,
    what others say is not."""


class NotFetched(FileFailure):
    """A page or file does not arrive, or not as the index lists it: another run may get it."""


class HostError(SpackPyPIError):
    """Spack, or one of its repos, cannot be used."""


def _same(kind: type[SpackPyPIError], args: tuple[Any, ...], about: dict[str, Any]) -> Any:
    error = kind.__new__(kind, *args)
    error.__dict__.update(about)
    return error


def shown(text: str) -> str:
    """A text of a message: without the credentials of addresses, and without the rest of words
    that are far too long. Its further lines are indented, as a stranger may have written them: no
    line that we did not write looks like one of ours."""
    return _FURTHER_LINE.sub("\n  ", _LONG_WORD.sub(r"\1...", redacted(text)))


def some_of(names: Sequence[str], most: int) -> str:
    """The first names and the number of the others: ``a, b and 3 more``; of none, nothing."""
    left = len(names) - most
    said = [*names[:most], f"{left} more"] if left > 0 else names
    return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]]))


def unexpected(error: Exception) -> str:
    """A sentence on an error that is none of ours: a disk that is full, what Spack says, or a
    bug."""
    if isinstance(error.__cause__, KeyboardInterrupt):  # Python wraps one while a class is made
        return "interrupted: run the command again"
    if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
        return (
            f"a disk is full ({error.strerror}): make room where the repo, Spack's cache "
            "(SPACK_USER_CACHE_PATH) and TMPDIR are"
        )
    if isinstance(error, OSError) and error.strerror:
        # Of a file that gets another name, that is what is in the way.
        name = error.filename2 or error.filename
        at = f" '{name}'" if name else " a file"
        return shown(f"cannot use{at}: {error.strerror}")
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        source, _, reason = error.args[0][0]  # the first of those that were copied
        return shown(f"cannot copy '{source}': {_line(str(reason))}; mend or delete it")
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, RuntimeError) and "new thread" in str(error):
        return "no further thread can be started here: see ulimit -u and ulimit -v"
    if isinstance(error, ImportError):
        from .own_requirements import lacking_after, needs

        lacking = lacking_after(error)
        if lacking:
            return needs(lacking)
    if type(error).__module__.partition(".")[0] == "spack":
        return redacted(f"Spack says: {_line(str(error))}")
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = _line(f"{type(error).__name__}: {error}")
    if _raised_in(error).startswith(("spack.", "spack_repo.")):
        return redacted(
            f"Spack, or a recipe, failed ({said}; {Path(where.filename).name}, line "
            f"{where.lineno}): 'spack list --format version_json' loads all recipes, and shows "
            "whether one is broken; if none is, please report it, with what the same command "
            "prints with --debug"
        )
    return redacted(
        f"this is a bug in spack-pypi ({said}; {Path(where.filename).name}, line {where.lineno}): "
        "please report it, with what the same command prints with --debug"
    )


def _raised_in(error: Exception) -> str:
    """The module whose code raised an error."""
    found = error.__traceback__
    while found is not None and found.tb_next is not None:
        found = found.tb_next
    return str(found.tb_frame.f_globals.get("__name__", "")) if found is not None else ""


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
