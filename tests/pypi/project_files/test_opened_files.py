"""What a setup.py reads in any case (its text, the names and lines)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files.opened_files import always_opened
from spack_pypi.syntax import parse

OPENED: list[tuple[str, list[tuple[str, int]]]] = [
    ("with open('requirements.txt') as f:\n    lines = f.read()", [("requirements.txt", 1)]),
    ("import io\ntext = io.open('README.md', encoding='utf-8').read()", [("README.md", 2)]),
    ("setup(\n    long_description=open('./README.md', 'rb').read(),\n)", [("README.md", 2)]),
    ("with open('a.txt') as a, open('b.txt') as b:\n    exec(open('c.py').read())",
     [("a.txt", 1), ("b.txt", 1), ("c.py", 2)]),
    # under a condition, maybe never, or elsewhere
    ("try:\n    text = open('a.txt').read()\nexcept OSError:\n    text = ''", []),
    ("if os.path.exists('a.txt'):\n    text = open('a.txt').read()", []),
    ("text = open('a.txt').read() if os.path.exists('a.txt') else ''", []),
    ("text = os.path.exists('a.txt') and open('a.txt').read()", []),
    ("def read():\n    return open('a.txt').read()\nread = lambda: open('a.txt')", []),
    ("texts = [open('a.txt') for each in ()]", []),
    ("open(name)\nopen(os.path.join(here, 'a.txt'))\nopen('doc/a.txt')\nopen('../a.txt')", []),
    ("open()\nopen(*names)\nopen('a.txt', mode)", []),
    ("texts = [y for x in names for y in open('a.txt')]", []),
    # what a comprehension goes through
    ("setup(x=[str(y) for y in parse(open('a.txt'))])", [("a.txt", 1)]),
    ("x = (y for y in open('a.txt') if y)\nz = {y: 1 for y in open('b.txt')}",
     [("a.txt", 1), ("b.txt", 2)]),
    # in functions that are called in any case, and in the folder of setup.py
    ("def read():\n    with open('a.txt') as f:\n        return f.read()\nsetup(x=read())",
     [("a.txt", 2)]),
    ("def inner():\n    return open('a.txt')\ndef read():\n    return inner()\nread()",
     [("a.txt", 2)]),
    ("def read():\n    return read() or open('a.txt')\nread()", []),
    ("def read(name):\n    return open('a.txt')\nread('b')", [("a.txt", 2)]),
    # with a literal name as an argument, and where setup.py is the program
    ("def read(name):\n    return open(name)\nread('a.txt')\nread('b.txt')\nread('a.txt')",
     [("a.txt", 2), ("b.txt", 2)]),
    ("def read(name):\n    path = os.path.join(os.path.dirname(__file__), name)\n"
     "    with open(path) as f:\n        return [x for x in f]\nsetup(x=read('a.txt'))",
     [("a.txt", 3)]),
    ("if __name__ == '__main__':\n    def read(x):\n        return open(x)\n    read('a.txt')",
     [("a.txt", 3)]),
    ("if __name__ == '__main__':\n    open('a.txt')\nelse:\n    pass", []),
    ("name = 'a.txt'\nopen(name)", [("a.txt", 2)]),
    ("name = 'a.txt'\nif x:\n    name = 'b.txt'\nopen(name)", []),
    ("for name in ('a.txt',):\n    pass\nopen(name)", []),
    ("def read(name):\n    return open(name)\nread(x)\nread(*names)\nread(name='a.txt')", []),
    ("def read(name='a.txt'):\n    return open(name)\nread()", []),
    ("def read(name):\n    name = name + '.txt'\n    return open(name)\nread('a')", []),
    ("def read(*names):\n    return open(names[0])\nread('a.txt')", []),
    ("def read():\n    if x:\n        return ''\n    return open('a.txt')\nread()", []),
    ("def read():\n    yield open('a.txt')\nread()", []),
    ("here = os.path.abspath(os.path.dirname(__file__))\nopen(os.path.join(here, 'a.txt'))",
     [("a.txt", 2)]),
    ("open(path.join(path.dirname(path.realpath(__file__)), 'a.txt'), 'r')", [("a.txt", 1)]),
    ("x = (Path(__file__).parent / 'a.txt').read_text()", [("a.txt", 1)]),
    ("x = Path('a.txt').read_text(encoding='utf-8')", [("a.txt", 1)]),
    ("open(os.path.join(here, 'a.txt'))\nopen(os.path.join('doc', 'a.txt'))", []),
    ("open(os.path.join(os.path.dirname(__file__), '..', 'a.txt'))", []),
    ("import subprocess\nsubprocess.run(['git', 'describe'])\nopen('a.txt')", [("a.txt", 3)]),
    ("import subprocess\nsubprocess.run(['make'])\nopen('a.txt')", []),
    # what it may have made before
    ("open('a.txt', 'w').close()\nopen('b.txt', mode='a')", []),
    ("shutil.copy('b.txt', 'a.txt')\nopen('a.txt')", []),
    ("os.chdir('src')\nopen('a.txt')", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "opened"), OPENED)
def test_what_is_always_read(text: str, opened: list[tuple[str, int]]) -> None:
    assert list(always_opened(parse(text), text)) == opened
