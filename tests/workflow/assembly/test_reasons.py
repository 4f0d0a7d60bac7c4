"""Where a recipe says why a line is there: above it, if that is for just these versions."""

from __future__ import annotations

from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow.outdated import outdated
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.sync import sync
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.workflow.test_arrived import RECIPE

REASON = '# license = "MIT" in pyproject.toml needs setuptools 77 (PEP 639)'
LINES = f"""
    {REASON}
    depends_on("py-setuptools@77:", when="@2:", type="build")
    depends_on("py-setuptools@61:", type="build")
"""
TABLE = {
    "build-system": {"requires": ["setuptools>=61"], "build-backend": "setuptools.build_meta"},
    "project": {"license": "MIT"},
}
OLD_TABLE = {**TABLE, "project": {"license": {"text": "MIT"}}}


def test_the_file_says_so_above_the_line_of_these_versions() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "80.0")
    for version, table in (("1.0", OLD_TABLE), ("2.0", TABLE)):
        index.add("x", version)
        index._sources["x", Version(version)] = Source(pyproject=table)
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert LINES in text


def test_a_new_version_of_a_recipe_says_so_once() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "80.0")
    recipe = RECIPE.replace("py-hatchling", "py-setuptools@61:")
    for version, table in (("1.0", OLD_TABLE), ("2.0", TABLE), ("3.0", TABLE)):
        index.add("x", version)
        index._sources["x", Version(version)] = Source(pyproject=table)
        if version != "1.0":
            host.keep("x", "py-x", recipe)
            with Session(index) as session:
                (found,) = outdated(session, host, ["py-x"], Policy())
                request = Request((), verify=Verify.LOAD, as_written=True)
                ((_, recipe),) = sync(session, host, found, request, to="latest").texts.values()
        if version == "2.0":
            assert LINES in recipe
    assert recipe.count(REASON) == 1
    assert recipe.count("PEP 639") == 1
