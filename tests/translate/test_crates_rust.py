"""The least Rust by the crates of others that an archive requires: (Cargo.toml, the crates of
Cargo.lock if there is one) → what is needed, and why. The versions of Rust are those that these
crates state at their repositories."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files.cargo_lock import edges
from spack_pypi.translate.backends.rust import rust_needed

REGISTRY = "registry+https://index.example/crates"
PACKAGE = "[package]\nname = 'x'\nrust-version = '1.60'\n"
NOTHING = ("1.60", "")
OPTIONAL = "[dependencies]\nfaer = { version = '0.21.9', optional = true }\n"


def lock(*crates: str, kind: int = 3) -> str:
    """Each ``name@version``, or ``name`` of one that is from a repository."""
    blocks = [f"version = {kind}\n"]
    for crate in crates:
        name, _, version = crate.partition("@")
        source = REGISTRY if version else "git+https://forge.example/it"
        blocks.append(f'name = "{name}"\nversion = "{version or 9}"\nsource = "{source}"\n')
    return edges("[[package]]\n".join(blocks))


def needed(toml: str, locked: str | None = None, maturin: object = None) -> tuple[str, str]:
    files = {"Cargo.toml": PACKAGE + toml}
    if locked is not None:
        files["Cargo.lock"] = locked
    return rust_needed(Source({"tool": {"maturin": maturin or {}}}, build_files=files))


#: (what is locked, what Cargo.toml requires of pyo3, the least Rust, the version that needs it)
LOCKED: list[tuple[Sequence[str], str, str, str]] = [
    (["pyo3@0.28.2"], "0.28", "1.83", "0.28"),
    (["pyo3@0.27.1"], "0.27", "1.74", "0.27"),
    (["pyo3@0.23.5"], ">=0.20, <0.25", "1.63", "0.23"),
    # an older Rust would do than the project asks for
    (["pyo3@0.20.3"], "0.20", "1.60", ""),
    (["pyo3@0.13.2"], "0.13", "1.60", ""),
    # Cargo.lock counts, not what Cargo.toml would allow
    (["pyo3@0.28.2"], "*", "1.83", "0.28"),
    (["pyo3@0.28.2+build.7"], ">=0.20", "1.83", "0.28"),
    # of two, the one that is allowed, or the older one
    (["pyo3@0.22.0", "pyo3@0.28.0"], "0.28", "1.83", "0.28"),
    (["pyo3@0.22.0", "pyo3@0.28.0"], ">=0.20", "1.63", "0.22"),
    # that of a commit, or of a release before the first, is not known
    (["pyo3"], "0.28", "1.60", ""),
    (["pyo3@0.28.0-beta.1"], "0.28", "1.60", ""),
    # a lock file without it is older than Cargo.toml
    (["libc@0.2.177"], "0.28", "1.83", "0.28"),
]  # fmt: skip


@pytest.mark.parametrize("locked, required, least, version", LOCKED)
def test_the_version_of_the_lock_file(
    locked: Sequence[str], required: str, least: str, version: str
) -> None:
    why = f"pyo3 {version} needs Rust {least}" if version else ""
    assert needed(f"[dependencies]\npyo3 = '{required}'", lock(*locked)) == (least, why)


#: (what Cargo.toml requires of pyo3, the least Rust by the least version that this allows)
REQUIRED = [
    ("0.28.2", "1.83"),
    ("^0.26", "1.74"),
    ("~0.26.0", "1.74"),
    ("=0.28.0", "1.83"),
    (">= 0.22, < 0.29", "1.63"),
    ("<0.29, >=0.26", "1.74"),
    ("0.28.*", "1.83"),
    ("<0.29", "1.60"),
    ("*", "1.60"),
    ("not a version", "1.60"),
]


@pytest.mark.parametrize("required, least", REQUIRED)
def test_without_a_lock_file_the_least_version(required: str, least: str) -> None:
    assert needed(f"[dependencies]\npyo3 = '{required}'")[0] == least


#: (what Cargo.toml says, what of it is on, whether faer is compiled)
USED = [
    ("[dependencies]\nfaer = '0.21.9'", {}, True),
    ("[build-dependencies]\nfaer = '0.21.9'", {}, True),
    ("[dependencies]\nf = { package = 'faer', version = '0.21.9' }", {}, True),
    (f"{OPTIONAL}[features]\npython = ['dep:faer']", {"features": ["python"]}, True),
    (f"{OPTIONAL}[features]\ndefault = ['faer']", {}, True),
    (f"{OPTIONAL}[features]\ndefault = ['faer']", {"no-default-features": True}, False),
    (f"{OPTIONAL}[features]\npython = ['dep:faer']", {}, False),
    (OPTIONAL, {}, False),
    ("[dev-dependencies]\nfaer = '0.21.9'", {}, False),
    ("[target.'cfg(windows)'.dependencies]\nfaer = '0.21.9'", {}, False),
    ("[target.'cfg(target_os = \"linux\")'.dependencies]\nfaer = '0.21.9'", {}, False),
    ("[dependencies]\nfaer = { git = 'https://forge.example/faer' }", {}, False),
    ("[dependencies]\nfaer-ext = '0.21.9'", {}, False),
]


@pytest.mark.parametrize("toml, maturin, compiled", USED)
def test_only_what_is_compiled_everywhere_counts(
    toml: str, maturin: object, compiled: bool
) -> None:
    faer = ("1.84", "faer 0.21.9 needs Rust 1.84")
    assert needed(toml, maturin=maturin) == (faer if compiled else NOTHING)


def test_the_highest_of_all_and_why() -> None:
    """What reads the lock file needs 1.78; a bound of the project's own has no other reason."""
    crates = "[dependencies]\npyo3 = '0.25'\nderive_more = '2'\n"
    both = lock("pyo3@0.25.0", "derive_more@2.0.1", kind=4)
    read = ("1.78", "version 4 of Cargo.lock needs Rust 1.78")
    assert needed(crates, both) == read
    assert needed(f"{crates}faer = '0.21.9'", both) == ("1.84", "faer 0.21.9 needs Rust 1.84")
    same = Source(
        build_files={
            "Cargo.toml": "[package]\nrust-version = '1.83.0'\n[dependencies]\npyo3 = '0.28'"
        }
    )
    assert rust_needed(same) == ("1.83.0", "")


GIT = "git = 'https://github.com/astral-sh/ruff'"
#: (what Cargo.toml says of a crate that comes from a repository, the least Rust, why)
BY_TAG = [
    (f"{{ {GIT}, tag = '0.15.12' }}", "1.93", "ruff 0.15.12 needs Rust 1.93"),
    (f"{{ {GIT}, tag = 'v0.5.3' }}", "1.75", "ruff 0.5 needs Rust 1.75"),
    (f"{{ {GIT}.git, tag = '0.14.10' }}".replace("ruff'.git", "ruff.git'"), "1.90",
     "ruff 0.14.10 needs Rust 1.90"),
    # a commit, a branch, or the repository of something else
    (f"{{ {GIT}, rev = '66f93cf' }}", "1.60", ""),
    (f"{{ {GIT}, branch = 'main' }}", "1.60", ""),
    (f"{{ {GIT}, tag = 'nightly' }}", "1.60", ""),
    ("{ git = 'https://forge.example/ruff', tag = '0.15.12' }", "1.60", ""),
    (f"{{ {GIT}, tag = '0.15.12', optional = true }}", "1.60", ""),
]  # fmt: skip


@pytest.mark.parametrize("crate, least, why", BY_TAG)
def test_crates_by_the_tag_of_a_repository(crate: str, least: str, why: str) -> None:
    assert needed(f"[dependencies]\nruff_text_size = {crate}") == (least, why)


def graph(**crates: str) -> str:
    """A lock file of crates, each with its version and the names of those that it requires;
    ``x`` is the one of the archive."""
    blocks = ["version = 3\n"]
    for name, said in {"x": " ".join([*crates]), **crates}.items():
        version, *behind = said.split() if name != "x" else ("1.0.0", *said.split())
        source = f'source = "{REGISTRY}"\n' if name != "x" else ""
        listed = "".join(f' "{each}",\n' for each in behind)
        blocks.append(
            f'name = "{name}"\nversion = "{version}"\n{source}dependencies = [\n{listed}]\n'
        )
    return edges("[[package]]\n".join(blocks))


IDNA = {"url": "2.5.4 idna", "idna": "1.0.3 idna_adapter"}
ICU = ("1.82", "idna_adapter 1.2.1 needs Rust 1.82")
#: (what is required, the crates of Cargo.lock, the least Rust and why)
BEHIND = [
    ("url = '2'", {**IDNA, "idna_adapter": "1.2.1"}, ICU),
    ("reqwest = '0.12'", {"reqwest": "0.12.4 url", **IDNA, "idna_adapter": "1.2.1"}, ICU),
    ("url = '2'", {**IDNA, "idna_adapter": "1.2.2"},
     ("1.86", "idna_adapter 1.2.2 needs Rust 1.86")),
    # older ones had tables of their own
    ("url = '2'", {"url": "2.4.0 idna", "idna": "0.4.0"}, NOTHING),
    # a crate of which nobody looked up on which platforms it requires that
    ("other = '2'", {"other": "2.0.0 url", **IDNA, "idna_adapter": "1.2.1"}, NOTHING),
]  # fmt: skip


@pytest.mark.parametrize("required, crates, found", BEHIND)
def test_what_crates_require_in_any_case(
    required: str, crates: dict[str, str], found: tuple[str, str]
) -> None:
    assert needed(f"[dependencies]\n{required}", graph(**crates)) == found


def test_what_may_be_there_for_another_crate_of_the_archive_does_not_count() -> None:
    locked = graph(**IDNA, idna_adapter="1.2.1") + "\nown another url"
    assert needed("[dependencies]\nurl = '2'", locked)[0] < "1.82"
