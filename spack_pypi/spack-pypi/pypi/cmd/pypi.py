"""``spack pypi``: the door inside Spack (https://spack.readthedocs.io/en/latest/extensions.html).

Spack reads this file whenever it lists its commands, also with a Python older than ours: it stays
plain, and whatever is missing is reported only when the command is called.
"""

import argparse
import os
import sys

description = "write and keep Spack recipes for Python projects"
section = "packaging"
level = "short"

_CHECKOUT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 4))
_OLDEST = (3, 9)


def _importable():
    """Where ``config:extensions`` alone names us, our package is found from here."""
    if _CHECKOUT not in sys.path:
        sys.path.append(_CHECKOUT)


def setup_parser(subparser):
    """Called by Spack."""
    if sys.version_info < _OLDEST:
        subparser.add_argument("rest", nargs=argparse.REMAINDER)
        return
    _importable()
    from spack_pypi.arguments import add_commands

    add_commands(subparser)


def _usable():
    """Whether our package can be imported; says what is missing."""
    if sys.version_info < _OLDEST:
        sys.stderr.write(
            "Error: spack-pypi needs Python {}.{}, but {} runs Spack; "
            "set SPACK_PYTHON to a newer one\n".format(*_OLDEST, sys.executable)
        )
        return False
    _importable()
    return True


def pypi(parser, args):
    """Called by Spack; returns the exit code."""
    if not _usable():
        return 1
    from spack_pypi.inside import run

    return run(args)


def create(args):
    """Called by Spack's own ``create`` where it has ``--pypi`` (``spack pypi upstream --spack``
    makes that patch), with what it has read; returns the exit code."""
    if not _usable():
        return 1
    from spack_pypi.arguments import create_arguments
    from spack_pypi.inside import run

    return run(create_arguments(args))
