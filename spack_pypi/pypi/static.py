"""Requirements that a source archive declares without running anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Optional

from packaging.utils import canonicalize_name

from . import setup_cfg
from .model import Metadata, Source


def with_static_requirements(metadata: Metadata, source: Source) -> Metadata:
    """Where no trusted metadata says what is required, ``[project]`` of pyproject.toml may
    (PEP 621), as long as it does not call the field dynamic, or ``[options]`` of setup.cfg
    (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html), or the one call of
    ``setup()`` in a setup.py, as far as it is given literals."""
    if metadata.requires_dist is not None:
        return metadata
    project = (source.pyproject or {}).get("project")
    if isinstance(project, dict):
        found = _from_project(project)
    else:
        found = _from_setup_cfg(source) or _from_setup_py(source)
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
    parser = setup_cfg.read(source.setup_cfg)
    options = dict(parser["options"]) if parser.has_section("options") else {}
    listed = options.get("install_requires", "").strip()
    if not listed or listed.startswith("file:"):
        # Nothing, or a file that we do not have: setup.py may say what setup.cfg does not.
        return None
    required = setup_cfg.requirements(listed)
    extras = "options.extras_require"
    for extra, texts in parser.items(extras) if parser.has_section(extras) else ():
        required += [_under(text, extra) for text in setup_cfg.requirements(texts)]
    return required, options.get("python_requires", "").strip()


def _from_setup_py(source: Source) -> Optional[Any]:
    called = source.setup_py
    if called is None or called.names is None or source.backend.split(".")[0] != "setuptools":
        return None
    said = {"install_requires", "extras_require", "python_requires"} & set(called.names)
    extras = called.extras()
    if (
        not said <= set(called.keywords)
        or extras is None
        or "install_requires" in source.setup_cfg
    ):
        return None
    required = list(called.requirements("install_requires"))
    for extra, texts in extras.items():
        name, _, marker = extra.partition(":")  # ``extra:marker``, of before PEP 508
        inside = [f"{text}; {marker}" if marker else text for text in texts]
        required += [_under(text, name) if name else text for text in inside]
    python = called.keywords.get("python_requires", "")
    return required, python if isinstance(python, str) else ""


def _under(requirement: str, extra: str) -> str:
    text, semicolon, marker = requirement.partition(";")
    condition = f'extra == "{canonicalize_name(extra)}"'
    return f"{text}; ({marker}) and {condition}" if semicolon else f"{text}; {condition}"
