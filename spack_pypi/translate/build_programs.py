"""The packages of Spack that have the programs which build; which programs are read is said in
`spack_pypi.pypi.project_files.builders`."""

from __future__ import annotations

from collections.abc import Mapping

#: By the name of the program. Autoreconf is in none alone, others are in no package.
PACKAGES: Mapping[str, str] = {
    "bazel": "bazel",
    "cargo": "rust",
    "cmake": "cmake",
    "deno": "deno",
    "go": "go",
    "make": "gmake",
    "meson": "meson",
    "ninja": "ninja",
    "node": "node-js",
    "npm": "npm",
    "npx": "npm",
    "protoc": "protobuf",
    "swig": "swig",
    "yarn": "yarn",
}
