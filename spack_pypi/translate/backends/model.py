"""What is known of one build backend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Callable

from ...pypi.model import Source
from ...recipe.build_system import PYTHON, BuildSystem


def _nothing(source: Source) -> Sequence[str]:
    return ()


def _always(source: Source) -> bool:
    return True


@dataclass(frozen=True)
class Tool:
    """A program that a backend runs: the Spack ``package`` that has it, the least version that a
    source requires (``""``: any), and whether it ``needs`` the program."""

    package: str
    minimum: Callable[[Source], str] = lambda source: ""
    needs: Callable[[Source], bool] = _always


@dataclass(frozen=True)
class Backend:
    """A build backend (PEP 517), or an add-on that another backend calls.

    It is recognized by ``modules``, the first part of ``build-backend``, or by ``projects``, one
    of which is among the build requirements. ``documented`` is where its behaviour is described.

    The other fields hold for a backend and for an add-on:

    - ``reads``: the `BUILD_FILES` that it reads, beside pyproject.toml, setup.cfg and setup.py.
      The first may name languages.
    - ``tools``: the programs that it runs.
    - ``languages``: those that its configuration names, None where it names none; then those of
      the source files count.
    - ``generates``: the languages of the code that it writes, or links, itself.
    - ``remarks``: what a reviewer should know, given the names of the build requirements.

    Those below count only for the backend that `of` finds:

    - ``declares``: build requirements that its own files list, beside ``[build-system]``, and
      extras that it needs of those.
    - ``requires``: what it returns from ``get_requires_for_build_wheel``; of these, projects that
      ``[build-system]`` names are dropped.
    - ``is_whole``: whether that is all it can require.
    - ``compiles``: whether it compiles the source files of a release without platform wheels.
    - ``runs_setup_py``: the languages that setup.py names count as well.
    - ``build_system``: what builds its projects in Spack, which may do without it.
    """

    name: str
    documented: str
    modules: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    languages: Callable[[Source], tuple[str, ...] | None] = lambda source: None
    generates: Callable[[Source], Sequence[str]] = _nothing
    remarks: Callable[[Source, set[str]], Iterable[str]] = lambda source, names: ()
    declares: Callable[[Source], Sequence[str]] = _nothing
    requires: Callable[[Source], Sequence[str]] = _nothing
    is_whole: Callable[[Source], bool] = _always
    compiles: Callable[[Source], bool] = _always
    runs_setup_py: bool = False
    build_system: BuildSystem = PYTHON
