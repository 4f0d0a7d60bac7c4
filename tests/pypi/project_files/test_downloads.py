"""What the build of a project downloads: (what its files say, where that is)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files import downloads

COMMAND = "class Fetch({base}):\n    def run(self):\n        fetch()\ndef fetch():\n    {call}\n"
USED = COMMAND + "setup(cmdclass={{'build_py': Fetch}})"

IN_SETUP_PY = [
    ("from urllib.request import urlopen\nurlopen(url).read()", [("urlopen", 2)]),
    ("import requests\nrequests.get(url)", [("requests.get", 2)]),
    ("subprocess.check_call(['git', 'clone', url])", [("git clone", 1)]),
    ("subprocess.check_call([find('git'), 'clone', '--depth', '1', url])", [("git clone", 1)]),
    ("os.system('curl -L ' + url)", [("curl", 1)]),
    # A command of setuptools that builds run, and what it calls.
    (USED.format(base="build_py", call="urlretrieve(url, to)"), [("urlretrieve", 5)]),
    (USED.format(base="command.build_ext", call="urlopen(url)"), [("urlopen", 5)]),
    # What the environment, or another platform, asks for: a build of Spack does not.
    ("if os.environ.get('FETCH'):\n    urlopen(url)", []),
    ("FETCH = os.getenv('FETCH')\nurlopen(url) if FETCH else read(path)", []),
    ("if 'WHEEL' in os.environ:\n    def build(): urlopen(url)\nelse:\n    build = p.build", []),
    ("if sys.platform == 'win32':\n    urlopen(url)\nelse:\n    read(path)", []),
    ("if not os.environ.get('OFFLINE'):\n    urlopen(url)", [("urlopen", 2)]),
    ("if sys.platform == 'darwin':\n    urlopen(url)", [("urlopen", 2)]),
    ("if sys.platform == 'darwin':\n    read(path)\nelse:\n    urlopen(url)", [("urlopen", 4)]),
    ("if os.environ.get('PKG_CONFIG_PATH') is None:\n    urlopen(url)", [("urlopen", 2)]),
    (f"if {'not ' * 900}x:\n    urlopen(url)", [("urlopen", 2)]),
    (f"if {'x == (' * 90}x{')' * 90}:\n    urlopen(url)", [("urlopen", 2)]),
    ("x = y\ny = x\nif x:\n    urlopen(url)", [("urlopen", 4)]),
    ("if not path.exists():\n    urlopen(url)", [("urlopen", 2)]),
    ("if not shutil.which('cargo'):\n    urlopen(url)", []),
    # What no build runs, or nothing downloads.
    (COMMAND.format(base="build_py", call="urlopen(url)"), []),
    (USED.format(base="sdist", call="urlopen(url)"), []),
    ("if 'upload' in sys.argv:\n    urlopen(url)", []),
    (
        "if 'WHEEL' in os.environ:\n    def build(): urlopen(url)\nelse:\n    build = x\nbuild()",
        [],
    ),
    ("def unused():\n    urlopen(url)", []),
    ("subprocess.check_output(['git', 'describe'])", []),
    ("setup(classifiers=['a'], keywords=['clone', 'git', 'curl'])", []),
    ("session.get(url)\nd.get('x')\nclone(x)", []),
    ("not Python (", []),
]


@pytest.mark.parametrize(("text", "found"), IN_SETUP_PY)
def test_in_setup_py(text: str, found: list[tuple[str, int]]) -> None:
    assert downloads.in_setup_py(text) == found


PATHS = ["tools/builder.py", "pkg/about.py", "pkg/client.py", "builder.py"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("import builder", ["builder.py", "tools/builder.py"]),
        ("from tools.builder import Builder", ["tools/builder.py"]),
        ("from tools import builder", ["tools/builder.py"]),
        ("spec_from_file_location('x', here / 'builder.py')", ["builder.py", "tools/builder.py"]),
        ("exec(open('pkg/about.py').read())", ["pkg/about.py"]),
        ("import pkg", []),
        ("setup(cffi_modules=['tools/builder.py:ffi'])", ["tools/builder.py"]),
        # what is installed is not run to build
        ("setup(scripts=['builder.py'], package_data={'pkg': ['about.py']})", []),
    ],
)
def test_the_modules_that_setup_py_imports(text: str, paths: list[str]) -> None:
    assert sorted(downloads.imported(text, PATHS)) == sorted(paths)


def test_of_a_module_counts_what_is_called() -> None:
    text = "class Builder:\n    def build(self):\n        urlopen(u)\ndef use():\n    urlopen(u)\n"
    assert downloads.in_module(text, {"Builder", "build"}) == [("urlopen", 3)]
    assert downloads.in_module(text, {"other"}) == []


MAKE = "subprocess.run(['make', 'deps'])"
IN_MAKEFILE = [
    ("deps:\n\tgit clone $(URL) x --depth=1\n\tcurl -L $(URL)", [("git clone", 2), ("curl", 3)]),
    ("deps:\n\t@wget $(URL)\n\tcd x && git clone $(URL)", [("wget", 2), ("git clone", 3)]),
    ("# git clone x\nCURL = curl -L\ndeps:\n\techo curl\n\tlibcurl x\n", []),
]


@pytest.mark.parametrize(("text", "found"), IN_MAKEFILE)
def test_in_the_makefile_that_setup_py_makes(text: str, found: list[tuple[str, int]]) -> None:
    assert downloads.in_makefile(text, MAKE) == found
    assert downloads.in_makefile(text, "import make") == []
    assert downloads.at_top(MAKE, text) == [(what, "Makefile", line) for what, line in found]
