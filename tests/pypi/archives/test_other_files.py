"""What project files take from other files of a tree."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import other_files, sdist, tree_metadata

NAMED = "[project]\nname = 'a'\nversion = '1'\ndynamic = ['dependencies']\n"
SETUPTOOLS = NAMED + "[tool.setuptools.dynamic]\ndependencies = {file = ['./etc/all.list']}\n"
EXTRAS = (
    NAMED.replace("'dependencies'", "'dependencies', 'optional-dependencies'")
    + "[tool.setuptools.dynamic]\ndependencies = {file = 'etc/all.list'}\n"
    + "optional-dependencies.x = {file = 'etc/x.list'}\n"
)
HATCH = (
    "[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'\n"
    + NAMED
    + "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['etc/all.list']\n"
)
CFG = "[metadata]\nname = a\n[options]\ninstall_requires = file: etc/all.list\n"


@pytest.mark.parametrize(
    ("files", "required"),
    [
        ({"pyproject.toml": SETUPTOOLS}, ("b>1",)),
        ({"pyproject.toml": EXTRAS}, ("b>1", 'c; extra == "x"')),
        ({"pyproject.toml": HATCH}, ("b>1",)),
        ({"setup.cfg": CFG}, ("b>1",)),
        ({"setup.cfg": CFG + "[options.extras_require]\nx = file: etc/x.list\n"},
         ("b>1", 'c; extra == "x"')),
        ({"pyproject.toml": SETUPTOOLS.replace("all", "lacking")}, None),
    ],
)  # fmt: skip
def test_lists_of_requirements_of_any_name(
    files: dict[str, str], required: tuple[str, ...] | None
) -> None:
    """https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata"""
    there = {"etc/all.list": "b>1\n", "etc/x.list": "c\n"}

    def texts(paths: Sequence[str]) -> dict[str, str]:
        return {path: there[path] for path in paths if path in there}

    source = sdist.source(sdist.Contents(files=files).as_json(), "")
    said = tree_metadata.read(other_files.completed(source, texts), Version("1")).requires_dist
    assert said == required
