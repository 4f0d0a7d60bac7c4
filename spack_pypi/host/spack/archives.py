"""The names of the archives that recipes fetch."""

from __future__ import annotations

from typing import Any

import spack.package_base
import spack.spec
import spack.version


class ArchiveNames:
    """Names of archives, from the addresses that Spack's classes extrapolate. That takes half a
    millisecond: the result is kept for all classes with the same pattern, such as a recipe and the
    one that inherits it."""

    def __init__(self) -> None:
        self._known: dict[object, str] = {}

    def name(self, cls: Any, package: str, version: str, address: str | None = None) -> str:
        """The file name of the address that a version has, or else that its package class
        extrapolates, also for one that it does not declare; empty where that is not an address of
        an index."""
        try:
            found = str(address or self._address(cls, package, version))
        except Exception:
            # A recipe's own method may raise whatever it likes; then the name is not known.
            return ""
        # Only of an index: elsewhere archives are named as their owners like.
        name = found.rpartition("/")[2] if "/packages/" in found else ""
        return name.partition("#")[0].partition("?")[0]

    def _address(self, cls: Any, package: str, version: str) -> str:
        pattern = _pattern(cls)
        if pattern is None:
            return extrapolated(cls, package, version)
        key = (pattern, version)
        if key not in self._known:
            self._known[key] = extrapolated(cls, package, version)
        return self._known[key]


def extrapolated(cls: Any, package: str, version: str) -> str:
    """The address that a package class makes for a version. Raises what Spack raises."""
    spec = spack.spec.Spec(f"{package}@={version}")
    return str(cls(spec).url_for_version(spack.version.Version(version)) or "")


def _pattern(cls: Any) -> object | None:
    """All that Spack's own method extrapolates from; None where a class has another method, more
    than one address, or addresses of single versions, which the method uses too."""
    base = spack.package_base.PackageBase
    own = cls.url_for_version is base.url_for_version and cls.url_version is base.url_version
    url, listed = getattr(cls, "url", None), getattr(cls, "list_url", None)
    if not (own and isinstance(url, str)) or hasattr(cls, "urls") or cls.version_urls():
        return None
    return url, listed
