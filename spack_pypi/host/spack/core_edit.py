"""The edits that give Spack's own ``create`` the option ``--pypi``, on the text of its sources.

What is inserted goes where the syntax tree says, not to line numbers; a source of another shape is
refused. Everything else stays as it was.
"""

from __future__ import annotations

import ast
from typing import NoReturn

from ...errors import HostError
from ...syntax import parse

#: What the command says where the extension is not there.
SENTENCE = "--pypi needs the extension spack-pypi: add its path to config:extensions"

_IMPORT = "spack.extensions"

_OPTION = """\
    {parser}.add_argument(
        "--pypi",
        nargs=argparse.REMAINDER,
        help="write the missing recipes for Python projects and all their dependencies; "
        "all that follows goes to the extension spack-pypi",
    )
"""

_CALL = f"""\
    if args.pypi is not None:
        extension = spack.extensions.get_module("pypi")
        if extension is None:
            tty.die("{SENTENCE}")
        return extension.create(args)

"""

_TESTS = f'''

def test_create_pypi_without_extension(monkeypatch):
    """Test that ``--pypi`` says which extension it needs."""
    monkeypatch.setattr(spack.extensions, "get_module", lambda name: None)
    output = create("--pypi", "requests", fail_on_error=False)
    assert "{SENTENCE}" in output
    assert create.returncode != 0


def test_create_pypi_hands_over_to_extension(monkeypatch):
    """Test that the extension gets all that follows ``--pypi``, and the options before it."""
    modules = []

    class MockExtension:
        @staticmethod
        def create(args):
            print(args.repo, args.skip_editor, args.pypi)
            return 3

    def get_module(name):
        modules.append(name)
        return MockExtension

    monkeypatch.setattr(spack.extensions, "get_module", get_module)
    output = create(
        "--skip-editor", "-r", "mine", "--pypi", "requests", "--dry-run", "-n", fail_on_error=False
    )
    assert modules == ["pypi"]
    assert "mine True ['requests', '--dry-run', '-n']" in output
    assert create.returncode == 3
'''


def has_option(source: str) -> bool:
    """Whether the source of ``spack create`` has the option already."""
    return any(
        isinstance(node, ast.Constant) and node.value == "--pypi"
        for node in ast.walk(_parse(source))
    )


def with_option(source: str) -> str:
    """The source of ``spack create`` with the option and what it does. Raises `HostError` for a
    source in which their places cannot be found."""
    tree = _parse(source)
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.asname or alias.name for node in imports for alias in node.names}
    for name in ("argparse", "tty"):
        if name not in names:
            _refuse(f"does not import {name}")
    (parser,), last = _function(tree, "setup_parser", 1)
    (_, args), first = _function(tree, "create", 2)
    if args != "args":
        _refuse("has no create(parser, args)")
    lines = source.splitlines(keepends=True)
    return _inserted(
        lines,
        [
            _import(tree),
            (_end(last.body[-1]), _OPTION.format(parser=parser)),
            (_start(lines, first), _CALL),
        ],
    )


def with_tests(source: str) -> str:
    """The source of Spack's tests of ``spack create`` with those of the option. Raises `HostError`
    where it has no ``create`` to call."""
    tree = _parse(source)
    assigned = [target for n in tree.body if isinstance(n, ast.Assign) for target in n.targets]
    if not any(isinstance(target, ast.Name) and target.id == "create" for target in assigned):
        _refuse("has no tests that call 'create'")
    lines = source.splitlines(keepends=True)
    return _inserted(lines, [_import(tree), (len(lines), _TESTS)])


def _parse(source: str) -> ast.Module:
    try:
        return parse(source)
    except SyntaxError as error:
        _refuse(f"cannot be read: {error.msg}")


def _refuse(reason: str) -> NoReturn:
    raise HostError(f"cannot patch Spack's create command: it {reason}")


def _import(tree: ast.Module) -> tuple[int, str]:
    """Where the import goes (after which line), sorted among the others of Spack, and its text."""
    others = {
        node.names[0].name: node
        for node in tree.body
        if isinstance(node, ast.Import) and node.names[0].name.startswith("spack.")
    }
    if not others:
        _refuse("imports no module of Spack")
    if _IMPORT in others:
        return 0, ""
    after = [node for name, node in others.items() if name > _IMPORT]
    line = after[0].lineno - 1 if after else _end(list(others.values())[-1])
    return line, f"import {_IMPORT}\n"


def _function(tree: ast.Module, name: str, count: int) -> tuple[list[str], ast.FunctionDef]:
    """The names of a function's arguments, and the function."""
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    if len(found) != 1 or len(found[0].args.args) != count:
        _refuse(f"has no function {name} with {count} arguments")
    return [argument.arg for argument in found[0].args.args], found[0]


def _start(lines: list[str], function: ast.FunctionDef) -> int:
    """The line after which a function's body starts, the comments in front of it included."""
    if ast.get_docstring(function) is not None:
        return _end(function.body[0])
    line = function.body[0].lineno - 1
    while not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _inserted(lines: list[str], insertions: list[tuple[int, str]]) -> str:
    """The lines with texts inserted, each after the line of this number."""
    for line, text in sorted(insertions, reverse=True):
        lines[line:line] = [text]
    return "".join(lines)
