"""Savings and property in the money check: a line is asked what its kind needs, and nothing else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from leeway.care.assessment.forms import LinesForm, text
from leeway.days import HAPPENED, PLANNED
from leeway.forms import DateField, PoundsField, YesNoField, ask_with
from leeway.law import Law
from leeway.law.capital import ASKED_OF, COSTS_TO_SELL, GIVEN_AWAY, IS_LAND, WEEKS
from leeway.law.inputs import MOST_PENCE
from leeway.law.means import CAPITAL, NOTIONAL, kinds, kinds_on
from leeway.law.numbers import pounds
from leeway.refusal import Refusal
from leeway.said import REASON, says_something

#: What is said where an answer is missing that the kind needs.
MISSING = {
    "debts_pence": "say what debts are secured on it, 0 if none.",
    "received_on": "say when it came, or when this began: it is left out for a time from then.",
    "longer_because": "say why it is left out for longer.",
    "share_pence": "say what their own share would fetch by itself: it may be far less than its part of the whole.",
    "valued_by": "say who valued the share, or what shows it.",
    "valued_on": "say when the share was valued.",
    "given_to": "say who has it now, or what it was spent on.",
    "given_on": "say when it was given or spent.",
    "their_reason": "write down why, in the person’s own words.",
    "to_avoid_charges": "say whether the council finds that avoiding charges was a significant motive.",
    "finding_because": "say why the council finds so.",
    "counted_from": "if it was one, say from which day it is in the charge: it falls each week from then.",
}
#: Words by which others must be able to follow what the council found.
REASONS = ("longer_because", "finding_because")
SHARE = ("share", "valued_by", "valued_on")
MOST_OWNERS = 100
#: The names of boxes, where they are not those under which their answers are kept.
BOXES = {"pence": "amount", "debts_pence": "debts", "share_pence": "share"}
OWNERS = [(1, "One"), *((number, str(number)) for number in range(2, MOST_OWNERS + 1))]
DAYS = ("received_on", "left_out_until", "valued_on", "given_on", "counted_from")


def to_mend(line: Mapping[str, Any], law: Law) -> dict[str, str]:
    """What is missing of a thing owned, or cannot be meant, by field: a sentence each."""
    found = {name: MISSING[name] for name in _missing(line, law)}
    for name in REASONS:
        if line.get(name) and not says_something(line[name], REASON):
            found[name] = f"{MISSING[name].rstrip('.')}, in a sentence that others can follow."
    given_on, counted_from = line.get("given_on"), line.get("counted_from")
    if given_on and counted_from and counted_from < given_on:
        found["counted_from"] = "it cannot be in the charge before it was given. Check both days."
    if line.get("share_pence", 0) > line.get("pence", MOST_PENCE):
        found["share_pence"] = "their share is worth more than the whole. Check both amounts."
    return found


def _missing(line: Mapping[str, Any], law: Law) -> list[str]:
    way = law[CAPITAL + line["kind"]]
    needed = ["debts_pence"] if way in COSTS_TO_SELL else []
    if way in WEEKS:
        needed.append("received_on")
    if "left_out_until" in line:
        needed.append("longer_because")
    if "share_pence" in line or (way in IS_LAND and line.get("owners", 1) > 1):
        needed += ["share_pence", "valued_by", "valued_on"]
    if way == NOTIONAL:
        needed += [*GIVEN_AWAY, *(["counted_from"] if line.get("to_avoid_charges") is not False else [])]
    return [name for name in needed if line.get(name) in (None, "")]


def check_owned(lines: list[dict], law: Law) -> None:
    """Refuse things owned of which something is not said that their kind needs."""
    for number, line in enumerate(lines, start=1):
        for sentence in to_mend(line, law).values():
            raise Refusal(f"Savings and property, line {number}: {sentence}")


class SavingsForm(LinesForm):
    """What the person owns: once a line says what it is, it is asked what that kind needs."""

    parts = ("kind", "amount", "owners")
    of_some = (
        *SHARE,
        "debts",
        "received_on",
        "left_out_until",
        "longer_because",
        "given_to",
        "given_on",
        "their_reason",
        "to_avoid_charges",
        "finding_because",
        "counted_from",
    )
    kept_as = {box: kept for kept, box in BOXES.items()}

    def __init__(self, *args, law: Law, **options):
        self.law = law
        initial = options.get("initial", {})
        options["initial"] = initial | {"lines": [_with_days(line) for line in initial.get("lines", [])]}
        super().__init__(*args, kinds=[(kind.code, kind.label) for kind in kinds_on(CAPITAL, law)], **options)

    def _typed(self, name: str, number: int) -> Any:
        lines = self.initial.get("lines", [])
        if self.is_bound:
            return self.data.get(f"{name}_{number}", "")
        return lines[number - 1].get(name, "") if number <= len(lines) else ""

    def line_fields(self, number: int) -> dict[str, forms.Field]:
        kind = self._typed("kind", number)
        way = self.law.values.get(CAPITAL + kind, "") if kind else ""
        help_text = kinds(CAPITAL)[kind].help if way else ""
        owners = forms.TypedChoiceField(label="Owned by", choices=OWNERS, coerce=int, empty_value=1, initial=1)
        ask_with(owners, {str(several): SHARE for several, _words in OWNERS[1:]})
        return {
            "kind": forms.ChoiceField(label="What is it?", choices=self.kinds, help_text=help_text),
            "amount": PoundsField(label="What would it fetch?" if "debts_pence" in ASKED_OF.get(way, ()) else "Amount"),
            "owners": owners,
        } | _fields_of_some()

    def asked_of(self, kind: str) -> tuple[str, ...]:
        way = self.law.values.get(CAPITAL + kind, "")
        return tuple(BOXES.get(name, name) for name in ASKED_OF.get(way, ()) if name != "weeks_since_received")

    def asked_of_line(self, number: int, cleaned: dict) -> tuple[str, ...]:
        asked = super().asked_of_line(number, cleaned)
        return (*asked, *(SHARE if cleaned.get(f"owners_{number}", 1) > 1 else ()))

    def line(self, number: int, cleaned: dict) -> dict:
        kept = {}
        for name in (*self.parts, *self.of_some):
            value = cleaned.get(f"{name}_{number}")
            if value not in (None, ""):
                kept[self.kept_as.get(name, name)] = value.isoformat() if isinstance(value, date) else value
        kept.setdefault("owners", 1)
        for name, sentence in to_mend(kept, self.law).items():
            box = f"{BOXES.get(name, name)}_{number}"
            if box not in self.errors:
                self.add_error(box, f"Line {number}: {sentence}")
        return kept

    def in_words(self) -> list[tuple[str, str]]:
        return [owned_in_words(line) for line in self.initial.get("lines", [])] or [("Lines", "None")]


def _fields_of_some() -> dict[str, forms.Field]:
    return {
        "share": PoundsField(
            label="What would their own share fetch?",
            help_text="Of land or a home, by itself. Of anything else only if the shares are not equal.",
            required=False,
        ),
        "valued_by": forms.CharField(label="Who valued it, or what shows it?", max_length=200, required=False),
        "valued_on": DateField(HAPPENED, label="When?", called="The day it was valued", required=False),
        "debts": PoundsField(label="Debts secured on it", help_text="0 if there are none.", required=False),
        "received_on": DateField(
            HAPPENED, label="When did it come, or this begin?", called="The day it came", required=False
        ),
        "left_out_until": DateField(
            PLANNED,
            label="Last day, if longer is reasonable",
            called="The last day",
            help_text="Only where the council finds that more than 26 weeks are needed.",
            required=False,
        ),
        "longer_because": forms.CharField(label="Why longer", max_length=500, required=False),
        "given_to": forms.CharField(label="Who has it now, or what was it spent on?", max_length=200, required=False),
        "given_on": DateField(
            HAPPENED, label="When was it given or spent?", called="The day it was given", required=False
        ),
        "their_reason": text("Why? In the person’s own words", longest=2000, required=False),
        "to_avoid_charges": YesNoField(
            label="Does the council find that avoiding charges was a significant motive?",
            help_text="Only if they could expect, at that time, to need care and to pay towards it.",
            required=False,
        ),
        "finding_because": text("Why does the council find so?", longest=2000, required=False),
        "counted_from": DateField(
            PLANNED,
            label="If so, from which day is it in the charge?",
            called="The first day in the charge",
            help_text="What is left of it then falls each week. In a new check, enter what is left and today.",
            required=False,
        ),
    }


def _with_days(line: Mapping[str, Any]) -> dict:
    return {
        name: date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
        for name, value in line.items()
    }


def owned_in_words(given: Mapping[str, Any]) -> tuple[str, str]:
    """One thing owned, and what was said of it, to be checked."""
    line = _with_days(given)
    said = [pounds(line["pence"])]
    if line.get("owners", 1) > 1:
        said.append(f"owned by {line['owners']}")
    if "share_pence" in line:
        said.append(f"own share {pounds(line['share_pence'])} ({line.get('valued_by')}, {_day(line.get('valued_on'))})")
    if line.get("debts_pence"):
        said.append(f"debts of {pounds(line['debts_pence'])} secured on it")
    if "received_on" in line:
        said.append(f"since {_day(line['received_on'])}")
    if "left_out_until" in line:
        said.append(f"left out until {_day(line['left_out_until'])}: {line.get('longer_because')}")
    if "given_to" in line:
        found = "a significant motive" if line.get("to_avoid_charges") else "no significant motive"
        said.append(
            f"given to {line['given_to']} on {_day(line.get('given_on'))}. In their words: "
            f"“{line.get('their_reason')}”. The council finds that avoiding charges was {found}: "
            f"{line.get('finding_because')}"
        )
    return kinds(CAPITAL)[line["kind"]].label, ", ".join(said)


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "no day"
