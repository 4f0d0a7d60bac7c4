"""Run a command in the interpreter of a Spack: ``spack pypi`` and ``spack create --pypi``."""

from __future__ import annotations

import argparse
import sys


def run(args: argparse.Namespace) -> int:
    """Run the command that ``args`` names; returns the exit code. Where this Python lacks what we
    need, the message says how to install it."""
    import spack

    from .own_requirements import lacking_after, missing, needs, prefer_installed

    if spack.spack_version_info < (1, 0):
        print(
            f"Error: spack-pypi needs Spack 1.0 or newer, this is {spack.spack_version}",
            file=sys.stderr,
        )
        return 1
    prefer_installed()
    lacking = missing()
    if not lacking:
        try:
            from . import cli
            from .host.spack.host import SpackHost
        except ImportError as error:
            lacking = lacking_after(error)
            if not lacking:
                raise
        else:
            return cli.main(args, SpackHost)
    print(f"Error: {needs(lacking)}", file=sys.stderr)
    return 1
