"""What a lock file names for an environment."""

from __future__ import annotations

from pathlib import Path

from spack_pypi.workflow.requirement_files import RequirementSet, named, read

#: The index that Spack itself knows.
PUBLIC = "https://index.example/simple/"


def read_for(on: str, file: Path, *parts: str) -> RequirementSet:
    """What a file requires on a platform (``--for``); ``parts`` are extras and, after a ``+``,
    groups."""
    extras = [part for part in parts if not part.startswith("+")]
    groups = [part[1:] for part in parts if part.startswith("+")]
    return read([str(file)], extras, groups, named(on), public_index=lambda: PUBLIC)


def pins(requirements: RequirementSet) -> list[str]:
    """The requirements, without the operator of an exact version: ``six 1.17``."""
    return [str(each).replace("==", " ") for each in requirements.requirements]
