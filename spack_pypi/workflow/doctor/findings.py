"""A finding of ours: a diagnostic that says what mends it."""

from __future__ import annotations

from ...diagnostics import Diagnostic, Severity
from ...errors import shown
from ...host.port import InstalledPackage


def finding(
    code: str,
    package: InstalledPackage,
    text: str,
    mend: str,
    subject: str = "",
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    """What is wrong with an installed package, and the line or command that mends it."""
    details = (("mend", shown(mend)), ("hash", package.key), ("prefix", str(package.prefix)))
    return Diagnostic(
        code, severity, package.name, (package.version,), subject, text, details=details
    )


def reinstalled(package: InstalledPackage) -> str:
    """What installs a package once more: a command, but for one that Spack did not install."""
    if package.external:
        return f"install it again in {package.prefix}, or take {package.name} out of packages.yaml"
    return f"spack install --overwrite {package.name}{package.short}"
