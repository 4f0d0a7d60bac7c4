"""What is installed in a Python: ``--from python:/path/to/python``."""

from __future__ import annotations

from ...prefixes import interpreter as interpreters
from ...prefixes.distributions import Distribution, installed
from ...prefixes.interpreter import Interpreter
from .marker_environment import MarkerEnvironment, named
from .model import EDITABLE, RequirementSet

#: How ``--from`` names an interpreter.
PREFIX = "python:"
_ADDRESS = "installed from a path, a URL or a repository, not from an index"
#: What ensurepip installs before Python 3.12; ``pip freeze`` leaves it out too.
_BY_ENSUREPIP = frozenset({"pip", "setuptools", "wheel"})


def interpreter(name: str) -> Interpreter | None:
    """The interpreter that ``--from`` names; None where it names a file. Raises `UsageError` for
    one that does not answer."""
    if not name.startswith(PREFIX):
        return None
    return interpreters.ask(name[len(PREFIX) :], f" after {PREFIX}")


def environment(python: Interpreter) -> MarkerEnvironment:
    """The environment of an interpreter for markers."""
    return named(".".join(map(str, python.version)))


def read(python: Interpreter, requirements: RequirementSet) -> None:
    """Add the release of each project that is installed for this interpreter; what comes from no
    index is noted. Raises `UsageError`."""
    requirements.environment.check_python(f"=={python.minor}.*", python.command)
    requirements.locked = True
    by_ensurepip = _BY_ENSUREPIP if python.version < (3, 12) else frozenset({"pip"})
    for found in installed(python):
        if found.problem:
            requirements.skip(str(found.path), found.problem)
        elif found.shadowed_by is None and found.project not in by_ensurepip:
            other = _other_origin(found)
            if other:
                requirements.skip(found.project, other)
            else:
                requirements.pin(found.project, found.version, found.path)


def _other_origin(found: Distribution) -> str:
    """Why what is installed is not a release of an index; empty where it is one."""
    if found.is_editable:
        return EDITABLE
    return _ADDRESS if found.address else ""
