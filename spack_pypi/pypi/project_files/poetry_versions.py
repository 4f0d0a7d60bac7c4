"""Versions as Poetry writes them: ``^1.2``, ``~1.2``, ``1.*``, ``>=1,<2 || ^3``.

https://python-poetry.org/docs/dependency-specification/#version-constraints
"""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ..limits import is_short

_OPERATORS = ("===", "==", "!=", "<=", ">=", "~=", "<", ">")


def specifiers(text: str) -> tuple[SpecifierSet, ...]:
    """The sets of versions one of which must contain a version. Raises ValueError for a text that
    is not a constraint."""
    if not is_short(text):
        raise ValueError(f"'{text[:40]}...' is too long for a range of versions")
    try:
        return tuple(_alternative(each) for each in re.split(r"\|\|?", text))
    except (InvalidSpecifier, InvalidVersion):
        raise ValueError(f"'{text}' is not a range of versions") from None


def accepts(text: str, version: str) -> bool:
    """Whether a constraint accepts a version. Raises ValueError where one of them is invalid."""
    try:
        parsed = Version(version if is_short(version) else "")
    except InvalidVersion:
        raise ValueError(f"'{version[:40]}' is not a version") from None
    return any(each.contains(parsed, prereleases=True) for each in specifiers(text))


def _alternative(text: str) -> SpecifierSet:
    text = re.sub(r"(\^|~=?|[<>=!]=?=?)\s+", r"\1", text.strip())
    return SpecifierSet(",".join(map(_clause, filter(None, re.split(r"[,\s]+", text)))))


def _clause(text: str) -> str:
    """A clause as PEP 440 writes it."""
    if text == "*":
        return ""
    if text.startswith("^"):
        return _up_to(text[1:], _first_number(Version(text[1:]).release))
    if text.startswith("~") and not text.startswith("~="):
        return _up_to(text[1:], min(1, len(Version(text[1:]).release) - 1))
    if text.startswith(_OPERATORS):
        return text
    return f"=={text.lstrip('=')}"


def _first_number(release: tuple[int, ...]) -> int:
    """Where the first number lies that is not zero."""
    return next((at for at, number in enumerate(release) if number), len(release) - 1)


def _up_to(least: str, at: int) -> str:
    """From a version on, as long as its numbers up to this one stay."""
    release = Version(least).release
    above = (*release[:at], release[at] + 1)
    return f">={least},<{'.'.join(map(str, above))}"
