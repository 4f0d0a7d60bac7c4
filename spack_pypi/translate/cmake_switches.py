"""The options of a CMake project that keep flags for the machine that builds away::

    option(X_NATIVE "..." ON)
    if(X_NATIVE)
        add_compile_options(-march=native)
    else()
        if(X_AVX)
            add_compile_options(-mavx)  # which not every machine has
        endif()
    endif()

https://cmake.org/cmake/help/latest/command/option.html. An option is one if all such flags stand
in blocks that are run only where it is on. What comes in place of them must not be for certain
machines, either: the options of those are turned off, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from .build_files import commands

#: Flags for instructions that not all machines of a family have.
#: https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html
_INSTRUCTIONS = re.compile(r"-m(?:s?sse|avx|amx|fma|f16c|bmi|popcnt|aes|pclmul|sha|gfni|vaes)\S*")
#: Machines for which Spack has no target.
_UNKNOWN_MACHINES = {
    "loongarch64",
    "mips",
    "mips64",
    "riscv32",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
}
_WINDOWS = {"CYGWIN", "MINGW", "MSVC", "WIN32"}
_OFF = {"OFF", "FALSE", "NO", "N", "0"}

#: A file, and a line of it.
Place = tuple[str, int]


class _Branch(NamedTuple):
    """A branch of an ``if()``, by the number of that: the names that are on where it is run, and
    whether that is only on a machine for which Spack has no target."""

    block: int
    on: Sequence[str] = ()
    elsewhere: bool = False


class BranchedCall(NamedTuple):
    """A call, and the branches in which it stands, the innermost last."""

    name: str
    arguments: Sequence[str]
    line: int
    branches: Sequence[_Branch]


def switches(files: Mapping[str, str], flagged: Collection[Place]) -> tuple[str, ...]:
    """The names of the options to turn off so that none of the flags in these places is given;
    none where no option does that alone."""
    options = options_of(files)
    calls = {path: [*calls_of(files[path])] for path in dict.fromkeys(path for path, _ in flagged)}
    guarding = []
    for path, line in flagged:
        branches = next((each.branches for each in calls[path] if each.line == line), ())
        if not any(branch.elsewhere for branch in branches):
            on = {name for branch in branches for name in branch.on}
            guarding.append(on & options.keys())
    common = sorted(set.intersection(*guarding), key=[*options].index) if guarding else []
    for name in common:
        instead = [*_instead(calls, name, flagged)]
        others = [[*_guards(each, options)] for each in instead]
        if all(others):
            wanted = [names[0] for names in others if options[names[0]] not in _OFF]
            return (name, *dict.fromkeys(wanted))
    return ()


def is_off(files: Mapping[str, str], place: Place) -> bool:
    """Whether what stands in a place is run only where an option is on that is off by default."""
    options, (path, line) = options_of(files), place
    here = next((each for each in calls_of(files[path]) if each.line == line), None)
    on = [name for branch in here.branches for name in branch.on] if here else []
    return any(options.get(name) in _OFF for name in on)


def _instead(
    calls: Mapping[str, Sequence[BranchedCall]], name: str, flagged: Collection[Place]
) -> Iterator[BranchedCall]:
    """The calls with flags for instructions that are made in place of those in places ``flagged``
    where an option is off."""
    for path, made in calls.items():
        blocks = {
            branch.block
            for each in made
            if (path, each.line) in flagged
            for branch in each.branches
            if name in branch.on
        }
        for each in made:
            is_other = any(b.block in blocks and name not in b.on for b in each.branches)
            if is_other and any(map(_INSTRUCTIONS.fullmatch, each.arguments)):
                yield each


def _guards(call: BranchedCall, options: Mapping[str, str]) -> Iterator[str]:
    """The options that must be on where a call is made, the innermost first."""
    for branch in reversed(call.branches):
        yield from (name for name in branch.on if name in options)


def options_of(files: Mapping[str, str]) -> Mapping[str, str]:
    """The default values of the options that nothing but who builds the project turns on."""
    found: dict[str, str] = {}
    computed: set[str] = set()
    calls = {path: [*calls_of(text)] for path, text in files.items()}
    for_windows = {*_for_windows(calls)}
    for path, made in calls.items():
        for call in made if path not in for_windows else ():
            first, *rest = call.arguments or [""]
            is_cached = "CACHE" in rest and "FORCE" not in rest
            if call.name.endswith("option"):  # add_option(), cmake_dependent_option()
                found.setdefault(first, rest[1].upper() if len(rest) > 1 else "OFF")
            elif call.name == "set" and is_cached and "BOOL" in rest:
                found.setdefault(first, rest[0].upper())
            elif call.name == "set" and not is_cached and rest[:1] and rest[0].upper() not in _OFF:
                computed.add(first)
    return {name: value for name, value in found.items() if name not in computed}


def _for_windows(calls: Mapping[str, Sequence[BranchedCall]]) -> Iterator[str]:
    """The files that are included only there."""
    for path in calls:
        name = path.rpartition("/")[2]
        including = [
            call
            for made in calls.values()
            for call in made
            if call.name == "include" and call.arguments[:1] and call.arguments[0].endswith(name)
        ]
        on = [{name for branch in call.branches for name in branch.on} for call in including]
        if on and all(each & _WINDOWS for each in on):
            yield path


def calls_of(text: str) -> Iterator[BranchedCall]:
    """The calls of a file with the branches in which they stand, the innermost last."""
    open_: list[_Branch] = []
    count = 0
    for name, arguments, line in commands(text):
        if name == "if":
            count += 1
            open_.append(_branch(count, arguments))
        elif name == "elseif" and open_:
            open_[-1] = _branch(open_[-1].block, arguments)
        elif name == "else" and open_:
            open_[-1] = _Branch(open_[-1].block)
        elif name == "endif" and open_:
            open_.pop()
        else:
            yield BranchedCall(name, arguments, line, tuple(open_))


def _branch(block: int, condition: Sequence[str]) -> _Branch:
    """What is on where a condition holds: ``X``, or ``X AND NOT Y``."""
    if "OR" in condition:
        return _Branch(block)
    terms = " ".join(condition).split(" AND ")
    on = [term for term in terms if re.fullmatch(r"\w+", term)]
    elsewhere = "NOT" not in condition and not _UNKNOWN_MACHINES.isdisjoint(condition)
    return _Branch(block, on, elsewhere)
