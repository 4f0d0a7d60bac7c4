"""What a build compiles for besides Spack's target: CUDA, and the very machine that builds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..pypi.model import CMAKE_LISTS, Source, for_machine
from .build_files import commands
from .cmake_reader import CMakeReader
from .cmake_switches import is_off

#: What gives flags to the compiler: https://cmake.org/cmake/help/latest/manual/cmake-commands.7.html
_FLAGS = {"add_compile_options", "list", "set", "string", "target_compile_options"}
_MACHINE = "for the machine that builds it"
#: Other machines have ``-mcpu``: https://gcc.gnu.org/onlinedocs/gcc/Submodel-Options.html
_OF_X86 = "-march"


class Flag(NamedTuple):
    """A flag for the machine that builds, where it stands, and whether it is given in any case."""

    flag: str
    file: str
    line: int
    certain: bool


def for_cuda(source: Source, runs_setup_py: bool) -> tuple[str, ...]:
    """What a recipe says where it is compiled for CUDA in any case, as a clause."""
    line = source.setup_py.compiling.for_cuda if source.setup_py and runs_setup_py else 0
    return (f"setup.py:{line} compiles for CUDA (CUDAExtension)",) if line else ()


def compiles(flag: Flag) -> str:
    """What a flag does, as a clause."""
    may = "compiles" if flag.certain else "may compile"
    return f"{flag.file}:{flag.line} {may} {_MACHINE} ({flag.flag})"


def flags(source: Source, tools: Collection[str], runs_setup_py: bool) -> Sequence[Flag]:
    """All such flags, those that are given in any case first, then those for x86."""
    found = [*_flags(source, tools, runs_setup_py)]
    return sorted(found, key=lambda each: (not each.certain, not each.flag.startswith(_OF_X86)))


def _flags(source: Source, tools: Collection[str], runs_setup_py: bool) -> Iterator[Flag]:
    if source.setup_py is not None and runs_setup_py:
        for flag, line, certain in source.setup_py.compiling.for_machine:
            yield Flag(flag, "setup.py", line, certain)
    if "cmake" not in tools:
        return
    reader = CMakeReader(source, _FLAGS)
    for made in reader.read():
        for flag in _named(made.arguments):
            yield Flag(flag, made.file, made.line, made.always)
    for path, text in source.build_files.items():
        if path not in reader.entered and path.endswith(CMAKE_LISTS) and "=native" in text:
            for name, arguments, line in commands(text):
                for flag in _named(arguments) if name in _FLAGS else ():
                    if not is_off(source.build_files, (path, line)):
                        yield Flag(flag, path, line, False)


def _named(arguments: Sequence[str]) -> Iterator[str]:
    """The flags among the arguments of CMake; what follows ``CACHE`` is said to its user."""
    for argument in arguments[: arguments.index("CACHE") if "CACHE" in arguments else None]:
        yield from for_machine(argument)
