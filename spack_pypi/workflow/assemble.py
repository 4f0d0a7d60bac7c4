"""From what was resolved to recipes, and what each of them leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..host.port import Package
from ..pypi.model import Release
from ..recipe import directives
from ..recipe.edit import RecipeText
from ..recipe.model import (
    BUILD,
    Condition,
    Conflict,
    Dependency,
    Omission,
    Parent,
    Recipe,
    Renamed,
    Variant,
)
from ..recipe.text_edits import Uneditable
from ..recipe.verify import Adulterated, verify_edit
from ..resolve.facts import Declared
from ..resolve.lessons import Unit
from ..resolve.resolution import Resolution
from ..resolve.selection import Edge, Status, applies_on_linux
from ..translate import spack_order
from ..translate.archives import Archives, archives
from ..translate.builds import Builds
from ..translate.describe import docstring, homepage, licenses
from ..translate.merge import Line, merge, span
from ..translate.requirements import Need, python_ranges
from ..translate.revise import revise
from ..translate.versions import Inexpressible, ranges

#: What an omission calls the requirements of a release that does not tell them.
UNKNOWN = "what it requires"


@dataclass(frozen=True)
class Assembled:
    """The recipe of a project, as a value or, where one that exists is edited, as its text;
    neither where nothing of the project can be installed, or (``problem``) where the one that
    exists cannot be edited. ``versions`` are those that are written, ``extends`` the package (with
    namespace) that they are added to. ``proposal`` are the lines of the new versions where a
    person has to put them in. ``spelled`` maps the releases to how the recipe spells them."""

    recipe: Optional[Recipe]
    omissions: Tuple[Omission, ...]
    text: str = ""
    versions: Tuple[str, ...] = ()
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
        self, resolution: Resolution, namespace: str, empty: Mapping[str, Set[str]]
    ) -> None:
        self._resolution, self._namespace, self._empty = resolution, namespace, empty

    def assemble(self, project: str) -> Assembled:
        """The recipe of a project."""
        existing = self._resolution.package(project).extended
        return self._new(project) if existing is None else self._extend(project, existing)

    def rests_on(self, project: str) -> object:
        """All that the recipe of a project follows from, besides facts; to be compared."""
        resolution = self._resolution
        versions, needs = resolution.versions(project), resolution.needs(project)
        return (
            versions,
            [(v, resolution.unavailable(project, v)) for v in versions],
            [list(resolution.edges(project, version)) for version in versions],
            [(p, resolution.versions(p), {*self._empty.get(p, ())}) for p in (project, *needs)],
            [resolution.left_out.get((project, needed)) for needed in needs],
        )

    def _new(self, project: str) -> Assembled:
        resolution = self._resolution
        chosen = resolution.versions(project)
        packed = archives(
            [resolution.release(project, version) for version in chosen],
            published=self._published(project),
            archive_from=resolution.catalog.host.archive_from,
        )
        kept = [version for version in chosen if version in packed.spelled]
        if not kept:
            return Assembled(None, packed.omissions)
        versions = [packed.spelled[version] for version in kept]
        asked, omissions = self._asked(project, packed)
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

    def _unknown_extras(self, project: str) -> Tuple[Omission, ...]:
        """Extras that are asked for and that no release has; installers pass over them too."""
        known = {
            canonicalize_name(extra)
            for version in self._resolution.versions(project)
            for extra in self._resolution.declared(project, version).metadata.provides_extra
        }
        asked = {
            unit.extra
            for unit in self._resolution.selection.asked
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
        texts = host.recipe_texts(existing.name)
        overlay = resolution.catalog.overlay(project)
        anew: Set[str] = set()
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
        served: List[str] = []
        if in_place and len(recipes) == 1 and recipes[0].renamable:
            served = [v for v in known if v not in recipes[0].addressed]
        packed = archives(
            [resolution.release(project, version) for version in chosen],
            wheels=existing.wheel,
            pypi=pypi,
            made_up=lambda version: host.archive(existing.name, version),
            served=served,
            published=self._published(project),
        )
        if not packed.spelled:
            return Assembled(None, packed.omissions)
        asked, omissions = self._asked(project, packed)
        asked = {
            text: [self._as_variant(project, line) for line in lines]
            for text, lines in asked.items()
        }
        stated = list(recipes[0].stated)
        stated += [replace(line, fixed=True) for r in recipes[1:] for line in r.stated]
        versions = sorted({*known, *asked}, key=spack_order.key, reverse=True)
        conflicts: List[Conflict] = []
        for extra in resolution.extras(project):
            without = _without_variant(resolution, project, extra, packed)
            if without:
                held = _holding(versions, [omission.version for omission in without])
                name = resolution.package(project).variant(extra) or extra
                conflicts.append(Conflict(f"+{name}", Condition(versions=held)))
                omissions += tuple(without)

        def lines(said: Mapping[str, Sequence[Line]]) -> Tuple[Dependency, ...]:
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
            before, alike = self._before(project, packed)
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
                verify_edit(
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

    # --- what each version asks for -----------------------------------------------------------

    def _asked(
        self, project: str, packed: Archives
    ) -> Tuple[Dict[str, List[Line]], Tuple[Omission, ...]]:
        """What each version that can be installed asks for, newest first, and all that is left
        out."""
        omissions = [replace(each, required=True) for each in packed.omissions]
        asked: Dict[str, List[Line]] = {}
        for version in self._resolution.versions(project):
            if version in packed.spelled:
                text = packed.spelled[version]
                asked[text], left_out = self._lines(project, version)
                omissions += [replace(each, version=text) for each in left_out]
        return asked, _summarized(omissions, list(asked))

    def _as_variant(self, project: str, line: Line) -> Line:
        """The line with the extras of its condition spelled as the existing package's variants."""
        target = self._resolution.package(project)
        names = tuple(f"+{target.variant(v[1:]) or v[1:]}" for v in line.when.variants)
        return replace(line, when=replace(line.when, variants=names))

    def _lines(self, project: str, version: Version) -> Tuple[List[Line], List[Omission]]:
        """What one release asks for, and what its recipe cannot say."""
        resolution = self._resolution
        metadata = resolution.declared(project, version).metadata
        left_out: List[Omission] = []

        def omit(
            declared: str, reason: str, required: bool, extra: str = "", needed: str = ""
        ) -> None:
            left_out.append(Omission(project, "", declared, reason, required, extra, needed))

        pythons = resolution.catalog.pythons
        for unit, unsaid in resolution.unsaid(project, version):
            needed = any(applies_on_linux(condition, pythons) for condition in unsaid.conditions)
            omit(unsaid.declared, unsaid.reason, needed, unit.extra)
        if metadata.requires_dist is None:
            omit(UNKNOWN, metadata.problem or "it is not declared anywhere", True)
        elif not metadata.confirmed:
            reason = f"was never confirmed: {metadata.problem}"
            left_out.append(Omission(project, "", UNKNOWN, reason, unconfirmed=True))
        python: List[Line] = []
        try:
            text = python_ranges(metadata.requires_python)
            if text:
                python = [Line("python", text)]
        except (InvalidSpecifier, Inexpressible) as error:
            omit(f"Requires-Python: {metadata.requires_python}", str(error), True)
        build: List[Line] = []
        run: List[Line] = []
        for unit, edge in _combined(resolution.edges(project, version)):
            need, answer = edge.need, edge.answer
            way_back = resolution.left_out.get((project, need.project))
            if way_back:
                cycle = " needs ".join([*way_back, need.project])
                reason = f"Spack's graphs have no cycles, and {cycle}"
                omit(_declared(need), reason, False, unit.extra, need.project)
                continue
            if answer.status is Status.ABSENT:
                omit(_declared(need), answer.reason, edge.required, unit.extra, need.project)
                continue
            try:
                line = self._line(need)
            except Inexpressible as error:
                omit(_declared(need), str(error), edge.required, unit.extra, need.project)
                continue
            (build if need.types == BUILD else run).append(line)
        beyond = _beyond_metadata(resolution.declared(project, version).builds)
        return [*beyond, *build, *python, *run], left_out

    def _before(
        self, project: str, packed: Archives
    ) -> Tuple[Dict[str, List[Line]], Dict[str, List[Line]]]:
        """By new version, what the metadata of the nearest release that the existing package has
        asks for, as far as it is known; and the compilers and tools that both need alike."""
        resolution = self._resolution
        page = resolution.catalog.facts.page(project)
        found, alike = {}, {}
        for version, text in packed.spelled.items():
            release = resolution.package(project).predecessor(page, version)
            declared = resolution.catalog.declared(release) if release is not None else None
            if release is not None and declared is not None:
                found[text] = self._earlier_lines(release, declared)
                earlier = _beyond_metadata(declared.builds)
                needed = _beyond_metadata(resolution.declared(project, version).builds)
                alike[text] = [line for line in needed if line in earlier]
        return found, alike

    def _earlier_lines(self, release: Release, declared: Declared) -> List[Line]:
        """What a release asked for that is listed already. A requirement whose versions Spack
        cannot say explains the package, and no bound."""
        catalog = self._resolution.catalog
        lines = _beyond_metadata(declared.builds)
        try:
            lines.append(Line("python", python_ranges(declared.metadata.requires_python)))
        except (InvalidSpecifier, Inexpressible):
            pass
        needed = catalog.needed(release, "")
        for need in needed.needs if needed else ():
            try:
                text = ranges(SpecifierSet(need.specifier))
            except Inexpressible:
                text = ""
            package = catalog.package(need.project).package
            lines.append(Line(package, text, (), need.when, need.types))
        return lines

    def _line(self, need: Need) -> Line:
        """Raises `Inexpressible` where no Spack range has the meaning of the specifier."""
        resolution = self._resolution
        target = resolution.package(need.project)
        variants = list(target.existing.requires) if target.existing else []
        for extra in need.extras:
            if target.extended is not None:
                variants.append(f"+{target.variant(extra) or extra}")
            elif extra not in self._empty.get(need.project, ()):
                variants.append(f"+{extra}")
        chosen = resolution.versions(need.project)
        spelled = resolution.catalog.spelled_releases(need.project, need.specifier, chosen)
        text = ranges(SpecifierSet(need.specifier), spelled)
        return Line(target.package, text, tuple(variants), need.when, need.types)

    def _comments(self, omissions: Sequence[Omission]) -> Tuple[str, ...]:
        """What the file itself says of what is left out: that which is required, or closes a
        cycle, or was never confirmed."""
        told: Dict[str, List[str]] = {}
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
) -> Dict[str, Set[str]]:
    """The extras by project of which a new recipe has no variant, as nothing came of them."""
    found: Dict[str, Set[str]] = {}
    for project, done in assembled.items():
        if done.recipe is not None and done.recipe.parent is None:
            names = {variant.name for variant in done.recipe.variants}
            found[project] = set(resolution.extras(project)) - names
    return found


def _beyond_metadata(built: Builds) -> List[Line]:
    """The compilers and tools that a release needs."""
    found = [Line(language, types=BUILD) for language in built.languages]
    found += [Line(t.package, t.versions, t.variants, t.when, t.types) for t in built.tools]
    return found


def _without_variant(
    resolution: Resolution, project: str, extra: str, packed: Archives
) -> List[Omission]:
    """The versions that cannot be had with the variant of an extra, as omissions that say why."""
    return [
        Omission(
            project,
            packed.spelled[version],
            f"the extra '{extra}'",
            resolution.lessons.reason(Unit(project, version, extra)),
            extra=extra,
        )
        for version in resolution.versions(project)
        if version in packed.spelled and extra in resolution.unavailable(project, version)
    ]


def _holding(versions: Sequence[str], held: Sequence[str]) -> str:
    """The ranges of a recipe's ``versions`` (newest first) that hold just some of them; empty for
    all."""
    (dependency, *others) = merge(
        versions, [[Line("x")] if version in held else [] for version in versions]
    ) or (Dependency("x"),)
    return ",".join(d.when.versions for d in (dependency, *others) if d.when.versions)


def _combined(edges: Iterable[Tuple[Unit, Edge]]) -> Iterator[Tuple[Unit, Edge]]:
    """One need of several for the same under the same condition, with all their bounds: an extra
    that was replaced by what it stands for may ask again for what the release asks for itself."""
    found: Dict[Tuple[Need, Status], List[Tuple[Unit, Edge]]] = {}
    for unit, edge in edges:
        key = (replace(edge.need, specifier=""), edge.answer.status)
        found.setdefault(key, []).append((unit, edge))
    for same in found.values():
        unit, first = same[0]
        specifiers = [edge.need.specifier for _, edge in same]
        text = ",".join(dict.fromkeys(filter(None, specifiers)))
        required = any(edge.required for _, edge in same)
        yield unit, replace(first, need=replace(first.need, specifier=text), required=required)


def _declared(need: Need) -> str:
    extras = f"[{','.join(need.extras)}]" if need.extras else ""
    where = f" ({need.when})" if str(need.when) else ""
    return f"{need.project}{extras}{need.specifier}{where}"


def _summarized(omissions: Sequence[Omission], versions: Sequence[str]) -> Tuple[Omission, ...]:
    """Omissions in order, each once; what all versions leave out is said of the whole recipe."""
    by_text: Dict[Omission, Set[str]] = {}
    for omission in omissions:
        by_text.setdefault(replace(omission, version=""), set()).add(omission.version)
    result = []
    for omission, which in by_text.items():
        if len(versions) > 1 and which >= set(versions):
            which = {""}
        result += [replace(omission, version=version) for version in sorted(which)]
    return tuple(result)
