"""The link by which an invited user sets their own password. It works once, for three days."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from leeway.access.models import User

#: So many wrong birthdays lock an invitation for as long as a link works.
BIRTHDAYS_MOST = 5


def wrong_birthdays(user: User) -> int:
    """How many birthdays that are not theirs were given with an invitation of late."""
    return cache.get(_tried(user), 0)


def count_wrong_birthday(user: User) -> int:
    """Count a birthday that is not theirs, and say how many there were."""
    wrong = wrong_birthdays(user) + 1
    cache.set(_tried(user), wrong, timeout=settings.PASSWORD_RESET_TIMEOUT)
    return wrong


def is_locked(user: User) -> bool:
    """Whether nobody is let in by an invitation, since too many birthdays were tried."""
    return wrong_birthdays(user) >= BIRTHDAYS_MOST


def unlock(user: User) -> None:
    """Let a birthday be tried again. Whoever calls has asked whether this user may, and why."""
    cache.delete(_tried(user))


def _tried(user: User) -> str:
    return f"leeway.birthdays.{user.pk}"


def invitation_path(user: User) -> str:
    """The address, within this site, where the user sets a password."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


def send_password_link(*, user: User, site_address: str) -> None:
    """Email the link by which somebody who forgot their password sets a new one."""
    link = site_address.rstrip("/") + invitation_path(user)
    message = render_to_string("access/new_password.txt", {"user": user, "link": link})
    send_mail("Set a new password for Leeway", message, None, [user.email])


def send_invitation(*, user: User, site_address: str) -> None:
    """Email an invitation. The link goes to the invited address alone: nobody else may set the password."""
    message = render_to_string(
        "access/invitation.txt", {"user": user, "link": site_address.rstrip("/") + invitation_path(user)}
    )
    send_mail("You can sign in to Leeway", message, None, [user.email])


def send_asking(*, user: User, site_address: str) -> None:
    """Email somebody who signs in already that they are asked to help somebody. It does not say whom."""
    message = render_to_string("access/asked.txt", {"user": user, "link": site_address.rstrip("/") + reverse("home")})
    send_mail("You are asked to help somebody", message, None, [user.email])
