"""JSON from outside: its shape is not trusted."""

from __future__ import annotations

import json
from typing import Any

from . import limits

#: The most objects and lists of a document, which take up to a hundred times their text in
#: memory: three times as many as a page of the most files has.
MOST_PARTS = 1_000_000


def loads(body: bytes | str) -> Any:
    """The document. Raises ValueError for what is not JSON, or has too many parts."""
    if (
        parts(body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body)
        > MOST_PARTS
    ):
        raise ValueError(f"it has more than {MOST_PARTS:,} objects and lists, the limit")
    return limits.parsed(json.loads, body)


def parts(body: bytes) -> int:
    """How many objects and lists a document has at most."""
    return body.count(b"{") + body.count(b"[")
