"""What we need that Python does not bring: said once for setup.cfg, once for those who lack it."""

from __future__ import annotations

import configparser
import errno
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from spack_pypi import own_requirements
from spack_pypi.errors import unexpected
from spack_pypi.own_requirements import REQUIREMENTS, missing, too_old


def test_setup_cfg_says_the_same() -> None:
    parser = configparser.ConfigParser()
    parser.read(Path(__file__).parent.parent / "setup.cfg", encoding="utf-8")
    said = parser["options"]["install_requires"].strip().splitlines()
    markers = {
        before: f'; python_version < "{before[0]}.{before[1]}"' if before else ""
        for _, before in REQUIREMENTS
    }
    assert said == [f"{requirement}{markers[before]}" for requirement, before in REQUIREMENTS]


def test_nothing_is_missing_where_the_tests_run() -> None:
    assert missing() + too_old() == []


FIRST = """
import json, sys
from spack_pypi.own_requirements import prefer_installed
prefer_installed()
import json.decoder, only_loaded, packaging
print(packaging.__version__, only_loaded.__file__, json.__file__, sep="\\n")
"""


def test_what_is_loaded_comes_after_what_this_python_has(tmp_path: Path) -> None:
    """As ``spack load`` of a package that needs an older packaging."""
    for name, text in (("packaging", "__version__ = '1'"), ("only_loaded", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
    standard = str(Path(json.__file__).parent.parent)
    checkout = str(Path(__file__).parent.parent)
    path = os.pathsep.join([str(tmp_path), "", standard, checkout])
    done = subprocess.run(
        [sys.executable, "-c", FIRST],
        cwd=tmp_path.parent,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        version("packaging"),
        str(tmp_path / "only_loaded" / "__init__.py"),
        json.__file__,
    ]


# (requirement, whether it is missing, whether it is too old)
INSTALLED = [
    ("pytest>=1", False, False),
    ("pytest>=1.9.9.9", False, False),
    ("pytest>=9999", False, True),
    ("no_such_module>=0", True, False),
    # a module of no project has no version
    ("json>=2", False, False),
]


@pytest.mark.parametrize("requirement, is_missing, is_too_old", INSTALLED)
def test_what_must_be_installed(
    requirement: str, is_missing: bool, is_too_old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [(requirement, None), ("no_such_tomli>=9999", (3, 0))]
    monkeypatch.setattr(own_requirements, "REQUIREMENTS", table)
    assert (missing() == [requirement], too_old() == [requirement]) == (is_missing, is_too_old)


INSTALL = f"{sys.executable} -m pip install"
#: The module of which something could not be imported, and what is said of that.
IMPORTS = [
    # the one that is too old is named, whatever failed of it
    ("packaging.no_such_module", f"spack-pypi needs pytest: {INSTALL} 'pytest>=9999'"),
    # ours, and Spack's, are nothing to install
    ("spack_pypi.no_such_module", "this is a bug in spack-pypi"),
    ("spack_repo.site", "this is a bug in spack-pypi"),
    ("", "this is a bug in spack-pypi"),
]


@pytest.mark.parametrize("module, expected", IMPORTS)
def test_what_is_said_of_a_failed_import(
    module: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_requirements, "REQUIREMENTS", [("pytest>=9999", None)])
    try:
        raise ImportError("cannot import a name", name=module)
    except ImportError as error:
        assert unexpected(error).startswith(expected)


def test_what_an_import_lacks_where_nothing_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_requirements, "REQUIREMENTS", [("pytest>=1", None)])
    error = ModuleNotFoundError("No module named 'urllib3'", name="urllib3")
    assert unexpected(error) == f"spack-pypi needs urllib3: {INSTALL} urllib3"


def test_no_more_threads() -> None:
    assert "ulimit -u" in unexpected(RuntimeError("can't start new thread"))


def test_an_interrupt_that_python_wraps_is_no_bug() -> None:
    """Before Python 3.12, of one that comes while a class is made."""
    error = RuntimeError("Error calling __set_name__")
    error.__cause__ = KeyboardInterrupt()
    assert unexpected(error) == "interrupted: run the command again"


@pytest.mark.parametrize("module", ["spack.repo", "spack_repo.site.packages.py_x.package"])
def test_what_spack_or_a_recipe_raises(module: str) -> None:
    """It need not be a bug of ours."""
    inside = {"__name__": module}
    exec("def fails():\n    raise AttributeError('no PyX')", inside)
    with pytest.raises(AttributeError) as raised:
        inside["fails"]()  # type: ignore[operator]
    said = unexpected(raised.value)
    assert said.startswith("Spack, or a recipe, failed (AttributeError: no PyX; <string>, line 2)")


def test_a_full_disk() -> None:
    """The error of a write does not name the file."""
    said = unexpected(OSError(errno.ENOSPC, "No space left on device"))
    assert said.startswith("a disk is full (No space left on device): make room where")
    named = unexpected(OSError(errno.ENOSPC, "No space left on device", "/x"))
    assert named == "cannot use '/x': No space left on device"
