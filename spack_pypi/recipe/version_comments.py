"""Comments that `directives.comment` wrote for some versions of a recipe (``# 2.0, 1.0: x is left
out``), when only some of these remain."""

from __future__ import annotations

from collections.abc import Collection

from ..syntax import source_lines
from . import directives


def with_versions(text: str, versions: Collection[str], kept: Collection[str]) -> str:
    """The text of a recipe with these ``versions``, in which each such comment is about those that
    are ``kept``: without them where it is about all of these, and gone where it is about none."""
    lines = source_lines(text)
    found: list[str] = []
    at = 0
    while at < len(lines):
        named = _versions(lines[at], versions)
        if not named:
            found.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _goes_on(lines[end - 1], lines[end], versions):
            end += 1
        said = " ".join(line.strip(" #") for line in lines[at:end])
        left = [version for version in named if version in kept]
        about = "" if {*left} == {*kept} else f"{', '.join(left)}: "
        if left:
            found += directives.comment(about + said.partition(": ")[2]).split("\n")
        elif not found[-1].strip() and not "".join(lines[end : end + 1]).strip():
            found.pop()  # of two blank lines, one
        at = end
    if found == lines:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    return newline.join(found).rstrip(newline) + newline


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
