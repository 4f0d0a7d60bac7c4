"""Releases that are wheels for one Python each: (files of a release, what it counts as)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spack_pypi.pypi.for_one_python import minor_python, published, split, with_its_python
from spack_pypi.pypi.model import File, Release


def release(version: str, *names: str) -> Release:
    number = Version(version)
    files = [
        File(name, f"https://files.example/{name}", number, name.endswith(".whl"), "", ">=3.8")
        for name in names
    ]
    return Release("x", number, tuple(files))


ONE = [
    # (files, version -> the files of each)
    (["x-1-cp312-cp312-linux_x86_64.whl", "x-1-cp39-cp39-linux_x86_64.whl",
      "x-1-cp312-cp312-win_amd64.whl"],
     {"1+cp3.12": [0, 2], "1+cp3.9": [1]}),
    (["x-1-cp37-cp37m-linux_x86_64.whl", "x-1-cp310-none-linux_x86_64.whl"],
     {"1+cp3.10": [1], "1+cp3.7": [0]}),
    # builds and implementations of Python that Spack does not have
    (["x-1-cp313-cp313-linux_x86_64.whl", "x-1-cp313-cp313t-linux_x86_64.whl",
      "x-1-pp310-pypy310_pp73-linux_x86_64.whl", "x-1-cp27-cp27mu-linux_x86_64.whl"],
     {"1+cp3.13": [0]}),
    # archives for several
    (["x-1.tar.gz", "x-1-cp312-cp312-linux_x86_64.whl"], {"1": [0, 1]}),
    (["x-1-cp312-cp312-linux_x86_64.whl", "x-1-py3-none-any.whl"], {"1": [0, 1]}),
    (["x-1-cp39-abi3-linux_x86_64.whl", "x-1-cp312-cp312-linux_x86_64.whl"], {"1": [0, 1]}),
    (["x-1-pp310-pypy310_pp73-linux_x86_64.whl"], {"1": [0]}),
    ([], {"1": []}),
]  # fmt: skip


@pytest.mark.parametrize(("names", "expected"), ONE)
def test_the_release_for_each_python(
    names: Sequence[str], expected: Mapping[str, Sequence[int]]
) -> None:
    found = [*split(release("1", *names))]
    assert [(str(each.version), [file.name for file in each.files]) for each in found] == [
        (version, [names[at] for at in places]) for version, places in expected.items()
    ]
    assert all(file.version == each.version for each in found for file in each.files)


def test_each_is_for_its_python_only() -> None:
    (one,) = split(release("1", "x-1-cp312-cp312-linux_x86_64.whl"))
    assert one.requires_python == ">=3.8,==3.12.*"
    assert minor_python(one.version) == "3.12"
    assert with_its_python("", one.version) == "==3.12.*"
    assert with_its_python(">=3.8", Version("1")) == ">=3.8"


def test_a_local_version_of_an_index_is_left_as_it_is() -> None:
    names = ["x-1+cu118-cp312-cp312-linux_x86_64.whl"]
    (one,) = split(release("1+cu118", *names))
    assert (str(one.version), minor_python(one.version)) == ("1+cu118", "")
    assert published(one.version) == one.version


@pytest.mark.parametrize(
    "specifier", ["==1", ">=1", "<=1", "!=2", "~=1.0", "<1.1", ">0.9", "==1.*", ""]
)
def test_what_accepts_the_version_accepts_it_for_each_python(specifier: str) -> None:
    (one,) = split(release("1", "x-1-cp312-cp312-linux_x86_64.whl"))
    assert published(one.version) == Version("1")
    assert one.version in SpecifierSet(specifier)


@pytest.mark.parametrize("specifier", ["!=1", ">1", "<1", "==1.1", "~=1.1"])
def test_what_refuses_the_version_refuses_it_for_each_python(specifier: str) -> None:
    (one,) = split(release("1", "x-1-cp312-cp312-linux_x86_64.whl"))
    assert one.version not in SpecifierSet(specifier)
