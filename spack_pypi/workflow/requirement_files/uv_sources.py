"""Where ``[tool.uv.sources]`` says that requirements come from.

https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from ...pypi.limits import requirement
from ...pypi.project_files.toml import at
from .model import ExtrasAndGroups, RequirementSet
from .shape import Shape

_NO_INDEX = "a path, a URL or a repository ([tool.uv.sources]), not a project on an index"


def without_sources(
    path: Path,
    table: Mapping[str, Any],
    texts: Sequence[str],
    chosen: ExtrasAndGroups,
    requirements: RequirementSet,
) -> Iterator[str]:
    """The requirements that come from an index: the others are noted. Those that have an index of
    their own are pinned to it. A source may be for one of the ``chosen`` extras or groups only."""
    shape = Shape(path, "project of uv")
    listed = shape.table(at(table, "tool", "uv", "sources"), "tool.uv.sources")
    sources: dict[str, Any] = {canonicalize_name(name): value for name, value in listed.items()}
    for text in texts:
        parsed = requirement(text)
        name = canonicalize_name(parsed.name) if parsed else ""
        value = sources.get(name)
        alternatives = value if isinstance(value, list) else [value]
        for source in shape.tables(alternatives, f"source of {name}"):
            marker = shape.text(source.get("marker"), f"the marker of {name}")
            wanted = _is_chosen(shape, source, chosen)
            if source and wanted and requirements.environment.holds(marker, path):
                break
        else:
            source = {}
        if "index" in source:
            index = shape.text(source["index"], f"the index of {name}")
            requirements.pin_to(name, index, path)
            yield text
        elif source:
            requirements.skip(text, _NO_INDEX)
        else:
            yield text


def _is_chosen(shape: Shape, source: Mapping[str, Any], chosen: ExtrasAndGroups) -> bool:
    """Whether the extra and the group that a source is for, if any, are chosen."""
    for kind, names in zip(("extra", "group"), chosen):
        wanted = shape.text(source.get(kind), f"the {kind} of a source")
        if wanted and canonicalize_name(wanted) not in map(canonicalize_name, names):
            return False
    return True
