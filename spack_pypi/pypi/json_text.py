"""JSON from outside: its shape is not trusted."""

from __future__ import annotations

import json
from typing import Any

from . import limits


def loads(body: bytes | str) -> Any:
    """The document. Raises ValueError for what is none."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(limits.without_advice(str(error))) from None
