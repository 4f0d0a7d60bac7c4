"""The registry of build backends.

To add one, write its record (`model.Backend`) in the module of its family, list it here, and add a
row to ``tests/translate/test_backends.py``. A file in its ``reads`` must be one that is kept of an
archive (`pypi.model.BUILD_FILES`). Where its configuration lists the packages that are installed,
`pypi.installed` should know that table.
"""

from __future__ import annotations

from collections.abc import Iterable

from packaging.specifiers import SpecifierSet

from ...pypi.model import Source
from ..versions import ranges
from . import cmake, hatchling, meson, plain, rust, setuptools
from .model import Backend, Tool

__all__ = ["BACKENDS", "UNKNOWN", "Backend", "Tool", "is_known", "of", "tools", "used"]

#: Where several are used together, the languages that an earlier one names count.
BACKENDS: tuple[Backend, ...] = (
    setuptools.SETUPTOOLS,
    meson.MESON_PYTHON,
    cmake.SCIKIT_BUILD,
    cmake.SCIKIT_BUILD_CORE,
    cmake.CMEEL,
    hatchling.HATCHLING,
    rust.MATURIN,
    rust.SETUPTOOLS_RUST,
    *plain.BACKENDS,
)

#: Any backend that is not in the registry: it may require more than is known.
UNKNOWN = Backend("", "https://peps.python.org/pep-0517/", is_whole=lambda source: False)

_BY_MODULE = {module: backend for backend in BACKENDS for module in backend.modules}


def of(source: Source) -> Backend:
    """The backend that builds the source. Where it is part of the archive, that is the first known
    one that it imports."""
    imported = source.in_tree.calls if source.in_tree else ()
    for module in (*imported, source.backend):
        backend = _BY_MODULE.get(module.partition(".")[0])
        if backend is not None:
            return backend
    return UNKNOWN


def is_known(module: str) -> bool:
    """Whether a module belongs to a backend of the registry."""
    return module.partition(".")[0] in _BY_MODULE


def used(source: Source, names: set[str]) -> tuple[Backend, ...]:
    """The backend that builds the source, and the add-ons among its build requirements."""
    own = of(source)
    return tuple(b for b in BACKENDS if b is own or not names.isdisjoint(b.projects))


def tools(source: Source, used: Iterable[Backend]) -> dict[str, str]:
    """The tools that the backends run, by name, each with the versions that fit (``3.15:``),
    ``""`` for any."""
    found: dict[str, list[str]] = {}
    for backend in used:
        for tool in (each for each in backend.tools if each.needs(source)):
            found.setdefault(tool.package, []).append(tool.minimum(source))
    return {
        tool: ranges(SpecifierSet(",".join(f">={minimum}" for minimum in minimums if minimum)))
        for tool, minimums in sorted(found.items())
    }
