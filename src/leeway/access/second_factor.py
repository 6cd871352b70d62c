"""Whether someone must prove in a second way who they are."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from leeway.access.models import User
from leeway.access.roles import Role

WAYS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

_asked: list[Callable[[User], bool]] = []


def let_say_who_acts_for_many(function: Callable[[User], bool]) -> None:
    """Have a function say who may act for more than one person. Called once, by the room that knows, at start."""
    _asked[:] = [function]


def must_have_second_factor(user: User) -> bool:
    """Whether a password is not enough: for staff, for providers, and for whoever may act for more than one person."""
    if not settings.STAFF_NEED_SECOND_FACTOR:
        return False
    return user.is_staff_member or Role.PROVIDER in user.roles or any(acts(user) for acts in _asked)


def needs_second_factor(request) -> bool:
    """Whether this user must set up a second way of proving who they are before anything else.

    Whoever came by the council's own single sign-on has proved it there.
    """
    ways = [way["method"] for way in request.session.get("account_authentication_methods", [])]
    if "socialaccount" in ways:
        return False
    return must_have_second_factor(request.user) and not is_mfa_enabled(request.user)


def is_last_way(user: User) -> bool:
    """Whether this user must have a second step and has one way left to take it."""
    return must_have_second_factor(user) and Authenticator.objects.filter(user=user, type__in=WAYS).count() <= 1
