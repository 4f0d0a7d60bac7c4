"""``why``: what requires each project of a closure, what satisfies the requirement, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.branches import shown
from ..recipe.model import BUILD
from ..resolve.lessons import Grade
from ..resolve.model import Answer, Root, Status
from ..resolve.package import ProjectPackage
from ..resolve.resolution import Resolution
from ..translate.requirements import ProjectRequirement
from ..translate.spelling import meant
from .externals.found import Found
from .plan import Plan
from .request import parse_names


class SatisfiedBy(Enum):
    """What satisfies a requirement, the worst last."""

    EXISTS = "exists"
    ADDED = "added"
    NEW = "new"
    OMITTED = "left out"


@dataclass(frozen=True)
class Explanation:
    """A requirement of the project ``source`` (empty for a named requirement) on ``target``, what
    satisfies it, and why; ``requires`` is its text, with its condition and ``to build``."""

    source: str
    target: str
    requires: str
    satisfied_by: SatisfiedBy
    reason: str


def why(plan: Plan, installed: Found | None = None) -> list[Explanation]:
    """Every requirement of a plan's closure, and what else is written; those of a recipe are of
    its newest version. What a Python has ``installed`` comes first where Spack can use it."""
    resolution = plan.resolution
    named = parse_names(plan.request.names)
    texts: dict[str, str] = {canonicalize_name(each.name): str(each) for each in named}
    explanations = []
    for root in resolution.roots:
        requirement = ProjectRequirement(root.project, (), root.specifier)
        answer = _answer(resolution, root)
        text = texts[root.project]
        explanations.append(_explanation(resolution, "", requirement, text, answer))
    for project in plan.unrequired:
        newest = shown(resolution.versions(project)[0])
        reason = f"{newest} is written {plan.records[project].because}".rstrip()
        status = SatisfiedBy.ADDED if plan.recipes[project].extends else SatisfiedBy.NEW
        explanations.append(Explanation("", project, project, status, reason))
    todo = [*plan.projects, *plan.unrequired]
    seen = set(todo)
    while todo:
        project = todo.pop(0)
        for version in resolution.versions(project)[:1]:
            for edge in dict.fromkeys(edge for _, edge in resolution.edges(project, version)):
                requirement = edge.requirement
                text = _text(requirement)
                explained = _explanation(resolution, project, requirement, text, edge.answer)
                if installed is not None:
                    explained = replace(
                        explained, reason=_beside(installed, requirement, explained)
                    )
                explanations.append(explained)
                if requirement.project not in seen:
                    seen.add(requirement.project)
                    todo.append(requirement.project)
    return explanations


def _text(requirement: ProjectRequirement) -> str:
    where = [str(requirement.when)] if str(requirement.when) else []
    where += ["to build"] if requirement.types == BUILD else []
    return str(requirement) + (f" ({', '.join(where)})" if where else "")


def _answer(resolution: Resolution, root: Root) -> Answer:
    """What satisfies a named requirement."""
    versions = resolution.versions(root.project)
    if root.project in resolution.failed:
        return Answer(Status.ABSENT, Grade.INCOMPLETE, reason=resolution.failed[root.project])
    if root.project in resolution.selection.deprecated:
        return Answer(Status.DEPRECATED)
    if versions:
        return Answer(Status.CHOSEN, release=resolution.release(root.project, versions[0]))
    return Answer(Status.EXISTS)


def _explanation(
    resolution: Resolution, source: str, requirement: ProjectRequirement, text: str, answer: Answer
) -> Explanation:
    target = resolution.package(requirement.project)
    satisfied_by, reason = _satisfaction(target, requirement.specifier, answer)
    return Explanation(source, requirement.project, text, satisfied_by, reason)


def _beside(installed: Found, requirement: ProjectRequirement, explained: Explanation) -> str:
    """What satisfies a requirement, with what is installed of the project."""
    project, reason = requirement.project, explained.reason
    external = installed.externals.get(project)
    others = (n for n in installed.not_used if n.distribution.project == project and not n.builds)
    other = next(others, None)
    if external is not None:
        found = installed.distributions[project]
    elif other is not None and not other.distribution.problem:
        found = other.distribution
    else:
        return reason
    version = found.version
    if not SpecifierSet(requirement.specifier).contains(version, prereleases=True):
        return f"{reason}; {version} is installed, which does not satisfy it"
    if external is not None:
        return f"{version} is installed in {external.prefix}"
    if other and not (other.lacks_recipe and explained.satisfied_by is not SatisfiedBy.EXISTS):
        return f"{reason}; {version} is installed, and not used: {other.reason}"
    return f"{reason}; {version} is installed, and an external once it has a recipe"


def _satisfaction(
    target: ProjectPackage, specifier: str, answer: Answer
) -> tuple[SatisfiedBy, str]:
    existing = target.existing
    name = f"{existing.namespace}.{existing.name}" if existing else ""
    if answer.status is Status.DEPRECATED:
        return SatisfiedBy.EXISTS, f"{name} has only deprecated versions that satisfy it"
    if answer.status is Status.EXISTS and existing is not None:
        accepted = SpecifierSet(specifier, prereleases=True)
        which = "any version" if existing.every_version else _newest(target, accepted)
        return SatisfiedBy.EXISTS, f"{name} has {which}"
    if answer.release is None:
        return SatisfiedBy.OMITTED, answer.reason
    version = shown(answer.release.version)
    if existing is None:
        return SatisfiedBy.NEW, f"no repo has it, so {target.package} {version} is written"
    newest = existing.versions[0] if existing.versions else "none"
    reason = f"no version of {name} satisfies it (newest: {newest}), so {version} is added"
    return SatisfiedBy.ADDED, reason


def _newest(target: ProjectPackage, accepted: SpecifierSet) -> str:
    declared: dict[Version, str] = {}
    for text in target.existing.versions if target.existing else ():
        version: Version | None = meant(text)
        if version is not None and version in accepted:
            declared[version] = text
    return declared[max(declared)]
