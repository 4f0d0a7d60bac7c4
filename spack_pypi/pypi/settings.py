"""Where the index is, and how to reach it: an option, pip's settings, or the host's own index.

pip's settings are read as https://pip.pypa.io/en/stable/topics/configuration documents them.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Callable
from urllib.parse import urlsplit

from ..credentials import Credentials, redacted, without_credentials
from ..errors import UsageError
from .model import Settings


def settings(
    index_url: str | None,
    *,
    default: Callable[[], str | None],
    packages: Callable[[], str | None] = lambda: None,
    cache: Path,
    offline: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """How to reach the index: ``index_url``, else pip's ``index-url``, else ``default()``, whose
    files lie below ``packages()``.

    Raises `UsageError` where none of them is set, the address is not one of a web server, or a
    setting of pip cannot be used.
    """
    pip = _pip_settings(environment)
    url = index_url or pip.get("index-url") or default()
    if not url:
        raise UsageError(
            "no package index is configured: pass --index-url URL, "
            "or set it for pip: pip config set global.index-url URL"
        )
    plain, credentials = _parsed(url)
    proxy = pip.get("proxy")
    return Settings(
        url=plain,
        credentials=credentials,
        cache=cache,
        offline=offline,
        timeout=_seconds(pip.get("timeout", "30")),
        verify=pip.get("cert") or True,
        proxies={"http": proxy, "https": proxy} if proxy else {},
        unused=() if index_url else _others(pip.get("extra-index-url", "")),
        packages=(packages() or "") if url.rstrip("/") == (default() or "").rstrip("/") else "",
    )


def _parsed(url: str) -> tuple[str, Credentials]:
    """The address of an index without its credentials, and these. Raises `UsageError`, which does
    not repeat the address: its credentials may be anywhere in one that is wrong."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return without_credentials(url).rstrip("/") + "/", Credentials(url)
    except ValueError:
        pass  # a port or an IPv6 address that is none
    raise UsageError(
        "the index URL is not the URL of a package index, such as https://index.example/simple/: "
        "see --index-url, or: pip config debug"
    )


def _others(urls: str) -> tuple[str, ...]:
    """The addresses of pip's ``extra-index-url``, without credentials."""
    return tuple(redacted(url) for url in urls.split())


def _seconds(timeout: str) -> float:
    """pip's ``timeout``. Raises `UsageError`."""
    try:
        seconds = float(timeout)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise UsageError(
            f"pip's timeout '{timeout[:40]}' is not a positive number of seconds: "
            "pip config set global.timeout 30"
        )
    return seconds


def _pip_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """pip's global options, the strongest last: files, then variables. Raises `UsageError` for a
    file that is damaged."""
    found: dict[str, str] = {}
    if environment.get("PIP_CONFIG_FILE") != os.devnull:
        for file in _pip_files(environment):
            parser = configparser.RawConfigParser()
            try:
                parser.read(file, encoding="utf-8")
            except (configparser.Error, UnicodeDecodeError) as error:
                # It may name another index: ours is not asked instead of it.
                reason = str(error).splitlines()[0]
                raise UsageError(f"pip's settings in {file} cannot be read: {reason}") from None
            for section in ("global", "install"):
                if parser.has_section(section):
                    found.update({k.replace("_", "-"): v for k, v in parser.items(section)})
    for name in ("index-url", "extra-index-url", "cert", "proxy", "timeout"):
        variable = environment.get("PIP_" + name.upper().replace("-", "_"))
        if variable:
            found[name] = variable
    return found


def _pip_files(environment: Mapping[str, str]) -> list[Path]:
    home = Path(environment.get("HOME") or Path.home())
    user = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf")]
    files += [home / ".pip" / "pip.conf", user / "pip" / "pip.conf"]
    if sys.platform == "darwin":
        files.append(home / "Library" / "Application Support" / "pip" / "pip.conf")
    files.append(Path(sys.prefix) / "pip.conf")
    if environment.get("PIP_CONFIG_FILE"):
        files.append(Path(environment["PIP_CONFIG_FILE"]))
    return files
