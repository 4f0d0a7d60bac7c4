"""The table of known native needs, held against builtin: it has each package, a version of it that
is needed, and the variants, with those that they need; how many numbers the versions of
libraries have; and whose archives packages have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.host.names import reviewed
from spack_pypi.pypi.model import (
    NEWER_NAMES,
    SMALLER,
    VARIANT_MODULES,
    VARIANT_NAMES,
    variants_beside,
)
from spack_pypi.translate import known_needs
from spack_pypi.translate.cmake_packages import COMPONENTS, PACKAGES, PROGRAMS, VIRTUAL
from spack_pypi.translate.config_programs import PACKAGES as CONFIGS
from spack_pypi.translate.included_headers import PACKAGES as HEADERS
from spack_pypi.translate.included_headers import spec_of
from spack_pypi.translate.linked_by_setup_py import PACKAGES as LINKED
from spack_pypi.translate.pkg_config import PACKAGES as MODULES
from spack_pypi.translate.pkg_config import of_module
from tests.conftest import Spack, clones

pytestmark = pytest.mark.spack

SCRIPT = """
import json, sys
import spack.repo
from spack.spec import Spec
wrong = []
for project, entry in json.load(open(sys.argv[1])).items():
    for need in entry.get("needs", ()):
        name, versions = need["package"], need.get("versions")
        spec = Spec(name + (f"@{versions}" if versions else ""))
        if spack.repo.PATH.is_virtual(name):
            continue
        if not spack.repo.PATH.exists(name):
            wrong.append(f"{project}: builtin has no {name}")
            continue
        cls = spack.repo.PATH.get_pkg_class(name)
        if not any(version.satisfies(spec.versions) for version in cls.versions):
            wrong.append(f"{project}: builtin has no {spec}")
        known = {variant for by_when in cls.variants.values() for variant in by_when}
        for variant in need.get("variants", ()):
            if variant[1:] not in known:
                wrong.append(f"{project}: {name} has no variant {variant}")
        together = {variant[1:] for variant in need.get("together", ())}
        spec = Spec(name + "".join(f"+{variant}" for variant in together))
        for when, conflicts in cls.conflicts.items():
            if together and spec.satisfies(when):
                for off in (v for conflict, _ in conflicts for v in conflict.variants.values()):
                    if off.value is False and off.name not in together:
                        wrong.append(f"{project}: {spec} needs +{off.name}")
for package, numbers in json.load(open(sys.argv[2])).items():
    declared = spack.repo.PATH.get_pkg_class(package).versions
    newest = max(version for version in declared if not version.isdevelop())
    if len(newest) > numbers:
        wrong.append(f"{package}: {newest} has more than {numbers} numbers")
for package, project in json.load(open(sys.argv[3])).items():
    pypi = getattr(spack.repo.PATH.get_pkg_class(package), "pypi", "")
    if pypi.partition("/")[0] != project:
        wrong.append(f"{package} has the archives of {pypi}, not of {project}")
print(json.dumps(wrong))
"""


def test_builtin_has_what_the_tables_name(every_spack: Spack, tmp_path: Path) -> None:
    """The newest one: what an older one lacks is only reported."""
    if every_spack.prefix != clones()[-1]:
        return
    table = json.loads(Path(known_needs.__file__).with_name("known_needs.json").read_text("utf-8"))
    packages = [*PACKAGES.values(), *VIRTUAL.values(), *PROGRAMS.values(), *LINKED.values()]
    packages += CONFIGS.values()
    table["what builds require"] = {"needs": [{"package": package} for package in packages]}
    modules = [*filter(None, (of_module(name, "") for name in MODULES))]
    modules += filter(None, map(spec_of, HEADERS))
    table["modules of pkg-config, and headers"] = {
        "needs": [{"package": each.package, "variants": each.variants} for each in modules]
    }
    components = {key: [*filter(None, each.values())] for key, each in COMPONENTS.items()}
    table["components of what CMake requires"] = {
        "needs": [{"package": key, "variants": each} for key, each in components.items() if each]
    }
    table["modules of variants"] = {
        "needs": [
            {"package": each.package, "variants": [f"+{each.variant}"]}
            for each in VARIANT_MODULES.values()
        ]
    }
    table["names of variants"] = {
        "needs": [
            {"package": each.package, "variants": variants, "together": variants}
            for each in {*VARIANT_NAMES.values()}
            for variants in [[f"+{name}" for name in (each.variant, *variants_beside(each))]]
        ]
    }
    table["names of newer versions"] = {
        "needs": [
            {"package": each.package, "versions": f"{each.version}:"}
            for each in {*NEWER_NAMES.values()}
        ]
    }
    table["smaller projects"] = {
        "needs": [{"package": f"py-{each.project}"} for each in SMALLER.values()]
    }
    (tmp_path / "table.json").write_text(json.dumps(table), "utf-8")
    libraries = {each.package: each.numbers for each in reviewed().values() if each.numbers}
    (tmp_path / "numbers.json").write_text(json.dumps(libraries), "utf-8")
    sources = {str(e.package): e.built_from for e in reviewed().values() if e.built_from}
    (tmp_path / "sources.json").write_text(json.dumps(sources), "utf-8")
    files = [str(tmp_path / f"{name}.json") for name in ("table", "numbers", "sources")]
    assert every_spack.python(SCRIPT, *files) == []
