"""What must hold between visits, invoices, what is agreed of them, their histories, and the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from leeway.money.budgets.models import NotCharged
from leeway.money.invoices.charging import less_of_weeks
from leeway.money.invoices.models import Allocation, Dispute, Invoice, InvoiceLine, VisitFile
from leeway.money.invoices.states import MOVES, STAYS, WRITES, State
from leeway.money.ledger.histories import of_history, of_steps
from leeway.money.ledger.relations import Relation

#: Of how many cases the weeks are worked out at a time.
SOME = 500


@dataclass(frozen=True)
class ChargedAsDelivered:
    """That what is taken off a week is what its visits say: neither more nor less."""

    words: str = (
        "Of the week from {starts_on} of funding {funding}, {stands} pence are taken off; by its visits {pence}."
    )

    def findings(self) -> Iterator[str]:
        """A sentence for each week of which something else is taken off than follows from what was delivered."""
        off = Q(pence__sum__gt=0)
        taken = NotCharged.objects.order_by().values_list("funding__part__budget__case", "funding", "starts_on")
        stands = {
            (case, (funding, day)): pence for case, funding, day, pence in taken.annotate(Sum("pence")).filter(off)
        }
        cases = sorted({case for case, _ in stands}, key=str)
        for first in range(0, len(cases), SOME):
            some = cases[first : first + SOME]
            less = less_of_weeks(some, date.max)
            for (case, week), pence in stands.items():
                should = less[week].pence if week in less else 0
                if case in some and pence != should:
                    yield self.words.format(starts_on=week[1], funding=week[0], stands=pence, pence=should)


RELATIONS = (
    ChargedAsDelivered(),
    *of_history(VisitFile, "File of visits"),
    *of_history(Allocation, "Allocation of visit"),
    *of_history(Invoice, "Invoice"),
    *of_steps(Invoice, "Invoice", MOVES, WRITES, STAYS, State.RECEIVED),
    *of_history(InvoiceLine, "Line of an invoice"),
    *of_history(Dispute, "Dispute of a line"),
    Relation(
        "Agreement {agreement} says that {said} pence are owed to a provider, and its transfer does not move that from "
        "what is set aside for its case to that provider.",
        "SELECT g.id AS agreement, g.pence AS said FROM invoices_agreement AS g "
        "JOIN invoices_invoiceline AS l ON l.id = g.line_id JOIN invoices_invoice AS i ON i.id = l.invoice_id "
        "JOIN budgets_funding AS f ON f.id = g.funding_id JOIN budgets_part AS p ON p.id = f.part_id "
        "JOIN budgets_budget AS b ON b.id = p.budget_id LEFT JOIN ledger_transfer AS t ON t.id = g.transfer_id "
        "LEFT JOIN ledger_account AS owed ON owed.id = t.debit_id "
        "WHERE (t.reason, t.about, t.amount_pence, t.credit_id, owed.kind, owed.name, b.case_id, t.made_by_id) "
        " IS DISTINCT FROM ('delivered', g.funding_id, g.pence, b.committed_id, 'owed_to_provider',"
        " i.provider_id::text, g.case_id, g.agreed_by_id)",
    ),
    Relation(
        "Transfer {transfer} owes a provider something that nobody agreed.",
        "SELECT t.id AS transfer FROM ledger_transfer AS t LEFT JOIN invoices_agreement AS g ON g.transfer_id = t.id "
        "WHERE t.reason = 'delivered' AND g.id IS NULL",
    ),
    Relation(
        "{said} pence are owed as {owed}, and {agreed} pence of that invoice were agreed so by that officer.",
        "SELECT o.id AS owed, o.pence AS said, COALESCE(SUM(g.pence), 0) AS agreed FROM invoices_owed AS o "
        "LEFT JOIN (invoices_agreement AS g JOIN invoices_invoiceline AS l ON l.id = g.line_id) ON g.owed_id = o.id "
        "AND l.invoice_id = o.invoice_id AND g.dispute_id IS NOT DISTINCT FROM o.dispute_id "
        "AND (g.agreed_by_id, g.agreed_on) = (o.agreed_by_id, o.agreed_on) "
        "GROUP BY o.id HAVING o.pence IS DISTINCT FROM SUM(g.pence)",
    ),
    Relation(
        "What is owed as {owed} stands in accounts that are not its provider’s.",
        "SELECT o.id AS owed FROM invoices_owed AS o JOIN invoices_invoice AS i ON i.id = o.invoice_id "
        "JOIN ledger_account AS due ON due.id = o.account_id JOIN ledger_account AS paid ON paid.id = o.paid_into_id "
        "WHERE (due.kind, due.name, paid.kind, paid.name) IS DISTINCT FROM "
        "('owed_to_provider', i.provider_id::text, 'paid_to_provider', i.provider_id::text)",
    ),
    Relation(
        "Line {line} claims {claimed} pence, and {agreed} pence of it are agreed.",
        "SELECT l.id AS line, l.claimed_pence AS claimed, SUM(g.pence) AS agreed FROM invoices_invoiceline AS l "
        "JOIN invoices_agreement AS g ON g.line_id = l.id GROUP BY l.id HAVING SUM(g.pence) > l.claimed_pence",
    ),
    Relation(
        "Invoice {invoice} is “{state}”, and what of it is agreed or argued does not come to what it claims.",
        "SELECT i.id AS invoice, i.state FROM invoices_invoice AS i "
        "JOIN invoices_invoiceline AS l ON l.invoice_id = i.id LEFT JOIN invoices_dispute AS d ON d.line_id = l.id"
        " LEFT JOIN invoices_agreement AS g ON g.line_id = l.id AND g.dispute_id IS NULL "
        "GROUP BY i.id HAVING SUM(l.claimed_pence) <> i.total_pence OR CASE WHEN i.state IN ('agreed', 'disputed')"
        "  THEN SUM(COALESCE(g.pence, 0) + COALESCE(d.pence, 0)) <> i.total_pence"
        "   OR i.state = 'agreed' AND COUNT(*) FILTER (WHERE d.id IS NOT NULL AND d.answered_on IS NULL) > 0"
        "  ELSE COUNT(g.id) + COUNT(d.id) > 0 END",
    ),
    Relation(
        "Dispute {dispute} ended with {allowed} pence that are due, and {agreed} pence are agreed by it.",
        "SELECT d.id AS dispute, COALESCE(d.allowed_pence, 0) AS allowed, COALESCE(g.pence, 0) AS agreed "
        "FROM invoices_dispute AS d LEFT JOIN invoices_agreement AS g ON g.dispute_id = d.id "
        "WHERE COALESCE(d.allowed_pence, 0) <> COALESCE(g.pence, 0) OR g.line_id <> d.line_id",
    ),
    Relation(
        "Agreement {agreement} is for a visit that is matched to another case or another funding.",
        "SELECT g.id AS agreement FROM invoices_agreement AS g JOIN invoices_invoiceline AS l ON l.id = g.line_id "
        "LEFT JOIN invoices_allocation AS a ON a.visit_id = l.visit_id "
        "WHERE (a.result, a.case_id, a.funding_id) IS DISTINCT FROM ('matched', g.case_id, g.funding_id)",
    ),
    Relation(
        "Visit {visit} is matched to a line that is not in a managed account of its case, or to money of another day.",
        "SELECT a.visit_id AS visit FROM invoices_allocation AS a JOIN invoices_visit AS v ON v.id = a.visit_id "
        "JOIN planning_planline AS l ON l.id = a.line_id JOIN planning_plan AS n ON n.id = l.plan_id "
        "JOIN budgets_funding AS f ON f.id = a.funding_id JOIN budgets_part AS p ON p.id = f.part_id "
        "JOIN budgets_budget AS b ON b.id = p.budget_id WHERE a.result = 'matched' AND ("
        " (n.case_id, b.plan_id, p.way, l.way) IS DISTINCT FROM (a.case_id, n.id, 'council_managed', 'council_managed')"
        " OR v.day NOT BETWEEN f.starts_on AND f.ends_on)",
    ),
    Relation(
        "Visit {visit} is taken back, and its file is not; or the other way round; or it still counts somewhere.",
        "SELECT v.id AS visit FROM invoices_visit AS v LEFT JOIN invoices_visitfile AS f ON f.id = v.file_id "
        "LEFT JOIN invoices_allocation AS a ON a.visit_id = v.id LEFT JOIN invoices_invoiceline AS l ON l.visit_id = "
        "v.id WHERE v.taken_back_on IS DISTINCT FROM f.taken_back_on "
        "OR (v.taken_back_on IS NOT NULL) IS DISTINCT FROM (a.result = 'taken_back') "
        "OR v.taken_back_on IS NOT NULL AND l.id IS NOT NULL",
    ),
    Relation(
        "Visit {visit} stands nowhere: it is neither matched, nor waits for somebody.",
        "SELECT v.id AS visit FROM invoices_visit AS v LEFT JOIN invoices_allocation AS a ON a.visit_id = v.id "
        "WHERE a.visit_id IS NULL",
    ),
)
