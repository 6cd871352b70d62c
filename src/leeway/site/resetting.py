"""Setting a password, and asking for a new one.

Whoever asks is answered the same for an address that nobody has as for one that somebody signs in with. A person who
was invited to their own record gives their birthday with the first password: the link may have gone astray.
"""

from datetime import date

from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from django.core.exceptions import ValidationError

from leeway.access.forms import name_passwords
from leeway.access.invitations import BIRTHDAYS_MOST, count_wrong_birthday, is_locked
from leeway.access.models import User
from leeway.care.people.models import Person
from leeway.days import BORN
from leeway.forms import DateField
from leeway.jobs.actions import queue_errand

NOBODY = 0
NOT_THEIRS = "This is not the birthday that we have on record. Check it, or ask your worker."
TOO_MANY_BIRTHDAYS = (
    "Other birthdays were entered too often, so nobody is let in here for three days. Ask your worker: they "
    "can let you try again."
)


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


class SetPassword(ResetPasswordKeyForm):
    """The new password; and with the first one of a person with a record, their birthday, where it is known."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        name_passwords(self, password1="Password", password2="The password again")
        if self.born:
            self.fields["date_of_birth"] = DateField(
                BORN,
                label="Your date of birth",
                help_text="For example, 27 3 1952. We ask so that nobody else opens your record by a mistyped address.",
            )

    @property
    def born(self) -> date | None:
        """The birthday that is asked for: of a person who has had no password yet."""
        if self.user is None or self.user.has_usable_password():
            return None
        return Person.objects.filter(user=self.user).values_list("date_of_birth", flat=True).first()

    def clean_date_of_birth(self) -> date | None:
        """The birthday, if it is theirs; it is no riddle to be tried until one fits."""
        given = self.cleaned_data["date_of_birth"]
        if not is_locked(self.user) and given == self.born:
            return given
        wrong = count_wrong_birthday(self.user)
        raise ValidationError(NOT_THEIRS if wrong < BIRTHDAYS_MOST else TOO_MANY_BIRTHDAYS)
