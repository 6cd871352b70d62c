"""What is written is read back; any bytes give a statement or one sentence; a file that was cut is never whole."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leeway.money.banking.lines import Line
from leeway.money.banking.readers.mapping import mapping_named
from leeway.money.banking.readers.mt940 import NO_REFERENCE
from leeway.money.banking.statement import read_statement
from leeway.refusal import Refusal

from . import statement_writers as write

DAYS = st.dates(date(2000, 1, 1), date(2079, 12, 31))
LARGEST = 10**12
WORDS = st.text("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-()&<'é£", max_size=16)


def plain(text: str) -> str:
    return " ".join(text.split())


@st.composite
def lines(draw, words=WORDS) -> Line:
    """A line as a bank would give it."""
    booked_on = draw(DAYS)
    value_on = draw(st.none() | st.integers(-20, 20).map(lambda days: booked_on + timedelta(days=days)))
    ids = st.from_regex("([A-Z]{2}[0-9]{1,14})?", fullmatch=True)
    return Line(
        booked_on=booked_on,
        value_on=value_on,
        amount_pence=draw(st.integers(-LARGEST, LARGEST)),
        reference=plain(draw(words)),
        description=plain(draw(words)),
        end_to_end_id=draw(ids),
        counterparty=plain(draw(words)),
        bank_reference=draw(ids),
        return_reason=draw(st.sampled_from(["", "", "AC04", "MS03"])),
    )


LINES = st.lists(lines(), max_size=8)
SWIFT = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,()'+", max_size=16)


@given(st.lists(lines(words=SWIFT), max_size=8), st.integers(-LARGEST, LARGEST), st.sampled_from(["\r\n", "\n", "\r"]))
def test_mt940(given_lines, opening, newline):
    given_lines = [replace(line, reference=line.reference.strip("/")) for line in given_lines]
    found = read_statement(write.mt940(given_lines, opening_pence=opening, newline=newline))
    assert found.format == "MT940"
    [statement] = found.statements
    assert (statement.account, statement.opening_balance_pence) == (write.ACCOUNT, opening)
    assert statement.closing_balance_pence == opening + sum(line.amount_pence for line in given_lines)
    assert [(line.booked_on, line.amount_pence, line.bank_reference) for line in statement.lines] == [
        (line.booked_on, line.amount_pence, line.bank_reference) for line in given_lines
    ]
    assert [line.value_on for line in statement.lines] == [line.value_on or line.booked_on for line in given_lines]
    for line, original in zip(statement.lines, given_lines, strict=True):
        assert line.reference in {original.reference, ""}
        assert line.reference or original.reference.upper() in NO_REFERENCE
        assert line.description == original.description


@given(LINES, st.integers(-LARGEST, LARGEST), st.sampled_from(["camt.052", "camt.053"]), st.sampled_from(["02", "08"]))
def test_camt(given_lines, opening, kind, version):
    found = read_statement(write.camt(given_lines, opening_pence=opening, kind=kind, version=version))
    assert (found.format, found.version) == (kind, f"{kind}.001.{version}")
    [statement] = found.statements
    assert (statement.account, statement.currency, statement.opening_balance_pence) == (write.ACCOUNT, "GBP", opening)
    assert statement.closing_balance_pence == opening + sum(line.amount_pence for line in given_lines)
    assert [as_camt(line) for line in statement.lines] == [
        as_camt(replace(line, reference=line.reference or line.end_to_end_id)) for line in given_lines
    ]


def as_camt(line: Line) -> Line:
    """A line without its description, to which camt adds the reference."""
    return replace(line, description="")


@given(LINES, st.integers(-LARGEST, LARGEST), st.booleans())
def test_ofx(given_lines, closing, sgml):
    [statement] = read_statement(write.ofx(given_lines, closing_pence=closing, sgml=sgml)).statements
    assert (statement.account, statement.opening_balance_pence) == (write.ACCOUNT, None)
    assert statement.closing_balance_pence == closing
    assert [
        (line.booked_on, line.amount_pence, line.bank_reference, line.counterparty) for line in statement.lines
    ] == [(line.booked_on, line.amount_pence, line.bank_reference, line.counterparty) for line in given_lines]
    assert [line.reference for line in statement.lines] == [line.reference or line.counterparty for line in given_lines]


@given(LINES, st.integers(-LARGEST, LARGEST), st.booleans(), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y"]))
def test_csv_in_either_order(given_lines, opening, newest_first, day):
    given_lines = [
        replace(line, reference=line.reference.strip("'- ") or "x")
        for line in sorted(given_lines, key=lambda line: line.booked_on)
    ]
    content = write.table(given_lines, opening_pence=opening, newest_first=newest_first, day=day)
    [statement] = read_statement(content, mapping=mapping_named("day-first")).statements
    total = sum(line.amount_pence for line in given_lines)
    read = [(line.booked_on, line.amount_pence, line.reference) for line in statement.lines]
    assert sorted(read) == sorted((line.booked_on, line.amount_pence, line.reference) for line in given_lines)
    assert not any("follow" in warning or "add up" in warning for warning in statement.warnings)
    if given_lines:
        assert statement.closing_balance_pence - statement.opening_balance_pence == total


WRITTEN = (
    write.mt940([Line(booked_on=date(2026, 4, 1), amount_pence=-5_00, reference="RUN14-ADA", description="Ada")]),
    write.camt([Line(booked_on=date(2026, 4, 1), amount_pence=-5_00, reference="RUN14-ADA", description="Ada")]),
    write.ofx([Line(booked_on=date(2026, 4, 1), amount_pence=-5_00, reference="RUN14-ADA", description="Ada")]),
    write.table([Line(booked_on=date(2026, 4, 13), amount_pence=-5_00, reference="RUN14-ADA", description="Ada")]),
)


def outcome(content: bytes):
    """The statements, or None where the file is refused. Anything else fails the test."""
    try:
        return read_statement(content).statements
    except Refusal as refused:
        assert str(refused).strip()
        return None


@given(st.binary(max_size=300).filter(lambda content: not content.startswith(b"PK")))
@example(b"<")
@example(b":20:")
@example(b"<OFX>")
@example(b"Date,Amount\n")
@example(b"\xff\xfe")
@example(b"<?xml version='1.0' encoding='utf-7'?><Document/>")
def test_no_bytes_do_anything_but_give_a_sentence(content):
    outcome(content)


@settings(max_examples=300)
@given(st.sampled_from(WRITTEN), st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=12))
def test_no_damage_does_anything_but_give_a_sentence(content, at, length, instead):
    at %= len(content)
    outcome(content[:at] + instead + content[at + length :])


@pytest.mark.parametrize("content", WRITTEN[:3], ids=["MT940", "camt.053", "OFX"])
def test_a_file_that_was_cut_anywhere_is_refused_or_says_what_is_missing(content):
    """Only where a comma's decimals or the last blanks are gone can it be read, and then the balances do not add up."""
    [whole] = read_statement(content).statements
    for end in range(1, len(content)):
        if found := outcome(content[:end]):
            assert found[0].lines == whole.lines
            assert found[0] == whole or any("do not add up" in warning for warning in found[0].warnings)
