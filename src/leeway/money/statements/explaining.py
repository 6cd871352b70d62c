"""Which payment runs the bank's lines explain, as the matches stand that were not undone."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

#: Of each run: what of it must have left that no line of one payment explains, which the lines of the whole run must
#: come to. A payment that came back left where its return is on a line, and otherwise never did.
EXPLAINED = """
    WITH paid AS (
        SELECT id, run_id, state, amount_pence FROM payments_payment WHERE run_id = ANY(%(runs)s)
    ), matched AS (
        SELECT part.payment_id, part.run_id, part.what, SUM(ABS(part.amount_pence)) AS pence
          FROM statements_part AS part
         WHERE part.what IN ('run', 'sent', 'returned')
           AND (part.run_id = ANY(%(runs)s) OR part.payment_id IN (SELECT id FROM paid))
           AND NOT EXISTS (SELECT 1 FROM statements_undoing AS undoing WHERE undoing.match_id = part.match_id)
         GROUP BY 1, 2, 3
    ), told AS (
        SELECT paid.run_id, paid.amount_pence, COALESCE(sent.pence, 0) AS sent, COALESCE(back.pence, 0) AS back,
               paid.state = 'returned' AS came_back
          FROM paid
          LEFT JOIN matched AS sent ON sent.payment_id = paid.id AND sent.what = 'sent'
          LEFT JOIN matched AS back ON back.payment_id = paid.id AND back.what = 'returned'
    )
    SELECT told.run_id FROM told
     GROUP BY told.run_id
    HAVING NOT bool_or(came_back AND back <> CASE WHEN sent > 0 OR back > 0 THEN amount_pence ELSE 0 END)
       AND COALESCE(SUM(amount_pence - sent) FILTER (WHERE NOT came_back OR back > 0), 0)
         = COALESCE((SELECT SUM(pence) FROM matched WHERE matched.run_id = told.run_id AND what = 'run'), 0)
"""


def runs_explained(runs: Collection[UUID]) -> set[UUID]:
    """Those of some runs of which matched lines explain every payment: that it left, and that it came back."""
    with connection.cursor() as cursor:
        cursor.execute(EXPLAINED, {"runs": list(runs)})
        return {run for (run,) in cursor.fetchall()}
