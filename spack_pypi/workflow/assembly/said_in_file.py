"""What a recipe says, as comments, of how its versions are built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.version import Version

from ...recipe.model import Setting
from ...recipe.version_comments import without_lines
from ...resolve.resolution import Resolution
from ...translate.archives import Archives
from ...translate.build_settings import joined, option, unset
from ...translate.builds import Builds
from ...translate.known_needs import KnownSetting
from .needs import available, copies, unmet
from .resources import downloaded, variables


def said_in_file(
    resolution: Resolution, project: str, packed: Archives
) -> dict[str, tuple[str, ...]]:
    """What the recipe says of the build of each version that has an archive, of what it imports
    that nothing declares, and of settings that it does not have; without what holds for the
    version before as well, where its author is followed, and did not say it."""
    repos = resolution.catalog.host.repos
    found: dict[str, tuple[str, ...]] = {}
    for version, text in packed.spelled.items():
        built = resolution.declared(project, version).builds
        unsaid = _unsaid_before(resolution, project, version)
        here = available(repos, built.needs)
        away = [need.comment for need in built.needs if need not in here]
        said = (*built.said, *(each for each in built.imported if each not in away))
        said += (*unset(_without(resolution, project, packed, built)),)
        said += (*downloaded(resolution, project, version),)
        found[text] = tuple(each for each in said if without_lines(each) not in unsaid)
    return found


def said_of_native(
    resolution: Resolution, project: str, packed: Archives
) -> dict[str, tuple[str, ...]]:
    """What a new recipe says of native needs that each of its versions lacks, and of copies that
    are built."""
    repos, found = resolution.catalog.host.repos, dict[str, tuple[str, ...]]()
    for version, text in packed.spelled.items():
        built = resolution.declared(project, version).builds
        found[text] = (*built.doubtful, *unmet(repos, built), *copies(repos, built))
    return found


def of_all(said: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """What is ``said`` of versions, but by ``""`` what is said of them all."""
    first = next(iter(said.values()), ())
    shared = tuple(each for each in first if all(each in texts for texts in said.values()))
    of_some = {
        version: tuple(each for each in texts if each not in shared)
        for version, texts in said.items()
    }
    return {**of_some, "": shared}


def settings(resolution: Resolution, project: str, packed: Archives) -> tuple[Setting, ...]:
    """The settings of a new recipe. What has a build use a library that no repo has is none."""
    repos = resolution.catalog.host.repos
    builds = [resolution.declared(project, version).builds for version in packed.spelled]
    here = [len(available(repos, built.needs)) == len(built.needs) for built in builds]
    known = joined(
        [e for e in built.settings if e.for_target or e.setting.of_cmake or there]
        for built, there in zip(builds, here)
    )
    return (*known, *variables(resolution, project, packed))


def _without(
    resolution: Resolution, project: str, packed: Archives, built: Builds
) -> Iterator[KnownSetting]:
    """The settings of a build that the recipe does not have: another value of a new one, or what
    the one that exists nowhere mentions."""
    extended = resolution.package(project).extended
    if extended is None:
        has = settings(resolution, project, packed)
        yield from (each for each in built.settings if each.setting not in has)
    else:
        text = "".join(resolution.catalog.recipe_texts(extended.name))
        yield from (each for each in built.settings if option(each) not in text)


def _unsaid_before(resolution: Resolution, project: str, version: Version) -> list[str]:
    catalog, target = resolution.catalog, resolution.package(project)
    before = target.predecessor(catalog.facts.page(project), version)
    older = catalog.declared(before) if before is not None else None
    if older is None or target.extended is None:
        return []
    # Each version says whether it is installed from its wheel.
    is_followed = catalog.rules.as_written and not older.builds.by_wheel
    recipe = "".join(catalog.recipe_texts(target.extended.name))
    said = (*older.builds.said, *unset(older.builds.settings))
    texts = map(without_lines, said if is_followed else ())
    unsaid = [text for text in texts if text.partition(":")[0] not in recipe]
    # What both import stands beside the line that is there, or the author left it out.
    return [*unsaid, *older.builds.imported]
