"""How much is read at most: of archives, and of what a release says. Both are hostile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable, TypeVar

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_Given = TypeVar("_Given")
_Parsed = TypeVar("_Parsed")

#: Bytes of an archive's contents, members, bytes of one file that is read.
LARGEST_CONTENT = 2 << 30
MOST_MEMBERS = 200_000
LARGEST_FILE = 2 << 20
#: The largest header of a member of a tar archive, with all its attributes, bytes.
LARGEST_HEADER = 1 << 20
#: The largest table of a zip archive, bytes: `zipfile` reads it whole, at ten times its size.
LARGEST_TABLE = 32 << 20

#: The longest requirement, marker or version, characters, its longest number, the most numbers of
#: a version and the deepest parentheses: parsers need a stack, Python parses no number of
#: thousands of digits, ranges are compared at each number, and a marker is evaluated for hundreds
#: of environments.
_LONGEST_TEXT = 8192
_DIGITS = 100
_TOO_LONG = re.compile(rf"[0-9]{{{_DIGITS}}}|(?:[0-9]+\.){{50}}")
_MOST_PARENTHESES = 200
#: The most requirements, and the most extras, of one release.
MOST_REQUIREMENTS = 10_000
MOST_EXTRAS = 2_000
#: The most clauses (``>=2``, ``!=3.1``) about one project: for each, ranges are compared at places
#: that all of them name.
MOST_CLAUSES = 500
_NAME = re.compile(r"[\w.-]+")
#: The most fields of core metadata, and the most names of fields, of which the standard has 35:
#: for each name, all fields are gone through.
_MOST_FIELDS, _MOST_FIELD_NAMES = 20_000, 100
_FIELD = re.compile(r"^([^\s:][^:\n]*):", re.M)
#: What `int` says of a text of thousands of digits.
_ADVICE = re.compile(r"Exceeds the limit .*_digits\(\) to increase the limit")


def is_short(text: str) -> bool:
    """Whether a requirement, a marker or a version is short enough to be parsed."""
    return len(text) < _DIGITS or (
        len(text) <= _LONGEST_TEXT
        and text.count("(") + text.count("[") <= _MOST_PARENTHESES
        and not _TOO_LONG.search(text)
    )


def without_advice(reason: str) -> str:
    """Why a text cannot be parsed; of a number of thousands of digits Python says how to raise
    its limit, which would not help."""
    return _ADVICE.sub("a number in it has far too many digits", reason)


def parsed(parse: Callable[[_Given], _Parsed], text: _Given) -> _Parsed:
    """What a parser of JSON or TOML makes of a text. Raises ValueError for what it cannot read,
    also because it is nested too deeply."""
    try:
        return parse(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(without_advice(str(error))) from None


def requirement(text: str) -> Requirement | None:
    """What a text means (PEP 508); None where it means nothing, or is too long to be parsed. So
    does a marker with a backslash: `packaging` reads escapes, as Python does, and does not write
    them, so that the text of such a marker is another one."""
    try:
        found = Requirement(text) if is_short(text) else None
    except InvalidRequirement:
        return None
    is_lost = found is not None and found.marker and "\\" in text.partition(";")[2]
    return None if is_lost else found


def core_fields(text: str) -> tuple[RawMetadata, dict[str, list[str]]]:
    """The fields of core metadata, and those that cannot be parsed, as `parse_email` gives them.
    Raises `Damaged` for too many."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    names = _FIELD.findall(lines.partition("\n\n")[0])
    if len(names) > _MOST_FIELDS:
        raise Damaged(f"has {len(names)} fields, and {_MOST_FIELDS} is the limit")
    different = len({name.lower() for name in names})
    if different > _MOST_FIELD_NAMES:
        raise Damaged(f"has {different} different fields, and {_MOST_FIELD_NAMES} is the limit")
    return parse_email(text)


def too_many(texts: Sequence[str]) -> str:
    """Which limit the requirements (PEP 508) of a release break, as a clause; empty for none."""
    if len(texts) > MOST_REQUIREMENTS:
        return f"lists {len(texts)} requirements, and {MOST_REQUIREMENTS} is the limit"
    if len(texts) + sum(text.count(",") for text in texts) <= MOST_CLAUSES:
        return ""
    clauses: dict[str, int] = {}
    for text in {text.partition(";")[0] for text in texts}:
        name = _NAME.match(text)
        about = canonicalize_name(name[0]) if name else ""
        clauses[about] = clauses.get(about, 0) + text.rpartition("]")[2].count(",") + 1
    most = max(clauses, key=lambda about: clauses[about])
    if clauses[most] <= MOST_CLAUSES:
        return ""
    return f"lists {clauses[most]} clauses about {most}, and {MOST_CLAUSES} is the limit"


class Damaged(Exception):
    """The archive, or its metadata, breaks a limit or a format; the text is what follows *the
    archive* in a sentence."""


def mib(count: int) -> str:
    """Bytes as a message says them."""
    return f"{count >> 20} MiB"


@dataclass(frozen=True)
class Size:
    """The largest that something may be, bytes, and how a message says it after *larger than*."""

    size: int
    text: str

    def __str__(self) -> str:
        return self.text


def size(most: int) -> Size:
    """A limit of ours."""
    return Size(most, f"{mib(most)}, the limit")


#: The largest page, file that is taken into memory, and archive. A page of the most files that one
#: may list has less.
PAGE, BODY, ARCHIVE = size(32 << 20), size(100 << 20), size(1 << 30)


def listed(largest: Size, said: int | None) -> Size:
    """The size that the index says of a file, None where it says none, if it may be so large. What
    goes on after it is another file, and may never end."""
    if said is None or said > largest.size:
        return largest
    return Size(said, f"the index says, {said} bytes")


class Counter:
    """Members and bytes of contents seen so far, against the limits."""

    def __init__(self) -> None:
        self._members = self._size = 0

    def count(self, size: int) -> None:
        """One member more, of this size. Raises `Damaged`."""
        self._members += 1
        self._size += size
        if self._members > MOST_MEMBERS or self._size > LARGEST_CONTENT:
            limits = f"{MOST_MEMBERS} files or {mib(LARGEST_CONTENT)}"
            raise Damaged(f"contains more than {limits}, the limit")
