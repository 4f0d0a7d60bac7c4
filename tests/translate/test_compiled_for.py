"""For what a build compiles besides Spack's target: (its files, what a recipe says)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from tests.translate.test_builds import built, system

FLAG = "-march=native"
SAYS = "compiles for the machine that builds it"
MAY = "may compile for the machine that builds it"
EXTENSION = "setup(ext_modules=[Extension('x', ['x.c'], extra_compile_args=args)])"

SETUP: list[tuple[str, tuple[str, ...]]] = [
    (f"args = ['{FLAG}']", (f"setup.py:1 {SAYS} ({FLAG})",)),
    (f"args = ['-O3 {FLAG}']", (f"setup.py:1 {SAYS} ({FLAG})",)),
    (
        "args = []\nif platform.system() != 'Windows':\n    args += ['-mcpu=native']",
        (f"setup.py:3 {SAYS} (-mcpu=native)",),
    ),
    (
        f"if not os.environ.get('X_FAST_OFF'):\n    args = ['{FLAG}']",
        (f"setup.py:2 {SAYS} ({FLAG})",),
    ),
    (f"if arm:\n    args = ['{FLAG}']", (f"setup.py:2 {MAY} ({FLAG})",)),
    # where somebody asks for it, and where it is not given to a compiler
    (f"if '--native' in sys.argv:\n    args = ['{FLAG}']", ()),
    (f"if os.environ.get('X_NATIVE') == '1':\n    args = ['{FLAG}']", ()),
    (f"print('give {FLAG} in CFLAGS')", ()),
    (f"# args = ['{FLAG}']", ()),
    (f"args.remove('{FLAG}')", ()),
    (f"if '{FLAG}' in args:\n    pass", ()),
    ("args = ['-march=x86-64']", ()),
]
CMAKE: list[tuple[dict[str, str], tuple[str, ...]]] = [
    (
        {"CMakeLists.txt": f'set(CMAKE_C_FLAGS "${{CMAKE_C_FLAGS}} {FLAG}")'},
        (f"CMakeLists.txt:1 {SAYS} ({FLAG})",),
    ),
    (
        {"CMakeLists.txt": f"set(FAST ON)\nif(FAST)\nadd_compile_options({FLAG})\nendif()"},
        (f"CMakeLists.txt:3 {SAYS} ({FLAG})",),
    ),
    (
        {"CMakeLists.txt": f"if(GNU)\ntarget_compile_options(x PRIVATE {FLAG})\nendif()"},
        (f"CMakeLists.txt:2 {MAY} ({FLAG})",),
    ),
    # in a folder of which it is not known whether it is entered
    (
        {"CMakeLists.txt": "", "sub/CMakeLists.txt": f"list(APPEND FLAGS {FLAG})"},
        (f"sub/CMakeLists.txt:1 {MAY} ({FLAG})",),
    ),
    # off, or only said
    (
        {"CMakeLists.txt": f"option(FAST x OFF)\nif(FAST)\nadd_compile_options({FLAG})\nendif()"},
        (),
    ),
    ({"CMakeLists.txt": f'option(X_NATIVE "with {FLAG}" OFF)'}, ()),
    (
        {
            "CMakeLists.txt": "",
            "sub/CMakeLists.txt": f'add_option(N "x" OFF)\nif(N)\nset(FLAG {FLAG})\nendif()',
        },
        (),
    ),
    ({"CMakeLists.txt": f'set(N OFF CACHE BOOL "{FLAG}")'}, ()),
    ({"CMakeLists.txt": f'message(STATUS "{FLAG}")'}, ()),
    ({"sub/meson.build": f"x = '{FLAG}'", "CMakeLists.txt": ""}, ()),
]


@pytest.mark.parametrize(("text", "said"), SETUP)
def test_setup_py(text: str, said: tuple[str, ...]) -> None:
    found = built(Source(setup_py=setup_py.read(f"{text}\n{EXTENSION}")))
    assert found.said == said
    assert found.settings == ()


@pytest.mark.parametrize(("files", "said"), CMAKE)
def test_cmake(files: dict[str, str], said: tuple[str, ...]) -> None:
    pyproject = system(backend="scikit_build_core.build")
    found = built(Source(pyproject=pyproject, suffixes=(".c",), build_files=files))
    assert found.said == said
    assert found.settings == ()


def test_what_is_not_compiled_says_nothing() -> None:
    source = Source(setup_py=setup_py.read(f"args = ['{FLAG}']\n{EXTENSION}"), pyproject=system())
    assert built(source, "x-1-py3-none-any.whl").said == ()
    other = Source(setup_py=source.setup_py, pyproject=system(backend="flit_core.buildapi"))
    assert built(other).said == ()
