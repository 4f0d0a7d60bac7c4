"""The ``requires.txt`` in the egg-info folder of an sdist: what setuptools took for requirements
as it made the archive. In archives from before Metadata 2.2 it is often the only place.

https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html (requires.txt)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

#: Where it lies in an archive: in a folder beside setup.py, or beside the packages (``src``).
REQUIRES = re.compile(r"(?:[^/]+/){0,2}(?P<name>[^/]+)\.egg-info/requires\.txt")


def requires(files: Mapping[str, str], project: str) -> str | None:
    """The text of the ``requires.txt`` of a project among the files of an archive (path to text);
    None where it has none."""
    found: dict[str, str] = {}
    for path, text in files.items():
        match = REQUIRES.fullmatch(path)
        if match and canonicalize_name(match["name"]) == project:
            found[path] = text
    return found[min(found, key=lambda path: (path.count("/"), path))] if found else None


def requirements(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements that a ``requires.txt`` lists, as PEP 508 texts, and the extras that it
    has; its sections are ``[extra]``, ``[:marker]`` and ``[extra:marker]``."""
    found: list[str] = []
    extras: list[str] = []
    extra = marker = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
            extras += [extra] if extra else []
        elif not line.startswith("#"):
            found.append(conditioned(line, extra, marker))
    return tuple(found), tuple(dict.fromkeys(extras))


def conditioned(requirement: str, extra: str, marker: str = "") -> str:
    """A requirement for an extra and where a marker holds, beside its own; each may be empty."""
    text, _, own = requirement.partition(";")
    conditions = [each.strip() for each in (own, marker) if each.strip()]
    if len(conditions) + bool(extra) > 1:
        conditions = [f"({each})" for each in conditions]
    if extra:
        conditions.append(f'extra == "{canonicalize_name(extra)}"')
    # An address ends with a space.
    end = f"{text.rstrip()} ;" if "@" in text else f"{text.rstrip()};"
    return f"{end} {' and '.join(conditions)}" if conditions else requirement
