"""Why no version of a project is possible, as a value and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from ..errors import some_of
from ..translate import spack_order
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

    def accepts(self, candidate: Candidate) -> bool:
        """Whether some candidate that is left accepts it."""
        return any(all(demand.accepts(candidate) for demand in each) for each in self.says)


@dataclass(frozen=True)
class Contradiction:
    """No version of ``project`` is possible with a ``python``. ``limits`` exclude each other;
    there are none where each version of the project lacks one of the ``lacked`` projects that it
    needs. ``chains`` are the projects that bring those of the limits, the nearest first.
    ``involved`` are all projects that have to do with it, those first that are next to the
    roots."""

    python: str
    project: str
    limits: tuple[Limit, ...]
    lacked: tuple[str, ...]
    chains: tuple[tuple[str, ...], ...]
    involved: tuple[str, ...]

    @property
    def excludes_all(self) -> bool:
        """Whether no version of the project that anybody could release would do, as far as ranges
        of Spack say it."""
        if len(self.limits) != 2:
            return False
        one, other = (limit.says for limit in self.limits)
        return all(
            spack_order.disjoint([demand.ranges for demand in (*a, *b)])
            for a, b in product(one, other)
        )

    @property
    def minor(self) -> str:
        """The minor version of Python (3.12)."""
        return ".".join(self.python.split(".")[:2])


def most_telling(found: Sequence[Contradiction]) -> Contradiction:
    """Of those with several Pythons, newest first, one that most of them have."""
    names = [each.project for each in found]
    return max(found, key=lambda each: names.count(each.project))


def in_words(catalog: Catalog, found: Contradiction) -> str:
    """A contradiction in a clause: ``no version of py-x satisfies both py-a 1.0 (@:2) and py-b 2.0
    (@3:)``, and what brings these."""
    name = catalog.package(found.project).package
    if not found.limits:
        if found.lacked == (NO_PYTHON,):
            return f"no version of {name} runs with Python {found.minor}"
        lacked = [
            f"Python {found.minor}" if project == NO_PYTHON else _name(catalog, project)
            for project in found.lacked
        ]
        return f"each version of {name} lacks what it needs: {some_of(lacked, _FEW)}"
    *parties, last = [_party(catalog, limit) for limit in found.limits]
    both = "both " if len(parties) == 1 else ""
    all_of = f"{both}{', '.join(parties)} and {last}" if parties else last
    chains = [_chain(catalog, chain) for chain in found.chains if len(chain) > 1]
    brought = f" ({'; '.join(chains)})" if chains else ""
    return f"no version of {name} satisfies {all_of}{brought}"


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
