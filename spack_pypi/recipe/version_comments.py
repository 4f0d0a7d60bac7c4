"""Comments that `directives.comment` wrote for some versions of a recipe (``# 2.0, 1.0: x is left
out``): when only some of these remain, and when others are added."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..syntax import source_lines
from . import directives


class _Comment(NamedTuple):
    """A comment of the lines from ``start`` to ``end`` of a text: what it says, and of which
    versions."""

    start: int
    end: int
    versions: list[str]
    said: str


def with_versions(text: str, versions: Collection[str], kept: Collection[str]) -> str:
    """The text of a recipe with these ``versions``, in which each such comment is about those that
    are ``kept``: without them where it is about all of these, and gone where it is about none."""
    lines = source_lines(text)
    found = [*_comments(lines, versions)]
    for each in reversed(found):
        left = [version for version in each.versions if version in kept]
        about = "" if {*left} == {*kept} else f"{', '.join(left)}: "
        new = directives.comment(about + each.said).split("\n") if left else []
        lines[each.start : each.end] = new
        after = each.start + len(new)
        if not (new or lines[each.start - 1].strip() or "".join(lines[after : after + 1]).strip()):
            del lines[each.start - 1]  # of two blank lines, one
    return _joined(lines, text)


def unsaid(text: str, versions: Collection[str], new: Sequence[str]) -> list[str]:
    """Those of ``new`` comments that none in the text of a recipe with these ``versions`` (also
    the new ones) says of other versions."""
    there = {each.said for each in _comments(source_lines(text), versions)}
    known = {each for each, comment in _read(new, versions).items() if comment.said in there}
    return [each for each in new if each not in known]


def with_more(text: str, versions: Collection[str], new: Sequence[str]) -> str:
    """The text of a recipe with these ``versions`` (also the new ones), in which comments that say
    what ``new`` ones do are about their versions as well."""
    lines = source_lines(text)
    said = {comment.said: comment.versions for comment in _read(new, versions).values()}
    there = [each for each in _comments(lines, versions) if each.said in said]
    for each in reversed(there):
        more = [version for version in said[each.said] if version not in each.versions]
        about = ", ".join([*more, *each.versions])
        lines[each.start : each.end] = directives.comment(f"{about}: {each.said}").split("\n")
    return _joined(lines, text)


def _read(new: Sequence[str], versions: Collection[str]) -> dict[str, _Comment]:
    """What new comments say that are about some versions, by their texts."""
    found = {}
    for text in new:
        lines = source_lines(directives.comment(text))
        comments = [*_comments(lines, versions)]
        if comments and comments[0].end == len(lines):
            found[text] = comments[0]
    return found


def _joined(lines: Sequence[str], text: str) -> str:
    """A text with these lines in place of its own."""
    if lines == source_lines(text):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    return newline.join(lines).rstrip(newline) + newline


def _comments(lines: Sequence[str], versions: Collection[str]) -> Iterator[_Comment]:
    at = 0
    while at < len(lines):
        start = at
        named = _versions(lines[at], versions)
        at += 1
        while named and at < len(lines) and _goes_on(lines[at - 1], lines[at], versions):
            at += 1
        if named:
            said = " ".join(line.strip(" #") for line in lines[start:at])
            yield _Comment(start, at, named, said.partition(": ")[2])


def _versions(line: str, versions: Collection[str]) -> list[str]:
    """The versions that a comment which begins in a line is about; none for another line."""
    start = f"{directives.INDENT}# "
    listed, colon, _ = line[len(start) :].partition(": ")
    named = listed.split(", ") if colon and line.startswith(start) else []
    return named if {*named} <= {*versions} else []


def _goes_on(line: str, following: str, versions: Collection[str]) -> bool:
    """Whether a comment goes on in the following line, as its first word had no room."""
    start = f"{directives.INDENT}# "
    if not following.startswith(start) or _versions(following, versions):
        return False
    word, _, _ = following[len(start) :].partition(" ")
    return len(f"{line} {word}") > directives.WIDTH


def without_lines(text: str) -> str:
    """A comment without the numbers of lines of files, which differ from version to version."""
    return re.sub(r"(?<=\w):\d+|(?<=\bline )\d+", "", text)
