"""What the resolver works with: roots, answers, edges, and what was selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from packaging.version import Version

from ..pypi.model import Release
from ..translate.requirements import ProjectRequirement, Untranslatable
from .lessons import Grade, Unit


@dataclass(frozen=True)
class Root:
    """A project that was named: in which versions (PEP 440), and with which extras."""

    project: str
    specifier: str = ""
    extras: tuple[str, ...] = ()


def units(release: Release, extras: Sequence[str]) -> list[Unit]:
    """A release by itself, then with each of these extras."""
    return [Unit(release.project, release.version, extra) for extra in ("", *extras)]


class Status(Enum):
    """What satisfies a requirement."""

    #: A version that a package declares.
    EXISTS = "exists"
    #: A version that it declares as deprecated.
    DEPRECATED = "deprecated"
    #: A release that was chosen.
    CHOSEN = "chosen"
    #: Unknown, as dependencies are not followed.
    UNFOLLOWED = "unfollowed"
    #: Nothing.
    ABSENT = "absent"


@dataclass(frozen=True)
class Answer:
    """What satisfies a requirement: the ``release`` if one was `Status.CHOSEN`; ``reason`` says
    why the answer has no better ``grade``."""

    status: Status
    grade: Grade = Grade.COMPLETE
    release: Release | None = None
    reason: str = ""


@dataclass(frozen=True)
class Edge:
    """A requirement and its answer. ``required``: it applies on Linux with some Python of the
    host, so that a recipe without it would be wrong."""

    requirement: ProjectRequirement
    answer: Answer
    required: bool


#: Chosen releases, by project and version.
Releases = Mapping[str, Mapping[Version, Release]]


@dataclass(frozen=True)
class Seeds:
    """What a walk begins with. ``releases`` are chosen whether or not something requires them,
    with the extras of the ``requested`` units; another one is only chosen where none of those that
    are ``preferred`` satisfies a requirement."""

    releases: Releases = field(default_factory=dict)
    requested: Collection[Unit] = ()
    preferred: Releases = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """What was chosen: ``releases``; ``extras`` by project that are variants; ``edges`` of each
    unit; ``listed``: the releases of the roots; ``deprecated``: roots that only a deprecated
    version of an existing package satisfies; ``failed``: roots for which nothing could be chosen,
    and why; ``requested``: the units of extras that some requirement names; ``left_out``: what
    extras require and has no edge, as the author of a recipe leaves it out;
    ``untranslatable``: what units require and no recipe can express."""

    releases: Releases = field(default_factory=dict)
    extras: Mapping[str, frozenset[str]] = field(default_factory=dict)
    edges: Mapping[Unit, tuple[Edge, ...]] = field(default_factory=dict)
    listed: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)
    deprecated: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)
    requested: frozenset[Unit] = frozenset()
    left_out: Mapping[Unit, tuple[ProjectRequirement, ...]] = field(default_factory=dict)
    untranslatable: Mapping[Unit, tuple[Untranslatable, ...]] = field(default_factory=dict)

    def versions(self, project: str) -> list[Version]:
        """The chosen versions of a project, newest first."""
        return sorted(self.releases.get(project, ()), reverse=True)
