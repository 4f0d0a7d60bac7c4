"""Programs that setup.py runs: (its text, the other files, the dependencies that follow)."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.builds import builds

CARGO = {"Cargo.toml": '[package]\nname = "x"\nrust-version = "1.70"\n'}
CMAKE = {"CMakeLists.txt": "cmake_minimum_required(VERSION 3.16)"}
FINDER = "def find():\n        for x in ['cmake3', 'cmake']:\n            return which(x)\n"
MESON = {"meson.build": "project('x', 'c', 'fortran', meson_version: '>=1.1')"}
RUN = "import subprocess\nsubprocess.run({})\nsetup(ext_modules=[Extension('x', [])])\n"

SCRIPTS: list[tuple[str, dict[str, str], list[str]]] = [
    ("['cargo', 'build', '--release']", CARGO, ["rust@1.70:", "c"]),
    ("['cmake', '..']", CMAKE, ["cmake@3.16:"]),
    ("['cmake', *flags]", CMAKE, ["cmake@3.16:"]),
    ("['cmake', '..'] + flags) or run(['cmake', '--build', '.']", CMAKE, ["cmake@3.16:"]),
    ("['cmake'] + flags + ['..']", CMAKE, ["cmake@3.16:"]),
    ("x)\ntool = shutil.which('cmake')\nrun([tool]", CMAKE, ["cmake@3.16:"]),
    ("x)\ntool = find('cmake')\nrun([tool]", CMAKE, []),
    # by a function or a property that looks for it
    (f"x)\n{FINDER}tool = find()\nargs = [tool]\nrun(args", CMAKE, ["cmake@3.16:"]),
    (f"x)\n{FINDER}run([find(), '..']", CMAKE, ["cmake@3.16:"]),
    (
        f"x)\nclass Build:\n    @property\n    {FINDER}run([self.find] + args",
        CMAKE,
        ["cmake@3.16:"],
    ),
    (f"x)\n{FINDER}tool = other()\nrun([tool]", CMAKE, []),
    (f"x)\n{FINDER.replace('which', 'name')}run([find(), '..']", CMAKE, []),
    (f"x)\n{FINDER.replace('cmake3', 'make')}run([find(), '..']", CMAKE, []),
    ("['cmake', '..']", {"vendor/a/CMakeLists.txt": "project(a)"}, ["c", "cxx", "cmake"]),
    ("['meson', 'setup', out]", MESON, ["meson@1.1:", "ninja", "c", "fortran"]),
    # and what these need for the files that they read
    (
        "['cmake', '..']",
        {"CMakeLists.txt": "find_package(HDF5 REQUIRED)"},
        ["cmake", "hdf5"],
    ),
    # CMake begins in the only outermost folder that has something for it
    (
        "['cmake', 'sub']",
        {
            "sub/CMakeLists.txt": "cmake_minimum_required(VERSION 3.16)\nadd_subdirectory(src)",
            "sub/src/CMakeLists.txt": "find_package(OpenSSL REQUIRED)",
        },
        ["cmake@3.16:", "openssl"],
    ),
    (
        "['cmake', 'sub']",
        {"a/CMakeLists.txt": "find_package(OpenSSL REQUIRED)", "b/CMakeLists.txt": ""},
        ["cmake"],
    ),
    # SWIG, for any file, and for sources of an extension
    ("['swig', '-python', 'x.i']", {}, ["swig"]),
    ("x)\nExtension('x', sources=['x.i'] + more", {}, ["swig"]),
    ("x)\nExtension('x', ['x.c'], depends=['x.i']", {}, []),
    # make, for Makefiles that something else writes, too; by a text, or alone
    ("['make', '-j']", CMAKE, ["gmake"]),
    ("['make']", {}, ["gmake"]),
    ("'make'", {}, ["gmake"]),
    ("x)\nos.system(f'make -C {folder}'", {}, ["gmake"]),
    ("['cmake']", CMAKE, ["cmake@3.16:"]),
    ("x)\nexplain('make -C folder'", {}, []),
    # what it would work on is not there
    ("['cargo', 'build']", CMAKE, []),
    ("['cmake', '..']", {}, []),
    # no command line
    ("shutil.which('cmake')", CMAKE, []),
    ("['make', 'cmake']", CMAKE, []),
    ("{'cmake': 1}", CMAKE, []),
    ("x)\ntools = (['cmake']", CMAKE, []),
    ("flags + ['cmake']", CMAKE, []),
]


def release(wheel: str) -> Release:
    names = ("x-1.tar.gz", f"x-1-{wheel}.whl")
    files = [
        File(name, "https://files.example/x", Version("1"), is_wheel=name.endswith("whl"))
        for name in names
    ]
    return Release("x", Version("1"), tuple(files))


@pytest.mark.parametrize("command, files, expected", SCRIPTS)
def test_what_it_runs_is_needed(command: str, files: dict[str, str], expected: list[str]) -> None:
    source = Source(setup_py=setup_py.read(RUN.format(command)), build_files=files)
    built = builds(source, release("py3-none-linux_x86_64"))
    assert [*built.languages, *(need.dependency.spec for need in built.needs)] == expected
    assert all("build" in need.dependency.types for need in built.needs)


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=['cmake'] + others, ext_modules=[Extension('x', [])])",
        "tools = ['cmake', 'ninja']\nsetup(extras_require={'dev': tools}, **extension)",
    ],
)
def test_projects_are_no_command(text: str) -> None:
    source = Source(setup_py=setup_py.read(text), build_files=CMAKE)
    assert builds(source, release("py3-none-linux_x86_64")).needs == ()


def test_it_is_said_where_and_not_hinted_at_again() -> None:
    source = Source(setup_py=setup_py.read(RUN.format("['cargo', 'build']")), build_files=CARGO)
    built = builds(source, release("py3-none-linux_x86_64"))
    assert [need.origin for need in built.needs] == ["setup.py:2 runs cargo"] * 2
    assert built.hints == ()


#: What runs make, whether the archive has a Makefile, and whether it is needed.
BUILD = "from setuptools.command.build_ext import build_ext as base\nclass Build(base):\n"
MAKES: list[tuple[str, bool, bool]] = [
    # in any case, or for a Makefile that is there
    ("run(['make', 'all'])", False, True),
    ("for lib in glob('lib*'):\n    run(['make', 'all'])", False, False),
    ("for lib in glob('lib*'):\n    run(['make', 'all'])", True, True),
    ("if not found:\n    run(['make', 'all'])", False, False),
    ("if not found:\n    raise OSError\nrun(['make', 'all'])", False, True),
    ("if os.path.exists('x'):\n    exit()\nelse:\n    run(['make', 'all'])", False, True),
    ("try:\n    run(['make', 'all'])\nexcept OSError:\n    pass", False, False),
    ("try:\n    run(['make', 'all'])\nexcept OSError:\n    raise Error", False, True),
    # where nobody asks for anything, and on Linux
    ("if '--x' not in sys.argv:\n    run(['make', 'all'])", False, True),
    ("x = os.getenv('USE', '1')\nif x == '1':\n    run(['make', 'all'])", False, True),
    ("if os.getenv('CXX'):\n    run(['make', 'all'])", False, False),
    ("if sys.platform == 'win32':\n    pass\nelse:\n    run(['make', 'all'])", False, True),
    # in a function that is called, or a command that is run
    ("def make():\n    run(['make', 'all'])\nmake()", False, True),
    (f"{BUILD}    def run(self):\n        self.make()\n    def make(self):\n"
     "        run(['make', 'all'])\nsetup(cmdclass={'build_ext': Build})", False, True),
    (f"{BUILD}    def build_extension(self, ext):\n        run(['make', 'all'])\n"
     "setup(cmdclass={'build_ext': Build})", False, True),
    (f"{BUILD}    def run(self):\n        pass\n    def build_extension(self, ext):\n"
     "        run(['make', 'all'])\nsetup(cmdclass={'build_ext': Build})", False, False),
    (f"{BUILD}    def run(self):\n        super().run()\n    def build_extension(self, ext):\n"
     "        run(['make', 'all'])\nsetup(cmdclass={'build_ext': Build})", False, True),
]  # fmt: skip


@pytest.mark.parametrize("text, makefile, expected", MAKES)
def test_make_is_needed_for_a_makefile_or_where_it_is_run_in_any_case(
    text: str, makefile: bool, expected: bool
) -> None:
    read = setup_py.read(f"{text}\nsetup(ext_modules=[Extension('x', [])])")
    built = builds(Source(setup_py=read, has_makefile=makefile), release("py3-none-linux_x86_64"))
    assert ("gmake" in [need.dependency.spec for need in built.needs]) is expected
    # what may be run is a hint
    assert ("make" in [hint.name for hint in built.hints]) is not expected


#: What runs make nowhere, also for a Makefile that is there: it is not for a wheel, nor on Linux.
NOT_RUN = [
    "if '--x' in sys.argv:\n    run(['make', 'all'])",
    "if os.environ.get('X'):\n    run(['make', 'all'])",
    "if sys.platform == 'win32':\n    run(['make', 'all'])",
    "def make():\n    run(['make', 'all'])",
    "class Source(sdist):\n    def run(self):\n        run(['make', 'dist'])\n"
     "setup(cmdclass={'sdist': Source})",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_RUN)
def test_what_is_not_run_is_not_even_a_hint(text: str) -> None:
    read = setup_py.read(f"{text}\nsetup(ext_modules=[Extension('x', [])])")
    built = builds(Source(setup_py=read, has_makefile=True), release("py3-none-linux_x86_64"))
    assert "gmake" not in [need.dependency.spec for need in built.needs]
    assert [hint.name for hint in built.hints] == []


def test_in_a_file_that_is_a_backend_any_function_may_be_run() -> None:
    read = setup_py.read("def build_wheel(*given):\n    run(['make', 'all'])\n")
    built = builds(Source(setup_py=read), release("py3-none-linux_x86_64"))
    assert [hint.name for hint in built.hints] == ["make"]


def test_nothing_is_run_for_what_has_a_wheel_for_all_platforms() -> None:
    source = Source(setup_py=setup_py.read("run(['cargo', 'build'])"), build_files=CARGO)
    assert builds(source, release("py3-none-any")).needs == ()


def test_a_requirement_on_the_project_is_enough() -> None:
    pyproject = {"build-system": {"requires": ["setuptools", "cmake>=3.20"]}}
    text = RUN.format("['cmake', '..']")
    source = Source(pyproject, setup_py=setup_py.read(text), build_files=CMAKE)
    assert builds(source, release("py3-none-linux_x86_64")).needs == ()
