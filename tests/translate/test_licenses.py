"""The licence of a release: what its metadata leaves no doubt about, else the text of its files;
nothing that is not certain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.license_comparison import same
from spack_pypi.translate.licenses import Stated, in_files, in_metadata, lines
from tests.translate.test_license_texts import BSD, MIT, NOTICE


def about(**fields: Any) -> Metadata:
    return Metadata("x", "1.0", **fields)


CLASSIFIER = "License :: OSI Approved :: MIT License"
APACHE = "License :: OSI Approved :: Apache Software License"
AS_FOLLOWS = (
    "# Terms\n\nThis project is licensed under the terms of the Modified BSD License (also known"
    f" as 3-Clause BSD), as follows:\n\n{BSD}\n\n## About us\n\nOur policy: each file must say so."
)
PSF = "License :: OSI Approved :: Python Software Foundation License"
# (metadata, the SPDX expression, empty where it is not certain)
LICENSES: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"license_expression": "MIT"}, "MIT"),
    ({"license_expression": "mit or apache-2.0"}, "MIT OR Apache-2.0"),
    ({"license": "BSD-3-Clause"}, "BSD-3-Clause"),
    ({"license": "MIT\n\nPermission is hereby granted"}, "MIT"),
    ({"license": "see LICENSE"}, ""),
    ({"license": "word " * 100}, ""),
    ({"classifiers": (CLASSIFIER,)}, "MIT"),
    ({"classifiers": ("License :: OSI Approved", CLASSIFIER)}, "MIT"),
    ({"classifiers": (CLASSIFIER, "License :: OSI Approved :: GNU Affero GPL of mine")}, ""),
    ({"classifiers": ("Topic :: Software",)}, ""),
    ({"classifiers": ("License :: OSI Approved :: Zero-Clause BSD (0BSD)",)}, "0BSD"),
    ({"classifiers": ("License :: OSI Approved :: Academic Free License (AFL)",)}, ""),
    # several that agree
    ({"license": "MIT OR Apache-2.0", "classifiers": (CLASSIFIER, APACHE)}, "MIT OR Apache-2.0"),
    (
        {"license": "GPLv3+", "classifiers": ("License :: OSI Approved :: GNU GPL",)},
        "GPL-3.0-or-later",
    ),
    ({"license": "Python-2.0", "classifiers": (PSF,)}, "Python-2.0"),
    ({"license": "WTFPL", "classifiers": ("License :: Public Domain",)}, "WTFPL"),
    # what says it clearest counts
    ({"license_expression": "ISC", "license": "MIT", "classifiers": (CLASSIFIER,)}, "ISC"),
]


OR_LATER = "GNU Lesser General Public License v3 or later (LGPLv3+)"
# (the License field, the SPDX expression)
SPELLINGS = [
    ("Apache 2.0", "Apache-2.0"),
    ("Apache License, Version 2.0", "Apache-2.0"),
    ("3-Clause BSD", "BSD-3-Clause"),
    ("BSD (3-clause)", "BSD-3-Clause"),
    ("Simplified BSD", "BSD-2-Clause"),
    ("The BSD-2-Clause License", "BSD-2-Clause"),
    ("CeCILL-B License", "CECILL-B"),
    ("CeCILL 2.1", "CECILL-2.1"),
    ("GPLv3+", "GPL-3.0-or-later"),
    ("GPL version 2 or later", "GPL-2.0-or-later"),
    ("GNU General Public License v3 only", "GPL-3.0-only"),
    ("LGPL-2.1+", "LGPL-2.1-or-later"),
    ("AGPL v3 or any later version", "AGPL-3.0-or-later"),
    (OR_LATER, "LGPL-3.0-or-later"),
    ("SPDX-License-Identifier: BSD-4-Clause\n\nand much more", "BSD-4-Clause"),
    ("Apache License\n  Version 2.0, January 2004\n\nand much more", "Apache-2.0"),
    ("zlib/libpng", "Zlib"),
    # a name and its identifier; several names, joined by a word that SPDX has, or by its sign
    ("Apache License, Version 2.0 (Apache-2.0)", "Apache-2.0"),
    ("GNU LGPL version 3 (LGPL-3.0)", "LGPL-3.0-only"),
    ("Apache License 2.0 (MIT)", ""),
    ("BSD 3-Clause or MIT License", "BSD-3-Clause OR MIT"),
    ("BSD 3-Clause License; partially licensed under the PSF", "BSD-3-Clause AND PSF-2.0"),
    ("BSD 3-Clause License; partially licensed under my own", ""),
    ("Apache 2.0 and MIT", "Apache-2.0 AND MIT"),
    (
        "Apache License, Version 2.0 (Apache-2.0) & GNU GPL, Version 3 (GPL-3.0)",
        "Apache-2.0 AND GPL-3.0-only",
    ),
    ("BSD or MIT", ""),
    ("MIT & BSD-3-Clause or ISC", ""),
    ("MIT & MIT", ""),
    ("MIT, ISC", ""),
    ("MIT/Apache-2.0", ""),
    # a version of a licence of GNU is that version only, as in a classifier; a title is not said
    ("GNU Lesser GPL Version 3", "LGPL-3.0-only"),
    ("GNU AFFERO GPL 3.0", "AGPL-3.0-only"),
    ("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n\nand much more", ""),
    ("GNU GPL", ""),
    ("BSD", ""),
    ("Apache", ""),
    ("Intel License", ""),
    ("GPL-3.0 License", ""),
    ("CeCILL", ""),
    ("MIT style", ""),
]


@pytest.mark.parametrize(
    "fields, expression", [*LICENSES, *(({"license": field}, spdx) for field, spdx in SPELLINGS)]
)
def test_the_licence(fields: dict[str, Any], expression: str) -> None:
    found = in_metadata(about(**fields))
    assert (found.expression if found else "") == expression


# A classifier without the version does not contradict a field that has it.
@pytest.mark.parametrize(
    "license, name, expression",
    [
        ("GNU GPL v2", "GNU General Public License (GPL)", "GPL-2.0-only"),
        ("GNU LGPL 3.0", "GNU Library or Lesser General Public License (LGPL)", "LGPL-3.0-only"),
        ("GNU GPL v2", "GNU Library or Lesser General Public License (LGPL)", ""),
        ("GNU GPL v2", "BSD License", ""),
    ],
)
def test_a_version_beside_a_classifier_without_one(
    license: str, name: str, expression: str
) -> None:
    classifiers = (f"License :: OSI Approved :: {name}",)
    found = in_metadata(about(license=license, classifiers=classifiers))
    assert (found.expression if found else "") == expression


LATER = "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)"
OTHER = "License :: Other/Proprietary License"


@pytest.mark.parametrize(
    "classifiers, expression",
    [((), "GPL-3.0-only"), ((LATER,), "GPL-3.0-or-later"), ((LATER, OTHER), ""), ((OTHER,), "")],
)
def test_classifiers_say_more_than_a_version(
    classifiers: tuple[str, ...], expression: str
) -> None:
    found = in_metadata(about(license="GPL 3", classifiers=classifiers))
    assert (found.expression if found else "") == expression


def test_the_field_may_hold_the_whole_text() -> None:
    assert in_metadata(about(license=f"{NOTICE}\n{BSD}")) == Stated(
        "BSD-3-Clause", "the License field"
    )


SEVERAL = ("License :: OSI Approved :: MIT License", "License :: OSI Approved :: BSD License")
# (metadata, why no file is read)
DECIDED: list[tuple[dict[str, Any], str]] = [
    ({"license": "Proprietary"}, "the metadata names none exactly: 'Proprietary'"),
]


@pytest.mark.parametrize("fields, problem", DECIDED)
def test_files_do_not_decide_what_the_metadata_leaves_open_on_purpose(
    fields: dict[str, Any], problem: str
) -> None:
    assert in_metadata(about(**fields)) == Stated(problem=problem)


GPL = "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"
THIS_ONLY = "nothing says whether later versions may be chosen, so only this one"
BY_CLASSIFIERS = "the metadata names several licences: 'MIT License', 'BSD License'"
NOBODY = "neither the metadata nor a file of the archive names one"
# (metadata, the texts of the files, the licence and its file, or the problem)
FILES: list[tuple[dict[str, Any], Mapping[str, str], Stated]] = [
    ({}, {}, Stated(problem=NOBODY)),
    ({}, {"LICENSE": MIT}, Stated("MIT", "LICENSE")),
    ({"license": "BSD"}, {"COPYING": BSD}, Stated("BSD-3-Clause", "COPYING")),
    ({"license": "see LICENSE"}, {"LICENSE": BSD}, Stated("BSD-3-Clause", "LICENSE")),
    # it says which one it is, and more of the authors behind it
    ({"license": "BSD"}, {"LICENSE": AS_FOLLOWS}, Stated("BSD-3-Clause", "LICENSE")),
    (
        {"license": "BSD"},
        {"LICENSE": AS_FOLLOWS.replace("licensed under the terms of", "like")},
        Stated(problem="LICENSE is not exactly the text of one standard licence"),
    ),
    (
        {"license": "see LICENSE"},
        {"LICENSE": AS_FOLLOWS},
        Stated(problem="LICENSE is not exactly the text of one standard licence"),
    ),
    ({"license": "UNKNOWN"}, {"LICENSE": BSD}, Stated("BSD-3-Clause", "LICENSE")),
    # the same twice
    ({}, {"LICENSE": MIT, "docs/LICENSE": MIT}, Stated("MIT", "LICENSE")),
    # not exactly one
    (
        {},
        {"LICENSE": MIT, "LICENSE-BSD": BSD},
        Stated(
            problem="the archive has several: LICENSE is MIT, LICENSE-BSD is BSD-3-Clause",
            is_disputed=True,
        ),
    ),
    (
        {},
        {"LICENSE": MIT, "LICENSE.other": "as is"},
        Stated(problem="LICENSE.other is not exactly the text of one standard licence"),
    ),
    # what the archive bundles has licences of its own
    ({}, {"LICENSE": MIT, "LICENSE.vendored": "as is"}, Stated("MIT", "LICENSE")),
    ({}, {"LICENSE": MIT, "LICENSES.third-party": BSD}, Stated("MIT", "LICENSE")),
    ({}, {"LICENSE": MIT, "LICENSES_bundled.txt": "as is"}, Stated("MIT", "LICENSE")),
    (
        {},
        {"THIRD_PARTY_LICENSES": "as is"},
        Stated(problem="THIRD_PARTY_LICENSES is not exactly the text of one standard licence"),
    ),
    (
        {"license_files": ("LICENSE", "src/x/COPYING", "AUTHORS")},
        {"LICENSE": MIT},
        Stated(problem="src/x/COPYING is not exactly the text of one standard licence"),
    ),
    # words before it, and the licences of other parts behind it: as the metadata says, too
    (
        {"license": "BSD"},
        {"LICENSE": f"Under the BSD license:\n{BSD}\nThe parser is:\n{MIT}"},
        Stated("BSD-3-Clause", "LICENSE"),
    ),
    (
        {},
        {"LICENSE": f"Under the BSD license:\n{BSD}\nThe parser is:\n{MIT}"},
        Stated(problem="LICENSE is not exactly the text of one standard licence"),
    ),
    (
        {"license": "BSD"},
        {"LICENSE": f"Under the Apache license:\n{BSD}"},
        Stated(problem="LICENSE is not exactly the text of one standard licence"),
    ),
    (
        {"license": "Apache"},
        {"LICENSE": f"Under the BSD license:\n{BSD}\nThe parser is:\n{MIT}"},
        Stated(problem="LICENSE is not exactly the text of one standard licence"),
    ),
    # against the metadata
    (
        {"license": "BSD"},
        {"LICENSE": MIT},
        Stated(problem="LICENSE is MIT, but the metadata says 'BSD'", is_disputed=True),
    ),
    # the text of a licence of GNU does not say whether later versions may be chosen
    ({}, {"LICENSE": GPL}, Stated("GPL-3.0-only", "LICENSE", remark=THIS_ONLY)),
    # one that only two classifiers name
    ({"classifiers": SEVERAL}, {}, Stated(problem=BY_CLASSIFIERS, is_disputed=True)),
    ({"classifiers": SEVERAL}, {"LICENSE": MIT}, Stated(problem=BY_CLASSIFIERS, is_disputed=True)),
]


GPL_2 = "GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n"
LGPL_20 = "GNU LIBRARY GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n"
LGPL_21 = "GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999\n"
LESSER = {
    "classifiers": (
        "License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)",
    )
}
# No classifier names version 2.1: the text that is there decides.
FILES += [
    (LESSER, {"LICENSE": LGPL_21}, Stated("LGPL-2.1-or-later", "LICENSE")),
    (LESSER, {"COPYING": GPL_2, "LGPL": LGPL_21}, Stated("LGPL-2.1-or-later", "LGPL")),
    ({"license": "LGPL 2"}, {"LICENSE": LGPL_21}, Stated("LGPL-2.1-only", "LICENSE")),
    (LESSER, {"LICENSE": LGPL_20}, Stated("LGPL-2.0-or-later")),
    (LESSER, {"LICENSE": LGPL_20, "vendored": LGPL_21}, Stated("LGPL-2.0-or-later")),
    (LESSER, {"LICENSE": "as is"}, Stated("LGPL-2.0-or-later")),
    (LESSER, {}, Stated("LGPL-2.0-or-later")),
]


@pytest.mark.parametrize("fields, files, stated", FILES)
def test_the_licence_by_files(
    fields: dict[str, Any], files: Mapping[str, str], stated: Stated
) -> None:
    assert in_metadata(about(**fields)) is None
    assert in_files(about(**fields), files) == stated


def test_the_lesser_licence_by_the_text_in_the_field_and_as_spdx_names_it() -> None:
    in_field = about(license=LGPL_21 + "word " * 50, **LESSER)
    assert in_metadata(in_field) == Stated("LGPL-2.1-or-later")
    for exact in ({"license_expression": "LGPL-2.0-only"}, {"license": "LGPL-2.0-only"}):
        assert in_metadata(about(**exact)) == Stated("LGPL-2.0-only")


# (the licence of each release, newest first; those of the recipe, and for which releases)
HISTORY: list[tuple[list[str], list[tuple[str, str]]]] = [
    (["MIT", "MIT"], [("MIT", "")]),
    # nothing said otherwise
    (["", "MIT", ""], [("MIT", "")]),
    (["MIT", "ISC", "ISC"], [("MIT", "3:"), ("ISC", ":2")]),
    (["MIT", "", "ISC"], [("MIT", "3:"), ("ISC", ":1")]),
    (["", ""], []),
]


@pytest.mark.parametrize("said, expected", HISTORY)
def test_a_licence_that_changed(said: list[str], expected: list[tuple[str, str]]) -> None:
    found = lines({f"{len(said) - at}.0": Stated(text) for at, text in enumerate(said)})
    assert [(each.expression, each.when.versions) for each in found] == expected


# (two expressions, whether they state the same licence)
SAME = [
    ("MIT", "mit", True),
    ("MIT", "MIT-0", False),
    ("MIT OR Apache-2.0", "Apache-2.0 OR MIT", True),
    ("MIT OR Apache-2.0", "MIT AND Apache-2.0", False),
    ("MIT AND (ISC OR Zlib)", "MIT AND (ISC OR Zlib)", True),
    ("MIT AND (ISC OR Zlib)", "MIT AND ISC", False),
    # deprecated identifiers
    ("GPL-3.0", "GPL-3.0-only", True),
    ("LGPL-2.1+", "LGPL-2.1-or-later", True),
    ("GPL-2.0-only", "GPL-2.0-or-later", False),
    ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", False),
    # what is not an SPDX expression is compared as it is
    ("custom", "custom", True),
    ("custom", "MIT", False),
]


@pytest.mark.parametrize("one, other, expected", SAME)
def test_whether_two_expressions_state_the_same(one: str, other: str, expected: bool) -> None:
    assert same(one, other) is same(other, one) is expected
