"""What ``create`` is asked for, and what becomes of it, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SpackPyPIError
from ..host.port import Meaning, Problem, Target
from ..recipe.model import Omission
from ..resolve.choose import Policy
from .installation import InstallReport

#: How far recipes are proven before they are moved into the repo.
LOAD, CONCRETIZE, INSTALL = "load", "concretize", "install"


@dataclass(frozen=True)
class Request:
    """What the user asked for. ``names`` are PEP 508 requirement texts; ``proof`` is how far
    recipes are proven (`LOAD`, `CONCRETIZE` or `INSTALL`), None for `CONCRETIZE` where the
    host has a solver, else `LOAD`. ``constraints`` say, by project, which versions may be
    used at all (``"<3"``), ``packages``, by project, which package stands for it whatever the
    host says; ``together``: all that is named must fit together. ``fix`` adds
    undeclared build requirements that installing shows. ``allow_omissions``: what cannot be
    had is left out, and the recipe says so; ``trial``: the recipes are proven, but not moved
    into the repo."""

    names: tuple[str, ...]
    repo: str | None = None
    namespace: str | None = None
    force: bool = False
    dependencies: bool = True
    extend: bool = True
    constraints: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    together: bool = False
    dry_run: bool = False
    strict: bool = False
    proof: str | None = None
    fix: bool = False
    allow_omissions: bool = False
    trial: bool = False
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True)
class Record:
    """What became of one project. ``status``: ``exists``, ``new`` or ``failed``; ``extends`` is
    the package that versions are added to; ``needs`` are the projects it needs; ``added`` are
    build requirements that it does not declare, with the reason why the recipe has them;
    ``passed_over`` are releases that others were taken for, and why; ``open`` is what no
    metadata tells of its build. ``languages`` are those that its newest version compiles.
    ``proposal`` are the lines for a recipe that cannot be edited. ``omittable``: it could be
    written without what cannot be had."""

    project: str
    package: str
    status: str
    namespace: str = ""
    versions: tuple[str, ...] = ()
    path: Path | None = None
    extends: str = ""
    omissions: tuple[Omission, ...] = ()
    reason: str = ""
    proposal: str = ""
    needs: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    open: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    omittable: bool = False

    @property
    def incomplete(self) -> bool:
        """Whether its recipe lacks something that is required; it says so itself."""
        return any(omission.required for omission in self.omissions)


@dataclass(frozen=True)
class Result:
    """The outcome of ``create``. ``texts`` maps package names to recipes; ``proven`` says what the
    host did with them, ``problems`` why it would not take them (then nothing was written).
    ``proofs`` tell what installing showed. ``roots`` are the named requirements as specs,
    with their versions, ``required`` (package, range) what the constraints leave of others.
    ``unmet`` are versions (``py-foo@1.2``) that were written and cannot be concretized
    here, and why. ``revised`` are the recipes that got versions: what they meant, and what
    they mean; ``originals`` are their texts before, by package.
    ``deprecated`` are (who, what): requirements that only deprecated versions meet, ``who`` is
    empty for what was named."""

    named: tuple[str, ...]
    records: Mapping[str, Record]
    texts: Mapping[str, str]
    target: Target
    specs: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    proofs: tuple[InstallReport, ...] = ()
    roots: tuple[str, ...] = ()
    required: tuple[tuple[str, str], ...] = ()
    unmet: tuple[Problem, ...] = ()
    revised: tuple[tuple[Meaning, Meaning], ...] = ()
    originals: Mapping[str, str] = field(default_factory=dict)
    deprecated: tuple[tuple[str, str], ...] = ()

    @property
    def omissions(self) -> tuple[Omission, ...]:
        return tuple(o for record in self.records.values() for o in record.omissions)

    @property
    def failed(self) -> tuple[Record, ...]:
        """The named projects that could not be done."""
        records = (self.records[name] for name in self.named)
        return tuple(record for record in records if record.status == "failed")

    @property
    def needed_first(self) -> Mapping[str, str]:
        """`texts`, each below those that it needs: a process that is killed while recipes are
        moved in leaves none that asks for what is not there."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        todo = [(project, False) for project in reversed(list(self.records))]
        while todo:
            project, ready = todo.pop()
            record = self.records.get(project)
            if record is None or (project in seen and not ready):
                continue
            seen.add(project)
            if not ready:
                todo += [(project, True), *((needed, False) for needed in reversed(record.needs))]
            elif record.package in self.texts:
                found[record.package] = self.texts[record.package]
        return {**found, **self.texts}


class Omitted(SpackPyPIError):
    """``--strict``: something declared cannot be said."""

    def __init__(self, omissions: Sequence[Omission]) -> None:
        self.omissions = tuple(omissions)
        first = omissions[0]
        more = f", and {len(omissions) - 1} more" if len(omissions) > 1 else ""
        super().__init__(
            f"{first.project} declares '{first.declared}', which a recipe cannot say: "
            f"{first.reason}{more}; nothing was written (--strict)"
        )
