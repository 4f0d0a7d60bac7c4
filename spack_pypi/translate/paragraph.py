"""The first paragraph of a description in Markdown or reStructuredText, as plain text."""

from __future__ import annotations

import re

#: What is no text, wherever it stands: comments, code, images and badges, directives.
_NO_TEXT = (
    re.compile(r"<!--.*?(-->|\Z)", re.S),
    re.compile(r"^(```|~~~).*?(^\1|\Z)", re.S | re.M),
    re.compile(r"\[?!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])(\](\([^)]*\)|\[[^\]]*\]))?"),
    re.compile(r"^[ \t]*\.\. .*(\n[ \t]+\S.*)*", re.M),
    re.compile(r"\|[\w .-]+\|(_\b)?"),
    re.compile(r"<(?=[/a-zA-Z])[^<>]*>"),
    re.compile(r"^\[[^\]]+\]:\s.*", re.M),
)
#: Links, and how their text is marked.
_LINKS = (
    re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])"),
    re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?"),
    re.compile(r":[\w:+.-]+:`~?([^`<]+)[^`]*`"),
    re.compile(r"`([^`]+)`_"),
)
_RULE = re.compile(r"\W*|([^\w\s])\1{2,}")
#: Headings, items of lists, quotations, tables, and what else begins no sentence.
_NO_SENTENCE = re.compile(r"[#>|:+*-]|\d+[.)]\s|https?:|\s{4}|\t")
_FEWEST_WORDS = 4


def first_paragraph(text: str) -> str:
    """The first paragraph that is a sentence, on one line; ``""`` if there is none."""
    text = text.replace("\r\n", "\n")
    for pattern in _NO_TEXT:
        text = pattern.sub("", text)
    for link in _LINKS:
        text = link.sub(r"\1", text)
    paragraphs = re.split(r"\n[ \t]*\n", text)
    return next(filter(None, map(_sentence, paragraphs)), "")


def _sentence(paragraph: str) -> str:
    """The text of a paragraph; empty for a heading, a list, a table or code."""
    lines = [line for line in paragraph.split("\n") if line.strip()]
    while len(lines) > 1 and _RULE.fullmatch(lines[1].strip()):
        del lines[:2]  # a heading that is underlined
    while lines and (_RULE.fullmatch(lines[0].strip()) or lines[0].lstrip().startswith("#")):
        del lines[0]
    if not lines or any(_NO_SENTENCE.match(line) for line in lines):
        return ""
    text = re.sub(r" ([.,;])(?= |$)", r"\1", " ".join(" ".join(lines).split()))
    said = re.match(r"\W*\w", text) and len(text.split()) >= _FEWEST_WORDS
    return text if said and not text.endswith(("::", ":")) else ""
