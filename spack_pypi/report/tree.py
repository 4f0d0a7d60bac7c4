"""Trees in lines, as of a closure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, TypeVar

_Item = TypeVar("_Item")


def drawn(
    root: _Item, about: Callable[[_Item], str], below: Callable[[_Item], list[_Item]]
) -> Iterator[str]:
    """A tree in lines: the text ``about`` each item, then the items ``below`` it; ``about`` is
    called before ``below``."""

    def walk(item: _Item, first: str, rest: str) -> Iterator[str]:
        yield first + about(item)
        items = below(item)
        for at, inner in enumerate(items):
            last = at + 1 == len(items)
            branch, stem = ("└── ", "    ") if last else ("├── ", "│   ")
            yield from walk(inner, rest + branch, rest + stem)

    yield from walk(root, "", "")
