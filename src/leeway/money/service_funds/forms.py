"""What the pages of service funds ask for."""

from collections.abc import Sequence
from typing import Any

from django import forms

from leeway.care.planning.models import PlanLine
from leeway.days import HAPPENED, PLANNED
from leeway.files.uploads import NEVER_ON_DISK, most_bytes_of
from leeway.forms import DateField, PoundsField
from leeway.money.service_funds.actions import WHAT_LONGEST, NewSpent
from leeway.money.service_funds.tables import ReadSpent
from leeway.refusal import Refusal

#: How many things that are not in the plan a page has boxes for.
OTHERS = 6
WORDS = 1_000


class StatementForm(forms.Form):
    """A provider's statement of a fund, as it stands there."""

    ends_on = DateField(
        HAPPENED, label="The last day of the statement", called="The last day of the statement",
        error_messages={"required": "Enter the last day of the statement."},
    )  # fmt: skip
    opening_pence = PoundsField(label="What it opens with")
    received_pence = PoundsField(label="What came from us", help_text="What the provider says that it received.")
    given_back_pence = PoundsField(label="What was given back to us", help_text="0 where nothing was.")
    closing_pence = PoundsField(label="What is left at the end")
    shown_by = forms.CharField(
        label="What did it come as?", help_text="For example “Statement of 3 July, by email”.", max_length=WORDS,
        error_messages={"required": "Say what the statement came as."},
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[PlanLine], **options: Any):
        super().__init__(*args, **options)
        self._lines = list(lines)
        for number, line in enumerate(self._lines, start=1):
            self.fields[f"spent_{number}"] = PoundsField(label=line.what, required=False)
        for number in range(1, OTHERS + 1):
            self.fields[f"what_{number}"] = forms.CharField(
                label=f"Something else ({number})", max_length=WHAT_LONGEST, required=False
            )
            self.fields[f"pence_{number}"] = PoundsField(label="Amount", required=False)

    def of_lines(self) -> list[forms.BoundField]:
        """The boxes of the lines of the plan."""
        return [self[f"spent_{number}"] for number in range(1, len(self._lines) + 1)]

    def of_others(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The boxes of what is not in the plan: what, and its amount."""
        return [(self[f"what_{number}"], self[f"pence_{number}"]) for number in range(1, OTHERS + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        spent = [
            NewSpent(line=line, pence=pence)
            for number, line in enumerate(self._lines, start=1)
            if (pence := cleaned.get(f"spent_{number}"))
        ]
        for number in range(1, OTHERS + 1):
            what, pence = cleaned.get(f"what_{number}"), cleaned.get(f"pence_{number}")
            if what and not pence and f"pence_{number}" not in self.errors:
                self.add_error(f"pence_{number}", f"Enter what “{what}” cost.")
            elif pence and not what:
                self.add_error(f"what_{number}", "Say what was bought.")
            elif what and pence:
                spent.append(NewSpent(what=what, pence=pence))
        if self.errors:
            return cleaned
        names = ("ends_on", "opening_pence", "received_pence", "given_back_pence", "closing_pence", "shown_by")
        return {name: cleaned[name] for name in names} | {"spent": spent}


class TableForm(forms.Form):
    """A provider's table of what was spent, held in memory while it is read."""

    to_pick_from = forms.FileField(
        label="A table of what was spent", help_text="CSV or XLSX with a row of headings.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose another one."},
    )  # fmt: skip

    def clean_to_pick_from(self):
        upload, most = self.cleaned_data[NEVER_ON_DISK], most_bytes_of(NEVER_ON_DISK)
        if upload.size > most:
            raise forms.ValidationError(f"The file is larger than {most // 1_000_000} MB. Ask for a shorter one.")
        return upload


def filled_in(read: ReadSpent, lines: Sequence[PlanLine]) -> dict[str, Any]:
    """What a table says, as the boxes of a statement begin with it."""
    if len(read.others) > OTHERS:
        raise Refusal(
            f"{len(read.others)} things of this file are called otherwise than in the plan, and a statement has boxes "
            f"for {OTHERS}. Have them called as in the plan: {', '.join(f'“{line.what}”' for line in lines)}.",
            field=NEVER_ON_DISK,
        )
    begins: dict[str, Any] = {
        f"spent_{number}": read.lines[line] for number, line in enumerate(lines, start=1) if read.lines[line]
    }
    for number, (what, pence) in enumerate(read.others.items(), start=1):
        begins |= {f"what_{number}": what, f"pence_{number}": pence}
    return begins


class TakeBackForm(forms.Form):
    """What was wrong with a statement."""

    reason = forms.CharField(
        label="What was wrong with it?", help_text="The person can read this.", widget=forms.Textarea,
        max_length=WORDS, error_messages={"required": "Say what was wrong with it. The person can read this."},
    )  # fmt: skip


class AskBackForm(forms.Form):
    """How much a provider is asked to give back, why, and by when."""

    pence = PoundsField(label="How much?", called="The amount", minimum_pence=1)
    answer_by = DateField(
        PLANNED, label="By when?", called="The day by which it is to be back",
        error_messages={"required": "Enter the day by which it is to be back."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why is it asked back?", help_text="In plain words. The person reads this.", widget=forms.Textarea,
        max_length=WORDS, error_messages={"required": "Say why it is asked back. The person reads this."},
    )  # fmt: skip


class ReceivedForm(forms.Form):
    """That it came back, and what shows it."""

    received_on = DateField(
        HAPPENED, label="When did it reach our account?", called="The day on which it was received",
        error_messages={"required": "Enter the day on which it was received."},
    )  # fmt: skip
    shown_by = forms.CharField(
        label="What shows it?", help_text="For example the line of the bank statement.", max_length=WORDS,
        error_messages={"required": "Say what shows that it was received."},
    )  # fmt: skip


class LetGoForm(forms.Form):
    """Why it is no longer asked for."""

    reason = forms.CharField(
        label="Why is it no longer asked for?", help_text="The person reads this.", widget=forms.Textarea,
        max_length=WORDS, error_messages={"required": "Say why it is no longer asked for."},
    )  # fmt: skip
