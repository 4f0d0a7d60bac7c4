"""``externals``: find what is installed, verify that Spack uses it, and write that down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...diagnostics import Diagnostic, Severity
from ...errors import HostError
from ...host.port import Destination, External, Host, Written
from ...prefixes.interpreter import Interpreter
from .found import Found, found


@dataclass(frozen=True)
class ExternalsResult:
    """What was found, and what was written of it; ``verified``: Spack concretized each.
    ``create`` is the command that adds the recipes that are lacking; empty if none are."""

    found: Found
    written: Written
    verified: bool
    create: str = ""


def externals(
    host: Host,
    python: Interpreter,
    names: Sequence[str],
    exclude: Sequence[str],
    to: Destination,
    *,
    verify: bool = True,
) -> ExternalsResult:
    """Write what an interpreter has installed as externals: all that Spack can use. Raises
    `UsageError` and `HostError`; nothing is written then."""
    result = found(host, python, names, exclude)
    version = ".".join(map(str, python.version))
    own = External("python", version, python.base, folders=python.library_folders)
    to = replace(to, prefixes=python.prefixes)
    if verify and result.externals:
        if not host.solver.is_available():
            raise HostError(
                f"{host.name} cannot concretize here, so nothing is verified: see spack bootstrap "
                "status, or pass --verify load"
            )
        result = _verified(host, own, result, to)
    if result.named:
        packages = filter(None, map(host.repos.package_for, result.named))
        to = replace(to, only=frozenset(package.name for package in packages))
    written = host.externals.write(own, python.prefix, [*result.externals.values()], to)
    lacking = [f"'{each.requirement}'" for each in result.not_used if each.lacks_recipe]
    create = f"{host.command} pypi create {' '.join(lacking)}" if lacking else ""
    return ExternalsResult(result, written, verify, create)


def _verified(host: Host, own: External, result: Found, to: Destination) -> Found:
    """What the solver uses. What it does not use is taken away, and the rest asked for again, as
    others may have required it."""
    while result.externals:
        asked = [*result.externals.values()]
        reasons = host.externals.unusable(own, result.python.prefix, asked, to)
        if not reasons:
            break
        by_package = {each.package: project for project, each in result.externals.items()}
        result = result.without({by_package[name]: why for name, why in reasons.items()})
    return result


def diagnostics(host: Host, result: ExternalsResult) -> list[Diagnostic]:
    """What cannot be used: an error for what was named, else a note."""
    diagnosed = []
    for each in result.found.not_used:
        project = each.distribution.project
        severity = Severity.ERROR if project in result.found.named else Severity.NOTE
        text = each.reason
        if each.lacks_recipe:
            text += f": {host.command} pypi create '{each.requirement}'"
        versions = (each.distribution.version,) if each.distribution.version else ()
        diagnosed.append(Diagnostic("not-external", severity, project, versions, "", text))
    return diagnosed
