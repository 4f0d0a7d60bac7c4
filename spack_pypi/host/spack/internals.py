"""All that we use of Spack and that it does not offer to others: names that begin with ``_``,
files that it keeps for itself, the words of its messages. Nothing else of ours knows these.

To support a new Spack, add it to ``BRANCHES`` in ``tests/__main__.py`` and run ``python3 tests
tests/spack/test_internals.py tests/spack/test_audit.py``: each part below has a test there, which
fails where that Spack changed it; what must change is then the part here. What is about the audit
is in `audit`. Two wrappers stand elsewhere, as they run where this cannot be imported:
``plugin.py`` (around ``spack create``) and ``list_modules.py``.

Spack is imported inside of functions: its messages are read, and tested, without it.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Callable

from ...files import file_text
from ...recipe.render import module_name

#: How many addresses are kept parsed.
_ADDRESSES = 2**10

# --- classes of recipes -----------------------------------------------------------------------


def drop_pending_directives() -> None:
    """After a recipe failed to load: Spack collects directives in a list until their class is
    made, would give those of the failed recipe to the next one, and has no way to reset it."""
    from spack.directives_meta import DirectiveMeta

    DirectiveMeta._directives_to_be_executed = []


def forget_recipes(repo: Any, folders: Sequence[str]) -> None:
    """After recipes of a repo (names of their folders) were replaced: Spack lists a repo's
    packages once, keeps loaded recipes as modules, and has no way to load one again. Recipes that
    inherit one of these are forgotten too."""
    repo._pkg_checker.invalidate()
    replaced = {f"{repo.full_namespace}.{folder}" for folder in folders}
    depth = len(repo.full_namespace.split(".")) + 1

    def is_replaced(module: str) -> bool:
        return ".".join(module.split(".")[:depth]) in replaced

    for module in [m for m in sys.modules if any(map(is_replaced, _comes_from(m)))]:
        del sys.modules[module]
    importlib.invalidate_caches()


def forget_all_recipes() -> None:
    """After other repos were registered: what was imported of another checkout of a repo would be
    taken for this one's, since the modules have the same names."""
    for module in [name for name in sys.modules if name.split(".")[0] == "spack_repo"]:
        del sys.modules[module]
    new_python_package.cache_clear()


def forget_repo(namespace: str) -> None:
    """After the recipes of a repo are not needed any more: Spack would keep what was loaded, 70 KB
    for each. It loads them again where it is asked to."""
    import spack.package_base

    name = f"spack_repo.{namespace}"
    for module in [m for m in sys.modules if f"{m}.".startswith(f"{name}.")]:
        del sys.modules[module]
    if "spack_repo" in sys.modules:
        vars(sys.modules["spack_repo"]).pop(namespace, None)
    # The audit asks each class for these; Spack keeps the answers, and so the classes.
    kept: Any = spack.package_base.PackageBase.version_urls
    (kept.cache_clear if hasattr(kept, "cache_clear") else kept.cache.clear)()


def _comes_from(module: str) -> Iterator[str]:
    """A module, and those of all that its classes inherit if it is one of a recipe."""
    yield module
    if module.startswith(("spack_repo.", "spack.pkg.")):
        for found in vars(sys.modules[module]).values():
            if isinstance(found, type):
                yield from (base.__module__ for base in found.__mro__)


#: The name of a package that no repo has.
NEW_PACKAGE = "py-x"


@cache
def new_python_package(**attributes: str) -> Any:
    """The class of a recipe named `NEW_PACKAGE` that has nothing but ``attributes``: Spack makes
    classes of files only. Raises what importing PythonPackage raises."""
    import spack.repo

    spack.repo.PATH.first_repo()  # makes the repos' modules importable
    module = importlib.import_module("spack_repo.builtin.build_systems.python")
    # Spack derives the name of a package from its module, which need not exist.
    inside = {
        **attributes,
        "__module__": f"spack_repo.builtin.packages.{module_name(NEW_PACKAGE)}.package",
    }
    return type(module.PythonPackage)("PyX", (module.PythonPackage,), inside)


# --- addresses ---------------------------------------------------------------------------------


@cache
def parse_addresses_once() -> None:
    """From now on Spack looks for the version and the name in an address once. It tries a hundred
    patterns for that, and does so for each version of a recipe, whose address is the same."""
    import spack.url

    spack.url.parse_version_offset = _kept(spack.url.parse_version_offset)
    spack.url.parse_name_offset = _kept(spack.url.parse_name_offset)


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with what it returned or raised for the last `_ADDRESSES` arguments."""

    @lru_cache(_ADDRESSES)
    def called(*arguments: Any) -> tuple[Any, Exception | None]:
        try:
            return function(*arguments), None
        except Exception as error:
            return None, _copied(error)

    def kept(*arguments: Any) -> Any:
        result, error = called(*arguments)
        if error is not None:
            raise _copied(error)
        return result

    return kept


def _copied(error: Exception) -> Exception:
    """An error without its traceback, which would keep what is on the stack: classes of recipes.
    What makes such errors may want other arguments than they have."""
    copied = type(error).__new__(type(error), *error.args)
    vars(copied).update(vars(error))
    return copied


# --- files that Spack keeps for itself --------------------------------------------------------


def index_files(namespace: str) -> list[Path]:
    """The indexes that Spack has made of a repo, and their locks: it never deletes those of a repo
    that is gone."""
    import spack.caches

    root = Path(spack.caches.MISC_CACHE.root)
    return [*root.glob(f"*/{namespace}-*"), *root.glob(f"*/.{namespace}-*")]


def delete_indexes(namespace: str) -> None:
    """Delete the `index_files` of a repo."""
    for file in index_files(namespace):
        with suppress(OSError):
            os.remove(file)


def installed(store: Path) -> dict[str, str]:
    """Hash of each package that a store has → its prefix. Read from the database's file: the store
    is not the one of the Spack in whose interpreter we run, and ``spack find`` takes seconds."""
    try:
        text = file_text(store / ".spack-db" / "index.json")
    except OSError:
        return {}
    installs = json.loads(text)["database"]["installs"]
    return {
        key: record.get("path") or ""
        for key, record in installs.items()
        if record.get("installed")
    }


def build_log(stage: Path, key: str, since: float) -> Path | None:
    """The log of a package (its hash) whose build failed after a time: Spack prints only parts of
    it, and names its path only in its output."""
    # Below the system's folder for temporary files Spack adds one for the user.
    for folder in (*stage.glob(f"*-{key}"), *stage.glob(f"*/*-{key}")):
        log = folder / "spack-build-out.txt"
        if log.is_file() and log.stat().st_mtime >= since:
            return log
    return None


#: Runs bin/spack in a Python whose installed packages offer no extensions: Spack has no option for
#: that.
WITHOUT_ENTRY_POINTS = """\
import importlib.metadata, runpy, sys
importlib.metadata.entry_points = lambda **_: {}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

# --- the solver -------------------------------------------------------------------------------


def solved_together(specs: Sequence[Any], deprecated: bool) -> tuple[list[Any], list[Any]]:
    """The first round of ``unify: when_possible``: as many of the specs as fit into one graph, and
    their concrete specs. Raises what Spack raises, also where it finds none."""
    from spack.solver.asp import Solver

    # Spack keeps its rounds for environments. The next one would know the graph of this one, and
    # cost as much: who asks again starts anew.
    result = next(Solver().solve_in_rounds(list(specs), allow_deprecated=deprecated))
    solved = {str(spec): concrete for spec, concrete in result.specs_by_input.items()}
    return [spec for spec in specs if str(spec) in solved], list(solved.values())


# --- messages ---------------------------------------------------------------------------------


def not_fetched(output: str, keys: Sequence[str]) -> tuple[str, str] | None:
    """The first of these packages (hashes) that ``spack install`` could not fetch, and why: only
    its output says so."""
    failed = re.search(r"FetchError: ([^\n]*)\n((?: .*\n)*)", output)
    for key in keys if failed else ():
        # An archive is named by the whole hash, a patch by its beginning.
        if failed and (key in failed[1] or f"-{key[:7]}-patch-" in failed[1]):
            return key, failed[2].rstrip()
    return None


def has_no_solver(error: ImportError) -> bool:
    """Whether an error means that Spack has no solver: it raises a plain ImportError."""
    return "bootstrap" in str(error) or (error.name or "").startswith("clingo")


@dataclass(frozen=True)
class RequiredSpec:
    """That ``package`` needs ``spec``, under the condition ``when``; without a package: that the
    user requested it."""

    spec: str
    package: str = ""
    when: str = ""

    def __str__(self) -> str:
        if not self.package:
            return f"{self.spec} was requested"
        return f"{self.package} needs {self.spec}" + (f" when {self.when}" if self.when else "")


@dataclass(frozen=True)
class Reason:
    """One of the numbered reasons why the solver found nothing. ``text`` is how Spack says it; it
    is about a spec that is ``unsatisfied``, two that ``conflict``, or a package that is
    ``not_built``. ``causes`` require what it is about, ``roots`` are the packages that the user
    requested and that led there."""

    text: str
    unsatisfied: str = ""
    conflict: tuple[str, str] | None = None
    not_built: str = ""
    causes: tuple[RequiredSpec, ...] = ()
    roots: tuple[str, ...] = ()


#: The head of a numbered reason, and the lines below it, each deeper one the reason of the last.
_REASON = re.compile(r"^ *\d+\. +(.*)$((?:\n +required because .*$)*)", re.M)
_BECAUSE = re.compile(r"^( +)required because (.*?) *$", re.M)
_UNSATISFIED = re.compile(r"Cannot satisfy '([^']+)'(?: \d\(.*\))?")
_CONFLICT = re.compile(r"Cannot satisfy '([^']+)' and '([^']+)'?")
_NOT_BUILT = re.compile(
    r"Cannot build ([\w-]+), since it is configured `buildable:false`.*"
    r"|Attempted to use external for '([\w-]+)' which does not satisfy.*"
)
_DEPENDS = re.compile(r"(\S+) depends on (\S+)(?: when (.*))?")
_REQUESTED = re.compile(r"(\S.*) requested explicitly")


def solver_reasons(message: str) -> list[Reason]:
    """The reasons in the message of an error of the solver, which has them nowhere else; none
    where it has another form."""
    found = []
    for match in _REASON.finditer(message):
        text, below = match[1].strip(), match[2]
        unsatisfied, conflict, not_built = (
            pattern.fullmatch(text) for pattern in (_UNSATISFIED, _CONFLICT, _NOT_BUILT)
        )
        found.append(
            Reason(
                text,
                unsatisfied=unsatisfied[1] if unsatisfied else "",
                conflict=(conflict[1], conflict[2]) if conflict else None,
                not_built=(not_built[1] or not_built[2]) if not_built else "",
                causes=tuple(_causes(below)),
                roots=tuple(_roots(below)),
            )
        )
    return found


def _causes(below: str) -> Iterator[RequiredSpec]:
    """The direct reasons: the lines that are not the reason of another one."""
    lines = [(len(match[1]), match[2]) for match in _BECAUSE.finditer(below)]
    first = min((indent for indent, _ in lines), default=0)
    for indent, text in lines:
        if indent == first:
            depends, requested = _DEPENDS.fullmatch(text), _REQUESTED.fullmatch(text)
            if depends:
                yield RequiredSpec(depends[2], depends[1], depends[3] or "")
            elif requested:
                yield RequiredSpec(requested[1])


def _roots(below: str) -> Iterator[str]:
    for match in _BECAUSE.finditer(below):
        requested = _REQUESTED.fullmatch(match[2])
        if requested:
            yield re.split(r"[^\w-]", requested[1], maxsplit=1)[0]
