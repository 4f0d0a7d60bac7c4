"""What a host found when it loaded, audited, concretized or installed recipes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """Why the host rejects a recipe."""

    package: str
    message: str


@dataclass(frozen=True)
class Concretized:
    """What a solver found: the requested specs that are ``solved`` by one graph, and the package
    names and versions that it has ``taken``; or, for none, the ``reason``: which requirement is
    not satisfied, and why."""

    solved: tuple[str, ...] = ()
    taken: frozenset[tuple[str, str]] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class Archive:
    """A file that a host needs to build a package, known by its hash."""

    package: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Failure:
    """What could not be installed (``py-foo@1.2``), in which phase (``concretize``, ``fetch``,
    ``build``, ``install``, ``import``), and the end of the log, long enough to hold the cause;
    ``log`` is the path of the whole log."""

    package: str
    phase: str
    tail: str
    log: str = ""


@dataclass(frozen=True)
class Undeclared:
    """A module that an installed package always imports and that nothing it depends on provides;
    ``file`` (inside site-packages) and ``line`` of the first such import."""

    module: str
    file: str
    line: int


@dataclass(frozen=True)
class Installed:
    """The result of installing a spec and all it needs.

    ``built`` is what is installed (``py-foo@1.2``), dependencies first. ``imported`` and
    ``not_imported`` (with the reason) are the modules that PythonPackage's import test looks at;
    ``pip_check`` are the complaints of ``pip check``.
    """

    spec: str
    built: tuple[str, ...] = ()
    failure: Failure | None = None
    imported: tuple[str, ...] = ()
    not_imported: Mapping[str, str] = field(default_factory=dict)
    undeclared: tuple[Undeclared, ...] = ()
    pip_check: tuple[str, ...] = ()
