"""Files that are small to send and huge to read, and files that are broken: what somebody might hand in."""

import gzip
import zlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 20_000_000
PARQUET_ROWS = 5_000_000


def gzip_of_rows(path: Path, header: str) -> Path:
    """A gzip of 20 million rows, some ten kilobytes large."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        file.write(squeeze.compress(header.encode() + b"\n"))
        for _ in range(ROWS // 100_000):
            file.write(squeeze.compress(b"a\n" * 100_000))
        file.write(squeeze.flush())
    assert path.stat().st_size < 100_000
    return path


def parquet_of_rows(path: Path, columns: list[str]) -> Path:
    """A Parquet file of five million rows, each the same."""
    part = pa.table(dict.fromkeys(columns, pa.DictionaryArray.from_arrays([0] * 1_000_000, ["x"])))
    with pq.ParquetWriter(path, part.schema, compression="zstd") as writer:
        for _ in range(PARQUET_ROWS // 1_000_000):
            writer.write_table(part)
    assert path.stat().st_size < 200_000
    return path


def parquet_of_one_long_word(path: Path, columns: list[str]) -> Path:
    """A Parquet file of 5,000 rows, in which each cell is the same word of a million letters: 5 GB in each column."""
    word = pa.DictionaryArray.from_arrays([0] * 5_000, ["x" * 1_000_000])
    pq.write_table(pa.table(dict.fromkeys(columns, word)), path, compression="zstd")
    assert path.stat().st_size < 1_000_000
    return path


def yaml_that_repeats(path: Path) -> Path:
    """A billion laughs: nine levels, each ten times the one before."""
    lines = ["a0: &a0 [ha, ha]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def yaml_too_deep(path: Path) -> Path:
    path.write_text("- " * 20_000 + "a", encoding="utf-8")
    return path


def yaml_too_deep_in_brackets(path: Path) -> Path:
    path.write_text("[" * 20_000 + "]" * 20_000, encoding="utf-8")
    return path


def yaml_inside_itself(path: Path) -> Path:
    path.write_text("a: &a [*a]", encoding="utf-8")
    return path


def yaml_of_half_a_pair(path: Path) -> Path:
    path.write_text('description: "\\ud800"', encoding="utf-8")
    return path


def json_too_deep(path: Path) -> Path:
    path.write_text("[" * 20_000 + "]" * 20_000, encoding="utf-8")
    return path


def json_rather_deep(path: Path) -> Path:
    """Not so deep that the reader gives up, and too deep for whatever comes after it."""
    path.write_text('{"a":' * 900 + "1" + "}" * 900, encoding="utf-8")
    return path


def json_of_half_a_pair(path: Path) -> Path:
    path.write_text('{"\\ud800": "\\udfff"}', encoding="utf-8")
    return path


def json_of_many_names(path: Path) -> Path:
    """Three hundred thousand names: looking each of them up in a list of all would take hours."""
    path.write_text("{" + ",".join(f'"n{n}":1' for n in range(300_000)) + "}", encoding="utf-8")
    return path


def json_of_a_long_word(path: Path) -> Path:
    path.write_text('{"age": "' + "x" * 1_000_000 + '", "personal_budget_pence_per_week": 1}', encoding="utf-8")
    return path


def json_of_a_long_number(path: Path) -> Path:
    path.write_text('{"age": ' + "9" * 100_000 + "}", encoding="utf-8")
    return path


def large(path: Path) -> Path:
    """Six gigabytes of nothing, which take no room on the disk."""
    with path.open("wb") as file:
        file.truncate(6_000_000_000)
    return path


def cut_gzip(path: Path) -> Path:
    path.write_bytes(gzip.compress(b"period,value\n" + bytes(range(33, 127)) * 1_000)[:-200])
    return path


def of_nul(path: Path) -> Path:
    path.write_bytes(b"period,value\n2011,\0\n" + b"\0" * 100)
    return path


def half_a_pair(path: Path) -> Path:
    """A table in which half a pair stands as if it were a letter (bytes ED A0 80)."""
    path.write_bytes(b"period,value\n2011,\xed\xa0\x80\n")
    return path


def one_endless_line(path: Path) -> Path:
    with path.open("wb") as file:
        file.write(b"period,value\n")
        for _ in range(300):
            file.write(b"x" * 1_000_000)
    return path


def one_endless_line_in_gzip(path: Path) -> Path:
    path.write_bytes(gzip.compress(b"x" * 1_000_000) * 4_000)  # packed in parts, as a gzip may be
    return path


def many_columns(path: Path) -> Path:
    path.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n", encoding="utf-8")
    return path


def not_parquet(path: Path) -> Path:
    path.write_bytes(b"PAR1" + b"\xff" * 1_000 + b"\xff\xff\xff\x7fPAR1")
    return path


def folder_of_broken_tables(path: Path, tables: tuple[str, ...]) -> Path:
    """A folder like those that Leeway makes, whose files were cut."""
    path.mkdir()
    for table in tables:
        pl.DataFrame({"a": range(10_000)}).write_parquet(path / f"{table}.parquet")
        whole = (path / f"{table}.parquet").read_bytes()
        (path / f"{table}.parquet").write_bytes(whole[:200] + bytes(len(whole) - 300) + whole[-100:])
    return path
