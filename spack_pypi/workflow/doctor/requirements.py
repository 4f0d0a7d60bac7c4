"""What installed projects require, against what is installed: as ``pip check``, for the packages
that run together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ...diagnostics import Diagnostic
from ...errors import UsageError
from ...host.port import Host, InstalledPackage
from ...prefixes.distributions import Distribution
from ...pypi.limits import requirement as parsed
from ...recipe.directives import depends_on
from ...recipe.model import BUILD_RUN, Dependency
from ...translate.requirements import translate
from ...translate.versions import Inexpressible, ranges
from ..requirement_files.marker_environment import MarkerEnvironment
from .findings import finding, reinstalled
from .search_path import SearchPath


def unmet(
    host: Host,
    package: InstalledPackage,
    distribution: Distribution,
    path: SearchPath,
    packages: Sequence[InstalledPackage],
    environment: MarkerEnvironment,
) -> Iterator[Diagnostic]:
    """The requirements of an installed package that nothing on the path satisfies. ``packages``
    run together with it."""
    yield from _python(package, distribution, path)
    by_project = {host.repos.project_of(each.name): each for each in packages}
    for text in distribution.requires:
        wanted = parsed(text)
        if wanted is None:
            continue  # whoever installed it could not read it either
        try:
            if not environment.holds(wanted.marker, distribution.path):
                continue
        except UsageError:
            continue
        project = canonicalize_name(wanted.name)
        found = path.of(project)
        if found and _satisfies(found[0].version, wanted.specifier):
            continue
        declared = f"{wanted.name}{wanted.specifier}"
        mend = mended(host, package, text, project, environment)
        recorded = by_project.get(project)
        if not found:
            reason = f"requires {declared}, and no {project} is installed with it"
            if recorded is not None and not recorded.external:
                mend = reinstalled(recorded)
                reason = f"requires {declared}, and the files of {recorded.label} are gone"
            yield finding("missing-requirement", package, reason, mend, project)
            continue
        reason = f"requires {declared}, and {project} {found[0].version} is in {found[0].folder}"
        if found[0].folder not in path.own:
            mend = f"take {found[0].folder} out of PYTHONPATH"
        yield finding("unsatisfied-requirement", package, reason, mend, project)


def mended(
    host: Host,
    package: InstalledPackage,
    text: str,
    project: str,
    environment: MarkerEnvironment,
) -> str:
    """The lines that the recipe of a package lacks for a requirement (PEP 508), and the command
    that writes a recipe for its project where there is none."""
    if package.external:
        return f"install {text.partition(';')[0].strip()} in {package.prefix}"
    known = host.repos.package_for(project)
    name = known.name if known else host.repos.new_package_name(project)
    releases = known.versions if known else ()
    translated = translate("", [text], requires_python=f"=={environment.python}.*")
    lines = []
    for each in translated.requirements:
        try:
            versions = ranges(SpecifierSet(each.specifier), releases)
        except Inexpressible:
            versions = ""
        line = depends_on(Dependency(name, versions, types=BUILD_RUN), indent="")
        lines.append(" ".join(line.split()))
    lines = lines or [f'depends_on("{name}", type=("build", "run"))']
    said = " and ".join(dict.fromkeys(lines)) + f" in the recipe of {package.name}"
    if known is None:
        said += f", after {host.command} pypi create {project}"
    return said


def _python(
    package: InstalledPackage, distribution: Distribution, path: SearchPath
) -> Iterator[Diagnostic]:
    """Whether it accepts this Python."""
    try:
        accepted = SpecifierSet(distribution.requires_python)
        if accepted.contains(path.python.version, prereleases=True):
            return
        versions = ranges(accepted)
    except (InvalidSpecifier, InvalidVersion):
        return
    except Inexpressible:
        versions = ""
    line = depends_on(Dependency("python", versions, types=BUILD_RUN), indent="")
    text = f"requires Python {accepted}, and runs with {path.python.version}"
    yield finding(
        "wrong-python", package, text, f"{line} in the recipe of {package.name}", "python"
    )


def _satisfies(version: str, specifier: SpecifierSet) -> bool:
    try:
        return specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return not specifier
