"""Names that look like another one's, as those of malicious projects do (typosquatting)."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator

#: In shorter names one letter makes another word: of these, only slips of the hand are looked for.
_SHORT = 5
_SHORTEST = 3
_LETTERS = string.ascii_lowercase + "-"


class KnownNames:
    """The names of known projects (PEP 503), which others may look like."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._spellings: dict[str, list[str]] = {}
        for name in self._names:
            self._spellings.setdefault(_letters(name), []).append(name)

    def near(self, project: str) -> list[str]:
        """Which of them have nearly the name of a project that is not among them: one letter more,
        less or other, two swapped, or hyphens elsewhere; of a name under five letters, one letter
        less than a longer name, one twice, or two swapped. Numbers do not count: they number the
        generations of a project."""
        if project in self._names or len(project) < _SHORTEST:
            return []
        edits = _one_edit_away(project) if len(project) >= _SHORT else _slips(project)
        found = {name for name in edits if name in self._names}
        return sorted(found.union(self._spellings.get(_letters(project), ())))


def _letters(name: str) -> str:
    return name.replace("-", "")


def _slips(name: str) -> Iterator[str]:
    """What somebody may have meant who typed a short name."""
    for at, letter in enumerate(name):
        head, tail = name[:at], name[at + 1 :]
        if tail[:1] == letter and letter.isalpha():
            yield head + tail
        if tail and tail[0] != letter:
            yield head + tail[0] + letter + tail[1:]
    if len(name) + 1 >= _SHORT:
        for at in range(len(name) + 1):
            yield from (name[:at] + letter + name[at:] for letter in string.ascii_lowercase)


def _one_edit_away(name: str) -> Iterator[str]:
    for at in range(len(name) + 1):
        head, tail = name[:at], name[at:]
        yield from (head + letter + tail for letter in _LETTERS)
        if tail and not tail[0].isdigit():
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
