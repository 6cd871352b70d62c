"""Asking for help, without signing in.

Nothing is looked up for whoever asks, so no page tells whether anybody is known here. A request needs nothing but
itself, no cookie and no token, so that none is lost to a session that ended. Only who writes about their own life
before they ask has a session: `own_words` says what is in it.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leeway.access.visitors import too_many
from leeway.care.asking import actions, own_words, queries
from leeway.care.asking.forms import AskForm, CodeForm, PartForm
from leeway.care.asking.models import Asking
from leeway.care.asking.own_words import PARTS, How, OwnWords
from leeway.care.people.models import CaseKind
from leeway.forms import check_texts
from leeway.law.outcome import Choice
from leeway.refusal import Refusal

SENT_A_MINUTE_MAX = 30  # from one network: a hostel, a ward or a library may sit behind one address
TOO_MANY = "Many requests came from your network within a minute. Nothing you wrote is lost: wait a minute, send again."
SALT = "leeway.care.asking"
TOLD_SECONDS = 24 * 60 * 60
CODES_A_MINUTE_MAX = 10
NO_SUCH_CODE = (
    "Nothing is kept under this code now. Check it letter by letter. What was kept is gone once it was sent, or after "
    "its last day."
)
WRITTEN_ELSEWHERE = "You wrote about this in another window meanwhile. Bring both together below, and save again."
UNSENT_HERE = (
    "Something else is written in this browser and was not sent. It may be somebody else’s. Keep it with a code, send "
    "it or take it away first, so that nothing is lost."
)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Whom to ring now, what asking is, and where it begins."""
    return render(request, "asking/start.jinja")


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The request itself, on one page."""
    own = own_words.read(request)
    form = AskForm(request.POST or None, own=own)
    page = {"form": form, "form_id": _form_id(request), "own": own}
    if request.method == "POST" and form.is_valid() and too_many(request, "asking", SENT_A_MINUTE_MAX):
        form.add_error(None, TOO_MANY)
        return render(request, "asking/ask.jinja", page, status=429)
    asking = _send(form, page["form_id"], own)
    if asking is None:
        return render(request, "asking/ask.jinja", page)
    answer = redirect("ask:sent", _told_of(asking))
    if form.sends_along:
        own_words.forget(request, answer)
    return answer


def _send(form: AskForm, form_id: uuid.UUID, own: OwnWords) -> Asking | None:
    """Keep the request, whatever signs are in it: here nobody is asked to take out what cannot be seen."""
    if not form.is_valid():
        return None
    along = form.sends_along
    try:
        return actions.send(
            form_id=form_id, typed=form.typed, along=along, own=own if along else None, on=timezone.localdate()
        )
    except Refusal as refusal:
        form.add_error(refusal.field, str(refusal))
        return None


@never_cache
@require_safe
def sent(request: HttpRequest, told: str) -> HttpResponse:
    """That it is in, with its reference, what happens by when, and whom to ring meanwhile.

    The address carries what this page says, sealed for a day: it asks no table, so no other address tells of anybody's
    request, and nobody reads in a browser's history, or a log on the way, what was asked.
    """
    try:
        reference, answer_by, urgent, reachable = json.loads(_sealed().decrypt(told, ttl=TOLD_SECONDS))
    except InvalidToken:
        raise Http404("No request was sent from here, or it was sent over a day ago.") from None
    page = {"reference": reference, "answer_by": answer_by, "urgent": urgent, "reachable": reachable}
    return render(request, "asking/sent.jinja", page)


def _told_of(asking: Asking) -> str:
    reachable = bool(asking.phone or asking.email or asking.other_way)
    told = [asking.reference, asking.answer_by.isoformat(), bool(asking.urgent), reachable]
    return _sealed().encrypt(json.dumps(told).encode()).decode()


def _sealed() -> Fernet:
    """What seals an address of ours."""
    return Fernet(base64.urlsafe_b64encode(salted_hmac(SALT, "sent", algorithm="sha256").digest()))


def _form_id(request: HttpRequest) -> uuid.UUID:
    """The number that this form was given when it was opened, so that it is sent once."""
    try:
        return uuid.UUID(request.POST.get("form_id", ""))
    except ValueError:
        return uuid.uuid4()


@never_cache
@require_safe
def life(request: HttpRequest, kind: str) -> HttpResponse:
    """The parts of life that somebody can write about, and which they have."""
    choices = _choices(kind)
    own = own_words.read(request)
    how = {choice.code: _told(own.part(kind, choice.code)) for choice in choices}
    return render(request, "asking/life.jinja", {"kind": kind, "choices": choices, "how": how, "own": own})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, kind: str, outcome: str) -> HttpResponse:
    """One part of life: how it is, and in their own words."""
    choices = _choices(kind)
    place = next((number for number, choice in enumerate(choices) if choice.code == outcome), None)
    if place is None:
        raise Http404("There is no such part.")
    own = own_words.read(request)
    written = own.part(kind, outcome)
    form = PartForm(request.POST or None, initial=written | {"version": own.version_of(kind, outcome)})
    if request.method == "POST" and form.is_valid() and check_texts(form) and not (written and _is_stale(form)):
        own.put(kind, outcome, **form.details)
        further = "later" not in request.POST and place + 1 < len(choices)
        answer = redirect("ask:part", kind, choices[place + 1].code) if further else redirect("ask:life", kind)
        own_words.write(request, answer, own)
        return answer
    page = {"form": form, "kind": kind, "choice": choices[place], "number": place + 1, "of": len(choices)}
    return render(request, "asking/part.jinja", page)


def _is_stale(form: PartForm) -> bool:
    """Whether a part was written in another window since the page was made; then that is shown beside what was typed.

    A form without a version is none of ours, and a second press changes nothing.
    """
    if form.cleaned_data["version"] in {None, form.initial["version"]} or not form.in_words():
        return False
    form.add_error(None, WRITTEN_ELSEWHERE)
    form.show_theirs()
    return True


@never_cache
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was written under a code, and show the code this once."""
    own = own_words.read(request)
    if not own:
        return redirect("ask:start")
    if too_many(request, "own_words", CODES_A_MINUTE_MAX):
        messages.error(request, "Many codes were asked for within a minute. Nothing is lost: wait a minute, ask again.")
        return redirect("ask:life", CaseKind.ADULT)
    code = actions.keep_words(own=own, on=timezone.localdate())
    page = {
        "code": own_words.spaced(code),
        "until": timezone.localdate() + timedelta(days=actions.KEPT_DAYS),
        "address": request.build_absolute_uri(reverse("ask:pick_up")),
    }
    answer = render(request, "asking/kept.jinja", page)
    own_words.write(request, answer, own)
    return answer


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def pick_up(request: HttpRequest) -> HttpResponse:
    """Go on with what is kept under a code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if too_many(request, "own_words", CODES_A_MINUTE_MAX):
            form.add_error(None, "Many codes came from your network within a minute. Wait a minute, then try again.")
            return render(request, "asking/pick_up.jinja", {"form": form}, status=429)
        here, own = (
            own_words.read(request),
            queries.words_kept_under(form.cleaned_data["code"], on=timezone.localdate()),
        )
        if own is not None and (not here or here.parts == own.parts):
            answer = redirect("ask:life", next(iter(own.parts)).partition(".")[0])
            own_words.write(request, answer, own)
            return answer
        form.add_error("code", UNSENT_HERE if own else NO_SUCH_CODE)
    return render(request, "asking/pick_up.jinja", {"form": form, "here": own_words.read(request)})


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Take away what was written, in this browser and under its code."""
    own = own_words.read(request)
    if own.code:
        actions.forget_kept(code=own.code)
    answer = redirect("ask:start")
    own_words.forget(request, answer)
    return answer


def _choices(kind: str) -> tuple[Choice, ...]:
    if kind not in PARTS:
        raise Http404("There is no such page.")
    return PARTS[kind]


def _told(written: Mapping[str, str]) -> str:
    """How a part stands in the list."""
    if how := written.get("how"):
        return How(how).label
    return "Written about" if written else ""
