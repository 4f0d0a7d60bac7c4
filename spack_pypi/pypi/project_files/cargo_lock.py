"""Cargo.lock: its version, and which crates require which, in short lines.

https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html
"""

from __future__ import annotations

import re

#: The largest that is read.
LARGEST = 2 << 20
_VERSION = re.compile(r"(?m)^version = (\d{1,3})\s*$")
_CRATE = re.compile(r"[\w-]{1,80}")
_QUOTED = re.compile(r'"([\w-]{1,80})[^"\n]*"')


def edges(text: str) -> str:
    """``version`` and that of the file's format, where it says it; a line for each crate: ``own``
    for one of the archive, else ``other``, its name, and the names of those that it requires.
    Versions of one crate have lines of their own."""
    head, *blocks = text.split("[[package]]")
    version = _VERSION.search(head)
    lines = [f"version {version[1]}"] if version else []
    for block in blocks:
        name, source, listed = "", "own", ""
        for line in block.split("\n"):
            key, _, value = line.partition("=")
            if key.strip() == "name":
                name = value.strip().strip('"')
            elif key.strip() == "source":
                source = "other"
        _, found, rest = block.partition("dependencies = [")
        if found:
            listed = " ".join(_QUOTED.findall(rest.partition("]")[0]))
        if _CRATE.fullmatch(name):
            lines.append(f"{source} {name} {listed}".rstrip())
    return "\n".join(lines)
