"""A quarter as it is reported: kept, adding back, without a name, and with small numbers hidden."""

import json
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from leeway.law.numbers import decimal_pounds
from leeway.money.pools import actions
from leeway.money.pools.relations import RELATIONS
from leeway.money.pools.reporting import CSV_HEADER, FEW, reference, report_pdf, rows_for_csv
from leeway.money.pools.untangling import untangle
from leeway.refusal import Refusal

from .conftest import ON, QUARTER


@pytest.fixture
def report(pool, put, someone, team, crew, overhead, finn):
    """Five people in one team, one in another."""
    for name in ("Ann", "Bob", "Cyd", "Dot", "Eli"):
        someone(name, team)
    someone("Flo", crew)
    put()
    overhead("caseload")
    return made(pool, finn)


def made(pool, finn):
    total = untangle(pool, [QUARTER])[0].total_pence
    return actions.report_quarter(pool=pool, period=QUARTER, seen_total_pence=total, by=finn, on=ON)


def test_nobody_is_named_and_small_numbers_are_hidden(report):
    text = json.dumps(report.figures)
    assert not any(name in text for name in ("Ann", "Bob", "Flo", "Bell"))
    teams = {team["name"]: team for group in report.figures["groups"] for team in group["teams"]}
    assert teams["North team"]["people"] == 5
    assert len({row["person"] for row in teams["North team"]["rows"]}) == 5
    assert teams["Recovery team"]["people"] == FEW
    assert {row["person"] for row in teams["Recovery team"]["rows"]} == {"All of them"}
    assert all(row["person"].startswith("P-") for row in teams["North team"]["rows"])


def test_a_reference_is_the_same_in_every_quarter_of_a_pool(report, pool):
    case = next(leaf.case.case for leaf in untangle(pool, [QUARTER])[0].leaves)
    assert reference(pool, case) == reference(pool, case) != reference(type(pool)(), case)


def test_every_amount_of_the_table_adds_up_to_the_total(report):
    rows = [dict(zip(CSV_HEADER, row, strict=True)) for row in rows_for_csv(report)]
    pence = sum(int(row["Pounds"].replace(".", "")) for row in rows)
    assert decimal_pounds(pence) == decimal_pounds(report.figures["total_pence"])
    assert all(row["Payer"] and row["Reason"] for row in rows if row["Person"])


def test_it_prints_as_a_tagged_document_and_always_the_same(report):
    first = report_pdf(report)
    assert first == report_pdf(report)
    assert (first.startswith(b"%PDF") and b"/MarkInfo" in first) or b"/StructTreeRoot" in first


def test_it_is_kept_as_it_was_and_proved(report, guards_aside):
    with pytest.raises(DatabaseError), transaction.atomic():
        type(report).objects.filter(pk=report.pk).update(number=9)
    assert [finding for relation in RELATIONS for finding in relation.findings()] == []
    guards_aside("UPDATE pools_report SET figures = jsonb_set(figures, '{total_pence}', '1')")
    assert any("and its total is 1" in finding for relation in RELATIONS for finding in relation.findings())


def test_what_has_changed_since_it_was_seen_is_not_reported(pool, put, someone, team, finn):
    someone("Ann", team)
    put()
    with pytest.raises(Refusal, match="has changed since you looked"):
        actions.report_quarter(pool=pool, period=QUARTER, seen_total_pence=1, by=finn, on=ON)
    with pytest.raises(Refusal, match="Report it afterwards"):
        actions.report_quarter(pool=pool, period=QUARTER, seen_total_pence=1, by=finn, on=date(2026, 9, 30))
