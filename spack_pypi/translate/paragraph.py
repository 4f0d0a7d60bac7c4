"""The first paragraph of a description in Markdown or reStructuredText, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

#: What is not text, wherever it stands: comments, code, images and badges, links in two brackets
#: (which have only a label), directives.
_NO_TEXT = (
    re.compile(r"<!--.*?(-->|\Z)", re.S),
    re.compile(r"^(```|~~~).*?(^\1|\Z)", re.S | re.M),
    re.compile(r"\[?!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])(\](\([^)]*\)|\[[^\]]*\]))?"),
    re.compile(r"\[\[[^\[\]]*\]\](\([^)]*\))?"),
    re.compile(r"^[ \t]*\.\. .*(\n[ \t]+\S.*)*", re.M),
    re.compile(r"\|[\w .-]+\|(_\b)?"),
    re.compile(r"<(?=[/a-zA-Z])[^<>]*>"),
    re.compile(r"^\[[^\]]+\]:\s.*", re.M),
    re.compile(r"[ \t]*\[\^[\w-]+\]"),
)
#: Links, and how their text is marked.
_LINKS = (
    re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])"),
    re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?"),
    re.compile(r":[\w:+.-]+:`~?([^`<]+)[^`]*`"),
    re.compile(r"`([^`]+)`__?"),
)
#: Where the link of a label leads to, the label in Markdown or reStructuredText.
_TARGET = re.compile(r"^ {0,3}(?:\[([^\]^][^\]]*)\]|\.\. _([^:`]+)):[ \t]", re.M)
#: A character that has a name or a number in HTML.
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[\da-f]{1,6});", re.I)
#: Between the links of a line that has no sentence.
_SEPARATOR = re.compile(r" [|\u00b7\u2022] ")
_RULE = re.compile(r"\W*|([^\w\s])\1{2,}")
#: Headings, items of lists, quotations, tables, and what else begins no sentence.
_NO_SENTENCE = re.compile(
    r" {0,2}(?:[#>|:+-]|\*(?!\*?\w)|\*\*[^*]+(?::\*\*|\*\*:)|\d+[.)]\s|https?:)|\s{3}|\t"
)
#: What a folder contains, before what the project does.
SOURCES = r" (?:the )?(?:source(?: code)?|code) (?:for|of) (?:[^\s,.]+ ){1,5}?[^\s,.]+, which "
#: What begins a sentence about something that was said before, about the page itself, or to the
#: reader; and commands.
_REFERS_BACK = re.compile(
    r"(it|they|these|those|here|where|which|and|or|but|should|this should|then|otherwise"
    r"|this (folder|directory|repo|repository) (contains|holds|hosts|includes|accompanies)"
    r"(?!" + SOURCES + ")"
    r"|using this|this (page|file|document|readme|section|guide)"
    r"|`*(pipx?|conda|mamba|uv|npm|brew|apt(-get)?|docker|git) (install|add|clone|run|pull)"
    r"|install(ing|ation)?|usage"
    r"|see|note|please|todo|warning|welcome(?! to an? )|visit|click|join|learn (more|about)"
    r"|check out|if you|for (more|further|details|installation)|to (install|cite|perform|run)"
    r"|(to )?get started|our|we|you)\b",
    re.I,
)
#: What says what became of a project, and not what it is.
_NOTICE = re.compile(
    r"\b(?:has|have) been (?:moved|renamed|archived|deprecated|superseded|merged)\b"
    r"|\bis (?:now )?(?:archived|deprecated|unmaintained|no longer maintained)\b"
    r"|\bexists (?:only )?for backwards? compatibility\b",
    re.I,
)
#: A sentence that says how to get it, how far it is, or where its documentation is.
_GETTING = (
    r"(?:[^.!?]|[.!?](?! ))*?(?: (?:can|must|should|needs? to|required to) be installed"
    r"| installs from| is not supported| is under (?:heavy |active )?development"
    r"|\bdocumentation (?:for \S+ )?(?:is|can be))\b"
)
_IS_GETTING = re.compile(_GETTING, re.I)
#: A sentence behind the first one that is about use: it, and what follows, do not say what a
#: project is.
_USE = re.compile(
    r"(?<=[.!?]) (?:(?:by default|see|please|note|visit|check out|refer|if you|(?:read|learn) more"
    r"|you can (?:also )?(?:find|read|see|install|try|visit)|to (?:install|cite|use|get started)"
    r"|for (?:an? |the |more |further |full |complete |detailed |additional )*"
    rf"(?:documentation|docs|details|information|list|examples|instructions))\b|{_GETTING}).*",
    re.I,
)
#: A sentence ends, and another one begins.
_NEXT = re.compile(r"[.!?](?=\s)")
#: A heading: in Markdown, or in reStructuredText, where a line below it shows what it is.
_HEADING = re.compile(
    r"#{1,3}[ \t]+(?P<hashes>\S.{0,200}?)[ \t#]*$|(?P<lined>\S.*)\n[=~*#-]{3,}[ \t]*$", re.M
)
#: The end of a sentence that is whole without the list to which it leads, and items of one.
_LEADING = re.compile(r",? (including|namely|such as)( the following)?:$")
_ITEM = re.compile(r"\s*([-*+\u2022]|\d+[.)])\s")
_EMPHASIS = re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)")
_FEWEST_WORDS = 4
_SHORTEST = re.compile(r"(?:\S+ ){2}\S+\.")
_LEGAL = re.compile(r"copyright|licen[cs]ed?|rights|reserved", re.I)


def first_paragraph(text: str) -> str:
    """The first paragraph that is a sentence of `_FEWEST_WORDS` or more, on one line; ``""`` if
    there is none."""
    long = (each for each in _sentences(text) if len(each.split()) >= _FEWEST_WORDS)
    return next(long, "")


def short_paragraph(text: str) -> str:
    """The first paragraph that is a sentence of three words with a full stop; ``""`` if there is
    none."""
    short = (each for each in _sentences(text) if _SHORTEST.fullmatch(each))
    return next((each for each in short if not _LEGAL.search(each)), "")


def title(text: str) -> str:
    """The heading with which a text begins; ``""`` if it begins with anything else."""
    found = _HEADING.match(_text_alone(text).strip())
    return (found["hashes"] or found["lined"]).strip() if found else ""


def _sentences(text: str) -> Iterator[str]:
    paragraphs = re.split(r"\n[ \t]*\n", _text_alone(text))
    return filter(None, map(_sentence, paragraphs))


def _text_alone(text: str) -> str:
    text = text.replace("\r\n", "\n")
    labels = {label for found in _TARGET.findall(text) for label in found if label}
    for pattern in _NO_TEXT:
        text = pattern.sub("", text)
    for link in _LINKS:
        text = link.sub(r"\1", text)
    for label in labels:
        text = text.replace(f"[{label}]", label)
        text = re.sub(rf"(?<!\w){re.escape(label)}_(?!\w)", label, text)
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


def _sentence(paragraph: str) -> str:
    """The text of a paragraph; empty for a heading, a list, a table or code."""
    lines = [line for line in paragraph.split("\n") if line.strip()]
    while lines:
        if len(lines) > 1 and _RULE.fullmatch(lines[1].strip()):
            del lines[:2]  # a heading that is underlined
        elif _RULE.fullmatch(lines[0].strip()) or lines[0].lstrip().startswith("#"):
            del lines[0]
        else:
            break
    for at, line in enumerate(lines[1:], 1):
        if _ITEM.match(line) and lines[at - 1].rstrip().endswith((":", ".")):
            del lines[at:]  # the list that it leads to, or that stands below it
            break
    if not lines or any(_NO_SENTENCE.match(line) for line in lines):
        return ""
    text = re.sub(r" ([.,;])(?= |$)", r"\1", " ".join(" ".join(lines).split()))
    text = _USE.sub("", _EMPHASIS.sub(r"\1", text))
    text = _LEADING.sub(".", text)
    if text.endswith(":"):  # it leads to a list or code
        text = text[: max((match.end() for match in _NEXT.finditer(text)), default=0)]
    said = re.match(r"\W*\w", text)
    other = _SEPARATOR.search(text) or _REFERS_BACK.match(text) or _NOTICE.search(text)
    return text if said and not (other or _IS_GETTING.match(text)) else ""
