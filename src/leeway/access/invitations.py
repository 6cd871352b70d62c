"""The link by which an invited user sets their own password. It works once, for three days."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from leeway.access.models import User


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
