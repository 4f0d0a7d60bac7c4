"""Names that a module of Spack's packages has only with a variant: where what always runs uses
them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.pypi.model import VARIANT_NAMES, variant_of_name, variants_beside
from spack_pypi.pypi.project_files import variant_names
from spack_pypi.pypi.project_files.imported import Imported
from spack_pypi.pypi.project_files.variant_modules import OfVariant

FILE = Path(variant_names.__file__).with_name("variant_names.json")

#: (a name of OpenCV; the variant that it needs, by https://docs.opencv.org/4.x/)
NAMES = [
    ("cv2.cvtColor", "imgproc"),
    ("cv2.COLOR_BGR2GRAY", "imgproc"),
    ("cv2.INTER_NEAREST", "imgproc"),
    ("cv2.imread", "imgcodecs"),
    ("cv2.IMREAD_UNCHANGED", "imgcodecs"),
    ("cv2.CAP_PROP_FPS", "videoio"),
    ("cv2.VideoWriter", "videoio"),
    ("cv2.VideoWriter_fourcc", "videoio"),
    ("cv2.waitKey", "highgui"),
    ("cv2.solvePnP", "calib3d"),
    ("cv2.RANSAC", "calib3d"),
    ("cv2.ORB_create", "features2d"),
    ("cv2.KalmanFilter", "video"),
    ("cv2.inpaint", "photo"),
    ("cv2.CascadeClassifier", "objdetect"),
    ("cv2.dnn", "dnn"),
    # what is always there, as is what only begins alike
    ("cv2.BORDER_CONSTANT", ""),
    ("cv2.CV_8U", ""),
    ("cv2.LUT", ""),
    ("cv2.flip", ""),
    ("cv2.normalize", ""),
    ("cv2.setNumThreads", ""),
    ("cv2.INTERSECT", ""),
    ("cv2.blurred", ""),
    ("cv2", ""),
    ("x.cvtColor", ""),
]


@pytest.mark.parametrize(("name", "variant"), NAMES)
def test_the_variant_with_which_a_name_is_there(name: str, variant: str) -> None:
    assert variant_of_name(name) == (OfVariant("opencv", variant) if variant else None)


#: (a module; the names that it uses, one of each variant, with their lines)
USES = [
    ("import cv2\ncv2.resize", [("cv2.resize", 2)]),
    ("import cv2 as cv\nx = cv.imread('a')", [("cv2.imread", 2)]),
    ("from cv2 import cvtColor as c", [("cv2.cvtColor", 1)]),
    ("def f(way=cv2.INTER_AREA):\n    pass\nimport cv2", [("cv2.INTER_AREA", 1)]),
    ("def f():\n    import cv2\n    return cv2.imshow", [("cv2.imshow", 3)]),
    ("try:\n    import cv2\nexcept ImportError:\n    cv2 = None\ncv2.blur", [("cv2.blur", 5)]),
    ("import cv2\ncv2.dnn.readNet()", [("cv2.dnn", 2)]),
    ("import cv2\ncv2.blur\ncv2.resize\ncv2.imread", [("cv2.blur", 2), ("cv2.imread", 4)]),
    ("import cv2", []),
    ("import cv2\ncv2.flip(cv2.BORDER_WRAP)", []),
    ("cv2.resize", []),
    ("import cv2 as cv\ncv2.resize", []),
    ("import cv\ncv.resize", []),
    ("from .cv2 import resize", []),
    ("import cv2\nx.cv2.resize\n'cv2.resize'", []),
    ("import cv2\ncv2.resize(", []),
]


@pytest.mark.parametrize(("module", "found"), USES)
def test_the_names_that_a_module_uses(module: str, found: list[tuple[str, int]]) -> None:
    imported = Imported(own={"x"})
    imported.look_at("x/__init__.py", b"from . import inner")
    imported.look_at("x/inner.py", module.encode())
    imported.look_at("x/other.py", b"import cv2\ncv2.solvePnP")
    places = [*imported.uses_of_variants({"x"})]
    assert [(each.module, each.line) for each in places] == found
    assert {(e.path, e.package) for e in places} <= {("x/inner.py", "x/__init__.py")}


def test_each_variant_is_found_once() -> None:
    imported = Imported(own={"x"})
    imported.look_at("x/__init__.py", b"from . import inner\nimport cv2\ncv2.blur")
    imported.look_at("x/inner.py", b"import cv2\ncv2.resize\ncv2.imread")
    found = [(each.path, each.module) for each in imported.uses_of_variants({"x"})]
    assert found == [("x/__init__.py", "cv2.blur"), ("x/inner.py", "cv2.imread")]


def test_a_module_by_itself() -> None:
    imported = Imported(own={"x"})
    imported.look_at("x.py", b"import cv2\ncv2.blur")
    assert [each.path for each in imported.uses_of_variants((), "x.py")] == ["x.py"]
    assert not [*imported.uses_of_variants(())]


def test_an_archive_that_has_the_module_itself() -> None:
    imported = Imported(own={"x", "cv2"})
    imported.look_at("x/__init__.py", b"import cv2\ncv2.blur")
    assert not [*imported.uses_of_variants({"x"})]


def test_the_table_is_sorted_and_has_sources() -> None:
    table = json.loads(FILE.read_text("utf-8"))
    for entry in table.values():
        assert entry["source"]
        for lists in (entry["names"], entry["beside"]):
            assert [*lists] == sorted(lists)
            assert all(each == sorted({*each}) for each in lists.values())


def test_each_name_of_the_table_needs_one_variant() -> None:
    """None is there twice, or begins as those of another variant do."""
    for name, needed in VARIANT_NAMES.items():
        alike = {n for n, _ in VARIANT_NAMES.items() if n[-1] == "*" and name.startswith(n[:-1])}
        assert alike <= {name}
        assert variant_of_name(name.replace("*", "ANY")) == needed
    listed = [
        name
        for entry in json.loads(FILE.read_text("utf-8")).values()
        for names in entry["names"].values()
        for name in names
    ]
    assert len(listed) == len(VARIANT_NAMES)


def test_what_stands_beside_a_variant_is_all_that_it_needs() -> None:
    for needed in VARIANT_NAMES.values():
        beside = {*variants_beside(needed)}
        for other in beside:
            assert beside.issuperset(variants_beside(needed._replace(variant=other)))
