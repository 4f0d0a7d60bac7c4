"""A git checkout that holds a repo, and a worktree of it in which commits are made, so that the
checkout itself stays as it is. See https://git-scm.com/docs/git-worktree."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from shlex import quote
from typing import IO

from ..errors import HostError, UsageError, shown
from ..files import file_text, open_to_write
from . import style
from .differing import differing
from .git import NoAnswer, git, git_or
from .port import Changed
from .unfinished import Unfinished

#: The branch that builtin's recipes are merged into.
_MAIN = "develop"
#: Bytes of the name of a file, to which git adds ``.lock``.
_LONGEST_NAME = 250
#: Seconds to wait for another run in the same checkout, or what is left of one that was killed.
_PATIENCE = 10.0
#: What git runs on files whose attributes name it, and what of that Git LFS writes into a clone.
_ON_FILES = r"^(filter|merge|diff)\..+\.(clean|smudge|process|driver|command|textconv)$"
_LFS = "git-lfs (clean|smudge) -- %f|git-lfs filter-process"
#: What git runs to sign a commit.
_TO_SIGN = r"^gpg(\..+)?\.program$"
#: What git runs to reach another repository.
_TO_FETCH = (
    r"^core\.(sshcommand|gitproxy|askpass|alternaterefscommand)$|^credential\.(.+\.)?helper$|"
    r"^remote\.origin\.(uploadpack|vcs)$|^url\.ext::.*\.insteadof$"
)
#: A command of the machine, such as a helper of git.
_COMMAND = r"[a-z][a-z0-9-]*( --[\w=-]+)*"


class GitCheckout:
    """A `Checkout`, as a context manager: inside it the worktree is at ``base``.

    ``repo`` is the root of a Spack repo in the checkout, ``base`` any name of a commit; without
    one it is the main branch as the origin has it now, or, ``offline`` or where it ``is_source``
    and has a common past with it, as the checkout knows it; the checked out commit where there is
    none. The worktree lies in ``cache`` and stays there: what Spack knows about its recipes
    would take minutes to find again.
    """

    def __init__(
        self,
        repo: Path,
        cache: Path,
        *,
        base: str | None = None,
        is_source: bool = False,
        offline: bool = False,
    ) -> None:
        try:
            self.root = Path(git(repo, "rev-parse", "--show-toplevel").strip()).resolve()
        except NoAnswer:
            raise
        except HostError:
            raise HostError(
                f"{repo} is not in a git checkout; pass --checkout with a clone of builtin's "
                "repository"
            ) from None
        self._inner = repo.resolve().relative_to(self.root)
        self._named, self._is_source, self._offline = base, is_source, offline
        key = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        self._worktree = cache / "worktrees" / key
        self._unfinished = Unfinished(cache / "worktrees" / f"{key}.unfinished", self.root)
        self._folders: list[Path] = []
        self._left = ExitStack()

    def __enter__(self) -> GitCheckout:
        with ExitStack() as made:
            self._worktree.parent.mkdir(parents=True, exist_ok=True)
            lock = made.enter_context(open_to_write(f"{self._worktree}.lock", "wb"))
            self._acquire(lock)
            for programs, usual in ((_ON_FILES, _LFS), (_TO_SIGN, _COMMAND)):
                _check_programs(self.root, programs, usual, "pass another clone")
            self._unfinished.undo()
            made.callback(self._unfinished.undo)
            # Checked first: without a name of the user no commit can be made.
            if git_or(self.root, "var", "GIT_COMMITTER_IDENT") is None:
                raise HostError(
                    "git makes no commits without your name and address: set them with 'git "
                    "config --global user.name NAME' and 'git config --global user.email ADDRESS'"
                )
            self._base_name, self.base = self._find_base()
            self._prepare()
            self._left = made.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._left.close()

    def _acquire(self, lock: IO[bytes]) -> None:
        """One run at a time makes commits in a checkout."""
        self._lock = lock.fileno()
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    raise HostError(
                        f"another spack-pypi is making commits for {self.root}; try again later"
                    ) from None
                time.sleep(0.1)

    def _git(self, *arguments: str) -> str:
        """What git prints that is run in the worktree, and may write."""
        return git(self._worktree, *arguments, lock=self._lock)

    @property
    def repo(self) -> Path:
        return self._worktree / self._inner

    def holds(self, root: Path) -> bool:
        return root.resolve() == self.root / self._inner

    def described(self) -> str:
        form = "--format=%h of %cd"
        commit = git(self._worktree, "show", "-s", "--date=short", form, self.base).strip()
        return f"{self._base_name}, {commit}"

    def changed_here(self) -> Sequence[Changed]:
        fork = (git_or(self.root, "merge-base", self.base, "HEAD") or "HEAD").strip()
        return self._changed(self.root, fork)

    def changed(self) -> Sequence[Changed]:
        return self._changed(self._worktree, self.base)

    def _changed(self, top: Path, commit: str) -> Sequence[Changed]:
        packages = self._inner / "packages"
        # Python writes bytecode beside recipes, and not all repos have a .gitignore for it.
        new = ["ls-files", "--others", "--exclude-standard", "--exclude=__pycache__/"]
        new += ["-z", "--", str(packages)]
        names = [*differing(top, commit, packages), *filter(None, git(top, *new).split("\0"))]
        folders = {Path(name).relative_to(packages).parts[0] for name in names}
        files = [packages / folder / "package.py" for folder in sorted(folders)]
        return [
            Changed(top / file, git_or(top, "show", f"{commit}:{file.as_posix()}"))
            for file in files
            if (top / file).is_file()
        ]

    def reset(self) -> None:
        self._prepare()

    def merged(self, mine: str, before: str, theirs: str) -> str | None:
        if before == theirs:
            return mine
        folder = self._worktree.parent
        files = [folder / f"{self._worktree.name}.{name}" for name in ("mine", "before", "theirs")]
        try:
            for file, text in zip(files, (mine, before, theirs)):
                file.write_bytes(text.encode("utf-8"))
            return git_or(folder, "merge-file", "-p", *map(str, files))
        finally:
            for file in files:
                file.unlink(missing_ok=True)

    def commit(self, folder: Path, message: str) -> str:
        for bytecode in [*folder.rglob("__pycache__")]:
            shutil.rmtree(bytecode)
        self._git("add", "--all", "--", str(folder))
        self._git("commit", "--quiet", "--message", message)
        return self._head()

    def stack(self, below: str, commits: Sequence[str]) -> str:
        self._git("checkout", "--quiet", "--detach", below)
        for each in commits:
            self._git("cherry-pick", each)
        return self._head()

    def _head(self) -> str:
        return self._git("rev-parse", "HEAD").strip()

    def patches(self, since: str, last: str, folder: Path) -> Sequence[Path]:
        self._unfinished.begin([], folders=[*self._folders, folder])
        self._folders.append(folder)
        into = ["--quiet", "--output-directory", str(folder.resolve())]
        with _failing_as(f"no patches can be written into {folder}"):
            self._git("format-patch", *into, f"{since}..{last}")
        return sorted(folder.glob("*.patch"))

    def finish(self, branches: Mapping[str, str]) -> None:
        refs = {f"refs/heads/{name}": commit for name, commit in branches.items()}
        self._unfinished.begin([*refs], branches=branches, folders=self._folders)
        lines = [f"create {ref} {commit}\n" for ref, commit in refs.items()]
        git(self.root, "update-ref", "--stdin", given="".join(lines), lock=self._lock)
        self._unfinished.done()

    def check_free(self, branch: str) -> None:
        # What git takes for a branch may also be another name of one (``@{-1}``).
        named = git_or(self.root, "check-ref-format", "--branch", branch) or ""
        is_long = any(len(os.fsencode(part)) > _LONGEST_NAME for part in branch.split("/"))
        if named.rstrip("\n") != branch or is_long or not branch.isprintable():
            raise UsageError(
                f"'{shown(branch)}' is not a valid branch name: choose another with --branch"
            )
        if git_or(self.root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"):
            raise UsageError(
                f"the branch {branch} exists already: choose another with --branch, or delete "
                f"it: git -C {quote(str(self.root))} branch -D {quote(branch)}"
            )
        # Git keeps branches like files in folders.
        folders = {str(parent) for parent in PurePosixPath(branch).parents}
        listed = ["for-each-ref", "--format=%(refname:lstrip=2)", f"refs/heads/{branch}/"]
        listed += [f"refs/heads/{name}" for name in sorted(folders)]
        for in_the_way in git(self.root, *listed).split("\n")[:-1]:
            # A pattern that is a folder lists all that is in it.
            if in_the_way not in folders and not in_the_way.startswith(f"{branch}/"):
                continue
            raise UsageError(
                f"git can have no branch {branch}, as there is {in_the_way}: choose another name "
                "with --branch"
            )

    def style(self) -> Sequence[str] | None:
        found: list[str] = []
        for each in self.changed():
            complaints = style.complaints(self._worktree, each)
            if complaints is None:
                return None
            found += (f"{each.file.parent.name}: {complaint}" for complaint in complaints)
        return found

    def _find_base(self) -> tuple[str, str]:
        """Name and id of the commit that the patches are made for."""
        name = self._named
        if name is None:
            known = git_or(self.root, "merge-base", f"origin/{_MAIN}", "HEAD") is not None
            if not self._offline and not (self._is_source and known):
                fetched = self._fetched()
                if fetched is not None:
                    return _MAIN, fetched
            name = f"origin/{_MAIN}" if known else "HEAD"
        found = git_or(self.root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if not found:
            raise UsageError(f"{self.root} has no commit '{name}'")
        return name, found.strip()

    def _fetched(self) -> str | None:
        """The main branch of the origin as it is now; None where it cannot be had."""
        _check_programs(self.root, _TO_FETCH, _COMMAND, "pass --offline or --base COMMIT")
        shallow = git(self.root, "rev-parse", "--is-shallow-repository").strip()
        depth = ["--depth=1"] if shallow == "true" else []
        fetch = ["fetch", "--quiet", "--no-tags", *depth, "origin", _MAIN]
        self._unfinished.begin([f"refs/remotes/origin/{_MAIN}", "shallow"])
        done = git_or(self.root, *fetch, lock=self._lock) is not None
        self._unfinished.done()
        return git(self.root, "rev-parse", "FETCH_HEAD").strip() if done else None

    def _prepare(self) -> None:
        """The worktree, at the base, with nothing else in it."""
        for other in self._worktree.parent.glob("*/.git"):
            with suppress(OSError, ValueError):  # it vanishes, or is half-written
                if not Path(file_text(other).strip()[len("gitdir: ") :]).exists():
                    shutil.rmtree(other.parent, ignore_errors=True)  # its checkout is gone
        try:
            if (self._worktree / ".git").exists():
                self._git("reset", "--quiet", "--hard")
                self._git("checkout", "--quiet", "--detach", self.base)
                self._git("clean", "--quiet", "-d", "--force")
                return
        except NoAnswer:
            raise
        except HostError:
            pass  # a run was killed while git wrote into it
        shutil.rmtree(self._worktree, ignore_errors=True)
        self._forget_worktree()
        add = ["worktree", "add", "--quiet", "--force", "--detach"]
        with _failing_as(f"no worktree can be made in {self._worktree}"):
            git(self.root, *add, str(self._worktree), self.base, lock=self._lock)

    def _forget_worktree(self) -> None:
        """Delete what the checkout knows of the worktree. Where git was killed while it made one,
        that is locked, or lacks files without which git makes no other one."""
        common = git(self.root, "rev-parse", "--git-common-dir").strip()
        for known in (self.root / common / "worktrees").glob(f"{self._worktree.name}*"):
            # Git puts a number behind a name that it has already.
            if re.fullmatch("[0-9]*", known.name[len(self._worktree.name) :]):
                shutil.rmtree(known, ignore_errors=True)


def _check_programs(root: Path, programs: str, usual: str, instead: str) -> None:
    """Raise `HostError` for a clone whose own settings name one of these ``programs`` (a pattern
    of names), other than a ``usual`` one, that git would run: who wrote them is not known. Those
    of the user are the user's. The message ends with what else to do ``instead``."""
    found = git_or(root, "config", "--show-scope", "-z", "--get-regexp", programs) or ""
    words = found.split("\0")
    for scope, setting in zip(words[::2], words[1::2]):
        name, _, value = setting.partition("\n")
        if scope in ("local", "worktree") and value and not re.fullmatch(usual, value):
            raise HostError(
                f"the settings of {root} name a program that git would run ({name}); {instead}, "
                f"or unset it: git -C {quote(str(root))} config --unset-all {quote(name)}"
            )


@contextmanager
def _failing_as(what: str) -> Iterator[None]:
    """Put ``what`` before the error of a git that answers."""
    try:
        yield
    except NoAnswer:
        raise
    except HostError as error:
        raise HostError(f"{what}: {error}") from None


def repo_in(clone: str) -> Path:
    """The root of builtin in a clone of its repository; or what is the root of a repo itself.
    Raises `HostError`."""
    for inner in ("", "repos/spack_repo/builtin"):
        if (Path(clone) / inner / "repo.yaml").is_file():
            return Path(clone) / inner
    raise HostError(f"{clone} is not a clone of builtin's repository: it has no repos/spack_repo")


def text_in(commit: str, file: Path) -> str | None:
    """The text that a file of a git checkout has in a commit; None where the commit does not have
    it. Raises `UsageError` for what is not a commit, and `HostError` outside of a checkout."""
    folder = file.resolve().parent
    top = (git_or(folder, "rev-parse", "--show-toplevel") or "").strip()
    if not top:
        raise HostError(f"{folder} is not in a git checkout")
    if not git_or(folder, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"):
        raise UsageError(f"{top} has no commit '{commit}'")
    inner = file.resolve().relative_to(Path(top).resolve()).as_posix()
    return git_or(folder, "show", f"{commit}:{inner}")
