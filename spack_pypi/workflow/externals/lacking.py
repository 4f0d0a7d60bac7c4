"""What an interpreter has installed and Spack could use, if recipes of it had that version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...diagnostics import Diagnostic, Severity, error
from ...errors import UsageError, some_of
from ...host.port import Host
from ...prefixes.interpreter import Interpreter
from ..create import Outcome
from ..plan import RecordStatus
from ..request import parse_names
from ..verifying.concretize import FEW
from .found import found


class LackingRecipes(NamedTuple):
    """The releases that `create` can be asked for, as ``requirements`` (PEP 508), an error for
    each whose name or version nobody can ask for, and the versions of all that is ``installed``
    and could be an external, by project."""

    requirements: tuple[str, ...]
    unknown: list[Diagnostic]
    installed: Mapping[str, str]


def lacking(
    host: Host, python: Interpreter, names: Sequence[str], exclude: Sequence[str]
) -> LackingRecipes:
    """What lacks a recipe of those that are named, or of all. Raises `UsageError` as `found`."""
    result = found(host, python, names, exclude)
    asked, unknown = [], []
    for each in result.not_used:
        if each.lacks_recipe:
            try:
                parse_names([each.requirement])
                asked.append(each.requirement)
            except UsageError as failure:
                project = each.distribution.project
                unknown.append(error("not-written", "", str(failure), project))
    return LackingRecipes(tuple(asked), unknown, result.installed)


def noted(host: Host, outcome: Outcome) -> Outcome:
    """The outcome with a note on what is not proven of what was written: that it can be built."""
    specs = [
        f"{record.package}@={version}"
        for record in outcome.plan.records.values()
        if record.status is RecordStatus.NEW
        for version in record.versions
    ]
    if not specs:
        return outcome
    text = (
        f"{some_of(specs, FEW)}; they are for what is installed: whether Spack could build them "
        f"too is not proven, see {host.command} spec {specs[0]}"
    )
    details = (("specs", " ".join(specs)),)
    note = Diagnostic("not-concretized", Severity.NOTE, "", text=text, details=details)
    return replace(outcome, notes=(*outcome.notes, note))


def planned(outcome: Outcome) -> tuple[str, ...]:
    """The releases that were asked for and that a plan would write."""
    return tuple(
        f"{record.project} {version}"
        for record in outcome.plan.named
        for version in record.versions
        if record.status is RecordStatus.NEW
    )
