"""Trees in lines, as of a closure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Callable, TypeVar

_Item = TypeVar("_Item")

#: How deep a tree is drawn: what lies below that is a tree of its own, further down.
_DEEPEST = 20


def drawn(
    root: _Item, about: Callable[[_Item], str], below: Callable[[_Item], list[_Item]]
) -> Iterator[str]:
    """A tree in lines: the text ``about`` each item, then the items ``below`` it; ``about`` is
    called before ``below``."""
    trees = deque([(about(root), below(root))])

    def walk(item: _Item, first: str, rest: str, depth: int) -> Iterator[str]:
        text, items = about(item), below(item)
        if items and depth == _DEEPEST:
            trees.append((f"{text}, continued", items))
            yield f"{first}{text}, continued below"
            return
        yield first + text
        yield from walk_all(items, rest, depth + 1)

    def walk_all(items: list[_Item], rest: str, depth: int) -> Iterator[str]:
        for at, inner in enumerate(items):
            last = at + 1 == len(items)
            branch, stem = ("└── ", "    ") if last else ("├── ", "│   ")
            yield from walk(inner, rest + branch, rest + stem, depth)

    while trees:
        text, items = trees.popleft()
        yield text
        yield from walk_all(items, "", 1)
