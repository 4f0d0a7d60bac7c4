"""Draw the rooms of spack_pypi and which imports which: ``python3 docs/rooms.py`` writes
docs/rooms.svg. Arrows come from the code; where a room is drawn is said here. Of what commands
and reports import, only each other and the workflow are drawn."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "spack_pypi"

#: Room → column and row of its box, and what it does.
ROOMS = {
    "commands": (1, 0, "options, exit codes"),
    "report": (2, 1, "what is printed"),
    "workflow": (1, 1, "plan, verify, apply"),
    "resolve": (1, 2, "choose releases"),
    "translate": (1, 3, "metadata to Spack; pure"),
    "recipe": (1, 4, "render, edit, parse back; pure"),
    "pypi": (0, 3, "the index; all network access"),
    "prefixes": (0, 2, "what a Python has installed"),
    "host": (2, 3, "Spack; all imports of it"),
}
#: Rooms of whose imports not all are drawn.
ABOVE = ("commands", "report")
WIDTH, HEIGHT, RIGHT, DOWN = 230, 54, 270, 92
BOX = 'fill="#f4f6f8" stroke="#345"'


def imports() -> set[tuple[str, str]]:
    """Which room imports which."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        inside = file.relative_to(PACKAGE).parts
        room = inside[0] if inside[0] in ROOMS else "commands"
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                above = ["spack_pypi", *inside[:-1]][: len(inside) - node.level + 1]
                module = ".".join([*(above if node.level else []), node.module or ""])
                for name in node.names:
                    target = f"{module.rstrip('.')}.{name.name}".split(".")
                    other = target[1] if target[0] == "spack_pypi" else ""
                    drawn = room not in ABOVE or other in (*ABOVE, "workflow")
                    if other in ROOMS and other != room and drawn:
                        found.add((room, other))
    return found


def svg() -> str:
    """The picture."""
    boxes, arrows = [], []
    for room, (column, row, about) in ROOMS.items():
        x, y = 20 + column * RIGHT, 20 + row * DOWN
        middle = x + WIDTH // 2
        boxes += [
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" {BOX}/>',
            f'<text x="{middle}" y="{y + 22}" font-weight="bold">{room}</text>',
            f'<text x="{middle}" y="{y + 41}" font-size="12">{about}</text>',
        ]
    for room, other in sorted(imports()):
        (column, row, _), (to, below, _) = ROOMS[room], ROOMS[other]
        shift = 34 * (to - column)
        x, y = 20 + column * RIGHT + WIDTH // 2 + shift * 2, 20 + row * DOWN + HEIGHT
        end_x, end_y = 20 + to * RIGHT + WIDTH // 2 - shift, 20 + below * DOWN - 4
        if row == below:
            y, end_y = y - HEIGHT // 2, end_y + 4 + HEIGHT // 2
            x, end_x = x + 46 * (to - column), end_x - 80 * (to - column)
        if column == to and below - row > 1:
            side = 20 + column * RIGHT + (WIDTH - 14 if (row + below) % 2 else 14)
            bend = side + (46 if (row + below) % 2 else -46)
            path = f"M {side} {y} C {bend} {y + 20}, {bend} {end_y - 20}, {side} {end_y}"
        else:
            path = f"M {x} {y} L {end_x} {end_y}"
        arrows.append(f'<path d="{path}" fill="none" stroke="#678" marker-end="url(#tip)"/>')
    width, height = 40 + 2 * RIGHT + WIDTH, 40 + 4 * DOWN + HEIGHT
    tip = '<path d="M 0 0 L 8 4 L 0 8 z" fill="#678"/>'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="15" '
        'text-anchor="middle">',
        '<marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        f"{tip}</marker>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *arrows,
        *boxes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (HERE / "rooms.svg").write_text(svg(), "utf-8")
