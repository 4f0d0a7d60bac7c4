"""Requirements that a source archive declares without running anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name

from .. import limits
from ..metadata import broken_limit
from ..model import Metadata, Source, at, strings
from ..project_files import setup_cfg
from ..project_files.egg_info import conditioned


class StaticRequirements(NamedTuple):
    """Requirements, the extras that there are, and Requires-Python."""

    required: Sequence[str]
    extras: Sequence[str]
    python: str


def with_static_requirements(metadata: Metadata, source: Source) -> Metadata:
    """Where no trusted metadata says what is required, ``[project]`` of pyproject.toml may
    (PEP 621), as long as it does not call the field dynamic, or ``[options]`` of setup.cfg
    (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html), or the one call of
    ``setup()`` in a setup.py, as far as it is given literals. These confirm, or correct, what
    metadata that may be wrong says."""
    if metadata.confirmed:
        return metadata
    project = (source.pyproject or {}).get("project")
    if isinstance(project, dict):
        found = from_project(project)
    else:
        found = _from_setup_cfg(source) or _from_setup_py(source)
    if found is None:
        return metadata
    if metadata.requires_dist and not found.required and not isinstance(project, dict):
        # Something else added to it as the archive was made.
        return metadata
    declared = replace(
        metadata,
        requires_dist=tuple(found.required),
        provides_extra=tuple(dict.fromkeys([*metadata.provides_extra, *found.extras])),
        requires_python=metadata.requires_python or found.python,
        confirmed=True,
        problem="",
    )
    return metadata if broken_limit(declared) else declared


def declared_order(metadata: Metadata, source: Source) -> tuple[str, ...]:
    """The normalized names of what is required in the order of the project's own file: backends
    such as poetry-core and hatchling sort them in the metadata. Empty where the file does not list
    all that the metadata does."""
    project = (source.pyproject or {}).get("project")
    found = from_project(project) if isinstance(project, dict) else None
    if found is not None:
        texts: Sequence[str] = found.required
    else:
        other = _from_setup_cfg(source) or _from_setup_py(source)
        texts = _of_poetry(source) or (other.required if other else ())
    listed = dict.fromkeys(filter(None, map(_name, texts)))
    required = {*map(_name, metadata.requires_dist or ())}
    return tuple(listed) if required <= listed.keys() else ()


def _of_poetry(source: Source) -> Sequence[str]:
    """The names in the table of poetry, those of extras last."""
    table = at(source.pyproject, "tool", "poetry", "dependencies")
    names = [name for name in table if name != "python"] if isinstance(table, dict) else []
    return sorted(names, key=lambda name: at(table, name, "optional") is True)


def _name(text: str) -> str:
    """The normalized name in a requirement; empty where the text is none."""
    requirement = limits.requirement(text)
    return canonicalize_name(requirement.name) if requirement else ""


def from_project(project: Mapping[str, Any]) -> StaticRequirements | None:
    """What the table says; None where it is dynamic, or a field is not of the type that PEP 621
    gives it: no build accepts that."""
    dynamic = _listed(project.get("dynamic", []))
    optional = project.get("optional-dependencies", {})
    python = project.get("requires-python", "")
    required = _listed(project.get("dependencies", []))
    if (
        dynamic is None
        or required is None
        or {"dependencies", "optional-dependencies"} & {*dynamic}
    ):
        return None
    if not (isinstance(optional, dict) and isinstance(python, str)):
        return None
    for extra, listed in optional.items():
        texts = _listed(listed)
        if texts is None:
            return None
        required += [conditioned(text, extra) for text in texts]
    return StaticRequirements(required, list(optional), python)


def _listed(value: Any) -> list[str] | None:
    """The texts of a list of texts; None for anything else."""
    texts = strings(value)
    return texts if isinstance(value, list) and len(texts) == len(value) else None


def _from_setup_cfg(source: Source) -> StaticRequirements | None:
    parser = setup_cfg.read(source.setup_cfg)
    options = dict(parser["options"]) if parser.has_section("options") else {}
    section = "options.extras_require"
    extras = dict(parser[section]) if parser.has_section(section) else {}
    listed = options.get("install_requires", "").strip()
    if not listed or any(t.strip().startswith("file:") for t in (listed, *extras.values())):
        # Nothing, or a file that we do not have: setup.py may say what setup.cfg does not.
        return None
    required = setup_cfg.requirements(listed)
    for extra, texts in extras.items():
        required += [conditioned(text, extra) for text in setup_cfg.requirements(texts)]
    return StaticRequirements(required, list(extras), options.get("python_requires", "").strip())


def _from_setup_py(source: Source) -> StaticRequirements | None:
    called = source.setup_py
    if called is None or called.names is None or source.backend.split(".")[0] != "setuptools":
        return None
    said = {"install_requires", "extras_require", "python_requires"} & set(called.names)
    extras = called.extras()
    if (
        not said <= set(called.keywords)
        or extras is None
        or "install_requires" in source.setup_cfg
        or "pbr" in called.names  # https://docs.openstack.org/pbr: it reads requirements.txt
    ):
        return None
    required = list(called.requirements("install_requires"))
    names: list[str] = []
    for extra, texts in extras.items():
        name, _, marker = extra.partition(":")  # ``extra:marker``, from before PEP 508
        names += [name] if name else []
        required += [conditioned(text, name, marker) for text in texts]
    python = called.keywords.get("python_requires", "")
    return StaticRequirements(required, names, python if isinstance(python, str) else "")
