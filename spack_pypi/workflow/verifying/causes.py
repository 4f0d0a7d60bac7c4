"""Why a build failed, as far as its log shows: a table of the messages of build tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...host.port import Failure
from ...translate.modules import provider


@dataclass(frozen=True)
class Cause:
    """``text`` completes "likely because ...". ``project`` is one that must be added to the build
    requirements, empty where that would not help."""

    text: str
    project: str = ""


_MODULE = (
    r"ModuleNotFoundError: No module named ['\"]?(?P<name>[\w.]+)",
    r"ImportError: No module named ['\"]?(?P<name>[\w.]+)",
    r"BackendUnavailable: Cannot import '(?P<name>[\w.]+)'",
)
_HEADER = "the header {name} is missing: the recipe lacks a dependency on a native library"
_LIBRARY = "the library {name} is missing: the recipe lacks a dependency on a native library"
_CRATE = "cargo cannot download crates ({name}), which are not part of the archive"
_DOWNLOAD = "the build downloads something that is not part of the archive ({name})"
_OTHERS: tuple[tuple[str, str], ...] = (
    (r"fatal error: (?P<name>\S+): No such file or directory", _HEADER),
    (r"cannot find -l(?P<name>[^\s:]+)", _LIBRARY),
    (r"Could NOT find (?P<name>\w+)", "CMake does not find {name}"),
    (
        r"Could not find a package configuration file provided by \"(?P<name>\w+)\"",
        "CMake does not find {name}",
    ),
    (r"Dependency \"(?P<name>[^\"]+)\" not found", "Meson does not find {name}"),
    (
        r"(?P<name>[\w+-]+) was not found in the pkg-config search path",
        "pkg-config does not find {name}",
    ),
    (r"(?:Could not|Couldn't) resolve host(?:name)?[^\n]*?(?P<name>[\w.-]*crates[\w.-]*)", _CRATE),
    (r"(?:failed to download|failed to get) `(?P<name>[^`]+)`", _CRATE),
    (r"(?P<name>urlopen error|NewConnectionError|Max retries exceeded)", _DOWNLOAD),
    (r"(?P<name>Git command failed: \[[^\]\n]*\])", _DOWNLOAD),
    (
        r"rustc (?P<name>[\d.]+) is not supported by the following",
        "a crate needs a newer rust than {name}",
    ),
    (r"requires rustc (?P<name>[\d.]+) or newer", "a crate needs rust {name} or newer"),
    (r"(?:command|program) '(?P<name>[\w.+-]+)' (?:failed: )?No such file", "{name} is missing"),
    (r"(?P<name>[\w.+-]+): (?:command )?not found", "the program {name} is missing"),
    (
        r"\[spack (?P<name>\w+)\]: Error: SPACK_\w+\* variables not set",
        "the recipe does not depend on the language of the compiler that it calls ({name})",
    ),
    (r"Unknown compiler\(s\): \[\['(?P<name>\w+)'", "no compiler for {name} is configured"),
    (r"No CMAKE_(?P<name>\w+)_COMPILER could be found", "no compiler for {name} is configured"),
)


def cause_of_failure(failure: Failure) -> Cause | None:
    """The likely cause of a failure, None where its log holds no known message."""
    if failure.phase == "fetch":
        return Cause(f"the archive of {failure.package} cannot be fetched")
    causes = [(at, _missing(name)) for at, name in _last_of(_MODULE, failure.tail)]
    for pattern, sentence in _OTHERS:
        for at, name in _last_of([pattern], failure.tail):
            causes.append((at, Cause(sentence.replace("{name}", name))))
    # What stands last is nearest to the end of the build.
    return max(causes, key=lambda each: each[0])[1] if causes else None


def missing_module(text: str) -> Cause | None:
    """The module that Python missed, and the project that provides it."""
    modules = list(_last_of(_MODULE, text))
    return _missing(max(modules)[1]) if modules else None


def _missing(module: str) -> Cause:
    project = provider(module)
    return Cause(f"the module {module} is missing, which {project} provides", project)


def _last_of(patterns: Sequence[str], text: str) -> Iterator[tuple[int, str]]:
    """Position and name of the last match of each pattern."""
    for pattern in patterns:
        matches = list(re.finditer(pattern, text))
        if matches:
            yield matches[-1].start(), matches[-1]["name"]
