"""``bundle``, as a user types it, with a host and an index on this machine: what is fetched from
where, what is there already, and what is said about what is missing."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.arguments import add_commands
from spack_pypi.cli import main
from spack_pypi.host.port import Needed, SourceFile
from tests.index_server import IndexServer
from tests.memory import MemoryHost


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def source(package: str, version: str, content: bytes, suffix: str = ".tar.gz") -> SourceFile:
    """A file where Spack looks for it: by its hash."""
    sha256 = digest(content)
    path = f"_source-cache/archive/{sha256[:2]}/{sha256}{suffix}"
    return SourceFile(package, version, path, sha256)


class Bundling:
    """foo is on the index, and its build needs zlib, which the host finds elsewhere."""

    def __init__(self, server: IndexServer, folder: Path, capsys: Any) -> None:
        self.server, self.root, self._capsys = server, folder / "bundle", capsys
        server.served.add("foo", "1.0", wheel=False)
        self.sdist = server.served.files["foo-1.0.tar.gz"]
        self.host = MemoryHost(cache=folder / "cache")
        self.host.has("hatchling", "1.0")
        self.host.elsewhere = {}
        self.foo = source("py-foo", "1.0", self.sdist)
        self.zlib = source("zlib", "1.3", b"zlib")
        self.host.elsewhere[self.zlib.path] = b"zlib"
        self.needs(self.foo, self.zlib)
        self.out = self.err = ""

    def needs(self, *files: SourceFile, **others: Any) -> None:
        self.host.needed["py-foo"] = Needed(files, platform="linux-debian12-zen3", **others)

    def __call__(self, *arguments: str) -> int:
        parser = argparse.ArgumentParser()
        add_commands(parser)
        command = ["bundle", *(arguments or ["foo"]), "-o", str(self.root)]
        args = parser.parse_args([*command, "--index-url", self.server.url])
        code = main(args, lambda: self.host)
        self.out, self.err = self._capsys.readouterr()
        return code

    def held(self) -> dict[str, bytes]:
        """The files of the mirror."""
        mirror = self.root / "mirror"
        files = (file for file in sorted(mirror.rglob("*")) if file.is_file())
        return {file.relative_to(mirror).as_posix(): file.read_bytes() for file in files}

    @property
    def downloads(self) -> int:
        return sum("/files/" in path for path in self.server.served.requests)

    @property
    def readme(self) -> str:
        return (self.root / "README.md").read_text("utf-8")


@pytest.fixture
def bundling(server: IndexServer, tmp_path: Path, capsys: Any) -> Bundling:
    return Bundling(server, tmp_path, capsys)


@pytest.mark.parametrize(
    "place", ["mirror", "mirror/_source-cache/archive", "recipes/spack_repo", "index", ".lock"]
)
def test_a_link_in_a_bundle_is_not_followed(
    bundling: Bundling, tmp_path: Path, place: str
) -> None:
    """What it leads to would not be moved with the folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (bundling.root / place).parent.mkdir(parents=True)
    (bundling.root / place).symlink_to(elsewhere / "new" if place == ".lock" else elsewhere)
    assert bundling() == 2
    assert f"{bundling.root / place} is a link" in bundling.err
    assert not list(elsewhere.iterdir())


def test_files_are_where_spack_looks_for_them(bundling: Bundling) -> None:
    assert bundling() == 0, bundling.err
    assert bundling.held() == {bundling.foo.path: bundling.sdist, bundling.zlib.path: b"zlib"}
    assert 'spack -C "$PWD/config" install py-foo\n' in bundling.readme
    assert "What is missing" not in bundling.readme
    repos = (bundling.root / "config" / "repos.yaml").read_text("utf-8")
    folder = "recipes/spack_repo/pypi_bundle"
    builtin = "repos/builtin-1/spack_repo/builtin"
    assert repos == f"repos:\n  pypi_bundle: ../{folder}\n  builtin: ../{builtin}\n"
    # Not where Spack keeps what it knows of another builtin.
    config = (bundling.root / "config" / "config.yaml").read_text("utf-8")
    assert config.startswith("config:\n  misc_cache: $user_cache_path/pypi-bundle-")
    # Nothing is left of what was made on the way.
    assert not [name for name in os.listdir(bundling.root) if name.startswith(".bundle-")]


def test_a_second_run_fetches_only_what_is_new(bundling: Bundling) -> None:
    assert bundling() == 0
    bar = source("bar", "2", b"bar")
    bundling.needs(bundling.foo, bundling.zlib, bar)
    bundling.host.elsewhere = {bar.path: b"bar"}
    before = bundling.downloads
    assert bundling("foo", "--json", "-") == 0
    states = {each["package"]: each["state"] for each in json.loads(bundling.out)["files"]}
    assert states == {"bar@2": "added", "py-foo@1.0": "there", "zlib@1.3": "there"}
    assert {bar.path, bundling.foo.path, bundling.zlib.path} == {*bundling.held()}
    assert bundling.downloads == before


def test_a_damaged_file_is_fetched_again(bundling: Bundling) -> None:
    assert bundling() == 0
    (bundling.root / "mirror" / bundling.foo.path).write_bytes(b"half of")
    assert bundling() == 0
    assert bundling.held()[bundling.foo.path] == bundling.sdist


def test_what_was_put_in_before_stays(bundling: Bundling) -> None:
    assert bundling() == 0
    bundling.server.served.add("bar", "1.0", wheel=False)
    bundling.host.needed["py-bar"] = Needed((bundling.zlib,))
    assert bundling("bar") == 0
    assert bundling.foo.path in bundling.held()
    for name in ("py-foo", "py-bar"):
        assert f"install {name}\n" in bundling.readme


def test_dry_run_says_how_much_and_writes_nothing(bundling: Bundling) -> None:
    for page in bundling.server.served.pages.values():
        for entry in page:
            entry["size"] = 3 * 2**20
    assert bundling("foo", "--dry-run") == 0
    assert "To fetch: 2 files, 3.0 MiB, and 1 file of unknown size." in bundling.err
    assert not bundling.root.exists()


Change = Callable[[Bundling], None]


def _nowhere(bundling: Bundling) -> None:
    bundling.host.elsewhere.clear()


def _other(bundling: Bundling) -> None:
    bundling.host.elsewhere[bundling.zlib.path] = b"another file"


def _damaged_on_the_index(bundling: Bundling) -> None:
    bundling.server.served.files["foo-1.0.tar.gz"] = bundling.sdist[:-1] + b"?"


def _crates(bundling: Bundling) -> None:
    bundling.needs(fetching=(("py-foo@1.0", "crates (cargo)"),))


def _computed(bundling: Bundling) -> None:
    bundling.needs(unknown=(("py-foo@1.0", "its recipe leads out of a mirror, to ../x"),))


@pytest.mark.parametrize(
    "change, sentence",
    [
        (_nowhere, "zlib@1.3: PATH: no server has it"),
        (_other, "zlib@1.3: PATH: does not have the sha256 that its recipe gives"),
        (_crates, "py-foo@1.0: its build fetches crates (cargo), which Spack does not know"),
        (_computed, "py-foo@1.0: its recipe leads out of a mirror, to ../x"),
    ],
)
def test_what_is_missing_is_said(bundling: Bundling, change: Change, sentence: str) -> None:
    change(bundling)
    assert bundling() == 1
    path = bundling.zlib.path
    assert f"Error: {sentence.replace('PATH', path)}" in bundling.err
    assert bundling.zlib.path not in bundling.held()
    assert "## What is missing" in bundling.readme
    # Once it is there, it is no longer missing.
    bundling.needs(bundling.foo, bundling.zlib)
    bundling.host.elsewhere[path] = b"zlib"
    assert bundling() == 0
    assert (bundling.root / "mirror" / path).read_bytes() == b"zlib"
    if change in (_nowhere, _other):
        assert "## What is missing" not in bundling.readme


def test_a_file_that_the_index_damages_comes_from_elsewhere(bundling: Bundling) -> None:
    assert bundling("foo", "--dry-run") == 0  # the recipe's metadata is known now
    _damaged_on_the_index(bundling)
    assert bundling() == 1
    assert f"Error: py-foo@1.0: {bundling.foo.path}: " in bundling.err
    assert "sha256" in bundling.err
    assert {*bundling.held()} == {bundling.zlib.path}
    bundling.host.elsewhere[bundling.foo.path] = bundling.sdist
    assert bundling() == 0
    assert bundling.held()[bundling.foo.path] == bundling.sdist


def test_what_cannot_be_concretized_is_not_bundled(bundling: Bundling) -> None:
    bundling.host.needed["py-foo"] = Needed(reason="py-foo needs a newer python")
    assert bundling() == 1
    assert "py-foo: cannot be concretized with the recipes of the bundle: py-foo" in bundling.err
    assert "install py-foo" not in bundling.readme


@pytest.mark.parametrize(("options", "count"), [((), 0), (("--force",), 1)])
def test_a_project_that_a_repo_has(
    bundling: Bundling, options: tuple[str, ...], count: int
) -> None:
    """Its package is used, or gives way to a recipe in the bundle."""
    bundling.host.has("foo", "1.0")
    assert bundling("foo", *options) == 0
    assert len(bundling.host.written) == count


def test_a_project_that_is_not_written(bundling: Bundling) -> None:
    """Others are bundled all the same."""
    assert bundling("foo", "gone") == 1
    assert "Error: gone is not written: " in bundling.err
    assert {*bundling.held()} == {bundling.foo.path, bundling.zlib.path}


def test_a_folder_of_something_else_is_left_alone(bundling: Bundling) -> None:
    bundling.root.mkdir()
    (bundling.root / "thesis.tex").touch()
    assert bundling() == 2
    assert "bundle holds other files (thesis.tex): choose a folder for the bundle" in bundling.err
    assert os.listdir(bundling.root) == ["thesis.tex"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": 1}', '{"format": 1, "installs": 3}', "[" * 100_000]
)
def test_damaged_contents(bundling: Bundling, text: str) -> None:
    assert bundling() == 0
    (bundling.root / "bundle.json").write_text(text)
    assert bundling() == 2
    assert bundling.err.endswith("is damaged: delete it, and make the bundle again\n")


def test_a_file_where_the_folder_should_be(bundling: Bundling) -> None:
    bundling.root.write_text("")
    assert bundling() == 2
    assert "cannot be used for a bundle: Not a directory" in bundling.err


def test_one_process_writes_at_a_time(bundling: Bundling) -> None:
    bundling.root.mkdir()
    with (bundling.root / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        codes: list[int] = []
        waiting = threading.Thread(target=lambda: codes.append(bundling()))
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert os.listdir(bundling.root) == [".lock"]
        fcntl.flock(lock, fcntl.LOCK_UN)
        waiting.join()
    assert codes == [0]
    assert "Waiting for another process that writes to " in bundling.err


def test_what_a_killed_process_left_is_deleted(bundling: Bundling) -> None:
    (bundling.root / ".bundle-x1").mkdir(parents=True)
    (bundling.root / ".bundle-x1" / "half").touch()
    assert bundling() == 0
    assert not (bundling.root / ".bundle-x1").exists()


def test_the_index_is_not_needed_on_the_other_side(bundling: Bundling, tmp_path: Path) -> None:
    """What was known of it here is enough for the same recipes."""
    assert bundling() == 0
    recipes = dict(bundling.host.written)
    there = Bundling(bundling.server, tmp_path / "there", bundling._capsys)
    there.host.cache = bundling.root / "index"
    requests = len(bundling.server.served.requests)
    parser = argparse.ArgumentParser()
    add_commands(parser)
    command = ["create", "foo", "--offline", "--index-url", bundling.server.url]
    assert main(parser.parse_args(command), lambda: there.host) == 0
    assert there.host.written == recipes
    assert len(bundling.server.served.requests) == requests


# What the disk says while a bundle is made → what is said of it.
DISKS: list[tuple[OSError, str]] = [
    (OSError(28, "No space left on device", "/read/only/source"), "No space left on device"),
    (OSError(30, "Read-only file system"), "Read-only file system"),
    (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")]), "No space left"),
    (OSError(13, "Permission denied", "/some/file"), "cannot use '/some/file': Permission"),
]


@pytest.mark.parametrize("error, said", DISKS)
def test_a_disk_that_takes_nothing_more(
    error: OSError, said: str, bundling: Bundling, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(bundling.host.sources, "copy_repos", fail)
    assert bundling() == 1
    assert said in bundling.err
    assert (f"cannot write to {bundling.root}: " in bundling.err) != ("/some/file" in said)
    monkeypatch.undo()
    assert bundling() == 0
