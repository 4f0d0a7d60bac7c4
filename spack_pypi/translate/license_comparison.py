"""Whether two SPDX expressions state the same licence."""

from __future__ import annotations

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression


def same(one: str, other: str) -> bool:
    """Whether two SPDX expressions state the same licence, whatever their case and order, and
    whether or not they use deprecated identifiers (``GPL-3.0+``)."""
    return _comparable(one) == _comparable(other)


def same_family(one: str, other: str) -> bool:
    """Whether two SPDX expressions state the `same` licence but for whether later versions may be
    chosen: many who wrote "GPLv3" meant that, and say it exactly in their next release."""
    return same(*(re.sub(r"(GPL-[\d.]+)(?:-only|-or-later|\+)", r"\1", e) for e in (one, other)))


def _comparable(expression: str) -> tuple[str, frozenset[str]]:
    """The operator of an expression and what it joins; all of it where parentheses nest."""
    try:
        text = str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        text = expression
    text = re.sub(r"(GPL-[\d.]+)\+", r"\1-or-later", text)
    text = re.sub(r"(GPL-[\d.]+)(?![\w.-])", r"\1-only", text)
    operators = set(re.findall(r" (AND|OR) ", text))
    if len(operators) > 1 or "(" in text:
        return "", frozenset([text])
    operator = next(iter(operators), "")
    return operator, frozenset(text.split(f" {operator} "))
