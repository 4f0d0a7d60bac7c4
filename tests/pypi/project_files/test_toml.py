"""TOML from an archive: what a parser would need too much memory for is refused before."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files import toml

_LONG = ".".join(["a"] * 101)
REFUSED = [
    f"{_LONG} = 1",
    f"[{_LONG}]",
    f"x = {{{_LONG} = 1}}",
    ".".join(['"a b"', "'c'"] * 51) + " = 1",
    " . ".join(["a-b"] * 101) + " = 1",
    "a" + ".a" * 30_000 + " = 1",
]


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_a_key_of_far_too_many_parts(text: str) -> None:
    with pytest.raises(ValueError, match="it has a key of more than 100 parts"):
        toml.loads(f"first = 1\n{text}\n")


READ = [
    (".".join(["a"] * 20) + " = 1", 20),
    # dots that are no part of a key
    (f"x = {['1.2.3.4'] * 200}", 1),
    ("x = '" + "." * 300 + "'", 1),
    ("x = '" + "Two words. " * 300 + "'", 1),
]


@pytest.mark.parametrize("text, depth", READ, ids=range(len(READ)))
def test_what_is_read(text: str, depth: int) -> None:
    found, steps = toml.loads(text), 0
    while isinstance(found, dict):
        (found,) = found.values()
        steps += 1
    assert steps == depth
