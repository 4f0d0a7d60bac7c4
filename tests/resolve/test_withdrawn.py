"""Why nothing is written of a project whose releases were all withdrawn (PEP 592)."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run


@pytest.mark.parametrize("name", ["app", "app==1.0"])
@pytest.mark.parametrize("reason, said", [("leaks keys", ": leaks keys"), ("", "")])
def test_it_says_so(
    host: MemoryHost, index: MemoryIndex, name: str, reason: str, said: str
) -> None:
    index.add("app", "1.0", yanked=reason)
    (failed,) = run(host, index, name).plan.failed
    assert failed.reason == f"all its releases were withdrawn (PEP 592){said}"
