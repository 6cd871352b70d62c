"""Reading what comes from outside: never more of it than the limits, and one sentence where it cannot be read.

A cut gzip, a file that unpacks to millions of rows, a line without an end, YAML that is too deep or repeats itself:
each is refused before it takes memory.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, cast

import yaml

from leeway import limits
from leeway.limits import Limit
from leeway.refusal import Refusal

GZIP = b"\x1f\x8b"
#: The same safe reader written in C, eight times as quick, wherever PyYAML was built with it.
SAFE_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Half a pair of a letter (a lone surrogate), and NUL: neither can be written or kept.
NO_LETTER = re.compile("[\\ud800-\\udfff\\0]")
#: Signs that turn the direction of what follows, so that a name or an amount reads as another.
TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
#: These, and signs of control, which a terminal obeys and a page hides.
UNSEEN = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f{''.join(sorted(TURNING))}]")


class CannotRead(Refusal):
    """A file is missing, cut, damaged or of another kind. The sentence names it."""


def content_of(path: Path, most: Limit = limits.WHOLE_MB) -> bytes:
    """The bytes of a file, unpacked where it is gzipped. Refuses a file that is missing, cut or too large."""
    try:
        with path.open("rb") as opened:
            zipped = opened.read(2) == GZIP
            opened.seek(0)
            file = cast(BinaryIO, gzip.GzipFile(fileobj=opened)) if zipped else opened
            content = file.read(most.most * 1_000_000 + 1)
    except FileNotFoundError as problem:
        raise CannotRead(f"{path}: there is no such file.") from problem
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise CannotRead(f"{path}: cannot be read: it was cut, or damaged. Give the whole file.") from problem
    except OSError as problem:
        raise CannotRead(f"{path}: cannot be read ({problem.strerror}). Give another file.") from problem
    if len(content) > most.most * 1_000_000:
        raise most.passed(path)
    return content


def text_of(path: Path, most: Limit = limits.WHOLE_MB) -> str:
    """A file's text, in UTF-8. Refuses bytes that are no text."""
    content = content_of(path, most)
    if b"\0" in content:
        raise CannotRead(f"{path}: cannot be read as text. Save it in UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise CannotRead(f"{path}: cannot be read as text. Save it in UTF-8.") from problem


class Placed(dict):
    """A part of a YAML file with names and values, and the line at which it begins."""

    line: int


_WithLines: Any = type("_WithLines", (SAFE_LOADER,), {})


def _placed(loader: Any, node: Any) -> Iterator[Placed]:
    found = Placed()
    found.line = node.start_mark.line + 1
    yield found
    found.update(loader.construct_mapping(node))


_WithLines.add_constructor("tag:yaml.org,2002:map", _placed)


def yaml_of(path: Path, *, lines: bool = False) -> Any:
    """What a YAML file says; with `lines`, each part with names knows its line.

    Refuses one that is too large or too deep, also by repeating parts of itself (*).
    """
    text = text_of(path, limits.DOCUMENT_MB)
    try:
        _refuse_yaml_bomb(text, path)
        found = yaml.load(text, Loader=_WithLines if lines else SAFE_LOADER)
    except yaml.MarkedYAMLError as problem:
        line = f", line {problem.problem_mark.line + 1}" if problem.problem_mark else ""
        raise CannotRead(f"{path}{line}: cannot be read as YAML ({one_line(problem.problem)}).") from problem
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as problem:
        raise CannotRead(f"{path}: cannot be read as YAML ({one_line(problem)}).") from problem
    _check(found, path)
    return found


def _refuse_yaml_bomb(text: str, path: Path) -> None:
    """Count the parts that a YAML text has once its repetitions are written out, without writing them out."""
    parts, opened = 0, list[tuple[str | None, int]]()
    size_of: dict[str, int] = {}
    for event in yaml.parse(text, Loader=SAFE_LOADER):
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _since in opened):
                raise CannotRead(f"{path}: a part of it is inside itself (*{event.anchor}). Write it out.")
            parts += size_of.get(event.anchor or "", 0)
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, parts))
            parts += 1
            limits.DEPTH.check(len(opened), path)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, since = opened.pop()
            size_of |= {anchor: parts - since} if anchor else {}
        elif isinstance(event, yaml.ScalarEvent):
            parts += 1
            size_of |= {event.anchor: 1} if event.anchor else {}
        limits.PARTS.check(parts, path)


def json_of(path: Path, most: Limit = limits.DOCUMENT_MB) -> Any:
    """What a JSON file says. Refuses one that is too large or too deep, a name that is there twice, and no number."""
    text = text_of(path, most)
    try:
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except json.JSONDecodeError as problem:
        raise CannotRead(f"{path}, line {problem.lineno}: not JSON ({problem.msg}).") from problem
    except RecursionError as problem:
        raise limits.DEPTH.passed(path) from problem
    except ValueError as problem:
        raise CannotRead(f"{path}: not JSON that can be used ({one_line(problem)}).") from problem
    _check(found, path)
    return found


def rows_of(path: Path, most: Limit = limits.TABLE_ROWS, *, strict: bool = False) -> Iterator[list[str]]:
    """The rows of a CSV file in UTF-8, gzipped or not, one after the other, blank ones too."""
    return csv_rows(lines_of(path, most), path, strict=strict)


def csv_rows(lines: Iterable[str], where: object, *, strict: bool = False, delimiter: str = ",") -> Iterator[list[str]]:
    """The rows of a table, one after the other. Refuses what is none, or has more columns than any table."""
    columns = limits.COLUMNS.most
    try:
        for number, cells in enumerate(csv.reader(lines, strict=strict, delimiter=delimiter), start=1):
            if len(cells) > columns:
                raise limits.COLUMNS.passed(f"{where}, row {number}")
            yield cells
    except csv.Error as problem:
        raise CannotRead(
            f"{where}: not a CSV file that can be read ({one_line(problem)}). Save it as CSV in UTF-8."
        ) from problem


def table_of(path: Path, most: Limit = limits.TABLE_ROWS) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """The columns that the first row of a CSV file names, and the rows under it: each row's number, and its cells.

    Rows are numbered as a spreadsheet shows them: the first row is 1. Cells are without blanks around them; a blank
    row is passed over. Refuses a file without a heading, a column named twice or not at all, and a row that is too
    short or too long.
    """
    rows = enumerate(rows_of(path, most, strict=True), start=1)
    header = next((cells for _number, cells in rows), [])
    names = [name.strip() for name in header]
    if not any(names):
        raise CannotRead(f"{path}: the first row is empty. It must name the columns.")
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and sign in names[0]:
            raise CannotRead(f"{path}: its columns are set apart by {called}. Save it as CSV with commas.")
    for number, name in enumerate(names, start=1):
        if not name:
            raise CannotRead(f"{path}: column {number} has no name. Give it one in the first row, or take it out.")
        if name in names[: number - 1]:
            raise CannotRead(f"{path}: the column “{name}” is there twice. Take one out.")
    return names, _cells_by_name(rows, names, path)


def _cells_by_name(
    rows: Iterator[tuple[int, list[str]]], names: list[str], path: Path
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in rows:
        if len(cells) != len(names) and any(cell.strip() for cell in cells):
            raise CannotRead(
                f"{path}, row {number}: it has {len(cells)} cells, and the first row names {len(names)} columns."
            )
        if any(cell.strip() for cell in cells):
            yield number, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


def lines_of(path: Path, most: Limit = limits.TABLE_ROWS, *, errors: str = "strict") -> Iterator[str]:
    """The lines of a text file in UTF-8, gzipped or not, one after the other.

    Refuses a file that is missing, cut, no text, of too many lines, or of a line without an end.
    """
    limits.FILE_MB.check(megabytes(path), path)
    try:
        with path.open("rb") as opened:
            zipped = opened.read(2) == GZIP
            opened.seek(0)
            yield from lines_in(gzip.GzipFile(fileobj=opened) if zipped else opened, path, most, errors=errors)
    except FileNotFoundError as problem:
        raise CannotRead(f"{path}: there is no such file.") from problem
    except UnicodeDecodeError as problem:
        raise CannotRead(f"{path}: not a CSV file in UTF-8 that can be read. Save it as CSV UTF-8.") from problem
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise CannotRead(f"{path}: cannot be read as CSV: it was cut, or damaged. Give the whole file.") from problem
    except OSError as problem:
        raise CannotRead(f"{path}: cannot be read ({problem.strerror}). Give a CSV file.") from problem


def lines_in(source: Any, where: object, most: Limit, *, errors: str = "strict") -> Iterator[str]:
    """The lines of an open file of bytes, within the limits. Raises UnicodeDecodeError where it is no text."""
    text = TextIOWrapper(source, encoding="utf-8-sig", errors=errors, newline="")
    longest, rows = limits.LINE.most, most.most
    for number, line in enumerate(iter(lambda: text.readline(longest + 1), ""), start=1):
        if len(line) > longest:
            raise limits.LINE.passed(f"{where}, line {number}")
        if number > rows:
            raise most.passed(where)
        if "\0" in line:
            raise CannotRead(f"{where}, line {number}: is not a text file. Save it as CSV in UTF-8.")
        yield line


def megabytes(path: Path) -> int:
    """How large a file is, rounded up; nought where there is none."""
    try:
        return -(-path.stat().st_size // 1_000_000)
    except OSError:
        return 0


def seen_alone(text: str) -> str:
    """A text in one line, without signs that cannot be seen: a blank stands for each.

    >>> seen_alone("Ada\\x1b[31m \\u202eBell")
    'Ada [31m Bell'
    """
    return " ".join(UNSEEN.sub(" ", text).split())


def endless_in(xml: bytes) -> bool:
    """Whether a part of an XML file, from one element's mark to the next, is longer than any line."""
    return re.search(rb"<[^<]{%d}" % limits.LINE.most, xml) is not None


def one_line(problem: object) -> str:
    """What went wrong, in at most a line."""
    text = " ".join(str(problem).split()) or type(problem).__name__
    return text if len(text) <= 120 else text[:120] + "…"


def _check(found: Any, path: Path) -> None:
    """Refuse what is too deep, and letters that are none (half a pair, NUL), wherever they stand."""
    todo: list[tuple[Any, int]] = [(found, 1)]
    deepest = limits.DEPTH.most
    while todo:
        value, depth = todo.pop()
        if isinstance(value, str):
            if NO_LETTER.search(value):
                raise CannotRead(f"{path}: has a letter that is none (half a pair, or NUL). Take it out.")
        elif isinstance(value, dict | list | tuple | set):
            if depth > deepest:
                raise limits.DEPTH.passed(path)
            inside: Iterable[Any] = [*value, *value.values()] if isinstance(value, dict) else value
            todo += [(each, depth + 1) for each in inside]


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"“{name[:60]}” is there twice")
        found[name] = value
    return found
