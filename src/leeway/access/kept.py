"""What someone was writing when the door closed on them: kept for half an hour, and offered back to them alone."""

import time

from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect, render

KEPT = "kept_writing"
#: A page sends what is being typed under this header, to be kept and not to be done (`site/static/typing.js`).
KEEP_HEADER = "Leeway-Keep"
ENDED_FOR = "session_ended_for"
KEPT_SECONDS = 30 * 60
KEPT_BYTES_MAX = 200_000
#: The rooms whose forms are kept. No other: not signing in, nor who signs in, nor bank details, nor payments.
WRITING = frozenset(
    {"people", "asking", "corrections", "circumstances", "assessment", "planning", "review", "budgets", "directory"}
)
NOT_WRITING = {"csrfmiddlewaretoken", "version", "seen"}


def keep_writing(request: HttpRequest) -> None:
    """Keep a form that is not taken in yet: it is being typed, its user's session ended, or a reason comes first.

    Nothing is kept but from the rooms in `WRITING`, so that no password is; nor when it is not known whose session it
    was, or when the form is large. A file that came with it is
    not kept either, and the page says so: it was never looked at, and its user has it.
    """
    if request.resolver_match.namespace not in WRITING:
        return
    user_id = request.user.pk or request.session.get(ENDED_FOR)
    written = request.POST.copy()
    written.pop("csrfmiddlewaretoken", None)
    text = written.urlencode()
    if user_id is None or len(text) > KEPT_BYTES_MAX:
        return
    kept = {"user": user_id, "address": address_of(request), "written": text, "at": time.time()}
    request.session[KEPT] = kept | {"had_file": bool(request.FILES)}


def keeps_writing(request: HttpRequest) -> bool:
    """Whether what is typed on this page is kept."""
    return (
        bool(request.resolver_match) and request.resolver_match.namespace in WRITING and request.user.is_authenticated
    )


def offer_kept_writing(request: HttpRequest):
    """A page that gives back what was kept, when its user comes to the same address again; else None."""
    kept = request.session.get(KEPT)
    if kept is None:
        return None
    if kept["user"] != request.user.pk or time.time() - kept["at"] > KEPT_SECONDS:
        del request.session[KEPT]
        return None
    address = address_of(request)
    if kept["address"] != address:
        return None
    if request.method == "POST" or request.GET.get("kept") == "throw-away":
        del request.session[KEPT]
        return None if request.method == "POST" else redirect(address)
    written = QueryDict(kept["written"])
    fields = [(name, value) for name, values in written.lists() for value in values]
    shown = [(words(name), value) for name, value in fields if name not in NOT_WRITING and value.strip()]
    page = {"fields": fields, "shown": shown, "had_file": kept["had_file"], "address": address}
    throw_away = f"{address}{'&' if '?' in address else '?'}kept=throw-away"
    return render(request, "access/kept.jinja", page | {"throw_away": throw_away})


def address_of(request: HttpRequest) -> str:
    """The address of a page with what it asks by, such as the service that a line of a plan is about."""
    asked = request.GET.copy()
    asked.pop("kept", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def words(name: str) -> str:
    """A field's name as a person reads it: request_words is “Request words”."""
    return name.replace("_", " ").replace("-", " ").capitalize()
