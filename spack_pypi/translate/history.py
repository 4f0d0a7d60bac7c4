"""Whether a build finds the version of a project in the history of its repository."""

from __future__ import annotations

from collections.abc import Collection

from ..pypi.model import Source, at

#: The build requirements that do so.
_REQUIRED = {
    "dunamai",
    "flit-scm",
    "hatch-vcs",
    "miniver",
    "pbr",
    "poetry-dynamic-versioning",
    "setuptools-git-versioning",
    "setuptools-scm",
    "uv-dynamic-versioning",
    "vcs-versioning",
    "versioneer",
    "versioningit",
}


def reads_history(source: Source, required: Collection[str]) -> bool:
    """``required`` are the names of its build requirements."""
    called = source.setup_py.names or () if source.setup_py else ()
    tables = at(source.pyproject, "tool")
    return (
        not _REQUIRED.isdisjoint(required)
        or "use_scm_version" in called
        or (isinstance(tables, dict) and "versioneer" in tables)
        or "[versioneer]" in source.setup_cfg
        or at(tables, "pdm", "version", "source") == "scm"
    )
