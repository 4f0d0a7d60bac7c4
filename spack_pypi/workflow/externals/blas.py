"""Which BLAS an installed NumPy uses: recipes that are built on NumPy, such as SciPy's, ask for
it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ...files import small_text
from ...host.port import External, Store
from ...prefixes.blas import OpenBlas, openblas_in
from ...prefixes.conda import CondaPackage, conda_packages
from ...prefixes.distributions import Distribution
from ...syntax import parse
from .linked import compiled_modules, linked_with

#: Libraries with a BLAS, in the name that a module needs.
_LIBRARY = re.compile(r"lib(scipy_)?(openblas|cblas|blas|lapack|mkl_|flexiblas|blis|armpl)[\w.-]*")
#: OpenBLAS itself, with 32-bit integers and the usual names of its functions.
_OPENBLAS = re.compile(r"libopenblas[po]?(-r[\d.]+)?\.so[\d.]*")
#: What others are: the names of their files, and why no entry of Spack's package of it is sure.
_OTHERS = (
    (
        re.compile(r"libmkl_.*"),
        "which is MKL: Spack's intel-oneapi-mkl must lie in PREFIX/mkl/VERSION, as Intel's "
        "installer puts it, and its threads are a variant that no file says",
    ),
    (
        re.compile(r"libblis.*"),
        "which is BLIS: it has no LAPACK, so numpy uses a second library for that",
    ),
)
#: What ``__config__.py`` of NumPy 1 before 1.26 calls its BLAS, and names that say nothing more.
_OLD_CONFIGURATION = ("blas_opt_info", "blas_ilp64_opt_info")
_NAMELESS = ("blas", "cblas")
#: The modules of NumPy that use a BLAS.
_MODULES = ("numpy/*core/_multiarray_umath.*", "numpy/linalg/_umath_linalg.*")
#: How conda-forge says which threads an OpenBLAS has: how its build string begins.
_THREADS = {"pthreads": "pthreads", "openmp": "openmp"}
#: The longest ``__config__.py`` that is read, bytes.
_LONGEST = 1 << 20
_UNUSABLE = "so what asks numpy for its BLAS when it is built, as builtin's py-scipy does, fails"


class UsedBlas(NamedTuple):
    """The BLAS that a NumPy uses, as a package, where that is sure and others can be built with
    it; else a ``note`` says what is known."""

    external: External | None = None
    note: str = ""


def used_blas(numpy: Distribution, prefix: Path, store: Store) -> UsedBlas:
    """The BLAS of a NumPy of a prefix: what its modules are linked with; where these name none, or
    cannot be read, what it was built with."""
    conda = conda_packages(prefix)
    # An egg-info may have no list of files.
    modules = compiled_modules(numpy) or [
        str(file.relative_to(numpy.folder))
        for pattern in _MODULES
        for file in sorted(numpy.folder.glob(pattern))
    ]
    for _, name, places in linked_with(numpy.folder, modules, _LIBRARY, store):
        if not places:
            return UsedBlas(note=f"its BLAS is {name}, wherever that is found, {_UNUSABLE}")
        place = places[0]
        if place.parent.name == "numpy.libs":
            said = _built_with(numpy) or f" ({place.name})"
            return UsedBlas(note=f"its BLAS{said} is a part of its wheel, {_UNUSABLE}")
        real = place.resolve()
        if not _OPENBLAS.fullmatch(real.name):
            said = _implementation(conda)
            whys = (why for names, why in _OTHERS if names.fullmatch(real.name))
            why = next(whys, "and not OpenBLAS")
            return UsedBlas(note=f"its BLAS is {real}{said}, {why}, {_UNUSABLE}")
        for folder in (place.parent, real.parent):
            found = openblas_in(folder.parent)
            if found is not None:
                return UsedBlas(_external(found, conda.get("libopenblas")))
        lacks = f"{place.parent.parent} lacks its headers (openblas_config.h, cblas.h)"
        hint = "; install the package openblas of conda there" if conda else ""
        return UsedBlas(note=f"its BLAS is {real.name}, and {lacks}, {_UNUSABLE}{hint}")
    return UsedBlas(note=f"its BLAS{_built_with(numpy)} is not found, {_UNUSABLE}")


def _external(found: OpenBlas, conda: CondaPackage | None) -> External:
    variants = ["+ilp64" if found.is_ilp64 else "~ilp64"]
    threads = _THREADS.get(conda.build.partition("_")[0]) if conda else None
    # What comes from elsewhere may have replaced the files of conda's.
    if conda and threads and conda.version == found.version:
        variants.append(f" threads={threads}")
    return External("openblas", found.version, found.prefix, tuple(variants))


def _implementation(conda: Mapping[str, CondaPackage]) -> str:
    """Which BLAS conda has chosen for its prefix."""
    blas = conda.get("libblas")
    return f" ({blas.label})" if blas else ""


def _built_with(numpy: Distribution) -> str:
    """The name and version of the BLAS that NumPy was built with, as its ``__config__`` says:
    `numpy.show_config` prints it. It is read, and not run."""
    text = small_text(numpy.folder / "numpy" / "__config__.py", _LONGEST)
    try:
        tree = parse(text or "")
        said = _said_by_meson(tree) or _said_by_distutils(tree)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        said = ""
    return f" ({said})" if said else ""


def _said_by_meson(tree: ast.AST) -> str:
    """NumPy 1.26 and later: ``"blas": {"name": "scipy-openblas", "version": "0.3.30", ...}``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if isinstance(key, ast.Constant) and key.value == "blas":
                    said = _texts(value)
                    return " ".join(filter(None, (said.get("name"), said.get("version"))))
    return ""


def _said_by_distutils(tree: ast.AST) -> str:
    """NumPy before 1.26: ``blas_opt_info={'libraries': ['mkl_rt', 'pthread'], ...}``."""
    for node in ast.walk(tree):
        names = [each.id for each in getattr(node, "targets", ()) if isinstance(each, ast.Name)]
        if not (isinstance(node, ast.Assign) and {*names} & {*_OLD_CONFIGURATION}):
            continue
        said = ast.literal_eval(node.value)
        libraries = said.get("libraries") if isinstance(said, dict) else None
        for name in libraries if isinstance(libraries, list) else ():
            if isinstance(name, str) and name not in _NAMELESS:
                return name
    return ""


def _texts(node: ast.expr) -> dict[str, str]:
    """The texts of a literal dict, by key; what is computed is left out."""
    if not isinstance(node, ast.Dict):
        return {}
    return {
        key.value: value.value
        for key, value in zip(node.keys, node.values)
        if isinstance(key, ast.Constant)
        and isinstance(value, ast.Constant)
        and isinstance(key.value, str)
        and isinstance(value.value, str)
    }
