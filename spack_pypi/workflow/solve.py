"""The proof by the solver: what was named, and each version that was written, is concretized."""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, Optional, Sequence, Set, Tuple

from ..host.port import Problem, Staging
from ..resolve.fit import obstacle
from ..resolve.resolution import Resolution
from ..resolve.search import Demand
from ..translate.spelling import meant
from .outcome import Record, Result


def solve(
    staging: Staging,
    resolution: Resolution,
    result: Result,
    groups: Sequence[Sequence[str]],
    progress: Callable[[str], None] = lambda what: None,
) -> Tuple[List[Problem], List[Problem]]:
    """Concretize groups of specs, those of one group together, then each version that was written
    and that none of the graphs found so far holds.

    Returns why groups cannot be (then no version is tried), and why versions cannot be: a version
    may want a Python that is not here, or exclude others, and be right all the same. The solver
    is not asked where it is certain without it.
    """
    taken: Set[Tuple[str, str]] = set()
    problems: List[Problem] = []
    for specs in groups:
        progress(f"concretizing {' '.join(specs)}")
        found = staging.concretize(specs, deprecated=bool(result.deprecated))
        taken |= found.taken
        if found.reason:
            who = specs[0] if len(specs) == 1 else "all together"
            packages = {re.split(r"[@+~]", spec)[0] for spec in specs}
            demands = [
                Demand(root.project, root.specifier)
                for root in resolution.roots
                if resolution.package(root.project).package in packages
            ]
            reason, _ = _obstacle(resolution, demands) or (found.reason, True)
            problems.append(Problem(who, f"cannot be concretized: {reason}"))
    if problems:
        return problems, []
    unmet = []
    for record, version in _written(result):
        if (record.package, version) in taken:
            continue
        progress(f"concretizing {record.package}@{version}")
        demand = Demand(record.project, f"=={meant(version)}")
        reason, certain = _obstacle(resolution, [demand]) or ("", False)
        if not certain:
            found = staging.concretize(
                [f"{record.package}@={version}"], deprecated=bool(result.deprecated)
            )
            taken |= found.taken
            reason = (reason or found.reason) if found.reason else ""
        if reason:
            unmet.append(Problem(f"{record.package}@{version}", reason))
    return [], unmet


def _written(result: Result) -> Iterator[Tuple[Record, str]]:
    """All that was written, dependents before what they need: their graphs hold most of it."""
    todo, seen = list(result.named), set(result.named)
    while todo:
        record = result.records[todo.pop(0)]
        for version in record.versions if record.status == "new" else ():
            yield record, version
        new = [name for name in record.needs if name in result.records and name not in seen]
        todo += new
        seen |= set(new)


def _obstacle(resolution: Resolution, demands: Sequence[Demand]) -> Optional[Tuple[str, bool]]:
    usable = resolution.catalog.host.usable_pythons()
    return obstacle(resolution.searches, resolution.selection, demands, usable)
