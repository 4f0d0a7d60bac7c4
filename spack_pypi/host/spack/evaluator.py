"""What recipes say, by Spack's own classes."""

from __future__ import annotations

import spack.error

from .archives import ArchiveNames, extrapolated
from .internals import NEW_PACKAGE, new_python_package
from .meaning import SpackMeaning, package_class


class SpackEvaluator:
    """The `Evaluator` of the Spack in whose interpreter we run."""

    def __init__(self) -> None:
        self._archives = ArchiveNames()

    def archive(self, package: str, version: str) -> str:
        return self._archives.name(package_class(package), package, version)

    def archive_from(self, pypi: str, version: str) -> str:
        try:
            return self._archives.name(new_python_package(pypi=pypi), NEW_PACKAGE, version)
        except (spack.error.SpackError, ImportError, AttributeError):
            return ""

    def address_from(self, url: str, version: str) -> str:
        try:
            return extrapolated(new_python_package(url=url), NEW_PACKAGE, version)
        except (spack.error.SpackError, ImportError, AttributeError):
            return ""

    def meaning(self, package: str) -> SpackMeaning:
        return SpackMeaning(package, package_class(package), self._archives)


def index_url() -> str | None:
    """The address of the index that PythonPackage derives from ``pypi``."""
    return _derived("list_url", "x/")


def packages_url() -> str | None:
    """The address below which PythonPackage finds that index's source archives."""
    return _derived("url", "source/x/x/x-1.tar.gz")


def _derived(attribute: str, end: str) -> str | None:
    """What stands before ``end`` in an attribute that PythonPackage derives from ``pypi``."""
    try:
        address = str(getattr(new_python_package(pypi="x/x-1.tar.gz"), attribute))
    except (spack.error.SpackError, ImportError, AttributeError):
        return None
    return address[: -len(end)] if address.endswith(f"/{end}") else None
