"""What must hold between bills and the ledger, and between what may end and its history."""

from leeway.money.bills.models import BreathingSpace, Pause, PaymentPlan
from leeway.money.ledger.histories import of_history
from leeway.money.ledger.relations import Relation

#: Every movement of what people owe: more owed is positive.
MOVED = """
    SELECT t.id, a.case_id, t.reason,
           CASE WHEN t.credit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END AS pence
      FROM ledger_account AS a JOIN ledger_transfer AS t ON t.credit_id = a.id OR t.debit_id = a.id
     WHERE a.kind = 'owed_by_person'
"""
CHARGED = "reason IN ('fell_due', 'no_longer_due', 'opening', 'not_charged', 'charged_again')"
RECEIVED = "reason IN ('received', 'correction')"
#: What the digest of a bill is of, in SQL; `actions.making` writes the same.
DIGEST = """
    encode(sha256(convert_to(concat_ws('|', b.number, b.case_id, b.period_starts_on, b.period_ends_on, b.made_on,
        b.earlier_pence, b.charged_pence, b.received_pence, b.settled_pence, b.to_pay_pence) || COALESCE((
        SELECT string_agg(E'\\n' || concat_ws('|', l.place, l.kind, l.way, l.starts_on, l.ends_on, l.weekly_pence,
            l.amount_pence, l.words), '' ORDER BY l.place) FROM bills_billline AS l WHERE l.bill_id = b.id
    ), ''), 'UTF8')), 'hex')
"""

RELATIONS = (
    *of_history(Pause, "Pause"),
    *of_history(BreathingSpace, "Breathing space"),
    *of_history(PaymentPlan, "Payment plan"),
    Relation(
        "Bill {number} says {said} pence {what}, and the ledger has {moved}.",
        f"WITH moved AS ({MOVED}), of_bill AS (SELECT x.bill_id, "
        f"COALESCE(SUM(pence) FILTER (WHERE {CHARGED}), 0) AS charged, "
        f"COALESCE(-SUM(pence) FILTER (WHERE {RECEIVED}), 0) AS received, "
        f"COALESCE(-SUM(pence) FILTER (WHERE NOT {CHARGED} AND NOT {RECEIVED}), 0) AS settled "
        "FROM bills_billed AS x JOIN moved ON moved.id = x.transfer_id GROUP BY x.bill_id) "
        "SELECT b.number, facts.what, facts.said, facts.moved FROM bills_bill AS b "
        "LEFT JOIN of_bill AS o ON o.bill_id = b.id CROSS JOIN LATERAL (VALUES "
        "('charged', b.charged_pence, COALESCE(o.charged, 0)), ('received', b.received_pence, COALESCE(o.received, 0)),"
        "('settled', b.settled_pence, COALESCE(o.settled, 0))) AS facts (what, said, moved) "
        "WHERE facts.said <> facts.moved",
    ),
    Relation(
        "The lines of bill {number} come to {lines} pence, and it charges {said}.",
        "SELECT b.number, b.charged_pence AS said, COALESCE(SUM(l.amount_pence), 0) AS lines FROM bills_bill AS b "
        "LEFT JOIN bills_billline AS l ON l.bill_id = b.id GROUP BY b.id "
        "HAVING b.charged_pence <> COALESCE(SUM(l.amount_pence), 0)",
    ),
    Relation(
        "Line {place} of bill {number} is of {said} pence, and the ledger has {moved} for it.",
        f"WITH moved AS ({MOVED}) SELECT b.number, l.place, l.amount_pence AS said, COALESCE(SUM(moved.pence), 0) "
        "AS moved FROM bills_billline AS l JOIN bills_bill AS b ON b.id = l.bill_id "
        "LEFT JOIN bills_billed AS x ON x.line_id = l.id LEFT JOIN moved ON moved.id = x.transfer_id "
        f"AND moved.{CHARGED} GROUP BY b.number, l.id HAVING l.amount_pence <> COALESCE(SUM(moved.pence), 0)",
    ),
    Relation(
        "Bill {number} begins with {said} pence, and the one before it ended with {before}.",
        "SELECT number, earlier_pence AS said, before FROM (SELECT b.*, COALESCE(LAG(to_pay_pence) OVER ("
        "PARTITION BY case_id ORDER BY number), 0) AS before FROM bills_bill AS b) AS b WHERE earlier_pence <> before",
    ),
    Relation(
        "Bill {number} has a movement of somebody else, or of an account that is not of what is owed.",
        f"WITH moved AS ({MOVED}) SELECT DISTINCT b.number FROM bills_billed AS x JOIN bills_bill AS b "
        "ON b.id = x.bill_id LEFT JOIN moved ON moved.id = x.transfer_id "
        "WHERE moved.case_id IS DISTINCT FROM b.case_id",
    ),
    Relation(
        "Bill {number} is not as it was made: its digest does not fit.",
        f"SELECT b.number FROM bills_bill AS b WHERE b.digest <> {DIGEST}",
    ),
    Relation(
        "Bill {number} was sent, or reminded of, in a breathing space.",
        "SELECT DISTINCT b.number FROM bills_bill AS b JOIN ("
        " SELECT bill_id, sent_on FROM bills_sending UNION ALL SELECT bill_id, sent_on FROM bills_reminder"
        ") AS sent ON sent.bill_id = b.id JOIN bills_breathingspace AS s ON s.case_id = b.case_id "
        "AND sent.sent_on BETWEEN GREATEST(s.starts_on, s.told_on + 1) AND COALESCE(s.ends_on, sent.sent_on)",
    ),
    Relation(
        "Bill {number} was late when it was sent, and nothing says why.",
        "SELECT b.number FROM bills_bill AS b JOIN bills_sending AS s ON s.bill_id = b.id "
        "LEFT JOIN bills_lateness AS l ON l.bill_id = b.id "
        "WHERE l.bill_id IS NULL AND b.to_pay_pence > 0 AND s.sent_on - b.oldest_ended_on > b.late_after_days",
    ),
    Relation(
        "Settlement {settlement} was of {said} pence, and the ledger has {moved} for it.",
        "SELECT s.id AS settlement, CASE WHEN n.agreed THEN s.amount_pence ELSE 0 END AS said, "
        "COALESCE(SUM(t.amount_pence), 0) AS moved FROM bills_settlement AS s "
        "LEFT JOIN bills_settlementanswer AS n ON n.settlement_id = s.id "
        "LEFT JOIN ledger_transfer AS t ON t.about = s.id "
        "AND t.reason = CASE s.kind WHEN 'write_off' THEN 'written_off' ELSE 'refunded' END "
        "AND t.made_by_id = n.decided_by_id "
        "GROUP BY s.id, n.agreed HAVING CASE WHEN n.agreed THEN s.amount_pence ELSE 0 END <> "
        "COALESCE(SUM(t.amount_pence), 0)",
    ),
    Relation(
        "Transfer {transfer} “{reason}” belongs to no settlement.",
        "SELECT t.id AS transfer, t.reason FROM ledger_transfer AS t LEFT JOIN bills_settlement AS s ON s.id = t.about "
        "WHERE t.reason IN ('written_off', 'refunded', 'write_off_undone', 'refund_undone') AND s.id IS NULL",
    ),
    Relation(
        "What case {case_id} owed since before is {said} pence, and the ledger has {moved} for it.",
        "SELECT o.case_id, o.amount_pence AS said, COALESCE(SUM(t.amount_pence), 0) AS moved FROM bills_opening AS o "
        "LEFT JOIN (ledger_transfer AS t JOIN ledger_account AS owed ON owed.id = t.credit_id) ON t.about = o.id "
        " AND t.reason = 'opening' AND t.effective_date = o.since AND owed.case_id = o.case_id "
        "GROUP BY o.id HAVING o.amount_pence <> COALESCE(SUM(t.amount_pence), 0)",
    ),
    Relation(
        "Transfer {transfer} is of what was owed since before, and nothing says so.",
        "SELECT t.id AS transfer FROM ledger_transfer AS t LEFT JOIN bills_opening AS o ON o.id = t.about "
        "WHERE t.reason = 'opening' AND o.id IS NULL",
    ),
    Relation(
        "Settlement {settlement} was decided by whoever asked for it.",
        "SELECT s.id AS settlement FROM bills_settlement AS s JOIN bills_settlementanswer AS n "
        "ON n.settlement_id = s.id AND n.decided_by_id = s.asked_by_id",
    ),
    Relation(
        "More was paid back for case {case_id} than was received: {pence} pence.",
        f"WITH moved AS ({MOVED}) SELECT case_id, SUM(pence) AS pence FROM moved WHERE {RECEIVED} "
        "OR reason IN ('refunded', 'refund_undone') GROUP BY case_id HAVING SUM(pence) > 0",
    ),
)
