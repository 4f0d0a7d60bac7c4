"""The report of ``check``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..diagnostics import Diagnostic, Severity
from ..workflow.publishers import UNVERIFIED, listed
from .terminal import count

if TYPE_CHECKING:
    from ..workflow.compare.check import Checked


def summary(results: Sequence[Checked], diagnostics: Sequence[Diagnostic], hidden: str) -> str:
    """The numbers of recipes, versions and findings; ``hidden`` are those not shown."""
    errors = [
        each
        for each in diagnostics
        if each.severity is Severity.ERROR
        and each.code not in ("not-checked", "unconfirmed-metadata")
    ]
    notes = sum(each.severity is Severity.NOTE for each in diagnostics)
    failed = sum(checked.failed for checked in results)
    unchecked = sum(each.code == "unconfirmed-metadata" for each in diagnostics)
    versions = sum(len(checked.versions) for checked in results)
    parts = []
    if versions or errors:
        recipes = count(len({each.package for each in errors}), "recipe")
        parts.append(f"{count(len(errors), 'error')} in {recipes}")
    parts.append(count(notes, "note"))
    besides = (
        f"{count(failed, 'recipe')} and {count(unchecked, 'version')}" if unchecked else failed
    )
    parts.append(f"{besides} not checked")
    parts += [hidden] if hidden else []
    checked = f"{count(len(results), 'recipe')}, {count(versions, 'version')}"
    return f"{checked}: {', '.join(parts)}."


def published(checked: Checked) -> Iterator[str]:
    """A line for each version of which the index attests who published it."""
    for version, who in checked.publishers:
        said = "who published it cannot be asked"
        if who is not None:
            said = f"published by {listed(who)}: {UNVERIFIED}"
        yield f"{checked.package} {version}: {said}"


def packages_json(results: Sequence[Checked]) -> list[dict[str, Any]]:
    """A record per recipe, for ``--json``."""
    return [
        {
            "package": each.package,
            "versions": list(each.versions),
            "checked": not each.failed,
            "publishers": {
                version: None if who is None else listed(who) for version, who in each.publishers
            },
        }
        for each in results
    ]
