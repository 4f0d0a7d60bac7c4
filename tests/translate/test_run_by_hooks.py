"""What a build hook runs: (its programs, with whether the build ends without them) → what the
recipe needs and says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.pypi.model import Source
from tests.translate.test_builds import built

CASES: list[tuple[Sequence[tuple[str, bool]], Sequence[str], Sequence[str]]] = [
    ([("npm", True)], ["npm"], []),
    ([("cargo", True), ("make", True)], ["rust", "gmake"], []),
    ([("npm", False)], [], ["its build may run npm (hook.py:1)"]),
    (
        [("deno", False), ("bun", False), ("npm", False)],
        [],
        ["its build may run deno, bun or npm (hook.py:1)"],
    ),
    # Spack has no package for it
    ([("bun", True)], [], ["its build may run bun (hook.py:1)"]),
    ([], [], []),
]


@pytest.mark.parametrize(("programs", "needs", "said"), CASES)
def test_what_a_hook_runs(
    programs: Sequence[tuple[str, bool]], needs: Sequence[str], said: Sequence[str]
) -> None:
    listed = [(name, "hook.py", at, sure) for at, (name, sure) in enumerate(programs, 1)]
    found = built(Source(hook_programs=tuple(listed)))
    assert [need.dependency.spec for need in found.needs] == needs
    assert {need.dependency.types for need in found.needs} <= {("build",)}
    assert list(found.said) == said
    assert all(need.origin == f"hook.py:{at} runs {name}" for need, (name, _, at, _) in
               zip(found.needs, listed))  # fmt: skip


def test_what_a_requirement_brings_is_there() -> None:
    pyproject = {"build-system": {"requires": ["cmake"], "build-backend": "hatchling.build"}}
    hooks = (("cmake", "hook.py", 1, True), ("ninja", "hook.py", 2, False))
    found = built(Source(pyproject=pyproject, hook_programs=hooks))
    assert not found.needs and list(found.said) == ["its build may run ninja (hook.py:2)"]
