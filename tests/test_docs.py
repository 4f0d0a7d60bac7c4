"""README and docs tell the truth: links, named files, options, examples and sessions.

Each block marked ``console`` is run: the lines after ``$`` in a real Spack, with the projects that
`publish` puts on an index of this machine; what is printed must be what stands there. ``...``
matches anything; checksums and times may differ. ``create`` runs with ``--verify load``, as the
solver takes minutes. A ``python`` block that begins with ``# packages/NAME/package.py`` is put
into the repo first; one with a class must be part of the recipe of that class afterwards.
``pycon`` blocks are doctests. To put what is printed and drawn now into the pages, and then read
the difference:

    SPACK_PYPI_WRITE_DOCS=1 python3 tests tests/test_docs.py
"""

from __future__ import annotations

import argparse
import doctest
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spack_pypi import arguments, diagnostics
from tests.conftest import Spack
from tests.index_server import IndexServer, Served
from tests.spack.shared import NEEDED, shared_by

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
#: Its sessions need more of a Spack: see tests/spack/test_tutorial.py.
TUTORIAL = DOCS / "tutorial.md"
PAGES = sorted([*ROOT.glob("*.md"), *(p for p in DOCS.rglob("*.md") if "_build" not in p.parts)])
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.M | re.S)
ROOMS = "|".join(sorted(p.name for p in (ROOT / "spack_pypi").iterdir() if p.is_dir()))
#: Whether what is printed or made now is put into the pages.
WRITE = bool(os.environ.get("SPACK_PYPI_WRITE_DOCS"))
#: Files that others have, or that are made for them.
NOT_OURS = {"package.py", "setup.py", "bundle.json"}
#: The repo that the sessions write to, as the pages call it.
REPO = "/sw/spack_repo/site"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def is_written(file: Path, text: str) -> None:
    """A file that is made from the code is what the code makes of it now."""
    if WRITE:
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text, "set SPACK_PYPI_WRITE_DOCS=1 to write it"


def blocks(page: Path, *languages: str) -> list[str]:
    found = BLOCK.finditer(page.read_text("utf-8"))
    return [match[3] for match in found if match[2] in languages]


# --- what needs no Spack -----------------------------------------------------------------------


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    text = BLOCK.sub("", page.read_text("utf-8"))
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.M)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text("utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", link):
            continue
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_named_files_exist(page: Path) -> None:
    """A page that names a file of ours by its path is changed when the file moves."""
    text = page.read_text("utf-8")
    named = re.findall(r"`((?:spack_pypi|tests|docs|bench)/[\w./*-]*)`", text)
    # In tables of the rooms the common folder is said once, above.
    named += [f"spack_pypi/{path}" for path in re.findall(rf"`((?:{ROOMS})/[\w./*-]*)`", text)]
    missing = [path for path in named if not list(ROOT.glob(path.rstrip("/")))]
    alone = {*re.findall(r"`([a-z]\w*\.(?:py|json))`", text)} - NOT_OURS
    missing += [file for file in alone if not list((ROOT / "spack_pypi").rglob(file))]
    assert not missing


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 120


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "pycon")], ids=name)
def test_python_examples(page: Path) -> None:
    examples = "\n".join(blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(examples, {}, name(page), name(page), 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    failed, tried = runner.run(test, out=report.append)
    assert tried, "no example was found"
    assert not failed, "".join(report)


def commands() -> dict[str, set[str]]:
    """The long options of each command."""
    parser = argparse.ArgumentParser(prog="spack pypi")
    arguments.add_commands(parser)
    (sub,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return {
        command: {
            option
            for action in found._actions
            for option in action.option_strings
            if option.startswith("--") and option != "--help"
        }
        for command, found in sub.choices.items()
    }


@pytest.mark.parametrize("command", commands())
def test_every_option_has_a_row(command: str) -> None:
    text = (DOCS / "commands" / f"{command}.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.M)
    assert set(re.findall(r"--[a-z][a-z-]*", " ".join(rows))) == commands()[command]


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {*commands()} <= {*re.findall(r"commands/(\w+)\.md", readme)}


def test_the_picture_shows_the_imports() -> None:
    spec = importlib.util.spec_from_file_location("rooms", DOCS / "rooms.py")
    assert spec is not None and spec.loader is not None
    rooms = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rooms)
    is_written(DOCS / "rooms.svg", rooms.svg())


def test_the_table_of_codes_is_current() -> None:
    is_written(DOCS / "diagnostics.md", diagnostics.table())


def test_the_pages_build(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="the extra docs is not installed")
    pytest.importorskip("myst_parser", reason="the extra docs is not installed")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(DOCS), str(tmp_path)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- sessions ----------------------------------------------------------------------------------


#: What setuptools 77 can read, and older ones cannot.
SSE_STARLETTE = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "sse-starlette"
license = "BSD-3-Clause"
"""


def publish(served: Served) -> None:
    """The releases that the pages speak of: real names and requirements, invented archives."""
    sse = {
        "summary": "SSE plugin for Starlette",
        "homepage": "https://github.com/sysid/sse-starlette",
        "license_expression": "BSD-3-Clause",
        "build": None,
        "files": {"pyproject.toml": SSE_STARLETTE},
    }
    for version, python in (("3.5.1", ">=3.10"), ("3.6.0", ">=3.11"), ("3.7.0", ">=3.11")):
        served.add(
            "sse-starlette",
            version,
            "starlette>=0.49.1",
            "anyio>=4.7.0",
            python=python,
            **sse,  # type: ignore[arg-type]
        )
    for version, anyio in (("0.49.0", "3.6.2"), ("0.49.1", "3.6.2"), ("1.10.0", "4.0.0")):
        served.add(
            "starlette",
            version,
            f"anyio<5,>={anyio}",
            'typing-extensions>=4.10.0; python_version < "3.13"',
            python=">=3.10",
            summary="The little ASGI library that shines.",
            license_expression="BSD-3-Clause",
        )


def publish_example(served: Served) -> None:
    """Invented projects, for what real ones do not show."""
    flit: dict[str, Any] = {"build": ["flit_core"], "license_expression": "MIT"}
    served.add("quiet-tool", "1.0", "quiet-gone>=2")
    for version in ("1.0", "2.0"):
        app = {**flit, "build": ["flit_core", f"quiet-plugin=={version}"]}
        served.add("quiet-app", version, "quiet-core", **app)
        served.add("quiet-plugin", version, **flit)
    core = {**flit, "build": ["flit_core", "quiet-plugin==1.0"]}
    served.add("quiet-core", "1.0", "quiet-app", **core)
    served.add("quiet-core", "1.1", "quiet-gone", **flit)


#: What of builtin the packages of the session of ``upstream`` depend on.
STARLETTE = ("py_anyio", "py_hatchling", "py_starlette", "py_typing_extensions")


def plain(text: str, spack: Spack) -> str:
    """What was printed, as it would be on the machine of the pages."""
    text = re.sub(r"^==> Compilers have been configured.*\n", "", text, flags=re.M)
    text = text.replace(str(spack.repo), REPO).replace(f"{spack.prefix}/bin/spack", "spack")
    return text.replace(str(spack.folder), "~")


def comparable(text: str) -> str:
    """A text without what is another in each run, and without what the solver proves."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text)
    text = re.sub(r"\b[0-9a-f]{7,10} of \d{4}-\d\d-\d\d\b", "<commit>", text)
    text = re.sub(r"\b\d+(\.\d+)? s\b", "N s", text)
    return text.replace(", audited, concretized)", ", audited)").strip()


def run(spack: Spack, server: IndexServer, command: str) -> tuple[str, int]:
    """What a command prints, both streams in their order, and its exit code."""
    program, *rest = shlex.split(command.replace("~/", f"{spack.folder}/"))
    assert program == "spack", f"only Spack is run: {command}"
    if "create" in rest[:2] and "--verify" not in rest:
        rest += ["--verify", "load"]
    done = subprocess.run(
        [str(spack.prefix / "bin" / "spack"), *rest],
        cwd=spack.folder,
        env={
            **os.environ,
            **spack.variables,
            "PIP_INDEX_URL": server.url,
            "PYTHONUNBUFFERED": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return plain(done.stdout, spack), done.returncode


def holds(written: str, printed: str, whole: bool = True) -> bool:
    """Whether what is printed, or a part of it, is as it is written: the same but for checksums
    and times, and for ``...``."""
    pattern = re.compile(".*".join(map(re.escape, comparable(written).split("..."))), re.S)
    found = pattern.fullmatch if whole else pattern.search
    return found(comparable(printed)) is not None


def session(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, and what each prints."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more.strip()
        yield command, output


def with_checksums(recipe: str, served: Served) -> str:
    """A recipe of a page, with the checksums of the archives that this machine's index has."""
    project = re.search(r'pypi = "([^/"]+)/', recipe)
    entries = served.pages.get(project[1], []) if project else []

    def checksum(match: re.Match[str]) -> str:
        suffix = f"-{match[1]}.tar.gz"
        return next(
            f'version("{match[1]}", sha256="{entry["hashes"]["sha256"]}"'
            for entry in entries
            if entry["filename"].endswith(suffix)
        )

    return re.sub(r'version\("([^"]+)", sha256="[^"]*"', checksum, recipe)


def give(spack: Spack, served: Served, block: str) -> None:
    """Put a recipe of a page into the repo."""
    first, _, recipe = block.partition("\n")
    file = spack.repo / first.strip("# ")
    file.parent.mkdir(parents=True)
    file.write_text(with_checksums(recipe, served), "utf-8")


def recipe_of(spack: Spack, block: str) -> str:
    """The recipe whose class a block shows."""
    (shown,) = re.findall(r"^class \w+", block, re.M)
    return next(text for text in spack.recipes().values() if f"\n{shown}(" in text)


SHOWN = [page for page in PAGES if blocks(page, "console") and page != TUTORIAL]


@pytest.mark.spack
@pytest.mark.parametrize("page", SHOWN, ids=name)
def test_sessions(page: Path, spack: Spack, server: IndexServer) -> None:
    publish(server.served)
    publish_example(server.served)
    if "--checkout" in page.read_text("utf-8"):
        shared_by(spack, server, (*NEEDED, *STARLETTE))
    text, code = page.read_text("utf-8"), 0
    for match in BLOCK.finditer(text):
        language, block = match[2], match[3]
        if language == "python" and block.startswith("# packages/"):
            give(spack, server.served, block)
        elif language == "python" and re.search(r"^class ", block, re.M):
            recipe = recipe_of(spack, block)
            assert holds(block, recipe, whole=False), f"the recipe is\n{recipe}"
        elif language == "console":
            for command, written in session(block):
                if command == "echo $?":
                    printed = f"{code}\n"
                else:
                    printed, code = run(spack, server, command)
                if WRITE and not holds(written, printed):
                    text = text.replace(f"$ {command}\n{written}", f"$ {command}\n{printed}")
                    page.write_text(text, "utf-8")
                else:
                    assert holds(written, printed), f"$ {command}\n{printed}"
