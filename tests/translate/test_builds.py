"""What it takes to build a release: (what its sdist says, what the recipe asks for)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, InTree, ModuleImport, Release, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.builds import Builds, builds
from spack_pypi.translate.undeclared import ReasonToDepend


def release(*wheels: str, project: str = "x") -> Release:
    names = ["x-1.tar.gz", *wheels]
    files = tuple(
        File(name, f"https://files.example/{name}", Version("1"), name.endswith(".whl"))
        for name in names
    )
    return Release(project, Version("1"), files)


def system(*requires: Any, backend: str | None = "backend", **tables: Any) -> dict[str, Any]:
    """A pyproject.toml with ``[build-system]`` and tables under ``[tool]``."""
    table: dict[str, Any] = {"requires": list(requires)}
    if backend is not None:
        table["build-backend"] = backend
    tool = {name.replace("scikit_build", "scikit-build"): value for name, value in tables.items()}
    return {"build-system": table, "tool": tool}


def built(source: Source, *wheels: str, project: str = "x") -> Builds:
    return builds(source, release(*wheels, project=project))


def called(text: str) -> setup_py.SetupPy | None:
    return setup_py.read(text)


hatch = {"build": {"hooks": {"custom": {"dependencies": ["editables"]}}}}
hatch_off = {"build": {"hooks": {"x": {"dependencies": ["a"], "enable-by-default": False}}}}
hatch_wheel = {"build": {"targets": {"wheel": {"hooks": {"vcs": {"dependencies": ["b"]}}}}}}
provider = {"metadata": {"version": {"provider": "scikit_build_core.metadata.setuptools_scm"}}}

#: (source, build requirements as the release asks for them).
CMAKE = {"CMakeLists.txt": "cmake_minimum_required(VERSION 3.16)\nproject(x)"}
REQUIREMENTS = [
    (Source(), ("setuptools",)),
    (Source(pyproject={}), ("setuptools",)),
    (Source(pyproject=system("flit_core>=3")), ("flit_core>=3",)),
    (Source(pyproject=system("wheel", backend=None)), ("wheel", "setuptools")),
    (Source(pyproject=system("setuptools>=61", backend=None)), ("setuptools>=61",)),
    (Source(setup_cfg="[options]\nsetup_requires =\n  cffi>=1\n  six\n"),
     ("setuptools", "cffi>=1", "six")),
    (Source(setup_cfg="[options]\nsetup_requires = cffi; six\n"), ("setuptools", "cffi", "six")),
    (Source(setup_cfg="not a = [configuration"), ("setuptools",)),
    (Source(setup_py=called("setup(setup_requires=['cffi>=1'])")), ("setuptools", "cffi>=1")),
    (Source(setup_py=called("setup(setup_requires=find())")), ("setuptools",)),
    (Source(pyproject=system("flit_core", backend="flit_core.buildapi"),
            setup_py=called("setup(setup_requires=['cffi'])")), ("flit_core",)),
    (Source(pyproject=system("hatchling", backend="hatchling.build", hatch=hatch)),
     ("hatchling", "editables")),
    (Source(pyproject=system("hatchling", backend="hatchling.build", hatch=hatch_off)),
     ("hatchling",)),
    (Source(pyproject=system("hatchling", backend="hatchling.build", hatch=hatch_wheel)),
     ("hatchling", "b", "hatch-vcs")),
    (Source(pyproject=system("hatchling", backend="hatchling.build",
                             hatch={"version": {"source": "vcs"}})), ("hatchling", "hatch-vcs")),
    (Source(pyproject=system("hatchling", "hatch-vcs>=0.4", backend="hatchling.build",
                             hatch={"version": {"source": "vcs"}})),
     ("hatchling", "hatch-vcs>=0.4")),
    (Source(pyproject={"build-system": {"requires": ["setuptools"]},
                       "tool": {"setuptools_scm": {}}}), ("setuptools", "setuptools-scm")),
    (Source(pyproject=system("pdm-backend", backend="pdm.backend",
                             pdm={"build": {"run-setuptools": True}})),
     ("pdm-backend", "setuptools>=40.8.0")),
    (Source(pyproject=system("scikit-build-core", backend="scikit_build_core.build",
                             scikit_build=provider)),
     ("scikit-build-core", "setuptools-scm")),
    (Source(pyproject=system("own", 3, backend="own.api")), ("own",)),
    # CMake in any version is CMake in the one that its file needs
    (Source(pyproject=system("cmake", "own", backend="own.api"), build_files=CMAKE),
     ("cmake>=3.16", "own")),
    (Source(pyproject=system("cmake>=3.20", "own", backend="own.api"), build_files=CMAKE),
     ("cmake>=3.20", "own")),
    (Source(pyproject=system("own", backend="own.api"), build_files=CMAKE), ("own",)),
    # A backend in the archive asks for more when it is called, and so may the one behind it.
    (Source(pyproject=system("x", "setuptools", backend="own", setuptools_scm={}),
            in_tree=InTree(("Cython>=3", "x>=2"), calls=("os", "setuptools.build_meta")),
            setup_cfg="[options]\nsetup_requires = cffi\n"),
     ("x", "setuptools", "cffi", "Cython>=3", "x>=2", "setuptools-scm")),
    (Source(pyproject=system("setuptools", "oldest-supported-numpy>=2022; python_version<'3.9'",
                             "numpy>=2; python_version>='3.9'")),
     ("setuptools", "numpy; python_version < \"3.9\"", "numpy>=2; python_version>='3.9'")),
    (Source(pyproject=system("setuptools", "Oldest_supported-numpy")), ("setuptools", "numpy<2")),
    # A pin of NumPy is for wheels.
    (Source(pyproject=system("setuptools", "numpy==2.0.0")), ("setuptools", "numpy>=2.0.0,<3")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "requirements"), REQUIREMENTS)
def test_build_requirements(source: Source, requirements: tuple[str, ...]) -> None:
    assert built(source).requirements == requirements


CORE = ("scikit-build-core",)


def core(**table: Any) -> Source:
    pyproject = system(*CORE, backend="scikit_build_core.build", scikit_build=table)
    text = "cmake_minimum_required(VERSION 3.21)\nproject(x)"
    return Source(pyproject=pyproject, build_files={"CMakeLists.txt": text})


MESON = {"meson.build": "project('x', 'c', meson_version: '>=1.3')"}
TOOLS = [
    (core(), ("cmake@3.21:",)),
    (core(cmake={"version": ">=3.24"}, ninja={"version": ">=1.11"}),
     ("cmake@3.24:", "ninja@1.11:")),
    # with less, CMake itself ends with an error
    (core(cmake={"minimum-version": "3.10"}), ("cmake@3.21:",)),
    (core(cmake={"version": ""}), ("cmake",)),
    (core(cmake={"version": "CMakeLists.txt"}), ("cmake@3.21:",)),
    # where it does not run make in place of Ninja
    (core(ninja={"make-fallback": False}), ("cmake@3.21:", "ninja")),
    (core(ninja={"make-fallback": True}), ("cmake@3.21:",)),
    (core(cmake={"args": ["-GNinja Multi-Config"]}), ("cmake@3.21:", "ninja")),
    (core(cmake={"args": ["-GUnix Makefiles"]}), ("cmake@3.21:",)),
    (core(cmake={"define": {"CMAKE_GENERATOR": "Ninja"}}), ("cmake@3.21:", "ninja")),
    (Source(pyproject=system("scikit-build", "cmake>=3.18")), ("ninja",)),
    (Source(pyproject=system("scikit-build")), ("cmake", "ninja")),
    (Source(pyproject=system("meson-python", backend="mesonpy"), build_files=MESON),
     ("meson@1.3:", "ninja")),
    (Source(pyproject=system("meson-python", "meson>=1", backend="mesonpy")), ("ninja",)),
    (Source(pyproject=system("maturin>=1", backend="maturin"),
            build_files={"Cargo.toml": "[package]\nrust-version = '1.70.0'"}),
     ("rust@1.70:",)),
    (Source(pyproject=system("setuptools", "setuptools-rust")), ("rust",)),
    (Source(pyproject=system("setuptools")), ()),
]  # fmt: skip


@pytest.mark.parametrize(("source", "tools"), TOOLS)
def test_tools_that_a_backend_runs(source: Source, tools: tuple[str, ...]) -> None:
    assert tuple(tool.spec for tool in built(source).tools) == tools


EXTENSION = called("setup(ext_modules=[Extension('x', ['x.c'])])")
CXX = called("setup(ext_modules=[Extension('x', ['x.pyx'], language='c++')])")
PLATFORM = "x-1-cp311-cp311-manylinux_2_17_x86_64.whl"

#: (source, wheels of the release, languages).
LANGUAGES: Sequence[tuple[Source, tuple[str, ...], tuple[str, ...]]] = [
    (Source(suffixes=(".c",)), ("x-1-py3-none-any.whl",), ()),
    (Source(suffixes=(".c",), setup_py=EXTENSION), (), ("c",)),
    (Source(suffixes=(".c",), setup_py=called("setup(name='x')")), (), ()),
    (Source(suffixes=(".c",)), (PLATFORM,), ("c",)),
    (Source(suffixes=(".cpp",), setup_py=EXTENSION), (), ("cxx",)),
    (Source(suffixes=(".pyx",), setup_py=CXX), (), ("cxx",)),
    (Source(suffixes=(".pyx",), cxx_cython=True, setup_py=EXTENSION), (), ("c", "cxx")),
    # setuptools compiles no Fortran by itself
    (Source(suffixes=(".pyx", ".f90"), setup_py=EXTENSION), (), ("c",)),
    (Source(suffixes=(".pyx", ".f90"), setup_py=called("setup(ext_modules=[f2py('x.f90')])")), (),
     ("c", "fortran")),
    (Source(suffixes=(".pyx", ".f90"), setup_py=called("setup(ext_modules=x)\nrun(['make'])")), (),
     ("c", "fortran")),
    (Source(setup_py=called("setup(cffi_modules=['build.py:ffi'])")), (), ("c",)),
    (Source(pyproject=system("setuptools", backend="setuptools.build_meta",
                             setuptools={"ext-modules": [{"name": "x"}]}), suffixes=(".c",)),
     (), ("c",)),
    (Source(pyproject=system("flit_core", backend="flit_core.buildapi"), suffixes=(".c",)),
     (), ()),
    (Source(pyproject=system("hatchling", backend="hatchling.build"), suffixes=(".c",)), (), ()),
    (Source(pyproject=system("hatchling", backend="hatchling.build", hatch=hatch),
            suffixes=(".c",)), (), ("c",)),
    (Source(pyproject=system("hatchling", "hatch-mypyc", backend="hatchling.build",
                             hatch={"build": {"hooks": {"mypyc": {}}}})), (), ("c",)),
    (Source(pyproject=system("poetry-core", backend="poetry.core.masonry.api"),
            suffixes=(".c",)), (), ()),
    (Source(pyproject=system("poetry-core", backend="poetry.core.masonry.api",
                             poetry={"build": "build.py"}), suffixes=(".pyx",)), (), ("c",)),
    (Source(pyproject=system("meson-python", backend="mesonpy"), build_files=MESON,
            suffixes=(".c", ".cpp")), (PLATFORM,), ("c",)),
    (core(), (), ("c", "cxx")),
    (core(wheel={"platlib": True}), (), ("c", "cxx")),
    (core(wheel={"platlib": False}), (), ()),
    (core(wheel={"cmake": False}), (), ()),
    (Source(pyproject=system("scikit-build"), build_files={"CMakeLists.txt": "project(x CXX)"}),
     (), ("c", "cxx")),
    (Source(pyproject=system("scikit-build"), build_files={"CMakeLists.txt": "project(x C)"},
            setup_py=called("setup(cmake_languages=('C',))")), (), ("c",)),
    (Source(pyproject=system("sip", backend="sipbuild.api")), (), ("c", "cxx")),
    (Source(pyproject=system("maturin", backend="maturin"), suffixes=(".rs",)), (), ("c",)),
    (Source(pyproject=system("maturin", backend="maturin"), suffixes=(".rs",)),
     (PLATFORM, "x-1-py3-none-any.whl"), ("c",)),
    (Source(pyproject=system("own", backend="own.api"), suffixes=(".cpp",)), (), ("cxx",)),
    # Wheels with extension modules, whose sources are not seen; with programs or libraries.
    (Source(), (PLATFORM,), ("c", "cxx")),
    (Source(), ("x-1-py3-none-manylinux_2_28_x86_64.whl",), ()),
    (Source(), (PLATFORM, "x-1-py3-none-any.whl"), ()),
    (Source(pyproject=system("own", backend="own"), in_tree=InTree(whole=True)),
     (PLATFORM,), ("c", "cxx")),
    *((Source(setup_py=called(f"import subprocess\nsubprocess.run(['{program}', '.'])"),
              build_files={"CMakeLists.txt": "project(x CXX)"}),
       (wheel,), languages)
      for program, wheel, languages in (
          ("cmake", "x-1-py3-none-manylinux_2_28_x86_64.whl", ("cxx",)),
          ("cmake", "x-1-py3-none-any.whl", ()),
          ("make", "x-1-py3-none-manylinux_2_28_x86_64.whl", ()))),
    (Source(pyproject=system("setuptools-rust"), setup_py=called("setup(x=[RustExtension('x')])")),
     (PLATFORM, "x-1-py3-none-any.whl"), ("c",)),
    # Wheels of both kinds: it compiles where it asks for Cython, or makes extension modules.
    (Source(suffixes=(".c",)), (PLATFORM, "x-1-py3-none-any.whl"), ()),
    (Source(pyproject=system("cython"), suffixes=(".pyx",)),
     (PLATFORM, "x-1-py3-none-any.whl"), ("c",)),
    (Source(suffixes=(".c",), setup_py=EXTENSION), (PLATFORM, "x-1-py3-none-any.whl"), ("c",)),
    (Source(suffixes=(".c",), setup_py=EXTENSION), ("x-1-py3-none-any.whl",), ()),
    (Source(suffixes=(".c",), setup_py=called("setup(ext_modules=mypycify(['x.py']))")),
     (PLATFORM, "x-1-py3-none-any.whl"), ()),
    (Source(pyproject=system("mypy", backend="setuptools.build_meta"),
            setup_py=called("setup(ext_modules=mypycify(['x.py']))")),
     (PLATFORM, "x-1-py3-none-any.whl"), ("c",)),
    *((Source(pyproject=system("x", backend="own"), suffixes=(".pyx",),
              in_tree=InTree(("Cython",), calls=("setuptools.build_meta",))), wheels, ("c",))
      for wheels in ((PLATFORM, "x-1-py3-none-any.whl"), ())),
]  # fmt: skip


@pytest.mark.parametrize(("source", "wheels", "languages"), LANGUAGES)
def test_languages(source: Source, wheels: tuple[str, ...], languages: tuple[str, ...]) -> None:
    assert built(source, *wheels).languages == languages


def test_extension_modules_whose_language_is_not_shown_are_reported() -> None:
    def remarks(source: Source) -> list[str]:
        found = built(source, PLATFORM).remarks
        return [text for text in found if text.startswith("the wheels hold extension modules")]

    maturin = Source(pyproject=system("maturin", backend="maturin"), suffixes=(".rs",))
    assert len(remarks(Source())) == 1
    assert not remarks(Source(suffixes=(".c",))) and not remarks(maturin)
    # What the table of known needs names is known: C and SWIG.
    assert not any(
        "hold extension" in text for text in built(Source(), PLATFORM, project="swiglpk").remarks
    )


def test_modules_that_setuptools_and_python_dropped_are_brought_back() -> None:
    source = Source(
        setup_py=called("import pkg_resources"),
        imports=(
            ModuleImport("pkg_resources", "x/a.py", 1),
            ModuleImport("distutils", "x/b.py", 2),
        ),
    )
    found = built(source)
    assert found.also_building == ("setuptools<82",)
    assert found.also_running == ("setuptools<82", "setuptools; python_version >= '3.12'")
    assert (
        "x/a.py:1 imports pkg_resources, so the recipe depends on setuptools at run time"
        in found.remarks
    )
    assert found.imported == (
        "pkg_resources is imported, which setuptools has up to version 81",
        "distutils is imported, which setuptools has since Python 3.12",
    )
    assert built(source, project="setuptools").also_running == ()


def test_what_only_setup_py_imports_is_said_of_the_build() -> None:
    found = built(Source(setup_py=called("import pkg_resources")))
    assert (found.also_building, found.also_running) == (("setuptools<82",), ())
    said = "setup.py needs pkg_resources, which setuptools has up to version 81"
    assert found.reasons == (ReasonToDepend(said, "setuptools", to_build=True),)


def test_a_bound_that_says_as_much_is_enough() -> None:
    required = system("setuptools>=39,<72", backend="setuptools.build_meta")
    found = built(Source(pyproject=required, setup_py=called("import pkg_resources")))
    assert (found.also_building, found.reasons) == ((), ())


@pytest.mark.parametrize(("imports", "needed"), [("import util", True), ("import other", False)])
def test_so_is_what_a_module_beside_setup_py_imports(imports: str, needed: bool) -> None:
    beside = (ModuleImport("pkg_resources", "util.py", 19),)
    source = Source(setup_py=called(imports), beside_setup_py=beside)
    assert built(source).also_building == (("setuptools<82",) if needed else ())


DYNAMIC = called("setup(setup_requires=find())")
CUSTOM: Mapping[str, Any] = {"build": {"hooks": {"custom": {}}}}

#: (source, whether all is known that is requested).
CERTAIN = [
    (Source(), True),
    (Source(setup_py=called("setup(setup_requires=['cffi'])")), True),
    (Source(setup_py=DYNAMIC), False),
    (Source(setup_py=called("setup(**options())")), False),
    (Source(pyproject=system("flit_core", backend="flit_core.buildapi"), setup_py=DYNAMIC), True),
    (Source(pyproject=system("hatchling", backend="hatchling.build")), True),
    (Source(pyproject=system("hatchling", backend="hatchling.build", hatch=CUSTOM)), False),
    (Source(pyproject=system("own", backend="own.api")), False),
    (Source(in_tree=InTree(("a",), False, "own.py", ("setuptools",))), False),
    (Source(in_tree=InTree(("a",), True, "own.py", ("setuptools",))), True),
    (Source(in_tree=InTree((), True)), True),
    (Source(problem="its pyproject.toml is not valid TOML"), False),
]  # fmt: skip


@pytest.mark.parametrize(("source", "certain"), CERTAIN)
def test_whether_all_is_known_that_is_asked_for(source: Source, certain: bool) -> None:
    assert built(source).certain is certain


def test_without_an_sdist_nothing_is_built() -> None:
    wheel = File("x-1-py3-none-any.whl", "https://files.example/x", Version("1"), True)
    assert builds(Source(), Release("x", Version("1"), (wheel,))) == Builds()


def test_what_could_not_be_read_is_reported() -> None:
    source = Source(problem="its pyproject.toml is not valid TOML")
    (untranslatable,) = built(source).untranslatable
    assert untranslatable.declared == "build requirements"


def test_where_nothing_is_compiled_only_what_is_looked_for_is_a_hint() -> None:
    """It may be needed to use the project, or to build it in another way."""
    source = Source(
        setup_py=called("pkgconfig.exists('vips')\nExtension('x', ['x.c'], libraries=['z'])"),
        looked_for=(("usb-1.0", "x/lib.py", 7),),
    )
    pure = built(source, "x-1-py3-none-any.whl")
    assert [(h.name, h.file, h.line) for h in pure.hints] == [
        ("vips", "setup.py", 1),
        ("usb-1.0", "x/lib.py", 7),
    ]
    compiled = built(source, "x-1-cp312-cp312-linux_x86_64.whl")
    assert {h.name for h in compiled.hints} == {"vips", "usb-1.0"}
    assert [need.dependency.package for need in compiled.needs] == ["zlib-api"]
