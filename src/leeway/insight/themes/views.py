"""How budgets are managed: the themes with Leeway's own figures and the council's answers; the risk register."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.table import may_reach
from leeway.acting import act
from leeway.insight.themes import actions, queries
from leeway.insight.themes.forms import AnswerForm, RiskForm
from leeway.insight.themes.models import IMPACT, LIKELIHOOD, RiskEntry
from leeway.writing import write_rows

NOT_YET = "Not measured yet"
KEPT_AS_IT_IS = ("name", "cause", "effect", "likelihood", "impact", "held_by", "owner", "review_on")


def told(request: SignedIn) -> list[dict[str, Any]]:
    """Each theme with the figures that there are, what is not measured, and its answers, the latest first."""
    known = queries.figures(seen_by=request.user, on=timezone.localdate())
    given = queries.answers(seen_by=request.user)
    return [
        {
            "theme": theme,
            "figures": [
                (known[name], may_reach(request.user, known[name].page)) for name in theme.figures if name in known
            ],
            "answers": given[theme.code],
        }
        for theme in queries.themes().values()
    ]  # fmt: skip


@require_safe
def home(request: SignedIn):
    """The eight themes."""
    shown = {
        "themes": told(request),
        "may_answer": request.user.can(Capability.ANSWER_THEMES),
        "back": reverse("insight:home"),
    }
    return render(request, "themes/home.jinja", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedIn, code: str):
    """Answer a theme, or answer it anew."""
    theme = queries.themes().get(code)
    if theme is None:
        raise Http404("There is no such theme.")
    before = queries.answers(seen_by=request.user)[code]
    last = before[0] if before else None
    initial: dict[str, Any] = {"seen": last.number if last else 0}
    if last:
        initial |= {"answer": last.answer, "will_do": last.will_do, "owner": last.owner}
    form = AnswerForm(request.POST or None, initial=initial)
    if act(form, lambda **by_on: actions.answer_theme(theme=code, **form.cleaned_data, **by_on), request):
        messages.success(request, f"The answer to “{theme.name}” is kept, with what was answered before.")
        return redirect("themes:home")
    return render(request, "themes/answer.jinja", {"form": form, "theme": theme, "back": reverse("themes:home")})


@require_safe
def risks(request: SignedIn):
    """The risk register, and what figures suggest beside it."""
    today = timezone.localdate()
    shown = {
        "risks": queries.risks(seen_by=request.user),
        "suggested": queries.suggested(seen_by=request.user, on=today),
        "may_answer": request.user.can(Capability.ANSWER_THEMES),
        "today": today,
        "scales": {"How likely": LIKELIHOOD, "How bad": IMPACT},
        "back": reverse("themes:home"),
    }
    return render(request, "themes/risks.jinja", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: SignedIn):
    """Enter a risk: one's own, or one that a figure suggests, which is still to be judged."""
    found = queries.suggested(seen_by=request.user, on=timezone.localdate())
    named = next((each for each in found if each.key == request.GET.get("from")), None)
    initial: dict[str, Any] = {"seen": 0}
    if named:
        initial |= {"name": named.name, "cause": named.cause, "effect": named.effect}
    return _keep(request, [], initial)


@require_http_methods(["GET", "HEAD", "POST"])
def risk(request: SignedIn, risk_id):
    """One risk with its history; weigh it anew, or close it."""
    history = list(queries.history(risk_id, seen_by=request.user))
    if not history:
        raise Http404("There is no such risk.")
    last = history[0]
    initial = {name: getattr(last, name) for name in KEPT_AS_IT_IS} | {"seen": last.number, "closed": last.closed}
    return _keep(request, history, initial)


def _keep(request: SignedIn, history: Sequence[RiskEntry], initial: dict[str, Any]):
    form = RiskForm(request.POST or None, initial=initial, first=not history)
    risk_id = history[0].risk if history else None

    def keep(**by_on):
        said = {"why": "", "closed": False} | form.cleaned_data
        return actions.keep_risk(risk=risk_id, **said, **by_on)

    if done := act(form, keep, request):
        messages.success(request, f"“{done.result.name}” is in the register, with what was said of it before.")
        return redirect("themes:risks")
    may_answer = request.user.can(Capability.ANSWER_THEMES)
    shown = {"form": form, "history": history, "may_answer": may_answer, "back": reverse("themes:risks")}
    return render(request, "themes/risk.jinja", shown)


@require_safe
def answers_csv(request: SignedIn) -> HttpResponse:
    """The themes, their figures and their answers as CSV: every answer, the latest first."""
    rows: list[list[Any]] = []
    for each in told(request):
        figures = " ".join(figure.sentence for figure, _ in each["figures"]) or NOT_YET
        for given in each["answers"] or [None]:
            kept = (
                [given.answer, given.will_do, given.owner, given.answered_by.name, given.answered_on] if given else []
            )
            rows.append([each["theme"].name, figures, *(kept or ["Not answered yet", "", "", "", ""])])
    return _file("answers.csv", ("Theme", "Own figures today", "Answer", "Will do", "Owner", "By", "On"), rows)


@require_safe
def risks_csv(request: SignedIn) -> HttpResponse:
    """The register as CSV: each risk as it stands."""
    heads = (
        "Risk", "Cause", "Effect", "Likelihood", "Impact", "Weight", "What holds against it", "Owner", "Next review",
        "Stands", "Entered by", "On",
    )  # fmt: skip
    rows = [
        [
            each.name, each.cause, each.effect, each.likelihood, each.impact, each.weight, each.held_by, each.owner,
            each.review_on, "Closed" if each.closed else "Open", each.entered_by.name, each.entered_on,
        ]
        for each in queries.risks(seen_by=request.user)
    ]  # fmt: skip
    return _file("risks.csv", heads, rows)


def _file(name: str, heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    found = HttpResponse(content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    write_rows(found, heads, rows)
    return found
