"""The recipe that gets versions, with those that it inherits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ...recipe.calls import attribute
from ...recipe.edit import RecipeText
from ...recipe.model import DependencyLine, Parent


@dataclass(frozen=True)
class BaseRecipe:
    """The recipe that gets versions. ``texts`` are its text and those of the recipes that it
    inherits, ``recipes`` the same, parsed; ``in_place``: it is edited itself; ``known`` are its
    versions without ``branches``, which Spack takes for newer than any release."""

    parent: Parent
    texts: Sequence[str]
    recipes: Sequence[RecipeText]
    in_place: bool
    known: frozenset[str]
    branches: frozenset[str]

    @property
    def stated(self) -> list[DependencyLine]:
        """The dependencies of all its recipes; inherited ones are fixed."""
        own, *inherited = self.recipes
        above = (line for recipe in inherited for line in recipe.stated)
        return [*own.stated, *(replace(line, fixed=True, loop=0) for line in above)]

    def without_loops(self, loops: Mapping[int, Collection[int]]) -> BaseRecipe:
        """The same, with lines of loops of the first text written out (`InLoops.loops`). Raises
        `Uneditable`."""
        text = self.recipes[0].without_loops(loops)
        texts, recipes = [text, *self.texts[1:]], [RecipeText(text), *self.recipes[1:]]
        return replace(self, texts=texts, recipes=recipes)

    @property
    def served(self) -> list[str]:
        """The versions whose archives are found by ``pypi``, if that may be changed."""
        own = self.recipes[0]
        if not (self.in_place and len(self.recipes) == 1 and own.renamable):
            return []
        return [version for version in self.known if version not in own.addressed]

    @property
    def pypi(self) -> str:
        """The attribute that names archives; empty if a method does."""
        return next((r.pypi for r in self.recipes if r.pypi and not r.names_archives), "")

    @property
    def submodules(self) -> bool:
        """Whether a class says that all its versions have submodules."""
        return any(attribute(r.body, "submodules") is True for r in self.recipes)
