"""Licences that the metadata leaves open or contradicts: what modules and licence files decide of
(metadata, the texts of the files)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.licenses import Stated, in_files, in_metadata, in_metadata_for_sure
from tests.translate.test_license_texts import BSD, MIT, NOTICE, TEXTS

ISC = TEXTS["ISC"]
CLASSIFIER = "License :: OSI Approved :: MIT License"
LATER = "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)"
OTHER = "License :: Other/Proprietary License"
VERSION_3 = "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"
GPL = "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"
NOBODY = "neither the metadata nor a file of the archive names one"
NOTICE_2_1 = """
# This library is free software; you can redistribute it and/or modify it under the terms of the
# GNU Lesser General Public License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
"""
NOTICE_3 = """'''
 * under the terms of the GNU General Public License as published by the Free Software
 * Foundation, either version 3 of the License, or any later version.
'''
"""
LGPL_VAGUE = {
    "license": "LGPL",
    "classifiers": (
        "License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)",
    ),
}
LGPL_3 = "GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"
LGPL_TEXT = "GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999\n"
LATER_2_1, LATER_3 = Stated("LGPL-2.1-or-later", "x/a.py"), Stated("GPL-3.0-or-later", "x/a.py")
NONE_EXACTLY = Stated(problem="the metadata names none exactly: 'GPL'")
OPEN = Stated(problem="LICENSE is GPL-3.0, and nothing says whether later versions may be chosen")
UNSAID = "nothing says whether later versions may be chosen, so only this one"
THIS_ONLY = Stated("GPL-3.0-only", "LICENSE", remark=UNSAID)
LESSER_ONLY = Stated("LGPL-3.0-only", "COPYING", remark=UNSAID)
NO_NAME = "is not exactly the text of one standard licence"
# Which versions of a licence of GNU may be chosen, its text does not say, but modules do.
FILES: list[tuple[dict[str, Any], Mapping[str, str], Stated]] = [
    (LGPL_VAGUE, {"LICENSE": LGPL_TEXT, "x/a.py": NOTICE_2_1}, LATER_2_1),
    (LGPL_VAGUE, {"x/a.py": NOTICE_2_1}, LATER_2_1),
    (
        {"license": "GPL"},
        {"LICENSE": GPL, "x/a.py": f"{NOTICE_3}from exceptions import X"},
        LATER_3,
    ),
    ({}, {"LICENSE": GPL, "x/a.py": NOTICE_3}, LATER_3),
    (
        {"license": "LGPL"},
        {"COPYING": GPL, "L": LGPL_3, "x/a.py": NOTICE_2_1.replace("2.1", "3")},
        Stated("LGPL-3.0-or-later", "x/a.py"),
    ),
    # another version, another licence, not all, an exception, or no words of the project
    ({"license": "GPL"}, {"LICENSE": GPL, "x/a.py": NOTICE_3.replace("3", "2")}, OPEN),
    ({"license": "GPL"}, {"LICENSE": GPL, "x/a.py": NOTICE_2_1}, OPEN),
    ({"license": "GPL"}, {"LICENSE": GPL, "x/a.py": NOTICE_3, "x/b.py": NOTICE_2_1}, OPEN),
    (
        {"license": "GPL"},
        {"LICENSE": GPL, "x/a.py": NOTICE_3, "x/b.py": "any later version"},
        OPEN,
    ),
    (
        {"license": "GPL"},
        {"LICENSE": GPL, "x/a.py": f"{NOTICE_3} As an exception, link it."},
        OPEN,
    ),
    (
        {"license": "GPL"},
        {"LICENSE": "as is", "x/a.py": NOTICE_3},
        Stated(problem=f"LICENSE {NO_NAME}"),
    ),
    # only the text of one: that version, by the name and by nothing else
    ({"license": "GPL"}, {"LICENSE": GPL}, THIS_ONLY),
    ({"license": "GPL"}, {"LICENSE": f"quiet-log\n{NOTICE}{GPL}"}, THIS_ONLY),
    ({}, {"COPYING": GPL, "COPYING.LESSER": LGPL_3}, LESSER_ONLY),
    ({"license": "LGPL"}, {"LICENSE": GPL}, OPEN),
    ({"license": "GPL"}, {"LICENSE": GPL, "COPYING": GPL.replace("3,", "2,")}, OPEN),
    ({"license": "GPL"}, {"LICENSE": f"with the exception that X may be linked\n{GPL}"}, OPEN),
    (
        {"license": "GPL"},
        {"LICENSE": f"{GPL}END OF TERMS AND CONDITIONS\nAs a special exception, link it."},
        OPEN,
    ),
    ({"license": "GPL"}, {}, NONE_EXACTLY),
    ({"license": "GPL"}, {"x/a.py": NOTICE_2_1}, NONE_EXACTLY),
    ({}, {"x/a.py": NOTICE_3}, Stated(problem=NOBODY)),
    ({}, {"LICENSE": MIT, "x/a.py": NOTICE_3}, Stated("MIT", "LICENSE")),
    ({"license": "BSD"}, {"LICENSE": BSD, "x/a.py": NOTICE_3}, Stated("BSD-3-Clause", "LICENSE")),
]
LATER_BY_TEXT = Stated("GPL-3.0-or-later", "LICENSE", against="'BSD'")
LATER_NAME = LATER.rpartition(" :: ")[2]
SAYS = "the metadata names several licences:"
BOTH = {"license": "BSD", "classifiers": (CLASSIFIER,)}
IN_DISPUTE = Stated(problem=f"{SAYS} 'BSD', 'MIT License'", is_disputed=True)
# A field against the classifiers: the text that is there decides, if one of them names it. Where
# it is the licence of the field, two of three agree, and a classifier cannot be mended in a
# release: a reviewer has no use for a comment on that (LightPipes).
FILES += [
    (BOTH, {}, IN_DISPUTE),
    (BOTH, {"LICENSE": "as is"}, IN_DISPUTE),
    (BOTH, {"LICENSE": ISC}, IN_DISPUTE),
    (BOTH, {"LICENSE": MIT}, Stated("MIT", "LICENSE", against="'BSD'")),
    (
        BOTH,
        {"LICENSE": BSD},
        Stated("BSD-3-Clause", "LICENSE", against="'MIT License'", is_in_field=True),
    ),
    (
        {"license": "MIT", "classifiers": (LATER,)},
        {"LICENSE": MIT},
        Stated("MIT", "LICENSE", against=f"'{LATER_NAME}'", is_in_field=True),
    ),
    (
        {"license": "MIT", "classifiers": (OTHER,)},
        {},
        Stated(problem=f"{SAYS} 'MIT', 'Other/Proprietary License'", is_disputed=True),
    ),
    ({"license": "BSD", "classifiers": (LATER,)}, {"LICENSE": GPL}, LATER_BY_TEXT),
    (
        {"license": "BSD", "classifiers": (LATER,)},
        {"LICENSE": GPL.replace("3", "2")},
        Stated(problem=f"{SAYS} 'BSD', '{LATER_NAME}'", is_disputed=True),
    ),
    (
        {"license": f"{GPL}{'word ' * 100}", "classifiers": (CLASSIFIER,)},
        {"LICENSE": GPL},
        Stated(problem=f"{SAYS} 'MIT License', and the text of GPL-3.0", is_disputed=True),
    ),
    (
        {"license": f"{NOTICE}\n{BSD}", "classifiers": (CLASSIFIER,)},
        {},
        Stated(problem=f"{SAYS} 'MIT License', and the text of BSD-3-Clause", is_disputed=True),
    ),
    (
        {"license": f"{NOTICE}\n{BSD}", "classifiers": (CLASSIFIER,)},
        {"LICENSE": BSD},
        Stated("BSD-3-Clause", "LICENSE", against="'MIT License'", is_in_field=True),
    ),
    # a licence of GNU by its version, where a classifier says that parts are sold
    (
        {"license": "GPL V3.0", "classifiers": (VERSION_3, OTHER)},
        {"LICENSE": GPL},
        Stated("GPL-3.0-only", "LICENSE", against="'Other/Proprietary License'", is_in_field=True),
    ),
    (
        {"license": "GPL V3.0", "classifiers": (VERSION_3, OTHER)},
        {"LICENSE": GPL, "x/a.py": NOTICE_3},
        Stated(
            "GPL-3.0-or-later", "x/a.py", against="'Other/Proprietary License'", is_in_field=True
        ),
    ),
    (
        {"license": "GPL V3.0", "classifiers": (VERSION_3, OTHER)},
        {"LICENSE": GPL.replace("3,", "2,")},
        Stated(
            problem="LICENSE is GPL-2.0, and nothing says whether later versions may be chosen"
        ),
    ),
    (
        {"license": "GPL V3.0", "classifiers": (VERSION_3, OTHER)},
        {},
        Stated(
            problem="the metadata names none exactly: 'GPL V3.0', 'GNU General Public License v3 "
            "(GPLv3)', 'Other/Proprietary License'"
        ),
    ),
]


SAYS_SO = (
    f"(This is the OSI approved 3-clause BSD License.)\n\n{NOTICE}\nAll rights reserved.\n{BSD}"
)
IN_WORDS = f"Quiet is under a BSD 3-clause license. It includes parts of Noisy.\n\n{NOTICE}\n{BSD}"
PARTS = f"{IN_WORDS}\n\nNoisy license\n=====\n{NOTICE}{MIT}"
# A file that says in words which licence it is needs no metadata that does, if none contradicts.
FILES += [
    ({"license": "BSD"}, {"LICENSE": SAYS_SO}, Stated("BSD-3-Clause", "LICENSE")),
    ({}, {"LICENSE": SAYS_SO}, Stated("BSD-3-Clause", "LICENSE")),
    ({}, {"LICENSE": SAYS_SO.replace("BSD", "MIT")}, Stated(problem=f"LICENSE {NO_NAME}")),
    ({}, {"LICENSE": SAYS_SO.replace("This", "Some")}, Stated(problem=f"LICENSE {NO_NAME}")),
    ({"license": "License"}, {"LICENSE": PARTS}, Stated("BSD-3-Clause", "LICENSE")),
    ({}, {"LICENSE": PARTS}, Stated("BSD-3-Clause", "LICENSE")),
    ({}, {"LICENSE": PARTS.replace("BSD 3", "Quiet")}, Stated(problem=f"LICENSE {NO_NAME}")),
    ({"license": "Apache"}, {"LICENSE": PARTS}, Stated(problem=f"LICENSE {NO_NAME}")),
]
TITLED = f"The BSD 3-Clause License\n\n{NOTICE}\n{BSD.replace('disclaimer', 'words of ours')}"
BY_TITLE = Stated(
    "BSD-3-Clause", "LICENSE", remark="by its title, as its words differ from the standard text"
)
UNKNOWN = Stated(problem=f"LICENSE {NO_NAME}")
# Other words than those of the licence that its title and the metadata name.
FILES += [
    ({"license": "BSD"}, {"LICENSE": TITLED}, BY_TITLE),
    ({"license": "Apache"}, {"LICENSE": TITLED}, UNKNOWN),
    ({}, {"LICENSE": TITLED}, UNKNOWN),
    ({"license": "BSD"}, {"LICENSE": TITLED, "LICENSE.noisy": "as is"}, UNKNOWN),
    ({"license": "BSD"}, {"LICENSE": TITLED.replace("The", "Not the")}, UNKNOWN),
    ({"license": "BSD"}, {"LICENSE": "BSD 3-Clause License\n\nDo what you like."}, UNKNOWN),
    ({"license": "BSD"}, {"LICENSE": f"{TITLED}\nFor research only."}, UNKNOWN),
]
DERIVED = f"{BSD}\n\nquiet.py is derived from Noisy, which asks for a postcard."
# What stands behind a text is about files by others, or it may change that licence.
FILES += [
    ({"license": "BSD"}, {"LICENSE": DERIVED}, Stated("BSD-3-Clause", "LICENSE")),
    ({}, {"LICENSE": DERIVED}, UNKNOWN),
    ({"license": "Apache"}, {"LICENSE": DERIVED}, UNKNOWN),
    ({"license": "BSD"}, {"LICENSE": DERIVED.replace("derived from", "like")}, UNKNOWN),
    ({"license": "BSD"}, {"LICENSE": f"{DERIVED} Additional terms: do not sell it."}, UNKNOWN),
]
DOMAIN = {
    "license": "BSD, Public Domain",
    "classifiers": (
        "License :: OSI Approved :: BSD License",
        "License :: Public Domain",
    ),
}
PARTLY = f"Some of it is in the public domain. Do with that what you like.\n\nThe rest:\n{BSD}"
IN_PUBLIC = Stated("BSD-3-Clause", "LICENSE", remark="the rest is in the public domain")
# What is in the public domain asks for nothing, so the other licence is that of all.
FILES += [
    (DOMAIN, {"LICENSE": PARTLY}, IN_PUBLIC),
    (DOMAIN, {"LICENSE": BSD}, IN_PUBLIC),
    (
        DOMAIN | {"license": "BSD"},
        {"LICENSE": BSD},
        Stated("BSD-3-Clause", "LICENSE", against="'Public Domain'", is_in_field=True),
    ),
    (DOMAIN, {"LICENSE": f"{PARTLY}\n{TEXTS['Unlicense']}"}, IN_PUBLIC),
    (
        DOMAIN,
        {"LICENSE": f"{PARTLY}\n{MIT}"},
        Stated(
            problem=f"{SAYS} 'BSD, Public Domain', 'BSD License', 'Public Domain'",
            is_disputed=True,
        ),
    ),
    (
        DOMAIN | {"license": "BSD, MIT, Public Domain"},
        {"LICENSE": PARTLY},
        Stated(
            problem=f"{SAYS} 'BSD, MIT, Public Domain', 'BSD License', 'Public Domain'",
            is_disputed=True,
        ),
    ),
]
ACADEMIC = {
    "license": "MIT License",
    "classifiers": ("License :: OSI Approved :: Academic Free License (AFL)",),
}
DUAL = f"Dual-licensed under MIT or the Academic Free License.\n\n{MIT}\n\n{TEXTS['AFL-2.1']}"
# A classifier without a version, of which the text is there.
FILES += [
    (
        ACADEMIC,
        {"LICENSE": DUAL},
        Stated(
            "AFL-2.1 OR MIT",
            "LICENSE",
            remark="'Dual-licensed under MIT or the Academic Free License'",
        ),
    ),
    (
        ACADEMIC,
        {"LICENSE": MIT},
        Stated("MIT", "LICENSE", against="'Academic Free License (AFL)'", is_in_field=True),
    ),
]


def by_files(fields: dict[str, Any], files: Mapping[str, str]) -> Stated:
    """What the files decide, of which the metadata does not name the licence exactly."""
    metadata = Metadata("x", "1.0", **fields)
    assert in_metadata(metadata) is None
    return in_files(metadata, files)


@pytest.mark.parametrize("fields, files, stated", FILES)
def test_what_files_decide(
    fields: dict[str, Any], files: Mapping[str, str], stated: Stated
) -> None:
    assert by_files(fields, files) == stated


FRENCH = "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"
GPLV2 = "'GNU General Public License v2 (GPLv2)'"
MIT_BY_CLASSIFIER = Stated("MIT")
# Classifiers are a list to choose from, a licence file is the licence: (the metadata, the files,
# the licence, the one by the classifiers alone).
CLASSIFIED: list[tuple[dict[str, Any], Mapping[str, str], Stated, str]] = [
    (
        {"classifiers": (FRENCH,)},
        {"LICENSE": TEXTS["CECILL-2.1"]},
        Stated("CECILL-2.1", "LICENSE", against=GPLV2),
        "GPL-2.0-only",
    ),
    (
        {"classifiers": (CLASSIFIER,), "license": "see LICENSE"},
        {"LICENSE": f"{NOTICE}\n{ISC}"},
        Stated("ISC", "LICENSE", against="'MIT License'"),
        "MIT",
    ),
    # the same, a text that is not a standard one, two licences, a licence of parts, or no file
    ({"classifiers": (CLASSIFIER,)}, {"LICENSE": MIT}, MIT_BY_CLASSIFIER, "MIT"),
    ({"classifiers": (CLASSIFIER,)}, {"LICENSE": f"{ISC} No."}, MIT_BY_CLASSIFIER, "MIT"),
    ({"classifiers": (CLASSIFIER,)}, {"L.ISC": ISC, "L.BSD": BSD}, MIT_BY_CLASSIFIER, "MIT"),
    (
        {"classifiers": (CLASSIFIER,)},
        {"LICENSE": MIT, "LICENSE-bundled": ISC},
        MIT_BY_CLASSIFIER,
        "MIT",
    ),
    ({"classifiers": (CLASSIFIER,)}, {}, MIT_BY_CLASSIFIER, "MIT"),
]


@pytest.mark.parametrize("fields, files, stated, classified", CLASSIFIED)
def test_a_classifier_and_the_text_of_another_licence(
    fields: dict[str, Any], files: Mapping[str, str], stated: Stated, classified: str
) -> None:
    metadata = Metadata("x", "1.0", **fields)
    assert in_metadata(metadata) == Stated(classified)
    assert in_metadata_for_sure(metadata) is None
    assert in_files(metadata, files) == stated


def test_a_field_that_states_one_needs_no_file() -> None:
    given: list[dict[str, Any]] = [{"license": "MIT"}, {"license_expression": "MIT"}]
    for fields in given:
        assert in_metadata_for_sure(Metadata("x", "1.0", **fields)) == Stated("MIT")


def test_the_licence_that_french_institutes_use_beside_a_classifier_that_is_near_it() -> None:
    """Many have no classifier that names it exactly."""
    bsd = ("License :: OSI Approved :: BSD License",)
    metadata = Metadata("x", "1.0", license="CeCILL-B License", classifiers=bsd)
    assert in_metadata(metadata) is None
    text = f"CeCILL-B FREE SOFTWARE LICENSE AGREEMENT\n\n{TEXTS['CECILL-B']}"
    expected = Stated("CECILL-B", "LICENSE.txt", against="'BSD License'", is_in_field=True)
    assert in_files(metadata, {"LICENSE.txt": text}) == expected
