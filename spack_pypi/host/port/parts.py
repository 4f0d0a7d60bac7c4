"""The parts of a host: what each of them does for us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Callable, Protocol

from .bundles import Sources
from .externals import Externals
from .proofs import Archive, Concretized, Installed, Problem
from .recipes import Meaning, Package, Target
from .store import Store


class Repos(Protocol):
    """The repos that the host has registered: which packages they have, which of them is a
    project's, and where recipes lie."""

    def package_for(self, project: str) -> Package | None:
        """The package of this project (PEP 503 name), None if no repo has one."""

    def numbers(self, project: str) -> int:
        """How many numbers a version of this project's package has, where one of the project may
        have more, which count its files (opencv-python 4.9.0.80 is OpenCV 4.9.0); 0 where the two
        have the same versions."""

    def built_from(self, project: str) -> str:
        """Another project that has the same modules in the same versions, and whose archives this
        project's package has (psycopg2 for psycopg2-binary); empty for most."""

    def map(self, project: str, spec: str) -> None:
        """Use a package, with variants that it then must have (``opencv+python3``), for this
        project (PEP 503 name); none where ``spec`` is empty. To be called before any other method.
        Raises `UsageError` for a package that no repo has."""

    def package(self, name: str) -> Package | None:
        """The package of this name in the registered repos, whether or not it is a project's."""

    def has(self, name: str) -> bool:
        """Whether a registered repo has, or provides, a package of this name: virtual ones count,
        such as ``blas``."""

    def provider(self, name: str) -> str:
        """The package of a project for which a recipe may name this virtual one (``py-pillow`` for
        ``pil``); other names as they are."""

    def project_of(self, package: str) -> str | None:
        """The project of a package, None if it has none that is known."""

    def recipe_file(self, name: str) -> Path:
        """The file of a package's recipe. Raises `HostError` where it cannot be loaded."""

    def recipe_texts(self, name: str) -> Sequence[str]:
        """The text of a package's recipe, then those of the recipes it inherits, nearest first."""

    def packages_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        """The packages of a repo (see `target`) that are projects of an index. From now on this
        repo comes first: its packages hide those of the same names in other repos."""

    def unreadable_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        """The packages of a repo (see `packages_in`) whose recipes name no project, and cannot be
        read or loaded: they may be projects."""

    def new_package_name(self, project: str) -> str:
        """The name that a new package for this project gets: ``py-`` + PEP 503 name, or a name
        that is still free when another project's package holds that one."""

    def projects(self) -> Sequence[str]:
        """The names of all projects that have a package."""

    def python_versions(self) -> Sequence[str]:
        """The Python versions that the host's ``python`` package declares, newest first."""

    def usable_pythons(self) -> Sequence[str]:
        """The Python versions that can be installed here or are externals, newest first: what is
        written must be compatible with one of them."""

    def target(self, repo: str | None, namespace: str | None, write: bool) -> Target:
        """The repo to use: a path, else a namespace, else the host's default. Raises `HostError`
        where there is none, or, with ``write``, where it cannot be written to. Leftovers of runs
        that were killed are then deleted."""

    def recipes_in(self, target: Target) -> Mapping[str, Path]:
        """The recipes of a repo, package name to file, whether or not they are projects'."""

    def recipe_path(self, target: Target, package: str) -> Path:
        """Where a package's recipe lies in the target repo, whether or not it exists."""


class Evaluator(Protocol):
    """What recipes declare, evaluated by the host's own classes."""

    def archive(self, package: str, version: str) -> str:
        """The file name of the archive that a package's recipe would fetch for a version, also for
        one that it does not list; empty where that is not known, or not from an index."""

    def archive_from(self, pypi: str, version: str) -> str:
        """The file name of the archive that a new recipe with this ``pypi`` would fetch for a
        version; empty where that is not known. The host may misread a project's name: it
        looks for a version in all of ``foo-2/foo-2-1.0.tar.gz``."""

    def address_from(self, url: str, version: str) -> str:
        """The address of the archive that a new recipe with this ``url`` would fetch for a
        version; empty where that is not known."""

    def meaning(self, package: str) -> Meaning:
        """What a package's recipe declares. Raises `HostError` where it cannot be loaded, or where
        there is no Spack."""


#: How many recipes may be loaded at once, which bounds the memory that thousands of them take.
MOST_LOADED = 1000


class Staging(Protocol):
    """Recipes that lie beside the target repo, not yet in it. A context manager: what was not
    committed when it is left is deleted. ``target`` is that repo, ``folders`` are those of the
    staged recipes, by package.

    Inside it all parts of the host work with the staged recipes: `Repos.package`,
    `Repos.recipe_texts`, `Evaluator`, `Solver` and `Installer`; which package is a project's does
    not change. A `Package` or `Meaning` that was taken before, or inside, does not change.
    """

    @property
    def target(self) -> Target:
        """The repo that the recipes are for."""

    @property
    def folders(self) -> Mapping[str, Path]:
        """Where each recipe lies now, by package."""

    def __enter__(self) -> Staging: ...

    def __exit__(self, *exc: object) -> None: ...

    def load(self) -> Sequence[Problem]:
        """Load each recipe; what fails."""

    def begin_audit(self) -> None:
        """Begin with the audit, beside all that follows, where that can be done. No other thread
        may run now: see `Session.rest`."""

    def audit(self) -> Sequence[Problem]:
        """Audit each recipe in the presence of all registered repos; what fails."""

    def forget_loaded(self) -> None:
        """Free the memory of what was loaded; it is loaded again where it is needed."""

    def commit(self, packages: Sequence[str] | None = None) -> None:
        """Put the recipes of these packages, else all, into the target repo, or none of them. What
        is staged stays what the host works with."""


class Writer(Protocol):
    """Writes recipes."""

    @property
    def written(self) -> Sequence[str]:
        """The packages whose recipes were moved into repos so far."""

    def stage(self, target: Target, recipes: Mapping[str, str]) -> Staging:
        """Write the recipes (package name to text) beside the target repo."""

    def edit(self, paths: Sequence[Path]) -> None:
        """Open the user's editor on recipes."""


class Solver(Protocol):
    """Concretizes specs."""

    def prepare(self) -> str:
        """Begin, beside this process, what the solver needs once on a machine. What that is, and
        how long it usually takes; empty if there is nothing, or it was waited for: all other
        methods do that. No other thread may run meanwhile (see `Session.rest`)."""

    def unavailable(self) -> str:
        """Why `concretize` cannot work here, and what to do then; empty if it can."""

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        """Concretize specs together, with one version of each package; ``deprecated``: of
        deprecated versions too. Raises `HostError` where the solver cannot run. No other thread
        may run meanwhile (see `Session.rest`)."""

    def concretize_some(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        """Concretize as many of the specs together as possible, see `concretize`; which are
        ``solved`` is part of the result. Where none is, each must be asked for its own reason."""


class Installer(Protocol):
    """Builds packages, apart from what the user has installed."""

    def install(
        self, staging: Staging, spec: str, fill: Callable[[Sequence[Archive], Path], None]
    ) -> Installed:
        """Install a spec with the staged recipes, import it and run ``pip check``.

        ``fill`` gets the archives that must be fetched and the folder of a source mirror to put
        them in, as ``_source-cache/archive/<sha256[:2]>/<sha256><suffix>``. Raises `HostError`
        where nothing can be installed.
        """


class Host(Protocol):
    """``name`` is for messages (``"Spack 1.1.0"``); ``command`` is what a user types to call it;
    ``checks`` is false for a host that can neither load nor concretize recipes; ``cache`` is a
    folder for what we keep."""

    name: str
    command: str
    checks: bool
    cache: Path

    @property
    def repos(self) -> Repos: ...

    @property
    def evaluator(self) -> Evaluator: ...

    @property
    def writer(self) -> Writer: ...

    @property
    def solver(self) -> Solver: ...

    @property
    def installer(self) -> Installer: ...

    @property
    def sources(self) -> Sources: ...

    @property
    def store(self) -> Store: ...

    @property
    def externals(self) -> Externals: ...

    def index_url(self) -> str | None:
        """The simple index that the host itself uses, None if it knows none."""

    def packages_url(self) -> str | None:
        """The address below which that index has its files, by kind, first letter, project and
        name (``source/f/foo/foo-1.0.tar.gz``); None if it is not known."""

    def yaml(self, text: str) -> object:
        """The document in a text of YAML. Raises ValueError for anything else, `HostError` where
        there is no reader."""

    def basis(self) -> str | None:
        """A text that is the same in another run only if all that the repos, the evaluator and a
        staging say in it is the same, whatever is asked; None where that is not known."""

    def only(self, root: Path) -> Host:
        """A host for which the repo at this root is the only one. To be called before any recipe
        was loaded; this host is then used no more, but must be closed."""

    def spack_prefix(self) -> Path:
        """The folder of the Spack itself. Raises `HostError` where there is none."""

    def close(self) -> None:
        """Leave the host as it was found."""
