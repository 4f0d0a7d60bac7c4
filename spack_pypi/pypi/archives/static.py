"""Requirements that a source archive declares without running anything."""

from __future__ import annotations

import configparser
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name

from ...credentials import redacted
from .. import cmeel, limits
from ..metadata import NO_PKG_INFO, broken_limit
from ..model import Metadata, Source, at, strings
from ..project_files import poetry, requirement_files, setup_cfg
from ..project_files.declared import DeclaredRequirements
from ..project_files.egg_info import conditioned
from .said_release import other_release

#: The section of setup.cfg that lists extras.
_EXTRAS = "options.extras_require"
#: Keywords of ``setup()`` that are those of plugins which take what is required from files of
#: their own (https://docs.openstack.org/pbr: from requirements.txt), and a plugin that does so
#: without a keyword.
_PLUGINS, _PLUGIN = {"pbr", "d2to1"}, "setupmeta"


def with_static_requirements(metadata: Metadata, source: Source) -> Metadata:
    """Where no trusted metadata says what is required, what is `declared` may. It confirms, or
    corrects, what metadata that may be wrong says. What only wheels of cmeel require is left
    out."""
    return cmeel.without_packing(_confirmed(metadata, source), source)


def _confirmed(metadata: Metadata, source: Source) -> Metadata:
    if metadata.confirmed:
        return metadata
    if metadata.problem == NO_PKG_INFO:
        # Then only the name of the file says which release it is.
        other = other_release(source, metadata.project, metadata.version)
        if other:
            return replace(metadata, problem=other)
    try:
        found = declared(source)
    except ValueError:
        found = None
    if found is None:
        required = metadata.requires_dist
        # A path is that of the folder in which the archive was made.
        is_known = required is not None and not any("file:" in each for each in required)
        same = is_known and _is_same_everywhere(source)
        return replace(metadata, confirmed=True, problem="") if same else metadata
    project = at(source.pyproject, "project")
    if metadata.requires_dist and not found.required and not isinstance(project, dict):
        # Something else added to it as the archive was made.
        return metadata
    confirmed = replace(
        metadata,
        requires_dist=tuple(found.required),
        provides_extra=tuple(dict.fromkeys([*metadata.provides_extra, *found.extras])),
        requires_python=metadata.requires_python or found.python,
        confirmed=True,
        problem="",
    )
    return metadata if broken_limit(confirmed) else confirmed


def _is_same_everywhere(source: Source) -> bool:
    """Whether metadata that setuptools made of the archive are those of any other build."""
    called = source.setup_py
    if called is None or source.backend.split(".")[0] != "setuptools" or source.in_tree:
        return False
    sections = setup_cfg.read(source.setup_cfg).sections()
    return called.same_everywhere and not _is_elsewhere(source, sections)


def declared(source: Source) -> DeclaredRequirements | None:
    """What a project's own files require: ``[project]`` of pyproject.toml (PEP 621), with what its
    backend has for the fields that are dynamic; else ``[tool.poetry]`` or
    ``[tool.flit.metadata]``; else ``[options]`` of setup.cfg
    (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html), or the one call of
    ``setup()`` in a setup.py, as far as it is given literals. None where they do not say it
    whole. Raises ValueError, with a clause, for what metadata cannot say."""
    found = _declared(source)
    return found._replace(required=[*map(redacted, found.required)]) if found else None


def _declared(source: Source) -> DeclaredRequirements | None:
    project, tool = at(source.pyproject, "project"), at(source.pyproject, "tool")
    poetry_table, flit = at(tool, "poetry"), at(tool, "flit", "metadata")
    if isinstance(project, dict):
        return _of_backend(source, project) or from_project(project)
    if isinstance(poetry_table, dict):
        return poetry.read(poetry_table, _is_built_before_2(source))
    if isinstance(flit, dict):
        return from_flit(flit)
    return _from_setup_cfg(source) or _from_setup_py(source)


def _is_built_before_2(source: Source) -> bool:
    """Whether its build requirements exclude poetry-core 2."""
    required = map(limits.requirement, strings(at(source.pyproject, "build-system", "requires")))
    return any(
        each.name == "poetry-core" and not each.specifier.contains("2.9999")
        for each in required
        if each is not None
    )


def _of_backend(source: Source, project: Mapping[str, Any]) -> DeclaredRequirements | None:
    """What a backend has for dynamic fields of ``[project]``; None where it has nothing."""
    backend = source.backend.split(".")[0]
    if backend == "poetry":
        return _beside_poetry(source, project)
    if not {"dependencies", "optional-dependencies"} & {*strings(project.get("dynamic"))}:
        return None
    if backend == "setuptools":
        found = requirement_files.of_setuptools(source.pyproject, source.requirement_files)
        return found or _from_setup_cfg(source) or _from_setup_py(source)
    if backend == "hatchling":
        return requirement_files.of_hatch(source.pyproject, source.requirement_files)
    return None


def _beside_poetry(source: Source, project: Mapping[str, Any]) -> DeclaredRequirements | None:
    table, dynamic = at(source.pyproject, "tool", "poetry"), strings(project.get("dynamic"))
    lacks = not (project.get("dependencies") or project.get("optional-dependencies"))
    named = {"dependencies", "optional-dependencies", "requires-python"} & {*dynamic}
    if not isinstance(table, dict) or not (lacks or named):
        return None
    static = {**project, "dynamic": []}
    return poetry.read_beside_project(table, project, from_project(static))


def declared_order(metadata: Metadata, source: Source) -> tuple[str, ...]:
    """The normalized names of what is required in the order of the project's own file: backends
    such as poetry-core and hatchling sort them in the metadata. Those of extras come last. Empty
    where the file does not list all that the metadata does."""
    try:
        found = declared(source)
    except ValueError:
        found = None
    texts = sorted(found.required if found else (), key=lambda text: "extra ==" in text)
    listed = dict.fromkeys(filter(None, map(_name, texts)))
    required = {*map(_name, metadata.requires_dist or ())}
    return tuple(listed) if required <= listed.keys() else ()


def _name(text: str) -> str:
    """The normalized name in a requirement; empty where the text is not a requirement."""
    requirement = limits.requirement(text)
    return canonicalize_name(requirement.name) if requirement else ""


def from_project(project: Mapping[str, Any]) -> DeclaredRequirements | None:
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
    return DeclaredRequirements(required, list(optional), python)


def _listed(value: Any) -> list[str] | None:
    """The texts of a list of texts; None for anything else."""
    texts = strings(value)
    return texts if isinstance(value, list) and len(texts) == len(value) else None


def from_flit(table: Mapping[str, Any]) -> DeclaredRequirements | None:
    """What ``[tool.flit.metadata]`` says
    (https://flit.pypa.io/en/stable/pyproject_toml.html, old style metadata)."""
    named = {
        "dependencies": "requires",
        "optional-dependencies": "requires-extra",
        "requires-python": "requires-python",
    }
    return from_project({field: table[name] for field, name in named.items() if name in table})


def _from_setup_cfg(source: Source) -> DeclaredRequirements | None:
    parser = setup_cfg.read(source.setup_cfg)
    options = dict(parser["options"]) if parser.has_section("options") else {}
    has_extras = parser.has_section(_EXTRAS)
    listed = options.get("install_requires", "").strip()
    if not listed and not _is_all_in_cfg(source, parser.sections()):
        return None  # setup.py may say what setup.cfg does not
    # What setup() is given counts, if it is not empty: setup.cfg is asked only for the rest.
    called = source.setup_py.keywords if source.setup_py else {}
    given = {*((source.setup_py.names if source.setup_py else None) or ())}
    if "extras_require" in given and not (has_extras and called.get("extras_require") == {}):
        return None
    if {"install_requires", "python_requires"} & given - {*called}:
        return None
    own = source.setup_py.requirements("install_requires") if source.setup_py else ()
    required = [*own] or (_of_option(listed, source) if listed else [])
    extras = _extras_of_cfg(parser, source)
    if required is None or extras is None:
        return None
    said = called.get("python_requires") or options.get("python_requires", "").strip()
    python = said if isinstance(said, str) else ""
    return DeclaredRequirements([*required, *extras.required], extras.extras, python)


def _extras_of_cfg(
    parser: configparser.RawConfigParser, source: Source
) -> DeclaredRequirements | None:
    """What the extras of a setup.cfg require; None where a file that they name is not kept."""
    extras = dict(parser[_EXTRAS]) if parser.has_section(_EXTRAS) else {}
    required: list[str] = []
    for extra, text in extras.items():
        found = _of_option(text.strip(), source)
        if found is None:
            return None
        required += [conditioned(each, extra) for each in found]
    return DeclaredRequirements(required, list(extras))


def _is_all_in_cfg(source: Source, sections: Sequence[str]) -> bool:
    """Whether a setup.py does not say anything of what is required, nor a plugin."""
    called = source.setup_py
    if source.backend.split(".")[0] != "setuptools" or not {"metadata", "options"} & {*sections}:
        return False
    if called is None:
        return source.pyproject is not None
    elsewhere = {"install_requires", "extras_require", "python_requires"}
    return (
        called.names is not None
        and not elsewhere & {*called.names}
        and not _is_elsewhere(source, sections)
    )


def _is_elsewhere(source: Source, sections: Sequence[str]) -> bool:
    """Whether a plugin of setuptools takes what is required from other files; ``sections`` are
    those of setup.cfg."""
    names = {*((source.setup_py.names if source.setup_py else None) or ())}
    if "use_pyscaffold" in names and "options" not in sections:
        return True  # its first versions are pbr, later ones need [options]
    required = [*strings(at(source.pyproject, "build-system", "requires")), *source.setup_requires]
    return bool(_PLUGINS & names) or _PLUGIN in map(_name, required)


def _of_option(text: str, source: Source) -> list[str] | None:
    """The requirements of an option of setup.cfg; None where they are in a file that is not
    kept."""
    if text.startswith("file:"):
        return requirement_files.named_in_cfg(text, source.requirement_files)
    return setup_cfg.requirements(text)


def _from_setup_py(source: Source) -> DeclaredRequirements | None:
    called = source.setup_py
    if called is None or called.names is None or source.backend.split(".")[0] != "setuptools":
        return None
    given = {"install_requires", "extras_require", "python_requires"} & set(called.names)
    extras, options = called.extras(), setup_cfg.read(source.setup_cfg)
    if (
        _is_elsewhere(source, options.sections())
        or not given <= set(called.keywords)
        or extras is None
        or "install_requires" in source.setup_cfg
    ):
        return None
    required = list(called.requirements("install_requires"))
    names: list[str] = []
    for extra, texts in extras.items():
        name, _, marker = extra.partition(":")  # ``extra:marker``, from before PEP 508
        names += [name] if name else []
        required += [conditioned(text, name, marker) for text in texts]
    if not extras and options.has_section(_EXTRAS):
        there = _extras_of_cfg(options, source)
        if there is None:
            return None
        names, required = [*there.extras], [*required, *there.required]
    said = options.get("options", "python_requires", fallback="").strip()
    python = called.keywords.get("python_requires") or said
    return DeclaredRequirements(required, names, python if isinstance(python, str) else "")
