"""Recipes that lie beside a repo until Spack has loaded, audited and concretized them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import spack.repo
import spack.util.editor
import spack.util.executable

from ...errors import HostError
from .. import repo_folder
from ..child import Child
from ..port import MOST_LOADED, Problem, Target
from .audit import audited
from .internals import delete_indexes, forget_repo
from .meaning import load
from .reasons import in_short, raise_if_environmental
from .repos import SpackRepos, repo_at


class SpackWriter:
    """The `Writer` of the Spack in whose interpreter we run; ``repos`` learn what is written."""

    def __init__(self, repos: SpackRepos) -> None:
        self.written: list[str] = []
        self._repos = repos

    def stage(self, target: Target, recipes: Mapping[str, str]) -> SpackStaging:
        return SpackStaging(self, self._repos, target, recipes)

    def edit(self, paths: Sequence[Path]) -> None:
        try:
            spack.util.editor.editor(*map(str, paths), exec_fn=self._run_editor)
        except OSError:
            raise HostError(
                f"no editor could open {', '.join(map(str, paths))}: set VISUAL or EDITOR to one"
            ) from None

    @staticmethod
    def _run_editor(exe: str, args: Sequence[str]) -> int:
        editor = spack.util.executable.Executable(exe)
        editor(*args[1:], fail_on_error=False)
        return int(editor.returncode or 0)


class SpackStaging:
    """A `Staging` in a repo of its own inside the target repo's folder, which Spack uses on top of
    all registered ones until it is left."""

    def __init__(
        self, writer: SpackWriter, repos: SpackRepos, target: Target, recipes: Mapping[str, str]
    ) -> None:
        self.target = target
        self.folders: dict[str, Path] = {}
        self._writer, self._repos, self._recipes = writer, repos, recipes
        self._repo = repo_at(str(target.root))
        self._left = ExitStack()
        self._audit: Child[Sequence[Problem]] | None = None

    def __enter__(self) -> SpackStaging:
        with ExitStack() as made:
            staging = repo_folder.StagingFolder(self.target.staging or self.target.root)
            made.callback(staging.delete)
            namespace = repo_folder.staging_namespace(staging.path)
            self._staging = staging
            self._root = staging.path / "spack_repo" / namespace
            repo_folder.make_repo(self._root)
            made.callback(delete_indexes, namespace)
            made.callback(forget_repo, namespace)
            for package, text in self._recipes.items():
                name = Path(self._repo.filename_for_package_name(package)).parent.name
                self.folders[package] = self._root / "packages" / name
                staging.expect([self._final(package)])
                beside = spack.repo.PATH.dirname_for_package_name(package)
                repo_folder.write(self.folders[package], text, Path(beside))
            # Only these: no recipe of another repo inherits one that is staged.
            made.callback(self._repos.changed, self._recipes.keys())
            made.enter_context(spack.repo.use_repositories(str(self._root), override=False))
            self._repos.changed(self._recipes.keys())
            self._left = made.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._left.close()

    def _final(self, package: str) -> Path:
        """The folder of a recipe in the target repo."""
        return Path(self._repo.filename_for_package_name(package)).parent

    def load(self) -> Sequence[Problem]:
        problems = []
        with _no_bytecode():
            for packages in self._parts():
                for package in packages:
                    try:
                        load(package)
                    except Exception as error:
                        # Any exception: a recipe is a program.
                        raise_if_environmental(error, "cannot load recipes")
                        problems.append(Problem(package, in_short(error)))
        return problems

    def _parts(self) -> Iterator[Sequence[str]]:
        """All packages, so many at once; what is loaded of those before is forgotten."""
        packages = [*self._recipes]
        for start in range(0, len(packages), MOST_LOADED):
            if start:
                self.forget_loaded()
            yield packages[start : start + MOST_LOADED]

    def forget_loaded(self) -> None:
        forget_repo(self._root.name)
        # Classes are cycles, and Python looks for these the less the more is kept.
        gc.collect()

    def begin_audit(self) -> None:
        # What the audit loads stays there, too: it loads each package that is required.
        self._audit = Child("Spack's audit", self._audited)
        self._left.callback(self._audit.end)

    def audit(self) -> Sequence[Problem]:
        begun, self._audit = self._audit, None
        return begun.result() if begun is not None else self._audited()

    def _audited(self) -> Sequence[Problem]:
        try:
            found = [each for part in self._parts() for each in audited(part, self._root)]
        except Exception as failure:
            # Any exception: for its indexes Spack may load any recipe of the repos.
            raise_if_environmental(failure, "cannot audit recipes")
            return [Problem("audit", in_short(failure))]
        return [Problem(package or "audit", text) for package, text in found]

    def commit(self, packages: Sequence[str] | None = None) -> None:
        chosen = [*(self.folders if packages is None else packages)]
        self._staging.commit({self.folders[each]: self._final(each) for each in chosen})
        paths = {each: self._final(each) / "package.py" for each in chosen}
        self._writer.written += paths
        self._repos.replaced(self._repo, paths)


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """Nobody loads staged recipes again: their bytecode would be written only to be deleted."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
