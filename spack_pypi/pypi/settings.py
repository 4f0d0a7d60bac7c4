"""Where the indexes are, and how to reach them: options, files of requirements, pip's settings, or
the host's own index."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from ..credentials import Credentials, redacted
from ..errors import UsageError
from . import named_index
from .model import Settings
from .named_index import USUAL, NamedIndex
from .pip_settings import hosts, pip_settings, seconds


def settings(
    index_url: str | None,
    *,
    default: Callable[[], str | None],
    packages: Callable[[], str | None] = lambda: None,
    cache: Path,
    offline: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """How to reach the one index: ``index_url``, else pip's ``index-url``, else ``default()``,
    whose files lie below ``packages()``. Raises `UsageError` as `several` does."""
    defaults = Defaults(default, packages, cache, offline)
    return several(index_url, (), defaults, environment=environment)[0][1]


@dataclass(frozen=True)
class Defaults:
    """What holds whichever index is named. ``default()`` is the address of Spack's own index, and
    its files lie below ``packages()``; both may be unknown."""

    default: Callable[[], str | None]
    packages: Callable[[], str | None]
    cache: Path
    offline: bool = False


def several(
    index_url: str | None,
    named: Sequence[NamedIndex],
    defaults: Defaults,
    *,
    environment: Mapping[str, str] = os.environ,
) -> list[tuple[NamedIndex, Settings]]:
    """The indexes, in the order in which they are asked, and how to reach each.

    ``index_url`` comes first, then those that are ``named``. If it is None, and none of these is
    ``in_place`` or ``alone``, pip's ``extra-index-url`` follow, and then the `USUAL` one, unless
    it has a place among those that are named. As nobody named it here, it comes last: then no
    project of an index that somebody did name can be replaced by one of the same name there. So
    does Spack's own where ``index_url`` or a file names it in its place.

    Raises `UsageError` where there is none, an address is not one of a web server, or a setting of
    pip cannot be used.
    """
    pip = pip_settings(environment)
    default = defaults.default() or ""
    found = _in_order(index_url, named, pip, default)
    if not found:
        raise UsageError(
            "no package index is known: this Spack cannot load PythonPackage, which names one, as "
            "its builtin repo may be for another Spack; update either, or pass --index-url URL"
        )
    proxy = pip.get("proxy")
    common = Settings(
        url="",
        cache=defaults.cache,
        offline=defaults.offline,
        timeout=seconds(pip.get("timeout", "30")),
        verify=pip.get("cert") or True,
        proxies={"http": proxy, "https": proxy} if proxy else {},
        client_cert=pip.get("client-cert", ""),
        keyring=pip.get("keyring-provider", ""),
        trusted=hosts(pip.get("trusted-host", "")),
    )
    own = default.rstrip("/") + "/"
    return [
        (
            index,
            replace(
                common,
                url=index.url,
                credentials=index.credentials,
                in_place=index.in_place or index.url == own,
                packages=(defaults.packages() or "") if index.url == own else "",
            ),
        )
        for index in found
    ]


def _in_order(
    index_url: str | None, named: Sequence[NamedIndex], pip: Mapping[str, str], default: str
) -> list[NamedIndex]:
    """The indexes, each once."""
    if index_url is not None:
        asked = [*_in_place(index_url), *map(_beside, named)]
    elif any(index.in_place or index.alone for index in named):
        asked = [*named]
    else:
        where = "see pip's extra-index-url: pip config debug"
        asked = [
            *named,
            *(named_index.at(url, where) for url in _extra(pip) if _is_of_a_server(url)),
            USUAL,
        ]
    # Spack's own index comes last wherever it is, if it is named by its address.
    public = default.rstrip("/") + "/"
    asked.sort(key=lambda index: index.in_place and index.url == public and not index.projects)
    usual = "" if index_url is not None else pip.get("index-url") or default
    found: dict[tuple[str, tuple[str, ...]], NamedIndex] = {}
    for each in asked:
        index = each
        if not each.url and usual:
            there = named_index.at(usual)
            index = replace(each, url=there.url, credentials=there.credentials, in_place=True)
        elif usual:
            own = _credentials(usual, each.url)
            # A lock file names it without the credentials that pip has.
            if own is not None:
                has_some = each.credentials.for_url(each.url)
                given = each.credentials if has_some else own
                index = replace(each, in_place=True, credentials=given)
        if index.url:
            found.setdefault((index.url, index.projects), index)
    return [*found.values()]


def _credentials(usual: str, url: str) -> Credentials | None:
    """Those in the address of the usual index, if that is at a URL; None if it is elsewhere, or
    its address is invalid."""
    with suppress(UsageError):
        index = named_index.at(usual)
        return index.credentials if index.url == url else None
    return None


def _beside(index: NamedIndex) -> NamedIndex:
    """An index beside one that is in its place: it has only what is pinned to it."""
    if not (index.in_place or not index.url):
        return index
    return replace(index, url=index.url if index.projects else "", in_place=False, explicit=True)


def unread(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The indexes of pip's settings from which nothing is read, without credentials: folders."""
    extra = _extra(pip_settings(environment))
    return [redacted(url) for url in extra if not _is_of_a_server(url)]


def _extra(pip: Mapping[str, str]) -> list[str]:
    return pip.get("extra-index-url", "").split()


def _is_of_a_server(url: str) -> bool:
    return bool(re.match("(?!file:)[a-z]+:", url, re.I))


def _in_place(url: str | None) -> list[NamedIndex]:
    """The index at an address, in the place of Spack's own; none where there is no address."""
    return [replace(named_index.at(url), in_place=True)] if url else []
