"""Whether a line of a plan is free by law: what is asked of it, and what cannot be so."""

from datetime import date, timedelta

from django.conf import settings

from leeway.care.planning.models import PlanLine
from leeway.days import PLANNED, check_day
from leeway.law import law_on
from leeway.law.exemptions import WEEKS
from leeway.market.units import Frequency, Unit
from leeway.refusal import Refusal

REABLEMENT, AID, MINOR_ADAPTATION = "reablement", "aid", "minor_adaptation"
#: By which one pays for somebody's time, and never for a thing.
TIME = frozenset({Unit.HOUR, Unit.SESSION, Unit.NIGHT})
ASKED_OF_REABLEMENT = ("reablement_from", "reablement_until", "reablement_agreed_by", "reablement_why")
LONGER = ASKED_OF_REABLEMENT[1:]


def check_exemption(line: PlanLine, on: date) -> None:
    """Refuse a line whose reason to be free lacks what its limit or its time is measured by."""
    given = [name for name in ASKED_OF_REABLEMENT if getattr(line, name)]
    if line.exemption == REABLEMENT:
        _check_reablement(line, on)
    elif given:
        raise Refusal(
            "This is asked of reablement and intermediate care alone. Choose that, or leave this empty.", field=given[0]
        )
    if line.exemption in {AID, MINOR_ADAPTATION}:
        _check_thing(line)
    if line.exemption == MINOR_ADAPTATION:
        _check_adaptation(line)


def _check_reablement(line: PlanLine, on: date) -> None:
    if line.reablement_from is None:
        raise Refusal("Enter the first day of reablement: its free weeks count from then.", field="reablement_from")
    check_day(line.reablement_from, PLANNED, field="reablement_from", what="The first day of reablement", on=on)
    missing = [name for name in LONGER if not getattr(line, name)]
    if len(missing) == len(LONGER):
        return
    weeks = law_on(on, settings.COUNCIL_POLICY)[WEEKS]
    by_law = line.reablement_from + timedelta(weeks=weeks, days=-1)
    if missing:
        raise Refusal(
            f"Reablement is free for longer than {weeks} weeks only by a decision. Enter the last free day, who "
            "decided it and why; or leave all three empty.",
            field=missing[0],
        )
    check_day(line.reablement_until, PLANNED, field="reablement_until", what="The last free day", on=on)
    if line.reablement_until is not None and line.reablement_until <= by_law:
        raise Refusal(
            f"Up to {by_law:%-d %B %Y} it is free by law. Enter a later day; or leave the decision empty.",
            field="reablement_until",
        )


def _check_thing(line: PlanLine) -> None:
    """Refuse somebody's time as equipment: what is free there is a thing."""
    if line.unit in TIME or line.payee_relationship != "not_related":
        raise Refusal(
            "An aid or an adaptation is a thing, and this pays for somebody’s time. Choose another reason why it is "
            "free, or that it is ordinary support.",
            field="exemption",
        )


def _check_adaptation(line: PlanLine) -> None:
    if line.frequency != Frequency.ONCE:
        raise Refusal(
            "An adaptation is made once, and what it costs decides whether it is free. Choose “once only”, with its "
            "whole cost.",
            field="frequency",
        )
    if line.unit == Unit.ITEM and line.units != 1:
        raise Refusal(
            "Write each adaptation as a line of its own: the limit is on what making one costs.", field="units"
        )
