"""An account as people see it: its bar, the month shown, and what stands beside each payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leeway.law.numbers import pounds
from leeway.money.spending.beside import Row
from leeway.money.spending.kinds import Kept
from leeway.money.spending.queries import Left
from leeway.money.statements.keeping import Kept as KeptOfFile
from leeway.split_bar import AMBER, INK, OTHERS, PALE, Share, as_percent, hundredths_of, split_bar

COLOURS = (AMBER, PALE, *OTHERS)


@dataclass(frozen=True)
class Month:
    """The days that a page shows: a month, until today where it is not over; and the months beside it."""

    first: date
    last: date
    before: date | None
    after: date | None

    @property
    def named(self) -> str:
        """Its name: “November 2026”."""
        return f"{self.first:%B %Y}"


def month_of(day: date, *, kept: tuple[date, date] | None, today: date) -> Month:
    """The month of a day, and the ones before and after it as far as lines are kept, or until today."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    since = kept[0].replace(day=1) if kept else first
    return Month(
        first,
        min(following - timedelta(days=1), max(today, first)),
        before if before >= since else None,
        following if following <= today else None,
    )


def what_was_sent(kept: KeptOfFile) -> str:
    """What came of a statement that somebody sent, for them."""
    until = max(each.to_on for each in kept.statements)
    if not kept.new:
        return f"Thank you. Every payment in it until {until:%-d %B %Y} was here already."
    payments = f"{kept.new:,} new line{' is' if kept.new == 1 else 's are'}"
    return f"Thank you. {payments} here now, until {until:%-d %B %Y}."


def shares_of(left: Left) -> list[Share]:
    """The parts of what is in an account: what is left to spend, and what is set aside, by what it is for."""
    aside: dict[str, int] = {}
    for each in left.aside:
        aside[each.kind] = aside.get(each.kind, 0) + each.amount_pence
    parts = [Share(str(Kept(kind).label), pence, COLOURS[place]) for place, (kind, pence) in enumerate(aside.items())]
    to_spend = [Share("To spend", left.left_pence, INK)] if left.left_pence > 0 else []
    return [*to_spend, *parts]


def bar_of(shares: Sequence[Share]) -> SafeString:
    """What is in an account, as one bar."""
    return split_bar(shares, title="What is in the account", each="")


def set_aside_in_words(left: Left) -> str:
    """What is set aside: “£180.00 for holiday pay and £58.90 for a bill that is not paid yet”."""
    parts = [f"{pounds(each.pence)} for {_within(each.who)}" for each in shares_of(left) if each.who != "To spend"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def _within(label: str) -> str:
    """A label as it stands within a sentence."""
    return f"{label[0].lower()}{label[1:]}"


def two_bars(rows: Sequence[Row]) -> SafeString:
    """Planned and spent, a pair of bars for each thing: the table beside it says the same."""
    shown = [row for row in rows if row.planned_pence or row.spent_pence]
    most = max((max(row.planned_pence or 0, row.spent_pence) for row in shown), default=0)
    if not most:
        return SafeString("")
    told = "; ".join(
        f"{row.what}: planned {pounds(row.planned_pence or 0)}, spent {pounds(row.spent_pence)}" for row in shown
    )
    bars = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><rect x="0" y="{}" width="{}%" height="12" fill="{}" stroke="#0b0c0c"/>'
        '<rect x="0" y="{}" width="{}%" height="12" fill="{}" stroke="#0b0c0c"/>',
        (
            (
                62 * place + 18,
                row.what,
                62 * place + 26,
                as_percent(hundredths_of(row.planned_pence or 0, most)),
                PALE,
                62 * place + 40,
                as_percent(hundredths_of(row.spent_pence, most)),
                INK,
            )
            for place, row in enumerate(shown)
        ),
    )
    return format_html(
        '<svg class="leeway-bar leeway-time" role="img" width="100%" height="{}" xmlns="http://www.w3.org/2000/svg" '
        'aria-label="Planned and spent"><title>Planned and spent</title><desc>{}.</desc>{}</svg>',
        62 * len(shown),
        told,
        bars,
    )
