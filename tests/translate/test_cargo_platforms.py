"""Targets of Cargo.toml: (cfg, whether it certainly is Linux, and a Mac)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.translate.cargo_platforms import on

CFGS = [
    ("cfg(unix)", True, True),
    ("cfg(windows)", False, False),
    ("cfg(not(windows))", True, True),
    ('cfg(target_os = "linux")', True, False),
    ("cfg(target_os='macos')", False, True),
    ('cfg(target_family = "unix")', True, True),
    ('cfg(not(target_env = "msvc"))', True, True),
    ('cfg(all(unix, not(target_os = "macos")))', True, False),
    ('cfg(any(target_os = "linux", target_os = "macos"))', True, True),
    ('cfg(all(target_family = "unix", not(target_os = "macos"), not(target_os = "freebsd")))',
     True, False),
    # not for every machine, or not known
    ('cfg(target_arch = "x86_64")', False, False),
    ('cfg(all(unix, target_arch = "x86_64"))', False, False),
    ('cfg(any(unix, target_arch = "x86_64"))', True, True),
    # for all usual ones
    ('cfg(not(target_arch = "wasm32"))', True, True),
    ('cfg(any(target_arch = "x86_64", target_arch = "aarch64"))', True, True),
    ('cfg(all(unix, any(target_arch = "x86_64", target_arch = "powerpc64")))', False, False),
    ("cfg(feature)", False, False),
    ('cfg(all(unix, feature = "x"))', False, False),
    ("cfg(unheard(unix))", False, False),
    ("cfg(not(unix, windows))", False, False),
    ("x86_64-unknown-linux-gnu", False, False),
    ("cfg(unix, windows)", False, False),
    ("cfg((unix))", False, False),
    ("cfg()", False, False),
    ("cfg(", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("cfg", "linux", "mac"), CFGS)
def test_where_it_holds(cfg: str, linux: bool, mac: bool) -> None:
    assert (on(cfg, "linux"), on(cfg, "darwin")) == (linux, mac)


@given(st.text("al(),nyot =\"'unix", max_size=60))
def test_any_text_is_read_without_harm(text: str) -> None:
    on(f"cfg({text})", "linux")


def test_deep_ones_are_not_known() -> None:
    assert not on(f"cfg({'not(' * 3000}unix{')' * 3000})", "linux")
