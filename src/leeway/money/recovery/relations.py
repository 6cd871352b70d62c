"""What must hold between recoveries, their steps and the ledger."""

from collections.abc import Iterator

from leeway.money.ledger.histories import of_history
from leeway.money.ledger.relations import Relation
from leeway.money.recovery.models import Item
from leeway.money.recovery.queries import bent_weighings


class Weighings:
    """That each working behind what was proposed, approved or decided comes out again from what it kept."""

    def findings(self) -> Iterator[str]:
        """A sentence for each that does not."""
        yield from bent_weighings()


RELATIONS = (
    *of_history(Item, "Item"),
    Relation(
        "Step {step} of a recovery says that {said} pence came back, and the ledger has {moved} for it.",
        "SELECT s.id AS step, s.pence AS said, COALESCE(SUM(t.amount_pence), 0) AS moved FROM recovery_step AS s "
        "LEFT JOIN ledger_transfer AS t ON t.about = s.id AND t.reason = 'reclaimed' WHERE s.did = 'given_back' "
        "GROUP BY s.id HAVING s.pence <> COALESCE(SUM(t.amount_pence), 0)",
    ),
    Relation(
        "Step {step} of a recovery puts right that {said} pence came back, and {moved} went back in the ledger.",
        "SELECT s.id AS step, s.pence AS said, COALESCE(SUM(t.amount_pence), 0) AS moved FROM recovery_step AS s "
        "LEFT JOIN ledger_transfer AS t ON t.about = s.of_id AND t.reason = 'reclaim_undone' "
        "WHERE s.did = 'not_given_back' GROUP BY s.id HAVING s.pence <> COALESCE(SUM(t.amount_pence), 0)",
    ),
    Relation(
        "Transfer {transfer} takes money back from somebody’s hands, and no recovery says so.",
        "SELECT t.id AS transfer FROM ledger_transfer AS t JOIN ledger_account AS a ON a.id = t.credit_id "
        "LEFT JOIN recovery_step AS s ON s.id = t.about AND s.did = 'given_back' "
        "WHERE t.reason = 'reclaimed' AND a.kind = 'held_by_person' AND s.id IS NULL",
    ),
    Relation(
        "In recovery {recovery} {approver} agreed to what they had proposed themselves.",
        "SELECT DISTINCT a.recovery_id AS recovery, a.by_id AS approver FROM recovery_step AS a "
        "JOIN recovery_step AS p ON p.recovery_id = a.recovery_id AND p.did = 'proposed' AND p.by_id = a.by_id "
        "WHERE a.did = 'approved'",
    ),
    Relation(
        "Recovery {recovery} decided {pence} pence, and no more than {written} were written of.",
        "SELECT d.recovery_id AS recovery, d.pence, COALESCE(MAX(a.pence), 0) AS written FROM recovery_step AS d "
        "LEFT JOIN recovery_step AS a ON a.recovery_id = d.recovery_id AND a.did = 'approved' AND a.number < d.number "
        "WHERE d.did = 'decided' GROUP BY d.id HAVING d.pence > COALESCE(MAX(a.pence), 0)",
    ),
    Weighings(),
)
