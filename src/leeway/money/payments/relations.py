"""What must hold between instalments, payments, runs, bank details and the ledger."""

from collections.abc import Iterable, Mapping

from django.db.models import TextChoices

from leeway.access.models import User
from leeway.access.roles import WHO_CAN, Capability
from leeway.care.people.events import Event
from leeway.money.budgets.models import LAST_COSTS, Ending, Hold, InstalmentKind, Interim, LastCost
from leeway.money.ledger.histories import of_history, of_steps
from leeway.money.ledger.relations import Relation
from leeway.money.payees import states as of_payees
from leeway.money.payees.models import PayeeAccount
from leeway.money.payments.frozen import ABOUT, DECIDED, OF_FACTS, PAID_FOR, digest_of
from leeway.money.payments.models import FileOfRuns, InvoiceHold, PaymentRun, Sampled
from leeway.money.payments.states import (
    LIVE,
    MOVES,
    STAYS,
    TURNED_DOWN,
    WRITES,
    PaymentState,
    State,
    stands_together,
)


def _in(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(f"'{word}'" for word in sorted(words))})"


def _label(column: str, states: type[TextChoices]) -> str:
    labels = " ".join(f"WHEN '{state.value}' THEN '{state.label}'" for state in states)
    return f"CASE {column} {labels} END"


#: A payment that the bank was sent and that did not come back.
SENT = f"{_in('pay.state', LIVE)} AND run.state IN ('sent', 'confirmed')"

OF_PAYMENT = f"""
    FROM payments_payment AS pay JOIN payments_paymentrun AS run ON run.id = pay.run_id
    JOIN ({PAID_FOR}) AS i ON i.id = {ABOUT.format(row="pay")}
"""
#: Sendings that did not come back, and payments that arrived. Asked so that the planner knows them to be most of all:
#: it takes a LEFT JOIN that finds nothing to leave one row, and then goes through every payment for each.
STANDS = """
    SELECT t.* FROM ledger_transfer AS t WHERE t.corrects_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM ledger_transfer AS back WHERE back.corrects_id = t.id)
"""

HAD_ROLE = "EXISTS (SELECT 1 FROM access_userevent AS was WHERE was.pgh_obj_id = step.person AND was.roles && {roles})"


def _by_somebody_who_may(
    words: str, table: str, key: str, steps: Mapping[str, str], can: Capability, only: str = "TRUE"
) -> Relation:
    """That each step was taken by somebody who has had a role that may."""
    taken = ", ".join(f"('{did}', row.{column})" for did, column in steps.items())
    roles = f"ARRAY[{', '.join(f"'{role}'" for role in sorted(WHO_CAN[can]))}]::varchar[]"
    return Relation(
        words,
        f"SELECT row.{key} AS which, step.did, author.name AS author FROM {table} AS row CROSS JOIN LATERAL "
        f"(VALUES {taken}) AS step (did, person) JOIN access_user AS author ON author.id = step.person "
        f"WHERE {only} AND NOT {HAD_ROLE.format(roles=roles)}",
    )


AUTHORS = (
    _by_somebody_who_may(
        "Payment run {which} was {did} by {author}, who has never been somebody who may.",
        "payments_paymentrun",
        "number",
        {
            "made": "made_by_id",
            "given its day": "dated_by_id",
            "checked": "checked_by_id",
            "approved": "approved_by_id",
            "sent": "sent_by_id",
            "confirmed": "confirmed_by_id",
            "given up": "given_up_by_id",
        },
        Capability.PAY,
    ),
    _by_somebody_who_may(
        "Bank details {which} were {did} by {author}, who has never been somebody who may.",
        "payees_payeeaccount",
        "id",
        {"entered": "entered_by_id", "settled": "settled_by_id"},
        Capability.KEEP_BANK_DETAILS,
    ),
    _by_somebody_who_may(
        "What was held back of an invoice ({which}) was {did} by {author}, who has never been somebody who may.",
        "payments_invoicehold",
        "id",
        {"held back": "placed_by_id", "let go on": "lifted_by_id"},
        Capability.PAY,
    ),
    _by_somebody_who_may(
        "Payment run {which} is above the limit and was {did} by {author}, who has never been somebody who may.",
        "payments_paymentrun",
        "number",
        {"approved": "approved_by_id"},
        Capability.APPROVE_LARGE_RUNS,
        only="row.total_pence > row.second_above_pence",
    ),
    _by_somebody_who_may(
        "The file of several runs {which} was {did} by {author}, who has never been somebody who may.",
        "payments_fileofruns",
        "number",
        {"made": "made_by_id", "taken apart": "taken_apart_by_id"},
        Capability.PAY,
    ),
)

FILES = (
    Relation(
        "The file of several runs {number} says {runs_count} runs and {total_pence} pence, and has {found} of {pence}.",
        "SELECT file.number, runs_count, file.total_pence, COUNT(run.id) AS found, "
        "COALESCE(SUM(run.total_pence), 0) AS pence FROM payments_fileofruns AS file "
        "LEFT JOIN payments_paymentrun AS run ON run.file_id = file.id WHERE file.taken_apart_on IS NULL "
        "GROUP BY file.id HAVING (COUNT(run.id), COALESCE(SUM(run.total_pence), 0), "
        "COALESCE(SUM(run.payments_count), 0)) <> (file.runs_count, file.total_pence, file.payments_count)",
    ),
    Relation(
        "The runs of file {number} were not sent together, or it was taken apart and a run is still in it.",
        "SELECT file.number FROM payments_fileofruns AS file JOIN payments_paymentrun AS run ON run.file_id = file.id "
        "GROUP BY file.id HAVING COUNT(DISTINCT COALESCE(run.sent_on, 'infinity')) > 1 "
        "OR COUNT(DISTINCT run.originator::jsonb) > 1 OR file.taken_apart_on IS NOT NULL",
    ),
    Relation(
        "The serial number {number} is of a run and of a file of several runs.",
        "SELECT file.number FROM payments_fileofruns AS file JOIN payments_paymentrun AS run USING (number)",
    ),
)

ANSWERED = """
    FROM payments_answeredpayment AS named JOIN payments_bankanswer AS answer ON answer.id = named.answer_id
    JOIN payments_payment AS pay ON pay.id = named.payment_id
"""
ANSWERS = (
    _by_somebody_who_may(
        "The bank’s answer {which} was {did} by {author}, who has never been somebody who may.",
        "payments_bankanswer",
        "id",
        {"given": "given_by_id"},
        Capability.PAY,
    ),
    Relation(
        "The bank’s answer {answer} says that payment {payment} was not carried out, and it has not come back.",
        f"SELECT answer.id AS answer, pay.id AS payment {ANSWERED} "
        f"WHERE {_in('named.said', TURNED_DOWN)} AND pay.state <> 'returned'",
    ),
    Relation(
        "The bank’s answer {answer} names payment {payment}, which is not in its run.",
        f"SELECT answer.id AS answer, pay.id AS payment {ANSWERED} WHERE pay.run_id <> answer.run_id",
    ),
    Relation(
        "The bank’s answer {answer} says that {back_count} payments came back, and names {named}.",
        "SELECT answer.id AS answer, back_count, COUNT(named.id) AS named FROM payments_bankanswer AS answer "
        "LEFT JOIN payments_answeredpayment AS named ON named.answer_id = answer.id AND "
        f"{_in('named.said', TURNED_DOWN)} GROUP BY answer.id HAVING back_count <> COUNT(named.id)",
    ),
    Relation(
        "The bank’s answer {answer} is to payment run {number}, of which the bank has no file.",
        "SELECT answer.id AS answer, run.number FROM payments_bankanswer AS answer "
        "JOIN payments_paymentrun AS run ON run.id = answer.run_id WHERE run.state NOT IN ('sent', 'confirmed')",
    ),
)

#: Who took each step, in which order, and when: a row is the last of its versions, and each came of the one before.
STEPS = (
    *of_history(User, "The row of user"),
    *of_history(Hold, "Hold"),
    *of_history(Ending, "Ending"),
    *of_history(LastCost, "The last cost of instalment"),
    *of_history(Interim, "Money on account"),
    *of_history(Sampled, "The look at payment"),
    *of_history(InvoiceHold, "What was held back of an invoice"),
    *of_history(FileOfRuns, "The file of runs"),
    *of_history(PaymentRun, "Payment run"),
    *of_steps(PaymentRun, "Payment run", MOVES, WRITES, STAYS, State.MADE),
    *of_history(PayeeAccount, "The row of bank details"),
    *of_steps(PayeeAccount, "The row of bank details", of_payees.MOVES, of_payees.WRITES, {}, of_payees.State.ENTERED),
    Relation(
        "Payment {payment} was {did} by {author} as its run says, and by somebody else in the ledger.",
        f"WITH stands AS MATERIALIZED ({STANDS} AND t.reason IN ('payment_sent', 'payment_arrived')) "
        f"SELECT pay.id AS payment, step.did, author.name AS author {OF_PAYMENT} CROSS JOIN LATERAL (VALUES "
        "('payment_sent', 'sent', run.sent_by_id), ('payment_arrived', 'confirmed', run.confirmed_by_id)"
        ") AS step (reason, did, person) JOIN stands ON stands.about = i.id AND stands.reason = step.reason "
        f"JOIN access_user AS author ON author.id = step.person WHERE {SENT} AND stands.made_by_id <> step.person",
    ),
    Relation(
        "Payment {payment} came back on {returned_on}, and the ledger does not have that of that day and officer.",
        f"SELECT pay.id AS payment, pay.returned_on {OF_PAYMENT} WHERE pay.state = 'returned' AND NOT EXISTS ("
        "SELECT 1 FROM ledger_transfer AS t WHERE t.reason = 'payment_returned' AND t.about = i.id "
        "AND t.made_by_id = pay.returned_by_id AND t.effective_date = pay.returned_on)",
    ),
    Relation(
        "Why payment {payment} came back is not what the story of its case was told.",
        "SELECT pay.id AS payment FROM payments_payment AS pay WHERE pay.state = 'returned' "
        "AND pay.case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people_storyline AS line "
        f"WHERE line.kind IN ('{Event.PAYMENT_RETURNED}', '{Event.PAYMENT_FAILED}') "
        "AND line.case_id = pay.case_id AND line.happened_on = pay.returned_on AND line.by_id = pay.returned_by_id "
        "AND right(line.sentence, length(pay.returned_because) + 2) = ': ' || pay.returned_because)",
    ),
)

RELATIONS = (
    *AUTHORS,
    *ANSWERS,
    *FILES,
    *STEPS,
    Relation(
        "Instalment {instalment} was paid {times} times.",
        f"SELECT i.id AS instalment, COUNT(*) AS times {OF_PAYMENT} WHERE {SENT} GROUP BY i.id HAVING COUNT(*) > 1",
    ),
    Relation(
        "Payment {payment} is of {amount_pence} pence, and its instalment of {due} pence.",
        f"SELECT pay.id AS payment, pay.amount_pence, i.amount_pence AS due {OF_PAYMENT} "
        "WHERE pay.amount_pence <> i.amount_pence",
    ),
    Relation(
        "The facts of payment {payment} are not those that were frozen when its run was made.",
        f"SELECT pay.id AS payment FROM payments_payment AS pay WHERE pay.digest <> {digest_of('pay')}",
    ),
    Relation(
        "Payment {payment} says of {fact} something else than what it pays, or than the bank details that it goes to.",
        f"SELECT pay.id AS payment, facts.fact {OF_PAYMENT} "
        "JOIN payees_payeeaccount AS payee ON payee.id = pay.payee_id "
        f"CROSS JOIN LATERAL (VALUES {OF_FACTS}) AS facts (fact, said, stands) "
        "WHERE facts.said IS DISTINCT FROM facts.stands",
    ),
    Relation(
        "What had been decided when payment {payment} was made is not what is stored of it now.",
        f"SELECT pay.id AS payment FROM payments_payment AS pay JOIN ({PAID_FOR}) AS paid "
        f"ON paid.id = {ABOUT.format(row='pay')} WHERE pay.decided IS DISTINCT FROM {DECIDED}",
    ),
    Relation(
        "Payment run {number} is above the limit, and was approved without being checked first.",
        "SELECT number FROM payments_paymentrun WHERE total_pence > second_above_pence AND approved_by_id IS NOT NULL "
        "AND checked_by_id IS NULL",
    ),
    Relation(
        "Period {starts_on} of part {part} was paid {times} times ({kind}).",
        "SELECT pay.part_id AS part, pay.kind, pay.starts_on, COUNT(*) AS times FROM payments_payment AS pay "
        f"WHERE {_in('pay.state', LIVE)} AND {_in('pay.kind', [*InstalmentKind.values])} "
        f"AND NOT {_in('pay.kind', LAST_COSTS)} GROUP BY 1, 2, 3 HAVING COUNT(*) > 1",
    ),
    Relation(
        "Payment {payment} pays an instalment that was cancelled.",
        f"SELECT pay.id AS payment {OF_PAYMENT} JOIN budgets_cancellation AS c ON c.instalment_id = i.id WHERE {SENT}",
    ),
    Relation(
        "Payment {payment} goes to bank details of another case or provider, or of another part of the budget.",
        f"SELECT pay.id AS payment {OF_PAYMENT} JOIN payees_payeeaccount AS payee ON payee.id = pay.payee_id "
        "WHERE (payee.case_id, payee.provider_id, payee.way) IS DISTINCT FROM (i.case_id, i.provider_id, i.way)",
    ),
    Relation(
        "Payment {payment} goes to bank details that two officers had not agreed when its run was made.",
        f"SELECT pay.id AS payment {OF_PAYMENT} JOIN payees_payeeaccount AS payee ON payee.id = pay.payee_id "
        "WHERE payee.settled_by_id IS NULL OR payee.settled_by_id = payee.entered_by_id OR payee.rejected_because <> ''"
        " OR payee.settled_on < payee.entered_on",
    ),
    Relation(
        "Payment {payment} goes to bank details about which nobody rang the provider.",
        f"SELECT pay.id AS payment {OF_PAYMENT} JOIN payees_payeeaccount AS payee ON payee.id = pay.payee_id "
        "WHERE i.provider_id IS NOT NULL AND '' IN (payee.call_number, payee.call_known_from, payee.call_spoke_to)",
    ),
    Relation(
        "Bank details {payee} are not those that were entered.",
        "SELECT payee.id AS payee FROM payees_payeeaccount AS payee LEFT JOIN LATERAL (SELECT * "
        " FROM payees_payeeaccountevent AS event WHERE event.pgh_obj_id = payee.id ORDER BY event.pgh_id LIMIT 1"
        ") AS entered ON TRUE WHERE (payee.case_id, payee.provider_id, payee.way, payee.holder, payee.account_name,"
        " payee.sort_code, payee.account_number, payee.roll_number, payee.name_check, payee.bank_has_name,"
        " payee.entered_by_id)"
        " IS DISTINCT FROM (entered.case_id, entered.provider_id, entered.way, entered.holder,"
        " entered.account_name, entered.sort_code, entered.account_number, entered.roll_number, entered.name_check,"
        " entered.bank_has_name, entered.entered_by_id)",
    ),
    Relation(
        "Payment {payment} has no transfer “Payment sent to the bank” of {amount_pence} pence out of what was set "
        "aside or is owed for it.",
        f"WITH stands AS MATERIALIZED ({STANDS} AND t.reason = 'payment_sent') "
        f"SELECT pay.id AS payment, pay.amount_pence {OF_PAYMENT} LEFT JOIN stands ON stands.about = i.id "
        "AND stands.amount_pence = pay.amount_pence AND stands.credit_id = i.committed_id "
        f"WHERE {SENT} AND stands.id IS NULL",
    ),
    Relation(
        "Transfer {transfer} “{reason}” belongs to no payment.",
        f"WITH sent AS (SELECT i.id {OF_PAYMENT} WHERE {SENT}) SELECT stands.id AS transfer, stands.reason "
        f"FROM ({STANDS} AND t.reason IN ('payment_sent', 'payment_arrived')) AS stands "
        "LEFT JOIN sent ON sent.id = stands.about WHERE sent.id IS NULL",
    ),
    Relation(
        "Transfer {transfer} “{reason}” moves {amount_pence} pence, and the payment is of {due}.",
        "SELECT t.id AS transfer, t.reason, t.amount_pence, i.amount_pence AS due FROM ledger_transfer AS t "
        f"JOIN ({PAID_FOR}) AS i ON i.id = t.about "
        "WHERE t.reason IN ('payment_sent', 'payment_arrived') AND t.amount_pence <> i.amount_pence",
    ),
    Relation(
        "Payment {payment} arrived, and the ledger does not have it where its part of the budget is paid into, on the "
        "day of its run.",
        f"WITH arrived AS MATERIALIZED ({STANDS} AND t.reason = 'payment_arrived') "
        f"SELECT pay.id AS payment {OF_PAYMENT} LEFT JOIN arrived ON arrived.about = i.id WHERE pay.state = 'arrived' "
        "AND (arrived.debit_id, arrived.effective_date) IS DISTINCT FROM (i.paid_into_id, run.pay_on)",
    ),
    Relation(
        "Payment {payment} has not arrived, and the ledger says that it has.",
        f"SELECT pay.id AS payment {OF_PAYMENT} JOIN ({STANDS} AND t.reason = 'payment_arrived') AS arrived "
        "ON arrived.about = i.id WHERE pay.state = 'in_run'",
    ),
    Relation(
        "Instalment {instalment} was sent {sent} times, came back {back} times and arrived {arrived} times.",
        "SELECT about AS instalment, sent, back, arrived FROM (SELECT about,"
        " COUNT(*) FILTER (WHERE reason = 'payment_sent') AS sent,"
        " COUNT(*) FILTER (WHERE reason = 'payment_returned') AS back,"
        " COUNT(*) FILTER (WHERE reason = 'payment_arrived') - COUNT(*) FILTER (WHERE reason = 'not_arrived')"
        " AS arrived FROM ledger_transfer "
        "WHERE reason IN ('payment_sent', 'payment_returned', 'payment_arrived', 'not_arrived') GROUP BY about"
        f") AS counted JOIN ({PAID_FOR}) AS i ON i.id = about "
        "WHERE sent - back NOT IN (0, 1) OR arrived > sent - back",
    ),
    Relation(
        "{payments} payments of instalment {instalment} came back, and the ledger has {back}.",
        "SELECT about AS instalment, COALESCE(payments, 0) AS payments, COALESCE(back, 0) AS back FROM ("
        f" SELECT {ABOUT.format(row='pay')} AS about, COUNT(*) AS payments FROM payments_payment AS pay"
        " WHERE state = 'returned' GROUP BY 1"
        ") AS pay FULL JOIN (SELECT about, COUNT(*) AS back FROM ledger_transfer WHERE reason = 'payment_returned'"
        " GROUP BY 1) AS moved USING (about) WHERE payments IS DISTINCT FROM back",
    ),
    Relation(
        "Payment {payment} is “{state}”, and its run is “{run}”.",
        f"SELECT pay.id AS payment, {_label('pay.state', PaymentState)} AS state, {_label('run.state', State)} AS run "
        f"{OF_PAYMENT} WHERE NOT ({stands_together('pay', 'run')})",
    ),
    Relation(
        "Payment {payment} was sent on {effective_date}, and its run on {sent_on}.",
        f"WITH stands AS MATERIALIZED ({STANDS} AND t.reason = 'payment_sent') "
        f"SELECT pay.id AS payment, stands.effective_date, run.sent_on {OF_PAYMENT} JOIN stands ON stands.about = i.id "
        f"WHERE {SENT} AND stands.effective_date IS DISTINCT FROM run.sent_on",
    ),
    Relation(
        "Payment run {number} was approved by whoever chose its day, or its days are out of order.",
        "SELECT number FROM payments_paymentrun WHERE approved_by_id IN (made_by_id, dated_by_id) "
        "OR checked_by_id IN (made_by_id, dated_by_id, approved_by_id) "
        "OR checked_on < dated_on OR approved_on < checked_on "
        "OR dated_on < made_on OR approved_on < dated_on OR sent_on < approved_on OR pay_on < sent_on "
        "OR confirmed_on < pay_on "
        "OR (state IN ('approved', 'sent', 'confirmed') AND approved_by_id IS NULL)",
    ),
    Relation(
        "The sample of payment run {number} is of {size} payments, and {found} of this run were drawn.",
        "SELECT run.number, s.size, COUNT(pay.id) AS found FROM payments_sample AS s "
        "JOIN payments_paymentrun AS run ON run.id = s.run_id "
        "LEFT JOIN payments_sampled AS one ON one.sample_id = s.run_id "
        "LEFT JOIN payments_payment AS pay ON pay.id = one.payment_id AND pay.run_id = s.run_id "
        "GROUP BY run.number, s.size HAVING s.size <> COUNT(pay.id)",
    ),
    Relation(
        "Payment {payment} of a sample was checked by whoever made its run or chose its day.",
        "SELECT pay.id AS payment FROM payments_sampled AS one JOIN payments_payment AS pay ON pay.id = one.payment_id "
        "JOIN payments_paymentrun AS run ON run.id = pay.run_id "
        "WHERE one.looked_by_id IN (run.made_by_id, run.dated_by_id)",
    ),
    Relation(
        "The sample of payment run {number} was drawn by whoever made the run or chose its day.",
        "SELECT run.number FROM payments_sample AS s JOIN payments_paymentrun AS run ON run.id = s.run_id "
        "WHERE s.drawn_by_id IN (run.made_by_id, run.dated_by_id)",
    ),
    Relation(
        "Payment run {number} says {said} pence in {count} payments, and its payments come to {pence} in {found}.",
        "SELECT run.number, run.total_pence AS said, run.payments_count AS count, "
        "COALESCE(SUM(pay.amount_pence), 0) AS pence, COUNT(pay.id) AS found FROM payments_paymentrun AS run "
        "LEFT JOIN payments_payment AS pay ON pay.run_id = run.id GROUP BY run.id "
        "HAVING run.total_pence <> COALESCE(SUM(pay.amount_pence), 0) OR run.payments_count <> COUNT(pay.id)",
    ),
)
