"""What the resolver works with: roots, answers, edges, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from packaging.version import Version

from ..pypi.model import Release
from ..translate.requirements import ProjectRequirement
from .lessons import Grade, Unit


@dataclass(frozen=True)
class Root:
    """A project that was named: in which versions (PEP 440), and with which extras."""

    project: str
    specifier: str = ""
    extras: tuple[str, ...] = ()


class Status(Enum):
    """How a need is answered."""

    #: By a version that a package declares.
    EXISTS = "exists"
    #: By one that it declares as deprecated.
    DEPRECATED = "deprecated"
    #: By a release that was chosen.
    CHOSEN = "chosen"
    #: Not looked at, as only what was named is written.
    UNFOLLOWED = "unfollowed"
    #: By nothing.
    ABSENT = "absent"


@dataclass(frozen=True)
class Answer:
    """What answers a need: the ``release`` if one was `Status.CHOSEN`; ``reason`` says why it is
    not better than its ``grade``."""

    status: Status
    grade: Grade = Grade.WHOLE
    release: Release | None = None
    reason: str = ""


@dataclass(frozen=True)
class Edge:
    """A need and its answer. ``required``: it applies on Linux with some Python of the host, so
    that a recipe without it would be wrong."""

    need: ProjectRequirement
    answer: Answer
    required: bool


@dataclass
class Selection:
    """What was chosen. ``releases`` by project and version; ``extras`` by project: those that
    became, or are, variants; ``edges`` of each unit; ``listed``: the versions of the roots;
    ``deprecated``: roots that only a deprecated version of an existing package answers;
    ``failed``: roots for which nothing could be chosen, and why."""

    releases: dict[str, dict[Version, Release]] = field(default_factory=dict)
    extras: dict[str, set[str]] = field(default_factory=dict)
    edges: dict[Unit, tuple[Edge, ...]] = field(default_factory=dict)
    listed: dict[str, tuple[Release, ...]] = field(default_factory=dict)
    deprecated: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    asked: set[Unit] = field(default_factory=set)

    def versions(self, project: str) -> list[Version]:
        """The chosen versions of a project, newest first."""
        return sorted(self.releases.get(project, ()), reverse=True)


def asked(need: ProjectRequirement) -> str:
    """A need as text: ``foo[bar]>=1``."""
    extras = f"[{','.join(need.extras)}]" if need.extras else ""
    return f"{need.project}{extras}{need.specifier}"
