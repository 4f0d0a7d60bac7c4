"""Requirements in the form in which setuptools takes them: texts of lines, in lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def requirement_lines(value: Any) -> list[str] | None:
    """The requirements in a text of lines, or a list of such, nested or not, as
    ``setuptools._reqs.parse_strings`` has them: without comments, and a line that ends in a
    backslash goes on in the next one. None for a value of another type, which no build accepts."""
    try:
        lines = _lines(value)
        return [*_joined(line.partition(" #")[0] for line in lines)]
    except TypeError:
        return None


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        stripped = (line.strip() for line in value.splitlines())
        yield from (line for line in stripped if line and not line.startswith("#"))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _lines(each)
    else:
        raise TypeError(value)


def _joined(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        whole = line
        while whole.endswith("\\"):
            # The character before it is a space.
            whole = whole[:-2].strip() + next(lines, "")
        yield whole
