"""Makes `figures/map.json`: the outlines of English councils on a small grid of whole numbers, for drawing a map."""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from leeway.published.returns.councils import council_coded, register

ATTRIBUTION = "Contains OS data © Crown copyright and database right 2021; Source: ONS, OGL v3"
MIDDLE_LATITUDE = 52.8
Point = tuple[int, int]


class Grid(NamedTuple):
    """Where a map begins, in degrees, and how fine it is."""

    west: float
    north: float
    steps_per_degree: int


# One step is about 1.1 km; England is then some 550 steps high. London, by itself, is drawn three times as large.
ENGLAND = Grid(-6.5, 55.9, 100)
LONDON = Grid(-0.52, 51.7, 300)


def outlines(data: Path) -> dict[str, Any]:
    """England's areas, and under `inset` those of London, larger: see `_drawn`.

    Boundaries are those of 2021. An area that has become two councils since is drawn as one and names both; nothing is
    drawn between them.
    """
    file = json.loads((data / "geography" / "utla21_boundaries_england.geojson").read_text(encoding="utf-8"))
    known = register().select("council", "successors", "region").rows_by_key("council", unique=True)
    areas, capital = [], []
    for feature in file["features"]:
        geometry = feature["geometry"]
        parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        name = council_coded(feature["properties"]["code"]) or ""
        successors, region = known[name]
        areas.append(((successors or name).split(";"), parts))
        capital += [areas[-1]] if region == "London" else []
    return {
        "attribution": ATTRIBUTION,
        **_drawn(areas, ENGLAND),
        "inset": {"name": "London", **_drawn(capital, LONDON)},
    }


def _drawn(areas: list[tuple[list[str], list]], grid: Grid) -> dict[str, Any]:
    """Areas on a grid: `width`, `height`, and of each the `councils` in it today and its `path` (SVG, whole numbers).

    Points are moved to the grid one by one, so neighbours still share their borders; rings that shrink to nothing are
    left out, but each area keeps its largest.
    """
    drawn: list[dict[str, Any]] = []
    corner = [0, 0]
    for councils, parts in areas:
        rings = [_on_grid(ring, grid) for part in parts for ring in part]
        kept = [ring for ring in rings if abs(_doubled_area(ring)) >= 4]
        kept = kept or [max(rings, key=lambda ring: (abs(_doubled_area(ring)), len(ring)))]
        drawn.append({"councils": councils, "path": "".join(_path(ring) for ring in kept)})
        corner = [max(side, *(point[axis] for ring in kept for point in ring)) for axis, side in enumerate(corner)]
    ordered = sorted(drawn, key=lambda area: area["councils"])
    return {"width": corner[0] + 2, "height": corner[1] + 2, "areas": ordered}


def _on_grid(ring: list[list[float]], grid: Grid) -> list[Point]:
    """A ring of degrees as a ring of steps, without the points that fall together or lie on a straight line."""
    stretch = math.cos(math.radians(MIDDLE_LATITUDE)) * grid.steps_per_degree
    points: list[Point] = []
    for east, north in ring:
        point = (round((east - grid.west) * stretch), round((grid.north - north) * grid.steps_per_degree))
        if not points or point != points[-1]:
            points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return [
        point
        for place, point in enumerate(points)
        if not _between(points[place - 1], point, points[(place + 1) % len(points)])
    ]


def _between(before: Point, point: Point, after: Point) -> bool:
    (x1, y1), (x2, y2), (x3, y3) = before, point, after
    straight = (x2 - x1) * (y3 - y2) == (x3 - x2) * (y2 - y1)
    return straight and (x2 - x1) * (x3 - x2) + (y2 - y1) * (y3 - y2) > 0


def _doubled_area(ring: list[Point]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))


def _path(ring: list[Point]) -> str:
    """SVG: a move to the first point, then each step from the point before."""
    if len(ring) < 3:  # a speck: a diamond of one step, so that it can be seen
        x, y = ring[0]
        ring = [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-") + "z"
