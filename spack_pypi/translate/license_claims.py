"""What the metadata of a release says of its licence: names, which may contradict each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..pypi.model import Metadata
from .license_names import LONGEST_NAME, classified, gnu_version, named
from .license_texts import gnu_licence, recognised

#: What some call a licence without conditions, whichever it is.
_ANY_TERMS = r"public domain|unlicense|cc0"
_SOLD = r"proprietary|commercial|all rights reserved|non-?free"
_GNU, _GNU_ALL = r"[al]?gpl\w*|gnu", ("GPL-",)
#: What metadata calls licences that it does not name exactly, and what their identifiers begin
#: with; nothing for those that no standard text has.
_FAMILIES = {
    r"bsd": ("BSD-", "0BSD"),
    r"apache": ("Apache-",),
    r"afl|academic free": ("AFL-",),
    r"mit|expat": ("MIT",),
    r"isc|iscl": ("ISC",),
    r"mpl|mozilla": ("MPL-",),
    _GNU: (),
    r"psf|python software foundation": ("PSF-", "Python-"),
    r"python 2": ("Python-", "PSF-"),
    _ANY_TERMS: ("Unlicense", "CC0-", "0BSD"),
    r"zlib|libpng": ("Zlib",),
    r"boost": ("BSL-",),
    r"cecill": ("CECILL-",),
    r"zpl|zope": ("ZPL-",),
    r"upl|universal permissive": ("UPL-",),
    _SOLD: (),
}
#: Texts that belong to the name of a licence.
_DATE = re.compile(r", (?:january|august|june) \d{4}$", re.I)


@dataclass(frozen=True)
class Claims:
    """What ``metadata`` says of the licence."""

    metadata: Metadata

    @cached_property
    def expression(self) -> str | None:
        """The SPDX expression that a field or the classifiers state; None where they state none,
        or several."""
        if self.in_field:
            return self.in_field
        field = self.metadata.license
        found = {classified(name) for name in self._classified}
        if not found:
            return gnu_version(field)
        if found == {None}:
            return gnu_version(field, self._classified)
        return found.pop() if len(found) == 1 else None

    @cached_property
    def in_field(self) -> str | None:
        """The SPDX expression that a field states; None where it states none."""
        texts = (self.metadata.license_expression, *titles(self.metadata.license))
        return next(filter(None, map(named, texts)), None)

    @cached_property
    def gnu_in_field(self) -> str | None:
        """The licence of GNU that the License field names with a version, whatever classifiers
        say."""
        return gnu_version(self.metadata.license)

    @cached_property
    def is_classified(self) -> bool:
        """Whether only the classifiers state the `expression`: many are chosen as the nearest that
        there is, or are left from a template."""
        by_classifiers = self.expression in {classified(name) for name in self._classified}
        return by_classifiers and not (self.in_field or self.disputed) and bool(self.expression)

    @cached_property
    def names_version_only(self) -> bool:
        """Whether the `expression` is one of GNU of one version, and no name says that it is that
        version only: many who write "GPLv3" allow later ones."""
        expression = self.expression or ""
        if not re.fullmatch(r"[AL]?GPL-[\d.]+(-only)?", expression):
            return False
        said = f"{self.metadata.license_expression} {self.metadata.license[:LONGEST_NAME]}"
        return not re.search(r"\bonly\b", said, re.I)

    def field_agrees(self, licence: str) -> bool:
        """Whether the License field names this licence, and no other one, or has its text."""
        families = self.families_in_field
        named = bool(families) and all(_is_one_of(licence, each) for each in families)
        return named or bool(self._written and self._written in licence)

    def classifiers_agree(self, licences: Collection[str], *, is_sold: bool) -> bool:
        """Whether the classifiers name no licence of another family than these have, nor one that
        is sold, unless there is one (``is_sold``)."""
        sold = [name for name in self._classified if _names_family(_SOLD, name)]
        families = families_in(" | ".join(name for name in self._classified if name not in sold))
        agreed = (any(_is_one_of(each, family) for each in licences) for family in families)
        return (is_sold or not sold) and all(agreed)

    @cached_property
    def families_in_field(self) -> set[tuple[str, ...]]:
        """Those of `families` that the License field names."""
        field = self.metadata.license
        return families_in(field) if len(field) <= LONGEST_NAME else set()

    @cached_property
    def disputed(self) -> str:
        """What the metadata names, if it also names another licence than its `expression`: one of
        another family, or by its text; else nothing."""
        expression = self.expression
        if not expression or expression == self.metadata.license_expression:
            return ""
        written = self._written
        if written and not (written in expression or "GPL" in written and "GPL" in expression):
            return f"{self.quoted}, and the text of {written}"
        agreed = (
            any(begin in expression for begin in begins or (_GNU_ALL if name == _GNU else ()))
            for name, begins in _FAMILIES.items()
            if name != _ANY_TERMS and _names_family(name, self._all_names)
        )
        return "" if all(agreed) else self.quoted

    def others(self, licence: str) -> str:
        """The names of other licences than this one, for a message; empty if there are none."""
        found = [
            f"'{name}'"
            for name in self.names
            if any(not _is_one_of(licence, each) for each in families_in(name))
            or _names_family(_SOLD, name)
        ]
        written = self._written
        if written and not (written in licence or written in found):
            found.append(f"the text of {written}")
        return ", ".join(dict.fromkeys(found))

    @cached_property
    def names(self) -> Sequence[str]:
        """All names of the licence that the metadata has."""
        title = " ".join(self.metadata.license.split())
        field = [title] if title and title != "UNKNOWN" and len(title) <= LONGEST_NAME else []
        return [*field, *self._classified]

    @cached_property
    def quoted(self) -> str:
        """The names, for a message."""
        return ", ".join(dict.fromkeys(f"'{name}'" for name in self.names))

    @cached_property
    def families(self) -> set[tuple[str, ...]]:
        """What the identifiers of the licences begin with that the metadata names."""
        return families_in(self._all_names)

    @cached_property
    def gnu_kind(self) -> str:
        """Which licences of GNU the metadata names, without a version and without others; empty
        if it does not."""
        named = self._all_names
        if [name for name in _FAMILIES if _names_family(name, named)] != [_GNU]:
            return ""
        affero = re.search("agpl|affero", named, re.I)
        lesser = re.search("lgpl|less|libr", named, re.I)
        return "AGPL" if affero else "LGPL" if lesser else "GPL"

    @cached_property
    def names_gnu(self) -> bool:
        """Whether one of the names is that of a licence of GNU."""
        return _names_family(_GNU, self._all_names)

    def has_all(self, expressions: Iterable[str]) -> bool:
        """Whether the metadata names each of these licences or has its text, maybe beside
        others."""
        begins = {*self.families, (recognised(self.metadata.license) or "nothing",)}
        return all(any(each.startswith(family) for family in begins) for each in expressions)

    @cached_property
    def _classified(self) -> Sequence[str]:
        """What the classifiers call the licence."""
        return [
            classifier.rpartition("::")[2].strip()
            for classifier in self.metadata.classifiers
            if classifier.startswith("License ::") and not classifier.endswith("OSI Approved")
        ]

    @cached_property
    def _written(self) -> str:
        """The licence whose text the License field is."""
        field = self.metadata.license
        text = field if len(field) > LONGEST_NAME else ""
        return gnu_licence(text) or recognised(text)

    @cached_property
    def _all_names(self) -> str:
        return " | ".join(self.names)


def families_in(text: str) -> set[tuple[str, ...]]:
    """What the identifiers of the licences begin with that a text names."""
    return {begins for name, begins in _FAMILIES.items() if _names_family(name, text)}


def _is_one_of(licence: str, begins: tuple[str, ...]) -> bool:
    """Whether a licence is of a family; nothing but ``GPL`` is common to those of GNU."""
    return licence.startswith(begins) if begins else "GPL" in licence


def titles(field: str) -> Sequence[str]:
    """What may be a name in a License field, or in a file: many put the whole licence there, which
    begins with its title, on one line or two."""
    first = [" ".join(line.split()) for line in field.strip().split("\n", 2)[:2]]
    title = _DATE.sub("", " ".join(first))
    return [first[0].replace("SPDX-License-Identifier:", ""), title]


def _names_family(name: str, text: str) -> bool:
    return re.search(rf"(?<![a-z])(?:{name})(?![a-z])", text, re.I) is not None


def of_family(families: Collection[tuple[str, ...]], licence: str) -> tuple[str, ...] | None:
    """The one of the families to which a licence belongs."""
    return next((each for each in families if each and licence.startswith(each)), None)
