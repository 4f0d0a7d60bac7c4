"""Licences of archives that have several, or say in their modules which versions may be chosen:
(metadata, the texts of the files) → the licence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.licenses import Stated, in_files, in_metadata_for_sure
from tests.translate.test_license_texts import BSD, MIT, NOTICE, TEXTS
from tests.translate.test_licenses_in_doubt import (
    BY_TITLE,
    CLASSIFIER,
    GPL,
    ISC,
    NO_NAME,
    NOTICE_2_1,
    NOTICE_3,
    SAYS,
    TITLED,
    VERSION_3,
    by_files,
)

CHOICE = "dual-licensed under MIT and Apache 2.0 licenses"
DUAL = {"LICENSE-MIT": MIT, "LICENSE-APACHE": TEXTS["Apache-2.0"]}
OF_BOTH = Stated("Apache-2.0 OR MIT", "LICENSE-MIT", remark=f"'{CHOICE}'")
TWO = {"LICENSE.txt": BSD, "LICENSE-icons.txt": "as is"}
BSD_IN_TXT = Stated("BSD-3-Clause", "LICENSE.txt")
PYTHON = "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"
# Two licences in two files, and other names than that of the text.
SEVERAL: list[tuple[dict[str, Any], Mapping[str, str], Stated]] = [
    # the project says that there is a choice between those whose texts are there
    ({"choice": CHOICE}, DUAL, OF_BOTH),
    (
        {
            "choice": CHOICE,
            "classifiers": (CLASSIFIER, "License :: OSI Approved :: Apache Software License"),
        },
        DUAL,
        OF_BOTH,
    ),
    ({}, {**DUAL, "LICENSE": f"This is {CHOICE}."}, OF_BOTH),
    (
        {},
        {**DUAL, "LICENSE": "Use it under either of these licenses: MIT or Apache."},
        Stated(
            "Apache-2.0 OR MIT",
            "LICENSE-MIT",
            remark="'under either of these licenses: MIT or Apache'",
        ),
    ),
    # nothing says so, or of others, or there is a third one
    (
        {},
        DUAL,
        Stated(
            problem="the archive has several: LICENSE-MIT is MIT, LICENSE-APACHE is Apache-2.0",
            is_disputed=True,
        ),
    ),
    (
        {"choice": "dual-licensed under MIT and ISC"},
        DUAL,
        Stated(
            problem="the archive has several: LICENSE-MIT is MIT, LICENSE-APACHE is Apache-2.0",
            is_disputed=True,
        ),
    ),
    (
        {"choice": CHOICE},
        {**DUAL, "COPYING": "as is"},
        Stated(problem="COPYING is not exactly the text of one standard licence"),
    ),
    # the names of the other files say of what they are the licence
    ({"license": "BSD"}, TWO, BSD_IN_TXT),
    ({"license": "BSD"}, {"LICENSE.txt": BSD, "LICENSE-icons.txt": MIT}, BSD_IN_TXT),
    (
        {"license": "BSD"},
        {"LICENSE.txt": BSD, "LICENSE-2.txt": TEXTS["BSD-2-Clause"]},
        Stated(
            problem="the archive has several: LICENSE.txt is BSD-3-Clause, "
            "LICENSE-2.txt is BSD-2-Clause",
            is_disputed=True,
        ),
    ),
    ({}, TWO, Stated(problem=f"LICENSE-icons.txt {NO_NAME}")),
    ({"license": "BSD"}, {**TWO, "COPYING": ISC}, Stated(problem=f"LICENSE-icons.txt {NO_NAME}")),
    # the text is the licence of the field, and only classifiers name others
    (
        {"license": "BSD (see page)", "classifiers": (PYTHON,)},
        {"COPYING": BSD},
        Stated(
            "BSD-3-Clause",
            "COPYING",
            against="'GNU General Public License v2 (GPLv2)'",
            is_in_field=True,
        ),
    ),
    (
        {"license": "BSD (see page)", "classifiers": (PYTHON,)},
        {"COPYING": MIT},
        Stated(
            problem=f"{SAYS} 'BSD (see page)', 'GNU General Public License v2 (GPLv2)'",
            is_disputed=True,
        ),
    ),
    # words before the text that name it alone, where the metadata names those of parts as well
    (
        {"classifiers": (CLASSIFIER, "License :: OSI Approved :: BSD License")},
        {"LICENSE": f"The code itself is licensed under the MIT license (see below).\n{MIT}"},
        Stated(problem=f"{SAYS} 'MIT License', 'BSD License'", is_disputed=True),
    ),
    (
        {},
        {"LICENSE": f"The code itself is licensed under the MIT license (see below).\n{MIT}"},
        Stated("MIT", "LICENSE"),
    ),
    # a short remark behind it that is no term
    (
        {"license": "BSD"},
        {"LICENSE": f"{BSD}\nsemver.py is by others."},
        Stated("BSD-3-Clause", "LICENSE"),
    ),
    ({}, {"LICENSE": f"{BSD}\nsemver.py is by others."}, Stated(problem=f"LICENSE {NO_NAME}")),
    (
        {"license": "BSD"},
        {"LICENSE": f"{BSD}\nsemver.py may not be sold."},
        Stated(problem=f"LICENSE {NO_NAME}"),
    ),
]


@pytest.mark.parametrize("fields, files, stated", SEVERAL)
def test_several_licences(
    fields: dict[str, Any], files: Mapping[str, str], stated: Stated
) -> None:
    assert by_files(fields, files) == stated


# A version of a licence of GNU that is named, where modules allow later ones as well.
NAMED: list[tuple[dict[str, Any], str, str]] = [
    ({"license": "GPLv3"}, NOTICE_3, "GPL-3.0-or-later"),
    ({"classifiers": (VERSION_3,)}, NOTICE_3, "GPL-3.0-or-later"),
    ({"license": "GPL-3.0"}, NOTICE_3, "GPL-3.0-or-later"),
    ({"license": "GPLv3 only"}, NOTICE_3, "GPL-3.0-only"),
    ({"license_expression": "GPL-3.0-only"}, NOTICE_3, "GPL-3.0-only"),
    ({"license": "GPLv3"}, NOTICE_3.replace("3", "2"), "GPL-3.0-only"),
    ({"license": "GPLv3"}, NOTICE_2_1, "GPL-3.0-only"),
]


@pytest.mark.parametrize("fields, notice, licence", NAMED)
def test_later_versions_of_a_licence_that_is_named(
    fields: dict[str, Any], notice: str, licence: str
) -> None:
    metadata = Metadata("x", "1.0", **fields)
    files = {"LICENSE": GPL, "x/a.py": notice}
    found = in_metadata_for_sure(metadata) or in_files(metadata, files)
    assert found.expression == licence


def test_sources_in_other_languages_count_where_no_module_says_anything() -> None:
    metadata = Metadata("x", "1.0", license="GPL")
    assert in_files(metadata, {"LICENSE": GPL, "x/a.c": NOTICE_3}).expression == "GPL-3.0-or-later"
    both = {"LICENSE": GPL, "x/a.py": NOTICE_3, "vendor.h": NOTICE_2_1}
    assert in_files(metadata, both).expression == "GPL-3.0-or-later"


def test_code_below_a_notice_may_speak_of_exceptions() -> None:
    metadata = Metadata("x", "1.0", license="GPL")
    module = NOTICE_3 + "\n" * 9 + "raise X  # with the exception\n" + "x = 1\n" * 300
    far = NOTICE_3 + "x = 1\n" * 300 + "# raised with an exception\n"
    assert not in_files(metadata, {"LICENSE": GPL, "x/a.py": module}).expression
    assert in_files(metadata, {"LICENSE": GPL, "x/a.py": far}).expression == "GPL-3.0-or-later"


def test_a_file_that_offers_several_licences_and_has_their_texts() -> None:
    words = "It is licenced under the terms of either the `BSD licence`_\nor of the `CC0`_."
    text = f"{words}\n\nBSD\n===\n{TEXTS['0BSD']}\n\nCC0\n===\n{TEXTS['CC0-1.0']}"
    found = in_files(Metadata("x", "1.0"), {"LICENCE.rst": text})
    assert (found.expression, found.file) == ("0BSD OR CC0-1.0", "LICENCE.rst")
    other = text.replace("CC0`_", "MIT`_")
    assert not in_files(Metadata("x", "1.0"), {"LICENCE.rst": other}).expression


def test_what_says_that_licences_of_parts_follow_may_have_any_there() -> None:
    words = "Quiet is distributed under a 3-clause BSD license. Parts of Noisy are included. "
    text = (
        f"{words}Their licenses follow that of Quiet.\n\n{NOTICE}{BSD}\n\nNoisy\n\nNot to be sold."
    )
    bsd = Metadata("x", "1.0", license="BSD")
    assert in_files(bsd, {"LICENSE.md": text}) == Stated("BSD-3-Clause", "LICENSE.md")
    for other in (text.replace("Their", "No"), text.replace("3-clause BSD", "MIT")):
        assert not in_files(bsd, {"LICENSE.md": other}).expression
    assert not in_files(Metadata("x", "1.0"), {"LICENSE.md": text}).expression


@pytest.mark.parametrize(("field", "by_title"), [("BSD", True), ("Apache", False)])
def test_a_title_and_the_field_against_a_classifier(field: str, by_title: bool) -> None:
    metadata = Metadata("x", "1.0", license=field, classifiers=(CLASSIFIER,))
    against = replace(BY_TITLE, against="'MIT License'", is_in_field=True)
    assert (in_files(metadata, {"LICENSE": TITLED}) == against) is by_title
