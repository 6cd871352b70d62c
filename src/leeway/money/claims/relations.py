"""What must hold between claims on NHS bodies and the ledger, and between a query and its history."""

from leeway.money.claims.models import Query
from leeway.money.ledger.histories import of_history
from leeway.money.ledger.relations import Relation

#: Every movement that claims speak of: more owed by the NHS is positive.
MOVED = """
    SELECT t.id, a.case_id, CASE WHEN t.credit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END AS pence
      FROM ledger_account AS a JOIN ledger_transfer AS t ON t.credit_id = a.id OR t.debit_id = a.id
     WHERE a.kind = 'owed_by_nhs' AND t.reason IN ('fell_due', 'no_longer_due', 'recharged', 'recharge_undone')
"""
#: What the digest of a claim is of, in SQL; `actions` writes the same.
DIGEST = """
    encode(sha256(convert_to(concat_ws('|', c.number, COALESCE(c.funder_id::text, ''), c.period_starts_on,
        c.period_ends_on, c.made_on, c.total_pence) || COALESCE((
        SELECT string_agg(E'\\n' || concat_ws('|', l.place, l.case_id, l.starts_on, l.ends_on, l.amount_pence), ''
            ORDER BY l.place) FROM claims_claimline AS l WHERE l.claim_id = c.id
    ), ''), 'UTF8')), 'hex')
"""

RELATIONS = (
    *of_history(Query, "Query"),
    Relation(
        "The lines of claim {number} come to {lines} pence, and it claims {said}.",
        "SELECT c.number, c.total_pence AS said, COALESCE(SUM(l.amount_pence), 0) AS lines FROM claims_claim AS c "
        "LEFT JOIN claims_claimline AS l ON l.claim_id = c.id GROUP BY c.id "
        "HAVING c.total_pence <> COALESCE(SUM(l.amount_pence), 0)",
    ),
    Relation(
        "Line {place} of claim {number} is of {said} pence, and the ledger has {moved} for it.",
        f"WITH moved AS ({MOVED}) SELECT c.number, l.place, l.amount_pence AS said, "
        "COALESCE(SUM(x.amount_pence) FILTER (WHERE moved.case_id = l.case_id), 0) AS moved "
        "FROM claims_claimline AS l JOIN claims_claim AS c ON c.id = l.claim_id "
        "LEFT JOIN claims_claimed AS x ON x.line_id = l.id LEFT JOIN moved ON moved.id = x.transfer_id "
        "GROUP BY c.number, l.id HAVING l.amount_pence <> "
        "COALESCE(SUM(x.amount_pence) FILTER (WHERE moved.case_id = l.case_id), 0)",
    ),
    Relation(
        "Transfer {transfer} moved {pence} pence, and {claimed} pence of it are claimed.",
        f"WITH moved AS ({MOVED}) SELECT moved.id AS transfer, moved.pence, SUM(x.amount_pence) AS claimed "
        "FROM claims_claimed AS x JOIN moved ON moved.id = x.transfer_id GROUP BY moved.id, moved.pence "
        "HAVING SUM(x.amount_pence) NOT BETWEEN LEAST(moved.pence, 1) AND GREATEST(moved.pence, -1)",
    ),
    Relation(
        "Case {case}: {rest} pence of what claims have are left out, and {beside} were received beside claims.",
        f"WITH moved AS ({MOVED}), rest AS (SELECT moved.case_id, moved.pence - SUM(x.amount_pence) AS pence "
        " FROM claims_claimed AS x JOIN moved ON moved.id = x.transfer_id "
        " GROUP BY moved.id, moved.case_id, moved.pence), "
        "beside AS (SELECT r.case_id, SUM(r.amount_pence) AS pence FROM contributions_receipt AS r "
        " WHERE r.payer = 'nhs' AND NOT EXISTS (SELECT 1 FROM claims_paid AS p WHERE p.receipt_id = r.id) "
        " GROUP BY r.case_id) "
        "SELECT rest.case_id AS case, SUM(rest.pence) AS rest, COALESCE(MAX(beside.pence), 0) AS beside "
        "FROM rest LEFT JOIN beside USING (case_id) GROUP BY rest.case_id "
        "HAVING SUM(rest.pence) > COALESCE(MAX(beside.pence), 0)",
    ),
    Relation(
        "Claim {number} is not as it was made: its digest does not fit.",
        f"SELECT c.number FROM claims_claim AS c WHERE c.digest <> {DIGEST}",
    ),
    Relation(
        "Line {place} of claim {number} was paid with a receipt of another case or amount.",
        "SELECT c.number, l.place FROM claims_paid AS p JOIN claims_claimline AS l ON l.id = p.line_id "
        "JOIN claims_claim AS c ON c.id = l.claim_id LEFT JOIN contributions_receipt AS r ON r.id = p.receipt_id "
        "AND (r.case_id, r.payer) = (l.case_id, 'nhs') "
        "LEFT JOIN contributions_takenback AS back ON back.receipt_id = p.receipt_id "
        "GROUP BY c.number, l.id, l.place, l.amount_pence HAVING bool_or(r.id IS NULL) "
        "OR SUM(r.amount_pence) FILTER (WHERE back.receipt_id IS NULL) > l.amount_pence",
    ),
)
