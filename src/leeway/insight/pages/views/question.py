"""What a direct payment goes with: every defensible estimate at once, as a picture and as tables."""

import polars as pl
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.published.estimates import direct_payment_question as asked
from leeway.writing import csv_of

SOURCE = "PSS-EX1 and RAP returns, NHS Information Centre; GDP deflators, HM Treasury; population, ONS"
#: What of a summary is money.
ENDS = {"least", "lower_quarter", "middle", "upper_quarter", "most"}
INTERVAL = ("Estimate", "95% interval", "Rows")


def chosen(request: SignedIn) -> str:
    group = request.GET.get("group", "")
    return group if group in asked.client_groups() else asked.LEARNING_DISABILITY


@require_safe
def question(request: SignedIn):
    """The curve in words, as a picture, choice by choice, and what there was to go on."""
    group = chosen(request)
    found = asked.curve(group)
    summary = asked.summary(found)
    headlines = [(changed(row["changed"]), *estimate(row)) for row in asked.headlines(found).to_dicts()]
    regions = [(row["without"], *estimate(row)) for row in asked.without_each_region(group).sort("effect").to_dicts()]
    shown = {
        "group": group,
        "groups": asked.client_groups(),
        "published": group == asked.LEARNING_DISABILITY,
        "about": asked.ABOUT,
        "source": SOURCE,
        "summary": {name: pounds(value) if name in ENDS else number(value) for name, value in summary.items()},
        "headlines": {"heads": ("Choice", *INTERVAL), "rows": headlines},
        "regions": {"heads": ("Left out", *INTERVAL), "rows": regions},
        "choices": choice_by_choice(found),
        "years": year_by_year(group),
        "back": reverse("insight:home"),
    }
    return render(request, "insight/question.jinja", shown)


def changed(words: str) -> str:
    """The one choice that a row changes; for the headline itself, everything that was chosen for it."""
    return f"Headline: {', '.join(asked.HEADLINE.values())}" if words == "headline" else words[0].upper() + words[1:]


def estimate(row: dict) -> tuple[str, str, str]:
    """An estimate in words: pounds, its interval, and how many rows it rests on."""
    return pounds(row["effect"]), f"{pounds(row['low'])} to {pounds(row['high'])}", number(row["observations"])


def choice_by_choice(found: pl.DataFrame) -> dict:
    """What the estimates come to with each answer to each choice."""
    reaches = [f"Intervals that reach {words}" for words in ("£15,000 to £25,000", "nought")]
    rows = [
        (
            row["answer"],
            number(row["estimates"]),
            pounds(row["middle"]),
            f"{row['reaches_published_percent']:.0f}%",
            f"{row['reaches_nought_percent']:.0f}%",
        )
        for row in asked.by_choice(found).to_dicts()
    ]
    return {"heads": ("Answer to a choice", "Estimates", "The middle one", *reaches), "rows": rows}


def year_by_year(group: str) -> dict:
    """What there is to go on."""
    heads = ("Year", "People", "Councils", "All spending, £000", "Four services, £000")
    return {"heads": heads, "rows": [tuple(map(number, row)) for row in asked.by_year(group).iter_rows()]}


def number(value) -> str:
    """A whole number as it is said, nothing for none; words stay as they are.

    >>> number(47585.8), number(None), number("2004-05")
    ('47,586', '', '2004-05')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,.0f}"


def pounds(value: float) -> str:
    """Whole pounds, with the minus before the sign of the pound.

    >>> pounds(47585.8), pounds(-0.2)
    ('£47,586', '£0')
    """
    return f"{'−' if value <= -0.5 else ''}£{abs(value):,.0f}"


@require_safe
@cache_control(private=True, max_age=86_400)
def picture(request: SignedIn):
    """The curve as SVG."""
    return HttpResponse(asked.picture(chosen(request)), content_type="image/svg+xml")


@require_safe
def estimates(request: SignedIn):
    """Every estimate with its choices and its source, as CSV."""
    group = chosen(request)
    told = asked.curve(group).with_columns(client_group=pl.lit(group), source=pl.lit(SOURCE))
    answer = HttpResponse(csv_of(told), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="direct-payment-question.csv"'
    return answer
