"""What a source tree says of itself, by its project files alone."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import sdist, tree_metadata
from spack_pypi.pypi.archives.static import with_static_requirements
from spack_pypi.pypi.model import Metadata, Source


def source(files: dict[str, str]) -> Source:
    contents = sdist.Contents(files=files)
    return sdist.source(contents.as_json(), "")


def read(files: dict[str, str]) -> Metadata:
    return tree_metadata.read(source(files), Version("1.2"))


PROJECT = """\
[project]
name = "My_Thing"
description = "A thing"
requires-python = ">=3.9"
license = "MIT"
license-files = ["LICENSE"]
classifiers = ["A :: B"]
dependencies = ["a>1"]
urls.Homepage = "https://h.example"
[project.optional-dependencies]
x = ["b; python_version<'3.10'"]
"""
FLIT = """\
[tool.flit.metadata]
module = "my_thing"
home-page = "https://h.example"
requires = ["a>1"]
requires-python = ">=3.9"
[tool.flit.metadata.requires-extra]
x = ["b"]
"""
POETRY = """\
[tool.poetry]
name = "my_thing"
description = "A thing"
homepage = "https://h.example"
license = "MIT"
classifiers = ["A :: B"]
[tool.poetry.dependencies]
python = ">=3.9"
a = ">1"
b = { version = "*", optional = true }
[tool.poetry.extras]
x = ["b"]
"""
CFG = """\
[metadata]
name = my-thing
description = A thing
url = https://h.example
license = MIT
version = attr: my_thing.__version__
classifiers =
    A :: B
[options]
python_requires = >=3.9
install_requires =
    a>1
[options.extras_require]
x = b
"""
PY = """\
from setuptools import setup
NAME = "my_thing"
setup(name=NAME, version=read(), description="A thing", url="https://h.example", license="MIT",
      classifiers=["A :: B"], python_requires=">=3.9", install_requires=["a>1"],
      extras_require={"x": ["b"]})
"""


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        ({"pyproject.toml": PROJECT}, {"license"}),
        ({"pyproject.toml": FLIT}, {"license", "license_expression", "classifiers", "summary"}),
        ({"pyproject.toml": POETRY}, {"license_expression"}),
        ({"setup.cfg": CFG}, {"license_expression"}),
        ({"setup.py": PY}, {"license_expression"}),
        # setup.py where both speak: setuptools asks setup.cfg for the rest.
        ({"setup.cfg": "[metadata]\nlicense = MIT\n", "setup.py": PY}, {"license_expression"}),
    ],
)
def test_fields(files: dict[str, str], lacks: set[str]) -> None:
    found = with_static_requirements(read(files), source(files))
    expected: dict[str, Any] = {
        "summary": "A thing",
        "requires_python": ">=3.9",
        "license": "MIT",
        "license_expression": "MIT",
        "classifiers": ("A :: B",),
    }
    assert (found.project, found.version, found.confirmed) == ("my-thing", "1.2", True)
    assert {name: getattr(found, name) for name in expected} == {
        name: type(value)() if name in lacks else value for name, value in expected.items()
    }
    assert found.requires_dist is not None and found.provides_extra == ("x",)
    required, of_extra = found.requires_dist
    assert required == "a>1" and of_extra.startswith("b") and 'extra == "x"' in of_extra
    assert found.home_page == "https://h.example" or dict(found.project_urls) == {
        "Homepage": "https://h.example"
    }


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "has no pyproject.toml, setup.cfg or setup.py"),
        ({"pyproject.toml": "["}, "not valid TOML"),
        ({"pyproject.toml": "[project]\nname = 1"}, "says how it is called"),
        ({"pyproject.toml": "[project]\nname = 'a/../b'"}, "'a/../b', which is not a valid name"),
        ({"pyproject.toml": "[tool.poetry]\npackage-mode = false"}, "says how it is called"),
        ({"setup.py": "setup(name=find())"}, "says how it is called"),
        ({"setup.cfg": "[metadata]\nname = file: x"}, "says how it is called"),
    ],
)
def test_nameless(files: dict[str, str], reason: str) -> None:
    found = read(files)
    assert found.project == "" and reason in found.problem and found.requires_dist is None


CALLED = {"setup.cfg": "[metadata]\nname = a"}


@pytest.mark.parametrize(
    ("files", "part"),
    [
        (
            {"pyproject.toml": "[project]\nname = 'a'\ndynamic = ['dependencies']"},
            "its pyproject.toml says that its dependencies are dynamic",
        ),
        (
            {"pyproject.toml": "[project]\nname = 'a'\ndynamic = ['optional-dependencies']"},
            "its pyproject.toml says that its optional-dependencies are dynamic",
        ),
        (
            {"setup.py": "setup(name='a',\n install_requires=read())"},
            "line 2 of its setup.py computes install_requires",
        ),
        (
            {"setup.py": "from s import setup as s\ndef f():\n s(name='a', extras_require=x)"},
            "line 3 of its setup.py computes extras_require",
        ),
        (
            {**CALLED, "setup.py": "k = {}\nk.update(more())\nsetup(**k)"},
            "line 3 of its setup.py passes setup() what is computed",
        ),
        (
            {**CALLED, "setup.py": "if x:\n  setup(name='a')\nelse:\n  setup()"},
            "its setup.py calls setup() in lines 2 and 4",
        ),
        ({**CALLED, "setup.py": "run()"}, "its setup.py does not call setup() by that name"),
        (
            {"setup.cfg": "[metadata]\nname = a\n[options]\ninstall_requires = file: r.txt"},
            "no file of it says what it requires",
        ),
    ],
)
def test_what_is_required_is_dynamic(files: dict[str, str], part: str) -> None:
    """That is not the same as nothing: the file is named, and the line that is known."""
    found = with_static_requirements(read(files), source(files))
    assert (found.project, found.requires_dist, found.confirmed) == ("a", None, False)
    assert found.problem.startswith(f"{part}: what it requires is known only after a build")


@pytest.mark.parametrize(
    "text, field",
    [
        ("[project]\nname = 'a'\ndependencies = 'b'", "dependencies"),
        ("[project]\nname = 'a'\ndependencies = ['b', 1]", "dependencies"),
        ("[project]\nname = 'a'\ndynamic = 1", "dynamic"),
        ("[project]\nname = 'a'\nrequires-python = 3.9", "requires-python"),
        (
            "[project]\nname = 'a'\n[project.optional-dependencies]\nx = 'b'",
            "optional-dependencies",
        ),
        ("[project]\nname = 'a'\noptional-dependencies = ['b']", "optional-dependencies"),
        ("[tool.flit.metadata]\nmodule = 'a'\nrequires = 'b'", "requires"),
    ],
)
def test_what_is_required_is_not_lists_of_texts(text: str, field: str) -> None:
    """Nothing of it is lost: it is refused."""
    files = {"pyproject.toml": text}
    found = with_static_requirements(read(files), source(files))
    assert (found.project, found.requires_dist, found.confirmed) == ("a", None, False)
    assert found.problem.endswith(f"lists of texts (see {field})")


FILES = "[tool.setuptools.dynamic]\ndependencies = {file = ['reqs/base-requirements.txt']}\n"


@pytest.mark.parametrize(
    "named",
    [
        {"pyproject.toml": f"[project]\nname = 'a'\ndynamic = ['dependencies']\n{FILES}"},
        {
            "setup.cfg": "[metadata]\nname = a\n"
            "[options]\ninstall_requires = file: reqs/base-requirements.txt"
        },
    ],
)
@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("a>1\n# b\n\nc # d\n", ("a>1", "c")),
        ("a \\\n>1\n", ("a>1",)),
        ("-r other.txt\n", None),
        (None, None),
    ],
)
def test_files_that_list_requirements(
    named: dict[str, str], text: str | None, required: tuple[str, ...] | None
) -> None:
    """As setuptools reads them; what it would refuse, or is not there, is not known."""
    listed = {} if text is None else {"reqs/base-requirements.txt": text}
    contents = sdist.Contents(files=named, requirement_files={**listed, "test-reqs.txt": "z"})
    kept = sdist.source(contents.as_json(), "")
    assert tree_metadata.read(kept, Version("1")).requires_dist == required
    assert {*kept.requirement_files} == {*listed}


NAMED = "[metadata]\nname = a\n[options]\npython_requires = >=3.9\n"
BUILT = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"
BOTH = NAMED + "install_requires = b2\n"
EXTRAS = "[options.extras_require]\nx = b\n"


@pytest.mark.parametrize(
    ("files", "required"),
    [
        ({"setup.cfg": NAMED, "pyproject.toml": BUILT}, ()),
        ({"setup.cfg": NAMED, "setup.py": "setup()"}, ()),
        ({"setup.cfg": NAMED + EXTRAS, "setup.py": "setup()"}, ('b; extra == "x"',)),
        ({"setup.cfg": NAMED, "setup.py": "setup(install_requires=['a1'])"}, ("a1",)),
        (
            {"setup.cfg": NAMED + EXTRAS, "setup.py": "setup(install_requires=['a1'])"},
            ("a1", 'b; extra == "x"'),
        ),
        # Where both say something, setuptools takes what setup() is given.
        ({"setup.cfg": BOTH, "setup.py": "setup(install_requires=['a1'])"}, ("a1",)),
        ({"setup.cfg": BOTH, "setup.py": "setup(install_requires=[])"}, ("b2",)),
        ({"setup.cfg": BOTH, "setup.py": "setup(install_requires=read())"}, None),
        ({"setup.cfg": BOTH + EXTRAS, "setup.py": "setup(extras_require={'y': []})"}, None),
        ({"setup.cfg": NAMED, "setup.py": "setup(install_requires=read())"}, None),
        # Plugins take it from other files.
        ({"setup.cfg": NAMED, "setup.py": "setup(pbr=True)"}, None),
        ({"setup.cfg": NAMED, "setup.py": "setup(d2to1=True)"}, None),
        ({"setup.cfg": NAMED, "setup.py": "setup(use_pyscaffold=True)"}, ()),
        ({"setup.cfg": "[metadata]\nname=a\n", "setup.py": "setup(use_pyscaffold=True)"}, None),
        ({"setup.py": "setup(name='a', use_pyscaffold=True)"}, None),
        ({"setup.py": "setup(name='a', setup_requires='setupmeta')"}, None),
        ({"setup.cfg": NAMED, "setup.py": "setup(setup_requires=['setupmeta>=3'])"}, None),
        ({"setup.cfg": NAMED, "setup.py": "setup(**read())"}, None),
        ({"setup.cfg": NAMED, "setup.py": "not Python"}, None),
    ],
)
def test_what_is_required_by_setup_cfg_and_setup_py(
    files: dict[str, str], required: tuple[str, ...] | None
) -> None:
    """Nothing is required, if nothing else may say it."""
    found = read(files)
    assert found.requires_dist == required
    assert not required or found.requires_python == ">=3.9"


MATURIN = """\
[build-system]
build-backend = "maturin"
[project]
name = "a"
dynamic = ["version", "description"]
[tool.maturin]
manifest-path = "crates/py/Cargo.toml"
"""
CARGO = '[package]\ndescription = "A thing"\nhomepage = { workspace = true }\nlicense = "MIT"\n'
WORKSPACE = '[workspace.package]\nhomepage = "https://h.example"\n'


def test_what_maturin_takes_from_cargo() -> None:
    """https://www.maturin.rs/metadata"""
    crates = {"crates/py/Cargo.toml": CARGO, "Cargo.toml": WORKSPACE}
    contents = sdist.Contents(files={"pyproject.toml": MATURIN}, build_files=crates)
    found = tree_metadata.read(sdist.source(contents.as_json(), ""), Version("1"))
    said = (found.summary, found.home_page, found.license_expression)
    assert said == ("A thing", "https://h.example", "MIT")
    own = MATURIN.replace(
        'dynamic = ["version", "description"]', "license = 'ISC'\ndescription = 'x'"
    )
    contents = sdist.Contents(files={"pyproject.toml": own}, build_files=crates)
    found = tree_metadata.read(sdist.source(contents.as_json(), ""), Version("1"))
    assert (found.summary, found.license_expression) == ("x", "ISC")


def test_beyond_the_limits() -> None:
    listed = ["a"] * 10_001
    found = read({"pyproject.toml": f"[project]\nname = 'a'\ndependencies = {listed}"})
    assert found.requires_dist is None and "10000 is the limit" in found.problem


TEMPLATES = """\
[build-system]
build-backend = "hatchling.build"
[project]
name = "a"
dynamic = ["version", "dependencies", "optional-dependencies"]
[tool.hatch.metadata.hooks.uv-dynamic-versioning]
dependencies = ["b=={{ version }}", "c>1"]
optional-dependencies.x = ["b[y]=={{version}}"]
"""


@pytest.mark.parametrize(
    ("text", "version", "required"),
    [
        (TEMPLATES, "1.2", ("b==1.2", "c>1", 'b[y]==1.2; extra == "x"')),
        (TEMPLATES.replace("{{ version }}", "{{ version.upper() }}"), "1.2", None),
        (TEMPLATES.replace("{{ version }}", "{% if x %}1{% endif %}"), "1.2", None),
        (TEMPLATES + "[tool.hatch.metadata.hooks.other]\n", "1.2", None),
        # The version of what is not at a tag is known only by its history.
        (TEMPLATES, "9999!0+main", None),
    ],
)
def test_templates_of_a_version(text: str, version: str, required: tuple[str, ...] | None) -> None:
    """https://github.com/ninoseki/uv-dynamic-versioning/blob/main/docs/metadata_hook.md"""
    said = tree_metadata.read(source({"pyproject.toml": text}), Version(version))
    assert said.requires_dist == required
