"""Run by the Python that a package was installed for: what can be imported, what it imports.

Reads a question as JSON from standard input and writes the answer to standard output. Only the
standard library of Python 3.6 and up is used, since any of those may run it.
"""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from typing import Dict, Iterator, List, Sequence, Tuple

#: Python looks for modules in the current folder first, and in that of a script: neither has been
#: installed.
_NOT_HERE = """\
import sys
if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]
"""
#: Imports modules one after the other in one process, as PythonPackage's test does, and goes on
#: after one that fails. What a module prints is kept out of the answer.
_IMPORT = """\
import importlib, json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
modules, paths = json.loads(sys.stdin.read())
sys.path[:0] = paths
for module in modules:
    print("begin", module, file=answers, flush=True)
    error = ""
    try:
        importlib.import_module(module)
    except BaseException as caught:
        text = " ".join(str(caught).split())
        error = type(caught).__name__ + ": " + text
    print("end", module, error, file=answers, flush=True)
os._exit(0)
"""
#: ``python -m pip``, but for that.
_PIP = "import runpy; runpy.run_module('pip', run_name='__main__', alter_sys=True)"
_NOT_RUN = re.compile(r"(^|/)(tests?|testing|conftest\.py|examples?|docs?|benchmarks?)(/|$)")
_TIME_LIMIT = 300
_LARGEST_FILE = 2 << 20


def main() -> None:
    question = json.load(sys.stdin)
    paths = question["paths"]
    imported, failed = _import(sorted(set(question["modules"])), paths)
    answer = {
        "imported": imported,
        "failed": failed,
        "undeclared": _undeclared(question["own"], paths),
        "check": _pip_check(paths, question["pip"]) if question["pip"] else [],
    }
    json.dump(answer, sys.stdout)


def _import(modules: Sequence[str], paths: Sequence[str]) -> Tuple[List[str], Dict[str, str]]:
    """Modules that can be imported, and the others with what Python says. A module that ends the
    process, or does not return, is one that fails; the rest gets a new process."""
    imported = []  # type: List[str]
    failed = {}  # type: Dict[str, str]
    todo = list(modules)
    while todo:
        child = subprocess.Popen(
            [sys.executable, "-E", "-s", "-c", _NOT_HERE + _IMPORT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            answers, _ = child.communicate(json.dumps([todo, paths]).encode(), _TIME_LIMIT)
            reason = "ends the interpreter with exit code %d" % child.returncode
        except subprocess.TimeoutExpired:
            child.kill()
            answers, _ = child.communicate()
            reason = "does not return within %d seconds" % _TIME_LIMIT
        current = None
        for line in answers.decode("utf-8", "replace").splitlines():
            what, module, error = (line.split(" ", 2) + [""])[:3]
            current = module if what == "begin" else None
            if what == "end" and error:
                failed[module] = error
            elif what == "end":
                imported.append(module)
        if current is not None:
            failed[current] = reason
        done = set(imported) | set(failed)
        left = [module for module in todo if module not in done]
        if len(left) == len(todo):
            failed.update((module, reason) for module in left)
            left = []
        todo = left
    return imported, failed


def _undeclared(own: Sequence[str], paths: Sequence[str]) -> List[List[object]]:
    """[module, file, line] of imports that always happen and that nothing provides."""
    sys.path[:0] = paths
    found = {}  # type: Dict[str, List[object]]
    for root in own:
        for folder, _, files in sorted(os.walk(root)):
            for name in sorted(files):
                path = os.path.join(folder, name)
                inner = os.path.relpath(path, root).replace(os.sep, "/")
                if not name.endswith(".py") or _NOT_RUN.search(inner):
                    continue
                for module, line in _imports(path):
                    if module not in found and not _exists(module):
                        found[module] = [module, inner, line]
    return [found[module] for module in sorted(found)]


def _imports(path: str) -> Iterator[Tuple[str, int]]:
    """(top-level module, line) of the imports at the top of a file, outside of any ``try``, ``if``
    or function: those that its import cannot do without."""
    if not os.path.isfile(path) or os.path.getsize(path) > _LARGEST_FILE:
        return
    with open(path, "rb") as stream:
        try:
            body = ast.parse(stream.read()).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    for statement in body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name.partition(".")[0], statement.lineno
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            yield statement.module.partition(".")[0], statement.lineno


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return module in sys.modules


def _pip_check(paths: List[str], pip: List[str]) -> List[str]:
    """What ``pip check`` complains of; nothing when all is well."""
    done = subprocess.run(
        [sys.executable, "-s", "-c", _NOT_HERE + _PIP, "check", "--disable-pip-version-check"],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(paths + pip)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    return [line for line in lines if line] if done.returncode else []


if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    main()
