"""How setuptools reads the licence of ``[project]``: (``license``, ``license-files``, what it is
built with) → what of these needs a later one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.translate.backends.setuptools import for_license
from spack_pypi.translate.builds import builds
from tests.translate.test_builds import release

CASES: list[tuple[Any, Any, Sequence[str], str]] = [
    ("MIT", None, ["setuptools>=61"], 'license = "MIT"'),
    ("MIT", None, ["setuptools", "wheel"], 'license = "MIT"'),
    ("MIT", ["LICENSE"], ["setuptools"], 'license = "MIT"'),
    ({"text": "MIT"}, ["LICENSE"], ["Setuptools>=61"], "license-files"),
    # as it was before PEP 639
    ({"text": "MIT"}, None, ["setuptools>=61"], ""),
    ({"file": "LICENSE"}, None, ["setuptools>=61"], ""),
    (None, None, ["setuptools"], ""),
    # it is required already, or cannot be
    ("MIT", None, ["setuptools>=77"], ""),
    ("MIT", None, ["setuptools>=77.0.3"], ""),
    ("MIT", None, ["setuptools<70"], ""),
    ("MIT", None, ["setuptools==75.0"], ""),
    ("MIT", None, ["hatchling"], ""),
    ("MIT", None, ["setuptools; python_version < '3'", "invalid ="], ""),
]


@pytest.mark.parametrize("stated, files, requires, field", CASES)
def test_what_of_the_licence_needs_a_later_one(
    stated: Any, files: Any, requires: Sequence[str], field: str
) -> None:
    project = {"license": stated, "license-files": files}
    table = {key: value for key, value in project.items() if value is not None}
    said = for_license(Source(pyproject={"project": table}), requires)
    assert said == (f"{field} in pyproject.toml needs setuptools 77 (PEP 639)" if field else "")


@pytest.mark.parametrize(
    "backend, needed", [("setuptools.build_meta", ("setuptools>=77",)), ("hatchling.build", ())]
)
def test_only_setuptools_needs_it(backend: str, needed: Sequence[str]) -> None:
    system = {"requires": ["setuptools>=61", "hatchling"], "build-backend": backend}
    source = Source(pyproject={"build-system": system, "project": {"license": "MIT"}})
    assert builds(source, release()).also_building == needed


@pytest.mark.parametrize(
    "runs, said",
    [
        (["setuptools<81,>=80.9"], False),
        (["x", "setuptools>=77"], False),
        (["setuptools"], True),
        (["setuptools>=70"], True),
        (["setuptools>=77; extra == 'all'"], True),
        ([], True),
        (None, True),
    ],
)
def test_nothing_is_said_beside_a_bound_of_the_project_itself(
    runs: Sequence[str] | None, said: bool
) -> None:
    system = {"requires": ["setuptools>=61"], "build-backend": "setuptools.build_meta"}
    source = Source(pyproject={"build-system": system, "project": {"license": "MIT"}})
    assert bool(builds(source, release()).beside(runs).reasons) is said
