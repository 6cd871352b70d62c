"""The two pictures of a person's pages: who pays, and what was, is and comes. Each with its words beside it.

They are drawn with places in percent and letters in the page's own size: they fit a phone, and grow with large print.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leeway.care.decisions.models import Decision
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine
from leeway.care.planning.queries import pays_on
from leeway.care.review.models import Review
from leeway.law.numbers import floor_div, pounds
from leeway.money.payments.money_now import MoneyNow

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
INK, AMBER, PALE, LINE, RED = "#0b4f4d", "#f2b134", "#a8cdc9", "#505a5f", "#942514"


@dataclass(frozen=True, slots=True)
class Share:
    """What one of those who pay pays a week."""

    who: str
    pence: int
    colour: str


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


def who_pays(budget: Decision, charges: Sequence[Decision], on: date, *, you: bool, name: str) -> list[Share]:
    """Who pays how much of a budget on a day, the largest payer's colour the darkest; whoever pays nothing is left out.

    What somebody pays themselves stands even where it is nothing: it is what they want to know.
    """
    result = budget.result
    own = pays_on(charges, on) if charges else result["charge_pence_per_week"]
    nhs = result["nhs_pence_per_week"]
    shares = [
        Share("You pay" if you else f"{name} pays", own, AMBER),
        Share("The council pays", result["pence_per_week"] - nhs - own, INK),
        Share("The NHS pays", nhs, PALE),
    ]
    return [share for share in shares if share.pence or share is shares[0]]


def split_bar(shares: Sequence[Share]) -> SafeString:
    """One bar, split by who pays. Nobody needs it who reads the table beside it."""
    whole = sum(share.pence for share in shares)
    if whole <= 0:
        return SafeString("")
    told = "; ".join(f"{share.who} {pounds(share.pence)} a week" for share in shares)
    ends = [_percent(sum(share.pence for share in shares[:place]), whole) for place in range(len(shares) + 1)]
    parts = format_html_join(
        "",
        '<rect x="{}%" y="1" width="{}%" height="38" fill="{}" stroke="#0b0c0c"/>',
        (
            (_said(ends[place]), _said(ends[place + 1] - ends[place]), share.colour)
            for place, share in enumerate(shares)
        ),
    )
    return format_html(
        '<svg class="leeway-bar" role="img" width="100%" height="40" xmlns="http://www.w3.org/2000/svg" '
        'aria-label="Who pays"><title>Who pays</title><desc>{}.</desc>{}</svg>',
        told,
        parts,
    )


def _percent(part: int, whole: int) -> int:
    """A share in hundredths of a percent."""
    return floor_div(part * 100_00, whole)


def _said(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


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
    place = [_percent(2 * index + 1, 2 * len(shown)) for index in range(len(shown))]
    told = "; ".join(f"{moment.words}, {moment.on:%-d %B %Y}" for moment in shown)
    dots = format_html_join(
        "",
        '{}<text x="{}%" y="44" text-anchor="middle">{}</text><text x="{}%" y="62" text-anchor="middle">{}</text>',
        (
            (_dot(moment.when, _said(x)), _said(x), f"{moment.on:%-d %b}", _said(x), f"{moment.on:%Y}")
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
) -> dict:
    """Both pictures of a case, for the person or whoever helps them. Who pays is known once there is a budget."""
    shares = who_pays(budget, charges, on, you=you, name=case.person.called) if budget else []
    shown = moments(story, charges, ahead, money, on)
    return {"shares": shares, "bar": split_bar(shares), "moments": shown, "time": line_of_time(shown)}
