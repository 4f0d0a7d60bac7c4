"""What a project file requires, in whatever form it says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class DeclaredRequirements(NamedTuple):
    """Requirements (PEP 508), the extras that there are, and Requires-Python (PEP 440)."""

    required: Sequence[str]
    extras: Sequence[str] = ()
    python: str = ""
