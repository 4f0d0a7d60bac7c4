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


@pytest.mark.parametrize(
    "said",
    [
        "open('etc/all.list').read()",
        "open('etc/all.list').read().splitlines()",
        "open('etc/all.list').read().strip().split('\\n')",
        "open('etc/all.list').readlines()",
        "list(filter(None, Path('etc', 'all.list').read_text().splitlines()))",
        "[line.strip() for line in open('etc/all.list')]",
        "[l for l in open('etc/all.list').readlines() if l.strip() and not l.startswith('#')]",
        "lines",
        "listed('etc/all.list')",
        "by_default()",
    ],
)
def test_a_list_of_requirements_that_setup_py_reads(said: str) -> None:
    """Whatever way it is read, these are the requirements."""
    setup = f"""
with open(join(here, 'etc', 'all.list')) as f:
    lines = f.read().splitlines()
def listed(name):
    with open(name) as f:
        return [line.strip() for line in f if line.strip()]
def by_default(name='etc/all.list'):
    return listed(name)
setup(name='a', install_requires={said})
"""
    assert required({"setup.py": setup}, "b>1\n\n# c\nd\n") == ("b>1", "d")


@pytest.mark.parametrize(
    "said",
    [
        "[line for line in open('etc/all.list') if 'b' not in line]",
        "[line + '>2' for line in open('etc/all.list')]",
        "open('etc/all.list').read().splitlines() + more",
        "open('etc/other.list').readlines()",
        "open('../etc/all.list').readlines()",
        "open('etc/all.list').readlines()[1:]",
    ],
)
def test_a_list_that_may_be_another_one(said: str) -> None:
    assert required({"setup.py": f"setup(name='a', install_requires={said})"}, "b>1\n") is None


def test_a_list_with_more_than_requirements() -> None:
    setup = "setup(name='a', install_requires=open('etc/all.list').readlines())"
    assert required({"setup.py": setup}, "-r other.txt\nb\n") is None


def required(files: dict[str, str], listed: str) -> tuple[str, ...] | None:
    there = {"etc/all.list": listed}
    source = sdist.source(sdist.Contents(files=files).as_json(), "")
    whole = other_files.completed(source, lambda named: {p: there[p] for p in named if p in there})
    return tree_metadata.read(whole, Version("1")).requires_dist
