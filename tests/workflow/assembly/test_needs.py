"""Needs beside what a release declares: (needs, declared lines, the lines of both)."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.model import BUILD, BUILD_RUN, LIBRARY, Condition, Dependency
from spack_pypi.workflow.assembly.needs import joined

BOOST = Dependency("boost", types=LIBRARY)
WHEEL = Dependency("boost", "1.89", ("+numpy", "+python"))
ON_LINUX = Condition(platform="linux")
LINES = [
    ([BOOST], [WHEEL], ['boost@1.89+numpy+python ("build", "link", "run")']),
    # what is declared to build alone is one of the lines of what is declared to run
    (
        [BOOST],
        [Dependency("boost", "1.89", types=BUILD), WHEEL],
        ['boost@1.89 ("build",)', 'boost@1.89+numpy+python ("build", "link", "run")'],
    ),
    # what is declared to build alone is linked, too
    (
        [Dependency("eigen", ":3", types=LIBRARY)],
        [Dependency("eigen", "3.4:", types=BUILD)],
        ['eigen@:3 ("build", "link")', 'eigen@3.4: ("build", "link")'],
    ),
    (
        [Dependency("cmake", "3.20:", types=BUILD)],
        [Dependency("cmake", types=BUILD)],
        ['cmake@3.20: ("build",)', 'cmake ("build",)'],
    ),
    # one that says more, or holds in other cases, is a line of its own
    (
        [Dependency("boost", "1.80:", types=LIBRARY)],
        [WHEEL],
        ['boost@1.80: ("build", "link")', 'boost@1.89+numpy+python ("build", "run")'],
    ),
    (
        [Dependency("boost", variants=("+mpi",), types=LIBRARY)],
        [WHEEL],
        ['boost+mpi ("build", "link")', 'boost@1.89+numpy+python ("build", "run")'],
    ),
    (
        [BOOST],
        [Dependency("boost", when=ON_LINUX)],
        ['boost ("build", "link")', 'boost ("build", "run")'],
    ),
    # a program is none
    (
        [Dependency("cmake", types=BUILD)],
        [Dependency("cmake", "3.20:")],
        ['cmake ("build",)', 'cmake@3.20: ("build", "run")'],
    ),
    ([BOOST], [], ['boost ("build", "link")']),
    ([], [WHEEL], ['boost@1.89+numpy+python ("build", "run")']),
]


@pytest.mark.parametrize(("needs", "declared", "lines"), LINES)
def test_a_library_has_one_line(
    needs: list[Dependency], declared: list[Dependency], lines: list[str]
) -> None:
    found = joined(needs, declared)
    assert [f"{each.spec} {each.types}".replace("'", '"') for each in found] == lines


def test_nothing_is_lost() -> None:
    found = joined([BOOST, Dependency("zlib-api", types=LIBRARY)], [WHEEL, Dependency("py-x")])
    assert [each.package for each in found] == ["zlib-api", "boost", "py-x"]
    assert WHEEL.types == BUILD_RUN
