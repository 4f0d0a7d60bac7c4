"""Headers of which it is not known what has them: (headers, build requirements, what is said)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import GIT_MODULES, IncludedHeader, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.unknown_headers import unknown_headers
from tests.translate.test_builds import PLATFORM, built

HEADERS = [
    (["fcl/data.h", "fcl/more.h", "unheard.h"], [], ["fcl", "unheard"]),
    (["unheard.hpp"], [], ["unheard"]),
    # what has these is known
    (["zlib.h", "petscdm.h"], [], []),
    # compilers, C libraries, Python
    (["vector", "stdio.h", "sys/stat.h", "pthread.h", "emmintrin.h", "omp.h"], [], []),
    (["Python.h", "structmember.h", "cpython/object.h"], [], []),
    # build requirements
    (["numpy/arrayobject.h", "pybind11/stl.h"], ["numpy", "pybind11"], []),
    (["numpy/arrayobject.h"], [], ["numpy"]),
    (["ATen/ATen.h", "torch/extension.h", "c10/util/Half.h"], ["torch"], []),
    (["unheard/a.h"], ["py-unheard"], []),
    # what the build writes
    (["config.h", "my_config.h", "my-generated.h", "version.hpp"], [], []),
]


def including(headers: list[str]) -> tuple[IncludedHeader, ...]:
    return tuple(IncludedHeader(each, "x/a.c", 3) for each in headers)


@pytest.mark.parametrize(("headers", "names", "unknown"), HEADERS)
def test_which_headers_are_unknown(
    headers: list[str], names: list[str], unknown: list[str]
) -> None:
    found = unknown_headers(Source(headers=including(headers)), names)
    assert [each.name for each in found] == unknown
    for each in found[:1]:
        assert (each.file, each.line, each.text) == ("x/a.c", 3, f"includes {headers[0]}")


def test_they_are_hints_where_something_is_compiled() -> None:
    called = setup_py.read("setup(ext_modules=[x])")
    headers = including(["unheard.h"])
    source = Source(setup_py=called, headers=headers)
    (hint,) = built(source, PLATFORM).hints
    assert (hint.name, hint.firm, hint.copied) == ("unheard", False, False)
    assert not built(source, "x-1.0-py3-none-any.whl").hints
    fetching = (("urlretrieve", "setup.py", 4),)
    assert not built(Source(setup_py=called, headers=headers, downloads=fetching), PLATFORM).hints
    in_git = Source(setup_py=called, headers=headers, build_files={GIT_MODULES: ""})
    assert not built(in_git, PLATFORM).hints
