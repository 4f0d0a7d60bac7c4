"""Whether a ``[target.'cfg(...)']`` of Cargo.toml is one on which Spack builds.

https://doc.rust-lang.org/reference/conditional-compilation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_TOKEN = re.compile(r'\s*(?:([\w-]+)(?:\s*=\s*(?:"([^"]*)"|\'([^\']*)\'))?|([(),]))')
_MOST_TOKENS, _DEEPEST = 200, 20
_ON_ALL = {"target_family": "unix", "target_pointer_width": "64", "target_endian": "little"}
#: What is set on each platform; a name that is not here may have any value.
PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "linux": {**_ON_ALL, "target_os": "linux", "target_env": "gnu", "target_vendor": "unknown"},
    "darwin": {**_ON_ALL, "target_os": "macos", "target_env": "", "target_vendor": "apple"},
}
#: The usual machines: what is on for all of them is on whatever the machine.
_MACHINES = ("aarch64", "x86_64")
_SET, _NOT_SET = {"unix"}, {"windows", "wasm", "miri", "test"}


def on(cfg: str, platform: str) -> bool:
    """Whether a target certainly is the platform (a key of `PLATFORMS`), whatever the machine."""
    if not cfg.startswith("cfg(") or not cfg.endswith(")"):
        return False
    tokens = [match.groups() for match in _TOKEN.finditer(cfg[4:-1])][:_MOST_TOKENS]
    known = [{**PLATFORMS[platform], "target_arch": machine} for machine in _MACHINES]
    return all(_parsed(iter(tokens), each, 0) == [True] for each in known)


_Tokens = Iterator[tuple[str, ...]]


def _parsed(tokens: _Tokens, known: Mapping[str, str], depth: int) -> list[bool | None]:
    """The values of what stands up to the closing bracket, separated by commas."""
    found: list[bool | None] = []
    name = ""
    for word, double, single, mark in tokens:
        if mark == "(" and depth < _DEEPEST:
            inner = _parsed(tokens, known, depth + 1)
            found[-1:] = [_joined(name, inner)]
        elif mark == ")":
            return found
        elif word:
            name, value = word, double if double is not None else single
            found.append(_value(word, value, known))
    return found


def _value(name: str, value: str | None, known: Mapping[str, str]) -> bool | None:
    if value is not None:
        return known[name] == value if name in known else None
    return True if name in _SET else False if name in _NOT_SET else None


def _joined(name: str, values: list[bool | None]) -> bool | None:
    if name == "not":
        return None if len(values) != 1 or values[0] is None else not values[0]
    decisive = {"all": False, "any": True}.get(name)
    if decisive is None:
        return None
    return decisive if decisive in values else None if None in values else not decisive
