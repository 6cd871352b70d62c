"""A month of visits and its invoice is taken in, compared, agreed, argued and paid although every step is killed.

Each step is taken in a process of its own, killed after each statement that writes and once more after the commit, and
then taken again. No visit is kept or billed twice or lost, and the books balance throughout.
"""

from datetime import date

import pytest

from leeway.messages.models import Message
from leeway.money.budgets.models import NotCharged
from leeway.money.contributions.actions import let_fall_due
from leeway.money.invoices.models import Allocation, Dispute, Invoice, InvoiceLine, Owed, Visit, VisitFile
from leeway.money.ledger.models import Kind, Transfer
from leeway.money.ledger.queries import trial_balance
from leeway.money.payments.remittances import record_address
from leeway.money.proving import findings
from leeway.refusal import Refusal
from tests.money.invoices.agreed import paid_into
from tests.money.payments.broken_off import MONTH, ON, month, steps

pytestmark = pytest.mark.django_db(transaction=True)
#: What stands after each step: files, visits, what they are matched to, lines, the invoice, owed in pence, argued.
STANDS = {
    "visits": (1, 3, 3, 0, [], 0, 0),
    "invoice": (1, 3, 3, 3, ["received"], 0, 0),
    "compare": (1, 3, 3, 3, ["matched"], 0, 0),
    "agree": (1, 3, 3, 3, ["disputed"], 15_34, 2),
    "answer": (1, 3, 3, 3, ["disputed"], 15_34, 1),
}


def stands():
    counted = [model.objects.count() for model in (VisitFile, Visit, Allocation, InvoiceLine)]
    pence = sum(Owed.objects.values_list("pence", flat=True))
    states = list(Invoice.objects.values_list("state", flat=True))
    return (*counted, states, pence, Dispute.objects.filter(answered_on=None).count())


def kill_everywhere(player, step, before):
    """Kill a step after each statement that writes: nothing of it is left. The last time it goes through."""
    point, said = 1, player.play(step, 1)
    while said == "here":
        player.kill()
        assert (stands(), list(findings())) == (before, []), f"{step}, killed at {point}"
        point += 1
        said = player.play(step, point)
    assert said.startswith("through"), said
    player.ends()
    return point


def test_a_month_of_invoices_is_played_by_kill_and_resume(case, managed, provider, finn, fay, player):
    managed(case, starts_on=date(2026, 3, 2), charge_pence=50_00)
    let_fall_due(on=ON)
    paid_into(provider, finn, fay, on=ON)
    record_address(provider=provider, email="accounts@kindly.example", by=finn, on=ON)
    before = (0, 0, 0, 0, [], 0, 0)
    for step in MONTH:
        assert kill_everywhere(player, step, before) > 1, f"{step} writes"
        before = STANDS[step]
        assert (stands(), list(findings())) == (before, [])
        if step != "compare":  # which may be done again
            with pytest.raises(Refusal):
                month()[step]()
        assert stands() == before
    charged = NotCharged.objects.values_list("starts_on", "pence")
    assert list(charged) == [(date(2026, 3, 2), 50_00 - 15_34), (date(2026, 3, 9), 50_00)]
    for step in ("make", "approve", "send"):
        steps()[step]()
    arrived = Transfer.objects.filter(reason="payment_sent", credit__kind=Kind.OWED_TO_PROVIDER)
    assert [each.amount_pence for each in arrived] == [15_34] and sum(trial_balance().values()) == 0
    told = Message.objects.get(template="remittance").body
    assert "£15.34" in told and "£30.00" in told and "Bell" not in told
