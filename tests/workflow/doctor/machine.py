"""Prefixes as pip makes them, for what doctor finds in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spack_pypi.diagnostics import Diagnostic
from spack_pypi.host.port import InstalledPackage, Runtime
from spack_pypi.workflow.doctor.doctor import Examined, examine
from tests.memory import MemoryHost

#: The shared object of a compiled module, for the Python of these tests.
COMPILED = ".cpython-311-x86_64-linux-gnu.so"


@dataclass
class Machine:
    """A store with a Python 3.11.7, and what is installed for it."""

    folder: Path
    host: MemoryHost = field(default_factory=MemoryHost)
    packages: list[InstalledPackage] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    python_minor: str = "3.11"

    def __post_init__(self) -> None:
        library = self.folder / "python" / "lib" / f"python{self.python_minor}"
        library.mkdir(parents=True)
        for module in ("os", "json", "typing", "contextlib", "warnings"):
            (library / f"{module}.py").write_text("")

    def install(
        self,
        project: str,
        version: str,
        files: Mapping[str, str],
        *requires: str,
        python: str = "",
        scripts: str = "",
        folder: str = "lib/python3.11/site-packages",
        listed: Sequence[str] = (),
        external: bool = False,
    ) -> InstalledPackage:
        """Install a release as pip does, into a prefix of its own; ``listed`` are files that its
        list has besides."""
        prefix = self.folder / project
        install(prefix / folder, project, version, files, *requires, python=python, listed=listed)
        if scripts:
            info = prefix / folder / f"{project.replace('-', '_')}-{version}.dist-info"
            (info / "entry_points.txt").write_text(f"[console_scripts]\n{scripts}\n")
        self.host.has(project, version)
        package = InstalledPackage(f"py-{project}", version, project * 4, prefix, external)
        self.packages.append(package)
        return package

    def library(self, name: str, *files: str) -> InstalledPackage:
        """Install a package that has libraries."""
        prefix = self.folder / name
        (prefix / "lib").mkdir(parents=True)
        for file in files:
            (prefix / "lib" / file).write_text("")
        package = InstalledPackage(name, "1.0", name * 4, prefix)
        self.packages.append(package)
        return package

    def examined(self, view: Path | None = None) -> Examined:
        python = InstalledPackage("python", "3.11.7", "python0", self.folder / "python", True)
        roots, packages = tuple(self.packages[:1]), tuple(self.packages)
        return examine(self.host, Runtime(roots, packages, python, view), self.variables)

    def found(self, view: Path | None = None) -> list[tuple[str, str, str]]:
        """(code, package, mend) of what is found."""
        return [
            (each.code, each.package, dict(each.details)["mend"])
            for each in self.examined(view).diagnostics
        ]

    def only(self) -> Diagnostic:
        (found,) = self.examined().diagnostics
        return found


def install(
    folder: Path,
    project: str,
    version: str,
    files: Mapping[str, str],
    *requires: str,
    python: str = "",
    listed: Sequence[str] = (),
) -> None:
    """Put a release into a folder of modules."""
    info = folder / f"{project.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = [f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}"]
    metadata += [f"Requires-Python: {python}"] if python else []
    metadata += [f"Requires-Dist: {each}" for each in requires]
    (info / "METADATA").write_text("\n".join(metadata) + "\n")
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (info / "RECORD").write_text("".join(f"{name},,\n" for name in [*files, *listed]))
