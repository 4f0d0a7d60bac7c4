"""Why a solver found nothing, in a sentence: its own words, held against what recipes declare.

Spack tells which range the solution that it came nearest to does not satisfy, and who asked for
it. That is not yet the cause: a version that would do may be declared, but something else excludes
it, or it is deprecated, or an external is the only one allowed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .spack_internals import RequiredSpec, solver_reasons

#: How many versions are named.
_FEW = 3


@dataclass(frozen=True)
class Known:
    """What is declared of a package and a range, newest first: the versions in it that the solver
    may take, the ``deprecated`` ones in it that it may not, and all ``others``. ``externals`` are
    the only ones that may be used where none may be built. ``namespace`` is that of its repo,
    empty for a recipe that is not yet in one."""

    fitting: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    externals: tuple[str, ...] | None = None
    namespace: str = ""


class Recipes(Protocol):
    """What is asked about recipes."""

    def known(self, spec: str) -> Known | None:
        """What is declared of the package and range of a spec; None where it has no recipe with
        versions (it is virtual)."""

    def excludes(self, spec: str, version: str, others: Sequence[str]) -> str:
        """What keeps the solver from a version in the range of a spec: what one of the ``others``
        (packages) needs, or a range that the version itself asks for and that nothing here
        satisfies (``py-x@1.0 needs python@:3.12, and there is only 3.14.0``) or one of the others
        contradicts; empty where that is not known."""


def explained(message: str, recipes: Recipes) -> str:
    """What a message of Spack's about a spec that cannot be concretized comes to; empty where it
    has no reasons of the known form."""
    reasons = solver_reasons(message)
    pairs: list[tuple[RequiredSpec, RequiredSpec]] = []
    required: dict[str, list[RequiredSpec]] = {}
    said: list[str] = []
    rest: list[str] = []
    for reason in reasons:
        if reason.conflict:
            one, other = (_of(spec, reason.causes) for spec in reason.conflict)
            if one and other:
                pairs.append((one, other))
        elif reason.unsatisfied:
            found = required.setdefault(reason.unsatisfied, [])
            found += [cause for cause in reason.causes if cause not in found]
        elif reason.not_built:
            known = recipes.known(reason.not_built)
            # Spack also says so of packages of which nothing is configured.
            if known is not None and known.externals is not None:
                said.append(f"another {reason.not_built} is needed, but {_only(known.externals)}")
        else:
            rest.append(reason.text)
    roots = [package for reason in reasons for package in reason.roots]
    said += [f"{one}, but {other}" for one, other in dict.fromkeys(pairs)]
    in_pairs = {each.spec for pair in pairs for each in pair}
    parties, certain = [each for pair in pairs for each in pair], not rest
    for spec, causes in required.items():
        if spec not in in_pairs:
            said.append(_unsatisfied(spec, causes, roots, recipes))
            known = recipes.known(spec)
            # Who else has to do with it is not certain where a version would do.
            certain = certain and known is not None and not known.fitting
            parties += causes
    where = _where(parties, recipes) if certain else ""
    return "; ".join(dict.fromkeys([*said, *rest])) + where


def _of(spec: str, causes: Sequence[RequiredSpec]) -> RequiredSpec | None:
    return next((cause for cause in causes if cause.spec == spec), None)


def _unsatisfied(
    spec: str, causes: Sequence[RequiredSpec], roots: Sequence[str], recipes: Recipes
) -> str:
    demanded = " and ".join(map(str, causes)) or f"{spec} is needed"
    known = recipes.known(spec)
    if known is None:
        return f"{demanded}, which cannot be satisfied"
    if known.externals is not None and not known.fitting:
        return f"{demanded}, but {_only(known.externals)}"
    if known.fitting:
        others = dict.fromkeys([*(each.package for each in causes if each.package), *roots])
        why = recipes.excludes(spec, known.fitting[0], list(others))
        them = "them" if len(known.fitting) > 1 else "it"
        why = why or f"something else excludes {them}"
        return f"{demanded}; {_few(known.fitting)} would do, but {why}"
    if known.deprecated:
        return f"{demanded}, which only deprecated versions satisfy ({_few(known.deprecated)})"
    return f"{demanded}, and nothing satisfies that: there are only {_few(known.others)}"


def _only(externals: Sequence[str]) -> str:
    if not externals:
        return "packages.yaml forbids to build it and has no external"
    several = "externals" if len(externals) > 1 else "an external"
    return f"packages.yaml has only {_few(externals)} as {several} and forbids to build others"


def _where(parties: Sequence[RequiredSpec], recipes: Recipes) -> str:
    """That what does not fit together are recipes which are there already."""
    names = [each.package for each in parties if each.package] + [
        _name(each.spec) for each in parties
    ]
    known = [recipes.known(name) for name in names]
    namespaces = dict.fromkeys(each.namespace if each else "" for each in known)
    if not any(each.package for each in parties) or "" in namespaces:
        return ""
    if any(each and each.externals is not None for each in known):
        return ""
    return f" (this lies in {' and '.join(namespaces)} itself, not in new recipes)"


def _name(spec: str) -> str:
    return re.split(r"[^\w-]", spec, maxsplit=1)[0]


def _few(versions: Sequence[str]) -> str:
    more = len(versions) - _FEW
    return ", ".join(versions[:_FEW]) + (f" and {more} more" if more > 0 else "")
