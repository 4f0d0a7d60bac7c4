"""What an interpreter has installed and Spack could use, if recipes of it had that version."""

from __future__ import annotations

from collections.abc import Sequence

from ...diagnostics import Diagnostic, error
from ...errors import UsageError
from ...host.port import Host
from ...prefixes.interpreter import Interpreter
from ..create import Outcome
from ..plan import RecordStatus
from ..request import parse_names
from .found import found


def lacking(
    host: Host, python: Interpreter, names: Sequence[str], exclude: Sequence[str]
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """The releases that `create` can be asked for, as requirements (PEP 508), of those that are
    named, or of all; and an error for each whose name or version nobody can ask for. Raises
    `UsageError` as `found`."""
    asked, unknown = [], []
    for each in found(host, python, names, exclude).not_used:
        if each.lacks_recipe:
            try:
                parse_names([each.requirement])
                asked.append(each.requirement)
            except UsageError as failure:
                project = each.distribution.project
                unknown.append(error("not-written", "", str(failure), project))
    return tuple(asked), unknown


def planned(outcome: Outcome) -> tuple[str, ...]:
    """The releases that were asked for and that a plan would write."""
    return tuple(
        f"{record.project} {version}"
        for record in outcome.plan.named
        for version in record.versions
        if record.status is RecordStatus.NEW
    )
