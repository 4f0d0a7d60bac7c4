"""Whether lines and conflicts together accept only what a new line accepts."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.model import BUILD_RUN, Dependency
from spack_pypi.translate.stated import LineEnvironments, is_stated

#: (the range of a line, what conflicts exclude, the range of a new line, whether that is stated).
HOLES = [
    ("1:", "1.5", "1:1.4,1.6:", True),
    ("1:", "1.5.0", "1:1.4,1.6:", False),
    ("1:", "5.0:5.1", "1:4,5.2:", False),  # a release may be spelled 5
    ("1:", ":4", "5:", True),
    ("", "1,3", ":0,2,4:", True),
    # only the version that is spelled so
    ("1:", "=1.5", "1:1.4,1.6:", False),
    ("=1.4,=1.5", "=1.5", "=1.4", True),
]


@pytest.mark.parametrize("range_, hole, needed, stated", HOLES)
def test_conflicts_are_holes(range_: str, hole: str, needed: str, stated: bool) -> None:
    line = Dependency("py-a", needed, types=BUILD_RUN)
    kept = [Dependency("py-a", range_, types=BUILD_RUN)]
    excluded = [Dependency("py-a", hole, types=())]
    environments = LineEnvironments((), (line,), ())
    assert is_stated(line, kept, environments, excluded) is stated
