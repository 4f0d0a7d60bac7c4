"""The release before a new one with which its recipe is compared, for one of its extras."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..pypi.model import Release
from ..recipe.edit import RecipeText
from ..recipe.text_edits import Uneditable
from ..translate import spack_order
from ..translate.variants import is_not_packaged
from .catalog import Catalog


def listed_before(catalog: Catalog, release: Release, extra: str) -> Release | None:
    """The nearest release that the existing recipe lists, older ones first; of an extra, one that
    can have its variant: where something was not packaged, its author left out nothing."""
    target = catalog.package(release.project)
    page = catalog.facts.page(release.project)
    before = target.predecessor(page, release.version)
    if before is None or not extra or target.extended is None:
        return before
    spec = f"+{target.variant(extra)}"
    lost = [r for s, r in _lost(catalog.recipe_texts(target.extended.name)[0]) if s == spec]
    while before is not None and any(
        spack_order.contains(ranges, target.spelled(before.version)) for ranges in lost
    ):
        older = target.predecessor(page, before.version)
        before = older if older is not None and older.version < before.version else None
    return before


@lru_cache(maxsize=100)
def _lost(text: str) -> Sequence[tuple[str, str]]:
    """The variants that versions of a recipe lack since something was not packaged."""
    try:
        conflicts = RecipeText(text).conflicts
    except Uneditable:
        return ()
    return [(each.spec, each.when.versions) for each in conflicts if is_not_packaged(each.msg)]
