"""Bounds of ranges, spelled as a package spells its versions: to Spack ``2024.9`` and ``2024_09``
are one version, to who reads a recipe of RDKit they are two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBERS = re.compile(r"[0-9]+(?:[._-][0-9]+)*")
_OTHER = re.compile(r"[_-]")
#: A bound of numbers alone; what else there is (``.post1``) stays as it is.
_BOUND = re.compile(r"(?<![\w.-])[0-9]+(?:\.[0-9]+)*(?![\w.-])")


def spelled_alike(ranges: str, versions: Sequence[str]) -> str:
    """Ranges (without ``@``) with bounds that are spelled as these versions, where they all have
    other separators than dots."""
    known = [text for text in versions if _NUMBERS.fullmatch(text) and not text.isdecimal()]
    if not known or any(not _OTHER.search(text) or "." in text for text in known):
        return ranges
    return _BOUND.sub(lambda match: _alike(match[0].split("."), known), ranges)


def _alike(numbers: Sequence[str], known: Sequence[str]) -> str:
    """As the version that begins with these numbers, else as all of them are."""
    wanted = [int(each) for each in numbers]
    for text in known:
        parts = re.split("[_-]", text)
        if [int(each) for each in parts[: len(numbers)]] == wanted:
            ends = [match.end() for match in re.finditer("[0-9]+", text)]
            return text[: ends[len(numbers) - 1]]
    separators = {each for text in known for each in _OTHER.findall(text)}
    separator = separators.pop() if len(separators) == 1 else "."
    return separator.join(_wide(each, at, known) for at, each in enumerate(numbers))


def _wide(number: str, at: int, known: Sequence[str]) -> str:
    """A number with the zeros that all versions have in its place."""
    there = [parts[at] for parts in (re.split("[_-]", text) for text in known) if len(parts) > at]
    widths = {len(each) for each in there}
    return number.zfill(widths.pop()) if len(widths) == 1 and min(there)[0] == "0" else number
