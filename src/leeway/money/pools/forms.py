"""What the pages of pooled funds ask for."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django import forms

from leeway.access.models import Team, User
from leeway.access.roles import Capability
from leeway.care.people.models import Case, SupportReason
from leeway.care.planning.models import PlanLine
from leeway.care.planning.waiting import client_group
from leeway.days import HAPPENED, PLANNED
from leeway.forms import DateField, PoundsField, set_choices
from leeway.law.risk_share import RULES
from leeway.money.pools.belonging import LineFacts
from leeway.money.pools.models import ContributionKind, Driver, Function, OverheadKind, Pool
from leeway.money.pools.queries import funders

GROUPS = sorted({client_group(reason.value) for reason in SupportReason})
EVERY_TEAM, NOT_KNOWN = "", ""
QUESTION = "Nobody can say yet: it stands as a question"


def _percent(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=100, required=False)


def _day(label: str, called: str, *, required: bool = True, help_text: str = "") -> DateField:
    missing = {"required": f"Enter {called[0].lower()}{called[1:]}."}
    return DateField(
        PLANNED, label=label, called=called, required=required, help_text=help_text, error_messages=missing
    )


class PoolForm(forms.Form):
    """What partners agreed of a pool."""

    name = forms.CharField(
        label="What is it called?", max_length=120, error_messages={"required": "Enter the name of the pool."}
    )
    agreement = forms.CharField(
        label="By which agreement?",
        help_text="Its name and day, and where it is kept.",
        max_length=200,
        error_messages={"required": "Say by which agreement."},
    )
    functions = forms.CharField(
        label="Which functions is it for, and what does it aim at?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Say which functions it is for."},
    )
    client_groups = forms.MultipleChoiceField(
        label="For whom is it?",
        choices=[(group, group) for group in GROUPS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose for whom it is."},
    )
    partners = forms.MultipleChoiceField(
        label="Who are the partners?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the partners."},
    )
    host = forms.ChoiceField(label="Which of them hosts it?", error_messages={"required": "Choose the host."})
    manager = forms.ChoiceField(label="Who answers for it?", error_messages={"required": "Choose who answers for it."})
    starts_on = _day("From which day?", "The first day")
    ends_on = _day("Until which day?", "The last day", required=False, help_text="Leave empty where it goes on.")
    notice_months = forms.IntegerField(
        label="How many months’ notice ends it?",
        min_value=0,
        max_value=60,
        error_messages={"required": "Enter the months of notice."},
    )
    vat = forms.CharField(label="Whose VAT rules are followed?", max_length=200, required=False)
    risk_rule = forms.ChoiceField(
        label="How is an over- or underspend shared?",
        choices=[(rule.code, f"{rule.label} | {rule.help}" if rule.help else rule.label) for rule in RULES],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how an over- or underspend is shared."},
    )
    cap_percent = _percent("Cap", "Up to how much of an overspend is shared, in percent of the contributions.")
    collar_percent = _percent("Collar", "The same of an underspend.")
    first_percent = _percent("First slice", "What the host bears or keeps first, in percent of the contributions.")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.funders = {str(funder.pk): funder for funder in funders()}
        self.staff = {str(user.pk): user for user in _who_could_own()}
        named = [(pk, str(funder)) for pk, funder in self.funders.items()]
        set_choices(self, "partners", named)
        set_choices(self, "host", [("", "Choose one"), *named])
        set_choices(self, "manager", _names(self.staff))

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        partners = [self.funders[pk] for pk in cleaned.pop("partners")]
        cleaned["host"], cleaned["manager"] = self.funders[cleaned["host"]], self.staff[cleaned["manager"]]
        for name in ("cap_percent", "collar_percent", "first_percent"):
            cleaned[name] = cleaned[name] or 0
        return {"partners": partners, "terms": cleaned}


class ContributionForm(forms.Form):
    """What a partner agreed, how that changed, what was invoiced or paid in."""

    partner = forms.ChoiceField(label="Which partner?", error_messages={"required": "Choose the partner."})
    kind = forms.ChoiceField(
        label="What is it?",
        choices=ContributionKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what this is."},
    )
    pence = PoundsField(
        label="How much?",
        called="The amount",
        minimum_pence=1,
        error_messages={"required": "Enter the amount."},
    )
    is_less = forms.BooleanField(label="It is less by that much", required=False)
    starts_on = _day("For which days: from", "The first day")
    ends_on = _day("Until", "The last day")
    dated_on = DateField(
        HAPPENED,
        label="When was it agreed, invoiced or paid in?",
        called="The day",
        error_messages={"required": "Enter the day on which it was agreed, invoiced or paid in."},
    )
    words = forms.CharField(
        label="By what is it known?",
        help_text="For example “Minute 14 of the partners’ board”. No account numbers.",
        max_length=200,
        error_messages={"required": "Say by what it is known, such as a minute."},
    )

    def __init__(self, *args, pool: Pool, **options):
        super().__init__(*args, **options)
        self.partners = {str(partner.pk): partner for partner in pool.partners.select_related("funder")}
        set_choices(self, "partner", _names(self.partners))

    def clean(self):
        cleaned = super().clean()
        if "partner" in cleaned:
            cleaned["partner"] = self.partners[cleaned["partner"]]
        if cleaned.pop("is_less", False) and cleaned.get("pence"):
            cleaned["pence"] = -cleaned["pence"]
        return cleaned


class PutInForm(forms.Form):
    """Which lines are in a pool: of a group and a team, or one by name."""

    client_group = forms.ChoiceField(
        label="Which client group?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a client group of the agreement."},
    )
    team = forms.ChoiceField(label="Of which team?", required=False)
    starts_on = _day("From which day?", "The first day")
    ends_on = _day("Until which day?", "The last day", required=False, help_text="Leave empty where it goes on.")

    def __init__(self, *args, pool: Pool, **options):
        super().__init__(*args, **options)
        self.teams = {str(team.pk): team for team in Team.objects.order_by("name")}
        set_choices(self, "client_group", [(group, group) for group in pool.client_groups])
        teams = [(pk, team.name) for pk, team in self.teams.items()]
        set_choices(self, "team", [(EVERY_TEAM, "Every team"), *teams])

    def clean_team(self):
        return self.teams.get(self.cleaned_data["team"])


class PutLineInForm(forms.Form):
    """Which line of somebody is put in a pool by its name, and for which days."""

    line = forms.ChoiceField(
        label="Which line?", widget=forms.RadioSelect, error_messages={"required": "Choose a line."}
    )
    starts_on = _day("From which day?", "The first day")
    ends_on = _day("Until which day?", "The last day", required=False, help_text="Leave empty where it goes on.")

    def __init__(self, *args, lines: Iterable[PlanLine], **options):
        super().__init__(*args, **options)
        self.lines = {str(line.pk): line for line in lines}
        set_choices(self, "line", [(pk, f"{line.what}, {line.plan.case.person}") for pk, line in self.lines.items()])

    def clean_line(self):
        return self.lines[self.cleaned_data["line"]]


class TakeOutForm(forms.Form):
    """Until which day something is in a pool."""

    ends_on = _day("Until which day is it in the pool?", "The last day")


class DriverForm(forms.Form):
    """What drives an overhead, with the figures that somebody states: hours with people, or staff of teams."""

    driver = forms.ChoiceField(label="What drives it?", widget=forms.RadioSelect, required=False)

    def __init__(self, *args, people: Mapping[UUID, LineFacts], teams: Collection[Team], **options):
        super().__init__(*args, **options)
        set_choices(self, "driver", [*Driver.choices, (NOT_KNOWN, QUESTION)])
        self.of: dict[str, Team | UUID] = {}
        for team in teams:
            self._ask(f"team_{team.pk}", f"Staff in {team.name}", team)
        for case, facts in sorted(people.items(), key=lambda item: item[1].name):
            self._ask(f"case_{case}", f"Hours with {facts.name}", case)

    def _ask(self, name: str, label: str, of: Team | UUID) -> None:
        self.of[name] = of
        self.fields[name] = forms.IntegerField(label=label, min_value=0, max_value=100_000, required=False)

    @property
    def staff(self) -> list[forms.BoundField]:
        """The boxes for the staff of teams."""
        return [self[name] for name, of in self.of.items() if isinstance(of, Team)]

    @property
    def hours(self) -> list[forms.BoundField]:
        """The boxes for the hours with people."""
        return [self[name] for name, of in self.of.items() if not isinstance(of, Team)]

    def figures(self) -> dict[Team | Case, int]:
        """The figures of the driver that was chosen."""
        wanted = {Driver.HOURS: Case, Driver.HEADCOUNT: Team}.get(self.cleaned_data["driver"] or None)
        stated = {name: self.cleaned_data[name] for name in self.of if self.cleaned_data.get(name)}
        cases = Case.objects.in_bulk([of for name in stated if not isinstance(of := self.of[name], Team)])
        found = {of if isinstance(of := self.of[name], Team) else cases[of]: stated[name] for name in stated}
        return {of: figure for of, figure in found.items() if wanted and isinstance(of, wanted)}


class OverheadForm(DriverForm):
    """What an overhead is, who pays it and answers for it, what drives it, and what of it is locked."""

    what = forms.CharField(label="What is it?", max_length=200, error_messages={"required": "Say what it is."})
    kind = forms.ChoiceField(
        label="Which kind?",
        choices=OverheadKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which kind it is."},
    )
    team = forms.ChoiceField(label="Of which team?", required=False)
    employer = forms.CharField(label="Who employs them, or is paid?", max_length=200, required=False)
    paid_by = forms.ChoiceField(label="Whose money is it?", error_messages={"required": "Choose whose money it is."})
    function = forms.ChoiceField(
        label="Whose function does it serve?",
        choices=Function,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose function it serves."},
    )
    reason = forms.CharField(
        label="By which law is it paid?",
        max_length=200,
        error_messages={"required": "Say by which law it is paid."},
    )
    owner = forms.ChoiceField(label="Who answers for it?", error_messages={"required": "Choose who answers for it."})
    pence = PoundsField(
        label="How much?", called="The amount", minimum_pence=1, error_messages={"required": "Enter the amount."}
    )
    starts_on = _day("For which days: from", "The first day")
    ends_on = _day("Until", "The last day")
    question = forms.CharField(
        label="What has to be found out?",
        help_text="Only where nobody can say yet what drives it.",
        widget=forms.Textarea,
        max_length=1000,
        required=False,
    )
    locked_percent = _percent(
        "How much of it is locked?", "What cannot be released yet, in percent. Leave empty if nothing is."
    )
    locked_until = _day("Locked until which day?", "The day", required=False)

    def __init__(self, *args, pool: Pool, **options):
        super().__init__(*args, **options)
        self.all_teams = {str(team.pk): team for team in Team.objects.order_by("name")}
        self.partners = {str(each.funder_id): each.funder for each in pool.partners.select_related("funder")}
        self.staff_users = {str(user.pk): user for user in _who_could_own()}
        teams = [(pk, team.name) for pk, team in self.all_teams.items()]
        set_choices(self, "team", [(EVERY_TEAM, "The whole pool"), *teams])
        set_choices(self, "paid_by", _names(self.partners))
        set_choices(self, "owner", _names(self.staff_users))

    def facts(self) -> dict[str, object]:
        """The fields of an overhead."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name not in self.of}
        return cleaned | {
            "team": self.all_teams.get(cleaned["team"]),
            "paid_by": self.partners[cleaned["paid_by"]],
            "owner": self.staff_users[cleaned["owner"]],
            "locked_percent": cleaned["locked_percent"] or 0,
        }


class SeenForm(forms.Form):
    """What the page showed of a quarter."""

    seen = forms.CharField(
        max_length=64,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "max_length"), "Look at the quarter again, and report it then."),
    )


def _names(found: Mapping[str, object]) -> list[tuple[str, str]]:
    return [("", "Choose one"), *((pk, getattr(each, "name", None) or str(each)) for pk, each in found.items())]


def _who_could_own() -> Iterable[User]:
    """Members of staff who can answer for money."""
    return [user for user in User.objects.order_by("name") if user.can(Capability.SEE_RECORDS)]
