"""What `explain` says of a page that the newest release of a recipe does not name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.workflow.explain.model import Verdict
from tests.memory import MemoryIndex

from .grounds import ground_of

RECIPE = """\
class PyX(PythonPackage):
    homepage = "{}"
    pypi = "x/x-2.0.tar.gz"

    version("2.0", sha256="0")
    version("1.0", sha256="0")
"""
PAGE, REPOSITORY = "https://x.example/", "https://git.example/ann/x"
INDEX = "https://index.example/project/x/"
HOME: dict[str, Any] = {"home_page": PAGE}
E, D, P = Verdict.EXPLAINED, Verdict.DIFFERS, Verdict.UNEXPLAINED
RULE = "rule: no other page is named: the project's page on the index"


# (the page of the recipe, what 1.0 and 3.0 say, as 2.0 says nothing, the verdict, what is cited)
@pytest.mark.parametrize(
    "written, old, newest, verdict, cited",
    [
        (PAGE, {}, HOME, E, ["Home-page of 3.0: https://x.example/"]),
        (REPOSITORY, {}, {"repository": REPOSITORY}, E,
         [f"a link of the description of 3.0: {REPOSITORY}"]),
        ("https://other.example", {}, HOME, P, []),
        (INDEX, {}, HOME, E, [RULE]),
        (PAGE, HOME, {"home_page": REPOSITORY}, E, ["Home-page: https://x.example/"]),
        (REPOSITORY, HOME, {"home_page": REPOSITORY}, D, ["Home-page: https://x.example/"]),
    ],
)  # fmt: skip
def test_only_another_release_names_it(
    written: str, old: dict[str, Any], newest: dict[str, Any], verdict: Verdict, cited: list[str]
) -> None:
    index = MemoryIndex()
    for version in ("1.0", "2.0", "3.0"):
        index.add("x", version)
    says: dict[str, dict[str, Any]] = {"1.0": old, "2.0": {}, "3.0": newest}
    for key, metadata in index._metadata.items():
        index._metadata[key] = replace(metadata, **says[str(key[1])])
    assert ground_of(index, RECIPE.format(written), "homepage") == (verdict, cited)
