"""What the answers to a questionnaire say, as frames for a page, a report or a file."""

from math import sqrt

import polars as pl
from scipy.special import stdtrit

from leeway.insight.surveys.comparing import TOO_FEW
from leeway.insight.surveys.questionnaire import Question, Questionnaire
from leeway.insight.surveys.shares import NO_DIFFERENCE, SMALLEST, direction, sample_needed
from leeway.insight.surveys.weights import effective
from leeway.intervals import Share, bounds, newcombe, wilson
from leeway.small_numbers import hidden_parts

SHARES = {
    "question": pl.String, "ask": pl.String, "option": pl.String, "label": pl.String, "good": pl.Boolean,
    "said": pl.Int64, "answered": pl.Int64, "asked": pl.Int64, "tells": pl.Float64, "share": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "least": pl.Float64, "most": pl.Float64, "hidden": pl.Boolean,
}  # fmt: skip
NUMBERS = {
    "question": pl.String, "ask": pl.String, "answered": pl.Int64, "asked": pl.Int64, "mean": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "least": pl.Float64, "most": pl.Float64, "lower_quartile": pl.Float64,
    "median": pl.Float64, "upper_quartile": pl.Float64, "hidden": pl.Boolean,
}  # fmt: skip


def shares(
    questionnaire: Questionnaire,
    answers: pl.DataFrame,
    *,
    asked: int | None = None,
    weight: str = "",
    confidence: float = 0.95,
) -> pl.DataFrame:
    """The share of each option of each question: one row an option.

    `question, ask, option, label`; `good` (counts as a good answer); `said` of `answered` of `asked`; `tells` (how
    many answers of equal weight would tell as much: without weights, `answered`); `share` with
    `low` and `high` (Wilson, for a finite population where `asked` is known); `least` and `most`, whatever those who
    did not answer would have said. `weight` names a column of weights: `share` and its interval are then weighted,
    `said`, `least` and `most` stay counts. Not everyone is asked a question under a condition: its `asked`, `least`
    and `most` are null. `hidden`: fewer than five answered, and every number of the question is null.
    """
    rows = []
    for question in questionnaire.questions:
        if not question.options:
            continue
        given = answers.filter(pl.col(question.code).is_not_null())
        of = _asked(questionnaire, question, asked)
        for code, label in question.options:
            row: dict = {"question": question.code, "ask": question.ask, "option": code, "label": label}
            row |= {"good": code in question.good, "hidden": given.height < SMALLEST}
            rows.append(row if row["hidden"] else row | _share(given, question.code, code, of, weight, confidence))
    return pl.DataFrame(rows, schema=SHARES)


def _share(given: pl.DataFrame, question: str, code: str, asked: int | None, weight: str, confidence: float) -> dict:
    says = (given[question] == code).cast(pl.Float64)
    said, answered = int(says.sum()), given.height
    share, tells = said / answered, float(answered)
    if weight:
        share, tells = float((given[weight] * says).sum()) / float(given[weight].sum()), effective(given[weight])
    low, high = wilson(Share(share, tells, _left(tells, answered, asked)), confidence=confidence)
    least, most = bounds(said, answered, asked) if asked is not None else (None, None)
    row = {"said": said, "answered": answered, "asked": asked, "tells": tells, "share": share, "low": low, "high": high}
    return row | {"least": least, "most": most}


def _left(tells: float, answered: int, asked: int | None) -> float | None:
    """The population in which `tells` answers leave the same part unasked as the answers themselves do."""
    return None if asked is None else asked * tells / answered


def _asked(questionnaire: Questionnaire, question: Question, asked: int | None) -> int | None:
    """How many a question was put to, where that is known: all, unless its section is only for some."""
    return asked if questionnaire.section_of(question.code).when is None else None


def numbers(
    questionnaire: Questionnaire, answers: pl.DataFrame, *, asked: int | None = None, confidence: float = 0.95
) -> pl.DataFrame:
    """The answers to each question that asks for a number: one row a question.

    `mean` with `low` and `high` (Student's t, for a finite population where `asked` is known); the quartiles; `least`
    and `most` that the mean of all could be, where the question has a minimum and a maximum. Hidden like shares.
    """
    rows = []
    for question in questionnaire.questions:
        if question.kind != "number":
            continue
        values = answers[question.code].drop_nulls()
        of = _asked(questionnaire, question, asked)
        row: dict = {"question": question.code, "ask": question.ask, "hidden": values.len() < SMALLEST}
        rows.append(row if row["hidden"] else row | _number(values, question, of, confidence))
    return pl.DataFrame(rows, schema=NUMBERS)


def _number(values: pl.Series, question: Question, asked: int | None, confidence: float) -> dict:
    answered, mean = values.len(), float(values.mean())  # type: ignore[arg-type]
    left = 1.0 if asked is None else (asked - answered) / asked
    error = float(values.std() or 0) * sqrt(max(0.0, left) / answered)  # type: ignore[arg-type]
    reach = float(stdtrit(answered - 1, 0.5 + confidence / 2)) * error
    least = most = None
    if asked is not None and question.minimum is not None and question.maximum is not None:
        least = (mean * answered + (asked - answered) * question.minimum) / asked
        most = (mean * answered + (asked - answered) * question.maximum) / asked
    row: dict = {"answered": answered, "asked": asked, "mean": mean, "low": mean - reach, "high": mean + reach}
    row |= {"least": least, "most": most, "median": values.median()}
    names = {"lower_quartile": 0.25, "upper_quartile": 0.75}
    return row | {name: values.quantile(place, interpolation="linear") for name, place in names.items()}


def waves(earlier: pl.DataFrame, later: pl.DataFrame, *, confidence: float = 0.95, chance: float = 0.8) -> pl.DataFrame:
    """Two waves compared, from what `shares` gives for each: one row for each option that both have.

    `earlier` and `later` shares with how many answered; `difference` with `low` and `high` (Newcombe); `told` (up,
    down, no difference can be told, too few to say); `needed`, how many must answer in each wave to tell two shares
    as far apart as these with the given chance (null where they are the same). The interval supposes two separate
    samples: where the same people answered twice it is wider than it need be.
    """
    both = earlier.join(later, on=["question", "option"], how="inner", suffix="_later", maintain_order="left")
    rows = []
    for each in both.iter_rows(named=True):
        row = {"question": each["question"], "ask": each["ask"], "option": each["option"], "label": each["label"]}
        if each["hidden"] or each["hidden_later"]:
            rows.append(row | {"told": TOO_FEW})
            continue
        first, second = (
            Share(each[f"share{of}"], tells, _left(tells, each[f"answered{of}"], each[f"asked{of}"]))
            for of, tells in (("", each["tells"]), ("_later", each["tells_later"]))
        )
        difference = newcombe(first, second, confidence=confidence)
        row |= {"earlier": first.share, "earlier_answered": each["answered"], "later": second.share}
        row |= {"later_answered": each["answered_later"], "difference": second.share - first.share}
        row |= {"low": difference.low, "high": difference.high, "told": direction(difference)}
        needed = sample_needed(first.share, second.share, chance=chance, confidence=confidence)
        rows.append(row | {"needed": needed})
    return pl.DataFrame(rows, schema=WAVES)


def waves_of_numbers(earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Two waves' means compared, from what `numbers` gives for each: a row for each question that both have.

    `told` is up, down, or that no difference can be told; null where a mean is hidden. The interval of the difference
    is made of the intervals of the two means. Source: Zou and Donner, Statistics in Medicine 27 (2008).
    """
    both = earlier.join(later, on=["question"], how="inner", suffix="_later", maintain_order="left")
    below = ((pl.col("high") - pl.col("mean")) ** 2 + (pl.col("mean_later") - pl.col("low_later")) ** 2).sqrt()
    above = ((pl.col("mean") - pl.col("low")) ** 2 + (pl.col("high_later") - pl.col("mean_later")) ** 2).sqrt()
    moved = pl.col("mean_later") - pl.col("mean")
    made = both.select("question", "ask", "mean", "mean_later", difference=moved, low=moved - below, high=moved + above)
    up, down = pl.col("low") > 0, pl.col("high") < 0
    words = pl.when(up).then(pl.lit("up")).when(down).then(pl.lit("down")).otherwise(pl.lit(NO_DIFFERENCE))
    return made.with_columns(told=pl.when(pl.col("difference").is_not_null()).then(words))


WAVES = {
    "question": pl.String, "ask": pl.String, "option": pl.String, "label": pl.String, "earlier": pl.Float64,
    "earlier_answered": pl.Int64, "later": pl.Float64, "later_answered": pl.Int64, "difference": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "told": pl.String, "needed": pl.Int64,
}  # fmt: skip


def for_publication(questionnaire: Questionnaire, found: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """What `shares` and `numbers` found, as one frame that is fit to publish, by the rule by which all figures hide.

    An option that one to four gave is hidden, and as many more as it takes for those hidden to be five people at
    least. Where an option is hidden, so is every question that was put to those who gave it: how many answered would
    give it away. What is hidden has null numbers and `hidden` true; else `answered` stays.
    """
    said = {key: frame for (key,), frame in found.group_by("question", maintain_order=True)}
    gone: set[tuple[str, str]] = set()  # the options hidden: question and code
    without: set[str] = set()  # the questions of which nothing is shown
    for section in questionnaire.sections:
        on = section.when
        dark = on is not None and (on.question in without or any((on.question, code) in gone for code in on.answers))
        for question in section.questions:
            if dark:
                without.add(question.code)
            if question.code in said:
                counts = said[question.code]["said"].fill_null(0).to_list()
                places = set(range(len(counts))) if dark else hidden_parts(counts)
                gone |= {(question.code, question.options[place][0]) for place in places}
    option = pl.concat_str("question", pl.lit("\0"), "option").is_in([f"{one}\0{code}" for one, code in gone])
    whole = pl.col("question").is_in(list(without))
    shown = _nulled(_nulled(found, OF_AN_OPTION, option), OF_A_QUESTION, whole)
    return pl.concat([shown, _nulled(figures, list(NUMBERS)[2:-1], whole)], how="diagonal")


def _nulled(found: pl.DataFrame, names: list[str], where: pl.Expr) -> pl.DataFrame:
    gone = [pl.when(~where).then(pl.col(name)).alias(name) for name in names]
    return found.with_columns(*gone, hidden=pl.col("hidden") | where)


OF_AN_OPTION = ["said", "share", "low", "high", "least", "most"]
OF_A_QUESTION = ["answered", "asked", "tells"]
