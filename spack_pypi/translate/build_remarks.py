"""What a person who reviews a recipe should check of its build, in sentences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from packaging.utils import canonicalize_name

from ..pypi.model import InTree, ModuleImport, Source
from . import backends
from .backends import Backend
from .requirements import parse

UNSHOWN = (
    "the wheels hold extension modules, but no file of the archive shows in which language they "
    "are written: compare the compilers with what its build does"
)
_ADVICE = re.compile(r"[;:] compare the .*")


def unclear(
    source: Source, names: set[str], used: Sequence[Backend], dropped: Collection[str]
) -> tuple[str, ...]:
    """What a reviewer should check: a backend that is not known, or is part of the archive; where
    modules are imported that only setuptools has (``dropped``); the remarks of the backends, given
    the names of the build requirements."""
    found: list[str] = []
    if source.in_tree is not None:
        found += _about_in_tree(source, source.in_tree)
    elif not backends.is_known(source.backend):
        found.append(
            f"the build backend '{source.backend}' is not supported: it may "
            "require more than [build-system] lists; compare the recipe with its documentation"
        )
    found += _about_imports([each for each in source.imports if each.module in dropped])
    for backend in used:
        found += backend.remarks(source, names)
    return tuple(found)


def without_advice(remark: str) -> str:
    """What a remark says, without what a reviewer should do."""
    return _ADVICE.sub("", remark)


def _about_imports(imports: Sequence[ModuleImport]) -> Iterator[str]:
    """Where modules are imported that setuptools brings back: one place each."""
    files: dict[str, dict[str, int]] = {}
    for each in imports:
        files.setdefault(each.module, {}).setdefault(each.file, each.line)
    for module, places in files.items():
        (file, line), *others = places.items()
        where = f"{file}:{line} imports {module}"
        if others:
            more = f"{len(others)} other file{'s' if len(others) > 1 else ''}"
            where = f"{file}:{line} and {more} import {module}"
        yield f"{where}, so the recipe depends on setuptools at run time"


def _about_in_tree(source: Source, in_tree: InTree) -> Iterator[str]:
    """What a reviewer should check of a backend that is part of the archive."""
    backend = f"the build backend '{source.backend}' is part of the archive"
    calls_known = any(map(backends.is_known, in_tree.calls))
    if in_tree.file and in_tree.whole and (calls_known or not in_tree.delegates):
        return  # the recipe has all of it
    if in_tree.requirements:
        listed = ", ".join(
            sorted({canonicalize_name(each.name) for each in parse(in_tree.requirements)[0]})
        )
        yield (
            f"{backend}: {in_tree.file} requires {listed} when it is called, and maybe more; "
            "compare the recipe with that file"
        )
    elif in_tree.file:
        yield (
            f"{backend}: {in_tree.file} computes what it requires; "
            "compare the recipe with its get_requires_for_build_wheel()"
        )
    elif not calls_known:
        yield (
            f"{backend}, but was not found there: it may require more than "
            "[build-system] lists; compare the recipe with its get_requires_for_build_wheel()"
        )
