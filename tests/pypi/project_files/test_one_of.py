"""Of which modules one is imported in any case: (a module, what it tries in turn)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files.imported import Imported
from spack_pypi.pypi.project_files.one_of import may_have_one, one_of
from spack_pypi.pypi.project_files.scripts import script_modules

#: What begins a `try`, and the errors of a module that is not there.
NOT_THERE = "except ImportError:"
FIRST = f"try:\n    import one\n{NOT_THERE}\n"
LOOP = """
A = "one"
names = [A, "two", "three"]
{above}{indent}for name in names:
{indent}    try:
{indent}        {imports}(name + ".core")
{indent}        found = name
{indent}        break
{indent}    except ImportError:
{indent}        pass
{behind}"""
FAILS = "if found is None:\n    raise Exception('none is there')\n"


def looped(behind: str, above: str = "", imports: str = "__import__") -> str:
    return LOOP.format(behind=behind, above=above, imports=imports, indent="    " * bool(above))


def or_none(name: str, imports: str = "") -> str:
    return f"try:\n    {imports or f'import {name}'}\n{NOT_THERE}\n    {name} = None\n"


TWO = or_none("two")
BOTH = or_none("one") + TWO
A_OF_ONE = or_none("a", "from one.x import y as a")
FAILS_THEN = ":\n    raise ImportError('one or two')\n"

SOURCES = [
    # errors where all are None
    (f"{BOTH}if two is None and one is None{FAILS_THEN}", [("two", "one")]),
    (f"{BOTH}if not one and not two{FAILS_THEN}", [("one", "two")]),
    (f"{A_OF_ONE}{TWO}if a is None and two is None{FAILS_THEN}", [("one", "two")]),
    (f"{BOTH}if one is None or two is None{FAILS_THEN}", []),
    (f"{BOTH}if one is None and two is None and x{FAILS_THEN}", []),
    (f"{BOTH}if one is None and other is None{FAILS_THEN}", []),
    (f"{BOTH}if one is None and two is None:\n    print('none')\n", []),
    (f"{or_none('one')}if one is None{FAILS_THEN}", []),
    (f"{or_none('one', 'import one, three')}{TWO}if not one and not two{FAILS_THEN}", []),
    (BOTH.replace("= None", "= 1") + f"if one is None and two is None{FAILS_THEN}", []),
    (f"{FIRST}    import two\n", [("one", "two")]),
    (f"{FIRST}    from two.x import y\n    z = y\n", [("one", "two")]),
    (f"{FIRST}    try:\n        import two\n    {NOT_THERE}\n        import three\n",
     [("one", "two", "three")]),
    (f"{FIRST}    try:\n        import two\n    {NOT_THERE}\n        raise X\n", [("one", "two")]),
    (f"{FIRST}except OSError:\n    raise\n", []),
    ("try:\n    from one import a\n    from one.b import c\nexcept:\n    import two\n",
     [("one", "two")]),
    ("try:\n    import one\nexcept (AttributeError, ModuleNotFoundError):\n    import two\n",
     [("one", "two")]),
    # what goes on without, needs several together, or is not about modules
    (f"{FIRST}    two = None\n", []),
    (f"{FIRST}    raise\n", []),
    (f"{FIRST}    import one.x\n", []),
    (f"{FIRST}    import two, three\n", []),
    (f"{FIRST}    try:\n        import two\n    {NOT_THERE}\n        pass\n", []),
    (f"try:\n    import zero, one\n{NOT_THERE}\n    import two\n", []),
    ("try:\n    import one\nexcept OSError:\n    import two\n", []),
    ("try:\n    import one\nfinally:\n    import two\n", []),
    (f"def f():\n    {FIRST}    import two\n".replace("\n", "\n    "), []),
    ("import one\n", []),
    ("this is no Python\nexcept:\n    import two\n", []),
    # loops
    (looped(FAILS), [("one", "two", "three")]),
    (looped(FAILS, above="if found is None:\n"), [("one", "two", "three")]),
    (looped(FAILS, imports="importlib.import_module"), [("one", "two", "three")]),
    (looped(FAILS, imports="print"), []),
    (looped(""), []),
    (looped("if other is None:\n    raise Exception\n"), []),
    (looped("if found is None:\n    found = 1\n"), []),
    (looped(FAILS).replace('"two"', "computed()"), []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "modules"), SOURCES)
def test_of_which_modules_one_is_imported(source: str, modules: list[tuple[str, ...]]) -> None:
    text = source.encode()
    assert [each.modules for each in one_of(text)] == modules
    assert may_have_one(text) or not modules


#: (what is tried, whether it is about modules of others)
OTHERS = [
    (("two", "three"), True),
    (("two", "json"), False),
    (("annotationlib", "two"), False),  # of Python 3.14
    (("two", "cgi"), False),  # of Python up to 3.12
    (("own", "two"), False),
    (("two", "."), False),
]


@pytest.mark.parametrize(("tried", "found"), OTHERS)
@pytest.mark.parametrize(("init", "always"), [("from .a import b\n", True), ("", False)])
def test_only_modules_of_others_count_where_they_always_run(
    tried: tuple[str, str], found: bool, init: str, always: bool
) -> None:
    first, second = ("from . import x" if each == "." else f"import {each}" for each in tried)
    imported = Imported(own={"x", "own"})
    imported.look_at("x/__init__.py", init.encode())
    text = f"\ntry:\n    {first}\n{NOT_THERE}\n    {second}\n"
    imported.look_at("x/a.py", text.encode())
    said = [(tried, "x/a.py", 2, "x/__init__.py", "")] if found and always else []
    assert [*imported.alternatives({"x"})] == said


#: A module that later Pythons have, or one that has it for older ones.
OLD = f"try:\n    if {{}}:\n        import tomllib\n    else:\n        import one\n{NOT_THERE}\n"


@pytest.mark.parametrize(
    ("condition", "before"),
    [
        ("sys.version_info >= (3, 11)", "3.11"),
        ("sys.version_info[:2] >= (3, 9)", "3.9"),
        ("sys.version_info < (3, 11)", None),
        ("sys.version_info >= (3, 11) and x", None),
        ("sys.version_info[0] >= 3", None),
        ("x >= (3, 11)", None),
    ],
)
def test_for_which_pythons_one_is_imported(condition: str, before: str | None) -> None:
    expected = [(("one", "two"), 1, before)] if before else []
    assert [*one_of((OLD.format(condition) + "    import two\n").encode())] == expected


COMMANDS = {"pyproject.toml": '[project.scripts]\na = "x.a:main"\nb = "x.b:main [e]"\n'}
SCRIPTS = [
    (COMMANDS, {"x/a.py", "x/b.py"}),
    ({"pyproject.toml": '[tool.poetry.scripts]\na = "x.a:main"\nb = {reference = "b"}'},
     {"x/a.py"}),
    ({"pyproject.toml": "[project"}, set()),
    ({"setup.cfg": "[options.entry_points]\nconsole_scripts =\n    a = x.a:main\n    b=x:run"},
     {"x/a.py", "x.py"}),
    ({}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("files", "paths"), SCRIPTS)
def test_the_modules_of_commands(files: dict[str, str], paths: set[str]) -> None:
    assert script_modules(files) == paths


@pytest.mark.parametrize("base", ["", "src/"])
@pytest.mark.parametrize(
    ("modules", "found"),
    [
        ({"a": "from .c import d", "b": "from .c import d"}, True),
        ({"a": "from .c import d", "b/__init__": "from ..c import d"}, True),
        ({"a": "from .c import d", "b": ""}, False),
        ({"a": "from .c import d"}, False),
        ({"a": "def f():\n    from .c import d", "b": "from .c import d"}, False),
    ],
)
def test_what_all_commands_import_counts(modules: dict[str, str], found: bool, base: str) -> None:
    imported = Imported(own={"x"})
    one = FIRST + "    import two\n"
    for name, text in {"__init__": "", "c": one, **modules}.items():
        imported.look_at(f"{base}x/{name}.py", f"{text}\n".encode())
    commands = script_modules(COMMANDS)
    said = [(("one", "two"), f"{base}x/c.py", 1, f"{base}x/__init__.py", "")] if found else []
    assert [*imported.alternatives({f"{base}x"}, "", commands)] == said
