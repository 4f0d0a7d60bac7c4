"""Where the new lines of recipes come from that are planned, and not written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ...errors import HostError, IndexFailure
from ...host.port import Host
from ...recipe.edit import RecipeText
from ...recipe.text_edits import Uneditable
from ...session import Session
from ...translate import spack_order
from ..plan import Plan, PlannedRecipe
from .changed import changed
from .explain import ToExplain, explain_text
from .model import ExplainedRecipe


def explain_planned(session: Session, host: Host, plan: Plan) -> Mapping[str, ExplainedRecipe]:
    """By package, the lines that the recipes of a plan do not have yet, by their new versions and
    the ones before; the recipes are staged. Without those of which nothing can be said."""
    found = {}
    for recipe in plan.recipes.values():
        planned = ToExplain(recipe.package, recipe.project, recipe.package, (recipe.text,))
        ranges = ",".join(f"={version}" for version in _shown(recipe))
        with suppress(HostError, IndexFailure):
            explained = explain_text(session, host, planned, ranges)
            found[recipe.package] = changed(explained, recipe.text, recipe.before or None)
    return found


def _shown(recipe: PlannedRecipe) -> list[str]:
    """The new versions, and the one before them: what ends was for that."""
    new = [*recipe.releases.values()]
    try:
        listed = RecipeText(recipe.before).versions if recipe.before else ()
    except Uneditable:
        listed = ()
    first = min(map(spack_order.key, new))
    older = [version for version in listed if spack_order.key(version) < first]
    return [*new, *sorted(older, key=spack_order.key)[-1:]]
