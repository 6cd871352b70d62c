"""What a plan costs a week, in whole pence, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leeway.care.planning.models import ORDINARY, ChosenWay, PlanLine, Way
from leeway.law.exemptions import PART_BY_CODE, FreePart
from leeway.law.numbers import ceil_div, floor_div, pounds, split
from leeway.market.units import Frequency
from leeway.market.weeks import a_week_rounded_up
from leeway.refusal import Refusal


@dataclass(frozen=True, slots=True)
class CostedLine:
    """One line of a plan as its cost came out, with why it is free if it is: what a personal budget keeps of it."""

    what: str
    way: str
    pence_per_week: int
    nhs_percent: int
    once_pence: int
    exemption: str = ORDINARY
    reablement_from: str | None = None
    reablement_until: str | None = None
    reablement_agreed_by: str = ""
    reablement_why: str = ""

    @property
    def nhs_pence(self) -> int:
        """The NHS share a week. The council takes the odd penny."""
        return floor_div(self.pence_per_week * self.nhs_percent, 100)

    @property
    def social_care_pence(self) -> int:
        """What is left a week for the person and the council to pay."""
        return self.pence_per_week - self.nhs_pence

    @property
    def is_said_free(self) -> bool:
        """Whether the line is said to be free by law."""
        return self.exemption in PART_BY_CODE


def costed_line(line: PlanLine) -> CostedLine:
    """Work out what one line costs, a week and once."""
    return CostedLine(
        line.what,
        line.way,
        weekly_pence(line),
        line.nhs_percent,
        once_pence(line),
        line.exemption,
        line.reablement_from.isoformat() if line.reablement_from else None,
        line.reablement_until.isoformat() if line.reablement_until else None,
        line.reablement_agreed_by,
        line.reablement_why,
    )


def weekly_pence(line: PlanLine) -> int:
    """What one line costs a week. Part of a penny is rounded up, so that the budget is enough."""
    hundredths = int(line.units * 100)
    return a_week_rounded_up(hundredths * line.unit_cost_pence, line.frequency, parts=100)


def once_pence(line: PlanLine) -> int:
    """What one line costs once, if it is a one-off; nought otherwise."""
    if line.frequency != Frequency.ONCE:
        return 0
    return ceil_div(int(line.units * 100) * line.unit_cost_pence, 100)


def nhs_pence(line: PlanLine) -> int:
    """The NHS share of a line a week."""
    return costed_line(line).nhs_pence


def totals(lines: list[PlanLine]) -> dict:
    """The plan's totals: a week, the NHS share, by way of holding, and one-off costs."""
    return totals_of([costed_line(line) for line in lines])


def totals_of(lines: Sequence[CostedLine]) -> dict:
    """The totals of lines whose costs are known."""
    ways = dict.fromkeys(Way.values, 0)
    for line in lines:
        if line.way:
            ways[line.way] += line.pence_per_week
    return {
        "pence_per_week": sum(line.pence_per_week for line in lines),
        "nhs_pence_per_week": sum(line.nhs_pence for line in lines),
        "ways": {way: pence for way, pence in ways.items() if pence},
        "once_pence": sum(line.once_pence for line in lines),
    }


def shares_of_final(costed: dict, final_pence: int) -> dict:
    """How a final amount a week falls on the ways of holding and on the NHS, when it may differ from the costed plan.

    Each grows or shrinks by the same proportion, and the parts add up to the penny. Raises Refusal where a plan that
    costs nothing a week is given an amount.
    """
    ways, nhs, whole = costed["ways"], costed["nhs_pence_per_week"], costed["pence_per_week"]
    if final_pence != whole and whole == 0:
        raise Refusal(
            "The plan has no weekly cost, so there is no way to hold a weekly amount. Return the plan and ask for "
            "a line that says what the money is for.",
            field="final_pence_per_week",
        )
    if final_pence != whole:
        ways = dict(zip(ways, split(final_pence, list(ways.values())), strict=True))
        nhs = split(final_pence, [nhs, whole - nhs])[0]
    return {"ways": ways, "nhs_pence_per_week": nhs, "social_care_pence_per_week": final_pence - nhs}


def free_parts(lines: Sequence[CostedLine], social_care_pence: int) -> tuple[FreePart, ...]:
    """The lines that are said to be free, as the charging rule takes them, each without what the NHS pays of it.

    A free line keeps its own cost where the budget is not what the plan costs: what was added or taken away is of the
    ordinary support. Only where the budget is smaller than the free lines together does each shrink in proportion.
    """
    said = [line for line in lines if line.is_said_free]
    costs = [line.social_care_pence for line in said]
    if sum(costs) > social_care_pence:
        costs = split(social_care_pence, costs)
    return tuple(free_part(line, pence) for line, pence in zip(said, costs, strict=True))


def free_part(line: CostedLine, pence_per_week: int) -> FreePart:
    """A line that is said to be free, as the charging rule takes it."""
    day = date.fromisoformat
    return FreePart(
        exemption=line.exemption,
        what=line.what,
        pence_per_week=pence_per_week,
        pence_once=line.once_pence,
        started_on=day(line.reablement_from) if line.reablement_from else None,
        agreed_until=day(line.reablement_until) if line.reablement_until else None,
        agreed_by=line.reablement_agreed_by,
        agreed_why=line.reablement_why,
    )


def free_ways(lines: Sequence[CostedLine], judged: Sequence[dict]) -> dict:
    """What nobody is charged for of each way of holding, so that the charge is never taken from it.

    `judged` are the free parts as a charge on these lines found them (`free_parts` of its result).
    """
    free = dict.fromkeys(Way.values, 0)
    said = [line for line in lines if line.is_said_free]
    for line, part in zip(said, judged, strict=True):
        if line.way and part["free"]:
            free[line.way] += part["pence_per_week"]
    return {way: pence for way, pence in free.items() if pence}


@dataclass(frozen=True, slots=True)
class ChargedDays:
    """What the person pays a week from a day on, until another such stretch of days begins."""

    starts_on: date
    charge_pence: int


def budget_result(
    *, costed: dict, final_pence: int, charged: Sequence[ChargedDays], indicative_pence: int | None
) -> dict:
    """The personal budget of section 26: what it costs, and what the person, the council and the NHS each pay of it.

    The three shares add up to the cost in every stretch of days, and so do the ways of holding. The person's charge
    is on the social care part alone, without what is free by law. Amounts are whole pence a week, but for the start-up
    amount, which is paid once. The shares that stand beside `stretches` are those of the first of them.
    """
    shares = shares_of_final(costed, final_pence)
    social_care, nhs = shares["social_care_pence_per_week"], shares["nhs_pence_per_week"]
    stretches = [
        {
            "starts_on": each.starts_on.isoformat(),
            "charge_pence_per_week": each.charge_pence,
            "council_pence_per_week": social_care - each.charge_pence,
        }
        for each in charged
    ]
    result = {
        "pence_per_week": final_pence,
        **stretches[0],
        "nhs_pence_per_week": nhs,
        "stretches": stretches,
        "ways": shares["ways"],
        "start_up_pence": costed["once_pence"],
        "costed_pence_per_week": costed["pence_per_week"],
        "indicative_pence_per_week": indicative_pence,
    }
    for each in stretches:
        paid = [each["charge_pence_per_week"], each["council_pence_per_week"], nhs]
        assert min(paid) >= 0, "nobody pays less than nothing"
        assert sum(paid) == final_pence, "the shares of a budget add up to its cost"
    days = [each.starts_on for each in charged]
    assert days == sorted(set(days)), "the stretches of a budget follow each other"
    assert sum(result["ways"].values()) == final_pence, "the ways of holding a budget add up to it"
    return result


def budget_steps(result: dict, lines: list[PlanLine], *, reason: str, manager: str) -> list[dict]:
    """The named steps of a personal budget, each number explained, in order."""
    act, url = "Care Act 2014", "https://www.legislation.gov.uk/ukpga/2014/23/section"
    plan = (f"{act} s25", f"{url}/25")
    statement = (f"{act} s26", f"{url}/26")
    charging = (f"{act} s14", f"{url}/14")
    final, costed, indicative = (result[f"{name}pence_per_week"] for name in ("", "costed_", "indicative_"))
    steps = [(line.what, weekly_pence(line), in_words(line), plan) for line in lines if weekly_pence(line)]
    steps.append(("What the plan costs", costed, "The lines of the plan, added up.", plan))
    if indicative is not None:
        said = "Where planning started from. It is a guide and never a limit."
        steps.append(("Indicative budget", indicative, said, statement))
    same = "The same as the plan costs." if final == costed else f"{manager} decided otherwise: {reason}"
    steps.append(("Personal budget", final, same, statement))
    nhs = "The part that the NHS pays, line by line. Nobody is charged for it."
    steps.append(("The NHS pays", result["nhs_pence_per_week"], nhs, statement))
    charge = "One charge over what can be charged for. How it was worked out is in the charge decision."
    council = "What is left of the personal budget after the other two shares."
    for each in result["stretches"]:
        day = date.fromisoformat(each["starts_on"])
        since = f" from {day:%-d %B %Y}" if len(result["stretches"]) > 1 else ""
        steps.append((f"The person pays{since}", each["charge_pence_per_week"], charge, charging))
        steps.append((f"The council pays{since}", each["council_pence_per_week"], council, statement))
    for way, pence in result["ways"].items():
        steps.append((ChosenWay(way).label, pence, "The part of the budget that is held in this way.", statement))
    steps.append(
        (
            "Paid once, to start",
            result["start_up_pence"],
            "The one-off lines of the plan: once, and not each week.",
            plan,
        )
    )
    return [
        {"name": name, "pence": pence, "sentence": sentence, "source": source[0], "source_url": source[1]}
        for name, pence, sentence, source in steps
    ]


def in_words(line: PlanLine) -> str:
    """How a line's cost comes about: “6 hours a week at £18.50”."""
    number = f"{line.units:f}".rstrip("0").rstrip(".") if "." in f"{line.units:f}" else f"{line.units:f}"
    unit = line.get_unit_display() + ("" if line.units == 1 else "s")
    return f"{number} {unit} {line.get_frequency_display()} at {pounds(line.unit_cost_pence)}"
