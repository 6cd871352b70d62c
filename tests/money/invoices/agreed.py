"""An invoice that was agreed, and an account into which it is paid, for tests of paying it."""

from datetime import date, timedelta

from leeway.care.planning.models import Way
from leeway.market.listings.models import Provider
from leeway.money.budgets.actions import start_budget
from leeway.money.invoices.actions import (
    NewLine,
    NewVisit,
    agree_invoice,
    compare_invoice,
    enter_visit,
    receive_invoice,
    settle_visit,
)
from leeway.money.invoices.kinds import Happened
from leeway.money.payees.actions import approve_details, enter_provider_details
from leeway.money.payments.remittances import record_address

DAY, RECEIVED, AGREED = date(2026, 5, 4), date(2026, 5, 21), date(2026, 6, 1)


def agreed(provider, budget, by, *, pence=10_00, on=AGREED, **said):
    """An invoice of one visit to a person, of which so much is due; where it claims more, that is disputed."""
    invoice = compared(provider, budget, by, pence=pence, on=on, **said)
    return agree_invoice(invoice=invoice, seen_pence=pence, by=by, on=on)


def compared(
    provider, budget, by, *, number="INV-1", pence=10_00, claimed_pence=None, day=DAY, received_on=RECEIVED, on=AGREED
):
    """The same before anybody agreed it."""
    visit = enter_visit(
        provider=provider,
        new=NewVisit(
            day=day, happened=Happened.DELIVERED, reference=f"V-{number}", name="Ada Bell", planned_minutes=30,
            minutes=30,
        ),
        shown_by="Signed time sheet of the day", by=by, on=on,
    )  # fmt: skip
    line, why = budget.plan.lines.get(way=Way.COUNCIL_MANAGED), "Time sheet and plan agree"
    settle_visit(visit=visit, line=line, due_pence=pence, minutes_paid=30, reason=why, by=by, on=on)
    billed = claimed_pence or pence
    lines = [
        NewLine(
            day=day, claimed_pence=billed, visit_reference=f"V-{number}", person_reference="K-17", name="Ada Bell",
            minutes=30,
        )
    ]  # fmt: skip
    invoice = receive_invoice(
        provider=provider, number=number, issued_on=received_on - timedelta(days=1), received_on=received_on,
        starts_on=day, ends_on=day, total_pence=billed, lines=lines, by=by, on=on,
    )  # fmt: skip
    return compare_invoice(invoice=invoice, by=by, on=on)


def paid_into(provider, finn, fay, *, account_number="12345678", on=AGREED):
    """Bank details of a provider in use: Finn entered them, and Fay rang it up."""
    payee = enter_provider_details(
        provider=provider, account_name=provider.name, sort_code="12-34-56", account_number=account_number, by=finn,
        on=on,
    )  # fmt: skip
    return approve_details(
        payee=payee,
        call_number=payee.provider.services.values_list("phone", flat=True).first() or "01632 960500",
        call_known_from="Contract of 3 March 2025",
        call_spoke_to="Jo Marsh, accounts",
        shared_because="All of a test may share one",
        by=fay,
        on=on,
    )


def owed_early(case, agree, finn, fay, *, on):
    """What is owed to a provider of its own since before any run of a test: a visit of March, due on 19 April."""
    provider = Provider.objects.create(name="Meadow Care Ltd")
    plan = agree(case, (Way.COUNCIL_MANAGED, 100_00, 0), starts_on=date(2026, 3, 2), supplier=provider.name)
    budget = start_budget(plan=plan, by=finn, on=on)
    paid_into(provider, finn, fay, account_number="11112222", on=on)
    record_address(provider=provider, email="accounts@meadow.example", by=finn, on=on)
    days = {"day": date(2026, 3, 10), "received_on": date(2026, 3, 20)}
    return agreed(provider, budget, finn, number=f"M-{case.pk.hex[:8]}", on=on, **days).owed.get()


def compared_early(case, agree, finn, *, on):
    """What a provider of its own claims for a visit of March: £16, of which £10 is due and nobody has agreed it."""
    provider = Provider.objects.create(name="Moor Care Ltd")
    plan = agree(case, (Way.COUNCIL_MANAGED, 100_00, 0), starts_on=date(2026, 3, 2), supplier=provider.name)
    budget = start_budget(plan=plan, by=finn, on=on)
    facts = {"day": date(2026, 3, 10), "received_on": date(2026, 3, 20), "claimed_pence": 16_00}
    return compared(provider, budget, finn, number=f"C-{case.pk.hex[:8]}", on=on, **facts)
