"""What the bank details pages ask for."""

from django import forms

from leeway.money.payees.models import Holder


class DetailsForm(forms.Form):
    """A bank account as it stands on a card or statement."""

    holder = forms.ChoiceField(
        label="Whose account is it?",
        choices=Holder.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose account it is."},
    )
    account_name = forms.CharField(
        label="Name on the account",
        help_text="As it stands on a bank card or statement.",
        max_length=70,
        error_messages={"required": "Enter the name on the account."},
    )
    sort_code = forms.CharField(
        label="Sort code",
        help_text="Six digits, like 12-34-56.",
        max_length=20,
        error_messages={"required": "Enter the sort code, six digits like 12-34-56."},
    )
    account_number = forms.CharField(
        label="Account number",
        help_text="Between 6 and 10 digits.",
        max_length=20,
        error_messages={"required": "Enter the account number."},
    )


class ApproveForm(forms.Form):
    """Why it is right that somebody else is paid into the same account, where that is so."""

    shared_because = forms.CharField(
        label="Why is it right that somebody else is paid into this account too?",
        help_text="For example “Their mother holds the money of both”.",
        required=False,
    )


class RejectForm(forms.Form):
    """Why bank details are turned down."""

    reason = forms.CharField(
        label="What is wrong with them?",
        max_length=300,
        error_messages={"required": "Say what is wrong with the bank details."},
    )
