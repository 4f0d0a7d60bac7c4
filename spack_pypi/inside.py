"""Run a command in the interpreter of a Spack, whichever of its doors it came through."""

from __future__ import annotations

import argparse
import sys


def run(args: argparse.Namespace) -> int:
    """Run the command that ``args`` names; returns the exit code.

    A dependency that the interpreter lacks is told in one sentence.
    """
    import spack

    if spack.spack_version_info < (1, 0):
        print(
            f"Error: spack-pypi needs Spack 1.0 or newer, this is {spack.spack_version}",
            file=sys.stderr,
        )
        return 1
    try:
        # What they import is imported here, so that nothing can be missing half-way.
        from . import cli
        from .host.spack import SpackHost
        from .pypi import http  # noqa: F401
        from .workflow import create  # noqa: F401
    except ImportError as error:
        if (error.name or "").startswith(("spack.", "spack_pypi")):
            raise
        print(
            f"Error: spack-pypi lacks '{error.name}'; install it for the Python that runs Spack, "
            f"with all it needs: {sys.executable} -m pip install spack-pypi",
            file=sys.stderr,
        )
        return 1
    return cli.main(args, SpackHost)
