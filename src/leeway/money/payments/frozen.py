"""What is frozen when a payment is put in a run, as SQL: the facts, their digest, and that of what had been decided."""

#: Whatever a payment can pay, in one shape: an instalment of a part, money on account, or what is owed of an invoice.
PAID_FOR = """
    SELECT i.id, i.amount_pence, i.kind, i.starts_on, i.ends_on, p.id AS part_id, p.way, p.paid_into_id, b.case_id,
           b.committed_id, b.final_budget_id, b.charge_id, NULL::uuid AS provider_id
      FROM budgets_instalment AS i JOIN budgets_part AS p ON p.id = i.part_id
      JOIN budgets_budget AS b ON b.id = p.budget_id
    UNION ALL
    SELECT id, amount_pence, 'interim', starts_on, ends_on, NULL, way, paid_into_id, case_id, committed_id, NULL, NULL,
           NULL
      FROM budgets_interim
    UNION ALL
    SELECT o.id, o.pence, 'invoice', n.starts_on, n.ends_on, NULL, '', o.paid_into_id, NULL, o.account_id, NULL, NULL,
           n.provider_id
      FROM invoices_owed AS o JOIN invoices_invoice AS n ON n.id = o.invoice_id
"""
#: What a payment pays, by its key there.
ABOUT = "COALESCE({row}.instalment_id, {row}.interim_id, {row}.owed_id)"


def sha256(*values: str) -> str:
    """The SQL of a digest of some values, in which none can stand for another."""
    return f"encode(sha256(convert_to(jsonb_build_array({', '.join(values)})::text, 'UTF8')), 'hex')"


#: The digest of what had been decided about `paid`: the budget and the charge, who authorised money on account, or who
#: agreed so much of an invoice.
DECIDED = f"""
    COALESCE(
        (SELECT {sha256("made.id", "made.result", "charge.id", "charge.result")}
           FROM decisions_decision AS made JOIN decisions_decision AS charge ON charge.id = paid.charge_id
          WHERE made.id = paid.final_budget_id),
        (SELECT {sha256("n.id", "n.amount_pence", "n.reason", "n.authorised_by_id", "n.authorised_on")}
           FROM budgets_interim AS n WHERE n.id = paid.id),
        (SELECT {sha256("o.id", "o.pence", "n.id", "n.number", "n.total_pence", "o.agreed_by_id", "o.agreed_on")}
           FROM invoices_owed AS o JOIN invoices_invoice AS n ON n.id = o.invoice_id WHERE o.id = paid.id))
"""

FACTS = (
    "run_id",
    "place",
    "instalment_id",
    "interim_id",
    "owed_id",
    "case_id",
    "provider_id",
    "part_id",
    "way",
    "kind",
    "starts_on",
    "ends_on",
    "payee_id",
    "account_name",
    "sort_code",
    "account_number",
    "roll_number",
    "amount_pence",
    "decided",
)


def digest_of(row: str) -> str:
    """The SQL of the digest of all the facts of a payment."""
    return sha256(*(f"{row}.{fact}" for fact in FACTS))


def freeze(chosen: str) -> str:
    """The SQL that puts payments in a run with their facts, from rows of run, place, one thing that is paid, and payee.

    What another payment pays already, even one that is written at this moment, is left to it.
    """
    columns = ", ".join(FACTS)
    return f"""
        INSERT INTO payments_payment (id, {columns}, digest, state, returned_because)
        SELECT gen_random_uuid(), {columns}, {digest_of("frozen")}, 'in_run', '' FROM (
            SELECT chosen.run::uuid AS run_id, chosen.place, chosen.instalment::uuid AS instalment_id,
                   chosen.interim::uuid AS interim_id, chosen.owed::uuid AS owed_id, paid.case_id,
                   paid.provider_id, paid.part_id, paid.way, paid.kind, paid.starts_on,
                   paid.ends_on, payee.id AS payee_id, payee.account_name, payee.sort_code, payee.account_number,
                   payee.roll_number, paid.amount_pence, {DECIDED} AS decided
              FROM ({chosen}) AS chosen (run, place, instalment, interim, owed, payee)
              JOIN ({PAID_FOR}) AS paid
                ON paid.id = COALESCE(chosen.instalment::uuid, chosen.interim::uuid, chosen.owed::uuid)
              JOIN payees_payeeaccount AS payee ON payee.id = chosen.payee
        ) AS frozen ON CONFLICT DO NOTHING
    """


#: Each fact of a payment beside the one that stands where it was taken from (`i` is what is paid).
OF_FACTS = ", ".join(
    f"('{words}', pay.{fact}::text, {source}::text)"
    for words, fact, source in (
        ("its amount", "amount_pence", "i.amount_pence"),
        ("whom it is for", "case_id", "i.case_id"),
        ("the provider", "provider_id", "i.provider_id"),
        ("the part of the budget", "part_id", "i.part_id"),
        ("the way of holding", "way", "i.way"),
        ("its kind", "kind", "i.kind"),
        ("its first day", "starts_on", "i.starts_on"),
        ("its last day", "ends_on", "i.ends_on"),
        ("the name on the account", "account_name", "payee.account_name"),
        ("the sort code", "sort_code", "payee.sort_code"),
        ("the account", "account_number", "payee.account_number"),
        ("the roll number", "roll_number", "payee.roll_number"),
    )
)
