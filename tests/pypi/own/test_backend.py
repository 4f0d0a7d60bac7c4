"""A build backend is asked for what a tree does not say: with what it sees, and what it may do."""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.errors import FileFailure, UsageError
from spack_pypi.pypi.archives import sdist, tree_metadata
from spack_pypi.pypi.model import GitReference, Metadata, Settings, Source
from spack_pypi.pypi.own import backend
from spack_pypi.pypi.own.backend import BackendAnswer, Backends
from spack_pypi.pypi.own.git_repository import Repository
from spack_pypi.pypi.own.local_repository import local_repository
from spack_pypi.pypi.own.own_git import opened
from spack_pypi.pypi.own.trees import Trees
from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo

PYPROJECT = """\
[build-system]
requires = []
build-backend = "its_own"
backend-path = ["."]
[project]
name = "thing"
dynamic = ["version", "dependencies"]
"""
BACKEND = """\
import os, pathlib, subprocess, sys
def get_requires_for_build_wheel(config_settings=None):
    return []
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    made = pathlib.Path(folder) / "thing-1.dist-info"
    made.mkdir()
    version = os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION", "0.5")
    lines = ["Metadata-Version: 2.1", "Name: Thing", f"Version: {version}", "Requires-Dist: six"]
    DO
    (made / "METADATA").write_text("\\n".join(lines))
    return made.name
"""


def settings(url: str = "http://127.0.0.1:1/simple/") -> Settings:
    return Settings(url, Path("unused"))


def repository(folder: Path, do: str = "pass", text: str = BACKEND) -> Repo:
    """One whose backend does more as it makes metadata."""
    repo = Repo(folder / "repo")
    text = text.replace("DO", do)
    repo.commit({"pyproject.toml": PYPROJECT, "its_own.py": text}, "v1.5")
    return repo


def asked(folder: Path, do: str = "pass", text: str = BACKEND, patience: float = 300) -> Metadata:
    """What the newest tag says."""
    repo = repository(folder, do, text)
    at = Repository(repo.address, folder / "cache")
    own = opened(at, "v1.5", "", "", Backends(settings(), patience))
    return own.metadata(own.releases[0])


def test_what_it_says(tmp_path: Path) -> None:
    """A tag has the version that it is called; the history, which would say it, is not there."""
    found = asked(tmp_path, "assert version == '1.5'")
    assert (found.project, found.version) == ("thing", "1.5")
    assert (found.requires_dist, found.confirmed) == (("six",), True)


def test_what_it_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the user but those that are known to hold no secret."""
    monkeypatch.setenv("MY_TOKEN", "secret")
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:secret@h.example/simple")
    monkeypatch.setenv("CC", "my-cc")
    found = asked(tmp_path, "lines += [f'Requires-Dist: {k}' for k in os.environ if k != 'LANG']")
    named = {*(found.requires_dist or ())}
    assert {"PATH", "HOME", "CC"} <= named and not {"MY_TOKEN", "PIP_INDEX_URL"} & named


def test_a_folder_is_not_touched(tmp_path: Path) -> None:
    """Neither the files that are checked out nor the repository; what is not committed is not
    there."""
    change = "open('its_own.py', 'w').close(); assert not os.path.exists('new')"
    repo = repository(tmp_path, f"{change}; subprocess.run(['git', 'tag', 'v9'], check=True)")
    repo.git("remote", "add", "origin", "https://h.example/thing.git")
    (repo.folder / "new").write_text("x")
    local, inner = local_repository(repo.folder)
    own = opened(local, "", inner, "", Backends(settings()))
    assert own.metadata(own.releases[0]).requires_dist == ("six",)
    assert repo.git("status", "--porcelain") == "?? new" and repo.git("tag") == "v1.5"


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        ("raise SystemExit(3)", "its build backend failed: "),
        ("print('a\\nhttps://me:secret@h.example/x\\n'); int('z')", "invalid literal for int"),
        ("return '../other'", "does not say where the metadata is"),
        ("return 7", "does not say where the metadata is"),
        ("return made.name", "made no METADATA file"),
        ("os.symlink('/etc/hostname', made / 'METADATA'); return made.name", "made no METADATA"),
        ("lines[1] = 'Name: -'", "says neither how it is called nor its version"),
        ("lines[1] = 'Name: other'", "is called thing, and its build backend other: correct"),
        ("os.mkfifo(made / 'METADATA'); return made.name", "made no METADATA"),
        ("while True: print('x' * 100_000)", "it printed more than 64 MiB, the limit"),
        ("os.kill(os.getpid(), 9)", "it was ended by SIGKILL; it printed nothing"),
        ("sys.stdout.write('x' * 5_000_000); raise SystemExit(1)", "failed: xxx"),
    ],
)
def test_it_fails(do: str, reason: str, tmp_path: Path) -> None:
    """One sentence, with the last lines of what it printed."""
    with pytest.raises(FileFailure, match=reason) as raised:
        asked(tmp_path, do)
    said = str(raised.value)
    assert "\n" not in said and "secret" not in said and len(said) < 600


def test_a_name_that_only_the_backend_knows(tmp_path: Path) -> None:
    """Whoever names the project is not given another one."""
    repo = repository(tmp_path)
    repo.commit({"pyproject.toml": PYPROJECT.partition("[project]")[0]})
    asking = Backends(settings())
    at = Repository(repo.address, tmp_path / "cache")
    assert opened(at, "", "", "", asking).name == "thing"
    assert opened(at, "", "", "thing", asking).name == "thing"
    with pytest.raises(UsageError, match="is the project thing, not other"):
        opened(at, "", "", "other", asking)


@pytest.mark.parametrize(
    "said", ["'six'", "[1]", "['not a requirement!']", "['-r /etc/hostname']"]
)
def test_what_it_requires_is_no_list(said: str, tmp_path: Path) -> None:
    text = BACKEND.replace("    return []", f"    return {said}")
    with pytest.raises(FileFailure, match="what it requires is not a list of requirements"):
        asked(tmp_path, text=text)


def test_it_does_not_come_to_an_end(tmp_path: Path) -> None:
    """Nor do the programs that it started run on."""
    program = "[sys.executable, '-c', 'import time; time.sleep(600)']"
    note = f"open({str(tmp_path / 'id')!r}, 'w').write(str(p.pid))"
    do = f"p = subprocess.Popen({program}); {note}; p.wait()"
    with pytest.raises(FileFailure, match="did not finish in time"):
        asked(tmp_path, do, patience=20)
    number = int((tmp_path / "id").read_text())
    for _ in range(100):
        if not _is_running(number):
            break
        time.sleep(0.1)
    assert not _is_running(number)


def _is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except OSError:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc/self/stat").exists()


def installable_wheel() -> bytes:
    """https://packaging.python.org/en/latest/specifications/binary-distribution-format/"""
    raw, folder = io.BytesIO(), "helper-1.0.dist-info"
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("helper.py", "")
        archive.writestr(
            f"{folder}/METADATA", "Metadata-Version: 2.1\nName: helper\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        names = ("helper.py", f"{folder}/METADATA", f"{folder}/WHEEL", f"{folder}/RECORD")
        archive.writestr(f"{folder}/RECORD", "".join(f"{name},,\n" for name in names))
    return raw.getvalue()


def test_what_it_requires_is_installed_from_the_index(
    tmp_path: Path, server: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From wheels only: a source archive would run code that nobody asked for. What the user's
    PYTHONPATH has, such as that of a loaded package, does not count: the backend does not see
    it. Nor does where the user wants pip to install."""
    loaded = tmp_path / "loaded"
    zipfile.ZipFile(io.BytesIO(installable_wheel())).extractall(loaded)
    monkeypatch.setenv("PYTHONPATH", str(loaded))
    monkeypatch.setenv("PIP_USER", "1")
    server.served.publish("helper", "helper-1.0-py3-none-any.whl", installable_wheel())
    server.served.add("source-only", "1.0", wheel=False)
    repo = Repo(tmp_path / "repo")
    for required in ("helper", "source-only"):
        backend_text = BACKEND.replace("    return []", f"    return ['{required}']").replace(
            "DO", "import helper"
        )
        repo.commit({"pyproject.toml": PYPROJECT, "its_own.py": backend_text})
        at = Repository(repo.address, tmp_path / "cache")
        if required == "helper":
            own = opened(at, "", "", "", Backends(settings(server.url)))
            source = own.source(own.releases[0])
            assert source.pyproject and source.pyproject["build-system"]["requires"] == ["helper"]
        else:
            with pytest.raises(
                FileFailure, match="pip cannot install .* from wheels: .*source-only"
            ):
                opened(at, "", "", "", Backends(settings(server.url)))


def test_pyproject_hooks_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        return None if name == "pyproject_hooks" else find_spec(name)

    monkeypatch.setattr(backend, "find_spec", missing)
    with pytest.raises(UsageError) as raised:
        Backends(settings())
    install = f"{sys.executable} -m pip install pyproject-hooks"
    assert str(raised.value) == f"--run-backend needs pyproject-hooks: {install}"


def test_a_tree_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For its build, its metadata are of interest only where a backend may be asked; that one gets
    what was read for the project."""
    at = Repository(repository(tmp_path).address, tmp_path / "cache")
    here = GitReference(at.references.tags["v1.5"], tag="v1.5")
    with monkeypatch.context() as patch:
        patch.setattr(tree_metadata, "read", None)  # it cannot be called
        assert Trees(at, "").source(here, Version("1.5"), "thing").backend == "its_own"
    read: list[str] = []
    source = sdist.source

    def reading(contents: Mapping[str, Any], project: str) -> Source:
        read.append(project)
        return source(contents, project)

    monkeypatch.setattr(sdist, "source", reading)
    monkeypatch.setattr(Backends, "ask", lambda *_: BackendAnswer("", ()))
    Trees(at, "", Backends(settings())).source(here, Version("1.5"), "thing")
    assert read == ["thing"]
