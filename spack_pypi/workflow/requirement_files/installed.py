"""What is installed in a Python: ``--from python:/path/to/python``.

The interpreter is asked only where it keeps packages; their metadata is read as files, and nothing
of them is imported.
"""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from typing import NamedTuple

from packaging.utils import canonicalize_name

from ...errors import UsageError
from .marker_environment import MarkerEnvironment, named
from .model import EDITABLE, RequirementSet

#: How ``--from`` names an interpreter.
PREFIX = "python:"
_ADDRESS = "installed from a path, a URL or a repository, not from an index"
#: What ensurepip installs before Python 3.12; ``pip freeze`` leaves it out too.
_BY_ENSUREPIP = frozenset({"pip", "setuptools", "wheel"})
_QUESTION = """
import json, sys, sysconfig
paths = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *sys.path]
print(json.dumps({"version": sys.version_info[:3], "paths": paths}))
"""
#: Seconds that the answer may take.
_LONGEST = 60


class Interpreter(NamedTuple):
    """A Python: its command, its version (3, 12, 4), and where it looks for packages."""

    command: str
    version: tuple[int, ...]
    paths: list[str]

    @property
    def environment(self) -> MarkerEnvironment:
        """Its environment for markers."""
        return named(".".join(map(str, self.version)))


def interpreter(name: str) -> Interpreter | None:
    """The interpreter that ``--from`` names; None where it names a file. Raises `UsageError` for
    one that does not answer."""
    if not name.startswith(PREFIX):
        return None
    command = name[len(PREFIX) :]
    try:
        # -I: neither its user's settings nor the current folder change what it answers.
        done = subprocess.run(
            [command, "-I", "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST,
            check=True,
        )
        answer = json.loads(done.stdout)
        version, paths = tuple(answer["version"]), [*map(str, answer["paths"])]
        if version < (3, 6) or not all(isinstance(number, int) for number in version):
            raise ValueError
    except OSError as error:
        raise UsageError(f"{command} cannot be run: {error.strerror}") from None
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"{command} does not answer as a Python 3 does; give the path of an interpreter after "
            f"{PREFIX}"
        ) from None
    return Interpreter(command, version, paths)


def read(python: Interpreter, requirements: RequirementSet) -> None:
    """Add the release of each project that is installed for this interpreter; what comes from no
    index is noted. Raises `UsageError`."""
    minor = ".".join(map(str, python.version[:2]))
    requirements.environment.check_python(f"=={minor}.*", python.command)
    requirements.locked = True
    seen: set[str] = set()
    by_ensurepip = _BY_ENSUREPIP if python.version < (3, 12) else frozenset({"pip"})
    for found in metadata.distributions(path=[*dict.fromkeys(python.paths)]):
        name: object = None
        version: object = None
        try:
            name, version = found.metadata["Name"], found.version
            other = _other_origin(found)
        except (OSError, ValueError, KeyError, TypeError):
            name = None
        if not (isinstance(name, str) and isinstance(version, str)):
            where = getattr(found, "_path", "a folder")
            requirements.skip(str(where), "its metadata cannot be read")
            continue
        project = canonicalize_name(name)
        if project in seen or project in by_ensurepip:
            continue
        # The first one on the path is the one that is imported.
        seen.add(project)
        if other:
            requirements.skip(project, other)
        else:
            requirements.pin(project, version)


def _other_origin(found: metadata.Distribution) -> str:
    """Why what is installed is no release of an index; empty where it is one."""
    if (found.read_text("INSTALLER") or "").strip() == "conda":
        # Its record of an origin is a folder of the machine that built it.
        return ""
    text = found.read_text("direct_url.json")
    if text is not None:
        info = json.loads(text).get("dir_info", {})
        return EDITABLE if info.get("editable") else _ADDRESS
    parent = str(getattr(found, "_path", ""))
    is_link = parent.endswith(".egg-info") and "-packages" not in parent
    return EDITABLE if is_link else ""
