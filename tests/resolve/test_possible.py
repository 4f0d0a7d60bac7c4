"""What is possible at all never excludes a choice that fits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from spack_pypi.resolve.catalog import Catalog
from spack_pypi.resolve.contradiction import in_words
from spack_pypi.resolve.demands import Demand, Demands
from spack_pypi.resolve.facts import Facts
from spack_pypi.resolve.lessons import Lessons
from spack_pypi.resolve.model import Selection
from spack_pypi.resolve.policy import Policy, Rules
from spack_pypi.resolve.possible import Possible
from spack_pypi.session import Session
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import says

Worlds = dict[str, dict[int, list[tuple[str, tuple[int, int]]]]]

_names = [f"p{number}" for number in range(4)]
_ranges = st.sampled_from([(1, 1), (2, 2), (1, 2), (2, 3)])
_line = st.tuples(st.sampled_from(_names), _ranges)
_versions = st.dictionaries(st.integers(1, 2), st.lists(_line, max_size=3), min_size=1)


def fits(world: Worlds, choice: Mapping[str, int]) -> bool:
    """Whether all that the chosen version of p0 needs, and what that needs, is there as chosen."""
    todo, reached = ["p0"], set[str]()
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            for other, (low, high) in world[name][choice[name]]:
                if not low <= choice[other] <= high:
                    return False
                todo.append(other)
    return True


@settings(max_examples=300)
@given(st.fixed_dictionaries(dict.fromkeys(_names, _versions)))
def test_what_is_called_impossible_is(world: Worlds) -> None:
    """Of four packages with up to two versions each, all choices are tried."""
    host = MemoryHost()
    for name, versions in world.items():
        host.has(name, *(str(number) for number in sorted(versions, reverse=True)))
        lines = {
            f'depends_on("py-{other}@{low}:{high}", when="@{number}")'
            for number, needed in versions.items()
            for other, (low, high) in needed
        }
        says(host, {name: sorted(lines)})
    with Session(MemoryIndex()) as session:
        catalog = Catalog(host, Facts(session), Rules(Policy()), [])
        demands = Demands(catalog, Lessons())
        possible = Possible(catalog, demands, Selection(), "3.14.0")
        contradiction = possible.contradiction([Demand("p0")])
    choices = [dict(zip(_names, chosen)) for chosen in product(*(world[name] for name in _names))]
    if contradiction is not None:
        assert not any(fits(world, choice) for choice in choices)
        assert in_words(catalog, contradiction)
