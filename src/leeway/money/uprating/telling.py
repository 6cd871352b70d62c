"""The letters of a batch: what was paid, what is paid from which day, why, and what to do where it is wrong."""

import logging
from datetime import date

from django.db import InterfaceError, OperationalError, transaction

from leeway.access.models import User
from leeway.care.people.actions import write_to_person
from leeway.care.people.recipients import HasDied
from leeway.jobs.kinds import Progress, untold
from leeway.law.dated import every_parameter
from leeway.law.numbers import pounds
from leeway.market.units import Unit
from leeway.money.uprating.applying import because
from leeway.money.uprating.models import Batch, Row
from leeway.money.uprating.states import RowState, State

SOME = 100
NOT_PUT_UP = "We have not changed what we know of your income."
IN_TIME = "Please tell us if anything is not right."
NOT_WRITTEN = "The letter could not be written. Tell them yourself, and tell whoever looks after Leeway."

log = logging.getLogger(__name__)


def tell(batch: Batch, progress: Progress = untold) -> None:
    """Write whatever letter of a batch is not written yet: of new charges, or that they were taken back."""
    of = to_tell(batch).count()
    while some(batch):
        progress(done=of - to_tell(batch).count(), of=of)


def to_tell(batch: Batch):
    """Whoever pays another amount and was not written to, but for whose letter could not be written."""
    changed = batch.rows.filter(state=RowState.APPLIED, charge_after__isnull=False)
    return changed.filter(told_on=None, why="")


@transaction.atomic
def some(batch: Batch) -> bool:
    """Write some letters of a batch; whether there may be more. After the last, everybody is told."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != State.WRITING or batch.told_by is None or batch.told_on is None:
        return False
    rows = list(to_tell(batch).select_related("case__person", "budget").order_by("pk")[:SOME])
    if not rows:
        batch.state = State.TOLD
        batch.save(update_fields=["state"])
        return False
    for row in rows:
        _tell(row, batch, batch.told_by, batch.told_on)
    Row.objects.bulk_update(rows, ["told_on", "why"])
    return True


def _tell(row: Row, batch: Batch, by: User, on: date) -> None:
    """Write one letter, and note that somebody was told; or why it could not be written, which holds up no other."""
    try:
        with transaction.atomic():
            _write(row, batch, by, on)
        row.told_on = on
    except (InterfaceError, OperationalError):  # the database is gone, and no letter is at fault
        raise
    except Exception as problem:
        log.error("The letter to case %s could not be written: %s.", row.case_id, type(problem).__name__)
        row.why = NOT_WRITTEN


def _write(row: Row, batch: Batch, by: User, on: date) -> None:
    try:
        template = "budget_uprated" if row.prices else "charge_uprated"
        write_to_person(
            case=row.case, template=template, data=fields_of(row, batch), key=f"uprated:{row.pk}", by=by, on=on
        )
    except HasDied:
        return


def fields_of(row: Row, batch: Batch) -> dict[str, str]:
    """What a letter about a new charge, or a new budget, is filled in with."""
    budget = {
        "prices": "; ".join(prices_in_words(row)),
        "budget_before": pounds(row.budget.cost_pence_per_week),
        "budget_after": pounds(row.cost_after_pence or 0),
    }
    return (budget if row.prices else {}) | {
        "before": pounds(row.before_pence),
        "after": pounds(row.after_pence or 0),
        "day": f"{batch.day:%-d %B %Y}",
        "why": " and ".join(because(row)),
        "income": incomes_in_words(row) or NOT_PUT_UP,
        "late": late_in_words(batch) or IN_TIME,
    }


def prices_in_words(row: Row) -> list[str]:
    """What costs another price, and how much each."""
    return [
        f"“{each['what']}” costs {pounds(each['to_pence'])} {Unit(each['unit']).with_article}, and cost "
        f"{pounds(each['from_pence'])} before"
        for each in row.prices
    ]


def incomes_in_words(row: Row) -> str:
    """Which benefits were taken to have gone up, and from how much to how much; empty where none was."""
    names = every_parameter()
    told = [
        f"{names[f'charging.income_kinds.{each["kind"]}'].label} from {pounds(each['from_pence_per_week'])} to "
        f"{pounds(each['to_pence_per_week'])} a week"
        for each in row.raised
    ]
    if not told:
        return ""
    return f"We took it that this has gone up, because you had the full rate before: {'; '.join(told)}."


def late_in_words(batch: Batch) -> str:
    """Why a letter comes late, and that we are sorry; empty where it is in time."""
    if not batch.late_because:
        return ""
    return (
        f"We are sorry that this letter is late. You should have had it by {batch.letters_by:%-d %B %Y}. "
        f"The reason: {batch.late_because}"
    )


def tell_taken_back(row: Row, batch: Batch, by: User, on: date) -> None:
    """Write to somebody who was told of a new charge that it was taken back."""
    data = {
        "before": pounds(row.before_pence),
        "after": pounds(row.after_pence or 0),
        "day": f"{batch.day:%-d %B %Y}",
        "why": batch.undone_because,
    }
    if row.prices:
        data["budget_before"] = pounds(row.budget.cost_pence_per_week)
    template = "budget_taken_back" if row.prices else "charge_taken_back"
    try:
        write_to_person(case=row.case, template=template, data=data, key=f"taken-back:{row.pk}", by=by, on=on)
    except HasDied:
        return
