"""What we need that Python does not bring: the same as ``install_requires`` in setup.cfg, which is
not there once we are installed (a test holds them equal). Only the standard library is used."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

#: Requirements, each with the first Python whose standard library makes it needless. Each project
#: has one module, of its own name.
REQUIREMENTS: tuple[tuple[str, tuple[int, int] | None], ...] = (
    ("packaging>=26.1", None),
    ("requests>=2.32", None),
    ("resolvelib>=1.1", None),
    ("tomli>=2", (3, 11)),
    ("tqdm>=4.66", None),
    ("urllib3>=2.2", None),
)


def needed() -> list[str]:
    """The requirements for this Python."""
    return [each for each, before in REQUIREMENTS if before is None or sys.version_info < before]


def prefer_installed() -> None:
    """Have modules that this Python has found before those of ``PYTHONPATH``: what is loaded may
    be older than what we need."""
    named = {os.path.abspath(e) for e in os.environ.get("PYTHONPATH", "").split(os.pathsep) if e}
    named.discard(os.path.dirname(os.__file__))
    last = [each for each in sys.path if each in named]
    sys.path[:] = [each for each in sys.path if each not in named] + last


def missing() -> list[str]:
    """The needed requirements of which no version is installed."""
    return [each for each in needed() if find_spec(each.partition(">=")[0]) is None]


def too_old() -> list[str]:
    """The needed requirements of which only an older version is installed."""
    return [each for each in needed() if _is_too_old(*each.split(">="))]


def lacking_after(error: ImportError) -> list[str]:
    """The requirements that must be installed after an import failed: what is too old lacks what
    we import. None where it is not theirs that failed, but ours or Spack's."""
    name = error.name or ""
    if name.partition(".")[0] in ("", "spack", "spack_pypi", "spack_repo"):
        return []
    return too_old() or [name]


def needs(lacking: Sequence[str]) -> str:
    """A sentence that says which requirements are lacking, and how to install them."""
    names = ", ".join(each.partition(">=")[0] for each in lacking)
    install = f"{sys.executable} -m pip install {shlex.join(lacking)}"
    return f"spack-pypi needs {names}: {install}"


@cache
def installed() -> tuple[str, ...]:
    """The needed requirements with the versions that are installed."""
    names = [each.partition(">=")[0] for each in needed()]
    return tuple(f"{name}=={version(name)}" for name in names)


def _is_too_old(name: str, least: str) -> bool:
    try:
        return _numbers(version(name)) < _numbers(least)
    except PackageNotFoundError:
        return False


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
