"""The Python of environment modules (Lmod, Environment Modules): what a shell has after ``module
load``.

The site's own module command decides that. In a shell, ``module`` is a function around it, which
runs the text that it prints. It is asked for that text in Python, as both programs document
(https://modules.readthedocs.io, https://lmod.readthedocs.io): lines ``os.environ['PATH'] = '…'``.
They are read, and not run.
"""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import UsageError
from ..programs import Unanswered, call
from ..syntax import parse
from .interpreter import Interpreter, SiteFolder, SiteKind, ask

#: Seconds that the module command may take, and the bytes of its answer.
_LONGEST, _MOST = 60.0, 4 << 20
#: How much of what it says against a module is repeated, characters.
_LONGEST_REASON = 300
#: Lists of folders in which a Python looks first: the folders of modules, and the prefixes that
#: the ``sitecustomize`` of EasyBuild's Pythons adds.
_PATH, _PREFIXES = "PYTHONPATH", "EBPYTHONPREFIXES"
#: The list of folders in which programs find their libraries.
_LIBRARIES = "LD_LIBRARY_PATH"


def in_modules(names: Sequence[str]) -> Interpreter:
    """The interpreter that a shell finds after it has loaded these modules, with the folders that
    they put on ``PYTHONPATH``. Raises `UsageError` where there is none, or no module command."""
    before = dict(os.environ)
    after = _loaded(names, before)
    what = "module " + " ".join(names)
    command, earlier = _python(after), _python(before)
    changed = command != earlier or any(after.get(v) != before.get(v) for v in (_PATH, _PREFIXES))
    if command is None or not (changed or _are_loaded(names, before)):
        there = f": python3 stays {earlier}" if earlier else ""
        raise UsageError(f"{what} brings no Python{there}; name the interpreter with --python")
    python = ask(command, variables=after)
    folders = [Path(each) for each in _listed(after, _PATH)]
    folders += [
        Path(each) / "lib" / f"python{python.minor}" / "site-packages"
        for each in _listed(after, _PREFIXES)
    ]
    added = [
        SiteFolder(folder, SiteKind.MODULE)
        for folder in dict.fromkeys(map(Path.absolute, folders))
        if folder.is_dir() and not any(folder == site.folder for site in python.sites)
    ]
    libraries = tuple(map(Path, _listed(after, _LIBRARIES)))
    return python._replace(sites=(*added, *python.sites), libraries=libraries)


def _loaded(names: Sequence[str], before: Mapping[str, str]) -> Mapping[str, str]:
    """The variables after ``module load``. Raises `UsageError`."""
    what = "module load " + " ".join(names)
    for name in names:
        if not name or name.startswith("-") or "\0" in name:
            raise UsageError(f"'{name[:80]}' is not a name of a module")
    command = _module_command(before)
    try:
        said = call([command, "python", "load", *names], _LONGEST, _MOST, before)
        after, is_loaded = _applied(said.output.decode("utf-8", "surrogateescape"), before)
    except OSError as error:
        raise UsageError(f"{command} cannot be run: {error.strerror}") from None
    except Unanswered as error:
        raise UsageError(f"{what}: {command} {error}") from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UsageError(f"{what}: {command} does not answer as a module command does") from None
    if said.code or not is_loaded:
        reason = " ".join(said.errors.decode("utf-8", "replace").split())[:_LONGEST_REASON]
        raise UsageError(f"{what} fails: {reason or f'{command} does not say why'}")
    return after


def _module_command(variables: Mapping[str, str]) -> str:
    """The program behind the ``module`` function of a shell. Raises `UsageError`."""
    home = variables.get("MODULESHOME", "")
    named = [variables.get("LMOD_CMD", ""), variables.get("MODULES_CMD", "")]
    named += [f"{home}/libexec/lmod", f"{home}/libexec/modulecmd.tcl", f"{home}/bin/modulecmd"]
    for each in named if home else named[:2]:
        if each and os.access(each, os.X_OK):
            return each
    found = shutil.which("modulecmd", path=variables.get("PATH"))
    if found:
        return found
    raise UsageError(
        "there is no module command here (LMOD_CMD, MODULES_CMD and MODULESHOME name none, and "
        "modulecmd is not on the PATH): name the interpreter with --python"
    )


def _applied(text: str, before: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """The variables after the assignments of an answer, and whether it says that it worked. Raises
    `SyntaxError` and `ValueError` for what is not Python."""
    after, is_loaded = dict(before), True
    for line in parse(text).body:
        if isinstance(line, ast.Assign) and len(line.targets) == 1:
            target, value = line.targets[0], line.value
            if isinstance(target, ast.Name) and target.id == "_mlstatus":
                is_loaded = not (isinstance(value, ast.Constant) and value.value is False)
            name = _variable(target)
            if name and isinstance(value, ast.Constant) and isinstance(value.value, str):
                after[name] = value.value
        elif isinstance(line, ast.Delete):
            for target in line.targets:
                after.pop(_variable(target), "")
    return after, is_loaded


def _variable(target: ast.expr) -> str:
    """The name in ``os.environ["name"]``; empty for anything else."""
    if not (isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute)):
        return ""
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
    return key if target.value.attr == "environ" and isinstance(key, str) else ""


def _python(variables: Mapping[str, str]) -> str | None:
    return shutil.which("python3", path=variables.get("PATH", ""))


def _listed(variables: Mapping[str, str], name: str) -> list[str]:
    return [each for each in variables.get(name, "").split(os.pathsep) if each]


def _are_loaded(names: Sequence[str], variables: Mapping[str, str]) -> bool:
    """Whether modules were loaded before, where a name has no version in any version."""
    loaded = _listed(variables, "LOADEDMODULES")
    return all(any(each == n or each.startswith(f"{n}/") for each in loaded) for n in names)
