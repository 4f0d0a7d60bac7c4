"""Which of Spack's build systems builds a recipe.

https://spack.readthedocs.io/en/latest/build_systems.html
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BuildSystem:
    """What a recipe inherits: ``bases`` are classes of Spack, each with its module; ``extends``:
    the recipe says itself that it extends Python, as the classes do not."""

    bases: tuple[tuple[str, str], ...]
    extends: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(name for _, name in self.bases)

    def __str__(self) -> str:
        return self.names[0]


#: pip builds it: https://spack.readthedocs.io/en/latest/build_systems/pythonpackage.html
PYTHON = BuildSystem((("python", "PythonPackage"),))
#: Spack runs CMake: https://spack.readthedocs.io/en/latest/build_systems/cmakepackage.html
CMAKE = BuildSystem((("cmake", "CMakePackage"), ("python", "PythonExtension")), extends=True)
