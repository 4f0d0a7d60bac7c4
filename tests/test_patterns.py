"""Patterns that look at each line of a text: one that skips blanks at its beginning may not skip
other lines, as it would then look at all empty lines that follow for each of them: a file of two
million empty lines took minutes."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "spack_pypi"


def test_no_pattern_goes_over_lines() -> None:
    found = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if re.search(r"(?<!\[)\^\\s[*+]", file.read_text("utf-8"))
    }
    # It looks at texts of a few characters.
    assert found == {"translate/spelling.py"}
