"""Answering a survey: anyone with its address, without signing in.

Nothing is kept between the pages but in the pages themselves: what was answered so far travels in hidden fields, and
no cookie is set. So there is no session to forge a request in, and the pages carry no token against that.
"""

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.access.visitors import too_many
from leeway.acting import attempt
from leeway.insight.pages import actions, queries
from leeway.insight.pages.forms import SectionForm
from leeway.insight.pages.models import Wave
from leeway.insight.surveys.questionnaire import Questionnaire

SENT_A_MINUTE_MAX = 30  # from one network, where a whole office may sit behind one address
CHECK = "check"


def get_wave(token: str) -> Wave:
    try:
        return queries.wave_at(token)
    except Wave.DoesNotExist:
        raise Http404("There is no survey here.") from None


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedIn, token):
    """What the survey is, its sections one a page, a page to check, and sending."""
    wave = get_wave(token)
    today = timezone.localdate()
    if not wave.is_open_on(today):
        return render(request, "insight/survey_closed.jinja", {"wave": wave, "today": today})
    if request.method != "POST":
        return render(request, "insight/survey_start.jinja", {"wave": wave, "form_id": uuid.uuid4(), "carried": {}})
    questionnaire = wave.questionnaire
    given = _given(request, questionnaire)
    at, go = request.POST.get("at", ""), request.POST.get("go", "")
    if at == CHECK and go == "send":
        return _send(request, wave, given, today)
    if at == CHECK or at == "start":
        wanted = _place(go.removeprefix("to-"), questionnaire) if at == CHECK else 0
        return _ask(request, wave, given, 0 if wanted is None else wanted)
    place = _place(at, questionnaire)
    if place is None:
        return redirect("insight:answer", token)
    if go == "back":
        return _ask(request, wave, given, _before(questionnaire, given, place))
    form = SectionForm(questionnaire.sections[place], request.POST)
    if not form.is_valid():
        return _ask(request, wave, given, place, form)
    after = _after(questionnaire, given, place, checked="checked" in request.POST)
    return _check(request, wave, given) if after is None else _ask(request, wave, given, after)


@require_safe
def thanks(request: SignedIn, token):
    """The answers are in."""
    return render(request, "insight/survey_thanks.jinja", {"wave": get_wave(token)})


def _given(request: HttpRequest, questionnaire: Questionnaire) -> dict[str, str]:
    """What was answered so far, to the questions that are put to whoever gave these answers."""
    given: dict[str, str] = {}
    for section in questionnaire.sections:
        if section.is_for(given):
            sent = {each.code: request.POST.get(f"a-{each.code}", "").strip() for each in section.questions}
            given |= {code: text for code, text in sent.items() if text}
    return given


def _place(text: str, questionnaire: Questionnaire) -> int | None:
    """The section that a page says it is about; None where that is none."""
    known = text.isascii() and text.isdecimal() and len(text) < 4 and int(text) < len(questionnaire.sections)
    return int(text) if known else None


def _before(questionnaire: Questionnaire, given: Mapping[str, str], place: int) -> int:
    earlier = [number for number in range(place) if questionnaire.sections[number].is_for(given)]
    return earlier[-1] if earlier else 0


def _after(questionnaire: Questionnaire, given: Mapping[str, str], place: int, *, checked: bool) -> int | None:
    """The next section to ask. Whoever was checking already goes back there, but for a section that is new to them."""
    for number, section in enumerate(questionnaire.sections):
        new = section.when is not None and not any(question.code in given for question in section.questions)
        if number > place and section.is_for(given) and (new or not checked):
            return number
    return None


def _ask(
    request: HttpRequest, wave: Wave, given: Mapping[str, str], place: int, form: SectionForm | None = None
) -> HttpResponse:
    questionnaire = wave.questionnaire
    section = questionnaire.sections[place]
    here = {question.code for question in section.questions}
    shown = {
        "wave": wave,
        "section": section,
        "form": form or SectionForm(section, initial=given),
        "carried": {code: text for code, text in given.items() if code not in here},
        "place": place,
        "checked": "checked" in request.POST or request.POST.get("at") == CHECK,
        "form_id": _form_id(request),
    }
    return render(request, "insight/survey_section.jinja", shown)


def _check(
    request: HttpRequest,
    wave: Wave,
    given: Mapping[str, str],
    form: forms.Form | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    parts = [
        {
            "title": section.title,
            "place": place,
            "answers": [
                (question.ask, question.labels.get(given.get(question.code, ""), given.get(question.code, "")))
                for question in section.questions
            ],
        }
        for place, section in enumerate(wave.questionnaire.sections)
        if section.is_for(given)
    ]
    shown = {"wave": wave, "parts": parts, "carried": given, "form": form, "form_id": _form_id(request)}
    return render(request, "insight/survey_check.jinja", shown, status=status)


def _send(request: HttpRequest, wave: Wave, given: Mapping[str, str], today) -> HttpResponse:
    form = forms.Form({})
    form.full_clean()
    if too_many(request, "survey", SENT_A_MINUTE_MAX):
        form.add_error(None, "Many answers came from your network within a minute. Wait a minute, then send again.")
        return _check(request, wave, given, form, status=HTTPStatus.TOO_MANY_REQUESTS)
    attempt(form, lambda: actions.send_answers(wave=wave, form_id=_form_id(request), given=given, on=today))
    return _check(request, wave, given, form) if form.errors else redirect("insight:thanks", wave.token)


def _form_id(request: HttpRequest) -> uuid.UUID:
    """The number that this form was given when it was opened, so that it is saved once."""
    try:
        return uuid.UUID(request.POST.get("form_id", ""))
    except ValueError:
        return uuid.uuid4()
