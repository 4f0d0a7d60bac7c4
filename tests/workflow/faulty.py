"""A host in memory that finds fault with recipes, and a closure of all kinds of recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spack_pypi.host.port import Problem, Target
from tests.memory import MemoryHost, MemoryIndex, MemoryStaging

HAND = """\
from spack.package import *


class PyHand(PythonPackage):
    pypi = "hand/hand-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-hatchling", type="build")
"""


class Host(MemoryHost):
    """Counts what is staged, and finds fault with some recipes as often as it is told."""

    staged_texts: list[dict[str, str]]
    #: (package, part of its text) → what `load` or `audit` says where that part stands there.
    faults: dict[tuple[str, str], str]
    fails_at: str = "load"
    commits = 0

    def stage(self, target: Target, recipes: Any) -> MemoryStaging:
        self.staged_texts.append(dict(recipes))
        return Staging(self, recipes)


class Staging(MemoryStaging):
    def _found(self, step: str) -> Sequence[Problem]:
        host: Any = self._host
        return [
            Problem(package, what)
            for (package, part), what in host.faults.items()
            if part in self._recipes.get(package, "") and step == host.fails_at
        ]

    def load(self) -> Sequence[Problem]:
        return self._found("load")

    def audit(self) -> Sequence[Problem]:
        return self._found("audit")

    def commit(self) -> Any:
        host: Any = self._host
        host.commits += 1
        return super().commit()


def faulty_host() -> Host:
    """Has old of builtin, and hand of the repo that is written to."""
    made = Host()
    made.staged_texts, made.faults = [], {}
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
