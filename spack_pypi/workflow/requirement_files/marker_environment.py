"""The environment in which the markers of files are decided: this machine and this Python, or
those that ``--for`` names."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.markers import (
    InvalidMarker,
    Marker,
    UndefinedEnvironmentName,
    default_environment,
)
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ...errors import UsageError
from ...pypi.limits import is_short
from ...translate.environments import (
    MACHINES,
    PLACES,
    PLATFORMS,
    By,
    PythonSlice,
    environment,
    variables,
)

#: Names of platforms and machines that Spack spells in another way.
_ALIASES: Mapping[str, str] = {
    "macos": "darwin",
    "win32": "windows",
    "amd64": "x86_64",
    "arm64": "aarch64",
}
_PYTHON = re.compile(r"(?:py|python|cp)?3(?:\.?([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2}))")
#: The patch release of a Python of which only the minor version is named: the newest one, which
#: Spack would install.
_NEWEST_PATCH = 99
#: The variables of the running kernel, which ``--for`` cannot name.
_UNKNOWN = re.compile("|".join(sorted(variables(By.UNKNOWN))))
#: How uv and Poetry write which extras are chosen, and how PEP 751 does.
_EXTRA = re.compile(r"""\bextra\s*(==|!=)\s*("[^"]*"|'[^']*')""")
_MEANS = {"==": "in", "!=": "not in"}


@dataclass(frozen=True)
class MarkerEnvironment:
    """``variables`` are those of PEP 508; ``platform`` and ``machine`` as Spack names them (empty
    where it has no name); ``elsewhere``: another platform or machine than this one; ``named``:
    ``--for`` chose it."""

    variables: Mapping[str, str]
    platform: str
    machine: str
    elsewhere: bool = False
    named: bool = False

    @property
    def python(self) -> str:
        """The minor version of Python: ``3.12``."""
        return self.variables["python_version"]

    @property
    def full_python(self) -> str:
        """Its full version, without the ``+`` of one that is built from a working copy."""
        return self.variables["python_full_version"].rstrip("+")

    def __str__(self) -> str:
        return f"{self.platform or sys.platform}, Python {self.python}"

    def holds(self, marker: str | Marker | None, where: object, extra: str = "") -> bool:
        """Whether a marker (PEP 508) applies with this ``extra``. Raises `UsageError`, which names
        the file, ``where``, for what is not a marker."""
        return self._evaluated(marker, where, "metadata", {"extra": extra})

    def holds_locked(
        self,
        marker: str | Marker | None,
        where: object,
        extras: Collection[str] = (),
        groups: Collection[str] = (),
    ) -> bool:
        """The same for a marker of a lock file, with all chosen extras and groups: it may compare
        ``extra`` with several names at once."""
        if isinstance(marker, str):
            marker = _EXTRA.sub(lambda found: f"{found[2]} {_MEANS[found[1]]} extras", marker)
        chosen = {"extras": frozenset(extras), "dependency_groups": frozenset(groups)}
        return self._evaluated(marker, where, "lock_file", chosen)

    def check_listed(self, markers: Sequence[str | Marker], where: object) -> None:
        """Raise `UsageError` where a file is for the environments of these markers, and this is
        none of them. Without markers it is for all."""
        if markers and not any(self.holds(marker, where) for marker in markers):
            raise UsageError(
                f"{where} is not for {self}: choose another environment with --for; it is for "
                f"{' or '.join(map(str, markers))}"
            )

    def check_python(self, required: object, where: object) -> None:
        """Raise `UsageError` where a file is for other versions of Python (PEP 440)."""
        if required in (None, ""):
            return
        try:
            accepted = SpecifierSet(required if is_short(str(required)) else "-")  # type: ignore[arg-type]
        except (InvalidSpecifier, TypeError, AttributeError):
            message = f"{where}: '{str(required)[:40]}' is not a range of Python versions"
            raise UsageError(message) from None
        if not accepted.contains(self.full_python, prereleases=True):
            raise self.wrong_python(accepted, where)

    def wrong_python(self, accepted: object, where: object) -> UsageError:
        """The error for a file that is for other versions of Python."""
        return UsageError(
            f"{where} is for Python {accepted}, not {self.python}: choose another one with --for, "
            "such as --for py312"
        )

    def _evaluated(
        self, marker: str | Marker | None, where: object, context: Any, chosen: Any
    ) -> bool:
        if marker in (None, ""):
            return True
        text = str(marker)
        if self.elsewhere and _UNKNOWN.search(text):
            raise UsageError(f"{where}: '{text}' depends on a kernel, which --for does not name")
        try:
            if not is_short(text):
                raise UsageError(f"{where}: '{text[:40]}...' is too long for a marker")
            parsed = marker if isinstance(marker, Marker) else Marker(text)
            return parsed.evaluate({**self.variables, **chosen}, context=context)
        except InvalidMarker as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"{where}: '{text}' is not a marker (PEP 508): {reason}") from None
        except (ValueError, UndefinedEnvironmentName):
            raise UsageError(f"{where}: '{text}' cannot be evaluated (PEP 508)") from None


def here() -> MarkerEnvironment:
    """This machine, with the Python that runs us."""
    found = {name: str(value) for name, value in default_environment().items()}
    platform = next(
        (
            name
            for name, its in PLATFORMS.items()
            if its.platform_system == found["platform_system"]
        ),
        "",
    )
    return MarkerEnvironment(found, platform, _family(platform, found["platform_machine"]))


def named(text: str) -> MarkerEnvironment:
    """What ``--for`` names: a platform, a machine and a version of Python, in any order
    (``linux,aarch64,py312``); what is not named is as here. Raises `UsageError`."""
    mine = here()
    platform = machine = ""
    python: tuple[str, str | None] | None = None
    for word in filter(None, re.split(r"[\s,]+", text.strip().lower())):
        known = _ALIASES.get(word, word)
        version = _PYTHON.fullmatch(word)
        if known in PLATFORMS and not platform:
            platform = known
        elif known in MACHINES and not machine:
            machine = known
        elif version and not python:
            python = (version[1] or version[2], version[3])
        elif version or known in (*PLATFORMS, *MACHINES):
            raise UsageError(
                f"--for {text}: '{word}' is a second platform, machine or Python; give one of each"
            )
        else:
            raise UsageError(
                f"--for {text}: '{word}' is neither a platform ({_listed(PLATFORMS)}), nor a "
                f"machine ({_listed(MACHINES)}), nor a Python such as py312"
            )
    values = dict(mine.variables)
    platform, machine = platform or mine.platform, machine or mine.machine
    elsewhere = (platform, machine) != (mine.platform, mine.machine)
    if elsewhere:
        values.update(_of_place(platform, machine, text))
    if python:
        values.update(_of_python(*python, mine=mine.variables))
    return MarkerEnvironment(values, platform, machine, elsewhere, named=True)


def _of_place(platform: str, machine: str, text: str) -> Mapping[str, str]:
    for place in PLACES:
        if (place.platform, place.target) == (platform, machine):
            python = PythonSlice("", "", "", "")
            decided = variables(By.PLACE, By.ALWAYS)
            known = environment(python, place)
            return {name: value for name, value in known.items() if name in decided}
    raise UsageError(f"--for {text}: there is no {machine or 'such machine'} with {platform}")


def _of_python(minor: str, patch: str | None, mine: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of a Python; of a minor that runs us, of its own patch release."""
    short = f"3.{int(minor)}"
    full = f"{short}.{int(patch) if patch else _NEWEST_PATCH}"
    if not patch and short == mine["python_version"]:
        full = mine["python_full_version"]
    known = environment(PythonSlice(short, full, short, short), PLACES[0])
    return {name: known[name] for name in variables(By.PYTHON, By.ALWAYS)}


def _family(platform: str, machine: str) -> str:
    machines = PLATFORMS[platform].machines if platform else {}
    return next((name for name, its in machines.items() if its.name == machine), "")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
