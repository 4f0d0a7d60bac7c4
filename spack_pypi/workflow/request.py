"""The request of ``create`` and ``sync``: what to write, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..errors import HostError, UsageError
from ..host.port import Host, Target
from ..pypi.limits import is_short
from ..resolve.policy import Policy

if TYPE_CHECKING:
    from ..resolve.policy import Rules
    from .requirement_files.hashes import LockedFiles

#: The longest name of a project, characters: a package is a folder.
_LONGEST_NAME = 200
#: What `Phase.PREPARE` prepares.
SOLVER = "Spack's solver"


class Verify(Enum):
    """How far recipes are verified before they are moved into the repo. All levels load them and
    compare them with the metadata (``check``), all but ``LOAD`` concretize what is named. Besides,
    ``EVERY`` concretizes each version that is written, and ``INSTALL`` installs what is named."""

    LOAD = "load"
    CONCRETIZE = "concretize"
    EVERY = "every"
    INSTALL = "install"


@dataclass(frozen=True)
class Request:
    """What to write, and how.

    ``names`` are requirements (PEP 508): a name, extras and versions. ``package`` is the
    package of the one that is named, whatever the repos say. ``constraints`` are, by project,
    the versions (PEP 440) that may be used at all. ``verify`` None: `Verify.CONCRETIZE` where
    the host has a solver, else `Verify.LOAD`, as for a dry run. ``pinned`` are releases whose
    build requirements stay pinned with ``loosen_build_pins``. ``as_written``: what the author
    of a recipe that is edited left out of it without harm is not added to it. ``reuse``: the plan
    of an earlier run may be used where nothing has changed (`Earlier`). ``locked`` are the
    versions that a lock file names, by project; ``deviations`` say where others are used, and why
    (`create_as_locked`), ``hashes`` are those that lock files list of its files. ``python`` is
    the minor version (3.12) that they are for, ``also`` are specs of the environment that are no
    projects. ``installed`` are the versions that a Python has already, by project: where a release
    has to be added, it is that one if it can be. ``all_variants``: what only variants need that
    nobody asks for, of recipes that get versions, is added as well. The other fields are the
    options of ``create`` of the same name. Raises `UsageError` where ``loosen_build_pins`` could
    not be shown to be right.
    """

    names: tuple[str, ...]
    repo: str | None = None
    namespace: str | None = None
    package: str = ""
    force: bool = False
    dependencies: bool = True
    extend: bool = True
    constraints: Mapping[str, str] = field(default_factory=dict)
    together: bool = False
    dry_run: bool = False
    strict: bool = False
    verify: Verify | None = None
    fix: bool = False
    loosen_build_pins: bool = False
    as_written: bool = False
    pinned: frozenset[tuple[str, Version]] = frozenset()
    allow_omissions: bool = False
    reuse: bool = False
    locked: Mapping[str, str] = field(default_factory=dict)
    deviations: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, tuple[LockedFiles, ...]] = field(default_factory=dict)
    python: str = ""
    also: tuple[str, ...] = ()
    installed: Mapping[str, str] = field(default_factory=dict)
    all_variants: bool = True
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        if self.loosen_build_pins and self.verify is not Verify.INSTALL:
            raise UsageError(
                "--loosen-build-pins needs --verify install, which shows that a release can be "
                "built with other versions than those it pins"
            )

    def target(self, host: Host) -> Target:
        """The repo to write to. Raises `HostError`, see `Repos.target`."""
        return host.repos.target(self.repo, self.namespace, write=not self.dry_run)

    def concretizes(self, host: Host) -> bool:
        """Whether recipes are to be concretized, if there is a solver. Raises `HostError` where
        that was asked for, and there is no Spack."""
        level = self.verify
        if level not in (None, Verify.LOAD) and not host.checks:
            raise no_solver(host.solver.unavailable())
        if level is None:
            # Who asks what would be written wants to know soon.
            level = Verify.LOAD if self.dry_run else Verify.CONCRETIZE
        return host.checks and self.dependencies and level is not Verify.LOAD

    @property
    def other_specs(self) -> tuple[str, ...]:
        """What the environment has besides the projects."""
        return (*([f"python@{self.python}"] if self.python else []), *self.also)

    def rules(self, target: Target, named: Sequence[str]) -> Rules:
        """The rules for the resolver; ``named`` are the projects."""
        from ..resolve.policy import Rules

        return Rules(
            policy=self.policy,
            force=self.force,
            follow=self.dependencies,
            extend=self.extend,
            constraints={name: SpecifierSet(text) for name, text in self.constraints.items()},
            packages=dict.fromkeys(named, self.package) if self.package else {},
            namespace=target.namespace,
            loosen=self.loosen_build_pins,
            pinned=self.pinned,
            as_written=self.as_written,
            installed={name: Version(text) for name, text in self.installed.items()},
            all_variants=self.all_variants,
        )


def no_solver(why: str) -> HostError:
    """The error of what was to be concretized, and cannot be here: ``why``, and the way out."""
    return HostError(f"cannot concretize: {why}, or pass --verify load")


def parse_names(texts: Sequence[str]) -> list[Requirement]:
    """The requirements with these texts. Raises `UsageError` for what names no project."""
    if not texts:
        raise UsageError("give the name of at least one project")
    requirements = []
    for text in texts:
        if not is_short(text):
            raise UsageError(f"'{text[:40]}...' is too long for a requirement (PEP 508)")
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"'{text}' is not a requirement (PEP 508): {reason}") from None
        if len(requirement.name) > _LONGEST_NAME:
            raise UsageError(f"'{text[:40]}...' is too long for the name of a project")
        if requirement.url or requirement.marker:
            raise UsageError(
                f"'{text}' has a URL or a marker: give only a name, extras and versions"
            )
        requirements.append(requirement)
    return requirements
