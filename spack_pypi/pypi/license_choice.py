"""That a project is under several licences, of which one may be chosen: in a description, or in a
licence file. The names of the licences stand behind it."""

from __future__ import annotations

import re

_CHOICE = re.compile(
    r"\bdual(?:ly)?[- ]licen[cs]ed\b(?! (?:commercial|proprietary))"
    r"(?:\s+\w+\.\s+(?:it|this \w+) (?:is|may be|can be) \w+\s+under\b)?"
    r"|\b(?:under|of) (?:the terms of )?either\b[^.]{0,40}?\b(?:of|licen[cs]es?)(?![a-z])",
    re.I,
)
#: What a sentence begins with that is about a part of the project.
_OF_PART = re.compile(
    r"\b(?:documentation|docs|examples?|recipes|tests?|data|fonts?|icons?|images|website)\b", re.I
)
_BEGINS = re.compile(r"[.!?:]\s|\n\s*\n|\A")
_MARK = re.compile(r"[*`]+")
#: How much of what follows is kept, characters, and where it ends before that.
_LONGEST = 240
_END = re.compile(
    r"(?<=[\w)])\.(?=\s+[A-Z]|\s*\Z)|\bat your (?:option|choice)\b"
    r"|\n\s*\n\s*(?:#|\w+\n[=~-]{3})"
)
#: How much of a text is searched.
_SEARCHED = 1 << 16


def choice(text: str) -> str:
    """How a text says that there is a choice, and of which licences; ``""`` if it does not."""
    text = _MARK.sub("", text[:_SEARCHED])
    all_said = (each for each in _CHOICE.finditer(text) if not _is_of_part(text, each.start()))
    said = next(all_said, None)
    if said is None:
        return ""
    end = _END.search(text, said.end(), said.end() + _LONGEST)
    return " ".join(text[said.start() : end.start() if end else said.end() + _LONGEST].split())


def _is_of_part(text: str, at: int) -> bool:
    """Whether the sentence in which something stands at a place is about a part of a project, such
    as its documentation."""
    begin = max(each.end() for each in _BEGINS.finditer(text, 0, at))
    return _OF_PART.search(text, begin, at) is not None
