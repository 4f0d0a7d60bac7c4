"""What we ask of the host, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Protocol


@dataclass(frozen=True)
class Package:
    """A package that a registered repo has and that stands for a project.

    ``versions`` are those it declares, newest first, without the ``deprecated`` ones, which a
    solver takes only where it is told to; ``variants`` the names of its boolean variants,
    ``variant_ranges`` the versions that have them, of those that not all have; ``wheel`` is true
    when its newest version is a wheel.
    ``requires`` are signed variants that make it the project's package (``+python3`` of opencv).
    ``from_index``: it is a PythonPackage of its own, made from the project's archives, not a part
    of something larger. ``build_tool``: a graph may hold several versions of it, each for building
    something else.
    ``every_version`` says that what it declares is not known, and taken to suffice.
    """

    name: str
    namespace: str
    versions: tuple[str, ...]
    variants: tuple[str, ...]
    wheel: bool = False
    requires: tuple[str, ...] = ()
    every_version: bool = False
    build_tool: bool = False
    from_index: bool = True
    variant_ranges: Mapping[str, str] = field(default_factory=dict)
    deprecated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """The repo that recipes are written to; ``registered``: Spack looks there by itself."""

    root: Path
    namespace: str
    registered: bool = True


@dataclass(frozen=True)
class Problem:
    """Why the host does not take a recipe."""

    package: str
    message: str


@dataclass(frozen=True)
class Concretized:
    """What a solver found: ``taken``, the package names and versions of the graph, or, for none,
    the ``reason``: who needs what, and why no version of it does."""

    taken: frozenset[tuple[str, str]] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class Cell:
    """A configuration in which a recipe is looked at: a Python version, a platform and a target
    family, as Spack names them."""

    python: str
    platform: str
    target: str


@dataclass(frozen=True)
class DeclaredVersion:
    """A version as a recipe declares it; ``archive`` is the file name of its address on an index,
    empty where it comes from elsewhere; ``branch``: it is no release but a state of a
    repository."""

    text: str
    sha256: str = ""
    archive: str = ""
    deprecated: bool = False
    branch: bool = False


class DeclaredDependency(Protocol):
    """One ``depends_on`` of a recipe, or, without types, a conflict with versions of a dependency.

    ``text`` is its spec, ``when`` its condition, as Spack prints them; ``native``: it comes with
    the build system, not from the recipe itself; ``opaque``: its condition speaks of compilers or
    other packages.
    """

    package: str
    types: tuple[str, ...]
    text: str
    when: str
    native: bool
    opaque: bool

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        """Whether its condition holds for a version and boolean variants, in some cell."""

    def holds_in(self, cell: Cell) -> bool:
        """Whether its condition allows the cell."""

    def accepts(self, version: str) -> bool:
        """Whether its range holds a version of the dependency."""


class Meaning(Protocol):
    """What a recipe says, evaluated by the host's own classes. ``variants`` are the boolean ones
    with their defaults, ``variant_ranges`` the versions that have them, of those that not all
    have."""

    package: str
    namespace: str
    versions: tuple[DeclaredVersion, ...]
    variants: Mapping[str, bool]
    variant_ranges: Mapping[str, str]
    lines: Sequence[DeclaredDependency]

    def runs_in(self, version: str, variants: Mapping[str, bool], cell: Cell) -> bool:
        """Whether no conflict and no range on Python excludes the cell."""


@dataclass(frozen=True)
class Archive:
    """A file that a host needs to build a package, known by its hash."""

    package: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Failure:
    """What could not be installed (``py-foo@1.2``), in which phase (``concretize``, ``fetch``,
    ``build``, ``install``, ``import``), and the end of the log, long enough to hold the cause;
    ``log`` is where the whole of it lies."""

    package: str
    phase: str
    tail: str
    log: str = ""


@dataclass(frozen=True)
class Undeclared:
    """A module that an installed package always imports and that nothing it depends on provides;
    ``file`` (inside site-packages) and ``line`` of the first such import."""

    module: str
    file: str
    line: int


@dataclass(frozen=True)
class Trial:
    """What came of installing a spec and all it needs.

    ``built`` is what is installed (``py-foo@1.2``), dependencies first. ``imported`` and
    ``not_imported`` (with the reason) are the modules that PythonPackage's import test looks at;
    ``pip_check`` is what ``pip check`` complains of.
    """

    spec: str
    built: tuple[str, ...] = ()
    failure: Failure | None = None
    imported: tuple[str, ...] = ()
    not_imported: Mapping[str, str] = field(default_factory=dict)
    undeclared: tuple[Undeclared, ...] = ()
    pip_check: tuple[str, ...] = ()


class Staging(Protocol):
    """Recipes that lie beside the target repo, not yet in it. A context manager: what was not
    committed when it is left is deleted.

    Inside it `Repos.package`, `Evaluator.meaning`, `Repos.recipe_texts` and `Evaluator.archive`
    speak of the staged recipes; which package is a project's does not change. A `Package` or
    `Meaning` that was taken before, or inside, does not change.
    """

    def __enter__(self) -> Staging: ...

    def __exit__(self, *exc: object) -> None: ...

    def load(self) -> Sequence[Problem]:
        """Load each recipe; what fails."""

    def audit(self) -> Sequence[Problem]:
        """Audit each recipe in the presence of all registered repos; what fails."""

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        """Concretize specs together, with one version of each package; ``deprecated``: of
        deprecated versions too. Raises `HostError` where the solver could not be asked."""

    def install(self, spec: str, fill: Callable[[Sequence[Archive], Path], None]) -> Trial:
        """Install a spec, import it and ask pip, all apart from what the user has installed.

        ``fill`` is given what must be fetched and the folder of a source mirror to put it in, as
        ``_source-cache/archive/<sha256[:2]>/<sha256><suffix>``.
        """

    def commit(self) -> Mapping[str, Path]:
        """Move all recipes into the target repo, or none; package name to path."""


@dataclass(frozen=True)
class Changed:
    """A recipe (``…/package.py``) that differs from what a commit has: its text there, None where
    it is new."""

    file: Path
    before: str | None


class Checkout(Protocol):
    """A git checkout of the repo that recipes are merged into, and a worktree of it in which
    commits are made: at first it is what ``base`` (a commit) has, and nothing else is ever
    touched. All methods raise `HostError` where git fails."""

    base: str

    @property
    def repo(self) -> Path:
        """The root of the repo in the worktree."""

    def holds(self, root: Path) -> bool:
        """Whether a repo's root is that of the checkout itself."""

    def described(self) -> str:
        """The base in words: name, short id and date."""

    def changed_here(self) -> Sequence[Changed]:
        """The recipes that are otherwise in the checkout (committed or not) than where it left
        the line of the base."""

    def changed(self) -> Sequence[Changed]:
        """The recipes that are otherwise in the worktree than at the base."""

    def merged(self, mine: str, before: str, theirs: str) -> str | None:
        """The text with the changes of both sides; None where they conflict."""

    def check_free(self, branch: str) -> None:
        """Raise `UsageError` for a branch that exists, or for a name that none can have."""

    def commit(self, folder: Path, message: str) -> None:
        """Commit all of a folder in the worktree."""

    def finish(self, branch: str, patches: Path) -> Sequence[Path]:
        """Give the commits a branch in the checkout, and write each as a patch file into a
        folder; the files, in order."""

    def style(self) -> Sequence[str] | None:
        """What the style checker of the checkout complains of in `changed` recipes and did not
        before; None where it is not installed."""

    def tags(self, address: str) -> Sequence[str]:
        """The tags of another git repository; none where it cannot be asked."""


class Repos(Protocol):
    """The repos that the host has registered: which packages they have, which of them is a
    project's, and where recipes lie."""

    def package_for(self, project: str) -> Package | None:
        """The package that stands for this project (PEP 503 name), None if no repo has one."""

    def map(self, project: str, spec: str) -> None:
        """From now on a package, with variants that it then must have (``opencv+python3``), stands
        for this project (PEP 503 name); none where ``spec`` is empty. To be called before anything
        else is asked. Raises `UsageError` for a package that no repo has."""

    def package(self, name: str) -> Package | None:
        """The package of this name in the registered repos, whatever project it stands for."""

    def project_of(self, package: str) -> str | None:
        """The project that a package stands for, None if it stands for none that is known."""

    def recipe_file(self, name: str) -> Path:
        """The file of a package's recipe. Raises `HostError` where it cannot be loaded."""

    def recipe_texts(self, name: str) -> Sequence[str]:
        """The text of a package's recipe, then those of the recipes it inherits, nearest first."""

    def packages_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        """The packages of a repo (see `target`) that stand for projects of an index. From now on
        this repo comes first: what others say of the same packages is not asked."""

    def new_package_name(self, project: str) -> str:
        """The name that a new package for this project gets: ``py-`` + PEP 503 name, or a name
        that is still free when another project's package holds that one."""

    def projects(self) -> Sequence[str]:
        """The names of all projects that some package stands for."""

    def python_versions(self) -> Sequence[str]:
        """The Python versions that the host's ``python`` package declares, newest first."""

    def usable_pythons(self) -> Sequence[str]:
        """The Python versions that can be installed here or are there, newest first: what is
        written must fit together for one of them."""

    def target(self, repo: str | None, namespace: str | None, write: bool) -> Target:
        """The repo to use: a path, else a namespace, else the host's default. Raises `HostError`
        where there is none, or, with ``write``, where it cannot be written to. What runs that
        were killed left there is then deleted."""

    def recipes_in(self, target: Target) -> Mapping[str, Path]:
        """The recipes of a repo, package name to file, whether or not they stand for projects."""

    def recipe_path(self, target: Target, package: str) -> Path:
        """Where a package's recipe lies in the target repo, whether or not it exists."""


class Evaluator(Protocol):
    """What recipes mean, by the host's own classes."""

    def archive(self, package: str, version: str) -> str:
        """The file name of the archive that a package's recipe would fetch for a version, also for
        one that it does not list; empty where that is not known, or not from an index."""

    def archive_from(self, pypi: str, version: str) -> str:
        """The file name of the archive that a new recipe with this ``pypi`` would fetch for a
        version; empty where that is not known. A project's name may mislead the host: it looks
        for a version in the whole of ``foo-2/foo-2-1.0.tar.gz``."""

    def meaning(self, package: str) -> Meaning:
        """What a package's recipe says. Raises `HostError` where it cannot be loaded, or where
        there is no Spack."""


class Solver(Protocol):
    """Whether specs can be concretized."""

    def has_solver(self) -> bool:
        """Whether `Staging.concretize` can work here."""


class Host(Protocol):
    """``name`` is for messages (``"Spack 1.1.0"``); ``command`` is what a user types to call it;
    ``checks`` is false for a host that can neither load nor concretize recipes; ``cache`` is a
    folder for what we keep."""

    name: str
    command: str
    checks: bool
    cache: Path

    @property
    def repos(self) -> Repos:
        """See `Repos`."""

    @property
    def evaluator(self) -> Evaluator:
        """See `Evaluator`."""

    @property
    def solver(self) -> Solver:
        """See `Solver`."""

    @property
    def written(self) -> Iterable[str]:
        """The packages whose recipes were moved into repos so far."""

    def index_url(self) -> str | None:
        """The simple index that the host itself uses, None if it knows none."""

    def only(self, root: Path) -> Host:
        """A host for which the repo at this root is the only one. To be asked for before any
        recipe was loaded; this host then serves no more, but must be closed."""

    def stage(self, target: Target, recipes: Mapping[str, str]) -> Staging:
        """Write the recipes (package name to text) beside the target repo."""

    def spack_prefix(self) -> Path:
        """The folder of the Spack itself. Raises `HostError` where there is none."""

    def edit(self, paths: Sequence[Path]) -> None:
        """Open the user's editor on the recipes."""

    def close(self) -> None:
        """Leave the host as it was found."""
