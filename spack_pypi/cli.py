"""Run a command, for every door. Errors are printed and exit codes decided here."""

from __future__ import annotations

import argparse
import gc
import io
import sys
from typing import TYPE_CHECKING, Callable

from .arguments import COMMANDS

if TYPE_CHECKING:
    from .host.port import Host

#: When Python looks for garbage in cycles, see `gc.set_threshold`. Its own thresholds suit what
#: keeps little; a closure keeps millions of objects, and to look through them again and again
#: took a tenth of the time of a large run. With higher ones than these, memory grows.
_GARBAGE = (20_000, 10, 20)


def main(args: argparse.Namespace, make_host: Callable[[], Host]) -> int:
    """Run the command that ``args`` names; returns the exit code: 0 done, 1 something could not be
    done, 2 used wrongly. Prints each error as one sentence."""
    from .report.terminal import ended

    code = _run(args, make_host)
    # What is printed to a full disk fails here, and would once more when Python ends.
    return ended(code)


def _run(args: argparse.Namespace, make_host: Callable[[], Host]) -> int:
    from .diagnostics import exit_code
    from .report.formats import check_json
    from .report.terminal import AGAIN, say, say_error

    gc.set_threshold(*_GARBAGE)
    # Nor does it look at what was made before: all of that stays.
    gc.freeze()
    # Where whoever started us closed it, nobody reads what is said.
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        # What LC_ALL=C cannot print is a question mark, and no reason to end.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    host = None
    try:
        host = make_host()
        # ``spack create --pypi`` names no command.
        run = COMMANDS[getattr(args, "pypi_command", "create")].run
        check_json(getattr(args, "json", None))
        return exit_code(run(args, host))
    except BrokenPipeError:
        # Who read our output has left (`| head`).
        return 1
    except Exception as error:
        return say_error(error, getattr(args, "debug", False))
    except SystemExit:
        # A recipe is a program: it may end itself, and must not end this as if all were done.
        say("Error: a recipe ended the run (sys.exit): take that out of it")
        return 1
    except KeyboardInterrupt:
        written = sorted(set(host.writer.written)) if host is not None else []
        if written:
            say(f"Interrupted: wrote {', '.join(written)}; nothing else was written. {AGAIN}")
        else:
            say("Interrupted: nothing was written.")
        return 1
    finally:
        if host is not None:
            host.close()
