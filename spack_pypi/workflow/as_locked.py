"""``create`` for a lock file and an environment: the locked versions, as far as they can be had.

A version that cannot be written gives way to another one, and the environment says so. With
``--strict`` it is an error, as without an environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..host.port import Host
from ..session import Phase, Session
from .create import Outcome, create
from .plan import Unresolved
from .request import Request


def create_as_locked(session: Session, host: Host, request: Request) -> Outcome:
    """As `create`. Where locked versions cannot be written, others are used instead; with
    ``allow_omissions`` a project that has none that can be is left out. The request of the
    outcome's plan has these ``deviations``. Raises `SpackPyPIError`."""
    while True:
        outcome = create(session, host, request)
        changed = _changed(outcome)
        if changed is None:
            return outcome
        request = changed
        session.progress(Phase.RESOLVE, "without the locked versions that cannot be written")


def _changed(outcome: Outcome) -> Request | None:
    """The request without the locked versions that cannot be written; None where there is none."""
    plan = outcome.plan
    request = plan.request
    if outcome.opposed is not None:
        project, reason = outcome.opposed
        loosened = frozenset({project})
        return _without(request, loosened, frozenset(), {project: reason})
    if request.strict or not (request.locked and plan.failed) or outcome.written:
        return None
    try:
        resolution = plan.resolution
    except Unresolved:
        return replace(request, reuse=False)
    found = resolution.unavailable_roots & request.locked.keys()
    loosened = found - request.deviations.keys()
    dropped = found - loosened if request.allow_omissions else frozenset[str]()
    if not loosened | dropped:
        return None
    reasons = {project: resolution.failed[project] for project in sorted(loosened | dropped)}
    return _without(request, loosened, dropped, reasons)


def _without(
    request: Request,
    loosened: frozenset[str],
    dropped: frozenset[str],
    reasons: Mapping[str, str],
) -> Request:
    return replace(
        request,
        names=tuple(_names(request, loosened, dropped)),
        locked={name: text for name, text in request.locked.items() if name not in dropped},
        deviations={**request.deviations, **_said(request, reasons, dropped)},
    )


def _names(request: Request, loosened: frozenset[str], dropped: frozenset[str]) -> Iterator[str]:
    for name in request.names:
        requirement = Requirement(name)
        project = canonicalize_name(requirement.name)
        if project in loosened:
            extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            yield requirement.name + extras
        elif project not in dropped:
            yield name


def _said(
    request: Request, reasons: Mapping[str, str], dropped: frozenset[str]
) -> Mapping[str, str]:
    return {
        project: f"{project} {request.locked[project]} is locked, and "
        + ("left out" if project in dropped else "another version is used")
        + f": {reason}"
        for project, reason in reasons.items()
    }
