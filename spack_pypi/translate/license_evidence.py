"""What there is to decide on the licence of a release: its metadata, and the licence files of its
archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..pypi.model import NOTICES, Metadata
from .license_claims import Claims, families_in, titles
from .license_names import named
from .license_parts import first, leading, without_remarks
from .license_texts import begins_as, gnu_licence, is_gnu_alone, recognised, words_of

#: Of the files that the metadata declares (PEP 639), those that are not lists of authors.
_NAMED_SO = re.compile(r"licen[cs]e|copying", re.I)
#: Licences of copies that an archive has of other projects.
_OF_OTHERS = re.compile(r"third.?part(y|ies)|bundled|vendor(ed)?\b", re.I)
#: How a file says that it has licences of others, too, or which licence it is.
_SAYS_SO = re.compile(
    r"\b(?:includes?|contains?|bundles?|portions|parts)\b"
    r"|\bthis is (?:the|an?) [^.:;]{0,60}\blicen[cs]e\b"
    r"|\bcode (?:itself )?is licen[cs]ed under [^.:;]{0,60}\blicen[cs]e\b"
)
#: What ends a notice of copyright.
_RESERVED = re.compile(r"\ball rights reserved\b")
#: What the words before a text say if it is the licence.
_AS_FOLLOWS = re.compile(
    r"is licensed under the terms of the [^.:;]* licen[cs]e\b[^.:;]* as follows"
    r"|is distributed under an? [^.:;]* licen[cs]e \. .* their licen[cs]es follow\b"
)
#: What the words behind a text say if they are about files by others...
_OF_PARTS = re.compile(
    r"\bthird - party\b|\b(?:derived|adapted|taken|copied|borrowed) from\b|\bbased on\b"
)
#: ... or change the licence itself.
_CHANGES = re.compile(
    r"commons clause|\badditional (?:terms?|conditions?|restrictions?|permissions?)\b"
    r"|\bexceptions?\b|\bnon ?-? ?commercial|\bcommercial (?:use|licen)"
    r"|\bfor (?:research|academic|personal|evaluation)\b"
)


@dataclass(frozen=True)
class Evidence:
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
            path: recognised(text)
            or recognised(without_remarks(text))
            or _introduced(text, self.claims)
            for path, text in self.own.items()
        }

    @cached_property
    def titled(self) -> str:
        """The licence of which the only file has the title and the beginning, and no terms for
        some kind of use; ``""`` if there is none."""
        text = next(iter(self.own.values())) if len(self.own) == 1 else ""
        names = [] if _CHANGES.search(" ".join(words_of(text))) else map(named, titles(text))
        return next((each for each in names if each and begins_as(text, each)), "")

    @cached_property
    def notices(self) -> Mapping[str, str]:
        """The tops of modules that speak of later versions."""
        files = sorted(self.files.items())
        return {path: text for path, text in files if path.endswith(NOTICES)}

    @property
    def first(self) -> tuple[str, str]:
        """The first of these files, and which licence it is."""
        return next(iter(self.found.items()))

    @property
    def is_gnu_alone(self) -> bool:
        """Whether the archive has the text of one licence of GNU (the LGPL with the GPL, to which
        it refers), which the metadata names if it names any, and no module says more."""
        claims, titles = self.claims, self.titles
        kinds = {title.partition("-")[0] for title in titles}
        kind = "LGPL" if kinds == {"LGPL", "GPL"} else next(iter(kinds)) if len(kinds) == 1 else ""
        return (
            "" not in titles
            and len({title for title in titles if title.startswith(kind)}) == 1
            and (claims.gnu_kind == kind or not claims.names)
            and all(map(is_gnu_alone, self.own.values()))
            and not any(path.endswith(NOTICES) for path in self.files)
        )

    def is_of_gnu(self, licence: str) -> bool:
        """Whether this licence of GNU is the one that the metadata names, if it names any, and has
        the texts of; the GPL stands beside the LGPL, which refers to it."""
        text, kind = licence.replace("-or-later", ""), licence.partition("-")[0]
        claims, titles = self.claims, self.titles
        others = {title for title in titles if not (kind == "LGPL" and title.startswith("GPL"))}
        named = claims.gnu_kind == kind or (not claims.names and bool(titles))
        return named and (others == {text} or not titles)


def _introduced(text: str, claims: Claims) -> str:
    """The licence that a file gives the project, before those of parts by others, and that the
    metadata and the words before it name as well; where the metadata names none, these must also
    say that it is the licence, or that there are parts. Where anything else follows, they must
    say that the text is the licence, or what follows that it is about files by others. Empty if
    there is none."""
    whole = leading(text)
    begins = whole or first(text)
    if begins is None:
        return ""
    declared = claims.families
    said = families_in(_RESERVED.sub("", begins.introduction))
    if not whole:
        follows = said and _AS_FOLLOWS.search(begins.introduction)
        of_parts = _OF_PARTS.search(begins.behind) and not _CHANGES.search(begins.behind)
        if not declared or not (follows or of_parts):
            return ""
    says_so = said and not begins.has_remarks and _SAYS_SO.search(begins.introduction)
    if not (declared or says_so):
        return ""
    # Of what the metadata names, others may be licences of parts, if the words name this one only.
    agreed = all(each and begins.licence.startswith(each) for each in said or declared)
    named = not declared or any(each and begins.licence.startswith(each) for each in declared)
    return begins.licence if agreed and named else ""
