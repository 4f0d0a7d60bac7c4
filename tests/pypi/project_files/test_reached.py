"""What a setup.py runs where a wheel is built: of each text the calls that are certainly made, and
those that may be."""

from __future__ import annotations

import ast

import pytest

from spack_pypi.pypi.project_files.reached import Reached
from spack_pypi.pypi.project_files.surroundings import MACS

BUILD = "class Build(build_ext):\n"
USED = "\nsetup(cmdclass={'build_ext': Build})"

TEXTS: list[tuple[str, str, str]] = [
    ("a()", "a", ""),
    ("if x:\n    a()\nelse:\n    b()\nc()", "c", "ab"),
    ("if '--x' in sys.argv:\n    a()\nelse:\n    b()", "b", ""),
    ("if sys.platform == 'darwin':\n    a()\nelse:\n    b()", "b", ""),
    ("a() if '--x' in sys.argv else b()", "b", ""),
    ("x and a()", "", "a"),
    ("f = lambda: a()", "", "a"),
    ("f = [a() for x in y]", "", "a"),
    ("for x in y:\n    a()\nb()", "b", "a"),
    ("with x:\n    a()", "a", ""),
    ("def f():\n    a()", "", ""),
    ("def f():\n    a()\nf()", "a", ""),
    ("def f():\n    a()\nexecute(f, ())", "a", ""),
    ("def f():\n    a()\nif x:\n    f()", "", "a"),
    ("def f():\n    a()\nif x:\n    f()\nf()", "a", ""),
    ("def f():\n    f()\n    a()\nf()", "a", ""),
    # what ends a function, and what ends the build
    ("def f():\n    if x:\n        return\n    a()\nf()", "", "a"),
    ("def f():\n    if x:\n        raise E\n    a()\nf()", "a", ""),
    ("def f():\n    if x:\n        return\n        raise E\n    a()\nf()", "", "a"),
    ("def f():\n    if x:\n        raise E\n    else:\n        a()\n    b()\nf()", "ab", ""),
    (
        "def f():\n    if x:\n        return a()\n    else:\n        return b()\n    c()\nf()",
        "",
        "ab",
    ),
    ("def f():\n    for x in y:\n        if x:\n            return\n    a()\nf()", "", "a"),
    ("def f():\n    for x in y:\n        if x:\n            break\n    a()\nf()", "a", ""),
    ("def f():\n    while x:\n        return\n    a()\nf()", "", "a"),
    ("try:\n    a()\nexcept E:\n    b()\nc()", "c", "ab"),
    ("try:\n    a()\nexcept E:\n    sys.exit(1)", "a", ""),
    ("try:\n    a()\nfinally:\n    b()", "ab", ""),
    ("try:\n    raise E\nexcept E:\n    a()\nb()", "b", "a"),
    ("def f():\n    try:\n        return\n    except E:\n        a()\n    b()\nf()", "", "ab"),
    # names that are changed under a condition
    ("on = False\nif x:\n    on = True\nif on:\n    a()", "", "a"),
    ("on = False\nif '--x' in sys.argv:\n    on = True\nif on:\n    a()", "", ""),
    ("on = False\nfor x in y:\n    on = True\nif on:\n    a()", "", "a"),
    ("on = False\nfor x in y:\n    if on:\n        a()\n    on = True", "", "a"),
    ("on = ''\non += x\nif on:\n    a()", "", "a"),
    ("on = False\ndef f():\n    global on\n    on = x\nf()\nif on:\n    a()", "", "a"),
    ("on = False\ndef f(on):\n    if on:\n        a()\nf(x)", "", "a"),
    ("on = False\ntry:\n    from x import on\nexcept E:\n    pass\nif on:\n    a()", "", "a"),
    ("system = platform.system()\nif system == 'Windows':\n    a()\nelse:\n    b()", "b", ""),
    # what is assigned under a condition is known there, and nowhere else
    ("if x:\n    on = False\n    if on:\n        a()\n    else:\n        b()", "", "b"),
    ("if x:\n    on = False\nelif on:\n    a()", "", "a"),
    ("class C:\n    on = False\nif on:\n    a()", "", "a"),
    # a function is called from several places
    ("def f():\n    if on:\n        a()\non = False\nf()\non = True\nf()", "", "a"),
    (
        "def f():\n    if on:\n        a()\nif x:\n    on = False\n    f()\nelse:\n    f()",
        "",
        "a",
    ),
    # of functions of one name that one is called which is defined
    ("if os.name == 'nt':\n    def f(): a()\nelse:\n    def f(): b()\nf()", "b", ""),
    ("try:\n    from x import f\nexcept E:\n    def f(): a()\nf()", "", "a"),
    ("def f():\n    def f():\n        a()\nf()", "", ""),
    ("x = lambda: f()\ndef f():\n    def f():\n        a()\n    b()", "", "ab"),
    ("f = lambda: g()\ndef g():\n    a()", "", "a"),
    ("def f():\n    a()\n@f\ndef g():\n    b()", "a", ""),
    # commands that are run for a wheel, by their own names, and others
    (f"{BUILD}    def run(self):\n        a(){USED}", "a", ""),
    (f"{BUILD}    def run(self):\n        a()", "", ""),
    (f"{BUILD}    def build_extension(self, x):\n        a(){USED}", "a", ""),
    (f"{BUILD}    def other(self):\n        a(){USED}", "", "a"),
    (f"{BUILD}    def run(self):\n        self.f()\n    def f(self):\n        a(){USED}", "a", ""),
    (
        f"{BUILD}    def run(self):\n        for x in self.extensions:\n            a(){USED}",
        "a",
        "",
    ),
    (
        "from setuptools.command.build_py import build_py as old\n"
        f"class Build(old):\n    def run(self):\n        a(){USED}",
        "a",
        "",
    ),
    (
        "class First(build_py):\n    pass\n"
        f"class Build(First):\n    def run(self):\n        a(){USED}",
        "a",
        "",
    ),
    (
        "class First(build_ext):\n    def run(self):\n        a()\n"
        f"class Build(First):\n    pass{USED}",
        "a",
        "",
    ),
    (f"{BUILD}    def run(self):\n        f()\nx = Build\ndef f():\n    a(){USED}", "a", ""),
    (
        f"{BUILD}    def run(self):\n        self.on = False\n        self.f()\n"
        f"        if self.on:\n            a()\n    def f(self):\n        self.on = x{USED}",
        "",
        "a",
    ),
    (
        f"{BUILD}    def run(self):\n        self.on = False\n        self.f()\n"
        f"    def f(self):\n        if self.on:\n            a()\n        b(){USED}",
        "b",
        "",
    ),
    # a method of the object, and one of the same name of others
    (
        f"{BUILD}    def run(self):\n        self.f()\n    def f(self):\n        a()\n"
        f"class Other:\n    def f(self):\n        b(){USED}",
        "a",
        "b",
    ),
    (
        "class First(build_ext):\n    def run(self):\n        self.f()\n    def f(self):\n"
        f"        a()\nclass Build(First):\n    def f(self):\n        b(){USED}",
        "",
        "ab",
    ),
    (f"class Build(sdist):\n    def run(self):\n        a(){USED}", "", ""),
    (f"class Build(other()):\n    def run(self):\n        a(){USED}", "", "a"),
]


@pytest.mark.parametrize("text, certain, possible", TEXTS)
def test_what_is_run(text: str, certain: str, possible: str) -> None:
    tree = ast.parse(text)
    reached = Reached(tree)
    calls = [
        (node.func.id, node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in "abc"
    ]
    assert {name for name, call in calls if reached.certainly(call)} == {*certain}
    assert {name for name, call in calls if call in reached} == {*certain, *possible}


def test_on_a_mac_other_parts_are_run() -> None:
    tree = ast.parse("if sys.platform == 'darwin':\n    a()")
    call = tree.body[0].body[0].value  # type: ignore[attr-defined]
    assert call in Reached(tree, MACS) and call not in Reached(tree)


def test_of_a_module_counts_what_others_call() -> None:
    tree = ast.parse("on = False\ndef f():\n    if on:\n        a()\n    b()\ndef g():\n    c()")
    calls = {n.func.id: n for n in ast.walk(tree) if isinstance(n, ast.Call)}  # type: ignore[attr-defined]
    reached = Reached(tree, called=("f",))
    assert [name for name, call in calls.items() if call in reached] == ["b"]
    assert not reached.certainly(calls["b"])


def test_of_what_is_nested_too_deep_nothing_is_certain() -> None:
    inner: ast.stmt = ast.Expr(ast.Call(ast.Name("a", ast.Load()), [], []))
    tree = ast.Module([inner], [])
    for _ in range(2000):
        tree = ast.Module([ast.If(ast.Constant(True), tree.body, [])], [])
    reached = Reached(tree)
    assert inner in reached and not reached.certainly(inner)
