"""Cargo.lock: its version, and which crates require which, in short lines.

https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html
"""

from __future__ import annotations

import re

#: The largest that is read.
LARGEST = 2 << 20
_VERSION = re.compile(r"(?m)^version = (\d{1,3})\s*$")
#: What the source of a crate begins with that is a release, not a commit.
_REGISTRIES = ("registry+", "sparse+")
_RELEASE = re.compile(r"[\w.+-]{1,80}")
_CRATE = re.compile(r"[\w-]{1,80}")
_QUOTED = re.compile(r'"([\w-]{1,80})[^"\n]*"')


def edges(text: str) -> str:
    """``version`` and that of the file's format, where it says it; a line for each crate: ``own``
    for one of the archive, else ``other``, its name (with its version, ``name@1.0.0``, if it is
    from a registry), and the names of those that it requires. Versions of one crate have lines of
    their own."""
    head, *blocks = text.split("[[package]]")
    kind = _VERSION.search(head)
    lines = [f"version {kind[1]}"] if kind else []
    for block in blocks:
        said: dict[str, str] = {}
        for line in block.split("\n"):
            key, _, value = line.partition("=")
            said[key.strip()] = value.strip().strip('"')
        listed = ""
        _, found, rest = block.partition("dependencies = [")
        if found:
            listed = " ".join(_QUOTED.findall(rest.partition("]")[0]))
        name, version = said.get("name", ""), said.get("version", "")
        if _CRATE.fullmatch(name):
            source = said.get("source")
            is_release = source is not None and source.startswith(_REGISTRIES)
            known = f"{name}@{version}" if is_release and _RELEASE.fullmatch(version) else name
            lines.append(f"{'own' if source is None else 'other'} {known} {listed}".rstrip())
    return "\n".join(lines)
