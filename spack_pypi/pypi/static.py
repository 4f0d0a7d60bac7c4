"""Requirements that a source archive declares without running anything."""

from __future__ import annotations

import configparser
from dataclasses import replace
from typing import Any, List, Mapping, Optional

from packaging.utils import canonicalize_name

from .model import Metadata, Source


def with_static_requirements(metadata: Metadata, source: Source) -> Metadata:
    """Where no trusted metadata says what is required, ``[project]`` of pyproject.toml may
    (PEP 621), as long as it does not call the field dynamic, or ``[options]`` of setup.cfg
    (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html)."""
    if metadata.requires_dist is not None:
        return metadata
    project = (source.pyproject or {}).get("project")
    found = _from_project(project) if isinstance(project, dict) else _from_setup_cfg(source)
    if found is None:
        return metadata
    required, python = found
    return replace(
        metadata,
        requires_dist=tuple(required),
        requires_python=metadata.requires_python or python,
        problem="",
    )


def _from_project(project: Mapping[str, Any]) -> Optional[Any]:
    dynamic = project.get("dynamic", ())
    if "dependencies" in dynamic or "optional-dependencies" in dynamic:
        return None
    required = [text for text in project.get("dependencies", ()) if isinstance(text, str)]
    optional = project.get("optional-dependencies", {})
    for extra, texts in optional.items() if isinstance(optional, dict) else ():
        required += [_under(text, extra) for text in texts if isinstance(text, str)]
    python = project.get("requires-python", "")
    return required, python if isinstance(python, str) else ""


def _from_setup_cfg(source: Source) -> Optional[Any]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(source.setup_cfg)
    except configparser.Error:
        return None
    options = dict(parser["options"]) if parser.has_section("options") else {}
    listed = options.get("install_requires", "").strip()
    if not listed or listed.startswith("file:"):
        # Nothing, or a file that we do not have: setup.py may say what setup.cfg does not.
        return None
    required = _listed(listed)
    extras = "options.extras_require"
    for extra, texts in parser.items(extras) if parser.has_section(extras) else ():
        required += [_under(text, extra) for text in _listed(texts)]
    return required, options.get("python_requires", "").strip()


def _listed(text: str) -> List[str]:
    lines = text.split("\n") if "\n" in text else text.split(";")
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def _under(requirement: str, extra: str) -> str:
    text, semicolon, marker = requirement.partition(";")
    condition = f'extra == "{canonicalize_name(extra)}"'
    return f"{text}; ({marker}) and {condition}" if semicolon else f"{text}; {condition}"
