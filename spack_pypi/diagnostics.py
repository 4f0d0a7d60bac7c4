"""Diagnostics of recipes: one type for all commands, with codes that do not change.

A code is one entry of `CODES`. Users name it in ``check --ignore``, find it in JSON and SARIF, and
read about it in docs/diagnostics.md, which ``python3 -m spack_pypi.diagnostics`` prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from .errors import shown


class Severity(Enum):
    """An error makes the exit code 1, a warning and a note only with ``--strict``. A warning: a
    recipe lacks something, or could not be verified. A note: for a person to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Place:
    """A line of a file, 0 for the whole file."""

    file: str
    line: int = 0


@dataclass(frozen=True)
class Diagnostic:
    """A finding about a package.

    ``versions`` are those that it concerns, none for all; ``subject`` is the dependency, module or
    declaration, or empty; ``text`` is one clause or sentence. ``details`` are parts of the text
    for programs: ``metadata`` (what the release declares), ``recipe`` (what the recipe declares),
    ``example`` (versions or a configuration in which they differ)."""

    code: str
    severity: Severity
    package: str
    versions: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    place: Place | None = None
    details: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        assert self.code in CODES, self.code
        object.__setattr__(self, "text", shown(self.text))


def error(
    code: str, package: str, text: str, subject: str = "", versions: tuple[str, ...] = ()
) -> Diagnostic:
    """An error about a package."""
    return Diagnostic(code, Severity.ERROR, package, versions, subject, text)


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """The exit code of a command with these diagnostics: 1 if one is an error, else 0."""
    return 1 if any(each.severity is Severity.ERROR for each in diagnostics) else 0


def strict(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics, all as errors."""
    return [replace(each, severity=Severity.ERROR) for each in diagnostics]


#: Code → what it means. Codes are never renamed; one that is no longer used is not used again.
CODES: Mapping[str, str] = {
    # Differences between a recipe and what a release declares: check.
    "missing-dependency": "The recipe lacks a dependency that the release requires.",
    "missing-build-dependency": "The recipe lacks a dependency that the release requires to be "
    "built.",
    "build-only-dependency": "A dependency is for building only, but the release requires it at "
    "run time.",
    "extra-dependency": "The recipe has a dependency that the release does not require.",
    "condition-too-narrow": "A dependency does not apply in all configurations that require it.",
    "condition-too-wide": "A dependency also applies in configurations that do not require it.",
    "range-too-wide": "The recipe accepts versions of a dependency that the release excludes.",
    "range-too-narrow": "The recipe excludes versions of a dependency that the release accepts.",
    "python-too-wide": "The recipe accepts Python versions that the release excludes.",
    "python-too-narrow": "The recipe excludes Python versions that the release accepts.",
    "missing-variant": "A dependency lacks the variant of an extra that the release requires.",
    "cycle": "A requirement is left out because it leads back to the package itself.",
    "not-comparable": "A requirement names a URL or depends on the kernel, and cannot be "
    "compared.",
    "wrong-archive": "The recipe's archive is not a file of the release.",
    "wrong-checksum": "The recipe's sha256 is not that of the archive.",
    "wrong-commit": "In the repository, a tag is another commit than the recipe says, or a tag or "
    "branch is missing.",
    "other-repository": "The repository that was named is not that of the recipe.",
    "patched-metadata": "A patch or a method of the recipe changes, or may change, the files that "
    "say what the release requires.",
    "license-differs": "The recipe states another licence than the metadata.",
    "not-on-index": "The index does not have the release.",
    "yanked": "The release was withdrawn from the index (PEP 592).",
    "vulnerable": "The index reports a vulnerability of the release.",
    # What keeps a recipe or a version from being looked at.
    "not-checked": "The recipe cannot be checked: it does not load, or the index does not answer.",
    "unconfirmed-metadata": "What the release requires is unknown, or known from metadata that "
    "may be wrong.",
    # What create, sync and upstream could not do.
    "not-written": "The project has no recipe: something that it requires is unavailable.",
    "not-fetched": "A page or file of the index did not arrive, or not as the index lists it; an "
    "older release may have been chosen, a licence left out, or a vulnerability not reported.",
    "rejected": "Spack rejects the recipe, or it would change versions that exist.",
    "install-failed": "The package cannot be built, or its modules cannot be imported.",
    "missing-source": "The bundle lacks something that Spack needs to build the package.",
    "not-updated": "The recipe is outdated and cannot be updated automatically.",
    "outdated": "The index has newer releases than the recipe lists.",
    # What create leaves out or decides.
    "omitted-requirement": "A requirement that only another platform or extra needs is left out.",
    "near-name": "A project that was named has nearly the name of one that Spack has; malicious "
    "projects often do.",
    "project-status": "The index marks the project as archived, deprecated or the like (PEP 792).",
    "publisher-changed": "The new release was not published by who published the one before, as "
    "the index attests (PEP 740).",
    "local-archive": "The archive or repository is on this machine: nobody else can fetch it.",
    "not-pushed": "The recipe is that of a commit which the repository does not have, as far as "
    "git knows.",
    "checked-out": "The project is in a folder of this machine, and Spack can build what is there "
    "now.",
    "passed-over": "A newer release cannot be used, and an older one was chosen.",
    "conflict-resolved": "A version is added to a package that exists, as the versions that exist "
    "exclude each other, and nothing could be installed.",
    "undeclared-requirement": "The recipe has a build dependency that the release does not "
    "declare.",
    "build-pin": "A build requirement is pinned to one version, for which a version is added to a "
    "package that exists.",
    "all-pinned": "A project pins all that it requires to run to one version each, as a lock file "
    "does.",
    "loosened-pin": "A build requirement is pinned; the recipe accepts later versions too, as the "
    "release was built without the pin, or as a package has only later ones of that series.",
    "unclear-build": "What the build requires is not known, or not all of it is declared.",
    "wheel": "There is no source archive, or nothing can be built from it; the recipe installs "
    "wheels.",
    "known-need": "A native library or a program that no metadata declares, or what a build "
    "downloads, is from the table of known needs.",
    "undeclared-import": "A module of the archive always imports a project that no requirement "
    "names.",
    "native-hint": "The archive names a native library or a tool that no metadata declares.",
    "recognised-license": "The metadata does not name the licence exactly, or names others as "
    "well; it was recognised by the text of a file in the archive.",
    "homepage-by-description": "No field of the metadata has a page of the project; the homepage "
    "is the repository, or the documentation, that its description or list of changes shows to be "
    "its own.",
    "homepage-by-newer-release": "No version of the recipe names a page of the project; the "
    "homepage is the one that the project's newest release names.",
    "no-license": "The recipe states no licence: neither the metadata nor the text of a file in "
    "the archive makes it certain. An error where the archive cannot be read.",
    "deprecated-version": "Only versions that Spack marks as deprecated satisfy a requirement.",
    "unsatisfiable": "A version was written that cannot be concretized on this machine.",
    "not-concretized": "Versions were written that were not concretized: only what was named was.",
    "not-as-locked": "A version that a lock file names cannot be used; the environment has "
    "another one, or none, and says why.",
    "hash-not-compared": "The lock file lists no sha256 of the archive that the recipe has.",
    "not-external": "What is installed for a Python cannot be an external of Spack.",
    "from-environment": "The Python of `--externals` has it, and Spack uses that as an external.",
    "not-from-environment": "The Python of `--externals` has another version than the one that is "
    "required or that Spack takes.",
    "not-read": "A line of a requirements file was ignored.",
    "upstream-difference": "What is sent upstream differs from the local recipe.",
    # What doctor finds in packages that are installed.
    "missing-files": "Files of an installed package are gone, or an environment has a package "
    "that is not installed.",
    "missing-requirement": "An installed package requires a project that is not installed with "
    "it.",
    "unsatisfied-requirement": "An installed package requires another version of a project than "
    "the one that is used.",
    "missing-module": "Importing an installed package always imports a module that is not there.",
    "two-versions": "Another copy of an installed project comes first on the path. A warning "
    "where it is the same version.",
    "two-providers": "A module of an installed package is hidden by one of the same name.",
    "other-version": "An external package has another version now than the one that Spack has "
    "recorded.",
    "missing-library": "A library that a compiled module needs is not found.",
    "wrong-python": "What is installed is for another Python than the one that runs it.",
    "not-in-view": "An external package is not in a view, and is found only while its environment "
    "is active.",
    "not-examined": "A file of an installed package cannot be read.",
    "style-not-checked": "No style checker is installed, so format and style were not checked.",
}


def table() -> str:
    """docs/diagnostics.md: the codes and what they mean, in Markdown."""
    lines = ["# Diagnostics", "", "| code | meaning |", "| --- | --- |"]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in CODES.items()]
    return "\n".join(lines) + "\n"


def grouped(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics, those that differ only in their versions joined into one."""
    versions: dict[Diagnostic, dict[str, None]] = {}
    for each in diagnostics:
        versions.setdefault(replace(each, versions=()), {}).update(dict.fromkeys(each.versions))
    return [replace(each, versions=tuple(texts)) for each, texts in versions.items()]


if __name__ == "__main__":
    print(table(), end="")
