"""What is read of a recipe that may be sent: (its versions, which are plain, are there others)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from spack_pypi.workflow.upstream.source import LocalRecipe

VERSIONS = [
    ('version("1.0", sha256="a")\n    version("main", branch="main")', ["1.0"], False),
    ('version("1.0")\n    for v in ["1.1"]:\n        version(v)', ["1.0"], True),
    ('if sys.platform == "linux":\n        version("1.0", sha256="a")', [], True),
    ("version(NEWEST)", [], True),
    ('depends_on("py-version")', [], False),
]


@pytest.mark.parametrize(("body", "plain", "others"), VERSIONS)
def test_versions(body: str, plain: Sequence[str], others: bool) -> None:
    recipe = LocalRecipe(Path("package.py"), f"class PyX(PythonPackage):\n    {body}\n")
    assert (recipe.versions, recipe.hides_versions) == (plain, others)
