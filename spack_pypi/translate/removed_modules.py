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


def having_modules(source: Source, release: Release, runs_setup_py: bool) -> tuple[KnownNeed, ...]:
    """The Pythons for which the project can be built (by its setup.py, if that is run) and be
    imported; nothing where it is for no newer one anyway."""
    called = source.setup_py if runs_setup_py else None
    places = [(each.module, each.file, each.line) for each in source.undeclared if each.always]
    places += _by_setup_py(source) if called else ()
    found = [
        (REMOVED[module] - 1, file, line, module)
        for module, file, line in places
        if module in REMOVED and is_for(release.requires_python, since=REMOVED[module])
    ]
    for minor, file, line, module in sorted(found)[:1]:
        why = f"{file}:{line} imports {module}, which is there up to Python 3.{minor}"
        to_build = file == _SETUP_PY
        what = f"setup.py imports {module}" if to_build else f"{module} is imported"
        comment = f"{what}, which Python has up to version 3.{minor}"
        python = Dependency("python", f":3.{minor}")
        return (KnownNeed(python, why, in_table=False, comment=comment, imported=not to_build),)
    return ()


def _by_setup_py(source: Source) -> Iterator[tuple[str, str, int]]:
    for module, line in source.setup_py.imports if source.setup_py else ():
        if not {module, f"{module}.py"} & source.at_top:
            yield module, _SETUP_PY, line
