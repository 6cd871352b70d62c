"""Whoever owns the database bends what a provider is owed or was paid: each try is found, and named, by `verify`."""

import pytest

from leeway.money.payments import owed
from leeway.money.payments.making import make_run
from leeway.money.payments.models import InvoiceHoldKind
from leeway.money.statements.queries import findings
from tests.money.invoices.agreed import AGREED, agreed, paid_into
from tests.money.payments.test_tampering import FROZEN, bend

PAY_DAY = AGREED.replace(day=15)


@pytest.fixture
def paid_once(case, managed, provider, finn, fay, paid):
    """One invoice was paid and another came back, into an account that the provider was rung about; a third waits."""
    budget = managed(case)
    paid_into(provider, finn, fay)
    for number in ("INV-1", "INV-2"):
        agreed(provider, budget, finn, number=number)
    paid(make_run(pay_on=PAY_DAY, by=finn, on=AGREED), AGREED, returned={2: "account closed"})
    third = agreed(provider, budget, finn, number="INV-3").owed.get()
    kind, why = InvoiceHoldKind.QUERIED, "Two visits may be one"
    owed.hold_back(owed=third, kind=kind, reason=why, by=finn, on=AGREED)
    assert list(findings()) == []


ONE = "(SELECT id FROM payments_payment WHERE place = 1)"
TRIES = {
    "its amount raised in the payment": (
        ["UPDATE payments_payment SET amount_pence = amount_pence + 5 WHERE place = 1"],
        [FROZEN, "is of 1005 pence, and its instalment of 1000 pence"],
    ),
    "raised wherever a payment and its transfers have it": (
        [
            "UPDATE payments_payment SET amount_pence = 1005 WHERE place = 1",
            "UPDATE ledger_transfer SET amount_pence = 1005 WHERE reason IN ('payment_sent', 'payment_arrived')",
            "UPDATE payments_paymentrun SET total_pence = 2005",
            "UPDATE invoices_owed SET pence = 1005",
        ],
        [FROZEN, "What had been decided when payment", "1005 pence are owed as"],
    ),
    "given to another provider": (
        ["INSERT INTO listings_provider (id, name, source) VALUES (gen_random_uuid(), 'Another', 'council')",
         "UPDATE payments_payment SET provider_id = (SELECT id FROM listings_provider WHERE name = 'Another')"],
        [FROZEN, "says of the provider something else"],
    ),
    "its invoice given to another provider": (
        ["INSERT INTO listings_provider (id, name, source) VALUES (gen_random_uuid(), 'Another', 'council')",
         "UPDATE invoices_invoice SET provider_id = (SELECT id FROM listings_provider WHERE name = 'Another')"],
        ["stands in accounts that are not its provider’s", "of another case or provider"],
    ),
    "paid into an account about which nobody rang": (
        ["ALTER TABLE payees_payeeaccount DROP CONSTRAINT payee_provider_was_rung_up",
         "UPDATE payees_payeeaccount SET call_number = '', call_spoke_to = ''"],
        ["about which nobody rang the provider", "something else than its history"],
    ),
    "the account of the provider changed": (
        ["UPDATE payees_payeeaccount SET account_number = '66666666'"],
        ["are not those that were entered", "says of the account something else"],
    ),
    "paid twice": (
        ["ALTER TABLE payments_payment DROP CONSTRAINT payment_returned_for_a_reason",
         "DROP INDEX payment_pays_what_is_owed_once",
         "UPDATE payments_payment SET owed_id = (SELECT owed_id FROM payments_payment WHERE place = 1)"],
        [FROZEN],
    ),
    "never sent in the ledger": (
        [f"DELETE FROM ledger_transfer WHERE about = (SELECT owed_id FROM payments_payment WHERE id = {ONE})"],
        ["has no transfer “Payment sent to the bank” of 1000 pence", "the ledger does not have it where"],
    ),
    "arrived at another provider": (
        ["INSERT INTO ledger_account (id, kind, name, currency) VALUES "
         "(gen_random_uuid(), 'paid_to_provider', gen_random_uuid()::text, 'GBP')",
         "UPDATE ledger_transfer SET debit_id = (SELECT id FROM ledger_account WHERE kind = 'paid_to_provider' "
         "ORDER BY id = debit_id LIMIT 1) WHERE reason = 'payment_arrived'"],
        ["the ledger does not have it where its part of the budget is paid into"],
    ),
    "what came back made good in the row alone": (
        ["ALTER TABLE payments_payment DROP CONSTRAINT payment_returned_for_a_reason",
         "UPDATE payments_payment SET state = 'arrived' WHERE place = 2"],
        ["0 payments of instalment", "has no transfer “Payment sent to the bank”"],
    ),
    "an agreement taken away": (
        ["DELETE FROM invoices_agreement WHERE owed_id = (SELECT owed_id FROM payments_payment WHERE place = 1)"],
        ["1000 pence are owed as"],
    ),
    "what was held back let go by nobody": (
        ["UPDATE payments_invoicehold SET reason = 'Nothing'"],
        ["What was held back of an invoice", "says of reason something else than its history"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "sentences"), TRIES.values(), ids=TRIES.keys())
def test_what_was_bent_is_found(paid_once, statements, sentences):
    bend(*statements)
    found = "\n".join(findings())
    for sentence in sentences:
        assert sentence in found, found
