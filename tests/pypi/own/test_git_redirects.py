"""Where the server of a git repository may redirect git. Here 127.0.0.1 is a private network, and
its neighbours are public."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from spack_pypi.errors import FileFailure
from spack_pypi.pypi.network import private_network
from spack_pypi.pypi.own import git_command
from spack_pypi.pypi.own.git_repository import Repository, tags_at
from tests.pypi.git_repos import Repo, project
from tests.pypi.serving import Answer, says, serving

FIRST = "/part/info/refs?service=git-upload-pack"


@pytest.fixture(autouse=True)
def private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_network, "is_private", lambda address: address == "127.0.0.1")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Answer]:
    """The answers of a server that has a repository, by git's own program for servers."""
    Repo(tmp_path / "part").commit({"pyproject.toml": project("part")}, "v1.0")
    inherited = {**os.environ, "GIT_PROJECT_ROOT": str(tmp_path), "GIT_HTTP_EXPORT_ALL": "1"}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        variables = {
            "PATH_INFO": path.replace("/part", "/part/.git"),
            "QUERY_STRING": query,
            "REQUEST_METHOD": handler.command,
            "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": handler.headers.get("Content-Length", "0"),
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
        }
        asked = handler.rfile.read(int(variables["CONTENT_LENGTH"]))
        done = subprocess.run(
            ["git", "http-backend"],
            input=asked,
            stdout=subprocess.PIPE,
            env={**inherited, **variables},
            check=True,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + head + b"\r\n\r\n" + body)

    return {FIRST: answer, "/part/git-upload-pack": answer}


def read(address: str, folder: Path) -> str:
    """The pyproject.toml of the repository at an address."""
    repository = Repository(address, folder / "cache")
    commit = repository.references.tags["v1.0"]
    return repository.contents(commit, "refs/tags/v1.0", "").files["pyproject.toml"]


def redirecting(to: str) -> dict[str, Answer]:
    return {FIRST: says(302, Location=to)}


@pytest.mark.parametrize("times", [1, 3])
def test_a_repository_that_has_moved(times: int, files: dict[str, Answer], tmp_path: Path) -> None:
    with ExitStack() as servers:
        at = servers.enter_context(serving(files, "127.0.0.3"))
        for number in range(times):
            answers = redirecting(f"{at}{FIRST}")
            at = servers.enter_context(serving(answers, f"127.0.0.{4 + number}"))
        assert read(f"{at}/part", tmp_path) == project("part")


def test_within_a_private_network(files: dict[str, Answer], tmp_path: Path) -> None:
    with serving(files) as there, serving(redirecting(f"{there}{FIRST}")) as server:
        assert read(f"{server}/part", tmp_path) == project("part")


def test_from_a_public_server_none_leads_into_a_private_network(
    files: dict[str, Answer], tmp_path: Path
) -> None:
    """Not even one request arrives there; whoever means it names it."""
    asked: list[str] = []

    def router(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        files[FIRST](handler)

    with (
        serving({**files, FIRST: router}) as inside,
        serving(redirecting(f"{inside}{FIRST}"), "127.0.0.2") as server,
    ):
        with pytest.raises(FileFailure, match="private network.* name the repository by that"):
            read(f"{server}/part", tmp_path)
        assert not asked
        assert read(f"{inside}/part", tmp_path) == project("part")


def test_a_server_whose_host_is_escaped_may_be_public(
    files: dict[str, Answer], tmp_path: Path
) -> None:
    """Git's library writes it out."""
    with serving(files) as inside, serving(redirecting(f"{inside}{FIRST}"), "127.0.0.2") as server:
        escaped = server.replace("127.0.0.2", "%3127.0.0.2")
        with pytest.raises(FileFailure, match="private network"):
            read(f"{escaped}/part", tmp_path)


def test_tags_for_a_link(files: dict[str, Answer], tmp_path: Path) -> None:
    with (
        serving(files, "127.0.0.3") as there,
        serving(files) as inside,
        serving(redirecting(f"{there}{FIRST}"), "127.0.0.2") as moved,
        serving(redirecting(f"{inside}{FIRST}"), "127.0.0.2") as leading_in,
    ):
        assert tags_at(f"{moved}/part", tmp_path) == ["v1.0"]
        assert not tags_at(f"{leading_in}/part", tmp_path)
    assert not tags_at((tmp_path / "part").as_uri(), tmp_path)


def test_redirects_that_each_take_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_command, "PATIENCE", 0.5)

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.3)
        says(302, Location=FIRST)(handler)

    with (
        serving({FIRST: slowly}, "127.0.0.2") as server,
        pytest.raises(FileFailure, match="takes too long to redirect|did not finish"),
    ):
        git_command.ask(f"{server}/part", tmp_path, "ls-remote", patience=60)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (FIRST, "redirects more than 10 times"),
        ("file:///part" + FIRST, "redirects to file:///part"),
        ("ext::sh -c id" + FIRST, "is not a repository"),
        ("http://127.0.0.3/sign-in", "redirects to http://127.0.0.3/sign-in, which is not"),
        ("http://[::1" + FIRST, "is not an address"),
        ("http://%31%32%37.0.0.1" + FIRST, "private network"),
        (f"http://{'a' * 70}.example{FIRST}", "git says: "),
        ("http://a..example" + FIRST, "git says: "),
        ("https://user:secret@127.0.0.1" + FIRST, r"https://[^@]*127.0.0.1/part\b.* private"),
    ],
)
def test_what_is_not_followed(to: str, reason: str, tmp_path: Path) -> None:
    with (
        serving(redirecting(to), "127.0.0.2") as server,
        pytest.raises(FileFailure, match=reason) as failure,
    ):
        read(f"{server}/part", tmp_path)
    assert "secret" not in str(failure.value)
