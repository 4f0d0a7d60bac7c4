"""The licence of a release, where there is no doubt: from its metadata, else by the text of a file
of its archive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Callable, Union

from ..pypi.model import NOTICES, Metadata
from ..recipe.model import Condition, License
from .license_claims import Claims, families_in
from .license_names import LONGEST_NAME
from .license_notices import or_later
from .license_parts import first, leading
from .license_texts import gnu_licence, recognised
from .merge import span
from .versions import runs

#: Of the files that the metadata declares (PEP 639), those that are not lists of authors.
_NAMED_SO = re.compile(r"licen[cs]e|copying", re.I)
#: Licences of copies that an archive has of other projects.
_OF_OTHERS = re.compile(r"third.?part(y|ies)|bundled|vendor(ed)?\b", re.I)
#: How a file says that it has licences of others, too, or which licence it is.
_SAYS_SO = re.compile(
    r"\b(?:includes?|contains?|bundles?|portions|parts)\b"
    r"|\bthis is (?:the|an?) [^.:;]{0,60}\blicen[cs]e\b"
)
#: What metadata may call version 2.1 of the LGPL, for which there is no classifier, and which is
#: the first one of that name.
_LESSER = {"LGPL-2.0-only": "LGPL-2.1-only", "LGPL-2.0-or-later": "LGPL-2.1-or-later"}
#: What ends a notice of copyright.
_RESERVED = re.compile(r"\ball rights reserved\b")
#: What the text of a licence of GNU does not say.
_GNU_CHOICE = re.compile(r"-(?:only|or-later)$")


@dataclass(frozen=True)
class Stated:
    """The SPDX ``expression`` (PEP 639) of a release's licence, and the ``file`` whose text it is,
    if its metadata does not say it, or names another (``against``); or the ``problem``: why there
    is none. ``is_unread``: as the archive, which may say it, is damaged."""

    expression: str = ""
    file: str = ""
    problem: str = ""
    is_unread: bool = False
    against: str = ""


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
    claims = Claims(metadata)
    expression = claims.expression
    if expression in _LESSER and expression not in (
        metadata.license_expression,
        metadata.license,
    ):
        if gnu_licence(metadata.license) != "LGPL-2.1":
            return None
        expression = _LESSER[expression]
    if expression:
        return None if claims.disputed else Stated(expression)
    if len(metadata.license) > LONGEST_NAME:
        expression = recognised(metadata.license)
        if expression:
            return Stated(expression, "the License field")
    if len(claims.families) > 1:
        return Stated(problem=f"the metadata names several licences: {claims.quoted}")
    if any(not begins for begins in claims.families) and not claims.gnu_kind:
        return Stated(problem=f"the metadata names none exactly: {claims.quoted}")
    return None


def in_metadata_for_sure(metadata: Metadata) -> Stated | None:
    """The licence by the metadata; None also where only classifiers state one, as a file of the
    archive may be the text of another."""
    return None if Claims(metadata).is_classified else in_metadata(metadata)


def in_files(metadata: Metadata, files: Mapping[str, str]) -> Stated:
    """The licence by the texts of ``files``, by path: the one that all of them are, if the
    metadata does not contradict; if it contradicts itself, one of those that it names. Files with
    the licences of what the archive bundles do not count, where there are others."""
    evidence = _Evidence(metadata, files)
    return next(stated for stated in (rule(evidence) for rule in _RULES) if stated)


@dataclass(frozen=True)
class _Evidence:
    """What ``metadata`` says of the licence, and ``files`` of the archive, by path."""

    metadata: Metadata
    files: Mapping[str, str]

    @cached_property
    def claims(self) -> Claims:
        return Claims(self.metadata)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The licence files. Those that are declared but were not found have no text, as they
        cannot be compared."""
        declared = {path: "" for path in self.metadata.license_files if _NAMED_SO.search(path)}
        return declared | {
            path: text for path, text in self.files.items() if not path.endswith(NOTICES)
        }

    @cached_property
    def own(self) -> Mapping[str, str]:
        """The licence files of the project itself, if there are any."""
        own = {path: text for path, text in self.texts.items() if not _OF_OTHERS.search(path)}
        return own or self.texts

    @cached_property
    def titles(self) -> set[str]:
        """The licences of GNU whose texts these are; ``""`` for others."""
        return {gnu_licence(text) for text in self.own.values()}

    @cached_property
    def found(self) -> Mapping[str, str]:
        """Which licence each of these files is; ``""`` if none."""
        return {
            path: recognised(text) or _introduced(text, self.claims)
            for path, text in self.own.items()
        }


# --- the rules, each with what it decides; None where it does not apply --------------------------


def _text_of_another(evidence: _Evidence) -> Stated | None:
    claims, found = evidence.claims, {*evidence.found.values()}
    if not claims.is_classified or len(found) != 1:
        return None
    path, licence = _first(evidence)
    if not licence or licence == claims.expression:
        return None
    return Stated(licence, path, against=claims.quoted)


def _undisputed(evidence: _Evidence) -> Stated | None:
    claims = evidence.claims
    if claims.expression is None or claims.disputed:
        return None
    return _lesser(claims.expression, evidence.files)


def _noticed(evidence: _Evidence) -> Stated | None:
    modules = {p: text for p, text in sorted(evidence.files.items()) if p.endswith(NOTICES)}
    later, module = or_later(modules)
    return Stated(later, module) if later and _is_of_gnu(later, evidence) else None


def _without_files(evidence: _Evidence) -> Stated | None:
    claims = evidence.claims
    if evidence.texts or claims.disputed:
        return None
    if claims.names:
        return Stated(problem=f"the metadata names none exactly: {claims.quoted}")
    return Stated(problem="neither the metadata nor a file of the archive names one")


def _text_of_gnu(evidence: _Evidence) -> Stated | None:
    expression = evidence.claims.expression
    if not expression or evidence.titles != {_GNU_CHOICE.sub("", expression)}:
        return None
    return Stated(expression, next(iter(evidence.own)))


def _undecided(evidence: _Evidence) -> Stated | None:
    disputed, found = evidence.claims.disputed, evidence.found
    if not disputed or (found and evidence.claims.has_all(found.values())):
        return None
    return Stated(problem=f"the metadata names several licences: {disputed}")


def _unknown(evidence: _Evidence) -> Stated | None:
    path = next((path for path, licence in evidence.found.items() if not licence), None)
    if path is None:
        return None
    gnu = gnu_licence(evidence.texts[path])
    if gnu:
        problem = f"{path} is {gnu}, and nothing says whether later versions may be chosen"
        return Stated(problem=problem)
    return Stated(problem=f"{path} is not exactly the text of one standard licence")


def _several(evidence: _Evidence) -> Stated | None:
    if len({*evidence.found.values()}) == 1:
        return None
    each = ", ".join(f"{path} is {licence}" for path, licence in evidence.found.items())
    return Stated(problem=f"the archive has several: {each}")


def _contradicting(evidence: _Evidence) -> Stated | None:
    claims, (path, licence) = evidence.claims, _first(evidence)
    if claims.disputed or all(licence.startswith(begins) for begins in claims.families):
        return None
    return Stated(problem=f"{path} is {licence}, but the metadata says {claims.quoted}")


def _by_its_text(evidence: _Evidence) -> Stated:
    path, licence = _first(evidence)
    return Stated(licence, path)


#: What the words before a text say if it is the licence.
_AS_FOLLOWS = re.compile(
    r"is licensed under the terms of the [^.:;]* licen[cs]e\b[^.:;]* as follows"
)
_Rule = Callable[[_Evidence], Union[Stated, None]]
#: The first one that applies decides. Each relies on those before it.
_RULES: Sequence[_Rule] = (
    _text_of_another,  # only classifiers state one, and the files are another: what they are
    _undisputed,  # the metadata states one, and names no other: that one
    _noticed,  # modules allow later versions of the licence of GNU that is meant: these too
    _without_files,  # no licence file, and nothing that one could decide: none
    _text_of_gnu,  # the metadata states one of GNU beside others, and its text is there: that one
    _undecided,  # the metadata names several, and the files are none of them: none
    _unknown,  # a file is not a standard text: none
    _several,  # the files are texts of different licences: none
    _contradicting,  # the files are one licence, and the metadata names another: none
    _by_its_text,  # the files are one licence: that one
)


# --- what the rules ask -------------------------------------------------------------------------


def _first(evidence: _Evidence) -> tuple[str, str]:
    """The first licence file, and which licence it is."""
    return next(iter(evidence.found.items()))


def _is_of_gnu(licence: str, evidence: _Evidence) -> bool:
    """Whether this licence of GNU is the one that the metadata names, if it names any, and has
    the texts of; the GPL stands beside the LGPL, which refers to it."""
    text, kind = licence.replace("-or-later", ""), licence.partition("-")[0]
    claims, titles = evidence.claims, evidence.titles
    others = {title for title in titles if not (kind == "LGPL" and title.startswith("GPL"))}
    named = claims.gnu_kind == kind or (not claims.names and bool(titles))
    return named and (others == {text} or not titles)


def _introduced(text: str, claims: Claims) -> str:
    """The licence that a file gives the project, before those of parts by others, and that the
    metadata and the words before it name as well; where the metadata names none, these must also
    say that it is the licence, or that there are parts. Where anything else follows, they must
    say that the text is the licence. Empty if there is none."""
    whole = leading(text)
    begins = whole or first(text)
    if begins is None:
        return ""
    declared = claims.families
    said = families_in(_RESERVED.sub("", begins.introduction))
    if not whole and not (declared and said and _AS_FOLLOWS.search(begins.introduction)):
        return ""
    if not (declared or (said and _SAYS_SO.search(begins.introduction))):
        return ""
    agreed = all(each and begins.licence.startswith(each) for each in declared | said)
    return begins.licence if agreed else ""


def _lesser(expression: str, files: Mapping[str, str]) -> Stated:
    """Version 2 of the LGPL, or 2.1 where that is the text of one of the ``files``."""
    titles = {path: gnu_licence(text) for path, text in files.items()}
    if expression in _LESSER and "LGPL-2.0" not in titles.values():
        for path, title in titles.items():
            if title == "LGPL-2.1":
                return Stated(_LESSER[expression], path)
    return Stated(expression)
