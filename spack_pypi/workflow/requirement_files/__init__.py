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
    public_index: Callable[[], str | None] = lambda: None,
) -> RequirementSet:
    """What the files require in the environment (default: this one), in their order, with these
    ``extras`` and ``groups``. A file may also be a folder, or a Python (``python:PATH``).
    ``public_index()`` is the address of Spack's own index, None where it is unknown. Raises
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
    if requirements.indexes:
        requirements.listed += _locked_from(requirements, public_index())
    return requirements


def _locked_from(requirements: RequirementSet, public: str | None) -> Iterator[NamedIndex]:
    """The indexes of lock files but the usual one, the one that most is locked from first; each
    has what is locked from it. Where nothing is locked from the usual one, the first takes its
    place: else whoever publishes a name there could take over a project (dependency confusion)."""
    by_index: dict[str, list[str]] = {}
    for project in {**requirements.pins, **requirements.indexes}:
        by_index.setdefault(requirements.indexes.get(project, ""), []).append(project)
    found = []
    is_usual = False
    for url in sorted(by_index, key=lambda url: -len(by_index[url])):
        projects = tuple(by_index[url])
        if not url:
            is_usual = True
        elif url.startswith(("http://", "https://")):
            index = at(url, f"see {requirements.named_in[url]}")
            if index.url == public:
                is_usual = True
            else:
                found.append(replace(index, projects=projects, explicit=True))
        else:
            requirements.skip(
                url,
                f"the index of {', '.join(projects)} is not on a server, and the other ones are "
                "asked; if they are not to be trusted with these names, pass --index-url",
            )
    if found and not is_usual:
        found[0] = replace(found[0], projects=(), explicit=False, in_place=True)
    yield from found
