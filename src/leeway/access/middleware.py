"""Keeps the door: every address is looked up in the access table before its page is made."""

import time
from functools import partial

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from leeway.access import alike
from leeway.access.alike import DEVICE_COOKIE, DEVICE_COOKIE_SECONDS
from leeway.access.kept import ENDED_FOR, KEEP_HEADER, KEPT, keep_writing, offer_kept_writing
from leeway.access.looks import ReasonNeeded
from leeway.access.second_factor import is_last_way, needs_second_factor
from leeway.access.table import EVERYONE, NOBODY, may_reach, who_may_reach
from leeway.refusal import Refusal

WITHOUT_SECOND_FACTOR = ("account_", "mfa_", "usersessions_", "accessibility", "privacy")
TAKES_A_WAY_AWAY = frozenset({"mfa_deactivate_totp", "mfa_remove_webauthn"})
LAST_WAY = (
    "This is your only second step, and you need one. Set up another before you remove it; if you have lost it, ask an "
    "administrator."
)
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
NOTE_SEEN_SECONDS = 60


def end_old_sessions(get_response):
    """Signs a user out after an hour without a page, and after ten hours whatever they do.

    With the first page after signing in it is kept on which device a member of staff did so.
    """

    def middleware(request):
        new_device = ""
        if request.user.is_authenticated:
            now, session = time.time(), request.session
            idle = now - session.get(SEEN_AT, now) > settings.SESSION_IDLE_SECONDS
            too_long = now - session.get(SIGNED_IN_AT, now) > settings.SESSION_LONGEST_SECONDS
            if idle or too_long:
                left = {ENDED_FOR: request.user.pk, KEPT: session.get(KEPT, {})}
                logout(request)
                request.session.update(left)
            else:
                if SIGNED_IN_AT not in session:
                    session[SIGNED_IN_AT] = now
                    new_device = _note_device(request)
                if now - session.get(SEEN_AT, 0) > NOTE_SEEN_SECONDS:
                    session[SEEN_AT] = now
        response = get_response(request)
        if new_device:
            response.set_cookie(
                DEVICE_COOKIE,
                new_device,
                max_age=DEVICE_COOKIE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware


def _note_device(request) -> str:
    """Keep on which device a member of staff signed in; its number, where it is new and has none yet."""
    if not request.user.is_staff_member:
        return ""
    known = request.COOKIES.get(DEVICE_COOKIE, "")
    device = known or alike.new_device()
    alike.note_sign_in(request.user, device)
    return "" if known else device


class AccessTable:
    """Refuses whoever the access table does not name; sends a visitor who is not signed in to do so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":  # signed out, and in again, as a button was pressed
            allow = response.headers["Allow"]
            response = render(request, "405.jinja", status=405)
            response.headers["Allow"] = allow
        if signed_in:  # nobody between us and the browser keeps a record, and no Back button shows it after signing out
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if not request.user.is_authenticated:
                response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        allowed = who_may_reach(name)
        if allowed == NOBODY:
            raise Http404("No page is here.")
        signed_in = request.user.is_authenticated
        if signed_in and not name.startswith(WITHOUT_SECOND_FACTOR) and needs_second_factor(request):
            return redirect("mfa_index")
        if allowed == EVERYONE:
            return None
        if not signed_in:
            return ask_to_sign_in(request)
        if not may_reach(request.user, name):
            return refuse(request, "Your sign-in is not for this page.")
        if name in TAKES_A_WAY_AWAY and is_last_way(request.user):
            return refuse(request, LAST_WAY)
        if request.method == "POST" and KEEP_HEADER in request.headers:  # typed, and not sent
            keep_writing(request)
            return HttpResponse(status=204)
        return offer_kept_writing(request, partial(view, request, *args, **kwargs))

    def process_exception(self, request, exception):
        """Ask for the reason where one is needed; show any other refusal that no form has shown."""
        if isinstance(exception, ReasonNeeded):
            if request.method == "POST":
                keep_writing(request)
            address = reverse("people:reason", kwargs={"person_id": exception.person_id})
            return redirect(f"{address}?{urlencode({'next': request.get_full_path()})}")
        if isinstance(exception, Refusal):
            return refuse(request, str(exception))
        return None


def refuse(request, sentence: str):
    return render(request, "403.jinja", {"sentence": sentence}, status=403)


def ask_to_sign_in(request):
    """To the sign-in page and then back; what was being written is kept meanwhile."""
    if request.method == "POST":
        keep_writing(request)
    return redirect_to_login(request.get_full_path())
