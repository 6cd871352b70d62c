"""Reading visits and invoices: how each invoice stands, one with its lines beside what was done, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.planning.models import PlanLine, Way
from leeway.market.listings.models import Provider
from leeway.money.budgets.models import NotCharged
from leeway.money.invoices.bought import Bought, bought_from
from leeway.money.invoices.kinds import Finding, Result
from leeway.money.invoices.models import (
    Agreement,
    Allocation,
    Dispute,
    Invoice,
    InvoiceLine,
    ProviderColumns,
    Visit,
    VisitFile,
)
from leeway.money.invoices.states import State
from leeway.money.invoices.tables import Columns

LINES_SHOWN = 12
#: Which invoices a list shows, by the word in its address.
WHICH: dict[str, tuple[str, tuple[State, ...]]] = {
    "open": ("To compare and agree", (State.RECEIVED, State.MATCHED)),
    "argued": ("Argued", (State.DISPUTED,)),
    "agreed": ("Agreed", (State.AGREED,)),
    "withdrawn": ("Withdrawn", (State.WITHDRAWN,)),
}


@dataclass(frozen=True)
class Sums:
    """What an invoice comes to by what its lines were found to be."""

    due_pence: int
    by_finding: list[tuple[Finding, int, int]]

    @property
    def differing(self) -> int:
        """How many lines are not as delivered and agreed."""
        return sum(lines for finding, lines, _pence in self.by_finding if finding != Finding.FITS)


def providers_bought_from(*, seen_by: User) -> QuerySet[Provider]:
    """The providers that some managed account buys from, or that have billed or told of visits before."""
    check_can(seen_by, Capability.PAY)
    lines = PlanLine.objects.filter(way=Way.COUNCIL_MANAGED)
    of_plan = Exists(lines.filter(service__provider=OuterRef("pk")))
    told = Exists(Visit.objects.filter(provider=OuterRef("pk")))
    billed = Exists(Invoice.objects.filter(provider=OuterRef("pk")))
    return Provider.objects.filter(of_plan | told | billed).order_by("name", "pk")


def get_provider(provider_id: UUID, *, seen_by: User) -> Provider:
    """A provider, for whoever takes in its files."""
    check_can(seen_by, Capability.SETTLE_INVOICES)
    return Provider.objects.get(pk=provider_id)


def columns_of(provider: Provider, of: str, headings: Sequence[str]) -> Columns | None:
    """The columns of a provider's last table, where this one has them all; else they are asked for anew."""
    latest = ProviderColumns.objects.filter(provider=provider, of=of).first()
    if latest is None or not set(latest.headings.values()) <= set(headings):
        return None
    return Columns(latest.headings, latest.days)


def invoices(which: str, *, seen_by: User) -> QuerySet[Any]:
    """Invoices in some states with what is due of each: what is to be paid soonest first, settled ones the latest."""
    check_can(seen_by, Capability.PAY)
    found = Invoice.objects.filter(state__in=WHICH[which][1]).select_related("provider")
    found = found.annotate(due_pence=Sum("lines__due_pence"))
    return found.order_by(*(("due_on", "number") if which in ("open", "argued") else ("-received_on", "number")), "pk")


def counts(*, seen_by: User) -> dict[str, int]:
    """How many invoices each list has."""
    check_can(seen_by, Capability.PAY)
    by_state = dict(Invoice.objects.order_by().values_list("state").annotate(Count("pk")))
    return {which: sum(by_state.get(state, 0) for state in states) for which, (_label, states) in WHICH.items()}


def get_invoice(invoice_id: UUID, *, seen_by: User) -> Invoice:
    """An invoice, for whoever pays."""
    check_can(seen_by, Capability.PAY)
    people = ("provider", "entered_by", "matched_by", "agreed_by", "withdrawn_by")
    found = Invoice.objects.filter(pk=invoice_id).select_related(*people).first()
    if found is None:
        raise Http404("There is no such invoice.")
    return found


def sums_of(invoice: Invoice) -> Sums:
    """What an invoice that this user was already found to be allowed to see comes to."""
    rows = invoice.lines.order_by().values_list("finding").annotate(Count("pk"), Sum("claimed_pence"), Sum("due_pence"))
    said = {finding: (lines, claimed) for finding, lines, claimed, _due in rows}
    found = [(each, *said[each]) for each in Finding if each in said]
    return Sums(sum(due for _finding, _lines, _claimed, due in rows), found)


def lines_of(invoice: Invoice, *, differing: bool) -> QuerySet[InvoiceLine]:
    """The lines of an invoice beside what was visited and agreed, with what is argued; all, or those that differ."""
    beside = ("visit__allocation__line", "visit__allocation__case__person", "visit__allocation__settled_by")
    lines = invoice.lines.select_related(*beside).prefetch_related("disputes__answered_by")
    return lines.exclude(finding=Finding.FITS) if differing else lines


def less_charged(invoice: Invoice) -> list[NotCharged]:
    """What people whom an invoice bills for pay less, or again, of the weeks that it is for; a row for each change."""
    people = Allocation.objects.filter(case__isnull=False, visit__billed__invoice=invoice).order_by().values("case")
    weeks = NotCharged.objects.filter(
        funding__part__budget__case__in=people, starts_on__lte=invoice.ends_on, ends_on__gte=invoice.starts_on
    )
    person = "funding__part__budget__case__person"
    return list(weeks.select_related(person).order_by(f"{person}__family_name", "starts_on", "made_on", "pk"))


def note_looks(lines: Sequence[InvoiceLine], less: Sequence[NotCharged] = (), *, seen_by: User) -> None:
    """Whoever's visits, or what they pay, stand on a page counts as looked at."""
    cases = [line.visit.allocation.case for line in lines if line.visit]
    cases += [each.funding.part.budget.case for each in less]
    people = [case.person_id for case in cases if case]
    record_looks(viewer=seen_by, person_ids=people, page="Invoice of a provider")


def get_dispute(dispute_id: UUID, *, seen_by: User) -> Dispute:
    """What is argued about a line that is not settled yet, for whoever settles it."""
    check_can(seen_by, Capability.SETTLE_INVOICES)
    found = Dispute.objects.select_related("line__invoice__provider", "line__visit__allocation__case__person")
    dispute = found.filter(pk=dispute_id).first()
    if dispute is None:
        raise Http404("There is no such dispute.")
    return dispute


def waiting(*, seen_by: User) -> QuerySet[Visit]:
    """Visits that fit no agreed line yet, the earliest first: none is dropped."""
    check_can(seen_by, Capability.PAY)
    visits = Visit.objects.filter(allocation__result=Result.UNALLOCATED).select_related("provider", "allocation")
    return visits.order_by("day", "provider__name", "pk")


def files(*, seen_by: User) -> QuerySet[VisitFile]:
    """The files of visits that came in, the latest first."""
    check_can(seen_by, Capability.PAY)
    return VisitFile.objects.select_related("provider", "kept_by", "taken_back_by")


def get_file(file_id: UUID, *, seen_by: User) -> VisitFile:
    """A file of visits that stands, for whoever may take it back."""
    check_can(seen_by, Capability.SETTLE_INVOICES)
    found = VisitFile.objects.select_related("provider", "kept_by").filter(pk=file_id).first()
    if found is None:
        raise Http404("There is no such file.")
    return found


def get_visit(visit_id: UUID, *, seen_by: User) -> Any:
    """A visit with what it is matched to. Whoever it was with counts as looked at."""
    check_can(seen_by, Capability.PAY)
    beside = (
        "provider",
        "file",
        "entered_by",
        "allocation__line",
        "allocation__case__person",
        "allocation__settled_by",
    )
    agreed = Exists(Agreement.objects.filter(line__visit=OuterRef("pk")))
    found = Visit.objects.filter(pk=visit_id).select_related(*beside).annotate(is_agreed=agreed).first()
    if found is None:
        raise Http404("There is no such visit.")
    if found.allocation.case:
        record_looks(viewer=seen_by, person_ids=[found.allocation.case.person_id], page="Visit of a provider")
    return found


def lines_that_may_be_meant(visit: Visit, words: str, *, seen_by: User) -> list[Bought]:
    """The agreed lines to which a visit may belong: those of the likeliest people first, or of whom is looked for."""
    check_can(seen_by, Capability.SETTLE_INVOICES)
    bought = bought_from(visit.provider, visit.day, visit.day)
    said = (words or visit.name).casefold().split()
    scored = [(_alike(said, str(each.line.plan.case.person)), each) for each in bought]
    scored = [each for each in scored if each[0] > 0] if words else scored
    found = [each for _score, each in sorted(scored, key=lambda each: -each[0])][:LINES_SHOWN]
    people = [each.line.plan.case.person_id for each in found]
    record_looks(viewer=seen_by, person_ids=people, page="Whose visit it was")
    return found


def _alike(said: Sequence[str], name: str) -> int:
    words = name.casefold().split()
    return sum(any(word.startswith(part) for word in words) for part in said)


def billed_on(visit: Visit) -> InvoiceLine | None:
    """The line of an invoice that bills a visit; none yet."""
    return visit.billed.select_related("invoice").first()
