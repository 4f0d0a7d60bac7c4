"""What a recipe would say that is refused, as something that it requires is unavailable."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from ..errors import SpackPyPIError
from ..host.port import Host
from ..recipe.proposal import proposed_edit
from ..session import Session
from .create import create
from .outdated import Outdated
from .plan import Plan, PlannedRecipe
from .request import Request, Verify


def unblocked(
    session: Session,
    host: Host,
    request: Request,
    outdated: Outdated,
    reason: str,
    on_verified: Callable[[Plan], None],
) -> str:
    """The changes of a recipe for which a request was refused, as if all that its releases require
    could be had, with a comment where no recipe can say it: for a person to paste once that is
    there, or decided. Empty where nothing can be planned. ``on_verified``: see `create`."""
    recipe = planned_alone(session, host, request, outdated.project, on_verified)
    if recipe is None or not recipe.before:
        return ""
    return proposed_edit(recipe.before, recipe.text, reason)


def planned_alone(
    session: Session,
    host: Host,
    request: Request,
    project: str,
    on_verified: Callable[[Plan], None],
) -> PlannedRecipe | None:
    """The recipe of a project that a request names, as if all that it requires could be had, with
    a comment where no recipe can say it; None where nothing can be planned. ``on_verified``: see
    `create`."""
    alone = replace(request, dependencies=False, dry_run=True, verify=Verify.LOAD)
    for each in (alone, replace(alone, allow_omissions=True)):
        try:
            plan = create(session, host, each, on_verified).plan
        except SpackPyPIError:
            continue
        if project in plan.recipes:
            return plan.recipes[project]
    return None
