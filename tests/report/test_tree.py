"""Trees in lines."""

from __future__ import annotations

from spack_pypi.report.tree import drawn


def test_a_tree() -> None:
    inside = {"a": ["b", "c"], "b": ["d"], "c": [], "d": []}
    assert [*drawn("a", str.upper, inside.__getitem__)] == [
        "A",
        "├── B",
        "│   └── D",
        "└── C",
    ]


def test_a_chain_of_thousands() -> None:
    """Nothing is lost, no line grows with it, and Python's stack is deep enough."""
    lines = [*drawn(0, str, lambda number: [number + 1] if number < 5000 else [])]
    assert max(map(len, lines)) < 120
    assert lines[18:23] == [
        f"{'    ' * 17}└── 18",
        f"{'    ' * 18}└── 19",
        f"{'    ' * 19}└── 20, continued below",
        "20, continued",
        "└── 21",
    ]
    assert lines[-1].endswith("└── 5000")
