"""The form of one line of a plan: what kind of thing it is first, and then what is asked of that kind alone."""

from django import forms
from django.db import models
from django.utils.text import Truncator

from leeway.care.assessment.queries import funded_by
from leeway.care.planning.models import ORDINARY, Aim, Plan, PlanLine
from leeway.care.planning.uses import CARE_HOMES, is_in_care_home
from leeway.days import PLANNED
from leeway.forms import DateField, PoundsField, WholeForm, YesNoField, set_choices
from leeway.law.direct_payment_codes import NECESSARY_FOR, RELATIONSHIPS
from leeway.law.eligibility_codes import FUNDING
from leeway.market.listings.models import Service
from leeway.market.units import Frequency, Unit

AREA = forms.Textarea
FREE_BY_LAW = [
    (ORDINARY, "No: ordinary support"),
    ("section_117", "Section 117 after-care"),
    ("continuing_healthcare", "NHS continuing healthcare"),
    ("reablement", "Reablement or intermediate care | Free for six weeks from its first day, and charged after them."),
    ("aid", "Equipment that is an aid | Free at any cost."),
    ("minor_adaptation", "A minor adaptation of the home | Free where making it costs £1,000 or less."),
]


class LineKind(models.TextChoices):
    """What kind of thing a line pays for, which says what the law asks about it."""

    PLAIN = "plain", "Something bought, or a personal assistant"
    FAMILY = "family", "A relative, partner, friend or neighbour"
    SERVICE = "service", "A service or an organisation"
    CARE_HOME = "care_home", "A stay in a care home"


KINDS_IN_WORDS = {
    LineKind.PLAIN: "From a shop, a club, or somebody who is neither family nor a friend, and not from the council.",
    LineKind.FAMILY: "Somebody the person knows is paid. The law limits paying close family from a direct payment.",
    LineKind.SERVICE: "Such as home care or a day centre. It may be the council’s own.",
    LineKind.CARE_HOME: "For some nights or weeks, then home again.",
}
FAMILY = {
    "payee_relationship": "not_related",
    "payee_same_household": None,
    "payee_necessary_for": "",
    "payee_necessary": "",
}
COUNCIL: dict[str, object] = {"from_council": False, "from_council_because": ""}
CARE_HOME = {"care_home_nights": None, "care_home_days_between": None}
#: What is asked only of some kinds, and what choosing another kind answers.
ANSWERED: dict[str, object] = FAMILY | COUNCIL | CARE_HOME
ASKED_OF = {
    LineKind.PLAIN: frozenset[str](),
    LineKind.FAMILY: frozenset(FAMILY),
    LineKind.SERVICE: frozenset(COUNCIL),
    LineKind.CARE_HOME: frozenset(COUNCIL | CARE_HOME),
}


def kinds_for(service: Service | None) -> list[LineKind]:
    """The kinds that a line may be of: what a service of the directory is, it is."""
    if service is None:
        return list(LineKind)
    if service.is_personal_assistant:
        return [LineKind.PLAIN, LineKind.FAMILY]
    return [LineKind.CARE_HOME if set(CARE_HOMES) & set(service.kinds) else LineKind.SERVICE]


def kind_of(line: PlanLine) -> LineKind:
    """What kind a line is of, by what was answered of it."""
    if line.payee_relationship != "not_related":
        return LineKind.FAMILY
    if is_in_care_home(line):
        return LineKind.CARE_HOME
    if line.service and line.service.is_personal_assistant:
        return LineKind.PLAIN
    return LineKind.PLAIN if line.service is None and line.from_council is False else LineKind.SERVICE


class LineKindForm(forms.Form):
    """The first question about a line; its answer stands in the address of the second page."""

    asked = forms.CharField(required=False, initial="yes", widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="What kind of thing is it?", widget=forms.RadioSelect)

    def __init__(self, *args, kinds: list[LineKind], **kwargs):
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", [(kind.value, f"{kind.label} | {KINDS_IN_WORDS[kind]}") for kind in kinds])


class LineForm(WholeForm):
    what = forms.CharField(label="What the budget pays for", max_length=200)
    supplier = forms.CharField(
        label="Who gives it",
        help_text="A personal assistant, a shop, a club. Leave empty if that is not decided yet.",
        max_length=200,
        required=False,
    )
    units = forms.DecimalField(label="How many", min_value=0, max_digits=7, decimal_places=2)
    unit = forms.ChoiceField(label="Of what", choices=Unit)
    frequency = forms.ChoiceField(label="How often", choices=Frequency)
    unit_cost_pence = PoundsField(label="Cost of one")
    nhs_percent = forms.IntegerField(
        label="Per cent that the NHS pays", min_value=0, max_value=100, help_text="0 where it is social care alone."
    )
    aim = forms.ChoiceField(label="Which aim it serves", required=False)
    exemption = forms.ChoiceField(
        label="Is it free by law?",
        choices=FREE_BY_LAW,
        error_messages={"required": "Say whether it is free by law. Most lines are not."},
        widget=forms.RadioSelect,
        help_text="Most lines are ordinary support, which is charged by what the person can afford.",
    )
    reablement_from = DateField(
        PLANNED,
        label="First day of the reablement",
        called="The first day of reablement",
        help_text="For example, 7 12 2026. Its free weeks count from then.",
        required=False,
    )
    reablement_until = DateField(
        PLANNED,
        label="Last free day, if the council decided on longer",
        called="The last free day",
        help_text="Leave it empty where reablement is free for the law’s six weeks.",
        required=False,
    )
    reablement_agreed_by = forms.CharField(
        label="Who decided that it is free for longer", max_length=200, required=False
    )
    reablement_why = forms.CharField(label="Why it is free for longer", widget=AREA, required=False)
    payee_relationship = forms.ChoiceField(
        label="Who is paid, to the person",
        choices=[
            ("", "Choose"),
            *((choice.code, choice.label) for choice in reversed(RELATIONSHIPS) if choice.code != "not_related"),
        ],
        help_text="The law limits paying close family from a direct payment.",
    )
    payee_same_household = YesNoField(
        label="Do they live in the same household as the person? (optional for a friend or neighbour)",
        help_text="Whether they share a home and its living. Ask: an address alone does not tell. The law does not say "
        "more, so write what you found below.",
        required=False,
    )
    payee_necessary_for = forms.ChoiceField(
        label="What does the council consider it necessary to pay them for? (optional if they are not close family)",
        choices=[*((choice.code, choice.label) for choice in NECESSARY_FOR), ("", "It has not considered it yet")],
        widget=forms.RadioSelect,
        required=False,
    )
    payee_necessary = forms.CharField(
        label="Why, or why not?",
        help_text="What was weighed about this person: could somebody else do it? No rule of thumb stands in for that. "
        "It stands in the plan and its letter.",
        widget=AREA,
        required=False,
    )
    from_council = YesNoField(
        label="Is it the council itself that gives this? (optional unless a direct payment pays for it)",
        required=False,
    )
    from_council_because = forms.CharField(
        label="Why it is bought from the council, if it is",
        help_text="Only for something bought once, such as a day at a day centre. What the council gives again and "
        "again is held in another way.",
        widget=AREA,
        required=False,
    )
    care_home_nights = forms.IntegerField(
        label="How many nights in a row is each stay?",
        help_text="A direct payment may pay for four weeks in a row.",
        min_value=1,
        max_value=366,
        required=False,
    )
    care_home_days_between = forms.IntegerField(
        label="How many days at home lie between two stays, at the least?",
        help_text="Stays less than 28 days apart count together.",
        min_value=0,
        max_value=366,
        required=False,
    )

    def __init__(self, *args, plan: Plan, kind: LineKind, service: Service | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.aims = {str(aim.pk): aim for aim in plan.aims.all()}
        shown = [(key, Truncator(aim.words).chars(80)) for key, aim in self.aims.items()]
        set_choices(self, "aim", [("", "None yet"), *shown])
        self.answered: dict[str, object] = {name: ANSWERED[name] for name in set(ANSWERED) - ASKED_OF[kind]}
        if service is not None:
            del self.fields["supplier"]
        else:  # own words, which only the kind tells from a care home
            self.answered["in_care_home"] = kind == LineKind.CARE_HOME
        for name in set(ANSWERED) - ASKED_OF[kind]:
            del self.fields[name]
        if kind == LineKind.CARE_HOME and service is None:  # nothing else says that it is one
            self.fields["care_home_nights"].required = True
        funded = funded_by(plan.case)
        if funded:
            said = next(choice.label for choice in FUNDING if choice.code == funded)
            self.fields["exemption"].help_text = f"The assessment found: {said}. Say whether this line is part of it."

    @property
    def asked_of_reablement(self) -> list[str]:
        """The fields that only reablement is asked."""
        return [name for name in self.fields if name.startswith("reablement_")]

    @property
    def shows_reablement(self) -> bool:
        """Whether those fields are open: where they are asked, or something about them is to mend."""
        return self["exemption"].value() == "reablement" or any(
            name in self.errors for name in self.asked_of_reablement
        )

    @property
    def details(self) -> dict:
        return super().details | self.answered | {"aim": self.aims.get(self.cleaned_data["aim"])}


def line_initial(line: PlanLine) -> dict:
    """What a line's form starts from."""
    names = [name for name in LineForm.base_fields if name not in {"version", "aim"}]
    aim: Aim | None = line.aim
    units = line.units.quantize(1) if line.units == line.units.to_integral_value() else line.units
    return {name: getattr(line, name) for name in names} | {"aim": str(aim.pk) if aim else "", "units": units}
