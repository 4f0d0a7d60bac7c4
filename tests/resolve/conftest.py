"""An index without projects, a host that has what builds, and ``create`` with both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def says(host: MemoryHost, lines: Mapping[str, Sequence[str]]) -> None:
    """Give packages these lines."""
    for project, texts in lines.items():
        package = host.packages[project]
        versions = [f'version("{version}", sha256="0")' for version in package.versions]
        inside = ["class Known(PythonPackage):", *versions, *texts]
        host.texts[package.name] = "\n    ".join(inside) + "\n"
