"""The licence of a project whose licence file says more than the text of one standard licence: in
words which it is, and, behind its text, the licences of parts that are by others.

Each licence in such a file must be a standard one, word for word, and what stands before it no
more than an introduction: a sentence that permits, forbids or limits anything makes it no standard
licence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .license_texts import longest_at, words_of

#: The longest introduction, copyright notices included, in words and punctuation marks.
_LONGEST = 120
#: Words with which an introduction would be a term.
_TERM = re.compile(
    r"(permi|redistribut|warrant|condition|agree|restrict|propriet|confiden|patent|commerc"
    r"|evaluat|prohibit|forb[ia]d|exclu|additional|sell|charge)\w*"
    r"|dual|either|option|must|may|not|no|except|unless|only|provided|subject|if|shall|granted"
    r"|hereby|cannot|without|purposes?|used?|fees?"
)
#: What reads like a term and is none: that more is said elsewhere, that it is the licence of all
#: else, or of what it may be redistributed under, and that the status of CERN is as it was.
_NO_TERM = re.compile(
    r"unless otherwise (?:specified|noted|stated|indicated)"
    r"|\( see [^()]{0,80}\)"
    r"|(?:you can|it can be) redistributed? (?:it )?and / or modif(?:y|ied) (?:it )?(?=under the)"
    r"|in applying this license , cern does not waive the privileges and immunities granted to it"
    r" by virtue of its status as an intergovernmental organization or submit itself to any"
    r" jurisdiction \.?"
)


class Leading(NamedTuple):
    """The ``licence`` (SPDX) whose text comes first in a file, the ``introduction`` to it, and
    what stands ``behind`` it; ``has_remarks``: that is no term."""

    licence: str
    introduction: str
    has_remarks: bool = False
    behind: str = ""


def leading(text: str) -> Leading | None:
    """The licence of the project, in a file that holds nothing but licences with introductions,
    and a short remark on parts by others; None for other files."""
    words = _words(text)
    found: Leading | None = None
    while words:
        part = _introduced(words)
        if part is None:
            is_remark = len(words) <= _LONGEST and not any(map(_TERM.fullmatch, words))
            return found._replace(has_remarks=True) if found and is_remark else None
        licence, start, end = part
        found = found or Leading(licence, " ".join(words[:start]))
        words = words[end:]
    return found


def without_remarks(text: str) -> str:
    """A text without what reads like a term and is none."""
    return " ".join(_words(text))


def first(text: str) -> Leading | None:
    """The licence whose text comes first, whatever follows; None where something else does."""
    words = _words(text)
    part = _introduced(words)
    if part is None:
        return None
    licence, start, end = part
    return Leading(licence, " ".join(words[:start]), behind=" ".join(words[end:]))


def contained(text: str) -> list[str]:
    """The licences whose texts are in a file, in their order, whatever stands around them."""
    words, found, start = _words(text), [], 0
    while start < len(words):
        here = longest_at(words, start)
        if here:
            found.append(max(here, key=lambda name: here[name]))
        start = max(here.values(), default=start + 1)
    return found


def _words(text: str) -> list[str]:
    return _NO_TERM.sub("", " ".join(words_of(text))).split()


def _introduced(words: Sequence[str]) -> tuple[str, int, int] | None:
    """The first licence, and where its text starts and ends; None where there is none, or where
    something else stands before it."""
    for start in range(min(len(words), _LONGEST)):
        found = longest_at(words, start)
        if found:
            end = max(found.values())
            names = [name for name, at in found.items() if at == end]
            return (names[0], start, end) if len(names) == 1 else None
        if _TERM.fullmatch(words[start]):
            return None
    return None
