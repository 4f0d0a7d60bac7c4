"""Which versions reviewers are asked to read: the newest, and what the newest of others need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.workflow.upstream.newest import newest

Versions = Mapping[str, Sequence[str]]


#: offered, there, lines of py-app → chosen
CASES = [
    # the newest of what is new
    ({"py-app": ["2.0", "1.0"]}, {}, [], {"py-app": ["2.0"]}),
    # of what is there only what is newer
    ({"py-app": ["2.0", "1.0"]}, {"py-app": ["1.5"]}, [], {"py-app": ["2.0"]}),
    ({"py-app": ["1.0"]}, {"py-app": ["1.5"]}, [], {"py-app": []}),
    # what is needed
    (
        {"py-app": ["2.0"], "py-b": ["3", "2", "1.5"]},
        {},
        ['depends_on("py-b@:2", when="@2:")'],
        {"py-app": ["2.0"], "py-b": ["3", "2"]},
    ),
    # ... only by what is sent
    (
        {"py-app": ["2.0", "1.0"], "py-b": ["3", "2"]},
        {},
        ['depends_on("py-b@:2", when="@:1")'],
        {"py-app": ["2.0"], "py-b": ["3"]},
    ),
    # ... and only what is not there
    (
        {"py-app": ["2.0"], "py-b": ["2.5"]},
        {"py-b": ["3", "2"]},
        ['depends_on("py-b@:2")'],
        {"py-app": ["2.0"], "py-b": []},
    ),
    # lines that hold together must be satisfied together
    (
        {"py-app": ["2.0"], "py-b": ["4", "3", "2", "1"]},
        {},
        ['depends_on("py-b@:3")', 'depends_on("py-b@2")'],
        {"py-app": ["2.0"], "py-b": ["4", "2"]},
    ),
    # those for different Pythons need not
    (
        {"py-app": ["2.0"], "py-b": ["4", "3", "2"]},
        {},
        [
            'depends_on("py-b@:2", when="^python@:3.9")',
            'depends_on("py-b@3", when="^python@3.10:")',
        ],
        {"py-app": ["2.0"], "py-b": ["4", "3", "2"]},
    ),
]


@pytest.mark.parametrize("offered, there, lines, chosen", CASES)
def test_newest(
    offered: Versions, there: Versions, lines: Sequence[str], chosen: dict[str, list[str]]
) -> None:
    text = "class PyApp(PythonPackage):\n    pass\n" + "".join(f"    {line}\n" for line in lines)
    stated = {name: RecipeText(text).stated if name == "py-app" else () for name in offered}
    assert newest(offered, there, stated) == chosen
