"""What the build of a project downloads by itself, which no metadata declares: calls in setup.py,
in modules of the archive that it imports, and in a build backend that is part of the archive; read
as syntax trees, never run. What `surroundings` excludes, such as a download that an environment
variable asks for, is none."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from ...syntax import dotted, last_name, literal_text, parsed
from .in_tree import HOOK
from .surroundings import LINUX, MACOS, assigned_once, decided

#: What a file has in it that downloads: most files have none, and are not parsed.
MARKS = (b"urlopen", b"urlretrieve", b"requests.get", b"clone", b"curl", b"wget")
#: Functions that download: https://docs.python.org/3/library/urllib.request.html,
#: https://requests.readthedocs.io, https://gitpython.readthedocs.io
_CALLED = re.compile(
    r"(.+\.)?(urlopen|urlretrieve)|(.+\.)?requests\.get|(.+\.)?Repo\.clone_from|wget\.download"
)
_RUNS_MAKE = re.compile(r"['\"]make['\"]")
_IN_RECIPE = re.compile(r"(?:^|[\s;&|@(-])(git clone|curl|wget)\s")
_IN_SHELL = re.compile(r"\s*(git clone|curl|wget)\s")
#: Commands of setuptools that builds run.
_COMMANDS = re.compile(r"(build|install|develop|egg_info|bdist_wheel|editable_wheel)\w*", re.I)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def of_archive(
    setup_py: str, texts: Mapping[str, str], backend: Iterable[str]
) -> list[tuple[str, str, int]]:
    """(what, path, line) of what a setup.py, the modules that it imports, and those of a
    ``backend`` in the archive, download to build; ``texts`` by path."""
    found = at_top(setup_py, texts.get("Makefile", ""))
    run = imported(setup_py, texts)
    run.update((path, {HOOK, "build_wheel"}) for path in backend)
    for path, called in run.items():
        found += [(what, path, line) for what, line in in_module(texts.get(path, ""), called)]
    return found


def at_top(setup_py: str, makefile: str) -> list[tuple[str, str, int]]:
    """(what, path, line) of what a setup.py, and the Makefile beside it, download to build."""
    return [
        *((what, "setup.py", line) for what, line in in_setup_py(setup_py)),
        *((what, "Makefile", line) for what, line in in_makefile(makefile, setup_py)),
    ]


def in_setup_py(text: str) -> list[tuple[str, int]]:
    """(what, line) of the calls that download in what a setup.py runs to build: its own
    statements, the commands that it defines, and what these call."""
    tree = parsed(text)
    if tree is None:
        return []
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    commands = [
        c for c in classes if any(_COMMANDS.fullmatch(last_name(base)) for base in c.bases)
    ]
    return list(_downloads(_reached(tree, commands)))


def in_makefile(text: str, setup_py: str) -> list[tuple[str, int]]:
    """(what, line) of the commands of a Makefile that download, if a setup.py runs make: which of
    its targets is not asked."""
    if not _RUNS_MAKE.search(setup_py):
        return []
    lines = enumerate(text.split("\n"), 1)
    found = [(_IN_RECIPE.search(line), number) for number, line in lines if line[:1] == "\t"]
    return [(match[1], number) for match, number in found if match is not None]


def in_module(text: str, called: Collection[str]) -> list[tuple[str, int]]:
    """The same of a module of which functions with these names are ``called``, by whom imports
    it."""
    tree = parsed(text)
    if tree is None:
        return []
    named = [n for n in ast.walk(tree) if isinstance(n, _FUNCTIONS) and n.name in called]
    return list(_downloads(_reached(tree, named)))


def imported(text: str, paths: Iterable[str]) -> dict[str, set[str]]:
    """Those of the ``paths`` (of modules of the archive) that a setup.py imports, by whatever way,
    each with the names of all that it calls."""
    tree = parsed(text)
    if tree is None:
        return {}
    nodes = list(ast.walk(tree))
    # A build script of cffi is named with what it defines: ``build.py:ffi``.
    texts = (text.partition(":")[0] for text in map(literal_text, nodes))
    files = {text for text in texts if text.endswith(".py")}
    for node in nodes:
        if isinstance(node, ast.Import):
            files |= {_file(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            files |= {_file(module), *(_file(f"{module}.{alias.name}") for alias in node.names)}
    files = {file.lstrip("./") for file in files}
    calls = {last_name(node.func) for node in nodes if isinstance(node, ast.Call)}
    return {
        path: calls
        for path in paths
        if any(f"/{path}".endswith(f"/{file}") for file in files if file != "setup.py")
    }


def _file(module: str) -> str:
    return f"{module.strip('.').replace('.', '/')}.py"


def _reached(tree: ast.Module, more: Iterable[ast.stmt]) -> list[ast.AST]:
    """The nodes of what is run: the statements of a module, ``more`` of it, and the functions and
    classes of which something that is run has the name."""
    once = assigned_once(ast.walk(tree))
    defined: dict[str, list[ast.stmt]] = {}
    there: list[ast.AST] = [tree]
    for node in there:
        there += _run(node, once)
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            defined.setdefault(node.name, []).append(node)
    plain = [s for s in tree.body if not isinstance(s, (*_FUNCTIONS, ast.ClassDef))]
    left: list[ast.AST] = [*plain, *more]
    seen = {id(node) for node in left}
    found: list[ast.AST] = []
    while left:
        node = left.pop()
        found.append(node)
        following = [*_run(node, once)]
        if isinstance(node, (ast.Name, ast.Attribute)):
            following += defined.get(last_name(node), ())
        for each in following:
            if id(each) not in seen:
                seen.add(id(each))
                left.append(each)
    return found


def _run(node: ast.AST, once: Mapping[str, ast.expr]) -> Iterator[ast.AST]:
    """The parts of a node that may be run."""
    if not isinstance(node, (ast.If, ast.IfExp)):
        yield from ast.iter_child_nodes(node)
        return
    yield node.test
    holds = {decided(node.test, once, where) for where in (LINUX, MACOS)}
    for side, excluded in ((node.body, {False}), (node.orelse, {True})):
        if holds != excluded:
            yield from side if isinstance(side, list) else [side]


def _downloads(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    found = dict.fromkeys(pair for node in nodes for pair in _of_node(node))
    yield from sorted(found, key=lambda each: each[1])


def _of_node(node: ast.AST) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Call):
        name = dotted(node.func)
        if name and _CALLED.fullmatch(name):
            yield name.rpartition(".")[2] if "url" in name else name, node.lineno
    elif isinstance(node, (ast.List, ast.Tuple)):
        words = [literal_text(each) for each in node.elts]
        # The program may be computed: ``[find("git"), "clone", ...]``.
        if "clone" in words[1:5] and ("git" in words or not words[0]):
            yield "git clone", node.lineno
        elif words[:1] in (["curl"], ["wget"]) and len(words) > 1:
            yield words[0], node.lineno
    elif isinstance(node, ast.Constant):
        match = _IN_SHELL.match(literal_text(node))
        if match:
            yield match[1], node.lineno
