"""A curve of growth as an SVG: measured points on logarithmic axes, and where a straight line leads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 60


def write_chart(path: Path, unit: str, points: Sequence[tuple[float, float]], ahead: tuple[float, str]) -> None:
    """Draw points (rows, amount), and the proportional line through the last of them to ``ahead`` (rows, its name)."""
    rows, amount = points[-1]
    target = (ahead[0], amount / rows * ahead[0])
    every = [*points, target]
    low_x, high_x = (math.log10(f(x for x, _ in every)) for f in (min, max))
    low_y, high_y = (math.log10(f(y for _, y in every)) for f in (min, max))

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - low_x) / max(high_x - low_x, 1e-9)
        up = (math.log10(y) - low_y) / max(high_y - low_y, 1e-9)
        return _MARGIN + across * (_WIDTH - 2 * _MARGIN), _HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN)

    def line(ends: Sequence[tuple[float, float]], dashes: str) -> str:
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*end) for end in ends))
        return f'<polyline points="{told}" fill="none" stroke="currentColor" stroke-dasharray="{dashes}"/>'

    marks = []
    for (x, y), name in [*((point, "") for point in points), (target, f" ({ahead[1]}, not measured)")]:
        across, up = at(x, y)
        marks.append(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="4"/>')
        marks.append(
            f'<text x="{across:.1f}" y="{up - 10:.1f}" text-anchor="middle">{x:,.0f}: {y:,.0f} {escape(unit + name)}</text>'
        )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="11">'
        f"<title>{escape(unit)} by rows</title>{line(points, '0')}{line([points[-1], target], '4 4')}{''.join(marks)}</svg>\n",
        encoding="utf-8",
    )
