"""JSON from outside: its shape is not trusted."""

from __future__ import annotations

import json
from typing import Any

from . import limits


def loads(body: bytes | str) -> Any:
    """The document. Raises ValueError for what is not JSON."""
    return limits.parsed(json.loads, body)
