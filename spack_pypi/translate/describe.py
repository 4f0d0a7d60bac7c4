"""Docstring and homepage of a recipe, from core metadata."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..pypi.model import Metadata

#: Well-known labels (PEP 753), best first.
_LABELS = ("homepage", "source", "repository", "sourcecode", "github", "documentation", "docs")


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
