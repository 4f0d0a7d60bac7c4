"""Projects that say too much: each part of them far beyond what any real one has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Callable

from tests.hostile.projects import NAME, SDIST, VERSION, WHEEL
from tests.index_server import sdist_bytes, wheel_bytes

_HEAD = f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {VERSION}\n"
_BUILD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


def served(
    metadata: str = _HEAD, files: Mapping[str, str] | None = None, wheel: bool = True
) -> dict[str, bytes]:
    """A project with this metadata and these files in its sdist, by path."""
    inside = {"PKG-INFO": metadata, "pyproject.toml": _BUILD, **(files or {})}
    contents = {SDIST: sdist_bytes("quiet_log", VERSION, inside)}
    if wheel:
        contents[WHEEL] = wheel_bytes("quiet_log", VERSION, metadata)
    return {
        f"/simple/{NAME}/": page(contents),
        **{f"/files/{name}": content for name, content in contents.items()},
    }


def page(contents: Mapping[str, bytes], name: str = NAME) -> bytes:
    """The page (PEP 691) of a project with these files."""
    files = [
        {
            "filename": file,
            "url": f"../../files/{file}",
            "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
        }
        for file, content in contents.items()
    ]
    return json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files}).encode()


def _many_releases() -> dict[str, bytes]:
    whole = served()
    contents = {name: whole[f"/files/{name}"] for name in (SDIST, WHEEL)}
    others = {f"quiet_log-0.{number}.tar.gz": b"" for number in range(20_000)}
    return {**whole, f"/simple/{NAME}/": page({**others, **contents})}


def _with_page(text: bytes) -> dict[str, bytes]:
    return {**served(), f"/simple/{NAME}/": text}


def _setup_py(lines: str) -> dict[str, bytes]:
    text = f"from setuptools import setup\n{lines}\nsetup(install_requires=a, extras_require=b)\n"
    return served(_HEAD.replace("2.4", "2.1"), {"setup.py": text, "pyproject.toml": ""}, False)


_DOUBLED = "\n".join(f"a{n + 1} = a{n} + a{n}" for n in range(30))

#: What there is too much of → what an index serves.
EXCESS: Mapping[str, Callable[[], dict[str, bytes]]] = {
    "a summary of 1 MB": lambda: served(f"{_HEAD}Summary: {'long ' * 200_000}\n"),
    "a description of 1 MB": lambda: served(f"{_HEAD}\n{'# [long](' * 110_000}\n"),
    "metadata of 10 MB": lambda: served(f"{_HEAD}\n{'long ' * 2_000_000}\n"),
    "a licence of 1 MB": lambda: served(f"{_HEAD}License: {'MIT OR ' * 150_000}\n"),
    "a licence expression of 100 kB": lambda: served(
        f"{_HEAD}License-Expression: {'(' * 50_000}MIT{')' * 50_000}\n"
    ),
    "100,000 requirements": lambda: served(
        _HEAD + "".join(f"Requires-Dist: a{n}\n" for n in range(100_000))
    ),
    "1,000 requirements of one project": lambda: served(
        _HEAD + "".join(f"Requires-Dist: attrs!=1.{n}\n" for n in range(1000))
    ),
    "10,000 requirements of one project": lambda: served(
        _HEAD + "".join(f"Requires-Dist: attrs!=1.{n}\n" for n in range(10_000))
    ),
    "5,000 build requirements of one project": lambda: served(
        files={
            "pyproject.toml": _BUILD.replace(
                '["setuptools"]', str([f"attrs!=1.{n}" for n in range(5000)])
            )
        }
    ),
    "5,000 extras": lambda: served(
        _HEAD
        + "".join(
            f"Provides-Extra: e{n}\nRequires-Dist: attrs; extra == 'e{n}'\n" for n in range(5000)
        )
    ),
    "1,500 extras": lambda: served(
        _HEAD
        + "".join(
            f"Provides-Extra: e{n}\nRequires-Dist: attrs; extra == 'e{n}'\n" for n in range(1500)
        )
    ),
    "a marker of 2,000 terms": lambda: served(
        f"{_HEAD}Requires-Dist: attrs; {' or '.join(['python_version < chr'] * 2000)}\n"
    ),
    "a marker of 200 terms": lambda: served(
        _HEAD
        + "Requires-Dist: attrs; "
        + " or ".join(f"python_full_version == '3.{n % 20}.{n}'" for n in range(200))
        + "\n"
    ),
    "a marker nested 20,000 deep": lambda: served(
        f"{_HEAD}Requires-Dist: attrs; {'(' * 20_000}os_name == 'x'{')' * 20_000}\n"
    ),
    "a specifier of 1,000 clauses": lambda: served(
        f"{_HEAD}Requires-Dist: attrs {','.join(f'!=1.{n}' for n in range(1000))}\n"
    ),
    "a Requires-Python of 5,000 digits": lambda: served(
        f"{_HEAD}Requires-Python: >={'9' * 5000}\n"
    ),
    "20,000 releases": _many_releases,
    "a page of 200,000 brackets": lambda: _with_page(b"[" * 200_000),
    "a page of 200,000 objects": lambda: _with_page(b'{"files":' * 200_000),
    "a number of 5,000 digits in a page": lambda: _with_page(
        b'{"files": [{"size": ' + b"9" * 5000 + b"}]}"
    ),
    "literals of setup.py that double": lambda: _setup_py(
        f"a0 = ['attrs']\n{_DOUBLED}\na = a30\nb = {{}}"
    ),
    "texts of setup.py that double": lambda: _setup_py(
        f"a0 = 'attrs'\n{_DOUBLED}\na = a30\nb = {{}}"
    ),
    "lists in lists of setup.py": lambda: _setup_py(
        "a0 = []\n"
        + "\n".join(f"a{n + 1} = [a{n}] * 1 + [a{n}, a{n}]" for n in range(30))
        + "\na = a30\nb = {}"
    ),
    "a setup.py nested 10,000 deep": lambda: _setup_py(f"a = {'[' * 10_000}{']' * 10_000}\nb = a"),
    "a pyproject.toml nested 10,000 deep": lambda: served(
        files={"pyproject.toml": f"a = {'[' * 10_000}{']' * 10_000}"}
    ),
    "a CMakeLists.txt of 200 kB of parentheses": lambda: served(
        files={
            "CMakeLists.txt": "a(" * 100_000,
            "pyproject.toml": _BUILD.replace("setuptools", "scikit-build-core"),
        }
    ),
    "a minimum of 5,000 digits": lambda: served(
        files={
            "CMakeLists.txt": f"cmake_minimum_required(VERSION {'9' * 5000})",
            "pyproject.toml": _BUILD.replace('["setuptools"]', '["scikit-build-core"]').replace(
                "setuptools.build_meta", "scikit_build_core.build"
            ),
        }
    ),
    "a setup.cfg of 100,000 lines": lambda: served(
        _HEAD.replace("2.4", "2.1"),
        {"setup.cfg": "[options]\ninstall_requires =\n" + "    attrs\n" * 100_000},
        False,
    ),
    "a licence file of 2 MB": lambda: served(
        files={"LICENSE": "Permission is hereby granted, free of charge, " * 45_000}
    ),
}
