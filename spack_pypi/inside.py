"""Run a command in the interpreter of a Spack: ``spack pypi`` and ``spack create --pypi``."""

from __future__ import annotations

import argparse
import shlex
import sys


def run(args: argparse.Namespace) -> int:
    """Run the command that ``args`` names; returns the exit code. Where this Python lacks what we
    need, the message says how to install it."""
    import spack

    if spack.spack_version_info < (1, 0):
        print(
            f"Error: spack-pypi needs Spack 1.0 or newer, this is {spack.spack_version}",
            file=sys.stderr,
        )
        return 1
    lacking = _lacking()
    if lacking:
        names = ", ".join(each.partition(">=")[0] for each in lacking)
        install = f"{sys.executable} -m pip install {shlex.join(lacking)}"
        print(f"Error: spack-pypi needs {names}: {install}", file=sys.stderr)
        return 1
    from . import cli
    from .host.spack import SpackHost

    return cli.main(args, SpackHost)


def _lacking() -> list[str]:
    """The requirements that must be installed: those that are missing, or, where an import fails,
    those that are too old. All that every command needs is imported here, before it begins."""
    from .own_requirements import missing, too_old

    try:
        from .host import spack  # noqa: F401
        from .pypi import http  # noqa: F401
        from .workflow import create  # noqa: F401
    except ImportError as error:
        name = error.name or ""
        if name.partition(".")[0] in ("", "spack", "spack_pypi", "spack_repo"):
            raise
        return missing() or too_old() or [name]
    return missing()
