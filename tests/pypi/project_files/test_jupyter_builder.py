"""What the build hook of hatch-jupyter-builder does: (its table, the files of the archive, what it
does with which path that is not there, and the program that it runs in any case)."""

from __future__ import annotations

import io

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import File
from spack_pypi.pypi.project_files.jupyter_builder import JupyterBuild, read
from tests.index_server import sdist_bytes

NPM = 'build-function = "hatch_jupyter_builder.npm_builder"\n'
TARGETS = 'ensured-targets = ["x/static/x.js"]\n'
SKIP = 'skip-if-exists = ["x/static/x.js"]\n'
KWARGS = "[tool.hatch.build.hooks.jupyter-builder.build-kwargs]\n"
MADE = ["pyproject.toml", "x/static/x.js"]

CASES: list[tuple[str, list[str], tuple[str, str], str]] = [
    (f"{NPM}{TARGETS}", MADE, ("", ""), "npm"),
    # what is to be made may be made: nothing lacks
    (f"{NPM}{TARGETS}", ["package.json"], ("", ""), "npm"),
    (f"{NPM}{TARGETS}{SKIP}", ["package.json"], ("", ""), "npm"),
    # what is there is not made again
    (f"{NPM}{TARGETS}{SKIP}", MADE, ("", ""), ""),
    (f"{NPM}{SKIP}ensured-targets = ['y.js']\n", MADE, ("asks for", "y.js"), ""),
    (f"{NPM}skip-if-exists = ['y.js', 'x/static/x.js']\n", MADE, ("", ""), "npm"),
    (TARGETS, ["package.json"], ("asks for", "x/static/x.js"), ""),
    # its folder
    (f"{NPM}{KWARGS}path = 'js'\n", MADE, ("runs npm in", "js"), "npm"),
    (f"{NPM}{KWARGS}path = 'js'\n", ["js/package.json"], ("", ""), "npm"),
    (f"{NPM}{KWARGS}path = './js/'\n", ["js/package.json"], ("", ""), "npm"),
    (f"{NPM}{SKIP}{KWARGS}path = 'js'\n", MADE, ("", ""), ""),
    (f"{NPM}{KWARGS}path = 'js'\nbuild_dir = 'x'\nsource_dir = 'y'\n", MADE, ("", ""), ""),
    (f"{NPM}{KWARGS}path = 'js'\nnpm = ['yarn']\n", MADE, ("runs yarn in", "js"), "yarn"),
    (f"{NPM}{KWARGS}npm = 'pnpm --silent'\n", MADE, ("", ""), "pnpm"),
    # another function, and a hook that is off
    (f"build-function = 'my.build'\n{TARGETS}", ["my.py"], ("", ""), ""),
    (f"enable-by-default = false\n{NPM}{KWARGS}path = 'js'\n", MADE, ("", ""), ""),
    # the files are not known
    (f"{NPM}{KWARGS}path = 'js'\n", [], ("", ""), ""),
]


@pytest.mark.parametrize(("table", "files", "lacks", "program"), CASES)
def test_what_it_does(table: str, files: list[str], lacks: tuple[str, str], program: str) -> None:
    found = read(f"[tool.hatch.build.hooks.jupyter-builder]\n{table}", files)
    assert (found.lacks, found.path) == lacks
    assert found.program == program
    assert found.line == (1 if program or lacks[0] else found.line)


@pytest.mark.parametrize(
    ("npm", "programs"),
    [("npm", []), ("jlpm", []), ("yarn", [("yarn", "pyproject.toml", 2, True)])],
)
def test_what_its_package_does_not_bring(
    npm: str, programs: list[tuple[str, str, int, bool]]
) -> None:
    text = f"\n[tool.hatch.build.hooks.jupyter-builder]\n{NPM}{KWARGS}npm = '{npm}'\n"
    assert read(text, MADE).programs == programs


@pytest.mark.parametrize("text", ["", "jupyter-builder = [", "# jupyter-builder\n"])
def test_a_project_without_it(text: str) -> None:
    assert read(text, MADE) == JupyterBuild()


def test_of_an_archive_all_paths_are_known() -> None:
    text = f"[tool.hatch.build.hooks.jupyter-builder]\n{NPM}{KWARGS}path = 'js'\n"
    content = sdist_bytes("x", "1", {"pyproject.toml": text, "x/__init__.py": ""})
    file = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), False)
    source = sdist.source(sdist.inspect(file, io.BytesIO(content)).as_json(), "x")
    assert source.jupyter == JupyterBuild("npm", "runs npm in", "js", 1)
    assert "pyproject.toml" in source.at_top and "x/__init__.py" not in source.at_top
