"""``create`` and ``why`` of archives that are named by their place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index_server import IndexServer
from tests.pypi.test_own_archive import sdist
from tests.test_commands import Host, Run


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    host = Host(cache=tmp_path / "cache")
    host.has("setuptools", "60")
    server.served.add("six", "1.0", build=["setuptools"], license_expression="MIT")
    server.served.add("thing", "9.0", license_expression="MIT")
    yield Run(server, host, tmp_path, capsys)


MIT = "License-Expression: MIT"


def test_a_path(run: Run) -> None:
    file = run.folder / "thing-1.0.tar.gz"
    file.write_bytes(sdist("thing", "1.0", "Requires-Dist: six", MIT))
    assert run("create", str(file)) == 0
    assert f"py-thing 1.0 (new, from {file.as_uri()})" in run.out
    assert "Sources that only this machine has; to share these recipes" in run.out
    thing, six = (run.host.written[name] for name in ("py-thing", "py-six"))
    assert f'url = "{file.as_uri()}"' in thing and "pypi" not in thing.split("class")[1]
    assert 'depends_on("py-six"' in thing
    assert 'pypi = "six/six-1.0.tar.gz"' in six and "url" not in six


def test_an_address(run: Run) -> None:
    """Its credentials are sent to its server, and nowhere else to be seen."""
    with IndexServer() as other:
        other.served.credentials = "me:secret"
        other.served.files["thing-1.0.tar.gz"] = sdist("thing", "1.0", MIT)
        address = f"{other.address}/files/thing-1.0.tar.gz"
        given = address.replace("//", "//me:secret@")
        assert run("create", f"thing[extra] @ {given}", "--dry-run") == 0
        assert "the extra 'extra'" in run.err + run.out
        assert run("create", f"Thing @ {given}") == 0
    assert "secret" not in run.out + run.err + run.host.written["py-thing"]
    assert f'url = "{address}"' in run.host.written["py-thing"]
    assert "only this machine" not in run.out


def test_why(run: Run) -> None:
    file = run.folder / "thing-1.0.tar.gz"
    file.write_bytes(sdist("thing", "1.0", "Requires-Dist: six", MIT))
    assert run("why", str(file)) == 0
    assert "thing==1.0" in run.out and "six" in run.out


@pytest.mark.parametrize("command", ["create", "why"])
@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("./nothing.whl", 2, "nothing.whl cannot be read: No such file or directory"),
        ("{folder}", 2, "is not in a git repository"),
        ("{address}/files/nothing.whl", 1, "/files/nothing.whl: does not exist"),
        ("{address}/nothing", 2, "is neither an sdist nor a wheel"),
        ("svn+{address}/a", 2, "cannot be read: give the http, https or file address"),
    ],
)
def test_what_cannot_be_read(command: str, name: str, code: int, reason: str, run: Run) -> None:
    """Nothing is written, not even what was named besides."""
    named = name.format(folder=run.folder, address=run.server.address)
    assert run(command, named, "six") == code
    assert reason in run.err and run.err.count("\n") == 1
    assert not run.host.written and not run.out


def test_an_address_without_a_network(run: Run) -> None:
    assert run("create", "https://h.example/a-1.tar.gz", "--offline") == 1
    assert "a-1.tar.gz: not cached, and --offline is set" in run.err
