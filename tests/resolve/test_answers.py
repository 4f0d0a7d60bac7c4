"""What answers a requirement that is hard to meet, in this order: another release, what builtin
has as deprecated or under another spelling, metadata that nothing confirms, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create, omissions


def run(host: MemoryHost, index: MemoryIndex, *names: str, **options: Any) -> Outcome:
    return create(host, index, Request(names, verify=Verify.LOAD, **options))


def depends(text: str) -> list[str]:
    """The run dependencies of a recipe."""
    lines = text.replace("(\n        ", "(").replace(",\n    )", ")").splitlines()
    return [line.split('"')[1] for line in lines if "depends_on" in line and '"run"' in line]


# (usable and deprecated versions of builtin, releases of the index, what is needed → the line in
# the recipe, the versions of the dependency that are added, whether the solver must be reported)
DEPRECATED: list[
    tuple[Sequence[str], Sequence[str], Sequence[str], str, str, Sequence[str], bool]
] = [
    # a version that builtin has only as deprecated is there
    (["3.0"], ["2.0"], ["3.0", "2.0"], "core<3", "py-core@:2", [], True),
    # a release that is whole comes before one that has to be allowed
    (["3.0"], ["2.0"], ["3.0", "2.1", "2.0"], "core<3", "py-core@:2", ["2.1"], False),
    # but none that is older than one which was deprecated
    (["3.0"], ["2.1"], ["3.0", "2.1", "2.0"], "core<3", "py-core@:2", [], True),
    # a pin leaves no choice
    (["3.0"], ["2.0"], ["3.0", "2.1", "2.0"], "core==2.0", "py-core@=2.0", [], True),
    # it is requested as it is spelled there
    (["3.0"], ["2.0.0"], ["3.0", "2.0"], "core==2.0", "py-core@2.0.0", [], True),
    # what is not deprecated comes before all
    (["2.5"], ["2.0"], ["3.0", "2.5", "2.0"], "core<3", "py-core@:2", [], False),
    # nor can it be added once more where all of them are deprecated
    ([], ["2.0"], ["2.0"], "core", "py-core", [], True),
]


@pytest.mark.parametrize("usable, deprecated, released, needed, line, added, reported", DEPRECATED)
def test_a_deprecated_version_counts_as_there(
    host: MemoryHost,
    index: MemoryIndex,
    usable: Sequence[str],
    deprecated: Sequence[str],
    released: Sequence[str],
    needed: str,
    line: str,
    added: Sequence[str],
    reported: bool,
) -> None:
    host.has("core", *usable, deprecated=deprecated)
    for version in released:
        index.add("core", version)
    index.add("app", "1.0", needed)
    result = run(host, index, "app")
    assert not result.plan.failed and not omissions(result)
    assert depends(host.written["py-app"]) == [line]
    assert result.plan.records["core"].status.value == ("new" if added else "exists")
    assert not added or result.plan.records["core"].versions == tuple(added)
    assert bool(result.plan.deprecated) == reported


@pytest.mark.parametrize("named", ["core<3", "core==2.0"])
def test_what_is_named_and_deprecated_is_there(
    host: MemoryHost, index: MemoryIndex, named: str
) -> None:
    host.has("core", "3.0", deprecated=["2.0"])
    index.add("core", "3.0")
    index.add("core", "2.0")
    result = run(host, index, named)
    assert (result.plan.failed, result.plan.texts) == ((), {})
    assert result.plan.deprecated == (("", "py-core"),)


# (a version as builtin spells it, what is needed → the line in the recipe)
SPELLED = [
    ("2024_09_5", "rdkit~=2024.9.5", "rdkit@2024_09_5:2024_09"),
    ("2024_09_5", "rdkit>=2024.9.1,<2025", "rdkit@2024_09_1:2024"),
    # to Spack, v comes before all numbers
    ("v1.2", "rdkit>=1.2", "rdkit@:v1,1.2:"),
    # 1-2 would hold 1.2.1
    ("1-2", "rdkit==1.2", "rdkit@=1-2"),
]


@pytest.mark.parametrize("spelling, needed, line", SPELLED)
def test_a_version_under_another_spelling_is_there(
    host: MemoryHost, index: MemoryIndex, spelling: str, needed: str, line: str
) -> None:
    host.has("rdkit", spelling, name="rdkit")
    host.packages["rdkit"] = replace(host.packages["rdkit"], from_index=False)
    index.add("rdkit", "2024.9.5", sdist=False)
    index.add("app", "1.0", needed)
    result = run(host, index, "app")
    assert not result.plan.failed
    assert list(host.written) == ["py-app"]
    assert depends(host.written["py-app"]) == [line]


# (releases of the index: version, whether anything confirms what they require → the versions that
# are written, whether that has to be reported)
CONFIRMED = [
    ([("2.11", True), ("2.12", False)], ["2.11"], False),
    ([("2.11", False), ("2.12", False)], ["2.12", "2.11"], True),
    ([("2.11", False), ("2.12", True)], ["2.12"], False),
]


@pytest.mark.parametrize("releases, versions, reported", CONFIRMED)
def test_what_nothing_confirms_is_better_than_nothing(
    host: MemoryHost,
    index: MemoryIndex,
    releases: Sequence[tuple[str, bool]],
    versions: Sequence[str],
    reported: bool,
) -> None:
    for version, confirmed in releases:
        index.add("app", version, "core", confirmed=confirmed)
    index.add("core", "1.0")
    result = run(host, index, "app")
    assert not result.plan.failed
    assert result.plan.records["app"].versions == tuple(versions)
    assert depends(host.written["py-app"]) == ["py-core"]
    said = "# what it requires is not confirmed: its metadata is dynamic"
    assert (said in host.written["py-app"]) == reported
    assert bool(omissions(result)) == reported


# (variants of builtin's package, extras that are requested → run dependencies of the dependent)
EXTRAS = [
    (["data", "default"], "ray[data,default]", ["py-ray+data+default"]),
    (["default"], "ray[data,default]", ["py-ray+default", "py-pandas"]),
    ([], "ray[data,default]", ["py-ray", "py-pandas", "py-colorful"]),
    # an extra that consists of these two
    ([], "ray[all]", ["py-ray", "py-pandas", "py-colorful"]),
    (["default"], "ray[all]", ["py-ray+default", "py-pandas"]),
    (["data", "default"], "ray[all]", ["py-ray+data+default"]),
]


@pytest.mark.parametrize("sdist, wheel", [(True, "py3-none-any"), (False, "cp311-cp311-win32")])
@pytest.mark.parametrize("variants, needed, expected", EXTRAS)
def test_each_extra_is_a_variant_or_what_it_stands_for(
    host: MemoryHost,
    index: MemoryIndex,
    variants: Sequence[str],
    needed: str,
    expected: Sequence[str],
    sdist: bool,
    wheel: str,
) -> None:
    host.has("ray", "2.0", variants=variants)
    for name in ("pandas", "colorful"):
        host.has(name, "1.0")
    data, default = 'pandas; extra == "data"', 'colorful; extra == "default"'
    extras = ("data", "default", "all")
    every = 'ray[data,default]; extra == "all"'
    index.add("ray", "2.0", data, default, every, extras=extras, sdist=sdist, wheel_tag=wheel)
    index.add("app", "1.0", needed)
    run(host, index, "app")
    assert depends(host.written["py-app"]) == expected


def test_two_requirements_for_extras_of_one_package(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("ray", "2.0", variants=["default"])
    for name in ("pandas", "colorful"):
        host.has(name, "1.0")
    data, default = 'pandas; extra == "data"', 'colorful; extra == "default"'
    index.add("ray", "2.0", data, default, extras=("data", "default"))
    index.add("app", "1.0", "ray[default]>=1", "ray[data]")
    run(host, index, "app")
    assert sorted(depends(host.written["py-app"])) == ["py-pandas", "py-ray@1:+default"]


def test_a_version_that_is_added_has_the_variants_that_there_are(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("jwt", "2.8", variants=["crypto"])
    host.has("cryptography", "45.0", "3.0")
    host.texts["py-jwt"] = """class PyJwt(PythonPackage):
    version("2.8", sha256="0")
    variant("crypto", default=False, description="Sign")
    depends_on("py-cryptography@3:", when="@2:+crypto", type=("build", "run"))
"""
    for version, bound in (("2.8", "3"), ("2.15", "3.4")):
        requires = f'cryptography>={bound}; extra == "crypto"'
        index.add("jwt", version, requires, extras=["crypto"])
    result = run(host, index, "jwt==2.15")
    assert not result.plan.failed
    line = '"py-cryptography@3.4:", when="@2.15:+crypto", type=("build", "run")'
    assert line in host.written["py-jwt"]


def test_without_dependencies_a_pre_release_that_is_a_bound_is_in_the_range(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """And what was not looked at is not said to be anywhere."""
    host.has("api", "0.48")
    index.add("api", "0.59b0")
    index.add("app", "1.0", "api>=0.59b0")
    result = run(host, index, "app", dependencies=False)
    assert depends(host.written["py-app"]) == ["py-api@0.59beta0:"]
    answered = [r.project for r in result.plan.records.values() if not r.reason]
    assert sorted(answered) == ["app", "hatchling"]


# (what is required of opencv-python, whose builtin package is OpenCV → the line)
FILES = [
    (">=4.9.0.80", "opencv@4.9:"),
    ("==4.9.0.80", "opencv@4.9.0"),
    ("<4.12.0.88", "opencv@:4.11"),
    ("<=4.9.0.80,>4.8.1.78", "opencv@4.8.2:4.9.0"),
    ("!=4.9.0.80", "opencv"),
]


@pytest.mark.parametrize("needed, line", FILES)
def test_a_bound_on_files_is_one_on_the_library_in_them(
    host: MemoryHost, index: MemoryIndex, needed: str, line: str
) -> None:
    host.has("opencv-python", "4.12.0", "4.9.0", "4.8.1", name="opencv")
    host.packages["opencv-python"] = replace(
        host.packages["opencv-python"], from_index=False, requires=("+python3",)
    )
    for version in ("4.8.1.78", "4.9.0.78", "4.9.0.80", "4.10.0.84", "4.12.0.88"):
        index.add("opencv-python", version, sdist=False)
    index.add("app", "1.0", f"opencv-python{needed}")
    result = run(host, index, "app", "opencv-python==4.9.0.80")
    assert not result.plan.failed
    assert depends(host.written["py-app"]) == [f"{line}+python3"]


def test_excluded_versions_are_named_as_they_are_spelled(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("core", "1.4.2", "1.6.0")
    for version in ("1.4.2", "1.5.0", "1.6.0", "1.7.1", "1.8.0"):
        index.add("core", version)
    index.add("app", "1.0", "core>=1.1,!=1.5.0,!=1.6.0,!=1.7.1")
    plan = create(host, index, Request(("app",), verify=None)).plan
    assert depends(plan.texts["py-app"]) == ["py-core@1.1:"]
    assert 'conflicts("^py-core@1.5.0,1.6.0,1.7.1")' in plan.texts["py-app"]
