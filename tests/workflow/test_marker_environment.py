"""For which machine and Python a file is read: (what ``--for`` says, what markers hold then)."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files.marker_environment import here, named

WHERE = Path("uv.lock")

#: ``--for`` → a marker that holds there, and one that does not.
HOLDS = [
    (
        "linux,py39",
        "python_full_version < '3.10' and os_name == 'posix'",
        "sys_platform != 'linux'",
    ),
    ("py312", "python_version == '3.12'", "python_full_version < '3.12.4'"),
    ("3.12.3", "python_full_version == '3.12.3'", "python_full_version >= '3.12.4'"),
    ("python3.12", "implementation_name == 'cpython'", "implementation_name == 'pypy'"),
    ("windows,x86_64", "platform_machine == 'AMD64' and os_name == 'nt'", "os_name == 'posix'"),
    ("win32 amd64", "sys_platform == 'win32'", "sys_platform == 'linux'"),
    ("darwin,aarch64", "platform_machine == 'arm64'", "platform_system == 'Linux'"),
    ("macos,arm64,py310", "platform_system == 'Darwin'", "python_version >= '3.11'"),
    ("linux,aarch64", "platform_machine == 'aarch64'", "platform_machine == 'x86_64'"),
]


@pytest.mark.parametrize(("text", "true", "false"), HOLDS)
def test_what_holds_there(text: str, true: str, false: str) -> None:
    environment = named(text)
    assert environment.named
    assert environment.holds(true, WHERE)
    assert not environment.holds(false, WHERE)


def test_what_is_not_named_is_as_here() -> None:
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert here().variables["python_full_version"] == platform.python_version()
    assert here().python == minor
    assert not here().elsewhere
    assert not named("py39").elsewhere
    assert named("py39").variables["platform_machine"] == platform.machine()
    # The Python that runs us is of its own patch release.
    assert named(f"py{minor}").variables == here().variables
    assert named("windows,x86_64").elsewhere


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "solaris",
            r"'solaris' is neither a platform \(linux, darwin, windows, freebsd\), nor a m",
        ),
        ("py2", "'py2' is neither a platform"),
        ("py311,py312", "'py312' is a second platform, machine or Python"),
        ("windows,ppc64le", "there is no ppc64le with windows"),
        ("3.12.1234", "is neither a platform"),
    ],
)
def test_what_is_no_environment(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        named(text)


#: A marker (as uv and Poetry write it, and PEP 751), the chosen extras, and whether it holds.
LOCKED = [
    ("extra == 'a'", {"a", "b"}, True),
    ("extra == 'a' and extra == 'b'", {"a", "b"}, True),
    ("extra == 'a' and extra != 'b'", {"a", "b"}, False),
    ('extra == "A_b"', {"a-b"}, True),
    ("extra != 'a'", {}, True),
    ("'a' in extras", {"a"}, True),
    ("'dev' in dependency_groups", {"dev"}, False),
]


@pytest.mark.parametrize(("marker", "extras", "expected"), LOCKED)
def test_several_extras_at_once(marker: str, extras: set[str], expected: bool) -> None:
    assert here().holds_locked(marker, WHERE, extras=extras) is expected


@pytest.mark.parametrize(
    ("marker", "reason"),
    [
        ("os_name =", "uv.lock: 'os_name =' is not a marker"),
        ("os_name == 'a' or " * 1000, "is too long for a marker"),
        ("extras == 'a'", "cannot be evaluated"),
        ("platform_release > '5'", "depends on a kernel, which --for does not name"),
    ],
)
def test_markers_that_say_nothing(marker: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        named("windows,x86_64").holds(marker, WHERE)


@pytest.mark.parametrize(
    ("required", "reason"),
    [(">=3.12", "uv.lock is for Python >=3.12, not 3.11: choose another one with --for"),
     ("nine", "'nine' is not a range of Python versions"), (9, "'9' is not a range")],
)  # fmt: skip
def test_a_file_for_another_python(required: object, reason: str) -> None:
    named("py312").check_python(">=3.12", WHERE)
    named("py311").check_python(None, WHERE)
    with pytest.raises(UsageError, match=reason):
        named("py311").check_python(required, WHERE)
