"""The settings with which a build is compiled for what Spack means: (files, settings)."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.build_settings import joined, unset
from tests.translate.test_builds import built, system

FLAG = "-march=native"
CORE = "scikit_build_core.build"
ASKS = "os.environ.get('X_NATIVE'"
NATIVE = f"    args = ['{FLAG}']\n"
EXTENSION = "setup(ext_modules=[Extension('x', ['x.c'], extra_compile_args=args)])"
CLASS = f"""
class Build(build_ext):
    native = '{FLAG}'
    options = {{'unix': ['-O3', native]}}
    if os.environ.get('X_NO_NATIVE'):
        options['unix'].remove(native)
    def build_extensions(self):
        for each in self.extensions:
            each.extra_compile_args = self.options['unix']
        super().build_extensions()
setup(ext_modules=[Extension('x', ['x.c'])], cmdclass={{'build_ext': Build}})
"""

#: What a setup.py asks for → the variable, and its value, that prevents the flag.
SETUP: list[tuple[str, dict[str, str]]] = [
    (f"args = []\nif {ASKS}, '1') == '1':\n{NATIVE}", {"X_NATIVE": "0"}),
    (f"args = []\nif {ASKS}, 'ON') == 'ON':\n{NATIVE}", {"X_NATIVE": "OFF"}),
    (f"args = []\nif {ASKS}) != 'False':\n{NATIVE}", {"X_NATIVE": "False"}),
    (f"args = []\nif int({ASKS}, '1')):\n{NATIVE}", {"X_NATIVE": "0"}),
    (f"native = {ASKS}, 'true') == 'true'\nargs = []\nif native:\n{NATIVE}",
     {"X_NATIVE": "false"}),
    (f"args = []\nif not os.getenv('X_PORTABLE'):\n{NATIVE}", {"X_PORTABLE": "1"}),
    (f"args = []\nif 'X_PORTABLE' not in os.environ:\n{NATIVE}", {"X_PORTABLE": "1"}),
    (f"args = ['{FLAG}']\nif os.environ.get('NO_ARCH'):\n    args.remove('{FLAG}')",
     {"NO_ARCH": "1"}),
    (CLASS, {"X_NO_NATIVE": "1"}),
    # it is off by default; another flag stays; and who sets it means something else by it
    (f"args = []\nif {ASKS}) == '1':\n{NATIVE}", {}),
    (f"args = ['-mcpu=native']\nif {ASKS}, '1') == '1':\n{NATIVE}", {}),
    (f"args = []\nif not os.getenv('CIBUILDWHEEL'):\n{NATIVE}", {}),
    (f"args = []\nif {ASKS}, '1') == '1' or gcc:\n{NATIVE}", {}),
    # it may have the name of a machine
    (f"arch = os.environ.get('X_ARCH')\nargs = []\nif arch:\n    args += ['-march=' + arch]\n"
     f"else:\n{NATIVE}", {}),
    (f"args = []\nif not os.environ.get('ARCHFLAGS'):\n{NATIVE}", {}),
    # it may be read, but what follows from it is not known
    (f"args = []\nif enabled({ASKS})):\n{NATIVE}", {}),
]  # fmt: skip


def settings(source: Source, project: str = "x") -> dict[str, str]:
    found = built(source, project=project)
    assert all(each.for_target for each in found.settings)
    assert not (found.settings and found.said)  # one or the other
    return {each.setting.name: each.setting.value for each in found.settings}


@pytest.mark.parametrize(("text", "expected"), SETUP)
def test_by_a_variable(text: str, expected: dict[str, str]) -> None:
    rest = "" if "class " in text else f"\n{EXTENSION}"
    assert settings(Source(setup_py=setup_py.read(text + rest))) == expected


OPTION = 'option(X_NATIVE "x" ON)\n'
ON = f"if(X_NATIVE)\nadd_compile_options({FLAG})\nendif()\n"
AVX = "if(X_AVX)\nadd_compile_options(-mavx2)\nendif()\n"
#: CMakeLists.txt → the options to turn off.
CMAKE: list[tuple[str, list[str]]] = [
    (OPTION + ON, ["X_NATIVE"]),
    ('set(X_NATIVE ON CACHE BOOL "x")\n' + ON, ["X_NATIVE"]),
    (OPTION + ON.replace("X_NATIVE", "X_NATIVE AND GNU"), ["X_NATIVE"]),
    (OPTION + f"if(GNU)\n{ON}endif()", ["X_NATIVE"]),
    (f"if(GNU)\nset(V ON)\nelse()\nset(V OFF)\nendif()\noption(X_NATIVE x ${{V}})\n{ON}",
     ["X_NATIVE"]),
    # the options of what comes in place of the flag, but for those that are off
    (f'{OPTION}option(X_AVX "x" ON)\n{ON.replace("endif", f"else(){chr(10)}{AVX}endif")}',
     ["X_NATIVE", "X_AVX"]),
    (f'{OPTION}option(X_AVX "x" OFF)\n{ON.replace("endif", f"else(){chr(10)}{AVX}endif")}',
     ["X_NATIVE"]),
    # a machine that Spack does not know
    (OPTION + ON + f'if(M MATCHES "s390x")\nadd_compile_options({FLAG})\nendif()', ["X_NATIVE"]),
    # another project gets none of these definitions
    (OPTION + ON + "ExternalProject_Add(y SOURCE_DIR y)", []),
    # no option does it alone
    (ON, []),
    (OPTION + ON.replace("X_NATIVE", "X_NATIVE OR GNU"), []),
    (OPTION + ON + f"add_compile_options({FLAG})", []),
    (OPTION + "set(X_NATIVE ON)\n" + ON, []),
    (OPTION + ON.replace("endif", "else()\nadd_compile_options(-mavx2)\nendif"), []),
    ('option(X_NATIVE "x" OFF)\n' + ON, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CMAKE)
def test_by_options_of_cmake(text: str, expected: list[str]) -> None:
    source = Source(
        pyproject=system(backend=CORE), suffixes=(".c",), build_files={"CMakeLists.txt": text}
    )
    assert settings(source) == {f"cmake.define.{name}": "OFF" for name in expected}


def test_why_options_of_cmake_are_off() -> None:
    arm = f"if(ARM)\n{ON.replace(FLAG, '-mcpu=native')}endif()\n"
    # the flag for x86 stands in line 9: most machines are of that kind
    for text, why in (
        (ON, " (CMakeLists.txt:9)"),
        (ON.replace("endif", f"else()\n{AVX}endif"),
         ", or for one that has these instructions (CMakeLists.txt:9)"),
    ):  # fmt: skip
        files = {"CMakeLists.txt": f'{OPTION}option(X_AVX "x" ON)\n{arm}{text}'}
        source = Source(pyproject=system(backend=CORE), suffixes=(".c",), build_files=files)
        reasons = {each.setting.reason for each in built(source).settings}
        assert reasons == {f"Otherwise it is compiled for the machine that builds it{why}"}


def runs_cmake(arguments: str) -> str:
    return f"import os, subprocess\nsubprocess.run(['cmake', '.', {arguments}])\nsetup(name='x')"


ASKED = "V = os.environ.get('X_ARCH', 'ON')\n"
#: How something else than scikit-build-core is given an option.
GIVEN: list[tuple[str, str, dict[str, str]]] = [
    ("skbuild.build", "setup(cmake_args=[])", {"CMAKE_ARGS": "-DX_NATIVE=OFF"}),
    ("setuptools.build_meta", ASKED + runs_cmake("f'-DX_NATIVE={V}'"), {"X_ARCH": "OFF"}),
    ("setuptools.build_meta", runs_cmake("f'-DX_NATIVE={os.environ[\"X_ARCH\"]}'"),
     {"X_ARCH": "OFF"}),
    ("setuptools.build_meta", runs_cmake("*os.environ.get('CMAKE_ARGS', '').split()"),
     {"CMAKE_ARGS": "-DX_NATIVE=OFF"}),
    ("setuptools.build_meta",
     runs_cmake("'-DX_NATIVE=ON', *os.environ.get('CMAKE_ARGS', '').split()"), {}),
    ("setuptools.build_meta", runs_cmake("'-DY=ON'"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("backend", "text", "expected"), GIVEN)
def test_how_cmake_is_given_an_option(backend: str, text: str, expected: dict[str, str]) -> None:
    source = Source(
        pyproject=system("cmake", backend=backend),
        setup_py=setup_py.read(text),
        suffixes=(".c",),
        build_files={"CMakeLists.txt": OPTION + ON},
    )
    assert settings(source) == expected


def test_what_the_project_gives_cmake_itself_is_not_turned_off() -> None:
    table: dict[str, Any] = {"cmake": {"args": ["-DX_NATIVE=ON"]}}
    source = Source(
        pyproject=system(backend=CORE, scikit_build=table),
        suffixes=(".c",),
        build_files={"CMakeLists.txt": OPTION + ON},
    )
    assert settings(source) == {}


def test_arguments_in_place_of_which_a_command_sets_others_are_not_given() -> None:
    command = (
        "class B(build_ext):\n    def build_extensions(self):\n"
        "        for e in self.extensions:\n            e.extra_compile_args = self.options\n"
        "        build_ext.build_extensions(self)\n"
    )
    extension = f"Extension('x', ['x.c'], extra_compile_args=['-O3 {FLAG}'])"
    call = f"setup(ext_modules=[{extension}], cmdclass={{'build_ext': B}})"
    assert built(Source(setup_py=setup_py.read(command + call))).said == ()
    kept = command.replace("= self.options", "= e.extra_compile_args + self.options")
    (said,) = built(Source(setup_py=setup_py.read(kept + call))).said
    assert said == f"setup.py:6 compiles for the machine that builds it ({FLAG})"


def test_what_is_joined_and_what_is_not_set() -> None:
    first = built(Source(setup_py=setup_py.read(f"{SETUP[0][0]}\n{EXTENSION}"))).settings
    other = built(Source(setup_py=setup_py.read(f"{SETUP[1][0]}\n{EXTENSION}"))).settings
    assert [each.value for each in joined([first, other])] == ["0"]
    (reason,) = (each.reason for each in joined([first]))
    assert reason == "Otherwise it is compiled for the machine that builds it (setup.py:3)"
    (said,) = unset(first)
    assert said == (
        f"setup.py:3 compiles for the machine that builds it ({FLAG}), which X_NATIVE=0 prevents"
    )
