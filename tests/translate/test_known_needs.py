"""The table of known native needs: its form, and what follows for a release."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.recipe.model import BUILD, BUILD_RUN, LIBRARY, Condition, Dependency, Setting
from spack_pypi.translate import known_needs as module
from spack_pypi.translate.builds import builds
from spack_pypi.translate.known_needs import (
    KnownNeed,
    beside,
    known_needs,
    known_resources,
    known_settings,
)

TABLE: dict[str, Any] = json.loads(
    Path(module.__file__).with_name("known_needs.json").read_text("utf-8")
)
#: A public page, a recipe of builtin, or how EasyBuild installs it.
SOURCE = re.compile(
    r"https://|^the recipe py-\S+ of Spack's builtin repo|^the easyconfig \S+\.eb of EasyBuild$"
)
#: What is linked is compiled against.
TYPES = (["build"], ["run"], ["build", "run"], ["build", "link", "run"])


def release(project: str, version: str, *, sdist: bool = True) -> Release:
    number = Version(version)
    name = f"{project}-{version}.tar.gz" if sdist else f"{project}-{version}-py3-none-any.whl"
    return Release(
        project, number, (File(name, f"https://files.example/{name}", number, not sdist),)
    )


def specs(project: str, version: str, *, sdist: bool = True) -> list[str]:
    return [each.dependency.spec for each in known_needs(release(project, version, sdist=sdist))]


@pytest.mark.parametrize("project", TABLE)
def test_the_form_of_an_entry(project: str) -> None:
    entry = TABLE[project]
    assert project == canonicalize_name(project)
    needs, settings = entry.get("needs", ()), entry.get("settings", ())
    resources = entry.get("resources", ())
    assert {*entry} <= {"source", "needs", "settings", "otherwise", "resources", "copies"}
    assert needs or settings or resources or entry.get("copies")
    assert SOURCE.search(entry["source"]) and bool(settings) is bool(entry.get("otherwise"))
    # The project itself says which settings its build has.
    assert not settings or entry["source"].startswith("https://")
    for setting in settings:
        may_have = {"variable", "value", "releases", "otherwise"}
        assert {"variable", "value"} <= {*setting} <= may_have
        if not isinstance(setting["value"], str):
            # all releases have the package whose prefix it is
            assert {*setting["value"]} == {"prefix"}
            (need,) = (each for each in needs if each["package"] == setting["value"]["prefix"])
            assert "releases" not in need
    for resource in resources:
        said = {"name", "git", "tag", "variable"}
        assert said <= {*resource} <= {*said, "submodules"}
        # the name is that of a folder, too; nobody gives what an address like this one has
        assert re.fullmatch(r"[a-z0-9-]+", resource["name"])
        assert re.fullmatch(r"https://[\w.-]+/[\w./-]+", resource["git"])
    for need in needs:
        assert {"package"} <= {*need} <= {"package", "versions", "variants", "releases", "types"}
        assert need.get("types", TYPES[0]) in TYPES
        assert all(variant[0] in "+~" for variant in need.get("variants", ()))


def test_the_table_is_sorted() -> None:
    assert [*TABLE] == sorted(TABLE)


#: (project, version, what it needs): geos by the release, a program to run, and a library.
NEEDS = [
    ("shapely", "2.1.0", ["geos@3.9:"]),
    ("shapely", "2.0.6", ["geos@3.5:"]),
    ("shapely", "1.8.5", ["geos@3.3:"]),
    ("weasyprint", "66.0", ["pango@1.44:"]),
    ("weasyprint", "52.5", ["pango"]),
    ("requests", "2.32.3", []),
]


@pytest.mark.parametrize(("project", "version", "expected"), NEEDS)
def test_what_a_release_needs(project: str, version: str, expected: list[str]) -> None:
    assert specs(project, version) == expected


def test_what_is_a_wheel_needs_what_it_runs_but_nothing_to_build() -> None:
    assert specs("pypandoc", "1.15", sdist=False) == ["pandoc"]
    assert specs("gmpy2", "2.2.1", sdist=False) == []


def test_where_a_need_is_from() -> None:
    (need,) = known_needs(release("pypandoc", "1.15"))
    assert need.dependency.types == ("run",)
    assert need.origin.startswith("the table of known needs, source: README.md of the release, ")


def test_what_a_build_is_told() -> None:
    found = known_settings(release("hdf5plugin", "6.0.0"))
    assert [str(each.setting).partition("_")[2] for each in found] == [
        *("HDF5_DIR=(prefix of hdf5)", "NATIVE=False", "SSE2=False", "SSSE3=False"),
        *("AVX2=False", "AVX512=False"),
    ]
    assert [each.for_target for each in found] == [False, True, True, True, True, True]
    assert specs("hdf5plugin", "6.0.0") == ["hdf5"]
    assert known_settings(release("hdf5plugin", "6.0.0", sdist=False)) == ()
    assert known_settings(release("requests", "2.32.3")) == ()


def test_what_the_table_knows_needs_no_rule() -> None:
    """Its setup.py says the same, in a way that is not followed."""
    text = "args = []\nif config.native:\n    args = ['-march=native']\n"
    source = Source(setup_py=setup_py.read(f"{text}setup(ext_modules=[Extension('x', ['x.c'])])"))
    built = builds(source, release("hdf5plugin", "6.0.0"))
    assert len(built.settings) == 6 and built.said == ()
    assert [*dict.fromkeys(each.setting.reason for each in built.settings)] == [
        "Otherwise it is compiled with its own headers of HDF5",
        "Otherwise it is compiled for the machine that builds it",
    ]


DOWNLOADING = {
    "source": "setup.py of the release, https://x.example",
    "resources": [
        {"name": "y", "git": "https://git.example/y", "tag": "v{y_version}", "variable": "X_Y"},
        {"name": "z", "git": "https://git.example/z", "tag": "1.0", "variable": "X_Z"},
    ],
}
#: What setup.py says → the tags of what is downloaded.
TAGS = [
    ("y_version = '2.1'\n", ["v2.1", "1.0"]),
    # where it does not say it; not in any case; not as a text; not once
    ("", ["1.0"]),
    ("if x:\n    y_version = '2.1'\n", ["1.0"]),
    ("y_version = version()\n", ["1.0"]),
    ("y_version = '2.1'\ny_version += '.1'\n", ["1.0"]),
    ("y_version = '2.1'\ndef f():\n    global y_version\n    y_version = '2'\n", ["1.0"]),
    ("import y_version\ny_version = '2.1'\n", ["1.0"]),
    ("x = y_version = '2.1'\n", ["1.0"]),
    # what is no tag
    ("y_version = '2.1\\n'\n", ["1.0"]),
    ("y_version = '{y_version}'\n", ["1.0"]),
    (f"y_version = {'1' * 200!r}\n", ["1.0"]),
]


@pytest.mark.parametrize(("text", "tags"), TAGS)
def test_what_a_build_downloads(
    monkeypatch: pytest.MonkeyPatch, text: str, tags: list[str]
) -> None:
    monkeypatch.setattr(module, "_table", lambda: {"x": DOWNLOADING})
    source = Source(setup_py=setup_py.read(text))
    found = known_resources(release("x", "1.0"), source)
    assert [each.tag for each in found] == tags
    assert known_resources(release("x", "1.0", sdist=False), source) == ()
    assert known_resources(release("w", "1.0"), source) == ()
    if len(found) == 2:
        assert found[0].places == ("setup.py:1 y_version",)
        assert found[0].setting == Setting(
            "X_Y", "y", reason="Otherwise its build downloads y", is_folder=True
        )


def test_what_is_known_to_be_downloaded_is_no_other_download(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Source(setup_py=setup_py.read("setup()"), downloads=(("urlretrieve", "setup.py", 1),))
    said = ("its build may download something: setup.py:1 (urlretrieve)",)
    assert builds(source, release("x", "1.0")).said == said
    monkeypatch.setattr(module, "_table", lambda: {"x": DOWNLOADING})
    assert builds(source, release("x", "1.0")).said == ()


RUN = ("run",)
MPI = ("~mpi", "+hl")
ON_LINUX = Condition(platform="linux")
#: (what is known, what files of the archive require, the lines of both).
BESIDE = [
    (Dependency("hdf5", "", MPI, types=BUILD_RUN), Dependency("hdf5", types=LIBRARY),
     ["hdf5~mpi+hl (build, link, run)"]),
    (Dependency("tidy", types=RUN), Dependency("tidy", types=LIBRARY),
     ["tidy (build, link, run)"]),
    (Dependency("cmake", types=BUILD), Dependency("cmake", "3.5:", types=BUILD),
     ["cmake@3.5: (build)"]),
    # what is known counts where both say it
    (Dependency("gdal", "3:", types=LIBRARY), Dependency("gdal", "2:", types=LIBRARY),
     ["gdal@3: (build, link)"]),
    (Dependency("hdf5", "", MPI, types=LIBRARY), Dependency("hdf5", "", ("+cxx", "+mpi")),
     ["hdf5~mpi+hl+cxx (build, link, run)"]),
    # another package; where it is not always so; what the archive has a copy of
    (Dependency("gmp", types=LIBRARY), Dependency("mpfr", types=LIBRARY),
     ["gmp (build, link)", "mpfr (build, link)"]),
    (Dependency("gmp", types=RUN), Dependency("gmp", when=ON_LINUX, types=LIBRARY), ["gmp (run)"]),
    (Dependency("copied", types=RUN), Dependency("copied", types=LIBRARY), ["copied (run)"]),
    (Dependency("gmp", types=RUN), Dependency("copied", types=LIBRARY), ["gmp (run)"]),
]  # fmt: skip


@pytest.mark.parametrize(("known", "found", "lines"), BESIDE)
def test_what_files_say_beside_it(known: Dependency, found: Dependency, lines: list[str]) -> None:
    in_file = KnownNeed(found, "CMakeLists.txt:1 requires it", in_table=False)
    both = beside([KnownNeed(known, "a page")], [in_file], {"copied"})
    assert [f"{n.dependency.spec} ({', '.join(n.dependency.types)})" for n in both] == lines
    assert [each.in_table for each in both] == [True, False][: len(lines)]


#: Where the archive of weasyprint, which is known to load Pango, would link with it.
LINKING = {
    "setup.py": Source(setup_py=setup_py.read("Extension('x', ['x.c'], libraries=['pango-1.0'])")),
    "CMakeLists.txt": Source(
        pyproject={"build-system": {"build-backend": "scikit_build_core.build"}},
        build_files={"CMakeLists.txt": "find_package(PkgConfig)\n"
                     "pkg_check_modules(P REQUIRED pango)\n"},
    ),
    "meson.build": Source(
        pyproject={"build-system": {"build-backend": "mesonpy"}},
        build_files={"meson.build": "project('x', 'c')\ndependency('pango')\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("file", LINKING)
def test_what_files_of_the_archive_link_is_linked(file: str) -> None:
    needs = builds(LINKING[file], release("weasyprint", "66.0")).needs
    found = [each.dependency for each in needs if each.dependency.package == "pango"]
    assert found == [Dependency("pango", "1.44:", types=("build", "link", "run"))]
