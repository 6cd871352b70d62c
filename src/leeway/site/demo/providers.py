"""Providers' money: invoices agreed and paid with the runs, one that came back, one late, new bank details."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from functools import partial

from django.db.models import Max, Q

from leeway.access.models import User
from leeway.care.planning.models import PlanLine, Way
from leeway.market.listings.models import Provider
from leeway.money.banking.working_days import working_day_after, working_day_on_or_before
from leeway.money.budgets.models import Funding, InstalmentKind
from leeway.money.invoices import actions as invoices
from leeway.money.invoices.actions import NewLine, NewVisit
from leeway.money.invoices.kinds import Happened
from leeway.money.invoices.models import Allocation
from leeway.money.payees import actions as payees
from leeway.money.payees.models import NameCheck, PayeeAccount
from leeway.money.payments import owed, remittances
from leeway.money.payments.models import InvoiceHold, Payment
from leeway.money.payments.returning import return_payment
from leeway.money.payments.states import PaymentState
from leeway.site.demo.later import Happening
from leeway.site.demo.playing import Staff

MONTHS = 4
VISIT_PENCE, TOO_MUCH_PENCE, MORE_PENCE, MONTH_LINES = 24_00, 30_00, 3_00, 6
#: What became of a visit of the month that was not as planned: by line and by its place, and for how long.
WENT: dict[tuple[int, int], tuple[Happened, int | None]] = {
    (0, 1): (Happened.CUT_SHORT, 16),
    (0, 4): (Happened.MISSED, None),
    (1, 2): (Happened.CANCELLED_IN_TIME, None),
    (1, 5): (Happened.UNPLANNED, 30),
    (2, 3): (Happened.CANCELLED_LATE, None),
    (3, 0): (Happened.DELIVERED, 27),
}


def happenings(staff: Staff, pay_days: Sequence[date], today: date) -> list[Happening]:
    """What happens with the two providers that most managed accounts buy from, on the days before today."""
    bought = _bought(today)
    if len(bought) < 2 or len(pay_days) < 2:
        return []
    first, second = bought[0], bought[1]
    begins = working_day_on_or_before(pay_days[max(0, len(pay_days) - MONTHS)] - timedelta(days=30))
    told: list[Happening] = [(begins, partial(_set_up, each, staff, begins)) for each, _lines in (first, second)]
    for number, pay_on in enumerate(pay_days[-MONTHS:]):
        for place, (provider, lines) in enumerate([first, first, second] if number in (1, 2) else [first, first]):
            received_on = pay_on - timedelta(days=27 - place)
            name, argued = f"{received_on:%y%m}-{number}{place}", number == MONTHS - 2 and place == 1
            told.append(_agreed(staff, provider, lines, name, received_on, pay_on - timedelta(days=14), argued=argued))
    came_back = working_day_after(pay_days[-2]) + timedelta(days=2)
    told.append((came_back, partial(_send_back, second[0], staff, came_back)))
    told.append(_agreed(staff, *first, "late", today - timedelta(days=41), today - timedelta(days=1)))
    told.append(_agreed(staff, *first, "next", today - timedelta(days=27), today - timedelta(days=3)))
    told += _month(staff, *second, today)
    yesterday = today - timedelta(days=1)
    told.append((yesterday, partial(_write_of_a_change, second[0], staff, yesterday)))
    return [each for each in told if each[0] <= today]


def _bought(today: date) -> list[tuple[Provider, list[PlanLine]]]:
    """Providers with the lines of running managed accounts that buy from them, those with the most lines first."""
    lines = PlanLine.objects.filter(
        way=Way.COUNCIL_MANAGED,
        service__isnull=False,
        plan__budgets__ending=None,
        plan__budgets__starts_on__lt=today - timedelta(days=200),
        plan__case__person__date_of_death=None,
    )
    found: defaultdict[Provider, list[PlanLine]] = defaultdict(list)
    for line in lines.select_related("service__provider", "plan__case__person").order_by("pk"):
        if line.service is not None:
            found[line.service.provider].append(line)
    return sorted(found.items(), key=lambda each: (-len(each[1]), each[0].name))


def _set_up(provider: Provider, staff: Staff, on: date) -> None:
    """Bank details, which the second officer rang about, and where remittances go."""
    _approve(_enter(provider, "20112233", staff, on), staff, on)
    email = f"accounts@{provider.pk.hex}.example"
    remittances.record_address(provider=provider, email=email, by=staff.finance, on=on)


def _enter(provider: Provider, account_number: str, staff: Staff, on: date) -> PayeeAccount:
    return payees.enter_provider_details(
        provider=provider,
        account_name=provider.name,
        sort_code="40-00-02",
        account_number=f"{provider.pk.int % 10_000:04}{account_number[4:]}",
        name_check=NameCheck.MATCH,
        by=staff.finance,
        on=on,
    )


def _approve(payee: PayeeAccount, staff: Staff, on: date) -> None:
    assert payee.provider is not None
    known = payees.numbers_on_record(payee.provider, before=payee)
    payees.approve_details(
        payee=payee,
        call_number=known[0].number if known else "01632 960 480",
        call_known_from="" if known else "Contract of 3 March 2025, page 2",
        call_spoke_to="Jo Marsh, accounts",
        by=staff.second_finance,
        on=on,
    )


def _agreed(
    staff: Staff,
    provider: Provider,
    lines: Sequence[PlanLine],
    number: str,
    received_on: date,
    agreed_on: date,
    *,
    argued: bool = False,
) -> Happening:
    on = working_day_on_or_before(agreed_on)
    return on, partial(_agree, staff.finance, provider, lines, number, received_on, on, argued)


def _agree(
    finance: User,
    provider: Provider,
    all_lines: Sequence[PlanLine],
    number: str,
    received_on: date,
    on: date,
    argued: bool,
) -> None:
    """An invoice of a visit to each of two people, as delivered; where it is argued, the first bills too much."""
    day = received_on - timedelta(days=5)
    lines = [line for line in all_lines if _is_set_aside(line, day)][:2]
    if not lines:
        return
    for place, line in enumerate(lines):
        new = NewVisit(
            day=day,
            happened=Happened.DELIVERED,
            reference=f"V{number}{place}",
            name=str(line.plan.case.person),
            planned_minutes=60,
            minutes=60,
        )
        why = "The provider’s time sheet of the week, signed"
        visit = invoices.enter_visit(provider=provider, new=new, shown_by=why, by=finance, on=on)
        invoices.settle_visit(
            visit=visit, line=line, due_pence=VISIT_PENCE, minutes_paid=60, reason="As planned", by=finance, on=on
        )
    billed = list(_billed(lines, number, day, argued))
    invoice = invoices.receive_invoice(
        provider=provider,
        number=f"INV-{number}",
        issued_on=received_on - timedelta(days=1),
        received_on=received_on,
        starts_on=day,
        ends_on=day,
        total_pence=sum(line.claimed_pence for line in billed),
        lines=billed,
        by=finance,
        on=on,
    )
    invoices.compare_invoice(invoice=invoice, by=finance, on=on)
    invoices.agree_invoice(invoice=invoice, seen_pence=VISIT_PENCE * len(lines), by=finance, on=on)


def _month(staff: Staff, provider: Provider, lines: Sequence[PlanLine], today: date) -> list[Happening]:
    """Four weeks of a provider's visits as its file tells them, and its invoice for them, which waits for finance."""
    first = today - timedelta(days=today.weekday() + 35)
    days = [first + timedelta(days=place) for place in range(28)]
    came = working_day_on_or_before(today - timedelta(days=4))
    return [(came, partial(_take_in, staff.finance, provider, lines, days, came))] if came > days[-1] else []


def _visits(lines: Sequence[PlanLine], days: Sequence[date]) -> Iterator[NewVisit]:
    """A visit of each line on some days of the week, as many as are agreed, and what goes wrong in a month."""
    for place, line in enumerate(lines):
        name, number = str(line.plan.case.person), f"M{place}"
        for at, day in enumerate(day for day in days if day.weekday() in (place % 7, (place + 3) % 7)):
            happened, minutes = WENT.get((place, at), (Happened.DELIVERED, 30))
            yield NewVisit(
                day=day, happened=happened, reference=f"{number}-{at}", name=name, starts_at=time(8 + place, 15),
                planned_minutes=30, minutes=minutes,
            )  # fmt: skip
    yield NewVisit(
        day=days[9], happened=Happened.DELIVERED, reference="M-99", name="Mrs P. Harbour", starts_at=time(18, 30),
        planned_minutes=30, minutes=30,
    )  # fmt: skip


def _take_in(finance: User, provider: Provider, lines: Sequence[PlanLine], days: Sequence[date], on: date) -> None:
    there = [line for line in lines if _is_set_aside(line, days[0]) and _is_set_aside(line, days[-1])]
    visits = list(_visits(there[:MONTH_LINES], days))
    invoices.keep_visits(
        provider=provider, name="visits-of-four-weeks.csv", sha256="0" * 64, rows=list(enumerate(visits, start=2)),
        refused=[(len(visits) + 2, "What became of it is “See notes”, which is not known. Ask the provider.")],
        headings={"day": "Visit date", "name": "Client", "reference": "Visit ID", "happened": "Status",
                  "minutes": "Actual minutes", "planned_minutes": "Planned minutes", "started": "Actual start"},
        days="day first", by=finance, on=on,
    )  # fmt: skip
    priced = Allocation.objects.filter(visit__provider=provider, visit__reference__startswith="M")
    pence = priced.aggregate(most=Max("due_pence"))["most"] or VISIT_PENCE
    billed = [
        NewLine(
            day=each.day,
            claimed_pence=pence + MORE_PENCE * (each.reference == "M1-1"),
            visit_reference=each.reference,
            name=each.name,
            minutes=each.planned_minutes,
        )
        for each in visits
    ]
    invoice = invoices.receive_invoice(
        provider=provider,
        number=f"{on:%y%m}-0417",
        issued_on=on,
        received_on=on,
        starts_on=billed[0].day,
        ends_on=max(line.day for line in billed),
        total_pence=sum(line.claimed_pence for line in billed),
        lines=billed,
        by=finance,
        on=on,
    )
    invoices.compare_invoice(invoice=invoice, by=finance, on=on)


def _is_set_aside(line: PlanLine, day: date) -> bool:
    """Whether a line's managed account had money for a day, and had not ended."""
    of_day = Funding.objects.filter(
        Q(part__budget__ending=None) | Q(part__budget__ending__ends_on__gte=day),
        part__budget__plan=line.plan_id,
        part__way=Way.COUNCIL_MANAGED,
        kind=InstalmentKind.REGULAR,
        starts_on__lte=day,
        ends_on__gte=day,
    )
    return of_day.exists()


def _billed(lines: Sequence[PlanLine], number: str, day: date, argued: bool) -> Iterator[NewLine]:
    for place, line in enumerate(lines):
        pence = TOO_MUCH_PENCE if argued and place == 0 else VISIT_PENCE
        name = str(line.plan.case.person)
        yield NewLine(day=day, claimed_pence=pence, visit_reference=f"V{number}{place}", name=name, minutes=60)


def _send_back(provider: Provider, staff: Staff, on: date) -> None:
    """The bank sent a payment back, since the account is closed: the provider has a new one, and is paid again."""
    payment = Payment.objects.filter(provider=provider, state=PaymentState.ARRIVED).order_by("-run__number").first()
    if payment is None:
        return
    return_payment(payment=payment, reason="the account is closed", by=staff.finance, on=on)
    _approve(_enter(provider, "20445566", staff, on), staff, on)
    because = "Jo Marsh, accounts, gave the new account; it is approved"
    for held in InvoiceHold.objects.filter(owed__invoice__provider=provider, lifted_on=None):
        owed.pay_after_all(held=held, because=because, by=staff.finance, on=on)


def _write_of_a_change(provider: Provider, staff: Staff, on: date) -> None:
    """Somebody wrote that the provider's account has changed again. Nobody has rung yet."""
    _enter(provider, "20778899", staff, on)
