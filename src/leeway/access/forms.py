"""Forms of the access room: signing in, the users of the council, and the reason for a look."""

from allauth.account.forms import ChangePasswordForm, LoginForm, SetPasswordForm
from django import forms

from leeway.access.models import Team
from leeway.access.roles import Role, why_apart
from leeway.forms import PoundsField, VersionedForm, WholeForm, set_choices


class SignIn(LoginForm):
    """Email address and password, named in plain words."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["login"].label = "Email address"
        self.fields["password"].label = "Password"
        self.fields["password"].help_text = ""


#: What passwords are called, on the pages and in what they say is missing.
PASSWORDS = {"oldpassword": "Your password now", "password1": "New password", "password2": "The new password again"}


def name_passwords(form: forms.Form, **others: str) -> None:
    """Call the passwords of a form as its page does."""
    for name, label in (PASSWORDS | others).items():
        if name in form.fields:
            form.fields[name].label = label


class ChangePassword(ChangePasswordForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        name_passwords(self)


class FirstPassword(SetPasswordForm):
    """A password for whoever signed in without one, as through the council."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        name_passwords(self, password1="Password", password2="The password again")


class UserForm(forms.Form):
    """What is known of someone who signs in."""

    name = forms.CharField(label="Full name", max_length=150)
    roles = forms.MultipleChoiceField(
        label="What they come to do",
        help_text="Tick all that apply. Some do not go together: whoever decides on money does not pay it out.",
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.order_by("name"), required=False, empty_label="No team"
    )
    job_title = forms.CharField(label="Job title", max_length=100, required=False)
    sign_off_limit_pence_per_week = PoundsField(
        label="Sign-off limit a week",
        help_text="The largest weekly budget that a team manager may sign off. Leave it empty for everyone else.",
        required=False,
    )

    why = forms.CharField(
        label="Why?",
        help_text="Needed where they would decide on money, pay it, lead a team or say who signs in, and for another "
        "limit: another administrator reads it and approves before it is done.",
        max_length=500,
        required=False,
    )

    def __init__(self, *args, is_person: bool = False, **options):
        super().__init__(*args, **options)
        set_choices(self, "roles", [choice for choice in Role.choices if (choice[0] == Role.PERSON) == is_person])

    def clean_roles(self):
        if apart := why_apart(self.cleaned_data["roles"]):
            raise forms.ValidationError(apart)
        return self.cleaned_data["roles"]

    def clean_sign_off_limit_pence_per_week(self):
        return self.cleaned_data["sign_off_limit_pence_per_week"] or 0


class ChangeUserForm(WholeForm, UserForm):
    """The same details, changed."""


class AddUserForm(UserForm):
    """Someone new, who signs in with the address that the invitation goes to."""

    email = forms.EmailField(
        label="Email address", help_text="They sign in with it, and the invitation goes to it.", max_length=254
    )
    field_order = ["name", "email"]


class SignInForm(VersionedForm):
    """A button that stops a sign-in or allows it again."""


class LetInForm(VersionedForm):
    """Letting somebody in again, with the reason where another administrator must approve it."""

    why = forms.CharField(
        label="Why?", help_text="Another administrator reads it.", max_length=500, required=False, widget=forms.Textarea
    )


class WhyForm(forms.Form):
    """Why a second step is to be forgotten, and how it is known who asks."""

    why = forms.CharField(
        label="What happened, and how do you know that it is them?",
        help_text="For example: “Her phone was stolen. I know her, and she stood before me with her staff card.”",
        max_length=500,
        widget=forms.Textarea,
    )


class TurnDownForm(forms.Form):
    """Why something is turned down."""

    answer = forms.CharField(label="Why is it turned down?", max_length=500, widget=forms.Textarea)
