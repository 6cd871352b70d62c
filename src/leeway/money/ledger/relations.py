"""What must hold between rows: each a question that the database answers with what does not fit, and a sentence.

The same form serves every room of money. The questions go over whole tables at once, so that a council of 20,000
people is proved in seconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection

from leeway.access.roles import WHO_CAN, Capability
from leeway.money.ledger.reasons import BY_ITSELF, GIVERS, JOINED, NEVER, Reason


class Provable(Protocol):
    """What can be asked whether it holds: a `Relation`, or one that no single question to the database can tell."""

    def findings(self) -> Iterator[str]:
        """A sentence for each thing that does not fit."""
        ...


@dataclass(frozen=True)
class Relation:
    """Something that holds between rows: `sql` finds those of which it does not, and `words` say it of each of them."""

    words: str
    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def findings(self) -> Iterator[str]:
        """A sentence for each row that does not fit."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values or None)
            names = [column.name for column in cursor.description]
            for row in cursor:
                yield self.words.format(**dict(zip(names, row, strict=True)))


MOVES = "SELECT moved.id AS transfer FROM ledger_transfer AS moved"
NEVER_SO = tuple(
    Relation(f"Transfer {{transfer}} {words}.", f"{MOVES} {JOINED} WHERE {condition}")
    for words, condition in NEVER.items()
)
_PAYERS = [role.value for role in WHO_CAN[Capability.PAY]]

BALANCES = """
    SELECT account, SUM(pence) AS pence FROM (
        SELECT debit_id AS account, amount_pence AS pence FROM ledger_transfer
        UNION ALL SELECT credit_id, -amount_pence FROM ledger_transfer
    ) AS moved GROUP BY account
"""

#: Who had which roles from when until when.
HELD = """
    SELECT pgh_obj_id AS person, roles::text[] AS roles, pgh_created_at AS since,
           LEAD(pgh_created_at) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS until
      FROM access_userevent
"""

RELATIONS = (
    Relation(
        "A transfer names account {account}, which is not there.",
        f"SELECT account FROM ({BALANCES}) AS had LEFT JOIN ledger_account AS a ON a.id = account WHERE a.id IS NULL",
    ),
    Relation(
        "Account {account} ({kind}) has less than nothing in it: {pence} pence.",
        f"SELECT account, kind, pence FROM ({BALANCES}) AS had JOIN ledger_account AS a ON a.id = account "
        f"WHERE pence < 0 AND kind NOT IN ({', '.join(f"'{kind}'" for kind in sorted(GIVERS))})",
    ),
    # Two visits of one day may cost the same: that each is owed once is asked of what was agreed (money/invoices); of
    # a week's charge, what is taken off and put back is asked of its records (money/budgets).
    Relation(
        "{amount_pence} pence from account {credit_id} to account {debit_id} on {effective_date} was moved {times} "
        "times.",
        "SELECT amount_pence, credit_id, debit_id, effective_date, count(*) AS times FROM ledger_transfer "
        f"WHERE reason NOT IN ('{Reason.DELIVERED}', '{Reason.NOT_DELIVERED}', '{Reason.NOT_CHARGED}', "
        f"'{Reason.CHARGED_AGAIN}') "
        "GROUP BY debit_id, credit_id, amount_pence, reason, effective_date, about, corrects_id, sending "
        "HAVING count(*) > 1",
    ),
    *NEVER_SO,
    Relation(
        "Transfer {transfer} moves {amount_pence} pence, which is not an amount.",
        "SELECT id AS transfer, amount_pence FROM ledger_transfer WHERE amount_pence <= 0",
    ),
    Relation(
        "Transfer {transfer} corrects {corrects_id} without being its reverse.",
        "SELECT moved.id AS transfer, moved.corrects_id FROM ledger_transfer AS moved "
        "LEFT JOIN ledger_transfer AS original ON original.id = moved.corrects_id WHERE moved.corrects_id IS NOT NULL "
        "AND (moved.debit_id, moved.credit_id, moved.about) IS DISTINCT FROM "
        "(original.credit_id, original.debit_id, original.about)",
    ),
    Relation(
        "Transfer {corrects_id} moved {amount_pence} pence, and {given_back} pence of it were given back.",
        "SELECT back.corrects_id, original.amount_pence, SUM(back.amount_pence) AS given_back "
        "FROM ledger_transfer AS back JOIN ledger_transfer AS original ON original.id = back.corrects_id "
        "GROUP BY back.corrects_id, original.amount_pence HAVING SUM(back.amount_pence) > original.amount_pence",
    ),
    Relation(
        "Transfer {transfer} corrects one that was made after it.",
        "SELECT back.id AS transfer FROM ledger_transfer AS back JOIN ledger_transfer AS original "
        "ON original.id = back.corrects_id WHERE back.made_at < original.made_at",
    ),
    Relation(
        "Instalment {about} was sent to the bank again (transfer {transfer}) and had not come back.",
        "SELECT about, min(id::text) AS transfer FROM ledger_transfer WHERE reason = 'payment_sent' "
        "GROUP BY about, sending HAVING count(*) > 1",
    ),
    Relation(
        "Transfer {transfer} was made by nobody, and “{reason}” does not happen by itself.",
        "SELECT id AS transfer, reason FROM ledger_transfer WHERE made_by_id IS NULL "
        f"AND reason NOT IN ({', '.join(f"'{reason}'" for reason in BY_ITSELF)})",
    ),
    Relation(
        "Transfer {transfer} was made by {name}, who could not move money at that time.",
        f"WITH held AS ({HELD}) SELECT moved.id AS transfer, author.name FROM ledger_transfer AS moved "
        "JOIN access_user AS author ON author.id = moved.made_by_id WHERE NOT EXISTS (SELECT 1 FROM held "
        "WHERE held.person = moved.made_by_id AND held.since <= moved.made_at "
        "AND (held.until IS NULL OR moved.made_at < held.until) AND held.roles && %(payers)s::text[])",
        {"payers": _PAYERS},
    ),
)
