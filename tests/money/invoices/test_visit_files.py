"""A provider's file of visits: what is read of any columns, kept once, matched to what was agreed, never dropped."""

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from leeway.market.contracts.models import Rate, RateKind
from leeway.market.units import Unit
from leeway.money.banking.readers.tables import rows_of
from leeway.money.budgets.models import NotCharged
from leeway.money.contributions.actions import let_fall_due
from leeway.money.invoices import tables
from leeway.money.invoices.actions import (
    NewLine,
    NewVisit,
    agree_invoice,
    compare_invoice,
    keep_visits,
    match_visits,
    receive_invoice,
    settle_visit,
    take_back_file,
)
from leeway.money.invoices.kinds import Because, Happened, Result
from leeway.money.invoices.models import Allocation, Invoice, ProviderColumns, Visit, VisitFile
from leeway.money.proving import findings
from leeway.refusal import Refusal

pytestmark = pytest.mark.django_db
ON, DAY = date(2026, 6, 1), date(2026, 5, 4)
HEAD = "Visit ID,Client,Visit date,Status,Actual start,Actual end,Planned minutes"
ROWS = (
    "V1,Ada Bell,04/05/2026,Completed,08:00:10,08:26:50,30",
    'V2,"Bell, Mrs Ada",05/05/2026,Completed,08:00,08:16,30',
    "V3,Ada Bell,06/05/2026,Missed,,,30",
    "V4,Somebody Else,13/05/2026,Completed,08:00,08:30,30",
)


@pytest.fixture
def budget(case, managed):
    return managed(case)


@pytest.fixture
def as_finn(client, finn, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: ON)
    client.force_login(finn)
    return client


def given(client, provider, content, name="visits.csv", page="visit_file"):
    """The page that shows what is read of a file, and what its form would send as it stands."""
    upload = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    answer = client.post(reverse(f"invoices:{page}"), {"provider": provider.pk, "to_pick_from": upload})
    shown = answer.content.decode()
    chosen = re.findall(r'<select[^>]* name="(\w+)".*?</select>', shown, re.S)
    selects = re.findall(r"<select.*?</select>", shown, re.S)
    values = [(re.findall(r'value="([^"]*)" selected', each) or [""])[0] for each in selects]
    return shown, {
        "given": re.search(r'name="given" value="([^"]+)"', shown)[1],
        **dict(zip(chosen, values, strict=True)),
    }


def keep(client, carried, page="visit_file", **more):
    return client.post(reverse(f"invoices:{page}"), {**carried, "keep": "yes", **more}, follow=True).content.decode()


def text(*rows):
    return "\n".join((HEAD, *rows))


def kept(provider, by, *new, sha="1"):
    rows = list(enumerate(new, start=2))
    told = {"refused": (), "headings": {}, "days": "day first", "by": by, "on": ON}
    return keep_visits(provider=provider, name="visits.csv", sha256=sha, rows=rows, **told)


def visit(minutes=30, *, day=DAY, planned=30, happened=Happened.DELIVERED, name="Ada Bell", **more):
    return NewVisit(day=day, happened=happened, name=name, minutes=minutes, planned_minutes=planned, **more)


def test_a_file_is_looked_at_kept_once_and_its_columns_are_known_the_next_time(as_finn, provider, budget):
    shown, carried = given(as_finn, provider, text(*ROWS, "V5,Ada Bell,07/05/2026,Gone fishing,,,30"))
    assert "4 rows are read" in shown and "Row 6: What became of it is “Gone fishing”" in shown
    assert "26 minutes" in shown and not Visit.objects.exists()  # ten seconds more are no minute
    shown = keep(as_finn, carried)
    assert "4 visits are kept. Of these, 1 fits no agreed line yet. 1 row was left out." in shown
    assert "Somebody Else" in shown and "Row 6: What became of it" in shown
    due = dict(Visit.objects.values_list("reference", "allocation__due_pence"))
    assert due == {"V1": 10_00, "V2": 5_34, "V3": 0, "V4": 0}  # 26 of 30 in full; 16 minutes as 16; missed as nothing
    again = keep(as_finn, carried)
    assert "This file is here already: " in again and Visit.objects.count() == 4 and VisitFile.objects.count() == 1
    _shown, later = given(as_finn, provider, text(*ROWS, "V6,Ada Bell,08/05/2026,Completed,08:00,08:30,30"))
    assert "1 visit is kept." in keep(as_finn, later) and "It is on record already." in str(
        VisitFile.objects.first().left_out
    )
    assert ProviderColumns.objects.get().headings["name"] == "Client" and not list(findings())


def test_a_file_without_rows_says_so_and_columns_that_are_not_read_are_named(as_finn, provider, budget):
    shown, _carried = given(as_finn, provider, text())
    assert "No row with anything in these columns" in shown and "Keep them" not in shown
    told = "Client,Visit date,Status,Mins there,Bonus\nAda Bell,04/05/2026,Completed,30,1\n"
    shown, _carried = given(as_finn, provider, told)
    assert "Nothing is read of these columns: “Mins there”, “Bonus”." in shown


def test_a_workbook_says_the_same_and_columns_can_be_said_otherwise(as_finn, provider, budget):
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([HEAD.replace("Client", "Who"), *(row for row in ROWS if '"' not in row)]):
            sheet.write_row(place, 0, row.split(","))
    shown, carried = given(as_finn, provider, content.getvalue(), "visits.xlsx")
    assert "Say whose visit it is" in shown
    shown = as_finn.post(reverse("invoices:visit_file"), {**carried, "column_name": "Who", "look": "yes"})
    assert "3 rows are read" in shown.content.decode()
    assert "3 visits are kept" in keep(as_finn, carried | {"column_name": "Who"})
    assert Visit.objects.get(reference="V1").minutes == 26


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("V1,Ada Bell,31/02/2026,Completed,08:00,08:30,30", "31/02/2026 is not a day of the calendar"),
        ("V1,Ada Bell,04/05/2027,Completed,08:00,08:30,30", "is in the future"),
        ("V1,,04/05/2026,Completed,08:00,08:30,30", "Say whose visit it is"),
        ("V1,Ada Bell,04/05/2026,Missed,08:00,08:30,30", "has no minutes"),
        ("V1,Ada Bell,04/05/2026,,,,30", "Nobody says what became of it"),
        ("V1,Ada Bell,04/05/2026,Completed,8am,08:30,30", "is not a time"),
        ("V1,Ada Bell,04/05/2026,Completed,08:00,08:30,half an hour", "is no length"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_by_its_number(row, why):
    rows = [line.split(",") for line in (HEAD, row)]
    read = tables.read_visits(rows, tables.usual(tables.OF_VISITS, rows[0]), on=ON)
    [(number, said)] = read.refused
    assert number == 2 and why in said and not read.rows


@pytest.mark.parametrize(
    ("new", "because", "minutes", "due"),
    [
        (visit(), Because.FITS, 30, 10_00),
        (visit(45), Because.FITS, 30, 10_00),  # never longer than was planned
        (visit(25), Because.FITS, 30, 10_00),  # within the tolerance
        (visit(24), Because.FITS, 24, 8_00),  # a minute beyond it: as long as somebody was there
        (visit(None), Because.NO_LENGTH, 0, 0),  # the plan never stands for the visit
        (visit(None, happened=Happened.MISSED), Because.NOT_GIVEN, 0, 0),
        (visit(None, happened=Happened.CANCELLED_IN_TIME), Because.NOT_GIVEN, 0, 0),
        (visit(None, happened=Happened.CANCELLED_LATE), Because.FITS, 30, 10_00),
        (visit(30, happened=Happened.UNPLANNED), Because.UNPLANNED, 0, 0),
        (visit(name="Nobody Known"), Because.NOBODY, 0, 0),
        (visit(name="BELL, Mrs. ADA"), Because.FITS, 30, 10_00),
        (visit(date_of_birth=date(1901, 1, 1)), Because.NOBODY, 0, 0),
        (visit(day=date(2026, 4, 21)), Because.NO_LINE, 0, 0),  # the day before the money
        (visit(nhs_number="9434765919"), Because.NOBODY, 0, 0),  # another's number: the name does not outdo it
    ],
)
def test_a_visit_is_matched_by_what_was_done_or_waits_with_the_reason(
    provider, budget, finn, new, because, minutes, due
):
    kept(provider, finn, new)
    found = Allocation.objects.get()
    assert (found.because, found.minutes_paid, found.due_pence) == (because, minutes, due)
    assert (found.result == Result.UNALLOCATED) == (because not in (Because.FITS, Because.NOT_GIVEN))
    assert found.why and not list(findings())


def test_beyond_what_was_agreed_for_a_week_somebody_decides(provider, budget, finn):
    week = [visit(60, planned=60, day=date(2026, 5, 4 + place)) for place in range(7)]
    kept(
        provider,
        finn,
        *week,
        visit(15, planned=15, day=date(2026, 5, 10)),
        visit(15, planned=15, day=date(2026, 5, 11)),
    )
    assert Allocation.objects.filter(result=Result.MATCHED).count() == 9  # seven hours and the tolerance of 15 minutes
    kept(provider, finn, visit(1, planned=1, day=date(2026, 5, 9)), sha="2")
    late = Allocation.objects.get(visit__file__sha256="2")
    assert late.because == Because.MORE_THAN_AGREED and "420 minutes" in late.why


def test_a_new_price_counts_from_its_day(provider, service, budget, finn):
    Rate.objects.update(ends_on=date(2026, 5, 4))
    Rate.objects.create(
        service=service, kind=RateKind.SPOT, unit=Unit.HOUR, pence=21_00, starts_on=date(2026, 5, 5), recorded_on=ON
    )
    kept(provider, finn, visit(), visit(day=date(2026, 5, 5)))
    assert list(Allocation.objects.order_by("visit__day").values_list("due_pence", flat=True)) == [10_00, 10_50]


def test_a_number_of_the_providers_is_known_once_somebody_said_whose_it_is(provider, budget, finn):
    kept(
        provider,
        finn,
        visit(name="", person_reference="K-17"),
        visit(name="", person_reference="K-17", day=date(2026, 5, 5)),
    )
    first, second = Visit.objects.order_by("day")
    assert second.allocation.because == Because.NOBODY
    settle_visit(visit=first, line=budget.plan.lines.get(), reason="K-17 is Ada, says their office", by=finn, on=ON)
    assert match_visits(provider=provider, by=finn, on=ON) == {Result.MATCHED: 1}
    second.allocation.refresh_from_db()
    assert second.allocation.due_pence == 10_00 and "K-17 is Ada" in Allocation.objects.get(visit=first).why


def test_two_people_of_one_name_and_two_lines_wait_for_somebody(provider, budget, finn, another_case, managed):
    other = another_case("Ada")
    type(other.person).objects.filter(pk=other.person_id).update(family_name="Bell")
    managed(other)
    kept(provider, finn, visit(), visit(day=date(2026, 5, 5), date_of_birth=other.person.date_of_birth))
    first, second = Allocation.objects.order_by("visit__day")
    assert first.because == Because.SEVERAL_PEOPLE and second.case == other


def test_what_is_told_again_without_a_number_is_the_same_visit_and_two_carers_are_two(provider, budget, finn):
    kept(provider, finn, visit(), visit())
    with pytest.raises(Refusal, match="Nothing was kept"):
        kept(provider, finn, visit(), visit(), sha="2")
    assert kept(provider, finn, visit(), visit(), visit(), sha="3").new == 1


def test_an_invoice_comes_whole_from_a_file(as_finn, provider, budget):
    rows = "Visit ID,Client,Date,Minutes,Amount\nV1,Ada Bell,04/05/2026,30,£10.00\nV2,Ada Bell,14/05/2026,30,12.00\n"
    shown, carried = given(as_finn, provider, rows + ",,15/05/2026,30,1.00\n", page="invoice_file")
    assert "Row 4: It says neither which visit it bills nor whose" in shown and "Take the invoice in</" not in shown
    shown, carried = given(as_finn, provider, rows, page="invoice_file")
    assert "2 rows are read, £22.00 in all" in shown
    days = {"issued_on": date(2026, 5, 20), "received_on": date(2026, 5, 21), "starts_on": date(2026, 5, 1)}
    head = {
        f"{name}_{part}": getattr(day, part)
        for name, day in (days | {"ends_on": date(2026, 5, 17)}).items()
        for part in ("day", "month", "year")
    }
    assert "Enter the number of the invoice" in keep(as_finn, carried, "invoice_file", **head, total_pence="22")
    assert "The lines come to £22.00" in keep(as_finn, carried, "invoice_file", **head, number="7", total_pence="23")
    assert "The invoice is here" in keep(as_finn, carried, "invoice_file", **head, number="7", total_pence="22")
    assert [line.claimed_pence for line in Invoice.objects.get().lines.all()] == [10_00, 12_00]


def test_a_spreadsheet_that_keeps_days_and_times_in_one_cell_is_read_with_both():
    written = BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet, shown = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(0, 0, ("Client", "Visit date", "Actual start", "Actual end"))
        sheet.write_row(1, 0, ("Ada Bell",))
        for column, said in enumerate(
            (datetime(2026, 5, 4), datetime(2026, 5, 4, 23, 50), datetime(2026, 5, 5, 0, 20))
        ):
            sheet.write_datetime(1, column + 1, said, shown)
    rows = rows_of(written.getvalue())
    read = tables.read_visits(rows, tables.usual(tables.OF_VISITS, rows[0]), on=ON)
    assert read.refused == []
    [(_row, visit)] = read.rows
    assert (visit.day, visit.starts_at, visit.minutes) == (DAY, time(23, 50), 30)


def take_back(client, file, reason="Minutes were read from the column of the planned ones"):
    page = reverse("invoices:take_back_file", args=[file.pk])
    return client.post(page, {"reason": reason}, follow=True).content.decode()


def test_a_file_that_was_read_wrongly_is_taken_back_whole_and_taken_in_again(as_finn, provider, budget, finn):
    file = kept(provider, finn, visit(reference="V1"), visit(16, reference="V2", day=date(2026, 5, 5))).file
    lines = [
        NewLine(day=each.day, claimed_pence=10_00, visit_reference=each.reference, name="Ada Bell")
        for each in Visit.objects.all()
    ]
    invoice = receive_invoice(
        provider=provider, number="7", issued_on=ON, received_on=ON, starts_on=DAY, ends_on=date(2026, 5, 10),
        total_pence=20_00, lines=lines, by=finn, on=ON,
    )  # fmt: skip
    compare_invoice(invoice=invoice, by=finn, on=ON)
    page = as_finn.get(reverse("invoices:take_back_file", args=[file.pk])).content.decode()
    assert "with 2 visits" in page and "Say what was wrong." in take_back(as_finn, file, reason="")
    shown = take_back(as_finn, file)
    assert "It is taken back with its visits." in shown and "Taken back" in shown and "planned ones" in shown
    assert set(invoice.lines.values_list("finding", "due_pence")) == {("not_found", 0)}
    assert "taken back already" in take_back(as_finn, file) and not list(findings())
    one = Visit.objects.first()
    assert "Its file was taken back" in as_finn.get(reverse("invoices:visit", args=[one.pk])).content.decode()
    with pytest.raises(Refusal, match="taken back with its file"):
        settle_visit(visit=one, line=budget.plan.lines.get(), reason="It was delivered in full", by=finn, on=ON)
    again = kept(provider, finn, visit(20, reference="V1"), visit(16, reference="V2", day=date(2026, 5, 5)))
    assert (again.new, again.left_out) == (2, 0)
    assert match_visits(provider=provider, by=finn, on=ON)["matched"] == 2
    invoice = compare_invoice(invoice=invoice, by=finn, on=ON)
    agree_invoice(invoice=invoice, seen_pence=6_67 + 5_34, by=finn, on=ON)
    assert "is agreed, so the file stays" in take_back(as_finn, again.file) and not list(findings())


def test_what_people_pay_is_as_if_a_file_that_is_taken_back_had_not_come(case, managed, provider, finn):
    managed(case, charge_pence=80_00)
    let_fall_due(on=ON)
    days = [date(2026, 5, 4) + timedelta(days=place) for place in range(7)]
    missed = [visit(None, day=day, planned=60, happened=Happened.MISSED) for day in days]
    file = kept(provider, finn, *missed).file
    assert NotCharged.objects.get().pence == 80_00
    take_back_file(file=file, reason="These are another month’s", by=finn, on=ON)
    assert sum(NotCharged.objects.values_list("pence", flat=True)) == 0 and not list(findings())
    assert "not on record after all" in NotCharged.objects.get(pence__lt=0).words
    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.update(taken_back_on=None)
