"""The newest Python that PyO3 accepts: (its version in Cargo.lock, the one in Cargo.toml)."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, ModuleImport, Release, Source, loads
from spack_pypi.pypi.project_files.cargo_lock import edges
from spack_pypi.translate.builds import builds
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.translate.test_builds import release

SYSTEM = '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
CRATE = '[package]\nname = "own"\n[lib]\ncrate-type = ["cdylib"]\n[dependencies]\n'


def lock(version: str, *more: str, source: str = "registry+https://index.example") -> str:
    """As Cargo writes it; ``more`` are crates that require PyO3 too."""
    said = f'source = "{source}"\n' if source else ""
    blocks = [
        'version = 4\n\n[[package]]\nname = "own"\nversion = "1.0.0"\n'
        'dependencies = [\n "pyo3",\n]\n',
        f'[[package]]\nname = "pyo3-ffi"\nversion = "{version}"\n{said}',
        f'[[package]]\nname = "pyo3"\nversion = "{version}"\n{said}'
        'dependencies = [\n "pyo3-ffi",\n]\n',
    ]
    blocks += [
        f'[[package]]\nname = "{name}"\nversion = "1.0.0"\nsource = "registry+x"\n'
        'dependencies = [\n "pyo3",\n]\n'
        for name in more
    ]
    return "\n".join(blocks)


def pythons(
    crate: str, locked: str = "", maturin: str = "", more: dict[str, str] | None = None
) -> list[str]:
    files = {"Cargo.toml": CRATE + crate, **(more or {})}
    files.update({"Cargo.lock": edges(locked)} if locked else {})
    pyproject = loads(SYSTEM + maturin)
    found = builds(Source(pyproject, build_files=files), release())
    return [n.dependency.versions for n in found.needs if n.dependency.package == "python"]


#: (version in Cargo.lock, the newest Python by the build script of that version)
LOCKED = [
    ("0.19.2", ""), ("0.20.2", ""),  # no check
    ("0.20.3", ":3.12"), ("0.21.2", ":3.12"), ("0.22.0", ":3.13"), ("0.24.2", ":3.13"),
    ("0.25.0", ":3.14"), ("0.27.2", ":3.14"),
    ("0.28.0", ""), ("0.30.1", ""), ("1.0.0", ""), ("0.20.3-beta.1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("version", "newest"), LOCKED)
def test_what_cargo_lock_says(version: str, newest: str) -> None:
    found = pythons('pyo3 = ">=0.18"', lock(version))
    assert found == ([newest] if newest else [])


#: (requirement of Cargo.toml, without a lock file)
REQUIRED = [
    ('"0.20"', ":3.12"), ('"0.20.0"', ":3.12"), ('"^0.21"', ":3.12"), ('"~0.22.1"', ":3.13"),
    ('"=0.23.5"', ":3.13"), ('"0.22.*"', ":3.13"), ('{ version = "0.26" }', ":3.14"),
    ('"=0.20.2"', ""), ('"0.19"', ""), ('"=0.20"', ":3.12"),
    ('">=0.20"', ""), ('">=0.20, <0.22"', ""), ('"0"', ""), ('"*"', ""), ('"0.29"', ""),
    ('{ git = "https://git.example" }', ""),
]  # fmt: skip


@pytest.mark.parametrize(("required", "newest"), REQUIRED)
def test_what_cargo_toml_says_without_a_lock_file(required: str, newest: str) -> None:
    assert pythons(f"pyo3 = {required}") == ([newest] if newest else [])


ABI = '"abi3-py38"'
PLAIN, WITH_ABI = 'pyo3 = "0.22"\n', 'pyo3 = { version = "0.22", features = ["abi3-py38"] }\n'
#: (dependencies and features of the crate, what pyproject.toml says, whether Python is bounded)
FEATURES = [
    (WITH_ABI, "", False),
    ('pyo3 = { version = "0.22", features = ["extension-module"] }', "", True),
    # the stable ABI of the Python that is there, which the build script refuses all the same
    ('pyo3 = { version = "0.25", features = ["abi3"] }', "", True),
    ('pyo3 = { version = "0.26", features = ["abi3"] }', "", False),
    ('pyo3 = { version = "0.22", features = ["abi3", "abi3-py39"] }', "", False),
    # features of the crate
    (PLAIN + '[features]\ndefault = ["stable"]\nstable = ["pyo3/abi3-py38"]', "", False),
    (PLAIN + '[features]\nstable = ["pyo3/abi3-py38"]', "", True),
    (PLAIN + '[features]\nstable = ["pyo3/abi3-py38"]', 'features = ["stable"]', False),
    (PLAIN + '[features]\ndefault = ["stable"]\nstable = ["pyo3/abi3-py38"]',
     "no-default-features = true", True),
    # features that maturin names
    (PLAIN, 'features = ["pyo3/abi3-py310"]', False),
    (PLAIN, 'features = ["pyo3/extension-module"]', True),
    (PLAIN, 'features = [{ feature = "pyo3/abi3-py312", python-version = ">=3.12" }]', False),
    (PLAIN, "all-features = true", False),
    (PLAIN, 'cargo-extra-args = "--features pyo3/abi3-py38"', False),
    # PyO3 is not there in any case
    ('pyo3 = { version = "0.22", optional = true }', "", False),
    ('pyo3 = { version = "0.22", optional = true }\n[features]\npython = ["dep:pyo3"]',
     'features = ["python"]', True),
    ('[dev-dependencies]\npyo3 = "0.22"', "", False),
    ("[target.'cfg(windows)'.dependencies]\npyo3 = '0.22'", "", False),
    ('serde = "1"', "", False),
    # by another name, and with the lower crate
    ('py = { package = "pyo3", version = "0.22" }', "", True),
    ('py = { package = "pyo3", version = "0.22" }\n[features]\ndefault = ["py/abi3-py38"]', "",
     False),
    ('pyo3-ffi = { version = "0.22", default-features = false }', "", True),
    # what is said in another file, which is not there
    ("pyo3 = { workspace = true }", "", False),
    (PLAIN + 'inner = { path = "inner" }', "", False),
]  # fmt: skip


@pytest.mark.parametrize(("crate", "maturin", "bounded"), FEATURES)
def test_the_stable_abi_is_accepted(crate: str, maturin: str, bounded: bool) -> None:
    assert bool(pythons(crate, maturin=f"[tool.maturin]\n{maturin}")) is bounded


def test_what_a_workspace_says_counts() -> None:
    at = '[tool.maturin]\nmanifest-path = "py/Cargo.toml"'
    own = CRATE + 'pyo3 = { workspace = true, features = ["extension-module"] }'
    for features, found in (("", [":3.13"]), (', features = ["abi3-py38"]', [])):
        top = f'[workspace.dependencies]\npyo3 = {{ version = "0.23"{features} }}'
        files = {"Cargo.toml": top, "py/Cargo.toml": own}
        source = Source(loads(SYSTEM + at), build_files=files)
        needs = builds(source, release()).needs
        assert [each.dependency.versions for each in needs] == found


#: (Cargo.lock, other files, what pyproject.toml says) where it is not certain what is checked
UNCERTAIN = [
    (lock("0.22.0", source=""), {}, ""),
    (lock("0.22.0", source="git+https://git.example"), {}, ""),
    (lock("0.22.0", "who-knows"), {}, ""),
    ("version = 4", {}, ""),
    (lock("0.22.0"), {".cargo/config.toml": '[env]\nPYO3_USE_ABI3_FORWARD_COMPATIBILITY = "1"'},
     ""),
    (lock("0.22.0"), {".cargo/config": '[env]\nUNSAFE_PYO3_SKIP_VERSION_CHECK = "1"'}, ""),
    (lock("0.22.0"), {},
     '[tool.cibuildwheel]\nenvironment = { PYO3_USE_ABI3_FORWARD_COMPATIBILITY = "1" }'),
    (lock("0.22.0"), {}, "[tool.maturin]\nconfig = ['env.A=\"1\"']"),
]  # fmt: skip


@pytest.mark.parametrize(("locked", "files", "said"), UNCERTAIN)
def test_nothing_follows_where_it_is_not_certain(
    locked: str, files: dict[str, str], said: str
) -> None:
    assert not pythons(PLAIN, locked, said, files)
    # a crate that leaves the choice to others, and a variable that has to do with something else
    assert pythons(PLAIN, lock("0.22.0", "numpy"), "", {".cargo/config.toml": '[env]\nA = "1"'})


def test_two_lock_files_do_not_say_which_counts() -> None:
    at = '[tool.maturin]\nmanifest-path = "py/Cargo.toml"'
    files = {"py/Cargo.toml": CRATE + PLAIN, "py/Cargo.lock": edges(lock("0.22.0"))}
    for more, count in (({}, 1), ({"Cargo.lock": edges(lock("0.24.0"))}, 0)):
        source = Source(loads(SYSTEM + at), build_files={**files, **more})
        assert len(builds(source, release()).needs) == count


def test_other_backends_choose_features_of_their_own() -> None:
    system = '[build-system]\nrequires = ["setuptools", "setuptools-rust"]\n'
    source = Source(loads(system), build_files={"Cargo.toml": CRATE + PLAIN})
    assert not builds(source, release()).needs


@pytest.mark.parametrize(
    ("python", "bounded"), [("", True), (">=3.8", True), (">=3.8,<3.14", False), ("junk", True)]
)
def test_not_where_the_project_excludes_newer_ones_itself(python: str, bounded: bool) -> None:
    source = Source(loads(SYSTEM), build_files={"Cargo.toml": CRATE + PLAIN})
    address, version = "https://files.example/x-1.tar.gz", Version("1")
    file = File("x-1.tar.gz", address, version, is_wheel=False, requires_python=python)
    assert bool(builds(source, Release("x", version, (file,))).needs) is bounded


def test_a_variant_of_python_is_no_range() -> None:
    imported = ModuleImport("tkinter", "x/a.py", 1, always=True)
    files = {"Cargo.toml": f'{CRATE}pyo3 = "0.26"'}
    source = Source(loads(SYSTEM), build_files=files, variant_modules=(imported,))
    found = builds(source, release())
    for there, specs in (
        ("3.14.0", {"python+tkinter"}),
        ("3.15.0", {"python+tkinter", "python@:3.14"}),
    ):
        needs = found.among(["3.9.0", there]).needs
        assert {each.dependency.spec for each in needs} == specs


#: (PyO3, what the recipe says of python, the comment above)
RECIPES = [
    ("0.21", "3.8:3.12", "PyO3 0.21 builds with Python up to version 3.12"),
    ("0.24", "3.8:3.13", "PyO3 0.24 builds with Python up to version 3.13"),
    # there is no newer one than 3.14
    ("0.26", "3.8:", ""),
]


@pytest.mark.parametrize(("pyo3", "spec", "comment"), RECIPES)
def test_the_recipe_says_why(pyo3: str, spec: str, comment: str) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", python=">=3.8")
    for version in host.repos.python_versions():
        host.has("python", version, name="python")
    host.has("maturin", "1.0")
    host.has("rust", "1.90", name="rust")
    files = {"Cargo.toml": f'{CRATE}pyo3 = "{pyo3}"'}
    index._sources["x", Version("1.0")] = Source(loads(SYSTEM), build_files=files)
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    above, _, line = text.rpartition('    depends_on("python@')
    assert line.partition('"')[0] == spec
    of_python = [each for each in above.splitlines() if "# PyO3" in each]
    assert [each.strip("# ") for each in of_python] == ([comment] if comment else [])
    assert above.endswith(f"# {comment}\n" if comment else "\n")
