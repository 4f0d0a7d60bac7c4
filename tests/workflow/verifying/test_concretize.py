"""What the solver is asked, and how what it refuses is reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.diagnostics import Severity
from spack_pypi.resolve.policy import Policy
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
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
        "cannot be concretized: "
        "no version of py-idna satisfies both py-app 1.0 (>=3) and py-other 2.0 (<3)"
    )
    assert host.written == {}


def test_many_releases_that_want_the_same_are_reported_as_one() -> None:
    host, index = world()
    for version in ("2.0", "1.9", "1.8"):
        index.add("other", version, "idna<3", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    found = reason(create(host, index, Request(("app",))))
    assert found.endswith("both py-app 1.0 (>=3) and py-other 2.0 (<3)")


def test_a_python_that_is_not_there() -> None:
    host, index = MemoryHost(external_pythons=("3.11.7",)), MemoryIndex()
    index.add("app", "1.0", "other", build=[])
    index.add("other", "1.0", python=">=3.12", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    assert reason(create(host, index, Request(("app",)))) == (
        "cannot be concretized: py-other 1.0 does not run with Python 3.11.7"
    )


def test_a_platform_that_is_another_one() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("app", "1.0", build=[], wheel_tag="cp39-abi3-win_amd64")
    (key,) = index._metadata
    windows = ("Operating System :: Microsoft :: Windows",)
    index._metadata[key] = replace(index._metadata[key], classifiers=windows)
    host.unsatisfiable["py-app"] = "the solver's own words"
    assert reason(create(host, index, Request(("app",)))) == (
        "cannot be concretized: the solver's own words (app is for windows only; to write it all "
        "the same, pass --verify load)"
    )


def test_what_cannot_be_concretized_does_not_stop_others() -> None:
    """All are solved at once; what does not fit is asked for its reason, all else no more."""
    host, index = world()
    index.add("other", "2.0", build=[])
    index.add("alone", "1.0", "shared", build=[])
    index.add("shared", "1.0", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    result = create(host, index, Request(("app", "alone")))
    assert [record.project for record in result.plan.failed] == ["app"]
    assert reason(result) == "cannot be concretized: the solver's own words"
    assert sorted(host.written) == ["py-alone", "py-shared"]
    assert host.concretized == ["some of py-app py-alone", "py-app"]


def test_what_is_certain_needs_no_reason_of_the_solver() -> None:
    host, index = MemoryHost(external_pythons=("3.11.7",)), MemoryIndex()
    index.add("app", "1.0", python=">=3.12", build=[])
    index.add("alone", "1.0", build=[])
    host.unsatisfiable["py-app"] = "the solver's own words"
    result = create(host, index, Request(("app", "alone")))
    assert reason(result) == "cannot be concretized: py-app 1.0 does not run with Python 3.11.7"
    assert host.concretized == ["some of py-app py-alone"]


def test_what_is_named_with_versions_is_concretized_with_them() -> None:
    """A bump is named so: that an older version can be concretized proves nothing."""
    host, index = world()
    index.add("other", "2.0", build=[])
    create(host, index, Request(("app==1.0", "idna>=3")))
    assert host.concretized == ["some of py-app@=1.0 py-idna@3:"]


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


# --- the versions that are in no graph -------------------------------------------------------


def two() -> tuple[MemoryHost, MemoryIndex]:
    """Two versions of app are written, of which the graph has the newest."""
    host, index = world()
    index.add("app", "1.1", "idna>=3", "other", build=[])
    index.add("other", "2.0", build=[])
    host.graphs["py-app"] = frozenset({("py-app", "1.1"), ("py-other", "2.0")})
    return host, index


@pytest.mark.parametrize("verify", [None, Verify.CONCRETIZE])
def test_they_are_written_and_named(verify: Verify | None) -> None:
    host, index = two()
    result = create(host, index, Request(("app",), verify=verify))
    assert host.concretized == ["py-app"] and result.applied
    (note,) = result.verification.diagnostics
    assert (note.code, note.severity) == ("not-concretized", Severity.NOTE)
    assert note.text == "py-app@=1.0; to concretize them too, pass --verify every"
    assert note.details == (("specs", "py-app@=1.0"),)


def test_many_are_named_in_one_line() -> None:
    host, index = two()
    for minor in range(2, 9):
        index.add("app", f"1.{minor}", "idna>=3", "other", build=[])
    result = create(host, index, Request(("app",), policy=Policy(None)))
    (note,) = result.verification.diagnostics
    assert note.text == (
        "py-app@=1.8, py-app@=1.7, py-app@=1.6 and 5 more; to concretize them too, "
        "pass --verify every"
    )
    assert len(dict(note.details)["specs"].split()) == 8


def test_nothing_is_said_where_a_graph_contains_all() -> None:
    host, index = world()
    index.add("other", "2.0", build=[])
    assert create(host, index, Request(("app",))).verification.diagnostics == ()


def every(host: MemoryHost, index: MemoryIndex, *names: str) -> Outcome:
    return create(host, index, Request(names, verify=Verify.EVERY))


def test_every_version_that_no_graph_holds_is_concretized() -> None:
    host, index = two()
    result = every(host, index, "app")
    assert host.concretized == ["py-app", "py-app@=1.0"]
    assert result.verification.diagnostics == ()


def test_a_version_for_another_python_is_written_and_reported() -> None:
    host, index = world()
    host.external_pythons = ("3.11.7",)
    index.add("app", "1.1", "idna>=3", python=">=3.12", build=[])
    index.add("other", "2.0", build=[])
    host.graphs["py-app"] = frozenset({("py-app", "1.0"), ("py-other", "2.0")})
    result = every(host, index, "app")
    assert host.concretized == ["py-app"], "the solver is not asked what is certain"
    assert [(d.package, d.versions, d.text) for d in result.verification.diagnostics] == [
        ("py-app", ("1.1",), "py-app 1.1 does not run with Python 3.11.7")
    ]
    assert sorted(host.written) == ["py-app", "py-other"]


def test_a_version_that_the_solver_refuses_is_written_and_reported() -> None:
    host, index = two()
    host.unsatisfiable["py-app@=1.0"] = "the solver's own words"
    result = every(host, index, "app")
    (warning,) = result.verification.diagnostics
    assert (warning.code, warning.versions) == ("unsatisfiable", ("1.0",))
    assert warning.text == "the solver's own words"
    assert result.applied
