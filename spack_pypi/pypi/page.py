"""A project page as the index serves it, JSON (PEP 691) or HTML (PEP 503), as plain values.

A page becomes a table of files (`Entry`); `project` makes the releases of it. The form in which
the cache keeps a page is another one: see `kept`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from ..credentials import redacted, without_credentials
from ..errors import FileFailure, NotFetched
from . import for_one_python, json_text
from .limits import is_short
from .model import QUARANTINED, File, Project, Release
from .page_links import PageLinks
from .project_files.toml import at


class Entry(NamedTuple):
    """The fields of a `model.File` that are not derived from its name."""

    name: str
    url: str
    sha256: str = ""
    requires_python: str = ""
    yanked: str | None = None
    metadata_sha256: str | None = None
    size: int | None = None
    uploaded: str = ""


#: What to request pages as.
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
_SDIST_SUFFIXES = (".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz")
#: The endings of files that are, or were, uploaded.
_ARCHIVE = re.compile(r"\.(whl|zip|tgz|tbz|egg|exe|msi|rpm|deb|dmg|tar(\.\w+)?)$", re.I)
#: What bdist_dumb and friends put behind the version.
_BUILT_FOR = re.compile(r"[.-](linux|win|macosx|darwin|cygwin|noarch|sunos)[\w.-]*$", re.I)
#: The most files on a page: ten times what the largest projects have.
_MOST_FILES = 50_000
#: What file systems allow, characters.
_LONGEST_NAME = 255
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
#: Most links, of which a page may have thousands, and which need no `urljoin` each: addresses that
#: are whole, and paths from a folder above the page whose parts do not begin with a dot.
_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?/[\w.~!$&'()*+,=:@%/-]*", re.A)
_BELOW = re.compile(
    r"(/|(?:\.\./)+)((?:[\w~!$&'()*+,=:@%-][\w.~!$&'()*+,=:@%-]*(?:/(?=.)|$))+)", re.A
)


def entries(body: bytes, content_type: str, url: str, name: str = "") -> tuple[list[Entry], str]:
    """The files of a project's page, and its status (PEP 792). Raises `FileFailure`, also for far
    too many, and for a page that says it is of another project than the one of this ``name``."""
    if "json" in content_type:
        return _from_json(body, url, name)
    return _from_html(body, url)


def project(name: str, found: list[Entry], status: str) -> Project:
    """The project (by its PEP 503 name) that a page's files make; files that belong to no release
    are left out, and so are all of a project that is in quarantine (PEP 792)."""
    if status == QUARANTINED:
        return Project(name, (), status)
    by_version: dict[Version, list[File]] = {}
    shared: dict[Version, Version] = {}
    for entry in found:
        file_name = entry.name
        is_wheel = file_name.endswith(".whl")
        version = _wheel_version(file_name) if is_wheel else _sdist_version(name, file_name)
        # `packaging` accepts white space around a version, also the end of a line.
        if version is not None and file_name.isprintable() and " " not in file_name:
            # All files of a release share one version.
            version = shared.setdefault(version, version)
            file = File(file_name, entry.url, version, is_wheel, *entry[2:])
            by_version.setdefault(version, []).append(file)
    releases = (
        each
        for version in sorted(by_version, reverse=True)
        for each in for_one_python.split(Release(name, version, tuple(by_version[version])))
    )
    return Project(name, tuple(releases), status)


def _wheel_version(name: str) -> Version | None:
    """The version in a wheel's name. Large projects have thousands of wheels whose names are made
    of the same few parts: each part is checked once, in the name of another wheel."""
    stem, _, rest = name[: -len(".whl")].partition("-")
    version, _, tags = rest.partition("-")
    if _in_wheel_name(stem, "1", "py3-none-any") and _in_wheel_name("x", "1", tags):
        return _in_wheel_name("x", version, "py3-none-any")
    return None


@lru_cache(maxsize=1 << 14)
def _in_wheel_name(stem: str, version: str, tags: str) -> Version | None:
    try:
        return parse_wheel_filename(f"{stem}-{version}-{tags}.whl")[1]
    except (InvalidWheelFilename, InvalidVersion):
        return None


def _sdist_version(project: str, name: str) -> Version | None:
    """The version in an sdist's name, however old its spelling (before PEP 625)."""
    suffix = next((s for s in _SDIST_SUFFIXES if name.endswith(s)), None)
    if suffix is None:
        return None
    base = name[: -len(suffix)]
    if _BUILT_FOR.search(base):
        return None
    for place, character in enumerate(base):
        if character == "-" and canonicalize_name(base[:place]) == project:
            try:
                return Version(base[place + 1 :])
            except InvalidVersion:
                continue
    try:
        return parse_sdist_filename(name)[1] if suffix in (".tar.gz", ".zip") else None
    except (InvalidSdistFilename, InvalidVersion):
        return None


def _joined(base: str, url: str) -> str | None:
    """The address of a link on a page; None where that cannot be one of a file."""
    if _ABSOLUTE.fullmatch(url):
        return url
    below = _BELOW.fullmatch(url)
    if below:
        folder = _address(base, below[1])
        return folder and folder + below[2]
    return _address(base, url)


@lru_cache(maxsize=64)
def _address(base: str, url: str) -> str | None:
    joined = without_credentials(urljoin(base, url))
    return joined if urlsplit(joined).scheme in ("http", "https", "file") else None


def _entry(file: Any, base: str) -> Entry | None:
    """One file as JSON describes it on a page at ``base`` (PEP 691); None for one that is not of a
    release (another scheme, a path as name, an invalid address). Other fields of a wrong type
    count as missing."""
    if not isinstance(file, dict):
        return None
    get = file.get
    link, name = get("url"), get("filename")
    if not (isinstance(link, str) and isinstance(name, str)):
        return None
    try:
        url = _joined(base, link)
    except ValueError:
        return None
    if url is None or not 0 < len(name) <= _LONGEST_NAME or "/" in name:
        return None
    hashes, yanked, size = get("hashes"), get("yanked", False), get("size")
    metadata = get("core-metadata", get("dist-info-metadata"))
    return Entry(
        name,
        url,
        _sha256(hashes.get("sha256")) if isinstance(hashes, dict) else "",
        _short(get("requires-python")),
        None if yanked is False else redacted(_text(yanked)),
        _metadata_sha256(metadata),
        size if type(size) is int and 0 < size < 1 << 63 else None,
        _short(get("upload-time")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _short(value: Any) -> str:
    return value if isinstance(value, str) and is_short(value) else ""


def _sha256(value: Any) -> str:
    return value.lower() if isinstance(value, str) and _SHA256.fullmatch(value) else ""


def _metadata_sha256(value: Any) -> str | None:
    if isinstance(value, dict):
        return _sha256(value.get("sha256"))
    return "" if value is True else None


def _check_version(version: Any, url: str) -> None:
    """Raise `FileFailure` for a page of a later major version (PEP 629): it may mean anything."""
    major = version.partition(".")[0] if isinstance(version, str) else "1"
    if re.fullmatch("[0-9]{1,9}", major, re.A) and int(major) > 1:
        raise FileFailure(
            url, f"is a page of version {major} of the API of indexes (PEP 629), and 1 is known"
        )


def _read_json(body: bytes, url: str) -> tuple[list[Any], Any, Any]:
    """What a page says of its files, of its project's status, and the name of the project."""
    try:
        page = json_text.loads(body)
    except ValueError:
        _check_parts(json_text.parts(body), url)
        raise FileFailure(url, "is not a project page (PEP 691): it is not JSON") from None
    _check_version(at(page, "meta", "api-version"), url)
    files, status = at(page, "files"), at(page, "project-status", "status")
    if not isinstance(files, list):
        raise FileFailure(url, "is not a project page (PEP 691): it has no list of files")
    return files, status, at(page, "name")


def _check_parts(parts: int, url: str) -> None:
    """Raise `FileFailure` for a page that is too large to be parsed: its parts are no files."""
    if parts > json_text.MOST_PARTS:
        most = f"{json_text.MOST_PARTS:,}"
        raise FileFailure(url, f"has {parts:,} parts, and {most} is the limit")


def _check_number(files: int, url: str) -> None:
    if files > _MOST_FILES:
        raise FileFailure(url, f"lists {files:,} files, and {_MOST_FILES:,} is the limit")


def _from_json(body: bytes, url: str, name: str) -> tuple[list[Entry], str]:
    files, status, said = _read_json(body, url)
    if name and isinstance(said, str) and canonicalize_name(said) != name:
        raise FileFailure(url, f"is the page of another project, '{said[:_LONGEST_NAME]}'")
    _check_number(len(files), url)
    found = [_entry(file, url) for file in files]
    return [entry for entry in found if entry], _text(status) or "active"


def provenance(body: bytes, content_type: str, url: str) -> dict[str, str]:
    """By the names of files, the addresses of their provenance objects (PEP 740). Raises
    `FileFailure`."""
    if "json" in content_type:
        files = [each for each in _read_json(body, url)[0] if isinstance(each, dict)]
        found = [(each.get("filename"), each.get("provenance")) for each in files]
    else:
        anchors = _links(body, url).anchors
        found = [(_file_name(each["href"] or ""), each.get("data-provenance")) for each in anchors]
    addresses = {}
    for name, link in found:
        if isinstance(name, str) and isinstance(link, str) and link:
            with contextlib.suppress(ValueError):
                addresses[name] = _joined(url, link) or ""
    return addresses


def _links(body: bytes, url: str) -> PageLinks:
    _check_parts(body.count(b"<"), url)
    parser = PageLinks(url)
    parser.feed(body.decode("utf-8", "replace"))
    if not parser.is_page:
        raise FileFailure(url, "is not a project page (PEP 503): it is not HTML")
    if parser.breaks_off:
        raise NotFetched(url, "is not whole: it ends within a link")
    _check_version(parser.version, url)
    return parser


def _from_html(body: bytes, url: str) -> tuple[list[Entry], str]:
    parser = _links(body, url)
    _check_number(len(parser.anchors), url)
    found = []
    for values in parser.anchors:
        with contextlib.suppress(ValueError):  # an invalid address
            found.append(_entry(_as_json(values, parser.base), parser.base))
    files = [entry for entry in found if entry]
    if parser.anchors and not any(_ARCHIVE.search(entry.name) for entry in files):
        # A page to log in, for example.
        raise FileFailure(url, "is not a project page (PEP 503): none of its links is to a file")
    return files, parser.status


def _as_json(values: Mapping[str, str | None], base: str) -> dict[str, Any]:
    """The attributes of an anchor, as JSON would say it."""
    address, fragment = urldefrag(urljoin(base, values["href"] or ""))
    algorithm, _, digest = fragment.partition("=")
    metadata = values.get("data-core-metadata", values.get("data-dist-info-metadata"))
    return {
        "url": address,
        "filename": _file_name(address),
        "hashes": {algorithm: digest},
        "requires-python": values.get("data-requires-python"),
        "yanked": (values["data-yanked"] or "") if "data-yanked" in values else False,
        "core-metadata": _metadata_hash(metadata),
        "upload-time": values.get("data-upload-time"),
    }


def _file_name(address: str) -> str:
    return unquote(urlsplit(address).path.rsplit("/", 1)[-1])


def _metadata_hash(attribute: str | None) -> Any:
    """PEP 714: ``true`` or ``sha256=<hash>``."""
    if attribute is None or attribute == "false":
        return None
    algorithm, equals, digest = attribute.partition("=")
    return {algorithm: digest} if equals else True
