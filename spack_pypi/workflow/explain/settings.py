"""What releases say of a method with settings of their build."""

from __future__ import annotations

import ast

from ...recipe.methods import paths_of, settings_of
from ...syntax import parse
from .model import BY_A_PERSON, Cited, Ground, Verdict
from .says import ReleaseSays


def of_method(method: str, says: ReleaseSays) -> Ground | None:
    """What a release says of a ``method``; None where that is nothing, or where the method does
    more than a recipe of this program."""
    built = says.built
    inner = built.inner_prefix if built is not None else None
    if inner is not None and method in paths_of(inner):
        rule = Cited("rule: inner prefix", f"the backend installs into {inner.name}")
        return Ground(Verdict.EXPLAINED, (rule,), versions=(says.version,))
    (function,) = parse(method).body
    settings = settings_of(function) if isinstance(function, ast.FunctionDef) else None
    wanted = {each.setting.name: each for each in built.settings} if built is not None else {}
    found = [(each, wanted[each.name]) for each in settings or () if each.name in wanted]
    if not found:
        return None
    cited, notes = [], []
    for each, known in found:
        cited.append(Cited(f"from {known.origin}", str(known.setting)))
        if each.value != known.setting.value:
            notes.append(f"it sets {each.name} to {each.value}")
    others = [each.name for each in settings or () if each.name not in wanted]
    if others:
        notes.append(f"{', '.join(others)}: {BY_A_PERSON}")
    return Ground(Verdict.NAMED, tuple(cited), tuple(notes), (says.version,))
