"""The pages of the needs assessment and of the money check."""

from collections.abc import Iterable, Sequence

from django import forms
from django.core.exceptions import ValidationError

from leeway.care.assessment.means import DisabilityCost, HousingCost
from leeway.care.assessment.models import Advocacy, Basis, TookPart
from leeway.care.assessment.parts import unable_reasons_of
from leeway.care.people.models import Case, CaseKind
from leeway.forms import DraftForm, PoundsField, YesNoField
from leeway.law import Choice, Law
from leeway.law.charge_case import HOUSEHOLDS, PREMIUMS
from leeway.law.eligibility_codes import FUNDING, WELLBEING_AREAS
from leeway.law.means import CAPITAL, INCOME, LEFT_OUT_AT_FIRST, kinds_on
from leeway.law.numbers import pounds
from leeway.market.units import REGULAR, Frequency

NONE_OF_THESE = "none"
BLANK_LINES = 3


def with_help(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """A code list as choices of a field, with its lines of help."""
    return [(one.code, f"{one.label} | {one.help}" if one.help else one.label) for one in choices]


def text(label: str, *, help_text: str = "", required: bool = True, longest: int = 20_000) -> forms.CharField:
    """A box for words."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=longest, widget=forms.Textarea
    )


def radios(label: str, choices, *, help_text: str = "", required: bool = True) -> forms.ChoiceField:
    """One of several, as buttons."""
    return forms.ChoiceField(
        label=label, choices=choices, help_text=help_text, required=required, widget=forms.RadioSelect
    )


def boxes(label: str, choices, *, help_text: str = "", required: bool = True) -> forms.MultipleChoiceField:
    """Any of several, as boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=help_text, required=required, widget=forms.CheckboxSelectMultiple
    )


class ConversationForm(DraftForm):
    """What matters, and who took part."""

    what_matters = text("What matters most", help_text="In the person's own words, as they said it.")
    good_day = text("What a good day looks like", help_text="In the person's own words.", required=False)
    took_part = radios("Who took part?", TookPart.choices)
    advocacy = radios(
        "Was an independent advocate needed?",
        Advocacy.choices,
        help_text="Needed where someone has great difficulty taking part and nobody suitable to help (Care Act s67).",
    )


class OwnConversationForm(DraftForm):
    """The person's own page about what matters."""

    what_matters = text("What matters most to you?", required=False)
    good_day = text("What does a good day look like for you?", required=False)


class OwnOutcomeForm(DraftForm):
    """The person's own page about one part of life."""

    person_words = text("In your own words", required=False)


class OutcomeForm(DraftForm):
    """One outcome: two people's words, the ways of being unable, and the help there is now."""

    person_words = text("In the person's own words", required=False)
    assessor_words = text("In the assessor's words", help_text="What they can and cannot do, how often, and why.")
    help_now = text(
        "Who helps with this now, unpaid?",
        help_text="This never counts when eligibility is decided. It matters later, when support is planned.",
        required=False,
    )

    def __init__(self, *args, case: Case, **options):
        super().__init__(*args, **options)
        none = (NONE_OF_THESE, "None of these: they can do this")
        self.fields["unable"] = boxes(
            "Without help from anyone, are any of these true?",
            [*with_help(unable_reasons_of(case)), none],
            help_text="Think of ordinary days and of bad ones. Leave out the help there is now.",
        )

    def clean_unable(self) -> list[str] | None:
        """The reasons ticked; an empty list for “none of these”; None where nothing is ticked yet."""
        ticked = self.cleaned_data["unable"]
        if NONE_OF_THESE in ticked and len(ticked) > 1:
            raise ValidationError("You ticked “None of these” and also one of them. Choose which is right.")
        return [] if ticked == [NONE_OF_THESE] else (ticked or None)


class ConditionsForm(DraftForm):
    """Where the needs come from, and what they do to the person's life."""

    impairment = YesNoField(
        label="Do the needs come from a physical or mental impairment or illness?",
        help_text="No diagnosis is needed.",
    )
    necessary_care = YesNoField(
        label="Is the care that the carer gives necessary?",
        help_text="Answer no where the other person could do without it.",
    )
    health_at_risk = YesNoField(label="Is caring harming the carer's physical or mental health, or likely to?")
    wellbeing_impact = YesNoField(label="Is there, or is there likely to be, a significant impact on wellbeing?")
    wellbeing_areas = boxes("Which parts of wellbeing are affected?", with_help(WELLBEING_AREAS))
    wellbeing_words = text("How it affects them", help_text="In a few plain sentences.", required=False)
    funding = radios(
        "Must somebody else pay for this support?",
        [(NONE_OF_THESE, "No, or not known"), *with_help(FUNDING)],
        required=False,
    )

    def __init__(self, *args, case: Case, **options):
        super().__init__(*args, **options)
        for_others = ["impairment", "funding"] if case.kind == CaseKind.CARER else ["necessary_care", "health_at_risk"]
        for name in for_others:
            del self.fields[name]

    def clean_funding(self) -> str:
        chosen = self.cleaned_data["funding"]
        return "" if chosen == NONE_OF_THESE else chosen


class BudgetQuestionsForm(DraftForm):
    """A few questions of the council's allocation table."""

    def __init__(self, *args, questions, **options):
        super().__init__(*args, **options)
        for question in questions:
            choices = [(answer.id, answer.label) for answer in question.answers]
            self.fields[question.id] = radios(question.text, choices, help_text=question.help)

    @property
    def details(self) -> dict:
        return {name: answer or None for name, answer in super().details.items()}


class CompleteForm(DraftForm):
    """Check, and decide."""

    advice_given = text(
        "Information, advice and help given",
        help_text="What was said about other help, and what will prevent or delay needs. It goes to them in writing.",
        required=False,
    )


class BasisForm(DraftForm):
    """Whether the means are looked at fully, lightly or not at all."""

    basis = radios("What kind of money check is this?", Basis.choices)
    basis_reason = text("Why, if it is not a full check (optional for a full check)", longest=500)


class HouseholdForm(DraftForm):
    """Whom the person lives with."""

    household = radios("Is the person single, one of a couple, or a lone parent?", with_help(HOUSEHOLDS))
    partner_of_pension_age = YesNoField(
        label="Has the partner reached pension age, if there is one (optional otherwise)?"
    )
    dependent_children = forms.IntegerField(
        label="How many children is the person responsible for?", initial=0, min_value=0, max_value=30
    )
    premiums = boxes("Which premiums apply?", with_help(PREMIUMS), required=False)


class EvidenceForm(DraftForm):
    """What was seen."""

    evidence = text("What was seen?", help_text="For example: bank statements of October, benefits letter of April.")


class LinesForm(DraftForm):
    """Amounts of money, a line each: what it is, how much, how often."""

    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=60)
    parts: tuple[str, ...] = ("kind", "amount", "every")
    kept_as = {"amount": "amount_pence"}

    def __init__(self, *args, kinds: Sequence[tuple[str, str]], **options):
        super().__init__(*args, **options)
        self.kinds = [("", "Choose"), *kinds]
        lines = self.initial.get("lines", [])
        typed = str(self.data.get("rows", "")) if self.is_bound else ""
        asked = int(typed) if typed.isdecimal() and len(typed) <= 2 else 0
        self.count = asked if 0 < asked <= 60 else len(lines) + BLANK_LINES
        self.initial["rows"] = self.count
        for number in range(1, self.count + 1):
            line = lines[number - 1] if number <= len(lines) else {}
            for name, field in self.line_fields(number).items():
                self.fields[f"{name}_{number}"] = field
                self.initial[f"{name}_{number}"] = line.get(self.kept_as.get(name, name), field.initial)

    def line_fields(self, number: int) -> dict[str, forms.Field]:
        """The boxes of one line."""
        return {
            "kind": forms.ChoiceField(label="What is it?", choices=self.kinds),
            "amount": PoundsField(label="Amount"),
            "every": forms.ChoiceField(label="How often?", choices=REGULAR),
        }

    def lines_of_boxes(self) -> list[list]:
        """The boxes, line by line, for the page."""
        return [[self[f"{name}_{number}"] for name in self.parts] for number in range(1, self.count + 1)]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        cleaned["lines"] = []
        for number in range(1, self.count + 1):
            kind, amount = cleaned.get(f"kind_{number}"), cleaned.get(f"amount_{number}")
            if kind and amount is None and not self.errors.get(f"amount_{number}"):
                self.add_error(f"amount_{number}", "Enter the amount, or choose nothing on this line.")
            elif amount is not None and not kind and not self.errors.get(f"kind_{number}"):
                self.add_error(f"kind_{number}", "Say what this amount is.")
            elif kind and amount is not None:
                cleaned["lines"].append(self.line(number, cleaned))
        return cleaned

    def line(self, number: int, cleaned: dict) -> dict:
        """One line as it is kept."""
        return {
            "kind": cleaned[f"kind_{number}"],
            "amount_pence": cleaned[f"amount_{number}"],
            "every": cleaned.get(f"every_{number}") or Frequency.WEEKLY,
        }

    def in_words(self) -> list[tuple[str, str]]:
        labels, pence = dict(self.kinds), self.kept_as["amount"]
        stored = [
            (
                labels[line["kind"]],
                pounds(line[pence]) + (f" {Frequency(line['every']).label}" if "every" in line else ""),
            )
            for line in self.initial.get("lines", [])
        ]
        return stored or [("Lines", "None")]

    @property
    def details(self) -> dict:
        return {"lines": self.cleaned_data["lines"]}


class IncomeForm(LinesForm):
    """What comes in."""

    savings_credit_qualifying_income_pence_per_week = PoundsField(
        label="Income that counts for Savings Credit, a week",
        help_text="Only for someone of pension age: it is on their Pension Credit letter.",
        required=False,
    )

    def __init__(self, *args, law: Law, of_pension_age: bool, **options):
        super().__init__(*args, kinds=[(kind.code, kind.label) for kind in kinds_on(INCOME, law)], **options)
        if not of_pension_age:
            del self.fields["savings_credit_qualifying_income_pence_per_week"]

    @property
    def details(self) -> dict:
        name = "savings_credit_qualifying_income_pence_per_week"
        return {"lines": self.cleaned_data["lines"], name: self.cleaned_data.get(name)}


class SavingsForm(LinesForm):
    """What the person owns."""

    parts = ("kind", "amount", "owners", "weeks_since_received")
    kept_as = {"amount": "pence"}

    def __init__(self, *args, law: Law, **options):
        self.law = law
        super().__init__(*args, kinds=[(kind.code, kind.label) for kind in kinds_on(CAPITAL, law)], **options)

    def line_fields(self, number: int) -> dict[str, forms.Field]:
        return {
            "kind": forms.ChoiceField(label="What is it?", choices=self.kinds),
            "amount": PoundsField(label="Amount"),
            "owners": forms.IntegerField(label="Shared by how many?", initial=1, min_value=1, max_value=100),
            "weeks_since_received": forms.IntegerField(
                label="Weeks since it came", min_value=0, max_value=5200, required=False
            ),
        }

    def line(self, number: int, cleaned: dict) -> dict:
        kept = {
            "kind": cleaned[f"kind_{number}"],
            "pence": cleaned[f"amount_{number}"],
            "owners": cleaned.get(f"owners_{number}") or 1,
        }
        weeks = cleaned.get(f"weeks_since_received_{number}")
        in_part = self.law[CAPITAL + kept["kind"]] == LEFT_OUT_AT_FIRST
        if in_part and weeks is None:
            self.add_error(
                f"weeks_since_received_{number}", "Say how many weeks ago this came: at first it is left out."
            )
        return kept | ({"weeks_since_received": weeks} if in_part and weeks is not None else {})


class CostsForm(LinesForm):
    """What the person has to pay: housing, or the costs of disability."""

    KINDS = {"housing": HousingCost, "disability_costs": DisabilityCost}

    def __init__(self, *args, part: str, **options):
        super().__init__(*args, kinds=self.KINDS[part].choices, **options)


class WhatIfForm(forms.Form):
    """Another size of budget, to see what would be paid."""

    budget = PoundsField(label="A budget a week of")
