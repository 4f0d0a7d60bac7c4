"""What an update says beside its recipes: what these leave out."""

from __future__ import annotations

from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow.outdated import outdated
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.sync import diagnostics, sync
from tests.memory import MemoryHost, MemoryIndex
from tests.workflow.test_arrived import RECIPE


def test_a_requirement_that_is_left_out_is_said() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    index.add("x", "1.0")
    index.add("x", "2.0", "y")
    index.add("y", "1.0", "x>=2")
    host.keep("x", "py-x", RECIPE)
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        update = sync(session, host, found, Request((), verify=Verify.LOAD), to="latest")
    assert update.new == ("2.0",)
    (said,) = (each for each in diagnostics(update, False, True) if each.code == "cycle")
    assert (said.severity.value, said.subject) == ("note", "x>=2")
