"""Whom the spending was for: shares, growth and rank by client group, from the published returns."""

import polars as pl
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.insight.pages.forms import MoneyForm
from leeway.published import charts
from leeway.published.catalogue import ENGLAND
from leeway.published.spending import (
    CLIENT_GROUP,
    FOUR_GROUPS,
    LEARNING_DISABILITY,
    QUOTED_PERCENT,
    SUPPORT_REASON,
    growth_over,
    shares,
    spending,
)
from leeway.writing import csv_of

SOURCE = "PSS-EX1, NHS Information Centre; ASC-FR 2016-17, NHS Digital; GDP deflators, HM Treasury"
SUPPORT_OF_18_TO_64 = "learning disability support 18-64"
TITLES = {CLIENT_GROUP: "By client group", SUPPORT_REASON: "By reason for support and age"}


@require_safe
def money(request: SignedIn):
    """Spending by client group in the first and the last year that there is, its growth, and the claim of 2012."""
    form = MoneyForm(request.GET if "place" in request.GET else {"place": ENGLAND})
    shown = {"form": form, "source": SOURCE, "back": reverse("insight:home")}
    if form.is_valid():
        place = form.cleaned_data["place"]
        told = spending(place)
        known = told.filter(pl.col("cost").is_not_null())
        eras = [era(known, basis, place) for basis in TITLES if known.filter(basis=basis)["year"].n_unique() > 1]
        shown |= {"place": place, "eras": eras, "claim": claim(place), "since": since(place), "by_year": by_year(place)}
    return render(request, "insight/money.jinja", shown)


def era(told: pl.DataFrame, basis: str, place: str) -> dict:
    """The first and last year that were counted one way, side by side."""
    mine = told.filter(basis=basis)
    first, *_, last = sorted(mine["year"])
    whole = {year: mine.filter(year=year)["cost"].sum() for year in (first, last)}
    costs = {(row["client_group"], row["year"]): row["cost"] for row in mine.iter_rows(named=True)}
    rows = [
        (
            row["client_group"][0].upper() + row["client_group"][1:],
            *(millions(costs.get((row["client_group"], year))) for year in whole),
            *(percent(costs.get((row["client_group"], year)), of) for year, of in whole.items()),
            *(change(row[name]) for name in ("growth", "real_growth")),
            "" if row["growth_rank"] is None else row["growth_rank"],
        )
        for row in growth_over(first, last, place).filter(basis=basis).iter_rows(named=True)
    ]
    heads = ("For whom", f"£m, {first}", f"£m, {last}", f"Share, {first}", f"Share, {last}")
    return {
        "title": f"{TITLES[basis]}, {first} to {last}",
        "heads": (*heads, "Growth", "Growth in real terms", "Fastest"),
        "rows": rows,
    }


def claim(place: str) -> str:
    """What the returns show of what was said in 2012: above 23 percent, and the fastest growing."""
    known = shares(place).filter(pl.col("whole") == FOUR_GROUPS, pl.col("share").is_not_null()).sort("year")
    if known.height < 2:
        return f"The returns at hand do not say what share of {place}’s spending went to learning disability."
    first, last = known.row(0, named=True), known.row(-1, named=True)
    above = known.filter("above_quoted")["year"]
    often = f"in {above.len()} of the {known.height} years at hand" if above.len() else "in none of the years at hand"
    grown = growth_over(first["year"], last["year"], place).filter(basis=CLIENT_GROUP)
    rank = grown.filter(pl.col("client_group").str.starts_with(LEARNING_DISABILITY))["growth_rank"].item()
    pace = "not known beside the others" if rank is None else ("the fastest" if rank == 1 else f"number {rank}")
    return (
        f"Learning disability was {first['share']:.1f}% of spending on the four client groups in {first['year']} and "
        f"{last['share']:.1f}% in {last['year']}: above {QUOTED_PERCENT}% {often}. Its growth over those years was "
        f"{pace}{' of the four' if rank else ''}."
    )


def since(place: str) -> str:
    """How fast learning disability support grew once spending was told by reason and age; "" where it is not known."""
    known = spending(place).filter(pl.col("cost").is_not_null(), basis=SUPPORT_REASON)
    years = sorted(known["year"].unique())
    if len(years) < 2:
        return ""
    grown = growth_over(years[0], years[-1], place).filter(pl.col("growth").is_not_null(), basis=SUPPORT_REASON)
    mine = grown.filter(client_group=SUPPORT_OF_18_TO_64)
    if mine.is_empty():
        return ""
    return (
        f"Told by reason for support and age, learning disability support at 18 to 64 changed by "
        f"{change(mine['growth'].item())} from {years[0]} to {years[-1]}: number {mine['growth_rank'].item()} of "
        f"{grown.height}, the fastest first."
    )


def by_year(place: str) -> dict | None:
    """The shares that the picture draws, a row a year; None where there are none."""
    told = charted(place)
    if told.is_empty():
        return None
    groups = told["client_group"].unique(maintain_order=True)
    rows = [
        (year, *("no figure" if share is None else f"{share:.1f}%" for share in mine["share"]))
        for (year,), mine in told.group_by("year", maintain_order=True)
    ]
    heads = ("Year", *(group[0].upper() + group[1:] for group in groups))
    return {"title": "Shares of the four client groups, year by year", "heads": heads, "rows": rows}


def charted(place: str) -> pl.DataFrame:
    """Each client group's share of the four, year by year, where all four are known."""
    mine = spending(place).filter(basis=CLIENT_GROUP)
    whole = mine.group_by("year").agg(whole=pl.col("cost").sum(), known=pl.col("cost").count())
    told = mine.join(whole.filter(known=4), on="year")
    if told.is_empty():
        return told.select("year", "client_group", share="cost")
    first, last = (int(year[:4]) for year in (told["year"].min(), told["year"].max()))  # type: ignore[index]
    years = pl.DataFrame({"year": [f"{year}-{(year + 1) % 100:02d}" for year in range(first, last + 1)]})
    # A year that is not at hand is there without a share, so that the line breaks.
    every = years.join(told.select("client_group").unique(), how="cross")
    shared = every.join(told, on=["year", "client_group"], how="left").sort("year", "client_group")
    return shared.select("year", "client_group", share=100 * pl.col("cost") / pl.col("whole"))


def millions(thousands: float | None) -> str:
    """Thousands of pounds as millions.

    >>> millions(2_169_302), millions(None)
    ('2,169.3', 'not known')
    """
    return "not known" if thousands is None else f"{thousands / 1000:,.1f}"


def percent(part: float | None, whole: float) -> str:
    return "not known" if part is None or whole <= 0 else f"{100 * part / whole:.1f}%"


def change(growth: float | None) -> str:
    """A growth in per cent with its sign.

    >>> change(97.98), change(None)
    ('+98.0%', 'not known')
    """
    return "not known" if growth is None else f"{'−' if growth < 0 else '+'}{abs(growth):.1f}%"


@require_safe
def picture(request: SignedIn):
    """The shares over time as SVG."""
    form = MoneyForm(request.GET)
    place = form.cleaned_data["place"] if form.is_valid() else ENGLAND
    title = f"Shares of spending on the four client groups, {place}"
    chart = charts.lines(
        charted(place), x="year", y="share", series="client_group", title=title, y_title="Per cent",
        description="Each group’s share of spending in each year. The table has the figures.",
    )  # fmt: skip
    return HttpResponse(chart, content_type="image/svg+xml")


@require_safe
def figures(request: SignedIn):
    """Every year's spending by client group, as CSV."""
    form = MoneyForm(request.GET)
    place = form.cleaned_data["place"] if form.is_valid() else ENGLAND
    answer = HttpResponse(csv_of(spending(place)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="spending.csv"'
    return answer
