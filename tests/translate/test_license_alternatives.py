"""Licences between which the License field lets choose, where the archive has their texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.licenses import in_files, in_metadata, in_metadata_for_sure
from tests.translate.test_license_texts import BSD, MIT, NOTICE, TEXTS
from tests.translate.test_licenses_in_doubt import (
    CLASSIFIER,
    GPL,
    ISC,
    LGPL_3,
    NOTICE_2_1,
    NOTICE_3,
    OTHER,
    VERSION_3,
)

BSD_2 = TEXTS["BSD-2-Clause"]
AFFERO = "GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n"
LATER_3 = NOTICE_2_1.replace("2.1", "3")
WORDS = f"{NOTICE}\nThe code is distributed under a dual license (at your choice).\n\n"
BOTH = {"COPYING": f"{WORDS}{'#' * 70}\n{BSD}\n{'#' * 70}\n{LGPL_3}\nThis version ..."}
SOLD = "Dual Licensed - GNU AFFERO GPL 3.0 or Quiet Commercial License"
# (the License field, the files, the licence or none)
CHOICES: list[tuple[str, Mapping[str, str], str]] = [
    ("LGPLv3 or BSD", BOTH, "LGPL-3.0-only OR BSD-3-Clause"),
    ("BSD or LGPLv3", BOTH, "BSD-3-Clause OR LGPL-3.0-only"),
    ("dual license: LGPLv3 or BSD", BOTH, "LGPL-3.0-only OR BSD-3-Clause"),
    ("LGPLv3 or BSD", {"L.BSD": BSD, "L.GPL": LGPL_3}, "LGPL-3.0-only OR BSD-3-Clause"),
    # the LGPL adds to the GPL, whose text stands beside it
    ("LGPLv3 or BSD", {**BOTH, "L.GPL": GPL}, "LGPL-3.0-only OR BSD-3-Clause"),
    ("LGPLv3 or BSD", {**BOTH, "x/a.py": LATER_3}, "LGPL-3.0-or-later OR BSD-3-Clause"),
    ("either MIT or BSD", {"L.BSD": BSD, "L.MIT": MIT}, "MIT OR BSD-3-Clause"),
    # the text of one is not there, of one family are two, or there is a third
    ("LGPLv3 or BSD", {"COPYING": f"{WORDS}{BSD}"}, ""),
    ("LGPLv3 or BSD", {"COPYING": f"{WORDS}{LGPL_3}"}, ""),
    ("LGPLv2.1 or BSD", BOTH, ""),
    ("LGPLv3 or BSD", {"L.BSD": BSD, "L.2": BSD_2, "L.GPL": LGPL_3}, ""),
    ("LGPLv3 or BSD", {**BOTH, "L.MIT": MIT}, ""),
    ("LGPLv3 or BSD", {**BOTH, "L.MORE": "as is"}, ""),
    ("LGPLv3 or BSD", {"COPYING": f"It is under the LGPL, version 3. {BSD}"}, ""),
    # no choice, or not only one
    ("LGPLv3 and BSD", BOTH, ""),
    ("LGPLv3, BSD or MIT", {**BOTH, "L.MIT": MIT}, ""),
    ("LGPLv3 or later or BSD", BOTH, ""),
    ("LGPLv3 or Quiet", BOTH, ""),
    # whoever got the archive did not buy it
    (SOLD, {"COPYING": AFFERO}, "AGPL-3.0-only"),
    ("commercial or MIT", {"LICENSE": MIT}, "MIT"),
    (SOLD, {"COPYING": GPL}, ""),
    (SOLD, {"COPYING": AFFERO, "LICENSE.sold": "Buy it."}, ""),
    ("Free for non-commercial use or MIT", {"LICENSE": MIT}, ""),
]


@pytest.mark.parametrize("field, files, licence", CHOICES)
def test_the_choice_of_the_field(field: str, files: Mapping[str, str], licence: str) -> None:
    metadata = Metadata("x", "1.0", license=field)
    assert in_metadata(metadata) is None
    stated = in_files(metadata, files)
    assert stated.expression == licence
    if licence:
        assert stated.remark == f"'{field}'"


@pytest.mark.parametrize(
    "field, files, classifiers, is_decided",
    [
        ("LGPLv3 or BSD", BOTH, (VERSION_3,), True),
        ("LGPLv3 or BSD", BOTH, (VERSION_3, CLASSIFIER), False),
        ("LGPLv3 or BSD", BOTH, (OTHER,), False),
        ("MIT or commercial", {"LICENSE": MIT}, (CLASSIFIER, OTHER), True),
    ],
)
def test_classifiers_of_other_licences(
    field: str, files: Mapping[str, str], classifiers: Sequence[str], is_decided: bool
) -> None:
    metadata = Metadata("x", "1.0", license=field, classifiers=tuple(classifiers))
    assert bool(in_files(metadata, files).remark) is is_decided


def test_an_exact_choice_needs_no_text() -> None:
    stated = in_metadata(Metadata("x", "1.0", license="MIT or Apache-2.0"))
    assert stated is not None and stated.expression == "MIT OR Apache-2.0"


def test_later_versions_of_one_that_is_not_sold() -> None:
    notice = NOTICE_3.replace("GNU General", "GNU Affero General")
    found = in_files(Metadata("x", "1.0", license=SOLD), {"COPYING": AFFERO, "x/a.py": notice})
    assert (found.expression, found.file) == ("AGPL-3.0-or-later", "x/a.py")


OF_FILES = "The files a.c and b.c are licensed under the BSD License"
BESIDE = f"{MIT}\n{OF_FILES}, reproduced\nbelow.\n\n{BSD}"


@pytest.mark.parametrize(
    ("fields", "text", "expression"),
    [
        ({"license": "MIT"}, BESIDE, "MIT AND BSD-3-Clause"),
        ({"license_expression": "MIT"}, BESIDE, "MIT AND BSD-3-Clause"),
        # another text, none, or one of another kind
        ({"license": "MIT"}, f"{BESIDE}\n{ISC}", "MIT"),
        ({"license": "MIT"}, f"{MIT}\n{OF_FILES}.", "MIT"),
        ({"license": "MIT"}, BESIDE.replace(BSD, ISC), "MIT"),
        # the project is under another one
        ({"license": "ISC"}, BESIDE, "ISC"),
        ({"license_expression": "MIT OR ISC"}, BESIDE, "MIT OR ISC"),
    ],
)
def test_the_licence_of_some_files(fields: dict[str, Any], text: str, expression: str) -> None:
    """Both hold where a file says of which files the second one is."""
    metadata = Metadata("x", "1.0", **fields)
    assert [in_files(metadata, {"LICENSE": text}).expression] == [*fields.values()]
    said = replace(metadata, license_of_files=OF_FILES)
    assert in_metadata_for_sure(said) is None
    found = in_files(said, {"LICENSE": text})
    assert found.expression == expression
    assert (f"'{OF_FILES}'" == found.remark) is (" AND " in expression)
