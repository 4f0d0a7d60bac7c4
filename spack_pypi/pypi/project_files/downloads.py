"""What the build of a project downloads by itself, which no metadata declares: calls in setup.py,
in modules of the archive that it imports, and in a build backend that is part of the archive; read
as syntax trees, never run. What is not run by default (`reached`), such as a download that an
environment variable asks for, is none."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from ...syntax import dotted, last_name, literal_text, parsed
from .in_tree import HOOK
from .reached import Reached
from .surroundings import LINUX, MACS, RUST

#: What a file has in it that downloads: most files have none, and are not parsed.
MARKS = (b"urlopen", b"urlretrieve", b"requests.get", b"clone", b"curl", b"wget")
#: Functions that download: https://docs.python.org/3/library/urllib.request.html,
#: https://requests.readthedocs.io, https://gitpython.readthedocs.io
_CALLED = re.compile(
    r"(.+\.)?(urlopen|urlretrieve)|(.+\.)?requests\.get|(.+\.)?Repo\.clone_from|wget\.download"
)
#: Keywords of ``setup()`` with files that are installed, and not run to build.
_INSTALLED = {"data_files", "entry_points", "package_data", "py_modules", "scripts"}
_RUNS_MAKE = re.compile(r"['\"]make['\"]")
_IN_RECIPE = re.compile(r"(?:^|[\s;&|@(-])(git clone|curl|wget)\s")
_IN_SHELL = re.compile(r"\s*(git clone|curl|wget)\s")


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
    """(what, line) of the calls that download in what a setup.py runs to build."""
    return _downloads(text)


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
    return _downloads(text, called)


def imported(text: str, paths: Iterable[str]) -> dict[str, set[str]]:
    """Those of the ``paths`` (of modules of the archive) that a setup.py imports, by whatever way,
    each with the names of all that it calls."""
    tree = parsed(text)
    if tree is None:
        return {}
    nodes = list(ast.walk(tree))
    installed = {
        inner
        for node in nodes
        if isinstance(node, ast.keyword) and node.arg in _INSTALLED
        for inner in ast.walk(node)
    }
    # A build script of cffi is named with what it defines: ``build.py:ffi``.
    texts = (literal_text(node).partition(":")[0] for node in nodes if node not in installed)
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


def _downloads(text: str, called: Collection[str] | None = None) -> list[tuple[str, int]]:
    tree = parsed(text)
    if tree is None:
        return []
    on = [Reached(tree, platform, called, RUST) for platform in (LINUX, MACS)]
    run = (node for node in ast.walk(tree) if any(node in each for each in on))
    found = dict.fromkeys(pair for node in run for pair in _of_node(node))
    return sorted(found, key=lambda each: each[1])


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
