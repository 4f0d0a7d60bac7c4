"""Several licences. Between some the License field lets choose ("LGPLv3 or BSD"): each side of
its "or" is one where the archive has exactly one text of it; a commercial one is not for whoever
got the archive without buying it. Beside others, parts are in the public domain. And some are
those of a few files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .license_claims import families_in, of_family
from .license_evidence import Evidence
from .license_names import LONGEST_NAME, gnu_version, named
from .license_notices import or_later
from .license_parts import contained
from .license_texts import gnu_licences

#: What may stand before the names.
_DUAL = re.compile(r"(?:dual(?:ly)?[- ]?licen[cs](?:ed?|ing)|dual)\b[\s:,-]*(?:under )?", re.I)
_EITHER = re.compile(r"either (?:of )?(?:the )?", re.I)
#: What else joins names, and words behind "or" that are no name.
_JOINED = re.compile(r"[,&+;/]|\band\b|\b(?:any |or[- ])?(?:later|newer)\b", re.I)
_COMMERCIAL = re.compile(r"(?:[\w.-]+ )?(?:commercial|proprietary)(?: licen[cs]e)?", re.I)
_PUBLIC_DOMAIN = re.compile("public domain", re.I)
#: What a licence file calls the licence of files.
_UNDER = re.compile(r"\blicen[cs]ed under (.*)", re.I)
_GNU_CHOICE = re.compile(r"-(?:only|or-later)$")


class Offer(NamedTuple):
    """The SPDX ``expression`` of several licences, as ``said``, and the ``file`` that shows the
    first one: that has its text, or says that later versions may be chosen."""

    expression: str
    file: str
    said: str


def offered(evidence: Evidence) -> Offer | None:
    """What the License field lets choose; None where it does not, where the text of one is not
    there, where the archive has another one, and where classifiers name another one."""
    names = _alternatives(evidence.metadata.license)
    standard = [name for name in names if not _COMMERCIAL.fullmatch(name)]
    texts = _texts(evidence) if standard and len(names) - len(standard) <= 1 else {}
    found = [_of_name(name, texts) for name in standard]
    used = {_GNU_CHOICE.sub("", each) for each in found}
    if "LGPL-3.0" in used:  # which is an addition to that
        used.add("GPL-3.0")
    if not texts or "" in found or len({*found}) < len(found) or not used >= texts.keys():
        return None
    if not evidence.claims.classifiers_agree(found, is_sold=len(standard) < len(names)):
        return None
    shown = [(each, texts[_GNU_CHOICE.sub("", each)]) for each in found]
    later, module = or_later(evidence.notices)
    only = later.replace("-or-later", "-only")
    shown = [(later, module) if each == only else (each, file) for each, file in shown]
    said = " ".join(evidence.metadata.license.split())
    return Offer(" OR ".join(each for each, _ in shown), shown[0][1], f"'{said}'")


def beside_public_domain(evidence: Evidence) -> Offer | None:
    """What is asked for where the License field says that parts are in the public domain; None
    where it does not, or where that is not exactly one licence whose text is there."""
    claims = evidence.claims
    left = families_in(_PUBLIC_DOMAIN.sub("", claims.quoted))
    licences = {each: path for path, text in evidence.own.items() for each in contained(text)}
    named = {each: path for each, path in licences.items() if of_family(left, each)}
    says_both = len(claims.families_in_field) > 1 and _PUBLIC_DOMAIN.search(claims.names[0])
    if not says_both or len(left) != 1 or len(named) != 1:
        return None
    licence, path = next(iter(named.items()))
    if any(of_family(claims.families, each) is None for each in licences):
        return None
    return Offer(licence, path, "the rest is in the public domain")


def with_that_of_files(evidence: Evidence) -> Offer | None:
    """The licence of the metadata and that of some files, where a licence file has just the texts
    of both and says that these files are under the second one; None where it does not."""
    said, own = evidence.metadata.license_of_files, evidence.claims.expression
    under = _UNDER.search(said)
    named = families_in(under[1]) if under else set()
    if not own or evidence.claims.disputed or len(named) != 1:
        return None
    for path, text in evidence.own.items():
        licences = contained(text) if " ".join(text.split()).find(said) >= 0 else []
        if len(licences) == 2 and licences[0] == own and of_family(named, licences[1]):
            return Offer(f"{own} AND {licences[1]}", path, f"'{said}'")
    return None


def _alternatives(field: str) -> Sequence[str]:
    """The names that an "or" joins, none where the field says more, or nothing like that."""
    text = " ".join(field.split())
    for before in (_DUAL, _EITHER):
        match = before.match(text)
        text = text[match.end() :] if match else text
    names = text.split(" or ") if len(field) <= LONGEST_NAME else []
    return names if len(names) > 1 and not any(map(_JOINED.search, names)) else ()


def _of_name(name: str, texts: Mapping[str, str]) -> str:
    """The licence that a name means, of whose family only one text is there; else ``""``."""
    exact = named(name) or gnu_version(name)
    if exact:
        return exact if _GNU_CHOICE.sub("", exact) in texts else ""
    families = families_in(name)
    begins = families.pop() if len(families) == 1 else ()
    found = [licence for licence in texts if begins and licence.startswith(begins)]
    return found[0] if len(found) == 1 else ""


def _texts(evidence: Evidence) -> Mapping[str, str]:
    """Each licence whose text is in the project's own licence files, with the file; those of GNU
    without what they do not say. Nothing where a file has none."""
    found: dict[str, str] = {}
    for path, text in evidence.own.items():
        licences = {evidence.found[path] or "", *contained(text), *gnu_licences(text)} - {""}
        if not licences:
            return {}
        for licence in sorted(licences):
            found.setdefault(licence, path)
    return found
