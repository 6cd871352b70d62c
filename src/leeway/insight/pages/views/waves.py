"""Surveys for those who open them and those who read what they say."""

from collections import Counter

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from leeway.access.access import SignedIn
from leeway.acting import act, attempt
from leeway.forms import set_choices
from leeway.insight.pages import actions, queries
from leeway.insight.pages.access import can_open_waves, can_read_words
from leeway.insight.pages.forms import CompareForm, OpenWaveForm
from leeway.insight.pages.models import Wave
from leeway.insight.surveys import results
from leeway.insight.surveys.comparing import by_group
from leeway.insight.surveys.shares import percent
from leeway.refusal import Refusal
from leeway.writing import csv_of


def get_wave(request: SignedIn, wave_id) -> Wave:
    try:
        return queries.get_wave(wave_id, seen_by=request.user)
    except Wave.DoesNotExist:
        raise Http404("There is no such survey.") from None


@require_safe
def waves(request: SignedIn):
    """Every wave: when, whether open, and how many answered."""
    today = timezone.localdate()
    every = list(queries.waves(seen_by=request.user))
    rows = [{"wave": wave, "title": wave.questionnaire.title, "state": state_of(wave, today)} for wave in every]
    over = [wave.questionnaire_code for wave in every if wave.is_over_on(today)]
    shown = {
        "rows": rows,
        "may_open": can_open_waves(request.user),
        "can_compare": len(set(over)) < len(over),
        "back": reverse("home"),
    }
    return render(request, "insight/waves.jinja", shown)


def state_of(wave: Wave, today) -> str:
    if wave.is_over_on(today):
        return "Closed"
    return "Open" if wave.is_open_on(today) else "Not open yet"


def open_wave(request: SignedIn):
    """Open a wave: which questions, called what, from when to when."""
    form = OpenWaveForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.open_wave(**form.cleaned_data, **by_on), request):
        messages.success(request, f"{done.result.name} is set up. Send its address to those whom you ask.")
        return redirect("insight:wave", done.result.pk)
    return render(request, "insight/open_wave.jinja", {"form": form, "back": reverse("insight:waves")})


@require_safe
def wave(request: SignedIn, wave_id):
    """One wave: its address while it is open, and what it says once it is over."""
    asked, today = get_wave(request, wave_id), timezone.localdate()
    shown = {
        "wave": asked,
        "title": asked.questionnaire.title,
        "state": state_of(asked, today),
        "over": asked.is_over_on(today),
        "may_open": can_open_waves(request.user),
        "too_many": bool(asked.asked) and asked_by(asked) is None,
        "address": request.build_absolute_uri(reverse("insight:answer", args=[asked.token])),
        "back": reverse("insight:waves"),
    }
    try:
        answers = queries.answers_of(asked, seen_by=request.user, on=today)
    except queries.NotYet as sentence:
        return render(request, "insight/wave.jinja", shown | {"not_yet": str(sentence)})
    shown |= found_in(asked, answers)
    if can_read_words(request.user):
        words = queries.words_of(asked, seen_by=request.user, on=today)
        shown["words"] = {ask: list(Counter(texts).items()) for ask, texts in words.items()}
    return render(request, "insight/wave.jinja", shown)


def asked_by(wave: Wave) -> int | None:
    """How many were asked, where it is known and can be right: no more answered than that."""
    return wave.asked if wave.asked and wave.answered <= wave.asked else None  # type: ignore[attr-defined]


def found_in(asked: Wave, answers: pl.DataFrame) -> dict:
    """What a wave says, in the strings that its page shows."""
    questionnaire = asked.questionnaire
    numbers = {
        row["question"]: row for row in results.numbers(questionnaire, answers, asked=asked_by(asked)).to_dicts()
    }
    options: dict[str, list[dict]] = {}
    for row in results.shares(questionnaire, answers, asked=asked_by(asked)).to_dicts():
        options.setdefault(row["question"], []).append(row)
    parts = []
    for question in questionnaire.questions:
        if question.code in options:
            parts.append({"question": question, "options": [share_words(row) for row in options[question.code]]})
        elif question.code in numbers:
            parts.append({"question": question, "number": number_words(numbers[question.code])})
    compared = by_group(questionnaire, answers).to_dicts() if questionnaire.compare else []
    return {"parts": parts, "groups": groups_words(compared)}


def share_words(row: dict) -> dict:
    shown = {"label": row["label"], "hidden": row["hidden"], "bounds": ""}
    if not row["hidden"]:
        shown |= {"said": row["said"], "answered": row["answered"], "share": percent(row["share"])}
        shown["interval"] = f"{percent(row['low'])} to {percent(row['high'])}"
        if row["least"] is not None:
            shown["bounds"] = f"{percent(row['least'])} to {percent(row['most'])}"
    return shown


def number_words(row: dict) -> dict:
    if row["hidden"]:
        return {"hidden": True}
    shown = {name: f"{row[name]:.1f}".removesuffix(".0") for name in ("mean", "low", "high", "median")}
    return shown | {"hidden": False, "answered": row["answered"]}


def groups_words(rows: list[dict]) -> list[dict]:
    """Groups side by side, question by question; the group that the others are held against says so."""
    questions: dict[str, list[dict]] = {}
    for row in rows:
        shown = {"label": row["label"], "told": row["told"] or "the others are held against these", "difference": ""}
        shown["answered"] = "" if row["answered"] is None else row["answered"]
        shown["share"] = "" if row["share"] is None else percent(row["share"])
        if row["adjusted"] is not None:
            shown["difference"] = points(row["adjusted"], row["adjusted_low"], row["adjusted_high"])
        questions.setdefault(row["ask"], []).append(shown)
    return [{"ask": ask, "rows": rows} for ask, rows in questions.items()]


def points(difference: float, low: float, high: float) -> str:
    """A difference in percentage points with its range: +26.0 (+6.5 to +42.9)."""
    words = [f"{100 * value:+.1f}".replace("-", "−") for value in (difference, low, high)]
    return f"{words[0]} ({words[1]} to {words[2]})"


def number_changes(earlier: Wave, later: Wave, *, seen_by, on) -> dict[str, list[dict]]:
    """How the mean answer to each question that asks for a number moved, as a row of the page's table."""
    first, second = (
        results.numbers(each.questionnaire, queries.answers_of(each, seen_by=seen_by, on=on), asked=asked_by(each))
        for each in (earlier, later)
    )
    found: dict[str, list[dict]] = {}
    for row in results.waves_of_numbers(first, second).to_dicts():
        shown = {"label": "The mean answer", "hidden": row["difference"] is None}
        if not shown["hidden"]:
            words = [f"{row[name]:+.1f}".replace("-", "−") for name in ("difference", "low", "high")]
            shown |= {"earlier": f"{row['mean']:.1f}", "later": f"{row['mean_later']:.1f}", "needed": ""}
            shown["told"] = row["told"]
            shown["difference"] = f"{words[0]} ({words[1]} to {words[2]})"
        found[row["ask"]] = [shown]
    return found


@require_POST
def close_wave(request: SignedIn, wave_id):
    """End a wave before its last day."""
    closed = actions.close_wave(wave=get_wave(request, wave_id), by=request.user, on=timezone.localdate())
    messages.success(request, f"{closed.name} is closed. It takes no more answers.")
    return redirect("insight:wave", closed.pk)


@require_safe
def results_file(request: SignedIn, wave_id):
    """What a wave says, as a file that is fit to publish."""
    asked = get_wave(request, wave_id)
    answers = queries.answers_of(asked, seen_by=request.user, on=timezone.localdate())
    shares = results.shares(asked.questionnaire, answers, asked=asked_by(asked))
    numbers = results.numbers(asked.questionnaire, answers, asked=asked_by(asked))
    text = csv_of(results.for_publication(asked.questionnaire, shares, numbers))
    name = f"{asked.questionnaire_code}-{slugify(asked.name)}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(), content_type="text/csv; charset=utf-8", headers=disposition)


@require_safe
def compare(request: SignedIn):
    """Two waves of the same questions: what went up, what went down, and what cannot be told."""
    today = timezone.localdate()
    over = [each for each in queries.waves(seen_by=request.user) if each.is_over_on(today)]
    form = CompareForm(request.GET or None)
    choices = [(str(each.pk), f"{each.questionnaire.title}: {heading(each)}") for each in over]
    for name in ("earlier", "later"):
        set_choices(form, name, [("", "Choose one"), *choices])
    shown: dict = {"form": form, "rows": None, "back": reverse("insight:waves")}
    if form.is_valid():
        by_id = {str(each.pk): each for each in over}
        earlier, later = (by_id[form.cleaned_data[name]] for name in ("earlier", "later"))
        found = attempt(form, lambda: compared(earlier, later, seen_by=request.user, on=today))
        shown |= {"rows": found and found.result, "earlier": heading(earlier), "later": heading(later)}
    return render(request, "insight/compare_waves.jinja", shown)


def heading(wave: Wave) -> str:
    """What a wave is called above its column."""
    return f"{wave.name}, {wave.opens_on:%B %Y}"


def compared(earlier: Wave, later: Wave, *, seen_by, on) -> list[dict]:
    """Two waves, question by question, in the strings that the page shows."""
    if earlier.questionnaire_code != later.questionnaire_code:
        raise Refusal("These waves asked different questions. Choose two of the same questionnaire.", field="later")
    if earlier.opens_on > later.opens_on:
        raise Refusal(f"“{later.name}” came before “{earlier.name}”. Choose them the other way round.", field="later")
    first, second = (
        results.shares(each.questionnaire, queries.answers_of(each, seen_by=seen_by, on=on), asked=asked_by(each))
        for each in (earlier, later)
    )
    questions: dict[str, list[dict]] = number_changes(earlier, later, seen_by=seen_by, on=on)
    for row in results.waves(first, second).to_dicts():
        shown = {"label": row["label"], "told": row["told"], "hidden": row["difference"] is None}
        if not shown["hidden"]:
            shown |= {"earlier": percent(row["earlier"]), "later": percent(row["later"])}
            shown["difference"] = points(row["difference"], row["low"], row["high"])
            shown["needed"] = f"{row['needed']:,}" if row["needed"] else "the same in both"
        questions.setdefault(row["ask"], []).append(shown)
    return [{"ask": ask, "rows": rows} for ask, rows in questions.items()]
