"""The pages of the needs assessment and of the money check."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from django import forms
from django.core.exceptions import ValidationError

from leeway.care.assessment.means import (
    BASIS,
    CAN_BE_TAXED,
    PARTNER_HAS_DISREGARD,
    DisabilityCost,
    HousingCost,
    unsaid_of_basis,
)
from leeway.care.assessment.models import Advocacy, Basis, LightTouch
from leeway.care.assessment.parts import FEW_WEEKS, NOBODY_ELSE, who_took_part
from leeway.care.people.models import Case, CaseKind
from leeway.days import BORN
from leeway.forms import MAX_PENCE, DateField, DraftForm, PoundsField, YesNoField, ask_with, set_choices
from leeway.law import Choice, Law
from leeway.law.allocation import Contradiction, Question
from leeway.law.allocation_table import Help
from leeway.law.charge_case import HOUSEHOLDS, PREMIUMS, QUALIFYING_INCOME
from leeway.law.eligibility import MOST_WEEKS_LOOKED_AT
from leeway.law.eligibility_codes import FUNDING, WELLBEING_AREAS
from leeway.law.income import AWARDED_TO, COVERS, OTHER, PAID_FOR_NIGHTS
from leeway.law.means import INCOME, kinds_on
from leeway.law.numbers import pounds
from leeway.market.units import REGULAR, Frequency
from leeway.said import REASON, says_something

NONE_OF_THESE = "none"
WEEKS_IN_WORDS = f"Give the weeks as a whole number from 1 to {MOST_WEEKS_LOOKED_AT}."
OF_ADULTS = ("impairment", "funding")
OF_CARERS = (
    "contract_or_voluntary_work",
    "regarded_as_carer",
    "regarded_reason",
    "necessary_care",
    "health_at_risk",
)
#: What a yes is asked further.
ASKED_IF_YES = {
    "contract_or_voluntary_work": ("regarded_as_carer", "regarded_reason"),
    "fluctuates": ("weeks_looked_at", "ups_and_downs", "long_enough"),
    "wellbeing_impact": ("wellbeing_areas",),
}
#: What is asked of a money check that is not a full one, by its kind.
ASKED_OF_BASIS = {
    Basis.LIGHT_TOUCH: ("basis_reason", "light_touch", "consented", "told_of_full_check"),
    Basis.NOT_DISCLOSED: ("basis_reason", "told_of_full_check"),
    Basis.FREE: ("basis_reason",),
}
BLANK_LINES = 3


class AgainForm(forms.Form):
    reason = forms.CharField(
        label="Why are needs assessed again?",
        help_text="What was found that is not so, for example who must pay, or what has changed since. It stands in "
        "the story, and the person can read it.",
        widget=forms.Textarea,
    )


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


def _ticked(boxes_ticked: list[str]) -> list[str] | None:
    if NONE_OF_THESE in boxes_ticked and len(boxes_ticked) > 1:
        raise ValidationError("You ticked “None of these” and also one of them. Choose which is right.")
    return [] if boxes_ticked == [NONE_OF_THESE] else (boxes_ticked or None)


class ConversationForm(DraftForm):
    """What matters, and who took part."""

    what_matters = text("What matters most", help_text="In the person’s own words, as they said it.")
    good_day = text("What a good day looks like", help_text="In the person’s own words.", required=False)
    took_part = radios("Who took part?", ())
    advocacy = radios(
        "Was an independent advocate needed?",
        Advocacy.choices,
        help_text="Needed where someone has great difficulty taking part and nobody suitable to help (Care Act s67).",
    )

    def __init__(self, *args, case: Case, **options):
        super().__init__(*args, **options)
        set_choices(self, "took_part", list(who_took_part(case).items()))


class OwnConversationForm(DraftForm):
    """The person's own page about what matters."""

    what_matters = text("What matters most to you?", required=False)
    good_day = text("What does a good day look like for you?", required=False)


class OwnOutcomeForm(DraftForm):
    """The person's own page about one part of life."""

    person_words = text("In your own words", required=False)


class ConditionsForm(DraftForm):
    """Where the needs come from, and what they do to the person's life."""

    impairment = YesNoField(
        label="Do the needs come from a physical or mental impairment or illness?",
        help_text="No diagnosis is needed.",
    )
    contract_or_voluntary_work = YesNoField(
        label="Is the care given under a contract, or as voluntary work?",
        help_text="Paid carers and volunteers of an organisation: yes. Family and friends who help unpaid: no.",
    )
    regarded_as_carer = YesNoField(
        label="If so, does the council regard them as a carer all the same?",
        help_text="It must where their relationship with the other person is such that they should be (Care Act 2014 "
        "s10(10)): for example a daughter who is paid for some hours and gives many more.",
    )
    regarded_reason = text("If so, why does the council do that, or not?")
    necessary_care = YesNoField(
        label="Is the care that the carer gives necessary?",
        help_text="It is where the other person cannot do these things alone, even if their own needs are not "
        "eligible. It is not where they could do them.",
    )
    health_at_risk = YesNoField(label="Is the carer’s physical or mental health getting worse, or at risk of it?")
    fluctuates = YesNoField(
        label="Does the level of need go up and down?",
        help_text="From day to day, or over months. If so, the law has it judged over a period that is long enough.",
    )
    weeks_looked_at = forms.IntegerField(
        label="If so, over how many weeks was it looked at?",
        help_text="Long enough to know good times and bad: 52 weeks for a condition that flares up twice a year.",
        min_value=1,
        max_value=MOST_WEEKS_LOOKED_AT,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WEEKS_IN_WORDS),
    )
    ups_and_downs = text("If so, how does it go up and down?", help_text="Good times and bad, how often and how long.")
    long_enough = text(
        f"If it was under {FEW_WEEKS} weeks, or under a year where that is how it goes: why is that enough?",
        help_text="In a sentence that others can follow. They read it with the decision.",
    )
    wellbeing_impact = YesNoField(label="Is there, or is there likely to be, a significant impact on wellbeing?")
    wellbeing_areas = boxes("Which parts of wellbeing are affected?", with_help(WELLBEING_AREAS))
    wellbeing_words = text("How it affects them", help_text="In a few plain sentences.", required=False)
    funding = radios(
        "Must somebody else pay for this support?",
        [(NOBODY_ELSE, "No, nobody else must"), *with_help(FUNDING)],
        help_text="Ask whether they were ever kept in hospital under section 3, 37, 45A, 47 or 48 of the Mental Health "
        "Act, and whether the NHS has looked at continuing healthcare.",
    )

    def __init__(self, *args, case: Case, **options):
        super().__init__(*args, **options)
        for name in OF_ADULTS if case.kind == CaseKind.CARER else OF_CARERS:
            del self.fields[name]
        for name, asked in ASKED_IF_YES.items():
            if name in self.fields:
                ask_with(self.fields[name], {"True": asked})

    def clean_long_enough(self) -> str:
        words = self.cleaned_data["long_enough"].strip()
        if words and not says_something(words, REASON):
            raise ValidationError("Say why so few weeks are enough, in a sentence that somebody else could follow.")
        return words


class BudgetQuestionsForm(DraftForm):
    """The questions of the council's allocation table that are asked.

    What is so of all the rest is an answer of its own: that an adult needs no support with it, and that nobody helps
    with what is needed. Nothing is read into a question left empty.
    """

    none_needed = forms.BooleanField(label="No support, or hardly any, is needed with the rest", required=False)
    nobody_helps = forms.BooleanField(label="Family and friends do none of the rest", required=False)
    of_page = frozenset({"none_needed", "nobody_helps"})

    def __init__(self, *args, questions: Sequence[Question], ways: Sequence[Help], of_adults: bool, **options):
        super().__init__(*args, **options)
        self.questions, self.none = questions, ways[0].id
        if not of_adults:  # what a carer does is counted from its first answer on
            del self.fields["none_needed"]
        for question in questions:
            choices = [(answer.id, answer.label) for answer in question.answers]
            self.fields[question.id] = radios(question.text, choices, help_text=question.help)
            if question.family_can_help:
                self.fields[self.help_name(question)] = radios(
                    "How much of this do family or friends do, and are willing and able to go on doing?",
                    [(one.id, one.label) for one in ways],
                )
        if not any(question.family_can_help for question in questions):
            del self.fields["nobody_helps"]

    @staticmethod
    def help_name(question: Question) -> str:
        """The field in which it is said how much of a question family and friends do."""
        return f"help_{question.id}"

    def answers(self) -> dict[str, str | None]:
        """The answers, by question; None where one is taken back."""
        none_needed = self.cleaned_data.get("none_needed")
        return {
            question.id: self.cleaned_data.get(question.id) or (question.answers[0].id if none_needed else None)
            for question in self.questions
        }

    def help_given(self) -> dict[str, str | None]:
        """How much family and friends do, by question."""
        helped = [question for question in self.questions if question.family_can_help]
        return {
            question.id: self.cleaned_data.get(self.help_name(question)) or self.rest(question) for question in helped
        }

    def rest(self, question: Question) -> str | None:
        """What is said of help with a question by itself alone: none, where support is needed and nobody helps."""
        needed = self.cleaned_data.get(question.id) not in ("", question.answers[0].id)
        return self.none if needed and self.cleaned_data.get("nobody_helps") else None


class CrossCheckForm(DraftForm):
    """Whether those who help can go on, and a sentence for each thing that does not fit."""

    helpers_willing = YesNoField(
        label="Were those who help asked, and are they willing and able to go on?",
        help_text="Nobody has to give this help. If no, it is not counted, and the budget buys the support.",
    )
    helpers_words = text("Who helps, and what did they say?", help_text="In a sentence or two.")

    def __init__(self, *args, misfits: Sequence[Contradiction], helped: bool, **options):
        super().__init__(*args, **options)
        self.misfits = misfits
        if not helped:
            del self.fields["helpers_willing"], self.fields["helpers_words"]
        for one in misfits:
            self.fields[f"explain_{one.code}"] = text("Why both are right")

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        asked = {"helpers_words": "Say who helps and what they said"}
        asked |= {
            f"explain_{one.code}": f"Explain what does not fit, {n}" for n, one in enumerate(self.misfits, start=1)
        }
        for name, what in asked.items():
            if (words := cleaned.get(name, "").strip()) and not says_something(words, REASON):
                self.add_error(
                    name, f"{what}: write a sentence that somebody else could follow, of five different words or more."
                )
        return cleaned

    def pairs(self) -> list[tuple[Contradiction, forms.BoundField]]:
        """Each thing that does not fit, with its box."""
        return [(one, self[f"explain_{one.code}"]) for one in self.misfits]

    @property
    def details(self) -> dict:
        explained = {one.code: self.cleaned_data.get(f"explain_{one.code}", "").strip() for one in self.misfits}
        kept = {name: value for name, value in super().details.items() if not name.startswith("explain_")}
        return kept | {"explained": {code: words for code, words in explained.items() if words}}


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
    basis_reason = text("Why is there no full check?", help_text="In a sentence that others can follow.", longest=500)
    light_touch = radios("What satisfies the council without one?", LightTouch.choices)
    consented = YesNoField(
        label="Does the person agree to a lighter check?",
        help_text="Without their consent, make a full check.",
    )
    told_of_full_check = YesNoField(
        label="Were they told what follows?",
        help_text="That they may then pay up to the full cost, and can have a full check at any time.",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        ask_with(self.fields["basis"], ASKED_OF_BASIS)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("basis") and "later" not in self.data:
            for name, sentence in unsaid_of_basis(dict.fromkeys(BASIS, "") | cleaned).items():
                self.add_error(name, sentence[:1].upper() + sentence[1:])
        return cleaned


class HouseholdForm(DraftForm):
    """Whom the person lives with."""

    household = radios("Is the person single, one of a couple, or a lone parent?", with_help(HOUSEHOLDS))
    partner_born_on = DateField(
        BORN,
        label="When was the partner born?",
        called="The partner’s date of birth",
        help_text="What is left to each of a couple depends on whether either has reached pension age.",
    )
    dependent_children = forms.IntegerField(
        label="How many children is the person responsible for?", help_text="0 if none.", min_value=0, max_value=30
    )
    premiums = boxes("Which premiums apply?", [*with_help(PREMIUMS), (NONE_OF_THESE, "None of these")])

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        ask_with(self.fields["household"], {"couple": ["partner_born_on"]})

    def clean_premiums(self) -> list[str] | None:
        """The premiums ticked; an empty list for “none of these”; None where nothing is ticked yet."""
        return _ticked(self.cleaned_data["premiums"])


class EvidenceForm(DraftForm):
    """What was seen."""

    evidence = text("What was seen?", help_text="For example: bank statements of October, benefits letter of April.")


class LinesForm(DraftForm):
    """Amounts of money, a line each: what it is, how much, how often."""

    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=60)
    parts: tuple[str, ...] = ("kind", "amount", "every")
    #: Boxes of a line that only some kinds need: the page shows them once such a kind is chosen.
    of_some: tuple[str, ...] = ()
    #: Boxes of a line that any kind may need, and few do; the page keeps them folded away.
    seldom: tuple[str, ...] = ()
    more_about = ""
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
            ask_with(self.fields[f"kind_{number}"], {code: self.asked_of(code) for code, _label in kinds})

    def line_fields(self, number: int) -> dict[str, forms.Field]:
        """The boxes of one line."""
        return {
            "kind": forms.ChoiceField(label="What is it?", choices=self.kinds),
            "amount": PoundsField(label="Amount"),
            "every": forms.ChoiceField(label="How often?", choices=REGULAR),
        }

    def asked_of(self, kind: str) -> Collection[str]:
        """Which of the boxes that only some kinds need are asked of a kind."""
        return ()

    def asked_of_line(self, number: int, cleaned: dict) -> Collection[str]:
        """Which of them are asked of a line as it was sent."""
        return self.asked_of(cleaned.get(f"kind_{number}", ""))

    def lines_of_boxes(self) -> list[list]:
        """The boxes, line by line, for the page."""
        return [[self[f"{name}_{number}"] for name in self.parts] for number in range(1, self.count + 1)]

    def boxes_of_some(self, number: int) -> list[tuple[str, forms.BoundField]]:
        """The boxes that only some kinds need, of one line, each with its name."""
        return [(name, self[f"{name}_{number}"]) for name in self.of_some]

    def seldom_boxes(self, number: int) -> list:
        """The boxes that few lines need, of one line."""
        return [self[f"{name}_{number}"] for name in self.seldom]

    def is_told_more(self, number: int) -> bool:
        """Whether one of those boxes of a line is filled in, or lacks something."""
        return any(bound.errors or bound.value() for bound in self.seldom_boxes(number))

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        cleaned["lines"] = []
        for number in range(1, self.count + 1):
            for name in set(self.of_some) - set(self.asked_of_line(number, cleaned)):
                cleaned.pop(f"{name}_{number}", None)
                self.errors.pop(f"{name}_{number}", None)
            kind, amount = cleaned.get(f"kind_{number}"), cleaned.get(f"amount_{number}")
            if kind and amount is None and not self.errors.get(f"amount_{number}"):
                self.add_error(f"amount_{number}", "Enter the amount, or choose nothing on this line.")
            elif amount is not None and not kind and not self.errors.get(f"kind_{number}"):
                self.add_error(f"kind_{number}", "Say what this amount is.")
            if kind:
                cleaned["lines"].append(self.line(number, cleaned))
        return cleaned

    def line(self, number: int, cleaned: dict) -> dict:
        """One line as it is kept, once all that it lacks is said; without an amount it is not kept."""
        line = {"kind": cleaned[f"kind_{number}"], "every": cleaned.get(f"every_{number}") or Frequency.WEEKLY}
        amount = cleaned.get(f"amount_{number}")
        return line if amount is None else line | {"amount_pence": amount}

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
    """What comes in, before and after tax, and whose it is."""

    kept_as = {"amount": "amount_pence", "tax": "tax_pence", "own_share": "own_share_pence"}
    savings_credit_qualifying_income_pence_per_week = PoundsField(
        label="Income that counts for Savings Credit, a week",
        help_text="Asked of everybody of pension age, with or without Pension Credit; of both in a couple. State "
        "Pension, other pensions and earnings count: it is on a Pension Credit letter. 0 if there is none.",
    )
    partner_has_savings_disregard = YesNoField(
        label="Is the savings disregard given to the partner already, in a charge of their own?",
        help_text="A couple has it once.",
    )

    def __init__(self, *args, law: Law, of_pension_age: bool, couple: bool, **options):
        self.seldom = ("awarded_to", "own_share", "share_shown_by") if couple else ()
        self.more_about = "Awarded to both of the couple, or to one of them"
        self.asks_nights = law["charging_policy.leaves_out_night_part"]
        self.of_some = ("tax", *(("covers",) if self.asks_nights else ()), "what", "from_whom")
        super().__init__(*args, kinds=[(kind.code, kind.label) for kind in kinds_on(INCOME, law)], **options)
        if not of_pension_age:
            del self.fields[QUALIFYING_INCOME]
        if not (of_pension_age and couple):
            del self.fields[PARTNER_HAS_DISREGARD]

    def asked_of(self, kind: str) -> Collection[str]:
        return (
            *(("tax",) if kind in CAN_BE_TAXED else ()),
            *(("covers",) if self.asks_nights and kind in PAID_FOR_NIGHTS else ()),
            *(("what", "from_whom") if kind == OTHER else ()),
        )

    def line_fields(self, number: int) -> dict[str, forms.Field]:
        every = {
            **super().line_fields(number),
            "tax": PoundsField(label="Tax on it, 0 if none", required=False),
            "awarded_to": forms.ChoiceField(
                label="To whom is it awarded?",
                choices=[("", "Not said"), *((choice.code, choice.label) for choice in AWARDED_TO)],
                help_text="Not said: Universal Credit is the couple’s, half of it counts; the rest is the person’s.",
                required=False,
            ),
            "own_share": PoundsField(label="The person’s share of it, if not half", required=False),
            "share_shown_by": forms.CharField(label="If another share: who showed it, and by what?", required=False),
            "covers": forms.ChoiceField(
                label="Is it for day or night, or for both?",
                choices=[("", "Choose"), *((choice.code, f"{choice.label}. {choice.help}") for choice in COVERS)],
                required=False,
            ),
            "what": forms.CharField(label="What is this income?", required=False),
            "from_whom": forms.CharField(label="And from whom?", required=False),
        }
        return {name: field for name, field in every.items() if name in (*self.parts, *self.of_some, *self.seldom)}

    def line(self, number: int, cleaned: dict) -> dict:
        kept = super().line(number, cleaned)
        for name in (*self.of_some, *self.seldom):
            typed = cleaned.get(f"{name}_{number}")
            if typed not in (None, ""):
                kept[self.kept_as.get(name, name)] = typed
        if kept["kind"] in CAN_BE_TAXED and "tax_pence" not in kept and not self.errors.get(f"tax_{number}"):
            self.add_error(f"tax_{number}", "Enter the tax that is paid on it, 0 if there is none.")
        for name, problem in wrong_with_income(kept, asks_nights=self.asks_nights):
            self.add_error(f"{name}_{number}", problem)
        return kept

    @property
    def details(self) -> dict:
        asked = {name: self.cleaned_data.get(name) for name in (QUALIFYING_INCOME, PARTNER_HAS_DISREGARD)}
        return {"lines": self.cleaned_data["lines"]} | asked


def wrong_with_income(line: dict, *, asks_nights: bool) -> Iterator[tuple[str, str]]:
    """What a line of income lacks or contradicts: the box, and a sentence."""
    kind, share = line["kind"], line.get("own_share_pence")
    left = line.get("amount_pence", MAX_PENCE) - line.get("tax_pence", 0)
    if left < 0:
        yield "tax", "The tax is more than the amount. Check both."
    if kind == OTHER:
        if "what" not in line:
            yield "what", "Say what this income is."
        if "from_whom" not in line:
            yield "from_whom", "Say from whom this income comes."
    if asks_nights and kind in PAID_FOR_NIGHTS and "covers" not in line:
        yield "covers", "Say whether it is for day or night, or for both: the nights are left out."
    if share is not None and line.get("awarded_to") == "person":
        yield "own_share", "A share is of what a couple was awarded. Say so, or leave the share out."
    elif share is not None and share > left:
        yield "own_share", "The person’s share is more than the whole. Check both."
    elif share is not None and "share_shown_by" not in line:
        yield "share_shown_by", "Say who showed that share, and by what."


class CostsForm(LinesForm):
    """What the person has to pay: housing, or the costs of disability."""

    KINDS = {"housing": HousingCost, "disability_costs": DisabilityCost}

    def __init__(self, *args, part: str, **options):
        super().__init__(*args, kinds=self.KINDS[part].choices, **options)


class WhatIfForm(forms.Form):
    """Another size of budget, to see what would be paid."""

    budget = PoundsField(label="A budget a week of")
