"""What a recipe would get that cannot be updated, as something that it requires is unavailable."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from ..errors import SpackPyPIError
from ..host.port import Host
from ..recipe.proposal import proposed_edit
from ..session import Session
from .create import create
from .outdated import Outdated
from .plan import Plan
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
    alone = replace(request, dependencies=False, dry_run=True, verify=Verify.LOAD)
    for each in (alone, replace(alone, allow_omissions=True)):
        try:
            plan = create(session, host, each, on_verified).plan
        except SpackPyPIError:
            continue
        recipe = plan.recipes.get(outdated.project)
        if recipe is not None and recipe.before:
            return proposed_edit(recipe.before, recipe.text, reason)
    return ""
