"""The libraries of which setup.py's extensions include headers in any case: (headers, build
requirements, the dependencies that follow)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import GIT_MODULES, IncludedHeader, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.included_headers import included_by_extensions
from tests.translate.test_builds import PLATFORM, built

HEADERS = [
    (["nvtx3/nvToolsExt.h"], [], ["nvtx"]),
    (["zlib.h", "zconf.h", "hdf5.h"], [], ["zlib-api", "hdf5"]),
    (["hdf5.h", "hdf5_hl.h", "H5Cpp.h"], [], ["hdf5+cxx+hl"]),
    (["boost/optional.hpp"], [], ["boost"]),
    (["boost/python/numpy.hpp", "boost/python.hpp"], [], ["boost+numpy+python"]),
    (["gsl/gsl_math.h"], [], ["gsl"]),
    (["gsl/span"], [], []),  # the Guidelines Support Library
    (["Python.h", "vector", "unheard.h", "my/zlib.h", "zlib.hpp"], [], []),
    (["Eigen/Core"], [], ["eigen"]),
    (["Eigen/Core"], ["tensorflow"], []),
]


@pytest.mark.parametrize(("headers", "names", "specs"), HEADERS)
def test_what_follows_of_headers(headers: list[str], names: list[str], specs: list[str]) -> None:
    source = Source(headers=tuple(IncludedHeader(each, "x/a.c", 3) for each in headers))
    found = included_by_extensions(source, names)
    assert [each.dependency.spec for each in found] == specs
    assert all(f"x/a.c:3 includes {headers[0]}" == each.source for each in found[:1])


def test_of_a_release_that_is_compiled() -> None:
    headers = (IncludedHeader("zlib.h", "x/a.c", 3),)
    source = Source(setup_py=setup_py.read("setup(ext_modules=[x])"), headers=headers)
    needs = [each for each in built(source, PLATFORM).needs if not each.in_table]
    assert [(each.dependency.package, each.origin) for each in needs] == [
        ("zlib-api", "x/a.c:3 includes zlib.h")
    ]
    assert not built(source, "x-1.0-py3-none-any.whl").needs


def test_what_setup_py_may_fetch_is_not_needed() -> None:
    headers = (IncludedHeader("zlib.h", "x/a.c", 3),)
    for source in (
        Source(headers=headers, downloads=(("urlretrieve", "setup.py", 4),)),
        Source(headers=headers, build_files={GIT_MODULES: ""}),
    ):
        assert included_by_extensions(source, ()) == ()
