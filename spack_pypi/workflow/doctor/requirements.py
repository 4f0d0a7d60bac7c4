"""What installed projects require and do not get from what runs with them, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ...diagnostics import Diagnostic
from ...host.port import Host, InstalledPackage
from ...prefixes.distributions import Distribution
from ...recipe.directives import depends_on
from ...recipe.model import BUILD_RUN, Dependency
from ...translate.requirements import translate
from ...translate.versions import Inexpressible, ranges
from ..installed_requirements import refused_python, required, satisfies
from ..requirement_files.marker_environment import MarkerEnvironment
from .findings import finding, reinstalled
from .search_path import SearchPath


def unmet(
    host: Host,
    package: InstalledPackage,
    distribution: Distribution,
    path: SearchPath,
    packages: Mapping[str | None, InstalledPackage],
    environment: MarkerEnvironment,
) -> Iterator[Diagnostic]:
    """The requirements of an installed package that nothing on the path satisfies. ``packages``
    run together with it, by project."""
    yield from _python(package, distribution, path)
    for wanted in required(distribution, environment):
        project = canonicalize_name(wanted.name)
        found = path.of(project)
        if found and satisfies(found[0], wanted):
            continue
        declared = f"{wanted.name}{wanted.specifier}"
        mend = mended(host, package, str(wanted), project, environment)
        recorded = packages.get(project)
        if not found:
            reason = f"requires {declared}, and no {project} is installed with it"
            if recorded is not None and not recorded.external:
                mend = reinstalled(recorded)
                reason = f"requires {declared}, and the files of {recorded.label} are gone"
            yield finding("missing-requirement", package, reason, mend, project)
            continue
        version = found[0].version or "of unknown version"
        reason = f"requires {declared}, and {project} {version} is in {found[0].folder}"
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
    accepted = refused_python(distribution, path.python.version)
    if accepted is None:
        return
    try:
        versions = ranges(accepted)
    except Inexpressible:
        versions = ""
    line = depends_on(Dependency("python", versions, types=BUILD_RUN), indent="")
    text = f"requires Python {accepted}, and runs with {path.python.version}"
    yield finding(
        "wrong-python", package, text, f"{line} in the recipe of {package.name}", "python"
    )
