"""Where a recipe says why a line is there: above it, if that is for just these versions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow.assembly.reasons import reasons_of_wheels
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


BY_MATURIN = {"build-system": {"requires": ["maturin"], "build-backend": "maturin"}}
OF_RUST_28 = "# pyo3 0.28 needs Rust 1.83"
OF_RUST = f"""
    depends_on("rust@1.85:", when="@3:", type="build")
    {OF_RUST_28}
    depends_on("rust@1.83:", when="@2:", type="build")
    # pyo3 0.27 needs Rust 1.74
    depends_on("rust@1.74:", type="build")
"""


def compiled(versions: Sequence[tuple[str, str, str]]) -> tuple[MemoryHost, MemoryIndex]:
    """Releases, each with the version of PyO3 that it requires and its ``rust-version``."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("maturin", "1.9")
    host.has("rust", "1.90", "1.70", name="rust")
    for version, pyo3, rust in versions:
        toml = f"[package]\nrust-version = '{rust}'\n[dependencies]\npyo3 = '{pyo3}'\n"
        index.add("x", version)
        source = Source(pyproject=BY_MATURIN, build_files={"Cargo.toml": toml})
        index._sources["x", Version(version)] = source
    return host, index


def test_a_line_says_which_crate_needs_its_rust() -> None:
    """A bound of the project itself has no other reason."""
    host, index = compiled(
        [("1.0", "0.27", "1.70"), ("2.0", "0.28", "1.70"), ("3.0", "0.28", "1.85.0")]
    )
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert OF_RUST in text


@pytest.mark.parametrize(
    "there, before, new",
    [
        ("1.74", "0.27", [OF_RUST_28, 'depends_on("rust@1.83:", when="@2:", type="build")']),
        # nothing is to be written, and so nothing is said
        ("1.85", "0.27", []),
        ("1.70", "0.28", []),
    ],
)
def test_a_recipe_that_exists_says_it_only_above_a_new_line(
    there: str, before: str, new: list[str]
) -> None:
    host, index = compiled([("1.0", before, "1.70"), ("2.0", "0.28", "1.70")])
    tools = f'py-maturin", type="build")\n    depends_on("rust@{there}:'
    host.keep("x", "py-x", RECIPE.replace("py-hatchling", tools))
    with Session(index) as session:
        (found,) = outdated(session, host, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD, as_written=True)
        ((_, text),) = sync(session, host, found, request, to="latest").texts.values()
    assert 'version("2.0"' in text
    assert [line.strip() for line in text.split("\n") if "1.83" in line] == new


def test_the_line_in_which_a_hook_stands_is_left_to_the_report() -> None:
    said = "the wheel, as its build hook runs npm in js{}, which its source archive lacks"
    assert reasons_of_wheels({"1.0": [said.format(" (pyproject.toml:3)")]}) == {
        "1.0": said.format("")
    }
