"""What several modules of Spack tests start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Spack, clones, make
from tests.index_server import IndexServer
from tests.spack.hand import written
from tests.spack.shared import Shared, copied, made, shared_by


@pytest.fixture
def hand(spack: Spack, server: IndexServer) -> Path:
    return written(spack, server)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """What ``shared`` begins with, made once; nobody changes it."""
    with IndexServer() as server:
        spack = make(clones()[0], tmp_path_factory.mktemp("model"))
        yield made(shared_by(spack, server))


@pytest.fixture
def shared(spack: Spack, server: IndexServer, request: pytest.FixtureRequest) -> Shared:
    # Only if there is a Spack: else the test is skipped.
    model: Shared = request.getfixturevalue("model")
    return copied(model, spack, server)
