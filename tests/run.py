"""The commands of the workflow over an index and a host in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from spack_pypi.host.port import Host
from spack_pypi.pypi.model import Index
from spack_pypi.recipe.model import Omission
from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow import create as creating
from spack_pypi.workflow import outdated as comparing
from spack_pypi.workflow.compare import check as checking
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.planner import Planner
from spack_pypi.workflow.request import Request
from spack_pypi.workflow.why import Explanation
from spack_pypi.workflow.why import why as explain


def create(host: Host, index: Index, request: Request) -> Outcome:
    with Session(index) as session:
        return creating.create(session, host, request)


def check(
    host: Host, index: Index, packages: Sequence[str], **options: Any
) -> list[checking.Checked]:
    with Session(index) as session:
        return list(checking.check(session, host, packages, **options))


def outdated(
    host: Host, index: Index, packages: Sequence[str], policy: Policy, **options: Any
) -> Iterator[comparing.Outdated]:
    with Session(index) as session:
        yield from comparing.outdated(session, host, packages, policy, **options)


def why(host: Host, index: Index, names: Sequence[str]) -> list[Explanation]:
    with Session(index) as session:
        request = Request(tuple(names), dry_run=True, allow_omissions=True)
        return explain(Planner(session, host, request).plan())


def omissions(outcome: Outcome) -> list[Omission]:
    """What the planned recipes leave out."""
    return [each for recipe in outcome.plan.recipes.values() for each in recipe.omissions]
