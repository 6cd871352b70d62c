"""The form of every outcome on one page: what is said of each, and of all the rest at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from leeway.care.assessment.forms import NONE_OF_THESE, boxes, text, with_help
from leeway.care.assessment.models import OutcomeNote
from leeway.care.assessment.parts import unable_reasons_of
from leeway.care.assessment.queries import stands_as
from leeway.care.people.models import Case
from leeway.forms import DraftForm
from leeway.law import Choice

OUTCOME_WORDS = ("person_words", "assessor_words", "help_now")


@dataclass(frozen=True)
class PartOfLife:
    """One outcome on its page: what it is, how far it is, and its boxes."""

    choice: Choice
    standing: str
    unable: forms.BoundField
    person_words: forms.BoundField
    assessor_words: forms.BoundField
    help_now: forms.BoundField

    @property
    def is_open(self) -> bool:
        """Whether something of it is to mend: such a part stands open."""
        return any(bound.errors for bound in (self.unable, self.person_words, self.assessor_words, self.help_now))


class OutcomesForm(DraftForm):
    """Every outcome: two people's words, the ways of being unable, and the help there is now.

    “All the rest” is an answer of its own, for those of which nothing is said: nothing is read into a box left empty.
    `seen` is what the page showed of each, so that what nobody touched is not saved over what somebody else wrote.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    of_page = frozenset({"seen", "rest"})

    def __init__(self, *args, case: Case, notes: Sequence[tuple[Choice, OutcomeNote]], **options):
        super().__init__(*args, **options)
        self.notes = notes
        self.initial["seen"] = " ".join(stands_as(note) for _choice, note in notes)
        none = (NONE_OF_THESE, "None of these: they can do this")
        reasons = [*with_help(unable_reasons_of(case)), none]
        for choice, note in notes:
            for name, field in self.fields_of(choice, reasons).items():
                self.fields[f"{choice.code}_{name}"] = field
                self.initial[f"{choice.code}_{name}"] = said_of(note)[name]
        self.fields["rest"] = forms.BooleanField(
            label=f"{case.person} can do all the rest without help", required=False
        )

    @staticmethod
    def fields_of(choice: Choice, reasons: Sequence[tuple[str, str]]) -> dict[str, forms.Field]:
        """The boxes of one outcome, each named after it."""
        return {
            "unable": boxes(f"{choice.label}: without help from anyone, are any of these true?", reasons),
            "person_words": text(f"{choice.label}: in the person’s own words", required=False),
            "assessor_words": text(
                f"{choice.label}: in the assessor’s words", help_text="What they can and cannot do, how often, and why."
            ),
            "help_now": text(
                f"{choice.label}: who helps with this now, unpaid?",
                help_text="This never counts when eligibility is decided. It matters later, when support is planned.",
                required=False,
            ),
        }

    def parts(self) -> list[PartOfLife]:
        """The outcomes in the law's order, for the page."""
        return [
            PartOfLife(
                choice,
                standing_of(note),
                **{name: self[f"{choice.code}_{name}"] for name in ("unable", *OUTCOME_WORDS)},
            )
            for choice, note in self.notes
        ]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        for choice, _note in self.notes:
            name = f"{choice.code}_unable"
            ticked = cleaned.get(name, [])
            if NONE_OF_THESE in ticked and len(ticked) > 1:
                self.add_error(
                    name, f"{choice.label}: you ticked “None of these” and also one of them. Choose which is right."
                )
            elif not ticked and cleaned.get("rest") and self.is_written(choice, cleaned):
                self.add_error(
                    name,
                    f"{choice.label}: there are words about it, so it is none of the rest. Tick what is true of it.",
                )
        return cleaned

    @staticmethod
    def is_written(choice: Choice, cleaned: dict) -> bool:
        """Whether anybody wrote something about an outcome."""
        return any(cleaned.get(f"{choice.code}_{name}", "").strip() for name in OUTCOME_WORDS)

    @property
    def details(self) -> dict:
        """What was said of each outcome that was touched, by its code; see `details_of`."""
        given = {choice.code: self.details_of(choice) for choice, _note in self.notes}
        return {code: said for code, said in given.items() if stands_as(as_note(said)) != self.seen_of.get(code)}

    @property
    def seen_of(self) -> dict[str, str]:
        """What the page showed of each outcome, by its code, as far as it says so."""
        seen = self.cleaned_data.get("seen", "").split()
        return {choice.code: stood_as for (choice, _note), stood_as in zip(self.notes, seen, strict=False)}

    def details_of(self, choice: Choice) -> dict:
        """The words about one outcome and the ways ticked: an empty list where it can be done, None where none is."""
        words = {name: self.cleaned_data[f"{choice.code}_{name}"] for name in OUTCOME_WORDS}
        ticked = self.cleaned_data[f"{choice.code}_unable"] or ([NONE_OF_THESE] if self.cleaned_data["rest"] else [])
        return words | {"unable": [] if ticked == [NONE_OF_THESE] else ticked or None}


def as_note(said: dict) -> OutcomeNote:
    """What was said of an outcome, as its note would hold it."""
    words = {name: said[name] for name in OUTCOME_WORDS}
    return OutcomeNote(**words, unable=said["unable"] or [], answered=said["unable"] is not None)


def said_of(note: OutcomeNote) -> dict:
    """What a note holds, as the boxes of its outcome show it."""
    unable = (note.unable or [NONE_OF_THESE]) if note.answered else []
    return {name: getattr(note, name) for name in OUTCOME_WORDS} | {"unable": unable}


def standing_of(note: OutcomeNote) -> str:
    """How far an outcome is, in a few words."""
    if not note.answered:
        return "Not finished" if any(getattr(note, name) for name in OUTCOME_WORDS) else "Not answered yet"
    return "Cannot be done without help" if note.unable else "Can be done without help"
