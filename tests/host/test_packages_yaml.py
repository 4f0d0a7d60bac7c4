"""Externals as entries of packages.yaml: ours are brought up to date, all else stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.host.packages_yaml import (
    different,
    entries,
    mark,
    merged,
    references,
    referring,
)
from spack_pypi.host.port import External

PREFIX = Path("/site/python")
MARK = mark(PREFIX)
PYTHON = External("python", "3.11.7", PREFIX)
THEIRS = {"spec": "py-numpy@1.20", "prefix": "/old"}


def ours(*externals: External) -> dict[str, dict[str, Any]]:
    return entries(externals, {"id": f"{MARK}python"})


NUMPY = External("py-numpy", "1.26.4", PREFIX)
SCIPY = External("py-scipy", "1.11", PREFIX, ("~doc",), ("py-numpy",))


def test_an_entry() -> None:
    assert ours(NUMPY, SCIPY)["py-scipy"] == {
        "spec": "py-scipy@1.11~doc",
        "prefix": "/site/python",
        "id": f"{MARK}py-scipy",
        "dependencies": [
            {"id": f"{MARK}python", "deptypes": ["build", "run"]},
            {"id": f"{MARK}py-numpy", "deptypes": ["run"]},
        ],
    }


def test_the_marks_of_two_prefixes_differ() -> None:
    assert mark(PREFIX) != mark(Path("/site/other"))


def test_new_entries_stand_beside_those_of_others() -> None:
    existing = {"py-numpy": {"externals": [THEIRS], "buildable": True}, "all": {"prefer": ["x"]}}
    after = merged(existing, PREFIX, ours(NUMPY, SCIPY), buildable=True)
    assert after.packages["py-numpy"]["externals"][0] == THEIRS
    assert after.packages["py-numpy"]["externals"][1]["spec"] == "py-numpy@1.26.4"
    assert after.packages["py-numpy"]["buildable"] is True
    assert after.packages["all"] == {"prefer": ["x"]}
    assert (after.changed, after.removed, after.kept) == (("py-numpy", "py-scipy"), (), ())


def test_a_second_run_changes_nothing() -> None:
    first = merged({}, PREFIX, ours(NUMPY), buildable=False)
    second = merged(first.packages, PREFIX, ours(NUMPY), buildable=False)
    assert second.packages == first.packages
    assert (second.changed, second.removed, second.kept) == ((), (), ())


def test_what_changed_and_what_is_gone() -> None:
    before = merged({}, PREFIX, ours(NUMPY, SCIPY), buildable=False).packages
    after = merged(before, PREFIX, ours(External("py-numpy", "2.0", PREFIX)), buildable=False)
    assert [*after.packages] == ["py-numpy"]
    assert after.packages["py-numpy"]["externals"][0]["spec"] == "py-numpy@2.0"
    assert (after.changed, after.removed) == (("py-numpy",), ("py-scipy",))


def test_an_entry_of_somebody_else_for_the_same_prefix_stays_alone() -> None:
    theirs = {"spec": "py-numpy@1.26.4+x", "prefix": str(PREFIX)}
    existing = {"py-numpy": {"externals": [theirs]}}
    after = merged(existing, PREFIX, ours(NUMPY), buildable=True)
    assert after.packages == existing
    assert (after.changed, after.kept) == ((), ("py-numpy",))


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({}, None),
        ({"buildable": False}, None),
        ({"buildable": False, "require": "@1"}, {"buildable": False, "require": "@1"}),
        ({"externals": [THEIRS], "buildable": False},
         {"externals": [THEIRS], "buildable": False}),
    ],
)  # fmt: skip
def test_what_is_left_when_ours_is_gone(settings: Any, left: Any) -> None:
    """A package may not remain that can neither be built nor be found."""
    mine = ours(NUMPY)["py-numpy"]
    existing = {"py-numpy": {**settings, "externals": [*settings.get("externals", []), mine]}}
    after = merged(existing, PREFIX, {}, buildable=True)
    assert after.packages.get("py-numpy") == left
    assert after.removed == ("py-numpy",)


ENTRY = st.fixed_dictionaries({"spec": st.text(), "prefix": st.just("/other")})
SETTINGS = st.fixed_dictionaries(
    {"externals": st.lists(ENTRY, min_size=1)}, optional={"buildable": st.booleans()}
)


@given(st.dictionaries(st.sampled_from(["py-numpy", "py-scipy", "gcc"]), SETTINGS), st.booleans())
def test_what_we_add_and_take_away_leaves_all_else(existing: Any, with_scipy: bool) -> None:
    chosen = ours(NUMPY, SCIPY) if with_scipy else ours(NUMPY)
    there = merged(existing, PREFIX, chosen, buildable=True)
    assert merged(there.packages, PREFIX, {}, buildable=True).packages == existing


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"spec": "python@3.11.7+ssl", "prefix": "/site/python"}, [{"spec": "python@3.11.7+ssl"}]),
        ({"spec": "python@=3.11.7", "prefix": "/site/python", "id": "p"}, [{"id": "p"}]),
        ({"spec": "python@3.11.70", "prefix": "/site/python"}, []),
        ({"spec": "python@3.11.7", "prefix": "/usr"}, []),
        ({"spec": "python@3.11", "prefix": "/site/python"}, []),
    ],
)
def test_the_entry_that_a_python_has(entry: dict[str, str], expected: Any) -> None:
    assert [*references({"python": {"externals": [entry]}}, PYTHON)] == expected


def test_nothing_refers_to_an_entry_that_somebody_else_wrote_instead() -> None:
    """Spack refuses a packages.yaml with an id that no entry has."""
    theirs = {"spec": "py-numpy@1.26.4+x", "prefix": str(PREFIX)}
    existing = {"py-numpy": {"externals": [theirs]}}
    after = merged(existing, PREFIX, ours(NUMPY, SCIPY), buildable=True)
    (scipy,) = after.packages["py-scipy"]["externals"]
    assert [each["id"] for each in scipy["dependencies"]] == [f"{MARK}python"]
    again = merged(after.packages, PREFIX, ours(NUMPY, SCIPY), buildable=True)
    assert (again.packages, again.changed) == (after.packages, ())


def test_packages_in_two_prefixes_of_one_python() -> None:
    bundle = Path("/site/bundle")
    scipy = External("py-scipy", "1.11", bundle, requires=("py-numpy",))
    both = ours(NUMPY, scipy)
    assert both["py-scipy"]["dependencies"][1]["id"] == both["py-numpy"]["id"]
    first = merged({}, PREFIX, both, buildable=True, prefixes=[bundle])
    # A run for the Python alone leaves those of the other prefix.
    alone = merged(first.packages, PREFIX, ours(NUMPY), buildable=True)
    assert (alone.packages, alone.removed) == (first.packages, ())
    gone = merged(first.packages, PREFIX, ours(NUMPY), buildable=True, prefixes=[bundle])
    assert gone.removed == ("py-scipy",)


def test_folders_of_several_for_one_variable() -> None:
    external = External(
        "py-a", "1", PREFIX, folders=(("LD_LIBRARY_PATH", "/a"), ("LD_LIBRARY_PATH", "/b"))
    )
    changes = ours(external)["py-a"]["extra_attributes"]["environment"]
    assert changes == {"prepend_path": {"LD_LIBRARY_PATH": "/a:/b"}}


def test_what_is_required_has_an_entry_of_this_run_or_an_earlier_one() -> None:
    (numpy,) = ours(NUMPY).values()
    before = {"py-numpy": {"externals": [numpy]}}
    python = {"id": f"{MARK}python"}
    alone = entries([SCIPY], python, before)["py-scipy"]["dependencies"]
    assert [each["id"] for each in alone] == [f"{MARK}python", f"{MARK}py-numpy"]
    assert len(entries([SCIPY], python)["py-scipy"]["dependencies"]) == 1


def test_nothing_of_ours_refers_to_an_entry_that_is_gone() -> None:
    there = merged({}, PREFIX, ours(NUMPY, SCIPY), buildable=True)
    only = frozenset({"py-numpy"})
    after = merged(there.packages, PREFIX, {}, buildable=True, only=only)
    (scipy,) = after.packages["py-scipy"]["externals"]
    assert [each["id"] for each in scipy["dependencies"]] == [f"{MARK}python"]
    assert after.removed == ("py-numpy",)


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([NUMPY], []),
        ([External("py-numpy", "1.20", PREFIX)], ["py-numpy"]),
        ([External("py-numpy", "1.20", Path("/site/other"))], []),
        ([], []),
    ],
)
def test_entries_of_another_scope_with_the_same_ids(
    there: list[External], found: list[str]
) -> None:
    others = {name: {"externals": [entry]} for name, entry in ours(*there).items()}
    assert different(ours(NUMPY), {"all": {"prefer": ["x"]}, **others}) == found


def test_what_refers_to_an_entry() -> None:
    both = {name: {"externals": [THEIRS, entry]} for name, entry in ours(NUMPY, SCIPY).items()}
    assert referring(both, [f"{MARK}py-numpy"]) == ["py-scipy"]
    assert referring(both, [f"{MARK}python"]) == ["py-numpy", "py-scipy"]
    assert referring(both, ["other"]) == []
