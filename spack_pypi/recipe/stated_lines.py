"""What the recipes of a package state, its own and those that it inherits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .edit import RecipeText
from .model import DependencyLine
from .text_edits import Uneditable


def stated_lines(texts: Iterable[str]) -> Iterator[DependencyLine]:
    """The plain ``depends_on`` lines of recipes; none of a text that is not such a recipe."""
    for text in texts:
        try:
            yield from RecipeText(text).stated
        except Uneditable:
            continue
