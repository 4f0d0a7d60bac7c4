"""TOML from an archive: its shape is not trusted."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from .. import limits

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


#: The most parts of a key (``a.b.c``): the parser needs memory by the square of their number.
_MOST_PARTS = 100
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*\.[ \t]*{_PART}){{{_MOST_PARTS}}}")


def loads(text: str) -> Mapping[str, Any]:
    """The document. Raises ValueError for what is not TOML, or has a key of too many parts."""
    lines = (line for line in text.split("\n") if line.count(".") >= _MOST_PARTS)
    if any(map(_LONG_KEY.search, lines)):
        raise ValueError(f"it has a key of more than {_MOST_PARTS} parts")
    return limits.parsed(tomllib.loads, text)


def at(table: Any, *keys: str) -> Any:
    """What lies below these keys; None where nothing does, or something else than tables."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def strings(value: Any) -> list[str]:
    """The texts of a list; none of anything else."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
