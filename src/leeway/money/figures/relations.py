"""What must hold between journals and the ledger."""

from leeway.money.ledger.relations import Relation

RELATIONS = (
    Relation(
        "Journal {number} says {said} transfers of {pence} pence, and the ledger has {moved} of {total} for its days.",
        "SELECT j.number, j.transfers AS said, j.total_pence AS pence, COUNT(t.id) AS moved, "
        "COALESCE(SUM(t.amount_pence), 0) AS total FROM figures_journal AS j LEFT JOIN ledger_transfer AS t "
        "ON (t.made_at AT TIME ZONE 'Europe/London')::date BETWEEN j.starts_on AND j.ends_on "
        "GROUP BY j.id HAVING COUNT(t.id) <> j.transfers OR COALESCE(SUM(t.amount_pence), 0) <> j.total_pence",
    ),
    Relation(
        "Journal {number} has debits of {debits} pence and credits of {credits}.",
        "SELECT j.number, SUM((line->>'debit_pence')::bigint) AS debits, "
        "SUM((line->>'credit_pence')::bigint) AS credits "
        "FROM figures_journal AS j, jsonb_array_elements(j.lines) AS line GROUP BY j.id "
        "HAVING SUM((line->>'debit_pence')::bigint) <> SUM((line->>'credit_pence')::bigint)",
    ),
    Relation(
        "Journals {number} and the next do not join: a day is in both, or in none.",
        "SELECT number FROM (SELECT number, ends_on, LEAD(starts_on) OVER (ORDER BY number) AS next "
        "FROM figures_journal) AS j WHERE next <> ends_on + 1",
    ),
)
