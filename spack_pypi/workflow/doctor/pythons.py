"""Whether what is installed is for the Python that runs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...diagnostics import Diagnostic
from ...host.port import InstalledPackage
from .findings import finding, reinstalled
from .search_path import Python, minor_of

#: ``.cpython-312-x86_64-linux-gnu``, ``.cp312-win_amd64``, ``.cpython-313t-darwin`` (PEP 3149).
_TAG = re.compile(r"(?P<module>[^.]+)\.(?:cpython-|cp)3(?P<minor>\d{1,2})t?[-.].*")


def without_library(python: Python) -> Iterator[Diagnostic]:
    """Where a Python is no longer what is recorded of it."""
    if python.library is not None:
        return
    package = python.package
    text = (
        f"there is no lib/python{python.minor} in {package.prefix}: it is gone, or another version"
    )
    mend = reinstalled(package)
    if package.external:
        mend = "correct python in packages.yaml (spack external find python), then install again"
    yield finding("wrong-python", package, text, mend, "python")


def for_another(
    package: InstalledPackage, folders: Iterable[Path], files: Iterable[Path], python: Python
) -> Iterator[Diagnostic]:
    """Where the modules of a package, in its own ``folders``, or its compiled ``files`` are for
    another Python than the one that runs."""
    mend = reinstalled(package)
    minors = {minor_of(folder) for folder in folders}
    if minors and not minors & {"", python.minor}:
        text = (
            f"its modules are for Python {', '.join(sorted(minors))}, and it runs with "
            f"{python.version}"
        )
        yield finding("wrong-python", package, text, mend, "python")
        return
    wrong = for_others(files, python.minor)
    for module, minors in list(wrong.items())[:1]:
        others = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        text = (
            f"its compiled module {module.name}{others} is for Python "
            f"{', '.join(sorted(minors))}, and it runs with {python.version}"
        )
        yield finding("wrong-python", package, text, mend, module.name)


def for_others(files: Iterable[Path], minor: str) -> dict[Path, set[str]]:
    """The modules (paths without endings) that compiled files are of only for other Pythons than
    this ``minor`` version, and for which."""
    tags: dict[Path, set[str]] = {}
    for file in files:
        tagged = _TAG.fullmatch(file.name)
        module = tagged["module"] if tagged else file.name.partition(".")[0]
        # abi3, or no tag at all: for any Python 3.
        tags.setdefault(file.parent / module, set()).add(f"3.{tagged['minor']}" if tagged else "")
    return {module: minors for module, minors in tags.items() if not minors & {"", minor}}
