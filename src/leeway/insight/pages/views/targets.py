"""Targets: what was to be reached and by when, the pace it takes, and the chance of getting there."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.acting import act, attempt
from leeway.insight.pages import actions, queries
from leeway.insight.pages.access import can_set_targets
from leeway.insight.pages.forms import EndTargetForm, OwnTargetForm, TargetForm
from leeway.insight.pages.models import OwnGoal
from leeway.insight.pages.queries import own_series, own_targets
from leeway.published.catalogue import ENGLAND, Series, catalogue
from leeway.published.forecasts.chance import SAME_FIGURE, chances
from leeway.published.forecasts.pace import paces, slopes
from leeway.published.forecasts.picture import draw, in_percent, in_words
from leeway.published.forecasts.series import DAYS_PER_YEAR, SERIES, day_of
from leeway.published.forecasts.targets import aim, national
from leeway.refusal import Refusal

#: A council needs this many years since the last break before anything is said of its future.
YEARS_LEAST = 3
START = {"measure": "direct-payments", "place": ENGLAND, "percent": "30"}
#: How an address says that a target is at most a percentage.
WAY = {False: "", True: "less"}


def to_forecast() -> dict[str, Series]:
    """The published series of percentages that have years enough to look ahead from."""
    return {
        key: one for key, one in catalogue().items() if one.unit == "%" and one.figures["year"].n_unique() > YEARS_LEAST
    }


def as_series(published: Series) -> pl.DataFrame:
    """A published series in the shape that forecasts take; places with too few years since a break are left out."""
    known = published.with_breaks().filter(pl.col("value").is_not_null())
    shaped = known.select(
        unit="council",
        series="counted",
        period=pl.col("year").map_elements(day_of, return_dtype=pl.Date),
        value="value",
    ).cast(SERIES)  # type: ignore[arg-type]
    # A series that has only just begun to be counted anew is looked at up to the break.
    enough = shaped.group_by("unit", "series").agg(years=pl.len(), last=pl.col("period").max())
    kept = enough.filter(pl.col("years") >= YEARS_LEAST).group_by("unit").agg(last=pl.col("last").max())
    return shaped.join(kept, on="unit").filter(pl.col("period") <= pl.col("last")).drop("last").sort("unit", "period")


@require_safe
def targets(request: SignedIn):
    """National targets through their history; and any target of one's own, put to the published series."""
    form = TargetForm(
        request.GET if request.GET else START | year_end_after_next(timezone.localdate()), series=to_forecast()
    )
    read = attempt(form, lambda: ahead(**form.cleaned_data))
    goals = own_targets()
    figures = own_series() if goals else {}
    shown = {
        "form": form,
        "found": read and read.result,
        "national": national().targets.values(),
        "back": reverse("insight:home"),
        "own": [own_words(each, figures.get(each[-1].measure, [])) for each in goals],
        "may_set": can_set_targets(request.user),
    }
    return render(request, "insight/targets.jinja", shown)


def own_words(goals: list[OwnGoal], figures: list[tuple[date, float]]) -> dict:
    """One of the council's own targets: its measure and base, where it stands, the pace it takes, and its history."""
    last, series = goals[-1], catalogue().get(goals[-1].measure)
    query = address_of(last.measure, ENGLAND, percent=last.percent, at_most=last.at_most, by=last.due_on)
    return {
        "last": last, "goals": goals, "standing": own_standing(last, figures), "query": query,
        "chance": own_chance(last, figures),
        "measure": series.name if series else last.measure, "base": series.definition if series else "",
    }  # fmt: skip


def own_standing(goal: OwnGoal, figures: list[tuple[date, float]]) -> str:
    """Where the council stands by its own published figures (a day and a value a year), and the pace it takes."""
    if not figures:
        return "Not known: the local account does not tell this measure."
    *before, (as_at, value) = figures
    said = f"{value:.1f}% on {in_words(as_at)}"
    said += "".join(f", {earlier:.1f}% on {in_words(day)}" for day, earlier in reversed(before)) + "."
    years = (goal.due_on - as_at).days / DAYS_PER_YEAR
    if value <= goal.percent if goal.at_most else value >= goal.percent:
        return f"{said} It is reached."
    return f"{said} It takes {points((goal.percent - value) / years)} a year." if years > 0 else said


def own_chance(goal: OwnGoal, figures: list[tuple[date, float]]) -> str:
    """The chance that the council reaches its own target, by its own published figures, or why none can be told."""
    if not figures:
        return "Not known: the local account does not tell this measure."
    if goal.due_on <= figures[-1][0] + SAME_FIGURE:
        return "None to tell: the figures are of its last day, or later."
    if len(figures) < YEARS_LEAST:
        return f"Not known yet: it needs local accounts of {YEARS_LEAST} years, as at the same month."
    rows = [("", "", day, value) for day, value in figures]
    own = pl.DataFrame(rows, schema=SERIES, orient="row")
    found = chances(own, target_percent=goal.percent, by=goal.due_on, at_most=goal.at_most)
    return f"{in_percent(found['probability'][0])}, by the figures of our own local accounts."


def set_target(request: SignedIn):
    """Set a target of the council's own, or change one."""
    before = queries.goals_of(request.GET.get("target", ""))
    last = before[-1] if before else None
    names = ("target", "measure", "percent", "due_on", "owner")
    initial = {name: getattr(last, name) for name in names} if last else {"measure": START["measure"]}
    initial["at_most"] = WAY[bool(last and last.at_most)]
    form = OwnTargetForm(request.POST or None, series=percentages(), initial=initial)
    if done := act(form, lambda **by_on: actions.set_target(**form.cleaned_data, **by_on), request):
        messages.success(request, f"“{done.result.target}” is kept, with what it was before.")
        return redirect("insight:targets")
    shown = {"form": form, "last": last, "back": reverse("insight:targets")}
    return render(request, "insight/set_target.jinja", shown)


def end_target(request: SignedIn):
    """End a target of the council's own, saying why."""
    history = queries.goals_of(request.GET.get("target", ""))
    if not history or history[-1].ended:
        raise Http404("There is no such target to end.")
    form = EndTargetForm(request.POST or None)
    if done := act(
        form, lambda **by_on: actions.end_target(target=history[-1].target, **form.cleaned_data, **by_on), request
    ):
        messages.success(request, f"“{done.result.target}” has ended. Its history stays.")
        return redirect("insight:targets")
    shown = {"form": form, "last": history[-1], "back": reverse("insight:targets")}
    return render(request, "insight/end_target.jinja", shown)


def percentages() -> dict[str, Series]:
    """The published series that are percentages."""
    return {key: one for key, one in catalogue().items() if one.unit == "%"}


def year_end_after_next(today: date) -> dict[str, str]:
    """A 31 March that is one to two years and a bit away, as the boxes of a date hold it."""
    return {"by_day": "31", "by_month": "3", "by_year": str(today.year + 2)}


def address_of(measure: str, place: str, *, percent: float, at_most: bool, by: date) -> str:
    """The words of an address that ask for a target."""
    day = {"by_day": by.day, "by_month": by.month, "by_year": by.year}
    return urlencode({"measure": measure, "place": place, "percent": f"{percent:g}", "at_most": WAY[at_most]} | day)


def ahead(*, measure: str, place: str, percent: float, by: date, at_most: bool = False) -> dict:
    """Pace, direction and chance for one place, and how many councils would get there."""
    published = to_forecast()[measure]
    all_places = as_series(published)
    mine = all_places.filter(pl.col("unit") == place)
    query = address_of(measure, place, percent=percent, at_most=at_most, by=by)
    if mine.is_empty():
        return {"series": published, "place": place, "too_short": True, "query": query}
    last: date = all_places["period"].max()  # type: ignore[assignment]
    if by <= last:
        raise Refusal(f"Enter a day after {in_words(last)}: what happened until then is known.", field="by")
    asked: dict[str, Any] = {"target_percent": percent, "by": by, "at_most": at_most}
    chance, pace, slope = (
        each.row(0, named=True) for each in (chances(mine, **asked), paces(mine, **asked), slopes(mine))
    )
    councils = all_places.filter(pl.col("unit") != ENGLAND)
    known = published.figures.filter(pl.col("council") == place, pl.col("value").is_not_null()).sort("year")
    return {
        "series": published,
        "place": place,
        "aim": aim(percent, at_most),
        "by": by,
        "chance": in_percent(chance["probability"]),
        "method": chance["method"].partition(":")[0],
        "standing": standing(chance, pace, slope, by=by),
        "left_out": left_out(known, since=chance["last_period"]),
        "councils": [] if councils.is_empty() else councils_ahead(councils, **asked),
        "query": query,
    }


def left_out(known: pl.DataFrame, *, since: date) -> str:
    """What was published later and is not looked ahead from, in words; "" where nothing was."""
    last = known.row(-1, named=True)
    if day_of(last["year"]) <= since:
        return ""
    return (
        f"It was {last['value']:.1f}% on {in_words(day_of(last['year']))}, counted in another way: there are too few "
        "years of that yet to look ahead from, so it is left out."
    )


def standing(chance: dict, pace: dict, slope: dict, *, by: date) -> dict[str, str]:
    """Where a place stands and how it moves, each under its heading."""
    takes = "None: it is reached."
    if pace["verdict"] != "reached":
        takes = f"{points(pace['needed_points_per_year'])} a year; of late it has moved "
        takes += f"{signed(pace['recent_points_per_year'], 1)} a year ({pace['verdict']})"
    moves = slope["verdict"].capitalize()
    if slope["low"] is not None:
        moves += f": {signed(slope['points_per_year'], 2)} points a year since it has been counted in this way, "
        moves += f"or anything from {signed(slope['low'], 2)} to {signed(slope['high'], 2)}"
    return {
        "Where it stands": f"{chance['last_value']:.1f}% on {in_words(chance['last_period'])}",
        f"Likely by {in_words(by)}": f"{chance['median']:.1f}%; four times in five between {chance['low']:.1f}% and "
        f"{chance['high']:.1f}%",
        "Pace it takes": takes,
        "Does it move at all?": moves,
    }


def points(needed: float) -> str:
    """A pace that is needed; one upward has no sign."""
    return f"{needed:.1f} points".replace("-", "−")


def signed(value: float, decimals: int) -> str:
    """A change with its sign.

    >>> signed(0.42, 1), signed(0.06, 2)
    ('+0.4', '+0.06')
    """
    return f"{value:+.{decimals}f}".replace("-", "−")


def councils_ahead(everyone: pl.DataFrame, **asked) -> list[dict]:
    """Each council's last value, pace and chance, the likeliest first."""
    current = everyone.filter(pl.col("period").max().over("unit") == pl.col("period").max())
    found = chances(current, **asked).join(paces(current, **asked).select("unit", "verdict"), on="unit")
    ordered = found.sort(["probability", "unit"], descending=[True, False])
    return [row | {"words": in_percent(row["probability"])} for row in ordered.to_dicts()]


@require_safe
@cache_control(private=True, max_age=3600)
def fan(request: SignedIn):
    """The picture of what may come for one place."""
    form = TargetForm(request.GET, series=to_forecast())
    if not form.is_valid():
        return HttpResponse("This picture needs a measure, a place, a percentage and a day.", status=400)
    asked = form.cleaned_data
    mine = as_series(to_forecast()[asked["measure"]]).filter(pl.col("unit") == asked["place"])
    try:
        picture = draw(mine, target_percent=asked["percent"], by=asked["by"], at_most=asked["at_most"])
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=400)
    return HttpResponse(picture, content_type="image/svg+xml")
