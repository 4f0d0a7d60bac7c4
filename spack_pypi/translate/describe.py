"""Docstring and homepage of a recipe, from core metadata."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from ..credentials import redacted
from ..pypi.model import Metadata
from .paragraph import SOURCES, first_paragraph, short_paragraph, title
from .requirements import parse

#: Well-known labels (PEP 753) of pages that introduce a project, best first: where no homepage is
#: named, most people who write a recipe choose the source, not the documentation (48 of 65).
_LABELS = ("homepage", "source", "repository", "sourcecode", "github", "documentation", "docs")
#: Those of other pages.
_OTHERS = re.compile(
    r"download|changelog|changes|releasenotes|whatsnew|history|issues?|bugs?|(bug|issue)?tracker"
    r"|(bug|issue)report.*|funding|sponsors?|donat(e|ion)|chat|discord|slack|mastodon|twitter|ci"
)
#: Forges, and where they and documentation are hosted: all of them redirect http to https.
_SECURE = re.compile(
    r"^http(?=://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org"
    r"|[\w-]+\.(?:github\.io|gitlab\.io|readthedocs\.(?:io|org)))(?:/|$))"
)
_CLONED = re.compile(
    r"^(https://(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[^?#]+)\.git/?$"
)
#: The address of a repository on a forge, which has its name.
_OF_REPOSITORY = re.compile(
    r"<?https://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)"
    r"/[\w.-]+/([\w.-]*\w)(?<!\.git)(?:\.git)?/?>?(?![^\s,.;:)])",
)
#: A text that is quoted as a whole.
_QUOTED = re.compile(r"^([\"'])([^\"']+)\1$")
#: An address of the web.
_WEB = r"https?://[^\s<>()]*[^\s<>().,;:!?]"
#: One with what leads to it, which goes with it.
_ADDRESS = re.compile(
    rf"(?:[,;:-]|[-=]>)?\s*\((?:see |at |from )?\s*<?{_WEB}>?\s*\)"
    rf"|(?:(?:^|[,;:-]?\s+)(?P<leads>see|at|from|via))?(?:[,;:-]|\s[-=]>)?\s*<?(?P<address>{_WEB})>?",
    re.I,
)
#: Words that say nothing without what stands behind them.
_OBJECTS = (
    r"(?:and|or|of|for|to|on|onto|by|from|with|without|within|at|in|into|the|an?|as|like|using|than"
    r"|over|upon|through|via|about|against|under|per|between|is|are|its|their|this|including|visit)"
)
_NEEDS_OBJECT = re.compile(rf"(?:^|[^\w-]){_OBJECTS}:?$", re.I)
#: The sentence goes on behind an address, which is part of it.
_GOES_ON = re.compile(r"\s+[a-z]")
#: What leads to an address belongs to a word before it: *forked from*.
_NEEDS_MORE = re.compile(r"(?:\wed|built|found|known|made|taken|written)$", re.I)
#: A remark on where a project comes from, which has such a word with an address.
_WITHIN = r"(?:[^,;.()]|\.(?=\w)){0,200}"
_REMARK = re.compile(
    r"(?:\s*[,;(]|\s+[-\u2013\u2014]{1,2}(?=\s))\s*"
    r"(?:(?:originally|loosely|partly|partially|heavily|largely|mostly|currently)\s+)?"
    r"(?:based|inspired|derived|adapted|forked|ported|built|copied|taken|translated|modelled|modeled"
    r"|similar|using|via|as|like|an?|the)\s"
    rf"{_WITHIN}?(?<![\w-]){_OBJECTS}:?\s+<?{_WEB}>?{_WITHIN}\)?",
    re.I,
)
_FEWEST_WORDS = 3
#: What a page says to its reader before what the project is.
_WELCOME = re.compile(r"^Welcome to (?=an? )", re.I)
#: That a page is of a repository, before what the repository is of.
_REPOSITORY = re.compile(
    r"^(?:(?:the |an? )?(?:official |main )?(?:source code|code|source|git|github)\s+"
    r"repo(?:sitory)? (?:for|of) )(?:the |an? )?(?=\S+ \S+ \S)"
    rf"|^This (?:folder|directory|repo(?:sitory)?) (?:contains|holds|hosts|includes){SOURCES}",
    re.I,
)
#: A word that is written twice by mistake; no sentence has these so on purpose.
_TWICE = re.compile(r"(?<![\w-])(a|an|and|by|for|from|of|or|the|to|with)(?: \1)+(?![\w-])")
#: What a title has behind the name of a project, if it says what the project is: words.
_FEWEST_IN_TITLE = 3
#: Where a sentence ends, and another one begins.
_ENDS = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!etc)(?<!vs)[.!?](?= [A-Z])")
#: A docstring that is longer ends with the sentence before, characters: about three lines.
_LONGEST = 270


def docstring(metadata: Metadata) -> str:
    """What the project is, as a sentence: its summary, else (or where that only repeats the
    name) the first paragraph of its description, or its title if only that has the name, else the
    name. Without a summary three words of the description will do."""
    described = _described(metadata.description, metadata.project)
    text = _without_addresses(redacted(described or _plain(metadata.summary)))
    text = _WELCOME.sub("", _without_name(text, metadata.project))
    text = _REPOSITORY.sub("", text)
    text = text or _plain(short_paragraph(metadata.description))
    text = _shortened(text or metadata.project)
    first = text.split()[0].rstrip(",;:")
    if first.islower() and first.isalpha() and first != metadata.project.lower():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else f"{text.rstrip(' ,;:-')}."


def _described(description: str, project: str) -> str:
    """What a description says the project is; ``""`` if nothing."""
    text = _from_name(_plain(first_paragraph(description)), project)
    begins = _plain(title(description))
    named = re.match(rf"{_spelled(project)}(?!\w)(?P<more>.*)", begins, re.I)
    if named is None or len(re.findall(r"\w+", named["more"])) < _FEWEST_IN_TITLE:
        return text
    return text if re.search(rf"(?<!\w){_spelled(project)}(?!\w)", text, re.I) else begins


def _from_name(text: str, project: str) -> str:
    """A paragraph from the sentence on that says what the project is, if there is one: what
    stands before is why."""
    says = re.search(
        rf"(?:^|[.!?]\s+)({_spelled(project)}\s+(?:is|are|provides|offers|helps|lets)\s)",
        text,
        re.I,
    )
    return text[says.start(1) :] if says else text


def _spelled(project: str) -> str:
    """A pattern for the name of a project, as texts spell it."""
    return "[-_. ]?".join(map(re.escape, project.split("-")))


def _without_addresses(text: str) -> str:
    """A text up to the sentence that has an address of the web, or that sentence without it, but
    for one that a word before it needs (*a port of ...*)."""
    address = _ADDRESS.search(text)
    if address is None:
        return text
    before = [match.end() for match in _ENDS.finditer(text) if match.end() <= address.start()]
    if before:
        return text[: before[-1]]
    text = _REMARK.sub(lambda found: found[0] if _says_little(found) else "", text)
    return " ".join(_ADDRESS.sub(_needed, text).split())


def _says_little(found: re.Match[str]) -> bool:
    return len(found.string[: found.start()].split()) < _FEWEST_WORDS


def _needed(found: re.Match[str]) -> str:
    """What remains of an address in a text."""
    before = found.string[: found.start()]
    if found["address"] is None:  # in brackets
        return ""
    leads = (found["leads"] or "").lower()
    named = _OF_REPOSITORY.sub(r"\1", found[0])
    if leads not in ("", "see") and (_NEEDS_MORE.search(before) or _says_little(found)):
        return named if before else ""
    within = not leads and found[0][0] == " " and _GOES_ON.match(found.string, found.end())
    return named if within or _NEEDS_OBJECT.search(before) else ""


def _without_name(text: str, project: str) -> str:
    """A text that begins with the name of the project, as a title ("x: ...", "x - ..."), without
    it, if there is more than a few words."""
    match = re.match(
        rf"{_spelled(project)}(?::|\s+[-\u2013\u2014]{{1,2}})\s+(?=\S+\s+\S+\s+\S)", text, re.I
    )
    return text[match.end() :] if match else text


def _plain(text: str) -> str:
    text = _QUOTED.sub(r"\2", re.sub(r"[`*]+", "", text.strip()))
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub("[\u2122\u00ae]|^#+ ", "", text)  # no recipe has a trademark's sign
    return _TWICE.sub(r"\1", " ".join("".join(" " if _is_no_text(c) else c for c in text).split()))


def _is_no_text(character: str) -> bool:
    """Whether it is a control character, or a picture (an emoji); signs such as ° are text."""
    picture = unicodedata.category(character) in ("So", "Sk") and character > "\u2300"
    return picture or not character.isprintable() or "\ufe00" <= character <= "\ufe0f"


def _shortened(text: str) -> str:
    """At most `_LONGEST` characters, up to the end of a sentence, else of a word."""
    if len(text) <= _LONGEST:
        return text
    ends = [match.end() for match in _ENDS.finditer(text) if match.end() <= _LONGEST]
    return text[: ends[-1]] if ends else text[: _LONGEST - 3].rpartition(" ")[0] + "..."


def homepage(metadata: Metadata) -> str:
    """The project's own page (PEP 753 labels), else where its source is, else its documentation,
    by the fields of the metadata or else by the description; ``""`` when none is given. That of a
    project which others pack with cmeel is labelled ``upstream``, beside the page of the packing.
    """
    by_label: dict[str, str] = {}
    for label, url in metadata.project_urls:
        by_label.setdefault(re.sub(r"[\W_]", "", label).lower(), url)
    packed = any(each.name == "cmeel" for each in parse(metadata.requires_dist or ())[0])
    urls = [by_label.get("upstream", "")] if packed else []
    urls += [by_label.get("homepage", ""), metadata.home_page]
    urls += [by_label[label] for label in _LABELS if label in by_label]
    urls += [url for label, url in by_label.items() if not _OTHERS.fullmatch(label)]
    urls += [metadata.repository, metadata.documentation]
    return next((as_page(url) for url in urls if _is_own_page(url.strip(), metadata)), "")


def as_page(url: str) -> str:
    """An address as a recipe has it: ``#readme``, as npm and forges add, is the page itself, and
    so is ``.git`` behind a repository on a forge."""
    return _CLONED.sub(r"\1", _SECURE.sub("https", url.strip().removesuffix("#readme")))


def _is_own_page(url: str, metadata: Metadata) -> bool:
    """An http(s) address without credentials that is neither the project's page on an index, nor a
    file of its repository, nor about this release only."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    on_index = re.fullmatch(r"/(project|pypi|simple)/[\w.-]+/?", parts.path) is not None
    return (
        parts.scheme in ("http", "https")
        and "." in (parts.hostname or "")
        and "@" not in parts.netloc
        and re.fullmatch(r"[!-~]+", url) is not None
        and not re.search(r"[\"'\\<>`{}|^]", url)
        and "/blob/" not in parts.path
        and metadata.version not in parts.path.split("/")
        and not (on_index and "pypi" in (parts.hostname or ""))
    )
