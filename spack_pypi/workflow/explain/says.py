"""What each release that a recipe lists declares, with where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ...errors import FileFailure
from ...pypi.archives.static import with_static_requirements
from ...pypi.metadata import with_license_of_files
from ...pypi.model import Index, Metadata, Publisher, Release, Smaller, Source
from ...translate import origins
from ...translate.builds import Builds, builds
from ...translate.by_wheel import of_wheel
from ...translate.origins import Origin
from ...translate.requirements import parsed
from ...translate.undeclared import may_lack
from ..compare import oracle


@dataclass(frozen=True)
class ReleaseSays:
    """What the release of a recipe's ``version`` declares. ``metadata_from`` is the file that its
    metadata is from; ``source`` and ``built`` are what its sdist says, or the wheel that is used;
    None where that cannot be read (``problem``). ``publishers`` are those that
    `Index.publishers` names."""

    version: str
    release: Release
    metadata: Metadata
    metadata_from: str
    source: Source | None = None
    built: Builds | None = None
    problem: str = ""
    publishers: tuple[Publisher, ...] = ()

    @property
    def python(self) -> SpecifierSet | None:
        """Which Pythons it accepts; None where that is not a specifier (PEP 440)."""
        try:
            return SpecifierSet(self.metadata.requires_python)
        except InvalidSpecifier:
            return None

    @property
    def smaller(self) -> tuple[Smaller, ...]:
        """The smaller projects that have all that it imports of larger ones."""
        return self.built.smaller if self.built is not None else ()

    @cached_property
    def extras(self) -> frozenset[str]:
        """All its extras, normalized."""
        named = oracle.extras_named(self.metadata.requires_dist or ())
        return frozenset(map(canonicalize_name, (*self.metadata.provides_extra, *named)))

    @cached_property
    def on_itself(self) -> Sequence[str]:
        """Its requirements on its own project, by which its extras name each other."""
        texts = self.metadata.requires_dist or ()
        project = self.release.project
        return [t for t in texts if (r := parsed(t)) and canonicalize_name(r.name) == project]

    @cached_property
    def tools(self) -> Sequence[Origin]:
        """The languages and tools that building it needs; none where that is not known."""
        if self.source is None or self.built is None:
            return ()
        return (
            *origins.languages(self.source, self.built),
            *origins.tools(self.source, self.built),
        )

    @property
    def requires_unknown(self) -> str:
        """Why it is not known what the release requires; empty where it is."""
        if self.metadata.requires_dist is None:
            return self.metadata.problem or "it is not declared anywhere"
        return ""

    @property
    def build_unknown(self) -> str:
        """Why it is not known all that the build requires; empty where it is."""
        if self.built is None:
            return self.problem
        if not self.built.certain:
            return "not all that the build requires is declared"
        return ""


def read(index: Index, version: str, release: Release, archive: str) -> ReleaseSays:
    """What a release says, whose ``archive`` a recipe uses; in any thread. Raises `IndexFailure`
    where the index does not answer."""
    try:
        is_wheel = archive.endswith(".whl")
        installed = index.source(release.without_sdist()) if is_wheel else Source()
        source = index.source(release) if release.sdist else Source()
        metadata = index.metadata(release)
    except FileFailure as failure:
        unknown = Metadata(
            release.project,
            version,
            requires_dist=None,
            confirmed=False,
            problem=failure.with_name,
        )
        return ReleaseSays(
            version, release, unknown, f"not known: {failure.with_name}", problem=failure.with_name
        )
    known = with_static_requirements(metadata, source)
    place = "METADATA of a wheel" if release.best_wheel is not None else "PKG-INFO of the sdist"
    if known is not metadata:
        place += f", and {_static_file(source)} of the sdist"
    elif known.requires_dist is None:
        place = f"not known: {known.problem}"
    elif not known.confirmed:
        place += f", which is not confirmed: {known.problem}"
    if is_wheel:
        built = of_wheel(installed, release).beside(known.requires_dist)
        built = _with_lacked(built, release)
        return ReleaseSays(version, release, known, place, installed, built)
    if release.sdist is None or source.problem:
        problem = source.problem or "the release has no sdist"
        return ReleaseSays(version, release, known, place, problem=problem)
    built = builds(source, release).beside(known.requires_dist)
    known = with_license_of_files(known, source)
    return ReleaseSays(version, release, known, place, source, _with_lacked(built, release))


def _with_lacked(built: Builds, release: Release) -> Builds:
    lacked = (*built.lacked, *may_lack(built.undeclared, release.project))
    return replace(built, lacked=lacked)


def _static_file(source: Source) -> str:
    """The file in which `with_static_requirements` found what is required."""
    if isinstance((source.pyproject or {}).get("project"), dict):
        return "pyproject.toml"
    return "setup.cfg" if "install_requires" in source.setup_cfg else "setup.py"
