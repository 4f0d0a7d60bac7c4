"""Why a solver found nothing, in a sentence: its own words, held against what recipes declare.

Spack tells which range the solution that it came nearest to does not satisfy, and who asked for
it. That is not yet the cause: a version that would do may be declared, but something else excludes
it, or it is deprecated, or an external is the only one allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

#: The head of a numbered reason, and the lines below it, each deeper one the reason of the last.
_REASON = re.compile(r"^ *\d+\. +(.*)$((?:\n +required because .*$)*)", re.M)
_BECAUSE = re.compile(r"^( +)required because (.*?) *$", re.M)
_UNMET = re.compile(r"Cannot satisfy '([^']+)'(?: \d\(.*\))?")
_BOTH = re.compile(r"Cannot satisfy '([^']+)' and '([^']+)'?")
_NOT_BUILT = re.compile(
    r"Cannot build ([\w-]+), since it is configured `buildable:false`.*"
    r"|Attempted to use external for '([\w-]+)' which does not satisfy.*"
)
_DEPENDS = re.compile(r"(\S+) depends on (\S+)(?: when (.*))?")
_ASKED = re.compile(r"(\S.*) requested explicitly")
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


@dataclass(frozen=True)
class _Demand:
    """A range that the solution does not satisfy; ``who`` asks for it, empty for the person."""

    what: str
    who: str
    when: str = ""

    def __str__(self) -> str:
        if not self.who:
            return f"{self.what} was asked for"
        return f"{self.who} needs {self.what}" + (f" when {self.when}" if self.when else "")


def explained(message: str, recipes: Recipes) -> str:
    """What a message of Spack's about a spec that cannot be concretized comes to; empty where it
    has no reasons of the known form."""
    reasons = [(match[1].strip(), match[2]) for match in _REASON.finditer(message)]
    pairs: list[tuple[_Demand, _Demand]] = []
    demands: dict[str, list[_Demand]] = {}
    told: list[str] = []
    rest: list[str] = []
    for head, below in reasons:
        both, unmet, not_built = (p.fullmatch(head) for p in (_BOTH, _UNMET, _NOT_BUILT))
        causes = list(_causes(below))
        if both:
            one, other = (_of(what, causes) for what in both.groups())
            if one and other:
                pairs.append((one, other))
        elif unmet:
            found = demands.setdefault(unmet[1], [])
            found += [cause for cause in causes if cause not in found]
        elif not_built:
            name = not_built[1] or not_built[2]
            known = recipes.known(name)
            # Spack also says so of packages of which nothing is configured.
            if known is not None and known.externals is not None:
                told.append(f"another {name} is needed, but {_only(known.externals)}")
        else:
            rest.append(head)
    roots = [spec for _, below in reasons for spec in _roots(below)]
    told += [f"{one}, but {other}" for one, other in dict.fromkeys(pairs)]
    in_pairs = {demand.what for pair in pairs for demand in pair}
    parties, certain = [demand for pair in pairs for demand in pair], not rest
    for what, who in demands.items():
        if what not in in_pairs:
            told.append(_told(what, who, roots, recipes))
            known = recipes.known(what)
            # Who else has to do with it is not certain where a version would do.
            certain = certain and known is not None and not known.fitting
            parties += who
    where = _where(parties, recipes) if certain else ""
    return "; ".join(dict.fromkeys([*told, *rest])) + where


def _causes(below: str) -> Iterable[_Demand]:
    """The direct reasons: the lines that are not the reason of another one."""
    lines = [(len(match[1]), match[2]) for match in _BECAUSE.finditer(below)]
    first = min((indent for indent, _ in lines), default=0)
    for indent, text in lines:
        if indent == first:
            depends, asked = _DEPENDS.fullmatch(text), _ASKED.fullmatch(text)
            if depends:
                yield _Demand(depends[2], depends[1], depends[3] or "")
            elif asked:
                yield _Demand(asked[1], "")


def _of(what: str, causes: Sequence[_Demand]) -> _Demand | None:
    return next((cause for cause in causes if cause.what == what), None)


def _roots(below: str) -> Iterable[str]:
    for match in _BECAUSE.finditer(below):
        asked = _ASKED.fullmatch(match[2])
        if asked:
            yield _name(asked[1])


def _told(what: str, who: Sequence[_Demand], roots: Sequence[str], recipes: Recipes) -> str:
    demanded = " and ".join(map(str, who)) or f"{what} is needed"
    known = recipes.known(what)
    if known is None:
        return f"{demanded}, which cannot be satisfied"
    if known.externals is not None and not known.fitting:
        return f"{demanded}, but {_only(known.externals)}"
    if known.fitting:
        others = dict.fromkeys([*(each.who for each in who if each.who), *roots])
        why = recipes.excludes(what, known.fitting[0], list(others))
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


def _where(parties: Sequence[_Demand], recipes: Recipes) -> str:
    """That what does not fit together are recipes which are there already."""
    names = [each.who for each in parties if each.who] + [_name(each.what) for each in parties]
    known = [recipes.known(name) for name in names]
    namespaces = dict.fromkeys(each.namespace if each else "" for each in known)
    if not any(each.who for each in parties) or "" in namespaces:
        return ""
    if any(each and each.externals is not None for each in known):
        return ""
    return f" (this lies in {' and '.join(namespaces)} itself, not in new recipes)"


def _name(spec: str) -> str:
    return re.split(r"[^\w-]", spec, maxsplit=1)[0]


def _few(versions: Sequence[str]) -> str:
    more = len(versions) - _FEW
    return ", ".join(versions[:_FEW]) + (f" and {more} more" if more > 0 else "")
