"""The imports of a source archive that no dependency may bring, of what is installed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import ModuleImport
from .installed import Layout


def undeclared_imports(contents: Mapping[str, Any], here: Layout) -> Iterator[ModuleImport]:
    """Those of `Contents.as_json`. What a text about the project mentions, and one of several
    modules, which anything may mention, count only where the project's own package needs it."""
    found = [ModuleImport(*each) for each in contents["undeclared"]]
    for (first, *others), path, line, package in contents["one_of"]:
        found.append(ModuleImport(first, path, line, True, True, package, others=tuple(others)))
    for each in found:
        if here.installs(each.file) and (here.is_main(each.package) or not each.mentioned):
            yield each


def variant_modules(contents: Mapping[str, Any], here: Layout) -> Iterator[ModuleImport]:
    """Those of `Contents.as_json` that the project's own package always imports."""
    for module, path, line, package in contents["variant_modules"]:
        if here.installs(path) and here.is_main(package):
            yield ModuleImport(module, path, line, always=True, package=package)
