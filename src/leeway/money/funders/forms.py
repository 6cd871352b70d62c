"""What the pages of funders ask for."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from leeway.days import AIMED_AT, PLANNED
from leeway.forms import DateField, PoundsField, WholeForm, YesNoField, set_choices
from leeway.law.sharing import METHODS
from leeway.money.funders.actions import Pays
from leeway.money.funders.models import Aimed, Funder, FunderKind, Method

#: More have never shared one line, as far as is known; a longer list is no use on a phone.
FUNDERS_MOST = 4
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
SCORE = re.compile(r"[0-9]{1,4}")
POUNDS = re.compile(r"[0-9]{1,6}(\.[0-9]{2})?")
AREA = forms.Textarea


class ShareForm(forms.Form):
    """Who pays one line, by which method, from which day, and why."""

    starts_on = DateField(
        PLANNED,
        label="From which day?",
        called="The first day",
        error_messages={"required": "Enter the first day on which these pay."},
    )
    ends_on = DateField(
        PLANNED,
        label="Until which day? (optional)",
        called="The last day",
        help_text="Leave it empty where no end is known. After it the council pays, and the NHS its share.",
        required=False,
    )
    method = forms.ChoiceField(
        label="How do they divide it?",
        choices=[(each.code, f"{each.label} | {each.help}") for each in METHODS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how they divide it."},
    )
    reason = forms.CharField(
        label="Why do these pay?",
        help_text="Who agreed it, and when. The person can read this.",
        widget=AREA,
        max_length=1000,
        error_messages={"required": "Say why these pay. The person can read this."},
    )

    def __init__(self, *args, funders: Sequence[Funder], **options):
        super().__init__(*args, **options)
        self.funders = {str(each.pk): each for each in funders}
        choices = [("", "Nobody else"), *((pk, f"{each.name} ({each.code})") for pk, each in self.funders.items())]
        for number in range(1, FUNDERS_MOST + 1):
            self.fields[f"funder_{number}"] = forms.ChoiceField(
                label=f"Funder {number}",
                required=False,
                error_messages={"invalid_choice": "Choose a funder of the list."},
            )
            set_choices(self, f"funder_{number}", choices)
            self.fields[f"figure_{number}"] = forms.CharField(
                label=f"What funder {number} pays",
                required=False,
                max_length=12,
                help_text="A percentage, a score, or pounds a week. Empty for all of it, or for the rest.",
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each funder's two boxes."""
        return [(self[f"funder_{number}"], self[f"figure_{number}"]) for number in range(1, FUNDERS_MOST + 1)]

    def clean(self):
        """Read the figures as the method means them."""
        cleaned = super().clean()
        pays, method = [], cleaned.get("method")
        for number in range(1, FUNDERS_MOST + 1):
            funder, typed = cleaned.get(f"funder_{number}"), cleaned.get(f"figure_{number}", "")
            text = typed.strip().strip("£%").replace(",", "").strip()
            if not funder:
                if text:
                    self.add_error(f"funder_{number}", f"Choose who pays the {typed.strip()}, or take it out.")
            elif method:
                try:
                    pays.append(Pays(self.funders[funder], _figure(method, text)))
                except ValueError as problem:
                    self.add_error(f"figure_{number}", f"{self.funders[funder]}: {problem}")
        if method and not pays and not self.errors:
            self.add_error("funder_1", "Choose who pays.")
        self.pays = pays
        return cleaned

    @property
    def said(self) -> dict:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "ends_on", "method", "reason")} | {
            "pays": self.pays
        }


def _figure(method: str, text: str) -> int | None:
    """What was typed of one funder, as its method means it. Raises ValueError with what to do."""
    if not text or method == Method.OWNER:
        return None
    if method == Method.FIXED:
        if not PERCENT.fullmatch(text):
            raise ValueError("enter a percentage with at most two places, like 50 or 33.33.")
        return int(Decimal(text) * 100)
    if method == Method.NEEDS_TOOL:
        if not SCORE.fullmatch(text):
            raise ValueError("enter the score of the tool, a whole number like 7.")
        return int(text)
    if not POUNDS.fullmatch(text):
        raise ValueError("enter pounds and pence a week, like 300 or 300.50, or leave it empty for the rest.")
    return int(Decimal(text) * 100)


class RulesForm(forms.Form):
    """What may change of a funder."""

    name = forms.CharField(
        label="What is it called?",
        max_length=120,
        error_messages={"required": "Enter its name."},
    )
    ends_on = DateField(
        AIMED_AT,
        label="Which is the last day that it pays for? (optional)",
        called="The last day",
        help_text="Eight weeks before, finance is asked who pays then. After it, the council pays.",
        required=False,
    )
    purpose = forms.CharField(label="What is it for? (optional)", widget=AREA, required=False, max_length=2000)
    conditions = forms.CharField(
        label="What may it be spent on, and what else does it ask? (optional)",
        widget=AREA,
        required=False,
        max_length=2000,
    )
    total_pence = PoundsField(
        label="How much is it in all? (optional)", called="The total", minimum_pence=1, required=False
    )

    field_order = ("kind", "name", "known_as", "means_tested", "starts_on", "ends_on", "total_pence")


class AddFunderForm(RulesForm):
    """A new funder."""

    kind = forms.ChoiceField(
        label="What kind of funder is it?",
        choices=[(kind.value, kind.label) for kind in FunderKind if kind != FunderKind.COUNCIL],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of funder it is."},
    )
    known_as = forms.CharField(
        label="By which code do the accounts know it?",
        max_length=20,
        error_messages={"required": "Enter its code."},
    )
    means_tested = YesNoField(
        label="May the person be charged for what it pays?",
        help_text="Never for what the NHS pays: section 117, continuing healthcare, funded nursing, health budgets.",
        error_messages={"required": "Say whether the person may be charged for what it pays."},
    )
    starts_on = DateField(
        AIMED_AT,
        label="Which is the first day that it pays for? (optional)",
        called="The first day",
        required=False,
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What was said, as the action takes it. A field called “code” is kept for secrets."""
        facts = dict(self.cleaned_data)
        return {"code": facts.pop("known_as"), **facts}


class ChangeFunderForm(RulesForm, WholeForm):
    """What changes of a funder."""


class MilestoneForm(forms.Form):
    """What a programme is to bring by a day."""

    due_on = DateField(AIMED_AT, label="By which day?", called="The day", error_messages={"required": "Enter the day."})
    aimed = forms.ChoiceField(
        label="What is there to be more of?",
        choices=Aimed.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what there is to be more of."},
    )
    people = forms.IntegerField(
        label="How many people?",
        min_value=1,
        max_value=10_000_000,
        error_messages={"required": "Enter how many people."},
    )
