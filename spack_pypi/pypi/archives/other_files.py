"""What the project files of a tree take from other files of it, and where its modules are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .. import limits
from .. import metadata as core_metadata
from ..model import Metadata, Source, at, strings
from ..own_repository import own_documentation, own_repository
from ..project_files import module_values, requirement_files, setup_cfg
from ..project_files.module_values import Texts, Value
from ..project_files.setup_modules import Elsewhere, FileLines, FileText, JsonValue
from ..project_files.setup_py import SPREAD

#: The sections of setup.cfg that may name files of requirements, and how many are read.
_OPTIONS = ("options", "options.extras_require")
_MOST_FILES = 32
#: The keywords of ``setup()`` that are looked for there.
_KEYWORDS = ("name", "version", "description", "license", "url")
_REQUIRED = "install_requires"


def completed(source: Source, texts: Texts) -> Source:
    """With those keywords of setup.py that are written in other files of the tree, and all files
    that list requirements, whatever they are called."""
    parser = setup_cfg.read(source.setup_cfg)
    options = [text for name in _OPTIONS if name in parser for text in parser[name].values()]
    lacking = {*requirement_files.named(source.pyproject, options)} - {*source.requirement_files}
    if lacking:
        files = {**source.requirement_files, **texts(sorted(lacking)[:_MOST_FILES])}
        source = replace(source, requirement_files=files)
    called = source.setup_py
    if called is None:
        return source
    places = {key: place for key, place in called.computed.elsewhere.items() if key in _KEYWORDS}
    found = {key: _said(source, place, texts) for key, place in places.items()}
    keywords = {**called.keywords, **{key: text for key, text in found.items() if text}}
    names = called.names
    for key, place in called.computed.elsewhere.items():
        if not isinstance(place, JsonValue):
            continue
        value = _json(place, texts)
        if key != SPREAD:
            keywords.update({key: value} if _is_literal(value) else {})
        elif isinstance(value, dict):
            keywords.update({name: each for name, each in value.items() if _is_literal(each)})
            names = tuple(sorted({*called.computed.beside_spread, *value}))
    required = called.computed.elsewhere.get(_REQUIRED)
    if isinstance(required, (FileText, FileLines)):
        listed = requirement_files.listed(required.path, texts([required.path]))
        keywords.update({_REQUIRED: listed} if listed is not None else {})
    return replace(source, setup_py=replace(called, keywords=keywords, names=names))


def described(found: Metadata, source: Source, texts: Texts) -> Metadata:
    """The metadata of a tree, with what its README says where the summary says nothing, or no
    field has an address; as of a release."""
    linked = found.home_page.startswith("http") or found.project_urls
    summary, lacks = core_metadata.described(found.project, found.summary, "README")
    if linked and not lacks:
        return replace(found, summary=summary)
    text = text_of(_readme(source), texts)
    linking = "" if linked else text
    _, description = core_metadata.described(found.project, found.summary, text)
    return replace(
        found,
        summary=summary,
        description=description,
        repository=own_repository(linking, found.project),
        documentation=own_documentation(linking),
    )


def _readme(source: Source) -> str:
    """The file that becomes the description; empty if none is named."""
    project = at(source.pyproject, "project", "readme")
    of_poetry = at(source.pyproject, "tool", "poetry", "readme")
    option = setup_cfg.read(source.setup_cfg).get("metadata", "long_description", fallback="")
    listed = [project, at(project, "file"), of_poetry, *strings(of_poetry)]
    listed += [option.partition("file:")[2].partition(",")[0].strip()]
    return next((each for each in listed if each and isinstance(each, str)), "")


def _json(place: JsonValue, texts: Texts) -> Any:
    """What a JSON file has at a place; None where it has nothing, or cannot be read."""
    try:
        value = limits.parsed(json.loads, text_of(place.path, texts) or "null")
    except ValueError:
        return None
    for key in place.keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_literal(value: object) -> bool:
    """Whether ``setup()`` may be given that: a text, texts, or a dictionary of them."""
    if isinstance(value, dict):
        return all(map(_is_literal, value.values()))
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )


def _said(source: Source, place: Elsewhere, texts: Texts) -> str:
    if isinstance(place, Value):
        return module_values.text(place, module_roots(source), texts)
    return line(place.path, texts) if isinstance(place, FileText) else ""


def module_roots(source: Source) -> Sequence[str]:
    """The folders below which the modules of a project of setuptools may be: those that it names
    (``package_dir``), else those in which setuptools looks."""
    tool = at(source.pyproject, "tool", "setuptools")
    named = at(tool, "package-dir")
    if not isinstance(named, dict):
        option = setup_cfg.read(source.setup_cfg).get("options", "package_dir", fallback="")
        pairs = [each.partition("=") for each in option.strip().splitlines()]
        named = {name.strip(): folder.strip() for name, _, folder in pairs}
    called = source.setup_py.keywords.get("package_dir") if source.setup_py else None
    named = named or (called if isinstance(called, dict) else {})
    top = named.get("")
    where = strings(at(tool, "packages", "find", "where"))
    return [*([top] if isinstance(top, str) else []), *where, "", "src"]


def text_of(path: str, texts: Texts) -> str:
    """The text of a file; empty where there is none."""
    path = path.removeprefix("./")
    return texts([path]).get(path, "") if path else ""


def line(path: str, texts: Texts) -> str:
    """The one line of a file; empty if there are several."""
    said = text_of(path, texts).strip()
    return "" if "\n" in said else said
