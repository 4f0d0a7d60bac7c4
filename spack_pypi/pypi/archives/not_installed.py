"""Files of a source archive that are not installed, by their paths."""

from __future__ import annotations

import re

#: Those of tests and the like, which are not even built.
NOT_BUILT = re.compile(
    r"(^|/)(tests?|testing|docs?|examples?|benchmarks?|bench|samples?|demos?|node_modules|third.?party/.*/tests?)/",
    re.I,
)
#: Python files that are not installed, or only run to build.
NOT_RUN = re.compile(r"(^|/)(setup|conftest|noxfile|versioneer)\.py$|(^|/)_?(build|tools|scripts)")
