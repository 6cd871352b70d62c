"""What must hold between the rows of a batch, and the budgets, decisions and letters that it made."""

from leeway.money.ledger.histories import of_history, of_steps
from leeway.money.ledger.relations import Relation
from leeway.money.uprating.models import Batch
from leeway.money.uprating.states import MOVES, STAYS, WRITES, State

#: Rows that a batch changed something for, also where it was taken back or could not be.
_DONE = "('applied', 'taken_back', 'kept')"
_ROWS = "FROM uprating_row AS r JOIN uprating_batch AS u ON u.id = r.batch_id"


def _as_told(budget: str, charge: str, pence: str) -> str:
    """SQL of whether a budget takes what a row says, by the decision it names, of its case, from the batch's day."""
    return (
        f"(b.case_id, b.charge_id, b.charge_pence_per_week, d.law_on, (d.result ->> 'charge_pence_per_week')::bigint) "
        f"IS DISTINCT FROM (r.case_id, r.{charge}_id, r.{pence}_pence, u.day, r.{pence}_pence) "
        f"AND r.{budget}_id IS NOT NULL"
    )


def _made(budget: str, charge: str) -> str:
    """SQL of rows with the budget and the decision that they name."""
    return (
        f"{_ROWS} LEFT JOIN budgets_budget AS b ON b.id = r.{budget}_id "
        f"LEFT JOIN decisions_decision AS d ON d.id = r.{charge}_id"
    )


RELATIONS = (
    *of_history(Batch, "Batch"),
    *of_steps(Batch, "Batch", MOVES, WRITES, STAYS, State.DRAFTED),
    Relation(
        "Row {row} was approved at {after} pence a week, and its budget or its decision says otherwise.",
        f"SELECT r.id AS row, r.after_pence AS after {_made('budget_after', 'charge_after')} "
        f"WHERE {_as_told('budget_after', 'charge_after', 'after')}",
    ),
    Relation(
        "Row {row} is “{state}”, and what it says was made for it does not fit that.",
        f"SELECT r.id AS row, r.state {_ROWS} WHERE CASE WHEN r.state IN {_DONE} THEN "
        " (r.budget_after_id IS NULL OR r.charge_after_id IS NULL)"
        "  <> (r.after_pence = r.before_pence AND r.prices = '[]')"
        " ELSE COALESCE(r.budget_after_id, r.charge_after_id, r.put_up_id) IS NOT NULL END"
        f" OR r.state NOT IN {_DONE} AND r.told_on IS NOT NULL",
    ),
    Relation(
        "Row {row} was taken back to {before} pence a week, and its budget or its decision says otherwise.",
        f"SELECT r.id AS row, r.before_pence AS before {_made('budget_again', 'mirror')} "
        f"WHERE {_as_told('budget_again', 'mirror', 'before')}",
    ),
    Relation(
        "Row {row} is “{state}”, and {what} of it was not taken back, or was though it stands.",
        f"SELECT r.id AS row, r.state, CASE WHEN p.id IS NULL THEN 'the charge' ELSE 'the charge or a benefit' END "
        f"AS what {_ROWS} LEFT JOIN assessment_putup AS p ON p.id = r.put_up_id "
        "WHERE r.state = 'taken_back' AND (p.taken_back_on IS NULL AND p.id IS NOT NULL"
        "  OR (r.budget_after_id IS NULL) <> (r.budget_again_id IS NULL) OR (r.mirror_id IS NULL)"
        "  <> (r.budget_again_id IS NULL))"
        " OR r.state <> 'taken_back' AND COALESCE(r.mirror_id, r.budget_again_id) IS NOT NULL",
    ),
    Relation(
        "Row {row} was approved at a budget of {cost} pence a week with new prices, and what was made says otherwise.",
        f"SELECT r.id AS row, r.cost_after_pence AS cost {_ROWS} JOIN budgets_budget AS b ON b.id = r.budget_after_id "
        "WHERE r.prices <> '[]' AND (b.cost_pence_per_week <> r.cost_after_pence OR (SELECT COUNT(*)"
        " FROM planning_linechange AS c JOIN jsonb_array_elements(r.prices) AS p"
        " ON (p ->> 'line')::uuid = c.line_id AND (p ->> 'rate')::bigint = c.rate_id"
        " WHERE c.final_budget_id = b.final_budget_id AND (c.taken_back_on IS NOT NULL) = (r.state = 'taken_back'))"
        " <> jsonb_array_length(r.prices))",
    ),
    Relation(
        "Batch {batch} is “{state}”, and row {row} of it is “{stands}”.",
        f"SELECT u.number AS batch, u.state, r.id AS row, r.state AS stands {_ROWS} "
        "WHERE u.state IN ('applied', 'writing', 'told', 'undoing', 'undone') AND r.state = 'changes'"
        f" OR u.state = 'undone' AND r.state = 'applied' OR r.state IN {_DONE}"
        "  AND u.state NOT IN ('applying', 'applied', 'writing', 'told', 'undoing', 'undone')"
        " OR r.state IN ('taken_back', 'kept') AND u.state NOT IN ('undoing', 'undone')",
    ),
    Relation(
        "Row {row} was told of on {told}, and {letters} letters about it were written.",
        f"SELECT r.id AS row, COALESCE(r.told_on::text, 'no day') AS told, COUNT(m.id) AS letters {_ROWS} "
        "JOIN people_case AS c ON c.id = r.case_id JOIN people_person AS s ON s.id = c.person_id "
        "LEFT JOIN outbox_message AS m ON m.key = 'uprated:' || r.id AND m.person_id = c.person_id "
        " AND m.template = CASE WHEN r.prices = '[]' THEN 'charge_uprated' ELSE 'budget_uprated' END"
        " GROUP BY r.id, s.id HAVING COUNT(m.id) > 1"
        " OR COUNT(m.id) = 1 AND r.told_on IS NULL"
        " OR COUNT(m.id) = 0 AND r.told_on IS NOT NULL AND s.date_of_death IS NULL",
    ),
    Relation(
        "Row {row} is to be told of, and says not why it was not: batch {batch} says that letters were written.",
        f"SELECT r.id AS row, u.number AS batch {_ROWS} WHERE u.state = 'told' AND r.state = 'applied' "
        "AND r.charge_after_id IS NOT NULL AND r.told_on IS NULL AND r.why = ''",
    ),
)
