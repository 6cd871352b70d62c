"""A director's first page: what the year comes to, what changed budgets, who waits, and what asks for a decision.

It is of the whole council in sums. Nobody is named, and what could point to somebody is hidden.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leeway.access.models import Team, User
from leeway.care.planning.waiting import Wait
from leeway.insight.measures.suppression import nearest
from leeway.insight.pages.changed import SHORT, Row, not_behind, quarters, row
from leeway.insight.themes.models import HIGH
from leeway.insight.themes.queries import answers, risks, suggested
from leeway.law.changes import CAUSES
from leeway.law.numbers import pounds
from leeway.money.budgets.changes import budget_changes, summary
from leeway.money.figures.queries import YearAtAGlance, year_at_a_glance
from leeway.money.payments.waiting import middle_days
from leeway.period import Period
from leeway.site.team_waits import KINDS, LONG
from leeway.small_numbers import LEAST, hidden_parts
from leeway.split_bar import AMBER, INK, PALE, Share, split_bar

HIDDEN = "hidden"
NAMES = {"assessment": "An assessment", "plan": "A plan", "payment": "A first payment", "review": "A late review"}
COLOURS = (INK, AMBER, PALE)


@dataclass(frozen=True)
class ToLookAt:
    """One thing that asks for a director's judgement: in a sentence, and the page where it is done or told whole."""

    sentence: str
    page: str


def council_at_a_glance(user: User, today: date) -> dict:
    """What stands on a director's first page."""
    year = year_at_a_glance(seen_by=user, on=today)
    waits = {what: kind.still(today, user, None) for what, kind in KINDS.items()}
    teams = dict(Team.objects.order_by("name").values_list("pk", "name"))
    shares = [Share(who, pence, colour) for (who, pence), colour in zip(year.weeks.items(), COLOURS, strict=True)]
    return {
        "year": year,
        "paid": shares,
        "bar": split_bar(shares),
        "changed": _changed(user, today),
        "waits": {NAMES[what]: _in_all(found) for what, found in waits.items()},
        "teams": _by_team(waits, teams),
        "waited_for": NAMES,
        "long": LONG,
        "least": LEAST,
        "to_look_at": _to_look_at(user, today, year),
    }


def _changed(user: User, today: date) -> dict:
    """What changed budgets in the last four quarters, as one line by cause, without small numbers."""
    four = quarters(today)
    found = summary(budget_changes(Period(four[0].starts_on, today), seen_by=user))
    told: Row = row(found, "", "", whole=False)
    return {
        "since": four[0].starts_on,
        "any": bool(found.changes),
        "row": told,
        "causes": [(SHORT[cause], CAUSES[cause], pence) for cause, pence in told.causes.items()],
        "not_behind": not_behind(found, whole=False),
    }


def _in_all(waits: Sequence[Wait]) -> dict[str, str]:
    """Everybody who waits for one thing: how many, the middle one's days, and how many for more than half a year."""
    long = sum(each.days > LONG for each in waits)
    few = 0 < len(waits) < LEAST
    return {
        "Wait now": _count(len(waits)),
        "Days so far, the middle one": HIDDEN if few else "–" if not waits else f"{middle_days(waits):,}",
        "More than half a year": HIDDEN if few or 0 < len(waits) - long < LEAST else _count(long),
    }


def _count(number: int) -> str:
    return "none" if not number else f"fewer than {LEAST}" if number < LEAST else f"{nearest(number):,}"


def _by_team(waits: dict[str, Sequence[Wait]], teams: dict[int, str]) -> list[tuple[str, list[str]]]:
    """How many wait in each team, for each thing. The small are hidden, and so many more that none can be told."""
    columns = []
    for found in waits.values():
        counts = Counter(each.team for each in found)
        numbers = [counts[team] for team in teams]
        hidden = hidden_parts(numbers)
        columns.append([HIDDEN if place in hidden else _count(number) for place, number in enumerate(numbers)])
    return [(name, [column[place] for column in columns]) for place, name in enumerate(teams.values())]


def _to_look_at(user: User, today: date, year: YearAtAGlance) -> list[ToLookAt]:
    """What asks for a decision: the year, the register of risks, the themes."""
    found = []
    if year.over_pence is not None and year.over_pence > 0:
        words = f"The year is expected to come to {pounds(year.over_pence)} more than was planned."
        found.append(ToLookAt(words, "figures:home"))
    if year.unplanned:
        words = f"Nothing is planned this year for {', '.join(year.unplanned)}. Finance sets it in the books."
        found.append(ToLookAt(words, "figures:home"))
    open_ones = [entry for entry in risks(seen_by=user) if not entry.closed]
    found += [
        ToLookAt(f"A high risk ({entry.weight} of 25): {entry.name}. {entry.owner} answers for it.", "themes:risks")
        for entry in open_ones
        if entry.weight >= HIGH
    ]
    if overdue := sum(entry.review_on < today for entry in open_ones):
        words = f"{overdue} of {len(open_ones)} open risks should have been looked at again by now."
        found.append(ToLookAt(words, "themes:risks"))
    entered = {entry.name for entry in open_ones}
    found += [
        ToLookAt(f"Figures of today suggest a risk: {each.name}. {each.cause}", "themes:risks")
        for each in suggested(seen_by=user, on=today)
        if each.name not in entered
    ]
    given = answers(seen_by=user)
    if unanswered := sum(not each for each in given.values()):
        words = f"{unanswered} of the {len(given)} themes of how budgets are managed have no answer yet."
        found.append(ToLookAt(words, "themes:home"))
    return found
