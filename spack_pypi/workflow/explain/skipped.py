"""What releases say of the packages that a recipe keeps from Spack's test (``skip_modules``)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from ...pypi.model import ModuleImport
from ...syntax import parsed
from ...translate.builds import Builds
from .model import BY_A_PERSON, Cited, Ground, Verdict
from .says import ReleaseSays


def of_skipped(statement: str, says: ReleaseSays) -> Ground | None:
    """What a release says of an attribute, as its ``statement``; None where that is nothing."""
    names = _names(statement)
    needs = [*_needs(says.built)] if says.built is not None else []
    cited = [
        Cited(f"{each.file}:{each.line}", f"{each.package} imports {each.module}")
        for name in names
        for each in [e for e in needs if f"{e.package}.".startswith(f"{name}.")][:1]
    ]
    others = [n for n in names if not any(f"{e.package}.".startswith(f"{n}.") for e in needs)]
    notes = (f"{', '.join(others)}: {BY_A_PERSON}",) if others else ()
    return Ground(Verdict.NAMED, tuple(cited), notes, (says.version,)) if cited else None


def _needs(built: Builds) -> Iterator[ModuleImport]:
    """What packages cannot be imported without, each with its dotted name."""
    yield from built.package_needs
    for each in (*built.lacked, *built.undeclared):
        if each.always and each.main:
            yield replace(each, package=each.main)


def _names(statement: str) -> list[str]:
    """The texts of a list that is assigned; none where it is anything else."""
    tree = parsed(statement)
    found = tree.body[0] if tree and tree.body else None
    try:
        value = ast.literal_eval(found.value) if isinstance(found, ast.Assign) else None
    except ValueError:
        return []
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
