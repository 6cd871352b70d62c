"""Forms of a person's account: what a payment was for, its receipt, what is set aside, a question and its answer."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms

from leeway.care.planning.models import PlanLine
from leeway.days import PLANNED
from leeway.files.forms import UploadField
from leeway.forms import DateField, PoundsField, VersionedForm, set_choices
from leeway.money.spending.actions import Done
from leeway.money.spending.kinds import BY_ITSELF, ForWhat, Kept, Running, WhoDoes
from leeway.money.spending.models import Doing
from leeway.money.spending.proposing import Proposal
from leeway.money.statements.forms import TableForm
from leeway.money.statements.models import BankAccount

OF_PLAN = f"{ForWhat.PLAN_LINE}:"
ANOTHER = "another"


class SayForm(VersionedForm):
    """What a payment was for: something in the plan, or what is named by itself."""

    what = forms.ChoiceField(
        label="What was it for?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was for."},
    )
    words = forms.CharField(
        label="In your words",
        max_length=200,
        required=False,
        help_text="Needed for something else. For example: “A new wheel for the chair”.",
    )

    def __init__(self, *args, lines: Sequence[PlanLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = {f"{OF_PLAN}{line.pk}": line for line in lines}
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((key, line.what) for key, line in self.lines.items()),
            *((kind.value, str(kind.label)) for kind in BY_ITSELF),
        ]

    @property
    def said(self) -> dict:
        """What was chosen, as the action takes it."""
        what = self.cleaned_data["what"]
        line = self.lines.get(what)
        kind = ForWhat.PLAN_LINE if line else ForWhat(what)
        return {"kind": kind, "plan_line": line, **{name: self.cleaned_data[name] for name in ("words", "version")}}


def chosen(kind: str, plan_line: UUID | None) -> str:
    """How a form names what was said, or what is proposed."""
    return f"{OF_PLAN}{plan_line}" if plan_line else kind


def as_chosen(proposal: Proposal) -> dict[str, str]:
    """A proposal as the form has it."""
    line = proposal.plan_line
    return {"what": chosen(proposal.kind, line.pk if line else None), "words": proposal.words}


class SendForm(TableForm):
    """The bank's file of an account for the direct payment; with the account, where it is not known yet."""

    upload = forms.FileField(
        label="The file from the bank or the card",
        help_text="Its website or app calls this “export” or “download transactions”. CSV, XLSX, OFX, MT940 or camt.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose another one."},
    )
    account = forms.ChoiceField(
        label="Which account is it of?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the account."},
    )
    identifier = forms.CharField(
        label="Its sort code and account number, or the number of the card",
        required=False,
        max_length=60,
        help_text="Afterwards the last three digits are shown, and no more.",
    )
    field_order = ("account", "identifier", "upload")

    def __init__(self, *args, accounts: Sequence[BankAccount], **kwargs):
        super().__init__(*args, **kwargs)
        self.accounts = {str(each.pk): each for each in accounts}
        if accounts:
            another = (ANOTHER, "Another account for the direct payment alone")
            set_choices(self, "account", [*((key, str(each)) for key, each in self.accounts.items()), another])
            self.fields["account"].initial = next(iter(self.accounts))
            self.fields[
                "identifier"
            ].label = "If it is another one: its sort code and account number, or the card’s number"
        else:
            del self.fields["account"]

    def clean(self):
        cleaned = super().clean()
        if self.account_chosen is None and not cleaned.get("identifier") and "account" not in self.errors:
            self.add_error("identifier", "Enter its sort code and account number, or the number of the card.")
        return cleaned

    @property
    def account_chosen(self) -> BankAccount | None:
        """The account that it is of; None for one that is not known yet."""
        return self.accounts.get(self.cleaned_data.get("account", ""))


class ReceiptForm(forms.Form):
    """A photograph of a receipt taken now, or a file that is there already."""

    photo = UploadField(
        label="Take a photo", required=False, widget=forms.FileInput({"accept": "image/*", "capture": "environment"})
    )
    upload = UploadField(
        label="Or choose a photo or file",
        required=False,
        help_text="A photo, or the receipt as a PDF from an email.",
        widget=forms.FileInput({"accept": "image/*,application/pdf"}),
    )

    def clean(self):
        cleaned = super().clean()
        given = [cleaned.get(name) for name in ("photo", "upload") if cleaned.get(name)]
        if not self.errors and len(given) != 1:
            again = "Take a photo, or choose a file: one at a time." if given else "Take a photo, or choose a file."
            self.add_error("upload", again)
        return cleaned

    @property
    def given(self):
        """The one that came."""
        return self.cleaned_data["photo"] or self.cleaned_data["upload"]


class SetAsideForm(forms.Form):
    """Money to keep: what for, how much, until when."""

    kind = forms.ChoiceField(
        label="What is it for?",
        choices=Kept.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is for."},
    )
    amount_pence = PoundsField(label="How much?", called="How much", minimum_pence=1)
    reason = forms.CharField(
        label="In your words",
        max_length=500,
        help_text="For example: “Sam’s holiday in August”. For what the council agreed to: who wrote it, and when.",
    )
    until = DateField(
        PLANNED,
        label="Until when, if you know",
        called="The last day",
        required=False,
        help_text="It counts as set aside until the end of this day.",
    )


class NoLongerForm(forms.Form):
    """Why money is set aside no longer."""

    reason = forms.CharField(
        label="Why is it set aside no longer?", max_length=500, help_text="For example: “Paid to Sam in August”."
    )


class AskForm(forms.Form):
    """A question about a payment."""

    words = forms.CharField(label="What do you want to know?", widget=forms.Textarea, max_length=2000)


class AnswerForm(forms.Form):
    """The answer to it."""

    answer = forms.CharField(label="Your answer", widget=forms.Textarea, max_length=2000)


class RunningForm(VersionedForm):
    """Who does each part of running a direct payment. What nobody says of stays as it is."""

    def __init__(self, *args, before: Mapping[Running, Doing], **kwargs):
        super().__init__(*args, **kwargs)
        for part in Running:
            known = before.get(part)
            self.fields[f"who_{part}"] = forms.ChoiceField(
                label=part.label,
                choices=WhoDoes.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=known.who if known else None,
            )
            self.fields[f"words_{part}"] = forms.CharField(
                label=f"Who helps, or does it: {part.label.lower()}",
                max_length=200,
                required=False,
                initial=known.words if known else "",
            )
            self.fields[f"step_{part}"] = forms.CharField(
                label=f"A next step, if one is wanted: {part.label.lower()}",
                max_length=200,
                required=False,
                initial=known.step if known else "",
            )

    def clean(self):
        cleaned = super().clean()
        for part in Running:
            if not cleaned.get(f"who_{part}") and (cleaned.get(f"words_{part}") or cleaned.get(f"step_{part}")):
                self.add_error(f"who_{part}", f"Choose who does it: {part.label.lower()}.")
        return cleaned

    @property
    def told(self) -> dict[Running, Done]:
        """What was said, as the action takes it."""
        given = self.cleaned_data
        return {
            part: Done(WhoDoes(given[f"who_{part}"]), given[f"words_{part}"], given[f"step_{part}"])
            for part in Running
            if given[f"who_{part}"]
        }
