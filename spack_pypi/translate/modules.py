"""Which project a module comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from packaging.utils import canonicalize_name

#: Reviewed: import name → project, where they differ, or nobody doubts that they do not.
_NAMES = Path(__file__).with_name("import_names.json")


def provider(module: str) -> str:
    """The project that a module comes from: from the table, else the one of its name."""
    names = _table()
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        known = names.get(".".join(parts[:length]))
        if known:
            return known
    return canonicalize_name(parts[0])


def within(module: str) -> frozenset[str]:
    """The projects of which modules lie in a top-level one that they share (``google``)."""
    return frozenset(
        project for name, project in _table().items() if name.startswith(f"{module}.")
    )


def is_known(module: str) -> bool:
    """Whether it is certain which project a top-level module comes from."""
    return module in _table()


@cache
def _table() -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(_NAMES.read_text("utf-8"))
    return found
