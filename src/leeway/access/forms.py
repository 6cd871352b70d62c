"""Forms of the access room: signing in, the users of the council, and the reason for a look."""

from allauth.account.forms import LoginForm
from django import forms

from leeway.access.models import Role, Team
from leeway.forms import PoundsField, set_choices


class SignIn(LoginForm):
    """Email address and password, named in plain words."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["login"].label = "Email address"
        self.fields["password"].label = "Password"
        self.fields["password"].help_text = ""


class ChangeUserForm(forms.Form):
    """What may change about someone who signs in."""

    kept = ("name", "role", "team", "job_title", "sign_off_limit_pence_per_week")

    name = forms.CharField(label="Full name", max_length=150)
    role = forms.ChoiceField(label="What they come to do", choices=Role.choices, widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.order_by("name"), required=False, empty_label="No team"
    )
    job_title = forms.CharField(label="Job title", max_length=100, required=False)
    sign_off_limit_pence_per_week = PoundsField(
        label="Sign-off limit a week",
        help_text="The largest weekly budget that a team manager may sign off. Leave it empty for everyone else.",
        required=False,
    )

    def __init__(self, *args, role: str = "", **options):
        super().__init__(*args, **options)
        person = role == Role.PERSON
        set_choices(self, "role", [choice for choice in Role.choices if (choice[0] == Role.PERSON) == person])

    def clean_sign_off_limit_pence_per_week(self):
        return self.cleaned_data["sign_off_limit_pence_per_week"] or 0


class AddUserForm(ChangeUserForm):
    """Someone new, who signs in with the address that the invitation goes to."""

    email = forms.EmailField(
        label="Email address", help_text="They sign in with it, and the invitation goes to it.", max_length=254
    )
    field_order = ["name", "email"]


class DeactivateForm(forms.Form):
    """Nothing to fill in: a button."""
