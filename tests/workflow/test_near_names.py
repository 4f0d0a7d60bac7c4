"""Names that look like one that Spack has."""

from __future__ import annotations

import pytest

from spack_pypi.workflow.near_names import KnownNames
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

KNOWN = ("requests", "numpy", "python-dateutil", "six", "httpx", "jinja2", "pluggy", "tqdm", "py")

# (project, what its name is near to)
NAMES = [
    ("requets", ["requests"]),
    ("requestss", ["requests"]),
    ("reqeusts", ["requests"]),
    ("nunpy", ["numpy"]),
    ("pythondateutil", ["python-dateutil"]),
    ("python-date-util", ["python-dateutil"]),
    ("requests", []),
    ("sixx", ["six"]),
    ("sxi", ["six"]),
    ("tdqm", ["tqdm"]),
    ("numy", ["numpy"]),
    ("htpx", ["httpx"]),
    # Too short to tell: words, not slips.
    ("fix", []),
    ("sic", []),
    ("tqdn", []),
    ("yp", []),
    ("pyy", ["py"]),
    ("py3", []),
    ("httpx2", []),  # another generation
    ("jinja3", []),
    ("requests-oauthlib", []),
]


@pytest.mark.parametrize("project, near", NAMES, ids=[row[0] for row in NAMES])
def test_near_names(project: str, near: list[str]) -> None:
    assert KnownNames(KNOWN).near(project) == near


def test_a_named_project_with_such_a_name_is_a_warning() -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("reqeusts", "1.0", "reqests-core")
    index.add("reqests-core", "1.0")
    host.has("requests", "2.0")
    host.has("hatchling", "1.0")
    outcome = create(host, index, Request(("reqeusts",)))
    found = [each for each in outcome.diagnostics if each.code == "near-name"]
    assert [(each.package, each.severity.value) for each in found] == [("py-reqeusts", "warning")]
    assert found[0].text == (
        "the name reqeusts is close to requests, which Spack has: check that it is the project "
        "that you mean"
    )
