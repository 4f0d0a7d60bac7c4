"""pip's settings, as https://pip.pypa.io/en/stable/topics/configuration documents them."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import UsageError
from ..files import home, read_text

#: The settings that are used; each is an environment variable, too.
_USED = (
    "index-url",
    "extra-index-url",
    "cert",
    "client-cert",
    "keyring-provider",
    "proxy",
    "timeout",
    "trusted-host",
)


def pip_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """pip's global options, the strongest last: files, then variables. Raises `UsageError` for a
    file that is damaged or cannot be read."""
    found: dict[str, str] = {}
    if environment.get("PIP_CONFIG_FILE") != os.devnull:
        for file in _files(environment):
            parser = configparser.RawConfigParser()
            # It may name another index: ours is not asked instead of it.
            try:
                parser.read_string(read_text(file) if os.path.exists(file) else "", str(file))
            except UsageError as error:
                raise UsageError(f"pip's settings in {error}") from None
            except configparser.Error as error:
                reason = str(error).splitlines()[0]
                raise UsageError(f"pip's settings in {file} cannot be read: {reason}") from None
            for section in ("global", "install"):
                if parser.has_section(section):
                    found.update({k.replace("_", "-"): v for k, v in parser.items(section)})
    for name in _USED:
        variable = environment.get("PIP_" + name.upper().replace("-", "_"))
        if variable:
            found[name] = variable
    return found


def seconds(timeout: str) -> float:
    """pip's ``timeout``. Raises `UsageError`."""
    try:
        found = float(timeout)
    except ValueError:
        found = 0.0
    if not 0 < found < 1e6:
        raise UsageError(
            f"pip's timeout '{timeout[:40]}' is not a positive number of seconds: "
            "pip config set global.timeout 30"
        )
    return found


def hosts(trusted: str) -> tuple[str, ...]:
    """The names in pip's ``trusted-host``, without their ports. Raises `UsageError`."""
    try:
        return tuple(urlsplit(f"//{each}").hostname or "" for each in trusted.split())
    except ValueError:
        raise UsageError(
            "pip's trusted-host is not a list of names of hosts, each with or without a port: "
            "pip config set global.trusted-host HOST"
        ) from None


def _files(environment: Mapping[str, str]) -> list[Path]:
    files = [Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf")]
    own = Path(environment["HOME"]) if environment.get("HOME") else home()
    if own is not None:
        user = Path(environment.get("XDG_CONFIG_HOME") or own / ".config")
        files += [own / ".pip" / "pip.conf", user / "pip" / "pip.conf"]
        if sys.platform == "darwin":
            files.append(own / "Library" / "Application Support" / "pip" / "pip.conf")
    files.append(Path(sys.prefix) / "pip.conf")
    if environment.get("PIP_CONFIG_FILE"):
        files.append(Path(environment["PIP_CONFIG_FILE"]))
    return files
