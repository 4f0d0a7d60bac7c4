"""Docstring, homepage and licence of a recipe, from core metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from ..pypi.model import Metadata
from ..recipe.model import Condition, License
from .merge import span
from .versions import runs

#: Well-known labels (PEP 753), best first.
_LABELS = ("homepage", "source", "repository", "sourcecode", "github", "documentation", "docs")

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
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "mit license": "MIT",
    "the mit license": "MIT",
    "the mit license (mit)": "MIT",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
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
    "gplv3+": "GPL-3.0-or-later",
    "lgplv3": "LGPL-3.0-only",
    "lgplv3+": "LGPL-3.0-or-later",
    "unlicense": "Unlicense",
    "psf": "PSF-2.0",
}


def docstring(metadata: Metadata) -> str:
    """The project's summary as a sentence; its name where there is none."""
    text = re.sub(r"[`*]+", "", metadata.summary)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not text or text == "UNKNOWN":
        text = metadata.project
    if text[0].islower() and text.split()[0].isalpha() and text.split()[0] != metadata.project:
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else f"{text.rstrip(' ,;:-')}."


def homepage(metadata: Metadata) -> str:
    """The project's own page (PEP 753 labels), ``""`` when none is given."""
    by_label: dict[str, str] = {}
    for label, url in metadata.project_urls:
        by_label.setdefault(re.sub(r"[\W_]", "", label).lower(), url)
    urls = [by_label.get("homepage", ""), metadata.home_page]
    urls += [by_label[label] for label in _LABELS if label in by_label]
    urls += [url for _, url in metadata.project_urls]
    return next((url.strip() for url in urls if _is_own_page(url.strip(), metadata.project)), "")


def _is_own_page(url: str, project: str) -> bool:
    """An http(s) address without credentials that is not the project's page on an index."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    on_index = re.fullmatch(r"/(project|pypi|simple)/[\w.-]+/?", parts.path) is not None
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and re.fullmatch(r"[!-~]+", url) is not None
        and not re.search(r"[\"'\\<>`{}|^]", url)
        and not (on_index and "pypi" in (parts.hostname or ""))
    )


def licenses(releases: Mapping[str, Metadata]) -> tuple[License, ...]:
    """The licence of each release (by version text, newest first), one line per run. Nothing is
    guessed: a release whose licence is not clear is passed over."""
    versions = list(releases)
    expressions = [_license(metadata) for metadata in releases.values()]
    known = {expression for expression in expressions if expression}
    if len(known) == 1:
        return (License(known.pop()),)
    return tuple(
        License(expression, Condition(versions=span(versions, first, last)))
        for expression, first, last in runs(expressions)
        if expression
    )


def _license(metadata: Metadata) -> str | None:
    """The SPDX expression (PEP 639) that the metadata leaves no doubt about."""
    # Many put the whole licence here, which begins with its title.
    title = metadata.license.strip().split("\n")[0]
    for text in (metadata.license_expression, title):
        expression = _spdx(text)
        if expression:
            return expression
    found = {
        _CLASSIFIERS.get(classifier.rpartition("::")[2].strip())
        for classifier in metadata.classifiers
        if classifier.startswith("License ::") and not classifier.endswith("OSI Approved")
    }
    return found.pop() if len(found) == 1 else None


def _spdx(text: str) -> str | None:
    text = " ".join(text.split())
    if not text or len(text) > 100:
        return None
    if text.lower() in _SPELLINGS:
        return _SPELLINGS[text.lower()]
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
