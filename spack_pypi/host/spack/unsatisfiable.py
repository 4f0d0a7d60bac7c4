"""Why the solver found nothing, in a sentence: Spack's reasons, compared with the recipes.

Spack names a range that its best attempt does not satisfy, and which package requires it. That is
not yet the cause: a version in the range may be declared, but it is excluded by another package or
deprecated, or only an external may be used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ...errors import some_of
from .internals import RequiredSpec, solver_reasons

#: How many versions are named.
_FEW = 3


@dataclass(frozen=True)
class Known:
    """What is declared of a package and a range, newest first: the versions in the range that the
    solver may take, the ``deprecated`` ones in it that it may not take, and all ``others``.
    ``externals`` are set where the package is not buildable. ``namespace`` is that of its repo,
    empty for a recipe that is only staged."""

    fitting: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    externals: tuple[str, ...] | None = None
    namespace: str = ""


class Recipes(Protocol):
    """What recipes declare."""

    def known(self, spec: str) -> Known | None:
        """What is declared of the package and range of a spec; None where the package has no
        versions (it is virtual)."""

    def excludes(self, spec: str, version: str, others: Sequence[str]) -> str:
        """What excludes a version in the range of a spec: a requirement of one of the ``others``
        (packages), or a range that this version requires and that nothing available satisfies
        (``py-x@1.0 needs python@:3.12, which no available version satisfies``) or that contradicts
        one of the others; empty where that is not known."""


def explained(message: str, recipes: Recipes) -> str:
    """The cause behind Spack's message about a spec that cannot be concretized; empty where the
    message has another form."""
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
            # Spack also says so of packages that packages.yaml does not mention.
            if known is not None and known.externals is not None:
                said.append(
                    f"another {reason.not_built} is required, but {_only(known.externals)}"
                )
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
            # Where a version satisfies the range, other packages exclude it: which, is not known.
            certain = certain and known is not None and not known.fitting
            parties += causes
    where = _where(parties, recipes) if certain else ""
    return "; ".join(dict.fromkeys([*said, *rest])) + where


def _of(spec: str, causes: Sequence[RequiredSpec]) -> RequiredSpec | None:
    return next((cause for cause in causes if cause.spec == spec), None)


def _unsatisfied(
    spec: str, causes: Sequence[RequiredSpec], roots: Sequence[str], recipes: Recipes
) -> str:
    required = " and ".join(map(str, causes)) or f"{spec} is required"
    known = recipes.known(spec)
    if known is None:
        return f"{required}, but nothing satisfies that"
    if known.externals is not None and not known.fitting:
        return f"{required}, but {_only(known.externals)}"
    if known.fitting:
        others = dict.fromkeys([*(each.package for each in causes if each.package), *roots])
        why = recipes.excludes(spec, known.fitting[0], list(others))
        satisfy, them = ("satisfy", "them") if len(known.fitting) > 1 else ("satisfies", "it")
        why = why or f"something else excludes {them}"
        return f"{required}; {some_of(known.fitting, _FEW)} {satisfy} that, but {why}"
    if known.deprecated:
        some = some_of(known.deprecated, _FEW)
        return f"{required}, but only deprecated versions satisfy that ({some})"
    has = f" (it has {some_of(known.others, _FEW)})" if known.others else ""
    return f"{required}, but no version of {_name(spec)} satisfies that{has}"


def _only(externals: Sequence[str]) -> str:
    if not externals:
        return "packages.yaml has no external for it (buildable: false)"
    external = "externals" if len(externals) > 1 else "external"
    return (
        f"packages.yaml allows only the {external} {some_of(externals, _FEW)} (buildable: false)"
    )


def _where(parties: Sequence[RequiredSpec], recipes: Recipes) -> str:
    """Where the recipes lie that contradict each other; empty where one of them is only staged."""
    names = [each.package for each in parties if each.package] + [
        _name(each.spec) for each in parties
    ]
    known = [recipes.known(name) for name in names]
    namespaces = dict.fromkeys(each.namespace if each else "" for each in known)
    if not any(each.package for each in parties) or "" in namespaces:
        return ""
    if any(each and each.externals is not None for each in known):
        return ""
    return f" (these recipes exist in {' and '.join(namespaces)}; none of them is new)"


def _name(spec: str) -> str:
    return re.split(r"[^\w-]", spec, maxsplit=1)[0]
