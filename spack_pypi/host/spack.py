"""The host that runs us: Spack's repos, classes, solver and audit. This and the other modules that
are called after Spack are all that imports it; they work with Spack 1.0, 1.1 and develop."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import spack
import spack.bootstrap
import spack.compilers.config
import spack.config
import spack.error
import spack.paths
import spack.repo
import spack.spec
import spack.util.editor
import spack.util.executable

from ..errors import HostError, UsageError
from ..recipe.render import module_name, package_name
from . import names
from .port import Package, Target
from .repo_folder import check_writable
from .spack_meaning import SpackMeaning, archive_name, boolean_variants, load, variant_ranges
from .spack_staging import SpackStaging, clean

#: The name of a package that no repo has.
_NEW = "py-x"


class SpackHost:
    """A `Host` that is the Spack in whose interpreter we run."""

    checks = True

    def __init__(self) -> None:
        self.name = "Spack " + re.sub(r"\s.*", "", spack.spack_version)
        self.command = "spack" if shutil.which("spack") else spack.paths.spack_script
        self.cache = Path(spack.paths.user_cache_path) / "pypi"
        self.written: list[str] = []
        self._told: dict[str, str] = {}
        self._repos = ExitStack()
        self._roots_registered = {Path(repo.root).resolve() for repo in spack.repo.PATH.repos}

    @property
    def repos(self) -> SpackHost:
        """See `Host.repos`."""
        return self

    @property
    def evaluator(self) -> SpackHost:
        """See `Host.evaluator`."""
        return self

    @property
    def solver(self) -> SpackHost:
        """See `Host.solver`."""
        return self

    def index_url(self) -> str | None:
        """See `Host.index_url`: what PythonPackage derives from ``pypi``."""
        try:
            address = str(_new_class("x/x-1.tar.gz").list_url)
        except (spack.error.SpackError, ImportError, AttributeError):
            return None
        return address[: -len("x/")] if address.endswith("/x/") else None

    def package_for(self, project: str) -> Package | None:
        """See `Repos.package_for`."""
        known = self._reviewed.get(project)
        if known is not None and known.package is not None and self._exists(known.package):
            return self._package(known.package, known.requires)
        name = self._by_project.get(project)
        if name is None or (known is not None and known.package is None):
            return None
        return self._package(name, ())

    def map(self, project: str, spec: str) -> None:
        """See `Repos.map`."""
        name = spec.partition("+")[0]
        if name and not self._exists(name):
            raise UsageError(f"no registered repo has a package '{name}' to stand for {project}")
        self._told[project] = spec

    def package(self, name: str) -> Package | None:
        """See `Repos.package`."""
        return self._package(name, ()) if self._exists(name) else None

    def project_of(self, package: str) -> str | None:
        """See `Repos.project_of`."""
        return self._by_package.get(package)

    def recipe_texts(self, name: str) -> Sequence[str]:
        """See `Repos.recipe_texts`."""
        # As bytes: the ends of its lines are the author's too.
        return [file.read_bytes().decode("utf-8") for file in self._recipe_files(name)]

    def recipe_file(self, name: str) -> Path:
        """See `Repos.recipe_file`."""
        return self._recipe_files(name)[0]

    def _recipe_files(self, name: str) -> Sequence[Path]:
        modules = dict.fromkeys(cls.__module__ for cls in self._class(name).__mro__)
        files = [Path(getattr(sys.modules[module], "__file__", None) or "") for module in modules]
        return [file for file in files if file.name == "package.py"]

    def archive(self, package: str, version: str) -> str:
        """See `Evaluator.archive`."""
        return archive_name(self._class(package), package, version)

    def archive_from(self, pypi: str, version: str) -> str:
        """See `Evaluator.archive_from`."""
        try:
            return archive_name(_new_class(pypi), _NEW, version)
        except (spack.error.SpackError, ImportError, AttributeError):
            return ""

    def meaning(self, package: str) -> SpackMeaning:
        """See `Evaluator.meaning`."""
        return SpackMeaning(package, self._class(package))

    def packages_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        """See `Repos.packages_in`."""
        found = self._at(repo) if repo is not None else self._registered(namespace)
        self._put_first(found)
        scanned = self._scanned(found.packages_path)
        inherited = {
            package_name(folder)
            for folder, (_, project, _) in scanned.items()
            if project is None  # the recipe that it inherits may tell
        }
        here = names.packages_by_project([scanned])
        return sorted({*here.values(), *(inherited & {*self._by_package})})

    def new_package_name(self, project: str) -> str:
        """See `Repos.new_package_name`."""
        name = f"py-{project}"
        return f"{name}-pypi" if self._exists(name) else name

    def projects(self) -> Sequence[str]:
        """See `Repos.projects`."""
        return list(self._by_project)

    def python_versions(self) -> Sequence[str]:
        """See `Repos.python_versions`."""
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

    def has_solver(self) -> bool:
        """See `Solver.has_solver`; may bootstrap the solver and look for compilers, as any
        ``spack spec`` would: without compilers it finds no solution."""
        try:
            import clingo  # noqa: F401
        except ImportError:
            try:
                with spack.bootstrap.ensure_bootstrap_configuration():
                    spack.bootstrap.ensure_clingo_importable_or_raise()
            except Exception:
                # Whatever kept Spack from it (no network, no compiler): there is none.
                return False
        return bool(spack.compilers.config.all_compilers())

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
        if write:
            check_writable(Path(found.packages_path))
            clean(Path(found.root))
        registered = Path(found.root).resolve() in self._roots_registered
        return Target(Path(found.root), found.namespace, registered)

    def recipes_in(self, target: Target) -> Mapping[str, Path]:
        """See `Repos.recipes_in`."""
        repo = _repo(str(target.root))
        return {name: self.recipe_path(target, name) for name in repo.all_package_names()}

    def only(self, root: Path) -> SpackHost:
        """See `Host.only`."""
        self._use(str(root))
        return SpackHost()

    def recipe_path(self, target: Target, package: str) -> Path:
        """See `Repos.recipe_path`."""
        return Path(_repo(str(target.root)).filename_for_package_name(package))

    def stage(self, target: Target, recipes: Mapping[str, str]) -> SpackStaging:
        """See `Host.stage`."""
        repo = _repo(str(target.root))
        return SpackStaging(
            repo, recipes, self.cache / "trials", self._forget, self._forget_packages
        )

    def spack_prefix(self) -> Path:
        """See `Host.spack_prefix`."""
        return Path(spack.paths.prefix)

    def edit(self, paths: Sequence[Path]) -> None:
        """See `Host.edit`."""
        spack.util.editor.editor(*map(str, paths), exec_fn=self._run_editor)

    def close(self) -> None:
        """See `Host.close`."""
        self._repos.close()

    @staticmethod
    def _run_editor(exe: str, args: Sequence[str]) -> int:
        editor = spack.util.executable.Executable(exe)
        editor(*args[1:], fail_on_error=False)
        return int(editor.returncode or 0)

    def _at(self, path: str) -> Any:
        try:
            found = spack.repo.from_path(path)
        except (spack.repo.RepoError, OSError):
            inner = sorted(Path(path).glob("spack_repo/*/repo.yaml"))
            hint = f"--repo {inner[0].parent}" if inner else f"spack repo create {path}"
            raise HostError(
                f"{path} is not a Spack repo; {'did you mean' if inner else 'make one with'} "
                f"'{hint}'{'?' if inner else ''}"
            ) from None
        if Path(found.root).resolve() not in self._roots_registered:
            self._put_first(found)
        return found

    def _put_first(self, found: Any) -> None:
        """Two repos of one namespace cannot be used at once: the one asked for replaces the
        registered one, as it would for a maintainer's own clone of builtin."""
        repos = list(spack.repo.PATH.repos)
        if repos[0].root != found.root:
            self._use(found.root, *(r.root for r in repos if r.namespace != found.namespace))

    def _use(self, *roots: str) -> None:
        self._repos.enter_context(spack.repo.use_repositories(*roots))
        self._forget_packages()
        # What was imported of another checkout of the same repo would be taken for this one's.
        for module in [name for name in sys.modules if name.split(".")[0] == "spack_repo"]:
            del sys.modules[module]

    def _registered(self, namespace: str | None) -> Any:
        repos = list(spack.repo.PATH.repos)
        if not repos:
            raise HostError("no repo is registered; make one with 'spack repo create' and add it")
        if namespace is None:
            return repos[0]
        for repo in repos:
            if repo.namespace == namespace:
                return repo
        known = ", ".join(repo.namespace for repo in repos)
        raise HostError(f"no registered repo has the namespace '{namespace}', only {known}")

    @staticmethod
    def _exists(name: str) -> bool:
        return bool(spack.repo.PATH.exists(name))

    def _forget(self, repo: Any, packages: Iterable[str]) -> None:
        """What was known of recipes that were replaced."""
        self.written += packages
        repo._pkg_checker.invalidate()
        folders = [Path(repo.filename_for_package_name(p)).parent.name for p in packages]
        replaced = tuple(f"{repo.full_namespace}.{folder}." for folder in folders)
        for module in [m for m in sys.modules if _comes_from(m, replaced)]:
            del sys.modules[module]
        importlib.invalidate_caches()
        self._forget_packages()
        for known in ("_by_project", "_by_package"):
            self.__dict__.pop(known, None)

    def _forget_packages(self) -> None:
        """What was known of packages whose recipes are now found elsewhere."""
        self._package.cache_clear()

    @cache  # noqa: B019 - one host lives as long as the process
    def _package(self, name: str, requires: Sequence[str]) -> Package:
        cls = self._class(name)
        declared = {v: options for v, options in cls.versions.items() if not v.isdevelop()}
        deprecated = {v for v, options in declared.items() if options.get("deprecated")}
        versions = sorted({*declared} - deprecated, reverse=True)
        bases = {base.__name__ for base in cls.__mro__}
        wheel = bool(versions) and (
            declared[versions[0]].get("expand") is False
            or str(getattr(cls, "url", None)).endswith(".whl")
        )
        return Package(
            name=name,
            namespace=cls.namespace,
            versions=tuple(str(version) for version in versions),
            variants=tuple(boolean_variants(cls)),
            wheel=wheel,
            requires=tuple(requires),
            # py-setuptools installs the project's wheels in a way of its own.
            from_index=not requires
            and ("PythonPackage" in bases or (wheel and "PythonExtension" in bases)),
            build_tool="build-tools" in getattr(cls, "tags", ()),
            variant_ranges=variant_ranges(cls),
            deprecated=tuple(str(version) for version in sorted(deprecated, reverse=True)),
        )

    @staticmethod
    def _class(name: str) -> Any:
        try:
            return load(name)
        except Exception as error:
            # Any exception: a recipe is a program that its owner wrote.
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise HostError(f"the recipe of {name} cannot be loaded: {reason}") from None

    @cached_property
    def _reviewed(self) -> Mapping[str, names.Reviewed]:
        return names.reviewed([repo.root for repo in spack.repo.PATH.repos], self._told)

    @cached_property
    def _by_project(self) -> Mapping[str, str]:
        return names.packages_by_project(
            self._scanned(repo.packages_path) for repo in spack.repo.PATH.repos
        )

    @cached_property
    def _by_package(self) -> Mapping[str, str]:
        return {package: project for project, package in self._by_project.items()}

    def _scanned(self, packages_folder: str) -> Mapping[str, Any]:
        file = self.cache / "claims" / (re.sub(r"\W+", "-", packages_folder).strip("-") + ".json")
        remembered: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            remembered = json.loads(file.read_text("utf-8"))
        found, changed = names.scan(Path(packages_folder), remembered)
        if changed:
            names.remember(file, found)
        return found


def _comes_from(module: str, folders: tuple[str, ...]) -> bool:
    """Whether a module belongs to one of these packages (``spack_repo.site.packages.py_x.``), or
    has a class that inherits one of theirs."""
    if f"{module}.".startswith(folders):
        return True
    if not module.startswith(("spack_repo.", "spack.pkg.")):
        return False
    classes = [found for found in vars(sys.modules[module]).values() if isinstance(found, type)]
    bases = (base.__module__ for found in classes for base in found.__mro__)
    return any(f"{base}.".startswith(folders) for base in bases)


@cache
def _new_class(pypi: str) -> Any:
    """The class of a recipe that has nothing but ``pypi``. Raises what importing PythonPackage
    raises."""
    spack.repo.PATH.first_repo()  # makes the repos' modules importable
    module = importlib.import_module("spack_repo.builtin.build_systems.python")
    # Spack derives the name of a package from its module, which need not exist.
    inside = {
        "pypi": pypi,
        "__module__": f"spack_repo.builtin.packages.{module_name(_NEW)}.package",
    }
    return type(module.PythonPackage)("PyX", (module.PythonPackage,), inside)


def _repo(root: str) -> Any:
    """The repo at this root: the registered one, which others may be put in place of."""
    registered = (repo for repo in spack.repo.PATH.repos if repo.root == root)
    return next(registered, None) or _unregistered(root)


@cache
def _unregistered(root: str) -> Any:
    return spack.repo.from_path(root)
