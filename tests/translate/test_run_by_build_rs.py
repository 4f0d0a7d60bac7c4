"""What the build.rs of the crate that is built cannot do without: (its programs, the needs with
what a recipe says of them, and the hints)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spack_pypi.pypi.model import Source
from tests.translate.test_builds import built, system

MATURIN = system("maturin", backend="maturin")
MANIFEST = '[package]\nname = "x"\n'
Needs = Sequence[tuple[str, str]]

CASES: list[tuple[str, Needs, Sequence[str]]] = [
    ("protoc 3 always", [("protobuf", "")], []),
    ("cmake 3 maybe", [("cmake", "build.rs:3 may need cmake")], []),
    ("nuget.exe 3 always", [], ["build.rs:3 needs nuget.exe"]),
    ("nuget.exe 3 maybe\nnpm 4 always", [("npm", "")], ["build.rs:3 needs nuget.exe"]),
    # they are there
    ("cargo 3 always\npython3 4 always", [], []),
]


@pytest.mark.parametrize("programs, needs, hints", CASES)
def test_needs_and_hints(programs: str, needs: Needs, hints: Sequence[str]) -> None:
    found = built(Source(MATURIN, build_files={"Cargo.toml": MANIFEST, "build.rs": programs}))
    assert [(each.dependency.spec, each.comment) for each in found.needs] == needs
    assert {each.dependency.types for each in found.needs} <= {("build",)}
    assert [f"{each.file}:{each.line} {each.text}" for each in found.hints if each.firm] == hints


OTHERS: list[tuple[str, Mapping[str, str], bool]] = [
    (
        "inner/build.rs",
        {"Cargo.toml": f"{MANIFEST}[dependencies]\ny = {{path = 'inner'}}\n"},
        True,
    ),
    ("inner/build.rs", {"Cargo.toml": MANIFEST}, False),
]


@pytest.mark.parametrize("path, files, is_needed", OTHERS)
def test_of_the_crates_that_are_built(
    path: str, files: Mapping[str, str], is_needed: bool
) -> None:
    inner = {"inner/Cargo.toml": '[package]\nname = "y"\n', path: "npm 1 always"}
    found = built(Source(MATURIN, build_files={**files, **inner}))
    assert bool(found.needs) == is_needed


def test_only_where_crates_are_built() -> None:
    files = {"Cargo.toml": MANIFEST, "build.rs": "npm 1 always"}
    assert not built(Source(system("setuptools"), build_files=files)).needs
