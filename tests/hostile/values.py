"""Values as strangers may upload them: of any type, very long, very deep, in any alphabet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

#: Texts that broke, or would break, some parser.
NASTY = [
    "",
    " ",
    "\0",
    "\u00b2",  # a digit for str.isdigit, none for int
    "\u0663",
    "9" * 5000,
    "1." * 3000 + "1",
    "(" * 20_000,
    "[" * 20_000,
    "a" * 100_000,
    "a;" + "(" * 5000 + "os_name=='x'" + ")" * 5000,
    "a; " + " and ".join(["os_name=='x'"] * 2000),
    "http://[::1",
    "https://me:secret@x.example:port/",
    "file:///etc/passwd",
    "../../etc/passwd",
    "${HOME}",
    "%(here)s",
    "'''; import os; os.system('true')",
    '"""',
    "\\",
    "\u202e\u2066gpj.exe",
    "con",
    "-",
    "a b",
    "a[b",
    "a>=",
    "a===x y",
    "1!1",
    "1.0+local",
    "\n\tx: y",
    "cmake",
    "class",
    "platform",
]
TEXTS = st.sampled_from(NASTY) | st.text(max_size=12)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, -1, 5, 2**63, 10**400])
    | st.sampled_from([0.5, float("inf")])
    | TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def mostly(good: Any) -> st.SearchStrategy[Any]:
    """A good value, in one of ten cases something else."""
    return st.integers(0, 9).flatmap(lambda at: VALUES if at == 9 else st.just(good))


def table(fields: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A table with these fields, each of them mostly good, one of them maybe not there."""
    whole = st.fixed_dictionaries({name: mostly(value) for name, value in fields.items()})
    missing = st.none() | st.sampled_from(sorted(fields))
    return st.tuples(whole, missing).map(
        lambda drawn: {name: value for name, value in drawn[0].items() if name != drawn[1]}
    )


def as_json(value: Any) -> bytes:
    """The value as JSON; Python writes numbers of any length, and NaN."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


def as_toml(tables: Mapping[str, Any]) -> str:
    """Nested tables as TOML, with dotted keys."""
    return "\n".join(
        f"{_toml(name)} = {_toml(value)}" for name, value in tables.items() if value is not None
    )


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inner = (
            f"{_toml(key)} = {_toml(each)}" for key, each in value.items() if each is not None
        )
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value if each is not None) + "]"
    if isinstance(value, float):
        return "inf" if value == float("inf") else repr(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**4000 else "9" * 5000
    return json.dumps(value)
