"""The programs that build, by the names with which Python code runs them: those that setup.py runs
are read in `setup_commands`, those of build hooks in `build_hooks`. Of other programs, such as git
for a version, it is not known whether they matter. In which packages they are, the translation
knows."""

from __future__ import annotations

#: What compiles native code, or configures it.
NATIVE_BUILDERS = ("autoreconf", "bazel", "cargo", "cmake", "make", "meson", "swig")
#: What makes files of other kinds, in build hooks.
_OTHERS = ("bun", "deno", "go", "jlpm", "ninja", "node", "npm", "npx", "pnpm", "protoc", "yarn")
BUILDERS = (*NATIVE_BUILDERS, *_OTHERS)
