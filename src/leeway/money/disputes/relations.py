"""What must hold between disputes that ended and what was recharged because of them."""

from leeway.money.disputes.models import Outcome
from leeway.money.ledger.histories import of_history
from leeway.money.ledger.relations import Relation

RELATIONS = (
    *of_history(Outcome, "Outcome"),
    Relation(
        "The shares of outcome {outcome} are {share} ten-thousandths together, and not the whole.",
        "SELECT o.id AS outcome, COALESCE(SUM(s.share), 0) AS share FROM disputes_outcome AS o "
        "LEFT JOIN disputes_share AS s ON s.outcome_id = o.id GROUP BY o.id HAVING COALESCE(SUM(s.share), 0) <> 10000",
    ),
    Relation(
        "Outcome {outcome} stands from the day, or from before it, of another about the same dispute.",
        "SELECT min(id::text) AS outcome FROM disputes_outcome WHERE taken_back_on IS NULL GROUP BY dispute_id "
        "HAVING count(*) > 1",
    ),
    Relation(
        "Recharge {recharge} says that the NHS owes {said} pence, and the ledger has {moved} for it.",
        "SELECT r.id AS recharge, r.nhs_pence AS said, COALESCE(SUM(CASE owed.kind WHEN credit.kind "
        " THEN t.amount_pence ELSE -t.amount_pence END), 0) AS moved FROM disputes_recharge AS r "
        "JOIN disputes_outcome AS o ON o.id = r.outcome_id JOIN disputes_dispute AS d ON d.id = o.dispute_id "
        "LEFT JOIN (ledger_transfer AS t JOIN ledger_account AS debit ON debit.id = t.debit_id "
        " JOIN ledger_account AS credit ON credit.id = t.credit_id "
        " JOIN ledger_account AS owed ON owed.id IN (t.debit_id, t.credit_id) AND owed.kind = 'owed_by_nhs'"
        ") ON t.about = r.id AND t.reason = 'recharged' AND t.effective_date = r.recharged_on "
        " AND owed.case_id = d.case_id GROUP BY r.id HAVING r.nhs_pence <> COALESCE(SUM(CASE owed.kind "
        " WHEN credit.kind THEN t.amount_pence ELSE -t.amount_pence END), 0)",
    ),
    Relation(
        "Transfer {transfer} “{reason}” belongs to no recharge.",
        "SELECT t.id AS transfer, t.reason FROM ledger_transfer AS t "
        "LEFT JOIN disputes_recharge AS r ON r.id = t.about "
        "WHERE t.reason IN ('recharged', 'recharge_undone') AND r.id IS NULL",
    ),
    Relation(
        "Recharge {recharge} moved {moved} pence, and {back} of them went back: all where its outcome was taken back, "
        "or else none.",
        "SELECT r.id AS recharge, ABS(r.nhs_pence) AS moved, COALESCE(SUM(t.amount_pence), 0) AS back "
        "FROM disputes_recharge AS r JOIN disputes_outcome AS o ON o.id = r.outcome_id LEFT JOIN ledger_transfer AS t "
        "ON t.about = r.id AND t.reason = 'recharge_undone' GROUP BY r.id, o.taken_back_on "
        "HAVING COALESCE(SUM(t.amount_pence), 0) <> CASE WHEN o.taken_back_on IS NULL THEN 0 ELSE ABS(r.nhs_pence) END",
    ),
    Relation(
        "Recharge {recharge} is for a line of another case than its dispute, or for days that its outcome does not "
        "decide.",
        "SELECT r.id AS recharge FROM disputes_recharge AS r JOIN disputes_outcome AS o ON o.id = r.outcome_id "
        "JOIN disputes_dispute AS d ON d.id = o.dispute_id JOIN planning_planline AS line ON line.id = r.line_id "
        "JOIN planning_plan AS plan ON plan.id = line.plan_id WHERE plan.case_id <> d.case_id "
        "OR r.starts_on < o.starts_on OR r.ends_on > o.ends_on",
    ),
)
