"""The host without Spack: a folder of recipes. All that it checks is that they are Python."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from ..errors import HostError, UsageError
from ..files import file_bytes, private_folder, small_text
from ..recipe.calls import call_parts
from ..syntax import parse
from . import names, repo_folder
from .no_externals import NoExternals
from .no_solver import NoInstaller, NoSolver
from .no_sources import NoSources
from .no_store import NoStore
from .port import (
    Meaning,
    Package,
    Problem,
    Target,
)

#: What builtin's ``python`` package declared when this was written; there is no Spack to ask.
_PYTHONS = ("3.14.0", "3.13.8", "3.12.12", "3.11.14", "3.10.19", "3.9.24", "3.8.20", "3.7.17")
#: The longest repo.yaml that is read, bytes.
_LONGEST_SETTINGS = 1 << 20

_PLAIN_NAME = re.compile(r"(?P<stem>[^\d]+)-\d[\w.]*?(?P<suffix>\.tar\.\w+|\.zip|\.tgz)")
_PLAIN_WHEEL = re.compile(r"(?P<start>.*/[^\d/]+)-\d[\w.]*-(?P<tags>py[\w.]+-none-any\.whl)")


class StandaloneHost:
    """A `Host` without Spack: whatever the target repo lacks counts as missing."""

    name = "no Spack"
    command = "spack"
    checks = False

    def __init__(self, cache: Path, default_repo: Path) -> None:
        self.cache = private_folder(cache)
        self.repos = StandaloneRepos(default_repo)
        self.evaluator = _Evaluator()
        self.writer = _Writer(self.repos)
        self.solver = NoSolver()
        self.installer = NoInstaller()
        self.sources = NoSources()
        self.store = NoStore()
        self.externals = NoExternals()

    def index_url(self) -> str | None:
        """See `Host.index_url`: pip's own default, as pip is what set us up."""
        try:
            from pip._internal.models.index import PyPI
        except ImportError:
            return None
        return f"{PyPI.simple_url}/"

    def packages_url(self) -> str | None:
        """See `Host.packages_url`: only Spack knows."""
        return None

    def yaml(self, text: str) -> object:
        """See `Host.yaml`."""
        raise HostError("YAML is read by Spack: pass --spack DIR")

    def basis(self) -> str | None:
        """See `Host.basis`."""
        return None

    def only(self, root: Path) -> StandaloneHost:
        raise HostError("auditing recipes needs Spack: pass --spack DIR")

    def spack_prefix(self) -> Path:
        raise HostError("making a patch for Spack needs Spack: pass --spack DIR")

    def close(self) -> None:
        """See `Host.close`."""


class StandaloneRepos:
    """A `Repos` that is one folder of recipes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._mapped: dict[str, str] = {}

    def package_for(self, project: str) -> Package | None:
        """See `Repos.package_for`. Of Spack's own packages that are not named ``py-…`` only
        the names are known."""
        known = self._reviewed.get(project)
        if known is not None and known.package and not known.package.startswith("py-"):
            named = Package(known.package, "builtin", (), (), requires=known.requires)
            return replace(named, every_version=True, from_index=False)
        name = self._by_project.get(project)
        if known is None or project not in self._mapped:
            return self.package(name) if name else None
        if not known.package:
            return None
        found = self.package(known.package)
        if found is None:
            raise UsageError(
                f"{self._root} has no package '{known.package}' that {project} is mapped to; "
                "other repos are only known with a Spack: pass --spack DIR"
            )
        return replace(found, requires=known.requires)

    def numbers(self, project: str) -> int:
        return names.numbers_of(project, self._reviewed)

    def built_from(self, project: str) -> str:
        return names.built_from(project, self._reviewed)

    def map(self, project: str, spec: str) -> None:
        self._mapped[project] = spec

    def package(self, name: str) -> Package | None:
        try:
            tree = parse(file_bytes(self._path(name)))
        except OSError:
            return None
        except (SyntaxError, ValueError) as error:
            raise HostError(f"cannot load the recipe of {name}: {error}") from None
        spared = {id(inner) for block in ast.walk(tree) for inner in _deprecated_within(block)}
        versions: dict[bool, list[str]] = {False: [], True: []}
        variants: list[str] = []
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            directive, arguments, options = call_parts(node)
            if directive == "version" and arguments[:1] and isinstance(arguments[0], str):
                deprecated = options.get("deprecated", id(node) in spared)
                versions[deprecated is True].append(arguments[0])
            elif directive == "variant" and arguments[:1] and isinstance(arguments[0], str):
                variants.append(arguments[0])
        return Package(
            name,
            self._namespace,
            tuple(versions[False]),
            tuple(variants),
            deprecated=tuple(versions[True]),
        )

    def provider(self, name: str) -> str:
        return names.providers().get(name, name)

    def project_of(self, package: str) -> str | None:
        return next((p for p, name in self._by_project.items() if name == package), None)

    def recipe_file(self, name: str) -> Path:
        return self._path(name)

    def recipe_texts(self, name: str) -> Sequence[str]:
        """See `Repos.recipe_texts`; what it inherits is not known."""
        return [file_bytes(self._path(name)).decode("utf-8")]

    def has(self, name: str) -> bool:
        """See `Repos.has`: without Spack it is not known which packages provide another."""
        return self._path(name).is_file()

    def packages_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        self.target(repo, namespace, write=False)
        return sorted(set(self._by_project.values()))

    def unreadable_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        self.target(repo, namespace, write=False)
        return names.unnamed(self._packages, names.scan(self._packages, {})[0]).unreadable

    def new_package_name(self, project: str) -> str:
        known = self._reviewed.get(project)
        return known.package if known and known.package else f"py-{project}"

    def projects(self) -> Sequence[str]:
        return sorted({*self._by_project, *self._reviewed})

    def python_versions(self) -> Sequence[str]:
        return _PYTHONS

    def usable_pythons(self) -> Sequence[str]:
        return self.python_versions()

    def target(self, repo: str | None, namespace: str | None, write: bool) -> Target:
        """See `Repos.target`; the default repo is made where it does not exist."""
        if repo is not None:
            self._root = Path(repo)
            if not (self._root / "repo.yaml").is_file():
                raise HostError(f"{repo} is not a Spack repo: it has no file repo.yaml")
            self._check_api()
        elif write:
            repo_folder.make_repo(self._root)
        if namespace and namespace != self._namespace:
            raise UsageError(
                f"looking up --namespace {namespace} needs Spack: pass --spack DIR, or --repo PATH"
            )
        if write:
            repo_folder.check_writable(self._packages)
            repo_folder.delete_abandoned(self._root)
        staging = None if write else Path(tempfile.gettempdir())
        return Target(self._root, self._namespace, registered=False, staging=staging)

    def recipes_in(self, target: Target) -> Mapping[str, Path]:
        raise HostError("reading a repo needs Spack: pass --spack DIR")

    def recipe_path(self, target: Target, package: str) -> Path:
        return self._path(package)

    def _path(self, package: str) -> Path:
        folder = package.replace("-", "_")
        return self._packages / (f"_{folder}" if folder[0].isdigit() else folder) / "package.py"

    @property
    def _packages(self) -> Path:
        return self._root / "packages"

    @property
    def _namespace(self) -> str:
        return self._setting("namespace") or self._root.name

    def _setting(self, name: str) -> str:
        """What repo.yaml says under a name; empty for nothing."""
        text = small_text(self._root / "repo.yaml", _LONGEST_SETTINGS) or ""
        found = re.search(rf"^[ \t]+{name}:[ \t]*['\"]?([\w.]+)", text, re.M)
        return found[1] if found else ""

    def _check_api(self) -> None:
        """Raise `HostError` for a repo of a format in which we write no recipes."""
        api = self._setting("api")
        if not re.fullmatch(r"v2\.[0-9]{1,3}", api):
            raise HostError(
                f"{self._root / 'repo.yaml'} says 'api: {api[:20] or 'v1.0, as it has none'}', "
                "and recipes are written for v2.0: name another repo with --repo, or renew one of "
                "v1 with 'spack repo migrate --fix'"
            )

    @cached_property
    def _reviewed(self) -> Mapping[str, names.Reviewed]:
        return names.reviewed([str(self._root)], self._mapped)

    @cached_property
    def _by_project(self) -> Mapping[str, str]:
        found, _ = names.scan(self._packages, {})
        return names.packages_by_project([found])


def _deprecated_within(block: ast.AST) -> Iterator[ast.AST]:
    """What stands in a block that makes its versions deprecated."""
    for item in block.items if isinstance(block, ast.With) else ():
        name, _, options = call_parts(item.context_expr)
        if name == "default_args" and options.get("deprecated") is True:
            yield from ast.walk(block)


class _Evaluator:
    """An `Evaluator` of the names of archives only."""

    def archive(self, package: str, version: str) -> str:
        return ""

    def archive_from(self, pypi: str, version: str) -> str:
        """See `Evaluator.archive_from`: known only of names without digits but those of the
        version, with which Spack never reads anything else."""
        match = _PLAIN_NAME.fullmatch(pypi.rpartition("/")[2])
        return f"{match['stem']}-{version}{match['suffix']}" if match else ""

    def address_from(self, url: str, version: str) -> str:
        """See `Evaluator.address_from`: known only of wheels, with such a name."""
        match = _PLAIN_WHEEL.fullmatch(url)
        return f"{match['start']}-{version}-{match['tags']}" if match else ""

    def meaning(self, package: str) -> Meaning:
        raise HostError("evaluating recipes needs Spack: pass --spack DIR")


class _Writer:
    """A `Writer` into the one folder."""

    def __init__(self, repos: StandaloneRepos) -> None:
        self.written: list[str] = []
        self._repos = repos

    def stage(self, target: Target, recipes: Mapping[str, str]) -> _Staging:
        return _Staging(self, self._repos, target, recipes)

    def edit(self, paths: Sequence[Path]) -> None:
        """See `Writer.edit`: nothing is opened, as Spack configures the editor."""


class _Staging:
    """A `Staging` that only compiles recipes."""

    def __init__(
        self, writer: _Writer, repos: StandaloneRepos, target: Target, recipes: Mapping[str, str]
    ) -> None:
        self.target = target
        self.folders: dict[str, Path] = {}
        self._writer, self._repos, self._recipes = writer, repos, recipes
        self._left = ExitStack()

    def __enter__(self) -> _Staging:
        with ExitStack() as made:
            self._folder = repo_folder.StagingFolder(self.target.staging or self.target.root)
            made.callback(self._folder.delete)
            for package, text in self._recipes.items():
                self.folders[package] = self._folder.path / package
                repo_folder.write(self.folders[package], text)
            self._folder.expect(path.parent for path in self._paths(self.folders).values())
            self._left = made.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._left.close()

    def _paths(self, packages: Iterable[str]) -> dict[str, Path]:
        return {each: self._repos.recipe_path(self.target, each) for each in packages}

    def load(self) -> Sequence[Problem]:
        problems: list[Problem] = []
        for package, text in self._recipes.items():
            try:
                compile(text, package, "exec")
            except SyntaxError as error:
                problems.append(Problem(package, str(error)))
        return problems

    def begin_audit(self) -> None:
        pass

    def forget_loaded(self) -> None:
        pass

    def audit(self) -> Sequence[Problem]:
        return ()

    def commit(self, packages: Sequence[str] | None = None) -> None:
        paths = self._paths(self.folders if packages is None else packages)
        self._folder.commit(
            {self.folders[package]: path.parent for package, path in paths.items()}
        )
        self._writer.written += paths
