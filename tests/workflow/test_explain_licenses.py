"""What `explain` says of a licence that no release of the recipe states, but a newer one does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from tests.memory import MemoryHost, MemoryIndex
from tests.translate.test_license_texts import MIT

RECIPE = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    license("{}")

    version("1.0", sha256="0")
"""


@pytest.mark.parametrize(
    "written, own, verdict, cited",
    [
        ("MIT", {}, Verdict.EXPLAINED, ["LICENSE of 2.0: MIT"]),
        ("ISC", {}, Verdict.UNEXPLAINED, []),
        ("MIT", {"COPYING": "as is"}, Verdict.UNEXPLAINED, []),
    ],
)
def test_only_a_newer_release_states_it(
    written: str, own: dict[str, str], verdict: Verdict, cited: list[str]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    for version in ("1.0", "2.0"):
        index.add("x", version)
    for key, metadata in index._metadata.items():
        index._metadata[key] = replace(metadata, license_expression="")
    index.license_files["x", "1.0"] = own
    index.license_files["x", "2.0"] = {"LICENSE": MIT}
    host.keep("x", "py-x", RECIPE.format(written))
    with Session(index) as session:
        lines = explain(session, host, "py-x", "").lines
    (ground,) = next(each for each in lines if "license(" in each.text).grounds
    assert ground.verdict is verdict
    assert [f"{each.field}: {each.text}" for each in ground.cited] == cited
