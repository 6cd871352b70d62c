"""What every command shares: dates, files, and one plain sentence with exit status 2 when the input is bad."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from leeway.reading import json_of
from leeway.refusal import Refusal, shortened


class BadUse(click.ClickException):
    """The command was given something it cannot use: one sentence on standard error, and exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Say it in one line."""
        click.echo(f"leeway: {shortened(self.message)}".encode("utf-8", "backslashreplace"), err=True, file=file)


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

    def make_context(self, info_name: str | None, args: list[str], *parts: Any, **options: Any) -> click.Context:
        """Read the options; what is wrong with them is one line."""
        with in_a_sentence(info_name or ""):
            return super().make_context(info_name, args, *parts, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it cannot do is one line."""
        with in_a_sentence(ctx.command_path):
            return super().invoke(ctx)


@contextmanager
def in_a_sentence(command: str) -> Iterator[None]:
    """Turn a refusal, bad usage, or what the machine cannot do into one sentence and exit status 2."""
    try:
        yield
    except Refusal as refusal:
        raise BadUse(str(refusal)) from refusal
    except click.exceptions.NoArgsIsHelpError:
        raise  # the help, as it is written
    except click.UsageError as wrong:
        where = wrong.ctx.command_path if wrong.ctx else command
        said = shortened(wrong.format_message()).rstrip(".")
        raise BadUse(f"{said}. See “{where} --help”.") from wrong
    except Exception as problem:
        if sentence := machine_problem(problem):
            raise BadUse(sentence) from problem
        raise


def machine_problem(problem: Exception) -> str:
    """Say what to do where the machine has no room, or a file cannot be used; nothing for any other problem."""
    full = "The disk is full, or a file would become too large. Make room and try again; nothing half-written is kept."
    match problem:
        case BrokenPipeError():
            return ""  # click ends quietly
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            _drop_what_cannot_be_printed()
            return full
        case OSError(strerror=str(why)):
            return f"{problem.filename or 'A file'} cannot be used: {why}. Give another, or mend it."
        case MemoryError():
            return "There is not enough memory for this. Give less at once."
        case UnicodeEncodeError():
            return "Something that was given has a letter that cannot be written (half a pair). Take it out."
        case RecursionError():
            return "Something that was given is too deep. Write it flatter."
    if type(problem).__module__.startswith("polars"):
        return full if "os error 28" in str(problem) or "os error 27" in str(problem) else UNREADABLE_TABLES
    return ""


UNREADABLE_TABLES = "The tables cannot be read to their end. Make them again from the files of events."


def _drop_what_cannot_be_printed() -> None:
    """Where the screen is a full disk, what waits to be printed would fail once more at the very end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def from_file[T](path: Path, work: Callable[[Any], T]) -> T:
    """Do something with what a JSON file says; a refusal is told with the file's name."""
    given = json_of(path)
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
