"""What becomes of a plan: verified, made anew where it is wrong, applied or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spack_pypi.diagnostics import Diagnostic, Severity, exit_code
from spack_pypi.errors import HostError
from spack_pypi.host.port import Target
from spack_pypi.session import Phase, Progress, Session
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.create import create as creating
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.verifying.verification import Step
from tests.memory import MemoryIndex
from tests.run import create
from tests.workflow.faulty import Host, faulty_host, faulty_index


@pytest.fixture
def host() -> Host:
    return faulty_host()


@pytest.fixture
def index() -> MemoryIndex:
    return faulty_index()


def errors(outcome: Outcome) -> list[Diagnostic]:
    return [each for each in outcome.diagnostics if each.severity is Severity.ERROR]


def test_a_plan_that_passes_is_applied_once(host: Host, index: MemoryIndex) -> None:
    outcome = create(host, index, Request(("app",)))
    assert outcome.applied and outcome.verification.passed
    assert host.commits == 1 == len(host.staged_texts)
    assert host.written == outcome.plan.texts
    assert exit_code(outcome.diagnostics) == 0


@pytest.mark.parametrize("step", ["load", "audit"])
def test_a_fault_leads_to_another_plan(host: Host, index: MemoryIndex, step: str) -> None:
    """All releases of a recipe that is not accepted are out, and with them what needs them; others
    are written all the same."""
    host.fails_at = step
    host.faults["py-lib", "class PyLib"] = "no"
    outcome = create(host, index, Request(("app", "base")))
    assert ["py-lib" in texts for texts in host.staged_texts] == [True, True, False]
    assert 'version("2.0"' in host.staged_texts[0]["py-lib"]
    assert 'version("2.0"' not in host.staged_texts[1]["py-lib"]
    assert outcome.verification.passed
    assert sorted(host.written) == ["py-base"]
    (failed,) = outcome.plan.failed
    assert failed.project == "app"
    assert "lib" in failed.reason
    (found,) = errors(outcome)
    assert (found.code, found.package, found.subject) == ("not-written", "py-app", "app")


@pytest.mark.parametrize(
    "dependencies, is_idle, audits",
    [(True, True, ["begun", "asked"]), (True, False, ["asked"]), (False, True, [])],
    ids=["idle", "requests under way", "no-deps"],
)
def test_what_follows_is_done_beside_the_audit(
    host: Host,
    index: MemoryIndex,
    monkeypatch: pytest.MonkeyPatch,
    dependencies: bool,
    is_idle: bool,
    audits: list[str],
) -> None:
    """But not where it would have to wait for requests."""
    monkeypatch.setattr(Session, "is_idle", is_idle)
    assert create(host, index, Request(("base",), dependencies=dependencies)).applied
    assert host.audits == audits


class NotOf3:
    """A line of a recipe that does not hold for 3.0, whatever it says."""

    def __init__(self, line: Any) -> None:
        self._line = line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def applies(self, version: str, variants: Any) -> bool:
        return version != "3.0" and bool(self._line.applies(version, variants))


def test_a_release_that_the_comparison_rejects_is_passed_over(
    host: Host, index: MemoryIndex
) -> None:
    """It says which release it is about, so the others are written."""
    index.add("lib", "3.0", "base")

    evaluated = host.evaluator.meaning

    def meaning(package: str) -> Any:
        made: Any = evaluated(package)
        if package == "py-lib":
            made.lines = [NotOf3(line) for line in made.lines]
        return made

    host.evaluator.meaning = meaning  # type: ignore[method-assign]
    outcome = create(host, index, Request(("lib",)))
    assert [("3.0" in texts["py-lib"]) for texts in host.staged_texts] == [True, False]
    assert outcome.applied and outcome.plan.records["lib"].versions == ("2.0", "1.0")
    (passed_over,) = [each for each in outcome.diagnostics if each.code == "passed-over"]
    assert passed_over.versions == ("3.0",)
    assert "py-base is missing" in passed_over.text


def test_a_fault_that_nothing_can_be_learned_from_ends_it(host: Host, index: MemoryIndex) -> None:
    """It is about a recipe that is not ours: there is no other plan."""
    host.faults["py-other", ""] = "its recipe does not load: 1 / 0"
    outcome = create(host, index, Request(("base",)))
    assert not outcome.applied and host.written == {}
    (found,) = errors(outcome)
    assert (found.code, found.package) == ("rejected", "py-other")
    assert exit_code(outcome.diagnostics) == 1


def test_steps(host: Host, index: MemoryIndex) -> None:
    """As far as it is asked; a step that fails is none that was passed."""
    named = ("base",)
    loaded = (Step.LOADED, Step.CHECKED, Step.AUDITED)
    assert create(host, index, Request(named, verify=Verify.LOAD)).verification.steps == loaded
    assert host.concretized == []
    both = (*loaded, Step.CONCRETIZED)
    assert create(host, index, Request(named)).verification.steps == both
    without = Request(named, dependencies=False)
    assert create(host, index, without).verification.steps == loaded[:2]
    host.checks = False
    assert create(host, index, Request(named)).verification.steps == (Step.LOADED,)


@pytest.mark.parametrize("verify", [Verify.CONCRETIZE, Verify.INSTALL])
def test_without_a_solver_nothing_can_be_concretized(
    host: Host, index: MemoryIndex, verify: Verify
) -> None:
    host.solver.unavailable = lambda: "no clingo"  # type: ignore[method-assign]
    with pytest.raises(HostError, match="^cannot concretize: no clingo, or pass --verify load$"):
        create(host, index, Request(("base",), verify=verify))
    outcome = create(host, index, Request(("base",)))
    assert Step.CONCRETIZED not in outcome.verification.steps and outcome.applied
    (note,) = (each for each in outcome.diagnostics if each.code == "not-concretized")
    assert (note.text, note.severity) == ("no clingo", Severity.NOTE)


@pytest.mark.parametrize("verify", [Verify.CONCRETIZE, Verify.EVERY, Verify.INSTALL])
def test_without_a_spack_no_solver_can_be_asked(
    host: Host, index: MemoryIndex, verify: Verify
) -> None:
    host.checks = False
    with pytest.raises(HostError, match="pass --verify load"):
        create(host, index, Request(("base",), verify=verify))
    assert host.written == {} and host.concretized == []


def test_what_the_solver_needs_is_prepared_meanwhile(
    host: Host, index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said when it begins, and when it is waited for."""
    heard: list[Progress] = []
    monkeypatch.setattr(host.solver, "prepare", lambda: "Spack makes an index")
    with Session(index, listener=heard.append) as session:
        creating(session, host, Request(("base",)))
    said = [(heard.index(each), each.result) for each in heard if each.phase is Phase.PREPARE]
    phases = [each.phase for each in heard]
    assert said == [(0, "Spack makes an index"), (phases.index(Phase.CONCRETIZE) - 1, "")]


@pytest.mark.parametrize(
    "options", [{"verify": Verify.LOAD}, {"dry_run": True}, {"dependencies": False}], ids=str
)
def test_what_no_step_needs_is_not_prepared(
    host: Host, index: MemoryIndex, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("prepare", "unavailable"):
        monkeypatch.setattr(host.solver, method, unwanted)
    verification = create(host, index, Request(("base",), **options)).verification
    assert verification.passed and host.concretized == []


def unwanted() -> Any:
    raise AssertionError("nobody needs the solver")


def test_progress(host: Host, index: MemoryIndex) -> None:
    heard: list[Progress] = []
    with Session(index, listener=heard.append) as session:
        creating(session, host, Request(("base",)))
    phases = list(dict.fromkeys(progress.phase for progress in heard))
    assert phases == [Phase.RESOLVE, Phase.LOAD, Phase.CHECK, Phase.AUDIT, Phase.CONCRETIZE]


# --- dry runs and --strict ----------------------------------------------------------------------


@pytest.mark.parametrize("verify", [Verify.LOAD, Verify.CONCRETIZE])
@pytest.mark.parametrize("name", ["app", "torn"])
def test_a_dry_run_verifies_and_moves_nothing(
    host: Host, index: MemoryIndex, name: str, verify: Verify
) -> None:
    """It says what a run would: the same plan, the same steps, the same diagnostics."""
    index.add("torn", "1.0", "nowhere")
    dry = create(host, index, Request((name,), dry_run=True, verify=verify))
    assert (dry.applied, host.commits, host.written) == (False, 0, {})
    wet = create(host, index, Request((name,), verify=verify))
    assert wet.applied is (name == "app")
    assert dry.plan.texts == wet.plan.texts
    assert dry.verification.steps == wet.verification.steps
    assert dry.diagnostics == wet.diagnostics


def test_a_dry_run_does_not_write_to_the_target(host: Host, index: MemoryIndex) -> None:
    asked: list[bool] = []

    def target(repo: str | None, namespace: str | None, write: bool) -> Target:
        asked.append(write)
        return Target(Path("repo"), "site")

    host.repos.target = target  # type: ignore[method-assign]
    create(host, index, Request(("base",), dry_run=True))
    create(host, index, Request(("base",)))
    assert asked == [False, True]


def strict(host: Host, index: MemoryIndex, **options: Any) -> Outcome:
    """One requirement is left out, which only Windows has."""
    index.add("partly", "1.0", 'nowhere; sys_platform == "win32"')
    return create(host, index, Request(("partly",), **options))


def test_what_is_left_out_is_an_error_with_strict(host: Host, index: MemoryIndex) -> None:
    outcome = strict(host, index)
    assert outcome.applied and exit_code(outcome.diagnostics) == 0
    assert errors(outcome) == []
    host.written.clear()
    outcome = strict(host, index, strict=True)
    assert not outcome.applied and host.written == {}
    assert [each.code for each in errors(outcome)] == ["omitted-requirement"]
    assert exit_code(outcome.diagnostics) == 1
