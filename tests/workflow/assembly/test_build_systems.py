"""The build system of a recipe: that of what packs the project, for all its versions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.diagnostics import Severity
from spack_pypi.pypi.model import Source
from spack_pypi.session import Session
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create, omissions

LISTS = """\
cmake_minimum_required(VERSION 3.22)
project(x CXX)
option(X_TESTS "Build the tests" ON)
find_package(fmt REQUIRED)
if(X_TESTS)
  find_package(Python REQUIRED COMPONENTS Interpreter NumPy)
endif()
"""
RECIPE = """\
from spack_repo.builtin.build_systems.cmake import CMakePackage
from spack_repo.builtin.build_systems.python import PythonExtension

from spack.package import *


class PyX(CMakePackage, PythonExtension):
    \"\"\"The x project.\"\"\"

    homepage = "https://index.example/project/x/"
    url = "https://files.example/x-2.0.tar.gz"
    root_cmakelists_dir = "core"

    license("MIT")

    version("2.0", sha256="{sha256}")

    extends("python")

    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")

    depends_on("fmt", type=("build", "link"))
    depends_on("boost+python", type=("build", "link"))
    depends_on("py-y@3:", type=("build", "link", "run"))
    depends_on("python@3.9:", type=("build", "run"))

    def cmake_args(self):
        return [
            self.define("BUILD_TESTING", False),
            self.define("X_TESTS", False),
            self.define("X_PYTHON", True),
            self.define("PYTHON_SITELIB", python_platlib),
        ]
"""
OLD = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("1.0", sha256="0")
"""


def packed(index: MemoryIndex, version: str) -> None:
    """A release that cmeel packs."""
    index.add(
        "x",
        version,
        *("cmeel", "cmeel-boost~=1.89.0", "y>=3", 'cmeel-eigen; extra == "build"'),
        python=">=3.9",
        extras=("build",),
        wheel_tag="cp311-cp311-manylinux_2_28_x86_64",
    )
    requires = ["cmeel[build]", "cmeel-boost~=1.89.0", "y[build]>=3", "numpy", "scipy"]
    index._sources["x", Version(version)] = Source(
        pyproject={
            "build-system": {"requires": requires, "build-backend": "cmeel"},
            "project": {"dependencies": ["cmeel-boost~=1.89.0", "y>=3"]},
            "tool": {"cmeel": {"source": "core", "configure-args": ["-DX_PYTHON=ON"]}},
        },
        build_files={"core/CMakeLists.txt": f"{LISTS}find_package(y REQUIRED)\n"},
        suffixes=(".cpp",),
    )


@pytest.fixture
def index() -> MemoryIndex:
    index = MemoryIndex()
    index.add("x", "1.0")
    packed(index, "2.0")
    return index


@pytest.fixture
def host() -> MemoryHost:
    host = MemoryHost()
    for name in ("cxx", "cmake", "fmt"):
        host.has(name, "3.30", name=name)
    host.has("cmeel-boost", "1.88.0", variants=["python"], name="boost")
    boost = host.packages["cmeel-boost"]
    host.packages["cmeel-boost"] = replace(boost, requires=("+python",), from_index=False)
    for name in ("y", "hatchling"):
        host.has(name, "3.0")
    return host


def asked(host: MemoryHost, index: MemoryIndex, *names: str) -> Outcome:
    return create(host, index, Request(names, verify=Verify.LOAD))


def test_what_cmeel_packs_is_built_by_cmake(index: MemoryIndex, host: MemoryHost) -> None:
    done = asked(host, index, "x==2.0")
    assert omissions(done) == []
    sha256 = index.project("x").releases[0].files[0].sha256
    assert done.plan.texts["py-x"].partition("\n\n")[2] == RECIPE.format(sha256=sha256)


def test_each_line_is_explained(index: MemoryIndex, host: MemoryHost) -> None:
    text = asked(host, index, "x==2.0").plan.texts["py-x"]
    host.keep("x", "py-x", text)
    with Session(index) as session:
        found = explain(session, host, "py-x")
    said = {line.text: [each.verdict for each in line.grounds] for line in found.lines}
    for line in ('extends("python")', 'root_cmakelists_dir = "core"'):
        assert said[line] == [Verdict.EXPLAINED]
    assert said["def cmake_args(...)"] == [Verdict.NAMED]
    assert [each.cited.text for each in found.unsaid if "cmeel" in str(each)] == []


def test_all_versions_have_the_build_system_of_the_newest(
    index: MemoryIndex, host: MemoryHost
) -> None:
    text = asked(host, index, "x").plan.texts["py-x"]
    assert "class PyX(CMakePackage, PythonExtension)" in text
    assert re.findall(r'version\("(.+?)"', text) == ["2.0"]
    assert "PyX(PythonPackage)" in asked(host, index, "x==1.0").plan.texts["py-x"]
    # What needs another one cannot be written beside it.
    index.add("old", "1", "x<2")
    done = asked(host, index, "x", "old")
    assert [*done.plan.texts] == ["py-x"]
    (error,) = [each.text for each in done.diagnostics if each.severity is Severity.ERROR]
    assert "1.0 is not built as a CMakePackage, as 2.0 is" in error


def test_wheels_that_cmeel_packed_are_not_installed(index: MemoryIndex, host: MemoryHost) -> None:
    host.has("cmeel", "0.62")
    index.add("w", "1", "cmeel", sdist=False)
    done = asked(host, index, "w")
    assert done.plan.texts == {}
    (error,) = [each.text for each in done.diagnostics if each.severity is Severity.ERROR]
    assert "only a .pth file leads to the modules of its wheels" in error


#: The class of a recipe that exists, the version that is added, and why that cannot be.
OTHERS = [
    ("PyX(PythonPackage)", "2.0", "it is a PythonPackage, and 2.0 is built as a CMakePackage"),
    ("PyX(CMakePackage, PythonExtension)", "1.1", "it is a CMakePackage, and 1.1 is built as a"),
    ("PyX(PythonPackage)", "1.1", ""),
    ("PyX(CMakePackage, PythonExtension)", "2.0", ""),
    ("PyX(PythonPackage, CMakePackage)", "2.0", ""),
    ("PyX(PythonPackage, CMakePackage)", "1.1", ""),
]


@pytest.mark.parametrize(("inherits", "version", "why"), OTHERS)
def test_versions_are_added_to_recipes_of_their_build_system(
    index: MemoryIndex, host: MemoryHost, inherits: str, version: str, why: str
) -> None:
    index.add("x", "1.1")
    host.keep("x", "py-x", OLD.replace("PyX(PythonPackage)", inherits))
    done = asked(host, index, f"x=={version}")
    problems = [each.text for each in done.diagnostics if each.severity is Severity.ERROR]
    assert bool(problems) is bool(why)
    assert all(why in each for each in problems)
