"""Names that look like another one's, as those of malicious projects do (typosquatting)."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator

#: In shorter names one letter makes another word.
_SHORTEST = 5
_LETTERS = string.ascii_lowercase + "-"


def near_names(project: str, known: Collection[str]) -> list[str]:
    """Which of the known projects (PEP 503 names) have nearly the name of one that is not among
    them: one letter more, less or other, two swapped, or hyphens elsewhere. Numbers do not count:
    they number the generations of a project."""
    if project in known or len(project) < _SHORTEST:
        return []
    others = set(known)
    plain = project.replace("-", "")
    found = {other for other in _one_edit_away(project) if other in others}
    found |= {other for other in others if other.replace("-", "") == plain}
    return sorted(found)


def _one_edit_away(name: str) -> Iterator[str]:
    for at in range(len(name) + 1):
        head, tail = name[:at], name[at:]
        yield from (head + letter + tail for letter in _LETTERS)
        if tail and not tail[0].isdigit():
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
