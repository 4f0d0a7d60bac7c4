"""The hashes of lock files: which ones each format lists, and what comparing says of an index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.errors import SpackPyPIError, UsageError
from spack_pypi.pypi.model import File
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request
from spack_pypi.workflow.requirement_files import read
from spack_pypi.workflow.requirement_files.hashes import Hash, LockedFiles
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

SDIST, WHEEL = "hand-1.0.tar.gz", "hand-1.0-py3-none-any.whl"
ONE, TWO = "1" * 64, "2" * 64
#: What lies beside a poetry.lock of Poetry 1.
BESIDE = '[tool.poetry]\n[tool.poetry.dependencies]\nhand = "1.0"\n'
POETRY = '[[package]]\nname = "hand"\nversion = "1.0"\n'
POETRY_END = '[metadata]\npython-versions = "*"\ncontent-hash = "0"\n'
POETRY_FILES = (
    f'[{{file = "{SDIST}", hash = "sha256:{ONE}"}}, {{file = "{WHEEL}", hash = "sha256:{TWO}"}}]\n'
)
PDM = '[metadata]\ngroups = ["default"]\nstrategy = ["inherit_metadata"]\nlock_version = "4.5.0"\n'
PDM_HAND = '[[package]]\nname = "hand"\nversion = "1.0"\ngroups = ["default"]\n'
NAMED = [Hash(SDIST, "sha256", ONE), Hash(WHEEL, "sha256", TWO)]
NAMELESS = [Hash("", "sha256", ONE), Hash("", "sha256", TWO)]

# (format, file, what it says, the hashes of hand 1.0)
FORMATS = [
    (
        "uv",
        "uv.lock",
        'version = 1\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "hand" }]\n'
        '[[package]]\nname = "hand"\nversion = "1.0"\n'
        'source = { registry = "https://index.example/simple" }\n'
        f'sdist = {{ url = "https://files.example/a/{SDIST}", hash = "sha256:{ONE}", size = 9 }}\n'
        f'wheels = [{{ url = "https://files.example/{WHEEL}", hash = "sha256:{TWO}" }}]\n',
        NAMED,
    ),
    (
        "uv, of a folder of files",
        "uv.lock",
        'version = 1\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "hand" }]\n'
        '[[package]]\nname = "hand"\nversion = "1.0"\nsource = { registry = "../wheels" }\n'
        f'sdist = {{ path = "{SDIST}" }}\n'
        f'wheels = [{{ path = "sub/{WHEEL}", hash = "sha512:AB" }}]\n',
        [Hash(WHEEL, "sha512", "ab")],
    ),
    (
        "PEP 751",
        "pylock.toml",
        'lock-version = "1.0"\ncreated-by = "hand"\n[[packages]]\nname = "hand"\nversion = "1.0"\n'
        f'sdist = {{name = "{SDIST}", url = "https://files.example/x", '
        f'hashes = {{sha256 = "{ONE}"}}}}\n'
        f'wheels = [{{url = "https://files.example/{WHEEL}", hashes = {{sha256 = "{TWO}"}}}}]\n',
        NAMED,
    ),
    (
        "Poetry 2",
        "poetry.lock",
        f'{POETRY}groups = ["main"]\nfiles = {POETRY_FILES}{POETRY_END}',
        NAMED,
    ),
    ("Poetry 1.3", "poetry.lock", f"{POETRY}files = {POETRY_FILES}{POETRY_END}", NAMED),
    (
        "Poetry 1.0",
        "poetry.lock",
        f"{POETRY}{POETRY_END}[metadata.files]\nhand = {POETRY_FILES}",
        NAMED,
    ),
    (
        "Poetry 0.12",
        "poetry.lock",
        f'{POETRY}{POETRY_END}[metadata.hashes]\nhand = ["{ONE}", "{TWO}"]\n',
        NAMELESS,
    ),
    ("PDM", "pdm.lock", f"{PDM}{PDM_HAND}files = {POETRY_FILES}", NAMED),
    (
        "PDM, with static_urls",
        "pdm.lock",
        f'{PDM}{PDM_HAND}files = [{{url = "https://f.example/{SDIST}", hash = "sha256:{ONE}"}}]',
        NAMED[:1],
    ),
    (
        "PDM 2.7",
        "pdm.lock",
        f'{PDM}[metadata.files]\n"hand 1.0" = {POETRY_FILES}{PDM_HAND}',
        NAMED,
    ),
    (
        "Pipenv",
        "Pipfile.lock",
        json.dumps(
            {
                "_meta": {},
                "default": {
                    "hand": {"version": "==1.0", "hashes": [f"sha256:{ONE}", f"sha256:{TWO}"]}
                },
            }
        ),
        NAMELESS,
    ),
    (
        "pip",
        "requirements.txt",
        f"Hand[x] == 1.0 ; python_version > '3' \\\n --hash=sha256:{ONE} \\\n --hash sha256:{TWO}",
        NAMELESS,
    ),
    ("pip, sha512", "requirements.txt", "hand===1.0 --hash=sha512:AB", [Hash("", "sha512", "ab")]),
    ("none", "requirements.txt", "hand==1.0", None),
]


@pytest.mark.parametrize("row", FORMATS, ids=[row[0] for row in FORMATS])
def test_hashes_of_each_format(
    tmp_path: Path, row: tuple[str, str, str, list[Hash] | None]
) -> None:
    _, name, text, expected = row
    (tmp_path / "pyproject.toml").write_text(BESIDE)
    (tmp_path / name).write_text(text)
    found = read([str(tmp_path / name)]).hashes
    listed = expected and (LockedFiles(str(tmp_path / name), "1.0", tuple(expected)),)
    assert found == ({"hand": listed} if listed else {})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("poetry.lock", f'{POETRY}groups = ["main"]\nfiles = 5\n{POETRY_END}', "is not a list"),
        ("pdm.lock", f"{PDM}{PDM_HAND}files = [{{hash = 5}}]", "is not a text"),
        ("pdm.lock", f"{PDM}files = 5\n{PDM_HAND}", "metadata.files is not a table"),
        ("Pipfile.lock", '{"default": {"hand": {"version": "==1", "hashes": 5}}}', "not a list"),
    ],
)
def test_hashes_of_another_type(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=message):
        read([str(tmp_path / name)])


def test_a_hash_of_no_version_is_reported(tmp_path: Path) -> None:
    """As pip, which refuses it."""
    (tmp_path / "r.txt").write_text(f"hand>=1 --hash=sha256:{ONE}")
    found = read([str(tmp_path / "r.txt")])
    assert found.hashes == {}
    assert found.skipped == [("--hash of hand>=1", "without == it does not say of which version")]


class Index(MemoryIndex):
    """One whose files of a release have these hashes."""

    def __init__(self, sdist: str = ONE, wheel: str = TWO) -> None:
        super().__init__()
        self.add("hand", "1.0")
        hashes = {SDIST: sdist, WHEEL: wheel}
        release = self._projects["hand"][0]
        files = tuple(f._replace(sha256=hashes.get(f.name, "")) for f in release.files)
        self._projects["hand"] = [type(release)("hand", release.version, files)]

    def add_wheels(self, *platforms: tuple[str, str]) -> None:
        """Wheels for single platforms, with their hashes."""
        release = self._projects["hand"][0]
        more = [
            File(
                f"hand-1.0-cp312-cp312-{tag}.whl", "https://files.example/x", release.version, True
            )
            for tag, _ in platforms
        ]
        files = [f._replace(sha256=sha256) for f, (_, sha256) in zip(more, platforms)]
        its = (*release.files, *files)
        self._projects["hand"] = [type(release)("hand", release.version, its)]


def written(index: Index, *hashes: Hash, version: str = "1.0") -> Outcome:
    host = MemoryHost()
    host.has("hatchling", "1.27")
    locked = {"hand": (LockedFiles("x.lock", version, hashes),)}
    return create(host, index, Request(("hand==1.0",), hashes=locked))


OTHER = "abcdef123456" + "0" * 52
END = (
    ": nothing is written; name the index that it was locked from with --index-url, or, if the "
    "files were replaced on purpose, lock again"
)
# (what is listed of hand 1.0, whose sdist and wheel have the hashes ONE and TWO; what is said)
WRONG: list[tuple[list[Hash], str]] = [
    (
        [Hash(SDIST, "sha256", OTHER), NAMED[1]],
        f"x.lock lists {SDIST} with sha256 abcdef123456..., and index.example gives sha256 "
        f"111111111111...{END}",
    ),
    (
        [NAMED[0], Hash(WHEEL, "sha256", OTHER)],
        f"x.lock lists {WHEEL} with sha256 abcdef123456..., and index.example gives sha256 "
        f"222222222222...{END}",
    ),
    (
        [Hash("", "sha256", OTHER), Hash("", "sha256", "3" * 64)],
        "x.lock lists hand 1.0 with sha256 abcdef123456... and 1 more, and index.example has only "
        f"other files of it, such as {SDIST} with sha256 111111111111...{END}",
    ),
    (
        [Hash("hand-1.0.zip", "sha256", OTHER)],
        "x.lock lists hand 1.0 with sha256 abcdef123456..., and index.example has only other "
        f"files of it, such as {SDIST} with sha256 111111111111...{END}",
    ),
    (
        [Hash("", "sha256", "00")],
        "x.lock lists hand 1.0 with sha256 00, and index.example has only other files of it, such "
        f"as {SDIST} with sha256 111111111111...{END}",
    ),
]


@pytest.mark.parametrize("row", WRONG, ids=range(len(WRONG)))
def test_files_that_are_others(row: tuple[list[Hash], str]) -> None:
    listed, message = row
    with pytest.raises(SpackPyPIError) as raised:
        written(Index(), *listed)
    assert (str(raised.value), raised.value.exit_code) == (message, 1)


# (what is listed; the diagnostics)
RIGHT: list[tuple[list[Hash], list[str]]] = [
    (NAMED, []),
    (NAMELESS, []),
    (NAMED[:1], []),
    (NAMELESS[:1], []),
    ([*NAMED, Hash("hand-1.0-cp312-cp312-win32.whl", "sha256", OTHER)], []),
    ([Hash("", "sha256", OTHER), NAMELESS[0]], []),
    ([Hash(SDIST, "sha512", "ab"), *NAMED], []),
    (NAMED[1:], [f"x.lock lists other files of this version, but no hash of {SDIST}"]),
    (NAMELESS[1:], [f"x.lock lists other files of this version, but no hash of {SDIST}"]),
    (
        [Hash("", "sha512", "ab"), Hash("", "md5", "ab")],
        ["x.lock lists md5, sha512, and the index gives sha256"],
    ),
]


@pytest.mark.parametrize("row", RIGHT, ids=range(len(RIGHT)))
def test_files_that_are_the_same(row: tuple[list[Hash], list[str]]) -> None:
    listed, said = row
    outcome = written(Index(), *listed)
    assert outcome.applied
    found = [each for each in outcome.diagnostics if each.code == "hash-not-compared"]
    assert [each.text for each in found] == said
    assert all(each.versions == ("1.0",) and each.package == "py-hand" for each in found)


def test_a_wheel_of_which_nothing_is_read_may_be_the_one_that_is_listed() -> None:
    index = Index()
    index.add_wheels(("win32", "4" * 64), ("win_amd64", "5" * 64), ("win_arm64", "6" * 64))
    outcome = written(index, Hash("", "sha256", "6" * 64))
    codes = [each.code for each in outcome.diagnostics]
    assert outcome.applied and "hash-not-compared" in codes


def test_what_is_not_written_is_not_compared() -> None:
    assert written(Index(), Hash(SDIST, "sha256", OTHER), version="0.9").applied
