"""Requirements that a setup.py adds for some Pythons and platforms get a marker. Python itself
says what is expected in each of them."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from spack_pypi.pypi.project_files import setup_py

VERSIONS = [(2, 6, 9), (2, 7, 18), (3, 6, 0), (3, 7, 1), (3, 8, 0), (3, 12, 4)]
PLATFORMS = [
    ("linux", "posix", "Linux"),
    ("darwin", "posix", "Darwin"),
    ("win32", "nt", "Windows"),
]
WORLDS = [*product(VERSIONS, PLATFORMS)]

CONDITIONS = [
    "sys.version_info < (3, 7)",
    "sys.version_info >= (3,)",
    "sys.version_info > (3, 6)",
    "sys.version_info <= (3, 6)",
    "sys.version_info[:2] == (2, 7)",
    "sys.version_info[:2] != (3, 7)",
    "sys.version_info[:2] <= (3, 7)",
    "sys.version_info[0] == 2",
    "sys.version_info[0] != 3",
    "sys.version_info.major >= 3",
    "sys.version_info[0] < 3 or os.name == 'nt'",
    "sys.platform == 'win32'",
    "sys.platform != 'darwin' and not sys.version_info < (3, 8)",
    "sys.platform.startswith('linux')",
    "not sys.platform.startswith('win')",
    "sys.platform in ('linux', 'darwin')",
    "sys.platform not in ['darwin']",
    "platform.system() == 'Darwin'",
    "not (os.name == 'nt' or sys.version_info[0] == 2)",
]
#: Conditions that no marker says.
OTHERS = [
    "sys.version_info == (3, 7)",
    "sys.version_info.minor > 6",
    "sys.version_info[1] > 6",
    "sys.maxsize > 2**32",
    "os.path.exists('x')",
    "sys.platform.startswith('free')",
    "flag and sys.version_info < (3, 7)",
    "(2, 7) < sys.version_info < (3, 7)",
]


def read(statements: str) -> Any:
    found = setup_py.read(f"{statements}\nsetup(install_requires=x, extras_require=d)")
    assert found is not None
    return found.keywords


def said(statements: str, version: tuple[int, ...], names: tuple[str, str, str]) -> dict[str, Any]:
    """What names mean with a Python on a platform."""
    system, name, called = names
    info = SimpleNamespace(version_info=Info((*version, "final", 0)), platform=system, maxsize=1)
    known: dict[str, Any] = {
        "sys": info,
        "os": SimpleNamespace(name=name),
        "platform": SimpleNamespace(system=lambda: called),
    }
    exec(statements, known)  # of this file, and nobody else
    return known


class Info(tuple):  # type: ignore[type-arg]
    """``sys.version_info``."""

    @property
    def major(self) -> Any:
        return self[0]


def holding(texts: list[str], version: tuple[int, ...], names: tuple[str, str, str]) -> list[str]:
    """The names of the requirements whose markers hold there."""
    environment = {
        "python_version": ".".join(map(str, version[:2])),
        "sys_platform": names[0],
        "os_name": names[1],
        "platform_system": names[2],
    }
    found = map(Requirement, texts)
    return [each.name for each in found if not each.marker or each.marker.evaluate(environment)]


def assert_as_in_python(statements: str) -> None:
    found = read(statements)
    for version, names in WORLDS:
        there = said(statements, version, names)
        if "install_requires" in found:
            expected = sorted(there["x"])
            assert sorted(holding(found["install_requires"], version, names)) == expected
        for key, listed in found.get("extras_require", {}).items():
            expected = sorted(there["d"].get(key, []))
            assert sorted(holding(listed, version, names)) == expected


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_of_python_and_platform(condition: str) -> None:
    statements = f"x = ['a']\nd = {{}}\nif {condition}:\n    x.append('b')\nelse:\n    x += ['c']"
    assert "install_requires" in read(statements)
    assert_as_in_python(statements)


@pytest.mark.parametrize("condition", OTHERS)
def test_any_other_condition_makes_the_list_unknown(condition: str) -> None:
    found = read(f"x = ['a']\nd = {{}}\nif {condition}:\n    x.append('b')")
    assert "install_requires" not in found


def test_a_requirement_keeps_its_own_marker() -> None:
    found = read(
        "x = []\nd = {}\nif sys.version_info < (3, 7):\n"
        "    x.append(\"a>=1; sys_platform == 'win32' or os_name == 'nt'\")"
    )
    (text,) = found["install_requires"]
    assert holding([text], (3, 6, 0), PLATFORMS[2]) == ["a"]
    assert holding([text], (3, 7, 1), PLATFORMS[2]) == []
    assert holding([text], (3, 6, 0), PLATFORMS[0]) == []


def test_what_is_no_requirement_gets_no_marker() -> None:
    """A package for Windows alone."""
    found = setup_py.read(
        "p = ['a']\nif sys.platform == 'win32':\n    p.append('b')\nsetup(packages=p)"
    )
    assert found is not None
    assert "packages" not in found.keywords


NAMES = st.sampled_from(["x", "y"])
LISTS = st.lists(st.sampled_from(["a", "b"]), max_size=2).map(repr)
CHANGES = st.one_of(
    st.builds("{} = {}".format, NAMES, LISTS),
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{} += {}".format, NAMES, st.one_of(LISTS, NAMES)),
    st.builds("{}.append('c')".format, NAMES),
    st.builds("{}.extend({})".format, NAMES, NAMES),
    st.builds("d['p'] = {}".format, st.one_of(NAMES, LISTS)),
    st.builds("d['p'] += {}".format, LISTS),
    st.just("d['q'].append('e')"),
)
BLOCKS = st.lists(CHANGES, min_size=1, max_size=2).map("\n    ".join)
IFS = st.one_of(
    CHANGES,
    st.builds("if {}:\n    {}".format, st.sampled_from(CONDITIONS[:9]), BLOCKS),
    st.builds("if {}:\n    {}\nelse:\n    {}".format, st.sampled_from(CONDITIONS), BLOCKS, BLOCKS),
)


@given(st.lists(IFS, max_size=5))
@settings(max_examples=100)
def test_the_law_of_conditions(statements: list[str]) -> None:
    """Whatever is known is what Python says in each world."""
    assert_as_in_python("\n".join(["x = []\ny = ['z']\nd = {'p': x, 'q': y}", *statements]))
