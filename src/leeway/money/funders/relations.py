"""What must hold between who pays a line and what the plan says that the NHS pays of it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Sum

from leeway.money.budgets.models import Budget, Interim
from leeway.money.funders.charging import charged_too_much
from leeway.money.funders.models import Funder, Purse, Sharing
from leeway.money.funders.queries import PUT_IN_BY, attributed, not_charged
from leeway.money.ledger.histories import of_history
from leeway.money.ledger.models import Kind, Transfer
from leeway.money.ledger.relations import Relation

#: How many cases are divided at a time.
SOME = 1000


@dataclass(frozen=True)
class DividedAddsBack:
    """That what is said of lines and funders adds back to what each purse put in or promised, case by case.

    What the person was not asked for, since it was not delivered, is off both.
    """

    words: str = "Case {case}: {purse} put in {moved} pence, and by line and funder they are {divided}."

    def findings(self) -> Iterator[str]:
        """A sentence for each case and purse that does not add back."""
        cases = list(Budget.objects.order_by("case").values_list("case", flat=True).distinct())
        for place in range(0, len(cases), SOME):
            some = cases[place : place + SOME]
            moved, divided = _put_in(some), _divided(some)
            for case, purse in sorted(moved.keys() | divided.keys(), key=str):
                pence = moved[case, purse], divided[case, purse]
                if pence[0] != pence[1]:
                    yield self.words.format(case=case, purse=purse.label, moved=pence[0], divided=pence[1])


def _put_in(cases: Collection[UUID]) -> defaultdict[tuple[UUID, Purse], int]:
    """What each purse put in or promised of each case's budgets, less what went back: from the transfers alone.

    Money on account, before there is a budget, is of no line.
    """
    found: defaultdict[tuple[UUID, Purse], int] = defaultdict(int)
    of_budgets = Transfer.objects.order_by().exclude(about__in=Interim.objects.order_by().values("pk"))
    for purse, available, sign in (("credit", "debit", 1), ("debit", "credit", -1)):
        asked = {f"{purse}__kind__in": list(PUT_IN_BY), f"{available}__kind": Kind.AVAILABLE}
        rows = of_budgets.filter(**asked, **{f"{available}__case__in": cases})
        for case, kind, pence in rows.values_list(f"{available}__case", f"{purse}__kind").annotate(Sum("amount_pence")):
            found[case, PUT_IN_BY[kind]] += sign * pence
    for case, pence in not_charged(cases).items():
        found[case, Purse.PERSON] -= pence
    return found


def _divided(cases: Collection[UUID]) -> defaultdict[tuple[UUID, Purse], int]:
    """The same as it is divided by line and funder."""
    found: defaultdict[tuple[UUID, Purse], int] = defaultdict(int)
    for row in attributed(date.min, date.max, cases=cases):
        found[row.case_id, row.purse] += row.pence
    return found


@dataclass(frozen=True)
class ChargedForWhatMayBe:
    """That nobody is charged for money of which nobody is charged."""

    words: str = "Budget {budget} charges {charged} pence a week for line {line}, and only {may} may be charged for."

    def findings(self) -> Iterator[str]:
        """A sentence for each line of a budget of which too much is charged."""
        for found in charged_too_much():
            yield self.words.format(
                budget=found.budget_id, charged=found.charged_pence, line=found.line_id, may=found.chargeable_pence
            )


RELATIONS = (
    *of_history(Funder, "Funder"),
    *of_history(Sharing, "Sharing"),
    DividedAddsBack(),
    ChargedForWhatMayBe(),
    Relation(
        "Sharing {sharing} gives the NHS {given} hundredths of one percent, and its line gives it {percent} percent.",
        "SELECT s.id AS sharing, COALESCE(SUM(p.figure) FILTER (WHERE f.kind = 'nhs_body'), 0) AS given, "
        "l.nhs_percent AS percent FROM funders_sharing AS s JOIN planning_planline AS l ON l.id = s.line_id "
        "LEFT JOIN funders_portion AS p ON p.sharing_id = s.id LEFT JOIN funders_funder AS f ON f.id = p.funder_id "
        "WHERE s.method = 'fixed' GROUP BY s.id, l.nhs_percent "
        "HAVING COALESCE(SUM(p.figure) FILTER (WHERE f.kind = 'nhs_body'), 0) <> 100 * l.nhs_percent",
    ),
    Relation(
        "The shares of sharing {sharing} are {whole} hundredths of one percent together, and should be 10,000.",
        "SELECT s.id AS sharing, COALESCE(SUM(p.figure), 0) AS whole FROM funders_sharing AS s "
        "LEFT JOIN funders_portion AS p ON p.sharing_id = s.id WHERE s.method = 'fixed' "
        "GROUP BY s.id HAVING COALESCE(SUM(p.figure), 0) <> 10000",
    ),
    Relation(
        "Sharing {sharing} names no funder.",
        "SELECT s.id AS sharing FROM funders_sharing AS s LEFT JOIN funders_portion AS p ON p.sharing_id = s.id "
        "WHERE p.id IS NULL",
    ),
)
