"""From what was resolved to recipes, and what each of them leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..host.port import Package
from ..pypi.model import Release
from ..recipe import directives
from ..recipe.edit import RecipeText
from ..recipe.model import (
    Condition,
    Conflict,
    Dependency,
    Omission,
    Parent,
    Recipe,
    Renamed,
    Variant,
)
from ..recipe.read_back import Adulterated, read_back_edit
from ..recipe.text_edits import Uneditable
from ..resolve.lessons import Unit
from ..resolve.resolution import Resolution
from ..translate import spack_order
from ..translate.archives import Archives, archives
from ..translate.describe import docstring, homepage, licenses
from ..translate.merge import merge, span
from ..translate.revise import revise
from ..translate.versions import Inexpressible
from .dependencies import Dependencies


@dataclass(frozen=True)
class Assembled:
    """The recipe of a project, as a value or, where one that exists is edited, as its text;
    neither where nothing of the project can be installed, or (``problem``) where the one that
    exists cannot be edited. ``versions`` are those that are written, ``extends`` the package (with
    namespace) that they are added to. ``proposal`` are the lines of the new versions where a
    person has to put them in. ``spelled`` maps the releases to how the recipe spells them."""

    recipe: Recipe | None
    omissions: tuple[Omission, ...]
    text: str = ""
    versions: tuple[str, ...] = ()
    extends: str = ""
    problem: str = ""
    proposal: str = ""
    spelled: Mapping[Version, str] = field(default_factory=dict)

    @property
    def written(self) -> bool:
        return self.recipe is not None or bool(self.text)


class Assembler:
    """Makes the recipes of a resolution for the repo with this ``namespace``. ``empty`` are extras
    by project of which no variant came: nobody asks for these."""

    def __init__(
        self, resolution: Resolution, namespace: str, empty: Mapping[str, set[str]]
    ) -> None:
        self._resolution, self._namespace, self._empty = resolution, namespace, empty
        self._lines = Dependencies(resolution, empty)

    def assemble(self, project: str) -> Assembled:
        """The recipe of a project."""
        existing = self._resolution.package(project).extended
        return self._new(project) if existing is None else self._extend(project, existing)

    def rests_on(self, project: str) -> object:
        """All that the recipe of a project follows from, besides facts; to be compared."""
        resolution = self._resolution
        versions, dependencies = resolution.versions(project), resolution.dependencies(project)
        return (
            versions,
            [(v, resolution.unavailable(project, v)) for v in versions],
            [list(resolution.edges(project, version)) for version in versions],
            [
                (p, resolution.versions(p), {*self._empty.get(p, ())})
                for p in (project, *dependencies)
            ],
            [resolution.cuts.get((project, v, d)) for v in versions for d in dependencies],
        )

    def _new(self, project: str) -> Assembled:
        resolution = self._resolution
        chosen = resolution.versions(project)
        packed = archives(
            [resolution.release(project, version) for version in chosen],
            published=self._published(project),
            archive_from=resolution.catalog.host.evaluator.archive_from,
        )
        kept = [version for version in chosen if version in packed.spelled]
        if not kept:
            return Assembled(None, packed.omissions)
        versions = [packed.spelled[version] for version in kept]
        asked, omissions = self._lines.by_version(project, packed)
        omissions += self._unknown_extras(project)
        dependencies = merge(versions, [asked[text] for text in versions])
        newest = resolution.declared(project, kept[0]).metadata
        variants, without = [], []
        for extra in resolution.extras(project):
            if any(f"+{extra}" in dependency.when.variants for dependency in dependencies):
                having = [
                    packed.spelled[version]
                    for version in kept
                    if extra not in resolution.unavailable(project, version)
                ]
                when = Condition(versions=_holding(versions, having))
                variants.append(Variant(extra, f"Enable the '{extra}' extra", when))
                without += _without_variant(resolution, project, extra, packed)
        omissions += tuple(without)
        recipe = Recipe(
            package=resolution.package(project).package,
            docstring=docstring(newest),
            homepage=homepage(newest),
            pypi=packed.pypi,
            licenses=licenses(
                [(packed.spelled[v], resolution.declared(project, v).metadata) for v in kept], span
            ),
            versions=packed.versions,
            variants=tuple(variants),
            dependencies=dependencies,
            comments=self._comments(omissions),
            archives=packed.names,
        )
        return Assembled(recipe, omissions, versions=tuple(versions), spelled=packed.spelled)

    def _unknown_extras(self, project: str) -> tuple[Omission, ...]:
        """Extras that are asked for and that no release has; installers pass over them too."""
        known = {
            canonicalize_name(extra)
            for version in self._resolution.versions(project)
            for extra in self._resolution.declared(project, version).metadata.provides_extra
        }
        asked = {
            unit.extra
            for unit in self._resolution.selection.requested
            if unit.project == project and unit.extra
        }
        return tuple(
            Omission(project, "", f"the extra '{extra}'", "none of these releases has it")
            for extra in sorted(asked & self._empty.get(project, set()) - known)
        )

    def _published(self, project: str) -> Sequence[Release]:
        page = self._resolution.catalog.facts.page(project)
        return page.releases if page is not None else ()

    def _extend(self, project: str, existing: Package) -> Assembled:
        """New versions for a package that exists: in its own recipe where that lies in the repo
        that is written to, else in a recipe that inherits it, else, where some of its lines must
        end before the new versions, in an edited copy of it."""
        resolution = self._resolution
        host = resolution.catalog.host
        in_place = existing.namespace == self._namespace
        parent = Parent(existing.namespace, existing.name)
        texts = host.repos.recipe_texts(existing.name)
        overlay = resolution.catalog.overlay(project)
        anew: set[str] = set()
        if overlay is not None:
            # What an earlier run added is added anew, to what it was added to.
            in_place, parent, texts = False, overlay.parent, texts[1:]
            anew = {line.version for line in overlay.versions}
        extends = f"{parent.namespace}.{parent.package}"
        try:
            recipes = [RecipeText(text) for text in texts]
        except Uneditable as error:
            return Assembled(None, (), problem=f"{extends} cannot be edited: {error}")
        pypi = next((r.pypi for r in recipes if r.pypi and not r.names_archives), "")
        chosen = resolution.versions(project)
        listed = {*existing.versions, *existing.deprecated} - anew
        listed |= {text for recipe in recipes for text in recipe.versions}
        # Not branches: Spack takes them for newer than any release, and none of ours is about
        # them.
        known = {text for text in listed if text[0].isdigit()}
        served: list[str] = []
        if in_place and len(recipes) == 1 and recipes[0].renamable:
            served = [v for v in known if v not in recipes[0].addressed]
        packed = archives(
            [resolution.release(project, version) for version in chosen],
            wheels=existing.wheel,
            pypi=pypi,
            made_up=lambda version: host.evaluator.archive(existing.name, version),
            served=served,
            published=self._published(project),
        )
        if not packed.spelled:
            return Assembled(None, packed.omissions)
        asked, omissions = self._lines.by_version(project, packed)
        asked = {
            text: [self._lines.with_variants(project, line) for line in lines]
            for text, lines in asked.items()
        }
        stated = list(recipes[0].stated)
        stated += [replace(line, fixed=True) for r in recipes[1:] for line in r.stated]
        versions = sorted({*known, *asked}, key=spack_order.key, reverse=True)
        conflicts: list[Conflict] = []
        for extra in resolution.extras(project):
            without = _without_variant(resolution, project, extra, packed)
            if without:
                held = _holding(versions, [omission.version for omission in without])
                name = resolution.package(project).variant(extra) or extra
                conflicts.append(Conflict(f"+{name}", Condition(versions=held)))
                omissions += tuple(without)

        def lines(said: Mapping[str, Sequence[Dependency]]) -> tuple[Dependency, ...]:
            return merge(versions, [said.get(text, ()) for text in versions])

        added = tuple(asked)
        comments = self._comments(omissions)
        try:
            unknown = {
                packed.spelled[version]
                for version in chosen
                if version in packed.spelled
                and resolution.declared(project, version).metadata.requires_dist is None
            }
            before, alike = self._lines.before(project, packed)
            unsure = {
                packed.spelled[version]
                for version in chosen
                if version in packed.spelled
                and not resolution.declared(project, version).builds.certain
            }
            revision = revise(
                stated,
                sorted(known),
                asked,
                before,
                alike=alike,
                unknown=unknown,
                unsure=unsure,
            )
            if in_place or revision.ends:
                if any(line.machine for line in packed.versions):
                    raise Uneditable("the new release has a wheel for each platform")
                new = lines(revision.added)
                renamed = Renamed(packed.pypi, packed.names) if packed.names else None
                text = recipes[0].edited(
                    packed.versions, new, revision.ends, renamed, conflicts, comments
                )
                read_back_edit(
                    texts[0], text, packed.versions, new, len(revision.ends), renamed, conflicts
                )
                return Assembled(None, omissions, text, added, extends, spelled=packed.spelled)
            new_lines = revision.added
        except (Adulterated, Inexpressible, Uneditable) as error:
            if in_place:
                proposal = "\n".join(
                    [
                        *map(directives.version, packed.versions),
                        *map(directives.depends_on, lines(asked)),
                    ]
                )
                problem = f"{extends} cannot be edited: {error}"
                return Assembled(None, (), problem=problem, proposal=proposal, versions=added)
            # The new versions get the lines that they inherit too, which may ask for too much.
            inherited = Omission(project, "", f"an exact copy of {extends}", str(error))
            omissions, new_lines = (*omissions, inherited), asked
        recipe = Recipe(
            package=existing.name,
            # A docstring is not inherited, and Spack's audit wants one.
            docstring=docstring(resolution.declared(project, chosen[0]).metadata),
            versions=packed.versions,
            dependencies=lines(new_lines),
            conflicts=tuple(conflicts),
            comments=comments,
            parent=parent,
        )
        return Assembled(
            recipe, omissions, versions=added, extends=extends, spelled=packed.spelled
        )

    def _comments(self, omissions: Sequence[Omission]) -> tuple[str, ...]:
        """What the file itself says of what is left out: that which is required, or closes a
        cycle, or was never confirmed."""
        told: dict[str, list[str]] = {}
        for omission in omissions:
            what = "" if omission.unconfirmed else " is not here:"
            text = f"{omission.declared}{what} {omission.reason}"
            told.setdefault(text, []).append(omission.version)
        return tuple(
            f"{', '.join(versions)}: {text}" if all(versions) else text
            for text, versions in told.items()
        )


def empty_extras(
    resolution: Resolution, assembled: Mapping[str, Assembled]
) -> dict[str, set[str]]:
    """The extras by project of which a new recipe has no variant, as nothing came of them."""
    found: dict[str, set[str]] = {}
    for project, done in assembled.items():
        if done.recipe is not None and done.recipe.parent is None:
            names = {variant.name for variant in done.recipe.variants}
            found[project] = set(resolution.extras(project)) - names
    return found


def _without_variant(
    resolution: Resolution, project: str, extra: str, packed: Archives
) -> list[Omission]:
    """The versions that cannot be had with the variant of an extra, as omissions that say why."""
    return [
        Omission(
            project,
            packed.spelled[version],
            f"the extra '{extra}'",
            resolution.reason(Unit(project, version, extra)),
            extra=extra,
        )
        for version in resolution.versions(project)
        if version in packed.spelled and extra in resolution.unavailable(project, version)
    ]


def _holding(versions: Sequence[str], held: Sequence[str]) -> str:
    """The ranges of a recipe's ``versions`` (newest first) that hold just some of them; empty for
    all."""
    (dependency, *others) = merge(
        versions, [[Dependency("x")] if version in held else [] for version in versions]
    ) or (Dependency("x"),)
    return ",".join(d.when.versions for d in (dependency, *others) if d.when.versions)
