"""A quarter as it is reported: kept, adding back, without a name, and with small numbers hidden."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.law.numbers import decimal_pounds
from leeway.money.disputes.actions import open_dispute
from leeway.money.pools import actions
from leeway.money.pools.relations import RELATIONS
from leeway.money.pools.reporting import (
    CSV_HEADER,
    FEW,
    _of_enough,
    digest_of,
    figures_of,
    reference,
    report_pdf,
    rows_for_csv,
)
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
    seen = digest_of(now(pool))
    return actions.report_quarter(pool=pool, period=QUARTER, seen=seen, by=finn, on=ON)


def now(pool, only=None):
    """What a report would say now; or what it would say if one team alone were in the pool."""
    found = untangle(pool, [QUARTER])[0]
    return figures_of(pool, replace(found, leaves=[leaf for leaf in found.leaves if only in (None, leaf.case.team)]))


def test_nobody_is_named_and_nobody_is_what_the_others_leave_over(report, bea):
    text = json.dumps(report.figures)
    assert not any(name in text for name in ("Ann", "Bob", "Flo", "Bell", bea.name))
    (group,) = report.figures["groups"]
    (both,) = group["teams"]
    assert (both["name"], both["people"], both["pence"]) == ("North team, Recovery team", 6, group["pence"])
    assert [row["person"] for row in both["rows"]] == ["All of them"]
    (asked,) = report.figures["questions"]  # which NHS body pays, of everybody together
    assert asked["of_a_person"] and asked["pence"] > both["pence"] // 4


def test_a_team_of_five_is_told_by_references_and_one_of_four_is_not(report, pool, team, crew):
    ((north,),) = [group["teams"] for group in now(pool, only=team.pk)["groups"]]
    assert (north["people"], len({row["person"] for row in north["rows"]})) == (5, 5)
    assert all(row["person"].startswith("P-") for row in north["rows"])
    ((few,),) = [group["teams"] for group in now(pool, only=crew.pk)["groups"]]
    assert (few["people"], [row["person"] for row in few["rows"]]) == (FEW, ["All of them"])


@pytest.mark.parametrize(
    ("teams", "told"),
    [
        ((20, 6, 1), [20, -7]),
        ((20, 3, 2), [20, -5]),
        ((20, 4, 4, 4), [20, -12]),
        ((5, 5), [5, 5]),
        ((4,), [-4]),
    ],
)
def test_few_are_put_together_until_they_are_five_in_two_teams_or_more(teams, told):
    leaves = [
        SimpleNamespace(case=SimpleNamespace(person=f"{team} {person}", team=f"{team}"))
        for team, people in enumerate(teams)
        for person in range(people)
    ]
    found = [(len(of), together) for _, of, together in _of_enough(leaves, lambda leaf: leaf.case.team)]
    assert sum(people for people, _ in found) == sum(teams)
    assert sorted(-people if together else people for people, together in found) == sorted(told)


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
        actions.report_quarter(pool=pool, period=QUARTER, seen="1", by=finn, on=ON)
    with pytest.raises(Refusal, match="Report it afterwards"):
        actions.report_quarter(pool=pool, period=QUARTER, seen="1", by=finn, on=date(2026, 9, 30))


def test_a_dispute_that_moves_pence_between_payers_is_told_as_a_change(
    pool, put, someone, team, council, icb, finn, settle, client
):
    ann = someone("Ann", team, percent=0)
    put()
    seen, report = digest_of(now(pool)), made(pool, finn)
    client.force_login(finn)
    page = reverse("pools:quarter", args=[pool.pk, 2026, 3])
    assert "Changed since" not in client.get(page).content.decode()
    claimed = open_dispute(
        case=ann, line=None, about="section_117", claimed_by=council, claimed_of=icb, claimed_share=10000,
        claimed_from=QUARTER.starts_on, began_on=ON, paid_by=council, reason="After-care under section 117 is joint.",
        by=finn, on=ON,
    )  # fmt: skip
    settle(claimed, 10000, starts_on=QUARTER.starts_on, on=ON)
    assert now(pool)["total_pence"] == report.figures["total_pence"]
    assert "Changed since" in client.get(page).content.decode()
    with pytest.raises(Refusal, match="has changed since you looked"):
        actions.report_quarter(pool=pool, period=QUARTER, seen=seen, by=finn, on=ON)
