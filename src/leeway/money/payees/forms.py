"""What the bank details pages ask for."""

from django import forms

from leeway.money.banking.modulus import account_digits, sort_code_digits
from leeway.money.payees.actions import carried_roll_number
from leeway.money.payees.models import Holder, NameCheck
from leeway.refusal import Refusal

#: What each number must be by itself; whether they belong together is judged where they are kept.
NUMBERS = {"sort_code": sort_code_digits, "account_number": account_digits, "roll_number": carried_roll_number}


class AccountForm(forms.Form):
    """A bank account as it stands on a card or statement, or on a provider's letter."""

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
    roll_number = forms.CharField(
        label="Building society roll number",
        help_text="Only where the building society asks for one. It is on the passbook, up to 18 letters and numbers. "
        "It goes to the bank in the place of our reference.",
        max_length=25,
        required=False,
    )
    name_check = forms.ChoiceField(
        label="What did Confirmation of Payee say?",
        help_text="The answer that our bank gave when it was asked for this name and account.",
        choices=NameCheck.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what Confirmation of Payee said, or that it was not checked."},
    )
    bank_has_name = forms.CharField(
        label="The name that the bank has",
        help_text="Only for a close match.",
        max_length=140,
        required=False,
    )

    def clean(self) -> dict:
        """All the numbers are judged, so that the page says at once which of them to look at."""
        said = super().clean() or {}
        for name, judge in NUMBERS.items():
            try:
                judge(said.get(name, "") if name not in self.errors else "")
            except Refusal as refusal:
                if name not in self.errors:
                    self.add_error(name, str(refusal))
        return said


class DetailsForm(AccountForm):
    """A bank account of a case, and whose it is."""

    holder = forms.ChoiceField(
        label="Whose account is it?",
        choices=Holder.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose account it is."},
    )
    field_order = ("holder",)


class ApproveForm(forms.Form):
    """The second officer's yes; where the name does not match or others are paid there too, with why that is right."""

    because = forms.CharField(
        label="How do you know that the account is theirs?",
        help_text="For example “Bank statement of March seen, with this name and number”.",
        max_length=300,
        required=False,
    )
    shared_because = forms.CharField(
        label="Why is it right that somebody else is paid into this account too?",
        help_text="For example “Their mother holds the money of both”.",
        required=False,
    )


class ApproveProviderForm(ApproveForm):
    """The second officer's yes to a provider's account, with whom they rang about it, and at which number."""

    call_number = forms.CharField(
        label="Which number did you ring?",
        help_text="One that was on record before these details came, never one from the letter or email with them.",
        max_length=30,
        error_messages={"required": "Enter the number at which you rang the provider."},
    )
    call_known_from = forms.CharField(
        label="Where was that number on record before?",
        help_text="Only if it is in no list on this page. For example “Contract of 3 March 2025, page 2”.",
        max_length=300,
        required=False,
    )
    call_spoke_to = forms.CharField(
        label="Who confirmed the account?",
        help_text="Their name, and what they do there. For example “Jo Marsh, accounts”.",
        max_length=300,
        error_messages={"required": "Say who confirmed the account when you rang."},
    )


class RejectForm(forms.Form):
    """Why bank details are turned down."""

    reason = forms.CharField(
        label="What is wrong with them?",
        max_length=300,
        error_messages={"required": "Say what is wrong with the bank details."},
    )
