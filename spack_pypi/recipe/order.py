"""How Spack orders versions, and the order of a recipe's ``version`` lines: newest first.

The model is https://spack.readthedocs.io/en/latest/spec_syntax.html (version specifier). Tests
compare the key with Spack's own classes; it is the same with and without Spack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from .model import VersionLine

_SEGMENT = re.compile(r"([0-9]+)|([a-zA-Z]+)")
_PRERELEASES = {"alpha": 0, "beta": 1, "rc": 2, "final": 3}
#: Names of branches, which are newer than any release.
_BRANCHES = ("stable", "nightly", "trunk", "head", "master", "main", "develop")
#: The kind of a version that is not a pre-release.
FINAL = 3

#: Component by component: text sorts before numbers, and those before branches; then pre-releases
#: before the final one.
Key = tuple[tuple[tuple[int, int, str], ...], tuple[int, ...]]

#: Before and after all versions.
BOTTOM: Key = ((), (0,))
TOP: Key = (((3, 0, ""),), (FINAL,))


@cache
def key(version: str) -> Key:
    """Sort key of a version text; two texts with one key are one version to Spack."""
    segments = _SEGMENT.findall(version)
    prerelease: tuple[int, ...] = (FINAL,)
    if len(segments) >= 3 and segments[-2][1] in _PRERELEASES and segments[-1][0]:
        prerelease = (_PRERELEASES[segments[-2][1]], int(segments[-1][0]))
        segments = segments[:-2]
    elif len(segments) >= 2 and segments[-1][1] in _PRERELEASES:
        prerelease = (_PRERELEASES[segments[-1][1]],)
        segments = segments[:-1]
    return tuple(_component(number, text) for number, text in segments), prerelease


def _component(number: str, text: str) -> tuple[int, int, str]:
    if number:
        return 1, int(number), ""
    return (2, _BRANCHES.index(text), "") if text in _BRANCHES else (0, 0, text)


def in_order(lines: Iterable[VersionLine]) -> list[VersionLine]:
    """The ``version`` lines in the order in which a recipe lists them: newest first."""
    return sorted(lines, key=lambda line: key(line.version), reverse=True)


def precedes(version: str, other: str) -> bool:
    """Whether the line of a version stands above that of another one: the same order."""
    return key(version) > key(other)


def after(bound: str) -> Key:
    """Where ``:bound`` ends: the key of the first version that no longer has ``bound`` as its
    prefix, since ranges are closed-open."""
    release, prerelease = key(bound)
    if prerelease[0] != FINAL:
        number = prerelease[1] + 1 if len(prerelease) > 1 else 0
        return release, (prerelease[0], number)
    kind, number, text = release[-1]
    last = (kind, number + 1, text) if kind else (kind, number, _next(text))
    return (*release[:-1], last), prerelease


def _next(text: str) -> str:
    """The text that Spack takes for the next one: letters are A-Z, then a-z."""
    if text.endswith("z"):
        return f"{text}A"
    return text[:-1] + ("a" if text.endswith("Z") else chr(ord(text[-1]) + 1))
