"""Modules that Python or setuptools dropped, and which setuptools brings back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from ..pypi.model import Release


class Bringing(NamedTuple):
    """The ``requirement`` (PEP 508) that brings a module, and ``which`` releases do."""

    requirement: str
    which: str


#: setuptools 82 is the first without pkg_resources, Python 3.12 the first without distutils, which
#: setuptools then brings (PEP 632).
BROUGHT_BACK: Mapping[str, Bringing] = {
    "pkg_resources": Bringing("setuptools<82", "setuptools has up to version 81"),
    "distutils": Bringing(
        "setuptools; python_version >= '3.12'", "setuptools has since Python 3.12"
    ),
}


def dropped(release: Release, imported: Set[str]) -> tuple[str, ...]:
    """Which of the modules that a release imports were dropped."""
    if release.project == "setuptools":
        return ()
    return tuple(module for module in BROUGHT_BACK if module in imported)


def by(modules: Iterable[str]) -> tuple[str, ...]:
    """The requirements that bring back modules."""
    return tuple(BROUGHT_BACK[module].requirement for module in modules)


def reason(module: str) -> str:
    """Why a recipe depends on what brings a module, which no metadata declares, as a clause."""
    brought = BROUGHT_BACK.get(module)
    which = brought.which if brought else "no requirement names"
    return f"{module} is imported, which {which}"
