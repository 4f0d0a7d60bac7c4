"""A version that another run adds while this one works."""

from __future__ import annotations

from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow.outdated import outdated
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.sync import sync
from tests.memory import MemoryHost, MemoryIndex

RECIPE = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-hatchling", type="build")
"""


def test_nothing_is_to_be_done_by_hand() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    for version in ("1.0", "2.0"):
        index.add("x", version)
    host.keep("x", "py-x", RECIPE)
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        host.texts["py-x"] = RECIPE.replace("    version", '    version("2.0")\n    version', 1)
        update = sync(session, host, found, Request((), verify=Verify.LOAD), to="latest")
    said = "2.0 cannot be added to py-x: 2.0 is there by now, from somebody else"
    assert (update.reason, update.proposal) == (f"{said}; run the command again", "")
