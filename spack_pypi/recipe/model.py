"""A recipe as a value: the content of a ``package.py``, before it is text.

Every text in here is Spack's spelling (version ranges without the ``@``), ready to be
printed. See https://spack.readthedocs.io/en/latest/packaging_guide_creation.html.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .build_system import PYTHON, BuildSystem

#: Imported at build time by import tests and needed at run time.
BUILD_RUN = ("build", "run")
BUILD = ("build",)
#: For a library; what ``depends_on`` means without ``type=``.
LIBRARY = ("build", "link")
#: For a library that has Python modules, too.
LINKED_AND_RUN = (*LIBRARY, "run")
#: Compilers, which come first in the list of dependencies.
LANGUAGES = ("c", "cxx", "fortran")


@dataclass(frozen=True)
class Condition:
    """A set of configurations, printed as ``when=``; an empty part does not constrain.

    ``versions`` and ``python`` are Spack version ranges without ``@`` (``"2:"``, ``":3.10"``),
    ``variants`` are signed (``"+color"``, ``"~color"``), ``platform`` is one of Spack's platforms
    (``"linux"``), ``target`` a comma-separated list of target ranges (``"x86_64:,aarch64:"``).
    """

    versions: str = ""
    variants: tuple[str, ...] = ()
    platform: str = ""
    target: str = ""
    python: str = ""

    def __str__(self) -> str:
        own = (f"@{self.versions}" if self.versions else "") + "".join(self.variants)
        parts = [
            own,
            f"platform={self.platform}" if self.platform else "",
            f"target={self.target}" if self.target else "",
            f"^python@{self.python}" if self.python else "",
        ]
        return " ".join(part for part in parts if part)


ALWAYS = Condition()


@dataclass(frozen=True)
class Dependency:
    """One ``depends_on(spec, when=, type=)``; ``variants`` are signed as in `Condition`."""

    package: str
    versions: str = ""
    variants: tuple[str, ...] = ()
    when: Condition = ALWAYS
    types: tuple[str, ...] = BUILD_RUN

    @property
    def spec(self) -> str:
        """The dependency as Spack writes it: ``py-attrs@22.1:+x``."""
        versions = f"@{self.versions}" if self.versions else ""
        return self.package + versions + "".join(self.variants)

    def with_variants(self, variants: Iterable[str]) -> Dependency:
        """The same with these variants, too, by their names."""
        both = sorted({*self.variants, *variants}, key=lambda each: each[1:])
        return replace(self, variants=tuple(both))


@dataclass(frozen=True)
class DependencyLine:
    """A ``depends_on`` that a recipe has already. ``within`` are the version ranges of the blocks
    around it; ``fixed``: it stands in a recipe that the edited one inherits, or in a ``loop``, and
    cannot be changed there; ``block`` is the number of the line in which the block around it
    begins, if that is for versions alone and holds nothing but such lines, else 0; ``loop`` that
    of a loop of the edited recipe itself, else 0."""

    dependency: Dependency
    within: tuple[str, ...] = ()
    fixed: bool = False
    block: int = 0
    loop: int = 0


@dataclass(frozen=True)
class GitSource:
    """Where a version is in the repository of a recipe: at the ``commit`` of a ``tag``, or on a
    ``branch``, with ``submodules``; ``history``: its build reads that, too."""

    tag: str = ""
    commit: str = ""
    branch: str = ""
    submodules: bool = False
    history: bool = False


@dataclass(frozen=True)
class VersionLine:
    """One ``version(...)``. ``url`` only where ``pypi`` cannot give the address; ``expand`` is
    false in recipes from when Spack did not know that wheels are installed as they are.
    ``machine``: only there, by ``sys.platform`` and ``platform.machine()``. With ``git`` it has no
    archive."""

    version: str
    sha256: str
    url: str = ""
    expand: bool = True
    deprecated: bool = False
    machine: tuple[str, str] | None = None
    git: GitSource | None = None


@dataclass(frozen=True)
class Variant:
    """An extra that something needs: ``variant(name, default=False, description=...)``."""

    name: str
    description: str
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Conflict:
    """``conflicts(spec, when=..., msg=...)``; ``spec`` is a signed variant (``"+color"``), or
    versions of a dependency (``"^py-x@1.5"``)."""

    spec: str
    when: Condition = ALWAYS
    msg: str = ""


@dataclass(frozen=True)
class License:
    """``license(expression, when=...)``; an SPDX expression, with the ``reason`` above it."""

    expression: str
    when: Condition = ALWAYS
    reason: str = ""


@dataclass(frozen=True)
class ArchiveName:
    """How source archives are named from version ``since`` on (``""``: from the beginning):
    ``<stem>-<version><suffix>``."""

    stem: str
    suffix: str
    since: str = ""


@dataclass(frozen=True)
class RenamedArchives:
    """How a recipe finds archives that were renamed: its new ``pypi``, and all ``names``, newest
    first, from which ``url_for_version`` is made."""

    pypi: str
    names: tuple[ArchiveName, ...]


@dataclass(frozen=True)
class Setting:
    """A setting of a build: a variable of its environment, or, ``of_backend``, a config setting of
    its build backend (PEP 517), or, ``of_cmake``, a variable of CMake, or another argument of it
    (``--fresh``), which has no value. ``reason`` is the comment beside it, a clause.
    ``is_folder``: the value is a folder of the unpacked source; ``is_prefix``: a package, whose
    prefix is meant; ``is_modules``: the folder of Python's modules is meant, as Spack calls it. A
    variable of the environment may be only for the ``versions`` of a range."""

    name: str
    value: str
    of_backend: bool = False
    reason: str = ""
    is_folder: bool = False
    is_prefix: bool = False
    versions: str = ""
    of_cmake: bool = False
    is_modules: bool = False

    def __str__(self) -> str:
        if self.of_cmake and not self.value:
            return self.name
        value = f"(prefix of {self.value})" if self.is_prefix else self.value
        return f"{self.name}={value}"


@dataclass(frozen=True)
class Resource:
    """One ``resource(...)``: what the build of these ``versions`` (a range) has besides the
    archive: the files of a ``commit`` of a ``git`` repository, which has this ``tag``, with its
    ``submodules``, in a folder of its ``name``."""

    name: str
    git: str
    tag: str
    commit: str
    submodules: bool = False
    versions: str = ""


@dataclass(frozen=True)
class SkippedModules:
    """Packages inside the installed ones (``names``, dotted), with all that lies in them, that
    Spack's own test does not import; ``reason`` is the comment above them, a sentence without its
    full stop."""

    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Parent:
    """The existing package that an overlay recipe inherits."""

    namespace: str
    package: str


#: How the comment begins that says why a version is a wheel.
THE_WHEEL = "the wheel, as "
#: Why lines are there: the clauses that stand above each of them, as comments.
Reasons = Mapping[Dependency, Sequence[str]]


@dataclass(frozen=True)
class Recipe:
    """A whole ``package.py``.

    ``pypi`` is ``<project>/<newest sdist file name>``, empty for projects without sdists, which
    then give ``url``s in their versions. ``list_url`` is the page of a project of another index
    than Spack's own, and ``url`` the address of its newest sdist, if others follow from it.
    ``git`` is that of its repository, and ``build_directory`` the folder there.
    ``archives`` holds more than one name, newest first, if source archives were renamed;
    ``url_for_version`` is written from it. ``comments`` say what the recipe leaves out, a sentence
    each; they follow the dependencies, and ``reasons`` stand above one each; ``wheels`` say above
    versions (by their texts) why they are wheels. ``platform`` is the only one of Spack's that it
    is for. ``build_system`` is what it inherits, ``root_cmakelists_dir`` the folder in which CMake
    begins, if not at the top; ``settings`` are those of each build, ``resources`` what that has
    besides the archive, and ``skipped`` is what Spack cannot import of it.
    ``parent`` makes it an overlay: only versions and dependencies are written.
    """

    package: str
    docstring: str = ""
    homepage: str = ""
    pypi: str = ""
    licenses: tuple[License, ...] = ()
    versions: tuple[VersionLine, ...] = ()
    variants: tuple[Variant, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    comments: tuple[str, ...] = ()
    reasons: Reasons = field(default_factory=dict)
    wheels: Mapping[str, str] = field(default_factory=dict)
    archives: tuple[ArchiveName, ...] = ()
    url: str = ""
    list_url: str = ""
    git: str = ""
    build_directory: str = ""
    platform: str = ""
    settings: tuple[Setting, ...] = ()
    resources: tuple[Resource, ...] = ()
    build_system: BuildSystem = PYTHON
    root_cmakelists_dir: str = ""
    skipped: SkippedModules | None = None
    parent: Parent | None = None

    @property
    def class_name(self) -> str:
        """``py-foo-bar`` → ``PyFooBar``, as Spack derives it from the package name."""
        name = string.capwords(self.package.replace("_", "-"), "-").replace("-", "")
        return f"_{name}" if name[0].isdigit() else name


@dataclass(frozen=True)
class Omission:
    """Something declared that the recipe leaves out, and why. Never silent.

    ``version`` is the release that declares it, empty if all do. ``required``: without it the
    package is not complete on Linux; ``extra``: only that extra requires it; ``dependency`` is the
    project that is left out, if it is one; ``unconfirmed``: the recipe does state it, though
    nothing confirms it; ``cycle``: it would lead back to the package itself; ``loosened``: the
    recipe has no upper bound in its place.
    """

    project: str
    version: str
    declared: str
    reason: str
    required: bool = False
    extra: str = ""
    dependency: str = ""
    unconfirmed: bool = False
    cycle: bool = False
    loosened: bool = False


@dataclass(frozen=True)
class LoopItem:
    """An item that the loop in this ``line`` gets: ``version``, beside an item that it has. In a
    table it has the ``sha256`` of the version, which needs no line of its own then."""

    line: int
    beside: str
    version: str
    sha256: str = ""


@dataclass(frozen=True)
class Changes:
    """What changes in a recipe that exists: new lines, the ``reasons`` and ``wheels`` above them
    (as in a `Recipe`), ``comments`` on what is left out, ``renamed`` archives, and existing lines
    that no longer apply to all versions. ``ends`` maps their numbers among its plain
    ``depends_on`` to the version range that remains, and ``license_ends`` and ``conflict_ends``
    those among its plain ``license`` and ``conflicts``; ``removed`` are the numbers of those
    ``depends_on`` of which nothing remains, with their specs; ``items`` are those of loops;
    ``blocks`` maps the first lines of blocks for versions to the versions that they get, and
    ``resources`` stand below the last one of their name."""

    versions: Sequence[VersionLine] = ()
    licenses: Sequence[License] = ()
    dependencies: Sequence[Dependency] = ()
    reasons: Reasons = field(default_factory=dict)
    wheels: Mapping[str, str] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()
    comments: Sequence[str] = ()
    renamed: RenamedArchives | None = None
    ends: Mapping[int, str] = field(default_factory=dict)
    license_ends: Mapping[int, str] = field(default_factory=dict)
    conflict_ends: Mapping[int, str] = field(default_factory=dict)
    removed: Mapping[int, str] = field(default_factory=dict)
    items: Sequence[LoopItem] = ()
    blocks: Mapping[int, str] = field(default_factory=dict)
    resources: Sequence[Resource] = ()
