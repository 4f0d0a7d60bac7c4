"""Makes plans: resolve and assemble, again and again until every recipe can be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..host.port import Host, Meaning, Target
from ..pypi.branches import shown
from ..recipe.proposal import proposed_edit
from ..recipe.read_back import read_back
from ..recipe.render import render
from ..resolve.catalog import Catalog
from ..resolve.facts import Facts, Supplement
from ..resolve.lessons import Grade, Unit
from ..resolve.model import Status
from ..resolve.resolution import Resolution
from ..resolve.resolver import Resolver, roots_of
from ..session import Session
from .assembly.assemble import Assembled, Assembler, empty_extras
from .environment import constrained, plain_specs, root_specs
from .locked_files import Compared, check, compare
from .plan import Plan, PlannedRecipe
from .records import Recorder
from .request import Request, parse_names
from .verifying.verification import Verification


class Planner:
    """Makes plans for one request; each takes the lessons of those before into account. ``target``
    is the one of the request.

    Raises `SpackPyPIError`: `UsageError` for names that are not requirements, `HostError` for a
    repo that cannot be used, `IndexFailure`."""

    def __init__(
        self,
        session: Session,
        host: Host,
        request: Request,
        supplements: Sequence[Supplement] = (),
        target: Target | None = None,
    ) -> None:
        self._session, self._host = session, host
        self._request, self._supplements = request, supplements
        #: The last recipe of each project, and its inputs.
        self._assembled: dict[str, tuple[object, Assembled]] = {}
        #: What was assembled for projects that cannot be written.
        self._attempted: dict[str, Assembled] = {}
        self._meanings: dict[str, Meaning] = {}
        self._named = parse_names(request.names)
        self._target = target or request.target(host)
        roots = roots_of(self._named)
        projects = [root.project for root in roots]
        facts = Facts(session, supplements=supplements)
        # They arrive while the packages of the host are looked up.
        facts.expect_named(projects)
        self._resolver = Resolver(
            Catalog(host, facts, request.rules(self._target, projects), projects),
            roots,
            together=request.together,
            worst=Grade.INCOMPLETE if request.allow_omissions else Grade.DOUBTFUL,
        )

    def plan(self) -> Plan:
        """The plan that follows from the facts and lessons so far."""
        while True:
            resolution = self._resolver.resolve()
            resolution.catalog.facts.forget_guesses()
            self._expect_compared(resolution)
            assembled = self._assemble_all(resolution)
            if assembled is not None:
                return self._plan(resolution, assembled)

    def learn(self, plan: Plan, verification: Verification) -> bool:
        """Learn from the verification of a plan; whether that leads to another plan."""
        learned = [
            self._resolver.learn(unit, Grade.IMPOSSIBLE, reason)
            for unit, reason in verification.rejected
        ]
        for projects, reason in verification.refused.items():
            self._resolver.refuse(projects, reason)
            learned.append(True)
        if any(learned):
            self._propose(plan, verification)
        return any(learned)

    def _propose(self, plan: Plan, verification: Verification) -> None:
        """Keep the lines that rejected recipes would have added, for a person to look at."""
        for each in verification.diagnostics:
            recipe = plan.recipe_of(each.package) if each.code == "rejected" else None
            if recipe is not None and recipe.before:
                lines = proposed_edit(recipe.before, recipe.text, each.text)
                self._attempted.setdefault(recipe.project, Assembled(None, (), proposal=lines))

    def _expect_compared(self, resolution: Resolution) -> None:
        """Ask for the pages of all that is required, with which the recipes are compared: they
        arrive while these are assembled."""
        for project in self._written(resolution) if self._host.checks else ():
            resolution.catalog.facts.expect(resolution.dependencies(project))

    # --- recipes ------------------------------------------------------------------------------

    def _assemble_all(self, resolution: Resolution) -> dict[str, Assembled] | None:
        """The recipes, by project, of all that is written (of the roots only, without
        dependencies). None if there are new lessons, as one cannot express all requirements."""
        projects = self._written(resolution)
        empty: dict[str, set[str]] = {}
        while True:
            assembler = Assembler(resolution, self._target.namespace, empty)
            assembled = {project: self._assemble(assembler, project) for project in projects}
            new_empty = empty_extras(resolution, assembled)
            if all(new_empty[project] <= empty.get(project, set()) for project in new_empty):
                break
            for project, extras in new_empty.items():
                empty.setdefault(project, set()).update(extras)
        learned = [self._learn_from(resolution, p, done) for p, done in assembled.items()]
        return None if any(learned) else assembled

    def _written(self, resolution: Resolution) -> Sequence[str]:
        """The projects that get recipes: without dependencies, the roots only."""
        named = {root.project for root in resolution.roots}
        return [p for p in resolution.projects if self._request.dependencies or p in named]

    def _assemble(self, assembler: Assembler, project: str) -> Assembled:
        """The recipe of a project, assembled only if its inputs changed."""
        inputs = assembler.inputs(project)
        known = self._assembled.get(project)
        if known is None or known[0] != inputs:
            self._assembled[project] = known = inputs, assembler.assemble(project)
        return known[1]

    def _learn_from(self, resolution: Resolution, project: str, done: Assembled) -> bool:
        """Learn from a recipe that lacks what its releases require; whether that is new."""
        versions = resolution.versions(project)
        resolver = self._resolver
        if done.problem:
            self._attempted[project] = done
            units = [Unit(project, version) for version in versions]
            learned = [resolver.learn(unit, Grade.IMPOSSIBLE, done.problem) for unit in units]
            return any(learned)
        learned = []
        by_text = {text: version for version, text in done.releases.items()}
        by_text.update({str(version): version for version in versions})
        for version in versions:
            if version not in done.releases:
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
        host, target = self._host, self._target
        recipes = {
            project: self._planned(resolution, project, done)
            for project, done in assembled.items()
        }
        compared = self._compared_with_locked(resolution, recipes)
        extended = [recipe.package for recipe in recipes.values() if recipe.extends]
        recorder = Recorder(
            self._session,
            host,
            target,
            resolution,
            recipes,
            self._attempted,
            self._supplements,
            compared,
            self._request.concretizes(host),
        )
        roots = (*self._request.other_specs, *root_specs(self._named, resolution, recipes))
        return Plan(
            request=self._request,
            target=target,
            resolve=lambda: resolution,
            projects=tuple(root.project for root in resolution.roots),
            recipes=recipes,
            records=recorder.records(),
            specs=plain_specs(self._named, resolution, recipes),
            groups=self._groups(resolution, recipes, roots),
            roots=roots,
            constraints=constrained(self._request.constraints, resolution),
            deprecated=_deprecated(resolution),
            before={package: self._meaning(package) for package in extended}
            if host.checks
            else {},
        )

    def _compared_with_locked(
        self, resolution: Resolution, recipes: Mapping[str, PlannedRecipe]
    ) -> Mapping[str, Compared]:
        """The archives of recipes, compared with what lock files list. Raises `SpackPyPIError`
        where one is another."""
        found = {}
        for project, listed in self._request.hashes.items():
            page = resolution.catalog.facts.page(project) if project in recipes else None
            if page is not None:
                found[project] = compare(self._session.index, page, recipes[project], listed)
        check([*found.values()])
        return found

    def _meaning(self, package: str) -> Meaning:
        """What an existing package meant before this run moved its recipe into the repo."""
        if package not in self._meanings:
            self._meanings[package] = self._host.evaluator.meaning(package)
        return self._meanings[package]

    def _planned(self, resolution: Resolution, project: str, done: Assembled) -> PlannedRecipe:
        package = resolution.package(project).package
        return PlannedRecipe(
            project=project,
            package=package,
            text=_text(done),
            releases=done.releases,
            versions=done.versions,
            omissions=done.omissions,
            variants=done.variants,
            extends=done.extends,
            before=resolution.catalog.recipe_texts(package)[0] if done.extends else "",
            left_out=done.left_out,
        )

    def _groups(
        self,
        resolution: Resolution,
        recipes: Mapping[str, PlannedRecipe],
        roots: Sequence[str],
    ) -> dict[tuple[str, ...], Sequence[str]]:
        """The specs that are concretized together, by the projects that they are about."""
        if self._request.together:
            return {tuple(root.project for root in resolution.roots): roots}
        named: dict[str, list[Requirement]] = {}
        for requirement in self._named:
            named.setdefault(canonicalize_name(requirement.name), []).append(requirement)
        groups: dict[tuple[str, ...], Sequence[str]] = {}
        for root in resolution.roots:
            specs = root_specs(named[root.project], resolution, recipes)
            if specs:
                groups[(root.project,)] = specs
        return groups


def _text(done: Assembled) -> str:
    """The recipe's text; one that is written from scratch is read back."""
    if done.recipe is None:
        return done.text
    text = render(done.recipe)
    read_back(text, done.recipe)
    return text


def _deprecated(resolution: Resolution) -> tuple[tuple[str, str], ...]:
    """(dependent, requirement that only deprecated versions satisfy), by package and version."""
    deprecated = [
        ("", resolution.package(p).package) for p in sorted(resolution.selection.deprecated)
    ]
    for project in resolution.projects:
        for version in resolution.versions(project):
            for _, edge in resolution.edges(project, version):
                if edge.answer.status is Status.DEPRECATED and edge.required:
                    required = resolution.package(edge.requirement.project).package
                    dependent = f"{resolution.package(project).package} {shown(version)}"
                    deprecated.append((dependent, f"{required} ({edge.requirement.specifier})"))
    return tuple(dict.fromkeys(deprecated))
