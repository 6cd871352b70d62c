"""A pool taken apart to the person and the day: every level adds back, and nothing is unexplained."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as some

from leeway.care.planning.models import PlanLine
from leeway.money.disputes.actions import open_dispute
from leeway.money.funders.actions import add_funder
from leeway.money.funders.queries import attributed
from leeway.money.pools import actions, untangling
from leeway.money.pools.models import Overhead, Pool
from leeway.money.pools.position import contributions, releases, shadows, standing
from leeway.money.pools.queries import Asked, picture, walk
from leeway.money.pools.relations import RELATIONS
from leeway.money.pools.untangling import LINE, OVERHEAD, RECHARGE, untangle
from leeway.period import Period
from leeway.refusal import NotAllowed, Refusal

from .conftest import GROUP, ON, QUARTER, SET_UP, YEAR, contribute


def problems():
    return [finding for relation in RELATIONS for finding in relation.findings()]


def apart(pool, period=QUARTER):
    found = untangle(pool, [period])[0]
    assert found.unexplained_pence == 0
    assert sum(leaf.pence for leaf in found.leaves) + found.in_question_pence == found.total_pence
    return found


def cost(*cases, period=QUARTER):
    rows = attributed(period.starts_on, period.ends_on, cases=[case.pk for case in cases])
    return sum(row.pence for row in rows)


def of(found, kind):
    return [leaf for leaf in found.leaves if leaf.kind == kind]


def set_up_like(pool, partners, finn, **terms):
    """Another pool with the terms of the first, but for those that are said."""
    same = ("agreement", "functions", "client_groups", "host", "manager", "starts_on", "ends_on", "notice_months",
        "risk_rule")  # fmt: skip
    of = {name: getattr(pool, name) for name in same}
    return actions.set_up_pool(partners=partners, terms=of | terms, by=finn, on=SET_UP)


def test_what_is_in_the_pool_is_the_group_and_nobody_else(pool, put, someone, team, crew):
    ann, bob = someone("Ann", team), someone("Bob", crew)
    someone("Cid", team, reason="Learning Disability Support")
    put()
    found = apart(pool)
    assert {leaf.case.case for leaf in found.leaves} == {ann.pk, bob.pk}
    assert found.total_pence == cost(ann, bob) > 0
    assert problems() == []


def test_a_team_and_days_narrow_it(pool, put, someone, team, crew):
    ann = someone("Ann", team)
    someone("Bob", crew)
    put(team, starts_on=date(2026, 8, 10), ends_on=date(2026, 9, 6))
    inside = Period(date(2026, 8, 10), date(2026, 9, 6))
    assert apart(pool).total_pence == cost(ann, period=inside)
    assert problems() == []


def test_a_line_that_is_named_is_in_the_pool_that_names_it(pool, put, someone, team, council, icb, finn):
    ann, bob = someone("Ann", team), someone("Bob", team)
    other = set_up_like(pool, [council, icb], finn, name="Other")
    put()
    put(of=other, line=PlanLine.objects.get(plan__case=bob), starts_on=date(2026, 8, 1))
    july = Period(date(2026, 7, 1), date(2026, 7, 31))
    assert apart(pool).total_pence == cost(ann) + cost(bob, period=july)
    assert apart(other).total_pence == cost(bob) - cost(bob, period=july)


def test_nothing_is_in_two_pools(pool, put, team, crew, someone):
    put(team)
    with pytest.raises(Refusal, match="in two pools"):
        put()
    with pytest.raises(Refusal, match="in two pools"):
        put(team, starts_on=date(2026, 9, 1))
    put(crew)


def test_each_penny_has_its_payer_its_owner_and_its_reason(pool, put, someone, team, icb, bea):
    someone("Ann", team, charge_pence=20_00)
    put()
    found = apart(pool)
    assert {(leaf.purse, leaf.reason.split(":")[0]) for leaf in found.leaves} == {
        ("council", "Care Act 2014, s. 18"),
        ("nhs", "NHS Act 2006, s. 3"),
        ("person", "Care Act 2014, s. 14"),
    }
    assert all(leaf.owner for leaf in found.leaves)
    asked = found.questions[0]  # which NHS body pays was not recorded
    assert asked.of_a_person and asked.pence == sum(leaf.pence for leaf in found.leaves if leaf.purse == "nhs")
    assert found.in_question_pence == 0


def test_overheads_go_to_people_by_what_drives_them(pool, put, someone, team, crew, overhead):
    ann, bob = someone("Ann", team, pence=300_00), someone("Bob", team, pence=100_00, starts_on=date(2026, 8, 31))
    cara = someone("Cara", crew, pence=100_00)
    put()
    overhead("caseload", what="Base", team=team)
    overhead("spend", what="Rent")
    overhead("hours", what="Nurses", figures={ann: 3, cara: 1})
    overhead("headcount", what="Trust staff", figures={team: 1, crew: 2})
    parts = Counter()
    for leaf in of(apart(pool), OVERHEAD):
        parts[leaf.what, leaf.case.case] += leaf.pence
    days = 92 + 31
    assert parts["Base", ann.pk] - 900_01 * 92 // days in (0, 1) and parts["Base", cara.pk] == 0
    assert parts["Nurses", ann.pk] + parts["Nurses", cara.pk] == 900_01
    assert parts["Nurses", ann.pk] in (675_00, 675_01)
    assert parts["Rent", ann.pk] > parts["Rent", cara.pk] > parts["Rent", bob.pk] > 0
    assert parts["Trust staff", cara.pk] in (600_00, 600_01)
    assert parts["Trust staff", ann.pk] + parts["Trust staff", bob.pk] in (300_00, 300_01)
    for what in ("Base", "Rent", "Nurses", "Trust staff"):
        assert sum(pence for (name, _), pence in parts.items() if name == what) == 900_01
    assert problems() == []


def test_what_nobody_can_attribute_is_a_question_with_an_owner(pool, put, someone, team, crew, overhead, finn, mona):
    someone("Ann", team)
    put()
    asked = overhead("", question="Which of the team’s work is it for, and whose?")
    overhead("caseload", what="A team of nobody", team=crew)
    found = apart(pool)
    assert {(each.owner, each.pence) for each in found.questions if not each.of_a_person} == {(mona.name, 900_01)}
    assert found.in_question_pence == 2 * 900_01
    assert problems() == []
    actions.answer_question(overhead=asked, driver="caseload", figures={}, by=finn, on=ON)
    assert apart(pool).in_question_pence == 900_01
    with pytest.raises(Refusal, match="already"):
        actions.answer_question(overhead=asked, driver="spend", figures={}, by=finn, on=ON)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"driver": "hours"}, "Enter the hours"),
        ({"driver": "headcount"}, "Enter the staff"),
        ({"driver": "guess"}, "Choose what drives it"),
        ({"driver": ""}, "Say what has to be found out"),
        ({"locked_percent": 50}, "until which day"),
        ({"ends_on": date(2026, 6, 1)}, "before the first"),
    ],
)
def test_no_overhead_is_put_somewhere_for_want_of_a_better_place(overhead, said, refused):
    with pytest.raises(Refusal, match=refused):
        overhead(**said)
    assert not Overhead.objects.exists()


def test_a_stranger_to_the_pool_pays_none_of_its_overheads(overhead, finn):
    from leeway.money.funders.models import Funder

    other = Funder.objects.create(
        kind="grant", name="A grant", code="G", means_tested=False, recorded_by=finn, recorded_on=SET_UP
    )
    with pytest.raises(Refusal, match="one of the pool’s partners"):
        overhead(paid_by=other)


def test_what_a_dispute_recharged_moves_between_payers_and_adds_nothing(
    pool,
    put,
    someone,
    team,
    council,
    icb,
    finn,
    settle,
):
    ann = someone("Ann", team, percent=0)
    put()
    before = apart(pool)
    claimed = open_dispute(
        case=ann, line=None, about="section_117", claimed_by=council, claimed_of=icb, claimed_share=5000,
        claimed_from=QUARTER.starts_on, began_on=ON, paid_by=council, reason="After-care under section 117 is joint.",
        by=finn, on=ON,
    )  # fmt: skip
    settle(claimed, 5000, starts_on=QUARTER.starts_on, on=ON)
    found = apart(pool)
    assert found.total_pence == before.total_pence
    assert sum(leaf.pence for leaf in of(found, RECHARGE)) == 0
    by_nhs = sum(leaf.pence for leaf in found.leaves if leaf.purse == "nhs")
    months = [(7, 31), (8, 31), (9, 30)]
    halves = [cost(ann, period=Period(date(2026, m, 1), date(2026, m, d))) // 2 for m, d in months]
    assert by_nhs == sum(halves)
    assert problems() == []


def test_a_walk_from_the_total_to_the_day_adds_back_at_each_level(pool, put, someone, team, crew, overhead, finn):
    ann = someone("Ann", team, charge_pence=20_00)
    someone("Bob", crew)
    put()
    overhead("caseload")
    top = walk(pool, QUARTER, Asked(), seen_by=finn)
    assert (top.level, top.unexplained_pence) == ("group", 0)
    way = Asked()
    for field, value in (("group", GROUP), ("team", team.pk), ("case", ann.pk)):
        here = walk(pool, QUARTER, way, seen_by=finn)
        row = next(row for row in here.rows if row.leads[field] == value)
        assert [crumb.leads for crumb in here.crumbs][-1] == way_of(way)
        way = Asked(**row.leads)
        below = walk(pool, QUARTER, way, seen_by=finn)
        assert below.pence == row.pence
        assert (here.unexplained_pence, below.unexplained_pence) == (0, 0)
    assert below.level == "line" and all(row.payer and row.owner and row.reason for row in below.rows)
    for kind in (LINE, OVERHEAD):
        sources = {row.leads["source"] for row in below.rows if row.leads["kind"] == kind}
        days = walk(pool, QUARTER, Asked(**way_of(way), kind=kind, source=sources.pop()), seen_by=finn)
        assert days.level == "day" and days.unexplained_pence == 0 and days.pence > 0
        assert [crumb.name for crumb in days.crumbs][1:4] == [GROUP, team.name, below.crumbs[-1].name]
        assert len({row.name for row in days.rows}) == 92


def way_of(asked):
    parts = {"group": asked.group, "team": asked.team, "case": asked.case}
    return {name: value for name, value in parts.items() if value}


def test_what_the_ledger_has_and_no_line_is_told_of_is_not_explained(pool, put, someone, team, monkeypatch):
    someone("Ann", team), someone("Bob", team)
    put()
    whole = apart(pool).total_pence
    real = untangling.attributed_in
    monkeypatch.setattr(
        untangling, "attributed_in", lambda spans, **of: [rows[: len(rows) // 2] for rows in real(spans, **of)]
    )
    half = untangle(pool, [QUARTER])[0]
    assert sum(leaf.pence for leaf in half.leaves) < whole < half.total_pence
    assert half.unexplained_pence > 0 and any("are not explained" in problem for problem in problems())


def test_a_pool_that_ended_adds_back_to_its_last_day(pool, put, someone, team, council, icb, finn):
    ann = someone("Ann", team)
    last = date(2026, 8, 15)
    short = set_up_like(pool, [council, icb], finn, name="Short", ends_on=last)
    put(of=short)
    found = apart(short)
    assert found.total_pence == cost(ann, period=Period(QUARTER.starts_on, last))
    line = PlanLine.objects.get(plan__case=ann)
    days = walk(short, QUARTER, Asked(case=ann.pk, kind=LINE, source=line.pk), seen_by=finn)
    assert (days.unexplained_pence, days.rows[-1].name) == (0, last.isoformat())
    for days in ({"starts_on": date(2026, 9, 1)}, {"ends_on": date(2026, 9, 1)}):
        with pytest.raises(Refusal, match="The pool ends on 15 August 2026"):
            put(of=short, line=line, **days)


def test_two_who_put_things_in_pools_come_one_after_the_other(pool, put, team):
    with CaptureQueriesContext(connection) as asked:
        put()
    words = [each["sql"] for each in asked]
    alone = next(place for place, sql in enumerate(words) if "pg_advisory_xact_lock" in sql)
    looked = next(place for place, sql in enumerate(words) if 'FROM "pools_membership"' in sql)
    assert alone < looked, "what is in pools is looked at once nobody else puts anything in"


def test_partners_of_one_name_are_told_apart(pool, council, icb, finn):
    twin = add_funder(
        kind="nhs_body", name=icb.name, code="ICB2", means_tested=False, starts_on=None, ends_on=None, purpose="",
        conditions="", total_pence=None, by=finn, on=SET_UP,
    )  # fmt: skip
    joint = set_up_like(pool, [council, icb, twin], finn, name="Joint")
    for partner in joint.partners.all():
        contribute(partner, finn, 1_000_00)
    stands = standing(joint, untangle(joint, [YEAR])[0])
    assert stands.agreed_pence == 3_000_00 and len(stands.shared.shares) == 3
    assert sum(stands.shared.shares.values()) == stands.over_pence


def test_contributions_are_spread_and_changed_by_rows_of_their_own(pool, finn, icb):
    partner = pool.partners.get(funder=icb)
    contribute(partner, finn, -365_00, kind="changed")
    with pytest.raises(Refusal, match="less than nothing"):
        contribute(partner, finn, -3_635_01, kind="changed")
    with pytest.raises(Refusal, match="Only a change may be less"):
        contribute(partner, finn, -1)
    last = {"starts_on": date(2027, 1, 1), "ends_on": YEAR.ends_on}
    with pytest.raises(Refusal, match="less than nothing"):
        contribute(partner, finn, -900_00, kind="changed", **last)
    contribute(partner, finn, -500_00, kind="changed", **last)
    quarters = [Period(date(2026, 4, 1), date(2026, 6, 30)), QUARTER, Period(date(2026, 10, 1), YEAR.ends_on)]
    of_icb = [
        each.agreed_pence for period in quarters for each in contributions(pool, period) if each.partner == partner
    ]
    assert sum(of_icb) == 4_000_00 - 365_00 - 500_00


def test_an_overspend_is_shared_by_the_agreement(pool, put, someone, team, overhead):
    someone("Ann", team, pence=500_00, charge_pence=20_00)
    put()
    overhead("caseload")
    found = apart(pool)
    stands = standing(pool, found)
    assert stands.spent_pence == found.total_pence - sum(leaf.pence for leaf in found.leaves if leaf.purse == "person")
    assert stands.over_pence > 0 and sum(stands.shared.shares.values()) == stands.over_pence
    assert standing(pool, untangle(pool, [YEAR])[0]).agreed_pence == 8_000_00


def test_what_could_be_a_personal_budget_is_social_care_less_what_is_locked(
    pool, put, someone, team, overhead, council
):
    ann = someone("Ann", team, pence=100_00, percent=50)
    put()
    social = sum(leaf.pence for leaf in apart(pool).leaves if leaf.purse == "council")
    until = date(2027, 3, 31)
    overhead("caseload", function="social_care", paid_by=council, locked_percent=60, locked_until=until)
    overhead("caseload", what="Nurses", locked_percent=60, locked_until=until)
    overhead("caseload", what="Past", function="social_care", paid_by=council, locked_percent=60,
        locked_until=QUARTER.starts_on - timedelta(1))  # fmt: skip
    found = apart(pool)
    only = shadows(found.leaves)[0]
    assert (only.case.case, only.social_care_pence) == (ann.pk, social + 2 * 900_01)
    assert only.could_be_pence == social + 2 * 900_01 - 900_01 * 60 // 100
    assert releases(found.leaves) == {until: 2 * (900_01 * 60 // 100)}


def test_what_is_locked_until_a_day_is_locked_for_the_days_until_then(pool, put, someone, team, overhead):
    someone("Ann", team)
    put()
    until = QUARTER.starts_on
    overhead("caseload", function="social_care", locked_percent=100, locked_until=until)
    assert releases(apart(pool).leaves) == {until: 900_01 // 92}


@settings(max_examples=12)
@given(some.lists(some.integers(0, 200), min_size=3, max_size=3), some.integers(1, 10**7), some.booleans())
@example([1, 0, 0], 1, True)
def test_any_figures_add_back(figures, pence, by_team):
    from uuid import UUID

    from leeway.money.pools.belonging import LineFacts
    from leeway.money.pools.untangling import Leaf, _Gathered, _take_overhead

    people = [
        LineFacts(UUID(int=n), "x", UUID(int=n), UUID(int=n), f"{n}", GROUP, n % 2, "T", "O", "", False)
        for n in (1, 2, 3)
    ]
    leaves = [
        Leaf(LINE, each.line, "x", each, None, "council", "O", "R", QUARTER.starts_on, QUARTER.ends_on, 5, True)
        for each in people
    ]
    found = _Gathered()
    _take_overhead(found, _Stated(pence, "headcount" if by_team else "hours", figures), QUARTER, leaves)
    asked = sum(each.pence for each in found.questions)
    assert sum(leaf.pence for leaf in found.leaves) + asked == found.total_pence == pence
    assert bool(asked) == (not any(figures[:2] if by_team else figures))


class _Stated:
    """An overhead as untangling reads it, without a database."""

    def __init__(self, pence, driver, figures):
        from types import SimpleNamespace as Simple
        from uuid import UUID

        self.pk, self.pence, self.driver, self.what, self.question = UUID(int=9), pence, driver, "Base", ""
        self.starts_on, self.ends_on, self.team_id = QUARTER.starts_on, QUARTER.ends_on, None
        self.owner, self.paid_by, self.paid_by_id = Simple(name="Mona"), Simple(purse="nhs"), UUID(int=8)
        self.function, self.reason, self.locked_percent, self.locked_until = "health", "Law", 0, None
        rows = [
            Simple(team_id=n if driver == "headcount" else None, case_id=UUID(int=n + 1), figure=figure)
            for n, figure in enumerate(figures)
        ]
        self.figures = Simple(all=lambda: rows)


def test_a_pool_is_for_finance(pool, mona, finn):
    with pytest.raises(NotAllowed):
        picture(pool, QUARTER, seen_by=mona)
    with pytest.raises(NotAllowed):
        actions.put_in(pool=pool, client_group=GROUP, starts_on=SET_UP, by=mona, on=ON)


def test_what_a_partner_gives_and_an_overhead_are_put_in_once(pool, finn, icb, overhead):
    """A second press, or a colleague's, puts nothing in twice."""
    partner = pool.partners.get(funder=icb)
    contribute(partner, finn, 1_000_00, kind="paid_in")
    with pytest.raises(Refusal, match="on record already"):
        contribute(partner, finn, 1_000_00, kind="paid_in")
    contribute(partner, finn, 1_000_00, kind="invoiced")
    overhead()
    with pytest.raises(Refusal, match="on record already"):
        overhead()
    overhead(what="Their cars")


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"starts_on": SET_UP - timedelta(days=1), "ends_on": SET_UP}, "starts_on"),
        ({"starts_on": date(2027, 3, 31), "ends_on": date(2027, 4, 1)}, "ends_on"),
    ],
)
def test_nothing_is_given_or_paid_for_days_on_which_there_is_no_pool(pool, finn, icb, overhead, days, field):
    Pool.objects.filter(pk=pool.pk).update(ends_on=date(2027, 3, 31))
    for put_in in (lambda: overhead(**days), lambda: contribute(pool.partners.get(funder=icb), finn, 10_00, **days)):
        with pytest.raises(Refusal, match="Choose that day or") as refused:
            put_in()
        assert refused.value.field == field
