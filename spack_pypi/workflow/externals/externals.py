"""``externals``: find what is installed, verify that Spack uses it, and write that down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...diagnostics import Diagnostic, Severity
from ...errors import UsageError
from ...host.port import Destination, External, Host, PythonExternals, Written
from ...prefixes.interpreter import Interpreter
from ..request import no_solver
from ..verifying.verification import Step
from .found import Found, found
from .modules import importable


@dataclass(frozen=True)
class ExternalsResult:
    """What was found, and what was written of it; ``verified`` is the last step that all of it
    passed: read by Spack, concretized, or built on, loaded and imported.
    ``planned`` are the releases that could be externals too if recipes had been written."""

    found: Found
    written: Written
    verified: Step
    planned: tuple[str, ...] = ()


def externals(
    host: Host,
    python: Interpreter,
    names: Sequence[str],
    exclude: Sequence[str],
    to: Destination,
    *,
    verify: Step = Step.CONCRETIZED,
) -> ExternalsResult:
    """Write what an interpreter has installed as externals: all that Spack can use, up to a step
    of verification (loaded, concretized, installed: the last one runs what is installed). Raises
    `UsageError` and `HostError`; nothing is written then."""
    result = usable(host, python, names, exclude, to, solve=verify is not Step.LOADED)
    if verify is Step.INSTALLED and result.externals:
        imported = _imported(host, result, to)
        lost = len(imported.externals) != len(result.externals)
        result = _verified(host, imported, to) if lost else imported
    if result.named:
        packages = filter(None, map(host.repos.package_for, result.named))
        to = replace(to, only=frozenset(package.name for package in packages))
    written = host.externals.write(as_externals(result), to)
    return ExternalsResult(result, written, verify)


def as_externals(found: Found) -> PythonExternals:
    """What Spack can use of what was found, with the Python itself."""
    python, version = found.python, ".".join(map(str, found.python.version))
    own = External("python", version, python.base, folders=python.library_folders)
    externals = tuple(found.externals.values())
    return PythonExternals(own, python.prefix, externals, python.prefixes)


def usable(
    host: Host,
    python: Interpreter,
    names: Sequence[str],
    exclude: Sequence[str],
    to: Destination,
    *,
    solve: bool,
) -> Found:
    """What an interpreter has installed and Spack can use; with ``solve`` only what the solver
    uses. Raises `UsageError` and `HostError`."""
    for prefix in (python.prefix, *python.prefixes):
        if not _is_text(prefix):
            raise UsageError(f"{prefix} is not text (UTF-8), so packages.yaml cannot name it")
    result = found(host, python, names, exclude)
    if not (solve and result.externals):
        return result
    unavailable = host.solver.unavailable()
    if unavailable:
        raise no_solver(unavailable)
    return _verified(host, result, to)


def _is_text(path: Path) -> bool:
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def _verified(host: Host, result: Found, to: Destination) -> Found:
    """What the solver uses. What it does not use is taken away, and the rest asked for again, as
    others may have required it."""
    while result.externals:
        reasons = host.externals.unusable(as_externals(result), to)
        if not reasons:
            break
        by_package = {each.package: project for project, each in result.externals.items()}
        result = result.without({by_package[name]: why for name, why in reasons.items()})
    return result


def _imported(host: Host, result: Found, to: Destination) -> Found:
    """What can be imported where Spack runs it."""
    modules: dict[str, tuple[Path, Sequence[str]]] = {}
    refused: dict[str, str] = {}
    for project, each in result.externals.items():
        distribution = result.distributions[project]
        names = importable(distribution)
        if names is None:
            refused[project] = "no list says what it installed, so nothing of it can be imported"
        else:
            modules[each.package] = distribution.folder, names
    result = result.without(refused)
    by_package = {each.package: project for project, each in result.externals.items()}
    reasons = host.externals.not_imported(as_externals(result), modules, to)
    return result.without(
        {by_package[package]: f"it does not work: {why}" for package, why in reasons.items()}
    )


def diagnostics(host: Host, result: ExternalsResult) -> list[Diagnostic]:
    """What cannot be used: an error for what was named, else a note. A second copy, behind the
    one that is used, is no error."""
    diagnosed = []
    missed = result.found.named - {*result.found.externals}
    for each in result.found.not_used:
        project = each.distribution.project
        severity = Severity.ERROR if project in missed else Severity.NOTE
        text = each.reason
        if each.lacks_recipe:
            text += f": {host.command} pypi create '{each.requirement}'"
        versions = (each.distribution.version,) if each.distribution.version else ()
        diagnosed.append(Diagnostic("not-external", severity, project, versions, "", text))
    return diagnosed
