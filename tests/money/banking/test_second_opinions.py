"""Other people's readers say the same of the same files; where they do not, the difference is named here.

`genkgo/camt` left what it read beside its samples, pyiso20022 reads camt by the schemas, mt-940 reads MT940, bankfile
reads OFX. None of them reads for Leeway: see decision 28.
"""

import importlib
import json
import logging
from datetime import date
from decimal import Decimal

import bankfile
import mt940
import pytest
from xsdata.formats.dataclass.parsers import XmlParser

from leeway.money.banking.statement import read_statement

from .test_statement_samples import EXPECTED

READ = [name for name, expected in EXPECTED.items() if "statements" in expected]
CAMT = [name for name in READ if "camt_samples" in name]
MT940 = [name for name in READ if name.startswith("mt940/")]
OFX = [name for name in READ if name.startswith("ofx/")]
NOT_BOOKED = {"iso20022/camt_samples/camt052.v4.xml", "iso20022/camt_samples/camt052.v6.xml"}


def pence(amount: Decimal) -> int:
    assert amount * 100 == int(amount * 100)
    return int(amount * 100)


def entries_of_the_peer(path) -> list[dict]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["getEntries"]


def day_of_the_peer(given) -> date | None:
    return date.fromisoformat(given["0"].split("T")[0]) if given else None


@pytest.mark.parametrize("name", sorted(set(CAMT) - NOT_BOOKED))
def test_the_peer_read_the_same_entries_in_each_camt_sample(published, name):
    path = published(f"banking/{name}")
    ours = [(statement, line) for statement in read_statement(path.read_bytes()).statements for line in statement.lines]
    theirs = entries_of_the_peer(path)
    assert len(ours) == len(theirs) > 0
    for (statement, line), entry in zip(ours, theirs, strict=True):
        assert str(line.amount_pence) == entry["getAmount"]["getAmount"]
        assert statement.currency == entry["getAmount"]["getCurrency"]["getCode"]
        assert statement.account == entry["getRecord"]["getAccount"]["getIdentification"]
        assert line.booked_on == (day_of_the_peer(entry["getBookingDate"]) or line.booked_on)
        assert line.value_on == day_of_the_peer(entry["getValueDate"])
        details = entry["getTransactionDetail"]
        if details and not line.details:
            assert line.end_to_end_id == ((details["getReference"] or {}).get("getEndToEndId") or "")


@pytest.mark.parametrize("name", sorted(NOT_BOOKED))
def test_what_the_peer_takes_and_leeway_leaves_out_is_not_booked(published, name):
    path = published(f"banking/{name}")
    [statement] = read_statement(path.read_bytes()).statements
    assert statement.lines == ()
    assert {entry["getStatus"] for entry in entries_of_the_peer(path)} == {"PDNG"}
    assert statement.warnings[0] == "Left out, because they are only expected and not booked: 1."


@pytest.mark.parametrize("name", CAMT)
def test_a_reader_made_from_the_schemas_finds_the_same(published, name):
    content = published(f"banking/{name}").read_bytes()
    ours = read_statement(content)
    module = importlib.import_module(f"pyiso20022.camt.{ours.version.replace('.', '_')}")
    document = XmlParser().from_bytes(content, module.Document)
    [message] = [getattr(document, name) for name in document.__dataclass_fields__]
    [theirs] = [getattr(message, name) for name in ("stmt", "rpt", "ntfctn") if hasattr(message, name)]
    assert len(ours.statements) == len(theirs)
    for statement, other in zip(ours.statements, theirs, strict=True):
        booked = [entry for entry in other.ntry if "PDNG" not in str(getattr(entry.sts, "cd", entry.sts))]
        signs = [1 if entry.cdt_dbt_ind.value == "CRDT" else -1 for entry in booked]
        expected = [sign * pence(entry.amt.value) for sign, entry in zip(signs, booked, strict=True)]
        assert [line.amount_pence for line in statement.lines] == expected


@pytest.mark.parametrize("name", MT940)
def test_mt940_reads_the_same_lines_and_balances(published, name):
    logging.getLogger("mt940").setLevel(logging.CRITICAL)
    content = published(f"banking/{name}").read_bytes()
    ours = read_statement(content).statements
    own_lines = {61: mt940.tags.StatementASNB()} if "ASNB" in name else None  # an IBAN where a reference belongs
    theirs = mt940.parse_statements(content, options=mt940.Options.all(), tags=own_lines)
    assert len(ours) == len(theirs)
    for statement, other in zip(ours, theirs, strict=True):
        assert statement.account == other.data["account_identification"]
        assert statement.opening_balance_pence == balance(other, "opening")
        assert statement.closing_balance_pence == balance(other, "closing")
        assert [line.amount_pence for line in statement.lines] == [pence(each.data["amount"].amount) for each in other]
        days = [each.data.get("entry_date") for each in other]
        days = [day if isinstance(day, date) else each.data["date"] for day, each in zip(days, other, strict=True)]
        assert [line.booked_on for line in statement.lines] == days


def balance(transactions: mt940.models.Transactions, which: str) -> int | None:
    found = [transactions.data.get(f"{kind}_{which}_balance") for kind in ("final", "intermediate")]
    return next((pence(each.amount.amount) for each in found if each), None)


def test_what_mt940_mends_in_silence_is_told_here():
    """Why it does not read for Leeway: 30 February becomes 29 February, and a line without its type is lost."""
    text = ":20:A\n:25:1\n:28C:1\n:60F:C160101GBP10,00\n{}\n:62F:C160101GBP10,00\n"
    impossible = text.format(":61:160230D1,00NMSC")
    assert mt940.parse(impossible)[0].data["date"] == date(2016, 2, 29)
    with pytest.raises(Exception, match="30/02/2016 is not a day of the calendar"):
        read_statement(impossible.encode())
    untyped = text.format(":61:160201D1,00\n:61:160201D2,00NMSC")
    assert len(mt940.parse(untyped)) == 1
    assert [line.amount_pence for line in read_statement(untyped.encode()).statements[0].lines] == [-100, -200]


@pytest.mark.parametrize("name", OFX)
def test_bankfile_reads_the_same_of_ofx(published, name):
    content = published(f"banking/{name}").read_bytes()
    ours, theirs = read_statement(content).statements[0], bankfile.parse_bytes(content)
    assert ours.account == theirs.account
    assert theirs.currency in {ours.currency, None}
    assert [(line.booked_on, line.amount_pence) for line in ours.lines] == [
        (each.date, pence(each.amount)) for each in theirs.transactions
    ]
