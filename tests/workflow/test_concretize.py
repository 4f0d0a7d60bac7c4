"""What the solver is asked, and how what it refuses is reported."""

from __future__ import annotations

from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create


def world() -> tuple[MemoryHost, MemoryIndex]:
    host, index = MemoryHost(), MemoryIndex()
    host.has("idna", "3.10", "2.8")
    index.add("app", "1.0", "idna>=3", "other", build=[])
    return host, index


def reason(result: Outcome) -> str:
    (failed,) = result.plan.failed
    return failed.reason


def test_who_wants_what() -> None:
    host, index = world()
    index.add("other", "2.0", "idna<3", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    assert reason(create(host, index, Request(("app",)))) == (
        "cannot be concretized: no version of py-idna satisfies all: "
        "py-app 1.0 requires >=3; py-other 2.0 requires <3"
    )
    assert host.written == {}


def test_many_releases_that_want_the_same_are_reported_as_one() -> None:
    host, index = world()
    for version in ("2.0", "1.9", "1.8"):
        index.add("other", version, "idna<3", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    assert "py-other 2.0 (and 2 older) require <3" in reason(
        create(host, index, Request(("app",)))
    )


def test_a_python_that_is_not_there() -> None:
    host, index = MemoryHost(externals=("3.11.7",)), MemoryIndex()
    index.add("app", "1.0", "other", build=[])
    index.add("other", "1.0", python=">=3.12", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    assert reason(create(host, index, Request(("app",)))) == (
        "cannot be concretized: py-other 1.0 does not run with Python 3.11.7"
    )


def test_what_cannot_be_concretized_does_not_stop_others() -> None:
    host, index = world()
    index.add("other", "2.0", build=[])
    index.add("alone", "1.0", "shared", build=[])
    index.add("shared", "1.0", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    result = create(host, index, Request(("app", "alone")))
    assert [record.project for record in result.plan.failed] == ["app"]
    assert sorted(host.written) == ["py-alone", "py-shared"]
    assert host.concretized.count("py-alone") == 1, "nothing is asked again"


def test_what_was_asked_for_together_fails_together() -> None:
    host, index = world()
    index.add("other", "2.0", build=[])
    index.add("alone", "1.0", build=[])
    host.unsatisfiable["py-app py-alone"] = "the solver's own words"
    result = create(host, index, Request(("app", "alone"), together=True))
    assert [record.project for record in result.plan.failed] == ["app", "alone"]
    assert host.written == {}


def test_what_we_cannot_explain_the_solver_does() -> None:
    host, index = world()
    index.add("other", "2.0", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    found = reason(create(host, index, Request(("app",))))
    assert found == "cannot be concretized: the solver's own words"


def test_each_version_that_no_graph_holds_is_concretized_by_itself() -> None:
    host, index = world()
    index.add("app", "1.1", "idna>=3", "other", build=[])
    index.add("other", "2.0", build=[])
    host.graphs["py-app"] = frozenset({("py-app", "1.1"), ("py-other", "2.0")})
    create(host, index, Request(("app",)))
    assert host.concretized == ["py-app", "py-app@=1.0"]


def test_a_version_for_another_python_is_written_and_reported() -> None:
    host, index = world()
    host.externals = ("3.11.7",)
    index.add("app", "1.1", "idna>=3", python=">=3.12", build=[])
    index.add("other", "2.0", build=[])
    host.graphs["py-app"] = frozenset({("py-app", "1.0"), ("py-other", "2.0")})
    result = create(host, index, Request(("app",)))
    assert "py-app@=1.1" not in host.concretized, "the solver is not asked what is certain"
    assert [(d.package, d.versions, d.text) for d in result.verification.diagnostics] == [
        ("py-app", ("1.1",), "py-app 1.1 does not run with Python 3.11.7")
    ]
    assert sorted(host.written) == ["py-app", "py-other"]
