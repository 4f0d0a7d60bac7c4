"""Source is parsed in any thread, whatever the others do."""

from __future__ import annotations

import ast
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from spack_pypi.recipe.statements import statements
from spack_pypi.syntax import Segments, dotted, parse

SOURCE = (
    "setup(name='x', install_requires=[" + "'six', " * 300 + "])\n" + "if a:\n  b = [[[1]]]\n" * 50
)


class Finalized:
    """Lets other threads run in the middle of whatever makes an object."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        time.sleep(0)


@pytest.fixture
def collecting() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(20, 1, 1)
    yield
    gc.set_threshold(*before)


def test_threads_that_interrupt_each_other(collecting: None) -> None:
    """Up to Python 3.12, `ast.parse` ends with a SystemError here."""

    def several(number: int) -> list[str]:
        found = []
        for _ in range(8):
            Finalized()
            found.append(ast.dump(parse(SOURCE)))
        return found

    expected = ast.dump(ast.parse(SOURCE))
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(several, range(4)):
            assert found == [expected] * 8


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_text_of_a_node(end: str) -> None:
    """As Python's own function says, which takes the whole text apart for each one."""
    lines = ["a = 'é\x0c', [1,", "  '''b\f\u2028", "c''', f(x)]  # d", "def f():", "  return 'ü'"]
    text = end.join([*lines, "f(", ")"])
    segments, nodes = Segments(text), [*ast.walk(ast.parse(text))]
    assert [segments.of(each) for each in nodes] == [
        ast.get_source_segment(text, each) for each in nodes
    ]


def test_a_recipe_of_thousands_of_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken apart once."""
    monkeypatch.delattr(ast, "get_source_segment")
    lines = [f'    depends_on("py-a{number}")' for number in range(3000)]
    found = statements("\n".join(["class PyX(PythonPackage):", *lines, ""]))
    assert [each.text for each in found] == [line.strip() for line in lines]


@pytest.mark.parametrize(
    "text, expected", [("a", "a"), ("a.b.c", "a.b.c"), ("f().a", ""), ("a[0].b", ""), ("1", "")]
)
def test_a_name_with_its_parts(text: str, expected: str) -> None:
    assert dotted(ast.parse(text, mode="eval").body) == expected


def test_a_name_of_any_number_of_parts_is_read() -> None:
    node: ast.expr = ast.Name("a", ast.Load())
    for _ in range(5000):
        node = ast.Attribute(node, "b", ast.Load())
    assert dotted(node) == "a" + ".b" * 5000
