"""What is proposed for a recipe whose new version requires what no recipe can say."""

from __future__ import annotations

import pytest

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
    depends_on("py-builder", type="build")
"""
ADDRESS = "builder @ https://git.example/builder.zip"


def test_a_build_requirement_with_an_address() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    host.has("builder", "1.0")
    index.add("x", "1.0", build=["hatchling", "builder"])
    # With a wheel for all platforms, that would be installed.
    index.add("x", "2.0", build=["hatchling", ADDRESS], wheel_tag="cp313-cp313-win_amd64")
    host.keep("x", "py-x", RECIPE)
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD)
        update = sync(session, host, found, request, to="latest", explained=True)
    assert update.reason == f"2.0 declares '{ADDRESS}': names a URL, not versions"
    lines = update.proposal.splitlines()
    assert any(line.strip().startswith('version("2.0", sha256=') for line in lines)
    assert any(ADDRESS in line and line.strip().startswith("#") for line in lines)
    assert [*update.explained] == ["py-x"]


# (what 1.0 requires, whether 2.0 is installed by its wheel)
SHOWN = [(ADDRESS, False), ("builder", True)]


@pytest.mark.parametrize("before, by_wheel", SHOWN)
def test_a_recipe_may_show_that_a_release_does(before: str, by_wheel: bool) -> None:
    """If 1.0 requires the same address, as its recipe builds it with a release."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.0")
    host.has("builder", "1.0")
    index.add("x", "1.0", build=["hatchling", before])
    index.add("x", "2.0", build=["hatchling", ADDRESS])
    host.keep("x", "py-x", RECIPE)
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        update = sync(session, host, found, Request((), verify=Verify.LOAD), to="latest")
    _, text = update.texts["py-x"]
    when = 'when="@:1", ' if by_wheel else ""
    assert (".whl" in text) is by_wheel
    assert f'    depends_on("py-builder", {when}type="build")\n' in text
