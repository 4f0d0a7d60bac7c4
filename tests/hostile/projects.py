"""A project whose page, metadata and archive hold hostile values, as an index serves it."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st

from tests.hostile.values import TEXTS, VALUES, as_json, as_toml, mostly, table
from tests.index_server import sdist_bytes, wheel_bytes

NAME, VERSION = "quiet-log", "1.0"
SDIST, WHEEL = "quiet_log-1.0.tar.gz", "quiet_log-1.0-py3-none-any.whl"


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {
        "filename": name,
        "url": f"../../files/{name}",
        "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
        "requires-python": ">=3.9",
        "yanked": False,
        "core-metadata": False,
        "size": len(content),
        "upload-time": "2026-01-01T00:00:00Z",
    }


@st.composite
def pages(draw: st.DrawFn, sdist: bytes = b"", wheel: bytes = b"") -> bytes:
    """A project page (PEP 691)."""
    files = [_file(SDIST, sdist), _file(WHEEL, wheel)]
    entries = [draw(mostly(draw(table(each)))) for each in files]
    page = {
        "meta": {"api-version": "1.1"},
        "name": NAME,
        "files": entries,
        "project-status": {"status": "active"},
    }
    return as_json(draw(mostly(draw(table(page)))))


_FIELDS = {
    "Metadata-Version": "2.4",
    "Name": NAME,
    "Version": VERSION,
    "Summary": "Logs, quietly",
    "Description-Content-Type": "text/markdown",
    "Home-page": "https://x.example",
    "License-Expression": "MIT",
    "License": "MIT",
    "Requires-Python": ">=3.9",
    "Requires-Dist": "attrs>=22",
    "Provides-Extra": "fast",
    "Classifier": "Programming Language :: Python :: 3.12",
    "Project-URL": "Homepage, https://x.example",
    "Dynamic": "Keywords",
}


@st.composite
def metadata(draw: st.DrawFn) -> str:
    """A METADATA or PKG-INFO file: its first three fields mostly good."""
    lines = []
    for name, good in _FIELDS.items():
        text = good if draw(st.integers(0, 9)) else draw(TEXTS)
        lines.append(f"{name}: {text}")
    for name in draw(st.lists(st.sampled_from(list(_FIELDS)[3:]), max_size=3)):
        lines.append(f"{name}: {draw(TEXTS)}")
    return "\n".join(lines) + "\n\n" + draw(TEXTS)


_PYPROJECT = {
    "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
    "project": {
        "name": NAME,
        "version": VERSION,
        "dynamic": [],
        "dependencies": ["attrs>=22"],
        "optional-dependencies": {"fast": ["numpy"]},
        "requires-python": ">=3.9",
        "license": "MIT",
        "license-files": ["LICENSE"],
    },
    "tool": {
        "setuptools": {"packages": ["x"], "package-dir": {"": "src"}, "ext-modules": []},
        "setuptools_scm": {},
        "hatch": {"build": {"hooks": {"custom": {}}, "targets": {"wheel": {"packages": ["x"]}}}},
        "poetry": {"dependencies": {"python": "^3.9"}, "packages": [{"include": "x"}]},
        "maturin": {"manifest-path": "Cargo.toml"},
        "scikit-build": {"cmake": {"version": ">=3.15"}, "metadata": {"version": {}}},
        "flit": {"module": {"name": "x"}},
        "pdm": {"build": {"run-setuptools": True}},
        "uv": {"build-backend": {"module-name": "x"}},
    },
}
_BACKENDS = [
    "setuptools.build_meta",
    "poetry.core.masonry.api",
    "flit_core.buildapi",
    "maturin",
    "scikit_build_core.build",
    "mesonpy",
    "pdm.backend",
    "uv_build",
    "own",
]


@st.composite
def pyprojects(draw: st.DrawFn) -> str:
    """A pyproject.toml whose tables are hostile at any depth."""

    def drawn(good: Any) -> Any:
        if isinstance(good, dict):
            inner = {key: drawn(value) for key, value in good.items() if draw(st.integers(0, 4))}
            return inner if draw(st.integers(0, 12)) else draw(VALUES)
        return good if draw(st.integers(0, 6)) else draw(VALUES)

    tables = drawn(_PYPROJECT)
    if isinstance(tables, dict) and isinstance(tables.get("build-system"), dict):
        tables["build-system"]["build-backend"] = draw(mostly(draw(st.sampled_from(_BACKENDS))))
    return as_toml(tables) if isinstance(tables, dict) else str(tables)


@st.composite
def setup_cfgs(draw: st.DrawFn) -> str:
    options = ["install_requires", "setup_requires", "python_requires", "packages"]
    lines = ["[options]"]
    lines += [f"{draw(st.sampled_from(options))} = {draw(TEXTS)}" for _ in range(3)]
    lines += ["[options.extras_require]", f"{draw(TEXTS)} = {draw(TEXTS)}"]
    return "\n".join(lines)


@st.composite
def setup_pys(draw: st.DrawFn) -> str:
    """A setup.py with literals of any kind, some of them tuples or sums as keys."""
    names = ["install_requires", "extras_require", "python_requires", "setup_requires"]
    names += ["package_data", "libraries", "ext_modules", "cmake_languages"]
    odd = ["{('a', 'b'): 1}", "{[]: 1}", "{{}: 1}", "[x for x in y]", "1/0", "a + a", "f'{a}'"]
    given = [
        f"{name}={draw(st.sampled_from(odd)) if draw(st.booleans()) else repr(draw(VALUES))}"
        for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    ]
    lines = ["from setuptools import setup", f"a = {draw(VALUES)!r}", "a = a + a"]
    return "\n".join([*lines[: draw(st.integers(1, 3))], f"setup({', '.join(given)})"])


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """An sdist of such files."""
    files = {"PKG-INFO": draw(metadata())}
    possible = {
        "pyproject.toml": pyprojects(),
        "setup.cfg": setup_cfgs(),
        "setup.py": setup_pys(),
        "CMakeLists.txt": TEXTS.map(lambda text: f"cmake_minimum_required(VERSION {text})"),
        "meson.build": TEXTS.map(lambda text: f"project('x', 'c', meson_version: '>={text}')"),
        "Cargo.toml": VALUES.map(lambda value: as_toml({"package": value, "workspace": value})),
        "quiet_log.egg-info/requires.txt": TEXTS,
        "quiet_log.egg-info/top_level.txt": TEXTS,
        "own.py": TEXTS.map(lambda t: f"def get_requires_for_build_wheel(x):\n return [{t!r}]\n"),
        "LICENSE": TEXTS,
    }
    for name, content in possible.items():
        if draw(st.booleans()):
            files[name] = draw(content)
    texts = {name: text.encode("utf-8", "replace").decode() for name, text in files.items()}
    return sdist_bytes("quiet_log", VERSION, texts)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, bytes]:
    """All that an index serves of a project, by path."""
    sdist = draw(archives())
    text = draw(metadata()).encode("utf-8", "replace").decode()
    wheel = wheel_bytes("quiet_log", VERSION, text)
    has_wheel = draw(st.booleans())
    page = draw(pages(sdist, wheel))
    served = {f"/simple/{NAME}/": page, f"/files/{SDIST}": sdist}
    if has_wheel:
        served[f"/files/{WHEEL}"] = wheel
    return served
