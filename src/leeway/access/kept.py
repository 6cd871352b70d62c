"""What someone was writing when the door closed on them: kept for half an hour, and offered back to them alone."""

import time
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect, render
from django.utils.choices import flatten_choices

from leeway.forms import DateParts

KEPT = "kept_pages"
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
    was, or when the form is large. What is written on one page takes no other page's place, while there is room. A
    file that came with it is not kept, and the page says so: it was never looked at, and its user has it.
    """
    written = request.POST.copy()
    written.pop("csrfmiddlewaretoken", None)
    text, user_id = written.urlencode(), _whose(request)
    if request.resolver_match.namespace not in WRITING or user_id is None or len(text) > KEPT_BYTES_MAX:
        return
    kept, address = _kept(request), address_of(request)
    kept.pop(address, None)
    kept[address] = {"user": user_id, "written": text, "at": time.time(), "had_file": bool(request.FILES)}
    while sum(len(one["written"]) for one in kept.values()) > KEPT_BYTES_MAX:
        del kept[next(iter(kept))]  # the oldest
    request.session[KEPT] = kept


def _whose(request: HttpRequest) -> int | None:
    """The user whose session this is, or was until it ended."""
    return request.user.pk or request.session.get(ENDED_FOR)


def _kept(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """What this session keeps for its user by address, the oldest first: nobody else's, and nothing of too long ago."""
    since = time.time() - KEPT_SECONDS
    every = request.session.get(KEPT, {})
    return {address: one for address, one in every.items() if one["user"] == _whose(request) and one["at"] >= since}


def keeps_writing(request: HttpRequest) -> bool:
    """Whether what is typed on this page is kept."""
    return (
        bool(request.resolver_match) and request.resolver_match.namespace in WRITING and request.user.is_authenticated
    )


def offer_kept_writing(request: HttpRequest):
    """A page that gives back what was kept, when its user comes to the same address again; else None."""
    if KEPT not in request.session:
        return None
    kept, address = _kept(request), address_of(request)
    one = kept.get(address)
    if one is not None and (request.method == "POST" or request.GET.get("kept") == "throw-away"):
        del kept[address]
    if len(kept) < len(request.session[KEPT]):
        request.session[KEPT] = kept
    if one is None or request.method == "POST":
        return None
    if address not in kept:
        return redirect(address)
    written = QueryDict(one["written"])
    fields = [(name, value) for name, values in written.lists() for value in values]
    shown = in_words(request.resolver_match.namespace, fields)
    page = {"fields": fields, "shown": shown, "had_file": one["had_file"], "address": address}
    throw_away = f"{address}{'&' if '?' in address else '?'}kept=throw-away"
    return render(request, "access/kept.jinja", page | {"throw_away": throw_away})


def address_of(request: HttpRequest) -> str:
    """The address of a page with what it asks by, such as the service that a line of a plan is about."""
    asked = request.GET.copy()
    asked.pop("kept", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def in_words(room: str, written: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was written on a page of a room, each thing once, under the words that ask for it there."""
    asked = asked_in(room)
    rows: dict[str, list[str]] = {}
    for name, value in written:
        if name in NOT_WRITING or not value.strip():
            continue
        whole, _, part = name.rpartition("_")
        of_a_day = part in DateParts.parts and whole in asked
        of = whole if of_a_day else name
        said = rows.setdefault(of, [])
        said[:] = [" ".join([*said, value])] if of_a_day else [*said, _answer(asked.get(of, []), value)]
    return [(_question(asked.get(name, []), name), "\n".join(said)) for name, said in rows.items()]


@cache
def asked_in(room: str) -> dict[str, list[forms.Field]]:
    """The fields by which the forms of a room ask for something, by their name."""
    found: dict[str, list[forms.Field]] = {}
    ahead: list[type[forms.BaseForm]] = [forms.BaseForm]
    while ahead:
        form = ahead.pop()
        ahead += form.__subclasses__()
        if form.__module__.startswith("leeway.") and room in form.__module__.split("."):
            for name, field in getattr(form, "base_fields", {}).items():
                found.setdefault(name, []).append(field)
    return found


def _question(fields: Sequence[forms.Field], name: str) -> str:
    """What a form asks; by the name alone where that differs from form to form: request_words is “Request words”."""
    labels = {str(field.label).partition(" (optional")[0] for field in fields if field.label}
    return labels.pop() if len(labels) == 1 else name.replace("_", " ").replace("-", " ").capitalize()


def _answer(fields: Sequence[forms.Field], value: str) -> str:
    """What was answered, as a form says it: a tick is yes, and a choice has its words and not its code."""
    if fields and all(isinstance(field, forms.BooleanField) for field in fields):
        return "Yes"
    fixed = [f for f in fields if isinstance(f, forms.ChoiceField) and not isinstance(f, forms.ModelChoiceField)]
    choices: list[Any] = list(chain.from_iterable(flatten_choices(field.choices) for field in fixed))
    labels = {str(label).partition(" | ")[0] for code, label in choices if str(code) == value}
    return labels.pop() if len(labels) == 1 else value
