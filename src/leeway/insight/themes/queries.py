"""Reading the themes with their answers, the risk register, and the risks that figures suggest. Nobody is named."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db.models import Q, QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.planning.models import Plan
from leeway.care.review.models import Review
from leeway.insight.pages.queries import latest_account, own_targets
from leeway.insight.themes.models import Answer, RiskEntry
from leeway.law.numbers import pounds
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import in_force
from leeway.money.budgets.models import Budget
from leeway.money.disputes.models import Dispute, Outcome
from leeway.money.funders.queries import ends_soon
from leeway.money.payments.lateness import late_payments
from leeway.money.pools.models import Pool
from leeway.period import year_to
from leeway.small_numbers import LEAST

#: A review that is so late may hide a need that changed.
REVIEW_LATE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the eight: what a good council could show, which figures answer it, and what Leeway cannot say."""

    code: str
    name: str
    good: tuple[str, ...]
    figures: tuple[str, ...]
    not_measured: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One of Leeway's own figures in a sentence, and the page that it comes from."""

    sentence: str
    page: str
    page_name: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A risk that a figure points to. Somebody judges whether it is one."""

    key: str
    name: str
    cause: str
    effect: str


@cache
def themes() -> dict[str, Theme]:
    """The eight themes by their codes."""
    read = yaml.safe_load((Path(__file__).parent / "themes.yaml").read_text(encoding="utf-8"))
    return {
        code: Theme(code, told["name"], *(tuple(told.get(part, ())) for part in ("good", "figures", "not_measured")))
        for code, told in read.items()
    }


def last_answer(theme: str) -> Answer | None:
    return Answer.objects.filter(theme=theme).order_by("-number").select_related("answered_by").first()


def answers(*, seen_by: User) -> dict[str, list[Answer]]:
    """Every answer by its theme, the latest first."""
    check_can(seen_by, Capability.ENTER_INSIGHT)
    found: dict[str, list[Answer]] = {code: [] for code in themes()}
    for answer in Answer.objects.select_related("answered_by").order_by("theme", "-number"):
        found.setdefault(answer.theme, []).append(answer)
    return found


def last_entry(risk: UUID) -> RiskEntry | None:
    return RiskEntry.objects.filter(risk=risk).order_by("-number").first()


def risks(*, seen_by: User) -> list[RiskEntry]:
    """Each risk as it stands: the heaviest first, and those that are closed last."""
    check_can(seen_by, Capability.ENTER_INSIGHT)
    found = RiskEntry.objects.order_by("risk", "-number").distinct("risk").select_related("entered_by")
    return sorted(found, key=lambda entry: (entry.closed, -entry.weight, entry.review_on, str(entry.risk)))


def history(risk: UUID, *, seen_by: User) -> QuerySet[RiskEntry]:
    """Every row of a risk, the latest first."""
    check_can(seen_by, Capability.ENTER_INSIGHT)
    return RiskEntry.objects.filter(risk=risk).order_by("-number").select_related("entered_by")


def figures(*, seen_by: User, on: date) -> dict[str, Figure]:
    """Leeway's own figures that bear on a theme, by their names: only those that it can say something of."""
    check_can(seen_by, Capability.ENTER_INSIGHT)
    found = {**_of_account(), **_of_plans(on), **_of_money(on)}
    overdue = _overdue(on)
    words = f"{_count(overdue)} reviews are more than {REVIEW_LATE.days} days overdue."
    found["reviews"] = Figure(words, "insight:own", "Our own records")
    if goals := own_targets():
        words = f"The council set {len(goals)} target{'' if len(goals) == 1 else 's'} of its own, each with an owner."
        found["targets"] = Figure(words, "insight:targets", "Targets")
    return found


def _of_account() -> dict[str, Figure]:
    """The figures of the published local account, in which small numbers are hidden already."""
    account = latest_account()
    if account is None:
        return {}
    since = f"on {account.as_at:%-d %B %Y}"
    return {
        row["measure"]: Figure(f"{row['name']}: {_value(row)} {since}.", "insight:account", "The local account")
        for row in account.figures
        if row["breakdown"] == "all" and not row["hidden"] and row["value"] is not None
    } | _gap(account.figures, since)


def _gap(rows: list[dict[str, Any]], since: str) -> dict[str, Figure]:
    """How far client groups lie apart in who holds a direct payment."""
    groups = [
        row for row in rows
        if row["measure"] == "ASCOF 3D(2a)" and row["breakdown"] == "client_group" and row["value"] is not None
    ]  # fmt: skip
    if len(groups) < 2:
        return {}
    low, high = (pick(groups, key=lambda row: row["value"]) for pick in (min, max))
    words = (
        f"Direct payments: {high['value']:.1f}% of people whose main reason is {high['group'].lower()}, and "
        f"{low['value']:.1f}% where it is {low['group'].lower()}, {since}."
    )
    return {"gap": Figure(words, "insight:account", "The local account")}


def _value(row: dict[str, Any]) -> str:
    if row["unit"] == "%":
        return f"{row['value']:.1f}%"
    if row["unit"].startswith("£"):
        return f"£{row['value']:,.2f}{row['unit'][1:]}"
    return f"{row['value']:g} {row['unit'].removesuffix('s') if row['value'] == 1 else row['unit']}"


def _of_plans(on: date) -> dict[str, Figure]:
    """How far what was signed off in a year lies above the estimate of the allocation table, and what that drew."""
    year = year_to(on)
    signed = Plan.objects.filter(final_budget__decided_on__range=(year.starts_on, year.ends_on)).values_list(
        "final_budget__result__pence_per_week", "final_budget__result__indicative_pence_per_week"
    )
    pairs = [(final, estimate) for final, estimate in signed if estimate is not None]
    if len(pairs) < LEAST:
        return {}
    above = [final - estimate for final, estimate in pairs if final > estimate]
    words = (
        f"Of {len(pairs):,} plans signed off in twelve months that had an estimate, {_count(len(above))} came out "
        f"above it{f', by {pounds(sum(above))} a week together' if len(above) >= LEAST else ''}."
    )
    return {"contingency": Figure(words, "allocation_table", "The allocation table")}


def _of_money(on: date) -> dict[str, Figure]:
    """What budgets commit, prices, pools, disputes and late payments."""
    runs = Budget.objects.filter(starts_on__lte=on).filter(Q(ending=None) | Q(ending__ends_on__gte=on))
    weeks = list(runs.filter(case__person__date_of_death=None).values_list("council_pence_per_week", flat=True))
    found = {}
    if len(weeks) >= LEAST:
        words = f"{len(weeks):,} budgets run today. They commit the council to {pounds(sum(weeks))} a week."
        found["committed"] = Figure(words, "figures:home", "The council’s books")
    prices = Rate.objects.filter(in_force(on)).values("service").distinct().count()
    found["prices"] = Figure(f"{prices:,} services have a price that is in force.", "directory:prices", "Prices")
    pools = Pool.objects.count()
    if pools:
        words = f"{pools} pooled fund{' is' if pools == 1 else 's are'} untangled to the line and the day."
        found["pools"] = Figure(words, "pools:home", "Pooled funds")
    open_ones = _open_disputes().count()
    words = f"{_count(open_ones)} disputes over who pays are open; the person is paid meanwhile."
    found["disputes"] = Figure(words, "disputes:home", "Disputes over who pays")
    late = late_payments(on).count()
    found["late"] = Figure(f"{_count(late)} payments are late today.", "payments:home", "Payments")
    return found


def _open_disputes() -> QuerySet[Dispute]:
    """Disputes that no outcome ended, or whose outcome was taken back."""
    return Dispute.objects.exclude(outcomes__in=Outcome.objects.filter(taken_back_on=None))


def _overdue(on: date) -> int:
    return Review.objects.filter(held_on=None, due_on__lt=on - REVIEW_LATE, case__closed_on=None).count()


def _count(number: int) -> str:
    """A count that points to nobody."""
    return "No" if number == 0 else f"Fewer than {LEAST}" if number < LEAST else f"{number:,}"


def suggested(*, seen_by: User, on: date) -> list[Suggested]:
    """Risks that figures of today point to. None is entered by itself."""
    check_can(seen_by, Capability.ENTER_INSIGHT)
    found = [
        Suggested(
            f"funder-{each.pk}",
            f"{each.name} ends",
            f"{each.name} pays for lines that go on, and its last day is {each.ends_on:%-d %B %Y}.",
            "The council would pay from that day on, or somebody’s support would lose its payer.",
        )
        for each in {soon.funder.pk: soon.funder for soon in ends_soon(on=on)}.values()
    ]
    if late_payments(on).exists():
        words = "Direct payments that nothing stops were not sent in time."
        found.append(Suggested("late", "Payments come late", words, "People cannot pay their assistants on the day."))
    if _overdue(on):
        words = f"Reviews are more than {REVIEW_LATE.days} days overdue."
        effect = "Needs that changed are not seen, and money is too much or too little for months."
        found.append(Suggested("reviews", "Reviews fall behind", words, effect))
    if _open_disputes().exists():
        words = "The council and the NHS do not agree on who pays, and the council pays meanwhile."
        found.append(
            Suggested("disputes", "Disputes with the NHS stay open", words, "Money lies out that may not return.")
        )
    return found
