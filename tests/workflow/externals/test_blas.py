"""Which BLAS an installed NumPy uses: (what its modules are linked with, what the prefix has) →
what others are built with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.host.port import Linked
from tests.memory import MemoryHost
from tests.prefixes.made import distribution
from tests.workflow.externals.test_found import SITE, python, run, specs
from tests.workflow.externals.test_mpi import entry

MODULE = "_multiarray_umath.cpython-312-x86_64-linux-gnu.so"
#: As OpenBLAS writes it: what it was built with, then its template, which names what may be.
HEADER = """\
#ifndef OPENBLAS_CONFIG_H
#define OPENBLAS_OS_LINUX 1
{more}#define OPENBLAS_VERSION " OpenBLAS 0.3.29 "
#ifdef OPENBLAS_USE64BITINT
typedef BLASLONG blasint;
#endif
"""
#: As NumPy's build with meson writes it.
CONFIG = """\
from numpy._core._multiarray_umath import __cpu_baseline__
CONFIG = _cleanup({"Build Dependencies": {
    "blas": {"name": "scipy-openblas", "found": bool("True"), "version": "0.3.30"},
    "lapack": {"name": "none"},
}, "SIMD Extensions": {"baseline": __cpu_baseline__}})
raise SystemExit("nobody runs this")
"""


def numpy(prefix: Path, library: str, *folders: str) -> MemoryHost:
    host = MemoryHost()
    host.has("numpy", "2.3.4")
    record = f"numpy/_core/{MODULE},,\nnumpy/__config__.py,,\n"
    distribution(prefix / SITE, "numpy", "2.3.4", RECORD=record)
    host.store.links[MODULE] = Linked((library, "libc.so.6"), folders, is_runpath=False)
    (prefix / SITE / "numpy" / "__config__.py").write_text(CONFIG)
    return host


def has(prefix: Path, *files: str, real: str = "") -> None:
    """Files of a prefix: links to the ``real`` one, if it is given."""
    for name in (*([real] if real else ()), *files):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        if real and name != real:
            (prefix / name).symlink_to(prefix / real)
        else:
            (prefix / name).write_text("")


def openblas(prefix: Path, more: str = "") -> None:
    """As conda-forge has it: the libraries that NumPy names are links to OpenBLAS."""
    libraries = ("lib/libcblas.so.3", "lib/libopenblas.so.0", "lib/libopenblas.so")
    has(prefix, *libraries, real="lib/libopenblasp-r0.3.29.so")
    has(prefix, "include/cblas.h")
    (prefix / "include" / "openblas_config.h").write_text(HEADER.format(more=more))


def conda(prefix: Path, name: str, *files: str) -> None:
    (prefix / "conda-meta").mkdir(exist_ok=True)
    (prefix / "conda-meta" / f"{name}.json").write_text(json.dumps({"files": files}))


ORIGIN = "$ORIGIN/../../../.."


def test_the_openblas_of_a_prefix_is_an_entry_and_a_dependency(tmp_path: Path) -> None:
    host = numpy(tmp_path, "libcblas.so.3", ORIGIN)
    openblas(tmp_path)
    result = run(host, python(tmp_path))
    library = entry(host, "openblas")
    assert (library["spec"], library["prefix"]) == ("openblas@0.3.29~ilp64", str(tmp_path))
    assert entry(host, "py-numpy")["dependencies"][1:] == [  # type: ignore[index]
        {"id": library["id"], "deptypes": ["build", "link"], "virtuals": "blas,lapack"}
    ]
    assert result.found.notes == {}


@pytest.mark.parametrize(
    "package, spec",
    [
        ("libopenblas-0.3.29-pthreads_h94d23a6_0", "openblas@0.3.29~ilp64 threads=pthreads"),
        ("libopenblas-0.3.29-openmp_hd680484_0", "openblas@0.3.29~ilp64 threads=openmp"),
        ("libopenblas-0.3.29-h06a4308_0", "openblas@0.3.29~ilp64"),
        # Somebody has put another one there since.
        ("libopenblas-0.3.21-pthreads_h94d23a6_0", "openblas@0.3.29~ilp64"),
    ],
)
def test_its_threads_as_conda_says(tmp_path: Path, package: str, spec: str) -> None:
    host = numpy(tmp_path, "libcblas.so.3", ORIGIN)
    openblas(tmp_path)
    conda(tmp_path, package)
    run(host, python(tmp_path))
    assert entry(host, "openblas")["spec"] == spec


def test_one_with_integers_of_64_bits(tmp_path: Path) -> None:
    host = numpy(tmp_path, "libopenblas.so.0", ORIGIN)
    openblas(tmp_path, "#define OPENBLAS_USE64BITINT \n")
    run(host, python(tmp_path))
    assert entry(host, "openblas")["spec"] == "openblas@0.3.29+ilp64"


def test_one_without_a_list_of_its_files(tmp_path: Path) -> None:
    host = numpy(tmp_path, "libopenblas.so.0", ORIGIN)
    (tmp_path / SITE / "numpy-2.3.4.dist-info" / "RECORD").unlink()
    has(tmp_path, f"{SITE}/numpy/_core/{MODULE}")
    openblas(tmp_path)
    run(host, python(tmp_path))
    assert entry(host, "openblas")["prefix"] == str(tmp_path)


WHEEL = "libscipy_openblas64_-56d6093b.so"


@pytest.mark.parametrize(
    "library, folder, note",
    [
        (WHEEL, "$ORIGIN/../../numpy.libs", "(scipy-openblas 0.3.30) is a part of its wheel"),
        ("libblas.so.3", "/nowhere", "is libblas.so.3, wherever that is found"),
        ("libmkl_rt.so.2", ORIGIN, "libmkl_rt.so.2 (libblas 3.9.0 31_hc_mkl), which is MKL: "),
        ("libmkl_intel_lp64.so.2", ORIGIN, "lib/libmkl_intel_lp64.so.2 (libblas 3.9.0 31_hc_mkl)"),
        ("libblas.so.3", ORIGIN, "lib/libblis.so.4 (libblas 3.9.0 31_hc_mkl), which is BLIS: it "),
        ("libflexiblas.so.3", ORIGIN, "libflexiblas.so.3 (libblas 3.9.0 31_hc_mkl), and not Op"),
        ("libcblas.so.3", ORIGIN, "lacks its headers (openblas_config.h, cblas.h)"),
        ("libz.so", ORIGIN, "its BLAS (scipy-openblas 0.3.30) is not found"),
    ],
)
def test_what_nobody_can_be_built_with_is_said(
    tmp_path: Path, library: str, folder: str, note: str
) -> None:
    host = numpy(tmp_path, library, folder)
    has(tmp_path, f"{SITE}/numpy.libs/{WHEEL}", "lib/libmkl_rt.so.2", "lib/libflexiblas.so.3")
    has(tmp_path, "lib/libmkl_intel_lp64.so.2")
    has(tmp_path, "lib/libblas.so.3", real="lib/libblis.so.4")
    has(tmp_path, "lib/libcblas.so.3", real="lib/libopenblasp-r0.3.29.so")
    conda(tmp_path, "libblas-3.9.0-31_hc_mkl")
    result = run(host, python(tmp_path))
    assert specs(result) == {"numpy": "py-numpy@2.3.4"}
    assert note in result.found.notes["numpy"]
    assert "builtin's py-scipy does, fails" in result.found.notes["numpy"]
    assert "openblas" not in host.externals.packages


@pytest.mark.parametrize("text", ["def", "CONFIG = {'blas': 1}", "CONFIG = {'blas': {**x}}", "\0"])
def test_a_configuration_that_says_nothing(tmp_path: Path, text: str) -> None:
    host = numpy(tmp_path, "libz.so", ORIGIN)
    (tmp_path / SITE / "numpy" / "__config__.py").write_text(text)
    note = run(host, python(tmp_path)).found.notes["numpy"]
    assert note.startswith("its BLAS is not found")


#: As numpy.distutils writes it, up to NumPy 1.25.
OLD = """\
import os, sys
blas_armpl_info={}
%s
def get_info(name):
    return globals()[name]
"""


@pytest.mark.parametrize(
    "line, said",
    [
        ("blas_opt_info={'libraries': ['mkl_rt', 'pthread'], 'x': [('A', None)]}", "(mkl_rt)"),
        ("blas_ilp64_opt_info={'libraries': ['openblas64_', 'openblas64_']}", "(openblas64_)"),
        # Debian's: which one is chosen when it is loaded.
        ("blas_opt_info={'libraries': ['blas', 'blas']}", f"({WHEEL})"),
        ("blas_opt_info={'libraries': 'openblas'}", f"({WHEEL})"),
        ("blas_opt_info=os.system('true')", f"({WHEEL})"),
        ("blas_opt_info={[]: 1}", f"({WHEEL})"),
    ],
)
def test_the_configuration_of_numpy_1(tmp_path: Path, line: str, said: str) -> None:
    host = numpy(tmp_path, WHEEL, "$ORIGIN/../../numpy.libs")
    has(tmp_path, f"{SITE}/numpy.libs/{WHEEL}")
    (tmp_path / SITE / "numpy" / "__config__.py").write_text(OLD % line)
    note = run(host, python(tmp_path)).found.notes["numpy"]
    assert note.startswith(f"its BLAS {said} is a part of its wheel")
