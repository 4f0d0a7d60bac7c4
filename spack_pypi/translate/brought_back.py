"""Modules that Python or setuptools dropped, and which setuptools brings back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..pypi.model import Release
from .requirements import parse


class Bringing(NamedTuple):
    """The ``requirement`` (PEP 508) that brings a module, and ``which`` releases do; Pythons
    before 3.``since`` have it themselves."""

    requirement: str
    which: str
    since: int = 0


#: ``Requires-Python`` is asked for Python 3.0 up to this minor version, which none has yet.
NEWEST = 100
#: Of setuptools, up to one that nobody has made yet.
_NUMBERS = [f"{major}.{minor}" for major in range(200) for minor in (0, 99)]
#: setuptools 82 is the first without pkg_resources, Python 3.12 the first without distutils, which
#: setuptools then brings (PEP 632).
BROUGHT_BACK: Mapping[str, Bringing] = {
    "pkg_resources": Bringing("setuptools<82", "setuptools has up to version 81"),
    "distutils": Bringing(
        "setuptools; python_version >= '3.12'", "setuptools has since Python 3.12", 12
    ),
}


#: The project of all these requirements.
BRINGS = "setuptools"


def dropped(release: Release, imported: Set[str], newest: int = NEWEST) -> tuple[str, ...]:
    """Which of the modules that a release imports were dropped, and are not in all Pythons for
    which it is, up to 3.``newest``."""
    if release.project == BRINGS:
        return ()
    return tuple(
        module
        for module, bringing in BROUGHT_BACK.items()
        if module in imported
        and bringing.since <= newest
        and is_for(release.requires_python, since=bringing.since)
    )


def dropped_to_build(
    release: Release, imported: Set[str], requirements: Sequence[str]
) -> tuple[str, ...]:
    """Which of the modules that a setup.py imports were dropped, and are not kept by the build
    ``requirements`` (PEP 508); setuptools, which runs it, always has distutils."""
    found = dropped(release, imported & {"pkg_resources"})
    return tuple(module for module in found if not is_kept(module, requirements))


def is_kept(module: str, requirements: Iterable[str]) -> bool:
    """Whether one of the ``requirements`` (PEP 508) accepts no release of setuptools that lacks a
    dropped module."""
    brings = Requirement(BROUGHT_BACK[module].requirement)
    if brings.marker is not None:
        return False
    lacking = [number for number in _NUMBERS if number not in brings.specifier]
    always = [each for each in parse(requirements)[0] if each.marker is None]
    of_it = [each.specifier for each in always if canonicalize_name(each.name) == BRINGS]
    return any(not any(number in accepted for number in lacking) for accepted in of_it)


def is_for(requires_python: str, since: int) -> bool:
    """Whether a release is for any Python that is 3.``since`` or newer; so is one whose
    ``Requires-Python`` cannot be read."""
    try:
        allowed = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return True
    return any(allowed.contains(f"3.{minor}") for minor in range(since, NEWEST))


def by(modules: Iterable[str]) -> tuple[str, ...]:
    """The requirements that bring back modules."""
    return tuple(BROUGHT_BACK[module].requirement for module in modules)


def reason(module: str, to_build: bool = False) -> str:
    """Why a recipe depends on what brings a module, which no metadata declares, as a clause;
    ``to_build``: as setup.py, or a module beside it, imports it."""
    imports = f"setup.py needs {module}" if to_build else f"{module} is imported"
    return f"{imports}, which {BROUGHT_BACK[module].which}"
