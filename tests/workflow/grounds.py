"""What `explain` says of one line of a recipe of the project ``x``."""

from __future__ import annotations

from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from tests.memory import MemoryHost, MemoryIndex


def ground_of(index: MemoryIndex, recipe: str, word: str) -> tuple[Verdict, list[str]]:
    """The verdict on the first line with a ``word``, which has one ground, and what that cites."""
    host = MemoryHost()
    host.keep("x", "py-x", recipe)
    with Session(index) as session:
        lines = explain(session, host, "py-x", "").lines
    (ground,) = next(each for each in lines if word in each.text).grounds
    return ground.verdict, [f"{each.field}: {each.text}" for each in ground.cited]
