"""What changed budgets, fit for who reads it: whole for those who may see whose they are, else no small numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from leeway.insight.measures.suppression import nearest, rounded_amount
from leeway.law.changes import CAUSES, Causes, in_words
from leeway.law.numbers import pounds
from leeway.money.budgets.changes import BudgetChange, Summary, summary
from leeway.period import Period
from leeway.small_numbers import LEAST, hidden_parts

HIDDEN = "hidden"
SHORT = {"need": "Need", "price": "Price", "policy": "Policy", "charge": "Charge", "others": "Other payers"}
MONTHS_A_QUARTER = 3
#: What the local account tells of it: each code with what is counted, of whom.
CODE = "budget-change"
COUNTED_NAMES = {
    f"{CODE}-up": "People for whom the council came to pay more a week",
    f"{CODE}-down": "People for whom the council came to pay less a week",
}
DEFINITION = (
    "Of everybody whose budget took the place of an earlier one in the twelve months: under another plan, or at "
    "another charge. Who began or ended is not in it. Need: support that began, ended, or is more or less, at the "
    "old price. Price: the same at the new price. Policy: what was signed off beside what the plan costs. Charge: "
    "what the person pays. Other payers: the NHS."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is of, and its figures in words. None of them where they are hidden."""

    name: str
    key: str
    told: Mapping[str, str] | None
    causes: Mapping[str, int | None]


def quarters(today: date) -> list[Period]:
    """The quarter of the year that runs, until today, and the three before it, the earliest first.

    >>> [f"{each.starts_on} {each.ends_on}" for each in quarters(date(2026, 5, 3))][::3]
    ['2025-07-01 2025-09-30', '2026-04-01 2026-05-03']
    """
    starts_on = date(today.year, today.month - (today.month - 1) % MONTHS_A_QUARTER, 1)
    found = [Period(starts_on, today)]
    for _quarter in range(3):
        ends_on = found[-1].starts_on - timedelta(days=1)
        found.append(Period(ends_on.replace(month=ends_on.month - MONTHS_A_QUARTER + 1, day=1), ends_on))
    return found[::-1]


def quarter_name(quarter: Period) -> str:
    """A quarter in words: “Apr to Jun 2026”."""
    last = (quarter.starts_on + timedelta(days=70)).replace(day=1)
    return f"{quarter.starts_on:%b} to {last:%b %Y}"


def rows_of(
    changes: Sequence[BudgetChange],
    names: Sequence[tuple[str, str]],
    key: Callable[[BudgetChange], str],
    *,
    whole: bool,
) -> list[Row]:
    """A line for each group. `names` has each group's key and name; `whole` where nothing is to be hidden."""
    groups = [summary([change for change in changes if key(change) == each]) for each, _ in names]
    gone = set() if whole else hidden_parts([group.people for group in groups])
    return [
        row(group, name, each, whole=whole, hidden=place in gone)
        for place, (group, (each, name)) in enumerate(zip(groups, names, strict=True))
    ]


def row(found: Summary, name: str, key: str, *, whole: bool, hidden: bool = False) -> Row:
    """One line: counts and amounts as they are, or rounded, with what is of fewer than five people hidden."""
    if hidden or (not whole and 0 < found.people < LEAST):
        return Row(name, key, None, dict.fromkeys(CAUSES))
    amount = (lambda pence, _people: pence) if whole else rounded
    count = (lambda number: number) if whole else nearest
    few = set() if whole else hidden_parts(list(found.people_by_cause.values()))
    causes = {
        cause: None if place in few else amount(pence, found.people_by_cause[cause])
        for place, (cause, pence) in enumerate(found.causes.by_cause())
    }
    same = found.people - found.up.people - found.down.people
    apart = whole or not any(0 < part < LEAST for part in (found.up.people, found.down.people, same))
    told = {"People": f"{count(found.people):,}", "Together": signed(amount(found.causes.total, found.people))}
    for words, moved in (("Up", found.up), ("Down", found.down)):
        middle = moved.middle_pence
        if middle is not None and not whole:
            middle = rounded(middle, LEAST)
        said = f"{count(moved.people):,}: {signed(amount(moved.pence, moved.people))}"
        told[words] = HIDDEN if not apart else "none" if middle is None else f"{said}, the middle one {signed(middle)}"
    return Row(name, key, told, causes)


def rounded(pence: int, people: int) -> int:
    """Round an amount to what it is for five average people, whichever way it goes."""
    return (-1 if pence < 0 else 1) * rounded_amount(abs(pence), people) if pence else 0


def signed(pence: int) -> str:
    """An amount with its sign: “+£12.00”."""
    return f"+{pounds(pence)}" if pence > 0 else pounds(pence)


def reductions(found: Summary, *, whole: bool) -> list[tuple[str, str, str]]:
    """What took the most from the budgets that went down: each cause, from how many people, and what it came to.

    A cause is hidden where it took the most from a few, and where it touched a few at all: its amount is theirs.
    """
    counts, touched = list(found.down_by.values()), list(found.down_people_by_cause.values())
    gone = set() if whole else hidden_parts(counts) | hidden_parts(touched)
    few = not whole and 0 < found.down.people < LEAST
    return [
        (
            CAUSES[cause],
            HIDDEN if few or place in gone else f"{counts[place] if whole else nearest(counts[place]):,}",
            HIDDEN if few or place in gone else signed(pence if whole else rounded(pence, touched[place])),
        )
        for place, (cause, pence) in enumerate(found.down_causes.by_cause())
    ]


def not_behind(found: Summary, *, whole: bool) -> str:
    """How often less support is planned although the estimate of the assessment did not fall, in a sentence."""
    less, without, rest = found.less_planned, found.less_without_less_need, found.less_with_less_need
    if not less.count:
        return "No new plan has less support in it than the one before."
    if not whole and any(0 < each.people < LEAST for each in (less, without, rest)):
        return "How often less is planned although the assessment’s estimate did not fall is hidden: too few people."
    said = [f"{each.count if whole else nearest(each.count):,}" for each in (less, without)]
    return (
        f"Less support is planned than before in {said[0]} new plans. In {said[1]} of them the assessment’s estimate "
        "had not fallen: the need that was assessed does not say why."
    )


def account_rows(changes: Sequence[BudgetChange], columns: Sequence[str], as_at: date) -> list[dict[str, Any]]:
    """What changed budgets in a year as rows of the local account: who went up and down, and the amounts by cause."""
    found = summary(changes)
    shown = row(found, "", "", whole=False)
    people = nearest(found.people)
    told: list[dict[str, Any]] = []

    def add(code: str, name: str, unit: str, numerator: int | None, value: float | None) -> None:
        hidden = "" if numerator is not None else "under 5" if found.people < LEAST else "so that others stay hidden"
        figures = {"numerator": numerator, "denominator": None if hidden else people, "unknown": None, "value": value}
        words = {"measure": code, "name": name, "breakdown": "all", "group": "all", "unit": unit, "hidden": hidden}
        filled = words | figures | {"definition": DEFINITION, "as_at": as_at.isoformat()}
        told.append({column: filled[column] for column in columns})

    apart = shown.told is not None and people > 0 and HIDDEN not in shown.told.values()
    for code, moved in zip(COUNTED_NAMES, (found.up, found.down), strict=True):
        count = nearest(moved.people) if apart else None
        add(code, COUNTED_NAMES[code], "%", count, None if count is None else round(100 * count / people, 1))
    whole = None if shown.told is None or not people else rounded(found.causes.total, found.people)
    amounts = {"": ("Change of what the council pays", whole)}
    amounts |= {f"-{cause}": (CAUSES[cause], pence if people else None) for cause, pence in shown.causes.items()}
    for code, (name, pence) in amounts.items():
        add(CODE + code, name, "£ a week", pence, None if pence is None else round(pence / people / 100, 2))
    return told


def account_sentences(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the rows of a local account say of it to a resident; nothing where the account is older than them."""
    known = {each["measure"]: each for each in rows if each["measure"].startswith(CODE)}
    if not known:
        return []
    whole = known[CODE]
    if whole["hidden"]:
        return ["So few budgets changed in the year that the reasons could point to somebody. They are not told."]
    parts = {cause: known[f"{CODE}-{cause}"]["numerator"] for cause in CAUSES}
    said = [f"In twelve months the budgets of about {whole['denominator']:,} people changed."]
    up, down = (known[code]["numerator"] for code in COUNTED_NAMES)
    if up is not None and down is not None:
        said.append(f"For about {up:,} of them the council came to pay more a week, for about {down:,} less.")
    told = in_words(Causes(**{cause: pence or 0 for cause, pence in parts.items()}), who="people pay")
    said.append(
        f"All together, the council pays about {pounds(abs(whole['numerator']))} a week "
        f"{'more' if whole['numerator'] > 0 else 'less'}{told[told.index(':') :] if ':' in told else '.'}"
    )
    if None in parts.values():
        said.append("What fewer than five people’s changes come to is left out.")
    return said
