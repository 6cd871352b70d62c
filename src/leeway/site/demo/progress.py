"""How far the making of the council has come: at a terminal a line that moves, elsewhere one plain line a stage."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def stage(name: str, console: Console, steps: int | None = None) -> Iterator[Callable[[], None]]:
    """Tell of one stage while it lasts. Call what it gives after each of its steps, where they can be counted."""
    tell = _moving if console.is_terminal else _plain
    with tell(name, console, steps) as step_done:
        yield step_done


@contextmanager
def _moving(name: str, console: Console, steps: int | None) -> Iterator[Callable[[], None]]:
    columns = (SpinnerColumn(finished_text="✓"), TextColumn("{task.description:26}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(name, total=steps)
        yield lambda: progress.advance(task)
        progress.update(task, total=steps or 1, completed=steps or 1)


@contextmanager
def _plain(name: str, console: Console, steps: int | None) -> Iterator[Callable[[], None]]:
    started = time.monotonic()
    console.print(f"{name} … ", end="", highlight=False)
    yield lambda: None
    console.print(f"{time.monotonic() - started:.0f} s", highlight=False)
