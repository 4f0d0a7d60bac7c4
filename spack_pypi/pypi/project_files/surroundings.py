"""What conditions of Python code are where a recipe builds: on one platform, with CPython, where
nobody gives an option to the build, or sets a variable of the environment for it::

    USE_SYSTEM = "--system" in sys.argv or os.environ.get("USE_SYSTEM", "0") == "1"
    if not USE_SYSTEM and sys.platform != "win32":  # true on Linux

A condition of anything else, such as which files are there, is not decided. This is the only place
that says what is known of a build: `reached` follows code with it, and `always_linked`. Read as a
syntax tree, never run.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Callable

from packaging.markers import InvalidMarker, Marker

from ...syntax import dotted, last_name, literal_text
from .setup_conditions import marker_of, variable_of
from .setup_names import bound, nodes_of

#: What Python says where Spack builds Python packages, as the variables of markers (PEP 508).
LINUX: Mapping[str, str] = {
    "sys_platform": "linux",
    "os_name": "posix",
    "platform_system": "Linux",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}
MACS: Mapping[str, str] = {**LINUX, "sys_platform": "darwin", "platform_system": "Darwin"}
#: The Pythons that build, those to come included.
_PYTHONS = tuple(f"3.{minor}" for minor in range(9, 17))
#: Variables of the environment that a build in Spack may have: those that Spack and the recipes of
#: dependencies set (compilers and their flags, and where something is), and that everybody has.
_MAY_BE_SET = re.compile(
    r"(?:SPACK|CCACHE|CONDA|CMAKE|LC)_.*|(?:AR|AS|CC|CPP|CXX|F77|F90|FC|LD|NVCC)"
    r"|(?:AR|AS|C|CPP|CXX|F|FC|LD|MAKE)FLAGS|MPI(?:CC|CXX|F77|F90|FC)|CUDA(?:CXX|HOSTCXX)"
    r"|MACOSX_DEPLOYMENT_TARGET|PWD|TE?MP|TMPDIR"
    r"|(?:.*_)?(?:DIRS?|HOME|JOBS|LANG|PATHS?|PREFIX|ROOT|SHELL|TERM|THREADS|USER)"
    r"|\w+(?:PATH|ROOT)"
)
#: Programs that are there where something is built that needs them, as recipes require rust: such
#: a project does not get them by itself.
RUST = ("cargo", "rustc")
#: The commands of setuptools that nobody gives it who builds a wheel.
_NOT_GIVEN = {"clean", "develop", "register", "sdist", "test", "upload"}
#: How deep conditions are read.
_DEEPEST = 20
#: A value that is not known.
UNKNOWN = object()
_ENVIRONMENT = {"os.environ", "environ"}
_ASKS = {*(f"{name}.get" for name in _ENVIRONMENT), "os.getenv", "getenv"}
_FINDS = {"shutil.which", "which"}
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_SWITCHES = {
    **dict.fromkeys(("y", "yes", "t", "true", "on", "1"), 1),
    **dict.fromkeys(("n", "no", "f", "false", "off", "0"), 0),
}
#: What makes a number of a value.
_READ: Mapping[str, Callable[[object], object]] = {
    "int": lambda value: {"0": 0, "1": 1}.get(str(value), UNKNOWN),
    "strtobool": lambda value: _SWITCHES.get(str(value).lower(), UNKNOWN),
}
#: Methods of texts that are given nothing, and those that are given a text.
_METHODS: Mapping[str, Callable[[str], object]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
}
_ASKING: Mapping[str, Callable[[str, str], object]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
}
#: Of other values nothing is known.
_PLAIN = (str, int, bool, type(None))


class Surroundings:
    """What is known of a build, and of the names of its code up to some place: `note` what is
    assigned, and `forget` what may be changed. ``platform`` is `LINUX` or `MACS`; ``present`` are
    programs that are there in any case; ``main``: the code is that of the file that is run;
    ``environment`` are variables that a recipe sets."""

    def __init__(
        self,
        platform: Mapping[str, str] = LINUX,
        present: Collection[str] = (),
        main: bool = True,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._platform, self._present = platform, present
        self._environment = environment
        self._values: dict[str, object] = {"__name__": "__main__"} if main else {}

    def note(self, name: str, value: ast.expr) -> None:
        self._values[name] = self.value(value)

    def forget(self, name: str) -> None:
        self._values.pop(name, None)

    def forget_all(self) -> None:
        """Forget all names."""
        self._values = {}

    def copy(self) -> Surroundings:
        found = Surroundings(self._platform, self._present, environment=self._environment)
        found._values = {**self._values}
        return found

    def inside(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Surroundings:
        """The same for a function, whose own names and parameters mean something else."""
        own = [*nodes_of(function)]
        outer = {name for node in own if isinstance(node, ast.Global) for name in node.names}
        parameters = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
        local = ({*bound(own)} | parameters) - outer
        found = self.copy()
        for name in self._values:
            # The object whose method calls another one of it is the same.
            if name in local or name.partition(".")[0] in local - {"self"}:
                found.forget(name)
        return found

    @property
    def known(self) -> Mapping[str, object]:
        """The values of names that are known."""
        return {name: value for name, value in self._values.items() if value is not UNKNOWN}

    def holds(self, test: ast.expr, depth: int = 0) -> bool | None:
        """Whether a condition holds; None where that is not decided."""
        if depth > _DEEPEST:
            return None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.holds(test.operand, depth + 1)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            sides = [self.holds(each, depth + 1) for each in test.values]
            decisive = isinstance(test.op, ast.Or)
            if decisive in sides:  # one is enough, whatever the others are
                return decisive
            return None if None in sides else not decisive
        value = self.value(test, depth)
        return None if value is UNKNOWN else bool(value)

    def value(self, node: ast.expr, depth: int = 0) -> object:
        """The value of an expression, if it is a text, a number, a truth value or None that is
        certain, or a tuple of these; else `UNKNOWN`."""
        if depth > _DEEPEST:
            return UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, _PLAIN) else UNKNOWN
        if variable_of(node):
            return self._platform[variable_of(node)]
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._values.get(dotted(node), UNKNOWN)
        if isinstance(node, ast.Tuple):
            return self._all(node.elts, depth)
        if isinstance(node, ast.IfExp):
            test = self.holds(node.test, depth + 1)
            chosen = node.body if test else node.orelse
            return UNKNOWN if test is None else self.value(chosen, depth + 1)
        if isinstance(node, ast.BoolOp):
            return self._joined(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            holds = self.holds(node, depth)
            return UNKNOWN if holds is None else holds
        if isinstance(node, ast.Call):
            return self._called(node, depth)
        if isinstance(node, ast.Subscript) and dotted(node.value) in _ENVIRONMENT:
            return self._set(node.slice)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node, depth)
        return UNKNOWN

    def _all(self, nodes: Collection[ast.expr], depth: int) -> object:
        """The values of expressions, if all are known."""
        values = tuple(self.value(each, depth + 1) for each in nodes)
        return UNKNOWN if UNKNOWN in values else values

    def _joined(self, node: ast.BoolOp, depth: int) -> object:
        """``and`` and ``or``: the first value that decides, else the last one."""
        decisive = isinstance(node.op, ast.Or)
        value: object = UNKNOWN
        for each in node.values:
            value = self.value(each, depth + 1)
            if value is UNKNOWN or bool(value) is decisive:
                break
        if value is not UNKNOWN:
            return value
        # A truth value is the same whichever of them it is.
        holds = self.holds(node, depth) if all(map(_is_truth, node.values)) else None
        return UNKNOWN if holds is None else holds

    def _called(self, call: ast.Call, depth: int) -> object:
        """What asks the environment, and what makes something of a text."""
        name, method = dotted(call.func), last_name(call.func)
        if call.keywords or not call.args:
            return self._of_text(call.func, depth) if not call.keywords else UNKNOWN
        if name in _ASKS:
            given = self._set(call.args[0])
            if given is not UNKNOWN:
                return given
            if not self._is_unset(call.args[0]):
                return UNKNOWN
            return self.value(call.args[1], depth + 1) if call.args[1:] else None
        if len(call.args) != 1:
            return UNKNOWN
        if method == "bool":
            holds = self.holds(call.args[0], depth + 1)
            return UNKNOWN if holds is None else holds
        given = self.value(call.args[0], depth + 1)
        if given is UNKNOWN:
            return UNKNOWN
        if name in _FINDS:
            return given if given in self._present else UNKNOWN
        if method in _READ:
            return _READ[method](given)
        if isinstance(call.func, ast.Attribute) and method in _ASKING and isinstance(given, str):
            text = self.value(call.func.value, depth + 1)
            return _ASKING[method](text, given) if isinstance(text, str) else UNKNOWN
        return UNKNOWN

    def _of_text(self, function: ast.expr, depth: int) -> object:
        """``x.lower()``."""
        if not isinstance(function, ast.Attribute) or function.attr not in _METHODS:
            return UNKNOWN
        text = self.value(function.value, depth + 1)
        return _METHODS[function.attr](text) if isinstance(text, str) else UNKNOWN

    def _compared(self, node: ast.Compare, depth: int) -> object:
        (by,), (right,) = node.ops, node.comparators
        if isinstance(by, (ast.In, ast.NotIn)):
            found = self._is_in(node.left, right, depth)
            return found if found is UNKNOWN else found is isinstance(by, ast.In)
        first, second = self.value(node.left, depth + 1), self.value(right, depth + 1)
        if type(by) in _COMPARED and UNKNOWN not in (first, second):
            return _COMPARED[type(by)](first, second)
        return self._of_version(node)

    def _is_in(self, left: ast.expr, right: ast.expr, depth: int) -> object:
        """Whether something is in the environment, on the command line, in a list, or a text."""
        if dotted(right) in _ENVIRONMENT and self._set(left) is not UNKNOWN:
            return True
        if dotted(right) in _ENVIRONMENT:
            return False if self._is_unset(left) else UNKNOWN
        first = self.value(left, depth + 1)
        if _is_command_line(right):
            return False if isinstance(first, str) and _is_not_given(first) else UNKNOWN
        if isinstance(right, (ast.List, ast.Set)):
            second = self._all(right.elts, depth)
        else:
            second = self.value(right, depth + 1)
        if isinstance(second, tuple):
            return UNKNOWN if first is UNKNOWN else first in second
        return first in second if isinstance(second, str) and isinstance(first, str) else UNKNOWN

    def _set(self, variable: ast.expr) -> object:
        """What the recipe sets a variable of the environment to; `UNKNOWN` for another one."""
        name = self.value(variable)
        return self._environment.get(name, UNKNOWN) if isinstance(name, str) else UNKNOWN

    def _is_unset(self, variable: ast.expr) -> bool:
        name = self.value(variable)
        return isinstance(name, str) and bool(name) and _MAY_BE_SET.fullmatch(name) is None

    def _of_version(self, node: ast.Compare) -> object:
        """Whether a condition of the Python version holds with each Python; `UNKNOWN` where some
        differ."""
        try:
            marker = Marker(marker_of(node))
        except InvalidMarker:
            return UNKNOWN
        found = {
            marker.evaluate({"python_version": python, "python_full_version": python})
            for python in _PYTHONS
        }
        return found.pop() if len(found) == 1 else UNKNOWN


def asked_variable(node: ast.AST) -> str:
    """The variable of the environment for which an expression asks, ``""`` if for none."""
    asked: ast.AST | None = None
    if isinstance(node, ast.Call) and dotted(node.func) in _ASKS and node.args:
        asked = node.args[0]
    elif isinstance(node, ast.Compare) and dotted(node.comparators[0]) in _ENVIRONMENT:
        asked = node.left
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        asked = node.slice if dotted(node.value) in _ENVIRONMENT else None
    return literal_text(asked) if asked is not None else ""


def _is_truth(node: ast.expr) -> bool:
    """Whether the value of an expression is True or False."""
    if isinstance(node, ast.BoolOp):
        return all(map(_is_truth, node.values))
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _is_command_line(node: ast.expr) -> bool:
    return dotted(node.value if isinstance(node, ast.Subscript) else node) in ("sys.argv", "argv")


def _is_not_given(word: str) -> bool:
    return word.startswith("-") or word in _NOT_GIVEN
