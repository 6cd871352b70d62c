"""Bills of the made-up council: months of them for some people, and what comes of each; and claims on the NHS.

It begins with some people, as a council does that takes billing over.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.law.numbers import floor_div, greatest, least
from leeway.money.bills import actions
from leeway.money.bills.actions.making import last_period
from leeway.money.bills.kinds import Asked, BecauseOf, Every, MoneyFrom, SettlementKind, SpaceKind
from leeway.money.bills.models import Bill, Settlement
from leeway.money.bills.standing import days_of, owed_by
from leeway.money.budgets.dues import Payer
from leeway.money.claims import actions as claims
from leeway.money.claims.models import Claim
from leeway.money.contributions.actions import confirm_receipt
from leeway.money.contributions.models import Receipt
from leeway.money.ledger.models import Account, Kind, Reason, Transfer

DAY, PERIOD = timedelta(days=1), timedelta(days=28)
LATELY = timedelta(days=60)
#: How many people are billed from their first day on, and how many as late as can be.
IN_TIME, LATE = 10, 2
WHY_LATE = "We set up the budget in the spring and did not begin to send bills. That was our mistake, and not yours."


def bill(finance: User, colleague: User, today: date) -> None:
    """Play months of bills, and what came of some of them."""
    cases = _who_owe(today)
    in_time, late = cases[LATE:], cases[:LATE]
    nights = _nights([case.pk for case in cases], today)
    for on in nights:
        actions.make_bills(on=on, only={case.pk for case in in_time})
        actions.send_bills(on=on)
    if nights and late:
        actions.make_bills(on=nights[-1], only={case.pk for case in late})
        _send_late(late[0], finance, nights[-1])
    _stories(in_time, finance, colleague, today)
    for days in (21, 7, 0):
        actions.remind(on=today - timedelta(days=days))


def _who_owe(today: date) -> list[Case]:
    """Living people who owe the most of their share, those who paid nothing lately first."""
    owing = Account.objects.filter(kind=Kind.OWED_BY_PERSON, case__person__date_of_death=None)
    owed = owed_by(list(owing.values_list("case", flat=True)), today)
    lately = Receipt.objects.filter(payer=Payer.PERSON, received_on__gt=today - LATELY)
    paid = set(lately.values_list("case", flat=True))
    most = sorted(
        (case for case, pence in owed.items() if pence > 0), key=lambda case: (case in paid, -owed[case], str(case))
    )
    cases = Case.objects.select_related("person").in_bulk(most[: IN_TIME + LATE])
    return [cases[case] for case in most[: IN_TIME + LATE]]


def _nights(cases: Sequence, today: date) -> list[date]:
    """The nights after each pay period since the first of these people owed something."""
    fell_due = Transfer.objects.filter(reason=Reason.FELL_DUE, credit__case__in=cases).order_by("effective_date")
    first = fell_due.values_list("effective_date", flat=True).first()
    nights, on = [], last_period(today).ends_on + DAY
    while first is not None and on > first:
        nights.append(on)
        on -= PERIOD
    return sorted(nights)


def _send_late(case: Case, finance: User, on: date) -> None:
    made = Bill.objects.filter(case=case).first()
    if made is not None and (on - made.oldest_ended_on).days > made.late_after_days:
        actions.explain_lateness(bill=made, why=WHY_LATE, every=Every.FOUR_WEEKS, times=13, by=finance, on=on)
        actions.send_bill(bill=made, by=finance, on=on)


def _stories(cases: Sequence[Case], finance: User, colleague: User, today: date) -> None:
    """A plan that is kept, a breathing space, a bill that is disputed, and what a colleague is to write off."""
    played = (_plan, _breathing_space, _dispute, _write_off)
    for case, play in zip(cases, played, strict=False):
        play(case, finance, today)
    others = cases[len(played) : len(played) + 1]
    asked = _ask_write_off(others[0], finance, today - timedelta(days=3)) if others else None
    if asked is not None:
        actions.decide_settlement(settlement=asked, agreed=True, by=colleague, on=today - timedelta(days=2))


def _plan(case: Case, finance: User, today: date) -> None:
    made_on = today - timedelta(days=45)
    owed = owed_by([case.pk], made_on).get(case.pk, 0)
    if owed <= 0:
        return
    plan = actions.agree_plan(
        case=case, instalment_pence=greatest(floor_div(owed, 26), 1), every=Every.WEEK, first_on=made_on + 4 * DAY,
        money_from=MoneyFrom.SAVINGS, agreed_words="“A little each week from my savings is what I can do.”",
        by=finance, on=made_on,
    )  # fmt: skip
    for day, pence in days_of(plan):
        left = owed_by([case.pk], today).get(case.pk, 0)
        if day <= today and left > 0:
            confirm_receipt(
                case=case, payer=Payer.PERSON, amount_pence=least(pence, left), received_on=day,
                looked_at=f"The bank statement of {day:%-d %B}", owed_pence=left, by=finance, on=today,
            )  # fmt: skip


def _breathing_space(case: Case, finance: User, today: date) -> None:
    on = today - timedelta(days=20)
    actions.start_breathing_space(
        case=case, kind=SpaceKind.STANDARD, register_reference="BSS-2026-00417", starts_on=on, by=finance, on=on
    )


def _dispute(case: Case, finance: User, today: date) -> None:
    words = "I was in hospital for five of those days, and nobody came."
    actions.pause(case=case, because_of=BecauseOf.DISPUTE, words=words, by=finance, on=today - timedelta(days=6))


def _write_off(case: Case, finance: User, today: date) -> None:
    _ask_write_off(case, finance, today - DAY)


def _ask_write_off(case: Case, finance: User, on: date) -> Settlement | None:
    """Asked for where something was owed on that day already: what is owed now may have fallen due since."""
    owed = owed_by([case.pk], on).get(case.pk, 0)
    if owed <= 0:
        return None
    return actions.ask_settlement(
        case=case, kind=SettlementKind.WRITE_OFF, amount_pence=least(owed, 40_00), because_of=Asked.OUR_FAULT,
        words="The bills of the summer went to an address that she had left; we were told and did not note it.",
        by=finance, on=on,
    )  # fmt: skip


def first_claim_on(today: date) -> date:
    """The night in which the first claim on the NHS is made: after the last period but two."""
    return last_period(today).ends_on + DAY - 2 * PERIOD


def claim(finance: User, today: date) -> None:
    """Claim from the NHS for the last three periods: the first is chased, and a line of it queried."""
    for back in range(3):
        claims.make_claims(on=first_claim_on(today) + back * PERIOD)
    made = list(Claim.objects.order_by("number"))
    for each in made[:-1]:
        claims.send_claim(claim=each, how="By secure email to their invoices team", by=finance, on=each.made_on + DAY)
    if len(made) > 1:
        first, on = made[0], today - timedelta(days=5)
        if (on - first.made_on).days > 31:
            claims.chase_claim(claim=first, words="Rang their invoices team: it is with a manager.", by=finance, on=on)
        line = first.lines.last()
        if line is not None:
            words = "They ask since when the person lives in their area."
            claims.raise_query(line=line, words=words, raised_on=on, by=finance, on=on)
