"""The order in which a project's own file lists what it requires."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.archives.sdist import Contents
from spack_pypi.pypi.archives.static import declared_order
from spack_pypi.pypi.model import Metadata
from spack_pypi.pypi.project_files import setup_cfg

SORTED = ("attrs>=20", "rich; extra == 'color'", "urllib3<3", "zict")

PEP621 = """\
[project]
name = "x"
dependencies = ["zict", "attrs>=20", "urllib3<3"]
optional-dependencies.color = ["rich"]
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.9"
Zict = "*"
rich = {version = "*", optional = true}
attrs = ">=20"
urllib3 = "<3"
[tool.poetry.extras]
color = ["rich"]
"""
DYNAMIC = '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
BY_POETRY = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n' + DYNAMIC
CFG = """\
[options]
install_requires =
    zict
    attrs>=20
    urllib3<3
[options.extras_require]
color = rich
"""
PY = """\
from setuptools import setup
setup(install_requires=["zict", "attrs>=20", "urllib3<3"], extras_require={"color": ["rich"]})
"""
IN_FILE = ("zict", "attrs", "urllib3", "rich")

# (files, order)
TABLE = [
    ({"pyproject.toml": PEP621}, IN_FILE),
    ({"pyproject.toml": POETRY}, IN_FILE),
    ({"pyproject.toml": BY_POETRY + POETRY}, IN_FILE),
    ({"setup.cfg": CFG}, IN_FILE),
    ({"pyproject.toml": DYNAMIC, "setup.cfg": CFG}, IN_FILE),
    ({"setup.py": PY}, IN_FILE),
    # it does not list all that the metadata does
    ({"pyproject.toml": PEP621.replace('"zict", ', "")}, ()),
    ({"pyproject.toml": DYNAMIC}, ()),
    ({}, ()),
]


@pytest.mark.parametrize("files, order", TABLE)
def test_the_order_is_that_of_the_file(files: dict[str, str], order: tuple[str, ...]) -> None:
    source = sdist.source(Contents(dict(files)).as_json(), "x")
    metadata = Metadata("x", "1.0", requires_dist=SORTED)
    assert declared_order(metadata, source) == order


DEEP = f"zict; {'(' * 20_000}os_name == 'x'{')' * 20_000}"


def test_what_is_too_long_to_be_parsed_is_none() -> None:
    """A parser would need a stack for it."""
    texts = {"pyproject.toml": f'[project]\nname = "x"\ndependencies = ["zict", "{DEEP}"]\n'}
    said = sdist.source(Contents(files=texts).as_json(), "x")
    assert declared_order(Metadata("x", "1", requires_dist=("zict",)), said) == ("zict",)
    assert setup_cfg.requirements(DEEP)[0] == "zict"
