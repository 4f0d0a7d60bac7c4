"""The table of known native needs: what no metadata declares, but a page or a recipe says.

Each entry of ``known_needs.json`` is a project with its ``source``, and its ``needs``: packages of
Spack, with the ``versions`` and ``variants`` that are needed, the ``releases`` of the project that
need them (ranges of Spack; all where it has none), and the ``types`` of the dependency where they
are not the usual ones of a library. What is compiled against is there to build and to link; what
is loaded by its name, or runs, is there to run. Of several that name one package, the first that a
release is in counts. ``releases`` that end say that later ones do not need it; where that is not
known, they do not end. ``settings`` are variables of the environment of the build, each with its
``value`` (``{"prefix": "hdf5"}`` is the prefix of a need) and the ``releases`` that ask for it;
``otherwise``, its own or that of the project, is what the build does without it, a clause:
`FOR_MACHINE` where that is to compile for the machine that builds. ``resources`` are
sources that the build downloads, unless a ``variable`` of its environment names a folder that has
them: the ``tag`` of a ``git`` repository, in which ``{NAME}`` is the text that the release's own
setup.py gives that name, with its ``submodules``.
``copies`` is why a project is built with its own copies of libraries, a clause.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ..pypi.model import Release, Source
from ..recipe.model import LIBRARY, Dependency, Setting
from . import spack_order

#: What most settings prevent.
FOR_MACHINE = "it is compiled for the machine that builds it"
_FILE = Path(__file__).with_name("known_needs.json")
#: Whatever a setup.py says, no tag is longer.
_TAG = re.compile(r"[\w.+/-]{1,100}")
_CONSTANT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class KnownSetting:
    """A setting of a build, what that does ``otherwise``, a clause, and the ``source`` that says
    so: a public page, if it is ``in_table``, else a place of the archive. ``for_target``:
    otherwise it compiles for the machine that builds."""

    setting: Setting
    otherwise: str
    source: str
    in_table: bool = True
    for_target: bool = True

    @property
    def origin(self) -> str:
        """Where it is from, in words."""
        return _origin(self.source, self.in_table)


@dataclass(frozen=True)
class KnownNeed:
    """A dependency that is known from ``source``: a public page, or a recipe, if it is
    ``in_table``, else a file of the archive. ``comment`` is what the recipe says of it, as a
    clause. ``imported``: modules of the project's package need it, whether they are built or come
    in a wheel."""

    dependency: Dependency
    source: str
    in_table: bool = True
    comment: str = ""
    imported: bool = False

    @property
    def origin(self) -> str:
        """Where it is from, in words."""
        return _origin(self.source, self.in_table)


@dataclass(frozen=True)
class KnownResource:
    """Sources that a build downloads, as ``source`` says, unless its ``variable`` names a folder
    that has them: those at the ``tag`` of a ``git`` repository, which setup.py says in ``places``
    (``setup.py:3 version``), with its submodules if it has ``submodules``. ``name`` is that of
    the resource, and of its folder."""

    name: str
    git: str
    tag: str
    variable: str
    source: str
    submodules: bool = False
    places: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Where it is from, in words."""
        return _origin(self.source, in_table=True)

    @property
    def spec(self) -> str:
        """What it is, in words."""
        return f"{self.name}, the tag {self.tag} of {self.git}"

    @property
    def setting(self) -> Setting:
        """What leads the build to the folder."""
        reason = f"Otherwise its build downloads {self.name}"
        return Setting(self.variable, self.name, reason=reason, is_folder=True)


def _origin(source: str, in_table: bool) -> str:
    return f"the table of known needs, source: {source}" if in_table else source


def known_needs(release: Release) -> tuple[KnownNeed, ...]:
    """What is known of the release; of one without an sdist what it needs to run."""
    entry = _table().get(release.project)
    if entry is None:
        return ()
    version = spack_order.spelling(release.version) or str(release.version)
    needs: dict[str, KnownNeed] = {}
    for each in entry.get("needs", ()):
        if spack_order.contains(each.get("releases", ""), version):
            needs.setdefault(each["package"], KnownNeed(_dependency(each), entry["source"]))
    built = release.sdist is not None
    return tuple(each for each in needs.values() if built or "run" in each.dependency.types)


def known_settings(release: Release) -> tuple[KnownSetting, ...]:
    """The settings that the build of the release is known to need; none without an sdist."""
    entry = _table().get(release.project, {}) if release.sdist is not None else {}
    version = spack_order.spelling(release.version) or str(release.version)
    found = []
    for each in entry.get("settings", ()):
        if spack_order.contains(each.get("releases", ""), version):
            otherwise = each.get("otherwise", entry.get("otherwise", ""))
            setting = _setting(each, f"Otherwise {otherwise}")
            for_target = otherwise == FOR_MACHINE
            found.append(KnownSetting(setting, otherwise, entry["source"], for_target=for_target))
    return tuple(found)


def known_resources(release: Release, source: Source) -> tuple[KnownResource, ...]:
    """The sources that the build of the release is known to download; without those of which its
    setup.py does not say the tag."""
    entry = _table().get(release.project, {}) if release.sdist is not None else {}
    constants = source.setup_py.constants if source.setup_py else {}
    found = []
    for each in entry.get("resources", ()):
        names = _CONSTANT.findall(each["tag"])
        values = {name: constants[name][0] for name in names if name in constants}
        if len(values) == len({*names}) and _TAG.fullmatch(tag := each["tag"].format_map(values)):
            resource = KnownResource(
                each["name"],
                each["git"],
                tag,
                each["variable"],
                entry["source"],
                each.get("submodules", False),
                tuple(f"setup.py:{constants[name][1]} {name}" for name in names),
            )
            found.append(resource)
    return tuple(found)


def why_copies(release: Release) -> str:
    """Why the release is built with its own copies of libraries; empty where that is not known."""
    return str(_table().get(release.project, {}).get("copies", ""))


def beside(
    known: Sequence[KnownNeed], found: Sequence[KnownNeed], there: Collection[str]
) -> tuple[KnownNeed, ...]:
    """What is ``known``, and what is ``found`` in files of the archive, but for packages that are
    ``there``. What is known of a package that both name counts, with what the files say beside it:
    what they link with is linked, and needs their range and variants where no other is known."""
    by_package = {each.dependency.package for each in known}
    new = [each for each in found if each.dependency.package not in there]
    both = [each for each in new if each.dependency.package in by_package]
    return (
        *(_with(each, both) for each in known),
        *(each for each in new if each not in both),
    )


def _with(known: KnownNeed, found: Sequence[KnownNeed]) -> KnownNeed:
    need = known.dependency
    for each in (other.dependency for other in found):
        if (each.package, each.when) == (need.package, need.when):
            names = {variant[1:] for variant in need.variants}
            types = {*need.types, *each.types}
            need = replace(
                need,
                versions=need.versions or each.versions,
                variants=(*need.variants, *(v for v in each.variants if v[1:] not in names)),
                types=tuple(t for t in ("build", "link", "run") if t in types),
            )
    return replace(known, dependency=need)


def _dependency(need: Mapping[str, Any]) -> Dependency:
    return Dependency(
        need["package"],
        need.get("versions", ""),
        tuple(need.get("variants", ())),
        types=tuple(need.get("types", LIBRARY)),
    )


def _setting(entry: Mapping[str, Any], reason: str) -> Setting:
    name, value = entry["variable"], entry["value"]
    if isinstance(value, dict):
        return Setting(name, value["prefix"], reason=reason, is_prefix=True)
    return Setting(name, value, reason=reason)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = json.loads(_FILE.read_text("utf-8"))
    return found
