"""Where the new dependencies of a recipe that exists go: next to the lines that are most like
them, and into the block that has their condition (``with when("+full")``)."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from . import directives
from .model import BUILD, LANGUAGES, LIBRARY, Condition, Dependency, DependencyLine, Reasons
from .order import key
from .text_edits import Edits, Uneditable
from .version_ranges import contained, contains

_HISTORICAL = re.compile(r"#\s*historical\b", re.IGNORECASE)
#: A comment that says why the line below it is as it is: it names an issue, or is one of ours.
_REASON = re.compile(r"#.*(?:/(?:issues|pull)/\d+|\b(?:imports|imported|needs|is pinned)\b)")


@dataclass(frozen=True)
class LinePlace:
    """A directive in the text: its call, and what the blocks around it add: the types, and their
    conditions (``around``). ``block``: the outermost of these. ``inherited``: it stands in another
    class of the file, or in a loop; ``historical``: below a comment that says so. ``top`` is the
    first line of the call, or of a comment that says why just this line is there."""

    node: ast.Call
    types: tuple[str, ...]
    around: tuple[Condition, ...]
    block: ast.With | None
    inherited: bool = False
    historical: bool = False
    top: int = 0

    @property
    def plain(self) -> bool:
        """Whether a line beside it applies to all that it says itself."""
        return not (self.around or self.inherited)


def historical_lines(lines: Sequence[str]) -> Set[int]:
    """The numbers (from 1) of the lines of a text that stand in the part of their block that a
    comment such as ``# Historical dependencies`` begins; another comment below an empty line
    begins another part."""
    found, parts = set(), dict[int, bool]()  # indentation: whether the part of that block is one
    for number, line in enumerate(lines, 1):
        text = line.lstrip(" ")
        if not text.strip():
            continue
        indent = len(line) - len(text)
        parts = {column: part for column, part in parts.items() if column <= indent}
        if _HISTORICAL.match(text):
            parts[indent] = True
        elif text.startswith("#") and number > 1 and not lines[number - 2].strip():
            parts[indent] = False
        elif parts.get(indent):
            found.add(number)
    return found


def top_of(lines: Sequence[str], line: int) -> int:
    """The number (from 1) of the first line of a directive that begins in this ``line`` of a text:
    with the comment above it, if that is the reason for this line alone."""
    top = line
    while top > 1 and lines[top - 2].lstrip().startswith("#"):
        top -= 1
    return top if any(map(_REASON.search, lines[top - 1 : line - 1])) else line


def end_of(lines: Sequence[str], statement: ast.stmt) -> int:
    """The number of the last line of a statement of a text with these ``lines``; of a block with
    the comments that end it."""
    assert statement.end_lineno is not None
    end = statement.end_lineno
    inside = " " * (statement.col_offset + 1)
    for at in range(end, len(lines)):
        if lines[at].startswith(inside) and lines[at].lstrip().startswith("#"):
            end = at + 1
        elif lines[at].strip():
            break
    return end


class Placing:
    """Inserts dependencies into a text with these lines and ``places``; with none that are plain,
    below the last of the ``anchors``, each below the ``reasons`` for it. ``versions`` are all that
    the recipe has, and gets."""

    def __init__(
        self,
        edits: Edits,
        stated: Sequence[DependencyLine],
        places: Sequence[LinePlace],
        anchors: Sequence[ast.Call],
        versions: Sequence[str],
        reasons: Reasons,
    ) -> None:
        self._edits, self._anchors, self._places = edits, anchors, places
        self._versions, self._reasons = versions, reasons
        lines = [line.dependency for line in stated]
        self._plain = [(line, place) for line, place in zip(lines, places) if place.plain]
        self._inside = [
            (line, place)
            for line, place in zip(lines, places)
            if place.around and not place.inherited
        ]

    def insert(self, dependencies: Sequence[Dependency]) -> None:
        """Where the recipe has blocks, and no lines like these: those for building above the first
        block, others below the last. Raises `Uneditable` where there is no place."""
        outside = [each for each in dependencies if not self._insert_inside(each)]
        usable = self._plain
        if outside and not usable:
            if not self._anchors:
                raise Uneditable("it has no plain line, next to which a dependency could go")
            lines = map(self._text, outside)
            self._edits.insert_after(self._anchors[-1], "\n" + "\n".join(lines))
            return
        first, last = (usable[0][1].block, usable[-1][1].block) if usable else (None, None)
        packages, types = {d.package for d, _ in usable}, {frozenset(d.types) for d, _ in usable}
        above, below = [], []
        for dependency in outside:
            alike = dependency.package in packages or frozenset(dependency.types) in types
            if first and dependency.types == BUILD and not alike:
                above.append(self._text(dependency))
            elif last and dependency.types != BUILD and not alike:
                below.append(self._text(dependency))
            else:
                self._insert_beside(dependency, usable, self._why(dependency))
        if first and above:
            self._edits.insert_at(first.lineno - 1, "\n".join(above) + "\n")
        if last and below:
            self._edits.insert_after(last, "\n" + "\n".join(below))

    def _insert_inside(self, dependency: Dependency) -> bool:
        """Into a block, if one says what the dependency is for: its variant, platform or Python;
        or if all lines of its package, or all lines, stand in blocks, and one of these is for its
        versions."""
        fitting = [
            (line, place, rest)
            for line, place in self._inside
            if (rest := self._within(dependency.when, place.around)) is not None
        ]
        about = _without_versions(dependency.when)
        found = [each for each in fitting if _without_versions(each[2]) != about]
        if not found and not any(line.package == dependency.package for line, _ in self._plain):
            found = [each for each in fitting if each[0].package == dependency.package]
        if not found and not self._plain:
            found = fitting  # each line of the recipe stands in a block
        if not found:
            return False
        least = min(len(str(_without_versions(rest))) for *_, rest in found)
        best = [each for each in found if len(str(_without_versions(each[2]))) == least]
        _, last, rest = best[-1]
        here = [(line, place) for line, place, _ in best if place.around == last.around]
        self._insert_beside(replace(dependency, when=rest), here, self._why(dependency))
        return True

    def _within(self, when: Condition, around: Sequence[Condition]) -> Condition | None:
        """What a line says of a condition itself in blocks with these; None where they do not hold
        wherever the condition does."""
        for block in around:
            if not self._holds_all(block.versions, when.versions):
                return None
            alike = all(
                not said or said == wanted
                for said, wanted in (
                    (block.platform, when.platform),
                    (block.target, when.target),
                    (block.python, when.python),
                )
            )
            if not alike or not {*block.variants} <= {*when.variants}:
                return None
            when = Condition(
                versions="" if when.versions == block.versions else when.versions,
                variants=tuple(each for each in when.variants if each not in block.variants),
                platform="" if block.platform else when.platform,
                target="" if block.target else when.target,
                python="" if block.python else when.python,
            )
        return when

    def _holds_all(self, block: str, ranges: str) -> bool:
        """Whether the versions of a block are all that the recipe has in these ranges, if not all
        that there could be: a block for the newest series ends some day."""
        held = [version for version in self._versions if contains(ranges, version)]
        inside = bool(ranges and held) and all(contains(block, version) for version in held)
        return not block or inside or bool(ranges and contained([ranges], block))

    def _insert_beside(
        self,
        dependency: Dependency,
        usable: Sequence[tuple[Dependency, LinePlace]],
        reasons: Sequence[str],
    ) -> None:
        """Above the lines of the same package and type, or of the same package (below them, if
        these have the newest last), else below the last line of this type; languages above all
        others, Python above all that is needed to run. What is new is not historical."""
        usable = [(d, p) for d, p in usable if not p.historical] or usable
        same_type = [(d, p) for d, p in usable if set(d.types) == set(dependency.types)]
        same = [p for d, p in same_type if d.package == dependency.package]
        same = same or [p for d, p in usable if d.package == dependency.package]
        if not same and usable and dependency.package in LANGUAGES:
            same = [usable[0][1]]
        if not same and dependency.package == "python":
            same = [place for _, place in same_type]
        newest = _newest_last(dependency, [(d, p) for d, p in usable if p in same])
        if newest is not None:
            self._edits.insert_after(newest.node, self._line(dependency, newest, reasons))
        elif same:
            self._edits.insert_at(same[0].top - 1, self._line(dependency, same[0], reasons))
        else:
            place = (same_type or usable)[-1][1]
            self._edits.insert_after(place.node, self._line(dependency, place, reasons))

    def _why(self, dependency: Dependency) -> Sequence[str]:
        return self._reasons.get(dependency, ())

    def _text(self, dependency: Dependency) -> str:
        """A line that stands in no block, below the reasons for it."""
        why = [directives.comment(text) for text in self._why(dependency)]
        return "\n".join([*why, directives.depends_on(dependency)])

    def _line(self, dependency: Dependency, place: LinePlace, reasons: Sequence[str]) -> str:
        said = any(keyword.arg == "type" for keyword in place.node.keywords)
        given = place.types if place.types != LIBRARY or not said else ()
        indent = " " * place.node.col_offset
        why = [directives.comment(text, indent) for text in reasons]
        line = directives.depends_on(dependency, indent, given, self._type_first)
        return "\n".join([*why, line])

    @property
    def _type_first(self) -> bool:
        """Whether this file, for the most part, writes ``type=`` before ``when=``."""
        orders = [[k.arg for k in place.node.keywords] for place in self._places]
        both = [order for order in orders if {"type", "when"} <= {*order}]
        return sum(order.index("type") < order.index("when") for order in both) * 2 > len(both)


def _newest_last(
    new: Dependency, lines: Sequence[tuple[Dependency, LinePlace]]
) -> LinePlace | None:
    """The last of the lines of a package, for what a new one is for, if they begin with the oldest
    versions of the recipe."""
    about = _without_versions(new.when)
    alike = [
        (key(line.when.versions.lstrip("=").partition(":")[0]), place)
        for line, place in lines
        if line.package == new.package and _without_versions(line.when) == about
    ]
    lows = [low for low, _ in alike]
    return alike[-1][1] if lows == sorted(lows) and len({*lows}) > 1 else None


def _without_versions(when: Condition) -> Condition:
    return replace(when, versions="")
