"""What a marker says (PEP 508), and the conditions of a recipe."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from spack_pypi.recipe.model import Condition
from spack_pypi.translate import spack_order
from spack_pypi.translate.conditions import Undecidable, cover, holds, supported
from spack_pypi.translate.world import PLACES, environment, world_for


def conditions(marker: str, python: str = "", extra: str = "") -> list[str]:
    parsed = Marker(marker)
    world = world_for([marker, python])
    relevant = supported(SpecifierSet(python), world)
    return [str(box) for box in cover(holds(parsed, extra, world), relevant, world)]


# (marker, Requires-Python, when=)
TABLE = [
    ('python_version < "3.11"', ">=3.8", ["^python@:3.10"]),
    ('python_version >= "3.9"', ">=3.8", ["^python@3.9:"]),
    ('python_version > "3.9"', "", ["^python@3.10:"]),
    ('python_version <= "3.9"', "", ["^python@:3.9"]),
    ('python_version == "3.9"', "", ["^python@3.9"]),
    ('python_version != "3.9"', "", ["^python@:3.8,3.10:"]),
    ('"3.9" <= python_version', "", ["^python@3.9:"]),
    ('python_version in "3.8 3.9"', "", ["^python@3.8:3.9"]),
    ('python_version not in "3.8 3.9"', "", ["^python@:3.7,3.10:"]),
    ('python_full_version < "3.11.3"', ">=3.8", ["^python@:3.11.2"]),
    ('python_full_version == "3.9.7"', "", ["^python@3.9.7"]),
    # what the package's own Python range decides is not said again
    ('python_version >= "3.8"', ">=3.8", [""]),
    ('python_version < "3.8"', ">=3.8", []),
    ('python_version < "4"', "", [""]),
    ('python_version < "3"', "", []),
    # Python 3.15 is a bound whether or not it is out
    ('python_version < "3.15"', ">=3.9", ["^python@:3.14"]),
    # platforms: one condition each, Spack's names
    ('sys_platform == "win32"', "", ["platform=windows"]),
    ('os_name == "nt" and python_version < "3.10"', "", ["platform=windows ^python@:3.9"]),
    ('platform_system == "Darwin"', "", ["platform=darwin"]),
    ('sys_platform != "win32"', "", ["platform=linux", "platform=darwin", "platform=freebsd"]),
    ('"linux" in sys_platform', "", ["platform=linux"]),
    ('sys_platform == "emscripten"', "", []),
    ('python_version < "3.10" or sys_platform == "win32"', "",
     ["platform=windows", "^python@:3.9"]),
    # machines: always families
    ('platform_machine == "x86_64" and sys_platform == "linux"', "",
     ["platform=linux target=x86_64:"]),
    ('platform_machine == "arm64" and sys_platform == "darwin"', "",
     ["platform=darwin target=aarch64:"]),
    ('platform_machine != "ppc64le"', "", ["target=x86_64:,aarch64:,riscv64:,x86:"]),
    # Spack's Python is CPython
    ('implementation_name == "pypy"', "", []),
    ('platform_python_implementation != "PyPy"', "", [""]),
]  # fmt: skip


@pytest.mark.parametrize("marker, python, expected", TABLE)
def test_conditions(marker: str, python: str, expected: list[str]) -> None:
    assert conditions(marker, python) == expected


def test_an_extra_holds_only_when_asked_for() -> None:
    marker = 'extra == "color" and python_version < "3.11"'
    assert conditions(marker, ">=3.8") == []
    assert conditions(marker, ">=3.8", extra="color") == ["^python@:3.10"]


def test_a_running_kernel_is_no_condition() -> None:
    with pytest.raises(Undecidable, match="kernel"):
        conditions('platform_release >= "5"')


_atoms = st.one_of(
    st.builds(
        'python_version {} "3.{}"'.format,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.integers(6, 14),
    ),
    st.builds(
        'python_full_version {} "3.{}.{}"'.format,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.integers(6, 14),
        st.integers(0, 5),
    ),
    st.builds(
        'sys_platform {} "{}"'.format,
        st.sampled_from(["==", "!="]),
        st.sampled_from(["linux", "win32", "darwin", "cygwin"]),
    ),
    st.builds(
        'platform_machine {} "{}"'.format,
        st.sampled_from(["==", "!="]),
        st.sampled_from(["x86_64", "aarch64", "arm64", "AMD64", "ppc64le"]),
    ),
)
_markers = st.recursive(
    _atoms,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
)


def _inside(condition: Condition, python: str, platform: str, machine: str) -> bool:
    """What Spack would say of a configuration."""
    return (
        condition.platform in ("", platform)
        and (not condition.target or f"{machine}:" in condition.target.split(","))
        and spack_order.contains(condition.python, python)
    )


@settings(deadline=None)
@given(_markers, st.sampled_from(["", ">=3.8", ">=3.9,<3.13"]))
def test_the_conditions_hold_exactly_where_the_marker_does(marker: str, python: str) -> None:
    parsed = Marker(marker)
    world = world_for([marker, python])
    wanted = holds(parsed, "", world)
    boxes = cover(wanted, supported(SpecifierSet(python), world), world)
    for piece in world.pythons:
        if not SpecifierSet(python).contains(piece.full):
            continue
        for place in PLACES:
            said = any(_inside(box, piece.full, *place) for box in boxes)
            assert said == parsed.evaluate(environment(piece, place)), (boxes, piece, place)
