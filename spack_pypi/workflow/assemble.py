"""From a node of the closure to its recipe, and what the recipe leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..host.port import Package
from ..pypi.model import Release
from ..recipe import directives
from ..recipe.edit import RecipeText
from ..recipe.model import (
    BUILD,
    Dependency,
    Omission,
    Parent,
    Recipe,
    Renamed,
    Variant,
)
from ..recipe.text_edits import Uneditable
from ..recipe.verify import Adulterated, verify_edit
from ..translate import spack_order
from ..translate.archives import Archives, archives
from ..translate.builds import Builds
from ..translate.describe import docstring, homepage, licenses
from ..translate.merge import Line, merge, span
from ..translate.requirements import Need, python_ranges
from ..translate.revise import revise
from ..translate.versions import Inexpressible, ranges
from .closure.closure import Closure
from .closure.node import Facts, Node

#: What an omission calls the requirements of a release that does not tell them.
UNKNOWN = "requirements"


@dataclass(frozen=True)
class Assembled:
    """The recipe of a project, as a value or, where one that exists is edited, as its text;
    neither where nothing of the project can be installed, or (``problem``) where the one that
    exists cannot be edited. ``versions`` are those that are written, ``extends`` the package (with
    namespace) that they are added to. ``proposal`` are the lines of the new versions where a
    person has to put them in."""

    recipe: Optional[Recipe]
    omissions: Tuple[Omission, ...]
    text: str = ""
    versions: Tuple[str, ...] = ()
    extends: str = ""
    problem: str = ""
    proposal: str = ""

    @property
    def written(self) -> bool:
        return self.recipe is not None or bool(self.text)


def assemble(closure: Closure, node: Node, namespace: str) -> Assembled:
    """The recipe of a node that is written into the repo with this ``namespace``."""
    if node.existing is not None and not closure.rewrites(node):
        return _extend(closure, node, node.existing, namespace)
    known = node.known
    packed = archives([node.releases[version] for version in known], published=_published(node))
    kept = [version for version in known if version in packed.spelled]
    if not kept:
        return Assembled(None, packed.omissions)
    versions = [packed.spelled[version] for version in kept]
    asked, omissions = _asked(closure, node, packed)
    omissions += _unknown_extras(node)
    dependencies = merge(versions, [asked[text] for text in versions])
    newest = node.facts[kept[0]].metadata
    variants = tuple(
        Variant(extra, f"Enable the '{extra}' extra")
        for extra in sorted(node.extras)
        if any(f"+{extra}" in dependency.when.variants for dependency in dependencies)
    )
    recipe = Recipe(
        package=node.package,
        docstring=docstring(newest),
        homepage=homepage(newest),
        pypi=packed.pypi,
        licenses=licenses([(packed.spelled[v], node.facts[v].metadata) for v in kept], span),
        versions=packed.versions,
        variants=variants,
        dependencies=dependencies,
        archives=packed.names,
    )
    return Assembled(recipe, omissions, versions=tuple(versions))


def _unknown_extras(node: Node) -> Tuple[Omission, ...]:
    """Extras that are asked for and that no release has; installers pass over them too."""
    known = {
        canonicalize_name(extra)
        for version in node.known
        for extra in node.facts[version].metadata.provides_extra
    }
    return tuple(
        Omission(node.project, "", f"the extra '{extra}'", "none of these releases has it")
        for extra in sorted(node.empty_extras - known)
    )


def _published(node: Node) -> Sequence[Release]:
    return node.page.releases if node.page is not None else ()


def _extend(closure: Closure, node: Node, existing: Package, namespace: str) -> Assembled:
    """New versions for a package that exists: in its own recipe where that lies in the repo that
    is written to, else in a recipe that inherits it, else, where some of its lines must end
    before the new versions, in an edited copy of it."""
    in_place = existing.namespace == namespace
    extends = f"{existing.namespace}.{existing.name}"
    texts = closure.host.recipe_texts(existing.name)
    try:
        recipes = [RecipeText(text) for text in texts]
    except Uneditable as error:
        return Assembled(None, (), problem=f"{extends} cannot be edited: {error}")
    pypi = next((r.pypi for r in recipes if r.pypi and not r.names_archives), "")
    chosen = [node.releases[version] for version in node.known]
    listed = {*existing.versions, *(text for r in recipes for text in r.versions)}
    # Not branches: Spack takes them for newer than any release, and none of ours is about them.
    known = {text for text in listed if text[0].isdigit()}
    served: List[str] = []
    if in_place and len(recipes) == 1 and recipes[0].renamable:
        served = [v for v in known if v not in recipes[0].addressed]
    packed = archives(
        chosen,
        wheels=existing.wheel,
        pypi=pypi,
        made_up=lambda version: closure.host.archive(existing.name, version),
        served=served,
        published=_published(node),
    )
    if not packed.spelled:
        return Assembled(None, packed.omissions)
    asked, omissions = _asked(closure, node, packed)
    asked = {text: [_as_variant(node, line) for line in lines] for text, lines in asked.items()}
    stated = list(recipes[0].stated)
    stated += [replace(line, fixed=True) for r in recipes[1:] for line in r.stated]
    versions = sorted({*known, *asked}, key=spack_order.key, reverse=True)

    def lines(said: Mapping[str, Sequence[Line]]) -> Tuple[Dependency, ...]:
        return merge(versions, [said.get(text, ()) for text in versions])

    added = tuple(asked)
    try:
        unknown = {
            packed.spelled[version]
            for version in node.known
            if node.facts[version].metadata.requires_dist is None and version in packed.spelled
        }
        before, alike = _before(closure, node, packed)
        unsure = {
            packed.spelled[version]
            for version in node.known
            if not node.facts[version].builds.certain and version in packed.spelled
        }
        revision = revise(
            stated, sorted(known), asked, before, alike=alike, unknown=unknown, unsure=unsure
        )
        if in_place or revision.ends:
            if any(line.machine for line in packed.versions):
                raise Uneditable("the new release has a wheel for each platform")
            new = lines(revision.added)
            renamed = Renamed(packed.pypi, packed.names) if packed.names else None
            text = recipes[0].edited(packed.versions, new, revision.ends, renamed)
            verify_edit(texts[0], text, packed.versions, new, len(revision.ends), renamed)
            return Assembled(None, omissions, text, added, extends)
        new_lines = revision.added
    except (Adulterated, Inexpressible, Uneditable) as error:
        if in_place:
            problem = f"{extends} cannot be edited: {error}"
            proposal = "\n".join(
                [
                    *map(directives.version, packed.versions),
                    *map(directives.depends_on, lines(asked)),
                ]
            )
            return Assembled(None, (), problem=problem, proposal=proposal)
        inherited = Omission(node.project, "", f"an exact copy of {extends}", str(error))
        omissions, new_lines = (*omissions, inherited), asked
    recipe = Recipe(
        package=node.package,
        # A docstring is not inherited, and Spack's audit wants one.
        docstring=docstring(node.facts[node.known[0]].metadata),
        versions=packed.versions,
        dependencies=lines(new_lines),
        parent=Parent(existing.namespace, existing.name),
    )
    return Assembled(recipe, omissions, versions=added, extends=extends)


def _asked(
    closure: Closure, node: Node, packed: Archives
) -> Tuple[Dict[str, List[Line]], Tuple[Omission, ...]]:
    """What each version that can be installed asks for, newest first, and all that is left out."""
    omissions: List[Omission] = list(packed.omissions)
    asked: Dict[str, List[Line]] = {}
    known = node.known
    for version in node.versions:
        if version not in known:
            reason = node.facts[version].metadata.problem
            omissions.append(Omission(node.project, str(version), "this version", reason))
        elif version in packed.spelled:
            text = packed.spelled[version]
            asked[text], left_out = _lines(closure, node, version)
            omissions += [Omission(node.project, text, what, why) for what, why in left_out]
    return asked, _summarized(omissions, list(asked))


def _as_variant(node: Node, line: Line) -> Line:
    """The line with the extras of its condition spelled as the existing package's variants."""
    names = tuple(f"+{node.variant(v[1:]) or v[1:]}" for v in line.when.variants)
    return replace(line, when=replace(line.when, variants=names))


def _lines(
    closure: Closure, node: Node, version: Version
) -> Tuple[List[Line], List[Tuple[str, str]]]:
    """What one release asks for, and (declared, reason) for what its recipe cannot say."""
    facts = node.facts[version]
    left_out = [(unsaid.declared, unsaid.reason) for unsaid in closure.unsaid(node, version)]
    if facts.metadata.requires_dist is None:
        left_out.append((UNKNOWN, facts.metadata.problem or "are not declared anywhere"))
    found = _beyond_metadata(facts.builds)
    python: List[Line] = []
    try:
        text = python_ranges(facts.metadata.requires_python)
        if text:
            python = [Line("python", text)]
    except (InvalidSpecifier, Inexpressible) as error:
        left_out.append((f"Requires-Python: {facts.metadata.requires_python}", str(error)))
    build: List[Line] = []
    run: List[Line] = []
    for need in _combined(closure.edges(node, version)):
        way_back = closure.circular.get((node.project, need.project))
        if way_back:
            circle = " needs ".join([*way_back, need.project])
            left_out.append((_declared(need), f"Spack's graphs have no circles, and {circle}"))
            continue
        try:
            line = _line(closure, need)
        except Inexpressible as error:
            left_out.append((_declared(need), str(error)))
            continue
        (build if need.types == BUILD else run).append(line)
    return [*found, *build, *python, *run], left_out


def _beyond_metadata(built: Builds) -> List[Line]:
    """The compilers and tools that a release needs."""
    found = [Line(language, types=BUILD) for language in built.languages]
    found += [Line(t.package, t.versions, t.variants, t.when, t.types) for t in built.tools]
    return found


def _before(
    closure: Closure, node: Node, packed: Archives
) -> Tuple[Dict[str, List[Line]], Dict[str, List[Line]]]:
    """By new version, what the metadata of the nearest release that the existing package has asks
    for, as far as it is known; and the compilers and tools that both need alike."""
    found, alike = {}, {}
    for version in node.known:
        release = node.predecessor(version)
        facts = node.facts.get(release.version) if release is not None else None
        if facts is not None and version in packed.spelled:
            text = packed.spelled[version]
            found[text] = [
                _as_variant(node, each) for each in _earlier_lines(closure, node, facts)
            ]
            earlier = _beyond_metadata(facts.builds)
            needed = _beyond_metadata(node.facts[version].builds)
            alike[text] = [line for line in needed if line in earlier]
    return found, alike


def _earlier_lines(closure: Closure, node: Node, facts: Facts) -> List[Line]:
    """What a release asked for that is listed already. A requirement whose versions Spack cannot
    say explains the package, and no bound."""

    lines = _beyond_metadata(facts.builds)
    try:
        lines.append(Line("python", python_ranges(facts.metadata.requires_python)))
    except (InvalidSpecifier, Inexpressible):
        pass
    for need in _combined(closure.declared(node, facts)):
        package = closure.host.package_for(need.project)
        name = package.name if package is not None else f"py-{need.project}"
        try:
            text = ranges(SpecifierSet(need.specifier))
        except Inexpressible:
            text = ""
        lines.append(Line(name, text, (), need.when, need.types))
    return lines


def _combined(needs: Iterable[Need]) -> List[Need]:
    """One need of several for the same under the same condition, with all their bounds: an extra
    that was replaced by what it stands for may ask again for what the release asks for itself."""
    found: Dict[Need, List[str]] = {}
    for need in needs:
        found.setdefault(replace(need, specifier=""), []).append(need.specifier)
    return [
        replace(need, specifier=",".join(dict.fromkeys(filter(None, specifiers))))
        for need, specifiers in found.items()
    ]


def _line(closure: Closure, need: Need) -> Line:
    """Raises `Inexpressible` where no package can answer the need."""
    target = closure.node(need.project)
    inherits = target.existing is not None and not closure.rewrites(target)
    satisfied = inherits and target.declares(need.specifier)
    if not satisfied and closure.follows:
        if target.failure:
            raise Inexpressible(target.failure)
        if need.specifier in target.unsatisfied:
            raise Inexpressible(target.unsatisfied[need.specifier])
    variants = list(target.existing.requires) if target.existing else []
    for extra in need.extras:
        if inherits:
            variants.append(f"+{target.variant(extra) or extra}")
        elif extra not in target.empty_extras:
            variants.append(f"+{extra}")
    accepted = SpecifierSet(need.specifier)
    text = ranges(accepted, closure.spelled_releases(target, need.specifier))
    return Line(target.package, text, tuple(variants), need.when, need.types)


def _declared(need: Need) -> str:
    extras = f"[{','.join(need.extras)}]" if need.extras else ""
    where = f" ({need.when})" if str(need.when) else ""
    return f"{need.project}{extras}{need.specifier}{where}"


def _summarized(omissions: Sequence[Omission], versions: Sequence[str]) -> Tuple[Omission, ...]:
    """Omissions in order, each once; what all versions leave out is said of the whole recipe."""
    by_text: Dict[Tuple[str, str, str], Set[str]] = {}
    for omission in omissions:
        key = (omission.project, omission.declared, omission.reason)
        by_text.setdefault(key, set()).add(omission.version)
    result = []
    for (project, declared, reason), which in by_text.items():
        if len(versions) > 1 and which >= set(versions):
            which = {""}
        result += [Omission(project, version, declared, reason) for version in sorted(which)]
    return tuple(result)
