"""The licence of a release, where there is no doubt: from its metadata, else by the text of a file
of its archive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from ..pypi.model import Metadata
from ..recipe.model import Condition, License
from .license_texts import gnu_licence, recognised
from .merge import span
from .versions import runs

#: Classifiers that name exactly one licence.
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "The Unlicense (Unlicense)": "Unlicense",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "zlib/libpng License": "Zlib",
}
#: Spellings of the free-text License field that mean exactly one licence.
_SPELLINGS = {
    **{name.lower(): expression for name, expression in _CLASSIFIERS.items()},
    "apache 2": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache-2.0 license": "Apache-2.0",
    "apache v2": "Apache-2.0",
    "apache license v2": "Apache-2.0",
    "apache license v2.0": "Apache-2.0",
    "apache license, version 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "mit licence": "MIT",
    "the mit license": "MIT",
    "the mit license (mit)": "MIT",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "isc license": "ISC",
    "mpl 2.0": "MPL-2.0",
    "mozilla public license 2.0": "MPL-2.0",
    "gplv2": "GPL-2.0-only",
    "gplv3": "GPL-3.0-only",
    "lgplv3": "LGPL-3.0-only",
    "unlicense": "Unlicense",
    "psf": "PSF-2.0",
}
#: How many write which versions of a licence of GNU apply.
_GNU = re.compile(
    r"(?:gnu )?(a|l|affero |lesser )?(?:gpl|general public license)(?: license)?[, -]*"
    r"(?:v|version )?\s*(2\.1|2|3)(?:\.0)?,?\s*"
    r"(?:\+|or (?:any )?(?:later|newer)(?: versions?)?|-or-later|(only|-only))",
    re.I,
)
#: What metadata calls licences that it does not name exactly, and what their identifiers begin
#: with; nothing for those that no standard text has.
_FAMILIES = {
    r"bsd": ("BSD-", "0BSD"),
    r"apache": ("Apache-",),
    r"mit|expat": ("MIT",),
    r"isc|iscl": ("ISC",),
    r"mpl|mozilla": ("MPL-",),
    r"[al]?gpl\w*|gnu": (),
    r"psf|python software foundation": ("PSF-",),
    r"python 2": ("Python-",),
    r"public domain|unlicense|cc0": ("Unlicense", "CC0-", "0BSD"),
    r"zlib|libpng": ("Zlib",),
    r"boost": ("BSL-",),
    r"zpl|zope": ("ZPL-",),
    r"upl|universal permissive": ("UPL-",),
    r"proprietary|commercial|all rights reserved|non-?free": (),
}
#: Of the files that the metadata declares (PEP 639), those that are no lists of authors.
_NAMED_SO = re.compile(r"licen[cs]e|copying", re.I)
#: Longer ones are texts of licences, not names.
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Stated:
    """The SPDX ``expression`` (PEP 639) of a release's licence, and the ``file`` whose text it is,
    if its metadata does not say it; or the ``problem``: why there is none."""

    expression: str = ""
    file: str = ""
    problem: str = ""


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
    if expression:
        return Stated(expression)
    if len(metadata.license) > _LONGEST_NAME:
        expression = recognised(metadata.license)
        if expression:
            return Stated(expression, "the License field")
    named = _named(metadata)
    if len(named) > 1:
        return Stated(problem=f"the metadata names several licences: {_quoted(metadata)}")
    if any(not begins for begins in named):
        return Stated(problem=f"the metadata names none exactly: {_quoted(metadata)}")
    return None


def in_files(metadata: Metadata, files: Mapping[str, str]) -> Stated:
    """The licence by the texts of ``files``, by path: the one that all of them are, if the
    metadata does not contradict."""
    # What is declared but was not found cannot be compared.
    texts = {path: "" for path in metadata.license_files if _NAMED_SO.search(path)} | {**files}
    if not texts:
        return Stated(problem="neither the metadata nor a file of the archive names one")
    found = {path: recognised(text) for path, text in texts.items()}
    for path, expression in found.items():
        if not expression:
            return Stated(problem=_unknown(path, texts[path]))
    if len({*found.values()}) > 1:
        each = ", ".join(f"{path} is {expression}" for path, expression in found.items())
        return Stated(problem=f"the archive has several: {each}")
    path, expression = next(iter(found.items()))
    if not all(expression.startswith(begins) for begins in _named(metadata)):
        return Stated(problem=f"{path} is {expression}, but the metadata says {_quoted(metadata)}")
    return Stated(expression, path)


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


def _unknown(path: str, text: str) -> str:
    gnu = gnu_licence(text)
    if gnu:
        return f"{path} is {gnu}, and nothing says whether later versions may be chosen"
    return f"{path} is not exactly the text of one standard licence"


def _expression(metadata: Metadata) -> str | None:
    """The SPDX expression that the metadata leaves no doubt about."""
    # Many put the whole licence here, which begins with its title.
    title = metadata.license.strip().split("\n")[0].replace("SPDX-License-Identifier:", "")
    for text in (metadata.license_expression, title):
        expression = _spdx(text)
        if expression:
            return expression
    found = {_CLASSIFIERS.get(name) for name in _classified(metadata)}
    return found.pop() if len(found) == 1 else None


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
    field = [title] if title and title != "UNKNOWN" and len(title) <= _LONGEST_NAME else []
    return [*field, *_classified(metadata)]


def _named(metadata: Metadata) -> set[tuple[str, ...]]:
    """What the identifiers of the licences begin with that the metadata names."""
    said = " | ".join(_names(metadata))
    return {
        begins
        for name, begins in _FAMILIES.items()
        if re.search(rf"(?<![a-z])(?:{name})(?![a-z])", said, re.I)
    }


def _quoted(metadata: Metadata) -> str:
    return ", ".join(dict.fromkeys(f"'{name}'" for name in _names(metadata)))


def _spdx(text: str) -> str | None:
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST_NAME:
        return None
    if text.lower() in _SPELLINGS:
        return _SPELLINGS[text.lower()]
    gnu = _GNU.fullmatch(text)
    if gnu:
        kind, version = (gnu[1] or "")[:1].upper(), gnu[2]
        number = version if "." in version else f"{version}.0"
        return f"{kind}GPL-{number}-{'only' if gnu[3] else 'or-later'}"
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
