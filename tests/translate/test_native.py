"""CMakeLists.txt, meson.build and the like, read as text: (what they say, what is made of it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate import build_files, native
from spack_pypi.translate.cmake_languages import cmake_languages

CMAKE_LANGUAGES = [
    ("project(x)", ("c", "cxx")),
    ("PROJECT(x VERSION 1.0)", ("c", "cxx")),
    ("project(x LANGUAGES CXX)", ("cxx",)),
    ("project(${SKBUILD_PROJECT_NAME} VERSION ${V} LANGUAGES C CXX)", ("c", "cxx")),
    ("project(x C Fortran)", ("c", "fortran")),
    ("project(\n  x\n  VERSION 1 # LANGUAGES CXX\n  LANGUAGES C)", ("c",)),
    ("project(x LANGUAGES NONE)\nenable_language(Fortran)", ("fortran",)),
    ("project(x LANGUAGES CXX CUDA)", ("cxx",)),
    ("project(x LANGUAGES ${LANGS})", None),
    ("set(LANGS C)\nproject(x LANGUAGES ${LANGS})", ("c",)),
    ("arguments(ARGS LANGUAGES CXX)\nproject(x ${ARGS})", ("cxx",)),
    ("set(ARGS VERSION 1 LANGUAGES C)\nproject(${NAME} ${ARGS})", ("c",)),
    ("arguments(OTHER LANGUAGES CXX)\nproject(x ${ARGS})", None),
    ("f(ARGS LANGUAGES C)\nf(ARGS LANGUAGES CXX)\nproject(x ${ARGS})", None),
    # what is never enabled, and what may be
    ('project(x C)\noption(F "" OFF)\nif(F)\n enable_language(Fortran)\nendif()', ("c",)),
    (
        'project(x C)\noption(F "" ON)\nif(F)\n enable_language(Fortran)\nendif()',
        ("c", "fortran"),
    ),
    ("project(x C)\nif(F)\n enable_language(Fortran)\nendif()", ("c", "fortran")),
    ("project(x LANGUAGES)", ()),
]


@pytest.mark.parametrize(("text", "languages"), CMAKE_LANGUAGES)
def test_the_languages_of_cmake(text: str, languages: tuple[str, ...] | None) -> None:
    assert cmake_languages(Source(build_files={"CMakeLists.txt": text})) == languages


def test_a_copy_below_adds_only_what_it_has_files_of() -> None:
    files = {"CMakeLists.txt": "project(x CXX)", "extern/y/CMakeLists.txt": "project(y C Fortran)"}
    assert cmake_languages(Source(build_files=files)) == ("cxx",)
    with_c = Source(build_files=files, suffixes=(".c", ".f90"))
    assert cmake_languages(with_c) == ("c", "cxx")


MESON_LANGUAGES = [
    ("project('x', 'c', version: '1')", ("c",)),
    ("project('x', 'c', 'cython', 'cpp', default_options: ['c_std=c11'])", ("c", "cxx")),
    ("project('x', ['c', 'fortran'])", ("c", "fortran")),
    ("project('x')\nadd_languages('fortran', native: false)", ("fortran",)),
    ("project('x', 'fortran')\nadd_languages('unheard')", ("fortran",)),
    # what Cython writes is compiled, as C where nothing says otherwise
    ("project('x', 'cython')", ("c",)),
    ("project('x', 'cython', 'fortran')", ("c", "fortran")),
    # Meson looks for C where Cython is a language, whatever that writes.
    ("project('x', 'cython', 'cpp')\ny(override_options: ['cython_language=cpp'])", ("c", "cxx")),
]


@pytest.mark.parametrize(("text", "languages"), MESON_LANGUAGES)
def test_the_languages_of_meson(text: str, languages: tuple[str, ...]) -> None:
    assert build_files.meson_languages(Source(build_files={"meson.build": text})) == languages


def test_the_least_meson() -> None:
    text = "project('x', 'c',\n  meson_version: '>= 1.2.3')"
    assert build_files.meson_minimum(Source(build_files={"meson.build": text})) == "1.2.3"
    text = text.replace("1.2.3", "1." * 3000 + "1")
    assert build_files.meson_minimum(Source(build_files={"meson.build": text})) == ""


HINTS = [
    ({"CMakeLists.txt": "x()\nfind_package(ZLIB REQUIRED)"}, ("ZLIB", "CMakeLists.txt", 2)),
    ({"src/CMakeLists.txt": "pkg_check_modules(A REQUIRED glib-2.0>=2)"},
     ("glib-2.0", "src/CMakeLists.txt", 1)),
    ({"meson.build": "d = dependency('libpng', version: '>=1')"}, ("libpng", "meson.build", 1)),
    ({"CMakeLists.txt": "find_package(Python COMPONENTS Interpreter)"}, None),
    ({"CMakeLists.txt": "# find_package(ZLIB)"}, None),
    ({"extern/x/CMakeLists.txt": "find_package(ZLIB)"}, None),
    ({"CMakeLists.txt": "\nadd_subdirectory(vendor/zlib EXCLUDE_FROM_ALL)"},
     ("zlib", "CMakeLists.txt", 2)),
    ({"CMakeLists.txt": "add_subdirectory(${CMAKE_SOURCE_DIR}/third_party/fmt-11.0)"},
     ("fmt", "CMakeLists.txt", 1)),
    ({"CMakeLists.txt": "add_subdirectory(src)\nadd_subdirectory(extern)"}, None),
    ({"CMakeLists.txt": "add_subdirectory(extern/pybind11)"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("files", "hint"), HINTS)
def test_hints_name_file_and_line(
    files: Mapping[str, str], hint: tuple[str, str, int] | None
) -> None:
    found = native.hints(Source(build_files=files), {"cmake", "meson"})
    assert [(each.name, each.file, each.line) for each in found] == ([hint] if hint else [])


def test_what_is_not_built_with_cmake_gets_no_hint_of_it() -> None:
    source = Source(build_files={"CMakeLists.txt": "find_package(ZLIB)"})
    assert native.hints(source, {"setuptools"}) == ()


def test_builders_that_setup_py_names() -> None:
    source = Source(setup_py=setup_py.read("check_call(['cmake', '..'])\ncheck_call(['make'])"))
    assert [(hint.name, hint.line) for hint in native.hints(source, {"cmake"})] == [("make", 2)]


def test_external_dependencies_and_linked_libraries() -> None:
    """PEP 725, and ``libraries`` of an extension."""
    external = {"host-requires": ["dep:generic/openssl@>=3"], "build-requires": ["dep:virtual/c"]}
    source = Source(
        pyproject={"external": external},
        setup_py=setup_py.read("Extension('x', ['x.c'], libraries=['z', 'm'])"),
    )
    assert [hint.name for hint in native.hints(source, set())] == ["openssl", "z"]


MODULES = """\
[submodule "lib/openjpeg"]
\tpath = lib/openjpeg
\turl = https://github.com/uclouvain/openjpeg.git
[submodule "lib/deflate"]
\tpath = lib/deflate
\turl = git@git.example:tools/libdeflate/
"""


def test_git_submodules() -> None:
    """What an archive has, or lacks, as its author left it out; below a copy of another project
    it says nothing of this one."""
    found = native.hints(Source(build_files={".gitmodules": MODULES}), set())
    assert [(hint.name, hint.file, hint.line, hint.copied) for hint in found] == [
        ("openjpeg", ".gitmodules", 3, True),
        ("libdeflate", ".gitmodules", 6, True),
    ]
    hostile = "\n" * 100_000 + f"url = {'a' * 100_000}!\nurl =\n"
    assert not native.hints(Source(build_files={".gitmodules": hostile}), set())
    inside = Source(build_files={"vendor/x/.gitmodules": MODULES})
    assert native.hints(inside, set()) == ()


#: (source, what its file is said to do).
REPORTED = [
    (Source(build_files={"CMakeLists.txt": "find_package(ZLIB)"}),
     ["looks for ZLIB (find_package)"]),
    (Source(build_files={"CMakeLists.txt": "pkg_check_modules(A glib-2.0)"}),
     ["looks for glib-2.0 (pkg_check_modules)"]),
    (Source(build_files={"CMakeLists.txt": "pkg_search_module(A QUIET glib-2.0>=2)"}),
     ["looks for glib-2.0 (pkg_search_module)"]),
    (Source(build_files={"meson.build": "dependency('libpng')"}),
     ["looks for libpng (dependency)"]),
    (Source(build_files={"meson.build": "python = py.dependency()"}), []),
    (Source(build_files={"meson.build": "foreach name : names\n  dependency(name)\nendforeach"}),
     ["looks for what it computes (dependency)"]),
    (Source(build_files={"meson.build": "dependency('', required: false)"}), []),
    (Source(build_files={"CMakeLists.txt": "find_package(${SOLVER} REQUIRED)"}),
     ["looks for what it computes (find_package)"]),
    (Source(setup_py=setup_py.read("Extension('x', ['x.c'], libraries=['z'])")),
     ["links with z"]),
    (Source(setup_py=setup_py.read("Extension('x', ['x.c'], extra_link_args=['-lz', '-L/x'])")),
     ["links with z"]),
    (Source(setup_py=setup_py.read("Extension('x', ['x.c'], extra_link_args=['-L/x -lz -lm'])")),
     ["links with z"]),
    (Source(setup_py=setup_py.read("f(['-lz'])\nExtension('x', extra_link_args=['-flto'])")), []),
    (Source(build_files={"CMakeLists.txt": "target_link_libraries(x PRIVATE core ${LIBS} -lz)"}),
     ["links with z (target_link_libraries)"]),
    (Source(build_files={"CMakeLists.txt": 'link_libraries("-L/x -lz")'}),
     ["links with z (link_libraries)"]),
    (Source(build_files={"CMakeLists.txt": "target_link_options(x PUBLIC -lz)"}),
     ["links with z (target_link_options)"]),
    (Source(build_files={"CMakeLists.txt": "add_link_options(-lz -pthread)"}),
     ["links with z (add_link_options)"]),
    (Source(build_files={"CMakeLists.txt": "target_link_libraries(${X} ${Y})"}), []),
    (Source(build_files={"meson.build": "add_project_link_arguments('-lz', language: 'c')"}),
     ["links with z (add_project_link_arguments)"]),
    (Source(build_files={"meson.build": "add_global_link_arguments(['-lz'], language: 'c')"}),
     ["links with z (add_global_link_arguments)"]),
    (Source(build_files={"meson.build": "add_project_link_arguments(flags)"}), []),
    (Source(build_files={"meson.build": "link_args = ['-lz']\nx('y', link_args: '-lpng')"}),
     ["links with z (link_args)", "links with png (link_args)"]),
    (Source(build_files={"meson.build": "c.find_library('z')"}),
     ["looks for z (find_library)"]),
    (Source(build_files={"meson.build": "c.find_library(\n  'z',\n  dirs: d,\n  required: true)"}),
     ["looks for z (find_library)"]),
    (Source(build_files={"meson.build": "c.find_library('z', required: false)"}), []),
    (Source(build_files={"meson.build": "# c.find_library('z')\na = '# link_args: -lz'"}), []),
    (Source(build_files={"CMakeLists.txt": "add_subdirectory(vendor/zlib)"}),
     ["builds its copy of zlib (add_subdirectory)"]),
    (Source(setup_py=setup_py.read("pkgconfig.exists('vips')")), ["looks for vips"]),
    (Source(looked_for=(("vips", "x/build.py", 1),)), ["looks for vips"]),
    (Source(linked=(("sodium", "x/build.py", 1),)), ["links with sodium"]),
    (Source(setup_py=setup_py.read("run(['make'])")), ["may run make"]),
    (Source(setup_py=setup_py.read("x = 'unheard-config'")), ["may run unheard-config"]),
    (Source(setup_py=setup_py.read("x = ['use_pkg_config', 'x86_64-pkg-config']")), []),
    (Source(setup_py=setup_py.read(""), copies=(("lua", "extern/lua-5.4"), ("zlib", "deps/zlib"))),
     ["may build its copy of lua (extern/lua-5.4)",
      "may build its copy of zlib (deps/zlib)"]),
    (Source(copies=(("zlib", "deps/zlib"),)), []),
    (Source(build_files={".gitmodules": MODULES}),
     ["has openjpeg as a submodule", "has libdeflate as a submodule"]),
    (Source(pyproject={"external": {"host-requires": ["dep:generic/openssl"]}}),
     ["lists dep:generic/openssl under [external]"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "reported"), REPORTED)
def test_a_hint_says_what_the_file_does(source: Source, reported: list[str]) -> None:
    assert [hint.text for hint in native.hints(source, {"cmake", "meson"})] == reported


@pytest.mark.parametrize(("text", "counts"), [("", True), ("project('z')", False)])
def test_a_folder_of_meson_may_be_another_project(text: str, counts: bool) -> None:
    files = {
        "meson.build": "project('x')",
        "plugins/z/meson.build": text,
        "plugins/z/src/meson.build": "c.find_library('z')",
    }
    found = native.hints(Source(build_files=files), {"meson"})
    assert [hint.name for hint in found] == ["z"] * counts


def test_every_kind_of_hint_is_tested() -> None:
    texts = " ".join(text for _, reported in REPORTED for text in reported)
    assert all(f"({call.function})" in texts for call in native.CALLS)
    files = {
        hint.file for source, _ in REPORTED for hint in native.hints(source, {"cmake", "meson"})
    } - {"x/build.py"}
    kinds: list[Any] = [*native.CALLS, *native.DECLARED, *native.IN_SETUP_PY, *native.IN_GIT]
    assert files == {each.file for each in kinds}
    for each in kinds:
        assert each.documented.startswith("https://")


SEARCHED = [
    ("import pkgconfig\npkgconfig.exists('vips')", [("vips", 2)]),
    ("pkgconfig.installed('vips', '>= 8.2')", [("vips", 1)]),
    ("pkgconfig.parse('glib-2.0 gobject-2.0')", [("glib-2.0", 1), ("gobject-2.0", 1)]),
    ("ctypes.util.find_library('usb-1.0')", [("usb-1.0", 1)]),
    ("from ctypes.util import find_library\nfind_library('magic')", [("magic", 2)]),
    ("run(['pkg-config', '--libs', 'libpng'])", [("libpng", 1)]),
    ("os.popen('pkg-config --cflags --libs libpng >= 1.6')", [("libpng", 1)]),
    ("os.popen('pkg-config --libs \"libpng')", []),
    ("pkgconfig.exists(name)\nfind_library()\nrun(['pkg-config', *names])", []),
    ("other.exists('vips')\npkgconfig.have('vips')\nprint('pkg-config is missing')", []),
    ("'pkg-config'", []),
]


@pytest.mark.parametrize(("text", "found"), SEARCHED)
def test_what_setup_py_looks_for(text: str, found: list[tuple[str, int]]) -> None:
    hints = native.hints(Source(setup_py=setup_py.read(text)), set())
    assert [(hint.name, hint.line) for hint in hints if hint.text.startswith("looks")] == found


def test_rust_brings_its_cargo() -> None:
    source = Source(setup_py=setup_py.read("run(['cargo'])"))
    assert [hint.name for hint in native.hints(source, set())] == ["cargo"]
    assert native.hints(source, {"rust"}) == ()


@pytest.mark.parametrize(
    ("name", "packages"),
    [
        ("ZLIB", ("zlib", "libzlib")),
        ("glib-2.0", ("glib",)),
        ("libpng", ("libpng", "png")),
        ("Eigen3", ("eigen3", "eigen", "libeigen3")),
        ("llama.cpp", ("llama-cpp", "libllama-cpp")),
    ],
)
def test_how_spack_may_call_it(name: str, packages: tuple[str, ...]) -> None:
    assert native.Hint(name, "", 0, "").names() == packages


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    source = Source(build_files={"CMakeLists.txt": text, "meson.build": text})
    native.hints(source, {"cmake", "meson"})
    cmake_languages(source)
    build_files.meson_languages(source)


@pytest.mark.parametrize(
    "name, is_hint",
    [
        ("zstd", True),
        ("libpq.so", True),
        # the system, or what builds, has them
        ("psapi", False),
        ("PowrProf", False),
        ("ws2_32", False),
        ("kvm", False),
        ("kstat", False),
        ("perfstat", False),
        ("npymath", False),
        # nobody builds with them here
        ("libpq.dll", False),
        ("MSVCRT.DLL", False),
    ],
)
def test_what_other_systems_have_is_no_hint(name: str, is_hint: bool) -> None:
    source = Source(looked_for=((name, "x/y.py", 3),), linked=((name, "x/build.py", 1),))
    assert [hint.name for hint in native.hints(source, set())] == [name] * is_hint
