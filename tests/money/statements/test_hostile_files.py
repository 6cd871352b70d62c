"""A bank's file that would break what is kept, or never end: one sentence on the page, and nothing of it is kept."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leeway.files.models import File
from leeway.money.banking.lines import Line
from leeway.money.banking.statement import mapping_named, read_statement
from leeway.money.statements import actions
from leeway.money.statements.candidates import _Near
from leeway.money.statements.kinds import Whose
from leeway.money.statements.matching import OpenLine
from leeway.money.statements.models import Statement, StatementLine
from leeway.money.statements.standing import standing
from leeway.refusal import Refusal
from tests.money.banking import statement_writers as write
from tests.money.statements.conftest import LATER, line, read
from tests.pages import searched

pytestmark = pytest.mark.django_db
ACCOUNT = b"123456 87654321"


def one(pence=-5_00, **words):
    known = {"reference": "R", "description": "D"}
    return Line(booked_on=date(2026, 4, 2), amount_pence=pence, **(known | words))


def camt(*lines):
    return write.camt(list(lines)).replace(b"12345678", b"87654321").replace(b"200000", b"123456")


def mt940(*lines):
    return write.mt940(list(lines)).replace(b"200000 12345678", ACCOUNT)


def period(content, first, last):
    said = f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T00:00:00</ToDtTm></FrToDt><Acct>"
    return content.replace(b"<Acct>", said.encode(), 1)


def table(*rows):
    return "\n".join(["Date,Description,Reference,Amount", *rows, ""]).encode()


FILES = {
    "number": (camt(one()).replace(b"SeqNb>1<", b"SeqNb>" + b"9" * 5_000 + b"<"), "number of"),
    "page": (mt940(one()).replace(b":28C:1/1", b":28C:" + b"1" * 5_000), "number of"),
    "account": (camt(one()).replace(b"87654321", b"9" * 100_000), "account of"),
    "sum": (table(*(f"02/04/2026,A{n},R,9999999999999.99" for n in range(10_000))), "more money than any account"),
    "reference": (camt(one(reference="x" * 9_000_000)), "more than 1,000,000 characters in one line"),
    "name": (camt(one(counterparty="x" * 20_000)), "more than 10,000 characters in one place"),
    "reason": (camt(one(return_reason="x" * 20_000)), "more than 10,000 characters in one place"),
    "words": (
        mt940(one(description="\r\n".join(f"{number:060}" for number in range(250)))),
        "more than 10,000 characters in one place",
    ),
    "for ever": (period(camt(one()), "2026-04-01", "2099-12-31").replace(b"CLBD", b"CLAV"), "in the future"),
    "long ago": (period(camt(one()), "1980-01-01", "2026-04-02"), "more than 20 years ago"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_one_sentence_on_the_page(name, client, finn, account, monkeypatch, settings):
    settings.AT_ONCE_MOST = 20_000  # the page itself says it; of a large file a job does, in the same words
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: LATER)
    client.force_login(finn)
    content, sentence = FILES[name]
    sent = {"upload": SimpleUploadedFile("april", content), "mapping": "day-first"}
    shown = client.post(reverse("statements:upload", args=[account.pk]), sent)
    assert shown.status_code == 200 and sentence in shown.content.decode() and len(shown.content) < 20_000
    assert not StatementLine.objects.exists() and not Statement.objects.exists() and not File.objects.exists()


def test_a_statement_tells_of_no_day_after_its_closing_balance(keep, account):
    """A month was asked for on the 15th: its other half comes later, and is no contradiction."""
    april = {"first": date(2026, 4, 1), "last": date(2026, 4, 30)}
    keep(read(line(-10_00, 2), closing_on=date(2026, 4, 15), **april))
    keep(read(line(-10_00, 2), line(-20_00, 20), **april))
    stands = standing(account)
    assert (stands.gaps, stands.bank_pence, stands.as_at) == ((), 970_00, date(2026, 4, 30))


def test_no_statement_is_kept_of_days_that_are_to_come(keep, account):
    with pytest.raises(Refusal, match="31 December 2031 is in the future"):
        keep(read(line(-10_00, 2), first=date(2026, 4, 1), last=date(2031, 12, 31)))
    assert keep(read(line(-10_00, 2), line(-20_00, 20))).new == 2


@pytest.mark.parametrize(
    ("content", "spoken"),
    [
        (table("02/04/2026,\x1b[2JShop\u202e00.01-,R\x07,-5.00"), ("[2JShop 00.01-", "R")),
        (mt940(one(description="Shop\x9b31m\u2066", reference="R\x08")), ("Shop 31m", "R")),
        (camt(one(description="Shop \u2067x", reference="R\u202d")), ("Shop x R", "R")),
        (write.ofx([one(counterparty="Shop&#8238;", reference="R&#x202a;")]), ("Shop R", "R")),
    ],
    ids=["table", "mt940", "camt", "ofx"],
)
def test_signs_that_turn_or_hide_what_stands_beside_them_are_left_out(content, spoken):
    """Whoever pays the council writes what stands beside the line, and a screen or a terminal would obey it."""
    found = read_statement(content.replace(b"&amp;#", b"&#"), mapping=mapping_named("day-first"))
    (kept,) = found.statements[0].lines
    assert (kept.description, kept.reference) == spoken
    assert "left out of the words of 1 line." in found.statements[0].warnings[-1]


def test_a_line_of_thousands_of_references_asks_for_no_run_that_was_not_sent():
    words = " ".join(f"{number:06}-{number:06}" for number in range(1, 20_000))
    hostile = OpenLine(id=uuid4(), booked_on=LATER, pence=-1, open_pence=-1, texts=(words,))
    assert len(_Near([hostile], {7: None}).by_key().children) < 10


def test_a_file_that_names_no_account_is_read_for_one(keep, account, finn):
    """The lines of a card's table, given by mistake for the care account, would be explained there once more."""
    card = actions.open_bank_account(whose=Whose.COUNCIL, name="Card", identifier="5555666677778888", by=finn, on=LATER)
    upload = ContentFile(table("02/04/2026,TAXI,R,-5.00"), name="april.csv")
    given = {"upload": upload, "mapping": mapping_named("day-first"), "by": finn, "on": LATER}
    actions.keep_statement(account=card, **given)
    with pytest.raises(Refusal, match="does not say of which account it is, and was read for “Card” on 30 April 2026"):
        actions.keep_statement(account=account, **given)
    assert not account.lines.exists() and card.lines.count() == 1


@pytest.mark.parametrize("words", ["\0", "9" * 5_000, "%_\\'", "9999-12", "0001-01", "-1", "²", "31/02/1952"])
def test_an_address_with_odd_words_is_a_page(words, client, finn, keep, account):
    keep(read(line(5_00)))
    row = StatementLine.objects.get()
    client.force_login(finn)
    for name, *rest in (
        ("account",),
        ("queue",),
        ("month",),
        ("month_csv",),
        ("by_hand", row.pk),
        ("received", row.pk),
    ):
        asked = dict.fromkeys(("words", "month", "page"), words)
        answer = client.get(reverse(f"statements:{name}", args=[account.pk, *rest]), asked)
        assert answer.status_code < 500, name
    for address in (reverse("statements:home"), reverse("statements:by_hand", args=[account.pk, row.pk])):
        assert searched(client, address, words=words)
