"""What must hold between what was said of a person's account and the ledger: each payment is counted once, or not."""

from leeway.money.ledger.histories import of_history
from leeway.money.ledger.reasons import Kind, Reason
from leeway.money.ledger.relations import Relation
from leeway.money.spending.kinds import SPENT
from leeway.money.spending.models import AttachedReceipt, Purpose, Question, SetAside

#: What the ledger counts as spent of what a person holds, less what was undone, by what was said of a payment.
SPENT_BY_PERSON = f"""
    SELECT moved.about, SUM(CASE moved.reason WHEN '{Reason.SPENT}' THEN 1 ELSE -1 END * moved.amount_pence) AS pence
      FROM ledger_transfer AS moved
      JOIN ledger_account AS held ON held.id IN (moved.debit_id, moved.credit_id)
     WHERE moved.reason IN ('{Reason.SPENT}', '{Reason.SPENT_UNDONE}') AND held.kind = '{Kind.HELD_BY_PERSON}'
     GROUP BY moved.about
"""
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(SPENT))
RELATIONS = (
    *of_history(Purpose, "What was said of a payment as"),
    *of_history(AttachedReceipt, "Receipt"),
    *of_history(SetAside, "Money set aside as"),
    *of_history(Question, "Question"),
    Relation(
        "{pence} pence are counted as spent for what was said as {about}, which is not what left the account for it.",
        f"""
        SELECT moved.about, moved.pence FROM ({SPENT_BY_PERSON}) AS moved
          LEFT JOIN spending_purpose AS said ON said.id = moved.about
          LEFT JOIN statements_statementline AS line ON line.id = said.line_id
         WHERE moved.pence <> 0 AND (
               said.id IS NULL OR said.taken_back_on IS NOT NULL OR said.kind NOT IN ({_KINDS})
               OR moved.pence <> -line.amount_pence)
        """,
    ),
    Relation(
        "What was said as {about} is of line {line}, which is no payment out of a person’s account.",
        """
        SELECT said.id AS about, line.id AS line FROM spending_purpose AS said
          JOIN statements_statementline AS line ON line.id = said.line_id
          JOIN statements_bankaccount AS account ON account.id = line.account_id
         WHERE line.amount_pence > 0 OR account.case_id IS NULL
        """,
    ),
)
