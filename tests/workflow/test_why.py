"""``why``: (what exists, what is requested) → how it is answered, and the reason."""

from __future__ import annotations

import pytest

from spack_pypi.report.why import dot
from spack_pypi.workflow.why import Explanation, SatisfiedBy
from tests.memory import MemoryHost, MemoryIndex
from tests.run import why


@pytest.fixture
def edges() -> list[Explanation]:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27")
    host.has("idna", "3.10", "3.4")
    host.has("attrs", "21.4")
    index.add("app", "1.0", "idna<3.5", "attrs>=22", "missing; sys_platform == 'win32'", "nowhere")
    index.add("attrs", "25.1", build=[])
    index.add("missing", "2.1", build=[])
    found = why(host, index, ["app>=1"])
    assert not host.written
    return found


def test_each_edge_has_its_answer_and_reason(edges: list[Explanation]) -> None:
    assert {edge.requires: (edge.satisfied_by, edge.reason) for edge in edges} == {
        "app>=1": (SatisfiedBy.NEW, "no repo has it, so py-app 1.0 is written"),
        "hatchling (to build)": (SatisfiedBy.EXISTS, "builtin.py-hatchling has 1.27"),
        "idna<3.5": (SatisfiedBy.EXISTS, "builtin.py-idna has 3.4"),
        "attrs>=22": (
            SatisfiedBy.ADDED,
            "no version of builtin.py-attrs satisfies it (newest: 21.4), so 25.1 is added",
        ),
        "missing (platform=windows)": (
            SatisfiedBy.NEW,
            "no repo has it, so py-missing 2.1 is written",
        ),
        "nowhere": (SatisfiedBy.OMITTED, "the index has no such project"),
    }


def test_the_graph_names_every_project_and_demand(edges: list[Explanation]) -> None:
    text = dot(edges)
    assert text.startswith("digraph closure {") and text.endswith("}")
    assert '  "nowhere" [color=red];' in text
    assert '  "app" -> "attrs" [label="attrs>=22"];' in text


def test_what_the_index_does_not_have_is_no_failure() -> None:
    (edge,) = why(MemoryHost(), MemoryIndex(), ["nowhere"])
    assert (edge.satisfied_by, edge.reason) == (
        SatisfiedBy.OMITTED,
        "the index index.example has no project named 'nowhere'",
    )
