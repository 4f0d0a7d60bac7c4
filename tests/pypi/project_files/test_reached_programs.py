"""Programs that are made up and run: whatever is run of one is reached, whatever those of its
parts do that are not known; and what certainly is run is run whenever it ends without an
error."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spack_pypi.pypi.project_files.reached import Reached

SIMPLE = (
    *("mark()", "mark()", "mark()", "return", "raise Failed", "fail()"),
    *("on = True", "on = False", "on = unknown()", "on = up", "up = on", "on += unknown()"),
    *("self.on = on", "self.on = True", "up = on if unknown() else up"),
    *("f()", "g()", "h(on)"),
)
CONDITIONS = (
    *("on", "not on", "up or on", "self.on", "unknown()", "on and unknown()"),
    "sys.platform == 'win32'",
)
#: More than this is run of no program.
STEPS = 200


class Failed(Exception):
    pass


class TooLong(Exception):
    pass


def program(random: Random) -> str:
    """Functions, and statements that call them."""
    lines = [
        *("on = False", "up = False", "class self:", "    on = True"),
        *block("def f(up=up):", [random.choice(["global on", "on = False"]), *body(random, 2)]),
        *block("def g(on=True, up=up):", body(random, 2)),
        *block("def h(on):", body(random, 1)),
        *body(random, 2),
    ]  # fmt: skip
    numbers = count()
    return "\n".join(line.replace("mark()", f"mark({next(numbers)})") for line in lines)


def block(first: str, lines: Sequence[str]) -> list[str]:
    return [first, *(f"    {line}" for line in lines)]


def body(random: Random, depth: int, in_loop: bool = False) -> list[str]:
    found: list[str] = []
    for _ in range(random.choice([1, 1, 2, 3])):
        kind = random.random() if depth else 0.0

        def inner(loop: bool = in_loop) -> list[str]:
            return body(random, depth - 1, loop)

        if kind < 0.6:
            found.append(random.choice([*SIMPLE, *(("continue", "break") if in_loop else ())]))
        elif kind < 0.8:
            found += block(f"if {random.choice(CONDITIONS)}:", inner()) + block("else:", inner())
        elif kind < 0.88:
            loop = random.choice(["for _ in some():", "while unknown():"])
            found += block(loop, inner(True))
        elif kind < 0.94:
            found += block("try:", inner()) + block("except Failed:", inner())
        elif kind < 0.96:
            found += block("try:", inner()) + block("finally:", ["mark()"])
        else:
            found += block(f"def {random.choice('fgh')}(on=False):", inner())
    return found


def run(code: Any, random: Random) -> tuple[set[int], bool]:
    """The marks that are called, and whether the program ends without an error."""
    called: set[int] = set()
    steps = count()

    def unknown() -> bool:
        if next(steps) > STEPS:
            raise TooLong
        return random.random() < 0.5

    def fail() -> None:
        if unknown():
            raise Failed

    names = {
        "mark": called.add,
        "unknown": unknown,
        "some": lambda: [unknown()] * random.randrange(3),
        "fail": fail,
        "Failed": Failed,
        "sys": SimpleNamespace(platform="linux"),
    }
    try:
        exec(code, names)  # of this file, and nobody else
    except (Failed, TooLong, RecursionError, NameError, AttributeError, TypeError):
        return called, False
    return called, True


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 32))
def test_what_is_run_is_reached(seed: int) -> None:
    random = Random(seed)
    text = program(random)
    try:
        tree, code = ast.parse(text), compile(text, "made up", "exec")
    except SyntaxError:  # such as a return that is in no function
        return
    reached = Reached(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    marks = {ast.literal_eval(c.args[0]): c for c in calls if ast.unparse(c.func) == "mark"}
    for _ in range(4):
        called, ended = run(code, random)
        assert not [mark for mark in called if marks[mark] not in reached], text
        if ended:
            certain = {mark for mark, call in marks.items() if reached.certainly(call)}
            assert certain <= called, text
