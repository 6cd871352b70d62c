"""What must hold of statements and matches: asked by the database of every match that is made, and by verify of all."""

from collections.abc import Mapping

from leeway.money.ledger.relations import Relation

#: Parts of matches that stand.
LIVE = """
    statements_part AS p JOIN statements_match AS m ON m.id = p.match_id
    LEFT JOIN statements_undoing AS u ON u.match_id = m.id
"""
OF_PAYMENT = (
    "JOIN payments_payment AS pay ON pay.id = p.payment_id JOIN payments_paymentrun AS run ON run.id = pay.run_id"
)

#: What the parts that one statement adds (as `added`) touch, as lists: each an index asked, for one match and for many.
TOUCHED = "p.{0} = ANY ({0}s)"
ADDED: Mapping[str, str] = {
    **{f"{column}s": column for column in ("match_id", "line_id", "payment_id", "receipt_id", "run_id")},
    "sent_ids": "CASE WHEN what = 'sent' THEN payment_id END",
}

#: What no match may be: the sentence, which rows new parts touch, and the question that finds `which`.
WITHIN: Mapping[str, tuple[str, str]] = {
    "A match has two sides, equal to the penny: match {which} has not.": (
        TOUCHED.format("match_id"),
        """
        SELECT p.match_id AS which FROM statements_part AS p WHERE {touched} GROUP BY p.match_id
        HAVING SUM(CASE WHEN p.line_id IS NULL THEN -p.amount_pence ELSE p.amount_pence END) <> 0
            OR COUNT(p.line_id) = 0 OR COUNT(p.line_id) = COUNT(*)
        """,
    ),
    "A line is matched up to its amount and no further: line {which} is not.": (
        TOUCHED.format("line_id"),
        f"""
        SELECT l.id AS which FROM {LIVE} JOIN statements_statementline AS l ON l.id = p.line_id
         WHERE u.match_id IS NULL AND {{touched}} GROUP BY l.id
        HAVING MIN(SIGN(p.amount_pence) * SIGN(l.amount_pence)) < 0
            OR ABS(SUM(p.amount_pence)) > ABS(l.amount_pence)
        """,
    ),
    "A match is of lines of one account: match {which} is not.": (
        TOUCHED.format("match_id"),
        f"""
        SELECT m.id AS which FROM {LIVE} JOIN statements_statementline AS l ON l.id = p.line_id
         WHERE l.account_id <> m.account_id AND {{touched}}
        """,
    ),
    "A payment is matched up to its amount and no further: payment {which} is not.": (
        TOUCHED.format("payment_id"),
        f"""
        SELECT p.payment_id AS which FROM {LIVE} {OF_PAYMENT} WHERE u.match_id IS NULL AND {{touched}}
         GROUP BY p.payment_id, p.what, pay.amount_pence HAVING ABS(SUM(p.amount_pence)) > pay.amount_pence
        """,
    ),
    "Only a payment that was sent is matched with a line: payment {which} was not.": (
        TOUCHED.format("payment_id"),
        f"""
        SELECT p.payment_id AS which FROM {LIVE} {OF_PAYMENT} WHERE u.match_id IS NULL AND {{touched}}
           AND (run.sent_on IS NULL OR (p.what = 'returned' AND pay.state <> 'returned'))
        """,
    ),
    "A run and its payments are matched up to its total together, and once it was sent: run {which} is not.": (
        "run.id = ANY (run_ids)",
        f"""
        SELECT run.number AS which FROM payments_paymentrun AS run CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(pence), 0) AS pence FROM (
                SELECT p.amount_pence AS pence FROM {LIVE} WHERE p.run_id = run.id AND u.match_id IS NULL
                UNION ALL SELECT p.amount_pence FROM {LIVE} JOIN payments_payment AS pay ON pay.id = p.payment_id
                 WHERE pay.run_id = run.id AND p.what = 'sent' AND u.match_id IS NULL
            ) AS left_by
        ) AS matched
         WHERE {{touched}} AND matched.pence < 0 AND (-matched.pence > run.total_pence OR run.sent_on IS NULL)
        """,
    ),
    "A receipt is matched up to its amount and no further: receipt {which} is not.": (
        TOUCHED.format("receipt_id"),
        f"""
        SELECT r.id AS which FROM {LIVE} JOIN contributions_receipt AS r ON r.id = p.receipt_id
         WHERE u.match_id IS NULL AND {{touched}} GROUP BY r.id HAVING SUM(p.amount_pence) > r.amount_pence
        """,
    ),
    "A receipt that was taken back stands for no line: receipt {which} does.": (
        TOUCHED.format("receipt_id"),
        f"""
        SELECT back.receipt_id AS which FROM {LIVE}
          JOIN contributions_takenback AS back ON back.receipt_id = p.receipt_id
         WHERE u.match_id IS NULL AND {{touched}}
        """,
    ),
    "What the council pays is matched on its own account, and what arrives on that person’s: match {which} is not.": (
        TOUCHED.format("match_id"),
        f"""
        SELECT m.id AS which FROM {LIVE} JOIN statements_bankaccount AS a ON a.id = m.account_id
          LEFT JOIN payments_payment AS pay ON pay.id = p.payment_id
         WHERE u.match_id IS NULL AND {{touched}}
           AND ((p.what IN ('sent', 'run', 'returned', 'received') AND a.whose <> 'council')
             OR (p.what = 'arrived' AND a.case_id IS DISTINCT FROM pay.case_id))
        """,
    ),
}
ONE_AT_A_TIME = "leeway bank matches"


def guard() -> str:
    """What the database asks of all parts that one statement adds (as `added`), before it keeps them.

    Whoever adds some waits for whoever else does, so that two at once never go beyond a line between them. It reads
    all answers for one refusal: with LIMIT the planner takes it that one comes at once, and joins row by row.
    """
    asked = " UNION ALL ".join(
        f"SELECT '{words.partition(':')[0]}.' AS refusal FROM ({sql.format(touched=touched)}) AS found"
        for words, (touched, sql) in WITHIN.items()
    )
    return f"""
        PERFORM pg_advisory_xact_lock(hashtext('{ONE_AT_A_TIME}'));
        SELECT {", ".join(f"array_agg(DISTINCT {each})" for each in ADDED.values())}
          INTO {", ".join(ADDED)} FROM added;
        IF (SELECT count(*) FROM statements_part WHERE match_id = ANY (match_ids)) > (SELECT count(*) FROM added) THEN
            RAISE EXCEPTION 'A match is made at once: nothing is added to it later.';
        END IF;
        SELECT run_ids || array_agg(DISTINCT run_id) INTO run_ids FROM payments_payment WHERE id = ANY (sent_ids);
        SELECT min(told.refusal) INTO refusal FROM ({asked}) AS told;
        IF refusal IS NOT NULL THEN RAISE EXCEPTION '%', refusal; END IF;
        RETURN NULL;
    """


RELATIONS = (
    *(Relation(words, sql.format(touched="TRUE")) for words, (_touched, sql) in WITHIN.items()),
    Relation(
        "Match {which} joins nothing.",
        "SELECT m.id AS which FROM statements_match AS m LEFT JOIN statements_part AS p ON p.match_id = m.id "
        "WHERE p.id IS NULL",
    ),
    Relation(
        "Statement {which}: its balances and its lines do not add up.",
        "SELECT id AS which FROM statements_statement "
        "WHERE opening_balance_pence + read_pence <> closing_balance_pence",
    ),
    Relation(
        "Statement {which} says {said} pence of new lines in {count}, and {found} in {lines} are kept.",
        "SELECT s.id AS which, s.read_pence - s.known_pence AS said, s.read_count - s.known_count AS count, "
        "COALESCE(SUM(l.amount_pence), 0) AS found, COUNT(l.id) AS lines FROM statements_statement AS s "
        "JOIN statements_bankaccount AS a ON a.id = s.account_id AND a.whose <> 'ordinary' "
        "LEFT JOIN statements_statementline AS l ON l.statement_id = s.id GROUP BY s.id "
        "HAVING s.read_pence - s.known_pence <> COALESCE(SUM(l.amount_pence), 0) "
        "OR s.read_count - s.known_count <> COUNT(l.id)",
    ),
    Relation(
        "Line {which} is of another account than its statement.",
        "SELECT l.id AS which FROM statements_statementline AS l JOIN statements_statement AS s "
        "ON s.id = l.statement_id WHERE l.account_id <> s.account_id",
    ),
)
