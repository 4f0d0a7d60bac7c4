"""From a node of the closure to its recipe, and what the recipe leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Set, Tuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from ..recipe.model import BUILD, Dependency, Omission, Parent, Recipe, Variant
from ..translate import spack_order
from ..translate.archives import Archives, archives
from ..translate.describe import docstring, homepage, licenses
from ..translate.merge import Line, merge, span
from ..translate.requirements import Need, python_ranges
from ..translate.versions import Inexpressible, ranges
from .closure import Closure, Node


@dataclass(frozen=True)
class Assembled:
    """A recipe with what could not be said in it. ``recipe`` is None where nothing of the project
    can be installed."""

    recipe: Optional[Recipe]
    omissions: Tuple[Omission, ...]


def assemble(closure: Closure, node: Node) -> Assembled:
    """The recipe of a node that is written."""
    inherits = node.existing is not None and not closure.rewrites(node)
    chosen = [node.releases[version] for version in node.versions]
    packed: Archives = archives(
        chosen, wheels=bool(inherits and node.existing and node.existing.wheel)
    )
    omissions: List[Omission] = list(packed.omissions)
    kept = [version for version in node.versions if version in packed.spelled]
    if not kept:
        return Assembled(None, tuple(omissions))
    spelled = [packed.spelled[version] for version in kept]
    inherited: Sequence[str] = node.existing.versions if inherits and node.existing else ()
    versions = sorted({*spelled, *inherited}, key=spack_order.key, reverse=True)
    lines: Dict[str, List[Line]] = {text: [] for text in versions}
    for version in kept:
        text = packed.spelled[version]
        said, left_out = _lines(closure, node, version)
        lines[text] = said
        omissions += [Omission(node.project, text, what, why) for what, why in left_out]
    dependencies = merge(versions, [lines[text] for text in versions])
    newest = node.facts[kept[0]].metadata
    variants = tuple(
        Variant(extra, f"Enable the '{extra}' extra")
        for extra in sorted(node.extras)
        if any(f"+{extra}" in dependency.when.variants for dependency in dependencies)
    )
    if inherits and node.existing:
        recipe = Recipe(
            package=node.package,
            docstring=docstring(newest),  # it is not inherited, and Spack's audit wants one
            versions=packed.versions,
            variants=variants,
            dependencies=dependencies,
            parent=Parent(node.existing.namespace, node.existing.name),
        )
    else:
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
    return Assembled(recipe, _summarized(omissions, spelled))


def _lines(
    closure: Closure, node: Node, version: Version
) -> Tuple[List[Line], List[Tuple[str, str]]]:
    """What one release asks for, and (declared, reason) for what its recipe cannot say."""
    facts = node.facts[version]
    left_out = [(unsaid.declared, unsaid.reason) for unsaid in closure.unsaid(node, version)]
    if facts.metadata.requires_dist is None:
        left_out.append(("requirements", facts.metadata.problem or "are not declared anywhere"))
    found = [Line(language, types=BUILD) for language in facts.builds.languages]
    found += [_tool(tool) for tool in facts.builds.tools]
    python: List[Line] = []
    try:
        text = python_ranges(facts.metadata.requires_python)
        if text:
            python = [Line("python", text)]
    except (InvalidSpecifier, Inexpressible) as error:
        left_out.append((f"Requires-Python: {facts.metadata.requires_python}", str(error)))
    build: List[Line] = []
    run: List[Line] = []
    for need in closure.edges(node, version):
        try:
            line = _line(closure, need)
        except Inexpressible as error:
            left_out.append((_declared(need), str(error)))
            continue
        (build if need.types == BUILD else run).append(line)
    return [*found, *build, *python, *run], left_out


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
        variants.append(f"+{target.variant(extra) or extra}" if inherits else f"+{extra}")
    accepted = SpecifierSet(need.specifier)
    text = ranges(accepted, closure.spelled_releases(target, need.specifier))
    return Line(target.package, text, tuple(variants), need.when, need.types)


def _declared(need: Need) -> str:
    extras = f"[{','.join(need.extras)}]" if need.extras else ""
    where = f" ({need.when})" if str(need.when) else ""
    return f"{need.project}{extras}{need.specifier}{where}"


def _tool(tool: Dependency) -> Line:
    return Line(tool.package, tool.versions, tool.variants, tool.when, tool.types)


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
