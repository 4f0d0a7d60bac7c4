"""Trees in lines, as of a closure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Callable, TypeVar

_Item = TypeVar("_Item")

#: The most lines of the trees of a report, and of each list beside them: nobody reads more.
_MOST_LINES, _MOST_LISTED = 1000, 100
#: How deep a tree is drawn: what lies below that is a tree of its own, further down.
_DEEPEST = 20


def readable(trees: Callable[[bool], Iterable[str]], option: str) -> Iterator[str]:
    """The lines of ``trees(False)``, or, where these are far too many, of ``trees(True)``, in
    which each item is shown once; what is still too much is counted. The ``option`` is the one
    that prints all."""
    lines = list(islice(trees(False), _MOST_LINES + 1))
    if len(lines) > _MOST_LINES:
        lines = [*trees(True)]
        left = len(lines) - _MOST_LINES
        lines[_MOST_LINES:] = [f"and {left} more lines"] if left > 0 else []
        lines.append(
            "Each is shown once, below what requires it first, as there are too many lines; "
            f"{option} has all."
        )
    return iter(lines)


def listed(lines: Sequence[str]) -> list[str]:
    """The lines of a list below a title; of far too many the first, and the number of the others,
    which ``--json`` has."""
    left = len(lines) - _MOST_LISTED
    more = [f"and {left} more, which --json has"] if left > 0 else []
    return [*lines[:_MOST_LISTED], *more]


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
