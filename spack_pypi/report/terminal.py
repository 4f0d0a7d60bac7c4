"""Standard error: errors, and a line that shows progress."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..session import Progress

#: What to do where only a part was written.
AGAIN = "Run the command again for the rest."


def say(text: str) -> None:
    """Print one sentence on standard error."""
    print(text, file=sys.stderr)


def say_error(error: Exception, debug: bool) -> int:
    """Print one sentence on what ended a command, and for ``debug`` the traceback of what is none
    of ours; returns the exit code."""
    from ..errors import SpackPyPIError, unexpected

    if isinstance(error, SpackPyPIError):
        say(f"Error: {error}")
        return error.exit_code
    say(f"Error: {unexpected(error)}")
    if debug:
        traceback.print_exc()
    return 1


def count(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: ``1 recipe``, ``2 recipes``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


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
            self._line.set_description_str(_text(progress))

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
            self._line.write(text, file=sys.stderr)
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
