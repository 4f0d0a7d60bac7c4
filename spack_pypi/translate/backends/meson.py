"""meson-python: builds with Meson and Ninja."""

from __future__ import annotations

from ...pypi.model import MESON_BUILD, MESON_OPTIONS
from ..build_files import meson_languages, meson_minimum
from .model import Backend, Tool

MESON_PYTHON = Backend(
    "meson-python",
    "https://mesonbuild.com/meson-python/",
    modules=("mesonpy",),
    projects=("meson-python",),
    reads=(MESON_BUILD, *MESON_OPTIONS),
    tools=(Tool("meson", meson_minimum), Tool("ninja")),
    languages=meson_languages,
)
