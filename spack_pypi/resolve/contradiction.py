"""Why no version of a project is possible, as a value and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import some_of
from .catalog import Catalog
from .demands import NO_PYTHON, Candidate, Demand

#: What one candidate of a project demands of another project.
Says = tuple[Demand, ...]

#: How many different demands of one package's versions, and how many packages of a chain, are
#: named.
_FEW = 3


@dataclass(frozen=True)
class Limit:
    """What a project demands of another one: one of what its candidates say that are left, newest
    first. ``by`` is the project, empty for the roots, ``version`` its only candidate's, if it has
    only one."""

    by: str
    says: tuple[Says, ...]
    version: str = ""

    @property
    def builds(self) -> bool:
        """Whether the project needs the other one only to be built."""
        return all(demand.to_build for each in self.says for demand in each)

    def accepts(self, candidate: Candidate) -> bool:
        """Whether some candidate that is left accepts it."""
        return any(all(demand.accepts(candidate) for demand in each) for each in self.says)


@dataclass(frozen=True)
class Contradiction:
    """No version of ``project`` is possible with a ``python``: the ``limits`` exclude each other,
    or what satisfies them, which is ``version`` if it is only one, lacks one of the ``lacked``
    projects, of which no version that it could use is possible. ``chains`` are the projects that
    bring those of the limits, the nearest first. ``involved`` are all projects that have to do
    with it, those first that are next to the roots."""

    python: str
    project: str
    limits: tuple[Limit, ...] = ()
    lacked: tuple[str, ...] = ()
    version: str = ""
    chains: tuple[tuple[str, ...], ...] = ()
    involved: tuple[str, ...] = ()


def most_telling(found: Sequence[Contradiction]) -> Contradiction:
    """Of those with several Pythons, newest first, one that most of them have."""
    names = [each.project for each in found]
    return max(found, key=lambda each: names.count(each.project))


def in_words(catalog: Catalog, found: Contradiction) -> str:
    """A contradiction in a clause: ``no version of py-x satisfies both py-a 1.0 (@:2) and py-b 2.0
    (@3:)``, and what brings these."""
    name = _name(catalog, found.project)
    if found.lacked:
        return _without(catalog, found, f"{name} {found.version}".strip())
    *parties, last = [_party(catalog, limit) for limit in found.limits]
    name += "" if parties else " that can be used"
    both = "both " if len(parties) == 1 else ""
    all_of = f"{both}{', '.join(parties)} and {last}" if parties else last
    chains = [_chain(catalog, chain) for chain in found.chains if len(chain) > 1]
    brought = f" ({'; '.join(chains)})" if chains else ""
    return f"no version of {name} satisfies {all_of}{brought}"


def _without(catalog: Catalog, found: Contradiction, name: str) -> str:
    if found.lacked != (NO_PYTHON,):
        others = [_name(catalog, each) for each in found.lacked if each != NO_PYTHON]
        others += [f"Python {found.python}"] if NO_PYTHON in found.lacked else []
        return f"{name} has no version of {some_of(others, _FEW)} that it could use"
    if found.version:
        return f"{name} does not run with Python {found.python}"
    return f"no version of {name} that others accept runs with Python {found.python}"


def _party(catalog: Catalog, limit: Limit) -> str:
    texts = dict.fromkeys(" and ".join(filter(None, map(_text, said))) for said in limit.says)
    needs = " or ".join([*texts][:_FEW]) + (" or others" if len(texts) > _FEW else "")
    who = f"{_name(catalog, limit.by)} {limit.version}".strip() if limit.by else "you"
    return f"{who} ({needs})"


def _text(demand: Demand) -> str:
    return demand.specifier or (f"@{demand.ranges}" if demand.ranges else "")


def _chain(catalog: Catalog, chain: Sequence[str]) -> str:
    return " for ".join(_name(catalog, project) for project in chain[: _FEW + 1])


def _name(catalog: Catalog, project: str) -> str:
    return catalog.package(project).package
