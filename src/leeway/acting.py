"""What a page does with what was sent: one call that checks the form, does the thing, and says whether it was done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django import forms
from django.contrib import messages
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from psycopg.errors import UniqueViolation

from leeway.access.looks import ReasonNeeded
from leeway.forms import DraftForm, check_texts
from leeway.refusal import EditedMeanwhile, Refusal


@dataclass(frozen=True)
class Done[T]:
    """It was done, and this came of it. Where it was not, there is None, and the form says why."""

    result: T

    def __bool__(self) -> Literal[True]:
        return True  # however empty the result is


def act[T](form: forms.Form, action: Callable[..., T], request: HttpRequest) -> Done[T] | None:
    """Do what a form that was sent asks for: `action` is called with `by=` the user and `on=` today.

    Nothing is done where no form was sent, or where it is not valid. A refusal becomes an error on the form. A second
    press waits for the first, so that it finds what that did.
    """
    if request.method != "POST":
        return None
    button = f"{request.user.pk} {request.path}"
    return attempt(form, lambda: in_turn(button, lambda: action(by=request.user, on=timezone.localdate())))


def attempt[T](form: forms.Form, call: Callable[[], T]) -> Done[T] | None:
    """Call something for a form, if the form is valid. A refusal becomes an error on the form."""
    if not form.is_valid() or not check_texts(form):
        return None
    try:
        return Done(only_once(call))
    except ReasonNeeded:  # the page that asks for it comes first, and then this one again with what was written
        raise
    except EditedMeanwhile as meanwhile:
        form.add_error(None, str(meanwhile))
        if isinstance(form, DraftForm):
            form.show_theirs()
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return None


def press[T](action: Callable[..., T], request: HttpRequest) -> Done[T] | None:
    """Do what a button without a form asks for. A refusal is shown on the page that follows."""
    form = forms.Form(request.POST)
    done = act(form, action, request)
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return done


def is_barred(check: Callable[[], object], request: HttpRequest) -> bool:
    """Whether a page is opened for what cannot be done now: the page that follows says why, before anybody types."""
    if request.method == "POST":  # which the action itself judges
        return False
    if why := why_not(check):
        messages.error(request, why)
    return bool(why)


def why_not(check: Callable[[], object]) -> str:
    """Why something cannot be done now, in the words of the action that would refuse it; empty where it can."""
    try:
        check()
    except Refusal as refusal:
        return str(refusal)
    return ""


def in_turn[T](what: str, call: Callable[[], T]) -> T:
    """Call something once nobody else is doing the same, by its name: the second comes after the first is through.

    Without this the second would run into a constraint of the database, whose own log quotes what was stored.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
        return call()


def only_once[T](call: Callable[[], T]) -> T:
    """Call something. Where the database has room for one, and somebody was a moment earlier, that is a Refusal."""
    try:
        return call()
    except IntegrityError as problem:
        if not isinstance(problem.__cause__, UniqueViolation):
            raise
        raise Refusal(
            "This was saved a moment ago, by a second press of the button or by somebody else at the same time. "
            "Look at what is there before you go on."
        ) from problem
