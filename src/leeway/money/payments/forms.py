"""What the pages of a payment run ask for."""

import re
import uuid
from collections.abc import Sequence
from datetime import date

from django import forms

from leeway.days import HAPPENED, PLANNED
from leeway.files.forms import UploadField
from leeway.forms import DateField, YesNoField, set_choices
from leeway.money.banking.working_days import require_bank_working_day
from leeway.money.payments.models import InvoiceHoldKind
from leeway.money.payments.queries import SORTED
from leeway.refusal import Refusal

OPEN_AGAIN = "Open the payment run again, and decide there."
REFERENCE = re.compile("[0-9]{6}-[0-9]{6}")


class PayDayForm(forms.Form):
    """The day on which people should have their money."""

    pay_on = DateField(
        PLANNED,
        label="On which day should people have their money?",
        called="The pay day",
        help_text="Bacs takes three working days: the day the file is sent, the day it is processed, and the day the "
        "money arrives.",
        error_messages={"required": "Enter the day on which people should have their money."},
    )

    def clean_pay_on(self):
        day = self.cleaned_data["pay_on"]
        try:
            require_bank_working_day(day)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return day


class FindPersonForm(forms.Form):
    """Of whom to show what could be paid the same day."""

    words = forms.CharField(label="Find by name", required=False, max_length=100)


class FasterForm(forms.Form):
    """Whom to pay by Faster Payments, on which day, and why that cannot wait."""

    pay_on = DateField(
        PLANNED,
        label="On which day should they have their money?",
        called="The pay day",
        help_text="Today, or a later day on which banks work.",
        error_messages={"required": "Enter the day on which they should have their money."},
    )
    only = forms.TypedMultipleChoiceField(
        label="Whom do you pay?",
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose whom to pay."},
    )
    why = forms.CharField(
        label="Why can this not wait for the next Bacs run?",
        error_messages={"required": "Say why this cannot wait for the next Bacs run."},
    )

    def __init__(self, *args, candidates: Sequence[tuple[str, str]] = (), **options):
        super().__init__(*args, **options)
        set_choices(self, "only", candidates)


class SampleForm(forms.Form):
    """How many payments to check, and why so many."""

    size = forms.IntegerField(
        label="How many payments do you check?",
        min_value=1,
        error_messages={"required": "Enter how many payments you check."},
    )
    because = forms.CharField(label="Why so many?", error_messages={"required": "Say why so many."})


class CheckedForm(forms.Form):
    """What somebody found who looked at one payment of a sample."""

    right = YesNoField(label="Is it right?", error_messages={"required": "Say whether it is right."})
    found = forms.CharField(
        label="What did you look at, and what is wrong where something is?",
        help_text="For example “Plan, charge decision and bank statement: as paid”.",
        error_messages={"required": "Say what you looked at."},
    )


class DaySeenForm(forms.Form):
    """A button, with the day of payment that its page showed."""

    pay_on = forms.CharField(widget=forms.HiddenInput, error_messages={"required": OPEN_AGAIN})

    def clean_pay_on(self):
        try:
            return date.fromisoformat(self.cleaned_data["pay_on"])
        except ValueError:
            raise forms.ValidationError(OPEN_AGAIN) from None


class FindForm(forms.Form):
    """Which payments of a run to show, and in which order."""

    words = forms.CharField(label="Find by name or reference", required=False, max_length=100)
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(name, words) for name, (words, _by) in SORTED.items()],
        error_messages={"invalid_choice": "Choose one of these orders."},
    )


class SentForm(forms.Form):
    """When the bank was given the file."""

    sent_on = DateField(
        HAPPENED,
        label="On which day was the file given to the bank?",
        called="The day on which the file was given to the bank",
        error_messages={"required": "Enter the day on which the file was given to the bank."},
    )


class RunSentForm(DaySeenForm, SentForm):
    """When the bank was given the file of one run, with the day that its page showed."""


class TogetherForm(forms.Form):
    """Which approved runs go into one file. What stands for each is its key and its day, as the page showed them."""

    runs = forms.MultipleChoiceField(
        label="Which runs go into the file?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose two runs or more.",
            "invalid_choice": "One of these runs has changed since you opened the page. Choose again.",
        },
    )

    def __init__(self, *args, choices: Sequence[tuple[str, str]] = (), **options):
        super().__init__(*args, **options)
        set_choices(self, "runs", choices)

    def clean_runs(self) -> list[uuid.UUID]:
        return [uuid.UUID(each.partition(" ")[0]) for each in self.cleaned_data["runs"]]


class TakeApartForm(forms.Form):
    """Why a file of several runs is not given to the bank."""

    reason = forms.CharField(
        label="Why is it taken apart, and how do you know that the bank does not have it?",
        error_messages={"required": "Say why, and how you know that the bank does not have the file."},
        widget=forms.Textarea,
    )


class AnswerForm(forms.Form):
    """The file in which the bank says what became of a run."""

    upload = UploadField(
        label="The bank’s answer",
        help_text="A payment status report (pain.002), or a notification of what was sent back (camt.054).",
    )


class WithdrawForm(forms.Form):
    """Why an approved run is not sent."""

    reason = forms.CharField(
        label="Why is it withdrawn, and how do you know that the bank has no file?",
        error_messages={"required": "Say why the run is withdrawn, and how you know that the bank has no file."},
        widget=forms.Textarea,
    )


class ReturnForm(forms.Form):
    """Why a payment came back."""

    reason = forms.CharField(
        label="Why did it come back?",
        help_text="As the bank says it: “account closed”. The person can read this.",
        error_messages={"required": "Say why it came back. The person can read this."},
    )


class ConfirmForm(forms.Form):
    """What arrived, and how one knows."""

    confirmed_from = forms.CharField(
        label="What did you look at?",
        help_text="For example “Bank statement and Bacs report of 24 April”.",
        error_messages={"required": "Say what you looked at."},
    )
    returned = forms.CharField(
        label="Which payments came back, if any?",
        help_text="One a line: its reference, then why. For example “000012-000003 account closed”. The person can "
        "read why.",
        required=False,
        widget=forms.Textarea,
    )

    def clean_returned(self) -> dict[str, str]:
        """Reference → why it came back."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["returned"].splitlines(), start=1):
            reference, _, why = line.strip().partition(" ")
            if not reference:
                continue
            if not REFERENCE.fullmatch(reference):
                raise forms.ValidationError(f"Line {number}: start with a reference of this run, like 000012-000003.")
            if not why.strip():
                raise forms.ValidationError(f"Line {number}: write why it came back after the reference.")
            if reference in found:
                raise forms.ValidationError(f"Line {number}: this payment is there already. Write each once.")
            found[reference] = why.strip()
        return found


class HoldInvoiceForm(forms.Form):
    """Why something owed to a provider is held back."""

    kind = forms.ChoiceField(
        label="What is it about?",
        choices=[(kind.value, kind.label) for kind in InvoiceHoldKind if kind != InvoiceHoldKind.RETURNED],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    reason = forms.CharField(
        label="Why is it not paid for now?",
        help_text="Whoever looks at it next reads this.",
        max_length=300,
        error_messages={"required": "Say why it is not paid for now."},
    )


class PayAfterAllForm(forms.Form):
    """What was found, so that something held back can be paid."""

    because = forms.CharField(
        label="What was found?",
        help_text="For example “Jo Marsh, accounts, gave the new account; it is approved”.",
        max_length=300,
        error_messages={"required": "Say what was found, so that it can be paid."},
    )


class RemittanceAddressForm(forms.Form):
    """Where a provider is told what was paid."""

    email = forms.EmailField(
        label="Email address for remittances",
        help_text="The provider’s accounts, like accounts@example.com. Ring them if it came by email.",
        error_messages={"required": "Enter the email address."},
    )
