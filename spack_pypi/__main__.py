"""``python3 -m spack_pypi``: the entry outside Spack, for a machine with Python and git."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

_OLDEST = (3, 9)
#: Set for the second start, which runs in the virtual environment that we made.
_STANDALONE = "SPACK_PYPI_STANDALONE"


def main(arguments: list[str] | None = None) -> int:
    """Set up what is missing and run the command; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if sys.version_info < _OLDEST:
        print(
            f"Error: spack-pypi needs Python {_OLDEST[0]}.{_OLDEST[1]} or newer, "
            f"this is {sys.version.split()[0]}",
            file=sys.stderr,
        )
        return 1
    args = _parser().parse_args(arguments)
    try:
        if os.environ.get(_STANDALONE):
            return _standalone(args)
        _start_anew(args, arguments)
    except Exception as error:
        from .report.terminal import say_error

        return say_error(error, getattr(args, "debug", False))
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return 1


def _start_anew(args: argparse.Namespace, arguments: list[str]) -> NoReturn:
    """Become the command in a Spack, or without one, in an environment that has all we need. Does
    not return: nobody would pass on a signal."""
    from .host import bootstrap

    named = getattr(args, "spack", None)
    spack = bootstrap.find_spack(named)
    python = bootstrap.environment()
    if spack is not None:
        if "repo" in args and args.repo is None and args.namespace is None:
            _make_default_repo()
            arguments = [*arguments, "--repo", str(bootstrap.default_repo())]
        bootstrap.run_in(spack, python, _without_spack(arguments) if named else arguments)
    checkout = str(Path(__file__).resolve().parent.parent)
    variables = {**os.environ, _STANDALONE: "1"}
    variables["PYTHONPATH"] = os.pathsep.join(
        filter(None, [checkout, os.environ.get("PYTHONPATH")])
    )
    sys.stdout.flush()
    os.execve(str(python), [str(python), "-m", "spack_pypi", *arguments], variables)


def _make_default_repo() -> None:
    from .host.bootstrap import default_repo
    from .host.repo_folder import make_repo

    make_repo(default_repo())


def _standalone(args: argparse.Namespace) -> int:
    from .own_requirements import prefer_installed

    prefer_installed()
    from .cli import main as run
    from .host.bootstrap import cache_folder, default_repo
    from .host.standalone import StandaloneHost

    return run(args, lambda: StandaloneHost(cache_folder() / "pypi", default_repo()))


def _parser() -> argparse.ArgumentParser:
    from . import __version__
    from .arguments import Parser, add_commands

    parser = Parser(
        prog="python3 -m spack_pypi", description="Write Spack recipes for Python projects."
    )
    parser.add_argument("--version", action="version", version=f"spack-pypi {__version__}")
    for command in add_commands(parser):
        command.add_argument(
            "--spack",
            metavar="DIR|none",
            help="the Spack to use (default: SPACK_ROOT, else the one on PATH, else a clone)",
        )
    return parser


def _without_spack(arguments: list[str]) -> list[str]:
    """The arguments as ``spack pypi`` takes them: it is the Spack already."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--spack")
    return parser.parse_known_args(arguments)[1]


if __name__ == "__main__":
    sys.exit(main())
