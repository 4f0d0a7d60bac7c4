"""What no recipe says yet, for ``explain``: a version that its recipe does not list, or a package
that no repo has. Planned as ``sync`` and ``create`` do, with why they refuse it; not written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import HostError, SpackPyPIError
from ..host.port import Host
from ..resolve.policy import Policy
from ..session import Session
from ..translate import spack_order
from ..translate.spelling import meant
from .create import create
from .explain.model import ExplainedRecipe
from .explain.planned import explain_planned
from .outdated import outdated
from .plan import Plan
from .request import Request, Verify, parse_names
from .sync import sync
from .unblocked import planned_alone


@dataclass(frozen=True)
class Unwritten:
    """A package as it would be with a new version, or as a new one (``is_new``). ``reason`` says
    why ``sync`` or ``create`` refuses it, empty where they write it; ``proposal`` are then the
    lines that a person could add to the recipe. ``explained`` are its new lines; None where
    nothing can be planned."""

    package: str
    is_new: bool
    reason: str = ""
    proposal: str = ""
    explained: ExplainedRecipe | None = None


def lacks(session: Session, host: Host, package: str, version: str) -> bool:
    """Whether a recipe lists no version in this series, though the index has this version."""
    project = host.repos.project_of(package)
    declared = host.evaluator.meaning(package).versions if project is not None else ()
    if project is None or any(spack_order.contains(version, each.text) for each in declared):
        return False
    released = {release.version for release in session.index.project(project).releases}
    return meant(version, released) in released


def unwritten_version(
    session: Session, host: Host, package: str, version: str, request: Request
) -> Unwritten:
    """A recipe with one more version; ``request`` says in which repo. Raises `HostError` where
    there is nothing to show, and `UsageError` for a version that the index does not have."""
    pythons = tuple(host.repos.python_versions())
    policy = Policy(pre=True, withdrawn=True, pythons=pythons)
    (found,) = outdated(session, host, [package], policy, older=True)
    if found.problem:
        raise HostError(f"the recipe of {package}: {found.problem}")
    update = sync(session, host, found, _planned(request), to=version, explained=True)
    explained = update.explained.get(package)
    if explained is None and not update.proposal:
        raise HostError(f"{package} cannot be updated to {version}: {update.reason}")
    return Unwritten(package, False, update.reason, update.proposal, explained)


def unwritten_recipe(session: Session, host: Host, name: str, request: Request) -> Unwritten:
    """The recipe that a project of this name (with the versions of PEP 440, if some are meant)
    would get; ``request`` says in which repo. Raises `HostError` where none can be planned."""
    found: dict[str, ExplainedRecipe] = {}

    def on_verified(plan: Plan) -> None:
        if host.checks:
            found.update(explain_planned(session, host, plan))

    request = replace(_planned(request), names=(name,))
    (project,) = (each.name for each in parse_names([name]))
    try:
        outcome = create(session, host, request, on_verified)
    except SpackPyPIError as error:
        raise HostError(f"no recipe of {project} can be written: {error}") from None
    (record,) = outcome.plan.named
    reasons = [each.reason for each in outcome.plan.failed]
    reasons += [f"{each.package}: {each.text}" for each in outcome.verification.diagnostics]
    reason = "; ".join(dict.fromkeys(reasons))
    recipe = outcome.plan.recipes.get(record.project)
    if reason:
        recipe = planned_alone(session, host, request, record.project, on_verified)
    if recipe is None or recipe.package not in found:
        raise HostError(f"no recipe of {project} can be written: {reason}")
    return Unwritten(recipe.package, True, reason, explained=found[recipe.package])


def _planned(request: Request) -> Request:
    return replace(request, verify=Verify.LOAD, dry_run=True, as_written=True, all_variants=False)
