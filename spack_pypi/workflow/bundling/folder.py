"""The folder of a bundle: what lies where in it, and how it is written. Each file and folder gets
its final name once it is whole, so a process may be killed at any moment; one process writes at a
time."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Callable

from ...errors import HostError, UsageError
from ...files import alone, copy_regular, open_to_read
from ...host.port import SourceFile

_SCRATCH = ".bundle-"
#: What a disk says that takes nothing more.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_LOCK = ".lock"
#: All that a bundle consists of, besides the folders of processes that were killed.
_PARTS = {
    "README.md",
    "bundle.json",
    "config",
    "index",
    "mirror",
    "recipes",
    "repos",
    _LOCK,
}


class BundleFolder:
    """A bundle's folder, which this process alone may write to. ``scratch`` is an empty folder in
    it, for what is not whole yet. For a dry run ``root`` is another, empty folder."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root, self.scratch = root, scratch

    @property
    def mirror(self) -> Path:
        """A Spack source mirror."""
        return self.root / "mirror"

    @property
    def index(self) -> Path:
        """What is known of the index, as our cache holds it."""
        return self.root / "index"

    @property
    def contents(self) -> Path:
        return self.root / "bundle.json"

    def recipes(self, namespace: str | None) -> Path:
        """The root of the repo of our recipes. Raises `UsageError` where the bundle has one of
        another namespace."""
        repos = self.root / "recipes" / "spack_repo"
        there = sorted(found.parent.name for found in repos.glob("*/repo.yaml"))
        if namespace and there and namespace != there[0]:
            raise UsageError(
                f"the recipes of the bundle {self.root} have the namespace '{there[0]}', not "
                f"'{namespace}'"
            )
        return repos / (there[0] if there else namespace or "pypi_bundle")

    def holds(self, file: SourceFile) -> bool:
        """Whether the mirror has a file, and it is what its hash says."""
        path = self.mirror / file.path
        if not file.sha256:
            return path.is_file()
        try:
            digest = hashlib.sha256()
            with open_to_read(path) as stream:
                while piece := stream.read(1 << 20):
                    digest.update(piece)
        except OSError:
            return False
        return digest.hexdigest() == file.sha256

    def put(self, made: Path, path: str) -> None:
        """Give a file in ``scratch`` its final place. Raises `OSError`."""
        final = self.root / path
        final.parent.mkdir(parents=True, exist_ok=True)
        # Others may read it too: it may have been made as a temporary file, for its owner only.
        made.chmod(0o666 & ~_umask())
        os.replace(made, final)

    def write(self, path: str, text: str) -> None:
        """Write a text file. Raises `OSError`."""
        made = self.scratch / "text"
        made.write_text(text, encoding="utf-8")
        self.put(made, path)


@contextmanager
def open_folder(root: Path, dry_run: bool, say: Callable[[str], None]) -> Iterator[BundleFolder]:
    """The folder of a bundle, which is made where there is none; waits for others that write to
    it, and deletes what killed ones have left. Raises `UsageError` for a folder of something else,
    and `HostError` for one that cannot be written to."""
    _check_is_ours(root)
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="spack-pypi-bundle-") as other:
            with suppress(FileNotFoundError):
                shutil.copytree(
                    root / "recipes", Path(other) / "recipes", copy_function=copy_regular
                )
            yield BundleFolder(Path(other), Path(other))
        return

    def waiting() -> None:
        say(f"Waiting for another process that writes to {root}.")

    with ExitStack() as locked:
        try:
            root.mkdir(parents=True, exist_ok=True)
            locked.enter_context(alone(root / _LOCK, waiting))
            for left in root.glob(f"{_SCRATCH}*"):
                shutil.rmtree(left, ignore_errors=True)
            scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=root))
        except OSError as error:
            at = error.filename or root
            raise HostError(f"cannot write to {at}: {error.strerror}") from None
        try:
            yield BundleFolder(root, scratch)
        except OSError as error:  # `shutil.Error` too
            reason = _of_disk(error)
            if not reason:
                raise
            raise HostError(
                f"cannot write to {root}: {reason}; run the command again once that is possible"
            ) from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _of_disk(error: OSError) -> str:
    """Why a disk takes nothing more; empty for another error. The file that it names may be one
    that was only read; `shutil.Error` has a text of each of many files."""
    reasons = [os.strerror(number) for number in _DISK]
    if isinstance(error, shutil.Error):
        return next((each for each in reasons if each in str(error)), "")
    return os.strerror(error.errno) if error.errno in _DISK else ""


def _check_is_ours(root: Path) -> None:
    try:
        others = [name for name in sorted(os.listdir(root)) if name not in _PARTS]
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{root} cannot be used for a bundle: {error.strerror}") from None
    others = [name for name in others if not name.startswith(_SCRATCH)]
    if others:
        raise UsageError(f"{root} holds other files ({others[0]}): choose a folder for the bundle")
    link = next(_links(root), None)
    if link is not None:
        raise UsageError(
            f"{link} is a link, and what it leads to is not in the bundle: delete it, or choose "
            "another folder"
        )


def _links(root: Path) -> Iterator[Path]:
    """What would have us write elsewhere. A file is replaced, also where it is a link, and in the
    copy of a repo nothing is written."""
    if (root / _LOCK).is_symlink():
        yield root / _LOCK
    for folder, inner, _ in os.walk(root):
        yield from (
            Path(folder, name) for name in sorted(inner) if Path(folder, name).is_symlink()
        )
        if Path(folder) == root / "repos":
            inner.clear()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
