"""Spack's solver, and why it found nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import spack.bootstrap
import spack.compilers.config
import spack.concretize
import spack.config
import spack.spec

from .port import Concretized
from .spack_reasons import SpackRecipes, in_short, message_of, raise_if_environmental
from .unsatisfiable import explained


class SpackSolver:
    """The `Solver` of the Spack in whose interpreter we run."""

    def is_available(self) -> bool:
        """See `Solver.is_available`; may bootstrap the solver and look for compilers, as any
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

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        config = spack.config.override("config:deprecated", True) if deprecated else nullcontext()
        try:
            with config:
                requested = [(spack.spec.Spec(spec), None) for spec in specs]
                found = [spec for _, spec in spack.concretize.concretize_together(requested)]
        except Exception as error:
            # Any exception: a recipe, or what Spack makes of it, may raise whatever it likes.
            raise_if_environmental(error, "cannot run the solver")
            recipes = SpackRecipes(
                deprecated or bool(spack.config.get("config:deprecated", False))
            )
            return Concretized(reason=explained(message_of(error), recipes) or in_short(error))
        nodes = (node for spec in found for node in spec.traverse())
        return Concretized(frozenset((node.name, str(node.version)) for node in nodes))
