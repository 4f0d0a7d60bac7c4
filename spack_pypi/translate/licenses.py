"""The licence of a release, where there is no doubt: from its metadata, else by the text of a file
of its archive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from ..pypi.model import NOTICES, Metadata
from ..recipe.model import Condition, License
from .license_names import LONGEST_NAME, classified, gnu_version, named
from .license_notices import or_later
from .license_parts import leading
from .license_texts import gnu_licence, recognised
from .merge import span
from .versions import runs

#: What some call a licence without conditions, whichever it is.
_ANY_TERMS = r"public domain|unlicense|cc0"
_GNU, _GNU_ALL = r"[al]?gpl\w*|gnu", ("GPL-",)
#: What metadata calls licences that it does not name exactly, and what their identifiers begin
#: with; nothing for those that no standard text has.
_FAMILIES = {
    r"bsd": ("BSD-", "0BSD"),
    r"apache": ("Apache-",),
    r"mit|expat": ("MIT",),
    r"isc|iscl": ("ISC",),
    r"mpl|mozilla": ("MPL-",),
    _GNU: (),
    r"psf|python software foundation": ("PSF-", "Python-"),
    r"python 2": ("Python-", "PSF-"),
    _ANY_TERMS: ("Unlicense", "CC0-", "0BSD"),
    r"zlib|libpng": ("Zlib",),
    r"boost": ("BSL-",),
    r"zpl|zope": ("ZPL-",),
    r"upl|universal permissive": ("UPL-",),
    r"proprietary|commercial|all rights reserved|non-?free": (),
}
#: Of the files that the metadata declares (PEP 639), those that are no lists of authors.
_NAMED_SO = re.compile(r"licen[cs]e|copying", re.I)
#: Licences of copies that an archive has of other projects.
_OF_OTHERS = re.compile(r"third.?part(y|ies)|bundled|vendor(ed)?\b", re.I)
#: What metadata may call version 2.1 of the LGPL, for which there is no classifier, and which is
#: the first one of that name.
_LESSER = {"LGPL-2.0-only": "LGPL-2.1-only", "LGPL-2.0-or-later": "LGPL-2.1-or-later"}
#: What the text of a licence of GNU does not say.
_GNU_CHOICE = re.compile(r"-(?:only|or-later)$")
#: Texts that belong to the name of a licence.
_DATE = re.compile(r", (?:january|august|june) \d{4}$", re.I)


@dataclass(frozen=True)
class Stated:
    """The SPDX ``expression`` (PEP 639) of a release's licence, and the ``file`` whose text it is,
    if its metadata does not say it; or the ``problem``: why there is none. ``is_unread``: as the
    archive, which may say it, is damaged."""

    expression: str = ""
    file: str = ""
    problem: str = ""
    is_unread: bool = False


def lines(stated: Mapping[str, Stated]) -> tuple[License, ...]:
    """The lines of a recipe for the licence of each release (by version text, newest first), one
    per run. A release whose licence is not clear is passed over."""
    versions = list(stated)
    expressions = [each.expression for each in stated.values()]
    known = {expression for expression in expressions if expression}
    if len(known) == 1:
        return (License(known.pop()),)
    return tuple(
        License(expression, Condition(versions=span(versions, first, last)))
        for expression, first, last in runs(expressions)
        if expression
    )


def in_metadata(metadata: Metadata) -> Stated | None:
    """The licence by the metadata; None where it does not decide, and files may."""
    expression = _expression(metadata)
    if expression in _LESSER and expression not in (
        metadata.license_expression,
        metadata.license,
    ):
        if gnu_licence(metadata.license) != "LGPL-2.1":
            return None
        expression = _LESSER[expression]
    if expression:
        return None if _disputing(expression, metadata) else Stated(expression)
    if len(metadata.license) > LONGEST_NAME:
        expression = recognised(metadata.license)
        if expression:
            return Stated(expression, "the License field")
    families = _families(metadata)
    if len(families) > 1:
        return Stated(problem=f"the metadata names several licences: {_quoted(metadata)}")
    if any(not begins for begins in families) and not _gnu_kind(metadata):
        return Stated(problem=f"the metadata names none exactly: {_quoted(metadata)}")
    return None


def _disputing(expression: str, metadata: Metadata) -> str:
    """What the metadata names, if it also names another licence than the one of an expression
    that a field or a classifier states: one of another family, or by its text; else nothing."""
    if expression == metadata.license_expression:
        return ""
    text = metadata.license if len(metadata.license) > LONGEST_NAME else ""
    written = gnu_licence(text) or recognised(text)
    if written and not (written in expression or "GPL" in written and "GPL" in expression):
        return f"{_quoted(metadata)}, and the text of {written}"
    named = " | ".join(_names(metadata))
    agreed = (
        any(begin in expression for begin in begins or (_GNU_ALL if name == _GNU else ()))
        for name, begins in _FAMILIES.items()
        if name != _ANY_TERMS and _names_family(name, named)
    )
    return "" if all(agreed) else _quoted(metadata)


def in_files(metadata: Metadata, files: Mapping[str, str]) -> Stated:
    """The licence by the texts of ``files``, by path: the one that all of them are, if the
    metadata does not contradict; if it contradicts itself, one of those that it names. Files with
    the licences of what the archive bundles do not count, where there are others."""
    expression = _expression(metadata)
    others = _disputing(expression, metadata) if expression else ""
    if expression is not None and not others:
        return _lesser(expression, files)
    # What is declared but was not found cannot be compared.
    texts = {path: "" for path in metadata.license_files if _NAMED_SO.search(path)}
    texts |= {path: text for path, text in files.items() if not path.endswith(NOTICES)}
    own = {path: text for path, text in texts.items() if not _OF_OTHERS.search(path)} or texts
    modules = {path: text for path, text in sorted(files.items()) if path.endswith(NOTICES)}
    later, module = or_later(modules)
    if later and _is_of_gnu(later, own.values(), metadata):
        return Stated(later, module)
    if not (texts or others):
        return Stated(problem=_nothing(metadata))
    found = {path: recognised(text) or _introduced(text, metadata) for path, text in own.items()}
    if expression and {gnu_licence(text) for text in own.values()} == {
        _GNU_CHOICE.sub("", expression)
    }:
        return Stated(expression, next(iter(own)))
    if others and not (found and _is_named(found.values(), metadata)):
        return Stated(problem=f"the metadata names several licences: {others}")
    for path, expression in found.items():
        if not expression:
            return Stated(problem=_unknown(path, texts[path]))
    if len({*found.values()}) > 1:
        each = ", ".join(f"{path} is {expression}" for path, expression in found.items())
        return Stated(problem=f"the archive has several: {each}")
    path, expression = next(iter(found.items()))
    named_so = [expression.startswith(begins) for begins in _families(metadata)]
    if not (others or all(named_so)):
        return Stated(problem=f"{path} is {expression}, but the metadata says {_quoted(metadata)}")
    return Stated(expression, path)


def _nothing(metadata: Metadata) -> str:
    if _names(metadata):
        return f"the metadata names none exactly: {_quoted(metadata)}"
    return "neither the metadata nor a file of the archive names one"


def _gnu_kind(metadata: Metadata) -> str:
    """Which licences of GNU the metadata names, without a version and without others; empty if
    it does not."""
    named = " | ".join(_names(metadata))
    families = [name for name in _FAMILIES if _names_family(name, named)]
    if families != [_GNU]:
        return ""
    affero, lesser = (
        re.search("agpl|affero", named, re.I),
        re.search("lgpl|less|libr", named, re.I),
    )
    return "AGPL" if affero else "LGPL" if lesser else "GPL"


def _is_of_gnu(licence: str, texts: Iterable[str], metadata: Metadata) -> bool:
    """Whether this licence of GNU is the one that the metadata names, if it names any, and has
    the texts of; the GPL stands beside the LGPL, which refers to it."""
    text, kind = licence.replace("-or-later", ""), licence.partition("-")[0]
    titles = {gnu_licence(each) for each in texts}
    others = {title for title in titles if not (kind == "LGPL" and title.startswith("GPL"))}
    named = _gnu_kind(metadata) == kind or (not _names(metadata) and bool(titles))
    return named and (others == {text} or not titles)


def _is_named(expressions: Iterable[str], metadata: Metadata) -> bool:
    """Whether the metadata names each of these licences or has its text, maybe beside others."""
    families = {*_families(metadata), (recognised(metadata.license) or "nothing",)}
    return all(any(each.startswith(begins) for begins in families) for each in expressions)


def _introduced(text: str, metadata: Metadata) -> str:
    """The licence that a file gives the project, before those of parts by others, and that the
    metadata and the words before it name as well; empty if there is none."""
    declared, first = _families(metadata), leading(text)
    if not declared or first is None:
        return ""
    named_so = declared | _families_in(first.introduction)
    agreed = all(begins and first.licence.startswith(begins) for begins in named_so)
    return first.licence if agreed else ""


def same(one: str, other: str) -> bool:
    """Whether two SPDX expressions state the same licence, whatever their case and order, and
    whether or not they use deprecated identifiers (``GPL-3.0+``)."""
    return _comparable(one) == _comparable(other)


def same_family(one: str, other: str) -> bool:
    """Whether two SPDX expressions state the `same` licence but for whether later versions may be
    chosen: many who wrote "GPLv3" meant that, and say it exactly in their next release."""
    return same(*(re.sub(r"(GPL-[\d.]+)(?:-only|-or-later|\+)", r"\1", e) for e in (one, other)))


def _comparable(expression: str) -> tuple[str, frozenset[str]]:
    """The operator of an expression and what it joins; all of it where parentheses nest."""
    try:
        text = str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        text = expression
    text = re.sub(r"(GPL-[\d.]+)\+", r"\1-or-later", text)
    text = re.sub(r"(GPL-[\d.]+)(?![\w.-])", r"\1-only", text)
    operators = set(re.findall(r" (AND|OR) ", text))
    if len(operators) > 1 or "(" in text:
        return "", frozenset([text])
    operator = next(iter(operators), "")
    return operator, frozenset(text.split(f" {operator} "))


def _lesser(expression: str, files: Mapping[str, str]) -> Stated:
    """Version 2 of the LGPL, or 2.1 where that is the text of one of the ``files``."""
    titles = {path: gnu_licence(text) for path, text in files.items()}
    if "LGPL-2.0" not in titles.values():
        for path, title in titles.items():
            if title == "LGPL-2.1":
                return Stated(_LESSER[expression], path)
    return Stated(expression)


def _unknown(path: str, text: str) -> str:
    gnu = gnu_licence(text)
    if gnu:
        return f"{path} is {gnu}, and nothing says whether later versions may be chosen"
    return f"{path} is not exactly the text of one standard licence"


def _expression(metadata: Metadata) -> str | None:
    """The SPDX expression that the metadata leaves no doubt about."""
    for text in (metadata.license_expression, *_titles(metadata.license)):
        expression = named(text)
        if expression:
            return expression
    found = {classified(name) for name in _classified(metadata)}
    if not found:
        return gnu_version(metadata.license)
    if found == {None}:
        return gnu_version(metadata.license, _classified(metadata))
    return found.pop() if len(found) == 1 else None


def _titles(field: str) -> Sequence[str]:
    """What may be a name in a License field: many put the whole licence there, which begins with
    its title, on one line or two."""
    first = [" ".join(line.split()) for line in field.strip().split("\n", 2)[:2]]
    title = _DATE.sub("", " ".join(first))
    return [first[0].replace("SPDX-License-Identifier:", ""), title]


def _classified(metadata: Metadata) -> Sequence[str]:
    """What the classifiers call the licence."""
    return [
        classifier.rpartition("::")[2].strip()
        for classifier in metadata.classifiers
        if classifier.startswith("License ::") and not classifier.endswith("OSI Approved")
    ]


def _names(metadata: Metadata) -> Sequence[str]:
    """All names of the licence that the metadata has."""
    title = " ".join(metadata.license.split())
    field = [title] if title and title != "UNKNOWN" and len(title) <= LONGEST_NAME else []
    return [*field, *_classified(metadata)]


def _families(metadata: Metadata) -> set[tuple[str, ...]]:
    """What the identifiers of the licences begin with that the metadata names."""
    return _families_in(" | ".join(_names(metadata)))


def _families_in(text: str) -> set[tuple[str, ...]]:
    return {begins for name, begins in _FAMILIES.items() if _names_family(name, text)}


def _names_family(name: str, text: str) -> bool:
    return re.search(rf"(?<![a-z])(?:{name})(?![a-z])", text, re.I) is not None


def _quoted(metadata: Metadata) -> str:
    return ", ".join(dict.fromkeys(f"'{name}'" for name in _names(metadata)))
