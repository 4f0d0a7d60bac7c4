"""A host in memory that finds fault with recipes, and a closure of all kinds of recipes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spack_pypi.host.port import Problem, Target
from tests.memory import MemoryHost, MemoryIndex, MemoryStaging, MemoryWriter

HAND = """\
from spack.package import *


class PyHand(PythonPackage):
    pypi = "hand/hand-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-hatchling", type="build")
"""


class Host(MemoryHost):
    """Counts what is staged, and finds fault with some recipes. ``faults`` maps a package and a
    part of its text to what ``fails_at`` says where that part stands there."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.writer = Writer(self)
        self.staged_texts: list[dict[str, str]] = []
        self.faults: dict[tuple[str, str], str] = {}
        self.fails_at = "load"
        self.commits = 0
        #: What was called for the audit, in order.
        self.audits: list[str] = []

    def found(self, step: str, recipes: Mapping[str, str]) -> Sequence[Problem]:
        """What is wrong at a step."""
        return [
            Problem(package, what)
            for (package, part), what in self.faults.items()
            if part in recipes.get(package, "") and step == self.fails_at
        ]


class Writer(MemoryWriter):
    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._faulty = host

    def stage(self, target: Target, recipes: Mapping[str, str]) -> MemoryStaging:
        self._faulty.staged_texts.append(dict(recipes))
        return Staging(self._faulty, target, recipes)


class Staging(MemoryStaging):
    def __init__(self, host: Host, target: Target, recipes: Mapping[str, str]) -> None:
        super().__init__(host, target, recipes)
        self._faulty = host

    def load(self) -> Sequence[Problem]:
        return self._faulty.found("load", self._recipes)

    def forget_loaded(self) -> None:
        pass

    def begin_audit(self) -> None:
        self._faulty.audits.append("begun")

    def audit(self) -> Sequence[Problem]:
        self._faulty.audits.append("asked")
        return self._faulty.found("audit", self._recipes)

    def commit(self, packages: Sequence[str] | None = None) -> None:
        self._faulty.commits += 1
        super().commit(packages)


def faulty_host() -> Host:
    """Has old of builtin, and hand of the repo that is written to."""
    made = Host()
    made.has("hatchling", "1.0")
    made.has("old", "1.0")
    made.keep("hand", "py-hand", HAND)
    made.texts["py-hand"] = HAND
    return made


def faulty_index() -> MemoryIndex:
    """app needs lib, which needs base, and newer releases of old and hand."""
    made = MemoryIndex()
    made.add("app", "1.0", "lib", "old>=2", "hand>=2")
    made.add("lib", "1.0", "base")
    made.add("lib", "2.0", "base")
    made.add("base", "1.0")
    made.add("old", "1.0")
    made.add("old", "2.0")
    made.add("hand", "1.0")
    made.add("hand", "2.0")
    return made
