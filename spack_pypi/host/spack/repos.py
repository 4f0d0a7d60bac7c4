"""The repos that Spack has registered: their packages, and whose projects these are."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache, cached_property
from pathlib import Path
from shlex import quote
from typing import Any

import spack.config
import spack.repo
import spack.spec
from spack.util.path import canonicalize_path

from ...errors import HostError, UsageError
from ...files import file_bytes
from ...recipe.render import package_name
from .. import names, repo_folder
from ..kept_recipes import KeptRecipes
from ..port import Package, Target
from .basis import basis
from .internals import delete_indexes, forget_all_recipes, forget_recipes
from .meaning import package_class
from .packages import SpackPackages
from .reasons import in_short

#: That of the first Spack that knows where recipes import others from.
_OLDEST_API = (2, 0)
#: What to do about a repo that cannot be used.
_REPAIR = "repair it, use a Spack that can read it, or name the repo to write to (-r, -N)"


class SpackRepos:
    """The `Repos` of the Spack in whose interpreter we run. ``cache`` is a folder for what the
    recipes of each repo say about their projects, and what they declare. ``mapped`` is what was
    given to `map`."""

    def __init__(self, cache: Path) -> None:
        #: To be renamed whenever `names.claim` changes.
        self._claims = cache / "claims-2"
        self.mapped: dict[str, str] = {}
        #: What `basis` found out and is used once, soon afterwards.
        self._recipes: dict[str, Mapping[str, os.stat_result]] = {}
        self._packages = SpackPackages(KeptRecipes(cache / "recipes"))
        self._used = ExitStack()
        self._roots_registered = {Path(repo.root).resolve() for repo in spack.repo.PATH.repos}

    def package_for(self, project: str) -> Package | None:
        known = self._reviewed.get(project)
        if known is not None and known.package is not None and self._exists(known.package):
            return self._packages.package(known.package, known.requires)
        name = self._by_project.get(project)
        if name is None or (known is not None and known.package is None):
            return None
        return self._packages.package(name)

    def numbers(self, project: str) -> int:
        return names.numbers_of(project, self._reviewed)

    def built_from(self, project: str) -> str:
        return names.built_from(project, self._reviewed)

    def map(self, project: str, spec: str) -> None:
        name = spec.partition("+")[0]
        if name and not self._exists(name):
            raise UsageError(
                f"no registered repo has the package '{name}' that {project} is mapped to"
            )
        self.mapped[project] = spec

    def package(self, name: str) -> Package | None:
        return self._packages.package(name) if self._exists(name) else None

    def has(self, name: str) -> bool:
        # All virtual ones of builtin have providers in the settings: only for others Spack needs
        # an index, for which it loads every recipe.
        provided = self._exists(name) or name in spack.config.get("packages:all:providers", {})
        return provided or bool(spack.repo.PATH.is_virtual(name))

    def provider(self, name: str) -> str:
        return names.providers().get(name, name)

    def project_of(self, package: str) -> str | None:
        return self._by_package.get(package)

    def recipe_texts(self, name: str) -> Sequence[str]:
        # As bytes: the ends of its lines are the author's too.
        return [file_bytes(file).decode("utf-8") for file in self._packages.files(name)]

    def recipe_file(self, name: str) -> Path:
        return self._packages.files(name)[0]

    def packages_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        found = self._at(repo) if repo is not None else self._registered(namespace)
        self._put_first(found)
        scanned = self._scanned(found.packages_path)
        inherited = {
            package_name(folder)
            for folder, (_, project, _) in scanned.items()
            if project is None  # the recipe that it inherits may name one
        }
        here = names.packages_by_project([scanned])
        return sorted({*here.values(), *(inherited & {*self._by_package})})

    def unreadable_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        found = self._at(repo) if repo is not None else self._registered(namespace)
        folder = found.packages_path
        unnamed = names.unnamed(Path(folder), self._scanned(folder))
        return [*unnamed.unreadable, *(name for name in unnamed.python if not _loads(name))]

    def new_package_name(self, project: str) -> str:
        name = f"py-{project}"
        if not self._exists(name):
            return name
        package_class(name)  # whose package it is can be known only if it can be loaded
        return f"{name}-pypi"

    def projects(self) -> Sequence[str]:
        return list(self._by_project)

    def python_versions(self) -> Sequence[str]:
        python = self.package("python")
        return python.versions if python else ()

    def usable_pythons(self) -> Sequence[str]:
        """See `Repos.usable_pythons`: where none may be built, the external ones."""
        settings = spack.config.get("packages:python", {})
        if settings.get("buildable", True):
            return self.python_versions()
        versions = (
            spack.spec.Spec(external["spec"]).versions.concrete_range_as_version
            for external in settings.get("externals", ())
        )
        found = sorted(filter(None, versions), reverse=True)
        return [str(version) for version in found] or self.python_versions()

    def target(self, repo: str | None, namespace: str | None, write: bool) -> Target:
        """See `Repos.target`. A path that is not registered comes first from now on, so that the
        packages it has count as existing."""
        if repo is not None:
            found = self._at(repo)
            if namespace and namespace != found.namespace:
                raise UsageError(
                    f"the namespace of {repo} is '{found.namespace}', not '{namespace}'"
                )
        else:
            found = self._registered(namespace)
        repo_folder.check_recipes(Path(found.packages_path))
        if found.package_api < _OLDEST_API:
            raise HostError(
                f"the repo {found.root} has recipes of Spack before 1.0 (api: v1), beside which "
                f"no other ones can be loaded: spack repo migrate --fix {quote(found.root)}"
            )
        if write:
            repo_folder.check_writable(Path(found.packages_path))
            for folder in repo_folder.delete_abandoned(Path(found.root)):
                delete_indexes(repo_folder.staging_namespace(folder))
        registered = Path(found.root).resolve() in self._roots_registered
        staging = None if write else Path(tempfile.gettempdir())
        return Target(Path(found.root), found.namespace, registered, staging)

    def recipes_in(self, target: Target) -> Mapping[str, Path]:
        repo = repo_at(str(target.root))
        try:
            names = repo.all_package_names()
        except Exception:
            # Any exception: Spack indexes all recipes for this, and each is a program. With the
            # virtual packages it needs no index; the recipe that is broken is found later.
            names = repo.all_package_names(include_virtuals=True)
        return {name: self.recipe_path(target, name) for name in names}

    def recipe_path(self, target: Target, package: str) -> Path:
        return Path(repo_at(str(target.root)).filename_for_package_name(package))

    def use(self, *roots: str) -> None:
        """From now on these repos are the registered ones."""
        self._used.enter_context(spack.repo.use_repositories(*roots))
        self.changed()
        forget_all_recipes()

    def replaced(self, repo: Any, packages: Iterable[str]) -> None:
        """Forget what is known of packages whose recipes were replaced in a repo."""
        folders = [Path(repo.filename_for_package_name(p)).parent.name for p in packages]
        forget_recipes(repo, folders)
        self.changed()
        for known in ("_by_project", "_by_package"):
            self.__dict__.pop(known, None)

    def changed(self, packages: Collection[str] | None = None) -> None:
        """Forget what is known of these packages, or of all: their recipes are now found
        elsewhere."""
        self._packages.forget(packages)

    def basis(self) -> str:
        """See `Host.basis`."""
        return basis(self.mapped, self._recipes)

    def close(self) -> None:
        """Register again what was registered at first."""
        self._used.close()

    def _at(self, path: str) -> Any:
        try:
            found = spack.repo.from_path(path)
        except (spack.repo.RepoError, OSError) as error:
            if os.path.exists(os.path.join(path, "repo.yaml")):
                raise HostError(
                    f"{path} is not a repo that Spack can use: {_why(error)}; {_REPAIR}"
                ) from None
            inner = sorted(Path(path).glob("spack_repo/*/repo.yaml"))
            create = f"to create one: spack repo create {quote(path)}"
            hint = f"did you mean --repo {quote(str(inner[0].parent))}?" if inner else create
            raise HostError(f"{path} is not a Spack repo; {hint}") from None
        if Path(found.root).resolve() not in self._roots_registered:
            self._put_first(found)
        return found

    def _put_first(self, found: Any) -> None:
        """Two repos of one namespace cannot be used at once: the requested one replaces the
        registered one, as it would for a maintainer's own clone of builtin."""
        repos = list(spack.repo.PATH.repos)
        if repos[0].root != found.root:
            self.use(found.root, *(r.root for r in repos if r.namespace != found.namespace))

    def _registered(self, namespace: str | None) -> Any:
        repos = list(spack.repo.PATH.repos)
        if not repos:
            raise HostError(
                "no repo is registered; create one with 'spack repo create' and register it with "
                "'spack repo add'"
            )
        if namespace is None:
            _check_is_first(repos[0])
            return repos[0]
        for repo in repos:
            if repo.namespace == namespace:
                return repo
        known = ", ".join(repo.namespace for repo in repos)
        raise HostError(
            f"no registered repo has the namespace '{namespace}'; the registered ones are {known}"
        )

    @staticmethod
    def _exists(name: str) -> bool:
        return bool(spack.repo.PATH.exists(name))

    @cached_property
    def _reviewed(self) -> Mapping[str, names.Reviewed]:
        return names.reviewed([repo.root for repo in spack.repo.PATH.repos], self.mapped)

    @cached_property
    def _by_project(self) -> Mapping[str, str]:
        return names.packages_by_project(
            self._scanned(repo.packages_path) for repo in spack.repo.PATH.repos
        )

    @cached_property
    def _by_package(self) -> Mapping[str, str]:
        return {package: project for project, package in self._by_project.items()}

    def _scanned(self, packages_folder: str) -> Mapping[str, Any]:
        file = self._claims / (re.sub(r"\W+", "-", packages_folder).strip("-") + ".json")
        recipes = self._recipes.pop(packages_folder, None)
        found, changed = names.scan(Path(packages_folder), names.recall(file), recipes)
        if changed:
            names.remember(file, found)
        return found


def _check_is_first(repo: Any) -> None:
    """Raises `HostError` where the configuration has another repo before this one: Spack only
    warns of a repo that it cannot load, and goes on with the others. Recipes that are meant for it
    would be written into the next one."""
    configured = spack.config.get("repos", {})
    name, entry = next(iter(configured.items()), ("", None))
    if not isinstance(entry, str):  # a clone, which may hold several repos
        return
    path = canonicalize_path(entry)
    try:
        is_first = Path(path).resolve() == Path(repo.root).resolve()
    except ValueError:  # no path of this system
        is_first = False
    if not is_first:
        try:
            spack.repo.from_path(path)
            why = ""
        except Exception as error:  # what Spack passes over at its start, with a warning
            why = f": {_why(error)}"
        raise HostError(
            f"the first registered repo, '{name}' in {path}, cannot be loaded{why}; {_REPAIR}"
        )


def _why(error: Exception) -> str:
    """What is wrong with a repo."""
    return in_short(error).rstrip(".")


def _loads(package: str) -> bool:
    """Whether the recipe of a package can be loaded."""
    try:
        package_class(package)
    except HostError:
        return False
    return True


def repo_at(root: str) -> Any:
    """The repo at this root: the registered one, which others may be put in place of."""
    registered = (repo for repo in spack.repo.PATH.repos if repo.root == root)
    return next(registered, None) or _unregistered(root)


@cache
def _unregistered(root: str) -> Any:
    return spack.repo.from_path(root)
