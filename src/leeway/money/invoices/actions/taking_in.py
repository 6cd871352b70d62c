"""Taking in a provider's file, of visits or of an invoice: all of it at once, or nothing; and the same file once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_cases, lock_provider
from leeway.care.people.models import Case
from leeway.days import HAPPENED, check_day
from leeway.market.listings.models import Provider
from leeway.money.invoices.actions.agreeing import compare_invoice
from leeway.money.invoices.actions.charging import charge_as_delivered
from leeway.money.invoices.actions.matching import AT_ONCE, allocations_of
from leeway.money.invoices.actions.receiving import NewLine, receive_invoice
from leeway.money.invoices.actions.visiting import SAME, NewVisit
from leeway.money.invoices.bought import lines_of
from leeway.money.invoices.comparing import in_words
from leeway.money.invoices.kinds import Because, Result, TableOf
from leeway.money.invoices.models import Allocation, Invoice, InvoiceLine, ProviderColumns, Visit, VisitFile
from leeway.money.invoices.states import State
from leeway.refusal import Refusal

KNOWN = "It is on record already."
#: What a visit is matched to once its file was taken back.
NOWHERE = {
    "result": Result.TAKEN_BACK, "because": Because.TAKEN_BACK, "line": None, "funding": None, "rate_pence": None,
    "minutes_paid": 0, "due_pence": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What was kept of a file of visits: how many were new, how many were left out, and how the new ones matched."""

    file: VisitFile
    new: int
    left_out: int
    results: Counter[str]


@transaction.atomic
def keep_visits(
    *,
    provider: Provider,
    name: str,
    sha256: str,
    rows: Sequence[tuple[int, NewVisit]],
    refused: Sequence[tuple[int, str]],
    headings: Mapping[str, str],
    days: str,
    by: User,
    on: date,
) -> Kept:
    """Keep the visits of a file, match them to what was agreed, and remember its columns for the next.

    Rows that were refused are kept with what is wrong; visits that are on record already are left out.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    lock_cases(Case.objects.filter(plans__lines__in=lines_of(provider).order_by().values("pk")))
    lock_provider(provider.pk)
    there = VisitFile.objects.filter(provider=provider, sha256=sha256, taken_back_on=None)
    same = there.select_related("kept_by").first()
    if same is not None:
        raise Refusal(
            f"This file is here already: {same.kept_by.name} took it in on {in_words(same.kept_on)} as “{same.name}”. "
            "Where it was read wrongly, take it back first, under Visits."
        )
    new, left_out = _sorted_out(provider, rows)
    left_out = sorted([*left_out, *refused])
    if not new:
        raise Refusal("There is no visit in this file that is not on record already. Nothing was kept.")
    first, last = min(each.day for _row, each in new), max(each.day for _row, each in new)
    check_day(first, HAPPENED, field="upload", what="The first day of the file", on=on)
    check_day(last, HAPPENED, field="upload", what="The last day of the file", on=on)
    file = VisitFile.objects.create(
        provider=provider,
        name=name,
        sha256=sha256,
        starts_on=first,
        ends_on=last,
        is_whole=not left_out,
        rows=len(new),
        left_out=[list(each) for each in left_out],
        kept_by=by,
        kept_on=on,
    )
    visits = [
        Visit(provider=provider, file=file, row=row, entered_by=by, entered_on=on, **asdict(each)) for row, each in new
    ]
    Visit.objects.bulk_create(visits, batch_size=AT_ONCE)
    allocations = allocations_of(visits)
    Allocation.objects.bulk_create(allocations, batch_size=AT_ONCE)
    remember_columns(provider, TableOf.VISITS, headings, days, by, on)
    charge_as_delivered({each.case_id for each in allocations if each.case_id}, on)
    return Kept(file, len(new), len(left_out), Counter(each.result for each in allocations))


@transaction.atomic
def take_back_file(*, file: VisitFile, reason: str, by: User, on: date) -> VisitFile:
    """Take back a file of visits that was read wrongly, whole: its visits count nowhere, and it can be taken in again.

    Refused once an invoice is agreed that bills one of them. What was compared with them is compared again, and what
    people pay is as if it had not come.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    ask = "Say what was wrong, such as which column was taken for another."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    of_file = Q(plans__lines__in=lines_of(file.provider).order_by().values("pk")) | Q(visits__visit__file=file)
    lock_cases(Case.objects.filter(of_file))
    lock_provider(file.provider_id)
    file = VisitFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=file.pk)
    if file.taken_back_on is not None:
        raise Refusal(f"This file was taken back already, on {in_words(file.taken_back_on)}.")
    billed = list(_billing(file))
    for invoice in billed:
        if invoice.state in (State.AGREED, State.DISPUTED):
            raise Refusal(
                f"{invoice} bills a visit of this file and is agreed, so the file stays. Settle what is wrong visit by "
                "visit, or take in a file of what is missing."
            )
    people = set(Allocation.objects.filter(visit__file=file, case__isnull=False).values_list("case", flat=True))
    Allocation.objects.filter(visit__file=file).update(**NOWHERE, why=f"Its file was taken back: {reason}")
    Visit.objects.filter(file=file).update(taken_back_on=on)
    file.taken_back_by, file.taken_back_on, file.taken_back_because = by, on, reason
    file.save(update_fields=["taken_back_by", "taken_back_on", "taken_back_because"])
    for invoice in billed:
        compare_invoice(invoice=invoice, by=by, on=on)
    charge_as_delivered(people, on)
    return file


def _billing(file: VisitFile) -> QuerySet[Invoice]:
    """The invoices that bill a visit of a file, as they stand until this is done."""
    lines = InvoiceLine.objects.filter(visit__file=file)
    return Invoice.objects.filter(pk__in=lines.values("invoice")).select_for_update(no_key=True).order_by("pk")


@transaction.atomic
def take_in_invoice(
    *,
    provider: Provider,
    number: str,
    issued_on: date,
    received_on: date,
    starts_on: date,
    ends_on: date,
    total_pence: int,
    rows: Sequence[tuple[int, NewLine]],
    refused: Sequence[tuple[int, str]],
    headings: Mapping[str, str],
    days: str,
    by: User,
    on: date,
) -> Invoice:
    """Take in an invoice with the lines of a file, all of them or none, and remember its columns for the next."""
    check_can(by, Capability.SETTLE_INVOICES)
    if refused:
        row, why = refused[0]
        raise Refusal(f"Row {row}: {why} An invoice is taken in whole: correct the file, or ask for another one.")
    invoice = receive_invoice(
        provider=provider,
        number=number,
        issued_on=issued_on,
        received_on=received_on,
        starts_on=starts_on,
        ends_on=ends_on,
        total_pence=total_pence,
        lines=[line for _row, line in rows],
        by=by,
        on=on,
    )
    remember_columns(provider, TableOf.INVOICE, headings, days, by, on)
    return invoice


def remember_columns(
    provider: Provider, of: TableOf, headings: Mapping[str, str], days: str, by: User, on: date
) -> None:
    """Have the columns of a provider's table offered for its next one, where they are not yet."""
    latest = ProviderColumns.objects.filter(provider=provider, of=of).first()
    if latest is None or (latest.headings, latest.days) != (dict(headings), days):
        ProviderColumns.objects.create(
            provider=provider,
            of=of,
            version=latest.version + 1 if latest else 1,
            headings=dict(headings),
            days=days,
            made_by=by,
            made_on=on,
        )


def _sorted_out(
    provider: Provider, rows: Sequence[tuple[int, NewVisit]]
) -> tuple[list[tuple[int, NewVisit]], list[tuple[int, str]]]:
    """The visits of a file that are new, and the rows of those that are not, each with why."""
    days = {each.day for _row, each in rows}
    there = Visit.objects.filter(provider=provider, taken_back_on=None)
    numbers = {each.reference for _row, each in rows} - {""}
    named = set(there.filter(reference__in=numbers).order_by().values_list("reference", flat=True))
    known = Counter(there.filter(day__in=days, reference="").order_by().values_list(*SAME))
    new, left_out, first = [], [], dict[str, int]()
    for row, each in rows:
        facts = tuple(getattr(each, name) for name in SAME)
        if each.reference in first:
            left_out.append((row, f"Its number is that of row {first[each.reference]} too."))
        elif each.reference in named or (not each.reference and known[facts]):
            left_out.append((row, KNOWN))
            known[facts] -= not each.reference
        else:
            new.append((row, each))
            if each.reference:
                first[each.reference] = row
    return new, left_out
