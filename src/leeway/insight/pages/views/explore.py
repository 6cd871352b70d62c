"""What the published returns say: any measure, for any place, over time, on the map, beside others."""

from functools import cached_property
from string import ascii_lowercase

import polars as pl
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.insight.pages.forms import ExploreForm
from leeway.published import charts
from leeway.published.catalogue import ENGLAND, Series, catalogue
from leeway.published.comparing import Group, areas, gone, groups_of, in_year, over_time, places, years_of
from leeway.published.forecasts.spread import funnel
from leeway.writing import write_rows

VIEWS = {
    "time": "Over time",
    "rank": "In order",
    "map": "On the map",
    "funnel": "Beyond chance",
}

INSTEAD = {
    "measure": "There is no measure “{}”. Choose one of those in the list.",
    "place": "There is no council “{}”. Choose one of those in the list.",
    "year": "No council has a figure of this measure for {}. This is {}.",
    "view": "This measure cannot be seen as “{}”: the counts or the years for it are not published. This is “{}”.",
}
SAID_OF = {"adjusted": "adjusted by the publisher", "sum": "added up here from its published parts"}


class Asked:
    """What a visitor asked to see, with what can be shown of it.

    What cannot be shown gives way to the first choice, and `instead` says so.
    """

    def __init__(self, query: QueryDict) -> None:
        self.instead: list[str] = []
        self.series: Series = catalogue()[self._one_of(query, "measure", list(catalogue()))]
        self.place = self._one_of(query, "place", [ENGLAND, *places(), *gone()])
        self.groups = groups_of(self.place)
        self.group: Group = self.groups.get(query.get("beside", ""), self.groups["all"])
        self.years = years_of(self.series)
        self.year = self._one_of(query, "year", self.years)
        self.views = [view for view in VIEWS if self._has(view)]
        self.view = self._one_of(query, "view", self.views)
        #: Whether there is anything to choose, and it changes what is shown: the map is always whole.
        self.has_groups = len(self.groups) > 1 and self.view in ("time", "rank")

    def _one_of(self, query: QueryDict, name: str, allowed: list[str]) -> str:
        word = query.get(name, "")
        if word in allowed:
            return word
        if word:
            self.instead.append(INSTEAD[name].format(VIEWS.get(word, word), VIEWS.get(allowed[0], allowed[0])))
        return allowed[0]

    def _has(self, view: str) -> bool:
        if view == "funnel":
            return self.series.unit == "%" and in_year(self.series, year=self.year)["denominator"].count() > 0
        return view != "time" or self.series.figures["year"].n_unique() > 1

    def query(self, **other: str) -> str:
        """The address's words for this, with some of them changed."""
        words = QueryDict(mutable=True)
        words.update({"measure": self.series.key, "place": self.place, "beside": self.group.key, "view": self.view})
        words.update({"year": self.year} if self.view != "time" else {})
        for key, value in other.items():
            words[key] = value
        return words.urlencode()

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The table of what is shown."""
        if self.view == "time":
            return over_time(self.series, self.place, self.group)
        group = self.group if self.view == "rank" else None
        rows = in_year(self.series, year=self.year, group=group, place=self.place)
        if self.view == "funnel":
            return funnel(rows.filter(pl.col("numerator").is_not_null()), overdispersed=True)
        return rows

    @cached_property
    def notes(self) -> dict[str, str]:
        """What the return says of some figures that are shown, each with a letter to mark them by."""
        said = self.frame.filter(pl.col("value").is_not_null())["flag"].drop_nulls().unique().sort()
        return dict(zip(said, ascii_lowercase, strict=False))

    @property
    def title(self) -> str:
        return self.series.name + ("" if self.view == "time" else f", {self.year}")

    @property
    def breaks(self) -> list[str]:
        """What was counted differently, as far as it touches what is shown."""
        return [words for year, words in self.series.breaks.items() if self.view == "time" or year <= self.year]

    def chart(self) -> str:
        """The picture of what is shown, as SVG."""
        series, place = self.series, self.place
        words = {"title": self.title, "description": f"{self.sentence} {series.definition}"}
        known = self.frame.filter(pl.col("value").is_not_null())
        if self.view == "map":
            values = dict(known.select("council", "value").iter_rows())
            unit = {"unit": series.unit, "decimals": series.decimals}
            return charts.council_map(areas(), values, picked=place, **unit, **words)
        if self.view == "funnel":
            sizes = "How many are counted (the denominator), on a logarithmic scale"
            return charts.funnel(self.frame, x_title=sizes, y_title=series.unit, picked=place, **words)
        if self.view == "rank":
            return charts.bars(known, label="council", value="value", x_title=series.unit, picked=place, **words)
        return charts.lines(self.frame, x="year", y="value", series="who", part="counted", y_title=series.unit, **words)

    @cached_property
    def sentence(self) -> str:
        """What is to be seen, in one sentence."""
        known = self.frame.filter(pl.col("value").is_not_null())
        if self.view == "time":
            return self._over_the_years(known.filter(pl.col("who") == self.place))
        if known.is_empty():
            return f"No council has a figure for {self.year}."
        beside = self.view == "rank" and self.group.key != "all"
        others = known.filter(pl.col("council").is_in(self.group.councils)) if beside else known
        if others.is_empty():
            return f"None of the {self.group.name} has a figure for {self.year}."
        values = others["value"]
        ends = f"from {self.say(values.min())} to {self.say(values.max())}, the middle {self.say(values.median())}"
        mine = known.filter(pl.col("council") == self.place)["value"]
        own = f"{self.place}: {self.say(mine[0])}. " if mine.len() else ""
        whose = self.group.name if beside else "councils"
        return f"{own}{others.height} {whose} with a figure in {self.year}: {ends}."

    def _over_the_years(self, mine: pl.DataFrame) -> str:
        if mine.is_empty():
            return f"{self.place} has no figures in this series."
        first, last = mine.row(0, named=True), mine.row(-1, named=True)
        ends = [f"{self.say(row['value'])} in {row['year']}" for row in (first, last)]
        anew = " The way of counting changed between them." if first["counted"] != last["counted"] else ""
        return f"{self.place}: {', '.join(dict.fromkeys(ends))}.{anew}"

    def say(self, value) -> str:
        return number(value, decimals=self.series.decimals, unit=self.series.unit)


def number(value: float | None, *, decimals: int, unit: str = "") -> str:
    """A figure as it is said: 24.5%, £123 an adult, 8.4 per 10,000 adults.

    >>> number(24.53, decimals=1, unit="%"), number(1234.5, decimals=0, unit="£ an adult")
    ('24.5%', '£1,234 an adult')
    """
    if value is None:
        return "no figure"
    said = f"{value:,.{decimals}f}"
    if unit.startswith("£"):
        return f"£{said}{unit[1:]}"
    return f"{said}%" if unit == "%" else f"{said} {unit}".rstrip()


@require_safe
def explore(request: SignedIn):
    """Pick a measure, a place and what to see it beside; see it as a chart and as its table."""
    asked = Asked(request.GET)
    shown = {
        "form": ExploreForm(asked),
        "asked": asked,
        "tabs": [
            {"words": VIEWS[view], "query": asked.query(view=view), "now": view == asked.view} for view in asked.views
        ],
        "table": table_over_time(asked) if asked.view == "time" else table_of_councils(asked),
        "notes": [f"[{letter}] {SAID_OF.get(said, said)}" for said, letter in asked.notes.items()],
        "back": reverse("insight:home"),
    }
    return render(request, "insight/explore.jinja", shown)


def table_over_time(asked: Asked) -> dict:
    """A row a year, a column for each place: headings and rows in strings."""
    by_year: dict[str, list[str]] = {}
    for row in asked.frame.iter_rows(named=True):
        by_year.setdefault(row["year"], []).append(cell(row, asked))
    who = asked.frame["who"].unique(maintain_order=True)
    return {"heads": ["Year", *who], "rows": [{"name": year, "cells": cells} for year, cells in by_year.items()]}


def table_of_councils(asked: Asked) -> dict:
    """A row a council, with its counts where they are published: headings and rows in strings."""
    heads = ["Council", asked.series.unit]
    heads += ["Counts"] if asked.frame["denominator"].count() else []
    heads += ["Against chance"] if asked.view == "funnel" else []
    rows = []
    for row in asked.frame.iter_rows(named=True):
        known = row["numerator"] is not None and row["denominator"] is not None
        counts = f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if known else ""
        cells = [cell(row, asked), counts, row.get("place")][: len(heads) - 1]
        rows.append({"name": row["council"], "cells": cells, "picked": row["council"] == asked.place})
    return {"heads": heads, "rows": rows}


def cell(row: dict, asked: Asked) -> str:
    """A value without its unit and with the letter of what is said of it, or why there is none."""
    if row["value"] is None:
        return row["flag"] or "no figure"
    mark = f" [{asked.notes[row['flag']]}]" if row["flag"] else ""
    return number(row["value"], decimals=asked.series.decimals) + mark


@require_safe
@cache_control(private=True, max_age=3600)
def chart(request: SignedIn):
    """The chart alone, as a picture to show or to keep."""
    asked = Asked(request.GET)
    answer = HttpResponse(asked.chart(), content_type="image/svg+xml")
    if "keep" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="{asked.series.key}-{asked.view}.svg"'
    return answer


@require_safe
def data(request: SignedIn):
    """The figures behind the chart, with their source, as CSV."""
    asked = Asked(request.GET)
    frame = asked.frame.drop("rank", strict=False).rename({"place": "against_chance"}, strict=False)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.series.key}-{asked.view}.csv"'
    ending = [asked.series.name, asked.series.unit, asked.series.source]
    header = [*frame.columns, "measure", "unit", "source"]
    write_rows(answer, header, ([*row, *ending] for row in frame.iter_rows()))
    return answer
