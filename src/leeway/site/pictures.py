"""The two pictures of a person's pages: who pays, and what was, is and comes. Each with its words beside it.

They are drawn with places in percent and letters in the page's own size: they fit a phone, and grow with large print.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leeway.care.decisions.models import Decision
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine
from leeway.care.planning.queries import pays_on
from leeway.care.review.models import Review
from leeway.law.numbers import pounds, split
from leeway.money.funders.models import Purse
from leeway.money.funders.presenters import PaysNow, shares_of
from leeway.money.payments.money_now import MoneyNow
from leeway.split_bar import AMBER, INK, Share, as_percent, hundredths_of, split_bar

#: What stands on the line of time of all that happened, in words that fit the person and whoever helps them.
STEPS = {
    Event.REQUEST: "Asked for help",
    Event.ELIGIBLE: "Needs assessed",
    Event.AGREED: "Plan agreed",
    Event.BUDGET_STARTED: "Money set up",
    Event.REVIEW_HELD: "Review held",
    Event.BUDGET_ENDED: "Budget ended",
}
#: As many as fit side by side on a phone in large print, before today and after it.
SHOWN_BEFORE, SHOWN_AFTER = 3, 3
LINE, RED = "#505a5f", "#942514"


class When(Enum):
    """Where a day lies, in the words of its list."""

    WAS = "was"
    NOW = "today"
    COMES = "comes"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Moment:
    """One day on the line of time."""

    on: date
    words: str
    when: When


def who_pays(
    budget: Decision, charges: Sequence[Decision], on: date, *, you: bool, name: str, payers: Sequence[PaysNow] = ()
) -> list[Share]:
    """Who pays how much of a budget on a day, the largest payer's colour the darkest; whoever pays nothing is left out.

    What somebody pays themselves stands even where it is nothing: it is what they want to know. `payers` are those who
    are named for the lines of the plan: in proportion to what each pays, the council's and the NHS's share is theirs.
    """
    result = budget.result
    own = pays_on(charges, on) if charges else result["charge_pence_per_week"]
    nhs = result["nhs_pence_per_week"]
    pence = {Purse.COUNCIL: result["pence_per_week"] - nhs - own, Purse.NHS: nhs}
    found = [PaysNow(Purse.PERSON, None, own)]
    for purse, whole in pence.items():
        its = [each for each in payers if each.purse == purse and each.pence] or [PaysNow(purse, None, 1)]
        parts = split(whole, [each.pence for each in its])
        found += [replace(each, pence=part) for each, part in zip(its, parts, strict=True) if part]
    return shares_of(found, "You pay" if you else f"{name} pays")


def moments(
    story: Iterable[StoryLine], charges: Sequence[Decision], ahead: Review | None, money: MoneyNow | None, on: date
) -> list[Moment]:
    """What was, is and comes, in the order of the days: the last few, today, and the next few that are known.

    `story` has the latest first, and `ahead` is the review that lies ahead.
    """
    latest: dict[str, date] = {}
    for line in story:
        if line.kind in STEPS:
            latest.setdefault(STEPS[Event(line.kind)], line.happened_on)
    past = [Moment(day, words, When.WAS) for words, day in latest.items() if day <= on]
    if money is not None and money.arrived is not None:
        past.append(Moment(money.arrived.run.pay_on, "Last payment arrived", When.WAS))
    coming = [*_review(ahead, on), *_changes(charges, on), *_payment(money)]
    late = [moment for moment in coming if moment.when == When.LATE]
    before = sorted([*past, *late], key=lambda moment: moment.on)[-SHOWN_BEFORE:]
    after = sorted((moment for moment in coming if moment.when == When.COMES), key=lambda moment: moment.on)
    return [*before, Moment(on, "Today", When.NOW), *after[:SHOWN_AFTER]]


def _review(ahead: Review | None, on: date) -> list[Moment]:
    if ahead is None:
        return []
    return [Moment(ahead.due_on, "Review due", When.LATE if ahead.due_on < on else When.COMES)]


def _payment(money: MoneyNow | None) -> list[Moment]:
    """When the next payment comes, and the day that it missed. One that waits has no day."""
    if money is None or money.next is None or money.next.waits:
        return []
    missed = [Moment(money.next.due, "Payment not sent in time", When.LATE)] if money.next.late else []
    earliest = " at the earliest" if money.next.arrives_on > money.next.due else ""
    return [*missed, Moment(money.next.arrives_on, f"Next payment{earliest}", When.COMES)]


def _changes(charges: Sequence[Decision], on: date) -> list[Moment]:
    """The days from which another amount is paid."""
    return [
        Moment(charge.law_on, f"To pay from then: {pounds(charge.result['charge_pence_per_week'])} a week", When.COMES)
        for charge in charges
        if charge.law_on > on
    ]


def line_of_time(shown: Sequence[Moment]) -> SafeString:
    """One line of days: what was, filled; today, a square; what comes, open; what is late, a red cross.

    Days stand in their order and not at their distance: with years between some of them, others would lie upon
    each other. Nobody needs it who reads the list beside it.
    """
    place = [hundredths_of(2 * index + 1, 2 * len(shown)) for index in range(len(shown))]
    told = "; ".join(f"{moment.words}, {moment.on:%-d %B %Y}" for moment in shown)
    dots = format_html_join(
        "",
        '{}<text x="{}%" y="44" text-anchor="middle">{}</text><text x="{}%" y="62" text-anchor="middle">{}</text>',
        (
            (_dot(moment.when, as_percent(x)), as_percent(x), f"{moment.on:%-d %b}", as_percent(x), f"{moment.on:%Y}")
            for moment, x in zip(shown, place, strict=True)
        ),
    )
    return format_html(
        '<svg class="leeway-time" role="img" width="100%" height="70" xmlns="http://www.w3.org/2000/svg" '
        'aria-label="What was, is and comes"><title>What was, is and comes</title><desc>{}.</desc>'
        '<line x1="0" y1="14" x2="100%" y2="14" stroke="{}" stroke-width="2"/>{}</svg>',
        told,
        LINE,
        dots,
    )


def _dot(when: When, x: str) -> SafeString:
    shape = {
        When.WAS: '<circle cx="{}%" cy="14" r="8" fill="{}" stroke="#ffffff" stroke-width="2"/>',
        When.NOW: '<svg x="{}%" y="0" overflow="visible"><rect x="-11" y="3" width="22" height="22" fill="{}" '
        'stroke="#0b0c0c" stroke-width="2"/></svg>',
        When.COMES: '<circle cx="{}%" cy="14" r="8" fill="#ffffff" stroke="{}" stroke-width="3"/>',
        When.LATE: '<svg x="{}%" y="0" overflow="visible"><path d="M-8 6 8 22 M8 6 -8 22" stroke="{}" '
        'stroke-width="4"/></svg>',
    }[when]
    colour = {When.WAS: INK, When.NOW: AMBER, When.COMES: INK, When.LATE: RED}[when]
    return format_html(shape, x, colour)


def pictures(
    case: Case,
    budget: Decision | None,
    charges: Sequence[Decision],
    money: MoneyNow | None,
    on: date,
    *,
    ahead: Review | None,
    story: Iterable[StoryLine],
    you: bool,
    payers: Sequence[PaysNow] = (),
) -> dict:
    """Both pictures of a case, for the person or whoever helps them. Who pays is known once there is a budget."""
    shares = who_pays(budget, charges, on, you=you, name=case.person.called, payers=payers) if budget else []
    shown = moments(story, charges, ahead, money, on)
    return {"shares": shares, "bar": split_bar(shares), "moments": shown, "time": line_of_time(shown)}
