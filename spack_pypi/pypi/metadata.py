"""Core metadata of a release, and which of its files may be trusted to say it.

A wheel's METADATA may; an sdist's PKG-INFO from Metadata 2.2 on, for fields that it does not call
dynamic (PEP 643). What other files say is kept, for want of better, but it is not confirmed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..credentials import redacted
from ..errors import some_of
from .for_one_python import published, with_its_python
from .license_choice import choice
from .limits import MOST_EXTRAS, Damaged, core_fields, is_short, requirement, too_many
from .model import Metadata, Release, Source, at
from .own_repository import own_documentation, own_repository
from .project_files import egg_info

#: The problem of an sdist that does not say which release it is.
NO_PKG_INFO = "its sdist has no PKG-INFO"
#: What templates of projects and old tools write where nothing is said.
_NOTHING = re.compile(
    r"unknown|none|null|todo|tbd|n/a|(the |your )?summary|(your |package )?description"
    r"|(an?|my|the)? ?(new |simple )?python (template|package|project)"
    r"|add (your |a )?(short )?description( here)?|(a )?short description.*"
    r"|(my |a )?(new |python )?package( description)?|default template for \w+ package",
    re.I,
)
#: The fields of addresses.
_ADDRESS = re.compile(r"^(Home-page:|Project-URL:[^\n]*,)[ \t]*https?:", re.M)
#: Words that are true of every project.
_OF_ANY_PROJECT = frozenset(
    ("a", "an", "the", "python", "package", "library", "module", "project")
)
#: How much of a description is kept where the summary says nothing, or little, characters.
_DESCRIBED, _INTRODUCTION = 8192, 2000
#: How a description continues in a field: before Metadata 2.1, most tools indented its lines.
_FOLDED = re.compile(r"^(?: {8}| {7}\|)", re.M)
#: A summary of fewer words may begin a sentence that says more.
_FEW_WORDS = 7
#: One of fewer is a slogan, or only says the kind (``DNS toolkit``), words.
_FEWEST_WORDS = 3
#: A word with capitals that spell a name: ``MOtif``, ``interfacE``.
_SPELLING = re.compile(r"\b(?:[A-Z]{2,}[a-z]+|[A-Za-z]*[a-z][A-Z])\b")
#: How much is kept of a summary and of a licence, characters; of classifiers and addresses, lines.
_LONGEST_SUMMARY, _LONGEST_LICENSE, _MOST_LINES = 2000, 1 << 17, 1000
#: Fields that decide what is written: of two that differ, either may be the wrong one.
_ONCE = ("Metadata-Version", "Name", "Version", "Requires-Python")
_METADATA_VERSION = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})")


def from_wheel(text: str, release: Release) -> Metadata:
    """The metadata that a wheel's METADATA file declares."""
    try:
        return _checked(_parse(text, release)[0], release)
    except Damaged as error:
        return unknown(release, f"its metadata {error}")


def is_of(text: str, release: Release) -> bool:
    """Whether a text is the metadata of a release, and not that of another one, or a page that
    asks to log in."""
    return not from_wheel(text, release).problem


def from_sdist(text: str, release: Release, requires_txt: str | None = None) -> Metadata:
    """The metadata of an sdist's PKG-INFO; not ``confirmed`` where it may differ from what the
    build would say. Then the ``requires_txt`` of its egg-info counts for a PKG-INFO that lists
    nothing."""
    try:
        metadata, version, dynamic = _parse(text, release)
    except Damaged as error:
        return unknown(release, f"its metadata {error}")
    if version < (2, 2):
        reason = "its only metadata is in an sdist from before Metadata 2.2, which may be wrong"
    elif dynamic & {"requires-dist", "provides-extra"}:
        reason = "its requirements are dynamic: they are known only after a build"
    else:
        return _checked(metadata, release)
    extras = metadata.provides_extra
    required = metadata.requires_dist or None
    if required is None and requires_txt is not None:
        found, more = egg_info.requirements(requires_txt)
        required = tuple(map(redacted, found))
        extras = tuple(dict.fromkeys([*extras, *more]))
    metadata = replace(metadata, requires_dist=required, provides_extra=extras)
    return _checked(replace(metadata, confirmed=False, problem=reason), release)


def unknown(release: Release, reason: str) -> Metadata:
    """Metadata of a release of which nothing can be read."""
    version = str(release.version)
    return Metadata(release.project, version, requires_dist=None, confirmed=False, problem=reason)


def says_all(text: str) -> bool:
    """Whether core metadata has an address, and a summary or a description of the project."""
    fields, _, body = text.partition("\n\n")
    named = dict(re.findall(r"^(Name|Summary|Description):(.*)$", fields, re.M))
    description = named.get("Description", "").strip()
    project = canonicalize_name(named.get("Name", "").strip())
    summary = _said(named.get("Summary", "").strip())
    is_described = _said(body.strip()) or _said(description) or not _repeats(summary, project)
    return bool(is_described and _ADDRESS.search(fields))


def with_readme(metadata: Metadata, source: Source) -> Metadata:
    """The metadata, with what the archive says of the project where it does not."""
    linked = metadata.home_page.startswith("http") or metadata.project_urls
    if not (linked or metadata.repository):
        project = metadata.project
        metadata = replace(
            metadata,
            repository=own_repository(source.readme, project)
            or own_repository(source.changes, project, is_changes=True),
            documentation=metadata.documentation or own_documentation(source.readme),
        )
    says_more = not _repeats(metadata.summary, metadata.project)
    if says_more or _said(metadata.description) or not source.readme:
        return metadata
    return replace(metadata, description=source.readme[:_DESCRIBED])


def with_license(metadata: Metadata, source: Source) -> Metadata:
    """The metadata, with the licence of the archive's ``[project]`` table where it states none
    itself: backends that are older than PEP 639 leave out an expression."""
    if metadata.license_expression or metadata.license not in ("", "UNKNOWN"):
        return metadata
    said = at(source.pyproject, "project", "license")
    expression, text = said if isinstance(said, str) else "", at(said, "text")
    return replace(
        metadata,
        license_expression=expression if is_short(expression) else "",
        license=text[:_LONGEST_LICENSE] if isinstance(text, str) else "",
    )


def with_license_of_files(metadata: Metadata, source: Source) -> Metadata:
    """The metadata, with what the archive says of files that are under another licence."""
    return replace(metadata, license_of_files=source.license_of_files)


def _parse(text: str, release: Release) -> tuple[Metadata, tuple[int, ...], frozenset[str]]:
    """Metadata, the metadata version, and the dynamic fields in lower case.
    Raises `Damaged`."""
    raw, unparsed = core_fields(text)
    for field in _ONCE:
        values = unparsed.get(field.lower(), ())
        if len(values) > 1:
            raise Damaged(f"has {field} more than once: {some_of(values, 3)}")
    said = _METADATA_VERSION.fullmatch(raw.get("metadata_version", ""))
    version = (int(said[1]), int(said[2])) if said else (0, 0)
    summary, description = described(
        release.project,
        raw.get("summary") or next(iter(unparsed.get("summary", ())), ""),
        _unfolded(raw.get("description", "")),
    )
    home_page, urls = raw.get("home_page", ""), raw.get("project_urls", {})
    linked = "" if home_page.startswith("http") or urls else raw.get("description", "")
    metadata = Metadata(
        project=raw.get("name", ""),
        version=raw.get("version", ""),
        summary=summary,
        description=description,
        requires_python=raw.get("requires_python", "") or release.requires_python,
        requires_dist=_shared(map(redacted, raw.get("requires_dist", ()))),
        provides_extra=_shared(raw.get("provides_extra", ())),
        license_expression=raw.get("license_expression", ""),
        license=(raw.get("license", "") or "")[:_LONGEST_LICENSE],
        license_files=tuple(raw.get("license_files", ())),
        classifiers=_shared(filter(is_short, raw.get("classifiers", ())[:_MOST_LINES])),
        home_page=home_page[:_LONGEST_SUMMARY],
        project_urls=tuple(urls.items())[:_MOST_LINES],
        repository=own_repository(linked, release.project),
        documentation=own_documentation(linked),
        choice=choice(raw.get("description", "")) if _leaves_licence_open(raw) else "",
    )
    dynamic = frozenset(field.lower() for field in raw.get("dynamic", ()))
    return metadata, version, dynamic


def _leaves_licence_open(raw: Mapping[str, Any]) -> bool:
    """Whether the fields name no licence, or several; then the description may say more."""
    classifiers = raw.get("classifiers", ())
    by_classifiers = [each for each in classifiers if each.startswith("License ::")]
    named = raw.get("license_expression") or raw.get("license")
    return len(by_classifiers) > 1 or not (by_classifiers or named)


def described(project: str, summary: str, description: str) -> tuple[str, str]:
    """The summary of a project (PEP 503 name), and the beginning of its description where the
    summary says little: it has only words of its name, fewer than three, or what its name stands
    for (``AnteChamber PYthon Parser interfacE``). A few words with the name, with which a sentence
    of the description begins, become that sentence."""
    summary = _said(summary[:_LONGEST_SUMMARY])
    if canonicalize_name(summary) == project:
        summary = ""
    description = description[:_DESCRIBED]
    if _repeats(summary, project) or _spells(summary, project):
        return summary, description
    summary = _in_full(summary, project, description)
    return summary, description[:_INTRODUCTION] if _is_slogan(summary) else ""


def _in_full(summary: str, project: str, description: str) -> str:
    """A summary, or the sentence that begins with it."""
    words = summary.strip(" .")
    names = {canonicalize_name(word) for word in re.findall(r"[\w.-]+", words)}
    if project not in names or len(words.split()) >= _FEW_WORDS:
        return summary
    sentence = rf"(?:^|[.!?]\s+)({re.escape(words)} (?=[a-z])[^<>|]{{1,300}}?[.!?])(?:\s|$)"
    found = re.search(sentence, description, re.I | re.M)
    return found[1] if found and "\n\n" not in found[1] else summary


def _unfolded(description: str) -> str:
    """The beginning of a description as its author wrote it, where all lines but the first are
    indented."""
    first, _, rest = description[: 2 * _DESCRIBED].partition("\n")
    lines = [line for line in rest.split("\n") if line.strip()]
    is_folded = lines and all(map(_FOLDED.match, lines))
    return f"{first}\n{_FOLDED.sub('', rest)}" if is_folded else description


def _repeats(summary: str, project: str) -> bool:
    """Whether a summary has only words of the name of the project, in one word or several, or
    none, beside what each project is: ``X package``."""
    parts = project.split("-")
    ends = range(1, len(parts) + 1)
    names = {"".join(parts[start:end]) for end in ends for start in range(end)}
    return {*re.findall(r"\w+", summary.lower())} <= names | _OF_ANY_PROJECT


def _is_slogan(summary: str) -> bool:
    return len(re.findall(r"[\w'.+-]+", summary)) < _FEWEST_WORDS


def _spells(summary: str, project: str) -> bool:
    """Whether the capitals of a summary are the letters of the name, which some words only have
    for that."""
    name = project.replace("-", "")
    capitals = "".join(re.findall("[A-Z]", summary)).lower()
    return _SPELLING.search(summary) is not None and capitals.endswith(name)


def _shared(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, each once in memory: the releases of a project say the same almost always."""
    return tuple(map(sys.intern, texts))


def _said(summary: str) -> str:
    """The summary, empty where it says nothing."""
    return "" if _NOTHING.fullmatch(summary.strip(" \t\n.!:-\"'")) else summary


def _checked(metadata: Metadata, release: Release) -> Metadata:
    """The metadata, if it is this release's own, and can be read; else `unknown`, with the
    reason."""
    broken = broken_limit(metadata)
    if broken:
        return unknown(release, broken)
    try:
        same = Version(metadata.version) == published(release.version)
    except InvalidVersion:
        same = False
    if canonicalize_name(metadata.project) != release.project or not same:
        said = " ".join(f"{metadata.project} {metadata.version}".split())
        reason = f"its metadata belongs to '{said}', not to this release"
        return unknown(release, reason)
    other = _other_version(metadata.requires_dist or (), release)
    if other:
        return unknown(release, f"its metadata requires '{other}', which this release is not")
    python = with_its_python(metadata.requires_python, release.version)
    return replace(metadata, project=release.project, requires_python=python)


def _other_version(texts: Sequence[str], release: Release) -> str:
    """A requirement of another version of the release's own project, which nothing can satisfy;
    empty for none."""
    for text in texts:
        if text[:1].lower() != release.project[:1]:  # few have the name of their own project
            continue
        found = requirement(text)
        if found is None or found.marker or canonicalize_name(found.name) != release.project:
            continue
        if not found.specifier.contains(published(release.version), prereleases=True):
            return text
    return ""


def broken_limit(metadata: Metadata) -> str:
    """Which limit the metadata breaks, as a clause; empty for none."""
    required, extras = metadata.requires_dist or (), metadata.provides_extra
    if len(extras) > MOST_EXTRAS:
        return f"its metadata lists {len(extras)} extras, and {MOST_EXTRAS} is the limit"
    broken = too_many(required)
    if broken:
        return f"its metadata {broken}"
    parsed = (metadata.project, metadata.version, metadata.requires_python)
    for text in (*parsed, *required, *extras):
        if not is_short(text):
            return f"its metadata has a text that is too long to be parsed: '{text[:40]}...'"
    return ""
