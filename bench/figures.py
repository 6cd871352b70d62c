"""Figures as people read them, and the page that they are filled into."""

import re
from pathlib import Path


def seconds(taken: float) -> str:
    """Write a time in the unit that suits it.

    >>> seconds(0.0001234), seconds(0.045), seconds(2.5)
    ('123 µs', '45.0 ms', '2.50 s')
    """
    if taken < 0.001:
        return f"{taken * 1e6:.0f} µs"
    if taken < 1:
        return f"{taken * 1e3:.1f} ms"
    return f"{taken:.2f} s"


def fill(page: Path, name: str, lines: list[str]) -> None:
    """Put lines between the marks of that name on a page, in the place of what was there."""
    text = page.read_text(encoding="utf-8")
    start, end = f"<!-- figures of {name} -->", f"<!-- end of {name} -->"
    marked = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not marked.search(text):
        raise SystemExit(f"{page} has no place for the figures of {name}. Add the lines {start} and {end}.")
    filled = "\n".join([start, "", *lines, "", end])
    page.write_text(marked.sub(lambda _: filled, text), encoding="utf-8")
