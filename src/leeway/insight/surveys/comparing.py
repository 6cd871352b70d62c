"""Groups held against one another: the difference in shares, within strata where there are any (Mantel-Haenszel)."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import polars as pl

from leeway.insight.surveys.questionnaire import Comparison, Questionnaire
from leeway.insight.surveys.shares import NO_DIFFERENCE, SMALLEST
from leeway.intervals import NORMAL, Interval, Share, newcombe, wilson
from leeway.refusal import Refusal

TOO_FEW = "too few to say"


@dataclass(frozen=True, slots=True)
class Table:
    """One stratum: how many said so, of how many, in the group and in the base."""

    said: int
    answered: int
    base_said: int
    base_answered: int


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A difference within strata, the range it lies in, and how many answers could be compared."""

    difference: float
    interval: Interval
    compared: int


def mantel_haenszel(tables: Iterable[Table], *, confidence: float = 0.95) -> Adjusted | None:
    """The difference in shares, group less base, among people of the same stratum.

    Strata in which only one of the two has answers compare nothing and are left out; None where that leaves none.
    Source: Greenland and Robins (1985), Biometrics 41, 55-68, for the difference; its variance is that of Sato,
    Greenland and Robins (Sato 1989, Biometrics 45, 1323-1324), which holds for few large and for many small strata.
    """
    both = [table for table in tables if table.answered and table.base_answered]
    if not both:
        return None
    weight = sum(t.answered * t.base_answered / (t.answered + t.base_answered) for t in both)
    difference = sum(
        (t.said * t.base_answered - t.base_said * t.answered) / (t.answered + t.base_answered) for t in both
    )
    difference /= weight
    spread = linear = 0.0
    for t in both:
        all_of = t.answered + t.base_answered
        group, base = t.answered / all_of, t.base_answered / all_of
        linear += t.base_said * group**2 - t.said * base**2 + group * base * (t.base_answered - t.answered) / 2
        spread += t.said * (t.base_answered - t.base_said) / all_of + t.base_said * (t.answered - t.said) / all_of
    error = sqrt(max(0.0, difference * linear + spread / 2)) / weight
    reach = NORMAL.inv_cdf(0.5 + confidence / 2) * error
    interval = Interval(max(-1.0, difference - reach), min(1.0, difference + reach))
    return Adjusted(difference, interval, sum(t.answered + t.base_answered for t in both))


def by_group(
    questionnaire: Questionnaire,
    answers: pl.DataFrame,
    *,
    compare: Comparison | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """How each group answered, against the base group: by way of holding, unless another comparison is given.

    One row for each question that has good answers and each group: `question, ask, group, label, answered, share`
    (of good answers) with `low` and `high`; `difference` from the base with `difference_low` and `difference_high`
    (Newcombe); `adjusted` with `adjusted_low` and `adjusted_high`, among people of the same stratum, from `compared`
    answers; `told` (more, fewer, no difference can be told, or too few to say), by the adjusted difference. It is
    null in the row of the base. A group with fewer than five answers to a question shows its number nowhere: all but
    the label is null. Some of many comparisons differ by chance alone: one in twenty at 0.95.
    """
    compare = compare or questionnaire.compare
    if compare is None:
        raise Refusal(
            f"The questionnaire “{questionnaire.code}” compares no groups. Say which question tells them apart."
        )
    labels, base, rows = questionnaire.question(compare.group).labels, compare.base, []
    questionnaire.question(compare.strata)
    for question in questionnaire.questions:
        if not question.good or question.code in (compare.group, compare.strata):
            continue
        told = answers.select(
            group=compare.group,
            stratum=pl.col(compare.strata).fill_null("not known"),
            good=pl.col(question.code).is_in(question.good),
        ).drop_nulls()
        counts = {
            (group, stratum): (said, answered)
            for group, stratum, said, answered in told.group_by("group", "stratum")
            .agg(pl.col("good").sum(), pl.len())
            .iter_rows()
        }
        for group, label in labels.items():
            row = {"question": question.code, "ask": question.ask, "group": group, "label": label}
            rows.append(row | _compared(counts, group, base, confidence))
    return pl.DataFrame(rows, schema=SCHEMA, infer_schema_length=None)


WORDS = ("question", "ask", "group", "label")
NUMBERS = (
    *("share", "low", "high", "difference", "difference_low", "difference_high"),
    *("adjusted", "adjusted_low", "adjusted_high"),
)
SCHEMA = (
    dict.fromkeys(WORDS, pl.String)
    | {"answered": pl.Int64}
    | dict.fromkeys(NUMBERS, pl.Float64)
    | {"compared": pl.Int64, "told": pl.String}
)


def _compared(counts: dict, group: str, base: str, confidence: float) -> dict:
    """The numbers of one group for one question; nothing but “too few” where they are too small to show."""
    said, answered = _sum(counts, group)
    base_said, base_answered = _sum(counts, base)
    if answered < SMALLEST:
        return {"told": TOO_FEW}
    own = Share(said / answered, answered)
    low, high = wilson(own, confidence=confidence)
    row: dict = {"answered": answered, "share": own.share, "low": low, "high": high}
    if group == base:
        return row
    if base_answered < SMALLEST:
        return row | {"told": TOO_FEW}
    against = Share(base_said / base_answered, base_answered)
    plain = newcombe(against, own, confidence=confidence)
    row |= {"difference": own.share - against.share, "difference_low": plain.low, "difference_high": plain.high}
    strata = {stratum for _group, stratum in counts}
    tables = [Table(*counts.get((group, each), (0, 0)), *counts.get((base, each), (0, 0))) for each in strata]
    adjusted = mantel_haenszel(tables, confidence=confidence)
    if adjusted is None or adjusted.compared < 2 * SMALLEST:
        return row | {"told": TOO_FEW}
    row |= {"adjusted": adjusted.difference, "compared": adjusted.compared, "told": told(adjusted.interval)}
    return row | {"adjusted_low": adjusted.interval.low, "adjusted_high": adjusted.interval.high}


def _sum(counts: dict, group: str) -> tuple[int, int]:
    own = [counted for (each, _stratum), counted in counts.items() if each == group]
    return sum(said for said, _ in own), sum(answered for _, answered in own)


def told(difference: Interval) -> str:
    """What a difference between groups says, as far as it can be told."""
    if difference.low > 0:
        return "more"
    return "fewer" if difference.high < 0 else NO_DIFFERENCE
