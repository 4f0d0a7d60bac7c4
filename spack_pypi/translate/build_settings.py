"""The settings without which a build does not make what Spack means: variables of its environment,
or config settings of its backend, and where they are from.

By default some projects compile for the machine that builds them, whatever Spack's target is. What
prevents that, where one thing alone does: a variable that setup.py asks for, or an option of
CMake, which Spack, setup.py, scikit-build or scikit-build-core give it. The rest is in the table
of known needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..pypi.cmeel import configure_args
from ..pypi.model import Release, Source, at, strings
from ..recipe.build_system import CMAKE
from ..recipe.model import Setting
from . import backends, cmake_switches, compiled_for
from .backends.cmake import SCIKIT_BUILD, SCIKIT_BUILD_CORE
from .cmake_reader import CMakeReader
from .compiled_for import Flag
from .known_needs import (
    FOR_MACHINE,
    KnownResource,
    KnownSetting,
    known_resources,
    known_settings,
)

#: Read by scikit-build, and by many a setup.py: https://scikit-build.readthedocs.io/en/latest/usage.html
_ARGUMENTS = "CMAKE_ARGS"
#: https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html
_DEFINE = "cmake.define."
#: https://cmake.org/cmake/help/latest/module/ExternalProject.html
_EXTERNAL = "externalproject_add"


class FoundSettings(NamedTuple):
    """The settings of a build, what a recipe says of what it compiles for with these besides
    Spack's target, as clauses, and what it downloads unless a setting leads it to that."""

    settings: tuple[KnownSetting, ...] = ()
    said: tuple[str, ...] = ()
    resources: tuple[KnownResource, ...] = ()


def build_settings(
    source: Source, release: Release, tools: Collection[str], runs_setup_py: bool
) -> FoundSettings:
    """What is known of a release from the table, and what its archive shows, where it is built
    with these ``tools``."""
    found = [*known_settings(release)]
    flags = compiled_for.flags(source, tools, runs_setup_py)
    if flags and not any(each.for_target for each in found):
        found += _for_target(source, flags, runs_setup_py)
    said = [*compiled_for.for_cuda(source, runs_setup_py)]
    if flags and not any(each.for_target for each in found):
        said.append(compiled_for.compiles(flags[0]))
    return FoundSettings(tuple(found), tuple(said), known_resources(release, source))


def _for_target(
    source: Source, flags: Sequence[Flag], runs_setup_py: bool
) -> Iterator[KnownSetting]:
    """What prevents that these flags are given; nothing where no setting prevents all."""
    setup_py = source.setup_py if runs_setup_py else None
    by_setup_py = [each for each in flags if each.file == "setup.py"]
    settings: list[Setting] = []
    if by_setup_py:
        switch = setup_py.compiling.switch if setup_py else None
        if switch is None:
            return
        settings.append(Setting(*switch))
    by_cmake = {(each.file, each.line) for each in flags if each.file != "setup.py"}
    otherwise = f"Otherwise {FOR_MACHINE}"
    if by_cmake:
        names = cmake_switches.switches(source.build_files, by_cmake)
        otherwise += ", or for one that has these instructions" if len(names) > 1 else ""
        given = _given(source, names)
        if not given:
            return
        settings += given
    said, place = compiled_for.compiles(flags[0]), f"{flags[0].file}:{flags[0].line}"
    for each in settings:
        why = replace(each, reason=f"{otherwise} ({place})")
        yield KnownSetting(why, said, said, in_table=False)


def _given(source: Source, names: Sequence[str]) -> Sequence[Setting]:
    """How CMake is given that these options are off; nothing where that is not known, as it is not
    where a folder is configured as a project of its own."""
    if not names or any(CMakeReader(source, {_EXTERNAL}).read()):
        return ()
    own = backends.of(source)
    if own.build_system is CMAKE:
        stated = " ".join(configure_args(source))
        is_free = not any(name in stated for name in names)
        return [Setting(name, "OFF", of_cmake=True) for name in names] if is_free else ()
    if own is SCIKIT_BUILD_CORE:
        stated = " ".join(strings(at(source.pyproject, "tool", "scikit-build", "cmake", "args")))
        is_free = not any(name in stated for name in names)
        return [Setting(f"{_DEFINE}{name}", "OFF", True) for name in names] if is_free else ()
    setup_py = source.setup_py
    if setup_py is None:
        return ()
    asked, given = setup_py.cmake.by_environment, setup_py.cmake.values
    if all(name in asked for name in names):
        return [Setting(asked[name], "OFF") for name in names]
    if (own is SCIKIT_BUILD or "" in asked) and not any(name in given for name in names):
        return [Setting(_ARGUMENTS, " ".join(f"-D{name}=OFF" for name in names))]
    return ()


def option(known: KnownSetting) -> str:
    """What a recipe mentions that has a setting in any way."""
    return known.setting.name.replace(_DEFINE, "")


def joined(by_version: Iterable[Iterable[KnownSetting]]) -> tuple[Setting, ...]:
    """The settings of the builds of all versions of a recipe, those of the first before others.
    What only some ask for is nothing to the rest."""
    found: dict[str, Setting] = {}
    for settings in by_version:
        for each in settings:
            found.setdefault(each.setting.name, each.setting)
    return tuple(found.values())


def unset(settings: Iterable[KnownSetting]) -> Iterator[str]:
    """What a recipe says that does not have these settings, as clauses."""
    prevented: dict[str, list[str]] = {}
    for each in settings:
        prevented.setdefault(each.otherwise, []).append(str(each.setting))
    yield from (f"{each}, which {' '.join(names)} prevents" for each, names in prevented.items())
