"""Whoever owns the database can switch its guards off and bend a row. Each try is found, and named, by `verify`.

Here it is done as an owner would: with every trigger asleep, past every action.
"""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from leeway.care.circumstances.actions import record_stay
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import (
    ask_for_interim,
    authorise_interim,
    end_budget,
    leave_out_days,
    place_hold,
    start_budget,
)
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.actions import confirm_receipt, let_fall_due, take_back
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments.actions import approve_run
from leeway.money.payments.answers import take_answer
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.money.payments.sampling import draw_sample, record_checked
from leeway.money.payments.together import put_together, record_file_sent
from tests.money.banking.reports import report, status

ON, PAID, END = date(2026, 4, 20), date(2026, 4, 24), date(2026, 5, 31)

ADA = "(SELECT id FROM people_case WHERE person_id = (SELECT id FROM people_person WHERE given_name = 'Ada'))"
ADAS = f"(SELECT id FROM budgets_budget WHERE case_id = {ADA})"
DIRECT = f"(SELECT id FROM budgets_part WHERE budget_id = {ADAS} AND way = 'direct_payment')"
MANAGED = f"(SELECT id FROM budgets_part WHERE budget_id = {ADAS} AND way = 'council_managed')"
DIRECT_FUNDING, MANAGED_FUNDING = (
    f"(SELECT id FROM budgets_funding WHERE kind = 'regular' AND part_id = {part})" for part in (DIRECT, MANAGED)
)
FIRST = f"(SELECT id FROM budgets_instalment WHERE part_id = {DIRECT} AND kind = 'regular' ORDER BY starts_on LIMIT 1)"
SECOND = (
    f"(SELECT id FROM budgets_instalment WHERE part_id = {DIRECT} AND kind = 'regular' ORDER BY starts_on OFFSET 1 "
    "LIMIT 1)"
)
ACCOUNT = "(SELECT id FROM ledger_account WHERE kind = '{}' AND case_id IS NOT DISTINCT FROM {})"


@pytest.fixture
def council(case, another_case, agree, bank, finn, paid):
    """Ada has a direct payment and a managed part, in which the NHS and she share; Lena's budget has ended."""
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 50), (Way.COUNCIL_MANAGED, 70_00, 50), charge_pence=60_00,
                 start_up_pence=500_00)  # fmt: skip
    bank(case)
    start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    lena = another_case("Lena")
    bank(lena, Way.SERVICE_FUND, account_number="87654321", name="Lena's fund")
    plan = agree(lena, (Way.SERVICE_FUND, 140_00, 50), (Way.COUNCIL_MANAGED, 70_00, 0), charge_pence=14_00)
    other = start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    run = paid(make_run(pay_on=PAID, by=finn, on=ON), ON)
    for name, code in (("accepted", ""), ("rejected", "AC04")):
        last = run.payments.get(instalment__kind="start_up")
        said = report(
            status(last.end_to_end_id, "RJCT" if code else "ACSP", code=code), message_id=name, about=run.reference
        )
        take_answer(run=run, upload=SimpleUploadedFile(f"{name}.xml", said), by=finn, on=PAID)
    let_fall_due(on=date(2026, 5, 25))
    for pence in (1_00, 2_00):
        owed = -balance(Account.objects.get(kind=Kind.OWED_BY_PERSON, case=case))
        receipt = confirm_receipt(
            case=case, payer=Payer.PERSON, amount_pence=pence, received_on=date(2026, 5, 1), looked_at="Bank statement",
            owed_pence=owed, by=finn, on=date(2026, 5, 4),
        )  # fmt: skip
    take_back(receipt=receipt, reason="Not hers", by=finn, on=date(2026, 5, 6))
    end_budget(
        cover="Her family, from then on", budget=other, ends_on=END, reason="Moved away", by=finn, on=date(2026, 6, 1)
    )
    assert list(findings()) == []
    return case


def bend(*statements):
    """Do as whoever owns the database can: no trigger, no key and no action is asked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, f"nothing was bent by {statement}"
        cursor.execute("SET LOCAL session_replication_role = origin")


TRIES = {
    "a penny more put in and a penny less set aside": (
        [
            f"UPDATE ledger_transfer SET amount_pence = amount_pence + 1 WHERE reason = 'funding' AND "
            f"about = {MANAGED_FUNDING}",
            f"UPDATE ledger_transfer SET amount_pence = amount_pence - 1 WHERE reason = 'commitment' AND "
            f"about = {MANAGED_FUNDING}",
        ],
        ["the council put in", "its budget set aside"],
    ),
    "the council's money put in the place of the NHS's": (
        [
            f"UPDATE ledger_transfer SET reason = 'funding', credit_id = {ACCOUNT.format('funder_council', 'NULL')} "
            f"WHERE reason = 'promised' AND credit_id = {ACCOUNT.format('expected_nhs', ADA)} AND about = "
            f"{DIRECT_FUNDING}"
        ],
        ["the NHS promised", "the council put in"],
    ),
    "the NHS's share moved to the council in the funding too": (
        [
            f"UPDATE budgets_funding SET council_pence = council_pence + nhs_pence, nhs_pence = 0 WHERE id "
            f"= {DIRECT_FUNDING}",
            f"UPDATE ledger_transfer SET reason = 'funding', credit_id = {ACCOUNT.format('funder_council', 'NULL')} "
            f"WHERE reason = 'promised' AND credit_id = {ACCOUNT.format('expected_nhs', ADA)} AND about = "
            f"{DIRECT_FUNDING}",
        ],
        ["is not shared out as its part is"],
    ),
    "a payment redirected to somebody else's account": (
        [
            f"UPDATE payments_payment SET payee_id = (SELECT id FROM payees_payeeaccount WHERE case_id <> {ADA}) "
            f"WHERE instalment_id = {FIRST}"
        ],
        ["goes to bank details of another case"],
    ),
    "an arrival redirected in the ledger": (
        [
            f"UPDATE ledger_transfer SET debit_id = (SELECT id FROM ledger_account WHERE kind = 'held_by_provider') "
            f"WHERE reason = 'payment_arrived' AND about = {FIRST}"
        ],
        ["does not have it where its part of the budget is paid into"],
    ),
    "the account number changed under an approved payee": (
        [f"UPDATE payees_payeeaccount SET account_number = '66666666' WHERE case_id = {ADA}"],
        ["are not those that were entered"],
    ),
    "a plan made a draft again while its budget runs": (
        [f"UPDATE planning_plan SET state = 'draft' WHERE id = (SELECT plan_id FROM budgets_budget WHERE id = {ADAS})"],
        ["which is “draft” and not agreed"],
    ),
    "a rogue funding row": (
        [
            "INSERT INTO budgets_funding (id, kind, starts_on, ends_on, nhs_pence, person_pence, council_pence, "
            "paid_before_pence, part_id) SELECT gen_random_uuid(), kind, starts_on + 1, ends_on, nhs_pence, "
            f"person_pence, council_pence, 0, part_id FROM budgets_funding WHERE id = {MANAGED_FUNDING}"
        ],
        ["does not follow the one before it", "its budget set aside"],
    ),
    "a rogue start-up with its funding raised in the ledger": (
        [
            f"UPDATE budgets_funding SET council_pence = council_pence + 100 WHERE kind = 'start_up' AND "
            f"part_id = {DIRECT}",
            "UPDATE ledger_transfer SET amount_pence = amount_pence + 100 WHERE reason IN ('funding', "
            "'commitment') AND "
            f"about = (SELECT id FROM budgets_funding WHERE kind = 'start_up' AND part_id = {DIRECT})",
            f"UPDATE budgets_instalment SET amount_pence = amount_pence + 100, for_period_pence = "
            f"for_period_pence + 100 "
            f"WHERE kind = 'start_up' AND part_id = {DIRECT}",
        ],
        ["starts with 50000 pence once, and 50100 pence of it are funded"],
    ),
    "a payment, its run and its transfers raised together": (
        [
            f"UPDATE payments_payment SET amount_pence = amount_pence + 5 WHERE instalment_id = {FIRST}",
            "UPDATE payments_paymentrun SET total_pence = total_pence + 5",
            f"UPDATE ledger_transfer SET amount_pence = amount_pence + 5 WHERE about = {FIRST}",
        ],
        ["and its instalment of"],
    ),
    "the instalment raised with them": (
        [
            f"UPDATE payments_payment SET amount_pence = amount_pence + 5 WHERE instalment_id = {FIRST}",
            "UPDATE payments_paymentrun SET total_pence = total_pence + 5",
            f"UPDATE ledger_transfer SET amount_pence = amount_pence + 5 WHERE about = {FIRST}",
            f"UPDATE budgets_instalment SET amount_pence = amount_pence + 5, for_period_pence = for_period_pence + 5 "
            f"WHERE id = {FIRST}",
        ],
        ["and its days cost", "and its instalments come to"],
    ),
    "the whole budget raised, from its part to its run": (
        [
            f"UPDATE budgets_budget SET cost_pence_per_week = cost_pence_per_week + 7, "
            f"council_pence_per_week = council_pence_per_week + 7 WHERE id = {ADAS}",
            f"UPDATE budgets_part SET gross_pence_per_week = gross_pence_per_week + 7, "
            f"paid_pence_per_week = paid_pence_per_week + 7 WHERE id = {DIRECT}",
        ],
        ["does not say what was decided for its plan"],
    ),
    "a cancellation taken away": (
        ["DELETE FROM budgets_cancellation WHERE instalment_id = (SELECT MIN(instalment_id::text)::uuid FROM "
         "budgets_cancellation)"],
        ["still to be paid for days after its budget ended", "and its instalments come to"],
    ),
    "an instalment cancelled quietly": (
        [f"INSERT INTO budgets_cancellation (instalment_id, reason, cancelled_on, cancelled_by_id) SELECT "
        f"{SECOND}, 'x', "
         "'2026-04-20', id FROM access_user LIMIT 1"],
        ["was cancelled, and its budget has not ended"],
    ),
    "an instalment taken away": (
        [f"DELETE FROM budgets_instalment WHERE id = {SECOND}"],
        ["days until", "and its instalments come to"],
    ),
    "an ending moved": (
        ["ALTER TABLE budgets_ending DROP CONSTRAINT ending_brought_forward_by_someone",
         "UPDATE budgets_ending SET ends_on = ends_on + 7"],
        ["days until", "until 2026-06-07 cost"],
    ),
    "money given back to the wrong giver": (
        [
            "UPDATE ledger_transfer SET amount_pence = amount_pence - 300 WHERE reason = "
            "'funding_returned' AND debit_id = "
            f"{ACCOUNT.format('funder_council', 'NULL')}",
            "UPDATE ledger_transfer SET amount_pence = amount_pence + 300 WHERE id = (SELECT t.id FROM "
            "ledger_transfer AS t "
            "JOIN ledger_account AS a ON a.id = t.debit_id WHERE reason = 'funding_returned' AND kind = "
            "'expected_nhs')",
        ],
        ["did not go back to each as they gave"],
    ),
    "a share that fell due made smaller": (
        [f"UPDATE ledger_transfer SET amount_pence = amount_pence - 1 WHERE id = (SELECT id FROM ledger_transfer WHERE "
         f"reason = 'fell_due' AND about = {MANAGED_FUNDING} LIMIT 1)"],
        ["pence have fallen due, and"],
    ),
    "a receipt raised, with its transfer": (
        [
            "UPDATE contributions_receipt SET amount_pence = 9999999",
            "UPDATE ledger_transfer SET amount_pence = 9999999 WHERE reason IN ('received', 'correction')",
        ],
        ["pence were received, and only"],
    ),
    "a receipt without money": (
        ["DELETE FROM ledger_transfer WHERE reason = 'correction'", "DELETE FROM ledger_transfer WHERE "
        "reason = 'received'"],
        ["and the ledger has 0 for it", "of its 200 pence went back"],
    ),
    "a correction of a receipt that nobody asked for": (
        ["DELETE FROM contributions_takenback"],
        ["was corrected, and 200 of its 200 pence went back"],
    ),
    "a payment marked as cancelled once it was sent": (
        [f"UPDATE payments_payment SET state = 'cancelled' WHERE instalment_id = {FIRST}"],
        ["“payment_sent” belongs to no payment"],
    ),
    "a payment said to have come back, which did not": (
        [f"UPDATE payments_payment SET state = 'returned', returned_by_id = (SELECT MIN(id) FROM access_user), "
         f"returned_on = '2026-05-01', returned_because = 'Closed' WHERE instalment_id = {FIRST}"],
        ["1 payments of instalment", "came back, and the ledger has 0"],
    ),
    "a payment that came back in the ledger alone": (
        ["INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_pence, reason, effective_date, about, "
         "corrects_id, made_by_id, made_at) SELECT gen_random_uuid(), credit_id, debit_id, amount_pence, "
         "'payment_returned', effective_date, about, id, made_by_id, made_at FROM ledger_transfer "
         "WHERE reason = 'payment_sent'"],
        ["0 payments of instalment", "came back, and the ledger has 1"],
    ),
    "a sending on another day": (
        ["UPDATE ledger_transfer SET effective_date = effective_date - 1 WHERE reason = 'payment_sent'"],
        ["was sent on 2026-04-19, and its run on 2026-04-20"],
    ),
    "the maker also the approver": (
        ["ALTER TABLE payments_paymentrun DROP CONSTRAINT run_approved_by_another",
         "UPDATE payments_paymentrun SET approved_by_id = dated_by_id"],
        ["was approved by whoever chose its day"],
    ),
    "a run approved by an assessor": (
        ["UPDATE payments_paymentrun SET approved_by_id = (SELECT id FROM access_user WHERE name = 'Bea Okafor')"],
        ["was approved by Bea Okafor, who has never been somebody who may"],
    ),
    "bank details settled by an assessor": (
        ["UPDATE payees_payeeaccount SET settled_by_id = (SELECT id FROM access_user WHERE name = 'Bea Okafor')"],
        ["were settled by Bea Okafor, who has never been somebody who may"],
    ),
    "a run approved before it was made": (
        ["UPDATE payments_paymentrun SET approved_on = made_on - 1"],
        ["its days are out of order"],
    ),
    "a rejection by the bank left alone": (
        ["UPDATE payments_payment SET state = 'arrived', returned_by_id = NULL, returned_on = NULL, "
         "returned_because = '' WHERE state = 'returned'"],
        ["was not carried out, and it has not come back"],
    ),
    "a rejection by the bank turned to another payment": (
        [f"UPDATE payments_answeredpayment SET payment_id = (SELECT id FROM payments_payment WHERE instalment_id = "
         f"{FIRST})"],
        ["was not carried out, and it has not come back"],
    ),
    "a rejection by the bank taken away": (
        ["DELETE FROM payments_answeredpayment"],
        ["says that 1 payments came back, and names 0"],
    ),
    "an answer given to another run": (
        ["INSERT INTO payments_paymentrun SELECT (jsonb_populate_record(run, jsonb_build_object('id', "
         "gen_random_uuid(), 'number', 99, 'state', 'approved', 'sent_by_id', NULL, 'sent_on', NULL, "
         "'confirmed_by_id', NULL, 'confirmed_on', NULL, 'confirmed_from', ''))).* FROM payments_paymentrun AS run",
         "UPDATE payments_bankanswer SET run_id = (SELECT id FROM payments_paymentrun WHERE number = 99)"],
        ["is to payment run 99, of which the bank has no file", "which is not in its run"],
    ),
    "an answer given by an assessor": (
        ["UPDATE payments_bankanswer SET given_by_id = (SELECT id FROM access_user WHERE name = 'Bea Okafor')"],
        ["was given by Bea Okafor, who has never been somebody who may"],
    ),
    "a no of Confirmation of Payee turned to a yes": (
        [f"UPDATE payees_payeeaccount SET name_check = 'match' WHERE case_id = {ADA}"],
        ["are not those that were entered"],
    ),
    "a roll number changed under an approved payee": (
        [f"UPDATE payees_payeeaccount SET roll_number = '1' WHERE case_id = {ADA}"],
        ["are not those that were entered"],
    ),
    "an arrival on another day": (
        ["UPDATE ledger_transfer SET effective_date = effective_date - 1 WHERE reason = 'payment_arrived'"],
        ["on the day of its run"],
    ),
    "a transfer by somebody who cannot pay": (
        ["UPDATE ledger_transfer SET made_by_id = (SELECT id FROM access_user WHERE name = 'Bea Okafor') "
         "WHERE reason = 'payment_sent'"],
        ["was made by Bea Okafor, who could not move money at that time"],
    ),
    "a transfer before its budget": (
        ["UPDATE ledger_transfer SET effective_date = '2026-03-01' WHERE reason = 'commitment'"],
        ["before its budget was set up"],
    ),
    "a transfer of another century": (
        ["UPDATE ledger_transfer SET effective_date = '2119-01-01' WHERE reason = 'commitment'"],
        ["more than a year after it was made"],
    ),
    "money moved from one case to another": (
        [f"UPDATE ledger_transfer SET debit_id = (SELECT committed_id FROM budgets_budget WHERE case_id <> {ADA}) "
         f"WHERE reason = 'commitment' AND about = {DIRECT_FUNDING}"],
        ["between two cases", "a funding of another case"],
    ),
    "a sending taken away": (
        [f"DELETE FROM ledger_transfer WHERE reason = 'payment_sent' AND about = {FIRST}"],
        ["has no transfer “Payment sent to the bank”", "was sent 0 times"],
    ),
    "a decision rewritten": (
        [f"UPDATE decisions_decision SET result = jsonb_set(result::jsonb, '{{charge_pence_per_week}}', '1') "
         f"WHERE case_id = {ADA}"],
        ["does not take from the person what was decided"],
    ),
    "a final budget rewritten": (
        [f"UPDATE decisions_decision SET result = jsonb_set(result::jsonb, '{{pence_per_week}}', '1') "
         f"WHERE kind = 'final_budget' AND case_id = {ADA}"],
        ["does not say what was decided"],
    ),
    "what was paid before made larger": (
        [f"UPDATE budgets_instalment SET already_paid_pence = 100, amount_pence = amount_pence - 100 WHERE "
        f"id = {SECOND}"],
        ["counts 0 pence as paid before, and the payments of its part 100"],
    ),
    "what was paid before made larger everywhere but in the ledger": (
        [f"UPDATE budgets_instalment SET already_paid_pence = 100, amount_pence = amount_pence - 100 WHERE "
         f"id = {SECOND}",
         "UPDATE budgets_funding SET paid_before_pence = 100 WHERE kind = 'regular' AND part_id = (SELECT part_id FROM "
         f"budgets_instalment WHERE id = {SECOND})"],
        ["as paid before, of which", "100 pence as paid before, and bears 0 of them"],
    ),
    "a share let fall due once more": (
        ["INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_pence, reason, effective_date, about, made_at) "
         "SELECT gen_random_uuid(), debit_id, credit_id, amount_pence, reason, effective_date + 1, about, made_at FROM "
         f"ledger_transfer WHERE reason = 'fell_due' AND about = {MANAGED_FUNDING} LIMIT 1"],
        ["pence have fallen due, and its days until"],
    ),
    "an account given to another budget": (
        [f"UPDATE ledger_account SET name = 'Budget 9' WHERE kind = 'committed' AND case_id = {ADA}"],
        ["keeps its money in accounts that are not its own", "between two cases"],
    ),
    "a charge that a plan no longer names": (
        ["DELETE FROM planning_plan_charges"],
        ["takes from the person by charge", "which its plan does not name"],
    ),
    "a part paid into a provider's account": (
        [f"UPDATE budgets_part SET paid_into_id = (SELECT id FROM ledger_account WHERE kind = "
        f"'held_by_provider') WHERE "
         f"id = {DIRECT}"],
        ["is paid into an account that is not of its kind"],
    ),
}  # fmt: skip


def test_each_try_is_found_and_named(council, subtests):
    each_is_found(TRIES, subtests)


def each_is_found(tries, subtests):
    """Each try of some is named by its sentences, in books as they were before it."""
    for name, (statements, sentences) in tries.items():
        with subtests.test(name), transaction.atomic():
            bend(*statements)
            found = "\n".join(findings())
            for sentence in sentences:
                assert sentence in found, found
            transaction.set_rollback(True)
    assert list(findings()) == []


@pytest.mark.parametrize(
    ("statements", "sentences"),
    [
        (["UPDATE payments_paymentrun SET file_id = NULL WHERE number = 1"], ["says 2 runs", "and has 1 of"]),
        (["UPDATE payments_fileofruns SET total_pence = total_pence + 1"], ["says 2 runs"]),
        (["UPDATE payments_paymentrun SET sent_on = sent_on + 1 WHERE number = 2"], ["were not sent together"]),
        (
            ["UPDATE payments_fileofruns SET taken_apart_on = made_on, taken_apart_by_id = made_by_id, "
             "taken_apart_because = 'Bent'"],
            ["were not sent together, or it was taken apart"],
        ),
        (["UPDATE payments_fileofruns SET number = 2"], ["The serial number 2 is of a run and of a file"]),
    ],
)  # fmt: skip
def test_a_file_of_several_runs_that_was_bent_is_found(two_runs_sent, statements, sentences):
    assert list(findings()) == []
    bend(*statements)
    found = "\n".join(findings())
    for sentence in sentences:
        assert sentence in found, found


@pytest.fixture
def two_runs_sent(case, agree, bank, finn, fay):
    """Ada is paid by two runs, which the bank was given in one file."""
    bank(case)
    start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 1))
    runs = [approve_run(run=make_run(pay_on=day, by=finn, on=ON), by=fay, on=ON) for day in (PAID, date(2026, 4, 27))]
    file = put_together(runs=[run.pk for run in runs], by=finn, on=ON)
    record_file_sent(file=file, sent_on=ON, by=finn, on=ON)


@pytest.fixture
def more(another_case, agree, bank, bea, finn, fay, mona, paid):
    """Ida had money on account, in a run with a sample; days on which Hal was in hospital were left out."""
    ida, hal = another_case("Ida"), another_case("Hal")
    for case, number in ((ida, "12345678"), (hal, "87654321")):
        bank(case, account_number=number)
    interim = ask_for_interim(
        case=ida, amount_pence=90_00, starts_on=ON, ends_on=PAID, reason="Home alone", by=finn, on=date(2026, 4, 1)
    )
    authorise_interim(interim=interim, by=mona, on=date(2026, 4, 1))
    for case in (ida, hal):
        budget = start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 2))
    run = make_run(pay_on=PAID, by=finn, on=ON)
    sample = draw_sample(run=run, size=run.payments_count, because="A small run", by=fay, on=ON)
    record_checked(sampled=sample.rows.first(), right=True, found="As planned", by=fay, on=ON)
    paid(run, ON)
    stay = {"kind": "hospital", "place": "", "starts_on": date(2026, 5, 4), "ends_on": date(2026, 5, 10)}
    record_stay(case=hal, told_by="A nurse", by=bea, on=date(2026, 5, 11), **stay)
    hold = place_hold(budget=budget, kind="hospital", reason="Is ill", last_on=END, by=finn, on=date(2026, 5, 5))
    leave_out_days(
        hold=hold, starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 10), reason="Not paid", by=finn,
        on=date(2026, 5, 11),
    )  # fmt: skip
    assert list(findings()) == []


FROZEN = "are not those that were frozen when its run was made"
MORE_TRIES = {
    "the account of a payment changed": (
        ["UPDATE payments_payment SET account_number = '66666666' WHERE kind = 'interim'"],
        [FROZEN, "says of the account something else"],
    ),
    "the account of a payment and of its bank details changed": (
        ["UPDATE payments_payment SET sort_code = '666666'", "UPDATE payees_payeeaccount SET sort_code = '666666'"],
        [FROZEN, "are not those that were entered"],
    ),
    "the days of a payment changed": (
        ["UPDATE payments_payment SET ends_on = ends_on + 7"],
        [FROZEN, "says of its last day something else"],
    ),
    "a payment given to another person": (
        ["UPDATE payments_payment SET case_id = (SELECT case_id FROM payments_payment WHERE kind = 'interim')"],
        [FROZEN, "says of whom it is for something else"],
    ),
    "a decision rewritten after it was paid": (
        ["UPDATE decisions_decision SET result = jsonb_set(result, '{ways}', '{}') WHERE kind = 'final_budget'"],
        ["What had been decided when payment"],
    ),
    "money on account raised with its payment and its transfers": (
        [
            "UPDATE budgets_interim SET amount_pence = amount_pence + 5",
            "UPDATE payments_payment SET amount_pence = amount_pence + 5 WHERE kind = 'interim'",
            "UPDATE ledger_transfer SET amount_pence = amount_pence + 5 "
            "WHERE about IN (SELECT id FROM budgets_interim)",
            "UPDATE payments_paymentrun SET total_pence = total_pence + 5",
        ],
        [FROZEN, "What had been decided when payment"],
    ),
    "money on account put in and never set aside": (
        ["DELETE FROM ledger_transfer WHERE reason = 'commitment' AND about IN (SELECT id FROM budgets_interim)"],
        ["put 9000 in and set 0 aside"],
    ),
    "money on account ended in its row alone": (
        ["ALTER TABLE budgets_interim DROP CONSTRAINT interim_set_off_once_it_is_authorised",
         "UPDATE budgets_interim SET ended_on = '2026-05-01', ended_because = 'x', ended_by_id = asked_by_id"],
        ["0 pence went back, and 9000 were to"],
    ),
    "money on account that whoever asked for it agreed to": (
        ["ALTER TABLE budgets_interim DROP CONSTRAINT interim_authorised_by_another",
         "UPDATE budgets_interim SET authorised_by_id = asked_by_id"],
        ["was authorised by Finn Walsh"],
    ),
    "more taken off than was": (
        ["UPDATE budgets_funding SET paid_before_pence = 0 WHERE part_id IN "
         "(SELECT p.id FROM budgets_part AS p JOIN budgets_interim AS n ON n.set_off_in_id = p.budget_id)"],
        ["takes 9000 pence of an interim payment off its instalments, and could take 0"],
    ),
    "what a budget bears of money on account made smaller": (
        ["UPDATE ledger_transfer SET amount_pence = amount_pence - 1 WHERE reason = 'paid_before'"],
        ["a budget takes 9000 pence off its payments, and bears 8999", "as paid before, and bears 8999 of them"],
    ),
    "a limit lowered after a run was approved": (
        ["ALTER TABLE payments_paymentrun DROP CONSTRAINT run_above_the_limit_checked_first",
         "UPDATE payments_paymentrun SET second_above_pence = 1"],
        ["above the limit, and was approved without being checked", "who has never been somebody who may"],
    ),
    "the checker also the approver": (
        ["ALTER TABLE payments_paymentrun DROP CONSTRAINT run_checked_by_another",
         "UPDATE payments_paymentrun SET checked_by_id = approved_by_id, checked_on = approved_on"],
        ["was approved by whoever chose its day"],
    ),
    "days left out by no hold": (
        ["UPDATE budgets_hold SET left_out_from = NULL, left_out_until = NULL"],
        ["leaves days out until 2026-05-10, and no hold says so"],
    ),
    "more days left out in the hold than in the budget": (
        ["UPDATE budgets_hold SET left_out_until = left_out_until + 7"],
        ["A hold says that days until 2026-05-17 are left out"],
    ),
    "fewer days left out in the ending": (
        ["UPDATE budgets_ending SET left_out_until = left_out_until - 1"],
        ["begins neither on the day that was decided", "and no hold says so"],
    ),
    "a sample made larger": (["UPDATE payments_sample SET size = 3"], ["is of 3 payments, and 2 of this run"]),
    "a sample drawn by the maker": (
        ["UPDATE payments_sample SET drawn_by_id = (SELECT made_by_id FROM payments_paymentrun)"],
        ["was drawn by whoever made the run"],
    ),
    "a sample checked by the maker": (
        ["UPDATE payments_sampled SET looked_by_id = (SELECT made_by_id FROM payments_paymentrun) "
         "WHERE looked_by_id IS NOT NULL"],
        ["was checked by whoever made its run"],
    ),
}  # fmt: skip


def test_each_try_at_runs_holds_and_money_on_account_is_found(more, subtests):
    each_is_found(MORE_TRIES, subtests)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_pence, reason, effective_date, about, "
            "sending, made_by_id, made_at) SELECT gen_random_uuid(), debit_id, credit_id, amount_pence, reason, "
            "effective_date, about, 1, made_by_id, now() FROM ledger_transfer WHERE reason = 'payment_sent'",
            "transfer_sends_an_instalment_once",
        ),
        (
            "INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_pence, reason, effective_date, about, "
            "sending, made_by_id, made_at) SELECT gen_random_uuid(), debit_id, credit_id, amount_pence, reason, "
            "effective_date, about, 2, made_by_id, now() FROM ledger_transfer WHERE reason = 'payment_sent'",
            "sends an instalment again that did not come back",
        ),
        (
            "INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_pence, reason, effective_date, about, "
            "made_by_id, made_at) SELECT gen_random_uuid(), debit_id, credit_id, 1, 'funding', "
            "effective_date, about, made_by_id, now() FROM ledger_transfer WHERE reason = 'promised'",
            "between accounts that its reason does not allow",
        ),
    ],
)
def test_the_database_itself_refuses(council, statement, words):
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        connection.cursor().execute(statement)
