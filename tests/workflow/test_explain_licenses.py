"""What `explain` says of a licence that no release of the recipe states, but a newer one does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.workflow.explain.model import Verdict
from tests.memory import MemoryIndex
from tests.translate.test_license_texts import MIT

from .grounds import ground_of

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
    index = MemoryIndex()
    for version in ("1.0", "2.0"):
        index.add("x", version)
    for key, metadata in index._metadata.items():
        index._metadata[key] = replace(metadata, license_expression="")
    index.license_files["x", "1.0"] = own
    index.license_files["x", "2.0"] = {"LICENSE": MIT}
    assert ground_of(index, RECIPE.format(written), "license(") == (verdict, cited)
