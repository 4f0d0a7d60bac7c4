"""What a release needs, or lacks, that it does not declare: files of its setup.py, imports."""

from __future__ import annotations

from dataclasses import replace

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.origins import requirements
from tests.translate.test_builds import built


def test_a_file_that_setup_py_reads_and_the_archive_lacks() -> None:
    called = setup_py.read("from setuptools import setup\nsetup(x=open('a.txt').read())")
    lacking = Source(setup_py=called, at_top=frozenset({"setup.py", "PKG-INFO"}))
    reason, _ = built(lacking).lacking or ("", "")
    assert reason == "its setup.py reads a.txt (line 2), which its source archive lacks"
    there = replace(lacking, at_top=frozenset({"setup.py", "a.txt"}))
    unknown = replace(lacking, at_top=frozenset())
    other = replace(lacking, pyproject={"build-system": {"build-backend": "flit_core.buildapi"}})
    assert not any(built(source).lacking for source in (there, unknown, other))


def test_what_the_file_says_of_a_build_that_downloads() -> None:
    places = tuple((f"tool{n}", "setup.py", n) for n in range(1, 6))
    said = "setup.py:1 (tool1), setup.py:2 (tool2), setup.py:3 (tool3)"
    assert built(Source()).said == ()
    assert built(Source(downloads=places[:3])).said == (
        f"its build may download something: {said}",
    )
    assert built(Source(downloads=places)).said[0].endswith(f"{said}, 2 more")
    flit = Source(pyproject={"build-system": {"build-backend": "flit_core.buildapi"}})
    assert built(replace(flit, downloads=places)).said == ()  # setup.py is not run


def test_what_the_file_says_of_a_build_for_cuda() -> None:
    called = setup_py.read("if CUDA_HOME:\n    x = CUDAExtension('x', ['x.cu'])")
    said = ("setup.py:2 compiles for CUDA (CUDAExtension)",)
    assert built(Source(setup_py=called)).said == said
    assert built(Source(setup_py=called), "x-1-py3-none-any.whl").said == ()
    assert built(Source(setup_py=setup_py.read("import CUDAExtension"))).said == ()


def test_what_a_package_cannot_be_imported_without() -> None:
    """It is required, if it is certain which project that is; else it is for a reviewer."""
    always, unheard = ModuleImport("yaml", "x/a.py", 3, True), ModuleImport("y", "x/a.py", 4, True)
    later = ModuleImport("numpy", "x/b.py", 1)
    found = built(Source(undeclared=(always, unheard, later)))
    assert found.also_running == ("pyyaml",) and found.undeclared == (unheard, later)
    remark = "x/a.py:3 imports yaml, which is not declared, so the recipe depends on it"
    assert found.remarks == (remark,)
    assert found.imported == ("yaml is imported, but not declared",)
    (origin,) = [
        each for each in requirements(Source(undeclared=(always,)), found) if each.running
    ]
    assert origin.where == "rule: x/a.py:3 imports yaml, which is not declared"
