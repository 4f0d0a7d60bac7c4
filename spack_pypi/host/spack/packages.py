"""The packages of Spack's registered repos, as values: read from the text of a plain recipe, else
from its class."""

from __future__ import annotations

import sys
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spack.error
import spack.repo
import spack.spec
import spack.version

from ...files import file_text
from ...recipe.model import Recipe
from ..kept_recipes import KeptRecipes
from ..plain_recipes import FROM_GIT, PlainRecipe
from ..port import Package
from .duplicates import may_be_twice
from .evaluator import packages_url
from .internals import new_python_package
from .meaning import boolean_variants, package_class, recipe_file, variant_ranges


class SpackPackages:
    """What was read of packages, once for each. ``texts`` reads the texts of recipes."""

    def __init__(self, texts: KeptRecipes) -> None:
        self._texts = texts
        self._packages: dict[tuple[str, Sequence[str]], Package] = {}
        self._plain: dict[str, PlainRecipe | None] = {}
        self._base_is_usual: bool | None = None

    def forget(self, names: Collection[str] | None = None) -> None:
        """Forget these packages, or all: their recipes are now found elsewhere, or were replaced,
        and so were those that inherit them."""
        if names is None:
            self._packages, self._plain, self._base_is_usual = {}, {}, None
        else:
            self._packages = {key: p for key, p in self._packages.items() if key[0] not in names}
            self._plain = {name: p for name, p in self._plain.items() if name not in names}

    def package(self, name: str, requires: Sequence[str] = ()) -> Package:
        """A package that some repo has, with the variants that it ``requires`` to be a project's.
        Raises `HostError` where its recipe cannot be loaded."""
        key = (name, requires)
        if key not in self._packages:
            plain = self._plain_recipe(name)
            said = _by_text(plain) if plain else None
            if said is None:
                cls = package_class(name)
                said, namespace = _by_class(cls), cls.namespace
            else:
                namespace = spack.repo.PATH.repo_for_pkg(name).namespace
            self._packages[key] = _package(name, namespace, said, requires)
        return self._packages[key]

    def files(self, name: str) -> Sequence[Path]:
        """The file of a package's recipe, then those of the recipes it inherits."""
        if self._plain_recipe(name):
            return [recipe_file(name)]
        modules = dict.fromkeys(cls.__module__ for cls in package_class(name).__mro__)
        files = [Path(getattr(sys.modules[module], "__file__", None) or "") for module in modules]
        return [file for file in files if file.name == "package.py"]

    def _plain_recipe(self, name: str) -> PlainRecipe | None:
        """What a package's recipe says, if it is plain."""
        if name not in self._plain:
            try:
                text = file_text(recipe_file(name))
            except (OSError, UnicodeError):
                text = ""
            plain = self._texts.read(text, Recipe(name).class_name)
            self._plain[name] = plain if plain and self._is_base_usual() else None
        return self._plain[name]

    def _is_base_usual(self) -> bool:
        """Whether PythonPackage, from which plain recipes inherit, declares nothing itself that
        `PlainRecipe` holds."""
        if self._base_is_usual is None:
            try:
                cls = new_python_package(pypi="x/x-1.whl")
            except (spack.error.SpackError, ImportError, AttributeError):
                self._base_is_usual = False
            else:
                declares = cls.versions or boolean_variants(cls) or getattr(cls, "tags", ())
                self._base_is_usual = not declares and str(cls.url).endswith("/x/x-1.whl")
        return self._base_is_usual


@dataclass(frozen=True)
class _Said:
    """What a recipe declares; ``bases`` are the names of the classes that it inherits."""

    versions: Mapping[Any, Mapping[str, Any]]
    variants: Sequence[str]
    variant_ranges: Mapping[str, str]
    url: str
    tags: Sequence[str]
    bases: Container[str]


def _by_text(plain: PlainRecipe) -> _Said | None:
    """None where Spack cannot read what the text says."""
    try:
        versions = {spack.version.Version(text): said for text, said in plain.versions.items()}
        ranges = {
            variant: str(spack.spec.Spec(when).versions)
            for variant, when in sorted(plain.variants.items())
            if when
        }
    except (spack.error.SpackError, ValueError):
        return None
    limited = {variant: text for variant, text in ranges.items() if text != ":"}
    return _Said(
        versions, sorted(plain.variants), limited, plain.url, plain.tags, ("PythonPackage",)
    )


def _by_class(cls: Any) -> _Said:
    return _Said(
        versions=cls.versions,
        variants=[*boolean_variants(cls)],
        variant_ranges=variant_ranges(cls),
        url=str(getattr(cls, "url", None)),
        tags=getattr(cls, "tags", ()),
        bases={base.__name__ for base in cls.__mro__},
    )


def _is_from_index(said: _Said, wheel: bool) -> bool:
    """Whether a package is made from its project's archives: pip builds it, or it is one of those
    that install wheels in a way of their own, or CMake builds it from what is on the index."""
    if "PythonPackage" in said.bases or "PythonExtension" not in said.bases:
        return "PythonPackage" in said.bases
    where = packages_url()
    return wheel or (where is not None and said.url.startswith(where))


def _package(name: str, namespace: str, said: _Said, requires: Sequence[str]) -> Package:
    declared = {v: options for v, options in said.versions.items() if not v.isdevelop()}
    deprecated = {v for v, options in declared.items() if options.get("deprecated")}
    versions = sorted({*declared} - deprecated, reverse=True)
    newest = declared[versions[0]] if versions else {}
    is_wheel = str(newest.get("url", said.url)).endswith(".whl")
    wheel = bool(versions) and (newest.get("expand") is False or is_wheel)
    return Package(
        name=name,
        namespace=namespace,
        versions=tuple(str(version) for version in versions),
        variants=tuple(said.variants),
        wheel=wheel,
        requires=tuple(requires),
        from_index=not requires and _is_from_index(said, wheel),
        from_git=bool(said.versions)
        and all(not options.keys().isdisjoint(FROM_GIT) for options in said.versions.values()),
        build_tool=may_be_twice(said.tags),
        variant_ranges=said.variant_ranges,
        deprecated=tuple(str(version) for version in sorted(deprecated, reverse=True)),
        branches=tuple(
            str(version)
            for version, options in said.versions.items()
            if version not in declared and not options.get("deprecated")
        ),
    )
