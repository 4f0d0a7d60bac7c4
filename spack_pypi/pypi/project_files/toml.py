"""TOML from an archive: its shape is not trusted."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from .. import limits

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def loads(text: str) -> Mapping[str, Any]:
    """The document. Raises ValueError for what is not TOML."""
    return limits.parsed(tomllib.loads, text)


def at(table: Any, *keys: str) -> Any:
    """What lies below these keys; None where nothing does, or something else than tables."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def strings(value: Any) -> list[str]:
    """The texts of a list; none of anything else."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
