"""What providers that hold a fund say of it: eight weeks at a time, but for the last ones; of some nothing yet."""

from datetime import date, timedelta

from leeway.law.numbers import floor_div
from leeway.money.service_funds.actions import NewSpent, enter_statement
from leeway.money.service_funds.queries import Fund, agreed_pence, funds_of, to_state
from leeway.site.demo.playing import Staff

WEEKS_TOLD, DAYS_AGO = timedelta(weeks=8), timedelta(days=14)


def state(staff: Staff, today: date) -> None:
    """Have the statements of each fund that money reached long enough ago; of every third fund none came yet."""
    for place, fund in enumerate(sorted(funds_of(None, today), key=lambda each: str(each.case.person))):
        ends_on = fund.next_from + WEEKS_TOLD - timedelta(days=1)
        while place % 3 < 2 and ends_on < today - DAYS_AGO:
            _told(fund, ends_on, staff, today)
            ends_on += WEEKS_TOLD


def _told(fund: Fund, ends_on: date, staff: Staff, today: date) -> None:
    """Nearly all of what was planned for the days was spent, as far as the money went."""
    wanted = to_state(fund.case, ends_on, today)
    left, spent = wanted.opening_pence + wanted.received_pence - wanted.given_back_pence, []
    for line in wanted.lines:
        pence = min(left, floor_div(agreed_pence(line, wanted.starts_on, ends_on) * 9, 10))
        if pence > 0:
            spent.append(NewSpent(line=line, pence=pence))
            left -= pence
    enter_statement(
        case=fund.case,
        ends_on=ends_on,
        opening_pence=wanted.opening_pence,
        received_pence=wanted.received_pence,
        given_back_pence=wanted.given_back_pence,
        closing_pence=left,
        spent=spent,
        shown_by=f"Statement of {ends_on + timedelta(days=7):%-d %B}, by email",
        by=staff.finance,
        on=min(ends_on + timedelta(days=10), today),
    )
