"""The declarative configuration of setuptools."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from ...errors import UsageError
from ...files import read_text
from ...pypi.project_files import setup_cfg
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile

_FILE = "file:"


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    path, sections = file.path, setup_cfg.read(file.text)
    problem = setup_cfg.problem(file.text)
    if problem:
        raise UsageError(f"{path} is not a valid setup.cfg: {problem}")
    if not sections.has_option("options", "install_requires"):
        raise UsageError(
            f"{path} has no install_requires; if setup.py says what the project requires, list it "
            "in a requirements.txt"
        )
    python = sections.get("options", "python_requires", fallback="")
    requirements.environment.check_python(python.strip(), path)
    named = "options.extras_require"
    optional = dict(sections.items(named)) if sections.has_section(named) else {}
    extras: dict[str, str] = {canonicalize_name(name): text for name, text in optional.items()}
    chosen, _ = selected.known(path, extras, ())
    for text in [sections.get("options", "install_requires"), *(extras[name] for name in chosen)]:
        for line in _requirements(file, text):
            requirements.add(line, path)


def _requirements(file: TextFile, text: str) -> Iterator[str]:
    """The requirements of an option, which may name the files that list them."""
    if not text.strip().startswith(_FILE):
        yield from setup_cfg.requirements(text)
        return
    for name in text.strip()[len(_FILE) :].split(","):
        yield from setup_cfg.requirements("\n" + read_text(file.path.parent / name.strip()))


SETUP_CFG = Format(
    "setup.cfg",
    "https://setuptools.pypa.io/en/latest/userguide/declarative_config.html",
    names=("setup.cfg",),
    marks=(r"^\[options\]$", r"^install_requires\b"),
    read=_read,
    has_parts=True,
)
