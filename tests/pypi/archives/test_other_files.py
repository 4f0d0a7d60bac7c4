"""What project files take from other files of a tree."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from spack_pypi.pypi.archives import other_files, sdist, tree_metadata

NAMED = "[project]\nname = 'a'\nversion = '1'\ndynamic = ['dependencies']\n"
SETUPTOOLS = NAMED + "[tool.setuptools.dynamic]\ndependencies = {file = ['./etc/all.list']}\n"
EXTRAS = (
    NAMED.replace("'dependencies'", "'dependencies', 'optional-dependencies'")
    + "[tool.setuptools.dynamic]\ndependencies = {file = 'etc/all.list'}\n"
    + "optional-dependencies.x = {file = 'etc/x.list'}\n"
)
HATCH = (
    "[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'\n"
    + NAMED
    + "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['etc/all.list']\n"
)
CFG = "[metadata]\nname = a\n[options]\ninstall_requires = file: etc/all.list\n"


@pytest.mark.parametrize(
    ("files", "required"),
    [
        ({"pyproject.toml": SETUPTOOLS}, ("b>1",)),
        ({"pyproject.toml": EXTRAS}, ("b>1", 'c; extra == "x"')),
        ({"pyproject.toml": HATCH}, ("b>1",)),
        ({"setup.cfg": CFG}, ("b>1",)),
        ({"setup.cfg": CFG + "[options.extras_require]\nx = file: etc/x.list\n"},
         ("b>1", 'c; extra == "x"')),
        ({"pyproject.toml": SETUPTOOLS.replace("all", "lacking")}, None),
    ],
)  # fmt: skip
def test_lists_of_requirements_of_any_name(
    files: dict[str, str], required: tuple[str, ...] | None
) -> None:
    """https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata"""
    there = {"etc/all.list": "b>1\n", "etc/x.list": "c\n"}

    def texts(paths: Sequence[str]) -> dict[str, str]:
        return {path: there[path] for path in paths if path in there}

    source = sdist.source(sdist.Contents(files=files).as_json(), "")
    said = tree_metadata.read(other_files.completed(source, texts), Version("1")).requires_dist
    assert said == required


@pytest.mark.parametrize(
    "said",
    [
        "open('etc/all.list').read()",
        "open('etc/all.list').read().splitlines()",
        "open('etc/all.list').read().strip().split('\\n')",
        "open('etc/all.list').readlines()",
        "list(filter(None, Path('etc', 'all.list').read_text().splitlines()))",
        "[line.strip() for line in open('etc/all.list')]",
        "[l for l in open('etc/all.list').readlines() if l.strip() and not l.startswith('#')]",
        "list(map(lambda line: line.strip(), open('etc/all.list').readlines()))",
        "list(map(str.strip, open('etc/all.list').readlines()))",
        "lines",
        "listed('etc/all.list')",
        "by_default()",
        "first",
    ],
)
def test_a_list_of_requirements_that_setup_py_reads(said: str) -> None:
    """Whatever way it is read, these are the requirements."""
    setup = f"""
with open(join(here, 'etc', 'all.list')) as f:
    lines = f.read().splitlines()
with open('etc/all.list') as g, open('README.md') as h:
    first = [line.strip() for line in g]
with open('etc/other.list') as g:
    others = [line.strip() for line in g]
def listed(name):
    with open(name) as f:
        return [line.strip() for line in f if line.strip()]
def by_default(name='etc/all.list'):
    return listed(name)
setup(name='a', install_requires={said})
"""
    assert required({"setup.py": setup}, "b>1\n\n# c\nd\n") == ("b>1", "d")


@pytest.mark.parametrize(
    "said",
    [
        "[line for line in open('etc/all.list') if 'b' not in line]",
        "[line + '>2' for line in open('etc/all.list')]",
        "open('etc/all.list').read().splitlines() + more",
        "open('etc/other.list').readlines()",
        "open('../etc/all.list').readlines()",
        "open('etc/all.list').readlines()[1:]",
        "list(map(str.upper, open('etc/all.list').readlines()))",
    ],
)
def test_a_list_that_may_be_another_one(said: str) -> None:
    assert required({"setup.py": f"setup(name='a', install_requires={said})"}, "b>1\n") is None


NAMES, FILES = st.sampled_from("fg"), st.sampled_from(["a.txt", "b.txt"])
LISTED = st.sampled_from(["{}.read().splitlines()", "[each.strip() for each in {}]"])
READING = st.one_of(
    st.builds(
        "with open({!r}) as {}:\n    x = {}".format,
        FILES,
        NAMES,
        st.builds(str.format, LISTED, NAMES),
    ),
    st.builds("with open({!r}) as {}:\n    pass".format, FILES, NAMES),
    st.builds(
        "with open({!r}) as {}, open(p) as {}:\n    t = g.read()".format, FILES, NAMES, NAMES
    ),
    st.builds("{} = open({!r})".format, NAMES, FILES),
    st.builds("if y:\n    with open({!r}) as {}:\n        pass".format, FILES, NAMES),
    st.builds("x = {}".format, st.builds(str.format, LISTED, NAMES)),
    st.builds("p = {!r}".format, FILES),
    st.builds("y = not y".format),
    st.builds("x = listed()".format),
    st.builds("x = listed({!r})".format, FILES),
    st.builds("x = other(p)".format),
)
READS = """
def listed(p='a.txt'):
    {between}
    with open(p) as {name}:
        return f.read().splitlines()
def other(g):
    {between}
    with open(g) as g:
        return [each.strip() for each in g]
""".strip()


@given(
    st.lists(READING, min_size=1, max_size=6),
    st.sampled_from(["pass", "p = 'b.txt'", "if y: p = 'b.txt'", "f = open('b.txt')"]),
    NAMES,
)
@settings(max_examples=300)
def test_the_law_of_python(statements: list[str], between: str, name: str) -> None:
    """Whatever is known of what is read from files is what Python passes to ``setup()``."""
    head = f"{READS.format(between=between, name=name)}\np = 'a.txt'\n"
    text = head + "\n".join([*statements, "setup(name='n', install_requires=x)"])
    there = {"a.txt": "a>1\n", "b.txt": "b<2\n"}
    said: dict[str, Any] = {}
    names = {"open": lambda path: io.StringIO(there[path]), "setup": said.update, "y": False}
    try:
        exec(text, names)
    except (NameError, ValueError, TypeError, KeyError):
        return
    source = sdist.source(sdist.Contents(files={"setup.py": text}).as_json(), "")
    whole = other_files.completed(source, lambda named: {p: there[p] for p in named if p in there})
    found = whole.setup_py.keywords if whole.setup_py else {}
    assert found.get("install_requires", said["install_requires"]) == said["install_requires"]


def test_a_list_with_more_than_requirements() -> None:
    setup = "setup(name='a', install_requires=open('etc/all.list').readlines())"
    assert required({"setup.py": setup}, "-r other.txt\nb\n") is None


def required(files: dict[str, str], listed: str) -> tuple[str, ...] | None:
    there = {"etc/all.list": listed}
    source = sdist.source(sdist.Contents(files=files).as_json(), "")
    whole = other_files.completed(source, lambda named: {p: there[p] for p in named if p in there})
    return tree_metadata.read(whole, Version("1")).requires_dist


JSON = """{"name": "a", "version": "1.2", "python_requires": ">=3.9", "install_requires": ["b>1"],
"extras_require": {"x": ["c"]}, "deps": {"all": ["b>1"]}, "zip_safe": false, "odd": [1]}"""
OPENED = "with open('setup.json') as f:\n    more = json.load(f)\n"


@pytest.mark.parametrize(
    ("setup", "expected"),
    [
        ("setup(**json.load(open('setup.json')))", ("b>1", 'c; extra == "x"')),
        (OPENED + "setup(**more)", ("b>1", 'c; extra == "x"')),
        (OPENED + "setup(install_requires=more['install_requires'])", ("b>1",)),
        (OPENED + "setup(install_requires=more['deps']['all'])", ("b>1",)),
        (OPENED + "setup(install_requires=more.get('install_requires'))", ("b>1",)),
        ("setup(install_requires=json.loads(open('setup.json').read())['install_requires'])",
         ("b>1",)),
        ("m = json.loads(Path('setup.json').read_text())\n"
         "setup(extras_require=m['extras_require'])",
         ('c; extra == "x"',)),
        # What is not there, or is something else, is not nothing.
        (OPENED + "setup(install_requires=more['gone'])", None),
        (OPENED + "setup(install_requires=more['odd'])", None),
        (OPENED + "setup(install_requires=more['install_requires'] + found())", None),
        (OPENED + "setup(install_requires=found(), **more['deps'])", None),
        (OPENED + "setup(**more, **others())", None),
        (OPENED + "if x:\n    more = {}\nsetup(**more)", None),
        ("setup(**json.load(open('gone.json')))", None),
        ("setup(**json.load(open('bad.json')))", None),
        ("setup(**json.load(found()))", None),
    ],
)  # fmt: skip
def test_what_setup_py_takes_from_json(setup: str, expected: tuple[str, ...] | None) -> None:
    there = {"setup.json": JSON, "bad.json": "[" * 50_000}
    source = sdist.source(sdist.Contents(files={"setup.py": setup}).as_json(), "")
    whole = other_files.completed(source, lambda named: {p: there[p] for p in named if p in there})
    assert tree_metadata.read(whole, Version("1"), "a").requires_dist == expected
