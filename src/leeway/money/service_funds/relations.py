"""What must hold between statements of service funds, what was asked back of them, and the ledger."""

from leeway.money.ledger.histories import of_history, of_steps
from leeway.money.ledger.relations import Relation
from leeway.money.service_funds.models import AskedBack
from leeway.money.service_funds.states import MOVES, STAYS, WRITES, State

#: The statements that stand, each with what the one before it left and when that ended.
STANDING = """
    SELECT s.*, LAG(s.closing_pence) OVER ordered AS left_before, LAG(s.ends_on) OVER ordered AS ended_before
      FROM service_funds_fundstatement AS s
      LEFT JOIN service_funds_statementtakenback AS back ON back.statement_id = s.id
     WHERE back.statement_id IS NULL WINDOW ordered AS (PARTITION BY s.case_id ORDER BY s.starts_on, s.id)
"""
#: Every movement in and out of what a provider holds but what was spent: more in the fund is positive.
MOVED = """
    SELECT t.id, t.reason, a.case_id, CASE WHEN t.debit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END AS pence
      FROM ledger_account AS a JOIN ledger_transfer AS t ON a.id IN (t.debit_id, t.credit_id)
     WHERE a.kind = 'held_by_provider' AND t.reason NOT IN ('spent', 'spent_undone')
"""

RELATIONS = (
    *of_history(AskedBack, "What was asked back"),
    *of_steps(AskedBack, "What was asked back", MOVES, WRITES, STAYS, State.ASKED),
    Relation(
        "Statement {statement} opens with {opening} pence on {day}, and the one before it left {left} on {ended}.",
        f"WITH standing AS ({STANDING}) SELECT id AS statement, opening_pence AS opening, starts_on AS day, "
        "COALESCE(left_before, 0) AS left, ended_before AS ended FROM standing "
        "WHERE opening_pence <> COALESCE(left_before, 0) OR starts_on <> COALESCE(ended_before + 1, starts_on)",
    ),
    Relation(
        "Statement {statement} says {said} pence were spent, and its lines come to {lines}.",
        "SELECT s.id AS statement, s.spent_pence AS said, COALESCE(SUM(l.pence), 0) AS lines "
        "FROM service_funds_fundstatement AS s LEFT JOIN service_funds_spent AS l ON l.statement_id = s.id "
        "GROUP BY s.id HAVING s.spent_pence <> COALESCE(SUM(l.pence), 0)",
    ),
    Relation(
        "Statement {statement} says {said} pence came in and went back, and the ledger has {moved} of what it counts.",
        f"WITH moved AS ({MOVED}) SELECT s.id AS statement, s.received_pence - s.given_back_pence AS said, "
        "COALESCE(SUM(moved.pence) FILTER (WHERE moved.case_id = s.case_id), 0) AS moved "
        "FROM service_funds_fundstatement AS s LEFT JOIN service_funds_counted AS c ON c.statement_id = s.id "
        "LEFT JOIN moved ON moved.id = c.transfer_id GROUP BY s.id HAVING s.received_pence - s.given_back_pence <> "
        "COALESCE(SUM(moved.pence) FILTER (WHERE moved.case_id = s.case_id), 0)",
    ),
    Relation(
        "Transfer {transfer} is counted by {times} statements that stand.",
        f"WITH standing AS ({STANDING}) SELECT c.transfer_id AS transfer, count(*) AS times "
        "FROM service_funds_counted AS c JOIN standing ON standing.id = c.statement_id GROUP BY c.transfer_id "
        "HAVING count(*) > 1",
    ),
    Relation(
        "Line {number} of statement {statement} is of {pence} pence, and its movement is another.",
        "SELECT l.number, l.statement_id AS statement, l.pence FROM service_funds_spent AS l "
        "JOIN service_funds_fundstatement AS s ON s.id = l.statement_id "
        "LEFT JOIN ledger_transfer AS t ON t.id = l.transfer_id AND t.about = l.id AND t.reason = 'spent' "
        "AND t.amount_pence = l.pence AND t.effective_date = s.ends_on LEFT JOIN ledger_account AS a "
        "ON a.id = t.credit_id AND a.kind = 'held_by_provider' AND a.case_id = s.case_id WHERE a.id IS NULL",
    ),
    Relation(
        "{back} of {pence} pence of line {number} of statement {statement} went back: all where it was taken back, or "
        "else none.",
        "SELECT l.number, l.statement_id AS statement, l.pence, COALESCE(SUM(t.amount_pence), 0) AS back "
        "FROM service_funds_spent AS l LEFT JOIN service_funds_statementtakenback AS taken "
        "ON taken.statement_id = l.statement_id LEFT JOIN ledger_transfer AS t ON t.corrects_id = l.transfer_id "
        "GROUP BY l.id, taken.statement_id HAVING COALESCE(SUM(t.amount_pence), 0) <> "
        "CASE WHEN taken.statement_id IS NULL THEN 0 ELSE l.pence END",
    ),
    Relation(
        "Transfer {transfer} spent money of a service fund, or had it given back, and nothing says on what or why.",
        "SELECT t.id AS transfer FROM ledger_transfer AS t JOIN ledger_account AS a ON a.id = t.credit_id "
        "AND a.kind = 'held_by_provider' LEFT JOIN service_funds_spent AS l ON l.transfer_id = t.id "
        "LEFT JOIN service_funds_askedback AS asked ON asked.id = t.about AND asked.state = 'received' "
        "WHERE t.reason = 'spent' AND l.id IS NULL OR t.reason = 'reclaimed' AND asked.id IS NULL",
    ),
    Relation(
        "{asked} was asked back and received, {pence} pence, and the ledger has {moved} for it.",
        "SELECT asked.id AS asked, asked.pence, COALESCE(SUM(t.amount_pence), 0) AS moved "
        "FROM service_funds_askedback AS asked LEFT JOIN (ledger_transfer AS t JOIN ledger_account AS a "
        "ON a.id = t.credit_id AND a.kind = 'held_by_provider') ON t.about = asked.id AND t.reason = 'reclaimed' "
        "AND t.effective_date = asked.received_on AND a.case_id = asked.case_id WHERE asked.state = 'received' "
        "GROUP BY asked.id HAVING asked.pence <> COALESCE(SUM(t.amount_pence), 0)",
    ),
    Relation(
        "A line of statement {statement} names a line of another case.",
        "SELECT DISTINCT l.statement_id AS statement FROM service_funds_spent AS l "
        "JOIN service_funds_fundstatement AS s ON s.id = l.statement_id "
        "JOIN planning_planline AS line ON line.id = l.line_id JOIN planning_plan AS plan ON plan.id = line.plan_id "
        "WHERE plan.case_id <> s.case_id",
    ),
)
