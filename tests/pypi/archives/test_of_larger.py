"""What an sdist imports of projects that have a smaller part (`SMALLER`), wherever it does."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import File, Source
from spack_pypi.pypi.releases import LONG


def read(texts: dict[str, str], size: int | None = None, partly: bool = False) -> Source:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        for path, text in texts.items():
            made.writestr(f"x-1/{path}", text)
    content = raw.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    file = File("x-1.zip", "https://files.example/x-1.zip", Version("1"), False, sha256)
    found = sdist.inspect(file._replace(size=size), io.BytesIO(content), partly)
    return sdist.source(found.as_json(), "x")


@pytest.mark.parametrize("path", ["setup.py", "tests/test_a.py", "docs/conf.py", "x/b.pyx"])
def test_files_that_are_not_installed_count_too(path: str) -> None:
    texts = {"x/a.py": "import rucio.client", path: "import rucio.core"}
    assert read(texts).of_larger == ("rucio.client", "rucio.core")


@pytest.mark.parametrize(("partly", "projects"), [(False, ["rucio-clients"]), (True, [])])
def test_nothing_is_known_of_an_archive_that_is_not_read_to_its_end(
    partly: bool, projects: list[str]
) -> None:
    found = read({"x/a.py": "import rucio.client"}, LONG + 1, partly)
    assert [each.project for each in found.smaller] == projects


def test_of_a_module_that_is_too_long_it_is_not_known_what_it_imports() -> None:
    texts = {"x/a.py": "import rucio.client", "x/b.py": "#" * (1 << 20)}
    assert read(texts).smaller == ()
