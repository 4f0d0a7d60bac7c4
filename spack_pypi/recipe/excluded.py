"""The versions of dependencies that a recipe excludes: ``conflicts("^py-foo@1.5", when=...)``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Dependency, DependencyLine
from .statements import statements

_EXCLUDED = re.compile(r"\^(?P<package>[\w-]+)@(?P<versions>[^\s+~%^]+)")


def excluded(text: str) -> Iterator[DependencyLine]:
    """The plain conflicts of a recipe with versions of a dependency, as lines without a type.
    Raises `spack_pypi.recipe.text_edits.Uneditable` for what is not a recipe."""
    for each in statements(text):
        match = _EXCLUDED.fullmatch(each.first) if each.kind == "conflicts" else None
        if match and not each.computed and {*each.keywords} <= {"when", "msg"}:
            line = Dependency(match["package"], match["versions"], (), each.when, ())
            yield DependencyLine(line, each.within)
