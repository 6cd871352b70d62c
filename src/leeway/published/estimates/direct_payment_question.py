"""What does a direct payment go with? Every defensible way of asking it of the published returns, all at once.

In 2012 a think-tank (NLGN) said each further direct payment to somebody with a learning disability went with
£15,000 to £25,000 more council spending. One regression is one answer; the choices behind it are many and mostly
equally good. Here they are data: what counts as spending, which years, whose prices, how size is allowed for, when
the effect is looked for, what is taken out, which councils. Each combination that the returns can answer is one
row, in pounds of yearly spending for each further person with a direct payment.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import product

import polars as pl

from leeway.published.estimates import figures as estimates
from leeway.published.estimates.panel import Panel, broken, differenced, lagged, panel_of
from leeway.published.estimates.regression import Estimate, NotEstimated, Within, estimate, leave_one_out
from leeway.published.returns import figures
from leeway.refusal import Refusal

LEARNING_DISABILITY = "learning disability 18-64"
# Whose number stands for a council's size; people aged 18 to 64 where nothing else is said.
HEADS = {"older people 65 and over": "population_65_plus"}
PUBLISHED_POUNDS = (15_000.0, 25_000.0)
PUBLISHED_WORDS = "The range published in 2012 (NLGN, learning disability, 2002 to 2012)"
ABOUT = (
    "Pounds of yearly council spending that go with one more person having a direct payment on 31 March. An "
    "association between totals of councils: not the price of a direct payment, and not shown to be its doing. "
    "Councils that spend more for other reasons may offer more direct payments, people with larger packages may take "
    "them, and money may move from one service to another; all of that is in each figure. The estimates rest on the "
    "same returns and are not independent of each other: count them as one body of evidence, not as many. The range "
    "published in 2012, £15,000 to £25,000, was for learning disability. Prices, missing totals, mergers and the "
    "change of recording in 2009-10 are met by the choices named with each."
)
PRICES_OF = "2012-13"
# In the return for 31 March 2010 the line counted “direct payments and personal budgets”: a new way of counting.
BREAK = 2010
DRAWS = 499
# The choices that make the series themselves; the others only cut or change them.
OF_SERIES = ("spending", "prices", "size", "councils")
TINY = ("City of London", "Isles of Scilly")

_components = pl.sum_horizontal(
    "residential_nursing_cost", "home_care_cost", "day_care_cost", "direct_payments_cost", ignore_nulls=False
)


@dataclass(frozen=True)
class Spending:
    """What counts as spending, and up to which year the returns at hand give it."""

    thousands: pl.Expr
    last_year: int


SPENDING = {
    "all spending": Spending(pl.col("gross_cost"), 2008),
    # The programme began in April 2003: before it, there is nothing to add.
    "all spending, with Supporting People": Spending(
        pl.when(pl.col("year_ending") > 2003).then("gross_cost_with_supporting_people").otherwise("gross_cost"), 2008
    ),
    "all spending, less the direct payments line": Spending(
        pl.col("gross_cost") - pl.col("direct_payments_cost"), 2008
    ),
    "four main services": Spending(_components, 2013),
    "four main services, less direct payments": Spending(_components - pl.col("direct_payments_cost"), 2013),
}


@dataclass(frozen=True)
class Years:
    """A stretch of years (named by the year each ends in), and whether councils start afresh at the break."""

    first: int
    last: int
    breaks: tuple[int, ...] = ()


YEARS = {
    "2000-01 to 2007-08": Years(2001, 2008),
    "2002-03 to 2007-08": Years(2003, 2008),
    "2010-11 to 2012-13": Years(2011, 2013),
    "2000-01 to 2012-13, a level each side of the break": Years(2001, 2013, (BREAK,)),
    "2002-03 to 2012-13, break left in": Years(2003, 2013),
}
PRICES = {"prices as paid": False, f"prices of {PRICES_OF}": True}
SIZE = {
    "whole councils": (False, False),
    "per head": (True, False),
    "per head, councils weighted by size": (True, True),
}
TIMING = {"people in the same year": False, "people in the year before": True}


@dataclass(frozen=True)
class Model:
    """What is taken out: what of each council's own, what all share in a year; and whether changes are compared."""

    within: Within
    changes: bool = False
    years: bool = True


MODEL = {
    "levels and years taken out": Model(Within.LEVELS),
    # As a first reading has it: what all councils share in a year, such as growing, is left in both series.
    "levels alone taken out (council effects only)": Model(Within.LEVELS, years=False),
    "levels, years and trends taken out": Model(Within.TRENDS),
    "change on the year": Model(Within.NOTHING, changes=True),
}
COUNCILS = {"all councils": False, "without tiny and reorganised councils": True}
ANSWERS = {
    "spending": tuple(SPENDING),
    "years": tuple(YEARS),
    "prices": tuple(PRICES),
    "size": tuple(SIZE),
    "timing": tuple(TIMING),
    "model": tuple(MODEL),
    "councils": tuple(COUNCILS),
}
TREND_YEARS_LEAST = 4

HEADLINE = {
    "spending": "all spending",
    "years": "2000-01 to 2007-08",
    "prices": f"prices of {PRICES_OF}",
    "size": "per head",
    "timing": "people in the same year",
    "model": "levels and years taken out",
    "councils": "all councils",
}


def ways(only: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Every combination of choices that the returns could answer, each as choice and answer.

    `only` names answers to keep to; a choice none of whose answers is named keeps them all. Refuses an unknown one.
    """
    known = [one for answers in ANSWERS.values() for one in answers]
    for one in only:
        if one not in known:
            raise Refusal(f"“{one}” is not among the choices. They are: {'; '.join(known)}.")
    kept = {choice: [one for one in answers if one in only] or answers for choice, answers in ANSWERS.items()}
    every = (dict(zip(kept, answers, strict=True)) for answers in product(*kept.values()))
    return [way for way in every if _can_be_asked(way)]


def _can_be_asked(way: dict[str, str]) -> bool:
    years = YEARS[way["years"]]
    long_enough = years.last - years.first + 1 >= TREND_YEARS_LEAST
    return years.last <= SPENDING[way["spending"]].last_year and (
        long_enough or MODEL[way["model"]].within != Within.TRENDS
    )


def curve(client_group: str = LEARNING_DISABILITY, *, only: tuple[str, ...] = ()) -> pl.DataFrame:
    """Every estimate from the shipped returns, smallest first: a column for each of `ANSWERS`, then effect,
    standard_error, low, high, observations, units, periods and wild_bootstrap_p.

    Pounds of yearly spending for each further person with a direct payment on 31 March. `only` is as in `ways`, which
    also has those that this group's returns cannot answer. Worked out when Leeway is made (`make_figures`) and kept:
    nobody waits for it. `worked_out` does it again.
    """  # fmt: skip
    _check_group(client_group)
    kept = estimates.table("direct_payment_question").filter(client_group=client_group).drop("client_group")
    asked = pl.DataFrame(ways(only), schema=dict.fromkeys(ANSWERS, pl.String))
    found = kept.join(asked, on=list(ANSWERS), how="semi")
    if found.is_empty():
        raise NoAnswer(client_group)
    return found.sort("effect", maintain_order=True)


class NoAnswer(Refusal):
    """The returns at hand cannot answer any of the ways that were asked for."""

    def __init__(self, client_group: str):
        super().__init__(f"The returns at hand cannot answer this for “{client_group}”. Keep to fewer choices.")


def worked_out(
    client_group: str = LEARNING_DISABILITY, *, only: tuple[str, ...] = (), draws: int = DRAWS
) -> pl.DataFrame:
    """Every estimate as `curve` gives it, worked out again from the returns: some seconds for each client group.

    In the order of `ways`; wild_bootstrap_p is null where `draws` is nought.
    """
    table = returns_of(client_group)
    series: dict[tuple[str, ...], Panel] = {}
    rows = []
    for way in ways(only):
        key = tuple(way[choice] for choice in OF_SERIES)
        if key not in series:
            series[key] = _series(table, way)
        try:
            model = MODEL[way["model"]]
            found = estimate(_asked(series[key], way), within=model.within, period_effects=model.years, draws=draws)
        except NotEstimated:
            continue
        rows.append(way | _flat(found))
    if not rows:
        raise NoAnswer(client_group)
    return pl.DataFrame(rows, infer_schema_length=None)


def without_each_region(client_group: str = LEARNING_DISABILITY, *, way: dict[str, str] = HEADLINE) -> pl.DataFrame:
    """The same estimate without each region in turn: region, effect, standard_error, low, high and counts."""
    panel = _asked(_series(returns_of(client_group), way), way)
    model = MODEL[way["model"]]
    found = leave_one_out(panel, within=model.within, period_effects=model.years)
    return pl.DataFrame([{"without": region} | _flat(one) for region, one in found.items()])


def _flat(one: Estimate) -> dict[str, float | int | None]:
    """An estimate as the columns of a row."""
    numbers = vars(one).copy()
    low, high = numbers.pop("interval")
    return {"effect": numbers.pop("effect"), "standard_error": numbers.pop("standard_error"), "low": low, "high": high,
            **numbers}  # fmt: skip


def _series(table: pl.DataFrame, way: dict[str, str]) -> Panel:
    """Both series for all years, as spending, prices, size and councils are chosen."""
    a_head, weighted = SIZE[way["size"]]
    rate = pl.col("to_prices") if PRICES[way["prices"]] else pl.lit(1.0)
    heads = pl.col("heads") if a_head else pl.lit(1.0)
    chosen = table.filter(~pl.col("tiny_or_reorganised")) if COUNCILS[way["councils"]] else table
    columns = chosen.select(
        unit="council",
        year="year_ending",
        outcome=SPENDING[way["spending"]].thousands * 1000 * rate / heads,
        effect=pl.col("direct_payment_users") / heads,
        weight=pl.col("heads") if weighted else pl.lit(1.0),
        group="region",
    ).drop_nulls("weight")
    return panel_of(**{name: columns[name].to_numpy() for name in columns.columns})


def _asked(panel: Panel, way: dict[str, str]) -> Panel:
    """The same series in the years, and with the timing and changes, that are chosen."""
    years = YEARS[way["years"]]
    panel = broken(panel, years=years.breaks)
    if TIMING[way["timing"]]:
        panel = lagged(panel)  # before the years are cut: the first may look back to the one before it
    kept = (panel.year >= years.first) & (panel.year <= years.last)
    return differenced(panel.where(kept)) if MODEL[way["model"]].changes else panel.where(kept)


def returns_of(client_group: str) -> pl.DataFrame:
    """The shipped returns of one client group, with region, prices and the council's size beside them.

    `heads` is one number a council for all years: the people of the age in question in the latest estimate shipped.
    Costs stay in thousands of pounds as paid. Refuses a client group that is not among the returns.
    """
    _check_group(client_group)
    panel = figures.table("panel")
    deflators = figures.table("deflators").select("year", "deflator")
    base = deflators.filter(pl.col("year") == PRICES_OF)["deflator"].item()
    councils = _sizes(figures.table("councils"), HEADS.get(client_group, "population_18_64"))
    return (
        panel.filter(pl.col("client_group") == client_group)
        .drop("region")
        .join(councils, on="council", how="inner", validate="m:1")
        .join(deflators.with_columns(to_prices=base / pl.col("deflator")), on="year", how="inner", validate="m:1")
        .with_columns(year_ending=pl.col("year").str.head(4).cast(pl.Int64) + 1)
    )


def client_groups() -> list[str]:
    """Those whom the returns tell apart, learning disability first, of whom the question was asked."""
    groups = sorted(figures.table("panel")["client_group"].unique())
    return sorted(groups, key=lambda group: group != LEARNING_DISABILITY)


def _check_group(client_group: str) -> None:
    groups = client_groups()
    if client_group not in groups:
        raise Refusal(f"There are no returns for “{client_group}”. Give one of: {', '.join(groups)}.")


def by_year(client_group: str = LEARNING_DISABILITY) -> pl.DataFrame:
    """What there is to go on, year by year: people with direct payments, how many councils say, and spending.

    Columns year, people, councils_that_say, all_spending_thousands and four_main_services_thousands as paid, each
    over the councils that give it; null where none does. The break and the missing totals can be seen in it.
    """

    def over_councils(series: pl.Expr) -> pl.Expr:
        return pl.when(series.is_not_null().any()).then(series.sum())

    return (
        returns_of(client_group)
        .group_by("year")
        .agg(
            people=over_councils(pl.col("direct_payment_users")),
            councils_that_say=pl.col("direct_payment_users").count(),
            all_spending_thousands=over_councils(pl.col("gross_cost")),
            four_main_services_thousands=over_councils(_components),
        )
        .sort("year")
    )


def _sizes(councils: pl.DataFrame, heads: str) -> pl.DataFrame:
    """Region, people, and whether a council is tiny or was reorganised within the years of the returns.

    A council that ended has the people of those that followed it, if they followed no other; else its number is not
    known (Bournemouth, Poole and the county of Dorset, since 2019 two councils).
    """
    people = dict(councils.select("council", heads).iter_rows())
    followed = {
        council: successors.split(";")
        for council, successors in councils.select("council", "successors").drop_nulls().iter_rows()
    }
    followers = Counter(name for successors in followed.values() for name in successors)
    for council, successors in followed.items():
        known = [people[name] for name in successors if people[name] and followers[name] == 1]
        if people[council] is None and len(known) == len(successors):
            people[council] = sum(known)
    first, last = "2000-01", "2012-13"
    began_or_ended = pl.col("first_year").is_between(pl.lit(first), pl.lit(last), closed="right") | (
        pl.col("last_year") < last
    )
    return councils.select(
        "council",
        "region",
        heads=pl.col("council").replace_strict(people, return_dtype=pl.Float64),
        tiny_or_reorganised=pl.col("council").is_in(TINY) | began_or_ended.fill_null(False),
    )


def headlines(frame: pl.DataFrame) -> pl.DataFrame:
    """The headline's row of a curve, then every row that differs from it in one choice, which `changed` names."""
    parts = [frame.filter(_chosen(HEADLINE)).with_columns(changed=pl.lit("headline"))]
    for choice, answers in ANSWERS.items():
        for chosen in answers:
            if chosen != HEADLINE[choice]:
                row = frame.filter(_chosen(HEADLINE | {choice: chosen}))
                parts.append(row.with_columns(changed=pl.lit(chosen)))
    return pl.concat(parts)


def _chosen(way: dict[str, str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(choice) == chosen for choice, chosen in way.items())


def picture(client_group: str = LEARNING_DISABILITY) -> str:
    """The whole curve as SVG, kept as it was drawn when Leeway was made."""
    _check_group(client_group)
    return estimates.picture(client_group)


def drawn(frame: pl.DataFrame, client_group: str = LEARNING_DISABILITY) -> str:
    """Draw a curve as SVG; the published range stands on the client group that it was published for."""
    from leeway.published.estimates.picture import curve_svg  # what draws takes longer to load than all else here

    published = client_group == LEARNING_DISABILITY
    return curve_svg(
        frame,
        choices=ANSWERS,
        title=f"What one more direct payment goes with: {client_group}",
        y_title="£ a year for each further person",
        band=PUBLISHED_POUNDS if published else None,
        band_words=PUBLISHED_WORDS,
    )


def summary(frame: pl.DataFrame) -> dict[str, float | int]:
    """What a curve comes to: its ends and middle, and how many intervals reach the published range, and nought."""
    low, high = PUBLISHED_POUNDS
    reaches = (pl.col("low") <= high) & (pl.col("high") >= low)
    inside = pl.col("effect").is_between(low, high)
    return frame.select(
        estimates=pl.len(),
        least=pl.col("effect").min(),
        lower_quarter=pl.col("effect").quantile(0.25, "linear"),
        middle=pl.col("effect").median(),
        upper_quarter=pl.col("effect").quantile(0.75, "linear"),
        most=pl.col("effect").max(),
        inside_published_range=inside.sum(),
        interval_reaches_published_range=reaches.sum(),
        interval_reaches_nought=((pl.col("low") <= 0) & (pl.col("high") >= 0)).sum(),
        above_nought=(pl.col("low") > 0).sum(),
        below_nought=(pl.col("high") < 0).sum(),
    ).row(0, named=True)


def by_choice(frame: pl.DataFrame) -> pl.DataFrame:
    """For each answer to each choice: how many estimates, the middle one, and the shares whose interval reaches the
    published range and nought.
    """  # fmt: skip
    low, high = PUBLISHED_POUNDS
    return pl.concat(
        frame.group_by(pl.col(choice).alias("answer"))
        .agg(
            choice=pl.lit(choice),
            estimates=pl.len(),
            middle=pl.col("effect").median(),
            reaches_published_percent=100 * ((pl.col("low") <= high) & (pl.col("high") >= low)).mean(),
            reaches_nought_percent=100 * ((pl.col("low") <= 0) & (pl.col("high") >= 0)).mean(),
        )
        .sort(pl.col("answer").replace_strict({answer: place for place, answer in enumerate(answers)}))
        for choice, answers in ANSWERS.items()
    )
