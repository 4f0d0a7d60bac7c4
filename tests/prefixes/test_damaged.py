"""What strangers left in a prefix: files that have no end, are far too long, or have a secret that
is not to be repeated. Whatever it is, the others are read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from spack_pypi.errors import HostError, UsageError
from spack_pypi.prefixes import distributions
from spack_pypi.prefixes import interpreter as interpreters
from spack_pypi.prefixes.distributions import Distribution, installed_in
from spack_pypi.prefixes.interpreter import ask, in_conda, in_prefix
from spack_pypi.prefixes.site_files import added_folders
from tests.prefixes.made import answered, distribution, interpreter

SECRET = "s3cr3t-pa55"
UNREAD = "its metadata cannot be read"


def put(what: str, file: Path) -> None:
    if what == "pipe":
        os.mkfifo(file)
    elif what == "device":
        file.symlink_to("/dev/zero")
    elif what == "folder":
        file.mkdir()
    else:
        file.write_text("six\n" * 1_000_000)


def read(site: Path) -> dict[str, Distribution]:
    """What is found, of which one is always whole."""
    distribution(site, "whole", "1")
    found = {each.project: each for each in installed_in([site])}
    assert found.pop("whole").problem == ""
    return found


@pytest.mark.parametrize("what", ["pipe", "device", "folder", "long"])
@pytest.mark.parametrize("name", ["METADATA", "PKG-INFO", "requires.txt"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, what: str) -> None:
    """What it requires would be lost: so nothing of it is believed, though another file says its
    name and version."""
    egg = tmp_path / "odd-1.egg-info"
    egg.mkdir()
    if name != "PKG-INFO":
        (egg / "PKG-INFO").write_text("Name: odd\nVersion: 1\n")
    put(what, egg / name)
    assert read(tmp_path)["odd"].problem == UNREAD


def test_too_many_requirements(tmp_path: Path) -> None:
    distribution(tmp_path, "odd", "1", *("six" for _ in range(10_001)))
    found = read(tmp_path)["odd"]
    assert found.problem == "it lists more than 10,000 requirements, the limit"
    assert found.requires == ()


def test_projects_that_require_too_much_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributions, "_MOST_TOGETHER", 40)
    for number in range(4):
        distribution(tmp_path, f"p{number}", "1", *(f"q{n}" for n in range(10 + number // 3)))
        if number < 3:
            assert len(installed_in([tmp_path])) == number + 1
    with pytest.raises(HostError, match="p3-1.dist-info have more than 40 requirements together"):
        installed_in([tmp_path])


@pytest.mark.parametrize("count", [200_000, 200_001])
def test_too_many_files(tmp_path: Path, count: int) -> None:
    distribution(tmp_path, "odd", "1", RECORD="a,,\n" * count)
    assert len(read(tmp_path)["odd"].files) == (count if count == 200_000 else 0)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://me:{SECRET}@h.example/x.whl", "https://h.example/x.whl"),
        (f"https://{SECRET}@h.example/x.whl", "https://h.example/x.whl"),
        (f"https://h.example/x.whl?token={SECRET}", "https://h.example/x.whl?..."),
        (f"git+ssh://git:{SECRET}@h.example/x.git", "git+ssh://git@h.example/x.git"),
    ],
)
def test_no_secret_of_where_it_came_from(tmp_path: Path, url: str, shown: str) -> None:
    distribution(tmp_path, "odd", "1", direct_url__json=json.dumps({"url": url}))
    assert read(tmp_path)["odd"].address == shown


def test_folders_of_pth_files(tmp_path: Path) -> None:
    """Each once, however it is spelled, and not the folder itself; thousands of lines end."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "x.pth").write_text("a/../.\n./\n" * 3000 + "a\na/../a\n" * 100 + "b/../a\n")
    (tmp_path / "y.pth").write_text("b\n" * 20_000)
    assert [folder.name for folder, _ in added_folders(tmp_path)] == ["a", "b"]


def test_names_that_no_file_can_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "/" + "x" * 5000
    assert ask(interpreter(tmp_path, answered(site=[long], user=[long, "/a\0b"]))).sites == ()
    with pytest.raises(UsageError, match="has no bin/python3"):
        in_prefix(Path(long))
    monkeypatch.setenv("CONDA_PREFIX", long)
    with pytest.raises(UsageError, match="no conda environment absent in "):
        in_conda("absent")


def test_a_user_without_a_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in interpreters._CONDA:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(interpreters, "home", lambda: None)
    with pytest.raises(UsageError, match="no conda environment absent"):
        in_conda("absent")


@pytest.mark.parametrize(
    "answer", [{"site": [5, None]}, {"site": 5}, {"own": [1, 2]}, {"version": [3, "x", 1]}]
)
def test_answers_of_other_types(tmp_path: Path, answer: dict[str, object]) -> None:
    command = interpreter(tmp_path, answered(**answer))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="does not answer as a Python 3 does"):
        ask(command)


@pytest.mark.parametrize("line", ["Name: " + "o" * 256, "Name: odd\nVersion: 1" + ".0" * 128])
def test_names_and_versions_that_are_far_too_long(tmp_path: Path, line: str) -> None:
    """They would be printed."""
    info = tmp_path / "odd-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"{line}\nVersion: 1\n")
    assert "has more than 255 characters" in read(tmp_path)["odd"].problem
