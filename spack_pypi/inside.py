"""Run a command in the interpreter of a Spack: ``spack pypi`` and ``spack create --pypi``."""

from __future__ import annotations

import argparse
import shlex
import sys


def run(args: argparse.Namespace) -> int:
    """Run the command that ``args`` names; returns the exit code. Where this Python lacks what we
    need, the message says how to install it."""
    import spack

    from .own_requirements import missing, too_old

    if spack.spack_version_info < (1, 0):
        print(
            f"Error: spack-pypi needs Spack 1.0 or newer, this is {spack.spack_version}",
            file=sys.stderr,
        )
        return 1
    lacking = missing()
    if not lacking:
        try:
            from . import cli
            from .host.spack import SpackHost

            return cli.main(args, SpackHost)
        except ImportError as error:
            # What is too old lacks what we import. All of it is imported before anything is done.
            name = error.name or ""
            if name.partition(".")[0] in ("", "spack", "spack_pypi", "spack_repo"):
                raise
            lacking = too_old() or [name]
    names = ", ".join(each.partition(">=")[0] for each in lacking)
    install = f"{sys.executable} -m pip install {shlex.join(lacking)}"
    print(f"Error: spack-pypi needs {names}: {install}", file=sys.stderr)
    return 1
