"""An sdist without a PKG-INFO whose files say that it is another release."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.archives.static import with_static_requirements
from spack_pypi.pypi.metadata import NO_PKG_INFO, unknown
from spack_pypi.pypi.model import Release

SETUP = "from setuptools import setup\nsetup({}, install_requires=['six'])\n"

#: Files of what the index lists as my-thing 1.2, and why it is not (empty: it may be).
FILES: list[tuple[dict[str, str], str]] = [
    ({"setup.py": SETUP.format("name='My.Thing', version='1.2'")}, ""),
    ({"setup.py": SETUP.format("name='other'")}, "the project other"),
    ({"setup.py": SETUP.format("name='my-thing', version='3.0'")}, "version 3.0"),
    ({"setup.py": SETUP.format("name='my-thing', version='1.2.0'")}, ""),
    ({"setup.py": SETUP.format("name=NAME, version=VERSION")}, ""),
    # Finished when it was built.
    ({"setup.py": SETUP.format("version='1.2.dev0'")}, ""),
    ({"setup.py": SETUP.format("version='unknown'")}, ""),
    (
        {"setup.cfg": "[metadata]\nname = other\n[options]\ninstall_requires = six\n"},
        "the project other",
    ),
    (
        {
            "setup.cfg": "[metadata]\nname = my_thing\nversion = attr: my_thing.__version__\n"
            "[options]\ninstall_requires = six\n"
        },
        "",
    ),
    (
        {"pyproject.toml": '[project]\nname = "other"\ndependencies = ["six"]\n'},
        "the project other",
    ),
    (
        {
            "pyproject.toml": '[project]\nname = "my-thing"\nversion = "2"\n'
            'dependencies = ["six"]\n'
        },
        "version 2",
    ),
    (
        {
            "pyproject.toml": '[tool.poetry]\nname = "other"\n'
            '[tool.poetry.dependencies]\nsix = "*"\n'
        },
        "the project other",
    ),
    ({"pyproject.toml": '[tool.flit.metadata]\nmodule = "other"\nrequires = ["six"]\n'}, "other"),
    (
        {
            "pyproject.toml": '[tool.flit.metadata]\nmodule = "other"\ndist-name = "my-thing"\n'
            'requires = ["six"]\n'
        },
        "",
    ),
]


@pytest.mark.parametrize(("files", "reason"), FILES)
def test_what_the_files_say(files: dict[str, str], reason: str) -> None:
    source = sdist.source(sdist.Contents(files=files).as_json(), "my-thing")
    release = Release("my-thing", Version("1.2"), ())
    found = with_static_requirements(unknown(release, NO_PKG_INFO), source)
    assert found.confirmed is (not reason)
    assert reason in found.problem
    assert found.requires_dist == (None if reason else ("six",))
