"""Which agreed line each of many visits was a visit of, and what is due for it. Frames in, a frame out.

Nothing is guessed: who is named so twice, what fits two lines, what was not planned, and what is beyond the week that
was agreed waits for somebody. How long is paid for is the law's rule of one visit, run on whole columns.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from leeway.law.numbers import ceil_div, greatest, where
from leeway.law.visits import Tolerances, minutes_paid, visit_pence
from leeway.market.units import Unit
from leeway.money.invoices.kinds import A_VISIT_EACH, DELIVERED, Because, Happened, Result

VISITS = {
    "visit": pl.String, "nhs_number": pl.String, "person_reference": pl.String, "name": pl.String,
    "date_of_birth": pl.Date, "what": pl.String, "day": pl.Date, "starts_at": pl.Time, "planned_minutes": pl.Int64,
    "minutes": pl.Int64, "happened": pl.String,
}  # fmt: skip
#: An agreed line, once for each stretch of days in which it has one funding and one price.
LINES = {
    "line": pl.String, "case": pl.String, "funding": pl.String, "nhs_number": pl.String, "name": pl.String,
    "date_of_birth": pl.Date, "line_what": pl.String, "service": pl.String, "starts_on": pl.Date, "ends_on": pl.Date,
    "unit": pl.String, "agreed_minutes": pl.Int64, "agreed_times": pl.Int64, "rate_pence": pl.Int64,
}  # fmt: skip
#: The provider's own numbers of people, as earlier visits show them.
KNOWN = {"person_reference": pl.String, "case": pl.String}
#: What was matched already of a line in a week that begins on this Monday.
BEFORE = {"line": pl.String, "week": pl.Date, "minutes_before": pl.Int64, "times_before": pl.Int64}
FOUND = (
    "visit", "result", "because", "case", "line", "funding", "rate_pence", "minutes_paid", "due_pence", "unit",
    "agreed_minutes", "agreed_times",
)  # fmt: skip
TITLES = ("mr", "mrs", "miss", "ms", "mx", "dr")


def match(
    visits: pl.DataFrame, lines: pl.DataFrame, known: pl.DataFrame, before: pl.DataFrame, tolerances: Tolerances
) -> pl.DataFrame:
    """What each visit is matched to and what is due for it, in the order in which they came."""
    rows = visits.with_row_index("place").with_columns(name=_name_key("name"))
    people = lines.with_columns(name=_name_key("name"))
    who = rows.join(_who(rows, people, known), on="place", how="left")
    found = who.join(_lines(who, people), on="place", how="left").sort("place")
    priced = found.with_columns(**_due(found, tolerances))
    told = priced.with_columns(because=_because()).with_columns(over=_over(before, priced, tolerances))
    told = told.with_columns(
        because=pl.when((pl.col("because") == Because.FITS) & pl.col("over"))
        .then(pl.lit(Because.MORE_THAN_AGREED.value))
        .otherwise("because")
    )
    matched, nothing = pl.col("because") == Because.FITS, pl.col("because") == Because.NOT_GIVEN
    return told.with_columns(
        result=pl.when(matched)
        .then(pl.lit(Result.MATCHED.value))
        .when(nothing)
        .then(pl.lit(Result.NOTHING_DUE.value))
        .otherwise(pl.lit(Result.UNALLOCATED.value)),
        minutes_paid=pl.when(matched).then("minutes_paid").otherwise(0),
        due_pence=pl.when(matched).then("due_pence").otherwise(0),
    ).select(FOUND)


def _name_key(name: str) -> pl.Expr:
    """A name without titles, in whichever order its words stand: “Bell, Mrs Ada” is “Ada Bell”."""
    words = pl.col(name).str.to_lowercase().str.extract_all(r"[\p{L}\p{M}]+")
    return words.list.set_difference(pl.lit(list(TITLES))).list.sort().list.join(" ")


def _who(rows: pl.DataFrame, people: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """For each visit, how many people it may have been with, and whom where it is one.

    The NHS number says it alone; else the provider's own number, where it is known; else name and birthday.
    """
    persons = people.select("case", "nhs_number", "name", "date_of_birth").unique()
    by_nhs = rows.filter(pl.col("nhs_number") != "").join(persons, on="nhs_number").select("place", "case")
    rest = rows.filter(pl.col("nhs_number") == "")
    by_number = rest.filter(pl.col("person_reference") != "").join(known, on="person_reference").select("place", "case")
    rest = rest.filter(pl.col("name") != "").join(by_number, on="place", how="anti")
    born = pl.col("date_of_birth")
    same_birthday = born.is_null() | pl.col("date_of_birth_right").is_null() | (born == pl.col("date_of_birth_right"))
    by_name = rest.join(persons, on="name").filter(same_birthday).select("place", "case")
    found = pl.concat([by_nhs, by_number, by_name]).unique()
    counted = found.group_by("place").agg(people=pl.len(), case=pl.col("case").first())
    return counted.with_columns(case=pl.when(pl.col("people") == 1).then("case"))


def _lines(who: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """For each visit with one person, how many agreed lines it may be a visit of on its day, and which where it is one.

    What the provider calls it decides between several, where it is what a line or its service is called.
    """
    asked = who.filter(pl.col("people") == 1).select("place", "case", "day", said=pl.col("what").str.to_lowercase())
    of_line = lines.select(pl.exclude("nhs_number", "name", "date_of_birth"))
    fits = asked.join(of_line, on="case").filter(pl.col("day").is_between("starts_on", "ends_on"))
    same = (pl.col("said") != "") & (
        (pl.col("said") == pl.col("line_what").str.to_lowercase())
        | (pl.col("said") == pl.col("service").str.to_lowercase())
    )  # fmt: skip
    fits = fits.with_columns(same=same).filter(pl.col("same") | ~pl.col("same").any().over("place"))
    kept = ("line", "funding", "unit", "agreed_minutes", "agreed_times", "rate_pence")
    return fits.group_by("place").agg(lines=pl.col("line").n_unique(), **{name: pl.col(name).first() for name in kept})


def _due(found: pl.DataFrame, tolerances: Tolerances) -> Mapping[str, pl.Series]:
    """How many minutes of each visit are paid for and what they cost, by the rules of one visit on whole columns."""
    happened = found["happened"]
    minutes = found["minutes"].fill_null(0).to_numpy().astype(np.int64)
    planned = found["planned_minutes"].fill_null(found["minutes"]).fill_null(0).to_numpy().astype(np.int64)
    given = happened.is_in([each.value for each in DELIVERED]).to_numpy()
    late = (happened == Happened.CANCELLED_LATE).to_numpy()
    paid: Any = minutes_paid(planned, minutes, given=given, cancelled_late=late, tolerances=tolerances)
    rate = found["rate_pence"].fill_null(0).to_numpy().astype(np.int64)
    by_the_hour = (found["unit"] == Unit.HOUR).fill_null(False).to_numpy()
    part = ceil_div(rate * paid, greatest(planned, 1))
    pence: Any = where(by_the_hour, visit_pence(rate, paid), part)
    return {"minutes_paid": pl.Series(paid), "due_pence": pl.Series(pence)}


def _because() -> pl.Expr:
    """Why each visit is where it is, but for the week's limit: the first of these that holds."""
    not_given = [Happened.MISSED.value, Happened.CANCELLED_IN_TIME.value]
    no_length = pl.col("minutes").is_null() & (pl.col("happened") != Happened.CANCELLED_LATE)
    no_plan = pl.col("planned_minutes").is_null() & (pl.col("happened") == Happened.CANCELLED_LATE)
    by_the_visit = [Unit.HOUR.value, *(unit.value for unit in A_VISIT_EACH)]
    tried = {
        Because.NOT_GIVEN: pl.col("happened").is_in(not_given),
        Because.NOBODY: pl.col("people").is_null(),
        Because.SEVERAL_PEOPLE: pl.col("people") > 1,
        Because.NO_LINE: pl.col("lines").is_null(),
        Because.SEVERAL_LINES: pl.col("lines") > 1,
        Because.UNPLANNED: pl.col("happened") == Happened.UNPLANNED,
        Because.NO_LENGTH: no_length | no_plan,
        Because.NOT_BY_THE_VISIT: ~pl.col("unit").is_in(by_the_visit),
    }
    found = [pl.when(condition).then(pl.lit(because.value)) for because, condition in tried.items()]
    return pl.coalesce(*found, pl.lit(Because.FITS.value))


def _over(before: pl.DataFrame, priced: pl.DataFrame, tolerances: Tolerances) -> pl.Series:
    """Whether a visit goes beyond what was agreed for its week, with all that came before it in that week."""
    week = pl.col("day").dt.truncate("1w")
    rows = priced.with_columns(because=_because(), week=week).join(before, on=["line", "week"], how="left")
    counted = (pl.col("because") == Because.FITS).cast(pl.Int64)
    rows = rows.sort("day", "starts_at", "place").with_columns(
        minutes_so_far=(pl.col("minutes_paid") * counted).cum_sum().over("line", "week")
        + pl.col("minutes_before").fill_null(0),
        times_so_far=counted.cum_sum().over("line", "week") + pl.col("times_before").fill_null(0),
    )
    too_long = pl.col("minutes_so_far") > pl.col("agreed_minutes") + tolerances.above_minutes_a_week
    too_often = pl.col("times_so_far") > pl.col("agreed_times")
    over = pl.when(pl.col("unit") == Unit.HOUR).then(too_long).otherwise(too_often).fill_null(False)
    return rows.with_columns(over=over).sort("place")["over"]
