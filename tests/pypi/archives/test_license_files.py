"""The licence files of a release: of its sdist, which was read for its build, else of its wheel;
an archive is not read for them if it has been read before."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from spack_pypi.pypi.archives import license_files, sdist
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.settings import settings
from tests.index_server import IndexServer, sdist_bytes
from tests.pypi.test_http import index

# (path at the top of an sdist, or among the licence files of a wheel; whether it is one)
NAMES = [
    ("LICENSE", True),
    ("LICENCE.txt", True),
    ("license.md", True),
    ("LICENSE-MIT", True),
    ("LICENSES_bundled.txt", True),
    ("quiet-license.txt", True),
    ("COPYING.LESSER", True),
    ("UNLICENSE", True),
    ("vendor/COPYING", True),
    # they name people, or are not read as texts
    ("AUTHORS", False),
    ("NOTICE", False),
    ("license.py", False),
    ("licensed_things", False),
    ("setup.py", False),
]


@pytest.mark.parametrize("path, is_one", NAMES)
def test_what_is_a_licence_file(path: str, is_one: bool) -> None:
    assert license_files.is_license_file(path) is is_one


WHEELS: list[tuple[Mapping[str, str], Mapping[str, str]]] = [
    ({}, {}),
    ({"x-1.dist-info/licenses/LICENSE": "a"}, {"LICENSE": "a"}),
    ({"x-1.dist-info/licenses/vendor/LICENSE": "a"}, {"vendor/LICENSE": "a"}),
    ({"x-1.dist-info/LICENSE": "a", "x-1.dist-info/METADATA": "b"}, {"LICENSE": "a"}),
    ({"x-1.dist-info/license_files/COPYING": "a"}, {"COPYING": "a"}),
    ({"x/LICENSE": "a", "LICENSE": "b"}, {}),
    # too long
    ({"x-1.dist-info/LICENSE": "a" * (license_files.LARGEST + 1)}, {"LICENSE": ""}),
]


@pytest.mark.parametrize("inside, found", WHEELS)
def test_the_licence_files_of_a_wheel(inside: Mapping[str, str], found: Mapping[str, str]) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, text in inside.items():
            archive.writestr(name, text)
    with zipfile.ZipFile(raw) as archive:
        assert license_files.of_wheel(archive) == found


def licenses(found: HttpIndex) -> Mapping[str, str]:
    return found.licenses(found.project("x").releases[0])


def archives(server: IndexServer) -> list[str]:
    return [path.rpartition("/")[2] for path in server.served.requests if "/files/" in path]


NOTICE = b"# ... or (at your option) any later version.\n"
FILES = {"LICENSE": "a", "COPYING": "b" * (license_files.LARGEST + 1), "x/LICENSE": "c"}
KEPT = {"LICENSE": "a", "COPYING": ""}


def test_those_of_an_sdist_are_known_once_it_was_read(tmp_path: Path) -> None:
    with IndexServer() as server:
        server.served.add("x", "1.0", files=FILES)
        found = index(server, tmp_path)
        found.source(found.project("x").releases[0])
        assert archives(server) == ["x-1.0.tar.gz"]
        assert licenses(found) == licenses(index(server, tmp_path, offline=True)) == KEPT
        assert archives(server) == ["x-1.0.tar.gz"]


def test_an_sdist_that_was_read_for_them_is_not_read_again(tmp_path: Path) -> None:
    with IndexServer() as server:
        server.served.add("x", "1.0", files=FILES)
        found = index(server, tmp_path)
        assert licenses(found) == KEPT
        release = found.project("x").releases[0]
        assert found.source(release) == index(server, tmp_path, offline=True).source(release)
        assert archives(server) == ["x-1.0.tar.gz"]


def test_a_cache_of_an_earlier_version_costs_one_request(tmp_path: Path) -> None:
    with IndexServer() as server:
        server.served.add("x", "1.0", files=FILES)
        found = index(server, tmp_path)
        found.source(found.project("x").releases[0])
        for file in (tmp_path / "v1").glob("licenses-*/*/*.json"):
            file.unlink()
        assert licenses(found) == licenses(index(server, tmp_path)) == KEPT
        assert archives(server) == ["x-1.0.tar.gz"] * 2


def add_to_wheel(server: IndexServer, path: str, text: str) -> None:
    raw = io.BytesIO(server.served.files["x-1.0-py3-none-any.whl"])
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr(f"x-1.0.dist-info/{path}", text)
    server.served.files["x-1.0-py3-none-any.whl"] = raw.getvalue()
    for entry in server.served.pages["x"]:
        entry["size"] = len(server.served.files[entry["filename"]])


def test_of_a_long_sdist_only_the_beginning_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its wheel has them, too; so the answer does not depend on what was read before."""
    monkeypatch.setattr(sdist, "LONG", -1)
    with IndexServer() as server:
        server.served.add("x", "1.0")
        add_to_wheel(server, "licenses/LICENSE", "of the wheel")
        found = index(server, tmp_path)
        assert licenses(found) == {"LICENSE": "of the wheel"}
        assert licenses(found) == {"LICENSE": "of the wheel"}
        assert archives(server) == ["x-1.0-py3-none-any.whl"]


def test_what_the_sdist_lacks_the_wheel_may_have(tmp_path: Path) -> None:
    with IndexServer() as server:
        files = {"core/LICENSE": "of a part", "x/a.py": NOTICE.decode()}
        server.served.add("x", "1.0", files=files)
        add_to_wheel(server, "licenses/LICENSE", "of the wheel")
        found = index(server, tmp_path)
        expected = {"x/a.py": NOTICE.decode(), "LICENSE": "of the wheel"}
        assert licenses(found) == licenses(index(server, tmp_path, offline=True)) == expected
        assert archives(server) == ["x-1.0.tar.gz", "x-1.0-py3-none-any.whl"]


def test_a_release_with_neither_has_none(tmp_path: Path) -> None:
    with IndexServer() as server:
        server.served.add("x", "1.0", wheel=False)
        assert licenses(index(server, tmp_path)) == {}
        server.served.publish("x", "x-2.0.tar.gz", sdist_bytes("x", "2.0", {}), yanked="broken")
        assert licenses(index(server, tmp_path / "new")) == {}


# (the index, the page of the project x)
PAGES = [
    ("https://index.example/simple/", "https://index.example/project/x/"),
    ("https://user:token@index.example/simple", "https://index.example/project/x/"),
    # where there is no page for people
    ("https://index.example/team/simple/", "https://index.example/team/simple/x/"),
    ("https://index.example/root/pypi/", "https://index.example/root/pypi/x/"),
]


@pytest.mark.parametrize("url, page", PAGES)
def test_the_page_of_a_project(url: str, page: str, tmp_path: Path) -> None:
    reach = settings(url, default=lambda: None, cache=tmp_path, environment={})
    assert HttpIndex(reach).page_url("x") == page


@pytest.mark.parametrize(
    "path, module, is_kept",
    [
        ("x/a.py", NOTICE, True),
        ("src/x/a.py", NOTICE, True),
        ("x/a.py", b"import x\n", False),
        ("x/a.py", b"# " * 3000 + NOTICE, False),
        ("x/_vendor/a.py", NOTICE, False),
        ("tests/a.py", NOTICE, False),
        ("setup.py", NOTICE, False),
        ("x/a.c", NOTICE, True),
        ("x/a.c", NOTICE + b" " * (1 << 20), False),
        ("tests/a.c", NOTICE, False),
        ("extern/zlib/a.c", NOTICE, False),
        ("x/a.txt", NOTICE, False),
    ],
)
def test_notices_of_modules(path: str, module: bytes, is_kept: bool) -> None:
    contents = sdist.Contents()
    sdist.look_at(path, len(module), lambda: module, contents)
    assert ({*contents.licenses} == {path}) is is_kept


def test_sources_in_other_languages_do_not_take_the_place_of_modules() -> None:
    contents = sdist.Contents()
    for at in range(100):
        sdist.look_at(f"a{at}.c", len(NOTICE), lambda: NOTICE, contents)
    sdist.look_at("x/b.py", len(NOTICE), lambda: NOTICE, contents)
    assert "x/b.py" in contents.licenses and len(contents.licenses) < 32


def test_few_notices_are_kept() -> None:
    contents = sdist.Contents()
    for at in range(100):
        sdist.look_at(f"x/m{at}.py", len(NOTICE), lambda: NOTICE, contents)
    assert 0 < len(contents.licenses) < 32


def test_old_texts_of_western_europe_are_read_too() -> None:
    files: dict[str, str] = {}
    license_files.add(files, "LICENSE", 9, lambda: "Université".encode("cp1252"))
    license_files.add(files, "COPYING", 9, "Université".encode)
    license_files.add(files, "LICENCE", 9, lambda: b"\x81")
    assert files == {"LICENSE": "Université", "COPYING": "Université", "LICENCE": "\ufffd"}


SAID = "The files lib/a.h, lib/b.c\nand lib/c.c are licensed under the PSF 2 License"


@pytest.mark.parametrize(
    ("text", "paths", "is_said"),
    [
        (f"MIT. {SAID}, reproduced below.", {"setup.py", "b.c"}, True),
        (SAID, {"x/lib/c.c"}, True),
        (SAID, {"lib/a.h"}, True),
        ("File: a.c is licensed under the MIT License.", {"a.c"}, True),
        # the archive has none of them
        (SAID, {"setup.py", "xb.c", "other/c.c"}, False),
        (SAID, set(), False),
        # that is no file, and no other licence
        ("These files are licensed under the MIT License.", {"files"}, False),
        ("The files a.c are as they are.", {"a.c"}, False),
    ],
)
def test_what_is_said_of_files_under_another_licence(
    text: str, paths: Collection[str], is_said: bool
) -> None:
    found = license_files.of_files({"a.py": SAID, "LICENSE": text}, paths)
    assert found.endswith("License") is is_said and "\n" not in found
    assert license_files.of_files({"a.py": text}, paths) == ""
