"""``why``: what asks for each project of a closure, what answers it, and why that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..recipe.model import BUILD
from ..resolve.lessons import Grade
from ..resolve.model import Answer, Root, Status
from ..resolve.package import ProjectPackage
from ..resolve.resolution import Resolution
from ..translate.requirements import ProjectRequirement
from ..translate.spelling import meant
from .plan import Plan, named_requirements


class Answered(Enum):
    """How a requirement is satisfied, the worst last."""

    EXISTS = "exists"
    ADDED = "added"
    NEW = "new"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Explanation:
    """A requirement (``requires``: its text, its condition and whether it is for building only) of
    ``source`` on ``target`` (projects; ``source`` is empty for what was named), how it is
    satisfied, and why so."""

    source: str
    target: str
    requires: str
    answered: Answered
    reason: str


def why(plan: Plan) -> list[Explanation]:
    """The edges of a plan's closure; of a recipe, those of its newest version."""
    resolution = plan.resolution
    texts = {
        project: str(each) for project, each in named_requirements(plan.request.names).items()
    }
    edges = [_of_root(resolution, root, texts[root.project]) for root in resolution.roots]
    return edges + _below(resolution)


def _below(resolution: Resolution) -> list[Explanation]:
    edges: list[Explanation] = []
    todo = [root.project for root in resolution.roots]
    seen = set(todo)
    while todo:
        project = todo.pop(0)
        for version in resolution.versions(project)[:1]:
            found = (edge for _, edge in resolution.edges(project, version))
            for each in dict.fromkeys(found):
                edges.append(
                    _edge(
                        resolution, project, each.requirement, _asks(each.requirement), each.answer
                    )
                )
                if each.requirement.project not in seen:
                    seen.add(each.requirement.project)
                    todo.append(each.requirement.project)
    return edges


def _asks(need: ProjectRequirement) -> str:
    where = [str(need.when)] if str(need.when) else []
    where += ["to build"] if need.types == BUILD else []
    return str(need) + (f" ({', '.join(where)})" if where else "")


def _of_root(resolution: Resolution, root: Root, text: str) -> Explanation:
    need = ProjectRequirement(root.project, (), root.specifier)
    versions = resolution.versions(root.project)
    if root.project in resolution.failed:
        answer = Answer(Status.ABSENT, Grade.INCOMPLETE, reason=resolution.failed[root.project])
    elif root.project in resolution.selection.deprecated:
        answer = Answer(Status.DEPRECATED)
    elif versions:
        release = resolution.release(root.project, versions[0])
        answer = Answer(Status.CHOSEN, release=release)
    else:
        answer = Answer(Status.EXISTS)
    return _edge(resolution, "", need, text, answer)


def _edge(
    resolution: Resolution, source: str, need: ProjectRequirement, asks: str, answer: Answer
) -> Explanation:
    target = resolution.package(need.project)
    existing = target.existing
    name = f"{existing.namespace}.{existing.name}" if existing else ""
    if answer.status is Status.DEPRECATED:
        return Explanation(
            source,
            need.project,
            asks,
            Answered.EXISTS,
            f"{name} has only deprecated versions that satisfy it",
        )
    if answer.status is Status.EXISTS and existing is not None:
        accepted = SpecifierSet(need.specifier, prereleases=True)
        told = "any version" if existing.every_version else _newest(target, accepted)
        return Explanation(source, need.project, asks, Answered.EXISTS, f"{name} has {told}")
    if answer.release is None:
        return Explanation(source, need.project, asks, Answered.LEFT_OUT, answer.reason)
    version = answer.release.version
    if existing is None:
        reason = f"no repo has it, so {target.package} {version} is written"
        return Explanation(source, need.project, asks, Answered.NEW, reason)
    newest = existing.versions[0] if existing.versions else "none"
    reason = f"no version of {name} satisfies it (newest: {newest}), so {version} is added"
    return Explanation(source, need.project, asks, Answered.ADDED, reason)


def _newest(target: ProjectPackage, accepted: SpecifierSet) -> str:
    declared: dict[Version, str] = {}
    for text in target.existing.versions if target.existing else ():
        version: Version | None = meant(text)
        if version is not None and version in accepted:
            declared[version] = text
    return declared[max(declared)]
