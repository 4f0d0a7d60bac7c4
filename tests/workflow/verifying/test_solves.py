"""Many specs in few solves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.session import Progress, Session
from spack_pypi.workflow.verifying import solves
from spack_pypi.workflow.verifying.solves import concretize_each
from tests.memory import MemoryHost, MemoryIndex


def verdicts(host: MemoryHost, specs: Sequence[str]) -> dict[str, str]:
    """The specs in the order in which they were settled, and why they cannot be concretized."""
    with Session(MemoryIndex()) as session:
        return {spec: found.reason for spec, found in concretize_each(session, host.solver, specs)}


# (what is asked, what excludes each other, what cannot be had; what the solver is asked)
CASES: list[tuple[str, list[str], str, list[str]]] = [
    ("", [], "", []),
    ("a", [], "", ["a"]),
    ("a a", [], "", ["a"]),
    ("a b c", [], "", ["some of a b c"]),
    # one version of a package at a time
    ("a@=2 a@=1 b", [], "", ["some of a@=2 b", "a@=1"]),
    ("a@=2 a@=1 b@=2 b@=1", [], "", ["some of a@=2 b@=2", "some of a@=1 b@=1"]),
    # what does not fit is tried with the next ones
    ("a@=2 a@=1 b", ["a@=2 b"], "", ["some of a@=2 b", "some of a@=1 b"]),
    ("a b c", ["a c", "b c"], "", ["some of a b c", "c"]),
    # its reason is asked for once
    ("a b c", [], "b", ["some of a b c", "b"]),
    ("a b", [], "a b", ["some of a b", "a", "b"]),
    ("a b c", [], "a b", ["some of a b c", "some of a b", "a", "b"]),
    ("a", [], "a", ["a"]),
]  # fmt: skip


@pytest.mark.parametrize("asked, exclusive, impossible, solves", CASES, ids=str)
def test_what_the_solver_is_asked(
    asked: str, exclusive: list[str], impossible: str, solves: list[str]
) -> None:
    reasons = dict.fromkeys(impossible.split(), "its own reason")
    pairs = [{*pair.split()} for pair in exclusive]
    host = MemoryHost(exclusive=pairs, unsatisfiable=reasons)
    found = verdicts(host, asked.split())
    assert host.concretized == solves
    assert {spec: reason for spec, reason in found.items() if reason} == reasons
    assert {*found} == {*asked.split()}


def test_a_graph_proves_all_that_it_contains() -> None:
    graph = frozenset({("a", "2"), ("b", "1"), ("c", "2")})
    host = MemoryHost(graphs={"a@=2": graph})
    assert [*verdicts(host, ["a@=2", "a@=1", "b@=2", "b@=1"])] == ["a@=2", "b@=2", "b@=1", "a@=1"]
    assert host.concretized == ["some of a@=2 b@=2", "a@=1"]


specs = st.lists(st.sampled_from([f"{p}@={v}" for p in "abcd" for v in (1, 2, 3)]), max_size=12)


@given(specs, specs, st.integers(1, 5))
def test_each_has_a_verdict_however_few_are_solved_at_once(
    asked: list[str], impossible: list[str], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solves, "MOST_AT_ONCE", most)
        host = MemoryHost(unsatisfiable=dict.fromkeys(impossible, "no"))
        found = verdicts(host, asked)
    assert {*found} == {*asked}
    assert {spec for spec, reason in found.items() if reason} == {*asked} & {*impossible}
    for solve in host.concretized:
        packages = [spec.split("@")[0] for spec in solve.replace("some of ", "").split()]
        assert len(packages) == len({*packages}) <= most


def test_progress() -> None:
    """What is being solved, and each verdict as soon as it is known."""
    heard: list[Progress] = []
    host = MemoryHost(unsatisfiable={"b": "no"})
    with Session(MemoryIndex(), listener=heard.append) as session:
        list(concretize_each(session, host.solver, ["a", "b", "c"]))
    assert [(each.subject, each.done, each.total, each.result) for each in heard] == [
        ("a and 2 more", 0, 3, ""),
        ("a", 1, 3, "concretized"),
        ("c", 2, 3, "concretized"),
        ("b", 2, 3, ""),
        ("b", 3, 3, "cannot be concretized"),
    ]
