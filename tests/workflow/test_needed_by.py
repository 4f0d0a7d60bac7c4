"""For whom a series adds a version to a package that was there: each with its requirement."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.workflow.upstream.needed_by import needed_by
from tests.memory_meaning import TextMeaning

#: (lines of py-app, what is said of py-lib, which has 1.0 and 2.0 and gets 1.5)
APPS: list[tuple[str, list[str]]] = [
    ('depends_on("py-lib@1.5", type="run")', ["for py-app, which needs py-lib@1.5"]),
    ('depends_on("py-lib@=1.5", type="build")', ["for py-app, which needs py-lib@=1.5 to build"]),
    ('depends_on("py-lib@1.2:1.9", when="@:3", type=("build", "run"))',
     ["for py-app, which needs py-lib@1.2:1.9"]),
    # others satisfy it, too; it is about another one; it is only excluded
    ('depends_on("py-lib@1:")', []),
    ('depends_on("py-lib@3:")', []),
    ('depends_on("py-other@1.5")', []),
    ('conflicts("^py-lib@1.5")', []),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said"), APPS)
def test_for_whom_a_version_is_added(line: str, said: Sequence[str]) -> None:
    def meaning(name: str, *lines: str) -> TextMeaning:
        body = "".join(f"    {each}\n" for each in ('version("1.0")', *lines))
        return TextMeaning(name, [f"class X(PythonPackage):\n{body}"])

    meanings = {"py-app": meaning("py-app", line), "py-lib": meaning("py-lib")}
    assert [*needed_by("py-lib", ["1.5"], ["2.0", "1.0"], meanings)] == said
