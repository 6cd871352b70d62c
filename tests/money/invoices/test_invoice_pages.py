"""Finance takes an invoice through its pages: entered, compared, agreed, argued, withdrawn; and visits by hand."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import Look, User
from leeway.access.roles import Role
from leeway.money.invoices.actions import compare_invoice
from leeway.money.invoices.kinds import Finding
from leeway.money.invoices.models import Dispute, Invoice, InvoiceLine, Owed, Visit
from tests.money.invoices.agreed import agreed
from tests.pages import version_on

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)
QUERIES_MOST = 25


def day(name, on):
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


@pytest.fixture
def as_finn(client, finn, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: ON)
    client.force_login(finn)
    return client


@pytest.fixture
def budget(case, managed):
    return managed(case)


def page(client, name, /, *args, **asked):
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(reverse(f"invoices:{name}", args=args), asked)
    assert len(counted) <= QUERIES_MOST, [each["sql"][:90] for each in counted]
    return answer.content.decode()


def press(client, name, /, *args, **answers):
    if name == "visit":
        answers["version"] = version_on(client.get(reverse("invoices:visit", args=args)))
    answer = client.post(reverse(f"invoices:{name}", args=args), answers, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(provider, *lines, total="22.00", **more):
    """An invoice as it is typed: the day of a line, its visit, whose, minutes, amount."""
    days = {
        **day("issued_on", date(2026, 5, 20)), **day("received_on", date(2026, 5, 21)),
        **day("starts_on", date(2026, 5, 1)), **day("ends_on", date(2026, 5, 17)),
    }  # fmt: skip
    boxes = {
        f"{name}_{place}": value
        for place, line in enumerate(lines, start=1)
        for name, value in zip(("day", "visit", "whose", "minutes", "pence"), line, strict=True)
    }
    head = {"provider": provider.pk, "number": "INV-7", "total_pence": total, "rows": "5"}
    return days | boxes | head | more


def entered(client, provider, *, minutes="30", happened="delivered", name="Ada Bell", reference="V1"):
    said = {"planned_minutes": "30", "minutes": minutes, "happened": happened, "name": name, "reference": reference}
    shown = {"shown_by": "Time sheet of the week, signed by her daughter", "provider": provider.pk}
    return press(client, "enter_visit", **day("day", date(2026, 5, 4)), **said, **shown)


def test_an_invoice_is_entered_compared_agreed_in_part_and_the_rest_argued_to_its_end(as_finn, provider, budget):
    assert "Enter the amount" not in press(as_finn, "enter", **typed(provider), more="yes")  # nothing is sent yet
    wrong = press(as_finn, "enter", **typed(provider, ("4/5/2026", "", "", "30", "12.00")))
    assert "Say which visit line 1 bills, or whose." in wrong and "The lines come to" not in wrong
    lines = ("4/5/2026", "V1", "", "30", "12.00"), ("5 May 2026", "", "Ada Bell", "30", "10.00")
    assert "The lines come to £22.00, and the invoice says £23.00" in press(
        as_finn, "enter", **typed(provider, *lines, total="23")
    )
    assert "Not compared yet" in press(as_finn, "enter", **typed(provider, *lines))
    invoice = Invoice.objects.get()
    seen = entered(as_finn, provider)
    assert "is on record" in seen
    visit, line = Visit.objects.get(), budget.plan.lines.get()
    why = {"reason": "The time sheet and the plan agree"}
    settled = press(as_finn, "visit", visit.pk, line=line.pk, **why)
    assert "£10.00 for 30 minutes" in settled  # half an hour at £20.00, without anybody typing an amount
    seen = press(as_finn, "compare", invoice.pk)
    assert (
        "£2.00 more than is due" in seen and "No visit is on record for it" in seen and "Those that differ (2)" in seen
    )
    asked = page(as_finn, "agree", invoice.pk)
    assert "Agree £10.00" in asked and "£12.00</strong>, is argued" in asked
    assert "is due of this invoice by now" in press(as_finn, "agree", invoice.pk, seen_pence="1200")
    seen = press(as_finn, "agree", invoice.pk, seen_pence="1000")
    assert "What is due is agreed, and the rest is argued." in seen and Owed.objects.get().pence == 10_00
    over, missing = Dispute.objects.order_by("pence")
    assert "Enter the part of it that is due" in press(
        as_finn, "answer", over.pk, answered="part", answer="They showed us half"
    )
    press(as_finn, "answer", over.pk, answered="part", allowed_pence="1.50", answer="They showed us most of it")
    seen = press(as_finn, "answer", missing.pk, answered="provider_accepts", answer="Nobody came on that day")
    assert "£1.50 of £2.00" in seen and "Nobody came on that day" in seen
    invoice.refresh_from_db()
    assert invoice.state == "agreed" and sum(Owed.objects.values_list("pence", flat=True)) == 11_50
    assert "cannot" in press(as_finn, "withdraw", invoice.pk, reason="They sent it twice to us")
    assert Look.objects.filter(page="Invoice of a provider", named__contains=[budget.case.person_id]).exists()


def test_an_invoice_that_nobody_stands_by_is_withdrawn_with_the_reason(as_finn, provider, budget):
    press(as_finn, "enter", **typed(provider, ("4/5/2026", "V1", "", "", "22.00")))
    invoice = Invoice.objects.get()
    assert "Say why it does not stand" in press(as_finn, "withdraw", invoice.pk, reason="x")
    assert "They sent it twice" in press(as_finn, "withdraw", invoice.pk, reason="They sent it twice to us")
    assert "INV-7" in page(as_finn, "home", which="withdrawn") and "INV-7" not in page(as_finn, "home")


def test_a_visit_is_settled_for_the_person_who_is_looked_for_and_never_where_it_is_agreed(
    as_finn, provider, budget, another_case, managed
):
    other = another_case("Bert")
    managed(other)
    entered(as_finn, provider, name="A. Somebody")
    visit = Visit.objects.get()
    assert "A. Somebody" in page(as_finn, "visits")
    address = reverse("invoices:visit", args=[visit.pk])
    found = as_finn.post(address, {"words": "bert", "find": "yes"}, follow=True).content.decode()
    assert "Bert Example: " in found and "Ada Bell: " not in found
    assert Look.objects.filter(page="Whose visit it was", named__contains=[other.person_id]).exists()
    settled = press(as_finn, "visit", visit.pk, line="nothing", reason="Nobody knows who that is")
    assert "Nothing is due for it" in settled and "A. Somebody" not in page(as_finn, "visits")
    agreed(provider, budget, budget.started_by)
    done = Visit.objects.get(reference="V-INV-1")
    seen = page(as_finn, "visit", done.pk)
    assert "stays as it is" in seen and ">Invoice INV-1, line 1</a>" in seen and "&lt;" not in seen
    late = {"line": "nothing", "reason": "Nobody knows who that is", "version": "1"}
    as_finn.post(reverse("invoices:visit", args=[done.pk]), late)
    assert InvoiceLine.objects.get(visit=done).due_pence == 10_00


@pytest.mark.parametrize(
    ("minutes", "happened", "due"),
    [("26", "cut_short", "£10.00 for 30"), ("16", "cut_short", "£5.34 for 16"), ("", "missed", "£0.00"),
     ("", "cancelled_late", "£10.00 for 30"), ("", "cancelled_in_time", "£0.00")],
)  # fmt: skip
def test_what_is_due_follows_what_was_done_and_the_tolerances(as_finn, provider, budget, minutes, happened, due):
    entered(as_finn, provider, minutes=minutes, happened=happened)
    line = budget.plan.lines.get()
    settled = press(as_finn, "visit", Visit.objects.get().pk, line=line.pk, reason="The time sheet and the plan agree")
    assert due in settled


def test_a_finance_manager_reads_and_settles_nothing(client, provider, budget, finn):
    fiona = User.objects.create_user("fiona@council.example", name="Fiona Low", roles=[Role.FINANCE_MANAGER])
    invoice = agreed(provider, budget, finn, claimed_pence=12_00)
    compare = reverse("invoices:compare", args=[invoice.pk])
    client.force_login(fiona)
    seen = page(client, "show", invoice.pk)
    assert "How it ended" not in seen and "argued" in seen and "£2.00 more than is due" in seen
    assert client.post(compare).status_code == 403
    assert client.get(reverse("invoices:enter")).status_code == 403


def test_long_invoices_stand_on_pages_of_their_own(as_finn, provider, budget, finn):
    lines = [("4/5/2026", f"V{place}", "", "30", "1.00") for place in range(1, 61)]
    press(as_finn, "enter", **typed(provider, *lines, total="60") | {"rows": "65"})
    invoice = Invoice.objects.get()
    assert invoice.lines.count() == 60
    compare_invoice(invoice=invoice, by=finn, on=ON)
    assert invoice.lines.filter(finding=Finding.NOT_FOUND).count() == 60
    first, second = page(as_finn, "show", invoice.pk), page(as_finn, "show", invoice.pk, page="2")
    assert "Visit V50" in first and "Visit V51" not in first and "Visit V60" in second
