"""Concretize many specs in few solves.

Each solve costs the same set-up, however small its spec, so as many specs as fit into one graph
are solved at once. That a graph of several exists shows that each of them can be concretized.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Callable

from ...errors import some_of
from ...host.port import Concretized, Solver
from ...session import Phase, Session

#: Specs of one solve. The time of a solve grows with the size of its graph, in the end faster than
#: the set-ups that it saves.
MOST_AT_ONCE = 12


def concretize_each(
    session: Session,
    solver: Solver,
    specs: Sequence[str],
    *,
    deprecated: bool = False,
    certain: Callable[[str], str] = lambda spec: "",
) -> Iterator[tuple[str, Concretized]]:
    """Concretize each spec; it comes with a graph that contains it, or with the reason why there
    is none, as soon as that is known. ``certain`` says why a spec cannot be concretized where
    that is certain: the solver is not asked for a reason. Raises `HostError`."""
    pending = [*dict.fromkeys(specs)]
    total = len(pending)
    # Those of which the solver found not even one, and gave a reason that may be any one's.
    alone: set[str] = set()
    session.rest()
    while pending:
        batch = _batch(pending, alone)
        session.progress(Phase.CONCRETIZE, some_of([*batch], 1), total - len(pending), total)
        ask = solver.concretize if len(batch) == 1 else solver.concretize_some
        graph = ask(batch, deprecated=deprecated)
        known = {spec: graph for spec in pending if spec in graph.solved or _in(graph, spec)}
        if len(batch) == 1:
            known.setdefault(batch[0], graph)
        for spec in batch:
            reason = "" if spec in known else certain(spec)
            if reason:
                known[spec] = Concretized(reason=reason)
        if not known:
            alone.update(batch)
        for spec, found in known.items():
            pending.remove(spec)
            result = "cannot be concretized" if found.reason else "concretized"
            session.progress(Phase.CONCRETIZE, spec, total - len(pending), total, result)
            yield spec, found
        # What did not fit is tried again with others.
        pending.sort(key=lambda spec: spec in batch)


def _batch(pending: Sequence[str], alone: set[str]) -> list[str]:
    """The next specs for one solve: no two of one package, of which a graph has one version."""
    if all(spec in alone for spec in pending):
        return [pending[0]]
    batch: dict[str, str] = {}
    for spec in pending:
        if spec not in alone and len(batch) < MOST_AT_ONCE:
            batch.setdefault(re.split(r"[^\w-]", spec, maxsplit=1)[0], spec)
    return [*batch.values()]


def _in(graph: Concretized, spec: str) -> bool:
    """Whether a graph contains an exact version (``py-x@=1.0``)."""
    package, _, version = spec.partition("@=")
    return (package, version) in graph.taken
