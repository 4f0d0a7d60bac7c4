"""What installed distributions require, as ``pip check`` decides it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spack_pypi.prefixes.distributions import Distribution
from spack_pypi.prefixes.interpreter import SiteFolder, SiteKind
from spack_pypi.pypi.limits import requirement
from spack_pypi.workflow.installed_requirements import refused_python, required, satisfies
from spack_pypi.workflow.requirement_files.marker_environment import named

FOO = Distribution("foo", "1.0", SiteFolder(Path("/site"), SiteKind.SITE), Path("/site/foo"))


@pytest.mark.parametrize(
    ("text", "extra", "is_required"),
    [
        ("bar", "", True),
        ("bar; sys_platform == 'linux'", "", True),
        ("bar; python_version < '3.12'", "", False),
        ("bar; extra == 'fast'", "", False),
        ("bar; extra == 'fast'", "fast", True),
        ("bar; extra == 'fast' or sys_platform == 'linux'", "fast", False),
        ("bar", "fast", False),
        # No requirement, a marker that cannot be decided, and what is too long.
        ("bar >", "", False),
        ("bar; sys_platform ~= 'linux'", "", False),
        ("bar; python_version in '" + "3.12 " * 9000 + "'", "", False),
    ],
)
def test_required(text: str, extra: str, is_required: bool) -> None:
    found = required(replace(FOO, requires=(text,)), named("linux,x86_64,py312"), extra)
    assert [each.name for each in found] == (["bar"] if is_required else [])


@pytest.mark.parametrize(
    ("version", "text", "expected"),
    [
        ("1.0", "foo", True),
        ("1.0", "foo>=1,<2", True),
        ("1.0", "foo>=2", False),
        ("2.0rc1", "foo>=1", True),
        ("1.0", "foo @ https://h.example/foo.whl", True),
    ],
)
def test_satisfies(version: str, text: str, expected: bool) -> None:
    wanted = requirement(text)
    assert wanted is not None
    assert satisfies(replace(FOO, version=version), wanted) is expected


def test_unread_metadata_satisfies_only_what_takes_any_version() -> None:
    any_version, some = requirement("foo"), requirement("foo>=0")
    assert any_version is not None and some is not None
    unread = replace(FOO, version="", problem="its metadata cannot be read")
    assert satisfies(unread, any_version)
    assert not satisfies(unread, some)


@pytest.mark.parametrize(
    ("text", "python", "refused"),
    [
        ("", "3.12.1", None),
        (">=3.9", "3.12.1", None),
        (">=3.12", "3.12.0rc1", ">=3.12"),
        (">=3.13", "3.12.1", ">=3.13"),
        (">=3.6.*", "3.5.0", None),
        (">=" + "9" * 5000, "3.12.1", None),
        (">=3.13", "develop", None),
    ],
)
def test_refused_python(text: str, python: str, refused: str | None) -> None:
    found = refused_python(replace(FOO, requires_python=text), python)
    assert (None if found is None else str(found)) == refused
