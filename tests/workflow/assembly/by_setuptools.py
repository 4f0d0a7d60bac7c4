"""A project ``x`` that is built by its setup.py."""

from __future__ import annotations

from typing import Any

from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from tests.memory import MemoryHost, MemoryIndex


def add(index: MemoryIndex, version: str, text: str, **more: Any) -> None:
    """Add a release with the ``text`` of its setup.py, and ``more`` of its `Source`."""
    index.add("x", version, wheel_tag="", build=("setuptools",))
    source = Source(setup_py=setup_py.read(text), suffixes=(".c",), **more)
    index._sources["x", Version(version)] = source


def host(recipe: str = "") -> MemoryHost:
    """A host with setuptools, and a recipe of the project if one is given."""
    found = MemoryHost()
    found.has("setuptools", "70.0")
    if recipe:
        found.keep("x", "py-x", recipe)
    return found
