"""Recipes that lie beside a repo until Spack has loaded, audited and concretized them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Callable

import spack.audit
import spack.caches
import spack.concretize
import spack.config
import spack.repo
import spack.spec

from ..errors import HostError
from . import repo_folder
from .port import Archive, Concretized, Problem, Trial
from .spack_install import Installation
from .spack_meaning import load
from .spack_reasons import SpackRecipes, environmental
from .unsatisfiable import explained

#: Enough of Spack's explanation to act on; the whole of it fills a screen.
_REASON_LINES = 4


class SpackStaging:
    """A `Staging` in a repo of its own inside the target repo's folder, which Spack uses on top of
    all registered ones until it is left. ``committed`` is told the repo and what was replaced,
    ``changed`` is called when the staged recipes come before all others, and when no more."""

    def __init__(
        self,
        repo: Any,
        recipes: Mapping[str, str],
        trials: Path,
        committed: Callable[[Any, Iterable[str]], None],
        changed: Callable[[], None],
    ) -> None:
        self._repo, self._recipes, self._trials = repo, recipes, trials
        self._committed, self._changed = committed, changed
        self._left = ExitStack()

    def __enter__(self) -> SpackStaging:
        with ExitStack() as made:
            staging = repo_folder.StagingFolder(Path(self._repo.root))
            made.callback(staging.delete)
            folder = staging.path
            namespace = repo_folder.staging_namespace(folder)
            root = folder / "spack_repo" / namespace
            self._root = str(root)
            repo_folder.make_repo(root)
            made.callback(_forget, folder)
            self._staged: dict[str, Path] = {}
            for package, text in self._recipes.items():
                name = Path(self._repo.filename_for_package_name(package)).parent.name
                self._staged[package] = root / "packages" / name
                beside = spack.repo.PATH.dirname_for_package_name(package)
                repo_folder.write(self._staged[package], text, Path(beside))
            made.callback(self._changed)
            made.enter_context(spack.repo.use_repositories(str(root), override=False))
            self._changed()
            self._left = made.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._left.close()

    def load(self) -> Sequence[Problem]:
        """See `Staging.load`."""
        problems = []
        for package in self._recipes:
            try:
                load(package)
            except Exception as error:
                # Any exception: a recipe is a program.
                _raise_if_environmental(error, "recipes cannot be loaded here")
                problems.append(Problem(package, _in_short(error)))
        return problems

    def audit(self) -> Sequence[Problem]:
        """See `Staging.audit`."""
        found: list[Problem] = []
        try:
            audited = list(spack.audit.run_group("packages", pkgs=list(self._recipes)))
        except Exception as failure:
            # Any exception: for its indexes Spack may load any recipe of the repos.
            _raise_if_environmental(failure, "recipes cannot be audited here")
            return [Problem("audit", _in_short(failure))]
        for _, errors in audited:
            for error in errors:
                text = " ".join([error.summary, *error.details])
                # Where it lies now is no place to look at later.
                text = re.sub(rf"\s+in {re.escape(self._root)}\S*", "", text)
                words = re.findall(r"[\w-]+", text)
                package = next((name for name in self._recipes if name in words), "")
                found.append(Problem(package or "audit", " ".join(text.split())))
        return found

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        """See `Staging.concretize`."""
        with ExitStack() as settings:
            if deprecated:
                settings.enter_context(spack.config.override("config:deprecated", True))
            return self._concretized(specs, deprecated)

    def _concretized(self, specs: Sequence[str], deprecated: bool) -> Concretized:
        try:
            asked = [(spack.spec.Spec(spec), None) for spec in specs]
            found = [spec for _, spec in spack.concretize.concretize_together(asked)]
        except Exception as error:
            # Any exception: a recipe, or what Spack makes of it, may raise whatever it likes.
            _raise_if_environmental(error, "its solver cannot be asked")
            allowed = deprecated or bool(spack.config.get("config:deprecated", False))
            recipes = SpackRecipes([*self._recipes], allowed)
            return Concretized(reason=explained(_text(error), recipes) or _in_short(error))
        nodes = (node for spec in found for node in spec.traverse())
        return Concretized(frozenset((node.name, str(node.version)) for node in nodes))

    def install(self, spec: str, fill: Callable[[Sequence[Archive], Path], None]) -> Trial:
        """See `Staging.install`."""
        recipes = {folder.name: folder for folder in self._staged.values()}
        below = [repo.root for repo in spack.repo.PATH.repos if repo.root != self._root]
        namespace = f"{self._repo.namespace}_trial"
        with Installation(self._trials, recipes, namespace, below) as installation:
            return installation.install(spec, fill)

    def commit(self) -> Mapping[str, Path]:
        """See `Staging.commit`."""
        paths = {
            package: Path(self._repo.filename_for_package_name(package))
            for package in self._staged
        }
        repo_folder.move_all(
            {self._staged[package]: path.parent for package, path in paths.items()}
        )
        self._committed(self._repo, paths)
        return paths


def _raise_if_environmental(error: BaseException, what: str) -> None:
    """No recipe can be blamed for what is wrong around it."""
    if environmental(error):
        raise HostError(f"Spack: {what}: {_in_short(error)}") from None


def _text(error: BaseException) -> str:
    return str(getattr(error, "message", None) or str(error) or type(error).__name__)


def _in_short(error: BaseException) -> str:
    lines = [line.strip() for line in _text(error).splitlines() if line.strip()]
    return " ".join(lines[:_REASON_LINES])


def clean(root: Path) -> None:
    """Delete what runs that were killed left of their stagings in a repo."""
    for folder in repo_folder.delete_abandoned(root):
        _forget(folder)


def _forget(folder: Path) -> None:
    """Delete the indexes that Spack keeps of the repo that was only staged."""
    namespace = repo_folder.staging_namespace(folder)
    root = Path(spack.caches.MISC_CACHE.root)
    for file in [*root.glob(f"*/{namespace}-*"), *root.glob(f"*/.{namespace}-*")]:
        with suppress(OSError):
            os.remove(file)
