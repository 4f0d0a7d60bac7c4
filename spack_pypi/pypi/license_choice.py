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
    said = _CHOICE.search(text)
    if said is None:
        return ""
    end = _END.search(text, said.end(), said.end() + _LONGEST)
    return " ".join(text[said.start() : end.start() if end else said.end() + _LONGEST].split())
