"""A project and all it needs, followed to the end against what the host already has.

Everything that can be asked of the index is asked at once (`inquiry`); answers are handled one by
one in this thread. What is chosen grows with what is demanded and depends on nothing else, so the
result is the same in whatever order the answers come.
"""

from __future__ import annotations

from dataclasses import replace
from typing import (
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ...errors import UnknownProject
from ...host.port import Host
from ...pypi.model import Index, Project, Release
from ...recipe.edit import RecipeText
from ...recipe.model import BUILD, BUILD_RUN, Stated
from ...recipe.text_edits import Uneditable
from ...translate.conditions import both
from ...translate.requirements import IMPLIED, Need, Unsaid, needs, parse
from ...translate.spack_order import spelling
from ...translate.versions import needs_releases
from .choose import Policy, candidates, listed, matching, newest, why_none
from .inquiry import Inquiry, Supplement
from .node import DEVELOPING, Facts, Node, parsed

#: Releases of a project that are passed over until no more of them are tried.
MOST_PASSED_OVER = 10

_Needs = Tuple[Tuple[Need, ...], Tuple[Unsaid, ...]]


class Closure:
    """Follows requirements from the named ones until nothing is missing.

    ``host`` says what exists, ``index`` what is declared, ``supplements`` what is not declared and
    needed all the same, ``constraints``, by project, which versions may be used at all,
    ``variants``: a package that gets versions gets the extras too that it has variants of;
    ``packages``, by project, those that stand for it whatever the host says;
    ``passed_over`` which releases are not to be chosen, and why;
    ``progress`` is told of every project that is looked at. Raises
    `IndexFailure`, and `UnknownProject` for a named project.
    """

    def __init__(
        self,
        host: Host,
        index: Index,
        policy: Policy,
        *,
        force: bool = False,
        follow: bool = True,
        extend: bool = True,
        variants: bool = False,
        constraints: Optional[Mapping[str, SpecifierSet]] = None,
        packages: Optional[Mapping[str, str]] = None,
        passed_over: Optional[Mapping[Tuple[str, Version], str]] = None,
        connections: int = 8,
        progress: Callable[[str], None] = lambda project: None,
        supplements: Sequence[Supplement] = (),
    ) -> None:
        self.host, self.policy = host, policy
        self._force, self.follows = force, follow
        self._inquiry = Inquiry(index, supplements, connections, progress)
        self._extend, self._constraints = extend, constraints or {}
        self._variants, self._packages = variants, packages or {}
        self.passed_over: Mapping[Tuple[str, Version], str] = passed_over or {}
        self._listable: Dict[str, Tuple[Release, ...]] = {}
        self._usable: Dict[Tuple[str, str], List[Release]] = {}
        self._decisions: Dict[Tuple[str, str, Tuple[str, ...], Tuple[str, ...]], _Needs] = {}
        self._stated: Dict[str, List[Stated]] = {}
        self._waiting: Dict[str, Set[Tuple[str, Version]]] = {}
        self.nodes: Dict[str, Node] = {}
        #: Requirements (dependent, dependency) that are left out, and the way back of each.
        self.circular: Mapping[Tuple[str, str], Tuple[str, ...]] = {}

    def __enter__(self) -> "Closure":
        self._inquiry.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._inquiry.__exit__(*exc)

    def follow(self, named: Sequence[Requirement]) -> None:
        """Follow the named requirements; `nodes` then maps normalized project names to nodes."""
        for requirement in named:
            self._name(requirement)
        self._inquiry.finish()

    def edges(self, node: Node, version: Version) -> Iterator[Need]:
        """The needs of one release, extras of existing packages without such a variant replaced
        by what they stand for; build needs first."""
        facts = node.facts[version]
        own = self.declared(node, facts)
        todo: List[Tuple[Need, FrozenSet[Tuple[str, str]]]] = [
            (need, frozenset()) for need in reversed(own)
        ]
        while todo:
            need, within = todo.pop()
            target = self.node(need.project)
            flat = [
                extra
                for extra in need.extras
                if target.existing and not self.rewrites(target) and not target.variant(extra)
            ]
            yield replace(need, extras=tuple(e for e in need.extras if e not in flat))
            for extra in flat:
                if (need.project, extra) in within:
                    continue
                inner = self._of_extra(target, extra, need, (node.project, version))
                inside = within | {(need.project, extra)}
                todo += [(n, inside) for n in reversed(inner)]

    def settled_edges(self, node: Node, version: Version) -> List[Need]:
        """The `edges` of one release, once the index has told all that they rest on."""
        while True:
            found = list(self.edges(node, version))
            if self._inquiry.idle:
                return found
            self._inquiry.finish()

    def unsaid(self, node: Node, version: Version) -> Tuple[Unsaid, ...]:
        """What this release declares and no recipe can say."""
        facts = node.facts[version]
        _, from_run = self._run_needs(node, facts)
        _, from_build = self._build_needs(node, facts)
        return (*from_run, *from_build, *facts.builds.unsaid)

    def spelled_releases(self, target: Node, specifier: str) -> Tuple[str, ...]:
        """The versions that the target's package has or could have, where the specifier's
        meaning in Spack depends on how they are spelled."""
        declared = target.existing.versions if target.existing else ()
        if not needs_releases(SpecifierSet(specifier)) or target.page is None:
            return declared
        chosen = set(target.releases)
        every = {
            spelling(release.version)
            for release in target.page.releases
            if not release.version.is_prerelease or release.version in chosen
        }
        return (*declared, *sorted(text for text in every if text))

    def node(self, project: str) -> Node:
        """The node of a project, made when it is first mentioned."""
        if project not in self.nodes:
            told = self._packages.get(project)
            existing = self.host.package(told) if told else self.host.package_for(project)
            package = existing.name if existing else self.host.new_package_name(project)
            self.nodes[project] = Node(
                project,
                package,
                existing,
                extendable=self._extend,
                constraint=self._constraints.get(project, SpecifierSet()),
            )
        return self.nodes[project]

    def stated(self, package: str) -> Sequence[Stated]:
        """What the recipe of an existing package, and those it inherits, ask in plain lines."""
        if package not in self._stated:
            found: List[Stated] = []
            for text in self.host.recipe_texts(package):
                try:
                    found += RecipeText(text).stated
                except Uneditable:
                    continue
            self._stated[package] = found
        return self._stated[package]

    def usable(self, node: Node, specifier: SpecifierSet) -> Sequence[Release]:
        """The releases that a recipe could list and ``specifier`` accepts, newest first."""
        key = (node.project, str(specifier))
        if key not in self._usable:
            self._usable[key] = matching(self._candidates(node), specifier, self.policy)
        return self._usable[key]

    def why_none(self, node: Node) -> str:
        """Why none of the releases of a node whose page is known will do."""
        assert node.page is not None
        passed_over = [version for name, version in self.passed_over if name == node.project]
        if passed_over:
            newest_one = max(passed_over)
            return f"{newest_one} {self.passed_over[node.project, newest_one]}"
        return why_none(node.page, self._candidates(node))

    def _candidates(self, node: Node) -> Tuple[Release, ...]:
        assert node.page is not None
        if node.project not in self._listable:
            passed_over = {v for name, v in self.passed_over if name == node.project}
            self._listable[node.project] = tuple(
                release
                for release in candidates(node.page, self.policy)
                if node.constraint.contains(release.version, prereleases=True)
                and release.version not in passed_over
                and len(passed_over) < MOST_PASSED_OVER
            )
        return self._listable[node.project]

    def learn(self, node: Node, release: Optional[Release]) -> None:
        """Ask for a release's facts, or for the project's page; returns when they are known."""
        if release is None:
            self._look_at(node)
        else:
            self._ask_facts(node, release)
        self._inquiry.finish()

    def add(self, node: Node, release: Release) -> None:
        """Choose one more release, and follow what it needs."""
        node.extras |= self._of_variants(node)
        node.releases[release.version] = release
        self._ask_facts(node, release)
        if release.version in node.facts:
            self._follow(node, release.version)
        self._inquiry.finish()

    # --- what is asked of the index -------------------------------------------------------

    def _look_at(self, node: Node) -> None:
        self._inquiry.page(node.project, lambda answer: self._page_arrived(node, answer))

    def _page_arrived(self, node: Node, answer: Union[Project, UnknownProject]) -> None:
        if isinstance(answer, Project):
            node.page = answer
            self._choose(node)
        elif node.named is not None:
            raise answer
        else:
            node.failure = "the index has no such project"
        self._wake(node.project)

    def _ask_facts(self, node: Node, release: Release, *, optional: bool = False) -> None:
        def arrived(facts: Facts) -> None:
            node.facts[release.version] = facts
            if release.version in node.releases:
                self._follow(node, release.version)
            self._wake(node.project)

        assert node.page is not None
        installed = self._installs_wheel(node, release)
        self._inquiry.facts(node.page, release, arrived, is_built=not installed, optional=optional)

    def _installs_wheel(self, node: Node, release: Release) -> bool:
        """Whether it is added to a package that installs wheels, which are built already."""
        added_to = None if self.rewrites(node) else node.existing
        pure = any(wheel.is_pure_wheel for wheel in release.wheels)
        return added_to is not None and added_to.wheel and pure

    def _wake(self, project: str) -> None:
        """Follow again those releases that waited for an answer about ``project``."""
        for dependent, version in sorted(self._waiting.pop(project, ())):
            if version in self.nodes[dependent].releases:
                self._follow(self.nodes[dependent], version)

    # --- what is chosen -------------------------------------------------------------------

    def _name(self, requirement: Requirement) -> None:
        node = self.node(canonicalize_name(requirement.name))
        asked = requirement.specifier
        node.named = asked if node.named is None else node.named & asked
        extras = {canonicalize_name(extra) for extra in requirement.extras}
        wanted = self.rewrites(node) or not node.declares(str(asked))
        if self.rewrites(node) and node.project in IMPLIED:
            node.failure = "PythonPackage itself is built with it, so its recipe cannot be one"
        elif wanted and node.closed:
            node.failure = node.closed
        elif wanted:
            node.extras |= extras | self._of_variants(node)
            self._look_at(node)

    def _of_variants(self, node: Node) -> Set[str]:
        """The extras that a package which gets versions has variants of, where that is asked."""
        if not self._variants or node.existing is None or self.rewrites(node):
            return set()
        names = map(canonicalize_name, node.existing.variants)
        return {name for name in names if not DEVELOPING.match(name)}

    def rewrites(self, node: Node) -> bool:
        """Whether the node gets a recipe of its own even where a package exists."""
        return node.existing is None or (self._force and node.named is not None)

    def _demand(self, need: Need) -> None:
        target = self.node(need.project)
        inherits = target.existing is not None and not self.rewrites(target)
        if inherits and target.declares(need.specifier):
            if needs_releases(SpecifierSet(need.specifier)):
                self._look_at(target)
            return
        if not self.follows:
            if needs_releases(SpecifierSet(need.specifier)):
                self._look_at(target)
            return
        if inherits and target.closed:
            target.unsatisfied[need.specifier] = target.closed
            return
        new_extras = {*need.extras, *self._of_variants(target)} - target.extras
        target.extras |= new_extras
        target.demands.add(need.specifier)
        self._look_at(target)
        self._choose(target)
        if new_extras:
            for version in [v for v in target.releases if v in target.facts]:
                self._follow(target, version)

    def _choose(self, node: Node) -> None:
        """Choose releases for all demands known so far; called again whenever one is added."""
        if node.page is None or node.failure:
            return
        usable = self._candidates(node)
        chosen: List[Release] = []
        if node.named is not None and (self.rewrites(node) or not node.declares(str(node.named))):
            chosen += listed(usable, node.named, self.policy)
        base = list(chosen)
        for specifier in sorted(node.demands):
            accepted = SpecifierSet(specifier)
            if matching(base, accepted, self.policy):
                continue
            release = newest(usable, accepted, self.policy)
            if release is None:
                node.unsatisfied[specifier] = self.why_none(node)
            else:
                chosen.append(release)
        if not chosen and (node.demands or node.named is not None):
            node.failure = self.why_none(node)
            return
        for release in chosen:
            if release.version not in node.releases:
                node.releases[release.version] = release
                if release.version in node.facts:
                    self._follow(node, release.version)
                self._ask_facts(node, release)

    def _follow(self, node: Node, version: Version) -> None:
        before = None if self.rewrites(node) else node.predecessor(version)
        if before is not None:
            self._ask_facts(node, before, optional=True)
        for need in list(self.edges(node, version)):
            self._demand(need)

    # --- what a release needs -------------------------------------------------------------

    def declared(self, node: Node, facts: Facts) -> List[Need]:
        """The needs of a release, as it declares them; build needs first."""
        return [*self._build_needs(node, facts)[0], *self._run_needs(node, facts)[0]]

    def _run_needs(self, node: Node, facts: Facts) -> _Needs:
        extras = tuple(sorted(node.extras))
        if not self.rewrites(node):
            extras = tuple(e for e in extras if node.offers(e, facts.metadata.version))
        requires = (*(facts.metadata.requires_dist or ()), *facts.builds.also_running)
        return self._decided(node, facts, requires, extras, BUILD_RUN)

    def _build_needs(self, node: Node, facts: Facts) -> _Needs:
        requires = (*facts.builds.requirements, *facts.builds.also_building)
        return self._decided(node, facts, requires, (), BUILD)

    def _decided(
        self,
        node: Node,
        facts: Facts,
        requirements: Sequence[str],
        extras: Tuple[str, ...],
        types: Tuple[str, ...],
    ) -> _Needs:
        """Deciding conditions is the dearest thing we do: once for each release and extras."""
        key = (node.project, facts.metadata.version, extras, types)
        if key not in self._decisions:
            python = facts.metadata.requires_python
            self._decisions[key] = needs(node.project, parse(requirements), extras, python, types)
        return self._decisions[key]

    def _of_extra(
        self, target: Node, extra: str, need: Need, dependent: Tuple[str, Version]
    ) -> List[Need]:
        """What the extra of an existing package stands for, under the need's own condition; empty
        until the index has answered (then the dependent is followed again)."""
        self._look_at(target)
        if target.page is None:
            self._waiting.setdefault(target.project, set()).add(dependent)
            return []
        declared = (
            {parsed(version) for version in target.existing.versions} if target.existing else set()
        )
        accepted = SpecifierSet(need.specifier)
        usable = self._candidates(target)
        ours = [r for r in usable if r.version in declared or r.version in target.releases]
        release = newest(ours, accepted, self.policy) or newest(usable, accepted, self.policy)
        if release is None:
            return []
        if release.version not in target.facts:
            self._waiting.setdefault(target.project, set()).add(dependent)
            self._ask_facts(target, release)
            return []
        facts = target.facts[release.version]
        found, _ = needs(
            target.project,
            parse(facts.metadata.requires_dist or ()),
            [extra],
            facts.metadata.requires_python,
            need.types,
        )
        inner = []
        for part in found:
            if f"+{extra}" in part.when.variants:
                condition = both(need.when, replace(part.when, variants=()))
                if condition is not None:
                    inner.append(replace(part, when=condition))
        return inner
