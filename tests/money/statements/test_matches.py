"""A match is a record: it says why, is undone by a later record, and never goes beyond a line or a thing."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from leeway.access.models import Look
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.dues import Payer
from leeway.money.budgets.models import Hold
from leeway.money.payments import together
from leeway.money.payments.actions import approve_run, confirm_run
from leeway.money.payments.answers import take_answer
from leeway.money.payments.making import make_run
from leeway.money.payments.models import Payment
from leeway.money.payments.returning import return_payment
from leeway.money.payments.states import PaymentState, State
from leeway.money.statements import actions, candidates, matching, queries
from leeway.money.statements.kinds import Because, Otherwise, What, Whose
from leeway.money.statements.matching import Proposal, Thing
from leeway.money.statements.models import Match, Part, StatementLine, Undoing
from leeway.money.statements.standing import Side, standing
from leeway.refusal import NotAllowed, Refusal
from leeway.site.demo.statements import rejection_of
from tests.money.statements.conftest import LATER, ON, PAY_ON, SET_UP_ON, line, read

pytestmark = pytest.mark.django_db
WHY = "The bank says so by telephone."


def open_pence(account):
    return [each.open_pence for each in queries.candidates.open_lines(account)]


def proposals(account, finn, place=0):
    items = queries.queue(account, seen_by=finn)
    return items[place].proposals


def things(*pairs):
    return {Thing(what, row.pk): pence for what, row, pence in pairs}


@pytest.fixture
def payments(paid_run):
    return list(paid_run.payments.order_by("payee__account_name"))


def test_the_total_of_a_run_is_matched_by_itself_and_says_why(paid_run, keep, account):
    keep(read(line(-paid_run.total_pence, reference="LEEWAY-000001 BACS"), line(-3_00, description="CHARGES")))
    match = Match.objects.get()
    assert (match.matched_by, match.because, match.confidence) == (None, Because.EXACT_KEY, 100)
    assert match.why == "The line names run 1, and the amount is the same."
    stands = standing(account)
    assert stands.unexplained_pence == -3_00 and stands.went_out == Side(1, -3_00)
    assert stands.began_pence + stands.explained_pence + stands.unexplained_pence == stands.bank_pence
    assert list(queries.findings()) == []


def test_payments_are_matched_one_by_one_by_what_names_them(payments, keep, account):
    ada, ben, cat = payments
    keep(
        read(
            line(-ada.amount_pence, end_to_end_id=ada.end_to_end_id),
            line(-ben.amount_pence, reference=ben.reference, counterparty="Changed Since"),
            line(-cat.amount_pence, reference=cat.end_to_end_id[:18]),
        )
    )
    assert open_pence(account) == [] and Match.objects.count() == 3
    matched = {part.payment_id for part in Part.objects.exclude(payment=None)}
    assert matched == {each.pk for each in payments}


def test_what_two_lines_name_is_left_to_a_person_however_few_are_read_at_a_time(payments, keep, account, monkeypatch):
    ada, ben, cat = payments
    monkeypatch.setattr(candidates, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(actions, "MATCHES_AT_ONCE", 1)
    keep(
        read(
            line(-ada.amount_pence, reference=ada.reference),
            line(-ben.amount_pence, reference=ben.reference),
            line(-ada.amount_pence, description=f"PAID TO {ada.reference}"),
            line(-cat.amount_pence, end_to_end_id=cat.end_to_end_id),
            line(-ada.amount_pence, reference=f"PAID TO {ada.reference}"[:18]),
        )
    )
    assert open_pence(account) == [-ada.amount_pence] * 3
    assert {part.payment for part in Part.objects.exclude(payment=None)} == {ben, cat}


def test_what_is_left_of_a_reference_is_held_against_all_that_came_back(
    paid_run, payments, keep, account, finn, monkeypatch
):
    """Of a run only as many payments are read as are looked at: of those that came back, all."""
    ada, _ben, cat = payments
    returned = {each.reference: "wrong number" for each in (ada, cat)}
    confirm_run(run=paid_run, confirmed_from="Bacs report", returned=returned, by=finn, on=LATER)
    monkeypatch.setattr(candidates, "LOOKED_AT", 0)
    keep(read(line(ada.amount_pence, 28, reference=f"PAID TO {ada.reference}"[:18])))
    assert not Match.objects.exists()


def test_equal_amounts_without_a_key_are_proposed_and_accepted_by_a_person(payments, keep, account, finn):
    _, ben, cat = payments
    keep(read(line(-ben.amount_pence, counterparty="Cat Example"), line(-ben.amount_pence, 27)))
    assert not Match.objects.exists()
    first, second = proposals(account, finn)[:2]
    assert first.things[0][0] == Thing(What.SENT, cat.pk) and "“Cat Example” is like “Cat Example”" in first.why
    match = actions.accept(account=account, proposal=first, by=finn, on=LATER)
    assert (match.matched_by, match.because) == (finn, Because.NAME)
    with pytest.raises(actions.NotAsSeen, match="This line is not open any more"):
        actions.accept(account=account, proposal=second, by=finn, on=LATER)
    assert Match.objects.count() == 1 and len(open_pence(account)) == 1
    assert list(queries.findings()) == []


def test_undoing_one_match_leaves_every_other_and_nothing_matches_it_again(payments, keep, account, finn, bea):
    ada, ben, _ = payments
    keep(read(*(line(-each.amount_pence, reference=each.reference) for each in (ada, ben))))
    mistaken, other = Match.objects.filter(parts__payment=ada).get(), Match.objects.filter(parts__payment=ben).get()
    with pytest.raises(NotAllowed):
        actions.undo(match=mistaken, reason="Another council's payment", by=bea, on=LATER)
    with pytest.raises(Refusal, match="what was mistaken"):
        actions.undo(match=mistaken, reason=" ", by=finn, on=LATER)
    undone = actions.undo(match=mistaken, reason="It is another council's payment.", by=finn, on=LATER)
    assert (undone.undone_by, undone.reason) == (finn, "It is another council's payment.")
    assert open_pence(account) == [-ada.amount_pence] and not hasattr(other, "undoing")
    assert actions.match_by_itself(account=account, on=LATER) == 0
    keep(read(line(-1_00, 28), opening=1_000_00 - ada.amount_pence - ben.amount_pence))
    assert -ada.amount_pence in open_pence(account)
    with pytest.raises(Refusal, match="undone already"):
        actions.undo(match=mistaken, reason="It is another council's payment.", by=finn, on=LATER)
    assert Match.objects.count() == 2 and list(queries.findings()) == []
    again = {account.lines.get(reference=ada.reference).pk: -ada.amount_pence}
    sent = things((What.SENT, ada, -ada.amount_pence))
    actions.match_by_hand(account=account, lines=again, things=sent, why=WHY, by=finn, on=LATER)
    queries.look_over(account, seen_by=finn, page="Bank account")
    assert Look.objects.get(thing_id=account.pk).people_count == 2  # Ada once, though she is in two matches


def test_a_line_is_explained_in_parts_without_an_entry(keep, account, finn):
    keep(read(line(-10_00, description="FEES AND TRANSFER")))
    row = StatementLine.objects.get()
    with pytest.raises(Refusal, match="auditor"):
        actions.explain(line=row, kind=Otherwise.CHARGES, words="x", by=finn, on=LATER)
    with pytest.raises(Refusal, match="left a person’s account"):  # and this is the council's
        actions.explain(line=row, kind=Otherwise.SPENT, words="Spent on a taxi.", by=finn, on=LATER)
    words = "Bank charges of April."
    actions.explain(line=row, kind=Otherwise.CHARGES, words=words, amount_pence=4_00, by=finn, on=LATER)
    with pytest.raises(Refusal, match=r"£6\.00 of this line is open"):
        actions.explain(line=row, kind=Otherwise.OTHER, words=words, amount_pence=6_01, by=finn, on=LATER)
    assert standing(account).unexplained_pence == -6_00
    actions.explain(line=row, kind=Otherwise.MOVED, words="Moved to the reserve account.", by=finn, on=LATER)
    assert open_pence(account) == [] and Match.objects.count() == 2
    with pytest.raises(Refusal, match="explained already"):
        actions.explain(line=row, kind=Otherwise.OTHER, words=words, by=finn, on=LATER)


def test_many_to_many_is_by_hand_alone_and_both_sides_are_equal(payments, keep, account, finn):
    ada, ben, _ = payments
    whole = ada.amount_pence + ben.amount_pence
    keep(read(line(-100_00), line(-(whole - 100_00), 25)))
    lines = dict(
        zip(
            StatementLine.objects.order_by("booked_on").values_list("pk", flat=True),
            (-100_00, 100_00 - whole),
            strict=True,
        )
    )
    both = things((What.SENT, ada, -ada.amount_pence), (What.SENT, ben, -ben.amount_pence))
    by_hand = {"account": account, "lines": lines, "by": finn, "on": LATER}
    with pytest.raises(Refusal, match="why these belong together"):
        actions.match_by_hand(things=both, why="", **by_hand)
    with pytest.raises(Refusal, match="equal, to the penny"):
        actions.match_by_hand(things=things((What.SENT, ada, -ada.amount_pence)), why=WHY, **by_hand)
    match = actions.match_by_hand(things=both, why=WHY, **by_hand)
    assert (match.because, match.confidence, match.why) == (Because.BY_HAND, None, WHY)
    assert open_pence(account) == [] and list(queries.findings()) == []


def test_a_run_and_its_payments_are_not_both_matched(paid_run, payments, keep, account, finn):
    keep(read(line(-paid_run.total_pence, reference="LEEWAY-000001"), line(-payments[0].amount_pence, 25)))
    row = queries.candidates.open_lines(account).get()
    again = things((What.SENT, payments[0], -payments[0].amount_pence))
    with pytest.raises(actions.NotAsSeen, match="A payment that left"):
        actions.match_by_hand(
            account=account, lines={row.pk: row.amount_pence}, things=again, why=WHY, by=finn, on=LATER
        )


def parts_of(match, row, payment, line_pence, pence, what=What.SENT):
    return [
        Part(match=match, line=row, amount_pence=line_pence),
        Part(match=match, what=what, payment=payment, amount_pence=pence),
    ]


def test_the_database_holds_lines_things_and_both_sides(payments, keep, account, case, finn):
    ada, ben, _ = payments
    keep(read(line(-ada.amount_pence, 25), line(-20_00, 26), line(20_00, 26)))
    first, out, into = StatementLine.objects.order_by("place")

    def match(of=account):
        return Match.objects.create(account=of, because=Because.BY_HAND, why=WHY, matched_by=finn, matched_on=LATER)

    def refused(*parts):
        with pytest.raises(DatabaseError) as said, transaction.atomic():
            Part.objects.bulk_create(parts)
        return str(said.value).splitlines()[0]

    assert "two sides, equal to the penny" in refused(*parts_of(match(), first, ada, -2_00, -1_00))
    assert "two sides" in refused(Part(match=match(), line=first, amount_pence=-1_00))
    assert "A line is matched up to" in refused(*parts_of(match(), out, ben, -20_01, -20_01))
    assert "A line is matched up to" in refused(*parts_of(match(), into, ben, -20_00, -20_00))
    assert "Only a payment that was sent" in refused(*parts_of(match(), into, ben, 20_00, 20_00, What.RETURNED))
    theirs = actions.open_bank_account(
        whose=Whose.DEDICATED, name="Ada", identifier="99887766", case=case, by=finn, on=SET_UP_ON
    )
    assert "of one account" in refused(*parts_of(match(theirs), first, ada, -1_00, -1_00))
    assert "on that person’s" in refused(*parts_of(match(), into, ben, 20_00, 20_00, What.ARRIVED))
    Part.objects.bulk_create(parts_of(match(), first, ada, -ada.amount_pence, -ada.amount_pence))
    assert "A payment is matched up to" in refused(*parts_of(match(), out, ada, -1, -1))
    made = Match.objects.filter(parts__line=first).get()
    assert "nothing is added to it later" in refused(*parts_of(made, out, ben, -1, -1))
    assert "part_goes_its_way" in refused(*parts_of(match(), into, ben, 1, 1))
    for change in (
        lambda: Part.objects.update(amount_pence=-1),
        lambda: Match.objects.all().delete(),
        lambda: Match.objects.filter(pk=made.pk).update(why="Another reason"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():  # by itself, and not at an exact key
        Match.objects.create(account=account, because=Because.NAME, why=WHY, confidence=80, matched_on=LATER)
    undone = actions.undo(match=made, reason="It was another payment of hers.", by=finn, on=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Undoing.objects.filter(pk=undone.pk).delete()
    Part.objects.bulk_create(parts_of(match(), first, ada, -ada.amount_pence, -ada.amount_pence))  # free again


def test_a_run_is_confirmed_from_its_statement_with_what_came_back(paid_run, payments, keep, account, finn):
    _, ben, _ = payments
    with pytest.raises(Refusal, match="do not say that all of run 1 left"):
        actions.confirm_from_statement(run=paid_run, by=finn, on=LATER)
    keep(
        read(
            line(-paid_run.total_pence, reference="LEEWAY-000001"),
            line(ben.amount_pence, 28, reference=ben.reference, return_reason="AC04"),
            number="14",
        )
    )
    ((run, evidence),) = queries.runs_that_left(seen_by=finn, on=LATER)
    assert [(each.pk, why) for each, why, _ in evidence.returned] == [(ben.pk, "the account is closed")]
    (proposal,) = proposals(account, finn)
    with pytest.raises(Refusal, match="Run 1 is not confirmed yet"):
        actions.accept(account=account, proposal=proposal, by=finn, on=LATER)
    run = actions.confirm_from_statement(run=run, by=finn, on=LATER)
    assert run.state == State.CONFIRMED
    assert (
        run.confirmed_from == "“Care payments”, statement 14, 24 April 2026 to 28 April 2026, line 1 of 24 April 2026"
    )
    assert Payment.objects.get(pk=ben.pk).returned_because == "the account is closed"
    assert open_pence(account) == [] and list(queries.findings()) == []


def test_what_the_bank_turned_down_does_not_leave_with_its_run(paid_run, payments, keep, account, finn):
    """The bank rejects a payment, and debits the rest in one line: matched by itself, and nothing is left open."""
    _, ben, _ = payments
    upload = SimpleUploadedFile("status.xml", rejection_of(ben, code="AC04", on=ON))
    take_answer(run=paid_run, upload=upload, by=finn, on=ON)
    keep(read(line(ben.amount_pence - paid_run.total_pence, reference="LEEWAY-000001"), number="14"))
    match = Match.objects.get()
    assert match.matched_by is None and open_pence(account) == []
    assert (
        match.why == f"The line names run 1, and the amount is the same without payment {ben.reference} that came "
        "back, Ben Example."
    )
    ((run, evidence),) = queries.runs_that_left(seen_by=finn, on=LATER)
    assert run == paid_run and evidence.returned == ()
    assert evidence.left_pence == run.total_pence - ben.amount_pence
    assert actions.confirm_from_statement(run=run, by=finn, on=LATER).state == State.CONFIRMED
    wanted = (Thing(What.RUN, run.pk), Thing(What.RETURNED, ben.pk))
    assert candidates.open_of(wanted) == dict.fromkeys(wanted, 0)
    assert list(queries.findings()) == []
    actions.undo(match=match, reason="It is another run.", by=finn, on=LATER)
    (again,) = proposals(account, finn)
    assert [thing for thing, _ in again.things] == [Thing(What.RUN, run.pk), Thing(What.RETURNED, ben.pk)]
    assert actions.accept(account=account, proposal=again, by=finn, on=LATER).matched_by == finn


def test_what_comes_back_after_all_is_recorded_by_the_press_that_matches_it(paid_run, payments, keep, account, finn):
    ada, ben, _ = payments
    confirm_run(run=paid_run, confirmed_from="Bacs report", returned={ada.reference: "wrong number"}, by=finn, on=LATER)
    keep(
        read(
            line(ada.amount_pence, 28, reference=ada.reference),
            line(ben.amount_pence, 28, end_to_end_id=ben.end_to_end_id, return_reason="MD07"),
        )
    )
    assert Match.objects.filter(matched_by=None).get().parts.get(line=None).payment == ada  # it had been recorded
    (proposal,) = proposals(account, finn)
    assert proposal.to_record and proposal.confidence == 95
    actions.accept(account=account, proposal=proposal, by=finn, on=LATER)
    ben.refresh_from_db()
    assert (ben.state, ben.returned_because) == (PaymentState.RETURNED, "the account holder has died")
    assert open_pence(account) == [] and list(queries.findings()) == []


def test_money_that_names_a_payment_is_held_against_no_other_of_its_amount(
    paid_run, payments, keep, account, finn, monkeypatch
):
    _, ben, cat = payments
    confirm_run(run=paid_run, confirmed_from="Bacs report", returned={}, by=finn, on=LATER)
    looked_at, find = [], candidates.find

    def finds(lines, things, **more):
        looked_at.append({each.thing.id for each in things if each.to_record})
        return find(lines, things, **more)

    monkeypatch.setattr(candidates, "find", finds)
    keep(read(line(ben.amount_pence, 28, end_to_end_id=ben.end_to_end_id)))
    keep(read(line(ben.amount_pence, 29), number="2", opening=1_000_00 + ben.amount_pence))
    assert looked_at == [{ben.pk}, {ben.pk, cat.pk}]


def test_a_part_of_a_payment_takes_nothing_back(paid_run, payments, keep, account, finn):
    """£30 came in with the key of £71.43: neither is it proposed, nor taken from a page that was opened before."""
    _, ben, _ = payments
    confirm_run(run=paid_run, confirmed_from="Bacs report", returned={}, by=finn, on=LATER)
    keep(read(line(30_00, 28, reference=ben.reference, return_reason="AC04")))
    part = StatementLine.objects.get()
    assert queries.item(account, part.pk, seen_by=finn).proposals == ()
    seen = Proposal(
        lines=((part.pk, 30_00),), things=((Thing(What.RETURNED, ben.pk), 30_00),), because=Because.EXACT_KEY,
        confidence=60, why="It names the payment.", to_record=True,
    )  # fmt: skip
    with pytest.raises(Refusal, match=f"£30.00 of {ben.reference} came in, which is of £71.43"):
        actions.accept(account=account, proposal=seen, by=finn, on=LATER)
    ben.refresh_from_db()
    assert ben.state == PaymentState.ARRIVED and not Hold.objects.exists()
    keep(read(line(41_43, 29, reference=ben.reference, return_reason="AC04"), opening=1_030_00))
    return_payment(payment=ben, reason="account closed", by=finn, on=LATER)  # the rest is there, in a second line
    both = {one.pk: one.amount_pence for one in StatementLine.objects.all()}
    whole = {Thing(What.RETURNED, ben.pk): ben.amount_pence}
    actions.match_by_hand(
        account=account, lines=both, things=whole, why="It came back in two parts.", by=finn, on=LATER
    )
    assert open_pence(account) == [] and list(queries.findings()) == []


def test_what_arrives_on_a_dedicated_account(payments, keep, finn):
    ada, ben, _ = payments
    case = ada.instalment.part.budget.case
    own = actions.open_bank_account(
        whose=Whose.DEDICATED, name="Ada’s card", identifier="CARD0012345", case=case, by=finn, on=SET_UP_ON
    )
    arrived = line(ada.amount_pence, reference=ada.reference)
    keep(read(arrived, line(ben.amount_pence, reference=ben.reference), line(-5_00, 26), account=""), of=own)
    (match,) = Match.objects.all()
    assert match.parts.get(line=None).what == What.ARRIVED and len(open_pence(own)) == 2
    assert list(queries.findings()) == []


def test_a_share_is_received_from_its_line(case, agree, bank, keep, account, finn):
    from leeway.care.planning.models import Way
    from leeway.money.budgets.actions import start_budget
    from leeway.money.contributions.actions import let_fall_due, take_back
    from leeway.money.contributions.queries import owed_account
    from leeway.money.ledger.queries import balance

    plan = agree(case, (Way.SERVICE_FUND, 100_00, 50))
    bank(case, Way.SERVICE_FUND)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    let_fall_due(on=LATER)
    owed = -balance(owed_account(case, Payer.NHS))
    keep(read(line(owed + 5_00, 28, counterparty="NHS FAIRBOURNE")))
    row = StatementLine.objects.get()
    match = actions.receive_from_line(line=row, case=case, payer=Payer.NHS, owed_pence=owed, by=finn, on=LATER)
    receipt = case.receipts.get()
    assert (receipt.amount_pence, receipt.received_on) == (owed, date(2026, 4, 28))
    assert receipt.looked_at.startswith("“Care payments”, statement 1") and open_pence(account) == [5_00]
    assert list(queries.findings()) == []
    take_back(receipt=receipt, reason="Another case's", by=finn, on=LATER)
    assert list(queries.findings()) == [f"A receipt that was taken back stands for no line: receipt {receipt.pk} does."]
    actions.undo(match=match, reason="The receipt was taken back.", by=finn, on=LATER)
    assert list(queries.findings()) == []


def test_a_page_reads_what_its_lines_may_mean_however_much_is_open(payments, keep, account, finn, monkeypatch):
    """Its own lines and those that name the same, what they name or are as much as, and how many more there are."""
    ada, ben, _cat = payments
    assert [each.amount_pence for each in payments].count(ada.amount_pence) == 1
    named = {"reference": f"PAID {ben.reference}"}
    keep(read(line(-7_00, **named), line(-7_00, **named), *[line(-ada.amount_pence)] * 60))
    asked = []

    def find(lines, things, **more):
        asked.append((len(lines), {each.thing.id for each in things}))
        return matching.find(lines, things, **more)

    monkeypatch.setattr(queries, "LINES_SHOWN", 1)
    monkeypatch.setattr(candidates, "SUMMED_OF", 2)
    monkeypatch.setattr(candidates, "find", find)
    assert [each.things[0][0].id for each in proposals(account, finn)] == [ben.pk]
    assert asked.pop() == (2, {ben.run_id, ben.pk})
    (alone,) = queries.queue(account, seen_by=finn, first=2)
    assert asked.pop() == (1, {ada.run_id, ada.pk})
    assert [each.things[0][0].id for each in alone.proposals] == [ada.pk]
    assert alone.proposals[0].why.endswith("It is not the only one.")


def test_no_sum_is_proposed_where_more_is_open_than_sums_are_tried_of(payments, keep, account, finn, monkeypatch):
    _ada, ben, cat = payments
    keep(read(line(-(ben.amount_pence + cat.amount_pence))))
    assert [each.because for each in proposals(account, finn)] == [Because.SUM]
    monkeypatch.setattr(candidates, "SUMMED_OF", 2)
    assert proposals(account, finn) == ()


def test_what_a_file_of_several_runs_pays_on_a_day_is_matched_with_its_runs(
    another_case, agree, bank, finn, fay, account, keep
):
    runs = []
    for number, name in enumerate(("Ada", "Ben"), start=1):
        case = another_case(name)
        bank(case, account_number=f"{number}2345678", name=name)
        start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=SET_UP_ON)
        runs.append(approve_run(run=make_run(pay_on=PAY_ON, by=finn, on=ON), by=fay, on=ON))
    file = together.put_together(runs=[run.pk for run in runs], by=finn, on=ON)
    together.record_file_sent(file=file, sent_on=ON, by=finn, on=ON)
    keep(read(line(-file.total_pence, reference=file.reference)))
    best, *_ = proposals(account, finn)
    assert {thing.id for thing, _ in best.things} == {run.pk for run in runs} and best.confidence == 95
    actions.accept(account=account, proposal=best, by=finn, on=LATER)
    assert all(left.left_whole for left in queries.left_of(runs).values()) and list(queries.findings()) == []
