"""What the published returns say: any measure, for any place, over time, on the map, beside others."""

import csv
from functools import partial

import polars as pl
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from leeway.insight import charts
from leeway.insight.forecasts.spread import funnel
from leeway.insight.measures.catalogue import ENGLAND, Series, catalogue
from leeway.insight.measures.comparing import Group, groups_of, in_year, over_time, places, years_of
from leeway.insight.pages.forms import ExploreForm
from leeway.insight.returns.figures import outlines

VIEWS = {
    "time": "Over time",
    "rank": "In order",
    "map": "On the map",
    "funnel": "Beyond chance",
}


class Asked:
    """What a visitor asked to see, with what can be shown of it; unknown words fall back to the first choice."""

    def __init__(self, query: QueryDict) -> None:
        found = catalogue()
        self.series: Series = found.get(query.get("measure", ""), next(iter(found.values())))
        self.place = query.get("place", "") if query.get("place", "") in places() else ENGLAND
        self.groups = groups_of(self.place)
        self.group: Group = self.groups.get(query.get("beside", ""), self.groups["all"])
        self.years = years_of(self.series)
        self.year = query.get("year", "") if query.get("year", "") in self.years else self.years[0]
        self.views = [view for view in VIEWS if self._has(view)]
        self.view = query.get("view", "") if query.get("view", "") in self.views else self.views[0]

    def _has(self, view: str) -> bool:
        if view == "funnel":
            rows = in_year(self.series, self.year)
            return self.series.unit == "%" and rows["denominator"].count() > 0
        return view != "time" or self.series.figures["year"].n_unique() > 1

    def query(self, **other: str) -> str:
        """The address's words for this, with some of them changed."""
        words = QueryDict(mutable=True)
        words.update({"measure": self.series.key, "place": self.place, "beside": self.group.key, "view": self.view})
        words.update({"year": self.year} if self.view != "time" else {})
        for key, value in other.items():
            words[key] = value
        return words.urlencode()

    def frame(self) -> pl.DataFrame:
        """The table of what is shown."""
        if self.view == "time":
            return over_time(self.series, self.place, self.group if self.place != ENGLAND else None)
        rows = in_year(self.series, self.year, self.group)
        if self.view == "funnel":
            return funnel(rows.filter(pl.col("numerator").is_not_null()), overdispersed=True)
        return rows

    def title(self) -> str:
        return f"{self.series.name}" + ("" if self.view == "time" else f", {self.year}")

    def chart(self) -> str:
        """The picture of what is shown, as SVG."""
        frame, series = self.frame(), self.series
        words = {"title": self.title(), "description": f"{self.sentence()} {series.definition}"}
        known = frame.filter(pl.col("value").is_not_null())
        if self.view == "map":
            values = dict(known.select("council", "value").iter_rows())
            return charts.council_map(outlines(), values, unit=series.unit, picked=self.place, **words)
        if self.view == "funnel":
            named = {"x_title": "Size (the denominator)", "y_title": series.unit}
            return charts.funnel(frame, picked=self.place, **named, **words)
        if self.view == "rank":
            return charts.bars(known, label="council", value="value", x_title=series.unit, picked=self.place, **words)
        return charts.lines(frame, x="year", y="value", series="who", part="counted", y_title=series.unit, **words)

    def sentence(self) -> str:
        """What is to be seen, in one sentence."""
        say = partial(number, decimals=self.series.decimals, unit=self.series.unit)
        frame = self.frame()
        if self.view == "time":
            mine = frame.filter(pl.col("who") == self.place, pl.col("value").is_not_null())
            if mine.is_empty():
                return f"{self.place} has no figures in this series."
            first, last = mine.row(0, named=True), mine.row(-1, named=True)
            if first["year"] == last["year"]:
                return f"{self.place}: {say(last['value'])} in {last['year']}."
            return f"{self.place}: {say(first['value'])} in {first['year']}, {say(last['value'])} in {last['year']}."
        known = frame.filter(pl.col("value").is_not_null())
        if known.is_empty():
            return f"No council has a figure for {self.year}."
        values = known["value"]
        ends = f"from {say(values.min())} to {say(values.max())}, the middle {say(values.median())}"
        mine = known.filter(pl.col("council") == self.place)
        own = f"{self.place}: {say(mine['value'][0])}. " if mine.height else ""
        return f"{own}{known.height} councils with a figure in {self.year}: {ends}."


def number(value: float | None, *, decimals: int, unit: str) -> str:
    """A figure as it is said: 24.5%, £123 an adult, 8.4 per 10,000 adults.

    >>> number(24.53, decimals=1, unit="%"), number(1234.5, decimals=0, unit="£ an adult")
    ('24.5%', '£1,234 an adult')
    """
    if value is None:
        return "no figure"
    said = f"{value:,.{decimals}f}"
    if unit.startswith("£"):
        return f"£{said}{unit[1:]}"
    return f"{said}{unit}" if unit == "%" else f"{said} {unit}"


@require_safe
def explore(request):
    """Pick a measure, a place and what to see it beside; see it as a chart and as its table."""
    asked = Asked(request.GET)
    shown = {
        "form": ExploreForm(asked),
        "asked": asked,
        "tabs": [
            {"words": VIEWS[view], "query": asked.query(view=view), "now": view == asked.view} for view in asked.views
        ],
        "table": table_of(asked),
        "breaks": [
            words for year, words in asked.series.breaks.items() if year <= asked.years[0] or asked.view == "time"
        ],
        "back": reverse("insight:home"),
    }
    return render(request, "insight/explore.jinja", shown)


def table_of(asked: Asked) -> dict:
    """The table beside the chart, in strings: its headings, and rows that begin with their name."""
    say = partial(number, decimals=asked.series.decimals, unit="")
    frame = asked.frame()
    if asked.view == "time":
        who = frame["who"].unique(maintain_order=True).to_list()
        by_year: dict[str, dict] = {}
        for row in frame.iter_rows(named=True):
            by_year.setdefault(row["year"], {})[row["who"]] = row["value"]
        rows = [
            {"name": year, "cells": [say(found.get(one)).strip() for one in who]} for year, found in by_year.items()
        ]
        return {"heads": ["Year", *who], "rows": rows}
    counted = frame["denominator"].count() > 0
    rows = []
    for row in frame.iter_rows(named=True):
        said = say(row["value"]).strip() if row["value"] is not None else (row["flag"] or "no figure")
        known = row["numerator"] is not None and row["denominator"] is not None
        counts = f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if known else ""
        cells = [said, counts] if counted else [said]
        cells += [row["place"]] if asked.view == "funnel" else []
        rows.append({"name": row["council"], "cells": cells, "picked": row["council"] == asked.place})
    heads = ["Council", asked.series.unit] + (["Counts"] if counted else [])
    return {"heads": heads + (["Against chance"] if asked.view == "funnel" else []), "rows": rows}


@require_safe
@cache_control(private=True, max_age=3600)
def chart(request):
    """The chart alone, as a picture to show or to keep."""
    asked = Asked(request.GET)
    answer = HttpResponse(asked.chart(), content_type="image/svg+xml")
    if "keep" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="{asked.series.key}-{asked.view}.svg"'
    return answer


@require_safe
def data(request):
    """The figures behind the chart, with their source, as CSV."""
    asked = Asked(request.GET)
    frame = asked.frame().drop("rank", strict=False)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.series.key}-{asked.view}.csv"'
    writer = csv.writer(answer)
    writer.writerow([*frame.columns, "measure", "unit", "source"])
    ending = [asked.series.name, asked.series.unit, asked.series.source]
    writer.writerows([*row, *ending] for row in frame.iter_rows())
    return answer
