"""What a setup.py computes of what is required, and whether a machine may give another result."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files import setup_py

CALL = "setup(install_requires=required)"
#: All that is read is in the archive.
SAME = [
    "required = ['a']",
    "required = open('requirements.txt').read().splitlines()",
    "with open('a.txt') as lines:\n    required = [x.strip() for x in lines if x[0] != '#']",
    "import os\nhere = os.path.abspath(os.path.dirname(__file__))\n"
    "with open(os.path.join(here, 'a.txt')) as file:\n    required = file.read().split()",
    "from os import path\nfrom os.path import dirname as above\n"
    "required = open(path.join(above(__file__), 'a.txt')).readlines()",
    "from pathlib import Path\nrequired = (Path(__file__).parent / 'a.txt').read_text().split()",
    "import re\nrequired = re.findall('^[a-z]+', open('a.txt').read(), re.M)",
    "import json\nrequired = json.load(open('a.json'))['required']",
    # by functions, as codechecker has it
    "import os\nFILES = [os.path.join('a', 'a.txt'), os.path.join('b', 'b.txt')]\n"
    "def read():\n    found = set()\n    for path in FILES:\n        with open(path, 'r') as f:\n"
    "            found.update([s for s in [x.split('#', 1)[0].strip() for x in f] if s])\n"
    "    return found\nrequired = list(read())",
    "def read(path):\n    return lines(open(path))\ndef lines(file):\n    return [*file]\n"
    "required = read('a.txt') + read('b.txt')",
    "required = ['a']\nfor name in open('a.txt'):\n    if name:\n        required.append(name)",
    # what does not lead to it
    "import sys, numpy\nrequired = open('a.txt').readlines()\nif sys.version_info < (3, 8):\n"
    "    extensions = [numpy.get_include()]",
    "import os\nrequired = open('a.txt').readlines()\ndef other():\n    global packages\n"
    "    packages = os.listdir('.')",
    "import sys\nrequired = open('a.txt').readlines()\nif len(sys.argv) < 2:\n    sys.exit(1)",
    "import os\nrequired = open('a.txt').readlines()\nsources = [os.environ[s] for s in FILES]",
]
#: Another machine, another Python, or what is installed, may make it differ.
OTHER = [
    "import sys\nrequired = ['a'] if sys.version_info < (3, 8) else open('a').readlines()",
    "import sys\nrequired = open('a.txt').readlines()\nif sys.platform == 'win32':\n"
    "    required.append('b')",
    "import os\nrequired = open('a.txt').readlines()\nrequired[0] = os.environ['A']",
    "import os\nrequired = open(os.environ.get('A', 'a.txt')).readlines()",
    "import os\nrequired = open('a.txt').readlines() if os.path.exists('a.txt') else []",
    "from pathlib import Path\nrequired = [Path('a.txt').exists() and 'a']",
    "from pathlib import Path\nrequired = open(Path.home() / 'a.txt').readlines()",
    "import pathlib\nrequired = [str(each) for each in pathlib.Path.cwd().glob('*')]",
    "import glob\nrequired = glob.glob('*')",
    "import platform as p\nrequired = [p.machine()]",
    "from os import environ\nrequired = [environ['A']]",
    "from pkg import required",
    "from pkg import names\nrequired = [*names]",
    "from pkg import *\nrequired = open('a.txt').readlines()",
    "required = open('/etc/a.txt').readlines()",
    "required = open('../a.txt').readlines()",
    "try:\n    required = open('a.txt').readlines()\nexcept OSError:\n    required = []",
    "try:\n    import torch\n    required = open('a.txt').readlines()\nexcept OSError:\n    a = 1",
    "def read():\n    import torch\n    return [torch.__version__]\nrequired = read()",
    "def read():\n    try:\n        return open('a.txt').readlines()\n    except OSError:\n"
    "        return []\nrequired = read()",
    "class Lines(list):\n    pass\nrequired = Lines(open('a.txt'))",
    # out of sight
    "exec(open('a.py').read())",
    "required = open('a.txt').readlines()\nexec(open('b.py').read())",
    "required = open('a.txt').readlines()\nglobals()['required'] = more()",
    "names = {}\nexec(open('a.py').read(), names)\nrequired = names['required']",
    "required = open('a.txt').readlines()\ndef more():\n    required.append(cuda())\nmore()",
    "required = list(open('a'))\ndef more():\n    global required\n    required = []\nmore()",
    "from pkg import add\nrequired = open('a.txt').readlines()\nadd(required)",
    "import sys\nrequired = open('a.txt').readlines()\nsame = required\n"
    "if sys.version_info < (3, 8):\n    same.append('b')",
    "import sys\nrequired = open('a.txt').readlines()\nparts = {'run': required}\n"
    "if sys.version_info < (3, 8):\n    parts['run'].append('b')",
    "import sys\nfiles = ['a.txt']\nif sys.version_info < (3, 8):\n    files.append('b.txt')\n"
    "required = [line for file in files for line in open(file)]",
    "import sys\nopen = sys.modules['x'].open\nrequired = open('a.txt').readlines()",
    "required = open('a.txt').readlines()\nclass Build(build):\n    def run(self):\n"
    "        self.distribution.install_requires = []",
    "required = unknown()",
    "required = open('a.txt').readlines()\nsetup()",
]


@pytest.mark.parametrize("text", SAME)
def test_no_machine_gives_another_result(text: str) -> None:
    assert same(f"{text}\n{CALL}\n")
    assert same(f"{text}\nif __name__ == '__main__':\n    {CALL}\n")
    assert same(f"{text}\nsetup(name=name(), extras_require={{'x': required}})\n")


def test_only_what_runs_where_a_wheel_is_built_counts() -> None:
    assert not same(f"required = []\nif __name__ != '__main__':\n    {CALL}\n")


@pytest.mark.parametrize("text", OTHER)
def test_a_machine_may_give_another_result(text: str) -> None:
    assert not same(f"{text}\n{CALL}\n")


@pytest.mark.parametrize(
    "call",
    [
        "setup()",
        "setup(name='x')",
        "setup(python_requires='>=3')",
        "setup(**given)",
        "setup(install_requires=required, **given)",
        "if True:\n    setup(install_requires=required)",
        "def main():\n    setup(install_requires=required)\nmain()",
    ],
)
def test_another_call_may_say_more(call: str) -> None:
    assert not same(f"required = []\ngiven = {{}}\n{call}\n")


def same(text: str) -> bool:
    read = setup_py.read(text)
    return read is not None and read.same_everywhere
