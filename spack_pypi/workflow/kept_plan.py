"""A plan as JSON, for another run of the same request.

What a run knows by itself is left out: the request, the target repo, and where recipes lie in it.
So is what only the steps need that the plan has passed, or what follows if it fails: its
resolution, and the recipes that were there before, with what they meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from packaging.version import Version

from ..diagnostics import Diagnostic, Place, Severity
from ..host.port import Target
from ..recipe.model import Omission
from .plan import Plan, PlannedRecipe, Record, RecordStatus, Unresolved
from .request import Request

if TYPE_CHECKING:
    from ..resolve.resolution import Resolution


def to_json(plan: Plan) -> dict[str, Any]:
    """The value that `from_json` reads."""
    return {
        "projects": plan.projects,
        "recipes": [_recipe(each) for each in plan.recipes.values()],
        "records": [_record(each) for each in plan.records.values()],
        "specs": plan.specs,
        "groups": [*plan.groups.items()],
        "roots": plan.roots,
        "constraints": plan.constraints,
        "deprecated": plan.deprecated,
    }


def from_json(
    said: Mapping[str, Any],
    request: Request,
    target: Target,
    recipe_path: Callable[[Target, str], Path],
) -> Plan:
    """The plan that was kept, for this run. Raises `ValueError`, `LookupError`, `TypeError` or
    `AttributeError` for what is not a plan."""
    recipes = [_recipe_of(each) for each in said["recipes"]]
    records = [
        _record_of(each, lambda package: recipe_path(target, package)) for each in said["records"]
    ]
    return Plan(
        request=request,
        target=target,
        resolve=_unresolved,
        projects=tuple(said["projects"]),
        recipes={each.project: each for each in recipes},
        records={each.project: each for each in records},
        specs=tuple(said["specs"]),
        groups={tuple(projects): tuple(specs) for projects, specs in said["groups"]},
        roots=tuple(said["roots"]),
        constraints=_pairs(said["constraints"]),
        deprecated=_pairs(said["deprecated"]),
        before={},
    )


def _unresolved() -> Resolution:
    raise Unresolved


def _pairs(said: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in said)


def _with_tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists where our values have tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }


def _recipe(recipe: PlannedRecipe) -> dict[str, Any]:
    return {
        **vars(recipe),
        "releases": {str(version): text for version, text in recipe.releases.items()},
        "omissions": [asdict(each) for each in recipe.omissions],
        "variants": sorted(recipe.variants),
        "before": "",
    }


def _recipe_of(said: Mapping[str, Any]) -> PlannedRecipe:
    read = {
        "releases": {Version(version): text for version, text in said["releases"].items()},
        "omissions": tuple(Omission(**each) for each in said["omissions"]),
        "variants": frozenset(said["variants"]),
    }
    return PlannedRecipe(**{**_with_tuples(said), **read})


def _record(record: Record) -> dict[str, Any]:
    return {
        **vars(record),
        "status": record.status.value,
        "path": record.path is not None,
        "diagnostics": [_diagnostic(each) for each in record.diagnostics],
    }


def _record_of(said: Mapping[str, Any], path: Callable[[str], Path]) -> Record:
    read = {
        "status": RecordStatus(said["status"]),
        "path": path(said["package"]) if said["path"] else None,
        "diagnostics": tuple(_diagnostic_of(each) for each in said["diagnostics"]),
    }
    return Record(**{**_with_tuples(said), **read})


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.place
    return {
        **vars(diagnostic),
        "severity": diagnostic.severity.value,
        "place": asdict(place) if place else None,
    }


def _diagnostic_of(said: Mapping[str, Any]) -> Diagnostic:
    place = said["place"]
    read = {
        "severity": Severity(said["severity"]),
        "place": Place(**place) if place else None,
        "details": _pairs(said["details"]),
    }
    return Diagnostic(**{**_with_tuples(said), **read})
