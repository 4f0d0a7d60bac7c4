"""Modules that Python has no longer, and which nothing brings back: what cannot be built or
imported without one is for the Pythons that have it.

https://docs.python.org/3/whatsnew/3.12.html#removed, and PEP 594 for Python 3.13.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..pypi.model import REMOVED, Release, Source
from ..recipe.model import Dependency
from .brought_back import is_for
from .known_needs import KnownNeed

_SETUP_PY = "setup.py"
_IS_IMPORTED = "is imported, which Python has up to version"


def having_modules(source: Source, release: Release, runs_setup_py: bool) -> tuple[KnownNeed, ...]:
    """The Pythons for which the project can be built (by its setup.py, if that is run) and be
    imported; nothing where it is for no newer one anyway."""
    called = source.setup_py if runs_setup_py else None
    places = [(each.module, each.file, each.line) for each in source.undeclared if each.always]
    places += _by_setup_py(source) if called else ()
    found = [
        (REMOVED[module] - 1, f"{file}:{line}", module)
        for module, file, line in places
        if module in REMOVED and is_for(release.requires_python, since=REMOVED[module])
    ]
    for minor, place, module in sorted(found)[:1]:
        why = f"{place} imports {module}, which is there up to Python 3.{minor}"
        by_setup_py = place.startswith(f"{_SETUP_PY}:")
        comment = f"{module} {_IS_IMPORTED} 3.{minor}"
        if by_setup_py:
            comment = f"setup.py imports {module}, which Python has up to version 3.{minor}"
        return (KnownNeed(Dependency("python", f":3.{minor}"), why, False, comment),)
    return ()


def _by_setup_py(source: Source) -> Iterator[tuple[str, str, int]]:
    for module, line in source.setup_py.imports if source.setup_py else ():
        if not {module, f"{module}.py"} & source.at_top:
            yield module, _SETUP_PY, line


def is_of_package(need: KnownNeed) -> bool:
    """Whether it is needed for a module that the project's package imports, built or not."""
    return _IS_IMPORTED in need.comment
