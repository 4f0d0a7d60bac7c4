"""setuptools: configured by pyproject.toml, setup.cfg and setup.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ...pypi.model import Source, at
from .model import Backend

#: The first version that reads a licence as PEP 639 has it, and the last one before.
READS_LICENSE = "setuptools>=77"
_READS, _READS_NOT = "77.0.3", "76.1.0"


def _requires(source: Source) -> Sequence[str]:
    # A table is enough: without setuptools-scm the version would be 0.0.0.
    # https://setuptools-scm.readthedocs.io
    scm = at(source.pyproject, "tool", "setuptools_scm") is not None
    return ("setuptools-scm",) if scm else ()


def for_license(source: Source, requirements: Sequence[str]) -> str:
    """Why `READS_LICENSE` is needed beside the ``requirements`` (PEP 508), as a clause, ``""`` if
    it is not: ``license`` in ``[project]`` is an expression, or ``license-files`` is there (PEP
    639), and older versions end with an error."""
    stated = at(source.pyproject, "project", "license")
    files = at(source.pyproject, "project", "license-files")
    if not (isinstance(stated, str) or files is not None):
        return ""
    field = f'license = "{stated}"' if isinstance(stated, str) else "license-files"
    allowed = _allowed(requirements)
    is_open = bool(allowed) and {*allowed[0].filter((_READS, _READS_NOT))} > {_READS}
    return f"{field} in pyproject.toml needs setuptools 77 (PEP 639)" if is_open else ""


def reads_license(requirements: Iterable[str]) -> bool:
    """Whether requirements (PEP 508) accept no setuptools before `READS_LICENSE`."""
    return any(_READS_NOT not in each for each in _allowed(requirements))


def _allowed(requirements: Iterable[str]) -> list[SpecifierSet]:
    """What those of the requirements for setuptools accept that hold in any case."""
    found = []
    for text in requirements:
        try:
            required = Requirement(text)
        except InvalidRequirement:
            continue
        if canonicalize_name(required.name) == "setuptools" and not required.marker:
            found.append(required.specifier)
    return found


def _is_whole(source: Source) -> bool:
    """Whether ``setup_requires`` is absent from setup.py, or a literal there."""
    called = source.setup_py
    if called is None:
        return True
    absent = called.names is not None and "setup_requires" not in called.names
    return absent or "setup_requires" in called.keywords


def _compiles(source: Source) -> bool:
    by_setup_py = source.setup_py is not None and source.setup_py.compiling.mentioned
    return by_setup_py or at(source.pyproject, "tool", "setuptools", "ext-modules") is not None


SETUPTOOLS = Backend(
    "setuptools",
    "https://setuptools.pypa.io/en/latest/build_meta.html",
    modules=("setuptools",),
    declares=lambda source: source.setup_requires,
    requires=_requires,
    is_whole=_is_whole,
    compiles=_compiles,
    runs_setup_py=True,
)
