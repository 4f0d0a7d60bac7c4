"""Which room may import which: the house stays as design says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "spack_pypi"

#: Room → what it may import of ours, besides itself, ``errors``, ``credentials`` and
#: ``syntax``.
MAY: dict[str, set[str]] = {
    "recipe": set(),
    "pypi": {"files", "git_call", "git_files", "programs"},
    "prefixes": {"files", "programs"},
    "translate": {
        "recipe.build_system",
        "recipe.model",
        "recipe.order",
        "recipe.version_ranges",
        "pypi.branches",
        "pypi.cmeel",
        "pypi.for_one_python",
        "pypi.limits",
        "pypi.linker_flags",
        "pypi.model",
    },
    "host": {"files", "git_call", "git_files", "own_requirements", "programs", "recipe"},
    "resolve": {
        "session",
        "pypi.branches",
        "pypi.for_one_python",
        "pypi.metadata",
        "pypi.model",
        "pypi.archives.static",
        "translate",
        "recipe",
        "host.port",
    },
    "workflow": {
        "files",
        "session",
        "diagnostics",
        "own_requirements",
        "resolve",
        "pypi",
        "prefixes",
        "translate",
        "recipe",
        "host.port",
    },
    "report": {"files", "session", "diagnostics", "workflow", "host.port"},
    "commands": {
        "session",
        "diagnostics",
        "report",
        "workflow",
        "resolve",
        "pypi",
        "prefixes",
        "host",
    },
}


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def imports(file: Path) -> Iterator[tuple[str, bool]]:
    """Absolute names of what a module imports, and whether at its top (not in a function)."""
    package = ["spack_pypi", *file.relative_to(PACKAGE).parts[:-1]]
    tree = tree_of(file)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node in tree.body
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for name in node.names:
                yield (module if node.module else f"{module}.{name.name}"), node in tree.body


#: Room within the workflow → what else of the workflow it may import.
WITHIN: dict[str, set[str]] = {"compare": set()}


FILES = sorted(f for f in PACKAGE.rglob("*.py") if "spack-pypi" not in f.parts)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_rooms(file: Path) -> None:
    room = file.relative_to(PACKAGE).parts[0]
    for name, _ in imports(file):
        if not name.startswith("spack_pypi.") or room not in MAY:
            continue
        inner = name[len("spack_pypi.") :]
        allowed = {room, "errors", "credentials", "syntax", *MAY[room]}
        assert any(inner == a or inner.startswith(f"{a}.") for a in allowed), name


@pytest.mark.parametrize("room", WITHIN)
def test_rooms_within_the_workflow(room: str) -> None:
    allowed = tuple(f"spack_pypi.workflow.{name}" for name in {room, *WITHIN[room]})
    for file in (PACKAGE / "workflow" / room).glob("*.py"):
        for name, _ in imports(file):
            assert not name.startswith("spack_pypi.workflow") or name.startswith(allowed), name


def test_source_is_parsed_in_one_place() -> None:
    """A call elsewhere would fail in threads (`spack_pypi.syntax`); the probe runs by itself."""
    calling = [file.name for file in FILES if "ast.parse(" in file.read_text("utf-8")]
    assert calling == ["probe.py", "syntax.py"]


def test_only_the_host_imports_spack() -> None:
    importing = {
        file.relative_to(PACKAGE)
        for file in FILES
        for name, _ in imports(file)
        if name.split(".")[0] in ("spack", "llnl")
    }
    assert {str(file.parent if len(file.parts) > 1 else file) for file in importing} == {
        "host/spack",
        "inside.py",
    }


def test_all_network_is_in_one_room() -> None:
    network = {"requests", "urllib3", "socket", "http", "ftplib"}
    importing = {
        str(file.relative_to(PACKAGE).parent)
        for file in FILES
        for name, _ in imports(file)
        if name.split(".")[0] in network
    }
    assert importing == {"pypi/network"}
    # Only for the path in an address of a file.
    requested = {f.name for f in FILES for name, _ in imports(f) if name == "urllib.request"}
    assert requested == {"places.py"}


def test_the_doors_import_nothing_that_may_be_missing() -> None:
    """Whoever installs us without our requirements keeps a Spack that works."""
    commands = (PACKAGE / "commands").glob("*.py")
    doors = ("__init__.py", "__main__.py", "plugin.py", "inside.py", "own_requirements.py")
    for name in (
        *doors,
        "arguments.py",
        "cli.py",
        *(f"commands/{each.name}" for each in commands),
    ):
        for module, at_top in imports(PACKAGE / name):
            top = module.split(".")[0]
            assert not at_top or top not in ("packaging", "requests", "tqdm", "tomli"), name


#: Modules that are still being split.
LONG = {
    "spack_pypi/host/port.py",
    "spack_pypi/host/spack/host.py",
    "spack_pypi/resolve/search.py",
    "spack_pypi/resolve/selection.py",
    "spack_pypi/show.py",
    "spack_pypi/workflow/compare/comparison.py",
    "spack_pypi/workflow/create.py",
}


def test_no_module_outgrows_its_idea() -> None:
    root = PACKAGE.parent
    files = [*FILES, *(root / "tests").rglob("*.py"), *(root / "bench").rglob("*.py")]
    long = {
        file.relative_to(root).as_posix(): lines
        for file in files
        if (lines := len(file.read_text("utf-8").splitlines())) > 350
    }
    assert not {name: lines for name, lines in long.items() if name not in LONG}


def test_no_two_classes_have_one_name() -> None:
    named: dict[str, list[str]] = {}
    for file in FILES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named.setdefault(node.name, []).append(str(file.relative_to(PACKAGE)))
    assert {name: files for name, files in named.items() if len(files) > 1} == {}


def evaluated(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module but those of annotations, which are not evaluated."""
    for name, value in ast.iter_fields(tree):
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and name not in ("annotation", "returns"):
                yield node
                yield from evaluated(node)


def test_no_alias_of_a_type_needs_python_3_10() -> None:
    """``X | None`` is an error where it is evaluated: the tests may run with a newer Python."""
    for file in FILES:
        for node in evaluated(tree_of(file)):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
                sides = (node.left, node.right)
                is_optional = any(isinstance(s, ast.Constant) and s.value is None for s in sides)
                assert not is_optional, f"{file}, line {node.lineno}"
