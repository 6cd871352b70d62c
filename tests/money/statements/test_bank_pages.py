"""The pages of bank accounts: a month from the upload to its end, what each shows, and who may open them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leeway.access.models import Look
from leeway.money.payments.states import State
from leeway.money.statements.kinds import Whose
from leeway.money.statements.models import BankAccount, Match, StatementLine
from tests.money.statements.conftest import LATER, NUMBER, line, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_30_april(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: LATER)


@pytest.fixture
def finance(client, finn):
    client.force_login(finn)
    return client


def page(client, name, /, *args, **asked):
    response = client.get(reverse(f"statements:{name}", args=args), asked, follow=True)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(client, name, /, *args, **data):
    response = client.post(reverse(f"statements:{name}", args=args), data, follow=True)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def seen_on(text):
    """The proposals that a page carries, in their order."""
    return [part.partition('"')[0] for part in text.split('name="seen" value="')[1:]]


def table(*rows):
    text = "\n".join(["Date,Description,Reference,Amount,Balance", *rows])
    return SimpleUploadedFile("april.csv", text.encode(), "text/csv")


def test_a_month_in_the_browser(finance, paid_run, on_30_april):
    assert "No statements are read yet" in page(finance, "home")
    assert "Say what you call this account" in post(finance, "open", name="", identifier="")
    text = post(finance, "open", name="Care payments", identifier=NUMBER)
    account = BankAccount.objects.get()
    assert "Upload a statement" in text and "Tell it by the headings" in text
    assert "Choose the bank’s file" in post(finance, "upload", account.pk, mapping="usual")
    left = 1000_00 - paid_run.total_pence
    ada = paid_run.payments.get(payee__account_name="Ada Example")
    back = left + ada.amount_pence
    rows = [
        f"24/04/2026,BACS FAIRBOURNE,LEEWAY-000001,-{paid_run.total_pence / 100:.2f},{left / 100:.2f}",
        f"27/04/2026,RETURNED AC04,{ada.reference},{ada.amount_pence / 100:.2f},{back / 100:.2f}",
        f"30/04/2026,CHARGES,,-5.00,{back / 100 - 5:.2f}",
    ]
    text = post(finance, "upload", account.pk, upload=table(*rows), mapping="day-first")
    assert "Kept: 3 new lines" in text and "The bank has" in text and "How long lines have not been explained" in text
    assert "This file is here already" in post(finance, "upload", account.pk, upload=table(*rows), mapping="day-first")

    text = page(finance, "home")
    assert "all of it left" in text and "1 payment came back" in text
    text = page(finance, "confirm", paid_run.pk)
    assert "Ada Example" in text and f"Confirm run {paid_run.number}" in text
    finance.post(reverse("statements:confirm", args=[paid_run.pk]))
    paid_run.refresh_from_db()
    assert paid_run.state == State.CONFIRMED and "line 1 of 24 April 2026" in paid_run.confirmed_from

    text = page(finance, "queue", account.pk)
    assert "1 line to explain" in text and "CHARGES" in text
    charge = StatementLine.objects.get(description__contains="CHARGES")
    assert "Nothing that is open has its key" in page(finance, "line", account.pk, charge.pk)
    assert "Say what it is." in post(finance, "line", account.pk, charge.pk, words="Bank charges of April")
    text = post(finance, "line", account.pk, charge.pk, kind="charges", words="Bank charges of April")
    assert "The line is explained as you said." in text
    assert "£0.00 is not explained" in page(finance, "home")
    assert "Every line is explained" in page(finance, "month", account.pk, month="2026-04")
    answer = finance.get(reverse("statements:month_csv", args=[account.pk]), {"month": "2026-04"})
    assert b"Bank charges of April" in answer.content and len(answer.content.splitlines()) == 4

    match = Match.objects.get(parts__line=charge)
    assert "Say what was mistaken" in post(finance, "match", account.pk, match.pk, reason="")
    text = post(finance, "match", account.pk, match.pk, reason="It is the card's charge.")
    assert "every other match stands" in text and "Undone" in text
    assert "This match was undone" in page(finance, "match", account.pk, match.pk)


def test_a_proposal_is_accepted_as_it_was_seen_and_once(finance, paid_run, keep, account):
    ben = paid_run.payments.get(payee__account_name="Ben Example")
    keep(read(line(-ben.amount_pence, counterparty="Example Ben"), line(-1_00, 25)))
    row = StatementLine.objects.get(amount_pence=-ben.amount_pence)
    text = page(finance, "line", account.pk, row.pk)
    seen = seen_on(text)[0]
    assert 'data-key="1"' in text and "is like" in text and 'data-key="n"' in text
    assert "Open the page again" in post(finance, "accept", account.pk, row.pk, seen=f"{seen[:-3]}abc")
    assert not Match.objects.exists()
    text = post(finance, "accept", account.pk, row.pk, seen=seen)
    assert "Matched: Payment" in text and "Undo your last match (u)" in text
    assert "not open any more" in post(finance, "accept", account.pk, row.pk, seen=seen)
    assert Match.objects.count() == 1


def test_matching_by_hand_finds_things_by_words(finance, paid_run, keep, account):
    keep(read(line(-100_00), line(-(paid_run.total_pence - 100_00), 25)))
    rows = list(StatementLine.objects.order_by("place"))
    text = page(finance, "by_hand", account.pk, rows[0].pk)
    assert "run 1" in text
    run = f"run:{paid_run.pk}"
    lines = [str(row.pk) for row in rows]
    assert "equal, to the penny" in post(
        finance, "by_hand", account.pk, rows[0].pk, lines=lines[:1], things=[run], why="Two debits of one run"
    )
    assert "Nothing that is open has these words" in page(finance, "by_hand", account.pk, rows[0].pk, words="Zed")
    post(finance, "by_hand", account.pk, rows[0].pk, lines=lines, things=[run], why="Two debits of one run")
    assert Match.objects.get().parts.count() == 3


def test_of_an_ordinary_account_nothing_is_kept_before_it_is_picked(finance, case, finn, monkeypatch):
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
    text = post(finance, "open_of", case.pk, whose=Whose.ORDINARY, name="Current account", identifier="11112222")
    own = BankAccount.objects.get()
    assert "Nothing of this file is kept until" in text
    file = table("01/04/2026,TAXI,,-8.50,100.00", "02/04/2026,PRIVATE,,-30.00,70.00")
    text = post(finance, "upload", own.pk, to_pick_from=file, mapping="day-first")
    assert "TAXI" in text and "PRIVATE" in text and not StatementLine.objects.exists()
    laid_out = text.partition('name="laid_out" value="')[2].partition('"')[0]
    assert "Pick at least one line" in post(finance, "pick", own.pk, laid_out=laid_out)
    text = post(finance, "pick", own.pk, laid_out=laid_out, places=["1"])
    assert "Keep this line?" in text and "PRIVATE" not in text and not StatementLine.objects.exists()
    post(finance, "pick", own.pk, laid_out=laid_out, places=["1"], step="keep")
    assert [row.description for row in own.lines.all()] == ["TAXI"] and not own.statements.exclude(file=None).exists()
    assert "changed on their way. Nothing was kept" in post(finance, "pick", own.pk, laid_out="x")


def test_looks_are_noted_and_nobody_else_comes_in(finance, client, paid_run, keep, account, bea, cyril):
    ben = paid_run.payments.get(payee__account_name="Ben Example")
    keep(read(line(-ben.amount_pence, counterparty="Example Ben")))
    row = StatementLine.objects.get()
    page(finance, "line", account.pk, row.pk)
    person = ben.instalment.part.budget.case.person_id
    assert Look.objects.filter(named__contains=[person], page="A line of Care payments").exists()
    for user in (bea, cyril):
        client.force_login(user)
        for name, *args in (
            ("home",),
            ("account", account.pk),
            ("line", account.pk, row.pk),
            ("month_csv", account.pk),
        ):
            assert client.get(reverse(f"statements:{name}", args=args)).status_code == 403


def test_pages_need_few_queries(finance, paid_run, keep, account, django_assert_max_num_queries):
    keep(read(*(line(-(100 + number), 25) for number in range(40))))
    row = StatementLine.objects.first()
    for most, name, *args in (
        (25, "home"), (25, "account", account.pk), (25, "queue", account.pk), (25, "line", account.pk, row.pk),
        (20, "month", account.pk),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            page(finance, name, *args)


def test_a_day_of_the_month_that_is_none(finance, account):
    assert date(2026, 4, 1).strftime("%Y-%m") in page(finance, "month", account.pk, month="2026-13")
