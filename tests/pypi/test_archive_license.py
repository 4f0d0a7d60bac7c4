"""The licence that only the pyproject.toml of an archive states: (what the metadata says, the
``license`` of ``[project]``) → the expression and the text that count."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.pypi.metadata import with_license
from spack_pypi.pypi.model import Metadata, Source

CASES: list[tuple[dict[str, str], Any, tuple[str, str]]] = [
    ({}, "BSD-3-Clause", ("BSD-3-Clause", "")),
    ({}, {"text": "BSD License"}, ("", "BSD License")),
    ({}, {"file": "LICENSE"}, ("", "")),
    ({}, None, ("", "")),
    ({}, ["MIT"], ("", "")),
    ({"license": "UNKNOWN"}, "MIT", ("MIT", "")),
    # what the metadata states comes first
    ({"license": "ISC"}, "MIT", ("", "ISC")),
    ({"license_expression": "ISC"}, {"text": "MIT"}, ("ISC", "")),
]


@pytest.mark.parametrize(("said", "declared", "counts"), CASES)
def test_it_counts_where_the_metadata_states_none(
    said: dict[str, str], declared: Any, counts: tuple[str, str]
) -> None:
    source = Source(pyproject={"project": {"license": declared}})
    found = with_license(Metadata("quiet-log", "1", **said), source)  # type: ignore[arg-type]
    assert (found.license_expression, found.license) == counts


def test_an_archive_without_a_pyproject_states_none() -> None:
    said = Metadata("quiet-log", "1")
    assert with_license(said, Source()) == said
