"""The blocks of a CMake project, whose branches are run or not::

    if(A)
        ...          # not run where A is off
    elseif(X_FOUND)
        ...          # then run where X was found
    endif()

https://cmake.org/cmake/help/latest/command/if.html
"""

from __future__ import annotations

from typing import NamedTuple


class Block(NamedTuple):
    """A branch of what stands between ``if()`` and ``endif()``, or the like: whether it is ``run``
    if that is known, what was not found where it is (``lacks``), and what was (``has``)."""

    run: bool | None = None
    lacks: str = ""
    has: str = ""
    #: Whether one of the branches above it is run, if that is known.
    is_done: bool | None = False

    @property
    def is_over(self) -> bool | None:
        """Whether no branch below it is run."""
        if self.run or self.is_done:
            return True
        return None if self.run is None or self.is_done is None else False

    def after(self, above: Block) -> Block:
        """It as the branch of an ``elseif()``, below another."""
        if above.is_over is None:
            return Block(False if self.run is False else None, is_done=None)
        return Block(False, is_done=True) if above.is_over else self

    def opposite(self) -> Block:
        """The branch of its ``else()``."""
        run = None if self.is_over is None else not self.is_over
        return Block(run, self.has, self.lacks) if self.is_done is False else Block(run)


class Blocks:
    """The blocks in which a call stands, the innermost last."""

    def __init__(self) -> None:
        self._open: list[Block] = []

    @property
    def certain(self) -> bool:
        """Whether what stands here is run in any case."""
        return all(block.run for block in self._open)

    @property
    def possible(self) -> bool:
        return all(block.run is not False for block in self._open)

    @property
    def lacks(self) -> str:
        """What was not found where this is run, for no other reason."""
        return self._inner.lacks

    @property
    def has(self) -> str:
        """What was found where this is run, for no other reason."""
        return self._inner.has

    @property
    def _inner(self) -> Block:
        *outer, inner = self._open or [Block()]
        return inner if all(block.run for block in outer) else Block()

    def begin(self, block: Block) -> None:
        self._open.append(block)

    def end(self) -> bool:
        """False where nothing has begun."""
        return bool(self._open) and bool(self._open.pop())

    def turn(self, branch: Block | None = None) -> None:
        """``elseif()``, with its branch, or ``else()``."""
        if not self._open:
            return
        above = self._open.pop()
        self._open.append(above.opposite() if branch is None else branch.after(above))
