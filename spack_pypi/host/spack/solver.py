"""Spack's solver, and why it found nothing.

What Spack needs to install and to run it is imported when it is used: that takes as long as to
load ten recipes, and most commands use no solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, redirect_stderr, redirect_stdout, suppress
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any, Callable, TypeVar

import spack.config
import spack.repo
import spack.spec

from ...errors import HostError
from ..child import Child, in_child
from ..port import Concretized
from .internals import index_files, solved_together
from .reasons import SpackRecipes, in_short, message_of, raise_if_environmental
from .unsatisfiable import explained

_Answer = TypeVar("_Answer")

#: What runs in a child process, as an error names it.
_SOLVER = "Spack's solver"
#: A repo with fewer packages is indexed in no time.
_MANY_PACKAGES = 1000


class SpackSolver:
    """The `Solver` of the Spack in whose interpreter we run."""

    def __init__(self) -> None:
        self._preparation: Child[None] | None = None
        self._prepares = ""

    def prepare(self) -> str:
        if not self._prepares:
            missing = [*_missing()]
            if missing:
                self._prepares = f"Once on this machine, Spack {' and '.join(missing)}"
                self._preparation = Child(_SOLVER, _prepare)
        return self._prepares if self._preparation is not None else ""

    def unavailable(self) -> str:
        """See `Solver.unavailable`; may bootstrap the solver and look for compilers, as any
        ``spack spec`` would: without compilers it finds no solution."""
        self._prepared()
        try:
            _import_solver()
        except Exception:
            # Whatever kept Spack from it (no network, no compiler): there is none.
            return "Spack's solver (clingo) is not installed; install it"
        if not _has_compilers():
            return "Spack finds no compiler; install one, and run spack compiler find"
        return ""

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        self._prepared()
        return solve(_together, specs, deprecated)

    def concretize_some(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        self._prepared()
        return solve(_as_many_as_fit, specs, deprecated)

    def _prepared(self) -> None:
        preparation, self._preparation = self._preparation, None
        if preparation is not None:
            # What kept it from ending well keeps us from it, too, and is reported then.
            with suppress(HostError):
                preparation.result()


def _missing() -> Iterator[str]:
    """What Spack has to do before the solver runs for the first time, and how long that usually
    takes."""
    import spack.bootstrap

    try:
        has_solver = find_spec("clingo") or Path(spack.bootstrap.store_path()).exists()
    except RuntimeError:
        has_solver = True  # it may not be installed
    if not has_solver:
        yield "installs clingo (usually half a minute)"
    for repo in spack.repo.PATH.repos:
        indexed = any(not file.name.startswith(".") for file in index_files(repo.namespace))
        # With the virtual ones: to tell them from the others needs the index.
        names = [] if indexed else repo.all_package_names(include_virtuals=True)
        if len(names) >= _MANY_PACKAGES:
            yield f"indexes all packages of {repo.namespace} (usually 1 to 2 minutes)"


def _prepare() -> None:
    """In a child: only what remains on the disk is of use."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        # Any exception: it is raised again where the solver is used, and reported there.
        with suppress(Exception):
            _import_solver()
        with suppress(Exception):
            _ = spack.repo.PATH.provider_index


def _import_solver() -> None:
    """Raises whatever keeps Spack from installing it."""
    try:
        import clingo  # noqa: F401
    except ImportError:
        import spack.bootstrap

        with spack.bootstrap.ensure_bootstrap_configuration():
            spack.bootstrap.ensure_clingo_importable_or_raise()


def _has_compilers() -> bool:
    """Whether Spack knows a compiler; it looks for some where it knows none."""
    import spack.compilers.config

    try:
        return bool(spack.compilers.config.all_compilers())
    except spack.compilers.config.NoAvailableCompilerError:
        return False


def solve(ask: Callable[..., _Answer], specs: Sequence[str], deprecated: bool) -> _Answer:
    """What ``ask`` finds out about specs, in a process of its own: a solve takes over 1 GB, of
    which Spack gives back only a part."""
    try:
        # What Spack finds out at the first solve, and keeps, is not for one process only.
        _ = spack.repo.PATH.provider_index
        _has_compilers()
    except Exception as error:
        # Any exception: for its indexes Spack may load any recipe of the repos.
        raise_if_environmental(error, "cannot run the solver")
    return in_child(_SOLVER, ask, tuple(specs), deprecated)


def _together(specs: Sequence[str], deprecated: bool) -> Concretized:
    found, reason = concrete(specs, deprecated)
    return Concretized(reason=reason) if reason else Concretized(tuple(specs), _nodes(found))


def concrete(specs: Sequence[str], deprecated: bool) -> tuple[list[Any], str]:
    """The concrete specs of one graph for all of these; or none, and why there are none."""
    import spack.concretize

    try:
        with _allowing(deprecated):
            requested = [(spack.spec.Spec(spec), None) for spec in specs]
            return [spec for _, spec in spack.concretize.concretize_together(requested)], ""
    except Exception as error:
        # Any exception: a recipe, or what Spack makes of it, may raise whatever it likes.
        raise_if_environmental(error, "cannot run the solver")
        recipes = SpackRecipes(_allowed(deprecated))
        return [], explained(message_of(error), recipes) or in_short(error)


def _as_many_as_fit(specs: Sequence[str], deprecated: bool) -> Concretized:
    try:
        requested = {spack.spec.Spec(spec): spec for spec in specs}
        solved, found = solved_together([*requested], _allowed(deprecated))
    except Exception as error:
        # Any exception: see above. It may be about any of the specs.
        raise_if_environmental(error, "cannot run the solver")
        return Concretized(reason=in_short(error))
    return Concretized(tuple(requested[spec] for spec in solved), _nodes(found))


def _allowing(deprecated: bool) -> Any:
    return spack.config.override("config:deprecated", True) if deprecated else nullcontext()


def _allowed(deprecated: bool) -> bool:
    return deprecated or bool(spack.config.get("config:deprecated", False))


def _nodes(specs: Iterable[Any]) -> frozenset[tuple[str, str]]:
    nodes = (node for spec in specs for node in spec.traverse())
    return frozenset((node.name, str(node.version)) for node in nodes)
