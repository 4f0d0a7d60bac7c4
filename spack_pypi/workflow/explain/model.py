"""What there is to say about the lines of a recipe, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

#: What is said of a line about which the releases declare nothing.
BY_A_PERSON = "no metadata explains this: a person wrote it"

#: Why what an extra requires has no line.
FOR_DEVELOPING = "for developing the project"

#: How a line is explained that accepts more than the metadata does.
TOGETHER = "together with another line about it"


class Verdict(Enum):
    """How a line and what a release declares go together. ``NAMED``: no metadata requires it, but
    a file of the archive names it, or the table of known needs; ``UNKNOWN``: what the release
    declares is not known, or it cannot be compared with the line."""

    EXPLAINED = "explained"
    DIFFERS = "differs"
    NAMED = "named"
    UNEXPLAINED = "unexplained"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Cited:
    """What a release declares, word for word, and in which ``field`` (``Requires-Dist``), file of
    its archive, or by which rule."""

    field: str
    text: str

    def __str__(self) -> str:
        if self.field.startswith("rule: "):
            return f"{self.text} ({self.field})"
        return f"{self.field}: {self.text}" if self.text else self.field


@dataclass(frozen=True)
class Ground:
    """What some ``versions`` say of a line: what they declare about the same thing, and, as
    ``notes``, how the line differs from that, or why nothing can be said."""

    verdict: Verdict
    cited: tuple[Cited, ...] = ()
    notes: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExplainedLine:
    """A statement of a recipe, from ``line`` to ``end``, with one ground for each group of
    versions that say the same; none if it applies to no version that was looked at. ``package`` is
    the dependency that it is about, if any."""

    line: int
    end: int
    text: str
    package: str = ""
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True)
class Unsaid:
    """What some versions declare and no line says, and why; ``package`` as in `ExplainedLine`.
    Requirements that are not named one by one are counted: the least and the most in a version."""

    cited: Cited
    reason: str
    package: str = ""
    versions: tuple[str, ...] = ()
    counted: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class ExplainedRecipe:
    """The recipe in ``file``: its lines, and what has none. ``metadata`` says from where that of
    which versions is; ``selected`` are the ranges that were asked for; ``inherits``: lines of
    other recipes hold as well, which are not shown; ``removed`` are the statements that only an
    earlier text has, with which it is compared."""

    package: str
    namespace: str
    file: str
    metadata: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lines: tuple[ExplainedLine, ...] = ()
    unsaid: tuple[Unsaid, ...] = ()
    selected: str = ""
    inherits: bool = False
    removed: tuple[str, ...] = ()

    def only(self, line: int | None = None, package: str = "") -> ExplainedRecipe:
        """Only what is about a line of the file, or a package."""
        if line is not None:
            lines = tuple(each for each in self.lines if each.line <= line <= each.end)
            return replace(self, lines=lines, unsaid=())
        return replace(
            self,
            lines=tuple(each for each in self.lines if each.package == package),
            unsaid=tuple(each for each in self.unsaid if each.package == package),
        )


def joined(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    """The grounds, those that differ only in their versions as one."""
    versions: dict[Ground, list[str]] = {}
    for each in grounds:
        versions.setdefault(replace(each, versions=()), []).extend(each.versions)
    return tuple(
        replace(each, versions=tuple(dict.fromkeys(texts))) for each, texts in versions.items()
    )


def joined_unsaid(found: Iterable[Unsaid]) -> tuple[Unsaid, ...]:
    """What is not said, the same of several versions as one."""
    same: dict[Unsaid, list[Unsaid]] = {}
    for each in found:
        same.setdefault(replace(each, versions=(), counted=(0, 0)), []).append(each)
    return tuple(
        replace(
            one,
            versions=tuple(version for each in several for version in each.versions),
            counted=(min(e.counted[0] for e in several), max(e.counted[1] for e in several)),
        )
        for one, several in same.items()
    )
