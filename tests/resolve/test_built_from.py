"""Projects whose package has the archives of another project, with the same modules in the same
versions (``built_from`` in ``names.json``): what is required of them is required of that one."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run


@pytest.fixture
def typer(host: MemoryHost, index: MemoryIndex) -> MemoryHost:
    """Two projects with one package, of which one has become an empty archive."""
    host.has("typer", "0.12")
    host.packages["typer-slim"] = host.packages["typer"]
    host.has("zlib", "1.0")
    index.add("typer", "0.22", "zlib")
    index.add("typer-slim", "0.22", "typer>=0.22")
    return host


@pytest.mark.parametrize(
    "required, line",
    [("typer-slim>=0.12", "py-typer@0.12:"), ("typer-slim>=0.20,<1", "py-typer@0.20:0")],
)
def test_the_line_is_of_the_package(
    typer: MemoryHost, index: MemoryIndex, required: str, line: str
) -> None:
    """In the place where the project's own file has it."""
    index.add("app", "1.0", required, "zlib")
    assert run(typer, index, "app").applied
    lines = typer.written["py-app"].splitlines()
    at = [number for number, text in enumerate(lines) if f'"{line}"' in text]
    assert at and "py-zlib" in lines[at[0] + 1]


def test_versions_are_added_from_the_archives_of_the_package(
    typer: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", "typer-slim>=0.20")
    assert run(typer, index, "app").applied
    assert 'depends_on("py-zlib", when="@0.22:"' in typer.written["py-typer"]


def test_both_are_one_package(typer: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "typer-slim>=0.12", "typer<1")
    assert run(typer, index, "app").applied
    assert typer.written["py-app"].count("py-typer") == 1


def test_a_version_of_the_other_project_is_not_added_by_name(
    typer: MemoryHost, index: MemoryIndex
) -> None:
    result = run(typer, index, "typer-slim==0.22")
    assert not result.applied and not typer.written
