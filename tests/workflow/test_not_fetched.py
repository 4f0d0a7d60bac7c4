"""What does not arrive from the index is a failure of itself: others are written, and the exit
code says that something failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from spack_pypi.diagnostics import exit_code
from spack_pypi.errors import IndexFailure
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.network import web
from spack_pypi.pypi.settings import settings
from spack_pypi.report.create import show
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.plan import RecordStatus
from spack_pypi.workflow.request import Request
from tests.index_server import IndexServer
from tests.memory import MemoryHost
from tests.run import create


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexServer]:
    """``app`` and ``tool`` require ``lib``, each from its version 2 on."""
    monkeypatch.setattr(web, "BACK_OFF", 0)
    with IndexServer() as running:
        served = running.served
        served.advertises_metadata = served.serves_metadata = False
        for name in ("app", "tool"):
            served.add(name, "1.0", build=("hatchling",))
            served.add(name, "2.0", "lib", build=("hatchling",))
        served.add("lib", "1.0", build=("hatchling",))
        yield running


def made(server: IndexServer, cache: Path, *names: str, omit: bool = False) -> Outcome:
    host = MemoryHost()
    host.has("hatchling", "1.0")
    reach = settings(server.url, default=lambda: None, cache=cache, environment={})
    return create(host, HttpIndex(reach), Request(names, allow_omissions=omit))


#: What answers 403 → the versions that are written of ``app`` and of ``tool``.
ONE_FILE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "/files/app-2.0-py3-none-any.whl": (("1.0",), ("2.0", "1.0")),
    "/files/app-2.0.tar.gz": (("1.0",), ("2.0", "1.0")),
    "/simple/app/": ((), ("2.0", "1.0")),
    "/simple/lib/": (("1.0",), ("1.0",)),
    "/files/lib-1.0.tar.gz": (("1.0",), ("1.0",)),
}


@pytest.mark.parametrize("omit", [False, True], ids=["", "allow-omissions"])
@pytest.mark.parametrize("path", ONE_FILE)
def test_one_file_is_no_end_of_the_run(
    server: IndexServer, tmp_path: Path, path: str, omit: bool
) -> None:
    """An older release may do, also where omissions are allowed: nobody knows what they are."""
    server.served.failures[path] = [403] * 9
    outcome = made(server, tmp_path, "app", "tool", omit=omit)
    versions = tuple(outcome.plan.records[name].versions for name in ("app", "tool"))
    assert versions == ONE_FILE[path]
    errors = [each.text for each in outcome.diagnostics if each.severity.value == "error"]
    assert exit_code(outcome.diagnostics) == 1
    assert any(f"{path}: answered 403 Forbidden" in text for text in errors)


def test_a_page_that_cannot_be_read_is_not_one_that_there_is_not(
    server: IndexServer, tmp_path: Path
) -> None:
    server.served.failures["/simple/app/"] = [500] * 9
    outcome = made(server, tmp_path, "app")
    (record,) = outcome.plan.failed
    assert record.status is RecordStatus.FAILED
    assert "/simple/app/: answered 500" in record.reason
    assert "no project" not in record.reason


def test_it_is_reported_beside_a_project_that_fails_for_something_else(
    server: IndexServer, tmp_path: Path
) -> None:
    server.served.failures["/simple/lib/"] = [403] * 9
    outcome = made(server, tmp_path, "aaa", "app")
    assert outcome.plan.records["app"].versions == ("1.0",)
    (failed,) = [each for each in outcome.diagnostics if each.code == "not-fetched"]
    assert (failed.package, failed.subject) == ("py-app", "lib")


def test_an_index_that_cannot_be_reached_is_the_end_of_the_run(tmp_path: Path) -> None:
    with IndexServer() as gone:
        pass
    with pytest.raises(IndexFailure, match="refuses connections"):
        made(gone, tmp_path, "app", "tool")


def test_licence_files_that_do_not_arrive(
    server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are read last, and the recipe is written without."""
    made(server, tmp_path, "app")
    for path in tmp_path.rglob("licenses-*"):
        path.rename(path.with_name("old"))
    server.served.failures["/files/lib-1.0.tar.gz"] = [403] * 9
    outcome = made(server, tmp_path, "app", "tool")
    (failed,) = [each for each in outcome.diagnostics if each.code == "not-fetched"]
    assert "/files/lib-1.0.tar.gz: answered 403 Forbidden" in failed.text
    show(MemoryHost(), outcome)
    assert f"run the command again:\n  py-lib 1.0: {failed.text}\n" in capsys.readouterr().out
