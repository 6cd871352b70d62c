"""An April that waits to be looked at: what everybody would pay from last 6 April, worked out and not approved."""

from datetime import date

from django.conf import settings

from leeway.law import law_on
from leeway.law.uprating import not_known_yet
from leeway.money.uprating import actions
from leeway.money.uprating.jobs import carry_on
from leeway.site.demo.playing import Staff


def wait_to_be_looked_at(staff: Staff, today: date) -> None:
    """Have finance draft the last April that has its figures, for those of whom nobody has decided it yet."""
    april = date(today.year if today >= date(today.year, 4, 6) else today.year - 1, 4, 6)
    while not_known_yet(law_on(april, settings.COUNCIL_POLICY)):
        april = april.replace(year=april.year - 1)
    said = {"day": april, "what_for": f"April {april.year}", "puts_benefits_up": True}
    carry_on(str(actions.draft(**said, by=staff.finance, on=today).pk))
