"""Projects that bring a module of Python's standard library to Pythons that lack it.

Where Spack runs packages, their folders come before the standard library (``PYTHONPATH``): a port
takes the place of Python's own module, for all that runs then, and is older. So a requirement of
one is read as that of Pythons that lack the module, whether or not its marker says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: The first Python that has the module (https://docs.python.org/3/library/, "Added in version";
#: 3.0 where Python 2 had it), by project. Only those whose module has the very name of Python's.
PORTS: Mapping[str, str] = {
    "argparse": "3.2",
    "asyncio": "3.4",
    "contextvars": "3.7",
    "dataclasses": "3.7",
    "enum34": "3.4",
    "futures": "3.2",
    "hashlib": "3.0",
    "importlib": "3.1",
    "multiprocessing": "3.0",
    "pathlib": "3.4",
    "ssl": "3.0",
    "statistics": "3.4",
    "typing": "3.5",
    "uuid": "3.0",
    "wsgiref": "3.0",
}


def for_older_pythons(requirement: Requirement) -> Requirement:
    """The requirement; that of a port with a marker for the Pythons that lack the module."""
    since = PORTS.get(canonicalize_name(requirement.name))
    if since is None:
        return requirement
    older = f'python_version < "{since}"'
    declared = requirement.marker
    narrowed = copy(requirement)  # what was parsed is shared
    narrowed.marker = Marker(f"({declared}) and {older}" if declared else older)
    return narrowed
