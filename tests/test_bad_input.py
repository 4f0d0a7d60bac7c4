"""What is given and cannot be used: one sentence that names it and says what to do, and nothing is
written: neither into the repo, nor into the current folder, nor into the cache, but for what was
read of an index or a repository that others may need, too."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spack_pypi.arguments import Parser, add_commands
from spack_pypi.cli import main
from spack_pypi.host.standalone import StandaloneHost
from tests.index_server import IndexServer, sdist_bytes, wheel_bytes
from tests.pypi.git_repos import Repo, project
from tests.pypi.own.test_own_archive import said, sdist


class Host(StandaloneHost):
    """A repo in a folder; JSON is YAML."""

    def yaml(self, text: str) -> object:
        return json.loads(text)


@dataclass
class Bad:
    """Arguments after ``create``, in a folder with these ``files`` (by path, of a repository if
    ``committed``), the exit code, and what the sentence says: of what, and what to do or what is
    expected there."""

    arguments: str
    files: Mapping[str, str | bytes]
    of: str
    reason: str
    code: int = 2
    committed: bool = False
    cached: Sequence[str] = field(default=())


def static(name: str, *required: str) -> dict[str, str | bytes]:
    return {"pyproject.toml": project(name, *required)}


def toml(**texts: str) -> dict[str, str | bytes]:
    return {"pyproject.toml": "\n".join(f"[{name}]\n{text}" for name, text in texts.items())}


GIT, PAGES = ["git"], ["v1"]
FOLDERS = [
    Bad("./nothing", {}, "nothing", "No such file or directory"),
    Bad("./empty", {"empty/x": ""}, "empty", "is not in a git repository"),
    Bad(".", {"x": ""}, "here", "name the folder that has one", committed=True),
    Bad(".", toml(project="version = '1'"), "here", "write 'NAME @ PLACE'", committed=True),
    Bad(".", {"pyproject.toml": "[project"}, "here", "pyproject.toml is not valid TOML",
        committed=True),
    Bad(".", toml(project="name = 'a'\nversion = '1'\ndependencies = 'b'"), "a",
        "as PEP 621 has it: lists of texts", 1, committed=True),
    Bad(".", static("a", "b >> 1"), "a", "'b >> 1': is not a valid requirement (PEP 508)", 1,
        committed=True),
    Bad("b @ .", static("a"), "here", "is the project a, not b", committed=True),
    Bad(".[x y]", static("a"), ".[x y]", "has an invalid extra", committed=True),
    Bad("./pyproject.toml", static("a"), "pyproject.toml", "these end in .tar.gz"),
]  # fmt: skip
ARCHIVES = [
    Bad("./a-1.tar.gz", {}, "a-1.tar.gz", "No such file or directory"),
    Bad("./a-1.tar.gz", {"a-1.tar.gz": b"x"}, "a-1.tar.gz", "Not a gzipped file", 1),
    Bad("./a-1.tar.gz", {"a-1.tar.gz": sdist("a", "1")[:200]}, "a-1.tar.gz", "file ended", 1),
    Bad("./a-1.zip", {"a-1.zip": sdist("a", "1")}, "a-1.zip", "zip", 1),
    Bad("./a-1.tar.gz", {"a-1.tar.gz": sdist_bytes("a", "1", {})}, "a-1.tar.gz",
        "PKG-INFO", 1),
    Bad("./a-1.tar.gz", {"a-1.tar.gz": sdist_bytes("a", "1", {"PKG-INFO": "Name: a\n"})},
        "a-1.tar.gz", "names no project and version (Name and Version)", 1),
    Bad("b @ ./a-1.tar.gz", {"a-1.tar.gz": sdist("a", "1")}, "a-1.tar.gz",
        "is of the project a, not of b"),
    Bad("file:///nothing/a-1.tar.gz", {}, "a-1.tar.gz", "No such file or directory"),
    Bad("{address}/files/a-1.tar.gz", {}, "a-1.tar.gz", "does not exist", 1),
    Bad("https://h.example/a-1.tar.gz#egg=a", {}, "a-1.tar.gz", "only sha256=HASH can be read"),
    Bad("ftp://h.example/a-1.tar.gz", {}, "ftp://h.example", "give the http, https or file"),
]  # fmt: skip
WHEEL = "a-1-py3-none-any.whl"
WHEELS = [
    Bad(f"./{WHEEL}", {}, WHEEL, "No such file or directory"),
    Bad(f"./{WHEEL}", {WHEEL: b"x"}, WHEEL, "is not a valid wheel", 1),
    Bad(f"./{WHEEL}", {WHEEL: wheel_bytes("b", "1", said("b", "1"))}, WHEEL,
        "is not that of a wheel of b 1", 1),
    Bad("./a.whl", {"a.whl": wheel_bytes("a", "1", said("a", "1"))}, "a.whl",
        "is not that of a wheel of a 1", 1),
    Bad(f"b @ ./{WHEEL}", {WHEEL: wheel_bytes("a", "1", said("a", "1"))}, WHEEL,
        "is of the project a, not of b"),
]  # fmt: skip
REPOSITORIES = [
    Bad("git+{here}@nope", static("a"), "here", "has no branch or tag 'nope'", 2, True, GIT),
    Bad("git+{here}#subdirectory=b", static("a"), "here", "has no folder 'b' at main", 1, True,
        GIT),
    Bad("git+{here}", {"x": ""}, "here", "name the folder that has one", 2, True, GIT),
    Bad("git+{here}", static("a", "b >> 1"), "a", "is not a valid requirement", 1, True,
        [*GIT, *PAGES]),
    Bad("git+file:///nothing/a", {}, "/nothing/a", "git repository", 1, cached=GIT),
    Bad("git+{here}@", static("a"), "here", "(with HOST/PATH@BRANCH)", 2, True),
    Bad("git+svn://h.example/a", {}, "h.example/a", "git+https, git+ssh"),
    Bad("ssh://git@h.example/a", {}, "h.example/a", "write git+ssh://git@h.example/a"),
    Bad("git@h.example:b/a.git", {}, "git@h.example:b/a.git", "git+ssh://git@h.example/b/a.git"),
    Bad("https://h.example/a.git", {}, "h.example/a.git", "write git+https://h.example/a.git"),
    Bad("https://h.example/b/a", {}, "h.example/b/a", "git+https://h.example/b/a"),
]  # fmt: skip


def listed(name: str, text: str | bytes, reason: str, of: str = "", code: int = 2) -> Bad:
    """A file that lists a set."""
    return Bad(f"--from {name}", {name: text}, of or name, reason, code)


PYLOCK = 'lock-version = "1.0"\ncreated-by = "x"\n'
SETS = [
    Bad("--from nothing.txt", {}, "nothing.txt", "No such file or directory"),
    listed("uv.lock", "[", "not valid TOML"),
    listed("uv.lock", "version = 1\n[[package]]\nname = 3\n", "a package's name is not"),
    listed("uv.lock", "version = 1\n", "the project that it is about"),
    listed("poetry.lock", '[[package]]\nname = "a"\n', "run poetry export"),
    listed("poetry.lock", "package = 3\n", "poetry.lock"),
    listed("pdm.lock", '[metadata]\nlock_version = "4.5"\n', "run pdm export"),
    listed("Pipfile.lock", '{"_meta": 3, "default": {}}', "_meta is not a table"),
    listed("Pipfile.lock", "{", "Pipfile.lock"),
    listed("pylock.toml", PYLOCK + "[[packages]]\nname = 3\n", "(PEP 751)"),
    listed("pylock.toml", PYLOCK + "[[packages]]\nname = 'a'\nmarker = 'x y'\n",
        "or quoted string in 'packages[0].marker'"),
    listed("pylock.toml", PYLOCK.replace("1.0", "9.0") + "packages = []\n", "pylock.toml"),
    listed("environment.yml", '{"dependencies": 3}', "environment.yml of"),
    listed("requirements.txt", "a >> 1\n", "'a >> 1' is not a requirement (PEP 508)"),
    listed("requirements.txt", "-r gone.txt\n", "No such file or directory", "gone.txt"),
    listed("requirements.txt", b"\xff\xfe\x00a", "it is not text"),
    listed("requirements.txt", "--index-url ftp://h.example/\na\n", "see --index-url in"),
    listed("setup.cfg", "[options]\ninstall_requires = a >> 1\n", "is not a requirement"),
    listed("pyproject.toml", "[project\n", "not valid TOML"),
    listed("script.py", "# /// script\n# dependencies = 3\n# ///\n", "is not a list"),
    Bad("--from . --group nope", static("a"), "pyproject.toml", "'nope' not found"),
    Bad("--from . --extra nope", static("a"), "nope", "nope"),
]  # fmt: skip
HOUSES = [
    Bad("--from house", {"house/x.txt": ""}, "house", "pass the file that lists"),
    # What they contain is read of the index.
    Bad("--from house", {f"house/{WHEEL}": b"x"}, f"house/{WHEEL}", "is not a valid wheel"),
    Bad("--from house", {"house/a-1.tar.gz": b"x"}, "house/a-1.tar.gz", "cannot be read"),
    Bad("--from house", {f"house/{WHEEL}": wheel_bytes("a", "1", "Name: a\nVersion: 1\n")}, "a",
        "has no project named 'a'", 1,
        cached=PAGES),
    Bad("--from house", {"house/a-1.tar.gz": sdist_bytes("a", "1", {"PKG-INFO": ""})}, "a",
        "has no project named 'a'", 1,
        cached=PAGES),
]  # fmt: skip
ENVIRONMENTS = [
    Bad("--from python:/nothing/python", {}, "/nothing/python", "No such file or directory"),
    Bad("--from python:{here_path}/x", {"x": ""}, "/x", "cannot be run"),
    Bad("--from python:/bin/true", {}, "/bin/true", "Python"),
]
OPTIONS = [
    Bad("a --index x=nope", {}, "x=URL", "such as https://index.example/simple/"),
    Bad("a --index-url ftp://h.example/", {}, "--index-url", "such as https://index.example/"),
    Bad("a --index-url https://[::1/x/", {}, "--index-url", "such as https://index.example/"),
    Bad("a --extra-index-url nope", {}, "--extra-index-url", "such as https://index.example/"),
    Bad("a --index-url http://127.0.0.1:1/simple/", {}, "http://127.0.0.1:1/simple/",
        "check the URL", 1),
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "repo" / "packages").mkdir(parents=True)
    (tmp_path / "repo" / "repo.yaml").write_text("repo:\n  namespace: repo\n  api: v2.0\n")
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder


ALL = [*FOLDERS, *ARCHIVES, *WHEELS, *REPOSITORIES, *SETS, *HOUSES, *ENVIRONMENTS, *OPTIONS]


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: f"{bad.arguments}: {bad.reason}")
def test_one_sentence_and_nothing_is_written(
    bad: Bad, here: Path, server: IndexServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in bad.files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(content.encode() if isinstance(content, str) else content)
    if bad.committed:
        made = Repo(here.parent / "made")
        made.commit({})
        (made.folder / ".git").rename(here / ".git")
        made.folder, made.address = here, here.as_uri()
        made.commit({})
    before = _files(here.parent)
    text = bad.arguments.format(address=server.address, here=here.as_uri(), here_path=here)
    # A name may have spaces, an option with its value has one.
    name, *options = re.split(r"(?:^| )(?=--)", text)
    arguments = [each for option in options for each in option.split(" ", 1)]
    arguments += [name] if name else []
    code = _run(here.parent, [*arguments, "--no-deps"], server)
    said = capsys.readouterr().err.splitlines()
    assert code == bad.code, said
    if said[-1].startswith("Pass --allow-omissions "):
        said.pop()
    # What is wrong in the options themselves follows their usage, as always in Python.
    assert len(said) == 1 or said[0].startswith("usage: "), said
    assert bad.of in said[-1] and bad.reason in said[-1] and "Traceback" not in said[-1]
    changed = {path for path, data in _files(here.parent).items() if before.get(path) != data}
    changed |= before.keys() - _files(here.parent).keys()
    assert {path for path in changed if path.split("/")[:2][-1] not in bad.cached} == set()


def _run(folder: Path, arguments: Sequence[str], server: IndexServer) -> int:
    parser = Parser(prog="spack-pypi")
    add_commands(parser)
    index = [] if any("--index" in each for each in arguments) else ["--index-url", server.url]
    try:
        args = parser.parse_args(
            ["create", *arguments, *index, "-r", str(folder / "repo")], argparse.Namespace()
        )
    except SystemExit as ended:
        return int(ended.code or 0)
    return main(args, lambda: Host(folder / "cache", folder / "repo"))


def _files(folder: Path) -> dict[str, bytes]:
    """All files but those that git keeps for itself, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
