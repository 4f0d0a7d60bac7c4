"""``create``: write the recipes that are missing for the named projects, all of them or none."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ..errors import HostError, UnknownProject
from ..host.port import Host, Meaning, Problem, Target
from ..pypi.model import Index
from ..recipe.render import render
from ..recipe.verify import verify
from .assemble import Assembled, assemble
from .closure.closure import Closure
from .closure.follow import follow, named_projects, parse_names
from .closure.inquiry import Supplement
from .closure.node import Node
from .compare import oracle
from .compare.check import check
from .compare.comparison import ERROR
from .compare.unchanged import altered
from .environment import plain_specs, required, root_specs
from .outcome import CONCRETIZE, INSTALL, LOAD, Omitted, Record, Request, Result
from .prove import prove
from .solve import solve
from .worth_a_look import worth_a_look

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
    """Follow the closure, write what is missing into the target repo once the host has proven it.

    ``progress`` is told what is looked at or done. Raises `SpackPyPIError`; then, and when
    the result has ``problems``, nothing was written.
    """
    named = parse_names(request.names)
    target = host.target(request.repo, request.namespace, write=not request.dry_run)
    if request.proof in (CONCRETIZE, INSTALL) and not host.has_solver():
        raise HostError("there is no solver here to concretize with; give --verify load")
    supplements: List[Supplement] = []
    while True:
        result, closure = _propose(
            host, index, request, named, target, supplements, connections, progress
        )
        if request.strict and result.omissions:
            raise Omitted(result.omissions)
        if request.dry_run or not result.texts or result.failed:
            return result
        result = _write(host, index, request, result, closure, connections, progress)
        supplement = _supplement(result) if request.fix else None
        if supplement is None or supplement in supplements or len(supplements) == _MOST_FIXES:
            return result
        progress(f"again, with {supplement.requirement} to build {supplement.project}")
        supplements.append(supplement)


def _propose(
    host: Host,
    index: Index,
    request: Request,
    named: Sequence[Requirement],
    target: Target,
    supplements: Sequence[Supplement],
    connections: int,
    progress: Callable[[str], None],
) -> Tuple[Result, Closure]:
    """The recipes that are missing, and the closure they come from; nothing is written yet."""
    try:
        closure = follow(
            host,
            index,
            named,
            request.policy,
            dependencies=request.dependencies,
            together=request.together,
            force=request.force,
            extend=request.extend,
            variants=request.exact,
            packages=request.packages,
            constraints={name: SpecifierSet(text) for name, text in request.constraints.items()},
            connections=connections,
            progress=progress,
            supplements=supplements,
        )
    except UnknownProject as error:
        near = difflib.get_close_matches(error.project, host.projects(), n=3, cutoff=0.8)
        raise UnknownProject(error.project, error.index, near) from None
    names, nodes = named_projects(named), closure.nodes
    assembled = _assemble_all(closure, nodes, request, target)
    written = {nodes[name].package: done for name, done in assembled.items() if done.written}
    result = Result(
        named=names,
        records=_records(host, target, closure, assembled, supplements),
        texts={package: _text(written[package]) for package in sorted(written)},
        target=target,
        specs=plain_specs(named, closure),
        roots=root_specs(named, closure),
        required=required(request.constraints, closure),
    )
    return result, closure


def _supplement(result: Result) -> Optional[Supplement]:
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


def _assemble_all(
    closure: Closure, nodes: Mapping[str, Node], request: Request, target: Target
) -> Dict[str, Assembled]:
    """Recipes of all nodes that are written; without dependencies, of the named ones only.

    A recipe that turns out to be uneditable cannot satisfy who needs its new versions, nor one
    without a variant who asks for it: then those are assembled again.
    """
    while True:
        assembled = {
            project: assemble(closure, nodes[project], target.namespace)
            for project in sorted(nodes)
            if nodes[project].written
            and (request.dependencies or nodes[project].named is not None)
        }
        refused = {project: done for project, done in assembled.items() if done.problem}
        for project, done in refused.items():
            nodes[project].failure, nodes[project].proposal = done.problem, done.proposal
        if not (_empty_extras(nodes, assembled) or refused):
            return assembled


def _empty_extras(nodes: Mapping[str, Node], assembled: Mapping[str, Assembled]) -> bool:
    """Note the extras of which no variant came; whether there are more than were known."""
    more = False
    for project, done in assembled.items():
        if done.recipe is not None and done.recipe.parent is None:
            node = nodes[project]
            empty = node.extras - {variant.name for variant in done.recipe.variants}
            more = more or not empty <= node.empty_extras
            node.empty_extras |= empty
    return more


def _text(done: Assembled) -> str:
    """The recipe's text; what is written anew is read back."""
    if done.recipe is None:
        return done.text
    text = render(done.recipe)
    verify(text, done.recipe)
    return text


def _records(
    host: Host,
    target: Target,
    closure: Closure,
    assembled: Mapping[str, Assembled],
    supplements: Sequence[Supplement],
) -> Dict[str, Record]:
    records = {}
    for project in sorted(_reached(closure, assembled)):
        node = closure.nodes[project]
        existing = node.existing
        done = assembled.get(project)
        if done is not None and done.written:
            records[project] = Record(
                project,
                node.package,
                "new",
                target.namespace,
                done.versions,
                host.recipe_path(target, node.package),
                done.extends,
                done.omissions,
                needs=_needs(closure, node),
                added=tuple(
                    f"{each.requirement} (to build), as {each.reason}"
                    for each in supplements
                    if each.project == project
                ),
                passed_over=_passed_over(closure, project),
                open=worth_a_look(closure, node),
                languages=_languages(node),
            )
        elif existing and not (node.failure and (node.demands or node.named is not None)):
            records[project] = Record(
                project, existing.name, "exists", existing.namespace, existing.versions
            )
        elif closure.follows or node.named is not None:
            reason = node.failure or "nothing of it can be installed by Spack"
            omissions = done.omissions if done else ()
            records[project] = Record(
                project,
                node.package,
                "failed",
                omissions=omissions,
                reason=reason,
                proposal=done.proposal if done else node.proposal,
            )
    return records


def _passed_over(closure: Closure, project: str) -> Tuple[Tuple[str, str], ...]:
    found = [(v, why) for (name, v), why in closure.passed_over.items() if name == project]
    return tuple((str(version), why) for version, why in sorted(found, reverse=True))


def _languages(node: Node) -> Tuple[str, ...]:
    built = node.facts[node.known[0]].builds
    rust = ("rust",) if any(tool.package == "rust" for tool in built.tools) else ()
    return built.languages + rust


def _reached(closure: Closure, assembled: Mapping[str, Assembled]) -> Set[str]:
    """The named projects and all that is needed from there; a search may have looked further."""
    todo = [project for project, node in closure.nodes.items() if node.named is not None]
    reached: Set[str] = set()
    while todo:
        project = todo.pop()
        if project not in reached:
            reached.add(project)
            done = assembled.get(project)
            if done is not None and done.written:
                todo += _needs(closure, closure.nodes[project])
    return reached


def _needs(closure: Closure, node: Node) -> Tuple[str, ...]:
    found = (need.project for v in node.versions for need in closure.edges(node, v))
    return tuple(dict.fromkeys(found))


def _write(
    host: Host,
    index: Index,
    request: Request,
    result: Result,
    closure: Closure,
    connections: int,
    progress: Callable[[str], None],
) -> Result:
    """Write the recipes beside the repo, prove them as far as was asked, and move them in."""
    # Without its dependencies a recipe names packages that Spack may not know.
    further = host.checks and request.dependencies
    extended = [record.package for record in result.records.values() if record.extends]
    before = [host.meaning(package) for package in extended] if host.checks else []
    originals = {package: host.recipe_texts(package)[0] for package in extended}
    result = replace(result, originals=originals)
    with host.stage(result.target, result.needed_first) as staging:
        progress("loading")
        result = replace(result, problems=tuple(staging.load()))
        if host.checks and not result.problems:
            result = _proven(result, "loaded")
            revised = tuple((meaning, host.meaning(meaning.package)) for meaning in before)
            problems = [*_changed(host, revised), *_inexact(host, index, request, result)]
            result = replace(result, problems=tuple(problems), revised=revised)
        if further and not result.problems:
            progress("auditing")
            result = _proven(replace(result, problems=tuple(staging.audit())), "audited")
        if further and not result.problems and request.proof != LOAD and host.has_solver():
            groups = [result.roots] if request.together else [(spec,) for spec in result.specs]
            problems, unmet = solve(staging, closure, result, groups, progress)
            result = replace(result, problems=tuple(problems), unmet=tuple(unmet))
            result = _proven(result, "concretized")
        if request.proof == INSTALL and not result.problems:
            projects = {r.package: r.project for r in result.records.values() if r.status == "new"}
            proofs = tuple(
                prove(
                    host,
                    index,
                    staging,
                    spec,
                    projects,
                    connections=connections,
                    progress=progress,
                )
                for spec in result.specs
            )
            problems = [problem for proof in proofs for problem in proof.problems]
            result = replace(result, proofs=proofs, problems=tuple(problems))
            result = _proven(result, "installed")
        if not result.problems and not request.trial:
            staging.commit()
    return result


def _changed(host: Host, revised: Sequence[Tuple[Meaning, Meaning]]) -> Iterator[Problem]:
    """What the versions that were there do not mean any more."""
    cells = oracle.cells(host.python_versions())
    for before, after in revised:
        yield from altered(before, after, cells)


def _inexact(host: Host, index: Index, request: Request, result: Result) -> Iterator[Problem]:
    """What versions that are added to recipes do not say as their releases do."""
    for record in result.records.values() if request.exact else ():
        if not record.extends:
            continue
        for checked in check(host, index, [record.package], only=record.versions):
            if checked.problem:
                yield Problem(record.package, checked.problem)
            for version, reason in checked.unchecked.items():
                what = f"nothing confirms what {version} requires: {reason}"
                yield Problem(record.package, what)
            for found in checked.findings:
                if found.severity == ERROR:
                    told = f"the metadata says {found.declared or 'nothing'}"
                    what = " ".join(part for part in (found.subject, found.kind) if part)
                    recipe = found.recipe or "nothing"
                    yield Problem(record.package, f"{what}: {told}, the recipe would say {recipe}")


def _proven(result: Result, what: str) -> Result:
    """The result with one more proof, unless that failed."""
    return result if result.problems else replace(result, proven=(*result.proven, what))
