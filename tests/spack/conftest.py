"""What several modules of Spack tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.hand import written
from tests.spack.shared import Shared, made, shared_by


@pytest.fixture
def hand(spack: Spack, server: IndexServer) -> Path:
    return written(spack, server)


@pytest.fixture
def shared(spack: Spack, server: IndexServer) -> Shared:
    return made(shared_by(spack, server))
