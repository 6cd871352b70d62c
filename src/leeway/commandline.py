"""What every command shares: dates, files, and one plain sentence with exit status 2 when the input is bad."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from leeway.refusal import Refusal


class BadUse(click.ClickException):
    """The command was given something it cannot use: one sentence on standard error, and exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Say it in one line."""
        click.echo(f"leeway: {self.message}", err=True, file=file)


class IsoDate(click.ParamType[date]):
    """A date written year-month-day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read 2026-04-06; refuse anything that is no day of the calendar."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value) if len(value) == 10 else _no_date(value)
        except ValueError as problem:
            raise BadUse(f"“{value}” is not a date. Write it as year-month-day, for example 2026-04-06.") from problem


def _no_date(value: str) -> date:
    raise ValueError(value)


iso_date = IsoDate()


class PastDate(IsoDate):
    """A day of which there can be records: today, or one before."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date; refuse a day that is still to come."""
        day = super().convert(value, param, ctx)
        if day > datetime.now(tz=UTC).date():
            raise BadUse(f"{day:%-d %B %Y} is still to come. Give a day that has passed.")
        return day


past_date = PastDate()


class Group(click.Group):
    """A group of commands in which a refusal becomes one sentence and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn a refusal into its sentence, and bad usage into one line."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise BadUse(str(refusal)) from refusal
        except click.UsageError as wrong:
            where = wrong.ctx.command_path if wrong.ctx else ctx.command_path
            raise BadUse(f"{wrong.format_message()} See “{where} --help”.") from wrong


def read_json(path: Path) -> Any:
    """Read a JSON file, or refuse with the file's name, and the line where it goes wrong."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except FileNotFoundError as problem:
        raise BadUse(f"{path}: there is no such file.") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise BadUse(f"{path}: cannot be read as text. Give a JSON file.") from problem
    except json.JSONDecodeError as problem:
        raise BadUse(f"{path}, line {problem.lineno}: not JSON ({problem.msg}).") from problem
    except (ValueError, RecursionError) as problem:
        raise BadUse(f"{path}: not JSON that can be used ({problem}).") from problem


def from_file[T](path: Path, work: Callable[[Any], T]) -> T:
    """Do something with what a JSON file says; a refusal is told with the file's name."""
    given = read_json(path)
    try:
        return work(given)
    except Refusal as refusal:
        raise BadUse(f"{path}: {refusal}") from refusal


@contextmanager
def written_whole(output: Path) -> Iterator[TextIO]:
    """A text file to write, that is there whole afterwards or not at all. Refuses (BadUse) where it cannot be."""
    if output.exists() and not output.is_file():
        raise BadUse(f"{output} is not an ordinary file. Give another file.")
    draft = output.with_name(f"{output.name}.part")
    try:
        with draft.open("w", encoding="utf-8") as file:
            yield file
        draft.replace(output)
    except OSError as problem:
        raise BadUse(f"{output} cannot be written: {problem.strerror}. Give another file.") from problem
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def show_json(answer: Any) -> None:
    """Print an answer for programs."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"“{name}” is there twice")
    return dict(pairs)
