"""Which packages always require another one to run, so that a requirement would be a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...errors import SpackPyPIError
from ...host.port import Cell, Host
from . import oracle

#: How many recipes are followed before the search for a cycle ends.
_MOST = 200


class Cycles:
    """Follows the dependencies of recipes that apply in every configuration on Linux; each recipe
    is read once."""

    def __init__(self, host: Host, matrix: Sequence[Cell]) -> None:
        self._host = host
        self._linux = [cell for cell in matrix if cell.platform == "linux"]
        self._known: dict[str, Mapping[str, frozenset[str]]] = {}

    def requires(self, package: str, specifiers: Sequence[str], goal: str) -> bool:
        """Whether each version of a package that all the specifiers accept requires ``goal``, or a
        package all of whose versions do, and so on."""
        by_version = self._by_version(package)
        accepted = [
            required
            for version, required in by_version.items()
            if all(oracle.accepts(specifier, version) for specifier in specifiers)
        ]
        todo = sorted(_of_all(accepted))
        seen: set[str] = {package, *todo}
        while todo and goal not in seen and len(seen) < _MOST:
            new = _of_all(self._by_version(todo.pop(0)).values()) - seen
            seen |= new
            todo += sorted(new)
        return goal in seen - {package}

    def _by_version(self, package: str) -> Mapping[str, frozenset[str]]:
        """What each version of a recipe always requires; nothing if it does not load."""
        if package not in self._known:
            self._known[package] = self._read(package)
        return self._known[package]

    def _read(self, package: str) -> Mapping[str, frozenset[str]]:
        try:
            meaning = self._host.evaluator.meaning(package)
        except SpackPyPIError:
            return {}
        settings = [dict.fromkeys(meaning.variants, on) for on in (False, True)]
        by_version: dict[str, list[str]] = {
            version.text: []
            for version in meaning.versions
            if oracle.version_of(version.text) and not (version.branch or version.deprecated)
        }
        for line in meaning.lines:
            if "run" not in line.types or line.opaque:
                continue
            if all(map(line.holds_in, self._linux)):
                for version, required in by_version.items():
                    if all(line.applies(version, setting) for setting in settings):
                        required.append(line.package)
        return {version: frozenset(required) for version, required in by_version.items()}


def _of_all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """What is in all of the sets; nothing where there are none."""
    first, *others = [*sets] or [frozenset()]
    return first.intersection(*others)
