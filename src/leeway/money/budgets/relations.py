"""What must hold between what was decided, budgets, their instalments and the ledger.

What a part costs until a day is worked out here in SQL as `schedule` works it out: the days before the first whole
period of the pay calendar, whole periods of four weeks, and the days after them.
"""

from leeway.access.roles import WHO_CAN, Capability
from leeway.money.ledger.relations import Relation


def _until(day: str) -> str:
    """SQL of what the part of a funding costs from the funding's first day until a day."""
    days = f"GREATEST(LEAST({day}, f.ends_on) - f.starts_on + 1, 0)"
    before = f"LEAST({days}, mod(f.ends_on - f.starts_on + 1, 28))"
    whole, after = f"(({days} - {before}) / 28)", f"mod({days} - {before}, 28)"
    weekly = "p.paid_pence_per_week"
    return f"(({weekly} * {before} + 6) / 7 + {weekly} * 4 * {whole} + ({weekly} * {after} + 6) / 7)"


def _falls_due(payer: str, day: str) -> str:
    """SQL of what has fallen due of a payer's share of a funding with the periods that end until a day."""
    kept = "(m.council + m.nhs + m.person - m.back)"
    return f"COALESCE(div((m.{payer} - m.{payer}_back) * LEAST({_until(day)}, {kept}), NULLIF({kept}, 0)), 0)"


OF_FUNDING = """
    FROM budgets_funding AS f JOIN budgets_part AS p ON p.id = f.part_id JOIN budgets_budget AS b ON b.id = p.budget_id
    LEFT JOIN budgets_ending AS e ON e.budget_id = b.id
"""
#: What was put in, promised, set aside, given back and fell due about each funding.
MOVED = """
    SELECT t.about,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'funding'), 0) AS council,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'promised' AND credit.kind = 'expected_nhs'), 0) AS nhs,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'promised' AND credit.kind = 'expected_person'), 0)
            AS person,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'commitment'), 0) AS set_aside,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'release'), 0) AS released,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'funding_returned'), 0) AS back,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'paid_before'), 0) AS taken_over,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'funding_returned' AND debit.kind = 'expected_nhs'), 0)
            AS nhs_back,
        COALESCE(SUM(amount_pence) FILTER (WHERE reason = 'funding_returned' AND debit.kind = 'expected_person'), 0)
            AS person_back,
        COALESCE(SUM(CASE reason WHEN 'fell_due' THEN amount_pence WHEN 'no_longer_due' THEN -amount_pence END)
            FILTER (WHERE 'owed_by_nhs' IN (debit.kind, credit.kind)), 0) AS nhs_due,
        COALESCE(SUM(CASE reason WHEN 'fell_due' THEN amount_pence WHEN 'no_longer_due' THEN -amount_pence END)
            FILTER (WHERE 'owed_by_person' IN (debit.kind, credit.kind)), 0) AS person_due,
        COALESCE(SUM(CASE WHEN reason IN ('delivered', 'not_charged') THEN amount_pence
                          WHEN reason IN ('not_delivered', 'charged_again') THEN -amount_pence END), 0) AS delivered,
        MAX(effective_date) FILTER (WHERE reason = 'fell_due') AS due_until
      FROM ledger_transfer AS t
      JOIN ledger_account AS debit ON debit.id = t.debit_id JOIN ledger_account AS credit ON credit.id = t.credit_id
     WHERE t.reason IN ('funding', 'promised', 'commitment', 'release', 'funding_returned', 'fell_due',
                        'no_longer_due', 'delivered', 'not_delivered', 'not_charged', 'charged_again', 'paid_before')
     GROUP BY t.about
"""
LIVE = """
    SELECT i.* FROM budgets_instalment AS i LEFT JOIN budgets_cancellation AS c ON c.instalment_id = i.id
     WHERE c.instalment_id IS NULL
"""
#: What an earlier budget had paid for a funding's days, counted once where an instalment was shortened.
ALREADY = """
    SELECT f.id, SUM(paid.pence) AS pence FROM budgets_funding AS f JOIN (
        SELECT part_id, starts_on, MAX(already_paid_pence) AS pence FROM budgets_instalment WHERE kind = 'regular'
         GROUP BY part_id, starts_on HAVING MAX(already_paid_pence) > 0
    ) AS paid ON paid.part_id = f.part_id AND paid.starts_on BETWEEN f.starts_on AND f.ends_on
     WHERE f.kind = 'regular' GROUP BY f.id
"""
TOTAL = "(f.nhs_pence + f.person_pence + f.council_pence)"
WITH = f"WITH m AS MATERIALIZED ({MOVED})"
STANDING = f"{OF_FUNDING} LEFT JOIN m ON m.about = f.id"

#: The day on which a budget that takes the place of an ended one begins, after days that are left out where there are.
GOES_ON = "(CASE WHEN {0}.sooner_on IS NULL THEN COALESCE({0}.left_out_until, {0}.ends_on) ELSE {0}.ends_on END + 1)"

#: The budget of the same plan that budget `b` goes on from, or was to go on from where it never ran.
GOES_ON_FROM = f"""
    SELECT 1 FROM budgets_ending AS ended JOIN budgets_budget AS before ON before.id = ended.budget_id
     WHERE before.plan_id = b.plan_id AND before.id <> b.id
       AND (ended.replaced AND {GOES_ON.format("ended")} = b.starts_on
        OR COALESCE(ended.left_out_until, ended.first_ends_on) + 1 = b.starts_on AND EXISTS (
        SELECT 1 FROM budgets_ending AS own WHERE own.budget_id = b.id AND own.ends_on < b.starts_on))
"""

#: As above, where what the person pays was decided once for both.
GOES_ON_AS_BEFORE = f"{GOES_ON_FROM} AND before.charge_id = b.charge_id"

#: By how much what fell due of a funding may differ from the weekly amount for its days: days are rounded up as they
#: are paid, shares down, and each may be once where a period is cut and once at the end.
PENCE_OF_ROUNDING = 3

#: The last day of the pay period up to which a share has fallen due.
LAST_OF_PERIOD = "(m.due_until + 27 - mod(mod(m.due_until - b.pay_calendar_starts_on, 28) + 28, 28))"

DECIDED = (
    Relation(
        "Budget {budget} rests on plan {plan}, which is “{state}” and not agreed.",
        "SELECT b.id AS budget, plan.id AS plan, plan.state FROM budgets_budget AS b "
        "JOIN planning_plan AS plan ON plan.id = b.plan_id WHERE plan.state NOT IN ('agreed', 'replaced', 'ended')",
    ),
    Relation(
        "Budget {budget} rests on a decision that is neither its plan’s nor that of a change of a line of it.",
        "SELECT b.id AS budget FROM budgets_budget AS b JOIN planning_plan AS plan ON plan.id = b.plan_id "
        "WHERE b.final_budget_id IS DISTINCT FROM plan.final_budget_id AND NOT EXISTS ("
        " SELECT 1 FROM planning_linechange AS changed JOIN planning_planline AS line ON line.id = changed.line_id "
        " WHERE line.plan_id = b.plan_id AND changed.final_budget_id = b.final_budget_id)",
    ),
    Relation(
        "Line {line} changes by itself on {starts_on}, and no budget goes on with that from that day.",
        "SELECT changed.line_id AS line, changed.starts_on FROM planning_linechange AS changed "
        "WHERE changed.carried_out_on IS NOT NULL AND NOT EXISTS ("
        " SELECT 1 FROM budgets_budget AS b WHERE b.final_budget_id = changed.final_budget_id"
        " AND b.starts_on = changed.starts_on)",
    ),
    Relation(
        "Budget {budget} pays for line {line}, which is not bought from {starts_on} on.",
        "SELECT b.id AS budget, changed.line_id AS line, changed.starts_on FROM budgets_budget AS b "
        "JOIN decisions_decision AS d ON d.id = b.final_budget_id "
        "JOIN planning_planline AS line ON line.plan_id = b.plan_id "
        "JOIN planning_linechange AS changed ON changed.line_id = line.id "
        "LEFT JOIN budgets_ending AS ended ON ended.budget_id = b.id "
        "WHERE NOT COALESCE(ended.ends_on < b.starts_on, FALSE) AND changed.carried_out_on IS NOT NULL "
        "AND changed.kind IN ('ends', 'pauses') AND b.starts_on >= changed.starts_on AND NOT EXISTS ("
        " SELECT 1 FROM planning_linechange AS again WHERE again.pause_id = changed.id"
        " AND b.starts_on >= again.starts_on) "
        "AND COALESCE(jsonb_exists(d.inputs -> 'line_ids', line.id::text), TRUE)",
    ),
    Relation(
        "Budget {budget} does not pay for line {line} at the price that was taken for it from {starts_on}.",
        "SELECT b.id AS budget, taken.line_id AS line, taken.starts_on FROM budgets_budget AS b "
        "JOIN decisions_decision AS d ON d.id = b.final_budget_id "
        "JOIN planning_planline AS line ON line.plan_id = b.plan_id JOIN LATERAL ("
        " SELECT changed.line_id, changed.starts_on, rate.pence FROM planning_linechange AS changed "
        " JOIN contracts_rate AS rate ON rate.id = changed.rate_id "
        " WHERE changed.line_id = line.id AND changed.starts_on <= b.starts_on AND changed.taken_back_on IS NULL"
        " ORDER BY changed.starts_on DESC, changed.made_at DESC LIMIT 1) AS taken ON TRUE "
        "LEFT JOIN budgets_ending AS ended ON ended.budget_id = b.id "
        "WHERE (d.inputs -> 'prices' ->> line.id::text)::bigint IS DISTINCT FROM taken.pence "
        "AND NOT COALESCE(ended.ends_on < b.starts_on, FALSE)",
    ),
    Relation(
        "Budget {budget} does not say what was decided for its plan.",
        "SELECT b.id AS budget FROM budgets_budget AS b "
        "LEFT JOIN decisions_decision AS d ON d.id = b.final_budget_id "
        "WHERE (b.case_id, b.cost_pence_per_week, b.nhs_pence_per_week) IS DISTINCT FROM "
        " (d.case_id, (d.result ->> 'pence_per_week')::bigint, (d.result ->> 'nhs_pence_per_week')::bigint)"
        " OR b.start_up_pence <> (d.result ->> 'start_up_pence')::bigint"
        f"  AND NOT (b.start_up_pence = 0 AND EXISTS ({GOES_ON_FROM}))",
    ),
    Relation(
        "Budget {budget} does not take from the person what was decided of it, or does so on other days.",
        "SELECT b.id AS budget FROM budgets_budget AS b LEFT JOIN decisions_decision AS d ON d.id = b.charge_id "
        "WHERE (b.case_id, 'charge', b.charge_pence_per_week, b.charge_pence_per_week + b.council_pence_per_week)"
        " IS DISTINCT FROM (d.case_id, d.kind, (d.result ->> 'charge_pence_per_week')::bigint,"
        "  (d.inputs ->> 'personal_budget_pence_per_week')::bigint)"
        f" OR b.starts_on <> d.law_on AND NOT EXISTS ({GOES_ON_AS_BEFORE})",
    ),
    Relation(
        "Charge {charge} was decided with the budget of plan {plan}, which has been set up without it.",
        "SELECT plan.id AS plan, stretch.charge FROM planning_plan AS plan "
        "JOIN decisions_decision AS d ON d.id = plan.final_budget_id "
        "CROSS JOIN jsonb_array_elements_text(d.inputs -> 'charge_decisions') AS stretch (charge) "
        "WHERE EXISTS (SELECT 1 FROM budgets_budget AS b WHERE b.plan_id = plan.id) AND NOT EXISTS ("
        " SELECT 1 FROM budgets_budget AS b WHERE b.plan_id = plan.id AND b.charge_id::text = stretch.charge)",
    ),
    Relation(
        "Budget {budget} takes from the person by charge {charge}, which its plan does not name.",
        "SELECT b.id AS budget, b.charge_id AS charge FROM budgets_budget AS b WHERE NOT EXISTS ("
        " SELECT 1 FROM planning_plan_charges AS named WHERE named.plan_id = b.plan_id"
        " AND named.decision_id = b.charge_id)",
    ),
    Relation(
        "Budget {budget} begins neither on the day that was decided nor after one of the same plan that it goes on "
        "from.",
        "SELECT b.id AS budget FROM budgets_budget AS b JOIN planning_plan AS plan ON plan.id = b.plan_id "
        "JOIN decisions_decision AS d ON d.id = plan.final_budget_id "
        f"WHERE b.starts_on <> (d.result ->> 'starts_on')::date AND NOT EXISTS ({GOES_ON_FROM})",
    ),
    Relation(
        "The parts of budget {budget} do not add up to it.",
        "SELECT b.id AS budget FROM budgets_budget AS b LEFT JOIN budgets_part AS p ON p.budget_id = b.id "
        "GROUP BY b.id HAVING (SUM(p.gross_pence_per_week), SUM(p.nhs_pence_per_week), SUM(p.charge_pence_per_week))"
        " IS DISTINCT FROM (b.cost_pence_per_week::numeric, b.nhs_pence_per_week::numeric,"
        " b.charge_pence_per_week::numeric)",
    ),
    Relation(
        "Part {part} pays out {paid} pence a week, which is not its cost less what the person pays into the account.",
        "SELECT p.id AS part, p.paid_pence_per_week AS paid FROM budgets_part AS p "
        "JOIN budgets_budget AS b ON b.id = p.budget_id WHERE p.paid_pence_per_week <> p.gross_pence_per_week - CASE "
        "WHEN p.way = 'direct_payment' AND b.collected_by = 'person' THEN p.charge_pence_per_week ELSE 0 END",
    ),
    Relation(
        "Part {part} is paid into an account that is not of its kind or not of its case.",
        "SELECT p.id AS part FROM budgets_part AS p JOIN budgets_budget AS b ON b.id = p.budget_id "
        "LEFT JOIN ledger_account AS a ON a.id = p.paid_into_id WHERE (a.kind, a.case_id) IS DISTINCT FROM ("
        " CASE p.way WHEN 'direct_payment' THEN 'held_by_person' WHEN 'service_fund' THEN 'held_by_provider' END,"
        " CASE WHEN p.way IN ('direct_payment', 'service_fund') THEN b.case_id END)",
    ),
    Relation(
        "Budget {budget} keeps its money in accounts that are not its own.",
        "SELECT b.id AS budget FROM budgets_budget AS b LEFT JOIN ledger_account AS one ON one.id = b.available_id "
        "LEFT JOIN ledger_account AS other ON other.id = b.committed_id "
        "WHERE (one.kind, one.case_id, other.kind, other.case_id, one.name) IS DISTINCT FROM "
        "('available', b.case_id, 'committed', b.case_id, other.name)",
    ),
)

FUNDED = (
    Relation(
        "Funding {funding} does not follow the one before it, from {starts_on}.",
        "SELECT id AS funding, starts_on FROM (SELECT f.*, b.starts_on AS budget_starts_on, LAG(f.ends_on) OVER ("
        f" PARTITION BY f.part_id ORDER BY f.starts_on) AS before {OF_FUNDING} WHERE f.kind = 'regular') AS f "
        "WHERE starts_on <> COALESCE(before + 1, budget_starts_on)",
    ),
    Relation(
        "Funding {funding} comes to {said} pence, and the days of its part until {ends_on} to {due}.",
        f"SELECT f.id AS funding, f.ends_on, {TOTAL} AS said, {_until('f.ends_on')} AS due {OF_FUNDING} "
        f"WHERE f.kind = 'regular' AND ({TOTAL} <> {_until('f.ends_on')}"
        "  OR mod(f.ends_on + 1 - b.pay_calendar_starts_on, 28) <> 0)",
    ),
    Relation(
        "Funding {funding} counts {said} pence as paid before, and the payments of its part {counted}.",
        f"WITH already AS MATERIALIZED ({ALREADY}) SELECT f.id AS funding, f.paid_before_pence AS said, "
        "COALESCE(already.pence, 0) AS counted FROM budgets_funding AS f LEFT JOIN already ON already.id = f.id "
        "WHERE f.paid_before_pence <> COALESCE(already.pence, 0)",
    ),
    Relation(
        "Budget {budget} counts {said} pence as paid before, and bears {moved} of them.",
        "SELECT b.id AS budget, SUM(f.paid_before_pence) AS said, COALESCE(borne.pence, 0) AS moved "
        f"{OF_FUNDING} LEFT JOIN (SELECT credit_id, SUM(amount_pence) AS pence FROM ledger_transfer "
        " WHERE reason = 'paid_before' GROUP BY credit_id) AS borne ON borne.credit_id = b.available_id "
        "GROUP BY b.id, borne.pence HAVING SUM(f.paid_before_pence) <> COALESCE(borne.pence, 0)",
    ),
    Relation(
        "Funding {funding} is not shared out as its part is: {nhs_pence} from the NHS and {person_pence} from the "
        "person of {total} pence.",
        f"SELECT f.id AS funding, f.nhs_pence, f.person_pence, {TOTAL} AS total {OF_FUNDING} CROSS JOIN LATERAL ("
        " SELECT p.charge_pence_per_week - (p.gross_pence_per_week - p.paid_pence_per_week) AS person) AS share "
        "CROSS JOIN LATERAL (SELECT p.paid_pence_per_week - p.nhs_pence_per_week - share.person AS council) AS rest "
        "WHERE (f.nhs_pence, f.person_pence) IS DISTINCT FROM (CASE"
        "  WHEN f.kind <> 'regular' THEN 0 WHEN rest.council + share.person = 0 THEN"
        f" {TOTAL} ELSE {TOTAL} * p.nhs_pence_per_week / p.paid_pence_per_week END,"
        " CASE WHEN f.kind <> 'regular' THEN 0 WHEN rest.council = 0 AND share.person > 0"
        f"  THEN {TOTAL} - {TOTAL} * p.nhs_pence_per_week / p.paid_pence_per_week"
        f" ELSE {TOTAL} * share.person / p.paid_pence_per_week END)",
    ),
    Relation(
        "Budget {budget} starts with {said} pence once, and {funded} pence of it are funded.",
        "SELECT b.id AS budget, b.start_up_pence AS said, COALESCE(SUM(f.council_pence), 0) AS funded "
        "FROM budgets_budget AS b LEFT JOIN budgets_part AS p ON p.budget_id = b.id "
        "LEFT JOIN budgets_funding AS f ON f.part_id = p.id AND f.kind = 'start_up' AND f.starts_on = b.starts_on "
        "GROUP BY b.id HAVING b.start_up_pence <> COALESCE(SUM(f.council_pence), 0)",
    ),
    Relation(
        "Funding {funding} is for something paid once that has no place: a start on another day than the budget’s, or "
        "a last cost of a budget that had not ended.",
        f"SELECT f.id AS funding {OF_FUNDING} WHERE f.kind = 'start_up' AND f.starts_on <> b.starts_on "
        "OR f.kind NOT IN ('regular', 'start_up') AND (e.id IS NULL OR f.starts_on < e.ended_on)",
    ),
    *(
        Relation(
            f"Funding {{funding}} says that {words} {{said}} pence, and the ledger has {{moved}}.",
            f"WITH m AS ({MOVED}) SELECT f.id AS funding, {said} AS said, COALESCE(m.{moved}, 0) AS moved "
            f"FROM budgets_funding AS f LEFT JOIN m ON m.about = f.id WHERE {said} <> COALESCE(m.{moved}, 0)",
        )
        for words, said, moved in (
            ("the council put in", "f.council_pence", "council"),
            ("the NHS promised", "f.nhs_pence", "nhs"),
            ("the person promised", "f.person_pence", "person"),
            ("its budget set aside", f"({TOTAL} - f.paid_before_pence)", "set_aside"),
        )
    ),
    Relation(
        "Transfer {transfer} “{reason}” is about no funding.",
        "SELECT t.id AS transfer, t.reason FROM ledger_transfer AS t LEFT JOIN budgets_funding AS f ON f.id = t.about "
        "LEFT JOIN budgets_interim AS n ON n.id = t.about WHERE f.id IS NULL AND n.id IS NULL AND t.reason IN "
        "('funding', 'promised', 'commitment', 'release', 'funding_returned', 'fell_due', 'no_longer_due', 'delivered',"
        " 'not_delivered', 'not_charged', 'charged_again', 'paid_before')",
    ),
    Relation(
        "Transfer {transfer} is about a funding of another case or another budget.",
        f"SELECT t.id AS transfer {OF_FUNDING} JOIN ledger_transfer AS t ON t.about = f.id "
        "JOIN ledger_account AS one ON one.id = t.debit_id JOIN ledger_account AS other ON other.id = t.credit_id "
        "WHERE one.case_id <> b.case_id OR other.case_id <> b.case_id "
        " OR one.kind = 'available' AND one.id <> b.available_id OR other.kind = 'available' AND "
        "other.id <> b.available_id AND t.reason <> 'paid_before' "
        " OR one.kind = 'committed' AND one.id <> b.committed_id"
        " OR other.kind = 'committed' AND other.id <> b.committed_id",
    ),
    Relation(
        "Transfer {transfer} counts on {effective_date}, before its budget was set up on {started_on}.",
        f"SELECT t.id AS transfer, t.effective_date, b.started_on {OF_FUNDING} "
        "JOIN ledger_transfer AS t ON t.about = f.id WHERE t.effective_date < b.started_on",
    ),
)

NOT_CHARGED = (
    Relation(
        "Less charged of a week ({row}) says {said} pence, and its transfer does not move that between what was set "
        "aside and what the person owes, on the last day of that week.",
        "SELECT n.id AS row, n.pence AS said FROM budgets_notcharged AS n JOIN budgets_funding AS f "
        "ON f.id = n.funding_id JOIN budgets_part AS p ON p.id = f.part_id JOIN budgets_budget AS b "
        "ON b.id = p.budget_id LEFT JOIN ledger_transfer AS t ON t.id = n.transfer_id "
        "LEFT JOIN ledger_account AS owed ON owed.id = CASE WHEN n.pence > 0 THEN t.debit_id ELSE t.credit_id END "
        "WHERE (t.reason, t.about, t.amount_pence, CASE WHEN n.pence > 0 THEN t.credit_id ELSE t.debit_id END,"
        " owed.kind, owed.case_id, t.effective_date) IS DISTINCT FROM (CASE WHEN n.pence > 0 THEN 'not_charged' "
        "ELSE 'charged_again' END, f.id, abs(n.pence), b.committed_id, 'owed_by_person', b.case_id, "
        "GREATEST(n.ends_on, b.started_on))",
    ),
    Relation(
        "Transfer {transfer} “{reason}” is of no week of which less was charged.",
        "SELECT t.id AS transfer, t.reason FROM ledger_transfer AS t LEFT JOIN budgets_notcharged AS n "
        "ON n.transfer_id = t.id WHERE t.reason IN ('not_charged', 'charged_again') AND n.id IS NULL",
    ),
    Relation(
        "Of the week from {starts_on} of funding {funding}, {pence} pence are taken off {charged}.",
        "SELECT funding_id AS funding, starts_on, SUM(pence) AS pence, MAX(charged_pence) AS charged "
        "FROM budgets_notcharged GROUP BY funding_id, starts_on "
        "HAVING SUM(pence) NOT BETWEEN 0 AND MAX(charged_pence)",
    ),
)

ENDED = (
    Relation(
        "For funding {funding}, {aside} pence are set aside, and its instalments come to {due}.",
        f"{WITH}, live AS ({LIVE}) SELECT f.id AS funding, m.set_aside - m.released AS aside, "
        f"COALESCE(SUM(live.amount_pence), 0) AS due {STANDING} LEFT JOIN live ON live.part_id = p.id "
        " AND live.kind = f.kind AND live.starts_on BETWEEN f.starts_on AND f.ends_on "
        " AND NOT EXISTS (SELECT 1 FROM budgets_lastcost AS cost WHERE cost.funding_id = f.id"
        "  AND cost.instalment_id <> live.id) "
        "WHERE p.paid_into_id IS NOT NULL GROUP BY f.id, m.set_aside, m.released "
        "HAVING m.set_aside - m.released IS DISTINCT FROM COALESCE(SUM(live.amount_pence), 0)",
    ),
    Relation(
        "For funding {funding}, {aside} pence are set aside, and its days until {ends_on} cost {due}.",
        f"{WITH} SELECT f.id AS funding, m.set_aside - m.released AS aside, LEAST(e.ends_on, f.ends_on) AS ends_on, "
        f"{_until('e.ends_on')} AS due {STANDING} WHERE p.paid_into_id IS NULL AND f.kind = 'regular' "
        f"AND m.set_aside - m.released IS DISTINCT FROM GREATEST(LEAST({_until('e.ends_on')}, {TOTAL}), m.delivered)",
    ),
    Relation(
        "Of funding {funding}, {delivered} pence are owed to providers, and {aside} pence are set aside.",
        f"WITH m AS ({MOVED}) SELECT f.id AS funding, m.delivered, m.set_aside - m.released AS aside "
        "FROM budgets_funding AS f JOIN m ON m.about = f.id WHERE m.delivered > m.set_aside - m.released",
    ),
    Relation(
        "Of funding {funding}, {released} pence are no longer set aside or are borne by a later budget, and {back} "
        "went back to who gave or promised them.",
        f"WITH m AS ({MOVED}) SELECT f.id AS funding, m.released + m.taken_over AS released, m.back "
        "FROM budgets_funding AS f JOIN m ON m.about = f.id WHERE m.released + m.taken_over <> m.back",
    ),
    Relation(
        "What is no longer set aside of funding {funding} did not go back to each as they gave.",
        f"WITH m AS ({MOVED}) SELECT f.id AS funding FROM budgets_funding AS f JOIN m ON m.about = f.id "
        f"WHERE {TOTAL} > 0 AND (ABS(m.nhs_back * {TOTAL} - m.back * f.nhs_pence) >= 2 * {TOTAL}"
        f" OR ABS(m.person_back * {TOTAL} - m.back * f.person_pence) >= 2 * {TOTAL})",
    ),
    Relation(
        "Instalment {instalment} was cancelled, and its budget has not ended, or not before it.",
        "SELECT i.id AS instalment FROM budgets_cancellation AS c JOIN budgets_instalment AS i "
        "ON i.id = c.instalment_id JOIN budgets_part AS p ON p.id = i.part_id "
        "LEFT JOIN budgets_ending AS e ON e.budget_id = p.budget_id "
        "WHERE i.kind IN ('regular', 'start_up') "
        "AND (e.id IS NULL OR i.ends_on <= e.ends_on OR c.cancelled_on < e.ended_on)",
    ),
    Relation(
        "Instalment {instalment} is a last cost that was cancelled, and its money was not given back whole.",
        f"WITH m AS ({MOVED}) SELECT c.instalment_id AS instalment FROM budgets_cancellation AS c "
        "JOIN budgets_lastcost AS cost ON cost.instalment_id = c.instalment_id JOIN m ON m.about = cost.funding_id "
        "WHERE m.set_aside <> m.released",
    ),
    Relation(
        "Instalment {instalment} is still to be paid for days after its budget ended.",
        f"WITH live AS ({LIVE}) SELECT live.id AS instalment FROM live JOIN budgets_part AS p ON p.id = live.part_id "
        "JOIN budgets_ending AS e ON e.budget_id = p.budget_id WHERE live.kind IN ('regular', 'start_up') "
        "AND live.ends_on > e.ends_on AND live.amount_pence > 0 AND NOT EXISTS (SELECT 1 FROM ledger_transfer AS t "
        " WHERE t.about = live.id AND t.reason = 'payment_sent')",
    ),
    Relation(
        "Of what {payer} promised for funding {funding}, {due} pence have fallen due, and {calendar} can have.",
        " UNION ALL ".join(
            f"({WITH} SELECT f.id AS funding, '{name}' AS payer, m.{payer}_due AS due, {calendar} AS calendar "
            f"{STANDING} WHERE f.kind = 'regular' AND m.{payer}_due {holds} {calendar} AND {which})"
            for payer, name in (("nhs", "the NHS"), ("person", "the person"))
            for calendar, holds, which in (
                (
                    _falls_due(payer, LAST_OF_PERIOD),
                    "<>",
                    "e.id IS NULL AND m.due_until IS NOT NULL",
                ),
                (
                    _falls_due(payer, "e.ends_on"),
                    ">",
                    "e.id IS NOT NULL",
                ),
            )
        ),
    ),
    Relation(
        "Of what {payer} pays of part {part}, {due} pence have fallen due, and its days until {until} come to {days}.",
        " UNION ALL ".join(
            f"({WITH} SELECT part, '{name}' AS payer, due, until, days FROM (SELECT p.id AS part, until, fundings, due,"
            f"  p.{weekly}_pence_per_week * GREATEST(until - b.starts_on + 1, 0) / 7 AS days"
            f"  FROM (SELECT f.part_id, COUNT(*) AS fundings, MAX(CASE WHEN m.due_until IS NOT NULL"
            f"   THEN LEAST({LAST_OF_PERIOD}, f.ends_on, e.ends_on) END) AS until,"
            f"   SUM(m.{payer}_due) AS due {STANDING} WHERE f.kind = 'regular' AND {which} GROUP BY f.part_id"
            "   HAVING MAX(m.due_until) IS NOT NULL) AS fell"
            "  JOIN budgets_part AS p ON p.id = fell.part_id JOIN budgets_budget AS b ON b.id = p.budget_id"
            f" ) AS beside WHERE ABS(due - days) > {PENCE_OF_ROUNDING} * fundings)"
            for payer, weekly, name, which in (
                ("nhs", "nhs", "the NHS", "TRUE"),
                ("person", "charge", "the person", "p.way <> 'direct_payment'"),
            )
        ),
    ),
)

SCHEDULED = (
    Relation(
        "Instalment {instalment} is of {said} pence, and its days cost {due}.",
        "SELECT i.id AS instalment, i.for_period_pence AS said, "
        "(p.paid_pence_per_week * (i.ends_on - i.starts_on + 1) + 6) / 7 AS due FROM budgets_instalment AS i "
        "JOIN budgets_part AS p ON p.id = i.part_id WHERE i.kind = 'regular' "
        "AND i.for_period_pence <> (p.paid_pence_per_week * (i.ends_on - i.starts_on + 1) + 6) / 7",
    ),
    Relation(
        "Instalment {instalment} pays {amount} pence, which is not its period less what was paid before.",
        "SELECT id AS instalment, amount_pence AS amount FROM budgets_instalment "
        "WHERE amount_pence <> for_period_pence - already_paid_pence OR amount_pence < 0 OR already_paid_pence < 0",
    ),
    Relation(
        "Instalment {instalment} of {starts_on} is not a period of the pay calendar, or is due on another day.",
        "SELECT i.id AS instalment, i.starts_on FROM budgets_instalment AS i "
        "JOIN budgets_part AS p ON p.id = i.part_id JOIN budgets_budget AS b ON b.id = p.budget_id "
        "LEFT JOIN budgets_ending AS e ON e.budget_id = b.id "
        "WHERE i.due_on <> i.starts_on OR i.kind = 'regular' AND ("
        " i.starts_on <> b.starts_on AND mod(i.starts_on - b.pay_calendar_starts_on, 28) <> 0"
        " OR COALESCE(i.ends_on NOT IN (e.ends_on, e.first_ends_on), TRUE)"
        "  AND mod(i.ends_on + 1 - b.pay_calendar_starts_on, 28) <> 0"
        " OR i.ends_on - i.starts_on >= 28)",
    ),
    Relation(
        "The instalments of part {part} are for {days} days until {until}, where {due} are to be paid for.",
        f"WITH live AS ({LIVE}) SELECT p.id AS part, counted.days, counted.until, counted.due FROM budgets_part AS p "
        "JOIN budgets_budget AS b ON b.id = p.budget_id LEFT JOIN budgets_ending AS e ON e.budget_id = b.id "
        "CROSS JOIN LATERAL (SELECT LEAST(e.ends_on, (SELECT MAX(i.ends_on) FROM budgets_instalment AS i "
        "  WHERE i.part_id = p.id AND i.kind = 'regular')) AS until) AS last "
        "CROSS JOIN LATERAL (SELECT last.until, GREATEST(last.until - b.starts_on + 1, 0) AS due, "
        "  COALESCE(SUM(GREATEST(LEAST(live.ends_on, last.until) - live.starts_on + 1, 0)), 0) AS days FROM live "
        "  WHERE live.part_id = p.id AND live.kind = 'regular') AS counted "
        "WHERE p.paid_into_id IS NOT NULL AND p.paid_pence_per_week > 0 AND counted.days IS DISTINCT FROM counted.due",
    ),
    Relation(
        "Instalment {instalment} of {starts_on} is for days that another pays for too.",
        f"WITH live AS ({LIVE}) SELECT id AS instalment, starts_on FROM (SELECT live.*, LAG(ends_on) OVER ("
        " PARTITION BY part_id ORDER BY starts_on, ends_on) AS before FROM live WHERE kind = 'regular') AS live "
        "WHERE starts_on <= before",
    ),
    Relation(
        "Budget {budget} counts {counted} pence as paid before, of which the budget that it replaced had paid {paid}.",
        "SELECT b.id AS budget, SUM(f.paid_before_pence) AS counted, "
        f"COALESCE(earlier.paid, 0) AS paid {OF_FUNDING} LEFT JOIN LATERAL ("
        " SELECT MAX(o.paid_beyond_pence) AS paid FROM budgets_ending AS o JOIN budgets_budget AS ob "
        f"  ON ob.id = o.budget_id WHERE ob.case_id = b.case_id AND o.replaced AND {GOES_ON.format('o')} = b.starts_on"
        ") AS earlier ON TRUE LEFT JOIN budgets_interim AS interim ON interim.set_off_in_id = b.id "
        "GROUP BY b.id, earlier.paid, interim.set_off_pence "
        "HAVING SUM(f.paid_before_pence) > COALESCE(earlier.paid, 0) + COALESCE(interim.set_off_pence, 0)",
    ),
)

HELD = (
    Relation(
        "A hold says that days until {left_out_until} are left out, and no budget of its plan goes on from the day "
        "after.",
        "SELECT h.left_out_until FROM budgets_hold AS h JOIN budgets_budget AS b ON b.id = h.budget_id "
        "WHERE h.left_out_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM budgets_ending AS e "
        " JOIN budgets_budget AS held ON held.id = e.budget_id WHERE held.plan_id = b.plan_id"
        " AND e.left_out_until = h.left_out_until AND e.first_ends_on + 1 = h.left_out_from)",
    ),
    Relation(
        "Budget {budget} leaves days out until {left_out_until}, and no hold says so.",
        "SELECT b.id AS budget, e.left_out_until FROM budgets_ending AS e JOIN budgets_budget AS b "
        "ON b.id = e.budget_id WHERE e.left_out_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM budgets_hold AS h "
        " JOIN budgets_budget AS held ON held.id = h.budget_id WHERE held.plan_id = b.plan_id"
        " AND h.left_out_until = e.left_out_until AND h.left_out_from = e.first_ends_on + 1)",
    ),
)

#: What was moved about each interim payment that somebody authorised.
MOVED_ON_ACCOUNT = """
    SELECT n.id, n.amount_pence, n.ended_on, n.authorised_on, n.set_off_pence,
        COALESCE(SUM(t.amount_pence) FILTER (WHERE t.reason = 'funding'), 0) AS council,
        COALESCE(SUM(t.amount_pence) FILTER (WHERE t.reason = 'commitment'), 0) AS aside,
        COALESCE(SUM(t.amount_pence) FILTER (WHERE t.reason = 'release'), 0) AS released,
        COALESCE(SUM(t.amount_pence) FILTER (WHERE t.reason = 'funding_returned'), 0) AS back,
        COALESCE(SUM(t.amount_pence) FILTER (WHERE t.reason = 'paid_before'), 0) AS borne
      FROM budgets_interim AS n LEFT JOIN ledger_transfer AS t ON t.about = n.id GROUP BY n.id
"""
ON_ACCOUNT = (
    Relation(
        "Interim payment {interim} is of {amount_pence} pence, and the ledger put {council} in and set {aside} aside.",
        f"SELECT id AS interim, amount_pence, council, aside FROM ({MOVED_ON_ACCOUNT}) AS m "
        "WHERE council <> aside OR aside NOT IN (0, amount_pence) OR (aside > 0 AND authorised_on IS NULL)",
    ),
    Relation(
        "Of interim payment {interim}, {back} pence went back, and {due} were to.",
        "SELECT id AS interim, back, CASE WHEN ended_on IS NULL THEN LEAST(aside, borne) ELSE aside END AS due "
        f"FROM ({MOVED_ON_ACCOUNT}) AS m WHERE (released, back) <> (CASE WHEN ended_on IS NULL THEN 0 ELSE aside END,"
        " CASE WHEN ended_on IS NULL THEN LEAST(aside, borne) ELSE aside END)",
    ),
    Relation(
        "Of interim payment {interim}, a budget takes {said} pence off its payments, and bears {borne}.",
        "SELECT id AS interim, COALESCE(set_off_pence, 0) AS said, borne FROM "
        f"({MOVED_ON_ACCOUNT}) AS m WHERE COALESCE(set_off_pence, 0) <> borne",
    ),
    Relation(
        "Interim payment {interim} was authorised by {author}, who has never been somebody who may, or who asked "
        "for it.",
        "SELECT n.id AS interim, author.name AS author FROM budgets_interim AS n "
        "JOIN access_user AS author ON author.id = n.authorised_by_id WHERE n.authorised_by_id = n.asked_by_id "
        "OR NOT EXISTS (SELECT 1 FROM access_userevent AS was WHERE was.pgh_obj_id = author.id "
        " AND was.roles && %(may)s::varchar[])",
        {"may": sorted(WHO_CAN[Capability.SIGN_OFF])},
    ),
    Relation(
        "Budget {budget} takes {said} pence of an interim payment off its instalments, and could take {could}.",
        "SELECT b.id AS budget, n.set_off_pence AS said, COALESCE(SUM(f.paid_before_pence), 0) AS could "
        "FROM budgets_interim AS n JOIN budgets_budget AS b "
        "ON b.id = n.set_off_in_id JOIN budgets_part AS p ON p.budget_id = b.id AND p.way = n.way "
        "LEFT JOIN budgets_funding AS f ON f.part_id = p.id "
        "GROUP BY b.id, n.id HAVING b.case_id <> n.case_id OR COALESCE(SUM(f.paid_before_pence), 0) < n.set_off_pence",
    ),
)

RELATIONS = (*DECIDED, *FUNDED, *NOT_CHARGED, *ENDED, *SCHEDULED, *HELD, *ON_ACCOUNT)
