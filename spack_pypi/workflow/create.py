"""``create``: write the recipes that are missing for the named projects.

Each root is written whole or not at all; what cannot be had stops only the roots that need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import (
    Callable,
)

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ..errors import HostError, UsageError
from ..host.port import Host, Meaning, Problem, Staging, Target
from ..pypi.model import Index
from ..recipe.read_back import read_back
from ..recipe.render import render
from ..recipe.text_edits import added_lines
from ..resolve.catalog import Catalog, Rules
from ..resolve.facts import Facts, Supplement
from ..resolve.lessons import Grade, Unit
from ..resolve.model import Status
from ..resolve.resolution import Resolution, Resolver, roots_of
from .assemble import Assembled, Assembler, empty_extras
from .compare import oracle
from .compare.unchanged import altered
from .concretize import Concretizer
from .environment import plain_specs, required, root_specs
from .exact import inexact
from .installation import install
from .outcome import CONCRETIZE, INSTALL, LOAD, Omitted, Request, Result
from .records import Recorder

#: Undeclared build requirements that one run adds at most (``--fix``).
_MOST_FIXES = 10


def create(
    host: Host,
    index: Index,
    request: Request,
    *,
    connections: int = 8,
    progress: Callable[[str], None] = lambda what: None,
) -> Result:
    """Resolve the named requirements, write what is missing into the target repo once the host has
    proven it.

    ``progress`` is called with what is looked at or done. Raises `SpackPyPIError`; then, and when
    the result has ``problems``, nothing was written.
    """
    named = parse_names(request.names)
    target = host.repos.target(request.repo, request.namespace, write=not request.dry_run)
    if request.proof in (CONCRETIZE, INSTALL) and not host.solver.is_available():
        raise HostError("there is no solver here to concretize with; give --verify load")
    supplements: list[Supplement] = []
    while True:
        with Facts(
            index, supplements=supplements, connections=connections, progress=progress
        ) as facts:
            creation = _Creation(
                host,
                index,
                request,
                target,
                named,
                facts,
                connections,
                progress,
                Concretizer(host.solver, progress),
            )
            result = creation.run()
        supplement = _supplement(result) if request.fix else None
        if supplement is None or supplement in supplements or len(supplements) == _MOST_FIXES:
            return _with_supplements(result, supplements)
        progress(f"again, with {supplement.requirement} to build {supplement.project}")
        supplements.append(supplement)


def parse_names(texts: Sequence[str]) -> list[Requirement]:
    """The named requirements; `UsageError` for what is none."""
    if not texts:
        raise UsageError("give the name of at least one project")
    requirements = []
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"'{text}' is not a requirement (PEP 508): {reason}") from None
        if requirement.url or requirement.marker:
            raise UsageError(f"'{text}': give a name, extras and versions, nothing more")
        requirements.append(requirement)
    return requirements


def _rules_of(request: Request, target: Target) -> Rules:
    """What a request means for the resolver."""
    return Rules(
        policy=request.policy,
        force=request.force,
        follow=request.dependencies,
        extend=request.extend,
        constraints={name: SpecifierSet(text) for name, text in request.constraints.items()},
        packages=request.packages,
        namespace=target.namespace,
    )


def _with_supplements(result: Result, supplements: Sequence[Supplement]) -> Result:
    """The result, whose records say which build requirements were added, and why."""
    records = {
        project: replace(
            record,
            added=tuple(
                f"{each.requirement} (to build), as {each.reason}"
                for each in supplements
                if each.project == project
            ),
        )
        for project, record in result.records.items()
    }
    return replace(result, records=records)


def _supplement(result: Result) -> Supplement | None:
    """The undeclared build requirement without which a package of ours was not built."""
    for proof in result.proofs:
        failure = proof.trial.failure
        if (
            failure is None
            or failure.phase != "build"
            or not (proof.cause and proof.cause.project)
        ):
            continue
        package, _, version = failure.package.partition("@")
        for record in result.records.values():
            if record.package == package and record.status == "new":
                return Supplement(record.project, version, proof.cause.project, proof.cause.text)
    return None


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a recipe, and which units have no better one."""

    package: str
    message: str
    units: tuple[Unit, ...]


@dataclass
class _Creation:
    """One run over one set of facts."""

    host: Host
    index: Index
    request: Request
    target: Target
    named: Sequence[Requirement]
    facts: Facts
    connections: int
    progress: Callable[[str], None]
    solver: Concretizer
    #: Lines for recipes that a person has to put in, by project.
    proposals: dict[str, str] = field(default_factory=dict)
    #: The last recipe of each project, and what it rests on.
    assembled: dict[str, tuple[object, Assembled]] = field(default_factory=dict)
    #: What was proposed for projects that could not be written, by project.
    attempted: dict[str, Assembled] = field(default_factory=dict)

    def run(self) -> Result:
        roots = roots_of(self.named)
        names = [root.project for root in roots]
        catalog = Catalog(self.host, self.facts, _rules_of(self.request, self.target), names)
        resolver = Resolver(
            catalog,
            roots,
            together=self.request.together,
            worst=Grade.LACKING if self.request.allow_omissions else Grade.DOUBTFUL,
        )
        while True:
            resolution = resolver.resolve()
            assembled = self._assembled(resolution)
            if assembled is None:
                continue
            result = self._result(resolution, assembled)
            if self.request.strict and result.omissions:
                raise Omitted(result.omissions)
            if self.request.dry_run or not result.texts:
                return result
            written = self._write(resolver, resolution, assembled, result)
            if written is not None:
                return written

    # --- recipes ------------------------------------------------------------------------------

    def _assembled(self, resolution: Resolution) -> dict[str, Assembled] | None:
        """The recipes of all that is written, by project; without dependencies, of the roots. None
        where some of it cannot be said in a recipe: then there are new lessons."""
        named = {root.project for root in resolution.roots}
        projects = [p for p in resolution.projects if self.request.dependencies or p in named]
        empty: dict[str, set[str]] = {}
        while True:
            assembler = Assembler(resolution, self.target.namespace, empty)
            assembled = {p: self._assemble(assembler, p) for p in projects}
            found = empty_extras(resolution, assembled)
            if all(found[project] <= empty.get(project, set()) for project in found):
                break
            for project, extras in found.items():
                empty.setdefault(project, set()).update(extras)
        learned = [self._learn(resolution, p, done) for p, done in assembled.items()]
        return None if any(learned) else assembled

    def _assemble(self, assembler: Assembler, project: str) -> Assembled:
        """The recipe of a project, made anew only where something that it rests on has changed."""
        rests_on = assembler.rests_on(project)
        known = self.assembled.get(project)
        if known is None or known[0] != rests_on:
            self.assembled[project] = known = rests_on, assembler.assemble(project)
        return known[1]

    def _learn(self, resolution: Resolution, project: str, done: Assembled) -> bool:
        """Lessons from a recipe that does not say all that its releases require."""
        versions = resolution.versions(project)
        lessons = resolution.lessons
        if done.problem:
            self.proposals[project] = done.proposal
            self.attempted[project] = done
            units = [Unit(project, version) for version in versions]
            return any(lessons.learn(u, Grade.IMPOSSIBLE, done.problem) for u in units)
        learned = []
        by_text = {text: version for version, text in done.spelled.items()}
        by_text.update({str(version): version for version in versions})
        for version in versions:
            if version not in done.spelled:
                reason = next(
                    (o.reason for o in done.omissions if o.version == str(version)), "no archive"
                )
                learned.append(lessons.learn(Unit(project, version), Grade.IMPOSSIBLE, reason))
        for omission in done.omissions:
            concerned = [by_text[omission.version]] if omission.version else versions
            for version in concerned if omission.required else ():
                unit = Unit(project, version, omission.extra)
                reason = f"needs {omission.declared}: {omission.reason}"
                learned.append(lessons.learn(unit, Grade.LACKING, reason))
        return any(learned)

    def _result(self, resolution: Resolution, assembled: Mapping[str, Assembled]) -> Result:
        named = tuple(root.project for root in resolution.roots)
        packages = {project: resolution.package(project).package for project in assembled}
        written = {packages[project]: done for project, done in assembled.items()}
        return Result(
            named=named,
            records=Recorder(
                self.host,
                self.target,
                resolution,
                assembled,
                self.proposals,
                self.attempted,
            ).records(),
            texts={package: _text(written[package]) for package in sorted(written)},
            target=self.target,
            specs=plain_specs(self.named, resolution, assembled),
            roots=root_specs(self.named, resolution, assembled),
            required=required(self.request.constraints, resolution),
            deprecated=_deprecated(resolution),
        )

    # --- writing ------------------------------------------------------------------------------

    def _write(
        self,
        resolver: Resolver,
        resolution: Resolution,
        assembled: Mapping[str, Assembled],
        result: Result,
    ) -> Result | None:
        """Write the recipes beside the repo, prove them as far as was asked, and move them in;
        None where there are new lessons."""
        extended = [record.package for record in result.records.values() if record.extends]
        before = (
            [self.host.evaluator.meaning(package) for package in extended]
            if self.host.checks
            else []
        )
        originals = {package: self.host.repos.recipe_texts(package)[0] for package in extended}
        result = replace(result, originals=originals)
        with self.host.writer.stage(self.target, result.needed_first) as staging:
            for proof, faults in self._proofs(staging, resolution, assembled, before):
                learned = [
                    resolver.lessons.learn(unit, Grade.IMPOSSIBLE, fault.message)
                    for fault in faults
                    for unit in fault.units
                ]
                if any(learned):
                    self._propose(resolution, result, faults)
                    return None
                problems = tuple(Problem(fault.package, fault.message) for fault in faults)
                result = replace(result, problems=problems)
                if problems:
                    return result
                result = replace(result, proven=(*result.proven, proof))
            result = replace(
                result, revised=tuple((m, self.host.evaluator.meaning(m.package)) for m in before)
            )
            further = self.host.checks and self.request.dependencies
            if further and self.request.proof != LOAD and self.host.solver.is_available():
                groups = self._groups(resolution, assembled)
                refused = self.solver.refused(resolution, result, groups)
                for projects, reason in refused.items():
                    resolver.refuse(projects, reason)
                if refused:
                    return None
                unmet = self.solver.unmet(resolution, result)
                proven = (*result.proven, "concretized")
                result = replace(result, unmet=tuple(unmet), proven=proven)
            if self.request.proof == INSTALL and not result.problems:
                result = self._installed(staging, result)
            if not result.problems and not self.request.trial:
                staging.commit()
        return result

    def _propose(self, resolution: Resolution, result: Result, faults: Sequence[_Fault]) -> None:
        """Keep the lines that recipes which exist would have got, for a person to look at."""
        for fault in faults:
            before = result.originals.get(fault.package)
            for unit in fault.units if before else ():
                lines = added_lines(str(before), result.texts[fault.package])
                self.proposals.setdefault(unit.project, lines)

    def _proofs(
        self,
        staging: Staging,
        resolution: Resolution,
        assembled: Mapping[str, Assembled],
        before: Sequence[Meaning],
    ) -> Iterator[tuple[str, Sequence[_Fault]]]:
        """What the host does with the recipes, and what it finds wrong with them."""
        units = {
            resolution.package(project).package: tuple(
                Unit(project, version) for version in resolution.versions(project)
            )
            for project in resolution.projects
        }

        def faults(problems: Iterable[Problem], what: str) -> list[_Fault]:
            return [
                _Fault(each.package, f"{what}{each.message}", units[each.package])
                if each.package in units
                else _Fault(each.package, each.message, ())
                for each in problems
            ]

        self.progress("loading")
        yield "loaded", faults(staging.load(), "its recipe does not load: ")
        if not self.host.checks:
            return
        self.progress("checking")
        revised = [(meaning, self.host.evaluator.meaning(meaning.package)) for meaning in before]
        found = faults(_changed(resolution, revised), "")
        for unit, message in inexact(self.host, self.index, resolution, assembled):
            found.append(_Fault(resolution.package(unit.project).package, message, (unit,)))
        yield "checked", found
        if self.request.dependencies:  # without them it names packages that Spack may not know
            self.progress("auditing")
            yield "audited", faults(staging.audit(), "Spack's audit refuses it: ")

    def _groups(
        self, resolution: Resolution, assembled: Mapping[str, Assembled]
    ) -> dict[tuple[str, ...], Sequence[str]]:
        """The specs that are concretized together, by the projects that they are about."""
        if self.request.together:
            projects = tuple(root.project for root in resolution.roots)
            return {projects: root_specs(self.named, resolution, assembled)}
        found: dict[tuple[str, ...], Sequence[str]] = {}
        for root in resolution.roots:
            named = [r for r in self.named if canonicalize_name(r.name) == root.project]
            specs = plain_specs(named, resolution, assembled)
            if specs:
                found[(root.project,)] = specs
        return found

    def _installed(self, staging: Staging, result: Result) -> Result:
        projects = {r.package: r.project for r in result.records.values() if r.status == "new"}
        proofs = tuple(
            install(
                self.host,
                self.index,
                staging,
                spec,
                projects,
                connections=self.connections,
                progress=self.progress,
            )
            for spec in result.specs
        )
        problems = [problem for proof in proofs for problem in proof.problems]
        result = replace(result, proofs=proofs, problems=tuple(problems))
        return _proven(result, "installed")


def _text(done: Assembled) -> str:
    """The recipe's text; what is written anew is read back."""
    if done.recipe is None:
        return done.text
    text = render(done.recipe)
    read_back(text, done.recipe)
    return text


def _deprecated(resolution: Resolution) -> tuple[tuple[str, str], ...]:
    """(who, of what it needs a deprecated version), by package and version."""
    found = [("", resolution.package(p).package) for p in sorted(resolution.selection.deprecated)]
    for project in resolution.projects:
        for version in resolution.versions(project):
            for _, edge in resolution.edges(project, version):
                if edge.answer.status is Status.DEPRECATED and edge.required:
                    needed = resolution.package(edge.need.project).package
                    asking = f"{resolution.package(project).package} {version}"
                    found.append((asking, f"{needed} ({edge.need.specifier})"))
    return tuple(dict.fromkeys(found))


def _changed(
    resolution: Resolution, revised: Sequence[tuple[Meaning, Meaning]]
) -> Iterator[Problem]:
    """What the versions that were there do not mean any more, but for those that are written anew
    and so compared with their releases."""
    cells = oracle.cells(resolution.catalog.pythons)
    projects = {resolution.package(project).package: project for project in resolution.projects}
    for before, after in revised:
        overlay = resolution.catalog.overlay(projects[before.package])
        anew = {line.version for line in overlay.versions} if overlay else set()
        kept = [v.text for v in before.versions if v.text not in anew]
        yield from altered(before, after, cells, only=kept if anew else None)


def _proven(result: Result, what: str) -> Result:
    """The result with one more proof, unless that failed."""
    return result if result.problems else replace(result, proven=(*result.proven, what))
