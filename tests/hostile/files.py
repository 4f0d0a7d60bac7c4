"""Files with sets of requirements, and entries of the cache, as they should not be."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.hostile.values import TEXTS, VALUES, as_json, as_toml, mostly, table

_INDEX = {"registry": "https://index.example/simple"}
_UV = {
    "version": 1,
    "requires-python": ">=3.9",
    "supported-markers": ["os_name == 'posix'"],
    "package": [
        {
            "name": "app",
            "source": {"virtual": "."},
            "dependencies": [
                {
                    "name": "a",
                    "version": "1.0",
                    "source": _INDEX,
                    "extra": ["x"],
                    "marker": "os_name == 'posix' and extra != 'extra-3-app-y'",
                }
            ],
            "optional-dependencies": {"y": [{"name": "app", "extra": ["y"]}]},
            "dev-dependencies": {"dev": [{"name": "a"}]},
            "metadata": {"provides-extras": ["y"], "requires-dev": {"dev": []}},
        },
        {
            "name": "a",
            "version": "1.0",
            "source": _INDEX,
            "resolution-markers": ["os_name == 'posix'"],
            "dependencies": [{"name": "a"}],
            "optional-dependencies": {"x": [{"name": "a", "extra": ["x"]}]},
        },
    ],
    "manifest": {
        "members": ["app"],
        "requirements": [{"name": "a"}],
        "dependency-groups": {"lint": [{"name": "a"}]},
    },
}
_PYLOCK = {
    "lock-version": "1.0",
    "created-by": "x",
    "requires-python": ">=3.9",
    "environments": ["os_name == 'posix'"],
    "extras": ["y"],
    "dependency-groups": ["dev"],
    "default-groups": ["dev"],
    "packages": [
        {
            "name": "a",
            "version": "1.0",
            "marker": "os_name == 'posix' or 'y' in extras",
            "wheels": [{"name": "a-1.0-py3-none-any.whl", "url": "x", "hashes": {"sha256": "0"}}],
        }
    ],
}
_POETRY = {
    "package": [
        {
            "name": "a",
            "version": "1.0",
            "groups": ["main", "dev"],
            "markers": {"main": "extra == 'y'", "dev": "os_name == 'posix'"},
            "source": {"type": "legacy", "url": "https://index.example"},
        }
    ],
    "extras": {"y": ["a"]},
    "metadata": {"python-versions": "^3.8 || ~4.1", "content-hash": "0"},
}
_POETRY_1 = {
    "package": [
        {
            "name": "a",
            "version": "1.0",
            "python-versions": ">=3.8",
            "dependencies": {"b": {"version": "^1", "optional": True, "markers": "extra == 'x'"}},
            "extras": {"x": ["b (>=1)"]},
        },
        {"name": "b", "version": "1.0", "dependencies": {"a": [{"version": "*"}]}},
        {"name": "b", "version": "2.0"},
    ],
    "extras": {"y": ["b"]},
    "metadata": {"python-versions": "*"},
}
_PDM = {
    "metadata": {
        "groups": ["default", "y"],
        "strategy": ["inherit_metadata"],
        "targets": [{"requires_python": ">=3.8", "platform": "manylinux_2_17_x86_64"}],
    },
    "package": [
        {"name": "a", "version": "1.0", "groups": ["y"], "marker": "os_name == 'posix'"},
        {"name": "b", "version": "1.0", "groups": ["default"], "git": "x"},
    ],
}
_PIPFILE = {
    "_meta": {
        "requires": {"python_version": "3"},
        "sources": [{"name": "x", "url": "https://index.example"}],
    },
    "default": {
        "a": {"version": "==1.0", "index": "x", "markers": "os_name == 'posix'"},
        "b": {"version": "*"},
    },
}
_CONDA = {"dependencies": ["python=3", "numpy=1.26", "x", {"pip": ["a==1", "-r nowhere"]}]}
_SETUP_CFG = (
    "[options]\npython_requires = {}\ninstall_requires = {}\n[options.extras_require]\ny = {}"
)
_PYPROJECT = {
    "project": {
        "name": "a",
        "dynamic": [],
        "dependencies": ["b>=1"],
        "optional-dependencies": {"x": ["c"], "y": ["a[x]"]},
    },
    "dependency-groups": {"dev": ["d", {"include-group": "test"}], "test": ["e"]},
    "tool": {
        "uv": {"sources": {"b": [{"index": "i", "marker": "os_name == 'posix'"}]}},
        "poetry": {
            "dependencies": {"a": {"version": "*", "extras": ["x"], "python": "^3"}, "b": "*"},
            "extras": {"y": ["b"]},
            "group": {"dev": {"dependencies": {"b": "^1"}}},
        },
    },
}


@st.composite
def _changed(draw: st.DrawFn, good: Any) -> Any:
    """A value that is hostile somewhere in it."""
    if isinstance(good, dict) and good and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(good)))
        return {**good, name: draw(_changed(good[name]))}
    if isinstance(good, list) and good and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(good) - 1))
        return [*good[:at], draw(_changed(good[at])), *good[at + 1 :]]
    return draw(VALUES)


def _of_tables(good: dict[str, Any]) -> st.SearchStrategy[str]:
    whole = _changed(good).filter(lambda value: isinstance(value, dict))
    return whole.map(as_toml) | st.just(as_toml(good)) | TEXTS


def _of_json(good: dict[str, Any]) -> st.SearchStrategy[str]:
    texts = (_changed(good) | st.just(good)).map(as_json).map(bytes.decode)
    return texts | TEXTS


#: The pyproject.toml that lies beside a file.
BESIDE = as_toml(_PYPROJECT)
#: The files that have an extra ``y``.
WITH_EXTRAS = {"uv.lock", "pylock.toml", "pyproject.toml", "poetry.lock", "pdm.lock", "setup.cfg"}
#: File name → what may be in it.
FILES: dict[str, st.SearchStrategy[str]] = {
    "uv.lock": _of_tables(_UV),
    "pylock.toml": _of_tables(_PYLOCK),
    "pyproject.toml": _of_tables(_PYPROJECT),
    "poetry.lock": _of_tables(_POETRY) | _of_tables(_POETRY_1),
    "pdm.lock": _of_tables(_PDM),
    "Pipfile.lock": _of_json(_PIPFILE),
    "environment.yml": _of_json(_CONDA),
    "setup.cfg": st.tuples(TEXTS, TEXTS, TEXTS).map(lambda texts: _SETUP_CFG.format(*texts)),
    "script.py": _of_tables(
        {"requires-python": ">=3", "dependencies": ["a", "b; os_name=='x'"]}
    ).map(lambda text: "# /// script\n# " + text.replace("\n", "\n# ") + "\n# ///\n"),
    "requirements.txt": st.lists(TEXTS, max_size=3).map("\n".join),
}

_ENTRY = {
    "files": {"PKG-INFO": "Metadata-Version: 2.1", "setup.py": "setup()"},
    "build_files": {},
    "suffixes": [".c"],
    "cxx_cython": False,
    "imports": [["distutils", "x.py", 3]],
    "native": [["looks", "z", "x.py", 3]],
    "packages": ["x"],
    "top_level": {},
    "backend": {},
}
#: What may lie in the cache: text that is none of ours, or an older form of it.
ENTRIES: st.SearchStrategy[bytes] = st.one_of(
    VALUES.map(as_json),
    table(_ENTRY).map(as_json),
    mostly(_ENTRY).map(as_json),
    st.binary(max_size=40),
    TEXTS.map(lambda text: text.encode("utf-8", "replace")),
)
