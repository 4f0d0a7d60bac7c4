"""What a source archive says about its build. No code of it is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from posixpath import splitext
from typing import Any, Callable

from .. import limits
from ..limits import LARGEST_FILE, Damaged
from ..metadata import says_all
from ..model import ENDINGS, File, Source
from ..project_files import (
    build_hooks,
    downloads,
    jupyter_builder,
    native_calls,
    requirement_files,
    setup_cfg,
    setup_py,
    toml,
)
from ..project_files.egg_info import REQUIRES
from ..project_files.imported import Imported, Texts, gone_modules, gone_parsers
from ..project_files.included import Included, IncludedHeader
from ..project_files.jupyter_builder import JupyterBuild
from ..project_files.setup_py import UNREAD
from ..project_files.smaller import OfLarger
from ..project_files.toml import at, strings
from ..releases import LONG
from . import archive, build_texts, installed, license_files
from .named_parts import copies, named_parts
from .not_installed import NOT_BUILT, NOT_RUN
from .tar import Reader
from .top_texts import TopTexts
from .undeclared_imports import found_imports, of_variants, package_needs, undeclared_imports

#: At the top of the archive: those that are enough where a wheel has the rest, and all.
_KEPT = ("pyproject.toml", "setup.cfg", "PKG-INFO")
_TOP = (*_KEPT, "setup.py")
#: Python and Cython files, in which something is searched, and the endings of all files that may
#: matter: most of an archive's files can be passed over by their name.
_SEARCHED = (".py", ".pyx", ".pxd")
_MAY_MATTER = (*_SEARCHED, "requires.txt", "top_level.txt", *build_texts.ENDINGS)
#: An archive may hold those of bundled projects.
_MOST_REQUIRES = 4
#: Of those that list requirements.
_MOST_REQUIREMENT_FILES, _LARGEST_REQUIREMENT_FILE = 32, 64 << 10
_MOST_IMPORTS, _MOST_PACKAGES, _MOST_NATIVE, _MOST_PARTS = 64, 256, 64, 2000
#: Of an archive with more files at its top, or at all, none is known to be lacking.
_MOST_AT_TOP, _MOST_PATHS = 256, 20_000
#: What a build backend that is part of the archive has in it, at least one of these; the hook
#: that `in_tree` reads has the first one in its name.
_BACKEND = (b"build_wheel", b"build_meta")
_MOST_BACKEND_FILES = 16
_SUFFIXES = {ending for endings in ENDINGS.values() for ending in endings}
_CXX_CYTHON = re.compile(rb"^#.*distutils:\s*language\s*=\s*c\+\+", re.M)


@dataclass
class Contents:
    """What was found in an archive: kept files by path, build files by path, the endings of source
    files, imports of what is gone (name, path, line) and of others, native libraries that Python
    files look for or link with (kind, name, path, line), the folders of packages,
    ``top_level.txt`` files and, by path, files that may belong to a build backend, or list
    requirements (`requirement_files.NAME`), and those at the top that are JSON; ``about`` is what
    it says of itself, and ``licenses`` are the licence files at the top and what modules say about
    them (`model.NOTICES`), all of them only if the archive is `read_whole`; ``paths`` are those
    of all files, then only; ``downloading`` may download; for ``parts`` see `named_parts`."""

    files: dict[str, str] = field(default_factory=dict)
    build_files: dict[str, str] = field(default_factory=dict)
    suffixes: set[str] = field(default_factory=set)
    cxx_cython: bool = False
    imports: list[tuple[str, str, int]] = field(default_factory=list)
    imported: Imported = field(default_factory=Imported)
    native: list[tuple[str, str, str, int]] = field(default_factory=list)
    packages: set[str] = field(default_factory=set)
    top_level: dict[str, str] = field(default_factory=dict)
    backend: dict[str, str] = field(default_factory=dict)
    requirement_files: dict[str, str] = field(default_factory=dict)
    json_files: dict[str, str] = field(default_factory=dict)
    licenses: dict[str, str] = field(default_factory=dict)
    about: TopTexts = field(default_factory=TopTexts)
    downloading: dict[str, str] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    has_makefile: bool = False
    hooks: dict[str, str] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    included: Included = field(default_factory=Included)
    of_larger: OfLarger = field(default_factory=OfLarger)

    def as_json(self) -> dict[str, Any]:
        roots = {p for p in self.packages if p.rpartition("/")[0] not in self.packages}
        imports = [each for each in sorted(self.imports) if self._is_module(each[1])]
        about = Texts(self.files, self.requirement_files.values(), self.top_level.values())
        others = found_imports(self.imported, roots, about, self._is_module)
        placed = imports or any(others.values())
        pyproject, setup_py = (self.files.get(e, "") for e in ("pyproject.toml", "setup.py"))
        backend = installed.own_backend(self.backend, pyproject)
        paths = self.paths if len(self.paths) <= _MOST_PATHS else set()
        jupyter = jupyter_builder.read(pyproject, paths)
        at_top = sorted(path for path in paths if "/" not in path)
        return {
            "files": self.files,
            "build_files": self.build_files,
            "suffixes": sorted(self.suffixes),
            "cxx_cython": self.cxx_cython,
            "imports": imports[:_MOST_IMPORTS],
            "native": sorted(self.native, key=lambda each: each[2:])[:_MOST_NATIVE],
            **others,
            "packages": sorted(roots)[:_MOST_PACKAGES] if placed else [],
            "top_level": self.top_level if placed else {},
            "backend": backend,
            "downloads": downloads.of_archive(setup_py, self.downloading, backend)[:_MOST_NATIVE],
            "hooks": [*build_hooks.run_by_hooks(self.hooks, pyproject), *jupyter.programs],
            "jupyter": jupyter,
            "requirement_files": self._requirement_files(),
            "read_by_setup_py": requirement_files.named_in_code(
                setup_py, {**self.json_files, **self.requirement_files}
            ),
            "headers": [*self.included.outside(setup_py, pyproject, paths)][:_MOST_NATIVE],
            "at_top": at_top if len(at_top) <= _MOST_AT_TOP else [],
            "parts": sorted(self.parts)[:_MOST_PARTS],
            "license_of_files": license_files.of_files(self.licenses, paths),
            "copies": copies(paths, setup_py + self.files.get("setup.cfg", "")),
            "has_makefile": self.has_makefile,
            "of_larger": self.of_larger.as_json(),
            **asdict(TopTexts() if says_all(self.files.get("PKG-INFO", "")) else self.about),
        }

    def _requirement_files(self) -> dict[str, str]:
        """Those of which a file about the project says the name: most are for developing it."""
        naming = [self.files.get(name, "") for name in ("pyproject.toml", "setup.cfg")]
        return {
            path: text
            for path, text in self.requirement_files.items()
            if any(path in each for each in naming)
        }

    def _is_module(self, path: str) -> bool:
        """Whether a file is a module of a package, or one that may stand by itself."""
        folder = path.rpartition("/")[0]
        return folder in self.packages or "/" not in folder


def inspect(file: File, raw: Reader, partly: bool = False) -> Contents:
    """Read an archive and check its sha256.

    ``partly``: enough is known once the files at its top are read, as a wheel has the rest; see
    `read_whole`. Raises `FileFailure`.
    """
    stops = not read_whole(file, partly)
    contents = Contents(of_larger=OfLarger(is_whole=not stops))
    folders: set[str] = set()

    def note_path(inner: str) -> None:
        if not stops and len(contents.paths) <= _MOST_PATHS:
            contents.paths.add(inner)

    def each(name: str, size: int, read: Callable[[], bytes]) -> bool:
        inner = inner_path(name)
        read = cache(read) if inner in _TOP else read
        look_at(inner, size, read, contents)
        if inner in _TOP:
            # Whoever unpacks it gets the last file of a path, and builds in one folder.
            folders.add(name.lstrip("./").partition("/")[0])
            if len(folders) > 1:
                raise Damaged(
                    f"has a project in each of two folders, {' and '.join(sorted(folders))}"
                )
            if read().decode("utf-8", "replace") != contents.files[inner]:
                raise Damaged(f"has two files {inner} that differ")
        note_path(inner)
        return stops and set(_KEPT) <= set(contents.files)

    archive.visit(file, raw, each, lambda name: note_path(inner_path(name)))
    return contents


def inner_path(name: str) -> str:
    """The path of a file of an archive, without the archive's own top folder."""
    return name.lstrip("./").partition("/")[2]


def look_at(path: str, size: int, read: Callable[[], bytes], contents: Contents) -> None:
    """Note what a file of a project says about its build; it is only read if that matters. Raises
    `Damaged` for one that matters and is too large."""
    if path in _TOP and size > LARGEST_FILE:
        raise Damaged(f"has a {path} larger than {limits.mib(LARGEST_FILE)}, the limit")
    if contents.included.wants(path, size) and not NOT_BUILT.search(path):
        read = cache(read)
        contents.included.look_at(path, read())
    if path.endswith(_SEARCHED):
        read = cache(read)
        contents.of_larger.look_at(size, read)
    if _wanted(path, size, contents):
        _keep(path, read(), contents)
    elif build_texts.is_shortened(path, size):
        build_texts.keep_shortened(path, read, contents.build_files)
    elif path == "Makefile" and size <= build_texts.LARGEST:
        contents.downloading[path] = read().decode("utf-8", "replace")
    elif "/" not in path and license_files.is_license_file(path):
        license_files.add(contents.licenses, path, size, read)
    elif license_files.may_have_notice(path, size) and not NOT_BUILT.search(path):
        license_files.add_notice(contents.licenses, path, read())
    else:
        contents.about.look_at(path, size, read)
    _note(path, contents)


def read_whole(file: File, partly: bool) -> bool:
    """Whether `inspect` reads an archive to its end, as it is not `LONG`, or no wheel has the
    metadata. Where it does not, its hash is not known."""
    return not partly or (file.size or 0) <= LONG


def _wanted(inner: str, size: int, contents: Contents) -> bool:
    """Whether the contents of this file matter."""
    if inner in _TOP:
        return inner not in contents.files
    is_short = size <= _LARGEST_REQUIREMENT_FILE
    if requirement_files.NAME.fullmatch(inner) and not REQUIRES.fullmatch(inner):
        return is_short and len(contents.requirement_files) < _MOST_REQUIREMENT_FILES
    if requirement_files.TOP_JSON.fullmatch(inner):
        return is_short and len(contents.json_files) < _MOST_REQUIREMENT_FILES
    if not inner.endswith(_MAY_MATTER):
        return False
    if REQUIRES.fullmatch(inner):
        others = sum(1 for path in contents.files if path not in _TOP)
        return size <= build_texts.LARGEST and others < _MOST_REQUIRES
    if size > build_texts.LARGEST or (NOT_BUILT.search(inner) and not inner.endswith(".py")):
        return False
    if build_texts.is_one(inner):
        return build_texts.has_room(inner, contents.build_files)
    return inner.endswith(_SEARCHED) or bool(installed.TOP_LEVEL.fullmatch(inner))


def _keep(inner: str, data: bytes, contents: Contents) -> None:
    if inner.endswith(".py") and inner not in _TOP:
        _keep_module(inner, data, contents)
    elif inner in _TOP or REQUIRES.fullmatch(inner):
        contents.files[inner] = data.decode("utf-8", "replace")
    elif build_texts.is_one(inner):
        contents.build_files[inner] = data.decode("utf-8", "replace")
    elif installed.TOP_LEVEL.fullmatch(inner):
        contents.top_level[inner] = data.decode("utf-8", "replace")
    elif requirement_files.TOP_JSON.fullmatch(inner):
        contents.json_files[inner] = data.decode("utf-8", "replace")
    elif requirement_files.NAME.fullmatch(inner):
        contents.requirement_files[inner] = data.decode("utf-8", "replace")
    else:
        contents.cxx_cython = contents.cxx_cython or bool(_CXX_CYTHON.search(data))


def _keep_module(inner: str, data: bytes, contents: Contents) -> None:
    if NOT_BUILT.search(inner):
        return contents.imported.keep_test(inner, data)
    if any(mark in data for mark in build_hooks.MARKS) and len(contents.hooks) < _MOST_NATIVE:
        contents.hooks[inner] = data.decode("utf-8", "replace")
    if any(mark in data for mark in _BACKEND) and len(contents.backend) < _MOST_BACKEND_FILES:
        contents.backend[inner] = data.decode("utf-8", "replace")
    if any(mark in data for mark in downloads.MARKS) and len(contents.downloading) < _MOST_NATIVE:
        contents.downloading[inner] = data.decode("utf-8", "replace")
    if any(mark in data for mark in native_calls.MARKS) and len(contents.native) < _MOST_NATIVE:
        found = native_calls.in_module(data)
        contents.native += [(kind, name, inner, line) for kind, name, line in found]
    if license_files.NOTICE in data and not NOT_RUN.search(inner):
        license_files.add_notice(contents.licenses, inner, data)
    if NOT_RUN.search(inner):
        contents.imports += [(name, inner, line) for name, line in gone_parsers(data)]
        contents.imported.keep_test(inner, data)
        return
    contents.imported.look_at(inner, data)
    contents.imports += [(module, inner, line) for module, line in gone_modules(data)]


def _note(inner: str, contents: Contents) -> None:
    if inner.endswith("/__init__.py"):
        contents.packages.add(inner.rpartition("/")[0])
    folder, _, name = inner.rpartition("/")
    if name.endswith(_SEARCHED):
        contents.imported.own |= {name.partition(".")[0], *folder.split("/")}
        contents.imported.paths.add(inner)
    if NOT_BUILT.search(inner):
        return
    if len(contents.parts) < _MOST_PARTS:
        contents.parts.update(named_parts(inner))
    contents.has_makefile |= name.lower() in ("makefile", "gnumakefile")
    contents.suffixes |= {splitext(inner)[1].lower()} & _SUFFIXES


def source(contents: Mapping[str, Any], project: str) -> Source:
    """The meaning of `Contents.as_json` for a release of a project."""
    files: Mapping[str, str] = contents["files"]
    pyproject: Mapping[str, Any] | None = None
    problem = ""
    if "pyproject.toml" in files:
        try:
            pyproject = toml.loads(files["pyproject.toml"])
        except ValueError:
            problem = "its pyproject.toml is not valid TOML"
    imports = [*installed.installed_imports(contents)]
    here = installed.Layout(project, contents["packages"], contents["top_level"], pyproject or {})
    found = Source(
        pyproject=pyproject,
        setup_cfg=files.get("setup.cfg", ""),
        setup_py=setup_py.read(files["setup.py"]) or UNREAD if "setup.py" in files else None,
        suffixes=tuple(contents["suffixes"]),
        cxx_cython=contents["cxx_cython"],
        build_files=contents["build_files"],
        requirement_files=contents["requirement_files"],
        imports=tuple(each for each in imports if here.installs(each.file)),
        beside_setup_py=tuple(each for each in imports if "/" not in each.file),
        undeclared=tuple(undeclared_imports(contents, here)),
        package_needs=tuple(package_needs(contents, here)),
        variant_modules=tuple(of_variants("variant_modules", contents, here)),
        variant_names=tuple(of_variants("variant_names", contents, here)),
        newer_names=tuple(of_variants("newer_names", contents, here)),
        of_larger=tuple(contents["of_larger"]),
        looked_for=native_calls.of_kind("looks", contents["native"]),
        linked=native_calls.of_kind("links", contents["native"]),
        built_with=native_calls.of_kind("builds", contents["native"]),
        headers=tuple(IncludedHeader(*each) for each in contents["headers"]),
        downloads=tuple((what, path, line) for what, path, line in contents["downloads"]),
        hook_programs=tuple((n, path, line, sure) for n, path, line, sure in contents["hooks"]),
        jupyter=JupyterBuild(*contents["jupyter"]),
        in_tree=installed.in_tree_backend(contents, pyproject or {}),
        parts=frozenset(contents["parts"]),
        copies=tuple((name, folder) for name, folder in contents["copies"]),
        license_of_files=contents["license_of_files"],
        has_makefile=contents["has_makefile"],
        readme=contents["readme"],
        changes=contents["changes"],
        at_top=frozenset(contents["at_top"]),
        problem=problem,
    )
    unread = setup_cfg.problem(found.setup_cfg) if found.setup_cfg else ""
    if unread and not problem and found.backend.partition(".")[0] == "setuptools":
        return replace(found, problem=f"setuptools cannot read its setup.cfg: {unread}")
    said = at(pyproject, "build-system", "requires")
    if said is not None and (not isinstance(said, list) or len(strings(said)) < len(said)):
        why = "build-system.requires in its pyproject.toml is not a list of texts"
        return replace(found, problem=why)
    broken = limits.too_many([*strings(said), *found.setup_requires])
    return replace(found, problem=f"its build {broken}") if broken else found
