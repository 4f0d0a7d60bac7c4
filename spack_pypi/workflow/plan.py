"""Which recipes are to be written, as a value: `create`, `sync`, `upstream` and `why` start here.

A plan is made of facts alone. What verifying it shows goes back to its `Planner` as lessons, and
leads to another plan; a plan itself never changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..diagnostics import Diagnostic, Severity
from ..host.port import Host, Meaning, Target
from ..recipe.model import Omission
from ..recipe.read_back import read_back
from ..recipe.render import render
from ..recipe.text_edits import added_lines
from ..resolve.catalog import Catalog
from ..resolve.facts import Facts, Supplement
from ..resolve.lessons import Grade, Unit
from ..resolve.model import Status
from ..resolve.resolution import Resolution, Resolver, roots_of
from ..session import Session
from .assemble import Assembled, Assembler, empty_extras
from .environment import plain_specs, required, root_specs
from .records import Record, Recorder, RecordStatus
from .request import Request, parse_names
from .verification import Verification


class Kind(Enum):
    """What becomes of the package's recipe."""

    #: No repo has the package.
    NEW = "new"
    #: A recipe that inherits the existing one and adds versions to it.
    OVERLAY = "overlay"
    #: The existing recipe, or a copy of it, is edited.
    EDITED = "edited"


@dataclass(frozen=True)
class PlannedRecipe:
    """A recipe that is to be written. ``before`` is the text that it replaces or edits, empty for
    a new package; ``extends`` the package (with namespace) that versions are added to;
    ``releases`` maps the releases that its versions come from to how the recipe spells them."""

    project: str
    package: str
    kind: Kind
    text: str
    releases: Mapping[Version, str]
    versions: tuple[str, ...]
    omissions: tuple[Omission, ...] = ()
    extends: str = ""
    before: str = ""


@dataclass(frozen=True)
class Plan:
    """What is to be written for a request.

    ``recipes`` are by project; ``records`` say what becomes of each project that is named or
    needed. ``specs`` are what a user types for the named projects (``py-foo+extra``),
    ``groups`` the specs that are concretized together, by the projects that they are about,
    ``roots`` and ``constraints`` (package, ranges) what an environment says of them.
    ``deprecated`` are (dependent, requirement) that only deprecated versions satisfy; the
    dependent is empty for what was named. ``before`` is what the recipes that get versions mean
    without them."""

    request: Request
    target: Target
    resolution: Resolution
    recipes: Mapping[str, PlannedRecipe]
    records: Mapping[str, Record]
    specs: tuple[str, ...]
    groups: Mapping[tuple[str, ...], Sequence[str]]
    roots: tuple[str, ...]
    constraints: tuple[tuple[str, str], ...]
    deprecated: tuple[tuple[str, str], ...]
    before: Mapping[str, Meaning]

    @property
    def named(self) -> tuple[str, ...]:
        """The named projects."""
        return tuple(root.project for root in self.resolution.roots)

    @property
    def failed(self) -> tuple[Record, ...]:
        """The named projects that cannot be written."""
        records = (self.records[project] for project in self.named)
        return tuple(record for record in records if record.status is RecordStatus.FAILED)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What there is to say of the plan, by package."""
        found = [each for record in self.records.values() for each in record.diagnostics]
        for dependent, requirement in self.deprecated:
            text = f"only deprecated versions satisfy {requirement}"
            found.append(
                Diagnostic("deprecated-version", Severity.NOTE, dependent, (), requirement, text)
            )
        return found

    @property
    def texts(self) -> Mapping[str, str]:
        """The recipes by package, each after those that it needs: a process that is killed while
        recipes are moved in leaves none that needs a package which is not there."""
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
            elif project in self.recipes:
                found[record.package] = self.recipes[project].text
        every = {recipe.package: recipe.text for recipe in self.recipes.values()}
        return {**found, **dict(sorted(every.items()))}

    def recipe_of(self, package: str) -> PlannedRecipe | None:
        """The planned recipe of a package."""
        found = (recipe for recipe in self.recipes.values() if recipe.package == package)
        return next(found, None)


@dataclass
class Planner:
    """Makes plans for one request; each takes into account what was learned from those before.

    Raises `SpackPyPIError`: `UsageError` for names that are no requirements, `HostError` for a
    repo that cannot be used, `IndexFailure`."""

    session: Session
    host: Host
    request: Request
    supplements: Sequence[Supplement] = ()
    #: Lines for existing recipes that a person has to add, by project.
    _proposals: dict[str, str] = field(default_factory=dict)
    #: The last recipe of each project, and what it follows from.
    _assembled: dict[str, tuple[object, Assembled]] = field(default_factory=dict)
    #: What was assembled for projects that cannot be written, by project.
    _attempted: dict[str, Assembled] = field(default_factory=dict)

    def __post_init__(self) -> None:
        request = self.request
        self._named = parse_names(request.names)
        self.target = self.host.repos.target(
            request.repo, request.namespace, write=not request.dry_run
        )
        roots = roots_of(self._named)
        projects = [root.project for root in roots]
        facts = Facts(self.session, supplements=self.supplements)
        self._resolver = Resolver(
            Catalog(self.host, facts, request.rules(self.target, projects), projects),
            roots,
            together=request.together,
            worst=Grade.INCOMPLETE if request.allow_omissions else Grade.DOUBTFUL,
        )

    def plan(self) -> Plan:
        """The plan that follows from all that is known and was learned so far."""
        while True:
            resolution = self._resolver.resolve()
            assembled = self._assemble_all(resolution)
            if assembled is not None:
                return self._plan(resolution, assembled)

    def learn(self, plan: Plan, verification: Verification) -> bool:
        """Learn from what is wrong with a plan; whether that leads to another plan."""
        learned = []
        for fault in verification.faults:
            for unit in fault.units:
                new = self._resolver.learn(unit, Grade.IMPOSSIBLE, fault.text)
                learned.append(new)
        for projects, reason in verification.refused.items():
            self._resolver.refuse(projects, reason)
            learned.append(True)
        if any(learned):
            self._propose(plan, verification)
        return any(learned)

    def _propose(self, plan: Plan, verification: Verification) -> None:
        """Keep the lines that existing recipes would have got, for a person to look at."""
        for fault in verification.faults:
            recipe = plan.recipe_of(fault.package)
            if recipe is not None and recipe.before:
                lines = added_lines(recipe.before, recipe.text)
                self._proposals.setdefault(recipe.project, lines)

    # --- recipes ------------------------------------------------------------------------------

    def _assemble_all(self, resolution: Resolution) -> dict[str, Assembled] | None:
        """The recipes of all that is written, by project; without dependencies, of the roots. None
        where a recipe cannot express some of it: then there are new lessons."""
        named = {root.project for root in resolution.roots}
        projects = [p for p in resolution.projects if self.request.dependencies or p in named]
        empty: dict[str, set[str]] = {}
        while True:
            assembler = Assembler(resolution, self.target.namespace, empty)
            assembled = {project: self._assemble(assembler, project) for project in projects}
            found = empty_extras(resolution, assembled)
            if all(found[project] <= empty.get(project, set()) for project in found):
                break
            for project, extras in found.items():
                empty.setdefault(project, set()).update(extras)
        learned = [self._learn_from(resolution, p, done) for p, done in assembled.items()]
        return None if any(learned) else assembled

    def _assemble(self, assembler: Assembler, project: str) -> Assembled:
        """The recipe of a project, made again only where what it follows from changed."""
        rests_on = assembler.rests_on(project)
        known = self._assembled.get(project)
        if known is None or known[0] != rests_on:
            self._assembled[project] = known = rests_on, assembler.assemble(project)
        return known[1]

    def _learn_from(self, resolution: Resolution, project: str, done: Assembled) -> bool:
        """Lessons from a recipe that does not say all that its releases require."""
        versions = resolution.versions(project)
        resolver = self._resolver
        if done.problem:
            self._proposals[project] = done.proposal
            self._attempted[project] = done
            learned = [
                resolver.learn(Unit(project, version), Grade.IMPOSSIBLE, done.problem)
                for version in versions
            ]
            return any(learned)
        learned = []
        by_text = {text: version for version, text in done.spelled.items()}
        by_text.update({str(version): version for version in versions})
        for version in versions:
            if version not in done.spelled:
                reason = next(
                    (o.reason for o in done.omissions if o.version == str(version)),
                    "it has no archive",
                )
                learned.append(resolver.learn(Unit(project, version), Grade.IMPOSSIBLE, reason))
        for omission in done.omissions:
            concerned = [by_text[omission.version]] if omission.version else versions
            for version in concerned if omission.required else ():
                unit = Unit(project, version, omission.extra)
                reason = f"needs {omission.declared}: {omission.reason}"
                learned.append(resolver.learn(unit, Grade.INCOMPLETE, reason))
        return any(learned)

    # --- the plan -----------------------------------------------------------------------------

    def _plan(self, resolution: Resolution, assembled: Mapping[str, Assembled]) -> Plan:
        recipes = {
            project: self._planned(resolution, project, done)
            for project, done in assembled.items()
        }
        extended = [recipe.package for recipe in recipes.values() if recipe.extends]
        recorder = Recorder(
            self.host,
            self.target,
            resolution,
            assembled,
            self._proposals,
            self._attempted,
            self.supplements,
        )
        return Plan(
            request=self.request,
            target=self.target,
            resolution=resolution,
            recipes=recipes,
            records=recorder.records(),
            specs=plain_specs(self._named, resolution, assembled),
            groups=self._groups(resolution, assembled),
            roots=root_specs(self._named, resolution, assembled),
            constraints=required(self.request.constraints, resolution),
            deprecated=_deprecated(resolution),
            before={package: self.host.evaluator.meaning(package) for package in extended}
            if self.host.checks
            else {},
        )

    def _planned(self, resolution: Resolution, project: str, done: Assembled) -> PlannedRecipe:
        package = resolution.package(project).package
        kind = Kind.NEW if not done.extends else Kind.OVERLAY if done.recipe else Kind.EDITED
        return PlannedRecipe(
            project=project,
            package=package,
            kind=kind,
            text=_text(done),
            releases=done.spelled,
            versions=done.versions,
            omissions=done.omissions,
            extends=done.extends,
            before=self.host.repos.recipe_texts(package)[0] if done.extends else "",
        )

    def _groups(
        self, resolution: Resolution, assembled: Mapping[str, Assembled]
    ) -> dict[tuple[str, ...], Sequence[str]]:
        """The specs that are concretized together, by the projects that they are about."""
        if self.request.together:
            projects = tuple(root.project for root in resolution.roots)
            return {projects: root_specs(self._named, resolution, assembled)}
        found: dict[tuple[str, ...], Sequence[str]] = {}
        for root in resolution.roots:
            named = [r for r in self._named if canonicalize_name(r.name) == root.project]
            specs = plain_specs(named, resolution, assembled)
            if specs:
                found[(root.project,)] = specs
        return found


def named_requirements(texts: Sequence[str]) -> Mapping[str, Requirement]:
    """The named requirements, by project."""
    return {canonicalize_name(each.name): each for each in parse_names(texts)}


def _text(done: Assembled) -> str:
    """The recipe's text; one that is written from scratch is read back."""
    if done.recipe is None:
        return done.text
    text = render(done.recipe)
    read_back(text, done.recipe)
    return text


def _deprecated(resolution: Resolution) -> tuple[tuple[str, str], ...]:
    """(dependent, requirement that only deprecated versions satisfy), by package and version."""
    found = [("", resolution.package(p).package) for p in sorted(resolution.selection.deprecated)]
    for project in resolution.projects:
        for version in resolution.versions(project):
            for _, edge in resolution.edges(project, version):
                if edge.answer.status is Status.DEPRECATED and edge.required:
                    needed = resolution.package(edge.requirement.project).package
                    dependent = f"{resolution.package(project).package} {version}"
                    found.append((dependent, f"{needed} ({edge.requirement.specifier})"))
    return tuple(dict.fromkeys(found))
