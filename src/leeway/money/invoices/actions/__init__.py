"""Every write about visits and invoices."""

from leeway.money.invoices.actions.agreeing import agree_invoice, answer_dispute, compare_invoice
from leeway.money.invoices.actions.receiving import NewLine, receive_invoice, withdraw_invoice
from leeway.money.invoices.actions.visiting import NewVisit, enter_visit, settle_visit

__all__ = [
    "NewLine",
    "NewVisit",
    "agree_invoice",
    "answer_dispute",
    "compare_invoice",
    "enter_visit",
    "receive_invoice",
    "settle_visit",
    "withdraw_invoice",
]
