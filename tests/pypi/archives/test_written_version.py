"""The version that the files of a tree say, as build backends find it without running them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import other_files, sdist, tree_metadata, written_version


def version(files: Mapping[str, str]) -> str:
    """What a tree of these files says."""
    contents = sdist.Contents()
    for path, text in files.items():
        sdist.look_at(path, len(text), text.encode, contents)

    def texts(paths: Sequence[str]) -> Mapping[str, str]:
        return {path: files[path] for path in paths if path in files}

    source = other_files.completed(sdist.source(contents.as_json(), ""), texts)
    return written_version.read(source, texts)


def backend(name: str, more: str = "") -> str:
    return (
        f'[build-system]\nrequires = []\nbuild-backend = "{name}"\n'
        f'[project]\nname = "a-thing"\ndynamic = ["version"]\n{more}'
    )


def setuptools(said: str, more: str = "") -> str:
    table = f"[tool.setuptools.dynamic]\nversion = {said}\n{more}"
    return backend("setuptools.build_meta", table)


ATTR = setuptools('{attr = "a.__version__"}')
ATTR_CFG = "[metadata]\nversion = attr: a.__version__\n"
LITERAL = "__version__ = '1.2'\n"


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (LITERAL, "1.2"),
        ("__version__: str = '1.2'", "1.2"),
        ("import os\nx = __version__ = '1.2'", "1.2"),
        # As `setuptools.config.expand.StaticModule` does: the first one counts.
        ("__version__ = '1.2'\n__version__ = '1.3'", "1.2"),
        ("__version__ = (1, 2, 'rc1')", "1.2.rc1"),
        # Python says the same in any case.
        ("VERSION = '1.2'\n__version__ = VERSION", "1.2"),
        ("__version__ = read()", ""),
        ("if x:\n    __version__ = '1.2'", ""),
        ("try:\n    from .b import __version__\nexcept ImportError:\n    __version__ = '0'", ""),
        ("from .b import *", ""),
        ("__version__ = __version__", ""),
        ("from . import __version__", ""),
        ("no Python", ""),
        ("(" * 10_000, ""),
    ],
)
def test_attributes_of_modules(module: str, said: str) -> None:
    """https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata"""
    for file in ("a.py", "a/__init__.py", "src/a.py", "src/a/__init__.py"):
        for project in ({"pyproject.toml": ATTR}, {"setup.cfg": ATTR_CFG, "setup.py": "setup()"}):
            assert version({**project, file: module}) == said


@pytest.mark.parametrize(
    "files",
    [
        {"a/__init__.py": "from .b import v as __version__", "a/b.py": "v = '1.2'"},
        {"a/__init__.py": "from a.b import __version__", "a/b/__init__.py": LITERAL},
        {"a/__init__.py": "from ._v.w import __version__", "a/_v/w.py": LITERAL},
        {"a.py": "from .b import __version__", "b.py": LITERAL},
        {"a/__init__.py": "from .b import __version__", "a/b.py": "from ..c import __version__",
         "c.py": LITERAL},
    ],
)  # fmt: skip
def test_attributes_that_are_imported(files: Mapping[str, str]) -> None:
    assert version({"pyproject.toml": ATTR, **files}) == "1.2"


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": ATTR + '[tool.setuptools]\npackage-dir = {"" = "lib"}\n'},
        {"pyproject.toml": ATTR + '[tool.setuptools.packages.find]\nwhere = ["lib"]\n'},
        {"setup.cfg": ATTR_CFG + "[options]\npackage_dir =\n    = lib\n"},
        {"setup.cfg": ATTR_CFG, "setup.py": 'setup(package_dir={"": "lib"})'},
    ],
)
def test_where_modules_are(files: Mapping[str, str]) -> None:
    there = {**files, "lib/a/__init__.py": LITERAL}
    assert version(there) == "1.2"
    # https://setuptools.pypa.io/en/latest/userguide/package_discovery.html: not the one beside.
    assert version({**there, "a/__init__.py": "__version__ = '0'"}) == "1.2"


ABOUT = backend("hatchling.build", '[tool.hatch.version]\npath = "src/a/about.py"\n')
PDM = backend("pdm.backend", '[tool.pdm.version]\nsource = "file"\npath = "a/v.py"\n')
REGEX = backend(
    "scikit_build_core.build",
    "[tool.scikit-build.metadata.version]\n"
    'provider = "scikit_build_core.metadata.regex"\ninput = "a/v.py"\n',
)
NODE = backend("hatchling.build", '[tool.hatch.version]\nsource = "nodejs"\n')
MESON, MATURIN = backend("mesonpy"), backend("maturin")
FLIT = backend("flit_core.buildapi")
OLD_FLIT = (
    '[build-system]\nrequires = []\nbuild-backend = "flit_core.buildapi"\n'
    '[tool.flit.metadata]\nmodule = "a_thing"\n'
)
CARGO = '[package]\nname = "a"\nversion = "1.2"\n'
OF_WORKSPACE = '[package]\nname = "a"\nversion.workspace = true\n[workspace.package]\n'


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pyproject.toml": backend("setuptools.build_meta"), "setup.cfg": ATTR_CFG,
          "a.py": LITERAL}, "1.2"),
        ({"pyproject.toml": setuptools('{file = "VERSION"}'), "VERSION": "1.2\n"}, "1.2"),
        ({"pyproject.toml": setuptools('{file = ["VERSION"]}'), "VERSION": "1.2\n"}, "1.2"),
        ({"pyproject.toml": setuptools('{file = "VERSION"}'), "VERSION": "1\n2\n"}, ""),
        ({"setup.cfg": "[metadata]\nversion = file: VERSION", "VERSION": "1.2"}, "1.2"),
        ({"setup.cfg": "[metadata]\nversion = 1.1", "setup.py": "setup(version='1.2')"}, "1.2"),
        ({"setup.cfg": "[metadata]\nversion = file: VERSION"}, ""),
        ({"setup.cfg": "[metadata]\nversion = 1.2"}, "1.2"),
        ({"setup.py": "V = '1.2'\nsetup(version=V)"}, "1.2"),
        ({"setup.py": "setup(version=read())"}, ""),
        # https://flit.pypa.io/en/stable/pyproject_toml.html
        ({"pyproject.toml": FLIT, "a_thing/__init__.py": '"""A"""\n' + LITERAL}, "1.2"),
        ({"pyproject.toml": FLIT, "src/a_thing.py": LITERAL}, "1.2"),
        ({"pyproject.toml": OLD_FLIT, "a_thing.py": LITERAL}, "1.2"),
        ({"pyproject.toml": FLIT + '[tool.flit.module]\nname = "b"\n', "b.py": LITERAL}, "1.2"),
        # https://hatch.pypa.io/latest/plugins/version-source/regex/
        ({"pyproject.toml": ABOUT, "src/a/about.py": "x = 1\nVERSION: str = 'v1.2'"}, "1.2"),
        ({"pyproject.toml": ABOUT, "src/a/about.py": "  VERSION = '1.2'"}, ""),
        ({"pyproject.toml": ABOUT + "pattern = '^rel = \\((?P<version>.+?)\\)$'",
          "src/a/about.py": "x\nrel = (1.2)\n" + LITERAL.replace("1.2", "0")}, "1.2"),
        ({"pyproject.toml": ABOUT + "pattern = '1.2'", "src/a/about.py": LITERAL}, ""),
        ({"pyproject.toml": ABOUT + "pattern = '(?P<version>'", "src/a/about.py": LITERAL}, ""),
        ({"pyproject.toml": ABOUT + "pattern = '(?P<version>[3-9]+)'", "src/a/about.py": LITERAL},
         ""),
        ({"pyproject.toml": ABOUT + "pattern = 3", "src/a/about.py": LITERAL}, ""),
        ({"pyproject.toml": ABOUT + "pattern = true", "src/a/about.py": LITERAL}, "1.2"),
        ({"pyproject.toml": ABOUT + 'source = "env"\nvariable = "V"', "src/a/about.py": LITERAL},
         ""),
        # https://hatch.pypa.io/latest/plugins/version-source/code/
        ({"pyproject.toml": ABOUT + 'source = "code"', "src/a/about.py": LITERAL}, "1.2"),
        ({"pyproject.toml": ABOUT + 'source = "code"\nexpression = "v"', "src/a/about.py":
          "v = '1.2'\n__version__ = '0'"}, "1.2"),
        ({"pyproject.toml": ABOUT + 'source = "code"', "src/a/about.py":
          "__version__ = made()"}, ""),
        ({"pyproject.toml": ABOUT + 'source = "code"\nexpression = "v()"', "src/a/about.py":
          LITERAL}, ""),
        ({"pyproject.toml": ABOUT.replace("src/", "../"), "../a/about.py": LITERAL}, "1.2"),
        # https://github.com/agoose77/hatch-nodejs-version
        ({"pyproject.toml": NODE, "package.json": '{"version": "1.2"}'}, "1.2"),
        ({"pyproject.toml": NODE, "package.json": '["version"]'}, ""),
        ({"pyproject.toml": NODE, "package.json": "{"}, ""),
        ({"pyproject.toml": NODE}, ""),
        # https://backend.pdm-project.org/metadata/#dynamic-project-version
        ({"pyproject.toml": PDM, "a/v.py": "__version__ = '1.2'  # it"}, "1.2"),
        ({"pyproject.toml": PDM.replace('"file"', '"scm"'), "a/v.py": LITERAL}, ""),
        # https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html
        ({"pyproject.toml": REGEX, "a/v.py": LITERAL}, "1.2"),
        ({"pyproject.toml": REGEX + 'regex = "x"', "a/v.py": LITERAL}, ""),
        ({"pyproject.toml": REGEX + "regex = '= .(?P<value>.*).$'", "a/v.py": LITERAL}, "1.2"),
        ({"pyproject.toml": REGEX + "regex = '(?P<value>.*)'\nresult = '{value}'", "a/v.py":
          LITERAL}, ""),
        ({"pyproject.toml": REGEX.replace("regex", "fancy"), "a/v.py": LITERAL}, ""),
        # https://mesonbuild.com/Reference-manual_functions.html#project
        ({"pyproject.toml": MESON, "meson.build": "project('a', 'c', version: '1.2')"}, "1.2"),
        ({"pyproject.toml": MESON, "meson.build": "project('a', meson_version: '>=1.2')"}, ""),
        ({"pyproject.toml": MESON, "meson.build":
          "# project('x', version: '0')\nproject('a', 'c',\n  # version: '0'\n"
          "  meson_version: '>=1', default_options: ['b=version: \\'0\\''],\n  version : '1.2')"},
         "1.2"),
        ({"pyproject.toml": MESON, "meson.build": "project('a')\nfoo(version: '0')"}, ""),
        ({"pyproject.toml": MESON, "meson.build": "project('a', version: run_command('x'))"}, ""),
        ({"pyproject.toml": MESON, "meson.build": "project('a', version: files('V'))",
          "V": "1.2\n"}, "1.2"),
        ({"pyproject.toml": MESON}, ""),
        # https://www.maturin.rs/metadata
        ({"pyproject.toml": MATURIN, "Cargo.toml": CARGO}, "1.2"),
        ({"pyproject.toml": MATURIN, "Cargo.toml": OF_WORKSPACE + 'version = "1.2"\n'}, "1.2"),
        ({"pyproject.toml": MATURIN + '[tool.maturin]\nmanifest-path = "rust/Cargo.toml"\n',
          "Cargo.toml": CARGO.replace("1.2", "0"), "rust/Cargo.toml": CARGO}, "1.2"),
        ({"pyproject.toml": MATURIN}, ""),
        # What is not dynamic counts, and what is written for other backends does not.
        ({"pyproject.toml": "[project]\nname = 'a'\nversion = '1.2'", "setup.py":
          "setup(version='0')"}, "1.2"),
        ({"pyproject.toml": "[tool.poetry]\nversion = '1.2'"}, "1.2"),
        ({"pyproject.toml": "[tool.poetry]\nversion = '0.0.0'"}, ""),
        ({"pyproject.toml": backend("hatchling.build"), "setup.py": "setup(version='0')"}, ""),
        ({"pyproject.toml": "[project]\nname = 'a'\nversion = 1"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_backends(files: Mapping[str, str], said: str) -> None:
    assert version(files) == said


@pytest.mark.parametrize(
    "setup",
    [
        "from a import __version__\nsetup(version=__version__)",
        "from a import __version__ as v\nsetup(version=v)",
        "from a import __version__\nv = __version__\nsetup(version=v)",
        "import a\nsetup(version=a.__version__)",
        "import a.b\nsetup(version=a.b.__version__)",
        "about = {}\nexec(open('a/b.py').read(), about)\nsetup(version=about['__version__'])",
        "about = {}\nwith open(os.path.join(here, 'a', 'b.py'), 'r', 'utf-8') as f:\n"
        "    exec(f.read(), about)\nsetup(version=about['__version__'])",
        "p = 'a'\nabout = {}\nexec(compile(open(join(p, 'b.py')).read(), 'x', 'exec'), about)\n"
        "setup(version=about['__version__'])",
        "exec(open('a/b.py').read(), None, g)\nsetup(version=g['__version__'])",
        "exec(open('a/b.py').read())\nsetup(version=__version__)",
        "exec(open('a/b.py').read(), globals())\nsetup(version=__version__)",
        "exec((HERE / 'a' / 'b.py').read_text())\nsetup(**dict(version=__version__))",
        "setup(version=open('VERSION').read())",
        "setup(version=Path(__file__).with_name('a.txt').read_text().strip())",
        "v = open(join(here, 'VERSION'), encoding='utf-8').read().strip()\nsetup(version=v)",
        "with open('a.txt') as f:\n    v = f.read().strip()\nsetup(version=v)",
        "exec(Path('a', 'b.py').read_text())\nsetup(version=locals()['__version__'])",
        "with open(join('a', 'b.py')) as f:\n    code = f.read()\nexec(code)\n"
        "setup(version=__version__)",
        "v = re.search(r'^__version__\\s*=\\s*[\"](.*)[\"]', open('a/b.py').read(), re.M)\n"
        "setup(version=v.group(1))",
        "with open('a/b.py') as f:\n    v = re.findall(r'__version__ = \"(.+)\"', f.read())[0]\n"
        "setup(version=v)",
        "r = re.compile(r'__version__ *= \"(.+)\"').search(open('a/b.py').read())\n"
        "setup(version=r.group(1))",
        "def read(*parts):\n    with open(join(here, *parts)) as f:\n        return f.read()\n"
        "setup(version=read('VERSION').strip())",
        "def read(name):\n    return open(name).read()\ndef version(name='a/b.py'):\n"
        "    found = re.search(r'^__version__ = (.*)', read(name), re.M)\n    if found:\n"
        "        return found.group(1)\n    raise RuntimeError()\nsetup(version=version())",
        "def version(package):\n    init = open(join(package, '__init__.py')).read()\n"
        "    return re.match('__version__ = (.*)', init).group(1)\nsetup(version=version('a'))",
    ],
)
def test_what_setup_py_takes_from_other_files(setup: str) -> None:
    """Each of these passes 1.2 to ``setup()`` when it is run."""
    files = {"a/__init__.py": LITERAL, "a/b.py": LITERAL, "VERSION": "1.2\n", "a.txt": "1.2\n"}
    assert version({**files, "setup.py": setup}) == "1.2"


@pytest.mark.parametrize(
    "setup",
    [
        "import versioneer\nsetup(version=versioneer.get_version())",
        "from a import __version__\nsetup(version=__version__ + '.1')",
        "from a import read\nsetup(version=read())",
        "def v():\n    return v()\nsetup(version=v())",
        "def v():\n    if x:\n        return open('VERSION').read()\n    return '0'\n"
        "setup(version=v())",
        "setup(version=re.search(r'(.*)', open('VERSION').read()).group(1))",
        "setup(version=re.search(r'other = (.*)', open('a/c.py').read()).group(1))",
        "setup(version=f'{open(\"VERSION\").read()}.1')",
        "from .a import __version__\nsetup(version=__version__)",
        "from b import __version__\nsetup(version=__version__)",
        "about = {}\nexec(read(), about)\nsetup(version=about['__version__'])",
        "about = {}\nexec(open('../a.py').read(), about)\nsetup(version=about['__version__'])",
        "from a import read as v\nv = f(v)\nsetup(version=v)",
        "exec(open('a/c.py').read())\nif x:\n    v = '0'\nsetup(version=v)",
        "v = open('VERSION').read()\nv = v + '1'\nsetup(version=v)",
        "a = a\nsetup(version=a)",
        "with b as b:\n    exec(b.read(), c)\nsetup(version=c['__version__'])",
        "with a+a as b, b+b as c, c+c as d, d+d as e, e+e as f:\n    exec(f.read(), g)\n"
        "setup(version=g['__version__'])",
        "setup(version=" + "a." * 5_000 + "b)",
    ],
)
def test_what_is_not_certain(setup: str) -> None:
    files = {"a/__init__.py": "__version__ = read()", "a/c.py": "v = '0'", "VERSION": "1.2"}
    assert version({**files, "setup.py": setup}) == ""


def test_a_name_in_a_module() -> None:
    """As of the projects whose metadata are all in ``__version__.py``."""
    setup = "about = {}\nexec(open('a/b.py').read(), about)\nsetup(name=about['__title__'])"
    files = {"a/b.py": "__title__ = 'a-thing'", "setup.py": setup}
    contents = sdist.Contents(files=files)
    source = sdist.source(contents.as_json(), "")
    assert tree_metadata.read(source, Version("1")).project == ""
    there = other_files.completed(source, lambda paths: {p: files[p] for p in paths if p in files})
    assert tree_metadata.read(there, Version("1")).project == "a-thing"


SCM = backend("setuptools.build_meta").replace(
    "[]", '["setuptools>=64", "setuptools_scm[toml]>=8"]'
)
VCS = backend("hatchling.build", '[tool.hatch.version]\nsource = "vcs"\n').replace(
    "[]", '["hatchling", "hatch-vcs"]'
)


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ("v1.2", "1.2"),
        ("1.2rc1", "1.2rc1"),
        ("a-thing-v1.2", "1.2"),
        ("v1.2-3-g0123456", ""),
        ("$Format:%(describe:tags=true)$", ""),
        ("main", ""),
    ],
)
def test_what_an_archive_keeps_of_the_history(described: str, said: str) -> None:
    """https://setuptools-scm.readthedocs.io/en/latest/usage/#git-archives"""
    kept = {".git_archival.txt": f"node: 0123\ndescribe-name: {described}\nref-names: tag: v9\n"}
    for text in (SCM, VCS):
        assert version({"pyproject.toml": text, **kept}) == said
    assert version({"pyproject.toml": backend("hatchling.build"), **kept}) == ""
