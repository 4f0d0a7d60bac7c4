"""The licence of a release, where there is no doubt: from its metadata, else by the text of a file
of its archive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Callable, Union

from ..pypi.model import Metadata, choice
from ..recipe.model import Condition, License
from .license_alternatives import Offer, beside_public_domain, offered, with_that_of_files
from .license_claims import Claims, families_in, of_family
from .license_evidence import Evidence
from .license_names import LONGEST_NAME
from .license_notices import or_later
from .license_parts import contained
from .license_texts import gnu_licence, recognised
from .merge import span
from .versions import runs

#: What metadata may call version 2.1 of the LGPL, for which there is no classifier, and which is
#: the first one of that name.
_LESSER = {"LGPL-2.0-only": "LGPL-2.1-only", "LGPL-2.0-or-later": "LGPL-2.1-or-later"}
#: What a comment says of a licence that is known by the title of its text.
_BY_TITLE = "by its title, as its words differ from the standard text"
#: The file of the project itself, where others say in their names of what they are the licence.
_PLAIN_NAME = re.compile(r"(licen[cs]e|copying)(\.(txt|md|rst))?", re.I)
#: The problem of a release that says nothing.
NONE_NAMED = "neither the metadata nor a file of the archive names one"
#: What the text of a licence of GNU does not say.
_GNU_CHOICE = re.compile(r"-(?:only|or-later)$")


@dataclass(frozen=True)
class Stated:
    """The SPDX ``expression`` (PEP 639) of a release's licence, and the ``file`` whose text it is,
    if its metadata does not say it; or the ``problem``: why there is none. ``against`` is what
    else the metadata names. ``is_disputed``: the problem is that what is there contradicts itself;
    ``is_unread``: that the archive, which may say it, is damaged. ``is_in_field``: the License
    field names it, too, so that only classifiers differ. ``remark`` is a reason that the
    expression alone does not show. ``is_of_newer``: the file is one of a newer release."""

    expression: str = ""
    file: str = ""
    problem: str = ""
    is_unread: bool = False
    against: str = ""
    is_disputed: bool = False
    is_in_field: bool = False
    remark: str = ""
    is_of_newer: bool = False

    @property
    def contradiction(self) -> str:
        """What the recipe says of a contradiction, a sentence; empty if there is none."""
        if self.is_disputed:
            return f"no license: {self.problem}"
        also = f"{self.file} is {self.expression}, though the metadata names {self.against}"
        return also if self.against and not self.is_in_field else ""

    @property
    def sources(self) -> str:
        """What says which licence it is, and what says another one."""
        if self.is_in_field:
            return f"the text of {self.file} and the License field; classifiers say {self.against}"
        against = f", though the metadata names {self.against}" if self.against else ""
        return f"the text of {self.file}{against}"


def lines(stated: Mapping[str, Stated]) -> tuple[License, ...]:
    """The lines of a recipe for the licence of each release (by version text, newest first), one
    per run. A release whose licence is not clear is passed over."""
    versions = list(stated)
    expressions = [each.expression for each in stated.values()]
    known = {expression for expression in expressions if expression}
    if len(known) == 1:
        newer = next((each for each in stated.values() if each.is_of_newer), None)
        return (License(known.pop(), reason=f"stated only by {newer.file}" if newer else ""),)
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
        return None
    if any(not begins for begins in claims.families) and not claims.names_gnu:
        return Stated(problem=f"the metadata names none exactly: {claims.quoted}")
    return None


def in_metadata_for_sure(metadata: Metadata) -> Stated | None:
    """The licence by the metadata; None also where files of the archive may say it better: only
    classifiers state one, or one of GNU of a version, but not whether later ones may be chosen, or
    files of the archive are under another one."""
    claims = Claims(metadata)
    is_open = claims.is_classified or claims.names_version_only
    return None if is_open or metadata.license_of_files else in_metadata(metadata)


def in_files(metadata: Metadata, files: Mapping[str, str]) -> Stated:
    """The licence by the texts of ``files``, by path: the one that all of them are, if the
    metadata does not contradict; if it contradicts itself, one of those that it names. Files with
    the licences of what the archive bundles do not count, where there are others."""
    evidence = Evidence(metadata, files)
    stated = next(stated for stated in (rule(evidence) for rule in _RULES) if stated)
    agreed = stated.against != "" and evidence.claims.field_agrees(stated.expression)
    return replace(stated, is_in_field=agreed)


# --- the rules, each with what it decides; None where it does not apply --------------------------


def _text_of_another(evidence: Evidence) -> Stated | None:
    claims, found = evidence.claims, {*evidence.found.values()}
    if not claims.is_classified or len(found) != 1:
        return None
    path, licence = evidence.first
    if not licence or licence == claims.expression:
        return None
    return Stated(licence, path, against=claims.others(licence))


def _later_versions(evidence: Evidence) -> Stated | None:
    claims = evidence.claims
    if not claims.names_version_only or claims.disputed:
        return None
    noticed = _noticed(evidence)
    same = noticed and claims.expression == noticed.expression.replace("-or-later", "-only")
    return noticed if same else None


def _undisputed(evidence: Evidence) -> Stated | None:
    claims = evidence.claims
    if claims.expression is None or claims.disputed:
        return None
    return _lesser(claims.expression, evidence.files)


def _noticed(evidence: Evidence) -> Stated | None:
    later, module = or_later(evidence.notices)
    return Stated(later, module) if later and evidence.is_of_gnu(later) else None


def _without_files(evidence: Evidence) -> Stated | None:
    claims = evidence.claims
    if evidence.texts or claims.disputed:
        return None
    if len(claims.families) > 1:
        return _several_named(claims)
    if claims.names:
        return Stated(problem=f"the metadata names none exactly: {claims.quoted}")
    return Stated(problem=NONE_NAMED)


def _text_of_gnu(evidence: Evidence) -> Stated | None:
    expression = evidence.claims.expression or evidence.claims.gnu_in_field
    if not expression or evidence.titles != {_GNU_CHOICE.sub("", expression)}:
        return None
    path = next(iter(evidence.own))
    if not evidence.claims.expression:
        later, module = or_later(evidence.notices)
        same = later == expression.replace("-only", "-or-later")
        expression, path = (later, module) if same else (expression, path)
    return Stated(expression, path, against=evidence.claims.others(expression))


def _of_the_choice_in_field(evidence: Evidence) -> Stated | None:
    return _of_offer(offered(evidence))


def _with_that_of_files(evidence: Evidence) -> Stated | None:
    return _of_offer(with_that_of_files(evidence))


def _of_the_choice(evidence: Evidence) -> Stated | None:
    offering = {path: choice(text) for path, text in evidence.own.items() if choice(text)}
    said = next(iter(offering.values()), evidence.metadata.choice)
    licences = {licence: path for path, licence in evidence.found.items() if licence}
    for path in offering:
        licences.update((licence, path) for licence in contained(evidence.own[path]))
    unknown = {path for path, licence in evidence.found.items() if not licence} - {*offering}
    if not said or len(licences) < 2 or unknown:
        return None
    named = families_in(said)
    if len(named) != len(licences) or any(
        of_family(named, licence) is None for licence in licences
    ):
        return None
    expression, path = " OR ".join(sorted(licences)), next(iter(licences.values()))
    return Stated(expression, path, remark=f"'{said}'")


def _beside_public_domain(evidence: Evidence) -> Stated | None:
    return _of_offer(beside_public_domain(evidence))


def _text_by_plain_name(evidence: Evidence) -> Stated | None:
    claims, found = evidence.claims, evidence.found
    plain = [path for path in found if _PLAIN_NAME.fullmatch(path)]
    if len(found) == 1 or len(plain) != 1 or len(claims.families) != 1:
        return None
    licence = found[plain[0]]
    of_it = [path for path, each in found.items() if of_family(claims.families, each or "?")]
    return Stated(licence, plain[0]) if licence and of_it == plain else None


def _text_by_field(evidence: Evidence) -> Stated | None:
    claims, found = evidence.claims, {*evidence.found.values()}
    if len(claims.families) < 2 or len(claims.families_in_field) != 1 or len(found) != 1:
        return None
    path, licence = evidence.first
    if of_family(claims.families_in_field, licence or "?") is None:
        return None
    return Stated(licence, path, against=claims.others(licence))


def _title_by_field(evidence: Evidence) -> Stated | None:
    claims, titled = evidence.claims, evidence.titled
    path, licence = next(iter(evidence.found.items()), ("", ""))
    if licence or not titled or len(claims.families) < 2 or len(claims.families_in_field) != 1:
        return None
    if of_family(claims.families_in_field, titled) is None:
        return None
    return Stated(titled, path, remark=_BY_TITLE, against=claims.others(titled))


def _undecided(evidence: Evidence) -> Stated | None:
    claims, found = evidence.claims, evidence.found
    if not claims.disputed and len(claims.families) < 2:
        return None
    if claims.disputed and found and claims.has_all(found.values()):
        return None
    return _several_named(claims)


def _by_its_title(evidence: Evidence) -> Stated | None:
    families, titled = evidence.claims.families, evidence.titled
    path, licence = next(iter(evidence.found.items()), ("", ""))
    if licence or not titled or len(families) != 1 or of_family(families, titled) is None:
        return None
    return Stated(titled, path, remark=_BY_TITLE)


def _unknown(evidence: Evidence) -> Stated | None:
    path = next((path for path, licence in evidence.found.items() if not licence), None)
    if path is None:
        return None
    gnu = gnu_licence(evidence.texts[path])
    if gnu:
        unsaid = "nothing says whether later versions may be chosen"
        if evidence.is_gnu_alone:
            lesser = next((each for each in evidence.titles if each.startswith("LGPL")), gnu)
            return Stated(f"{lesser}-only", path, remark=f"{unsaid}, so only this one")
        return Stated(problem=f"{path} is {gnu}, and {unsaid}")
    return Stated(problem=f"{path} is not exactly the text of one standard licence")


def _several(evidence: Evidence) -> Stated | None:
    if len({*evidence.found.values()}) == 1:
        return None
    each = ", ".join(f"{path} is {licence}" for path, licence in evidence.found.items())
    return Stated(problem=f"the archive has several: {each}", is_disputed=True)


def _contradicting(evidence: Evidence) -> Stated | None:
    claims, (path, licence) = evidence.claims, evidence.first
    if claims.disputed or all(licence.startswith(begins) for begins in claims.families):
        return None
    problem = f"{path} is {licence}, but the metadata says {claims.quoted}"
    return Stated(problem=problem, is_disputed=True)


def _by_its_text(evidence: Evidence) -> Stated:
    path, licence = evidence.first
    return Stated(licence, path, against=evidence.claims.others(licence))


_Rule = Callable[[Evidence], Union[Stated, None]]
#: The first one that applies decides. Each relies on those before it.
_RULES: Sequence[_Rule] = (
    _with_that_of_files,  # a file says that files of the archive are under another one: both
    _text_of_another,  # only classifiers state one, and the files are another: what they are
    _later_versions,  # the metadata states one of GNU, modules allow later versions: these too
    _undisputed,  # the metadata states one, and names no other: that one
    _noticed,  # modules allow later versions of the licence of GNU that is meant: these too
    _without_files,  # no licence file, and nothing that one could decide: none
    _text_of_gnu,  # the metadata states one of GNU beside others, and its text is there: that one
    _of_the_choice_in_field,  # the field lets choose, and each text is there: any of them
    _of_the_choice,  # one of several may be chosen, and their texts are there: any of them
    _beside_public_domain,  # parts are in the public domain, and the text of what else is named
    # is there: that one, as nothing asks for more
    _text_by_plain_name,  # one file has the plain name, and is what is named: that one
    _text_by_field,  # only classifiers name others than the field does, by its text: that one
    _title_by_field,  # the same by the title of a text with other words further down
    _undecided,  # the metadata names several, and the files are none of them: none
    _by_its_title,  # a file has the title of what is named, and other words further down: that one
    _unknown,  # a file is not a standard text: none; one of GNU by itself is that version only
    _several,  # the files are texts of different licences: none
    _contradicting,  # the files are one licence, and the metadata names another: none
    _by_its_text,  # the files are one licence: that one
)


# --- what the rules ask -------------------------------------------------------------------------


def _several_named(claims: Claims) -> Stated:
    named = claims.disputed or claims.quoted
    return Stated(problem=f"the metadata names several licences: {named}", is_disputed=True)


def _of_offer(found: Offer | None) -> Stated | None:
    return Stated(found.expression, found.file, remark=found.said) if found else None


def _lesser(expression: str, files: Mapping[str, str]) -> Stated:
    """Version 2 of the LGPL, or 2.1 where that is the text of one of the ``files``."""
    titles = {path: gnu_licence(text) for path, text in files.items()}
    if expression in _LESSER and "LGPL-2.0" not in titles.values():
        for path, title in titles.items():
            if title == "LGPL-2.1":
                return Stated(_LESSER[expression], path)
    return Stated(expression)
