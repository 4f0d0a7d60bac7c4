"""What a build compiles for besides Spack's target: CUDA, and the very machine that builds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..pypi.model import CMAKE_LISTS, Source, for_machine
from .build_files import commands
from .cmake_reader import CMakeReader

#: What gives flags to the compiler: https://cmake.org/cmake/help/latest/manual/cmake-commands.7.html
_FLAGS = {"add_compile_options", "list", "set", "string", "target_compile_options"}
_MACHINE = "for the machine that builds it"


def said(source: Source, tools: Collection[str], runs_setup_py: bool) -> tuple[str, ...]:
    """What a recipe must say, as clauses: for what it is compiled in any case."""
    line = source.setup_py.compiling.for_cuda if source.setup_py and runs_setup_py else 0
    cuda = [f"setup.py:{line} compiles for CUDA (CUDAExtension)"] if line else []
    found = [each for each in _flags(source, tools, runs_setup_py) if each[3]]
    return (
        *cuda,
        *(f"{file}:{line} compiles {_MACHINE} ({flag})" for flag, file, line, _ in found[:1]),
    )


def unclear(source: Source, tools: Collection[str], runs_setup_py: bool) -> tuple[str, ...]:
    """What a reviewer should check: for what it may be compiled."""
    found = [*_flags(source, tools, runs_setup_py)]
    if not found or any(certain for *_, certain in found):
        return ()
    flag, file, line, _ = found[0]
    return (f"{file}:{line} may compile {_MACHINE} ({flag}), whatever Spack's target is",)


def _flags(
    source: Source, tools: Collection[str], runs_setup_py: bool
) -> Iterator[tuple[str, str, int, bool]]:
    """(flag, file, line, whether in any case)."""
    if source.setup_py is not None and runs_setup_py:
        for flag, line, certain in source.setup_py.compiling.for_machine:
            yield flag, "setup.py", line, certain
    if "cmake" not in tools:
        return
    reader = CMakeReader(source, _FLAGS)
    for made in reader.read():
        for flag in _named(made.arguments):
            yield flag, made.file, made.line, made.always
    for path, text in source.build_files.items():
        if path not in reader.entered and path.endswith(CMAKE_LISTS) and "=native" in text:
            for name, arguments, line in commands(text):
                for flag in _named(arguments) if name in _FLAGS else ():
                    yield flag, path, line, False


def _named(arguments: Sequence[str]) -> Iterator[str]:
    """The flags among the arguments of CMake; what follows ``CACHE`` is said to its user."""
    for argument in arguments[: arguments.index("CACHE") if "CACHE" in arguments else None]:
        yield from for_machine(argument)
