"""A git repository at an address: its branches and tags, and the files of their commits.

Only the commits that are looked at are fetched, without history, into a bare repository of the
cache. There is no work tree.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from ...errors import FileFailure
from ..archives import sdist
from ..limits import Counter, Damaged
from . import git_command

COMMIT = re.compile(r"[0-9a-f]{40}")
#: Of a line of ``git ls-tree``: regular files only. Links, which may lead out, are not followed.
_BLOB = re.compile(rb"100\d{3} blob ([0-9a-f]{40}) +(\d+)\t(.+)", re.S)


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

    @property
    def pushed(self) -> bool:
        """Whether it is known to have all commits that were read."""
        return True

    @property
    def marks(self) -> tuple[str, ...]:
        """Texts that a recipe made from it as it is now has, besides its tags and branch."""
        return ()

    @cached_property
    def references(self) -> References:
        """What the repository has now. Raises `FileFailure`."""
        return self._references()

    def _references(self) -> References:
        self.folder.mkdir(parents=True, exist_ok=True)
        listed = git_command.run(
            self.address, self.folder, "ls-remote", "--symref", "--", self.address
        )
        return read_references(listed.decode("utf-8", "replace"))

    def contents(self, commit: str, reference: str, folder: str) -> sdist.Contents:
        """What is in a folder of a commit, as `sdist.inspect` has it of an archive; a reference is
        how the repository calls it (``refs/tags/v1``). Raises `FileFailure`."""
        with self._lock:
            self._fetch(commit, reference)
            tree = f"{commit}:{folder}" if folder else commit
            listed = git_command.run(self.address, self._bare, "ls-tree", "-rlz", tree)
            with _Blobs(self.address, self._bare) as blobs:
                return self._inspected(listed, blobs)

    def _inspected(self, listed: bytes, blobs: _Blobs) -> sdist.Contents:
        contents, counter = sdist.Contents(), Counter()
        try:
            for line in listed.split(b"\0"):
                found = _BLOB.fullmatch(line)
                if found is None:
                    continue
                size, path = int(found[2]), found[3].decode("utf-8", "replace")
                counter.count(size)
                sdist.look_at(path, size, partial(blobs.read, found[1]), contents)
        except Damaged as error:
            raise FileFailure(self.address, f"the repository {error}") from None
        return contents

    @property
    def _bare(self) -> Path:
        name = hashlib.sha256(self.address.encode()).hexdigest()[:32]
        return self.folder / name

    def _fetch(self, commit: str, reference: str) -> None:
        if not (self._bare / "HEAD").exists():
            git_command.run(self.address, self.folder, "init", "-q", "--bare", str(self._bare))
        try:
            git_command.run(self.address, self._bare, "cat-file", "-e", f"{commit}^{{tree}}")
        except FileFailure:
            words = ("fetch", "-q", "--depth=1", "--no-tags", "--no-write-fetch-head")
            git_command.run(self.address, self._bare, *words, "--", self.address, reference)


class _Blobs:
    """Reads the objects of a repository."""

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
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def read(self, name: bytes) -> bytes:
        """The object of a name (its hash). Raises `FileFailure`."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(name + b"\n")
        self._process.stdin.flush()
        _, _, size = self._process.stdout.readline().rstrip().rpartition(b" ")
        if not size.isdigit():
            raise FileFailure(self._address, f"git lacks the file {name.decode()}")
        data = self._process.stdout.read(int(size) + 1)
        return data[:-1]


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
