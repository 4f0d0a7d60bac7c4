"""Whole recipes, from an index on this machine: what design's example says they look like."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.settings import settings
from spack_pypi.workflow.request import Request
from tests.index_server import IndexServer
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create, omissions

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.fixture
def quiet_log(server: IndexServer) -> IndexServer:
    """The invented project of the design: two releases, the second of which moved to hatchling."""
    common: dict[str, Any] = {
        "summary": "Structured logging that stays out of the way",
        "homepage": "https://quietlog.example/docs",
        "license_expression": "MIT",
        "extras": ["color"],
    }
    server.served.add(
        "quiet-log",
        "1.4.2",
        "attrs>=19.2,<25",
        'rich>=10; extra == "color"',
        python=">=3.6",
        build=None,
        stem="quiet-log",
        **common,
    )
    server.served.add(
        "quiet-log",
        "2.1.0",
        "attrs>=22.1",
        'tomli>=1.1; python_version < "3.11"',
        'colorama; sys_platform == "win32"',
        'rich>=10; extra == "color"',
        python=">=3.9",
        build=["hatchling>=1.10"],
        **common,
    )
    return server


def test_two_releases_in_one_recipe(quiet_log: IndexServer, tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("hatchling", "setuptools", "attrs", "tomli", "colorama", "rich"):
        host.has(name, "24.0", "1.27")
    reach = settings(quiet_log.url, default=lambda: None, cache=tmp_path, environment={})
    result = create(host, HttpIndex(reach), Request(("quiet-log[color]",)))
    expected = (GOLDEN / "py_quiet_log_two.txt").read_text()
    for version, stem in (("2.1.0", "quiet_log"), ("1.4.2", "quiet-log")):
        archive = quiet_log.served.files[f"{stem}-{version}.tar.gz"]
        expected = expected.replace(f"{{{version}}}", hashlib.sha256(archive).hexdigest())
    assert result.plan.texts["py-quiet-log"] == expected
    assert omissions(result) == []


def test_dependencies_stand_in_the_order_of_the_projects_own_file() -> None:
    """The backend sorted them in the metadata."""
    index, host = MemoryIndex(), MemoryHost()
    listed = ["zict>=3", "attrs", "rich>=10", "idna"]
    index.add("app", "1.0", *sorted(listed), listed=listed)
    for name in ("hatchling", "zict", "attrs", "rich", "idna"):
        host.has(name, "24.0", "1.27")
    text = create(host, index, Request(("app",))).plan.texts["py-app"]
    found = re.findall(r'depends_on\("py-(\w+)', text)
    assert found == ["hatchling", "zict", "attrs", "rich", "idna"]
