"""Outside Spack: which Spack is used, the virtual environment, and how Spack is started."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.__main__ import main
from spack_pypi.errors import HostError, UsageError
from spack_pypi.host import bootstrap
from spack_pypi.host.bootstrap import Spack, environment, find_spack, run_in
from tests.index_server import IndexServer


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Spack is named, nor on the path; nothing of the user is touched."""
    monkeypatch.delenv("SPACK_ROOT", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("shutil.which", lambda name: None)


def program(file: Path, text: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


# --- which Spack --------------------------------------------------------------------------------


def prefix(folder: Path) -> Path:
    """What looks like a Spack."""
    (folder / "lib" / "spack").mkdir(parents=True)
    (folder / "lib" / "spack" / "kept").touch()
    program(folder / "bin" / "spack")
    return folder


def test_the_spack_that_is_named_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "root", "path"):
        prefix(tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / "path" / "bin" / "spack")
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / "link"))
    assert find_spack(None) == Spack(tmp_path / "path", ours=False)
    monkeypatch.setenv("SPACK_ROOT", str(tmp_path / "root"))
    assert find_spack(None) == Spack(tmp_path / "root", ours=False)
    assert find_spack(str(tmp_path / "named")) == Spack(tmp_path / "named", ours=False)
    assert find_spack("none") is None
    with pytest.raises(UsageError, match="is not a Spack prefix: it has no bin/spack"):
        find_spack(str(tmp_path))
    shutil.rmtree(tmp_path / "named" / "lib")
    with pytest.raises(UsageError, match="is not a Spack prefix: it has no lib/spack"):
        find_spack(str(tmp_path / "named"))


@pytest.mark.parametrize(
    "script, found",
    [
        ('[ "$*" = "location --spack-root" ] && echo {0}/spack', True),
        ("echo {0}", False),
        ("exit 1", False),
        ("cat /dev/zero", False),
    ],
)
def test_a_script_of_a_site_that_starts_spack(
    script: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No Python runs it: it is asked where the Spack is."""
    spack = prefix(tmp_path / "spack")
    on_path = program(tmp_path / "site" / "spack", script.format(tmp_path))
    monkeypatch.setattr("shutil.which", lambda name: str(on_path))
    monkeypatch.chdir(spack)
    if found:
        assert find_spack(None) == Spack(spack, ours=False)
        return
    with pytest.raises(UsageError, match=f"{on_path} is not in a Spack prefix: .* --spack DIR"):
        find_spack(None)


def test_without_any_a_release_is_cloned_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = tmp_path / "origin"
    prefix(origin)
    git = ["git", "-C", str(origin), "-c", "user.name=x", "-c", "user.email=x@host.example"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], check=True)
    subprocess.run([*git, "tag", f"v{bootstrap.PINNED}"], check=True)
    monkeypatch.setattr(bootstrap, "_SPACK", str(origin))
    found = find_spack(None)
    assert found is not None and found.ours
    assert (found.prefix / "bin" / "spack").is_file()
    left = {path.name for path in found.prefix.parent.iterdir()}
    assert left == {found.prefix.name, "clone.lock"}
    assert "Cloning Spack" in capsys.readouterr().err
    assert find_spack(None) == found
    assert capsys.readouterr().err == ""


def test_where_none_can_be_cloned_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "_SPACK", str(tmp_path / "nowhere"))
    assert find_spack(None) is None
    assert "cloning one failed (" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_spack(None) is None
    assert "git: No such file or directory" in capsys.readouterr().err


# --- the virtual environment --------------------------------------------------------------------


def made_with(monkeypatch: pytest.MonkeyPatch, python: str) -> None:
    """Environments whose python is a script."""

    def create(folder: Path, **options: Any) -> None:
        program(folder / "bin" / "python", python)

    monkeypatch.setattr(venv, "create", create)


def test_an_environment_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "log"
    made_with(monkeypatch, f'echo "$@" >> {log}')
    python = environment()
    assert python.is_file()
    assert environment() == python
    (command,) = log.read_text().splitlines()
    assert command.startswith("-I -m pip install ")
    assert [name for name in ("packaging", "requests", "clingo") if name not in command] == []


def test_what_a_killed_run_has_left_is_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left = bootstrap.cache_folder() / "making-abc" / "python"
    left.mkdir(parents=True)
    made_with(monkeypatch, "true")
    assert environment().is_file()
    assert not left.parent.exists()


def test_two_at_once_make_one_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log, begun, waiting = tmp_path / "log", threading.Event(), threading.Event()
    made_with(monkeypatch, f'echo "$@" >> {log}')
    create = venv.create

    def slowly(folder: Path, **options: Any) -> None:
        begun.set()
        assert waiting.wait(10)
        create(folder, **options)

    def say(text: str) -> None:
        if text.startswith("Waiting for another run"):
            waiting.set()

    monkeypatch.setattr(venv, "create", slowly)
    monkeypatch.setattr(bootstrap, "_say", say)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(environment)
        assert begun.wait(10)
        second = pool.submit(environment)
        assert first.result(10) == second.result(10)
    assert len(log.read_text().splitlines()) == 1


def test_an_environment_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made_with(monkeypatch, "echo cannot connect >&2; exit 1")
    with pytest.raises(HostError, match="pip failed to install .*: cannot connect"):
        environment()

    def none(folder: Path, **options: Any) -> None:
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(venv, "create", none)
    with pytest.raises(HostError, match="install Python's venv and ensurepip"):
        environment()
    assert not list(bootstrap.cache_folder().glob("making-*"))


# --- becoming Spack -----------------------------------------------------------------------------


@pytest.mark.parametrize("ours", [True, False])
def test_the_user_s_configuration_is_for_the_user_s_spack(
    ours: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *arguments: started.extend(arguments))
    monkeypatch.setenv("SPACK_ENV", "mine")
    run_in(Spack(tmp_path / "spack", ours), Path("/python"), ["why", "x"])
    program_, command, variables = started
    scope = Path(command[3])
    spack = str(tmp_path / "spack" / "bin" / "spack")
    assert (program_, command) == (
        "/python", ["/python", spack, "-C", str(scope), "pypi", "why", "x"]
    )  # fmt: skip
    (extension,) = json.loads((scope / "config.yaml").read_text())["config"]["extensions"]
    assert (Path(extension) / "pypi" / "cmd" / "pypi.py").is_file()
    assert variables["SPACK_PYTHON"] == "/python"
    assert ("SPACK_ENV" in variables) is not ours
    assert ("SPACK_USER_CONFIG_PATH" in variables) is ours
    assert variables.get("SPACK_DISABLE_LOCAL_CONFIG") == ("1" if ours else None)


def test_copies_of_this_program_that_run_at_once_start_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *arguments: started.append(arguments))
    for name in ("one", "other"):
        monkeypatch.setattr(bootstrap, "_PACKAGE", tmp_path / name)
        run_in(Spack(tmp_path / "spack", False), Path("/python"), ["why", "x"])
    scopes = [Path(command[3]) for _, command, _ in started]
    extensions = [json.loads((each / "config.yaml").read_text()) for each in scopes]
    assert [each["config"]["extensions"] for each in extensions] == [
        [str(tmp_path / name / "spack-pypi")] for name in ("one", "other")
    ]


def caches(prefix: Path, monkeypatch: pytest.MonkeyPatch, *, ours: bool = False) -> Path:
    """Where a Spack that is started keeps what it fetches."""
    started: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *arguments: started.extend(arguments))
    run_in(Spack(prefix, ours), Path("/python"), ["why", "x"])
    return Path(started[2]["SPACK_USER_CACHE_PATH"])


def test_each_spack_has_its_own_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases of Spack have packages of their own: versions that one has are none of another."""
    monkeypatch.setenv("SPACK_USER_CACHE_PATH", str(tmp_path / "nowhere"))
    found = [caches(tmp_path / name, monkeypatch) for name in ("old", "new", "old")]
    assert found[0] == found[2] != found[1]
    assert caches(tmp_path / "clone", monkeypatch, ours=True) not in found


def test_the_packages_that_the_users_spack_has_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without writing to where they are."""
    theirs = tmp_path / "theirs" / "package_repos" / "fncqgg4"
    theirs.mkdir(parents=True)
    monkeypatch.setenv("SPACK_USER_CACHE_PATH", str(tmp_path / "theirs"))
    for _ in range(2):
        kept = caches(tmp_path / "spack", monkeypatch)
        assert (kept / "package_repos" / "fncqgg4").resolve() == theirs
    (kept / "package_repos" / "other").mkdir()
    assert [*theirs.parent.iterdir()] == [theirs]
    own = caches(tmp_path / "spack", monkeypatch, ours=True)
    assert not (own / "package_repos").exists()


# --- without Spack ------------------------------------------------------------------------------


def test_without_a_spack_the_second_start_writes(
    server: IndexServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All that is needed counts as missing, and it is said that nothing was verified."""
    server.served.add("humming", "1.0", "six", build=["setuptools"])
    for name in ("six", "setuptools"):
        server.served.add(name, "1.0", build=["setuptools"])
    arguments = ["create", "humming", "--index-url", server.url]
    started: list[Any] = []

    def execve(python: str, command: list[str], env: dict[str, str]) -> None:
        started.append((command[1:], env["SPACK_PYPI_STANDALONE"]))

    monkeypatch.setattr(bootstrap, "environment", lambda: Path("/python"))
    monkeypatch.setattr(os, "execve", execve)
    main([*arguments, "--spack", "none"])
    assert started == [(["-m", "spack_pypi", *arguments, "--spack", "none"], "1")]

    monkeypatch.setenv("SPACK_PYPI_STANDALONE", "1")
    assert main(arguments) == 0
    packages = bootstrap.default_repo() / "packages"
    assert sorted(path.name for path in packages.iterdir() if path.is_dir()) == [
        "py_humming", "py_setuptools", "py_six",
    ]  # fmt: skip
    assert "Nothing was verified" in capsys.readouterr().out
    assert main([*arguments, "--verify", "concretize"]) == 1
    assert main(["create", "humming", "--edit", *arguments[2:]]) == 0


@pytest.mark.parametrize(
    "raised, code, said",
    [
        (HostError("no venv"), 1, "Error: no venv\n"),
        (UsageError("no Spack"), 2, "Error: no Spack\n"),
        (KeyboardInterrupt(), 1, "Interrupted: nothing was written.\n"),
    ],
)
def test_what_fails_before_spack_is_started(
    raised: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(named: str | None) -> None:
        raise raised

    monkeypatch.setattr(bootstrap, "find_spack", fails)
    assert main(["why", "x"]) == code
    assert capsys.readouterr().err == said


def test_a_python_that_is_too_old(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("spack_pypi.__main__._OLDEST", (9, 0))
    assert main(["why", "x"]) == 1
    assert "needs Python 9.0 or newer" in capsys.readouterr().err
