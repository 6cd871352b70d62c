"""While bodies argue the person is paid; a clock runs; and the end of it is recharged to the penny, once."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.care.people.models import StoryLine, Task, Whose
from leeway.care.planning.models import PlanLine, Way
from leeway.law.disputes import STEPS
from leeway.law.numbers import split
from leeway.law.recharge import months_over
from leeway.messages.models import Message
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.dues import Payer
from leeway.money.claims.actions import make_claims
from leeway.money.claims.models import Claim
from leeway.money.claims.relations import RELATIONS as CLAIMED
from leeway.money.contributions.actions import confirm_receipt
from leeway.money.contributions.queries import owed, picture
from leeway.money.disputes import actions, queries
from leeway.money.disputes.models import Dispute, Outcome, Recharge
from leeway.money.disputes.owing import still_owed
from leeway.money.disputes.relations import RELATIONS
from leeway.money.funders import actions as funders
from leeway.money.funders.queries import attributed
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balance, findings
from leeway.money.payments.falling_due import preview
from leeway.refusal import NotAllowed, Refusal

from .conftest import BEGAN, FROM, ON, WHOLE

MAY, JUNE, JULY = (date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31))


def owed_by_nhs(case):
    account = Account.objects.filter(kind=Kind.OWED_BY_NHS, case=case).first()
    return -balance(account) if account else 0


def paid(case, first, last, purse=None):
    return sum(row.pence for row in attributed(first, last, cases=[case.pk]) if purse in (None, row.purse))


def problems():
    return [*findings(), *(finding for relation in RELATIONS for finding in relation.findings())]


def test_the_nhs_owes_the_whole_cost_of_every_month_that_is_over(dispute, settle):
    outcome = settle(dispute)
    case = dispute.case
    cost, hers = paid(case, FROM, JULY), paid(case, FROM, JULY, "person")
    assert hers > 0
    assert owed_by_nhs(case) == cost
    assert [(row.starts_on, row.ends_on) for row in outcome.recharges.all()] == [
        (FROM, MAY), (date(2026, 6, 1), JUNE), (date(2026, 7, 1), JULY),
    ]  # fmt: skip
    assert sum(row.person_pence for row in outcome.recharges.all()) == -hers
    assert still_owed(outcome, ON) == {}
    assert problems() == []


@pytest.mark.parametrize("nhs", [1, 3333, 5000, 9999])
def test_a_share_is_of_the_whole_cost_month_by_month(dispute, settle, nhs):
    settle(dispute, nhs)
    months = [(FROM, MAY), (date(2026, 6, 1), JUNE), (date(2026, 7, 1), JULY)]
    assert owed_by_nhs(dispute.case) == sum(paid(dispute.case, *days) * nhs // WHOLE for days in months)
    assert problems() == []


def test_later_months_are_recharged_by_night_and_each_once(dispute, settle):
    settle(dispute)
    before = owed_by_nhs(dispute.case)
    assert actions.recharge_what_is_over(on=date(2026, 8, 31)).nhs_pence == 0  # August is not over
    august = (date(2026, 8, 1), date(2026, 8, 31))
    done = actions.recharge_what_is_over(on=date(2026, 9, 1))
    assert done.nhs_pence == paid(dispute.case, *august) == owed_by_nhs(dispute.case) - before
    assert actions.recharge_what_is_over(on=date(2026, 9, 1)).nhs_pence == 0
    assert problems() == []


def test_it_is_owed_claimed_and_received_as_any_share_of_the_nhs(dispute, settle, finn):
    settle(dispute)
    case, pence = dispute.case, owed_by_nhs(dispute.case)
    rows, totals, _ = owed(seen_by=finn, on=ON)
    assert totals.owed_pence[Payer.NHS] == pence and [row.since for row in rows if row.payer == Payer.NHS] == [ON]
    with pytest.raises(Refusal, match="no more than that"):
        receive(case, pence + 1, pence, finn)
    receive(case, pence, pence, finn)
    share = picture(case.pk, Payer.NHS, seen_by=finn, on=ON).share
    assert (share.due_pence, share.received_pence) == (0, pence)
    assert problems() == []


def receive(case, pence, standing, finn):
    return confirm_receipt(
        case=case, payer=Payer.NHS, amount_pence=pence, received_on=ON, looked_at="Line 3 of the statement",
        owed_pence=standing, by=finn, on=ON,
    )  # fmt: skip


def test_undone_it_leaves_the_ledger_as_it_was(dispute, settle, finn):
    outcome = settle(dispute)
    actions.take_back_outcome(outcome=outcome, reason="Another person’s panel", by=finn, on=ON)
    assert owed_by_nhs(dispute.case) == 0
    assert problems() == []
    with pytest.raises(Refusal, match="taken back already"):
        actions.take_back_outcome(outcome=outcome, reason="Another person’s panel", by=finn, on=ON)
    half = settle(dispute, 5000)  # the dispute ran again
    assert owed_by_nhs(dispute.case) == sum(row.nhs_pence for row in half.recharges.all()) > 0
    assert actions.recharge_what_is_over(on=ON).nhs_pence == 0
    assert problems() == []


def test_where_the_nhs_had_paid_too_much_it_is_owed_back(case, agree, finn, bank, council, icb, settle):
    bank(case, Way.SERVICE_FUND)
    budget = start_budget(plan=agree(case, (Way.SERVICE_FUND, 80_00, 50)), by=finn, on=date(2026, 4, 1))
    claimed = claim(budget.case, finn, by=icb, of=council)
    settle(claimed, 0)
    assert owed_by_nhs(case) == -paid(case, FROM, JULY, "nhs") < 0
    assert problems() == []


def claim(case, finn, *, by, of, line=None, on=BEGAN):
    return actions.open_dispute(
        case=case, line=line, about="joint_package", claimed_by=by, claimed_of=of, claimed_share=WHOLE,
        claimed_from=FROM, began_on=BEGAN, paid_by=by, reason="It is a task of social care alone, says the board.",
        by=finn, on=on,
    )  # fmt: skip


@pytest.fixture
def half_by_the_nhs(case, agree, finn):
    """Ada's budget, half of which the NHS pays; no body of it is named yet."""
    return start_budget(plan=agree(case, (Way.COUNCIL_MANAGED, 80_00, 50)), by=finn, on=date(2026, 4, 1))


def named(budget, body, council, finn):
    pays = [funders.Pays(body, 50_00), funders.Pays(council, 50_00)]
    funders.share_line(
        line=budget.plan.lines.get(), starts_on=budget.starts_on, ends_on=None, method="fixed", pays=pays,
        reason="Agreed at the panel of April", by=finn, on=ON,
    )  # fmt: skip


def between(case, boards, finn, line=None):
    return actions.open_dispute(
        case=case, line=line, about="which_nhs_body", claimed_by=boards[0], claimed_of=boards[1], claimed_share=WHOLE,
        claimed_from=FROM, began_on=BEGAN, paid_by=boards[0], reason="She is registered with a practice of theirs.",
        by=finn, on=ON,
    )  # fmt: skip


def decided(dispute, boards, share, finn):
    return actions.end_dispute(
        dispute=dispute, ended_on=ON, decided_by="The panel of both boards", starts_on=FROM, ends_on=None,
        shares={boards[1]: share, boards[0]: WHOLE - share}, reason="Her practice is theirs since May.", by=finn, on=ON,
    )  # fmt: skip


@pytest.mark.parametrize("share", [WHOLE, 3333])
def test_between_two_nhs_bodies_one_owes_what_the_other_is_owed_and_each_is_claimed_of(
    half_by_the_nhs, boards, council, finn, share
):
    named(half_by_the_nhs, boards[0], council, finn)
    case = half_by_the_nhs.case
    dispute = between(case, boards, finn)
    nhs = sum(paid(case, row.starts_on, row.ends_on, "nhs") for row in months_over(FROM, JULY, ON))
    assert queries.picture(dispute.pk, seen_by=finn, on=ON).as_claimed == {boards[0].name: -nhs, boards[1].name: nhs}
    outcome = decided(dispute, boards, share, finn)
    moved = {body: sum(row.nhs_pence for row in outcome.recharges.filter(body=body)) for body in boards}
    months = [paid(case, row.starts_on, row.ends_on, "nhs") for row in months_over(FROM, JULY, ON)]
    assert moved[boards[1]] == sum(split(each, [WHOLE - share, share])[1] for each in months) > 0
    assert moved[boards[0]] == -moved[boards[1]]
    assert owed_by_nhs(case) == 0 and still_owed(outcome, ON) == {}  # the council is owed as much as before
    assert sum(row.council_pence + row.person_pence for row in outcome.recharges.all()) == 0
    make_claims(on=date(2026, 9, 1))
    assert Claim.objects.get(funder=boards[1]).total_pence == moved[boards[1]]
    assert not Claim.objects.filter(funder=None).exists()
    assert problems() == [] and not [each for relation in CLAIMED for each in relation.findings()]


def test_two_nhs_bodies_are_asked_first_which_of_them_paid(half_by_the_nhs, boards, council, finn):
    with pytest.raises(Refusal, match="not said which NHS body paid"):
        between(half_by_the_nhs.case, boards, finn)
    named(half_by_the_nhs, boards[0], council, finn)
    dispute = between(half_by_the_nhs.case, boards, finn)
    decided(dispute, boards, WHOLE, finn)
    line = half_by_the_nhs.plan.lines.get()
    line.sharings.filter(ends_on=None).update(ends_on=date(2026, 8, 2))  # its funder's end is not followed
    assert actions.recharge_what_is_over(on=date(2026, 9, 1)).troubled == (dispute.case_id,)
    assert Task.objects.get(case=dispute.case, kind="dispute_ended", whose=Whose.FINANCE).what.endswith(
        "“Who pays”, from that day on."
    )


def test_two_nhs_bodies_do_not_argue_over_what_the_nhs_does_not_pay(budget, boards, finn):
    with pytest.raises(Refusal, match="pays no part of this"):
        between(budget.case, boards, finn)


def test_what_is_recharged_is_claimed_of_the_body_of_the_outcome(dispute, settle, icb):
    settle(dispute)
    make_claims(on=date(2026, 9, 1))
    assert Claim.objects.get().funder == icb


def test_a_dispute_about_one_line_recharges_that_line(case, agree, finn, bank, council, icb, settle):
    bank(case, Way.SERVICE_FUND)
    plan = agree(case, (Way.COUNCIL_MANAGED, 60_00, 0), (Way.SERVICE_FUND, 40_00, 0))
    start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    line = PlanLine.objects.get(plan=plan, way=Way.SERVICE_FUND)
    outcome = settle(claim(case, finn, by=council, of=icb, line=line))
    assert {row.line_id for row in outcome.recharges.all()} == {line.pk}
    rows = [row for row in attributed(FROM, JULY, cases=[case.pk]) if row.line_id == line.pk]
    assert owed_by_nhs(case) == sum(row.pence for row in rows)


def test_a_later_outcome_takes_over_from_its_day(case, budget, finn, council, icb, settle):
    settle(claim(case, finn, by=council, of=icb))
    later = date(2026, 7, 15)
    with pytest.raises(Refusal, match="settled by another outcome"):
        settle(claim(case, finn, by=council, of=icb), 5000)
    settle(Dispute.objects.exclude(outcomes__isnull=False).get(), 0, starts_on=later)
    cost = paid(case, FROM, later - timedelta(1))
    assert owed_by_nhs(case) == cost
    assert actions.recharge_what_is_over(on=ON).nhs_pence == 0  # the two do not undo each other
    assert problems() == []


def payable(pay_on, finn):
    return [(each.pk, each.amount_pence) for each in preview(pay_on, seen_by=finn)[1]]


def test_nothing_of_a_dispute_holds_a_payment(case, agree, finn, fay, bank, council, icb, settle):
    bank(case)
    start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 1))
    pay_on = date(2026, 8, 14)
    before = payable(pay_on, finn)
    claimed = claim(case, finn, by=council, of=icb)
    assert payable(pay_on, finn) == before != []
    settle(claimed)
    assert payable(pay_on, finn) == before


def test_who_pays_is_told_and_finance_looks_at_the_charge(dispute, settle):
    settle(dispute)
    task = Task.objects.get(case=dispute.case, whose=Whose.FINANCE, kind="dispute_ended")
    assert "NHS money is never charged for" in task.what and "theirs to get back" in task.what
    assert Message.objects.filter(template="who_pays_settled", case_id=dispute.case_id).count() == 1
    lines = StoryLine.objects.filter(case=dispute.case, kind__startswith="dispute")
    assert ["payments go on" in line.sentence or "every payment goes on" in line.sentence for line in lines] == [
        True,
        True,
    ]


def test_nobody_is_asked_about_a_charge_that_is_none(case, agree, finn, council, icb, settle):
    start_budget(plan=agree(case, (Way.COUNCIL_MANAGED, 60_00, 0)), by=finn, on=date(2026, 4, 1))
    settle(claim(case, finn, by=council, of=icb))
    assert not Task.objects.filter(case=case, kind="dispute_ended").exists()


def test_the_clock_of_a_dispute(dispute, finn):
    steps = queries.picture(dispute.pk, seen_by=finn, on=BEGAN).clock
    assert [(step.due.step, (step.due.by - BEGAN).days) for step in steps] == [
        ("answered", 14), ("met", 28), ("decided_nhs", 28), ("senior", 56), ("ended", 84),
    ]  # fmt: skip
    late = BEGAN + timedelta(15)
    assert [step.is_overdue for step in queries.picture(dispute.pk, seen_by=finn, on=late).clock][:2] == [True, False]
    assert [step.is_overdue for step in queries.picture(dispute.pk, seen_by=finn, on=late - timedelta(1)).clock] == [
        False
    ] * 5
    assert actions.ask_for_steps(on=late) == 1
    actions.record_step(
        dispute=dispute, kind="answered", happened_on=late, words="They do not agree.", by=finn, on=late
    )
    assert actions.ask_for_steps(on=late) == 0
    assert Task.objects.filter(case=dispute.case, kind="dispute_opened").count() == 1


def test_disputes_age_and_a_manager_sees_those_of_the_team(dispute, finn, mona, bea, team):
    row = queries.ageing(seen_by=finn, on=ON)[0]
    assert (row.dispute, row.days, row.next_step.is_overdue) == (dispute, 63, True)
    assert [each.dispute for each in queries.ageing(seen_by=mona, on=ON)] == [dispute]
    mona.team = type(team).objects.create(name="South team")
    assert queries.ageing(seen_by=mona, on=ON) == []
    with pytest.raises(NotAllowed):
        queries.ageing(seen_by=bea, on=ON)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"claimed_of": "council"}, "two bodies"),
        ({"claimed_share": 0}, "more than nought"),
        ({"claimed_share": 10_001}, "up to 100%"),
        ({"reason": "no"}, "Say why"),
        ({"about": "colour"}, "Choose what"),
        ({"began_on": date(2119, 1, 1)}, "future"),
        ({"claimed_from": date(2119, 1, 1)}, "years from now"),
    ],
)
def test_a_dispute_that_cannot_be_meant_is_refused(budget, council, icb, finn, changed, said):
    words = {
        "case": budget.case, "line": None, "about": "section_117", "claimed_by": council, "claimed_of": icb,
        "claimed_share": 5000, "claimed_from": FROM, "began_on": BEGAN, "paid_by": council, "by": finn, "on": ON,
        "reason": "The after-care is due to both bodies.",
    }  # fmt: skip
    changed = {name: council if value == "council" else value for name, value in changed.items()}
    with pytest.raises(Refusal, match=said):
        actions.open_dispute(**words | changed)


def test_only_finance_keeps_disputes_and_the_same_is_argued_once(dispute, council, icb, finn, mona, settle):
    with pytest.raises(NotAllowed):
        settle(dispute, by=mona)
    with pytest.raises(Refusal, match="in dispute already"):
        claim(dispute.case, finn, by=council, of=icb)
    settle(dispute)
    with pytest.raises(Refusal, match="has ended"):
        settle(dispute)
    with pytest.raises(Refusal, match="has ended"):
        actions.record_step(dispute=dispute, kind="met", happened_on=ON, words="We met again", by=finn, on=ON)


def test_what_was_said_and_recharged_is_kept(dispute, settle):
    outcome = settle(dispute)
    for row in (dispute, outcome.recharges.first(), outcome.shares.first()):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Outcome.objects.filter(pk=outcome.pk).update(starts_on=ON)


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ("UPDATE disputes_share SET share = share - 1", "are 9999 ten-thousandths"),
        ("UPDATE disputes_recharge SET nhs_pence = nhs_pence + 1, council_pence = council_pence - 1", "the NHS owes"),
        (
            "UPDATE disputes_outcome SET taken_back_on = ended_on, taken_back_by_id = recorded_by_id, "
            "taken_back_because = 'so'",
            "went back",
        ),
        ("UPDATE disputes_outcome SET starts_on = '2026-06-15'", "days that its outcome does not decide"),
        ("UPDATE ledger_transfer SET about = NULL WHERE reason = 'recharged'", "belongs to no recharge"),
    ],
)
def test_what_is_bent_is_found(dispute, settle, guards_aside, bent, said):
    settle(dispute)
    guards_aside(bent)
    assert any(said in problem for problem in problems())


def test_what_is_recharged_is_of_the_day_and_by_nobody(dispute, settle):
    settle(dispute)
    moved = Transfer.objects.filter(reason=Reason.RECHARGED)
    assert set(moved.values_list("made_by", "effective_date")) == {(None, ON)}
    assert Recharge.objects.count() == moved.count()


def test_a_dispute_ends_no_sooner_than_it_began(dispute, settle):
    with pytest.raises(Refusal, match="began on 1 June 2026") as refused:
        settle(dispute, on=BEGAN - timedelta(days=1))
    assert refused.value.field == "ended_on"
    settle(dispute, on=BEGAN)


def test_a_step_is_written_down_once(dispute, finn):
    facts = {"kind": STEPS[0].code, "happened_on": BEGAN, "words": "Both panels met, and talked", "by": finn, "on": ON}
    actions.record_step(dispute=dispute, **facts)
    with pytest.raises(Refusal, match="on record already"):
        actions.record_step(dispute=dispute, **facts)
    actions.record_step(dispute=dispute, **facts | {"words": "They met again in the afternoon"})


def test_whoever_opens_another_sees_what_runs(dispute, client, finn):
    client.force_login(finn)
    shown = client.get(reverse("disputes:open", args=[dispute.case_id])).content.decode()
    assert reverse("disputes:show", args=[dispute.pk]) in shown and "is in dispute already" in shown
