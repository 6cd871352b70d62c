"""The forms of planning. They check shape only; what is allowed is decided by the actions."""

from django import forms
from django.utils import timezone

from leeway.care.assessment.parts import outcomes_of
from leeway.care.people.models import Authority, Case, Relationship
from leeway.care.planning.models import Author, Choice, ChosenWay, MetBy, NotChosen, PlanLine, Way, WayAsked
from leeway.days import HAPPENED, PLANNED
from leeway.forms import (
    DateField,
    DraftForm,
    PoundsField,
    VersionedForm,
    VersionField,
    WholeForm,
    YesNoField,
    ask_with,
    set_choices,
)
from leeway.law.direct_payment_codes import (
    AUTHORISED_IS,
    BARRED_ORDERS,
    CONDITIONS,
    CONSULTED,
    HEARD,
)

WAYS_IN_WORDS = {
    ChosenWay.DIRECT_PAYMENT: "The money is paid to you, or to someone you choose, into its own account. You buy the "
    "support and keep the papers. You can employ your own assistants, with help if you want it.",
    ChosenWay.COUNCIL_MANAGED: "The council holds the money and arranges the support that you decide on. There is "
    "little paperwork. You still choose what, who and when.",
    ChosenWay.SERVICE_FUND: "A provider you choose holds the money for you alone, spends it as you agree with them, "
    "and shows you where it went.",
    ChosenWay.MIXED: "A part one way, a part another: for example a direct payment for days out, and a managed "
    "account for home care.",
}
#: The same of somebody whom the reader helps.
THEIR_WAYS_IN_WORDS = {
    ChosenWay.DIRECT_PAYMENT: "The money is paid to them, or to someone they choose, into its own account. They buy "
    "the support and keep the papers. They can employ their own assistants, with help if they want it.",
    ChosenWay.COUNCIL_MANAGED: "The council holds the money and arranges the support that they decide on. There is "
    "little paperwork. They still choose what, who and when.",
    ChosenWay.SERVICE_FUND: "A provider they choose holds the money for them alone, spends it as they agree, and shows "
    "them where it went.",
    ChosenWay.MIXED: WAYS_IN_WORDS[ChosenWay.MIXED],
}
EXPLAINED = [(way.value, f"{way.label} | {WAYS_IN_WORDS[way]}") for way in ChosenWay]
OWN_REASONS = {
    NotChosen.NOT_WANTED: "I do not want one",
    NotChosen.PAPERWORK: "Too much paperwork or worry",
    NotChosen.NO_HELP: "I have nobody to help me manage it",
    NotChosen.HAPPY_NOW: "I am happy with how my support is arranged now",
    NotChosen.NO_SUPPLY: "There is nothing suitable to buy near me",
    NotChosen.TOO_RISKY: "I was told that it is too complex or too risky",
    NotChosen.NOT_SAID: "I would rather not say",
}
WITHOUT_AUTHORITY = frozenset({Authority.NONE, Authority.CARER})
PERSON, BEST_INTERESTS = "person", "best_interests"
ALL_FOUR = "all"
TODAY, BEFORE = "today", "before"
AREA = forms.Textarea
NOT_SAID, OWN_NOT_SAID = "They could not or did not want to say why", "I would rather not say why"
SEEN_INSTEAD = "What you saw instead (optional if there are words)"
SEEN_HELP = "How they showed what they want: a look, a sign, what they turned to or away from."


class AboutForm(DraftForm):
    about_me = forms.CharField(label="What matters to you", widget=AREA)
    contingency = forms.CharField(
        label="What happens if support falls through",
        help_text="Who to call, and what could wait.",
        widget=AREA,
        required=False,
    )
    risks = forms.CharField(
        label="Risks you choose to take",
        help_text="Things worth doing although they carry a risk, and how to make them safer.",
        widget=AREA,
        required=False,
    )

    def __init__(self, *args, name: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        if name:
            self.fields["about_me"].label = f"What matters to {name}"
            self.fields["risks"].label = f"Risks that {name} chooses to take"


class WorkersAboutForm(AboutForm):
    prevention = forms.CharField(label="Advice on preventing, reducing or delaying need", widget=AREA, required=False)
    author = forms.ChoiceField(label="Who wrote the plan", choices=Author, widget=forms.RadioSelect)


class AimForm(DraftForm):
    words = forms.CharField(label="What do you want to do, or keep doing?", widget=AREA, help_text="In your own words.")
    how_we_know = forms.CharField(label="How will you know that it works?", required=False)
    outcomes = forms.MultipleChoiceField(
        label="Parts of life it belongs to",
        help_text="What the budget pays for under this aim then meets the needs in these parts of life.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        set_choices(self, "outcomes", [(choice.code, choice.label) for choice in outcomes_of(case)])


class NeedForm(WholeForm):
    """How a need is met; who meets it, and when they were asked, is asked where somebody does."""

    met_by = forms.ChoiceField(label="How is this need met?", choices=MetBy, widget=forms.RadioSelect)
    who = forms.CharField(
        label="Who meets it",
        help_text="Their name, and who they are to the person.",
        max_length=200,
        required=False,
    )
    asked = forms.ChoiceField(
        label="When were they asked?",
        choices=[(TODAY, "Today"), (BEFORE, "On a day before")],
        widget=forms.RadioSelect,
        required=False,
    )
    asked_on = DateField(HAPPENED, label="On which day were they asked?", called="The day", required=False)
    words = forms.CharField(
        label="What they said, or the reason",
        help_text="What they do, how often, and for how long they can. Or why this plan does not meet the need, and "
        "what is done about it instead.",
        widget=AREA,
    )
    #: What only some answers need, by the field that has them.
    asked_of: dict[str, dict[str, list[str]]] = {
        "met_by": {MetBy.SOMEBODY: ["who", "asked"]},
        "asked": {BEFORE: ["asked_on"]},
    }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, asks in self.asked_of.items():
            ask_with(self.fields[name], asks)
        if self.initial.get("asked_on"):
            self.initial["asked"] = TODAY if self.initial["asked_on"] == timezone.localdate() else BEFORE

    @property
    def asked_names(self) -> set[str]:
        """The fields that show only while an answer asks for them."""
        return {name for asks in self.asked_of.values() for names in asks.values() for name in names}

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        somebody, asked = cleaned.get("met_by") == MetBy.SOMEBODY, cleaned.get("asked")
        if not somebody or asked == TODAY:
            self.errors.pop("asked_on", None)
            return cleaned | ({"asked_on": timezone.localdate()} if somebody else {"who": "", "asked_on": None})
        if not asked:
            self.add_error("asked", "Say when they were asked: nobody is presumed to be willing.")
        return cleaned

    @property
    def details(self) -> dict:
        return {name: value for name, value in super().details.items() if name != "asked"}


class FindForm(forms.Form):
    words = forms.CharField(label="What are you looking for?", required=False, max_length=100)
    place = forms.CharField(label="Town or postcode", required=False, max_length=60)


class StartForm(DraftForm):
    starts_on = DateField(
        PLANNED,
        label="When does support start?",
        called="The day when support starts",
        help_text="For example, 7 12 2026.",
    )
    no_lines_reason = forms.CharField(
        label="Why no money is needed",
        help_text="Only where the plan has nothing to pay for: what meets the needs instead.",
        widget=AREA,
        required=False,
    )


class OfferForm(forms.Form):
    ways_explained = forms.MultipleChoiceField(
        label="Which ways did you explain?",
        choices=[(ALL_FOUR, "All four of them"), *ChosenWay.choices],
        widget=forms.CheckboxSelectMultiple,
    )
    why_not_explained = forms.CharField(
        label="Why was a way left out? (optional if you explained all four)",
        help_text="For example: no provider here holds service funds. A direct payment is always explained.",
        widget=AREA,
        required=False,
    )
    how_explained = forms.CharField(
        label="How did you explain them?",
        help_text="In a few words: talked through at home, with the easy read leaflet.",
        max_length=300,
    )
    amount_told = YesNoField(label="Did the person know the amount?")
    why_not_told = forms.CharField(label="Why not? (optional if they did)", widget=AREA, required=False)
    independent_advice = forms.CharField(
        label="Independent advice",
        help_text="Who offered advice that does not come from the council. Leave empty if nobody did.",
        required=False,
        max_length=300,
    )
    offered_on = DateField(HAPPENED, label="When was the conversation?", called="The day of the conversation")

    def clean_ways_explained(self) -> list[str]:
        ticked = self.cleaned_data["ways_explained"]
        return list(ChosenWay.values) if ALL_FOUR in ticked else ticked


def decider_choices(case: Case, around: list[Relationship]) -> list[tuple[str, str]]:
    """Who may have decided, for a worker to record. The action checks their authority."""
    others = [one for one in around if one.authority not in WITHOUT_AUTHORITY]
    return [
        (PERSON, f"{case.person}, themselves"),
        *((str(one.pk), f"{one.name} | {one.get_authority_display()}") for one in others),
        (BEST_INTERESTS, "A best-interests decision | Where the person cannot decide and nobody has the authority to."),
    ]


class DeciderForm(forms.Form):
    """A form that says who decided. Someone who signs in decides for themselves: no question is asked."""

    def __init__(self, *args, case: Case, around: list[Relationship], ask: bool, label: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.around = {str(one.pk): one for one in around}
        if ask:
            self.fields["decided_by"] = forms.ChoiceField(
                label=label or "Who decided?", choices=decider_choices(case, around), widget=forms.RadioSelect
            )

    def decider(self, own: Relationship | None = None) -> dict:
        """Who decides, as the actions want it; `own` is the relationship of a supporter who signed in."""
        said = self.cleaned_data.get("decided_by")
        if said is None:
            return {"decided_by": own}
        return {"decided_by": self.around.get(said), "best_interests": said == BEST_INTERESTS}


class ChoiceForm(DeciderForm):
    """How the budget is held; in the words of “you” where the person answers."""

    version = VersionField()
    way = forms.ChoiceField(label="How will the budget be held?", choices=EXPLAINED, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Why? (optional if you tick the box below)",
        help_text="A sentence, in the words of whoever decided.",
        widget=AREA,
        required=False,
    )
    not_said = forms.BooleanField(label=NOT_SAID, required=False)
    seen_instead = forms.CharField(label=SEEN_INSTEAD, help_text=SEEN_HELP, widget=AREA, required=False)
    why_not_direct_payment = forms.ChoiceField(
        label="Why not a direct payment? (optional if you chose one)",
        choices=[("", "A direct payment was chosen"), *NotChosen.choices],
        widget=forms.RadioSelect,
        required=False,
    )

    @property
    def decision(self) -> dict:
        """What was decided, without who decided."""
        names = ("way", "words", "not_said", "seen_instead", "why_not_direct_payment")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class OwnChoiceForm(ChoiceForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["way"].label = "How do you want to hold your budget?"
        self.fields["words"].help_text = "A sentence, in your own words."
        self.fields["not_said"].label = OWN_NOT_SAID
        del self.fields["seen_instead"]
        reasons = [(code.value, words) for code, words in OWN_REASONS.items()]
        set_choices(self, "why_not_direct_payment", [("", "I chose a direct payment"), *reasons])


class ChangeMindForm(forms.Form):
    """How the budget should be held instead. Nobody must say why."""

    way = forms.ChoiceField(
        label="How should the budget be held instead?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the budget should be held, or “not sure yet”."},
    )
    words = forms.CharField(label="Is there anything you want to say about it?", widget=AREA, required=False)

    def __init__(self, *args, standing: Choice, you: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if you:
            self.fields["way"].label = "How do you want it to be held instead?"
        explained = WAYS_IN_WORDS if you else THEIR_WAYS_IN_WORDS
        ways = [
            (way.value, f"{WayAsked(way).label} | {explained[way]}")
            for way in ChosenWay
            if way != standing.way or way == ChosenWay.MIXED
        ]
        talk = "We talk it through, and nothing changes before that."
        set_choices(self, "way", [*ways, (WayAsked.NOT_SURE, f"Not sure yet | {talk}")])


class AnswerMindForm(forms.Form):
    """That the budget stays as it is held, after it was talked through."""

    words = forms.CharField(
        label="Why does it stay as it is?",
        help_text="What you talked about, what was found and what was agreed. The person reads this.",
        widget=AREA,
    )
    agreed = YesNoField(
        label="Does the person agree?", help_text="If they do not, the manager of the team looks at it next."
    )


class WaysForm(WholeForm):
    """One question for each line of the plan."""

    def __init__(self, *args, lines: list[PlanLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = {f"line_{line.pk.hex}": line for line in lines}
        for name, line in self.lines.items():
            self.fields[name] = forms.ChoiceField(
                label=line.what,
                choices=Way,
                widget=forms.RadioSelect,
                error_messages={"required": f"Say how the money for “{line.what}” is held."},
            )
            self.initial[name] = line.way

    @property
    def ways(self) -> dict:
        return {line.pk: self.cleaned_data[name] for name, line in self.lines.items()}


ANSWERS = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known yet")]
JUDGED = {"yes": True, "no": False, "unknown": "unknown"}
FROM_THE_RECORD = frozenset({"has_capacity", "lacks_capacity"})


class DirectPaymentForm(VersionedForm):
    """The conditions that are judged. Capacity is read from the record; a nominee is asked only where there is one."""

    def __init__(self, *args, route: str, receivers: list[Relationship], **kwargs):
        super().__init__(*args, **kwargs)
        self.receivers = {str(one.pk): one for one in receivers}
        alone = [] if route == "section_32" else [(PERSON, "The person themselves")]
        self.fields["received_by"] = forms.ChoiceField(
            label="Who receives the money?",
            choices=[*alone, *((key, one.name) for key, one in self.receivers.items())],
            widget=forms.RadioSelect,
        )
        conditions = [one for one in CONDITIONS[route] if one.code not in FROM_THE_RECORD]
        self.judged = [one.code for one in conditions if one.code != "nominee_agrees" or receivers]
        for condition in conditions:
            if condition.code in self.judged:
                self.fields[condition.code] = forms.ChoiceField(
                    label=condition.label,
                    choices=ANSWERS,
                    widget=forms.RadioSelect,
                    error_messages={"required": f"Say whether this is so: “{condition.label}”."},
                )
        self.fields["barred_orders"] = forms.MultipleChoiceField(
            label="Court orders that bar a direct payment",
            help_text="Only where the person is under one.",
            choices=[(order.code, order.label) for order in BARRED_ORDERS],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        if route == "section_32":
            self._ask_reg_5()

    def _ask_reg_5(self) -> None:
        """Ask whom the council asked about the authorised person, and for a criminal record check."""
        for choice in CONSULTED:
            self.fields[f"consulted_{choice.code}"] = forms.ChoiceField(
                label=f"Before an authorised person is paid: {choice.label[0].lower()}{choice.label[1:]}",
                choices=[(one.code, one.label) for one in HEARD],
                widget=forms.RadioSelect,
                error_messages={
                    "required": f"Say whether this was asked: {choice.label[0].lower()}{choice.label[1:]}."
                },
            )
        self.fields["consultation_words"] = forms.CharField(
            label="Whom you asked, and what they said (optional if you asked nobody)",
            help_text="It is kept with the decision, and the person can read it.",
            widget=AREA,
            required=False,
        )
        self.fields["authorised_is"] = forms.ChoiceField(
            label="Who is the authorised person?",
            choices=[(choice.code, choice.label) for choice in AUTHORISED_IS],
            widget=forms.RadioSelect,
        )
        self.fields["criminal_record_check"] = forms.ChoiceField(
            label="What does their criminal record check say? (optional for family, or a friend who cares)",
            choices=[("yes", "It raises no concern"), ("no", "It raises a concern"), ("unknown", "Not seen yet")],
            widget=forms.RadioSelect,
            required=False,
        )

    @property
    def about_authorised(self) -> dict:
        """What was done before an authorised person is paid; nothing where the person asks for themselves."""
        if "authorised_is" not in self.fields:
            return {}
        given = self.cleaned_data
        return {
            "consulted": {choice.code: given[f"consulted_{choice.code}"] for choice in CONSULTED},
            "consultation_words": given["consultation_words"],
            "authorised_is": given["authorised_is"],
            "criminal_record_check": JUDGED[given["criminal_record_check"] or "unknown"],
        }

    @property
    def receiver(self) -> Relationship | None:
        return self.receivers.get(self.cleaned_data["received_by"])

    @property
    def answers(self) -> dict:
        """The conditions judged; a bar that an order names is left to the order."""
        asked = [code for code in self.judged if code != "nominee_agrees" or self.receiver is not None]
        barred = bool(self.cleaned_data["barred_orders"])
        return {code: JUDGED[self.cleaned_data[code]] for code in asked if not (barred and code == "not_barred")}


class SignOffForm(VersionedForm):
    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[
            ("sign", "Sign off this budget | It goes to the person to agree."),
            ("return", "Return the plan | It goes back to planning, with your reasons."),
        ],
        widget=forms.RadioSelect,
    )
    final_pence_per_week = PoundsField(
        label="Personal budget a week", help_text="What the plan costs, unless you have a reason."
    )
    reason = forms.CharField(
        label="Your reasons (optional if you sign off what the plan costs)",
        help_text="Needed if you return the plan, or if the budget differs from what the plan costs. The person can "
        "read them, with your name.",
        widget=AREA,
        required=False,
    )

    def __init__(self, *args, to_explain: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if to_explain:  # nothing that can be decided here goes without
            self.fields["reason"].label = "Your reasons"
            self.fields["reason"].help_text = (
                "Why these needs cost more than the indicative budget, or why you return the plan or change the "
                "amount. The person can read them, with your name."
            )


class ChallengeForm(VersionedForm):
    accepted = forms.TypedChoiceField(
        label="What do you decide?",
        choices=[
            ("True", "The choice stands | With your reasons. They can choose again at any time."),
            ("False", "Offer a direct payment again | With what makes it safe enough. A plan sent to you goes back."),
        ],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="What did you find?", help_text="What the risk is, to whom, and who says so.", widget=AREA
    )
    safer = forms.CharField(
        label="What would make a direct payment safe enough?",
        help_text="Help with the papers, somebody else to hold it, a trial, a part of it first.",
        widget=AREA,
    )
    by_when = DateField(
        PLANNED,
        label="By when?",
        called="The day",
        help_text="When that is in place, or when you look at it again.",
    )

    def __init__(self, *args, since: Choice | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if since is not None:  # the answer is to a choice that stands no more
            now = f"What was chosen since stays: {since.get_way_display().lower()}."
            again = "They are offered it again, with what makes it safe enough. A plan sent to you goes back."
            set_choices(
                self,
                "accepted",
                [
                    ("True", f"It is too risky, as was said then | With your reasons. {now}"),
                    (
                        "False",
                        f"It is not too risky | {now if since.way == ChosenWay.DIRECT_PAYMENT else again}",
                    ),
                ],
            )

    @property
    def details(self) -> dict:
        """What was decided, with the version of what was looked at."""
        return self.cleaned_data


class AgreeForm(DeciderForm):
    version = VersionField()
    agrees = forms.ChoiceField(
        label="Do you agree to this plan and budget?",
        choices=[
            ("yes", "Yes, I agree"),
            ("no", "No, something is not right | It goes back to your worker with what you say. Nothing is lost."),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="Anything you want to say (optional if you agree)",
        help_text="If you do not agree: what is not right.",
        widget=AREA,
        required=False,
    )
    not_said = forms.BooleanField(label=OWN_NOT_SAID, required=False)

    def __init__(self, *args, name: str, you: bool = False, **kwargs):
        super().__init__(*args, label="Who agrees, or does not?", **kwargs)
        if not you and "decided_by" not in self.fields:
            self.fields["agrees"].label = f"Is this plan and budget right for {name}?"
            back = "No, something is not right | It goes back to the worker with what is said. Nothing is lost."
            set_choices(self, "agrees", [("yes", "Yes, it is agreed"), ("no", back)])
            self.fields["words"].label = "Anything to say (optional if it is agreed)"
            self.fields["words"].help_text = "If it is not agreed: what is not right."
        if "decided_by" in self.fields:
            self.fields["not_said"].label = NOT_SAID
            self.fields["seen_instead"] = forms.CharField(
                label=SEEN_INSTEAD, help_text=SEEN_HELP, widget=AREA, required=False
            )
            self.fields["agrees"].label = f"Does {name} agree to this plan and budget?"
            back = "No, something is not right | The plan goes back to planning with these words."
            set_choices(self, "agrees", [("yes", "Yes, agreed"), ("no", back)])
            self.fields["words"].label = "What they said (optional if they agree)"
            self.fields["words"].help_text = "Needed if they do not agree."
            self.fields["how"] = forms.CharField(
                label="How was this given?",
                help_text="In a few words: signed on paper at home, said so at a visit.",
                max_length=300,
            )

    @property
    def said(self) -> dict:
        """What they said, or that they did not."""
        seen = self.cleaned_data.get("seen_instead", "")
        return {"words": self.cleaned_data["words"], "not_said": self.cleaned_data["not_said"], "seen_instead": seen}
