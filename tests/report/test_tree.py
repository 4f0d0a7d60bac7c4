"""Trees in lines."""

from __future__ import annotations

from collections.abc import Iterator

from spack_pypi.report.tree import drawn, listed, readable


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


def number_of(count: int, once: int) -> list[str]:
    """What is printed of trees with so many lines, with so many where each item is shown once."""

    def trees(is_once: bool) -> Iterator[str]:
        return map(str, range(once if is_once else count))

    return [*readable(trees, "--dot")]


def test_trees_that_can_be_read_are_printed_as_they_are() -> None:
    assert number_of(1000, 10) == [*map(str, range(1000))]


def test_of_far_too_large_ones_each_item_is_shown_once() -> None:
    """Forty projects that all require each other are 1,600 lines."""
    *lines, last = number_of(1001, 40)
    assert lines == [*map(str, range(40))]
    assert last.startswith("Each is shown once") and last.endswith("--dot has all.")


def test_what_is_too_much_even_so_is_counted() -> None:
    lines = number_of(5000, 1500)
    assert lines[:1000] == [*map(str, range(1000))]
    assert lines[1000] == "and 500 more lines" and len(lines) == 1002


def test_a_list_is_counted_after_its_first_lines() -> None:
    lines = [*map(str, range(130))]
    assert listed(lines[:100]) == lines[:100]
    assert listed(lines) == [*lines[:100], "and 30 more, which --json has"]
