"""Backends that need few words: they read pyproject.toml alone, or compile nothing."""

from __future__ import annotations

from ...pypi.model import Source, at
from .model import Backend


def _never(source: Source) -> bool:
    return False


def _pdm_runs_setuptools(source: Source) -> bool:
    return at(source.pyproject, "tool", "pdm", "build", "run-setuptools") is True


FLIT = Backend(
    "flit",
    "https://flit.pypa.io/en/stable/pyproject_toml.html",
    modules=("flit_core", "flit", "flit_scm"),
    compiles=_never,
)
UV = Backend(
    "uv_build",
    "https://docs.astral.sh/uv/concepts/build-backend/",
    modules=("uv_build",),
    compiles=_never,
)
POETRY = Backend(
    "poetry",
    "https://python-poetry.org/docs/building-extension-modules/",
    modules=("poetry", "poetry_dynamic_versioning"),
    compiles=lambda source: at(source.pyproject, "tool", "poetry", "build") is not None,
    runs_setup_py=True,
)
PDM = Backend(
    "pdm",
    "https://backend.pdm-project.org/build_config/",
    modules=("pdm",),
    requires=lambda source: ("setuptools>=40.8.0",) if _pdm_runs_setuptools(source) else (),
    compiles=_pdm_runs_setuptools,
    runs_setup_py=True,
)
SIP = Backend(
    "sip",
    "https://python-sip.readthedocs.io/en/stable/pyproject_toml.html",
    modules=("sipbuild",),
    generates=lambda source: ("c", "cxx"),
)
#: An add-on of sip.
PYQT_BUILDER = Backend(
    "pyqt-builder",
    "https://pyqt-builder.readthedocs.io/en/stable/",
    projects=("pyqt-builder",),
    remarks=lambda source, names: (
        "PyQt-builder runs qmake, which no requirement lists: depend on qt or qt-base",
    ),
)
JUPYTER_PACKAGING = Backend(
    "jupyter-packaging",
    "https://github.com/jupyter/jupyter-packaging",
    modules=("jupyter_packaging",),
)
WHEY = Backend("whey", "https://whey.readthedocs.io/en/latest/", modules=("whey",))
SPHINX_THEME_BUILDER = Backend(
    "sphinx-theme-builder",
    "https://sphinx-theme-builder.readthedocs.io/en/latest/",
    modules=("sphinx_theme_builder",),
    compiles=_never,
    remarks=lambda source, names: (
        "sphinx-theme-builder downloads Node.js and what package.json lists, to build",
    ),
)

BACKENDS = (
    FLIT,
    UV,
    POETRY,
    PDM,
    SIP,
    PYQT_BUILDER,
    JUPYTER_PACKAGING,
    WHEY,
    SPHINX_THEME_BUILDER,
)
