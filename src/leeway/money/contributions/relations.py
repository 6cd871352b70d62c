"""What must hold between receipts and the ledger."""

from leeway.money.ledger.relations import Relation

RELATIONS = (
    Relation(
        "Receipt {receipt} says {said} pence, and the ledger has {moved} for it, on that day and from that payer.",
        "SELECT r.id AS receipt, r.amount_pence AS said, COALESCE(SUM(t.amount_pence), 0) AS moved "
        "FROM contributions_receipt AS r LEFT JOIN (ledger_transfer AS t "
        " JOIN ledger_account AS owed ON owed.id = t.debit_id JOIN ledger_account AS funder ON funder.id = t.credit_id"
        ") ON t.about = r.id AND t.reason = 'received' AND t.effective_date = r.received_on "
        " AND t.made_by_id = r.confirmed_by_id AND owed.kind = 'owed_by_' || r.payer AND owed.case_id = r.case_id "
        " AND funder.kind = 'funder_' || r.payer "
        "GROUP BY r.id HAVING COALESCE(SUM(t.amount_pence), 0) <> r.amount_pence",
    ),
    Relation(
        "Transfer {transfer} “{reason}” belongs to no receipt.",
        "SELECT t.id AS transfer, t.reason FROM ledger_transfer AS t LEFT JOIN ledger_transfer AS original "
        "ON original.id = t.corrects_id LEFT JOIN contributions_receipt AS r ON r.id = t.about "
        "WHERE r.id IS NULL AND 'received' IN (t.reason, original.reason)",
    ),
    Relation(
        "Receipt {receipt} was corrected, and {moved} of its {said} pence went back.",
        "SELECT r.id AS receipt, COALESCE(SUM(t.amount_pence), 0) AS moved, r.amount_pence AS said "
        "FROM contributions_receipt AS r LEFT JOIN contributions_takenback AS back ON back.receipt_id = r.id "
        "LEFT JOIN ledger_transfer AS t ON t.about = r.id AND t.reason = 'correction' "
        "GROUP BY r.id, back.receipt_id HAVING COALESCE(SUM(t.amount_pence), 0) <> "
        "CASE WHEN back.receipt_id IS NULL THEN 0 ELSE r.amount_pence END",
    ),
    Relation(
        "Account {account}: {received} pence were received, and only {due} ever fell due.",
        "SELECT account, SUM(received) AS received, SUM(due) AS due FROM ("
        " SELECT debit_id AS account, amount_pence AS received, 0 AS due FROM ledger_transfer WHERE reason = 'received'"
        " UNION ALL SELECT t.credit_id, -t.amount_pence, 0 FROM ledger_transfer AS t JOIN ledger_transfer AS original "
        "  ON original.id = t.corrects_id WHERE original.reason = 'received'"
        " UNION ALL SELECT credit_id, 0, amount_pence FROM ledger_transfer"
        "  WHERE reason IN ('fell_due', 'recharged', 'opening')"
        ") AS moved GROUP BY account HAVING SUM(received) > SUM(due)",
    ),
)
