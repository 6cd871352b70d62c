"""What the pages of visits and invoices ask for."""

from collections.abc import Iterable, Mapping
from datetime import date

from django import forms

from leeway.days import HAPPENED
from leeway.files.uploads import NEVER_ON_DISK, most_bytes_of
from leeway.forms import DateField, NhsNumberField, PoundsField, WholeForm, set_choices
from leeway.law.numbers import greatest, least, pounds
from leeway.market.listings.models import Provider
from leeway.money.invoices.actions import NewLine, NewVisit
from leeway.money.invoices.kinds import Answered, Happened
from leeway.money.invoices.tables import DAYS, Columns
from leeway.reading import CannotRead
from leeway.written_days import Order

DAY_MINUTES, WORDS = 24 * 60, 1_000
#: Lines that are typed: a longer invoice comes as a file.
ROWS_FIRST, ROWS_MORE, LINES_TYPED_MOST = 5, 10, 95
NOTHING_DUE = "nothing"
PARTS = ("day", "visit", "whose", "minutes", "pence")


def _day(label: str, called: str) -> DateField:
    missing = {"required": f"Enter {called[0].lower()}{called[1:]}."}
    return DateField(HAPPENED, label=label, called=called, error_messages=missing)


class _OfProvider(forms.Form):
    """Which provider it is of."""

    provider = forms.ChoiceField(label="Which provider?", error_messages={"required": "Choose the provider."})

    def __init__(self, *args, providers: Iterable[Provider], **options):
        super().__init__(*args, **options)
        self._providers = {str(each.pk): each for each in providers}
        named = [(key, each.name) for key, each in self._providers.items()]
        set_choices(self, "provider", [("", "Choose one"), *named])

    def clean_provider(self) -> Provider:
        return self._providers[self.cleaned_data["provider"]]


class TableForm(_OfProvider):
    """A provider's table, held in memory while its page is made."""

    to_pick_from = forms.FileField(
        label="The file", help_text="CSV or XLSX with a row of headings, whatever its columns are called.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose another one."},
    )  # fmt: skip

    def clean_to_pick_from(self):
        upload, most = self.cleaned_data[NEVER_ON_DISK], most_bytes_of(NEVER_ON_DISK)
        if upload.size > most:
            raise forms.ValidationError(f"The file is larger than {most // 1_000_000} MB. Ask for fewer days at once.")
        return upload


class ColumnsForm(forms.Form):
    """Which column of a table is what."""

    def __init__(self, *args, meanings: Mapping[str, str], headings: Iterable[str], **options):
        super().__init__(*args, **options)
        choices = [("", "Not in the file"), *((each, each) for each in dict.fromkeys(headings) if each)]
        for name, label in meanings.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(label=label, choices=choices, required=name == "day")
        self.fields["days"] = forms.ChoiceField(label="How days are written", choices=list(DAYS.items()))
        self._meanings = meanings

    def columns(self) -> Columns:
        """The columns as they were said, or as they are offered."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        chosen = {name: said.get(f"column_{name}", "") for name in self._meanings}
        return Columns({name: heading for name, heading in chosen.items() if heading}, said.get("days", "day first"))


class InvoiceHeadForm(forms.Form):
    """What stands above the lines of an invoice."""

    number = forms.CharField(label="Number of the invoice", max_length=40)
    issued_on = _day("Day of the invoice", "The day of the invoice")
    received_on = _day("When did it come?", "The day on which it was received")
    starts_on = _day("First day that it is for", "The first day that it is for")
    ends_on = _day("Last day that it is for", "The last day that it is for")
    total_pence = PoundsField(label="Total of the invoice", help_text="The lines must come to this.", minimum_pence=1)


class InvoiceForm(InvoiceHeadForm, _OfProvider):
    """An invoice as it stands on paper, with its lines."""

    field_order = ("provider",)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.wants_more = "more" in self.data
        typed = str(self.data.get("rows", ""))
        asked = int(typed) if typed.isdecimal() and len(typed) <= 3 else ROWS_FIRST
        self.count = least(greatest(asked, 1) + ROWS_MORE * self.wants_more, LINES_TYPED_MOST)
        for number in range(1, self.count + 1):
            self.fields |= {f"{name}_{number}": field for name, field in _line_fields().items()}

    def full_clean(self) -> None:
        super().full_clean()
        if self.wants_more:  # nothing is sent yet, so nothing is missing
            self.errors.clear()

    def lines_of_boxes(self) -> list[list[forms.BoundField]]:
        """The boxes, line by line, for the page."""
        return [[self[f"{name}_{number}"] for name in PARTS] for number in range(1, self.count + 1)]

    def clean(self):
        cleaned = super().clean() or {}
        lines = [self._line(number, cleaned) for number in range(1, self.count + 1)]
        if self.errors:
            return cleaned
        names = ("provider", "number", "issued_on", "received_on", "starts_on", "ends_on", "total_pence")
        return {name: cleaned[name] for name in names} | {"lines": [line for line in lines if line is not None]}

    def _line(self, number: int, cleaned: dict) -> NewLine | None:
        day, visit, whose, minutes, pence = (cleaned.get(f"{name}_{number}") for name in PARTS)
        if not any([day, visit, whose, minutes is not None, pence]):
            return None
        missing = {
            "day": (day, f"Enter the day of line {number}."),
            "whose": (visit or whose, f"Say which visit line {number} bills, or whose."),
            "pence": (pence, f"Enter what line {number} bills."),
        }
        for name, (value, sentence) in missing.items():
            if not value and f"{name}_{number}" not in self.errors:
                self.add_error(f"{name}_{number}", sentence)
        if day is None or not (visit or whose) or not pence:
            return None
        return NewLine(
            day=day, claimed_pence=pence, minutes=minutes, visit_reference=visit or "", **_whose(whose or "")
        )


def _line_fields() -> dict[str, forms.Field]:
    return {
        "day": _WrittenDay(label="Day", required=False, max_length=30),
        "visit": forms.CharField(label="Number of the visit", required=False, max_length=60),
        "whose": forms.CharField(label="Person", required=False, max_length=200),
        "minutes": forms.IntegerField(label="Minutes", required=False, min_value=0, max_value=DAY_MINUTES),
        "pence": PoundsField(label="Amount", required=False, minimum_pence=1),
    }


class _WrittenDay(forms.CharField):
    """A day written in one box, as invoices write it: 4/5/2026, 4 May 2026."""

    def clean(self, value) -> date | None:
        text = super().clean(value).strip()
        try:
            return Order(True).day(text, str(self.label)) if text else None
        except CannotRead as problem:
            raise forms.ValidationError(str(problem)) from problem


def _whose(text: str) -> dict[str, str]:
    """Words with a figure in them are the provider's number of the person; others are a name."""
    said = " ".join(text.split())
    return {"person_reference": said} if any(sign.isdecimal() for sign in said) else {"name": said}


class VisitForm(_OfProvider):
    """A visit that came in no file, and what shows it."""

    name = forms.CharField(label="Who was visited?", max_length=200, required=False)
    nhs_number = NhsNumberField(label="Their NHS number", required=False)
    person_reference = forms.CharField(
        label="The provider’s own number of the person", help_text="One of these three is enough.", max_length=60,
        required=False,
    )  # fmt: skip
    day = _day("On which day?", "The day of the visit")
    starts_at = forms.TimeField(
        label="From when?", help_text="For example 08:30. Leave it empty where nobody knows.", required=False,
        error_messages={"invalid": "Enter the time like 08:30."},
    )  # fmt: skip
    happened = forms.ChoiceField(
        label="What became of it?", choices=Happened, widget=forms.RadioSelect,
        error_messages={"required": "Choose what became of it."},
    )  # fmt: skip
    planned_minutes = forms.IntegerField(
        label="Minutes that were planned", required=False, min_value=1, max_value=DAY_MINUTES
    )
    minutes = forms.IntegerField(
        label="Minutes that somebody was there", required=False, min_value=0, max_value=DAY_MINUTES
    )
    reference = forms.CharField(label="The provider’s own number of the visit", max_length=60, required=False)
    shown_by = forms.CharField(
        label="What shows it?", help_text="For example “Time sheet of the week, signed by her daughter”.",
        widget=forms.Textarea, max_length=WORDS, error_messages={"required": "Say what shows this visit."},
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        provider, shown_by = cleaned.pop("provider"), cleaned.pop("shown_by")
        cleaned["nhs_number"] = cleaned["nhs_number"] or ""
        return {"provider": provider, "new": NewVisit(**cleaned), "shown_by": shown_by}


class SettleForm(WholeForm):
    """To which agreed line a visit belongs, what is due for it, and why."""

    line = forms.ChoiceField(
        label="What was it a visit of?", widget=forms.RadioSelect,
        error_messages={"required": "Choose the agreed line, or that nothing is due."},
    )  # fmt: skip
    minutes_paid = forms.IntegerField(
        label="Minutes that are paid for", help_text="Leave it empty to have the tolerances say it.",
        required=False, min_value=0, max_value=DAY_MINUTES,
    )  # fmt: skip
    due_pence = PoundsField(
        label="What is due for it",
        help_text="Leave it empty to have it worked out by the agreed price.",
        required=False,
    )
    reason = forms.CharField(
        label="Why?", help_text="The person can read this.", widget=forms.Textarea, max_length=WORDS,
        error_messages={"required": "Say why. The person can read this."},
    )  # fmt: skip

    def __init__(self, *args, lines, **options):
        super().__init__(*args, **options)
        self._lines = {str(line.pk): line for line, _label in lines}
        set_choices(self, "line", [*((str(line.pk), label) for line, label in lines), (NOTHING_DUE, "Nothing is due")])

    def clean_line(self):
        return self._lines.get(self.cleaned_data["line"])


class AgreeForm(forms.Form):
    """What the officer saw to be due."""

    seen_pence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WithdrawForm(forms.Form):
    """Why an invoice does not stand."""

    reason = forms.CharField(
        label="Why does it not stand?", help_text="Who withdrew it, or what was entered wrongly.",
        widget=forms.Textarea, max_length=WORDS, error_messages={"required": "Say why it does not stand."},
    )  # fmt: skip


class TakeBackForm(forms.Form):
    """Why a file of visits is taken back."""

    reason = forms.CharField(
        label="What was wrong?", help_text="Such as which column was taken for another.",
        widget=forms.Textarea, max_length=WORDS, error_messages={"required": "Say what was wrong."},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """How an argument about a line ended."""

    answered = forms.ChoiceField(
        label="How did it end?", choices=Answered, widget=forms.RadioSelect,
        error_messages={"required": "Choose how it ended."},
    )  # fmt: skip
    allowed_pence = PoundsField(label="Which part of it is due?", called="The part that is due", required=False)
    answer = forms.CharField(
        label="What did the provider answer, and what shows it?", help_text="The provider is told this.",
        widget=forms.Textarea, max_length=WORDS,
        error_messages={"required": "Say what the provider answered and what shows it."},
    )  # fmt: skip

    def __init__(self, *args, pence: int, **options):
        super().__init__(*args, **options)
        self.fields["allowed_pence"].help_text = f"Where it is a part: of {pounds(pence)}."

    def clean_allowed_pence(self) -> int:
        return self.cleaned_data["allowed_pence"] or 0


class FindForm(forms.Form):
    """Whose lines to look through."""

    words = forms.CharField(label="Look for another person by name", max_length=100, required=False)
