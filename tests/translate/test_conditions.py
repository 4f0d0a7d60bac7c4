"""What a marker says (PEP 508), and the conditions of a recipe."""

from __future__ import annotations

from importlib.metadata import version
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spack_pypi.recipe.model import Condition
from spack_pypi.translate import spack_order
from spack_pypi.translate.conditions import Undecidable, cover, holds, ignored, supported
from spack_pypi.translate.environments import PLACES, VARIABLES, environment, world_for
from spack_pypi.translate.requirements import translate


def conditions(marker: str, python: str = "", extra: str = "") -> list[str]:
    parsed = Marker(marker)
    world = world_for([marker, python])
    relevant = supported(SpecifierSet(python), world)
    wanted = holds(parsed, extra, world)
    return [str(box) for box in cover(wanted, relevant, world, ignored(parsed, world))]


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
    # FreeBSD is not spelled out where nothing names it
    ('sys_platform != "win32"', "", ["platform=linux", "platform=darwin"]),
    ('sys_platform != "darwin"', "", ["platform=linux", "platform=windows"]),
    ('sys_platform in "linux darwin win32"', "", [""]),
    ('sys_platform not in "linux darwin win32"', "", []),
    ('platform_system == "FreeBSD"', "", ["platform=freebsd"]),
    ('platform_system != "FreeBSD"', "",
     ["platform=linux", "platform=darwin", "platform=windows"]),
    ('"linux" in sys_platform', "", ["platform=linux"]),
    ('sys_platform == "emscripten"', "", []),
    ('python_version < "3.10" or sys_platform == "win32"', "",
     ["platform=windows", "^python@:3.9"]),
    # machines: always families
    ('platform_machine == "x86_64" and sys_platform == "linux"', "",
     ["platform=linux target=x86_64:"]),
    ('platform_machine == "arm64" and sys_platform == "darwin"', "",
     ["platform=darwin target=aarch64:"]),
    # what is said is said of a platform, though FreeBSD would make it shorter
    ('sys_platform == "win32" or sys_platform == "linux" and platform_machine == "aarch64"'
     ' or sys_platform == "darwin" and platform_machine == "arm64"', "",
     ["platform=windows", "platform=darwin target=aarch64:", "platform=linux target=aarch64:"]),
    ('platform_machine != "ppc64le"', "", ["target=x86_64:,aarch64:,riscv64:,x86:"]),
    # Spack's Python is CPython
    ('implementation_name == "pypy"', "", []),
    ('platform_python_implementation != "PyPy"', "", [""]),
]  # fmt: skip


@pytest.mark.parametrize("marker, python, expected", TABLE)
def test_conditions(marker: str, python: str, expected: list[str]) -> None:
    assert conditions(marker, python) == expected


def test_every_variable_of_packaging_is_known() -> None:
    assert set(VARIABLES) >= set(default_environment())


def test_an_extra_holds_only_when_asked_for() -> None:
    marker = 'extra == "color" and python_version < "3.11"'
    assert conditions(marker, ">=3.8") == []
    assert conditions(marker, ">=3.8", extra="color") == ["^python@:3.10"]


# (marker, the variable that no recipe can know, the platforms where it may hold)
UNDECIDABLE = [
    ('platform_release >= "5"', "platform_release", "linux darwin windows freebsd"),
    ('"PREEMPT" in platform_version', "platform_version", "linux darwin windows freebsd"),
    ('platform.version >= "5"', "platform_version", "linux darwin windows freebsd"),
    ('sys_platform == "darwin" and platform_release < "20"', "platform_release", "darwin"),
    # on linux it holds, but then all of it is left out
    ('sys_platform == "linux" or platform_release < "20"', "platform_release",
     "linux darwin windows freebsd"),
    ('"fast" in extras', "extras", "linux darwin windows freebsd"),
    ('"fast" not in extras and os_name == "nt"', "extras", "windows"),
    ('"test" in dependency_groups', "dependency_groups", "linux darwin windows freebsd"),
    ('python_version ~= "3"', "cannot be evaluated", "linux darwin windows freebsd"),
    ('sys_platform ~= "linux"', "cannot be evaluated", "linux darwin windows freebsd"),
]  # fmt: skip


@pytest.mark.parametrize("marker, variable, platforms", UNDECIDABLE)
def test_what_no_recipe_can_know_is_reported(marker: str, variable: str, platforms: str) -> None:
    with pytest.raises(Undecidable, match=variable) as raised:
        conditions(marker)
    assert " ".join(raised.value.platforms) == platforms


# (marker, when=): what no recipe can know makes no difference
DECIDED = [
    ('platform_release >= "5" and python_version < "3"', []),
    ('platform_release >= "5" and extra == "fast"', []),
    ('platform_release >= "5" or python_version >= "3"', [""]),
    ('python_version < "3.9" or platform_version > "1" and sys_platform == "cygwin"',
     ["^python@:3.8"]),
    # it is only a text that is compared with
    ('sys_platform == "platform_release"', []),
    pytest.param(
        "sys_platform != 'platform_version == \"1\"'",
        [""],
        marks=pytest.mark.skipif(
            Version(version("packaging")) < Version("26.3"),
            reason="packaging before 26.3 prints such a text with the wrong quotes",
        ),
    ),
    # names of before PEP 508
    ('os.name == "nt"', ["platform=windows"]),
    ('sys.platform == "darwin"', ["platform=darwin"]),
    ('platform.python_implementation == "PyPy"', []),
    ('python_implementation == "CPython"', [""]),
    ('platform.machine == "ppc64le"', ["target=ppc64le:"]),
    ('implementation_version < "3.9"', ["^python@:3.8"]),
]  # fmt: skip


@pytest.mark.parametrize("marker, expected", DECIDED)
def test_what_makes_no_difference_is_not_asked(marker: str, expected: list[str]) -> None:
    assert conditions(marker) == expected


#: (requirement, whether it is reported): nothing of it is in a place that recipes name.
ELSEWHERE = [
    ('a; sys_platform not in "linux darwin win32"', True),
    ('a; platform_machine == "armv7l"', True),
    ('a; platform_machine == "ppc64" and sys_platform == "linux"', True),
    ('a; sys_platform == "freebsd13"', True),
    ('a; platform_machine == "armv7l" and extra == "fast"', True),
    ('a; platform_machine == "armv7l" and extra == "other"', False),
    ('a; platform_machine == "armv7l" and python_version < "3.8"', False),
    # Spack has no such place, no such Python
    ('a; platform_machine == "s390x"', False),
    ('a; sys_platform == "cygwin"', False),
    ('a; sys_platform == "emscripten" or sys_platform == "aix"', False),
    ('a; python_version < "3"', False),
    ('a; implementation_name == "pypy" and platform_machine == "armv7l"', False),
]


@pytest.mark.parametrize("text, reported", ELSEWHERE)
def test_what_recipes_do_not_name(text: str, reported: bool) -> None:
    found, untranslatable = translate("x", [text], ["fast"], ">=3.8")
    assert found == ()
    assert [(each.declared, each.conditions) for each in untranslatable] == (
        [(text, ())] if reported else []
    )


# a module that Python has since 3.4 and 3.7, or always had; not one of another name
PORTS = [
    (["statistics", "pathlib>=1", "wsgiref"], ">=3.6", []),
    (["dataclasses"], ">=3.8", []),
    (["dataclasses>=0.6"], ">=3.6", [("dataclasses>=0.6", "^python@:3.6")]),
    (['enum34; sys_platform != "win32"'], ">=3.6", []),
    (['dataclasses; extra == "fast"'], ">=3.6", [("dataclasses", "+fast ^python@:3.6")]),
    (["ordereddict"], ">=3.6", [("ordereddict", "")]),
]


@pytest.mark.parametrize("texts, python, needed", PORTS)
def test_a_port_of_a_module_is_for_pythons_that_lack_it(
    texts: list[str], python: str, needed: list[tuple[str, str]]
) -> None:
    found, untranslatable = translate("x", texts, ["fast"], python)
    assert ([(str(each), str(each.when)) for each in found], untranslatable) == (needed, ())


def test_what_only_lock_files_have_is_reported() -> None:
    text = 'a; "fast" in extras'
    found, untranslatable = translate("x", [text])
    assert found == ()
    assert [each.declared for each in untranslatable] == [text]


def test_a_requirement_for_a_named_and_another_place_is_written_for_the_first() -> None:
    text = 'a; platform_machine in "ppc64le, armv7l"'
    found, untranslatable = translate("x", [text])
    assert ([str(need.when) for need in found], untranslatable) == (["target=ppc64le:"], ())


def test_an_extra_that_names_others_on_some_kernels_is_reported_once() -> None:
    text = 'x[a]; platform_release >= "5" and extra == "all"'
    found, untranslatable = translate("x", [text, 'b; extra == "a"', "c"], ["all", "a"])
    assert [(need.project, str(need.when)) for need in found] == [("b", "+a"), ("c", "")]
    assert [each.declared for each in untranslatable] == [str(Requirement(text))]


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
_KERNELS = ("5.4", "6.1", "#1 SMP")
_of_kernels = st.builds(
    '{} {} "{}"'.format,
    st.sampled_from(["platform_release", "platform_version"]),
    st.sampled_from(["==", "!=", "<", ">="]),
    st.sampled_from(_KERNELS),
)


def _joined(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["and", "or"])
    return st.recursive(
        atoms, lambda inner: st.builds("({} {} {})".format, inner, operators, inner)
    )


_markers = _joined(_atoms)


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
            said = any(_inside(box, piece.full, place.platform, place.target) for box in boxes)
            assert said == parsed.evaluate(environment(piece, place)), (boxes, piece, place)


@settings(deadline=None)
@given(_joined(_atoms | _of_kernels), st.sampled_from(_KERNELS), st.sampled_from(_KERNELS))
def test_what_is_decided_holds_on_every_kernel(marker: str, release: str, version: str) -> None:
    parsed = Marker(marker)
    world = world_for([marker])
    try:
        decided = holds(parsed, "", world)
    except Undecidable:
        assert "platform_release" in marker or "platform_version" in marker
        return
    kernel = {"platform_release": release, "platform_version": version}
    for python, place in product(range(len(world.pythons)), range(len(PLACES))):
        known = {**environment(world.pythons[python], PLACES[place]), **kernel}
        assert parsed.evaluate(known) == bool(decided & world.box([python], 1 << place))
