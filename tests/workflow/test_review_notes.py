"""What no metadata declares: a note for each native library that an archive names, unless the
recipe has it."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

CMAKE = "cmake_minimum_required(VERSION 3.20)\nfind_package(ZLIB REQUIRED)\n"
BUILT: dict[str, Any] = {
    "requires": ["scikit-build-core"],
    "build-backend": "scikit_build_core.build",
}

RECIPE = """\
class PyX(PythonPackage):
    version("1.0", sha256="0")
    depends_on("py-scikit-build-core", type="build")
"""


def notes(host: MemoryHost, name: str = "x") -> list[str]:
    index = MemoryIndex()
    for version in ("1.0", "2.0"):
        index.add("x", version, wheel_tag="")  # what has a pure wheel compiles nothing
        index._sources["x", Version(version)] = Source(
            pyproject={"build-system": BUILT}, build_files={"CMakeLists.txt": CMAKE}
        )
    host.has("scikit-build-core", "1.0")
    outcome = create(host, index, Request((name,), verify=Verify.LOAD))
    assert not outcome.plan.failed
    return [
        each.text for each in outcome.diagnostics if each.code in ("native-hint", "unclear-build")
    ]


@pytest.mark.parametrize("known, end", [(True, "; Spack has zlib"), (False, "")])
def test_a_library_that_the_archive_looks_for(known: bool, end: str) -> None:
    host = MemoryHost()
    if known:
        host.has("a-zlib", "1.3", name="zlib")
    (note,) = notes(host)
    assert note.startswith("CMakeLists.txt:2 ") and "ZLIB" in note
    assert note.endswith(end) and ("Spack has" in note) is known


@pytest.mark.parametrize("line, count", [("", 1), ('    depends_on("zlib")\n', 0)])
def test_what_the_existing_recipe_has_needs_no_note(line: str, count: int) -> None:
    host = MemoryHost()
    host.has("a-zlib", "1.3", name="zlib")
    host.keep("x", "py-x", RECIPE + line)
    assert len(notes(host, "x>=2")) == count
