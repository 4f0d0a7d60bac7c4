"""Why a library is needed without a variant that it has by default: (what meson.build looks for,
the lines of the recipe about it)."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

MUMPS = ("complex", "double", "float", "mpi", "openmp", "pkgconfig")
LIBRARIES = [
    (
        "dmumps_seq",
        "    # meson.build:2 requires dmumps_seq, which is mumps~mpi~openmp in Spack\n"
        '    depends_on("mumps+double~mpi~openmp+pkgconfig", type=("build", "link"))\n',
    ),
    (
        "dmumps",
        "    # meson.build:2 requires dmumps, which is mumps~openmp in Spack\n"
        '    depends_on("mumps+double~openmp+pkgconfig", type=("build", "link"))\n',
    ),
    ("fftw3", '\n    depends_on("fftw", type=("build", "link"))\n'),
]


@pytest.mark.parametrize("looked_for, lines", LIBRARIES)
def test_a_variant_that_is_off_has_a_reason(looked_for: str, lines: str) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("meson-python", "0.18.0")
    host.has("pkgconfig", "1.8", name="pkgconfig")
    host.has("mumps", "5.8", name="mumps", variants=MUMPS)
    host.has("fftw", "3.3", name="fftw")
    system = {"requires": ["meson-python"], "build-backend": "mesonpy"}
    index.add("x", "1.0", wheel_tag="", build=system["requires"])
    index._sources["x", Version("1.0")] = Source(
        pyproject={"build-system": system},
        build_files={"meson.build": f"project('x', 'c')\nm = dependency('{looked_for}')\n"},
    )
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert lines in text
