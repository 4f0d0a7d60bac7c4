"""The dependencies of one release, and the fewest lines that say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.model import ALWAYS, BUILD, BUILD_RUN, Condition, Dependency
from spack_pypi.translate import spack_order
from spack_pypi.translate.release_lines import fewest


def _line(spec: str, when: Condition = ALWAYS, types: tuple[str, ...] = BUILD_RUN) -> Dependency:
    package, *variants = spec.split("+")
    name, _, versions = package.partition("@")
    return Dependency(name, versions, tuple(f"+{each}" for each in variants), when, types)


def _on(platform: str, python: str = "", target: str = "") -> Condition:
    return Condition(platform=platform, python=python, target=target)


def _with(variant: str, python: str = "") -> Condition:
    return Condition(variants=(f"+{variant}",), python=python)


_PYTHON = [Condition(python=text) for text in (":3.12", "3.13", "3.14:")]

# (what a release requires, its lines)
TABLE = [
    # the platforms add up to all; FreeBSD is not waited for, unless a line names it
    ([_line("py-a@1:", _on(p)) for p in ("linux", "darwin", "windows")], ["py-a@1:"]),
    ([_line("py-a", _on(p)) for p in ("linux", "darwin", "windows", "freebsd")], ["py-a"]),
    ([_line("py-a", _on(p)) for p in ("linux", "darwin", "freebsd")],
     ["py-a platform=linux", "py-a platform=darwin", "py-a platform=freebsd"]),
    ([_line("py-a", _on(p)) for p in ("linux", "darwin")],
     ["py-a platform=linux", "py-a platform=darwin"]),
    # another range is another line
    ([_line("py-a@1:", _on("linux")), _line("py-a@2:", _on("darwin"))],
     ["py-a@1: platform=linux", "py-a@2: platform=darwin"]),
    # neighbouring Pythons
    ([_line("py-a@2:", when) for when in _PYTHON], ["py-a@2:"]),
    ([_line("py-a@2:", when) for when in _PYTHON[:2]], ["py-a@2: ^python@:3.13"]),
    # machines
    ([_line("py-a", _on("linux", target=t)) for t in ("x86_64:", "aarch64:")],
     ["py-a platform=linux target=x86_64:,aarch64:"]),
    # any version where no line has a range
    ([_line("py-a@2:", _PYTHON[2]), _line("py-a", Condition(python=":3.13"))],
     ["py-a@2: ^python@3.14:", "py-a"]),
    ([_line("py-a@2:", _PYTHON[2]), _line("py-a", _PYTHON[0])],
     ["py-a@2: ^python@3.14:", "py-a ^python@:3.12"]),
    ([_line("py-a@2:", _PYTHON[2]), _line("py-a@1:", Condition(python=":3.13"))],
     ["py-a@2: ^python@3.14:", "py-a@1: ^python@:3.13"]),
    ([_line("py-a@2:", _PYTHON[2], BUILD), _line("py-a", Condition(python=":3.13"))],
     ["py-a@2: ^python@3.14: (build)", "py-a ^python@:3.13"]),
    ([_line("py-a@2:", _with("x", "3.14:")), _line("py-a", Condition(python=":3.13"))],
     ["py-a@2: +x ^python@3.14:", "py-a ^python@:3.13"]),
    ([_line("py-a@2:", _with("x", "3.14:")), _line("py-a", _with("x", ":3.13"))],
     ["py-a@2: +x ^python@3.14:", "py-a +x"]),
    # under the same variant
    ([_line("py-a", _with("x", text)) for text in (":3.9", "3.10:")], ["py-a +x"]),
    # a stronger line that holds wherever a weaker one does
    ([_line("py-a@2:"), _line("py-a@1:", _on("windows"))], ["py-a@2:"]),
    ([_line("py-a@1:"), _line("py-a@2:", _on("windows"))],
     ["py-a@1:", "py-a@2: platform=windows"]),
    ([_line("py-a@1:", _with("x", ":3.9")), _line("py-a@1:", _on("", ":3.10"))],
     ["py-a@1: ^python@:3.10"]),
    ([_line("py-a@1:", types=BUILD), _line("py-a@1.5:")], ["py-a@1.5:"]),
    ([_line("py-a@2:", types=BUILD), _line("py-a")], ["py-a@2: (build)", "py-a"]),
    # with and without an extra
    ([_line("py-a@1:"), _line("py-a+x")], ["py-a@1:+x"]),
    ([_line("py-a@1:+x"), _line("py-a@:4+y")], ["py-a@1:4+x+y"]),
    ([_line("py-a@1:"), _line("py-a+x", _on("windows"))],
     ["py-a@1:", "py-a+x platform=windows"]),
]  # fmt: skip


@pytest.mark.parametrize("required, expected", TABLE)
def test_one_line_where_several_say_the_same(
    required: list[Dependency], expected: list[str]
) -> None:
    found = [
        f"{line.spec} {line.when}".strip() + (" (build)" if line.types == BUILD else "")
        for line in fewest(required)
    ]
    assert found == expected


_CONDITIONS = st.builds(
    Condition,
    variants=st.sampled_from([(), ("+x",)]),
    platform=st.sampled_from(["", "linux", "darwin", "windows"]),
    target=st.sampled_from(["", "", "x86_64:", "aarch64:,x86_64:"]),
    python=st.sampled_from(["", ":3.9", "3.10:", "3.10:3.11", "3.12:", ":3.9,3.12:"]),
)
_LINES = st.builds(
    Dependency,
    package=st.sampled_from(["py-a", "py-b"]),
    versions=st.sampled_from(["", "1:", "2:", ":4", "1:4", "=2", "1,3:4"]),
    variants=st.sampled_from([(), ("+u",), ("+v",)]),
    when=_CONDITIONS,
    types=st.sampled_from([BUILD, BUILD_RUN]),
)


def _demands(lines: list[Dependency], cell: tuple[str, str, str, str], kind: str) -> object:
    """Of each package what the lines ask for in a cell: versions and variants."""
    variant, platform, target, python = cell
    applying = [
        line
        for line in lines
        if kind in line.types
        and {*line.when.variants} <= {variant}
        and line.when.platform in ("", platform)
        and (not line.when.target or f"{target}:" in line.when.target.split(","))
        and spack_order.contains(line.when.python, python)
    ]
    tried = ("0.5", "1.0", "1.5", "2", "2.5", "3.1", "4.2", "5.0")
    return {
        package: (
            [v for v in tried if all(spack_order.contains(d.versions, v) for d in here)],
            {variant for d in here for variant in d.variants},
        )
        for package in ("py-a", "py-b")
        if (here := [d for d in applying if d.package == package])
    }


@given(st.lists(_LINES, max_size=6))
def test_the_lines_ask_for_the_same_everywhere(lines: list[Dependency]) -> None:
    found = fewest(lines)
    assert len(found) <= len(lines)
    for variant in ("", "+x"):
        for platform in ("linux", "darwin", "windows"):
            for target in ("x86_64", "aarch64"):
                for python in ("3.8.1", "3.10.0", "3.11.9", "3.13.2"):
                    cell = (variant, platform, target, python)
                    for kind in BUILD_RUN:
                        assert _demands(found, cell, kind) == _demands(lines, cell, kind)
