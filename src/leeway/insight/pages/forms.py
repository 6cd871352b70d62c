"""Forms of insight: what to look at; of surveys: opening a wave, comparing two, one section of a questionnaire."""

from datetime import date, timedelta

from django import forms

from leeway.days import AIMED_AT, PLANNED
from leeway.forms import DateField, set_choices
from leeway.insight.surveys.answers import problem_with
from leeway.insight.surveys.questionnaire import Question, Section, codes, load
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.published.comparing import gone, places
from leeway.published.returns.figures import table


def anonymous_questionnaires() -> list[tuple[str, str]]:
    """The questionnaires that can be answered without signing in."""
    return [(code, load(code).title) for code in codes() if load(code).anonymous]


class ExploreForm(forms.Form):
    """Which measure, which place, and beside whom."""

    measure = forms.ChoiceField(label="Measure")
    place = forms.ChoiceField(label="Place")
    beside = forms.ChoiceField(label="Compare with")
    year = forms.ChoiceField(label="Year")

    def __init__(self, asked, **options):
        initial = {"measure": asked.series.key, "place": asked.place, "beside": asked.group.key, "year": asked.year}
        super().__init__(initial=initial, **options)
        set_choices(self, "measure", [(one.key, f"{one.group}: {one.name}") for one in catalogue().values()])
        before = [(council, f"{council.partition(' (')[0]} (to {year})") for council, year in gone().items()]
        set_choices(self, "place", [*((place, place) for place in (ENGLAND, *places())), *before])
        set_choices(self, "beside", [(one.key, one.name[0].upper() + one.name[1:]) for one in asked.groups.values()])
        set_choices(self, "year", [(year, year) for year in asked.years])


class WayField(forms.TypedChoiceField):
    """Whether a target is a percentage or more, or a percentage or less: whether it is `at_most`."""

    def __init__(self) -> None:
        ways = [("", "or more"), ("less", "or less")]
        super().__init__(label="Which way", choices=ways, coerce=bool, empty_value=False, required=False)


class OwnTargetForm(forms.Form):
    """What the council means to reach, of what, by when, who answers for it, and why."""

    target = forms.CharField(
        label="What do you call this target?",
        max_length=80,
        help_text="For example More direct payments. The name of a target that is there already changes that one.",
        error_messages={"required": "Give the target a name."},
    )
    measure = forms.ChoiceField(
        label="Measure",
        error_messages={"required": "Choose a measure.", "invalid_choice": "Choose one of the measures."},
    )
    percent = forms.FloatField(
        label="Percentage to reach",
        min_value=0.1,
        max_value=100,
        widget=forms.TextInput({"inputmode": "decimal"}),
        error_messages={
            "required": "Enter the percentage to reach.",
            "invalid": "Enter the percentage to reach as a number, such as 30 or 27.5.",
            "min_value": "The target must be above 0 percent.",
            "max_value": "The target must be 100 percent or less.",
        },
    )
    at_most = WayField()
    due_on = DateField(
        AIMED_AT,
        label="By",
        called="The day to reach it by",
        error_messages={"required": "Enter the day to reach it by."},
    )
    owner = forms.CharField(
        label="Who answers for it?", max_length=120, error_messages={"required": "Say who answers for it."}
    )
    why = forms.CharField(
        label="Why this, or why it changes",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="Up to 500 characters. It stays in the target’s history.",
        error_messages={"required": "Say why.", "max_length": "Use 500 characters at most."},
    )

    def __init__(self, data, *, series: dict, **options):
        super().__init__(data, **options)
        set_choices(self, "measure", [(one.key, f"{one.group}: {one.name}") for one in series.values()])


class EndTargetForm(forms.Form):
    """Why a target ends."""

    why = forms.CharField(
        label="Why does it end?",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why it ends.", "max_length": "Use 500 characters at most."},
    )


class MoneyForm(forms.Form):
    """Whose spending."""

    place = forms.ChoiceField(
        label="Place", error_messages={"required": "Choose a place.", "invalid_choice": "Choose one of the places."}
    )

    def __init__(self, data):
        super().__init__(data)
        councils = sorted(set(table("spending")["council"]) - {ENGLAND})
        set_choices(self, "place", [(place, place) for place in (ENGLAND, *councils)])


class TargetForm(forms.Form):
    """A percentage to reach, of what, where and by when."""

    measure = forms.ChoiceField(
        label="Measure",
        error_messages={"required": "Choose a measure.", "invalid_choice": "Choose one of the measures."},
    )
    place = forms.ChoiceField(
        label="Place", error_messages={"required": "Choose a place.", "invalid_choice": "Choose one of the places."}
    )
    percent = forms.FloatField(
        label="Target",
        min_value=0.1,
        max_value=100,
        widget=forms.TextInput({"inputmode": "decimal"}),
        error_messages={
            "required": "Enter the percentage to reach.",
            "invalid": "Enter the percentage to reach as a number, such as 30 or 27.5.",
            "min_value": "The target must be above 0 percent.",
            "max_value": "The target must be 100 percent or less.",
        },
    )
    at_most = WayField()
    by = DateField(
        AIMED_AT,
        label="By",
        called="The day to reach it by",
        error_messages={"required": "Enter the day to reach it by."},
    )

    def __init__(self, data, *, series: dict, **options):
        super().__init__(data, **options)
        set_choices(self, "measure", [(one.key, f"{one.group}: {one.name}") for one in series.values()])
        set_choices(self, "place", [(place, place) for place in (ENGLAND, *places())])


def month_ends(today: date, count: int = 12) -> list[date]:
    """The last days of the months that have passed, the latest first.

    >>> month_ends(date(2026, 3, 31), 2)
    [datetime.date(2026, 3, 31), datetime.date(2026, 2, 28)]
    """
    found = []
    first = (today + timedelta(days=1)).replace(day=1)
    for _month in range(count):
        found.append(first - timedelta(days=1))
        first = found[-1].replace(day=1)
    return found


class PublishForm(forms.Form):
    """Of which day the local account tells."""

    as_at = forms.TypedChoiceField(
        label="As it stood on",
        coerce=date.fromisoformat,
        help_text="What is counted in a year is counted in the twelve months to this day.",
        error_messages={"required": "Choose a day.", "invalid_choice": "Choose one of the days."},
    )

    def __init__(self, data, *, today: date, **options):
        super().__init__(data, **options)
        set_choices(self, "as_at", [(day.isoformat(), f"{day:%-d %B %Y}") for day in month_ends(today)])


class OpenWaveForm(forms.Form):
    """Which questions, for whom, from when to when."""

    questionnaire_code = forms.ChoiceField(
        label="Which questions?",
        choices=anonymous_questionnaires,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which questions to ask."},
    )
    name = forms.CharField(
        label="What do you call this wave?",
        max_length=80,
        help_text="For example Autumn 2026. Those who answer see it.",
        error_messages={
            "required": "Give this wave a name, such as Autumn 2026.",
            "max_length": "The name has room for 80 characters. Make it shorter.",
        },
    )
    opens_on = DateField(PLANNED, label="First day", error_messages={"required": "Enter the first day."})
    closes_on = DateField(
        PLANNED,
        label="Last day",
        help_text="Results are shown after this day, or when you close the wave before it.",
        error_messages={"required": "Enter the last day."},
    )
    asked = forms.IntegerField(
        label="How many people do you ask?",
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text="If you know it, the results say what those who do not answer could change.",
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter how many people you ask, as a whole number.",
            "min_value": "Enter how many people you ask: 1 or more, or leave it empty.",
            "max_value": "Enter how many people you ask: ten million or fewer.",
        },
    )


class CompareForm(forms.Form):
    """Two waves of the same questions."""

    earlier = forms.ChoiceField(label="Earlier wave", error_messages={"required": "Choose the earlier wave."})
    later = forms.ChoiceField(label="Later wave", error_messages={"required": "Choose the later wave."})

    def clean(self):
        chosen = super().clean() or self.cleaned_data
        if chosen.get("earlier") and chosen.get("earlier") == chosen.get("later"):
            self.add_error("later", "Choose two different waves.")
        return chosen


class SectionForm(forms.Form):
    """The questions of one section, made from the questionnaire. No answer is chosen beforehand."""

    prefix = "a"

    def __init__(self, section: Section, data=None, **options):
        super().__init__(data, **options)
        self.questions = section.questions
        for question in section.questions:
            self.fields[question.code] = field_for(question)

    def clean(self):
        given = super().clean() or self.cleaned_data
        for question in self.questions:
            if question.code in given and (reason := problem_with(question, given[question.code])):
                self.add_error(question.code, f"“{question.ask}”: {reason[0].lower()}{reason[1:]}")
        return given


def field_for(question: Question) -> forms.Field:
    """The form field of a question."""
    shown: dict = {"label": question.ask, "help_text": question.hint, "required": False}
    if question.options:
        return forms.ChoiceField(choices=question.options, widget=forms.RadioSelect, **shown)
    if question.kind == "text":
        shown["help_text"] = f"{question.hint} Up to {question.longest:,} characters.".strip()
        return forms.CharField(widget=forms.Textarea, **shown)
    return forms.CharField(widget=forms.TextInput({"inputmode": "numeric" if question.whole else "decimal"}), **shown)
