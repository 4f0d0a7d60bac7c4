"""What is installed and no longer whole: nothing that is built on it would work."""

from __future__ import annotations

from functools import lru_cache

from ...prefixes.distributions import Distribution
from ..doctor.distributions import COMPILED, TESTS, files_of, gone, said_gone
from ..doctor.pythons import for_others


@lru_cache(maxsize=1 << 12)
def damage(found: Distribution, minor: str) -> str:
    """Why a distribution cannot be imported by a Python of this ``minor`` version (``3.12``), by
    its files; empty where nothing shows that. Tests may be gone: conda's packages leave them
    out."""
    lost = [path for path in gone(found) if not any(map(TESTS.fullmatch, path.split("/")[:-1]))]
    if lost:
        return f"{said_gone(lost, found.folder)}: install it again"
    compiled = [found.folder / path for path in files_of(found) if _is_compiled(path)]
    for module, minors in for_others(compiled, minor).items():
        return f"its compiled module {module.name} is for Python {', '.join(sorted(minors))}"
    return ""


def _is_compiled(path: str) -> bool:
    return COMPILED.fullmatch(path.rpartition("/")[2]) is not None
