"""The imports of a source archive for which the metadata may name no dependency, of what is
installed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import Any, Callable

from ..model import ModuleImport
from ..project_files.imported import Imported, Texts
from ..project_files.sibling_imports import sibling_imports
from .installed import Layout

#: So many that are one of several are kept.
_MOST = 64


def found_imports(
    imported: Imported, roots: Set[str], about: Texts, is_module: Callable[[str], bool]
) -> dict[str, list[Any]]:
    """What `Contents.as_json` has of them: the arguments are what is ``imported``, the folders of
    packages that lie in no other, what the archive says ``about`` itself, and whether a file is a
    module."""
    found = imported.undeclared(about.all, roots, about.only, about.required)
    return {
        "undeclared": [each for each in found if is_module(each[1])],
        "one_of": [*imported.alternatives(roots, about.only, about.scripts)][:_MOST],
        "variant_modules": [*imported.of_variants(roots, about.only)],
        "variant_names": [*imported.uses_of_variants(roots, about.only)],
        "newer_names": [*imported.newer_names(roots, about.only)],
        "package_needs": imported.needs_inside(roots, about.required),
        "siblings": [*sibling_imports(imported.texts, imported.paths, roots)][:_MOST],
    }


def undeclared_imports(contents: Mapping[str, Any], here: Layout) -> Iterator[ModuleImport]:
    """Those of `Contents.as_json`. What a text about the project mentions, and one of several
    modules, which anything may mention, count only where the project's own package needs it."""
    found = [ModuleImport(*each) for each in contents["undeclared"]]
    for (first, *others), path, line, package, before in contents["one_of"]:
        each = ModuleImport(first, path, line, True, True, package, others=tuple(others))
        found.append(replace(each, before=before))
    for each in found:
        is_main = here.is_main(each.package)
        if here.installs(each.file) and (is_main or not each.mentioned):
            yield replace(each, main=here.main_name(each.package)) if is_main else each


def package_needs(contents: Mapping[str, Any], here: Layout) -> Iterator[ModuleImport]:
    """Those of `Contents.as_json`, each with the dotted name of its ``package``, of what is
    installed, and with its siblings; of that which is what the project is about, what it imports
    of its namespace that the archive has not."""
    for folder, module, path, line, beside in contents["package_needs"]:
        package, siblings = here.name_of(folder), here.siblings(folder)
        if package and (siblings or here.is_inner(folder)):
            found = ModuleImport(module, path, line, package=package, beside=beside)
            yield replace(found, siblings=siblings)
    for module, path, line, package in contents["siblings"]:
        main = here.main_name(package) if here.is_main(package) else ""
        if main:
            yield ModuleImport(module, path, line, package=main, main=main)


def of_variants(kind: str, contents: Mapping[str, Any], here: Layout) -> Iterator[ModuleImport]:
    """Those of `Contents.as_json` of one kind (``variant_modules``, ``variant_names``,
    ``newer_names``) that what always runs of the project's own package imports, or uses."""
    for module, path, line, package in contents[kind]:
        if here.installs(path) and here.is_main(package):
            yield ModuleImport(module, path, line, always=True, package=package)
