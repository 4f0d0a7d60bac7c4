"""Which wheel runs on which machine: (names of wheels, what Spack can install where)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.for_one_python import split
from spack_pypi.pypi.model import File, Release
from spack_pypi.recipe.model import VersionLine
from spack_pypi.translate.wheels import glibc_needs, least_python, machine_wheels

LINUX, ARM, MAC, WINDOWS = (
    ("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64"),
)  # fmt: skip


def release(names: Sequence[str]) -> Release:
    files = [File(n, "https://files.example/x", Version("1"), n.endswith(".whl")) for n in names]
    return Release("x", Version("1"), tuple(files))


CASES: Sequence[tuple[Sequence[str], dict[tuple[str, str], str]]] = [
    (["py3-none-manylinux_2_28_x86_64", "py3-none-manylinux2014_x86_64"],
     {LINUX: "py3-none-manylinux2014_x86_64"}),
    (["py2.py3-none-manylinux1_x86_64", "py3-none-win_amd64", "py3-none-win32"],
     {LINUX: "py2.py3-none-manylinux1_x86_64", WINDOWS: "py3-none-win_amd64"}),
    (["cp39-abi3-manylinux_2_17_aarch64", "cp39-abi3-manylinux_2_17_x86_64"],
     {LINUX: "cp39-abi3-manylinux_2_17_x86_64", ARM: "cp39-abi3-manylinux_2_17_aarch64"}),
    (["py3-none-linux_x86_64", "py3-none-macosx_11_0_arm64"],
     {LINUX: "py3-none-linux_x86_64", MAC: "py3-none-macosx_11_0_arm64"}),
    (["cp311-cp311-manylinux_2_17_x86_64"], {}),
    (["cp311-none-manylinux_2_17_x86_64"], {}),
    (["py3-none-musllinux_1_1_x86_64"], {}),
    (["py3-none-win_amd64"], {}),
    (["py3-none-any", "py3-none-manylinux1_x86_64"], {}),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "expected"), CASES)
def test_the_wheel_of_each_machine(
    tags: Sequence[str], expected: dict[tuple[str, str], str]
) -> None:
    found = machine_wheels(release([f"x-1-{tag}.whl" for tag in tags]))
    assert {machine: wheel.name for machine, wheel in found.items()} == {
        machine: f"x-1-{tag}.whl" for machine, tag in expected.items()
    }


def test_the_wheels_of_a_release_for_one_python() -> None:
    names = [f"x-1-cp312-cp312-{on}.whl" for on in ("manylinux_2_28_x86_64", "win_amd64")]
    (one,) = split(release(names))
    assert {machine: wheel.name for machine, wheel in machine_wheels(one).items()} == {
        LINUX: names[0],
        WINDOWS: names[1],
    }


def test_a_source_archive_comes_first() -> None:
    assert machine_wheels(release(["x-1.tar.gz", "x-1-py3-none-manylinux1_x86_64.whl"])) == {}


@pytest.mark.parametrize(
    ("tag", "python"),
    [("cp39-abi3-linux_x86_64", ">=3.9"), ("py3-none-linux_x86_64", "")],
)
def test_the_stable_interface_asks_for_a_python(tag: str, python: str) -> None:
    assert least_python(release([f"x-1-{tag}.whl"]).files) == python


#: PEP 600: the numbers are the version of glibc; PEP 599: manylinux2014 is 2.17. Of several tags
#: any is enough.
GLIBC: Sequence[tuple[Sequence[tuple[tuple[str, str], str]], Sequence[str]]] = [
    ([(LINUX, "manylinux_2_28_x86_64"), (MAC, "macosx_11_0_arm64")],
     ["glibc@2.28: platform=linux"]),
    ([(LINUX, "manylinux_2_28_x86_64"), (ARM, "manylinux_2_28_aarch64")],
     ["glibc@2.28: platform=linux"]),
    ([(LINUX, "manylinux_2_28_x86_64"), (ARM, "manylinux_2_34_aarch64")],
     ["glibc@2.28: platform=linux target=x86_64:", "glibc@2.34: platform=linux target=aarch64:"]),
    ([(LINUX, "manylinux_2_17_x86_64.manylinux2014_x86_64"), (ARM, "manylinux_2_28_aarch64")],
     ["glibc@2.28: platform=linux target=aarch64:"]),
    ([(LINUX, "manylinux_2_27_x86_64.manylinux_2_28_x86_64")], ["glibc@2.27: platform=linux"]),
    ([(LINUX, "manylinux1_x86_64")], []),
    ([(LINUX, "linux_x86_64")], []),
    ([(WINDOWS, "win_amd64")], []),
]  # fmt: skip


@pytest.mark.parametrize(("wheels", "expected"), GLIBC)
def test_the_c_library(
    wheels: Sequence[tuple[tuple[str, str], str]], expected: Sequence[str]
) -> None:
    lines = [
        VersionLine("1", "0", f"https://files.example/x-1-py3-none-{tag}.whl", machine=machine)
        for machine, tag in wheels
    ]
    assert [f"{each.spec} {each.when}" for each in glibc_needs(lines)] == expected
