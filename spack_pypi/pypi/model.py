"""What the Python packaging world declares, as values; the wire format is left behind.

Version texts are parsed by `packaging`; names are normalized (PEP 503) once, here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..credentials import Credentials
from .license_choice import choice as choice  # a licence file may say it, too
from .origin import GitReference as GitReference
from .origin import IndexOrigin as IndexOrigin
from .origin import Publisher as Publisher
from .project_files import setup_cfg
from .project_files.build_rs import RUN_ALWAYS as RUN_ALWAYS
from .project_files.builders import NATIVE_BUILDERS as NATIVE_BUILDERS
from .project_files.in_tree import InTree as InTree  # part of the model: what a Source holds
from .project_files.included import IncludedHeader as IncludedHeader
from .project_files.jupyter_builder import JupyterBuild as JupyterBuild
from .project_files.newer_names import NEWER_NAMES as NEWER_NAMES
from .project_files.python_modules import OF_WINDOWS as OF_WINDOWS
from .project_files.python_modules import REMOVED as REMOVED
from .project_files.setup_compiling import Compiling as Compiling
from .project_files.setup_compiling import for_machine as for_machine
from .project_files.setup_py import SetupPy
from .project_files.smaller import SMALLER as SMALLER
from .project_files.smaller import Smaller as Smaller
from .project_files.smaller import sufficing
from .project_files.toml import at as at  # what a pyproject.toml holds is read with these
from .project_files.toml import loads as loads
from .project_files.toml import strings as strings
from .project_files.variant_modules import VARIANT_MODULES as VARIANT_MODULES
from .project_files.variant_names import VARIANT_NAMES as VARIANT_NAMES
from .project_files.variant_names import variant_of_name as variant_of_name
from .project_files.variant_names import variants_beside as variants_beside
from .releases import QUARANTINED as QUARANTINED
from .releases import File as File
from .releases import Project as Project
from .releases import Release as Release

#: Files of an sdist that build backends read, by name: kept in `Source.build_files`.
CMAKE_LISTS, MESON_BUILD, CARGO_TOML = "CMakeLists.txt", "meson.build", "Cargo.toml"
GIT_MODULES, CARGO_LOCK, BUILD_RS = ".gitmodules", "Cargo.lock", "build.rs"
#: The options of a Meson project: the new name of the file and the old one.
MESON_OPTIONS = ("meson.options", "meson_options.txt")
#: Which Rust a project is built with: the new name of the file and the old one.
RUST_TOOLCHAIN = ("rust-toolchain.toml", "rust-toolchain")
BUILD_FILES = (
    CMAKE_LISTS, MESON_BUILD, CARGO_TOML, GIT_MODULES, *MESON_OPTIONS, *RUST_TOOLCHAIN,
)  # fmt: skip
#: The endings of what is kept there, too: the files that CMake includes, and Cargo's configuration
#: (with its old name).
CMAKE_MODULE = ".cmake"
CARGO_CONFIG = (".cargo/config.toml", ".cargo/config")
#: The endings of those of `Index.licenses` that are not licence files, but modules, or sources in
#: other languages, which say at their top which versions of a licence may be chosen.
MODULE = ".py"
NOTICES = (MODULE, ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".rs", ".f90")
#: Language, as Spack calls it → endings of its source files; Cython becomes C.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "c": (".c", ".pyx", ".pxd"),
    "cxx": (".cc", ".cpp", ".cxx", ".c++", ".cu"),
    "fortran": (".f", ".for", ".f77", ".f90", ".f95", ".f03", ".f08"),
}


@dataclass(frozen=True)
class Metadata:
    """Core metadata of one release (PEP 566, 643), as text where the meaning is decided later.

    ``requires_dist`` is None where no source says: that is not "no dependencies". ``confirmed``:
    it is what the build would say; where it is not, or there is none, ``problem`` says why.
    ``summary`` is empty where it says nothing. There is the beginning of the ``description`` only
    where it is, or has only words of the project's name. ``repository`` and ``documentation`` are
    the project's own by its description, only where no field has an address. ``choice`` is how the
    description says that one of several licences may be chosen, and ``license_of_files`` how a
    licence file says that files of the archive are under another one.
    """

    project: str
    version: str
    summary: str = ""
    description: str = ""
    requires_python: str = ""
    requires_dist: tuple[str, ...] | None = ()
    confirmed: bool = True
    provides_extra: tuple[str, ...] = ()
    license_expression: str = ""
    license: str = ""
    license_files: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    home_page: str = ""
    project_urls: tuple[tuple[str, str], ...] = ()
    repository: str = ""
    documentation: str = ""
    choice: str = ""
    license_of_files: str = ""
    problem: str = ""


@dataclass(frozen=True)
class ModuleImport:
    """What a module (``file``) always imports; ``always``: so does the project's package.
    ``package`` is the file that does so. ``mentioned``: a text about the project names it, so that
    only this makes it needed; ``most``: not that package, but most of its ``packages`` or
    ``modules`` do; ``optional``: a requirement of an extra for users names it, in the versions
    of ``specifier``. Any of the ``others`` would do in its place: they are tried in this order;
    ``before``: only with Pythons that are older than this one (``3.11``). ``beside``: there is a
    file of its name beside it, which may be meant. ``siblings``: the package (its
    dotted name) is one of a namespace, and one of these is what the project is about. ``main`` is
    the dotted name of the package that is what the project is about, if it imports it."""

    module: str
    file: str
    line: int
    always: bool = False
    mentioned: bool = False
    package: str = ""
    most: str = ""
    optional: bool = False
    specifier: str = ""
    others: tuple[str, ...] = ()
    before: str = ""
    beside: bool = False
    siblings: tuple[str, ...] = ()
    main: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """It, and the others."""
        return (self.module, *self.others)


@dataclass(frozen=True)
class Source:
    """What an sdist says about how it is built.

    ``pyproject`` is the parsed pyproject.toml, ``setup_py`` what setup.py passes to ``setup()``;
    None when there is none. ``setup_cfg`` is text. ``suffixes`` are the `ENDINGS` that its source
    files outside of tests have; ``cxx_cython``: some Cython files are compiled as C++.
    ``build_files`` are the texts of its `BUILD_FILES`, of what CMake includes, and of
    `CARGO_CONFIG`, by path, with what matters of `CARGO_LOCK` and `BUILD_RS`;
    ``requirement_files`` those of lists of requirements. ``imports``
    are those of ``pkg_resources`` and ``distutils`` by installed modules, ``undeclared`` others
    that nothing mentions, ``package_needs`` what packages inside the project's cannot be imported
    without (each with the dotted name of its ``package``), and ``variant_modules`` the
    `VARIANT_MODULES` that its package always imports, ``newer_names`` the `NEWER_NAMES` that it
    always imports, and ``variant_names`` the `VARIANT_NAMES` that what then runs uses;
    ``of_larger`` are the names that any module imports of projects in `SMALLER`;
    ``beside_setup_py`` are those of the first kind by modules at its top, and where a
    versioneer.py there uses a class that Python has up to 3.11. ``looked_for`` and ``linked`` are
    the native libraries (name, file, line) that other Python files name, ``built_with`` those with
    which build scripts of cffi always link, ``headers`` those that its extensions include in any
    case and it has not itself, and ``downloads`` what its setup.py calls to fetch something for
    the build. ``hook_programs`` (name, file, line, whether in any case) are what a build hook of
    it runs, and ``jupyter`` what that of hatch-jupyter-builder does. ``in_tree`` is what a backend
    in the archive requires, None when there is none. ``parts`` are names of its folders and
    headers, ``copies`` other projects (name, folder) that setup.py may compile, and
    ``license_of_files`` is what its licence file says of files under another licence;
    ``has_makefile``: one that is not of tests. ``readme``, and the newest ``changes`` that it
    lists: only where its PKG-INFO says nothing. ``at_top`` are the names of the files at its top,
    if known. ``problem`` says why nothing could be read."""

    pyproject: Mapping[str, Any] | None = None
    setup_cfg: str = ""
    setup_py: SetupPy | None = None
    suffixes: tuple[str, ...] = ()
    cxx_cython: bool = False
    build_files: Mapping[str, str] = field(default_factory=dict)
    requirement_files: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[ModuleImport, ...] = ()
    undeclared: tuple[ModuleImport, ...] = ()
    package_needs: tuple[ModuleImport, ...] = ()
    variant_modules: tuple[ModuleImport, ...] = ()
    variant_names: tuple[ModuleImport, ...] = ()
    newer_names: tuple[ModuleImport, ...] = ()
    of_larger: tuple[str, ...] = ()
    beside_setup_py: tuple[ModuleImport, ...] = ()
    looked_for: tuple[tuple[str, str, int], ...] = ()
    linked: tuple[tuple[str, str, int], ...] = ()
    built_with: tuple[tuple[str, str, int], ...] = ()
    headers: tuple[IncludedHeader, ...] = ()
    downloads: tuple[tuple[str, str, int], ...] = ()
    hook_programs: tuple[tuple[str, str, int, bool], ...] = ()
    jupyter: JupyterBuild = JupyterBuild()
    in_tree: InTree | None = None
    parts: frozenset[str] = frozenset()
    copies: tuple[tuple[str, str], ...] = ()
    license_of_files: str = ""
    has_makefile: bool = False
    readme: str = ""
    changes: str = ""
    at_top: frozenset[str] = frozenset()
    problem: str = ""

    @property
    def backend(self) -> str:
        """The build backend (PEP 517): ``setuptools.build_meta`` by default."""
        named = at(self.pyproject, "build-system", "build-backend")
        return named if isinstance(named, str) else "setuptools.build_meta"

    @property
    def smaller(self) -> tuple[Smaller, ...]:
        """The smaller projects that have all that it imports of larger ones."""
        return sufficing(self.of_larger)

    @property
    def setup_requires(self) -> tuple[str, ...]:
        """``setup_requires`` of setup.cfg and setup.py, where it is a literal."""
        said = setup_cfg.read(self.setup_cfg).get("options", "setup_requires", fallback="")
        called = self.setup_py.requirements("setup_requires") if self.setup_py else ()
        return (*setup_cfg.requirements(said.strip()), *called)


@dataclass(frozen=True)
class Settings:
    """How to reach an index. ``url`` is the simple index, without its ``credentials``; below
    ``packages`` no address of a file changes (`spack_pypi.pypi.addresses`; empty: not known).
    ``in_place``: it takes the place of Spack's own index. A server counts as silent after
    ``timeout`` seconds without a byte. A ``client_cert`` (a PEM file with its key) is for the
    index only; ``keyring``, ``trusted``: pip's ``keyring-provider``, hosts of ``trusted-host``."""

    url: str
    cache: Path
    offline: bool = False
    timeout: float = 30.0
    connections: int = 8
    verify: Any = True
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    packages: str = ""
    in_place: bool = True
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    client_cert: str = ""
    keyring: str = ""
    trusted: tuple[str, ...] = ()

    @property
    def json_api(self) -> str:
        """The address below which the JSON API of such an index lies: beside the simple index.
        Empty where there can be none."""
        root, simple, _ = self.url.rpartition("simple/")
        return f"{root}pypi/" if simple else ""


class Index(Protocol):
    """Where projects are listed. All methods may be called from several threads at once and
    raise `spack_pypi.errors.IndexFailure`; ``project`` also `UnknownProject`. The ``identity``
    is that of no other index."""

    @property
    def identity(self) -> str: ...

    def project(self, name: str) -> Project:
        """The project of this name (any spelling)."""

    def mark(self, project: str) -> str | None:
        """A text that only the page of a project (PEP 503 name) as it is now has, and so what its
        files say, which never change; empty where the index has none. None if something about the
        project could not be asked, or changed since it was."""

    def metadata(self, release: Release) -> Metadata:
        """Core metadata: from beside a wheel, else out of it, else from the sdist."""

    def source(self, release: Release) -> Source:
        """What the release's sdist says about its build, or, where it has none, its wheel for all
        platforms about what its modules import; the archive is streamed, not kept."""

    def licenses(self, release: Release) -> Mapping[str, str]:
        """The texts of the release's licence files, by path: of its wheel where there is one and
        the sdist is too long to be read for that, else of its sdist. A text that is too long, or
        one of too many, is empty."""

    def page_url(self, project: str) -> str:
        """The address of a project's page, for people where the index has such pages."""

    def origin(self, project: str) -> IndexOrigin:
        """Where a project comes from, that is known to be there."""

    def address(self, release: Release, file: File) -> str:
        """The address of a file of a release for a recipe: one that says what it is, where the
        index has such addresses, else that of the file, which may hold a hash."""

    def download(self, project: str, file: File, to: Path) -> None:
        """Put a released file of a project at a path (whose folder exists), once its sha256 is
        checked."""

    def copy_to(self, folder: Path) -> Sequence[str]:
        """From now on whatever is known of the index is put into this folder too, where a cache
        finds it: what was asked then can be asked without the index. Returns the addresses of the
        indexes that it consists of, by which a cache knows them."""

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        """Who published the archive of a release (its sdist, else its best wheel), as the index
        attests; none where it attests nothing, None where that cannot be asked."""

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        """Names of the known vulnerabilities of a release (``"PYSEC-2023-74"``), without those
        that were withdrawn; none where the index does not report any."""
