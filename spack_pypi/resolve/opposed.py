"""Which roots exclude each other: what a set gives up so that the rest of it is as it says."""

from __future__ import annotations

from collections.abc import Sequence

from .demands import Candidate, Demand
from .fit import in_words
from .model import Root, Selection
from .search import MOST_ROUNDS, Budget, NoSolution, Searches

#: How many other demands a message has besides the disputed one.
_FEW = 3


def opposed(
    searches: Searches,
    selection: Selection,
    roots: Sequence[Root],
    given_up: frozenset[str],
    python: str,
) -> tuple[str, str] | None:
    """The project of a root that should give up its version, as what was chosen cannot be
    installed together with this Python, and why. It is one whose version others do not accept,
    else one that demands few versions of something else, an exact one first. None where nothing
    is known against them, or only against what is ``given_up`` already."""
    demands = [Demand(root.project, root.specifier) for root in roots]
    try:
        searches.search(selection, demands, python, set(), Budget(MOST_ROUNDS))
    except NoSolution as conflict:
        own = {root.project for root in roots} - given_up
        blamed = [(*_blame(demand, parent), demand) for demand, parent in conflict.causes]
        blamed = [each for each in blamed if each[1] in own]
        if blamed:
            _, project, disputed = min(blamed, key=lambda each: each[:2])
            return project, in_words(searches.catalog, _about(conflict, disputed))
    return None


def _blame(demand: Demand, parent: Candidate | None) -> tuple[int, str]:
    """The project that a demand speaks against, the likeliest with the lowest number: the root
    itself, or what demands only a few versions of something."""
    if parent is None:
        return 0, demand.project
    is_exact = demand.specifier.startswith("==") and "*" not in demand.specifier
    has_end = any(sign in demand.specifier for sign in ("<", "~=", "=="))
    has_end = has_end or bool(demand.ranges and not demand.ranges.endswith(":"))
    return (1 if is_exact else 2 if has_end else 3), parent.project


def _about(conflict: NoSolution, disputed: Demand) -> NoSolution:
    """The same conflict in short: a disputed demand, and a few others about the same project."""
    same = [each for each in conflict.causes if each[0].project == disputed.project]
    first = [each for each in same if each[0] == disputed]
    others = [each for each in same if each[0] != disputed]
    # Highest lower bounds last: the ones that others exclude are mostly among them.
    others.sort(key=lambda each: (_blame(*each)[0], each[0].specifier))
    few = dict.fromkeys([*first, *others[: _FEW - 1], *others[-1:]])
    return NoSolution(conflict.python, [*few])
