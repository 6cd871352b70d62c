"""Asking for a new password: the same work for an address that nobody has as for one that somebody signs in with."""

from allauth.account.forms import ResetPasswordForm

from leeway.access.models import User
from leeway.jobs.actions import queue_errand

NOBODY = 0


class AskForPassword(ResetPasswordForm):
    """The address to which a link is sent, if somebody signs in with it. The answer tells nobody, nor does its time."""

    def clean_email(self) -> str:
        """The address as it was typed: whose it is, is looked up by the errand."""
        return self.cleaned_data["email"]

    def save(self, request, **kwargs) -> str:
        """Queue an errand in either case. It holds a number and no address: the queue is no place for one."""
        email = self.cleaned_data["email"]
        user = User.objects.filter(email__iexact=email, is_active=True).values_list("pk", flat=True).first()
        queue_errand(name="send_password_link", user_id=user or NOBODY)
        return email
