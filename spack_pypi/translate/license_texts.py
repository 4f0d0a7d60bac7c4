"""Which standard licence a text is: exactly one of those in ``spdx/``, or none.

What the matching guidelines of the SPDX licence list let differ is left out before texts are
compared: white space, case, quotation marks, bullets, the title, copyright notices, the spelling
of some words. So is a slip in a long word, which leaves no other word that licences have
("procuremen"). The files in ``spdx/`` are named as SPDX names the licences, and mark what may
be missing ``[[so]]``, what has alternatives ``{{so|or so}}``, and names by ``*``. They are made
from https://github.com/spdx/license-list-XML; the texts of the GNU licences are not among them, as
they do not say whether later versions may be chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from os.path import commonprefix
from pathlib import Path
from typing import Union

_FOLDER = Path(__file__).with_name("spdx")
#: The longest text that ``*`` matches, in words and punctuation marks.
_LONGEST_NAME = 60
#: Spellings that count as the same, as the guidelines of SPDX allow.
_SAME = {
    "licence": "license",
    "licences": "licenses",
    "sub-license": "sublicense",
    "non-infringement": "noninfringement",
    "merchantibility": "merchantability",
    "copyright owner": "copyright holder",
    "copyright owners": "copyright holders",
    "https": "http",
    "&": "and",
}
_SPELLED = re.compile("|".join(rf"(?<!\w){each}(?!\w)" for each in sorted(_SAME, reverse=True)))
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
#: Bullets and numbers (wherever they stand, as lines may be broken anywhere), separators, and what
#: quotes, emphasizes or comments.
_BULLET = re.compile(
    r"\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)"
    r"|(?<!\S)(?:[-+]|(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,4})[.):])(?!\S)"
)
_COPYRIGHT = re.compile(r"copyright\s*\(c\)|\(c\)(?=\s*\d{4})|©")
_SEPARATOR = re.compile(r"([^\w\s])\1{2,}")
_COMMENT = re.compile(r"/\*+|\*+/")
_MARK = re.compile(r"[\"'`´‘’“”„«»<>#_*•·|\\]")
#: Words of the titles of licences, which say nothing that the text does not.
_TITLE = re.compile(
    r"0bsd|agreement|and|apache|artistic|attribution|august|boost|bsd|bsl|cc0|clauses?|clear|code"
    r"|commons|copyright|creative|eclipse|epl|eupl|european|expat|for|foundation|free|http|identifier"
    r"|international|iscl?|january|legal"
    r"|licenses?|libpng|mit|modified|mozilla|mpl|new|no|of|open|org|original|permissive|psf|public"
    r"|python|revised|simplified|software|source|spdx|style|terms|the|three|two|universal|university"
    r"|union|unlicense|upl|v|version|www|zero|zlib|zope|zpl|\d+(?:th)?|[^\w\s]"
)
_LONGEST_TITLE = 40
#: Words that neither a copyright notice nor a name has: what has them says more, and so does a
#: sentence with a verb.
_NOT_IN_NOTICE = re.compile(
    r"(licens|permi|redistribut|warrant|condition|agree|restrict|propriet|confiden|patent|commerc"
    r"|evaluat|distribut|modif)\w*"
    r"|terms|purposes?|use|used|only|must|may|not|no|except|provided|subject|under|notice|granted"
    r"|is|are|be|was|were|been|has|have|can|cannot|shall|should|will|do|does|if|unless"
)
_LONGEST_NOTICE = 200
#: A letter more or fewer makes another word of many shorter ones.
_LEAST_MISSPELT = 8
#: How much of a licence tells it from others that only have its title, in words and marks.
_BEGINNING = 20
#: What may stand before all: the name of the project, and what it is.
_LONGEST_PREFACE = 15
#: What may stand before the title of a licence of GNU, characters.
_LONGEST_BEFORE_TITLE = 200
_GNU = re.compile(
    r"gnu (?:(affero|lesser|library) )?general public license\W+version (\d)(?: \. (\d))?"
)

#: The date behind the title: it is the text, not a mention.
_GNU_TEXT = re.compile(rf"{_GNU.pattern} , (?:\d{{1,2}} )?(?:june|november|february) \d{{4}}")


@dataclass(frozen=True)
class _Choice:
    """One of several texts."""

    options: tuple[_Text, ...]


class _Name:
    """Any few words."""


_Part = Union[str, _Choice, _Name]
_Text = tuple[_Part, ...]


@lru_cache(maxsize=32)  # a recipe and its notes ask for the same
def recognised(text: str) -> str:
    """The SPDX identifier of the licence whose text this is, and nothing else but the same text
    again (for parts with other authors); ``""`` if there is none."""
    words = words_of(text)
    # The last full stop is often lost.
    for ending in ((), (".",)):
        whole = [*words, *ending]
        found = [name for name, licence in _licences().items() if _consists_of(licence, whole)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def begins_as(text: str, licence: str) -> bool:
    """Whether a text begins as that of this ``licence`` (SPDX), whatever it says later on."""
    words = words_of(text)
    parts = _licences().get(licence, ())[:_BEGINNING]
    return bool(parts) and bool(_ends(parts, words, set(_starts(words))))


def longest_at(words: Sequence[str], start: int) -> Mapping[str, int]:
    """The licences whose text begins at this one of the ``words``, each with where it ends."""
    ends = {name: _ends(licence, words, {start}) for name, licence in _licences().items()}
    return {name: max(each) for name, each in ends.items() if each}


def gnu_licence(text: str) -> str:
    """The licence of GNU of which a text has the title (``LGPL-2.1``); ``""`` if it has none."""
    title = _GNU.search(" ".join(words_of(text[:1000])))
    if title is None:
        return ""
    return _of_title(title)


def gnu_licences(text: str) -> set[str]:
    """The licences of GNU whose texts begin anywhere in a file."""
    return {*map(_of_title, _GNU_TEXT.finditer(" ".join(words_of(text))))}


def _of_title(title: re.Match[str]) -> str:
    kind = {"affero": "A", "lesser": "L", "library": "L"}.get(title[1] or "", "")
    return f"{kind}GPL-{title[2]}.{title[3] or '0'}"


def is_gnu_alone(text: str) -> bool:
    """Whether a text with the title of a licence of GNU begins with it, and says nothing behind
    that licence, or before it, that makes an exception."""
    title = _GNU.search(" ".join(words_of(text[:1000])))
    before = title.string[: title.start()] if title else ""
    behind = text.partition("END OF TERMS AND CONDITIONS")[2]
    return (
        title is not None
        and len(before) <= _LONGEST_BEFORE_TITLE
        and not re.search(r"exception|addition|except", f"{before} {behind.lower()}")
    )


def _consists_of(licence: _Text, words: Sequence[str]) -> bool:
    ends = _ends(licence, words, set(_starts(words)))
    while ends and len(words) not in ends:
        words = words[max(ends) :]
        ends = _ends(licence, words, set(_starts(words)))
    return bool(ends)


def words_of(text: str) -> list[str]:
    """Words and punctuation marks, without what may differ."""
    text = _COPYRIGHT.sub(" copyright ", _DASHES.sub("-", text.lower()))
    text = _MARK.sub(" ", _COMMENT.sub(" ", text))
    text = _BULLET.sub("", _SEPARATOR.sub(" ", text))
    text = _SPELLED.sub(lambda match: _SAME[match[0]], " ".join(text.split()))
    return re.findall(r"\w+|[^\w\s]", text)


def _starts(words: Sequence[str]) -> Iterator[int]:
    """Where the text may start: after its title and copyright notices."""
    title, notice = 0, _LONGEST_PREFACE
    for at, word in enumerate(words):
        yield at
        if word == "copyright":
            notice = _LONGEST_NOTICE
        elif notice and not _NOT_IN_NOTICE.fullmatch(word):
            notice -= 1
        elif _TITLE.fullmatch(word) and title < _LONGEST_TITLE:
            title, notice = title + 1, min(notice, _LONGEST_PREFACE)
        else:
            return


def _ends(text: _Text, words: Sequence[str], starts: set[int]) -> set[int]:
    """Where in ``words`` a text ends that starts at one of ``starts``."""
    for part in text:
        if isinstance(part, str):
            starts = {at + 1 for at in starts if at < len(words) and _is_same(words[at], part)}
        elif isinstance(part, _Name):
            starts = {end for at in starts for end in _name_ends(words, at)}
        else:
            starts = {end for option in part.options for end in _ends(option, words, starts)}
        if not starts:
            break
    return starts


def _is_same(word: str, meant: str) -> bool:
    """Whether a word is the one that is ``meant``, but for one slip: of its letters, one is
    missing, too many or another, or two have changed places."""
    if word == meant:
        return True
    if len(meant) < _LEAST_MISSPELT or abs(len(word) - len(meant)) > 1:
        return False
    start = len(commonprefix([word, meant]))
    rest, due = word[start:], meant[start:]
    swapped = rest[:2] == due[1::-1] and rest[2:] == due[2:]
    one_slip = rest[1:] in (due, due[1:]) or rest == due[1:] or swapped
    return one_slip and word.isalpha() and word not in _vocabulary()


def _name_ends(words: Sequence[str], start: int) -> Iterator[int]:
    yield start
    for at in range(start, min(len(words), start + _LONGEST_NAME)):
        if _NOT_IN_NOTICE.fullmatch(words[at]):
            return
        yield at + 1


@cache
def _licences() -> Mapping[str, _Text]:
    files = sorted(_FOLDER.glob("*.txt"))
    return {file.stem: _parsed(file.read_text("utf-8")) for file in files}


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(
        word for file in _FOLDER.glob("*.txt") for word in words_of(file.read_text("utf-8"))
    )


def _parsed(text: str) -> _Text:
    """The parts of a text in the notation of ``spdx/``."""
    pieces = iter(re.split(r"(\[\[|\]\]|\{\{|\}\}|\||\*)", " ".join(text.split())))
    return _options(pieces)[0]


def _options(pieces: Iterator[str], end: str | None = None) -> tuple[_Text, ...]:
    """What stands between the ``|`` up to the ``end``."""
    options: list[list[_Part]] = [[]]
    for piece in pieces:
        if piece == end:
            break
        if piece == "[[":
            options[-1].append(_Choice((*_options(pieces, "]]"), ())))
        elif piece == "{{":
            options[-1].append(_Choice(_options(pieces, "}}")))
        elif piece == "|":
            options.append([])
        elif piece == "*":
            options[-1].append(_Name())
        else:
            options[-1] += words_of(piece)
    return tuple(map(tuple, options))
