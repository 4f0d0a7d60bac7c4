"""What releases say of a method with settings of their build, and of its resources."""

from __future__ import annotations

import ast

from ...recipe.methods import settings_of
from ...recipe.statements import Statement
from ...syntax import parse
from ...translate import spack_order
from ...translate.known_needs import KnownResource, KnownSetting
from .model import BY_A_PERSON, Cited, Ground, Verdict
from .says import ReleaseSays


def of_builds(statement: Statement, says: ReleaseSays) -> Ground | None:
    """What a release says of a method, or of a resource; None where that is nothing, or where the
    method does more than a recipe of this program."""
    if statement.kind == "resource":
        return _of_resource(statement, says)
    return _of_method(statement.body, says) if statement.body else None


def _of_method(method: str, says: ReleaseSays) -> Ground | None:
    built = says.built
    (function,) = parse(method).body
    settings = settings_of(function) if isinstance(function, ast.FunctionDef) else None
    needed: list[KnownSetting | KnownResource]
    needed = [*built.settings, *built.resources] if built is not None else []
    wanted = {each.setting.name: each for each in needed}
    here = [each for each in settings or () if _applies(each.versions, says)]
    found = [(each, wanted[each.name]) for each in here if each.name in wanted]
    if not found:
        return None
    cited, notes = [], []
    for each, known in found:
        cited.append(Cited(f"from {known.origin}", str(known.setting)))
        if str(each) != str(known.setting):
            notes.append(f"it sets {each.name} to {each.value}")
    others = [each.name for each in here if each.name not in wanted]
    if others:
        notes.append(f"{', '.join(others)}: {BY_A_PERSON}")
    return Ground(Verdict.NAMED, tuple(cited), tuple(notes), (says.version,))


def _of_resource(statement: Statement, says: ReleaseSays) -> Ground | None:
    built = says.built
    known = {each.name: each for each in built.resources} if built is not None else {}
    found = known.get(statement.first)
    if found is None or not _applies(statement.when.versions, says):
        return None
    cited = (
        Cited(f"from {found.origin}", found.spec),
        *(Cited(p, found.tag) for p in found.places),
    )
    notes = []
    if statement.keywords.get("git") != found.git:
        notes.append(f"it is not of {found.git}")
    elif statement.keywords.get("tag") != found.tag:
        notes.append(f"it is not of the tag {found.tag}")
    return Ground(Verdict.NAMED, cited, tuple(notes), (says.version,))


def _applies(versions: str, says: ReleaseSays) -> bool:
    return not versions or spack_order.contains(versions, says.version)
