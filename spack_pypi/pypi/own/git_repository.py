"""A git repository at an address: its branches and tags, and the files of their commits.

Only the commits that are looked at are fetched, without history, into a bare repository of the
cache. There is no work tree.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ...errors import FileFailure
from ...files import alone, file_bytes
from ...programs import end_program
from ..archives import sdist
from ..limits import LARGEST_FILE, Counter, Damaged
from . import git_command

COMMIT = re.compile(r"[0-9a-f]{40}")
#: Why a repository is refused that has none of these.
NO_SHA1 = "names its commits by SHA-256, and Spack knows SHA-1 only: give an sdist of it"
#: Seconds that another server may take for what only helps to read something.
_SOON = 20.0
_SHA256 = re.compile(r"^[0-9a-f]{64}\t", re.M)
#: Of a line of ``git ls-tree``: regular files only. Links, which may lead out, are not followed.
#: Git says BAD of an object that the repository lacks.
_BLOB = re.compile(rb"100\d{3} blob ([0-9a-f]{40}) +(\d+|BAD)\t(.+)", re.S)


@dataclass(frozen=True)
class References:
    """The commits of ``branches`` and ``tags`` by name, and the branch that is the default."""

    default: str
    branches: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass
class Repository:
    """The repository at an ``address``, kept below a ``folder`` of the cache."""

    address: str
    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _known: References | FileFailure | None = field(default=None, repr=False)

    @property
    def pushed(self) -> bool:
        """Whether it is known to have all commits that were read."""
        return True

    @property
    def checked_out(self) -> str:
        """The folder of this machine in which a commit of it is checked out, if it has one."""
        return ""

    @property
    def references(self) -> References:
        """What the repository has now; it is asked once. Raises `FileFailure`."""
        with self._lock:
            if self._known is None:
                try:
                    self._known = self._references()
                except FileFailure as failure:
                    self._known = failure
            if isinstance(self._known, FileFailure):
                raise self._known
            return self._known

    def _references(self) -> References:
        self.folder.mkdir(parents=True, exist_ok=True)
        listed = git_command.ask(self.address, self.folder, "ls-remote", "--symref")
        text = listed.decode("utf-8", "replace")
        if _SHA256.search(text):
            raise FileFailure(self.address, NO_SHA1)
        return read_references(text)

    def contents(self, commit: str, reference: str, folder: str) -> sdist.Contents:
        """What is in a folder of a commit, as `sdist.inspect` has it of an archive; a reference is
        how the repository calls it (``refs/tags/v1``). Raises `FileFailure`."""
        with self._lock:
            self._fetch(commit, reference)
            tree = f"{commit}:{folder}" if folder else commit
            if folder and not self._is_folder(tree):
                raise FileFailure(self.address, f"has no folder '{folder}' at {_short(reference)}")
            listed = git_command.run(self.address, self._bare, "ls-tree", "-rlz", tree)
            with _Blobs(self.address, self._bare) as blobs:
                return self._inspected(listed, blobs)

    def text(self, commit: str, path: str) -> str:
        """A file of a commit that was looked at; empty where there is none, or it is too long."""
        with self._lock:
            listed = git_command.run(self.address, self._bare, "ls-tree", "-lz", commit, path)
            found = _BLOB.fullmatch(listed.rstrip(b"\0"))
            if found is None or not found[2].isdigit() or int(found[2]) > LARGEST_FILE:
                return ""
            with _Blobs(self.address, self._bare) as blobs:
                return blobs.read(found[1], path).decode("utf-8", "replace")

    def check_out(self, commit: str, reference: str, to: Path) -> None:
        """Put the files of a commit, with their repository, below a folder. No hook is run, and no
        filter. Raises `FileFailure`."""
        with self._lock:
            self._fetch(commit, reference)
        git = partial(git_command.run_apart, self.address)
        common = git(self._bare, "rev-parse", "--git-common-dir").decode().strip()
        source = self._bare / common
        git(to.parent, "init", "-q", str(to))
        # It reads the objects where they are; nothing is written there.
        objects = source.resolve() / "objects"
        (to / ".git" / "objects" / "info" / "alternates").write_text(f"{objects}\n", "utf-8")
        with suppress(FileNotFoundError):
            (to / ".git" / "shallow").write_bytes(file_bytes(source / "shallow"))
        git(to, "checkout", "-q", "--detach", commit)
        if reference.startswith("refs/tags/"):
            git(to, "update-ref", reference, commit)

    def _inspected(self, listed: bytes, blobs: _Blobs) -> sdist.Contents:
        contents, counter = sdist.Contents(), Counter()
        try:
            for line in listed.split(b"\0"):
                found = _BLOB.fullmatch(line)
                if found is None:
                    continue
                size = int(found[2]) if found[2].isdigit() else 0
                path = found[3].decode("utf-8", "replace")
                counter.count(size)
                sdist.look_at(path, size, partial(blobs.read, found[1], path), contents)
        except Damaged as error:
            raise FileFailure(self.address, f"the repository {error}") from None
        return contents

    @property
    def _bare(self) -> Path:
        name = hashlib.sha256(self.address.encode()).hexdigest()[:32]
        return self.folder / name

    def _fetch(self, commit: str, reference: str) -> None:
        """Have the commit in the folder of the cache, for which one run at a time writes there."""
        with alone(self._bare.with_suffix(".lock")):
            if not self._holds(commit):
                self._make()
                words = ("fetch", "-q", "--depth=1", "--no-tags", "--no-write-fetch-head")
                git_command.ask(
                    self.address,
                    self._bare,
                    *words,
                    names=[reference],
                    patience=git_command.FETCHING,
                )
                git_command.run(self.address, self._bare, "update-ref", _kept(commit), commit)

    def _make(self) -> None:
        """Have a repository without what a run that was killed has left in it: locks of git, parts
        of packs, or half a repository."""
        for left in (*self._bare.rglob("*.lock"), *self._bare.rglob("tmp_*")):
            with suppress(OSError):
                left.unlink()
        asked = ("rev-parse", "--is-bare-repository", "--absolute-git-dir")
        try:
            said = os.fsdecode(git_command.run(self.address, self._bare, *asked)).split("\n")
        except FileFailure:
            said = []
        # Git may have found another one above it.
        if said[:2] != ["true", str(self._bare.resolve())]:
            shutil.rmtree(self._bare, ignore_errors=True)
            git_command.run(self.address, self.folder, "init", "-q", "--bare", str(self._bare))

    def _holds(self, commit: str) -> bool:
        """Whether a commit was fetched to the end: one that was not may lack some of its files."""
        try:
            git_command.run(self.address, self._bare, "rev-parse", "-q", "--verify", _kept(commit))
        except FileFailure:
            return False
        return True

    def _is_folder(self, name: str) -> bool:
        try:
            return git_command.run(self.address, self._bare, "cat-file", "-t", name) == b"tree\n"
        except FileFailure:
            return False


def _short(reference: str) -> str:
    """The name of a branch or a tag as people say it."""
    return reference.removeprefix("refs/tags/").removeprefix("refs/heads/")


def _kept(commit: str) -> str:
    """The reference that says that a commit is there, with all of its files."""
    return f"refs/kept/{commit}"


class _Blobs:
    """Reads the objects of a repository, within the time of a command."""

    def __init__(self, address: str, bare: Path) -> None:
        self._address, self._bare = address, bare

    def __enter__(self) -> _Blobs:
        self._process = subprocess.Popen(
            git_command.arguments(self._bare, "cat-file", "--batch"),
            env=git_command.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._timer = threading.Timer(git_command.PATIENCE, self._process.kill)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        end_program(self._process)
        assert self._process.stdin and self._process.stdout
        with suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()

    def read(self, name: bytes, path: str) -> bytes:
        """The object of a name (its hash), which is the file at a path. Raises `FileFailure`."""
        assert self._process.stdin and self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.write(name + b"\n")
            self._process.stdin.flush()
        _, _, size = self._process.stdout.readline().rstrip().rpartition(b" ")
        data = self._process.stdout.read(int(size) + 1) if size.isdigit() else b""
        if not data or len(data) <= int(size):
            raise FileFailure(
                self._address, f"git cannot read its file '{path}': see git fsck, and git fetch"
            )
        return data[:-1]


def tags_at(address: str, folder: Path) -> Sequence[str]:
    """The tags of the repository at an address of the web; none where it does not say them soon.
    Git is run in a ``folder``."""
    if not re.match(r"https?://", address):
        return ()
    words = ("ls-remote", "--tags", "--refs")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        listed = git_command.ask(address, folder, *words, patience=_SOON)
    except (FileFailure, OSError):
        return ()
    return re.findall(r"\trefs/tags/(\S+)", listed.decode("utf-8", "replace"))


def read_references(listed: str) -> References:
    """The meaning of what ``git ls-remote --symref`` prints."""
    default, branches, tags = "", {}, {}
    for line in listed.splitlines():
        said, _, name = line.partition("\t")
        if said.startswith("ref: refs/heads/") and name == "HEAD":
            default = said[len("ref: refs/heads/") :]
        elif not COMMIT.fullmatch(said):
            continue
        elif name.startswith("refs/heads/"):
            branches[name[len("refs/heads/") :]] = said
        elif name.startswith("refs/tags/"):
            # Of an annotated tag, its commit is listed after it, under the name with ``^{}``.
            tags[name[len("refs/tags/") :].removesuffix("^{}")] = said
    return References(default, branches, tags)
