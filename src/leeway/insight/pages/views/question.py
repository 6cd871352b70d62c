"""What a direct payment goes with: every defensible estimate at once, as a picture and as tables."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from leeway.insight.estimates import direct_payment_question as asked
from leeway.insight.returns.figures import table

#: What of a summary is money.
ENDS = {"least", "lower_quarter", "middle", "upper_quarter", "most"}


def client_groups() -> list[str]:
    """Those whom the returns tell apart, learning disability first, of whom the question was asked."""
    groups = sorted(table("panel")["client_group"].unique())
    return sorted(groups, key=lambda group: group != asked.LEARNING_DISABILITY)


def chosen(request) -> str:
    group = request.GET.get("group", "")
    return group if group in client_groups() else asked.LEARNING_DISABILITY


@require_safe
def question(request):
    """The curve in words, as a picture, choice by choice, and what there was to go on."""
    group = chosen(request)
    found = asked.curve(group)
    shown = {
        "group": group,
        "groups": client_groups(),
        "published": group == asked.LEARNING_DISABILITY,
        "about": asked.ABOUT,
        "summary": {
            name: pounds(value) if name in ENDS else number(value) for name, value in asked.summary(found).items()
        },
        "headlines": [estimate(row) for row in asked.headlines(found).to_dicts()],
        "regions": [estimate(row) for row in asked.without_each_region(group).sort("effect").to_dicts()],
        "choices": [row | {"middle": pounds(row["middle"])} for row in asked.by_choice(found).to_dicts()],
        "years": [{key: number(value) for key, value in row.items()} for row in asked.by_year(group).to_dicts()],
        "back": reverse("insight:home"),
    }
    return render(request, "insight/question.jinja", shown)


def number(value) -> str:
    """A whole number as it is said, nothing for none; words stay as they are.

    >>> number(47585.8), number(None), number("2004-05")
    ('47,586', '', '2004-05')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,.0f}".replace("-", "−")


def pounds(value) -> str:
    """Whole pounds, with the minus before the sign of the pound."""
    return f"{'−' if value <= -0.5 else ''}£{abs(value):,.0f}"


def estimate(row: dict) -> dict:
    """An estimate in words: pounds, its interval and what chance alone would give."""
    return {
        "words": row.get("changed") or row.get("without"),
        "effect": pounds(row["effect"]),
        "interval": f"{pounds(row['low'])} to {pounds(row['high'])}",
        "observations": number(row["observations"]),
    }


@require_safe
@cache_control(private=True, max_age=86_400)
def picture(request):
    """The curve as SVG."""
    return HttpResponse(asked.picture(chosen(request)), content_type="image/svg+xml")


@require_safe
def estimates(request):
    """Every estimate with its choices, as CSV."""
    answer = HttpResponse(asked.curve(chosen(request)).write_csv(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="direct-payment-question.csv"'
    return answer
