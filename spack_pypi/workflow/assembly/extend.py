"""New versions for an existing package.

They go into its own recipe if that is in the target repo, else into a recipe that inherits it or,
if lines of it must end before the new versions, into an edited copy.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...host.port import Package
from ...recipe import directives
from ...recipe.edit import RecipeText
from ...recipe.excluded import excluded
from ...recipe.model import (
    BUILD,
    Changes,
    Omission,
    Parent,
    Recipe,
    RenamedArchives,
)
from ...recipe.proposal import concerned, proposed_edit, proposed_lines
from ...recipe.read_back import ReadBackError, read_back_edit
from ...recipe.text_edits import Uneditable
from ...resolve.resolution import Resolution
from ...translate import spack_order
from ...translate.archives import Archives, archives
from ...translate.describe import docstring
from ...translate.existing_lines import made_anew
from ...translate.git_versions import git_versions
from ...translate.going_on import going_on
from ...translate.relicense import relicense
from ...translate.restated import without_restated
from ...translate.revise import InLoops, Revision, revise
from ...translate.versions import Inexpressible
from .addition import Addition, Lines
from .assembled import Assembled
from .base_recipe import BaseRecipe
from .build_systems import is_other
from .dependencies import Dependencies
from .loop_items import LoopItems, loop_items
from .lost_variants import lost_variants
from .reasons import reasons_of_builds, reasons_of_wheels
from .release_licenses import licenses_by_metadata
from .resources import resources
from .said_in_file import said_in_file
from .single_versions import SingleVersions, single_versions
from .virtual_names import as_named, provided


class Extension:
    """New versions of a project for its ``existing`` package, in the repo of ``namespace``."""

    def __init__(
        self,
        resolution: Resolution,
        dependencies: Dependencies,
        namespace: str,
        project: str,
        existing: Package,
    ) -> None:
        self._resolution, self._dependencies = resolution, dependencies
        self._namespace, self._project, self._existing = namespace, project, existing
        #: The versions of an earlier run are written again, into what that extended.
        self._overlay = resolution.catalog.overlay(project)
        self._parent = (
            self._overlay.parent if self._overlay else Parent(existing.namespace, existing.name)
        )
        self._extends = f"{self._parent.namespace}.{self._parent.package}"

    def assemble(self) -> Assembled:
        """The recipe with the new versions."""
        try:
            base = self._base()
            other = is_other(self._resolution, self._project, base.texts)
            if other:
                raise Uneditable(other)
            packed = self._archives(base)
            if not packed.spelled:
                return Assembled(None, packed.omissions)
            added = self._addition(base, packed)
        except Uneditable as error:
            return Assembled(None, (), problem=f"cannot be added to {self._extends}: {error}")
        revision, written = None, base
        try:
            base, revision = self._revised(base, added)
            looped = self._loop_items(base, added)
            single = self._single_versions(base, added, revision, looped.complete)
            revision = single.in_revision(revision)
            if single.problem:
                raise Uneditable(single.problem)
            if looped.lacking:
                return self._lacking(base, added, revision, looped)
            if base.in_place or revision.ends or added.lost.ends:
                return self._edited(base, added, revision, looped)
        except (ReadBackError, Inexpressible, Uneditable) as error:
            if base.in_place:
                places = revision if base is written else None  # which are those of the text
                return self._proposed(written, added, places, str(error))
            # The new versions repeat the lines that they inherit, which may require too much.
            inexact = Omission(self._project, "", f"an exact copy of {self._extends}", str(error))
            added = replace(added, omissions=(*added.omissions, inexact))
            return self._inheriting(added, added.lines(added.by_version))
        return self._inheriting(added, added.lines(revision.added))

    # --- steps --------------------------------------------------------------------------------

    def _base(self) -> BaseRecipe:
        """The recipe that gets the versions. Raises `Uneditable`."""
        existing, overlay = self._existing, self._overlay
        texts = self._resolution.catalog.recipe_texts(existing.name)
        texts = texts[1:] if overlay else texts
        anew = {line.version for line in overlay.versions} if overlay else set()
        recipes = [RecipeText(text) for text in texts]
        listed = {*existing.versions, *existing.deprecated} - anew
        listed |= {text for recipe in recipes for text in recipe.versions}
        known = frozenset(text for text in listed if text[0].isdigit())
        branches = frozenset(recipes[0].versions) - known
        in_place = overlay is None and existing.namespace == self._namespace
        return BaseRecipe(self._parent, texts, recipes, in_place, known, branches)

    def _archives(self, base: BaseRecipe) -> Archives:
        resolution, project, wheel = self._resolution, self._project, self._existing.wheel
        facts, evaluator = resolution.catalog.facts, resolution.catalog.host.evaluator
        page, versions = facts.page(project), resolution.versions(project)
        published = page.releases if page is not None else ()
        releases = [resolution.addressed(project, version, wheel) for version in versions]
        if facts.origin(project).git:
            builds = {v: resolution.declared(project, v).builds for v in versions}
            if base.submodules:
                builds = {v: replace(built, submodules=False) for v, built in builds.items()}
            return git_versions(releases, builds)
        if facts.origin(project).is_elsewhere:
            # Nothing in a recipe leads to files of another index but their own addresses.
            return archives(releases, wheel, "", published=published)
        made_up = partial(evaluator.archive, self._existing.name)
        return archives(releases, wheel, base.pypi, made_up, base.served, published)

    def _addition(self, base: BaseRecipe, packed: Archives) -> Addition:
        """Raises `Uneditable`."""
        project, dependencies = self._project, self._dependencies
        by_version, omissions = dependencies.by_version(project, packed)
        by_version = {
            text: [dependencies.with_variants(project, each) for each in needed]
            for text, needed in by_version.items()
        }
        versions = sorted({*base.known, *by_version}, key=spack_order.key, reverse=True)
        stated = base.recipes[0].conflicts
        lost = lost_variants(self._resolution, dependencies, project, packed, versions, stated)
        holes = [line for text in base.texts for line in excluded(text)]
        known = dependencies.of_new_versions(project, packed, by_version)
        page = self._resolution.catalog.facts.page(project)
        target = self._resolution.package(project)
        release = target.predecessor(page, next(iter(packed.spelled)))
        before = target.spelled(release.version) if release is not None else ""
        return Addition(
            packed,
            by_version,
            lost,
            omissions,
            (*omissions, *lost.unsaid),
            said_in_file(self._resolution, project, packed),
            versions,
            holes,
            known,
            before,
            dependencies.spelled.known,
        )

    def _revised(self, base: BaseRecipe, added: Addition) -> tuple[BaseRecipe, Revision]:
        """How the lines of the base must change; the base without the loops of which lines must.
        Raises `Inexpressible` and `Uneditable`."""
        try:
            return base, self._revision(base, added)
        except InLoops as found:
            plain = base.without_loops(found.loops)
            return plain, self._revision(plain, added)

    def _revision(self, base: BaseRecipe, added: Addition) -> Revision:
        """How the lines of the base must change. Raises `Inexpressible` and `InLoops`."""
        pythons = self._resolution.catalog.pythons if self._is_as_written(base) else ()
        provider, known = self._resolution.catalog.host.repos.provider, sorted(base.known)
        stated = provided(base.stated, provider)
        branches = [text for text in added.known if text in base.branches]
        found = revise(stated, known, added.known, pythons, added.excluded, branches)
        found = going_on(found, stated, known) if self._is_as_written(base) else found
        return replace(found, added=as_named(found.added, base.stated, provider))

    def _is_as_written(self, base: BaseRecipe) -> bool:
        """Whether the base is edited as its author would."""
        return base.in_place and self._resolution.catalog.rules.as_written

    def _edited(
        self, base: BaseRecipe, added: Addition, revision: Revision, looped: LoopItems
    ) -> Assembled:
        """The base's own recipe, edited. Raises `ReadBackError` and `Uneditable`."""
        packed = added.packed
        rest = {
            text: [line for line in lines if not looped.state(line)]
            for text, lines in revision.added.items()
        }
        kept = [
            line
            for number, line in enumerate(base.stated)
            if number not in revision.ends and number not in revision.removed
        ]
        lines = Lines(*without_restated(*added.lines(rest), kept, added.versions))
        removed, stays = made_anew(base.stated, revision.removed, lines.dependencies)
        license_ends, licenses = relicense(
            base.recipes[0].licenses,
            added.versions[::-1],
            *licenses_by_metadata(self._resolution, self._project, packed.spelled),
        )
        dependencies = [line for line in lines.dependencies if line not in stays]
        dependencies += looped.lines
        why = reasons_of_builds(self._resolution, self._project, dependencies, added.in_file)
        listed = base.branches | looped.tabled
        changes = Changes(
            versions=[line for line in packed.versions if line.version not in listed],
            licenses=licenses,
            dependencies=dependencies,
            reasons=why,
            wheels=reasons_of_wheels(added.in_file),
            conflicts=lines.conflicts,
            comments=added.comments(why),
            renamed=RenamedArchives(packed.pypi, packed.names) if packed.names else None,
            ends=revision.ends,
            license_ends=license_ends,
            conflict_ends=added.lost.ends,
            removed=removed,
            items=looped.items,
            blocks=revision.blocks,
            resources=resources(self._resolution, self._project, packed),
        )
        text = base.recipes[0].edited(changes)
        read_back_edit(base.texts[0], text, changes)
        done = self._assembled(added, None, text)
        return replace(done, left_out=self._left_out(revision) if base.in_place else ())

    def _loop_items(self, base: BaseRecipe, added: Addition) -> LoopItems:
        """The items that loops of the recipe get, and the lines in step with its versions."""
        if not added.before or not base.in_place:
            return LoopItems()
        lines = added.packed.versions
        own, needed = base.recipes[0], added.by_version
        found = loop_items(self._resolution, own, base.known, added.before, needed, lines)
        decides = self._is_as_written(base) and self._resolution.catalog.host.checks
        return found if decides else replace(found, lacking=())

    def _lacking(
        self, base: BaseRecipe, added: Addition, revision: Revision, looped: LoopItems
    ) -> Assembled:
        """No recipe, as it needs versions that no package has, but how it would change."""
        reason = str(looped.lacking[0])
        done = self._edited(base, added, revision, looped.complete)
        return Assembled(
            None,
            (),
            problem=f"cannot be added to {self._extends}: {reason}",
            proposal=proposed_edit(base.texts[0], done.text, ""),
            versions=tuple(added.by_version),
        )

    def _single_versions(
        self, base: BaseRecipe, added: Addition, revision: Revision, looped: LoopItems
    ) -> SingleVersions:
        """What the recipe states for the version before alone, though nothing else is known."""
        host = self._resolution.catalog.host
        if not (added.before and self._is_as_written(base) and host.checks):
            return SingleVersions()
        lines = [base.stated[number] for number in revision.ends] + [*looped.declared]
        lines += [line for line in base.stated if line.block in revision.blocks]
        said = {line.dependency.package for line in lines}
        meaning = host.evaluator.meaning(self._existing.name)
        return single_versions(meaning, added.before, added.known, said)

    def _left_out(self, revision: Revision) -> tuple[str, ...]:
        """What the author of the recipe left out of it before, and which is left out again."""
        resolution, project = self._resolution, self._project
        target = resolution.package(project)
        found = [f"{line.spec} (to build)" for lot in revision.left_out.values() for line in lot]
        for version in resolution.versions(project):
            for unit, each in resolution.left_out(project, version):
                on = " (to build)" if each.types == BUILD else ""
                on = f" ({each.when})" if each.when.platform else on
                where = f" (+{target.variant(unit.extra)})" if unit.extra else on
                found.append(f"{each}{where}")
        return tuple(dict.fromkeys(found))

    def _inheriting(self, added: Addition, lines: Lines) -> Assembled:
        """A recipe that inherits the parent."""
        newest = self._resolution.versions(self._project)[0]
        new = lines.dependencies
        why = reasons_of_builds(self._resolution, self._project, new, added.in_file)
        recipe = Recipe(
            package=self._existing.name,
            # A docstring is not inherited, and Spack's audit wants one.
            docstring=docstring(self._resolution.declared(self._project, newest).metadata),
            versions=added.packed.versions,
            dependencies=new,
            conflicts=lines.conflicts,
            reasons=why,
            wheels=reasons_of_wheels(added.in_file),
            comments=added.comments(why),
            resources=resources(self._resolution, self._project, added.packed),
            parent=self._parent,
        )
        return self._assembled(added, recipe)

    def _assembled(self, added: Addition, recipe: Recipe | None, text: str = "") -> Assembled:
        return Assembled(
            recipe,
            (*added.omissions, *added.lost.omissions),
            text,
            tuple(added.by_version),
            self._extends,
            releases=added.packed.spelled,
        )

    def _proposed(
        self, base: BaseRecipe, added: Addition, revision: Revision | None, reason: str
    ) -> Assembled:
        """No recipe, but what a person would have to change: the recipe cannot be edited."""
        needed, conflicts = added.lines(revision.added if revision else added.by_version)
        lines = [
            *map(directives.version, added.packed.versions),
            *map(directives.depends_on, needed),
            *map(directives.conflicts, conflicts),
        ]
        places, ended = base.recipes[0].places, revision.ends if revision else {}
        ends = [(places[number], f"@{held}") for number, held in sorted(ended.items())]
        said = proposed_lines(base.texts[0], lines, ends)
        return Assembled(
            None,
            (),
            problem=f"cannot be added to {self._extends}: {reason}",
            proposal="\n".join([said, *concerned(base.texts[0], reason)]),
            versions=tuple(added.by_version),
        )
