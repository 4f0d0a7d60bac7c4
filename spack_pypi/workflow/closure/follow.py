"""From the names that were asked for to their closure, followed to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Sequence, Set, Tuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ...errors import UsageError
from ...host.port import Host
from ...pypi.model import Index
from .choose import Policy
from .circles import circles
from .closure import Closure
from .coherent import fit_together
from .lacking import Key, Lack, keep, lacking

#: How often it is looked at what fits together, after what did not was passed over.
_MOST_FITS = 3


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
    named projects ``together``, or of each by itself. A release that needs what nobody has, or
    that fits nothing, is passed over for another one, where there is one. ``options`` are those
    of `Closure`.

    Raises `IndexFailure`, and `UnknownProject` for a named project.
    """
    pythons = tuple(host.python_versions())
    policy = replace(policy, pythons=pythons)
    passed_over: Dict[Key, Lack] = {}
    kept: Set[str] = set()
    fits = 0
    projects = named_projects(named)
    while True:
        texts = {key: lack.text for key, lack in passed_over.items()}
        closure = Closure(host, index, policy, follow=dependencies, passed_over=texts, **options)
        with closure:
            closure.follow(named)
            if not dependencies:
                return closure
            # No other release does: the newest then is as good as any, and says what it lacks.
            tried = {project for project, _ in passed_over}
            hopeless = [p for p in projects if p in tried and closure.nodes[p].failure]
            worse = {} if hopeless else lacking(closure, pythons, kept)
            if not (hopeless or worse):
                fits += 1
                usable = host.usable_pythons()
                found = fit_together(closure, projects, usable, pythons, together)
                if fits < _MOST_FITS:
                    found = {key: why for key, why in found.items() if key[0] not in kept}
                    worse = {key: Lack("", why) for key, why in found.items()}
        if not (hopeless or worse):
            closure.circular = circles(closure, projects, pythons)
            return closure
        for project in hopeless:
            keep(project, passed_over, kept)
        passed_over.update(worse)
