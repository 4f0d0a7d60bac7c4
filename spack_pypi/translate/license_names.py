"""How metadata names licences: what means exactly one, as an SPDX expression."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from .license_comparison import same_family

#: Classifiers that name exactly one licence.
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
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
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "zlib/libpng License": "Zlib",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "PostgreSQL License": "PostgreSQL",
    "University of Illinois/NCSA Open Source License": "NCSA",
}
#: Classifiers that name a licence of GNU without its version.
_WITHOUT_VERSION = {
    "GNU General Public License (GPL)": "GPL",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
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
    "the bsd 2-clause license": "BSD-2-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "the bsd 3-clause license": "BSD-3-Clause",
    "bsd (3-clause)": "BSD-3-Clause",
    "bsd (3 clause)": "BSD-3-Clause",
    "bsd 3 clause": "BSD-3-Clause",
    "bsd (2-clause)": "BSD-2-Clause",
    "bsd 2 clause": "BSD-2-Clause",
    "2-clause bsd": "BSD-2-Clause",
    "2-clause bsd license": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause",
    "simplified bsd license": "BSD-2-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "modified bsd license": "BSD-3-Clause",
    "revised bsd": "BSD-3-Clause",
    "revised bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "mpl 2.0": "MPL-2.0",
    "mozilla public license 2.0": "MPL-2.0",
    "mozilla public license version 2.0": "MPL-2.0",
    "mozilla public license, version 2.0": "MPL-2.0",
    "gplv2": "GPL-2.0-only",
    "gplv3": "GPL-3.0-only",
    "lgplv3": "LGPL-3.0-only",
    "sil ofl v1.1": "OFL-1.1",
    "sil ofl 1.1": "OFL-1.1",
    "sil open font license 1.1": "OFL-1.1",
    "sil open font license, version 1.1": "OFL-1.1",
    "zlib/libpng": "Zlib",
    "unlicense": "Unlicense",
    "psf": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "apache 2.0 with llvm exception": "Apache-2.0 WITH LLVM-exception",
    "apache 2.0 with llvm exceptions": "Apache-2.0 WITH LLVM-exception",
    "apache license 2.0 with llvm exceptions": "Apache-2.0 WITH LLVM-exception",
    "apache license v2.0 with llvm exceptions": "Apache-2.0 WITH LLVM-exception",
}
#: Classifiers often end with the identifier that SPDX gives.
_IDENTIFIER = re.compile(r"\(([\w.-]+)\)$")
#: How many write a version of a licence of GNU, and whether later ones may be chosen.
_GNU_VERSION = (
    r"(?:gnu )?(a|l|affero |lesser )?(?:gpl|general public license)(?: license)?[, -]*"
    r"(?:v|version )?\s*(2\.1|2|3)(?:\.0)?"
)
_GNU_ALONE = re.compile(_GNU_VERSION, re.I)
_GNU = re.compile(
    rf"{_GNU_VERSION},?\s*"
    r"(?:\+|or (?:any )?(?:later|newer)(?: versions?)?|-or-later|(only|-only))",
    re.I,
)
#: Names with an identifier of SPDX that is not a word of the language: "BSD-3-Clause License".
_IDENTIFIED = re.compile(r"(?:the )?((?!.*gpl)[\w.]+-[\w.-]+) licen[cs]e(?: agreement)?", re.I)
#: ... or has one in parentheses behind it: "Apache License, Version 2.0 (Apache-2.0)".
_WITH_IDENTIFIER = re.compile(r"(.*\S) \(([\w.+-]+)\)")
#: What joins two names: "Apache-2.0 & MIT", "BSD-3-Clause or MIT", "MIT; partially licensed under
#: PSF".
_PARTIALLY = r"[;,]? (?:partially|partly|parts) (?:is |are )?(?:licen[cs]ed )?under (?:the )?"
_JOINT = re.compile(rf"{_PARTIALLY}|\s+(and|or)\s+|\s*(&)\s*", re.I)
_CECILL = re.compile(r"(?:the )?cecill[- ](b|c|2\.[01])(?: licen[cs]e)?", re.I)
#: Longer ones are texts of licences, not names.
LONGEST_NAME = 100


def named(text: str) -> str | None:
    """The SPDX expression that the License field means if it has this text."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_NAME:
        return None
    if text.lower() in _SPELLINGS:
        return _SPELLINGS[text.lower()]
    gnu = _GNU.fullmatch(text)
    if gnu:
        return _of_gnu(gnu, "only" if gnu[3] else "or-later")
    cecill, identified = _CECILL.fullmatch(text), _IDENTIFIED.fullmatch(text)
    if cecill:
        return f"CECILL-{cecill[1].upper()}"
    return _canonical(identified[1] if identified else text) or _identified(text) or _joined(text)


def _identified(text: str) -> str | None:
    """What a name and an identifier behind it mean, if that is the same."""
    match = _WITH_IDENTIFIER.fullmatch(text)
    identifier = _canonical(match[2]) if match else None
    if match is None or identifier is None:
        return None
    meant = named(match[1]) or gnu_version(match[1])
    return meant if meant and same_family(meant, identifier) else None


def _joined(text: str) -> str | None:
    """What several names mean that are joined by ``and`` or the like, or by ``or``, if each is of
    one licence."""
    names, joints = _JOINT.split(text)[::3], {m[1] or m[2] for m in _JOINT.finditer(text)}
    if len(joints) != 1:
        return None
    meant = [named(name) or gnu_version(name) for name in names]
    if not all(meant) or len({*meant}) != len(meant):
        return None
    operator = " OR " if (joints.pop() or "").lower() == "or" else " AND "
    return operator.join(each if " " not in each else f"({each})" for each in meant if each)


def classified(name: str) -> str | None:
    """The SPDX identifier that a classifier with this last part means."""
    if name in _CLASSIFIERS:
        return _CLASSIFIERS[name]
    identifier = _IDENTIFIER.search(name)
    return _canonical(identifier[1]) if identifier else None


def _canonical(expression: str) -> str | None:
    try:
        text = str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return None
    # SPDX has replaced these: without a word, they mean this version only.
    text = re.sub(r"(GPL-[\d.]+)\+", r"\1-or-later", text)
    return re.sub(r"(GPL-[\d.]+)(?![\w.-])", r"\1-only", text)


def gnu_version(text: str, classifiers: Iterable[str] = ()) -> str | None:
    """The licence of GNU that a text names with a version and nothing else: as a classifier of
    that version, it means this version only. The last parts of ``classifiers`` must name the same
    one, without a version."""
    gnu = _GNU_ALONE.fullmatch(" ".join(text.split()))
    found = _of_gnu(gnu, "only") if gnu else None
    if found is None or {_WITHOUT_VERSION.get(name) for name in classifiers} - {
        found.partition("-")[0]
    }:
        return None
    return found


def _of_gnu(match: re.Match[str], versions: str) -> str:
    kind, version = (match[1] or "")[:1].upper(), match[2]
    number = version if "." in version else f"{version}.0"
    return f"{kind}GPL-{number}-{versions}"
