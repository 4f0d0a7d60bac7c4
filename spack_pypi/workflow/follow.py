"""From the names that were asked for to their closure, followed to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List, Sequence, Tuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..errors import UsageError
from ..host.port import Host
from ..pypi.model import Index
from .choose import Policy
from .closure import Closure
from .coherent import fit_together


def parse_names(texts: Sequence[str]) -> List[Requirement]:
    """The named requirements; `UsageError` for what is none."""
    if not texts:
        raise UsageError("give the name of at least one project")
    requirements = []
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"'{text}' is not a requirement (PEP 508): {reason}") from None
        if requirement.url or requirement.marker:
            raise UsageError(f"'{text}': give a name, extras and versions, nothing more")
        requirements.append(requirement)
    return requirements


def named_projects(named: Sequence[Requirement]) -> Tuple[str, ...]:
    """The projects that requirements name, each once."""
    return tuple(dict.fromkeys(canonicalize_name(requirement.name) for requirement in named))


def follow(
    host: Host,
    index: Index,
    named: Sequence[Requirement],
    policy: Policy,
    *,
    dependencies: bool = True,
    together: bool = False,
    **options: Any,
) -> Closure:
    """The closure of the named requirements, for the Pythons that the host has; with
    ``dependencies``, in releases that fit together for one that can be used here; those of all
    named projects ``together``, or of each by itself. ``options`` are those of `Closure`.

    Raises `IndexFailure`, and `UnknownProject` for a named project.
    """
    pythons = tuple(host.python_versions())
    closure = Closure(
        host, index, replace(policy, pythons=pythons), follow=dependencies, **options
    )
    with closure:
        closure.follow(named)
        if dependencies:
            fit_together(closure, named_projects(named), host.usable_pythons(), together)
    return closure
