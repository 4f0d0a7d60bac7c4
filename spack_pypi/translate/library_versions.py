"""Versions of projects whose files hold a library that Spack has as a package of its own.

Such a project counts its files, too: opencv-python 4.9.0.80 is OpenCV 4.9.0, faiss-cpu
1.9.0.post1 is Faiss 1.9.0. What is required of the library is what its version satisfies in any
of the project's releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

#: Operators (PEP 440) → the one for a version of the library that satisfies the clause, and the
#: one for a version that does not; an empty one where nothing is left of the clause.
_OPERATORS = {
    ">=": (">=", ">"), ">": (">=", ">"), "<=": ("<=", "<"), "<": ("<=", "<"),
    "==": ("==", "=="), "~=": ("==", "=="), "!=": ("", "!="),
}  # fmt: skip


def library_version(version: Version, numbers: int) -> Version:
    """The version of the library that is in a project's release: the first ``numbers`` of those
    of the release; all that it has where ``numbers`` is 0."""
    if not numbers or not _counts_files(version, numbers):
        return version
    return Version(".".join(map(str, version.release[:numbers])))


def of_library(specifier: str, numbers: int, released: Iterable[Version] = ()) -> str:
    """What a specifier of a project (PEP 440) says of the library, whose versions have so many
    ``numbers`` (0: as many as the project's), given what the project has ``released``."""
    clauses = SpecifierSet(specifier) if numbers else ()
    if all(_is_same(clause, numbers) for clause in clauses):
        return specifier
    known = [*released]
    found = (_clause(clause, numbers, known) for clause in clauses)
    return ",".join(sorted({*filter(None, found)}))


def depends_on_releases(specifier: str, numbers: int) -> bool:
    """Whether `of_library` has to know what the project has released."""
    clauses = SpecifierSet(specifier) if numbers else ()
    return any(
        clause.operator in ("<", "<=", ">", "!=") and not _is_same(clause, numbers)
        for clause in clauses
    )


def _is_same(clause: Specifier, numbers: int) -> bool:
    """Whether a clause says of the library what it says of the project, whatever was released."""
    if clause.operator == "===":
        return True
    if _counts_files(Version(clause.version.removesuffix(".*")), numbers):
        return False
    return clause.operator in (">=", "<", "==", "~=") or clause.version.endswith(".*")


def _clause(clause: Specifier, numbers: int, released: Sequence[Version]) -> str:
    if _is_same(clause, numbers):
        return str(clause)
    bound = Version(clause.version.removesuffix(".*"))
    library = library_version(bound, numbers)
    same = [each for each in released if library_version(each, numbers) == library] or [bound]
    satisfied = any(clause.contains(each, prereleases=True) for each in same)
    operator = _OPERATORS[clause.operator][not satisfied]
    return f"{operator}{library}" if operator else ""


def _counts_files(version: Version, numbers: int) -> bool:
    """Whether a version says more than which version the library has."""
    return len(version.release) > numbers or version.post is not None
