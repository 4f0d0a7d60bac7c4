"""What is left out of a series when some recipes cannot be sent: (bad ones, what needs them)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from spack_pypi.workflow.upstream.sendable import without
from spack_pypi.workflow.upstream.source import LocalRecipe


def recipe(*needs: str) -> LocalRecipe:
    lines = [f'    depends_on("{name}", type="build")' for name in needs]
    text = "\n".join(["class PyX(PythonPackage):", '    version("1.0", sha256="a")', *lines])
    return LocalRecipe(Path("package.py"), text)


#: d needs c, which needs b; e and f need each other.
RECIPES = {
    "py-a": recipe("py-elsewhere"),
    "py-b": recipe(),
    "py-c": recipe("py-a", "py-b"),
    "py-d": recipe("py-c"),
    "py-e": recipe("py-f"),
    "py-f": recipe("py-e"),
}
LEFT_OUT: list[tuple[set[str], Mapping[str, str]]] = [
    (set(), {}),
    ({"py-d"}, {}),
    ({"py-b"}, {"py-c": "py-b", "py-d": "py-c"}),
    ({"py-a", "py-b"}, {"py-c": "py-a", "py-d": "py-c"}),
    ({"py-e"}, {"py-f": "py-e"}),
]


@pytest.mark.parametrize("bad, expected", LEFT_OUT)
def test_what_needs_a_bad_one(bad: set[str], expected: Mapping[str, str]) -> None:
    rest, needing = without(RECIPES, bad)
    assert needing == expected
    assert {*rest} == {*RECIPES} - bad - {*expected}
