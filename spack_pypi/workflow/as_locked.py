"""``create`` for a lock file and an environment: the locked versions that can be written.

A version that cannot be written gives way to another one, and the environment says so. With
``--strict`` it is an error, as without an environment.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
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
        return _without(request, {project: reason})
    if request.strict or not (request.locked and plan.failed) or outcome.written:
        return None
    try:
        resolution = plan.resolution
    except Unresolved:
        return replace(request, reuse=False)
    found = resolution.unavailable_roots & request.locked.keys()
    changed = found if request.allow_omissions else found - request.deviations.keys()
    if not changed:
        return None
    reasons = {project: resolution.failed[project] for project in sorted(changed)}
    return _without(request, reasons, dropped=changed & request.deviations.keys())


def _without(
    request: Request, reasons: Mapping[str, str], dropped: Collection[str] = ()
) -> Request:
    """The request without the locked versions of the projects that have ``reasons``; those that
    are ``dropped`` are not requested at all."""
    return replace(
        request,
        names=tuple(_names(request, reasons, dropped)),
        locked={name: text for name, text in request.locked.items() if name not in dropped},
        deviations={**request.deviations, **_said(request, reasons, dropped)},
    )


def _names(request: Request, changed: Container[str], dropped: Container[str]) -> Iterator[str]:
    for name in request.names:
        requirement = Requirement(name)
        project = canonicalize_name(requirement.name)
        if project not in changed:
            yield name
        elif project not in dropped:
            requirement.specifier = SpecifierSet()
            yield str(requirement)


def _said(
    request: Request, reasons: Mapping[str, str], dropped: Container[str]
) -> Mapping[str, str]:
    return {
        project: f"{project} {request.locked[project]} is locked, and "
        + ("left out" if project in dropped else "another version is used")
        + f": {reason}"
        for project, reason in reasons.items()
    }
