"""What ``[tool.poetry]`` requires, as poetry-core writes it into the metadata of a wheel.

Groups are for those who work on the project, and are in no metadata.

https://python-poetry.org/docs/pyproject/
https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..limits import is_short
from .declared import DeclaredRequirements
from .poetry_versions import specifiers
from .toml import at, strings

#: ``user@host:path``, as git has it for ssh.
_OF_SSH = re.compile(r"([\w.-]+@[\w.-]+):(?!//)(.+)", re.A)


class _Listed(NamedTuple):
    """A dependency: what comes before its marker, the marker, and the extras that bring it."""

    text: str
    marker: str
    optional: bool
    extras: tuple[str, ...]


def read(table: Mapping[str, Any], before_2: bool = False) -> DeclaredRequirements:
    """What the table requires. An optional dependency that no extra brings is left out, but was
    not by poetry-core ``before_2``. Raises ValueError, with a clause, for what metadata cannot
    say."""
    extras = _extras(table.get("extras", {}))
    listed = _listed(table, extras)
    found = [_with_marker(e) for e in listed if before_2 or e.extras or not e.optional]
    return DeclaredRequirements(found, list(extras), requires_python(table))


def read_beside_project(
    table: Mapping[str, Any], project: Mapping[str, Any], of_project: DeclaredRequirements | None
) -> DeclaredRequirements:
    """What ``[tool.poetry]`` requires beside a ``[project]`` that leaves it out or calls it
    dynamic; ``of_project`` is what that says in spite of it. Raises ValueError as `read` does.

    https://python-poetry.org/docs/pyproject/#dependencies-and-requires-python
    """
    said = of_project or DeclaredRequirements(())
    extras = {} if said.required else _extras(table.get("extras", {}))
    listed = [e for e in _listed(table, extras) if e.extras or not e.optional or said.required]
    python = said.python or requires_python(table)
    if not said.required:
        return DeclaredRequirements([*map(_with_marker, listed)], list(extras), python)
    plain, optional = bool(strings(project.get("dependencies"))), bool(said.extras)
    is_mixed = {"dependencies", "optional-dependencies"} & {*strings(project.get("dynamic"))}
    # What [project] lacks, of these two, comes from the table.
    more = [each for each in listed if each.optional == plain and is_mixed and plain != optional]
    if any(each.optional for each in more):
        raise ValueError("its optional dependencies are in [tool.poetry], the others in [project]")
    return DeclaredRequirements([*said.required, *map(_with_marker, more)], said.extras, python)


def requires_python(table: Mapping[str, Any]) -> str:
    """The versions of Python, as PEP 440 has them. Raises ValueError."""
    said = at(table, "dependencies", "python")
    said = at(said, "version") if isinstance(said, dict) else said
    if said is None:
        return ""
    if not isinstance(said, str):
        raise ValueError("the versions of Python in its [tool.poetry] are not text")
    return str(_as_one([_series_of_python(each) for each in specifiers(said)], said))


def _series_of_python(accepted: SpecifierSet) -> SpecifierSet:
    """``3.10`` means all of its releases, and between 2 and 3 there are none."""
    clauses = [f"{e}.*" if re.fullmatch(r"==\d+\.\d+", str(e)) else str(e) for e in accepted]
    return SpecifierSet(",".join(re.sub(r"^<(2\.[89]|3\.0)$", "<3", each) for each in clauses))


def _extras(table: Any) -> dict[str, set[str]]:
    """The projects (PEP 503) of each extra."""
    if not isinstance(table, dict):
        raise ValueError("the extras in its [tool.poetry] are not a table")
    found: dict[str, set[str]] = {}
    for extra, names in table.items():
        listed = strings(names)
        if not isinstance(names, list) or len(listed) < len(names):
            raise ValueError(f"the extra '{extra}' in its [tool.poetry] is not a list of texts")
        found[canonicalize_name(extra)] = {
            canonicalize_name(re.split(r"\[", n)[0]) for n in listed
        }
    return found


def _listed(table: Mapping[str, Any], extras: Mapping[str, set[str]]) -> Iterator[_Listed]:
    dependencies = table.get("dependencies", {})
    if not isinstance(dependencies, dict):
        raise ValueError("the dependencies in its [tool.poetry] are not a table")
    for name, said in dependencies.items():
        if canonicalize_name(name) == "python":
            continue
        among = tuple(e for e, names in extras.items() if canonicalize_name(name) in names)
        for each in said if isinstance(said, list) else [said]:
            table_of = {"version": each} if isinstance(each, str) else each
            if not isinstance(table_of, dict):
                raise ValueError(f"'{name}' in its [tool.poetry] is neither a text nor a table")
            try:
                yield _dependency(name, table_of, among)
            except ValueError as error:
                raise ValueError(f"'{name}' in its [tool.poetry]: {error}") from None


def _dependency(name: str, said: Mapping[str, Any], among: tuple[str, ...]) -> _Listed:
    extras = ",".join(strings(said.get("extras")))
    text = f"{name}[{extras}]" if extras else name
    address = _address(said)
    if address:
        text += f" @ {address}"
    else:
        version = said.get("version", "*")
        if not isinstance(version, str):
            raise ValueError("its version is not text")
        text += str(_as_one(specifiers(version), version))
    return _Listed(text, _marker(said), said.get("optional") is True, among)


def _address(said: Mapping[str, Any]) -> str:
    """The address (PEP 508) of a dependency that is not a release of an index; empty for one."""
    git, folder = said.get("git"), said.get("subdirectory")
    if isinstance(git, str):
        ssh = _OF_SSH.fullmatch(git)
        address = f"ssh://{ssh[1]}/{ssh[2]}" if ssh else git
        named = (said.get(key) for key in ("branch", "tag", "rev"))
        reference = next((each for each in named if isinstance(each, str)), "")
        address = f"git+{address}" + (f"@{reference}" if reference else "")
    else:
        url, path = said.get("url"), said.get("path", said.get("file"))
        address = url if isinstance(url, str) else f"file:{path}" if path is not None else ""
    return f"{address}#subdirectory={folder}" if address and isinstance(folder, str) else address


def _marker(said: Mapping[str, Any]) -> str:
    """The marker of a dependency without that of its extras."""
    found = []
    own = said.get("markers")
    if isinstance(own, str) and own:
        if not is_short(own):
            raise ValueError("its marker is too long")
        try:
            found.append(str(Marker(own)))
        except InvalidMarker:
            raise ValueError(f"'{own[:80]}' is not a marker") from None
    python, platform = said.get("python"), said.get("platform")
    if isinstance(python, str):
        found += _of_python(specifiers(python))
    if isinstance(platform, str):
        found += _of_platform(platform)
    return _all(found)


def _of_python(alternatives: Sequence[SpecifierSet]) -> list[str]:
    """A marker for versions of Python; none where all are meant."""
    sets = [_all([_clause(each) for each in sorted(one, key=str)]) for one in alternatives]
    return [_any(sets)] if all(sets) else []


def _clause(specifier: Specifier) -> str:
    """``python_version`` holds two numbers, and so says nothing of a third one. Nor does it know
    that a release is above its series: ``>3.8`` is true of 3.8.1."""
    operator, version = specifier.operator, specifier.version
    series = version.removesuffix(".*")
    numbers = series.split(".")
    if series != version and len(numbers) == 1:
        raise ValueError(f"'python {operator}{version}' is not in its documentation")
    if series == version and len(numbers) < 3 and operator in (">", "<=", "!="):
        numbers = [*numbers, "0", "0"][:3]
    variable = "python_version" if len(numbers) < 3 else "python_full_version"
    return f'{variable} {operator} "{".".join(numbers)}"'


def _of_platform(text: str) -> list[str]:
    """A marker for platforms: ``linux``, ``!=win32``, ``linux || darwin``."""
    found = []
    for one in re.split(r"\s*\|\|?\s*", text.strip()):
        clauses = [re.fullmatch(r"(==|!=|)\s*([\w.-]+)", c) for c in re.split(r"[,\s]+", one)]
        if not all(clauses):
            raise ValueError(f"'{text[:80]}' is not a platform")
        found.append(_all([f'sys_platform {c[1] or "=="} "{c[2]}"' for c in clauses if c]))
    return [_any(found)]


def _with_marker(listed: _Listed) -> str:
    """The requirement (PEP 508)."""
    # A marker that names an extra itself is left as it is.
    extras = [] if re.search(r"\bextra\b", listed.marker) else listed.extras
    extra = _any([f'extra == "{each}"' for each in extras])
    marker = _all([each for each in (listed.marker, extra) if each])
    return f"{listed.text} ; {marker}" if marker else listed.text


def _all(markers: Sequence[str]) -> str:
    return " and ".join(f"({m})" if " or " in m else m for m in markers)


def _any(markers: Sequence[str]) -> str:
    return markers[0] if len(markers) == 1 else " or ".join(f"({m})" for m in markers)


def _as_one(alternatives: Sequence[SpecifierSet], text: str) -> SpecifierSet:
    """One set that accepts what any of several does. Between two of them there may be whole
    series (``!=2.*``): PEP 440 has no *or*. Raises ValueError where that is not so."""
    if len(alternatives) == 1:
        return alternatives[0]
    if not all(map(str, alternatives)):
        return SpecifierSet()
    below, above = ({*map(str, each)} for each in (alternatives[0], alternatives[-1]))
    left_out = next(iter(above))[1:]
    if len(alternatives) == 2 and above == {f">{left_out}"} and f"<{left_out}" in below:
        return SpecifierSet(",".join(sorted({*below, f"!={left_out}"} - {f"<{left_out}"})))
    ranges = sorted(_Range.of(each, text) for each in alternatives)
    clauses = [f">={_text(ranges[0].low)}"] if ranges[0].low else []
    high: tuple[int, ...] | None = ranges[0].high
    for each in ranges[1:]:
        if high is None:
            break
        if _padded(each.low) > _padded(high):
            clauses += [f"!={hole}.*" for hole in _series(high, each.low, text)]
        high = None if each.high is None else max(high, each.high, key=_padded)
    clauses += [f"<{_text(high)}"] if high is not None else []
    return SpecifierSet(",".join(clauses))


class _Range(NamedTuple):
    """Versions from ``low`` on, which are below ``high`` (None: all of them)."""

    low: tuple[int, ...]
    high: tuple[int, ...] | None

    @classmethod
    def of(cls, specifier: SpecifierSet, text: str) -> _Range:
        low: tuple[int, ...] = ()
        high = None
        for clause in specifier:
            numbers = re.fullmatch(r"(\d{1,8}(?:\.\d{1,8})*)(\.\*)?", clause.version)
            release = tuple(map(int, numbers[1].split("."))) if numbers else ()
            if not release:
                raise ValueError(f"'{text[:80]}' is a range that metadata cannot say")
            if clause.operator == ">=":
                low = release
            elif clause.operator == "<":
                high = release
            elif clause.operator == "==" and clause.version.endswith(".*"):
                low, high = release, (*release[:-1], release[-1] + 1)
            else:
                raise ValueError(f"'{text[:80]}' is a range that metadata cannot say")
        return cls(low, high)


def _series(low: tuple[int, ...], high: tuple[int, ...], text: str) -> Iterator[str]:
    """The series of versions from one on, which end before another one begins: up to a hundred of
    one length, as ``3.0`` to ``3.5``."""
    length = max(len(low), len(high))
    first, last = _padded(low, length), _padded(high, length)
    while length > 1 and first[length - 1] == last[length - 1] == 0:
        length -= 1
    at_length, end = [*first[:length]], last[:length]
    same = at_length[:-1] == [*end[:-1]]
    if not same and at_length[-1] == 0 and len(at_length) == 2 and end[-1]:
        # 3.0 to 4.2: first all of 3, then what is left of 4.
        for number in range(at_length[0], min(end[0], at_length[0] + 100)):
            yield str(number)
        at_length, same = [end[0], 0], True
    if not same or end[-1] - at_length[-1] > 100:
        raise ValueError(f"'{text[:80]}' is a range that metadata cannot say")
    for number in range(at_length[-1], end[-1]):
        yield _text((*at_length[:-1], number))


def _padded(release: tuple[int, ...], length: int = 8) -> tuple[int, ...]:
    return (*release, *[0] * (length - len(release)))


def _text(release: Sequence[int]) -> str:
    return ".".join(map(str, release))
