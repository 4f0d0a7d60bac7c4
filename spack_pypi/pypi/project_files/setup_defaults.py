"""What the conditions of a setup.py are where it builds by default: on one platform, and nobody
gives it an option, or sets a variable of the environment for it::

    USE_SYSTEM = "--system" in sys.argv or os.environ.get("USE_SYSTEM", "0") == "1"
    if not USE_SYSTEM and sys.platform != "win32":  # true on Linux

A condition of anything else, such as which files are there, is not decided.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Mapping
from typing import Any, Callable

from packaging.markers import InvalidMarker, Marker

from ...syntax import dotted, last_name, literal_text
from .setup_conditions import marker_of
from .setup_names import bound, nodes_of

#: The platforms on which Spack builds Python packages, and the Pythons.
LINUX = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}
MACS = {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"}
_PYTHONS = ("3.9", "3.11", "3.13", "3.15")
#: How deep conditions are read.
_DEEPEST = 20
#: A value that is not known.
UNKNOWN = object()
_ASKS = {"os.environ.get", "environ.get", "os.getenv", "getenv"}
_ENVIRONMENT = {"os.environ", "environ"}
#: What a build in Spack may have set: compilers and their flags, and where something is.
_MAY_BE_SET = re.compile(
    r"(?:SPACK|CONDA|CMAKE)_.*|(?:AR|AS|CC|CPP|CXX|F77|F90|FC|LD|NVCC)"
    r"|(?:AR|AS|C|CPP|CXX|F|FC|LD)FLAGS"
    r"|(?:.*_)?(?:DIRS?|HOME|JOBS|LANG|PATHS?|PREFIX|ROOT|SHELL|TERM|THREADS|USER|VERSION)"
    r"|\w+(?:PATH|ROOT)"
)
#: The commands of setuptools that nobody gives it who builds a wheel.
_NOT_GIVEN = {"clean", "develop", "register", "sdist", "test", "upload"}
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
#: What makes a truth value, or a number, of a value.
_READ: Mapping[str, Callable[[object], object]] = {
    "bool": bool,
    "int": lambda value: {"0": 0, "1": 1}.get(str(value), UNKNOWN),
    "strtobool": lambda value: _SWITCHES.get(str(value).lower(), UNKNOWN),
}
#: Methods of texts that are given nothing.
_METHODS: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
}
#: Of other values nothing is known.
_PLAIN = (str, int, bool, type(None))


class ByDefault:
    """What is known of the names of a setup.py up to some place: `note` what is assigned, and
    `forget` what may be changed."""

    def __init__(self, platform: Mapping[str, str] = LINUX) -> None:
        self._platform = platform
        self._values: dict[str, object] = {}

    def note(self, name: str, value: ast.expr) -> None:
        self._values[name] = self.value(value)

    def forget(self, name: str) -> None:
        self._values.pop(name, None)

    def inside(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> ByDefault:
        """The same for a function, whose own names and parameters mean something else."""
        own = [*nodes_of(function)]
        outer = {name for node in own if isinstance(node, ast.Global) for name in node.names}
        parameters = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
        local = ({*bound(own)} | parameters) - outer
        found = ByDefault(self._platform)
        found._values = {name: v for name, v in self._values.items() if name not in local}
        return found

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a condition holds; None where that is not decided."""
        value = self.value(test)
        return None if value is UNKNOWN else bool(value)

    def value(self, node: ast.expr, depth: int = 0) -> object:
        """The value of an expression, if it is a text, a number, a truth value or None that is
        certain; else `UNKNOWN`."""
        if depth > _DEEPEST:
            return UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, _PLAIN) else UNKNOWN
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._values.get(dotted(node), UNKNOWN)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.value(node.operand, depth + 1)
            return UNKNOWN if inner is UNKNOWN else not inner
        if isinstance(node, ast.BoolOp):
            return self._joined(node, depth)
        if isinstance(node, ast.IfExp):
            test = self.value(node.test, depth + 1)
            chosen = node.body if test else node.orelse
            return UNKNOWN if test is UNKNOWN else self.value(chosen, depth + 1)
        found = self._called(node, depth) if isinstance(node, ast.Call) else UNKNOWN
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            found = self._compared(node.left, node.ops[0], node.comparators[0], depth)
        marker = marker_of(node) if found is UNKNOWN else ""
        return _evaluated(marker, self._platform) if marker else found

    def _joined(self, node: ast.BoolOp, depth: int) -> object:
        """``and`` and ``or``: one value may be enough."""
        decisive = isinstance(node.op, ast.Or)
        each = [self.value(value, depth + 1) for value in node.values]
        if UNKNOWN in each:
            deciding = [v for v in each if v is not UNKNOWN and bool(v) is decisive]
            return decisive if deciding else UNKNOWN
        return next((value for value in each if bool(value) is decisive), each[-1])

    def _called(self, call: ast.Call, depth: int) -> object:
        """What asks the environment, and what makes a truth value of a text."""
        name = dotted(call.func)
        if name in _ASKS and call.args and not call.keywords:
            if not _is_unset(call.args[0]):
                return UNKNOWN
            return self.value(call.args[1], depth + 1) if call.args[1:] else None
        read = _READ.get(last_name(call.func))
        if read is not None and len(call.args) == 1:
            given = self.value(call.args[0], depth + 1)
            return UNKNOWN if given is UNKNOWN else read(given)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS and not call.args:
            text = self.value(call.func.value, depth + 1)
            return _METHODS[call.func.attr](text) if isinstance(text, str) else UNKNOWN
        return UNKNOWN

    def _compared(self, left: ast.expr, by: ast.cmpop, right: ast.expr, depth: int) -> object:
        is_in = isinstance(by, ast.In)
        if is_in or isinstance(by, ast.NotIn):
            if dotted(right) in _ENVIRONMENT:
                return not is_in if _is_unset(left) else UNKNOWN
            if _is_command_line(right):
                return not is_in if _is_not_given(literal_text(left)) else UNKNOWN
            listed = right.elts if isinstance(right, (ast.List, ast.Tuple, ast.Set)) else []
            values = [self.value(each, depth + 1) for each in (left, *listed)]
            known = bool(listed) and UNKNOWN not in values
            return (values[0] in values[1:]) is is_in if known else UNKNOWN
        if dotted(left) == "__name__":
            return True if isinstance(by, ast.Eq) else UNKNOWN
        first, second = self.value(left, depth + 1), self.value(right, depth + 1)
        known = type(by) in _COMPARED and UNKNOWN not in (first, second)
        return _COMPARED[type(by)](first, second) if known else UNKNOWN


def _is_unset(name: ast.expr) -> bool:
    text = literal_text(name)
    return bool(text) and _MAY_BE_SET.fullmatch(text) is None


def _is_command_line(node: ast.expr) -> bool:
    return dotted(node.value if isinstance(node, ast.Subscript) else node) in ("sys.argv", "argv")


def _is_not_given(word: str) -> bool:
    return word.startswith("-") or word in _NOT_GIVEN


def _evaluated(text: str, platform: Mapping[str, str]) -> object:
    """Whether a marker holds with each Python; `UNKNOWN` where some differ."""
    try:
        marker = Marker(text)
    except InvalidMarker:
        return UNKNOWN
    found = {
        marker.evaluate({**platform, "python_version": python, "python_full_version": python})
        for python in _PYTHONS
    }
    return found.pop() if len(found) == 1 else UNKNOWN
