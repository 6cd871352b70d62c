"""The rules of the return, one line each: when a row breaks it, why that matters, what to do, what the centre does.

A rule looks at a frame of cells: each field's column as it is understood (null where it is not), and beside it
`filled:column` (something is written there) and `old:column` (a spelling of release 1). What the centre does is taken
from its published cleaning code; where that says nothing, the row is kept and the return marked down.

Source: DHSC, data-quality and cleaning code for Client Level Data; release 2 of the specification.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import FIELDS, Field, Kind, Need
from leeway.nhs import check_digit_fits, is_placeholder

LEFT_OUT = "The centre leaves the row out."
NOT_KNOWN = "The centre keeps the row and counts this as not known."
KEPT = "The centre keeps the row and marks down the return’s quality."
FILE_FAILS = "The centre fails the file, or changes the value to that of release 2."
CROPPED = "The centre changes the end to the day of death."
NO_COST = "The centre keeps the row and leaves its cost out."


@dataclass(frozen=True)
class Rule:
    """One way in which a cell can be wrong."""

    code: str
    field: str  # the name in the specification; empty for the file as a whole
    column: str
    reason: str
    todo: str
    effect: str
    broken: pl.Expr | None = None  # none for what only the whole file can show


def filled(column: str) -> pl.Expr:
    return pl.col(f"filled:{column}")


def _said(column: str, *values: str) -> pl.Expr:
    return pl.col(column).is_in(values).fill_null(False)


KNOWN_BY_ASSOCIATION = _said("client_type", "Unpaid carer known by association")
AN_EVENT = ~KNOWN_BY_ASSOCIATION
SERVICE_USER = _said("client_type", "Service user")
CARER = _said("client_type", "Unpaid carer", "Unpaid carer known by association")
REQUEST, ASSESSMENT, SERVICE, REVIEW = (
    _said("event", kind) & AN_EVENT for kind in ("Request", "Assessment", "Service", "Review")
)
FINANCIAL = ASSESSMENT & _said("assessment_type", "Financial assessment")
PLANNED = REVIEW & _said("review_reason", *code_list("review_reason").within("Planned"))
#: Full years on the period's last day, reckoned as the centre does.
AGE = ((pl.col("period_ends_on") - pl.col("born_on")).dt.total_days() / 365.25).floor()
COSTED = (
    SERVICE
    & ~_said("mechanism", "CASSR commissioned support")
    & (
        _said("service_type", *code_list("service_type").within("Long term support"))
        | _said("service_type", *code_list("service_type").within("Unpaid carer support"))
        | _said("component", "Short term residential care", "Short term nursing care", "Unpaid carer respite")
    )
)
IN_SHORT_UNITS = _said("cost_frequency", *code_list("cost_frequency").within("Shorter than a week"))

#: When a field must be filled: all of the specification's conditions. A mandatory field that is not here always must.
NEEDED: dict[str, tuple[pl.Expr, str]] = {
    "support_reason": (~_said("event", "Request"), "in every row but a request"),
    "employment": (
        SERVICE_USER & AGE.is_between(18, 64).fill_null(False) & _said("support_reason", "Learning disability support"),
        "for a service user of 18 to 64 whose reason is learning disability",
    ),
    "funding": (
        SERVICE_USER & (SERVICE | REVIEW | FINANCIAL),
        "in a service user’s service, review or financial assessment",
    ),
    "event": (AN_EVENT, "in every row but of a carer known by association"),
    "starts_on": (AN_EVENT, "in every row but of a carer known by association"),
    "ends_on": (
        AN_EVENT & (~_said("event", "Service") | pl.col("died_on").is_not_null()),
        "in every event but a service, and in a service whose person has died",
    ),
    "outcome": (AN_EVENT & ~FINANCIAL, "in every event but a financial assessment"),
    "route": (REQUEST, "in a request"),
    "assessment_type": (ASSESSMENT, "in an assessment"),
    "method": (ASSESSMENT & ~FINANCIAL, "in an assessment that is not financial"),
    "service_type": (SERVICE, "in a service"),
    "component": (SERVICE, "in a service"),
    "review_reason": (REVIEW, "in a review"),
    "achieved": (PLANNED, "in a planned review"),
    "review_method": (REVIEW, "in a review"),
    "unit_cost_pence": (COSTED, "in a service the centre costs"),
    "cost_frequency": (COSTED, "in a service the centre costs"),
    "planned_units_hundredths": (
        COSTED & IN_SHORT_UNITS, "in a service the centre costs whose unit is shorter than a week"
    ),
}  # fmt: skip

_WHERE: dict[str, tuple[pl.Expr, str]] = {
    "service users": (SERVICE_USER, "a service user’s row"),
    "carers": (CARER, "an unpaid carer’s row"),
    "events": (AN_EVENT, "a row of an event (a carer known by association has none)"),
    "requests": (REQUEST, "a request"),
    "assessments": (ASSESSMENT, "an assessment"),
    "services": (SERVICE, "a service"),
    "reviews": (REVIEW, "a review"),
    "short units": (
        SERVICE & (IN_SHORT_UNITS | pl.col("cost_frequency").is_null()), "a service whose unit is shorter than a week"
    ),
}  # fmt: skip
#: Where a field may be filled at all. A field that is not here may be anywhere.
BELONGS: dict[str, str] = {
    **dict.fromkeys(("autism", "visual_impairment", "hearing_impairment", "dementia", "funding"), "service users"),
    **dict.fromkeys(("event", "reference", "starts_on", "ends_on", "description", "outcome"), "events"),
    "route": "requests",
    **dict.fromkeys(("assessment_type", "eligible_needs", "method"), "assessments"),
    **dict.fromkeys(("hours_caring", "adults_cared_for", "cares_for_1", "cares_for_2", "cares_for_3"), "carers"),
    **dict.fromkeys(
        ("service_type", "component", "mechanism", "provider", "unit_cost_pence", "cost_frequency"), "services"
    ),
    "planned_units_hundredths": "short units",
    **dict.fromkeys(("review_reason", "achieved", "review_method"), "reviews"),
}
#: Without these the centre cannot place a row at all.
_CANNOT_DO_WITHOUT = {"council", "person", "event", "starts_on", "client_type"}


def _field_rules(field: Field) -> list[Rule]:
    """Give the rules that follow from a field's declaration alone."""
    column, name = field.column, field.name
    effect = LEFT_OUT if column in _CANNOT_DO_WITHOUT else NOT_KNOWN
    rules = []
    if field.need is not Need.OPTIONAL:
        when, where = NEEDED.get(column, (pl.lit(True), "in every row"))
        rules.append(
            Rule("blank", name, column, f"It is empty, and must be filled {where}.",
                 "Fill it in.", effect, when & ~filled(column))
        )  # fmt: skip
    if column in BELONGS:
        when, where = _WHERE[BELONGS[column]]
        # A row whose kind is not known cannot tell what belongs in it; that is another finding.
        sure = pl.col("client_type").is_not_null() & (pl.col("event").is_not_null() | KNOWN_BY_ASSOCIATION)
        rules.append(
            Rule("does-not-belong", name, column, f"It is filled, and belongs only in {where}.",
                 "Empty it, or correct what kind of row this is.", KEPT, filled(column) & sure & ~when)
        )  # fmt: skip
    if field.kind is Kind.CODE:
        told = code_list(field.codes)
        doubt = f" (The list itself is in doubt: {told.doubt})" if told.doubt else ""
        rules += [
            Rule("not-in-list", name, column, "It holds a value that is not in the field’s list.",
                 f"Use a value of the list: {'; '.join(told.values)}.{doubt}", effect,
                 filled(column) & pl.col(column).is_null()),
            Rule("release-1", name, column, "It holds a value of release 1.",
                 "Use the value of release 2.", FILE_FAILS, pl.col(f"old:{column}")),
        ]  # fmt: skip
    if field.kind not in (Kind.CODE, Kind.TEXT):
        asked = {
            Kind.DATE: ("no day of the calendar", "Write the day as DD/MM/YYYY."),
            Kind.PENCE: ("no amount in pounds and whole pence", "Write pounds with two decimals, such as 23.56."),
            Kind.HUNDREDTHS: ("no number with at most two decimals", "Write a number such as 7.50."),
            Kind.WHOLE: ("no whole number", "Write a whole number."),
        }
        reason, todo = asked[field.kind]
        unread = filled(column) & pl.col(column).is_null()
        rules.append(Rule("unreadable", name, column, f"It holds {reason}.", todo, effect, unread))
    return rules


def nhs_number_is_right(number: pl.Expr) -> pl.Expr:
    """Say whether a text is an NHS number that somebody may have, with spaces or without."""
    digits = number.str.replace_all(r"[\s-]", "")
    whole = digits.cast(pl.Int64, strict=False)
    return digits.str.contains(r"^[0-9]{10}$") & check_digit_fits(whole) & ~is_placeholder(whole)


def _col(left: str, compare: Callable[[pl.Expr, pl.Expr], pl.Expr], right: str) -> pl.Expr:
    return compare(pl.col(left), pl.col(right)).fill_null(False)


def _form_rules() -> list[Rule]:
    cancelled = pl.col("description").str.contains("(?i)cancel").fill_null(False)
    in_prison = _said("service_type", "Long term support: Prison")
    return [
        _rule("nhs-number", "nhs_number", "It is no NHS number: ten digits, not all the same, the last a check.",
              "Correct it, or leave it empty.", "The centre knows the person by the council’s own number only.",
              filled("nhs_number") & ~nhs_number_is_right(pl.col("nhs_number"))),
        _rule("postcode", "postcode", "It has not the form of a whole postcode.", "Write it whole, such as LS6 2AB.",
              NOT_KNOWN, filled("postcode") & pl.col("district").is_null()),
        _rule("provider", "provider", "It is no location number of the regulator: 1, a dash, digits.",
              "Give the location’s number (1-…), or leave it empty.", NOT_KNOWN,
              filled("provider") & ~pl.col("provider").str.contains(r"^1-[0-9]+$")),
        _rule("prison-direct-payment", "mechanism", "Nobody in prison can have a direct payment.",
              "Correct the way the budget is held, or the service type.", NOT_KNOWN,
              in_prison & (_said("mechanism", "Direct payment") | _said("component", "Direct payment"))),
        _rule("cancelled", "description", "The event’s own words say that it was cancelled.",
              "Leave cancelled events out of the return.", "The centre counts the event, which did not happen.",
              cancelled),
        _rule("negative-cost", "unit_cost_pence", "A cost is below nothing.", "Write the cost without a sign.",
              "The centre reads it as if it had no sign.", (pl.col("unit_cost_pence") < 0).fill_null(False)),
        _rule("no-cost", "unit_cost_pence", "The cost is nothing.", "Write what one unit costs, gross.", NO_COST,
              (pl.col("unit_cost_pence") == 0).fill_null(False) & ~_said("cost_frequency", "No charge to client")),
        _rule("negative-units", "planned_units_hundredths", "The units are none, or below none.",
              "Write the planned units a week.", NO_COST,
              (pl.col("planned_units_hundredths") <= 0).fill_null(False)),
    ]  # fmt: skip


def _date_rules() -> list[Rule]:
    late_death = (pl.col("died_on") > pl.col("period_ends_on").dt.offset_by("3mo")).fill_null(False)
    not_service = AN_EVENT & pl.col("event").is_not_null() & ~SERVICE
    before = _col("ends_on", pl.Expr.lt, "period_starts_on")
    return [
        _rule("period-backwards", "period_ends_on", "The period ends before it begins.", "Correct the period.",
              "The centre cannot place the file.", _col("period_ends_on", pl.Expr.lt, "period_starts_on")),
        _rule("born-late", "born_on", "The person was born after, or on the day of, the event’s start.",
              "Correct the date of birth, or the event’s.", "The centre counts the person in no measure of adults.",
              _col("born_on", pl.Expr.ge, "starts_on")),
        _rule("born-after-period", "born_on", "The date of birth is after the period.", "Correct it.",
              "The centre counts the person in no measure of adults.", _col("born_on", pl.Expr.gt, "period_ends_on")),
        _rule("died-before-birth", "died_on", "The person died before they were born.", "Correct the dates.",
              NOT_KNOWN, _col("died_on", pl.Expr.lt, "born_on")),
        _rule("died-in-future", "died_on", "The date of death is more than three months after the period.",
              "Correct it.", KEPT, late_death),
        _rule("starts-after-end", "ends_on", "The event ends before it begins.", "Correct the dates.", LEFT_OUT,
              _col("starts_on", pl.Expr.gt, "ends_on")),
        _rule("starts-after-period", "starts_on", "The event begins after the period.",
              "Leave it to the next return, or correct the date.", LEFT_OUT,
              _col("starts_on", pl.Expr.gt, "period_ends_on")),
        _rule("completed-outside-period", "ends_on",
              "Requests, assessments and reviews belong in the period in which they are completed.",
              "Leave it out of this return, or correct the date.", LEFT_OUT,
              not_service & (before | _col("ends_on", pl.Expr.gt, "period_ends_on"))),
        _rule("ended-before-period", "ends_on", "The service ended before the period.",
              "Leave it out of this return, or correct the date.", LEFT_OUT, SERVICE & before),
        _rule("ends-after-death", "ends_on", "The event ends after the person died.",
              "End it on or before the day of death.", CROPPED, _col("ends_on", pl.Expr.gt, "died_on")),
        _rule("starts-after-death", "starts_on", "The event begins after the person died.", "Correct the dates.",
              LEFT_OUT, _col("starts_on", pl.Expr.gt, "died_on")),
    ]  # fmt: skip


def _whole_file_rules() -> list[Rule]:
    cut = "The centre takes the period to run from the first sound month to the last."
    return [
        _rule("same-event-twice", "event", "The same event is in the file more than once.", "Send it once.",
              "The centre counts it once."),
        _rule("two-births", "born_on", "The same person has another date of birth in their latest row.",
              "Find out which is right.", "The centre takes that of the latest event."),
        _rule("two-genders", "gender", "The same person has another gender in their latest row.",
              "Find out which is right.", "The centre takes that of the latest event."),
        _rule("two-people-one-number", "nhs_number", "Two people of the council have this NHS number.",
              "Correct it, or join the two people.", "The centre takes them for one person."),
        _rule("another-period", "period_ends_on", "The row has another period than most rows of the file.",
              "Send one period a file.", "The centre may place the file in the wrong period."),
        _rule("not-a-year", "period_starts_on", "The period is not twelve months.", "Send the last twelve months.",
              "The centre uses the months that are there."),
        _rule("thin-month", "period_starts_on",
              "A month of the period has under 2% of the events that ended, or lacks kinds of event that others have.",
              "Send the month’s events, or state the period that the file covers.", cut),
        *(
            _rule("column-missing", field.column, "The file has no such column.", "Add the column.",
                  LEFT_OUT if field.column in _CANNOT_DO_WITHOUT else KEPT)
            for field in FIELDS
        ),
        Rule("column-not-asked", "", "", "The file has columns that release 2 does not ask for, such as names.",
             "Take them out: nobody needs them.", "The centre fails the file, or leaves the columns out."),
    ]  # fmt: skip


_NAMES = {field.column: field.name for field in FIELDS}


def _rule(code: str, column: str, reason: str, todo: str, effect: str, broken: pl.Expr | None = None) -> Rule:
    return Rule(code, _NAMES[column], column, reason, todo, effect, broken)


@cache
def rules() -> tuple[Rule, ...]:
    """Give every rule, those of single rows first."""
    declared = [rule for field in FIELDS for rule in _field_rules(field)]
    return (*declared, *_form_rules(), *_date_rules(), *_whole_file_rules())
