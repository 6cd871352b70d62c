"""The council's own cases, as the national return tells them, each row with its way back to the case.

The only module of the records that knows Django: a fixed number of queries, however many people there are, made into
events by `records.events`. What the product does not record is not guessed: `what_the_return_cannot_say` names it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Cast

from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.care.assessment import queries as assessment
from leeway.care.circumstances import queries as circumstances
from leeway.care.people import queries as people
from leeway.care.planning import queries as planning
from leeway.care.review import queries as review
from leeway.insight.records import events as made
from leeway.insight.records.events import Raw
from leeway.insight.records.tables import Records
from leeway.money.budgets import queries as budgets
from leeway.period import year_to
from leeway.refusal import Refusal

Reader = Callable[..., QuerySet]

HUNDREDTHS = Cast(F("units") * 100, BigIntegerField())
IN_BEST_INTERESTS = ExpressionWrapper(Q(best_interests__isnull=False), BooleanField())
#: What each table of the council is read with, and the columns taken from it, by our name for them.
CASES = {
    "case": "pk", "person": "person_id", "kind": "kind", "cared_for": "cared_for_id", "reason": "support_reason",
    "route": "request_route", "team": "team__name", "opened_on": "opened_on", "closed_on": "closed_on",
    "nhs_number": "person__nhs_number", "gender": "person__gender", "ethnicity": "person__ethnicity",
    "born_on": "person__date_of_birth", "died_on": "person__date_of_death", "postcode": "person__postcode",
}  # fmt: skip
ASSESSMENTS = {
    "id": "pk", "case": "case_id", "starts_on": "started_on", "ends_on": "completed_on", "took_part": "took_part",
    "eligible": "eligibility__result__eligible", "nhs_funded": "eligibility__result__nhs_funded",
}  # fmt: skip
MONEY_CHECKS = {
    "id": "pk", "case": "case_id", "starts_on": "started_on", "ends_on": "completed_on", "basis": "basis",
}  # fmt: skip
REVIEWS = {
    "id": "pk", "case": "case_id", "starts_on": "opened_on", "ends_on": "held_on", "reason": "reason",
    "result": "result", "achieved": "achieved",
}  # fmt: skip
BUDGETS = {
    "plan": "plan_id", "case": "case_id", "starts_on": "starts_on", "ends_on": "ending__ends_on",
    "begun_on": "started_on", "cost": "cost_pence_per_week", "charge": "charge_pence_per_week",
}  # fmt: skip
LINES = {
    "id": "pk", "plan": "plan_id", "kinds": "service__kinds", "provider": "service__external_id", "way": "way",
    "unit": "unit", "hundredths": HUNDREDTHS, "unit_cost_pence": "unit_cost_pence", "frequency": "frequency",
}  # fmt: skip
EARLIER = {
    "id": "pk", "case": "case_id", "support": "kind", "provider": "provider_number", "unit": "unit",
    "hundredths": HUNDREDTHS, "unit_cost_pence": "unit_cost_pence", "frequency": "frequency", "starts_on": "starts_on",
    "ends_on": "ends_on",
}  # fmt: skip
CHOICES = {
    "plan": "offer__plan_id", "told": "offer__amount_told", "explained": "offer__ways_explained",
    "not_said": "not_said", "why_not": "why_not_direct_payment", "best_interests": IN_BEST_INTERESTS,
}  # fmt: skip

TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "told": pl.Boolean, "explained": pl.List(pl.String), "not_said": pl.Boolean, "best_interests": pl.Boolean,
    "kinds": pl.List(pl.String), "eligible": pl.Boolean, "nhs_funded": pl.Boolean, "cost": pl.Int64,
    "charge": pl.Int64, "hundredths": pl.Int64, "unit_cost_pence": pl.Int64,
}  # fmt: skip

#: An event's reference begins with what it is about. Each is read by one query, in which its case can be found again.


@dataclass(frozen=True)
class Return:
    """A return of twelve months, and where each of its rows comes from.

    `events` is the flat layout with our column names and `team`; it holds NHS numbers and postcodes. `lineage` has a
    row for each thing of the council's that an event tells of: `row` (the event's row in the file, the header being
    1), `reference`, `about` (request, assessment, money-check, review or service), `id` (the case's, assessment's,
    money check's, review's, plan line's or earlier support's) and `case`.
    """

    starts_on: date
    ends_on: date
    events: pl.DataFrame
    lineage: pl.DataFrame


@transaction.atomic
def council_return(ends_on: date, *, seen_by: User, on: date, council: str = "") -> Return:
    """Make the national return of the twelve months to a day, for an analyst or an administrator.

    `council` is the council's code in the return. Everybody in it can see that their record was looked at, by whom.
    Raises `Refusal` for a day that is still to come, or is not the last of a month.
    """
    if (ends_on + made.DAY).day != 1:
        raise Refusal(f"{ends_on:%-d %B %Y} is not the last day of a month. The return is made of whole months.")
    told, lineage = _events(ends_on, seen_by, on, council or settings.COUNCIL_NAME)
    page = f"Client Level Data return to {ends_on:%-d %B %Y}"
    record_looks(viewer=seen_by, person_ids=told["person"].to_list(), page=page)
    return Return(year_to(ends_on).starts_on, ends_on, told, lineage)


def council_records(ends_on: date, *, seen_by: User, on: date) -> Records:
    """Give the five tables of the twelve months to a day, straight from the cases: nobody is named in them.

    For measures, whose answers are numbers of people, so that no look at anyone is noted. Raises as `council_return`.
    """
    return made.tables_of(_events(ends_on, seen_by, on, settings.COUNCIL_NAME)[0])


def what_the_return_cannot_say() -> tuple[tuple[str, str], ...]:
    """Give the fields that Leeway cannot fill in as the specification means them, each with what it does instead."""
    return made.CANNOT_SAY


def _events(ends_on: date, seen_by: User, on: date, council: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if ends_on > on:
        raise Refusal(f"The period ends on {ends_on:%-d %B %Y}, which is still to come. Give a day that has passed.")
    read = partial(_read, until=ends_on, seen_by=seen_by)
    raw = Raw(
        cases=read(people.cases_to_report, CASES),
        helped=read(people.people_with_unpaid_carer, {"person": "person_id"})["person"].unique(),
        assessments=read(assessment.assessments_to_report, ASSESSMENTS),
        money_checks=read(assessment.money_checks_to_report, MONEY_CHECKS),
        reviews=read(review.reviews_to_report, REVIEWS),
        budgets=read(budgets.budgets_to_report, BUDGETS),
        lines=_priced(read(budgets.lines_to_report, LINES)),
        choices=read(planning.choices_to_report, CHOICES),
        earlier=_priced(read(circumstances.earlier_support_to_report, EARLIER)),
    )
    return made.events_of(raw, ends_on, council)


def _read(reader: Reader, columns: dict, *, until: date, seen_by: User) -> pl.DataFrame:
    """Read a table in one query, the keys of its rows as text."""
    rows = reader(until=until, seen_by=seen_by).values_list(*columns.values())
    told = [tuple(str(value) if isinstance(value, UUID) else value for value in row) for row in rows]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        name: pl.Date if name.endswith("_on") else TYPES.get(name, pl.String) for name in columns
    }
    return pl.DataFrame(told, schema=schema, orient="row")


def _priced(lines: pl.DataFrame) -> pl.DataFrame:
    """Give each plan line its price as the return asks for it. The sums are those that planning does."""
    wanted = lines.select("unit", "hundredths", "unit_cost_pence", "frequency")
    priced = [made.price(**row) for row in wanted.iter_rows(named=True)]
    names = {"unit_cost_pence": pl.Int64, "cost_frequency": pl.String, "planned_units_hundredths": pl.Int64}
    return lines.drop("unit_cost_pence").hstack(pl.DataFrame(priced, schema=names, orient="row"))
