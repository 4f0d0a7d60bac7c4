"""An index without projects, a host that has what builds, and ``create`` with both."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create


@pytest.fixture
def index() -> MemoryIndex:
    return MemoryIndex()


@pytest.fixture
def host() -> MemoryHost:
    host = MemoryHost()
    host.has("hatchling", "1.27.0")
    host.has("setuptools", "80.9.0")
    return host


def run(host: MemoryHost, index: MemoryIndex, *names: str, **options: Any) -> Outcome:
    return create(host, index, Request(names=names, **options))
