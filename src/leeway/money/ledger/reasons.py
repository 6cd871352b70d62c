"""Why money moves, and between which kinds of account it may: one table, of which the database makes its guard."""

from collections.abc import Mapping
from datetime import date

from django.db.models import TextChoices


class Kind(TextChoices):
    """What an account stands for. Where the money is, is which account holds it: there are no flags."""

    FUNDER_COUNCIL = "funder_council", "Council"
    FUNDER_NHS = "funder_nhs", "NHS"
    FUNDER_PERSON = "funder_person", "The person’s contribution"
    EXPECTED_NHS = "expected_nhs", "Promised by the NHS, for days to come"
    EXPECTED_PERSON = "expected_person", "Promised by the person, for days to come"
    OWED_BY_NHS = "owed_by_nhs", "Fallen due from the NHS, not received"
    OWED_BY_PERSON = "owed_by_person", "Fallen due from the person, not received"
    AVAILABLE = "available", "Available"
    COMMITTED = "committed", "Committed"
    CLEARING = "clearing", "On its way through the bank"
    HELD_BY_PERSON = "held_by_person", "Held by the person"
    HELD_BY_PROVIDER = "held_by_provider", "Held by a provider for the person"
    OWED_TO_PROVIDER = "owed_to_provider", "Owed to a provider"
    PAID_TO_PROVIDER = "paid_to_provider", "Paid to a provider"
    SPENT = "spent", "Spent"
    RECLAIMED = "reclaimed", "Reclaimed"


#: What money comes out of: these alone may have less than nothing in them.
GIVERS = frozenset(
    {
        Kind.FUNDER_COUNCIL,
        Kind.FUNDER_NHS,
        Kind.FUNDER_PERSON,
        Kind.EXPECTED_NHS,
        Kind.EXPECTED_PERSON,
        Kind.OWED_BY_NHS,
        Kind.OWED_BY_PERSON,
    }
)
#: There is one of these for the whole council.
SHARED = (Kind.FUNDER_COUNCIL, Kind.FUNDER_NHS, Kind.CLEARING)
#: Each provider has its own of these, for the whole council: its name is the id of the provider.
OF_A_PROVIDER = (Kind.OWED_TO_PROVIDER, Kind.PAID_TO_PROVIDER)
#: Each case has its own of these.
OF_A_CASE = (
    *sorted(GIVERS - {Kind.FUNDER_COUNCIL, Kind.FUNDER_NHS}),
    Kind.AVAILABLE,
    Kind.COMMITTED,
    Kind.HELD_BY_PERSON,
    Kind.HELD_BY_PROVIDER,
    Kind.SPENT,
    Kind.RECLAIMED,
)


class Reason(TextChoices):
    """Why money moved."""

    FUNDING = "funding", "Funding put in"
    PROMISED = "promised", "Share promised for days to come"
    FELL_DUE = "fell_due", "Share fell due"
    OPENING = "opening", "Owed since before, and billed elsewhere"
    RECEIVED = "received", "Share received"
    WRITTEN_OFF = "written_off", "Written off: the council bears it"
    REFUNDED = "refunded", "Paid back to the person"
    COMMITMENT = "commitment", "Set aside for what was agreed"
    PAID_BEFORE = "paid_before", "Paid before, for days of a later budget"
    PAYMENT_SENT = "payment_sent", "Payment sent to the bank"
    PAYMENT_ARRIVED = "payment_arrived", "Payment reached its account"
    PAYMENT_RETURNED = "payment_returned", "Payment came back"
    NOT_ARRIVED = "not_arrived", "Payment came back after all"
    DELIVERED = "delivered", "Owed to a provider for what it delivered"
    NOT_DELIVERED = "not_delivered", "Not owed to a provider after all"
    SPENT = "spent", "Spent on support"
    SPENT_UNDONE = "spent_undone", "Not spent after all"
    RECLAIMED = "reclaimed", "Given back to the council"
    RECLAIM_UNDONE = "reclaim_undone", "Not given back after all"
    RELEASE = "release", "No longer set aside"
    FUNDING_RETURNED = "funding_returned", "Funding no longer needed"
    NO_LONGER_DUE = "no_longer_due", "Share not due after all"
    NOT_CHARGED = "not_charged", "Not charged: it was not delivered"
    CHARGED_AGAIN = "charged_again", "Charged after all"
    RECHARGED = "recharged", "Recharged after a dispute over who pays"
    RECHARGE_UNDONE = "recharge_undone", "Not recharged after all"
    WRITE_OFF_UNDONE = "write_off_undone", "Not written off after all"
    REFUND_UNDONE = "refund_undone", "Not paid back after all"
    CORRECTION = "correction", "Correction of a mistake"


#: Reason → the accounts between which it moves money: (into, out of).
BETWEEN: Mapping[Reason, tuple[tuple[Kind, Kind], ...]] = {
    Reason.FUNDING: ((Kind.AVAILABLE, Kind.FUNDER_COUNCIL),),
    Reason.PROMISED: ((Kind.AVAILABLE, Kind.EXPECTED_NHS), (Kind.AVAILABLE, Kind.EXPECTED_PERSON)),
    Reason.FELL_DUE: ((Kind.EXPECTED_NHS, Kind.OWED_BY_NHS), (Kind.EXPECTED_PERSON, Kind.OWED_BY_PERSON)),
    Reason.OPENING: ((Kind.FUNDER_COUNCIL, Kind.OWED_BY_PERSON),),
    Reason.RECEIVED: ((Kind.OWED_BY_NHS, Kind.FUNDER_NHS), (Kind.OWED_BY_PERSON, Kind.FUNDER_PERSON)),
    Reason.RECHARGED: ((Kind.FUNDER_COUNCIL, Kind.OWED_BY_NHS), (Kind.OWED_BY_NHS, Kind.FUNDER_COUNCIL)),
    Reason.WRITTEN_OFF: ((Kind.OWED_BY_PERSON, Kind.FUNDER_COUNCIL),),
    Reason.REFUNDED: ((Kind.FUNDER_PERSON, Kind.OWED_BY_PERSON),),
    Reason.COMMITMENT: ((Kind.COMMITTED, Kind.AVAILABLE),),
    Reason.PAID_BEFORE: ((Kind.AVAILABLE, Kind.AVAILABLE),),
    Reason.PAYMENT_SENT: ((Kind.CLEARING, Kind.COMMITTED), (Kind.CLEARING, Kind.OWED_TO_PROVIDER)),
    Reason.PAYMENT_ARRIVED: (
        (Kind.HELD_BY_PERSON, Kind.CLEARING),
        (Kind.HELD_BY_PROVIDER, Kind.CLEARING),
        (Kind.PAID_TO_PROVIDER, Kind.CLEARING),
    ),
    Reason.DELIVERED: ((Kind.OWED_TO_PROVIDER, Kind.COMMITTED),),
    Reason.SPENT: ((Kind.SPENT, Kind.HELD_BY_PERSON), (Kind.SPENT, Kind.HELD_BY_PROVIDER)),
    Reason.RECLAIMED: ((Kind.RECLAIMED, Kind.HELD_BY_PERSON), (Kind.RECLAIMED, Kind.HELD_BY_PROVIDER)),
    Reason.NOT_CHARGED: ((Kind.OWED_BY_PERSON, Kind.COMMITTED),),
}
#: Reason → its reverse, which moves the money back between the same accounts and names what it corrects.
REVERSE: Mapping[Reason, Reason] = {
    Reason.FUNDING: Reason.FUNDING_RETURNED,
    Reason.PROMISED: Reason.FUNDING_RETURNED,
    Reason.FELL_DUE: Reason.NO_LONGER_DUE,
    Reason.RECEIVED: Reason.CORRECTION,
    Reason.RECHARGED: Reason.RECHARGE_UNDONE,
    Reason.WRITTEN_OFF: Reason.WRITE_OFF_UNDONE,
    Reason.REFUNDED: Reason.REFUND_UNDONE,
    Reason.COMMITMENT: Reason.RELEASE,
    Reason.PAYMENT_SENT: Reason.PAYMENT_RETURNED,
    Reason.PAYMENT_ARRIVED: Reason.NOT_ARRIVED,
    Reason.DELIVERED: Reason.NOT_DELIVERED,
    Reason.SPENT: Reason.SPENT_UNDONE,
    Reason.RECLAIMED: Reason.RECLAIM_UNDONE,
    Reason.NOT_CHARGED: Reason.CHARGED_AGAIN,
}
#: What happens by the calendar, or follows from what was recorded, and is made by nobody.
BY_ITSELF = (
    Reason.FELL_DUE, Reason.RECHARGED, Reason.NOT_CHARGED, Reason.CHARGED_AGAIN, Reason.SPENT, Reason.SPENT_UNDONE,
)  # fmt: skip
FIRST_DAY = date(2015, 4, 1)  # the Care Act's
DAYS_AHEAD_MOST = 366


def _rows() -> str:
    """The table as SQL has it: reason, into, out of, and the reason of what is corrected."""
    rows = [(reason, into, out_of, "") for reason, pairs in BETWEEN.items() for into, out_of in pairs]
    rows += [(back, out_of, into, reason) for reason, back in REVERSE.items() for into, out_of in BETWEEN[reason]]
    return ", ".join(f"({', '.join(f"'{word}'" for word in row)})" for row in rows)


#: For SQL that has transfers as `moved`: the rows that its conditions speak of.
JOINED = """
    LEFT JOIN ledger_account AS debit ON debit.id = moved.debit_id
    LEFT JOIN ledger_account AS credit ON credit.id = moved.credit_id
    LEFT JOIN ledger_transfer AS original ON original.id = moved.corrects_id
"""
#: The same for the guard, row by row: its plan is kept for a session, and must do for one transfer and for 20,000.
LOOKED_UP = """
    LEFT JOIN LATERAL (SELECT * FROM ledger_account WHERE id = moved.debit_id OFFSET 0) AS debit ON TRUE
    LEFT JOIN LATERAL (SELECT * FROM ledger_account WHERE id = moved.credit_id OFFSET 0) AS credit ON TRUE
    LEFT JOIN LATERAL (
        SELECT * FROM ledger_transfer WHERE moved.corrects_id IS NOT NULL AND id = moved.corrects_id OFFSET 0
    ) AS original ON TRUE
"""
#: What no transfer may be: the sentence about it, and the condition under which it is so.
NEVER: Mapping[str, str] = {
    "moves money between accounts that its reason does not allow": f"""
        COALESCE((moved.reason, debit.kind, credit.kind, COALESCE(original.reason, '')) NOT IN (VALUES {_rows()}), TRUE)
    """,
    "moves money between two cases or two budgets": f"""
        debit.case_id <> credit.case_id
        OR (debit.case_id = credit.case_id AND moved.reason <> '{Reason.PAID_BEFORE}'
            AND debit.name <> '' AND credit.name <> '' AND debit.name <> credit.name)
    """,
    "counts on a day before the Care Act or more than a year after it was made": f"""
        moved.effective_date < DATE '{FIRST_DAY}'
        OR moved.effective_date > (moved.made_at AT TIME ZONE 'UTC')::date + {DAYS_AHEAD_MOST}
    """,
    "sends an instalment again that did not come back": f"""
        COALESCE(moved.sending, 1) > 1 AND moved.sending > 1 + (
            SELECT count(*) FROM ledger_transfer AS back
             WHERE back.about = moved.about AND back.reason = '{Reason.PAYMENT_RETURNED}')
    """,
    "gives back a part of a payment, which comes back whole or not at all": f"""
        moved.reason = '{Reason.PAYMENT_RETURNED}' AND moved.amount_pence <> original.amount_pence
    """,
}


def guard() -> str:
    """What the database asks of all transfers that one statement adds (as `added`), before it keeps them.

    It reads them all for one refusal: with LIMIT the planner takes it that one comes at once, and plans for that.
    """
    cases = " ".join(f"WHEN {condition} THEN 'A transfer {words}.'" for words, condition in NEVER.items())
    return f"""
        SELECT min(told.refusal) INTO refusal FROM (
            SELECT CASE {cases} END AS refusal FROM added AS moved {LOOKED_UP}
        ) AS told;
        IF refusal IS NOT NULL THEN RAISE EXCEPTION '%', refusal; END IF;
        RETURN NULL;
    """
