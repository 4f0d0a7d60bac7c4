"""What the description of a variant says: what its extra brings."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.model import Condition, Dependency, Recipe, Variant
from spack_pypi.recipe.render import render
from spack_pypi.translate.variants import description

# (extra, packages that it brings, packages that are required anyway, description)
TABLE = [
    ("df", "py-pandas", "", "Enable df support (pandas)"),
    ("df", "py-pandas py-pyarrow", "", "Enable df support (pandas and pyarrow)"),
    ("net", "py-a py-b py-c", "", "Enable net support (a, b and c)"),
    # the name says it already
    ("redis", "py-redis", "", "Enable redis support"),
    ("redis", "py-redis py-hiredis", "", "Enable redis support (redis and hiredis)"),
    # what is required anyway is nothing new, unless there is nothing else
    ("df", "py-numpy py-pandas", "py-numpy", "Enable df support (pandas)"),
    ("fast", "py-numpy", "py-numpy", "Enable fast support (numpy)"),
    # a package that is not a Python project keeps its name
    ("vision", "opencv", "", "Enable vision support (opencv)"),
    # names that say nothing
    ("all", "py-h2 py-brotli", "", "Enable optional dependencies: h2 and brotli"),
    ("standard", "py-uvloop", "", "Enable optional dependencies: uvloop"),
    # long lists end where the line does
    ("dbs", "py-asyncpg py-aiomysql py-aiosqlite", "",
     "Enable dbs support (asyncpg, aiomysql and 1 more)"),
    ("web", "py-aiohttp py-starlette py-jinja2 py-uvicorn", "",
     "Enable web support (aiohttp, starlette and 2 more)"),
    # one is named in any case
    ("observability", "py-opentelemetry-instrumentation py-b", "",
     "Enable observability support (opentelemetry-instrumentation and 1 more)"),
]  # fmt: skip


@pytest.mark.parametrize("extra, brings, anyway, expected", TABLE)
def test_a_description_says_what_the_extra_brings(
    extra: str, brings: str, anyway: str, expected: str
) -> None:
    with_it = Condition(variants=(f"+{extra}",))
    other = Dependency("py-other", when=Condition(variants=("+other",)))
    lines = [other, *map(Dependency, anyway.split())]
    lines += [Dependency(name, when=with_it) for name in brings.split()]
    assert description(extra, lines) == expected


def test_the_line_of_a_variant_has_room_for_it() -> None:
    with_it = Condition(variants=("+web",))
    names = ("py-aiohttp", "py-starlette", "py-jinja2", "py-uvicorn")
    said = description("web", [Dependency(name, when=with_it) for name in names])
    text = render(Recipe("py-app", variants=(Variant("web", said),)))
    assert f'    variant("web", default=False, description="{said}")' in text.splitlines()
