"""Python source as a tree, in any thread."""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.RLock()


def parse(source: str | bytes) -> ast.Module:
    """What `ast.parse` returns and raises, in one thread at a time: up to Python 3.12 all threads
    share the depth of the tree that is made, and one that is interrupted by another one ends with
    a SystemError."""
    with _ONE_AT_A_TIME:
        return ast.parse(source)
