"""How uv's answer is read, and what releases say they require."""

from __future__ import annotations

from pathlib import Path

from bench.uv_graph import Uv, graph
from spack_pypi.pypi.model import Settings
from tests.index_server import IndexServer

PRINTED = """\
app==1.0
httpx==0.28.1             # via app, mcp
my-lib[fast,net]==2.0     # via app
mcp==1.2.3 ; python_full_version < '3.12'  # via my-lib
my-lib==2.0               # via mcp
Typed.Thing==0.5.post1    # via -r -, my-lib[net,fast]
"""


def test_what_uv_prints() -> None:
    found = graph(PRINTED)
    assert found.versions == {
        "app": "1.0",
        "httpx": "0.28.1",
        "my-lib": "2.0",
        "mcp": "1.2.3",
        "typed-thing": "0.5.post1",
    }
    assert found.extras["my-lib"] == {"fast", "net"}
    assert found.dependents["my-lib"] == {"app", "mcp"}
    assert found.extras["app"] == frozenset()
    assert found.dependents["app"] == frozenset()
    assert found.needs("app") == {"httpx", "my-lib"}
    assert found.dependents["httpx"] == {"app", "mcp"}
    assert found.dependents["mcp"] == {"my-lib"}
    assert found.dependents["typed-thing"] == {"my-lib"}


def test_what_a_release_requires(tmp_path: Path) -> None:
    with IndexServer() as server:
        server.served.add("app", "1.0", "lib>=2", padding=200_000)
        server.served.add("app", "2.0", wheel=False)
        uv = Uv(Settings(server.url, tmp_path), tmp_path, build=False)
        assert uv.requires("app", "1.0") == ["lib>=2"]
        assert uv.requires("app", "2.0") is None
        asked = len(server.served.requests)
        assert Uv(Settings(server.url, tmp_path), tmp_path, False).requires("app", "1.0")
        assert len(server.served.requests) == asked


def test_a_way_back_is_a_circle() -> None:
    found = graph("a==1  # via c\nb==1  # via a\nc==1  # via b\nd==1  # via c\n")
    assert found.closes_circle("c", "a")
    assert not found.closes_circle("c", "d")
