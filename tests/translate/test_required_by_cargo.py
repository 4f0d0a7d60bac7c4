"""What Cargo.toml requires in any case: (its text, the dependencies that follow)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.translate.required_by_cargo import required_by_cargo

OPENSSL = ["pkgconfig", "openssl"]
TEXTS: list[tuple[str, list[str]]] = [
    ('[dependencies]\nopenssl = "0.10"', OPENSSL),
    ('[dependencies]\nopenssl-sys = { version = "0.9" }', OPENSSL),
    ('[dependencies]\ntls = { package = "native-tls", version = "0.2" }', OPENSSL),
    ('[dependencies.openssl]\nversion = "0.10"', OPENSSL),
    ('[build-dependencies]\ncmake = "0.1"', ["cmake"]),
    ('[build-dependencies]\nbindgen = "0.70"', ["llvm+clang"]),
    ('[build-dependencies]\nprost-build = "0.13"', ["protobuf"]),
    ('[build-dependencies]\nprost-build = "0.13"\nprotoc-bin-vendored = "3"', []),
    ('[dependencies]\nhdf5 = "0.8"', ["hdf5"]),
    ("[target.'cfg(unix)'.dependencies]\ntikv-jemallocator = '0.6'", ["gmake"]),
    # a copy of OpenSSL is built
    ('[dependencies]\nopenssl = { version = "0.10", features = ["vendored"] }', ["gmake", "perl"]),
    (
        '[dependencies]\nreqwest = "0.12"\nopenssl = { version = "*", features = ["vendored"] }',
        ["gmake", "perl"],
    ),
    ('[dependencies]\nhdf5 = { version = "0.8", features = ["static"] }', []),
    # what needs it by default
    ('[dependencies]\nreqwest = "0.12"', OPENSSL),
    ('[dependencies]\nreqwest = "0.13"', []),
    ('[dependencies]\nreqwest = { version = "0.12", default-features = false }', []),
    (
        '[dependencies]\nreqwest = { version = "0.12", default-features = false, '
        'features = ["native-tls"] }',
        OPENSSL,
    ),
    (
        '[dependencies]\nreqwest = { version = "0.12", features = ["native-tls-vendored"] }',
        ["gmake", "perl"],
    ),
    # not in any case
    ('[dev-dependencies]\nopenssl = "0.10"', []),
    ('[dependencies]\nopenssl = { version = "0.10", optional = true }', []),
    ("[target.'cfg(windows)'.dependencies]\nopenssl = '0.10'", []),
    (
        '[dependencies]\nopenssl = { version = "0.10", optional = true }\n'
        '[features]\ndefault = ["tls"]\ntls = ["dep:openssl"]',
        OPENSSL,
    ),
    (
        '[dependencies]\nopenssl = { version = "0.10", optional = true }\n'
        '[features]\ntls = ["dep:openssl"]',
        [],
    ),
    ('[dependencies]\nserde = "1"', []),
    ("not TOML", []),
    ('dependencies = "openssl"', []),
    ("", []),
]


@pytest.mark.parametrize(("text", "specs"), TEXTS)
def test_what_follows(text: str, specs: list[str]) -> None:
    source = Source(build_files={"Cargo.toml": text})
    found = required_by_cargo(source, {"rust"})
    assert [each.dependency.spec for each in found] == specs
    assert not required_by_cargo(source, {"cmake"})


def test_crates_of_the_archive() -> None:
    inner = '[dependencies]\nopenssl = { workspace = true }\nouter = { path = ".." }'
    workspace = '[workspace.dependencies]\nopenssl = "0.10"\ninner = { path = "crates/inner" }'
    files = {
        "Cargo.toml": workspace,
        "crates/own/Cargo.toml": "[dependencies]\ninner.workspace = true",
        "crates/inner/Cargo.toml": inner,
        "crates/other/Cargo.toml": '[build-dependencies]\ncmake = "0.1"',
    }
    maturin = {"tool": {"maturin": {"manifest-path": "crates/own/Cargo.toml"}}}
    found = required_by_cargo(Source(maturin, build_files=files), {"rust"})
    assert [each.dependency.spec for each in found] == OPENSSL
    assert found[1].origin == "crates/inner/Cargo.toml requires the crate openssl"


def test_features_that_features_turn_on() -> None:
    inner = (
        '[dependencies]\nopenssl = { version = "0.10", optional = true }\n'
        '[features]\ntls = ["dep:openssl"]'
    )
    for feature, specs in (("inner/tls", OPENSSL), ("inner?/tls", OPENSSL), ("inner", [])):
        own = f'[dependencies]\ninner = {{ path = "i" }}\n[features]\ndefault = ["{feature}"]'
        files = {"Cargo.toml": own, "i/Cargo.toml": inner}
        found = required_by_cargo(Source(build_files=files), {"rust"})
        assert [each.dependency.spec for each in found] == specs
        optional = own.replace('"i"', '"i", optional = true')
        found = required_by_cargo(Source(build_files={**files, "Cargo.toml": optional}), {"rust"})
        assert bool(found) is (feature == "inner/tls")


def test_for_one_platform() -> None:
    text = "[target.'cfg(target_os = \"{}\")'.dependencies]\nopenssl = '0.10'"
    linux, mac = (
        required_by_cargo(Source(build_files={"Cargo.toml": text.format(name)}), {"rust"})
        for name in ("linux", "macos")
    )
    assert [str(each.dependency.when) for each in linux] == ["platform=linux"] * 2
    assert not mac


def test_features_that_maturin_turns_on_and_off() -> None:
    text = (
        '[dependencies]\nopenssl = { version = "0.10", optional = true }\n'
        '[features]\ndefault = ["openssl"]\ntls = ["openssl"]'
    )
    for table, specs in (
        ({}, OPENSSL),
        ({"no-default-features": True}, []),
        ({"no-default-features": True, "features": ["tls"]}, OPENSSL),
    ):
        source = Source({"tool": {"maturin": table}}, build_files={"Cargo.toml": text})
        found = required_by_cargo(source, {"rust"})
        assert [each.dependency.spec for each in found] == specs
