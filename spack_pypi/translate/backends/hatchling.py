"""hatchling: requires what its tables and plugins need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...pypi.model import Source, at, strings
from .model import Backend


@dataclass(frozen=True)
class _Plugin:
    """``project`` has the plugin; empty for one that must be listed in any case. ``compiles``:
    as a build hook it may; ``generates`` are the languages of the code that it writes."""

    project: str = ""
    compiles: bool = True
    generates: tuple[str, ...] = ()


#: By the name under which it is configured. https://hatch.pypa.io/latest/plugins/about/
_PLUGINS: Mapping[str, _Plugin] = {
    "autorun": _Plugin(compiles=False),
    "build-scripts": _Plugin(compiles=False),
    "cython": _Plugin("hatch-cython", generates=("c",)),
    "fancy-pypi-readme": _Plugin("hatch-fancy-pypi-readme"),
    "jupyter-builder": _Plugin("hatch-jupyter-builder", compiles=False),
    "mypyc": _Plugin("hatch-mypyc", generates=("c",)),
    "nodejs": _Plugin("hatch-nodejs-version"),
    "regex_commit": _Plugin("hatch-regex-commit"),
    "requirements-txt": _Plugin(compiles=False),
    "requirements_txt": _Plugin("hatch-requirements-txt"),
    "uv-dynamic-versioning": _Plugin("uv-dynamic-versioning"),
    "vcs": _Plugin("hatch-vcs", compiles=False),
    "version": _Plugin(compiles=False),
}


def _tables(source: Source) -> list[Mapping[str, Any]]:
    """The tables that configure the building of a wheel."""
    build = at(source.pyproject, "tool", "hatch", "build")
    return [t for t in (build, at(build, "targets", "wheel")) if isinstance(t, dict)]


def _hooks(source: Source) -> dict[str, Mapping[str, Any]]:
    """The build hooks that are on, with their tables."""
    found: dict[str, Mapping[str, Any]] = {}
    for table in _tables(source):
        hooks = at(table, "hooks")
        for name, hook in hooks.items() if isinstance(hooks, dict) else ():
            if isinstance(hook, dict) and hook.get("enable-by-default", True) is not False:
                found[str(name)] = hook
    return found


def _requires(source: Source) -> Sequence[str]:
    """https://hatch.pypa.io/latest/config/build/#dependencies"""
    found: list[str] = []
    hooks = _hooks(source)
    for table in (*_tables(source), *hooks.values()):
        found += strings(table.get("dependencies"))
        if table.get("require-runtime-dependencies") is True:
            found += strings(at(source.pyproject, "project", "dependencies"))
    hatch = at(source.pyproject, "tool", "hatch")
    metadata_hooks = at(hatch, "metadata", "hooks")
    named = {str(at(hatch, "version", "source")), *hooks}
    named |= set(metadata_hooks) if isinstance(metadata_hooks, dict) else set()
    plugins = [_PLUGINS[name] for name in sorted(named) if name in _PLUGINS]
    return [*found, *(plugin.project for plugin in plugins if plugin.project)]


def _compiles(source: Source) -> bool:
    return any(_PLUGINS.get(name, _Plugin()).compiles for name in _hooks(source))


def _generates(source: Source) -> Sequence[str]:
    return [
        language for name in _hooks(source) for language in _PLUGINS.get(name, _Plugin()).generates
    ]


HATCHLING = Backend(
    "hatchling",
    "https://hatch.pypa.io/latest/config/build/",
    modules=("hatchling",),
    requires=_requires,
    # The custom hook is a program that may require more.
    is_whole=lambda source: "custom" not in _hooks(source),
    compiles=_compiles,
    generates=_generates,
)
