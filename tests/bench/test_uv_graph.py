"""How uv's answer is read."""

from __future__ import annotations

from bench.uv_graph import graph

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


def test_a_way_back_is_a_circle() -> None:
    found = graph("a==1  # via c\nb==1  # via a\nc==1  # via b\nd==1  # via c\n")
    assert found.closes_circle("c", "a")
    assert not found.closes_circle("c", "d")
