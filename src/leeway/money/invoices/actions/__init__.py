"""Every write about visits and invoices."""

from leeway.money.invoices.actions.agreeing import agree_invoice, answer_dispute, compare_invoice
from leeway.money.invoices.actions.charging import charge_everybody_as_delivered
from leeway.money.invoices.actions.matching import match_everybodys, match_visits
from leeway.money.invoices.actions.receiving import NewLine, receive_invoice, withdraw_invoice
from leeway.money.invoices.actions.taking_in import keep_visits, take_back_file, take_in_invoice
from leeway.money.invoices.actions.visiting import NewVisit, enter_visit, settle_visit

__all__ = [
    "NewLine",
    "NewVisit",
    "agree_invoice",
    "answer_dispute",
    "charge_everybody_as_delivered",
    "compare_invoice",
    "enter_visit",
    "keep_visits",
    "match_everybodys",
    "match_visits",
    "receive_invoice",
    "settle_visit",
    "take_back_file",
    "take_in_invoice",
    "withdraw_invoice",
]
