"""What the pages of bank accounts ask for."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing

from leeway.days import HAPPENED
from leeway.files.uploads import NEVER_ON_DISK, most_bytes_of
from leeway.forms import PoundsField, set_choices
from leeway.money.banking.readers.mapping import OUT_HAS_NO_MINUS, shipped, title_of
from leeway.money.banking.statement import mapping_named
from leeway.money.statements import columns
from leeway.money.statements.kinds import ORDERS, Because, What, Whose
from leeway.money.statements.matching import Proposal, Thing

OPEN_AGAIN = "Open the page again, and choose there: what it showed cannot be read."
BY_THE_HEADINGS = "by-the-headings"
MONTH = re.compile("[0-9]{4}-[0-9]{2}")


class AccountForm(forms.Form):
    """An account of the council's whose statements are to be read."""

    name = forms.CharField(
        label="What do you call this account?",
        help_text="For example “Care payments”.",
        max_length=60,
        error_messages={"required": "Say what you call this account."},
    )
    identifier = forms.CharField(
        label="How do its statements name it?",
        help_text="Sort code and account number, IBAN, or the number of a card.",
        error_messages={"required": "Enter how its statements name the account."},
    )


class AccountOfForm(AccountForm):
    """An account of a person's."""

    whose = forms.ChoiceField(
        label="Which kind of account is it?",
        choices=[
            (Whose.DEDICATED, f"{Whose.DEDICATED.label} | Its statements are kept whole."),
            (Whose.ORDINARY, f"{Whose.ORDINARY.label} | Only the lines that the person picks are kept."),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say which kind of account it is."},
    )
    field_order = ("whose", "name", "identifier")


class OwnAccountForm(forms.Form):
    """An ordinary account of a person's, as they or whoever helps them enter it."""

    name = forms.CharField(
        label="What do you call this account?",
        help_text="For example “Current account”.",
        max_length=60,
        error_messages={"required": "Say what you call this account."},
    )
    identifier = forms.CharField(
        label="Its sort code and account number",
        help_text="Only a statement of this account is taken. Afterwards the last three digits are shown, and no more.",
        error_messages={"required": "Enter its sort code and account number."},
    )


class TableForm(forms.Form):
    """How to read a file where it is a table."""

    mapping = forms.ChoiceField(
        label="Where it is a table (CSV or XLSX), whose columns are they?",
        help_text="Where the day could be the month, choose “Day first”: so banks here write it.",
        required=False,
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        own = [(name, each.title) for name, each in columns.in_use().items()]
        named = [(name, title_of(name)) for name in shipped()]
        set_choices(self, "mapping", [(BY_THE_HEADINGS, "Tell it by the headings"), *own, *named])

    @property
    def mapping_name(self) -> str:
        """The name of the mapping that was chosen, for whoever reads the file later; empty for the headings."""
        name = self.data.get("mapping", "")
        return "" if name == BY_THE_HEADINGS else name

    def clean_mapping(self):
        name = self.cleaned_data["mapping"]
        if not name or name == BY_THE_HEADINGS:
            return None
        return mapping_named(name) if name in shipped() else columns.own_mapping(name)


def _file_field() -> forms.FileField:
    return forms.FileField(
        label="The bank’s file",
        help_text="MT940, camt.052 to .054, OFX, CSV or XLSX.",
        error_messages={"required": "Choose the bank’s file.", "empty": "The file is empty. Choose another one."},
    )


class UploadForm(TableForm):
    """A bank's file that is kept whole."""

    upload = _file_field()
    field_order = ("upload",)


class ToPickFromForm(TableForm):
    """A bank's file of an ordinary account: it is held in memory while its page is made, and nowhere else."""

    to_pick_from = _file_field()
    field_order = (NEVER_ON_DISK,)

    def clean_to_pick_from(self):
        upload, most = self.cleaned_data[NEVER_ON_DISK], most_bytes_of(NEVER_ON_DISK)
        if upload.size > most:
            raise forms.ValidationError(f"The file is larger than {most // 1_000_000} MB. Choose fewer days at once.")
        return upload


class ExampleForm(forms.Form):
    """An example of a table whose columns are to be described: held in memory, and nowhere else."""

    to_pick_from = forms.FileField(
        label="An example of the table",
        help_text="CSV or XLSX, as the bank or the card’s provider gives it, with at most 500 rows. It is not kept.",
        error_messages={"required": "Choose an example.", "empty": "The file is empty. Choose another one."},
    )
    clean_to_pick_from = ToPickFromForm.clean_to_pick_from


class ColumnsForm(forms.Form):
    """Which column of a table is what: one question for each of its columns."""

    name = forms.CharField(
        label="What do you call this kind of table?",
        help_text="For example “Our card”.",
        error_messages={"required": "Say what you call this kind of table."},
    )
    days = forms.ChoiceField(
        label="How are its days written?",
        choices=[
            ("day first", "Day first: 06/04/2026 is 6 April"),
            ("month first", "Month first: 06/04/2026 is 4 June"),
            ("", "With the month in words, or the year first"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    signs = forms.ChoiceField(
        label="How is money out written, where one column has money in and out?",
        choices=[
            ("", "With a minus or in brackets: −8.50 or (8.50)"),
            (OUT_HAS_NO_MINUS, "Without one: 8.50 was spent, and −8.50 came back"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, data: Any, *, headings: Sequence[str], fixed_name: str = "", described: Any = None) -> None:
        asked = {name: described.get(name, "") for name in ("days", "signs")} if described else {"signs": ""}
        described = described or {}
        super().__init__(data, initial=asked)
        self.headings = list(headings)
        self.columns: dict[str, list[str]] = {}
        if fixed_name:
            del self.fields["name"]
        was = {
            heading: meaning
            for meaning, some in described.get("columns", {}).items()
            for heading in ([some] if isinstance(some, str) else some)
        }
        for place, heading in enumerate(self.headings):
            if heading:
                self.fields[f"column_{place}"] = forms.ChoiceField(
                    label=heading,
                    choices=[("", "Not needed"), *columns.MEANINGS.items()],
                    initial=was.get(heading, "") if was else columns.usual_meaning(heading),
                    required=False,
                )

    @property
    def asked(self) -> list[tuple[int, forms.BoundField]]:
        """The question for each column that has a heading, with the column's place."""
        return [(place, self[f"column_{place}"]) for place, heading in enumerate(self.headings) if heading]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        meant: dict[str, list[tuple[str, str]]] = {}
        for place, heading in enumerate(self.headings):
            if meaning := cleaned.get(f"column_{place}"):
                meant.setdefault(meaning, []).append((heading, f"column_{place}"))
        for meaning, some in meant.items():
            if len(some) > 1 and meaning != "description":
                self.add_error(some[1][1], f"“{some[0][0]}” is “{columns.MEANINGS[meaning]}” already. Choose one.")
        for heading, field in (each for some in meant.values() for each in some):
            if self.headings.count(heading) > 1:
                self.add_error(field, f"Two columns are called “{heading}”, so neither can be told from the other.")
        if "booked_on" not in meant:
            self.add_error(None, "Say which column has the day of booking.")
        if "amount" in meant and {"paid_in", "paid_out"} & set(meant):
            self.add_error(None, "Choose one column of amounts, or those of money in and money out, and not all.")
        if not {"amount", "paid_in", "paid_out"} & set(meant):
            self.add_error(None, "Say which column has the amounts, or which have money in and money out.")
        self.columns = {meaning: [heading for heading, _field in some] for meaning, some in meant.items()}
        return cleaned

    @property
    def described(self) -> dict[str, Any]:
        """The mapping in the words of its YAML file."""
        asked = ("days", "signs") if "amount" in self.columns else ("days",)
        return {"columns": self.columns} | {name: self.cleaned_data[name] for name in asked if self.cleaned_data[name]}


class SeenProposalForm(forms.Form):
    """A proposal as its page showed it."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": OPEN_AGAIN})

    def clean_seen(self) -> Proposal:
        return read_seen(self.cleaned_data["seen"])


def _seen_pence() -> forms.IntegerField:
    """What was open of a line, as its page showed it."""
    return forms.IntegerField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), OPEN_AGAIN)
    )


class EvidenceForm(forms.Form):
    """What the statements say of a run, as its page showed it: a digest."""

    seen = forms.RegexField(
        "^[0-9a-f]{64}$",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), OPEN_AGAIN),
    )


class MappingForm(forms.Form):
    """The version of a mapping that its page showed."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), OPEN_AGAIN)
    )


class ExplainForm(forms.Form):
    """What a line is, where nothing in Leeway stands for it."""

    kind = forms.ChoiceField(
        label="What is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say what it is."},
    )
    words = forms.CharField(
        label="In a sentence, as the auditor should read it",
        max_length=500,
        error_messages={"required": "Say in a sentence what it is."},
    )
    amount_pence = PoundsField(
        label="How much of it, if not all?", called="How much of it", minimum_pence=1, required=False
    )
    seen_pence = _seen_pence()


class UndoForm(forms.Form):
    """Why a match was mistaken."""

    reason = forms.CharField(
        label="What was mistaken?",
        help_text="In a sentence. The match stays on record, with this beside it.",
        max_length=500,
        error_messages={"required": "Say what was mistaken."},
        widget=forms.Textarea,
    )


class ByHandForm(forms.Form):
    """Lines and things that belong together."""

    lines = forms.MultipleChoiceField(
        label="Lines", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one line."}
    )
    things = forms.MultipleChoiceField(
        label="What they stand for",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the lines stand for."},
    )
    why = forms.CharField(
        label="Why do they belong together?",
        max_length=500,
        error_messages={"required": "Say why they belong together."},
    )

    def chosen_lines(self, open_pence: dict[str, int]) -> dict[UUID, int]:
        """The lines that were chosen, with what is open of each."""
        return {UUID(key): open_pence[key] for key in self.cleaned_data["lines"]}

    def chosen_things(self, open_pence: dict[str, int]) -> dict[Thing, int]:
        """The things that were chosen, with what is open of each."""
        return {thing_of(key): open_pence[key] for key in self.cleaned_data["things"]}


class ReceivedForm(forms.Form):
    """Whose share a line is, as the page showed what is owed."""

    owed = forms.ChoiceField(
        label="Whose share is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose share it is."},
    )
    seen_pence = _seen_pence()


class PickForm(forms.Form):
    """The lines of a person's ordinary account that they picked."""

    places = forms.MultipleChoiceField(
        label="Which lines are to be kept?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Pick at least one line, or leave this page: then nothing is kept."},
    )

    def clean_places(self) -> list[int]:
        return [int(place) for place in self.cleaned_data["places"]]


class FindAccountForm(forms.Form):
    """Whose accounts to show, of people's."""

    words = forms.CharField(label="Find by the person’s name, or the account’s", required=False, max_length=100)


class QueueForm(forms.Form):
    """Which of the lines that nobody has explained to show, and in which order."""

    words = forms.CharField(label="Find by name, reference or amount", required=False, max_length=100)
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(name, order.words) for name, order in ORDERS.items()],
        error_messages={"invalid_choice": "Choose one of these orders."},
    )


class MonthForm(forms.Form):
    """Which month of an account to show."""

    month = forms.CharField(
        label="Month",
        help_text="Like 2026-04",
        max_length=20,
        error_messages=dict.fromkeys(
            ("required", "max_length"), "Enter a month: its year and its number, like 2026-04."
        ),
    )

    def __init__(self, *args, today: date, **options):
        super().__init__(*args, **options)
        self.today = today

    def clean_month(self) -> date:
        """The first day of the month."""
        text = self.cleaned_data["month"]
        try:
            first = date.fromisoformat(f"{text}-01" if MONTH.fullmatch(text) else "")
        except ValueError:
            raise forms.ValidationError(f"“{text}” is no month. Enter its year and its number, like 2026-04.") from None
        if problem := HAPPENED.problem_with(first, what="Month that begins on", on=self.today):
            raise forms.ValidationError(problem)
        return first


def key_of(thing: Thing) -> str:
    """A thing as a form names it."""
    return f"{thing.what.value}:{thing.id}"


def thing_of(key: str) -> Thing:
    """The thing that a form names."""
    what, _, text = key.partition(":")
    return Thing(What(what), UUID(text))


def as_seen(proposal: Proposal) -> str:
    """A proposal for a form to carry, signed, so that what is accepted is what was shown."""
    said: dict[str, Any] = {
        "lines": [(str(line), pence) for line, pence in proposal.lines],
        "things": [(key_of(thing), pence) for thing, pence in proposal.things],
        "because": proposal.because.value,
        "confidence": proposal.confidence,
        "why": proposal.why,
        "to_record": proposal.to_record,
    }
    return signing.dumps(said, salt="proposal", compress=True)


def read_seen(text: str) -> Proposal:
    """The proposal that a form carried."""
    try:
        said = signing.loads(text, salt="proposal")
    except signing.BadSignature:
        raise forms.ValidationError(OPEN_AGAIN) from None
    return Proposal(
        lines=tuple((UUID(line), pence) for line, pence in said["lines"]),
        things=tuple((thing_of(key), pence) for key, pence in said["things"]),
        because=Because(said["because"]),
        confidence=said["confidence"],
        why=said["why"],
        to_record=said["to_record"],
    )
