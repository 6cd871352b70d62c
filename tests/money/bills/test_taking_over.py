"""What people owed before the council took billing over: posted once from a file, aged from its days, never reminded of
before somebody said so."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from leeway.care.people.models import Person, StoryLine
from leeway.money import proving
from leeway.money.bills import actions
from leeway.money.bills.content import bill_letter
from leeway.money.bills.kinds import BecauseOf
from leeway.money.bills.models import Bill, Opening, Reminder
from leeway.money.bills.queries import ageing, get_bill
from leeway.money.ledger.models import Transfer
from leeway.refusal import NotAllowed, Refusal
from tests.money.bills.conftest import BILLED_ON, night, owed, pay

ON = date(2026, 4, 23)
SOURCE = "Bills of the county’s finance system until 31 March 2026"
HEADER = "NHS number,Family name,Amount,Owed since,Reference"
FIRST = "999 123 4560,Bell,120.50,2026-02-01,INV-77"


@pytest.fixture
def ada(budget):
    Person.objects.filter(pk=budget.case.person_id).update(nhs_number="9991234560")
    return budget.case


def file(*rows, header=HEADER):
    return ContentFile("\n".join([header, *rows, ""]).encode())


def test_it_is_posted_once_and_aged_from_its_own_day(ada, finn, bea):
    with pytest.raises(NotAllowed):
        actions.take_over(upload=file(FIRST), source=SOURCE, by=bea, on=ON)
    posted = actions.take_over(
        upload=file(FIRST, "9991234560,bell,9.50,2026-03-31,INV-78"), source=SOURCE, by=finn, on=ON
    )
    assert [(each.amount_pence, each.since, each.row) for each in posted] == [
        (120_50, date(2026, 2, 1), 2), (9_50, date(2026, 3, 31), 3),
    ]  # fmt: skip
    assert owed(ada) == 130_00
    assert ageing(seen_by=finn, on=ON).totals["People"] == [9_50, 0, 120_50, 0, 0, 0]
    assert StoryLine.objects.filter(case=ada, sentence__contains=SOURCE).count() == 2
    with pytest.raises(Refusal, match="taken over already"):
        actions.take_over(upload=file(FIRST), source=SOURCE, by=finn, on=ON)
    assert Opening.objects.count() == Transfer.objects.filter(reason="opening").count() == 2
    assert not list(proving.findings())


def test_nobody_is_reminded_of_it_before_somebody_says_so(ada, finn):
    actions.take_over(upload=file(FIRST), source=SOURCE, by=finn, on=ON)
    night(BILLED_ON[0])
    assert actions.send_bills(on=BILLED_ON[0]).sent == 1  # what was billed elsewhere makes no bill late
    bill = Bill.objects.get()
    assert (bill.to_pay_pence, bill.charged_pence) == (125_50, 125_50)
    letter = str(bill_letter(get_bill(ada.pk, bill.number, seen_by=finn), "Council"))
    assert f"Owed since before. {SOURCE}" in letter and "£120.50" in letter
    due = bill.sending.due_by
    for days in (7, 28, 90):
        assert actions.remind(on=due + timedelta(days=days)) == 0
    said = due + timedelta(days=90)
    actions.go_on(
        pause=ada.pauses.get(because_of=BecauseOf.BEFORE),
        outcome="The county’s books were looked at, and it is owed",
        by=finn,
        on=said,
    )
    assert actions.remind(on=said + timedelta(days=28)) == 1 and Reminder.objects.count() == 1
    pay(ada, 125_50, finn, said)
    assert owed(ada) == 28_00 and not list(proving.findings())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("9991234579,Bell,1.00,2026-02-01,A", "Row 3: nobody with that NHS number"),
        ("9991234560,Ball,1.00,2026-02-01,A", "Row 3: the family name"),
        ("9991234560,Bell,0.00,2026-02-01,A", "Row 3: the amount is not above nothing"),
        ("9991234560,Bell,a pound,2026-02-01,A", "Row 3: the amount: “a pound” is not an amount"),
        ("9991234560,Bell,1.00,1 Feb,A", "Row 3: the day"),
        ("9991234560,Bell,1.00,2015-03-31,A", "Row 3: the day lies before 1 April 2015"),
        ("9991234560,Bell,1.00,2026-09-01,A", "Row 3: .*future"),
        ("9991234560,Bell,1.00,2026-02-01,", "Row 3: give what the other system calls it"),
        ("9991234560,Bell,1.00,2026-02-01,INV-77", "Row 3: this reference"),
    ],
)
def test_a_row_that_cannot_be_taken_over_is_told_with_its_reason_and_nothing_is(ada, finn, row, said):
    with pytest.raises(Refusal, match=said) as refused:
        actions.take_over(upload=file(FIRST, row), source=SOURCE, by=finn, on=ON)
    assert refused.value.field == "upload" and "Nothing was taken over" in str(refused.value)
    assert not Opening.objects.exists() and not Transfer.objects.filter(reason="opening").exists()


def test_a_file_that_is_none_is_refused(ada, finn):
    for content, said in (
        (file(FIRST, header="Name,Sum"), "has no column NHS number"),
        (file(), "no rows below"),
        (ContentFile(b"\xff\xfe\x00"), "text"),
    ):
        with pytest.raises(Refusal, match=said):
            actions.take_over(upload=content, source=SOURCE, by=finn, on=ON)
    with pytest.raises(Refusal, match="Say where these were billed"):
        actions.take_over(upload=file(FIRST), source="x", by=finn, on=ON)


def test_finance_takes_it_over_on_its_page(ada, finn, bea, client, monkeypatch):
    monkeypatch.setattr("leeway.acting.timezone.localdate", lambda *_: ON)
    page = reverse("bills:take_over")
    client.force_login(bea)
    assert client.get(page).status_code == 403
    client.force_login(finn)
    assert page in client.get(reverse("bills:home")).content.decode()
    assert "Owed since" in client.get(page).content.decode()

    def send(*rows):
        upload = SimpleUploadedFile("owed.csv", file(*rows).read())
        return client.post(page, {"upload": upload, "source": SOURCE}, follow=True).content.decode()

    assert "Row 2: the family name" in send("9991234560,Ball,1.00,2026-02-01,A")
    assert "£120.50 is taken over, of 1 row." in send(FIRST)
    assert "what was owed before is not looked at yet" in client.get(reverse("bills:home")).content.decode()


def test_what_is_bent_of_it_is_found(ada, finn, guards_aside):
    actions.take_over(upload=file(FIRST), source=SOURCE, by=finn, on=ON)
    guards_aside("UPDATE bills_opening SET amount_pence = amount_pence + 1")
    assert any("owed since before is 12051 pence" in finding for finding in proving.findings())
    guards_aside("DELETE FROM bills_opening")
    assert any("nothing says so" in finding for finding in proving.findings())


@pytest.mark.parametrize("reference", ["inv-77", "INV -77", "Inv-77 "])
def test_a_bill_of_before_is_taken_over_once_however_its_reference_is_written(ada, finn, reference):
    row = f"999 123 4560,Bell,120.50,2026-02-01,{reference}"
    with pytest.raises(Refusal, match="in the file twice"):
        actions.take_over(upload=file(FIRST, row), source=SOURCE, by=finn, on=ON)
    actions.take_over(upload=file(FIRST), source=SOURCE, by=finn, on=ON)
    with pytest.raises(Refusal, match="taken over already"):
        actions.take_over(upload=file(row), source=SOURCE, by=finn, on=ON)
    facts = {field.name: getattr(Opening.objects.get(), field.name) for field in Opening._meta.fields}
    del facts["id"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(**facts | {"reference": reference})


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (f"{HEADER},Amount", f"{FIRST},1.00", "twice"),
        (HEADER, FIRST.replace("120.50", "1,120.50"), "6 cells"),
        (HEADER, FIRST.rpartition(",")[0], "4 cells"),
    ],
)
def test_a_row_that_does_not_fit_its_columns_is_not_read_as_another(ada, finn, header, row, said):
    """An amount with a comma and no quotes would be read as £1, owed since 120.50."""
    with pytest.raises(Refusal, match=said):
        actions.take_over(upload=file(row, header=header), source=SOURCE, by=finn, on=ON)
    assert not Opening.objects.exists()
