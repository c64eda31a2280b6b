"""Draws a transition table as SVG: states in columns by their distance from the first."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

import attrs

from energyretail.domain.shared import TransitionTable

__all__ = ["drawn"]

WIDTH, HEIGHT = 130, 38
GAP_X, GAP_Y, MARGIN, TOP = 150, 52, 24, 50
LETTER, LINE = 6.4, 15
_AT: Final = (0.5, 0.36, 0.64, 0.24, 0.76)
_STYLE: Final = (
    "text{font:12px sans-serif;text-anchor:middle;fill:#1b1f24}"
    "rect{fill:#fff;stroke:#1b1f24;stroke-width:1.3}.final{stroke-width:3}"
    "path{fill:none;stroke:#57606a;stroke-width:1.2}"
    ".on{paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round;fill:#57606a}"
)

_Table = TransitionTable[Any, Any]
_Point = tuple[float, float]


@attrs.frozen
class _Box:
    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: _Box) -> float:
        """Return the area both cover."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(wide, 0) * max(high, 0)


@attrs.frozen
class _Edge:
    source: enum.Enum
    target: enum.Enum
    words: tuple[str, ...]


def drawn(table: _Table) -> str:
    """Return the drawing; final states have a thick border."""
    columns = _columns(table)
    places = _places(columns)
    curves = [(edge, _curve(edge, columns, places)) for edge in _edges(table)]
    low = max(y for _, points in curves for _, y in points)
    right = max(x for _, points in curves for x, _ in points)
    boxes = places.values()
    wide = max(max(box.x + box.width for box in boxes), right) + MARGIN
    high = max(max(box.y + box.height for box in boxes), low) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" '
        f'width="{wide:.0f}" height="{high:.0f}" role="img">',
        f"<title>The transitions of {escape(table.name)}</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" style="fill:#57606a"/>'
        "</marker></defs>",
        f'<rect width="{wide:.0f}" height="{high:.0f}" style="stroke:none"/>',
        *(_path(points) for _, points in curves),
        *(_state(state, box, state in table.finals()) for state, box in places.items()),
        *_labels(curves, tuple(boxes)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _columns(table: _Table) -> dict[enum.Enum, int]:
    found, depth = {table.initial: 0}, 0
    while more := [
        row.target
        for row in table.rows
        if found.get(row.source) == depth and row.target not in found
    ]:
        depth += 1
        found |= dict.fromkeys(more, depth)
    return found


def _places(columns: dict[enum.Enum, int]) -> dict[enum.Enum, _Box]:
    by_column: dict[int, list[enum.Enum]] = {}
    for state, column in columns.items():
        by_column.setdefault(column, []).append(state)
    tallest = max(map(len, by_column.values()))
    return {
        state: _Box(
            MARGIN + column * (WIDTH + GAP_X),
            TOP + (HEIGHT + GAP_Y) * (i + (tallest - len(states)) / 2),
            WIDTH,
            HEIGHT,
        )
        for column, states in by_column.items()
        for i, state in enumerate(states)
    }


def _edges(table: _Table) -> tuple[_Edge, ...]:
    words: dict[tuple[enum.Enum, enum.Enum], list[str]] = {}
    for row in table.rows:
        words.setdefault((row.source, row.target), []).append(str(row.trigger.value))
    return tuple(_Edge(a, b, tuple(each)) for (a, b), each in words.items())


def _curve(
    edge: _Edge, columns: dict[enum.Enum, int], places: dict[enum.Enum, _Box]
) -> tuple[_Point, ...]:
    """Return the four points of a cubic curve, from box to box."""
    a, b = places[edge.source], places[edge.target]
    step = columns[edge.target] - columns[edge.source]
    right, left, middle = a.x + WIDTH, b.x, HEIGHT / 2
    if step > 0:
        bend = (left - right) / 2
        return (
            (right, a.y + middle),
            (right + bend, a.y + middle),
            (left - bend, b.y + middle),
            (
                left,
                b.y + middle,
            ),
        )
    if a is b:
        begin, end, high = a.x + WIDTH * 0.3, a.x + WIDTH * 0.7, a.y - 46
        return (begin, a.y), (begin, high), (end, high), (end, a.y)
    if step == 0:
        out = right + 30 + abs(a.y - b.y) / 2
        return (
            (right, a.y + middle),
            (out, a.y + middle),
            (out, b.y + middle),
            (right, b.y + middle),
        )
    low = max(a.y, b.y) + HEIGHT + GAP_Y * (0.9 - 0.3 * step)
    start, stop = a.x + WIDTH / 2, b.x + WIDTH / 2
    return (start, a.y + HEIGHT), (start, low), (stop, low), (stop, b.y + HEIGHT)


def _path(points: tuple[_Point, ...]) -> str:
    (x, y), *more = points
    rest = " ".join(f"{px:.0f},{py:.0f}" for px, py in more)
    return f'<path d="M{x:.0f},{y:.0f} C{rest}" marker-end="url(#tip)"/>'


def _state(state: enum.Enum, box: _Box, final: bool) -> str:
    name = escape(str(state.value).replace("_", " "))
    kind = ' class="final"' if final else ""
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="9"{kind}/>'
        f'<text x="{box.x + WIDTH / 2:.0f}" y="{box.y + HEIGHT / 2 + 4:.0f}">{name}</text>'
    )


def _labels(
    curves: list[tuple[_Edge, tuple[_Point, ...]]], taken: tuple[_Box, ...]
) -> Iterator[str]:
    """Put each label on its curve where it covers least of what is there."""
    for edge, points in curves:
        words = [escape(word.replace("_", " ")) for word in edge.words]
        wide, high = max(map(len, words)) * LETTER, LINE * len(words)
        boxes = [
            _Box(x - wide / 2, y - high / 2, wide, high)
            for x, y in (_point(points, at) for at in _AT)
        ]
        best = min(boxes, key=lambda box: sum(map(box.overlap, taken)))
        taken = (*taken, best)
        for i, word in enumerate(words):
            y = best.y + LINE * (i + 0.8)
            yield f'<text class="on" x="{best.x + wide / 2:.0f}" y="{y:.0f}">{word}</text>'


def _point(points: tuple[_Point, ...], at: float) -> _Point:
    weights = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    x = sum(w * p[0] for w, p in zip(weights, points, strict=True))
    y = sum(w * p[1] for w, p in zip(weights, points, strict=True))
    return x, y
