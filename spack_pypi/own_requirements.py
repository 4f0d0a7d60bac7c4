"""What we need that Python does not bring: the same as ``install_requires`` in setup.cfg, which is
not there once we are installed (a test holds them equal). Only the standard library is used."""

from __future__ import annotations

import re
import sys
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
    ("urllib3>=2.1", None),
)


def needed() -> list[str]:
    """The requirements for this Python."""
    return [each for each, before in REQUIREMENTS if before is None or sys.version_info < before]


def missing() -> list[str]:
    """The needed requirements of which no version is installed."""
    return [each for each in needed() if find_spec(each.partition(">=")[0]) is None]


def too_old() -> list[str]:
    """The needed requirements of which only an older version is installed."""
    return [each for each in needed() if _is_too_old(*each.split(">="))]


def installed() -> list[str]:
    """The needed requirements with the versions that are installed."""
    names = [each.partition(">=")[0] for each in needed()]
    return [f"{name}=={version(name)}" for name in names]


def _is_too_old(name: str, least: str) -> bool:
    try:
        return _numbers(version(name)) < _numbers(least)
    except PackageNotFoundError:
        return False


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
