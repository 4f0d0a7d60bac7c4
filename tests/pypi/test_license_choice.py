"""A choice between licences, by the words of a description or of a licence file: (a text) → how it
says so, with the names of the licences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from spack_pypi.pypi.license_choice import choice
from spack_pypi.pypi.metadata import from_wheel
from spack_pypi.pypi.model import Release

RUST = """# License

Licensed under either of

 * Apache License, Version 2.0 ([LICENSE-APACHE](LICENSE-APACHE))
 * MIT license ([LICENSE-MIT](LICENSE-MIT))

at your option.

# Contributing
"""
TEXTS = [
    (
        "License\n-------\n\nQuiet is dual-licensed under MIT and Apache 2.0 licenses.\n",
        "dual-licensed under MIT and Apache 2.0 licenses",
    ),
    (
        RUST,
        "under either of Apache License, Version 2.0 ([LICENSE-APACHE](LICENSE-APACHE)) "
        "MIT license ([LICENSE-MIT](LICENSE-MIT))",
    ),
    (
        "Use it under the terms of *either* of the licenses in LICENSE.MIT or LICENSE.BSD.",
        "under the terms of either of the licenses in LICENSE.MIT or LICENSE.BSD",
    ),
    (
        "Dual licensed: MIT and BSD\n\n# More\n\nApache Arrow is read.",
        "Dual licensed: MIT and BSD",
    ),
    (
        "quiet is dual-licensed software. It is available under the terms of the MIT license, or\n"
        "the Noisy License version 2.1. The text of each is below.",
        "dual-licensed software. It is available under the terms of the MIT license, or the Noisy "
        "License version 2.1",
    ),
    # of a part of the project, and of all of it
    ("Any documentation is also dual licensed with both the PSF and the BSD license.", ""),
    ("PSF.\n\nExamples and other code in\nthe docs are dual licensed under PSF and BSD.", ""),
    (
        "Its docs are dual licensed under PSF and BSD. Quiet is dual licensed under MIT and BSD.",
        "dual licensed under MIT and BSD",
    ),
    ("", ""),
    ("Licensed under the MIT license and the BSD license.", ""),
    ("Dual-licensed commercial software.", ""),
    ("It is written in either of two ways.", ""),
]


@pytest.mark.parametrize("text, said", TEXTS)
def test_what_says_so(text: str, said: str) -> None:
    assert choice(text) == said


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert len(choice(text)) <= 400


SAYS = "Quiet is dual-licensed under MIT and BSD."
# (fields of the metadata; whether the description is asked)
FIELDS = [
    ("", True),
    ("Classifier: License :: OSI Approved :: MIT License\n", False),
    (
        "License: MIT\nClassifier: License :: OSI Approved :: MIT License\n"
        "Classifier: License :: OSI Approved :: BSD License\n",
        True,
    ),
    ("License-Expression: MIT\n", False),
    ("License: MIT\n", False),
]


@pytest.mark.parametrize("fields, is_asked", FIELDS)
def test_the_description_counts_where_the_fields_name_no_licence_or_several(
    fields: str, is_asked: bool
) -> None:
    text = f"Metadata-Version: 2.4\nName: x\nVersion: 1.0\n{fields}\n{SAYS}\n"
    found = from_wheel(text, Release("x", Version("1.0"), ()))
    assert found.choice == (SAYS[9:-1] if is_asked else "")
