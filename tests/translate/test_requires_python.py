"""Requires-Python → what a recipe says of python."""

from __future__ import annotations

import pytest

from spack_pypi.translate.requirements import python_ranges, without_python_2
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

CASES = [
    ("", ""),
    (">=3", ""),
    (">=3.9", "3.9:"),
    (">=3.9,<4", "3.9:"),
    (">=3.9,<3.12", "3.9:3.11"),
    (">=3.9,!=3.10.*", "3.9,3.11:"),
    (">=2.7,!=3.0.*,!=3.1.*", "2.7:2,3.2:"),
]

#: (ranges, the same where there is no Python 2)
WITHOUT_2 = [
    ("", ""),
    ("3.9:", "3.9:"),
    ("2.7:", ""),
    ("2.7:2,3.2:", "3.2:"),
    ("2.7:2.8,3.2,3.4:", "3.2,3.4:"),
    ("2.7:3.11", "2.7:3.11"),
    ("2.7:3.1,3.3:3.5", "2.7:3.1,3.3:3.5"),
    (":2", ":2"),
]


@pytest.mark.parametrize(("requires_python", "ranges"), CASES)
def test_ranges_of_python(requires_python: str, ranges: str) -> None:
    assert python_ranges(requires_python) == ranges


@pytest.mark.parametrize(("ranges", "without"), WITHOUT_2)
def test_what_says_nothing_where_spack_has_no_python_2(ranges: str, without: str) -> None:
    assert without_python_2(ranges) == without


@pytest.mark.parametrize(("has_2", "said"), [(False, "python@3.7:"), (True, "python@2.7:2,3.7:")])
def test_a_new_recipe_accepts_python_2_only_where_the_host_has_one(
    monkeypatch: pytest.MonkeyPatch, has_2: bool, said: str
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    pythons = (*host.repos.python_versions(), *(["2.7.18"] * has_2))
    monkeypatch.setattr(host.repos, "python_versions", lambda: pythons)
    excluded = ",".join(f"!=3.{minor}.*" for minor in range(7))
    index.add("x", "1.0", python=f">=2.7,{excluded}", build=[])
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    assert f'depends_on("{said}", type=("build", "run"))' in text
