"""What is printed, and a line that shows progress. Texts of strangers are in it: whatever would
move the cursor or turn the order of letters around is printed as Python writes it."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable, TextIO

if TYPE_CHECKING:
    from ..session import Progress

#: What to do where only a part was written.
AGAIN = "Run the command again for the rest."
#: How wide a line of a list or a command is at most, characters.
WIDEST = 98
#: A command up to this length is one line.
_LONGEST = 240
#: Control characters, ends of lines that others see, what sets the direction of what follows, and
#: what nobody sees.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    r"|[\U000e0000-\U000e007f]|\r(?!\n|$)"
)


def say(text: str) -> None:
    """Print one sentence on standard error; on a full disk, nobody reads it."""
    with suppress(OSError):
        print(_printable(text), file=sys.stderr)


def print_text(text: str) -> None:
    """Print what was asked for on standard output. Raises `HostError` where that is full."""
    put_out(f"{_printable(text)}\n")


def put_out(text: str) -> None:
    """`print_text` of what has an end of a line, and nothing to escape."""
    from ..errors import HostError

    if sys.stdout is None:  # whoever started us has closed it
        return
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise HostError(f"cannot write to standard output: {error.strerror}") from None


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text)


def say_error(error: Exception, debug: bool) -> int:
    """Print one sentence on what ended a command, and for ``debug`` the traceback of an error that
    is not ours; returns the exit code."""
    from ..errors import SpackPyPIError, unexpected

    if isinstance(error, SpackPyPIError):
        say(f"Error: {error}")
        return error.exit_code
    say(f"Error: {unexpected(error)}")
    if debug:
        traceback.print_exc()
    return 1


def ended(code: int) -> int:
    """The exit code of a command that has printed all; 1 for 0 where that cannot be written. What
    cannot be written is dropped: Python would try again at its end, and fail."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not wrote(stream, ""):
            code = code or 1
    return code


def wrote(stream: TextIO, text: str) -> bool:
    """Whether a text, and all before it, could be written; if not, the rest is dropped, and
    standard error says so of standard output."""
    try:
        if text:
            stream.write(text)
        stream.flush()
        return True
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            say(f"Error: cannot write to standard output: {error.strerror}")
        return False


def count(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: ``1 recipe``, ``2 recipes``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def command(first: str, words: Iterable[str]) -> str:
    """A command for a shell: how it begins, and its further words, which the caller has quoted. A
    long one is spread over several lines, as a shell reads it."""
    words = [*words]
    whole = " ".join([first, *words])
    if len(whole) <= _LONGEST:
        return whole
    return " \\\n".join(filled([first, *words], "", "    "))


def filled(words: Iterable[str], first: str, others: str) -> list[str]:
    """Lines of words, each as long as `WIDEST` allows, and no word cut; the first line and the
    others are indented so."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= WIDEST:
            lines[-1] += f" {word}"
        else:
            lines.append((others if lines else first) + word)
    return lines


class ProgressLine:
    """A line that shows progress if standard error is a terminal. A context manager that gives the
    listener for a `Session`."""

    def __enter__(self) -> Callable[[Progress], None]:
        self._line: Any = None
        self._is_wanted = sys.stderr.isatty()  # progress is frequent, and this a system call
        return self._show

    def _show(self, progress: Progress) -> None:
        if self._line is None and self._is_wanted:
            from tqdm import tqdm

            # No thread of its own: see `Session.rest`.
            tqdm.monitor_interval = 0
            self._line = tqdm(bar_format="{desc} [{elapsed}]", leave=False)
        if progress.result:
            self._keep(progress)
        elif self._line is not None:
            self._line.set_description_str(_printable(_text(progress)))

    def _keep(self, progress: Progress) -> None:
        from ..session import Phase

        if progress.phase is Phase.PREPARE:
            # Also where nobody looks at a terminal: a log shows what took so long.
            text = f"{progress.result}; projects are resolved meanwhile"
        elif self._line is not None:
            text = f"{progress.subject}: {progress.result} ({progress.done} of {progress.total})"
        else:
            return
        if self._line is not None:
            self._line.write(_printable(text), file=sys.stderr)
        else:
            say(text)

    def __exit__(self, *exc: object) -> None:
        if self._line is not None:
            self._line.close()


def _text(progress: Progress) -> str:
    number = f" {progress.done}" if progress.done else ""
    if progress.total is not None:
        number = f" {progress.done + 1} of {progress.total}"
    subject = f": {progress.subject}" if progress.subject else ""
    return progress.phase.value + number + subject
