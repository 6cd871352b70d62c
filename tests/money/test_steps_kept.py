"""The steps of runs, bank details and payments are kept, and proved: whoever bends one column of them is named.

Every column of every table about money is held by the seal, by a history that is sealed, or by a relation that is
named here. A new column is asked of by itself.
"""

from datetime import date
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.planning.models import Way
from leeway.guards import kept_fields
from leeway.money.banking.statement import mapping_named
from leeway.money.budgets.actions import ask_for_interim, authorise_interim, start_budget
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.actions import confirm_receipt, let_fall_due, take_back
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.ledger.relations import Relation
from leeway.money.payees.actions import enter_details, reject_details
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payments.actions import approve_run, confirm_run, record_sent
from leeway.money.payments.answers import take_answer
from leeway.money.payments.making import make_faster_run, make_run
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.returning import return_payment
from leeway.money.payments.sampling import draw_sample, record_checked
from leeway.money.payments.withdrawing import cancel_run, redate_run, withdraw_run
from leeway.money.proving import findings
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Otherwise, What, Whose
from leeway.money.statements.matching import Thing
from leeway.money.statements.models import Match, StatementLine
from leeway.seal.tables import SEALED
from tests.money.banking.reports import report, status

pytestmark = pytest.mark.django_db

ON, SOONER, PAID, LATER = date(2026, 4, 20), date(2026, 4, 23), date(2026, 4, 24), date(2026, 5, 25)


@pytest.fixture
def council(another_case, agree, bank, finn, fay, mona, settings):
    """Runs of every kind, bank details of every kind, answers, receipts and statements with matches."""
    settings.RUN_SECOND_APPROVER_PENCE = 400_00
    fiona = User.objects.create_user(
        "fiona@council.example", "correct horse battery", name="Fiona Low", roles=[Role.FINANCE_MANAGER]
    )
    User.objects.create_user("fred@council.example", "correct horse battery", name="Fred", roles=[Role.FINANCE_MANAGER])
    cases = [another_case(name) for name in ("Ada", "Ben", "Cat", "Dot")]
    for place, case in enumerate(cases[:3]):
        plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0), (Way.SERVICE_FUND, 70_00, 50), charge_pence=10_00,
                     start_up_pence=300_00 if place == 0 else 0)  # fmt: skip
        bank(case, account_number=f"{place + 1}2345678", name="Ada Bell")
        bank(case, Way.SERVICE_FUND, account_number=f"{place + 1}8765432", name="Fund")
        start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    dot = cases[3]
    bank(dot, account_number="55556666", name="Dot")
    interim = ask_for_interim(
        case=dot, amount_pence=90_00, starts_on=ON, ends_on=PAID, reason="Home alone", by=finn, on=date(2026, 4, 1)
    )
    authorise_interim(interim=interim, by=mona, on=date(2026, 4, 1))
    wrong = enter_details(
        case=dot, way=Way.DIRECT_PAYMENT, holder=Holder.PERSON, account_name="Dot E", sort_code="12-34-56",
        account_number="66667777", by=finn, on=ON,
    )  # fmt: skip
    reject_details(payee=wrong, reason="Not her account", by=fay, on=ON)
    cancel_run(run=make_run(pay_on=PAID, by=finn, on=ON), by=finn, on=ON)
    faster = make_faster_run(pay_on=PAID, only=[interim.pk], why="She is home alone", by=finn, on=ON)
    run = redate_run(run=make_run(pay_on=SOONER, by=finn, on=ON), pay_on=PAID, by=finn, on=ON)
    sample = draw_sample(run=run, size=run.payments_count, because="A small run", by=fay, on=ON)
    record_checked(sampled=sample.rows.first(), right=True, found="As planned", by=fay, on=ON)
    run = approve_run(run=approve_run(run=run, by=fay, on=ON), by=fiona, on=ON)
    run = record_sent(run=run, sent_on=ON, by=fay, on=ON)
    first, second, third, *_ = run.payments.order_by("place")
    said = report(status(first.end_to_end_id, "RJCT", code="AC04"), about=run.reference)
    take_answer(run=run, upload=SimpleUploadedFile("answer.xml", said), by=finn, on=ON)
    run = confirm_run(
        run=run, confirmed_from="Bank statement", returned={second.reference: "account closed"}, by=finn, on=PAID
    )
    return_payment(payment=Payment.objects.get(pk=third.pk), reason="no such account", by=fay, on=PAID)
    approve_run(run=faster, by=fay, on=ON)
    withdraw_run(run=faster, reason="The bank has no file", by=fay, on=ON)
    make_run(pay_on=date(2026, 5, 22), by=finn, on=date(2026, 5, 11))
    let_fall_due(on=LATER)
    for case, pence in zip(cases, (1_00, 2_00), strict=False):
        owed = -balance(Account.objects.get(kind=Kind.OWED_BY_NHS, case=case))
        receipt = confirm_receipt(
            case=case, payer=Payer.NHS, amount_pence=pence, received_on=date(2026, 5, 1), looked_at="Bank statement",
            owed_pence=owed, by=finn, on=date(2026, 5, 4),
        )  # fmt: skip
    take_back(receipt=receipt, reason="Not his", by=finn, on=date(2026, 5, 6))
    own = statements.open_bank_account(
        whose=Whose.COUNCIL, name="Care payments", identifier="12345687654321", by=finn, on=ON
    )
    hers = statements.open_bank_account(
        whose=Whose.DEDICATED, name="Hers", identifier="12345611112222", case=cases[0], by=finn, on=ON
    )
    rows = [
        f"24/04/2026,BACS,{run.reference},-{run.total_pence / 100:.2f}",
        "25/04/2026,FEES,,-3.00",
        "28/04/2026,FEES AGAIN,,-4.00",
        "01/05/2026,ADA,,1.00",
        f"04/05/2026,BACK,{third.reference},{third.amount_pence / 100:.2f}",
    ]
    _keep(own, finn, *rows)
    _keep(own, finn, *rows[4:], "05/05/2026,FEES,,-7.00")
    _keep(hers, finn, "24/04/2026,COUNCIL,,57.14", "25/04/2026,TAXI,,-5.00")
    lines = {each.amount_pence: each for each in StatementLine.objects.all()}
    statements.match_by_hand(
        account=own, lines={lines[1_00].pk: 1_00}, things={Thing(What.RECEIVED, cases[0].receipts.get().pk): 1_00},
        why="Her share, by name", by=finn, on=LATER,
    )  # fmt: skip
    for pence in (-3_00, -4_00):
        statements.explain(line=lines[pence], kind=Otherwise.CHARGES, words="Charges of April", by=finn, on=LATER)
    statements.undo(match=Match.objects.get(parts__line=lines[-4_00]), reason="It was something else", by=fay, on=LATER)
    assert list(findings()) == []
    return cases


def _keep(account, by, *rows):
    text = "\n".join(["Date,Description,Reference,Amount", *rows, ""])
    statements.keep_statement(
        account=account, upload=ContentFile(text.encode(), name="may.csv"), mapping=mapping_named("day-first"),
        by=by, on=LATER,
    )  # fmt: skip


ROOMS = (
    "payments", "payees", "contributions", "statements", "ledger", "funders", "bills", "claims", "invoices", "disputes",
    "pools", "figures", "lines", "service_funds", "spending", "monitoring", "recovery",
)  # fmt: skip
#: All that `verify` asks of the database.
RELATIONS = [
    each
    for room in ROOMS
    if find_spec(f"leeway.money.{room}.relations")
    for each in import_module(f"leeway.money.{room}.relations").RELATIONS
    if isinstance(each, Relation)
]
#: What nothing seals, since it comes later or may be done away with, and the relation that holds it.
BY_RELATION = {
    "payments.Payment": {
        "state": "and its run is “{run}”",
        "returned_by": "came back on {returned_on}",
        "returned_on": "came back on {returned_on}",
        "returned_because": "Why payment {payment} came back",
    },
    "invoices.Visit": {"taken_back_on": "is taken back, and its file is not"},
}
SEALED_NAMES = {table.name for table in SEALED}


def tables():
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.label)
def test_every_column_is_held_by_something(model):
    label = model._meta.label
    kept = {field.name for field in kept_fields(model)}
    by_relation = BY_RELATION.get(label, {})
    for words in by_relation.values():
        assert any(words in relation.words for relation in RELATIONS)
    history = getattr(model, "pgh_event_models", {}).get("update")
    assert label in SEALED_NAMES or (history and not kept)
    if history:
        assert history._meta.label in SEALED_NAMES
        assert any(f"FROM {history._meta.db_table} AS event" in relation.sql for relation in RELATIONS)
        kept |= {field.name for field in history._meta.local_concrete_fields}
    columns = {field.name for field in model._meta.local_concrete_fields if not field.primary_key}
    assert columns - kept - set(by_relation) == set()


RUN, LAST = "payments_paymentrun", "(SELECT MAX(pgh_id) FROM payments_paymentrunevent WHERE state = 'confirmed')"
OTHER = "(SELECT id FROM access_user WHERE name = 'Fred')"
CONFIRMED = f"UPDATE {RUN} SET {{}} WHERE state = 'confirmed'"
OF_HISTORY = "UPDATE payments_paymentrunevent SET {} WHERE state = 'confirmed'"
BENDS = {
    "who approved": ([CONFIRMED.format(f"approved_by_id = {OTHER}")], "says of approved by id something else"),
    "when it was sent": ([CONFIRMED.format("sent_on = sent_on + 1")], "says of sent on something else"),
    "from what it was confirmed": ([CONFIRMED.format("confirmed_from = 'x'")], "says of confirmed from something else"),
    "the account that pays": ([CONFIRMED.format("originator = '{}'")], "says of originator something else"),
    "who approved, with the history": (
        [CONFIRMED.format(f"approved_by_id = {OTHER}"), OF_HISTORY.format(f"approved_by_id = {OTHER}")],
        "became “confirmed” by no step that there is",
    ),
    "who sent it, in all its versions": (
        [
            f"UPDATE {RUN} SET sent_by_id = {OTHER} WHERE sent_by_id IS NOT NULL",
            f"UPDATE payments_paymentrunevent SET sent_by_id = {OTHER} WHERE sent_by_id IS NOT NULL",
        ],
        "was sent by Fred as its run says, and by somebody else in the ledger",
    ),
    "who confirmed it, in all its versions": (
        [
            f"UPDATE {RUN} SET confirmed_by_id = {OTHER} WHERE confirmed_by_id IS NOT NULL",
            f"UPDATE payments_paymentrunevent SET confirmed_by_id = {OTHER} WHERE confirmed_by_id IS NOT NULL",
        ],
        "was confirmed by Fred as its run says, and by somebody else in the ledger",
    ),
    "a step taken out of the history": (
        ["DELETE FROM payments_paymentrunevent WHERE state = 'sent'"],
        "became “confirmed” by no step that there is",
    ),
    "a history taken away": (["DELETE FROM payments_paymentrunevent"], "says of state something else than its history"),
    "a run taken away": ([f"DELETE FROM {RUN} WHERE state = 'cancelled'"], "is gone, or its history has a version"),
    "a step turned to another run": (
        [
            f"UPDATE payments_paymentrunevent SET pgh_obj_id = (SELECT id FROM {RUN} WHERE state = 'cancelled') "
            "WHERE state = 'approved'"
        ],
        "is gone, or its history has a version of another",
    ),
    "who brought a payment back": (
        [f"UPDATE payments_payment SET returned_by_id = {OTHER} WHERE state = 'returned'"],
        "the ledger does not have that of that day and officer",
    ),
    "the day on which it came back": (
        ["UPDATE payments_payment SET returned_on = returned_on + 1 WHERE state = 'returned'"],
        "the ledger does not have that of that day and officer",
    ),
    "why it came back": (
        ["UPDATE payments_payment SET returned_because = 'account closed ' WHERE state = 'returned'"],
        "is not what the story of its case was told",
    ),
    "bank details that were turned down, as if never": (
        ["UPDATE payees_payeeaccount SET state = 'replaced', rejected_because = '' WHERE state = 'rejected'"],
        "says of state something else",
    ),
    "why bank details are right": (
        ["UPDATE payees_payeeaccount SET shared_because = 'x' WHERE state = 'approved'"],
        "says of shared because something else",
    ),
    "what was found of a payment": (
        ["UPDATE payments_sampled SET found = 'All well' WHERE looked_on IS NOT NULL"],
        "says of found something else",
    ),
    "who authorised money on account": (
        [f"UPDATE budgets_interim SET authorised_by_id = {OTHER}"],
        "says of authorised by id something else",
    ),
    "a role given in secret": (
        ["UPDATE access_user SET roles = '{finance}' WHERE name = 'Bea Okafor'"],
        "says of roles something else",
    ),
}


def test_each_bend_of_a_step_is_named(council):
    """In one go: the council takes longer to make than all of them to be asked of."""
    silent = []
    for name, (statements_, sentence) in BENDS.items():
        before = transaction.savepoint_create()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            for sql in statements_:
                cursor.execute(sql)
                assert cursor.rowcount, f"nothing was bent by {sql}"
            cursor.execute("SET LOCAL session_replication_role = origin")
        found = "\n".join(findings())
        if sentence not in found:
            silent.append((name, found))
        transaction.savepoint_rollback(before)
    assert silent == []


@pytest.mark.parametrize(
    "change",
    [
        {"approved_by": "fred"},
        {"approved_on": date(2026, 4, 21)},
        {"sent_by": "fiona"},
        {"confirmed_by": "fay"},
        {"confirmed_from": "Nothing"},
        {"total_pence": 1},
        {"pay_on": date(2026, 5, 1)},
        {"originator": {}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_step_of_a_run_is_written_twice(council, change):
    """The site's own role could say later that somebody else approved a run."""
    people = {"fiona": "Fiona Low", "fay": "Fay Ito", "fred": "Fred"}
    change = {
        name: User.objects.get(name=people[value]) if str(value) in people else value for name, value in change.items()
    }
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        PaymentRun.objects.filter(state="confirmed").update(**change)


def test_why_a_payment_came_back_is_written_once(council):
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        Payment.objects.filter(state="returned").update(returned_because="Another reason")


@pytest.mark.parametrize(
    "change", [{"state": "approved"}, {"settled_on": LATER}, {"rejected_because": "x"}, {"entered_on": LATER}]
)
def test_bank_details_that_were_settled_stay_so(council, change):
    """Details that were turned down could be put in use past the second officer."""
    with pytest.raises(DatabaseError), transaction.atomic():
        PayeeAccount.objects.filter(state="rejected").update(**change)
