"""Whole sets of requirements, as files list them. `formats` has the formats, which are imported
only where there is a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Callable

from ...errors import UsageError
from ...pypi.named_index import NamedIndex, at
from .marker_environment import MarkerEnvironment, here, named
from .model import OTHER_PLATFORM, ExtrasAndGroups, RequirementSet

__all__ = ["OTHER_PLATFORM", "MarkerEnvironment", "RequirementSet", "named", "read"]


def read(
    files: Sequence[str],
    extras: Iterable[str] = (),
    groups: Iterable[str] = (),
    environment: MarkerEnvironment | None = None,
    parse_yaml: Callable[[str], object] | None = None,
) -> RequirementSet:
    """What the files require in the environment (default: this one), in their order, with these
    ``extras`` and ``groups``. A file may also be a folder, or a Python (``python:PATH``). Raises
    `UsageError` for a file that cannot be read or understood, and where none has extras or groups.
    """
    if not files:
        return RequirementSet(environment or here())
    from . import installed
    from .formats import read_file

    selected = ExtrasAndGroups(frozenset(extras), tuple(groups))
    pythons = {name: installed.interpreter(name) for name in files}
    asked = next(filter(None, pythons.values()), None)
    requirements = RequirementSet(
        environment or (installed.environment(asked) if asked else here())
    )
    if parse_yaml is not None:
        requirements.parse_yaml = parse_yaml
    has_parts = False
    for name, python in pythons.items():
        if python is not None:
            installed.read(python, requirements)
        else:
            has_parts |= read_file(Path(name), selected, requirements)
    if (selected.extras or selected.groups) and not has_parts:
        raise UsageError(
            f"{' and '.join(files)} cannot have extras or groups: name a pyproject.toml or a lock "
            "file with --from, or pass NAME[EXTRA]"
        )
    requirements.listed += _pinned(requirements)
    return requirements


def _pinned(requirements: RequirementSet) -> Iterator[NamedIndex]:
    """The indexes of a lock file but the one that most releases are locked from, which is the one
    that is used anyway; each has what is locked from it."""
    by_index: dict[str, list[str]] = {}
    for project, index in requirements.indexes.items():
        by_index.setdefault(index, []).append(project)
    most_first = sorted(by_index, key=lambda index: -len(by_index[index]))
    for url in most_first[1:]:
        projects = tuple(by_index[url])
        if url.startswith(("http://", "https://")):
            yield replace(at(url, "see the lock file"), projects=projects, explicit=True)
        else:
            names = ", ".join(projects)
            requirements.skip(
                url, f"the index of {names}, looked up on the same one as all others"
            )
