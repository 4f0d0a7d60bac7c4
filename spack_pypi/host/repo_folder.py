"""A repo as a folder: how it is made, and how recipes written beside it are moved in together, all
of them or none. Where a process is killed between two of them, what is needed is there before what
needs it."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from ..errors import HostError
from ..files import file_bytes, open_to_write, replace_file

try:
    import fcntl
except ImportError:  # Windows has none; what was abandoned there stays until a person deletes it
    fcntl = None  # type: ignore[assignment]

_STAGING = ".spack-pypi-"
_STAGED = "spack_pypi_"


def make_repo(root: Path) -> None:
    """Make an empty repo at ``root`` (``…/spack_repo/<namespace>``) unless there is one; in the
    oldest format that all supported versions of Spack read."""
    if (root / "repo.yaml").exists():
        return
    try:
        (root / "packages").mkdir(parents=True, exist_ok=True)
        text = f"repo:\n  namespace: {root.name}\n  api: v2.0\n"
        replace_file(root / "repo.yaml", text.encode("utf-8"))
    except OSError as error:
        raise HostError(f"cannot create a repo at {root}: {error.strerror}") from None


def check_writable(folder: Path) -> None:
    """Raise `HostError` where no recipe can be written."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise HostError(f"cannot write to {folder}: choose another repo with --repo")


class StagingFolder:
    """A new folder in a repo's root, where Spack does not look for packages; on the same file
    system as the packages, so that moving is renaming. For a dry run, in any folder.

    A lock shows others that its process is alive: the system releases it when the process ends,
    however that happens. Raises `HostError` where no folder can be made.
    """

    def __init__(self, root: Path) -> None:
        self._found: dict[Path, bytes | None] = {}
        while True:
            try:
                self.path = Path(tempfile.mkdtemp(prefix=_STAGING, dir=root))
            except OSError as error:
                raise HostError(_cannot_write(root, error.strerror)) from None
            # Another run may delete it as abandoned before it is locked.
            try:
                self._lock = _locked(self.path, wait=True)
            except FileNotFoundError:
                continue
            except OSError as error:
                shutil.rmtree(str(self.path), ignore_errors=True)
                raise HostError(_cannot_write(root, error.strerror)) from None
            if self._lock is None or _is_there(self._lock):
                return
            self.delete()

    def expect(self, finals: Iterable[Path]) -> None:
        """Note which recipes are in the final folders now: `commit` replaces no others. Raises
        `HostError` for a link that `commit` may not follow (`recipe_file`)."""
        finals = [*finals]
        for final in finals:
            recipe_file(final)
        self._found.update((final, _recipe(final)) for final in finals)

    def commit(self, recipes: Mapping[Path, Path]) -> None:
        """Put the recipe of each staged folder into its final folder, all or none (`move_all`);
        what is staged stays where it is. Raises `HostError`, also where a recipe is not the one
        that was `expect`ed: somebody edits it, or another run."""
        for staged, final in recipes.items():
            now, new = _recipe(final), _recipe(staged)
            if now not in (self._found.get(final, now), new):
                raise HostError(
                    f"{final / 'package.py'} was changed by somebody else meanwhile, and stays as "
                    "it is; run the command again"
                )
        with tempfile.TemporaryDirectory(dir=str(self.path)) as copies:
            moves = {Path(copies) / staged.name: final for staged, final in recipes.items()}
            try:
                for staged, copy in zip(recipes, moves):
                    shutil.copytree(str(staged), str(copy))
            except shutil.Error as errors:  # of each file: from where, to where, why
                raise HostError(
                    _cannot_write(errors.args[0][0][1], errors.args[0][0][2])
                ) from None
            except OSError as error:
                raise HostError(_cannot_write(copies, error.strerror)) from None
            move_all(moves)
        self.expect(recipes.values())

    def delete(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(str(self.path), ignore_errors=True)
        if self._lock is not None:
            self._lock.close()


def delete_abandoned(root: Path) -> list[Path]:
    """Delete the staging folders in a repo's root whose processes are gone; returns them."""
    found = []
    for folder in sorted(root.glob(f"{_STAGING}*")):
        try:
            lock = _locked(folder, wait=False)
        except OSError:
            continue  # it belongs to another user, or was deleted meanwhile
        if lock is not None:
            with lock:
                shutil.rmtree(str(folder), ignore_errors=True)
            found.append(folder)
    return found


def _locked(folder: Path, wait: bool) -> IO[bytes] | None:
    """The lock file of a staging folder, locked; None where another process holds the lock, or
    where there are no locks that end with their process."""
    if fcntl is None:
        return None
    file = open_to_write(folder / "lock", "ab")  # it stays open as long as it is locked
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        file.close()
        return None
    return file


def recipe_file(folder: Path) -> Path:
    """The file of the recipe in a folder of a repo's packages, there or not. Of a link it is the
    file that the link leads to, if that is in the repo: raises `HostError` for any other one, as
    what others share, or the system has, is not changed through it."""
    file = folder / "package.py"
    if not (file.is_symlink() or folder.is_symlink()):
        return file
    meant = Path(os.path.realpath(file))
    packages = folder.parent
    inside = (packages.parent if (packages.parent / "repo.yaml").exists() else packages, packages)
    if not any(Path(os.path.realpath(each)) in meant.parents for each in inside):
        raise HostError(
            f"{file} is a link to {meant}, which is not in the repo, and stays as it is: change "
            "the recipe there, or put a copy of it in the place of the link"
        )
    if not meant.is_file():
        raise HostError(f"{file} is a link to {meant}, where no recipe is: delete the link")
    return meant


def _recipe(folder: Path) -> bytes | None:
    """The recipe in a folder; None for none."""
    file = folder / "package.py"
    try:
        return file_bytes(file)
    except OSError:
        return None


def _is_there(file: IO[bytes]) -> bool:
    """Whether an open file is still the one at its path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(file.name))
    except FileNotFoundError:
        return False


def recipes_in(packages: str) -> dict[str, os.stat_result]:
    """The recipes in the folder of a repo's packages, by their own folders in order, and what the
    file system says of each."""
    files = _package_files(packages)
    # nobody may ever write to a pipe
    return {folder: file for folder, file in files if stat.S_ISREG(file.st_mode)}


def check_recipes(packages: Path) -> None:
    """Raise `HostError` for a recipe that is a pipe or a device: Spack reads all recipes of a repo
    for its index, and would hang on this one."""
    for folder, file in _package_files(str(packages)):
        if not (stat.S_ISREG(file.st_mode) or stat.S_ISDIR(file.st_mode)):
            raise HostError(
                f"{packages / folder / 'package.py'} is not a regular file, and Spack would hang: "
                "delete it"
            )


def _package_files(packages: str) -> Iterator[tuple[str, os.stat_result]]:
    """What the file system says of each ``package.py`` in the folder of a repo's packages, with
    the name of its own folder, in order."""
    with suppress(OSError):
        for folder in sorted(os.listdir(packages)):
            with suppress(OSError):
                yield folder, os.stat(f"{packages}/{folder}/package.py")


def staging_namespace(folder: Path) -> str:
    """A namespace of its own for each staging folder: two runs at once must not read each other's
    indexes. The folder's name is not a namespace: it may hold two underscores in a row."""
    return f"{_STAGED}{hashlib.sha256(folder.name.encode()).hexdigest()[:12]}"


def _set_written_now(file: Path, in_place_of: Path) -> None:
    """Give a staged recipe a modification time that Spack and Python notice. Raises `OSError`."""
    # Spack indexes what is younger than its index, which may have been made meanwhile.
    now = time.time()
    if in_place_of.exists():
        # Python takes bytecode for that of a file of the same size, changed in the same second.
        now = max(now, int(in_place_of.stat().st_mtime) + 1)
    os.utime(file, (now, now))


def is_staged(namespace: str) -> bool:
    """Whether a namespace is a `staging_namespace`."""
    return namespace.startswith(_STAGED)


def write(folder: Path, text: str, beside: Path | None = None) -> None:
    """Write a recipe into its (new) folder; with the files that it names (patches), if it is an
    edited copy of the recipe in the folder ``beside``. Raises `HostError`."""
    try:
        folder.mkdir(parents=True)
        (folder / "package.py").write_bytes(text.encode("utf-8"))
        for file in sorted(beside.rglob("*")) if beside is not None else ():
            inner = file.relative_to(beside or folder)
            if file.is_file() and inner.suffix != ".py" and f'"{inner.as_posix()}"' in text:
                (folder / inner).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file), str(folder / inner))
    except OSError as error:
        raise HostError(_cannot_write(error.filename or folder, error.strerror)) from None


def _cannot_write(to: object, why: str | None) -> str:
    return f"cannot write to {to}: {why}; run the command again once that is possible"


def _keep(file: Path, copy: Path) -> None:
    try:
        os.link(file, copy)
    except OSError:  # a file system without links, or a file that may have no other name
        shutil.copy2(file, copy)


def move_all(moves: Mapping[Path, Path]) -> None:
    """Move each staged folder's recipe to its final folder; when one fails, undo all.

    A folder that exists keeps its other files (patches), and a recipe that exists who may read and
    write it; of a link, the file that it leads to is replaced (`recipe_file`). Raises `HostError`.
    """
    files = {final: recipe_file(final) for final in moves.values()}
    done: list[tuple[Path, Path, bool]] = []
    try:
        for staged, final in moves.items():
            old = files[final]
            _set_written_now(staged / "package.py", in_place_of=old)
            if final.exists():
                kept = staged / "package.py.replaced"
                if old.exists():
                    _keep(old, kept)
                    shutil.copymode(old, staged / "package.py")
                done.append((kept, final, True))
                os.replace(staged / "package.py", old)
            else:
                final.parent.mkdir(parents=True, exist_ok=True)
                done.append((staged, final, False))
                os.rename(staged, final)
    except BaseException as error:
        for origin, final, replaced in reversed(done):
            if replaced and origin.exists() and not origin.with_name("package.py").exists():
                os.replace(origin, files[final])
            elif not replaced and final.exists():
                shutil.rmtree(final)
        if isinstance(error, OSError):
            raise HostError(
                f"cannot move the recipes to {error.filename2 or error.filename or final}: "
                f"{error.strerror}; none of them was moved"
            ) from None
        raise
