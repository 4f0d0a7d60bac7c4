"""Which release a version of a recipe means: the inverse of `spack_order.spelling`, for all the
ways in which people write versions.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cache

from packaging.version import InvalidVersion, Version

from ..pypi.for_one_python import labelled, minor_python
from ..pypi.limits import is_short

#: What Spack can write, but for a leading ``v``: digits first, else it is the name of a branch.
_TEXT = re.compile(r"[vV]?([0-9][0-9A-Za-z]*(?:[._-][0-9A-Za-z]+)*)")


def meant(text: str, released: Container[Version] = ()) -> Version | None:
    """The version (PEP 440) that a version text in Spack means; None for the name of a branch and
    for what is not a version of a release.

    To Spack all separators are the same, ``2024_09_5`` is 2024.9.5 and ``1-2`` is 1.2; to PEP 440
    ``1-2`` is 1.post2. Where only that one is among those that were ``released``, it is meant.
    """
    possible = _readings(text)
    if len(possible) > 1:
        return next((version for version in possible if version in released), possible[0])
    return possible[0] if possible else None


def epoch_of(texts: Iterable[str], released: Iterable[Version]) -> int:
    """The epoch of the releases that versions of a recipe mean, which Spack cannot spell: 0
    unless each of them was released in this epoch, and in no other."""
    epochs: dict[Version, set[int]] = {}
    for version in released:
        without = Version(str(version).rpartition("!")[2])
        epochs.setdefault(without, set()).add(version.epoch)
    numbers = filter(None, map(meant, texts))
    found = {epoch for each in numbers for epoch in epochs.get(each, {0})}
    return found.pop() if len(found) == 1 else 0


def in_epoch(specifier: str, epoch: int) -> str:
    """A specifier (PEP 440) without the epoch that all its versions have; as it is where one has
    another."""
    clauses = specifier.split(",")
    mark = re.compile(rf"^\s*([<>=!~]+)\s*{epoch}!")
    if not epoch or not all(map(mark.match, clauses)):
        return specifier
    return ",".join(mark.sub(r"\1", clause) for clause in clauses)


def is_ambiguous(text: str) -> bool:
    """Whether what a version text means depends on what was released."""
    return len(_readings(text)) > 1


def is_for_one_python(text: str) -> bool:
    """Whether a version text names a release for one Python (`pypi.for_one_python`)."""
    version = meant(text)
    return version is not None and bool(minor_python(version))


@cache
def _readings(text: str) -> tuple[Version, ...]:
    """What a version text may mean, each once."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return ()
    public, for_python, minor = match[1].partition("-cp3")
    if for_python and minor.isdecimal():
        return tuple(Version(labelled(str(each), minor)) for each in _readings(public))
    texts = dict.fromkeys((re.sub("[_-]", ".", match[1]), match[1]))
    readings = map(pep440, texts)
    return tuple(dict.fromkeys(version for version in readings if version is not None))


def pep440(text: str) -> Version | None:
    """The version that a text is by PEP 440; None for what is not one."""
    try:
        return Version(text) if is_short(text) else None
    except InvalidVersion:
        return None
