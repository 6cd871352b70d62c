"""What a payment was for, its receipt, what is set aside and what is left: said freely, reversible, never forced."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leeway.access.models import Look, User
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Task
from leeway.care.planning.models import PlanLine
from leeway.messages.models import Message
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balance, held_by_person
from leeway.money.spending import actions, queries
from leeway.money.spending.beside import beside
from leeway.money.spending.coming import Course, by_month, coming, rhythm
from leeway.money.spending.kinds import ForWhat, Kept
from leeway.money.spending.models import AttachedReceipt, Purpose
from leeway.money.spending.presenters import month_of, set_aside_in_words, shares_of
from leeway.money.spending.proposing import Said, payee_of, propose
from leeway.money.spending.relations import RELATIONS
from leeway.money.statements.models import StatementLine
from leeway.refusal import NotAllowed, Refusal
from leeway.site.demo.statements import Entry
from tests.files.making import picture
from tests.money.spending.conftest import ON, SHOP, SWIMMING, TAX, WAGES

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)


def swimming():
    return PlanLine.objects.get(what="Swimming")


@pytest.fixture
def say(ada_user):
    """Say what a payment was for, as the page of it stands now."""

    def said(line, kind, words="", *, by=None):
        of_plan = swimming() if kind == ForWhat.PLAN_LINE else None
        version = queries.version_said(queries.standing_of(line))
        return actions.say(
            line=line, kind=kind, plan_line=of_plan, words=words, version=version, by=by or ada_user, on=ON
        )

    return said


def photo(name="receipt.jpg", width=40):
    return SimpleUploadedFile(name, picture("JPEG", size=(width, 20)), "image/jpeg")


@pytest.fixture
def paid(case, account):
    """The council's payments of £350.00 have arrived, as the ledger knows."""
    return lambda pence=350_00: arrived(case, pence)


def arrived(case, pence):
    """Put money into what Ada holds, past what a payment run would do first."""
    held, clearing = (
        Account.objects.get_or_create(kind=kind, case=case if kind == Kind.HELD_BY_PERSON else None, name="")[0]
        for kind in (Kind.HELD_BY_PERSON, Kind.CLEARING)
    )
    Transfer.objects.create(
        id=uuid4(), debit=held, credit=clearing, amount_pence=pence, reason=Reason.PAYMENT_ARRIVED,
        effective_date=FIRST, made_by=User.objects.get(email="finn@council.example"),
    )  # fmt: skip


def came_back(case, pence):
    """What had arrived came back after all."""
    original = Transfer.objects.get(debit__case=case, reason=Reason.PAYMENT_ARRIVED, amount_pence=pence)
    Transfer.objects.create(
        id=uuid4(), debit=original.credit, credit=original.debit, amount_pence=pence, reason=Reason.NOT_ARRIVED,
        effective_date=ON, made_by=original.made_by, corrects=original,
    )  # fmt: skip


def spent(case):
    """What the ledger counts as spent."""
    account = Account.objects.filter(kind=Kind.SPENT, case=case).first()
    return balance(account) if account else 0


def test_what_it_may_have_been_for_is_proposed_and_never_said_by_itself(entry_of):
    proposed = {pence: entry_of(pence).proposal for pence in (SWIMMING, WAGES, TAX, SHOP)}
    assert proposed[SWIMMING].plan_line == swimming() and "“fairbourne”" in proposed[SWIMMING].because
    assert (proposed[WAGES].kind, proposed[TAX].kind, proposed[SHOP]) == (ForWhat.WAGES, ForWhat.TAX, None)
    assert {entry_of(pence).for_what for pence in (SWIMMING, WAGES, TAX, SHOP)} == {"Not said yet"}
    assert not Purpose.objects.exists()


def test_what_was_said_of_a_name_is_proposed_for_the_next_payment_to_it(case, keep, line_of, say):
    say(line_of(SHOP), ForWhat.ELSE, "A wheel")
    later = Entry(date(2026, 6, 2), -20_00, "CARD 9912", "WHEELS AND MORE")
    keep(later, opening=149_85, on=date(2026, 6, 3))
    proposal = queries.get_entry(
        case, StatementLine.objects.get(amount_pence=-20_00).pk, queries.plan_now(case)
    ).proposal
    assert (proposal.kind, proposal.words) == (ForWhat.ELSE, "A wheel") and "31 May 2026" in proposal.because


def test_it_is_said_anew_and_taken_back_and_all_of_it_stays_on_record(entry_of, line_of, say, ada_user, tom):
    say(line_of(SWIMMING), ForWhat.PLAN_LINE)
    assert entry_of(SWIMMING).for_what == "Swimming"
    say(line_of(SWIMMING), ForWhat.ELSE, "A birthday", by=tom)
    assert entry_of(SWIMMING).for_what == "Something else: A birthday"
    with pytest.raises(Refusal, match="said of it already"):
        say(line_of(SWIMMING), ForWhat.ELSE, "A birthday", by=tom)
    actions.take_back(purpose=entry_of(SWIMMING).purpose, by=ada_user, on=ON)
    assert entry_of(SWIMMING).for_what == "Not said yet" and Purpose.objects.count() == 2
    with pytest.raises(Refusal, match="taken back already"):
        actions.take_back(purpose=Purpose.objects.last(), by=ada_user, on=ON)


def test_nothing_is_refused_since_one_line_of_the_plan_is_used_up(line_of, case, say):
    for pence in (SWIMMING, WAGES, SHOP):
        say(line_of(pence), ForWhat.PLAN_LINE)
    table = beside(queries.plan_now(case), queries.entries(case, FIRST, LAST), FIRST, LAST)
    row = next(row for row in table.rows if row.what == "Swimming")
    assert (row.weekly_pence, row.planned_pence, row.spent_pence) == (24_00, 24_00 * 31 // 7, 654_00)
    assert (table.unsaid_pence, table.spent_pence) == (-TAX, 750_15)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": ForWhat.ELSE, "words": " "}, "words"),
        ({"kind": ForWhat.PLAN_LINE}, "kind"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_names_the_field(line_of, ada_user, said, field):
    with pytest.raises(Refusal) as refused:
        actions.say(line=line_of(SHOP), version=0, by=ada_user, on=ON, **said)
    assert refused.value.field == field and not Purpose.objects.exists()


def test_money_that_came_in_is_for_nothing(line_of, say, ada_user):
    with pytest.raises(Refusal, match="money that came in"):
        say(line_of(800_00), ForWhat.WAGES)
    with pytest.raises(Refusal, match="money that came in"):
        actions.attach_receipt(line=line_of(800_00), upload=photo(), by=ada_user, on=ON)


def test_strangers_say_set_aside_and_ask_nothing(case, line_of, cyril, mona):
    for do in (
        lambda by: actions.say(line=line_of(SHOP), kind=ForWhat.WAGES, version=0, by=by, on=ON),
        lambda by: actions.attach_receipt(line=line_of(SHOP), upload=photo(), by=by, on=ON),
        lambda by: actions.set_aside(case=case, kind=Kept.TAX, amount_pence=1, reason="For tax", by=by, on=ON),
        lambda by: actions.ask(line=line_of(SHOP), words="Was this right?", by=by, on=ON),
    ):
        with pytest.raises(NotAllowed):
            do(cyril)


def test_receipts_of_one_payment_are_several_and_one_may_belong_to_two(entry_of, line_of, ada_user, tom):
    first = actions.attach_receipt(line=line_of(SHOP), upload=photo(), by=ada_user, on=ON)
    actions.attach_receipt(line=line_of(SHOP), upload=photo(width=60), by=ada_user, on=ON)
    second = actions.attach_receipt(line=line_of(SWIMMING), upload=photo("again.jpg"), by=tom, on=ON)
    assert first.file == second.file and len(entry_of(SHOP).receipts) == 2
    with pytest.raises(Refusal, match="with the payment already"):
        actions.attach_receipt(line=line_of(SHOP), upload=photo(), by=ada_user, on=ON)
    actions.take_off_receipt(attached=first, by=ada_user, on=ON)
    assert len(entry_of(SHOP).receipts) == 1 and AttachedReceipt.objects.count() == 3
    actions.attach_receipt(line=line_of(SHOP), upload=photo(), by=ada_user, on=ON)
    assert len(entry_of(SHOP).receipts) == 2


def test_a_receipt_is_asked_for_from_the_councils_amount_on_and_once_it_is_said_what_it_was_for(
    entry_of, line_of, say, ada_user
):
    assert not entry_of(SHOP).asks_for_receipt(0), "unanswered is never wrong"
    say(line_of(SHOP), ForWhat.ELSE, "A wheel")
    say(line_of(WAGES), ForWhat.WAGES)
    asked = [entry_of(SHOP).asks_for_receipt(from_pence) for from_pence in (-SHOP - 1, -SHOP, -SHOP + 1)]
    assert asked == [True, True, False] and not entry_of(WAGES).asks_for_receipt(0)
    actions.attach_receipt(line=line_of(SHOP), upload=photo(), by=ada_user, on=ON)
    assert not entry_of(SHOP).asks_for_receipt(0)


def test_what_is_left_is_what_the_bank_says_less_what_is_set_aside(case, may, ada_user):
    actions.set_aside(
        case=case, kind=Kept.HOLIDAY, amount_pence=80_00, reason="Sam’s holiday", until=ON, by=ada_user, on=ON
    )
    left = queries.left_on(case, ON)
    assert (left.balance.pence, left.balance.as_at, left.left_pence) == (149_85, date(2026, 5, 21), 69_85)
    assert [share.who for share in shares_of(left)] == ["To spend", "Holiday pay"]
    assert set_aside_in_words(left) == "£80.00 for holiday pay"
    assert queries.left_on(case, ON + timedelta(days=1)).left_pence == 149_85, "the last day is over"


@pytest.mark.parametrize(("day", "pence"), [(4, 900_00), (5, 876_00), (20, 299_85), (21, 149_85), (31, 149_85)])
def test_the_balance_of_a_day_is_the_banks(case, may, day, pence):
    assert queries.balance_on(case, date(2026, 5, day)).pence == pence


def test_nobody_knows_what_is_in_an_account_of_which_no_statement_was_read(case, account):
    assert queries.balance_on(case, ON) is None and queries.left_on(case, ON).left_pence == 0


def test_what_is_set_aside_is_taken_back_by_a_later_record(case, may, ada_user, bea):
    aside = actions.set_aside(case=case, kind=Kept.BILL, amount_pence=9_00, reason="The agency", by=bea, on=FIRST)
    actions.no_longer_aside(aside=aside, reason="It is paid", by=ada_user, on=ON)
    held = [len(queries.set_aside_on(case, day)) for day in (FIRST - timedelta(days=1), FIRST, ON - timedelta(1), ON)]
    assert held == [0, 1, 1, 0]
    with pytest.raises(Refusal, match="no longer already"):
        actions.no_longer_aside(aside=aside, reason="It is paid", by=ada_user, on=ON)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount_pence": 0}, "amount_pence"),
        ({"amount_pence": 100_000_01}, "amount_pence"),
        ({"reason": "x"}, "reason"),
        ({"until": ON - timedelta(days=1)}, "until"),
        ({"until": date(2126, 1, 1)}, "until"),
    ],
)
def test_what_cannot_be_set_aside_is_refused_and_names_the_field(case, ada_user, said, field):
    whole = {"kind": Kept.TAX, "amount_pence": 1, "reason": "Tax of May"} | said
    with pytest.raises(Refusal) as refused:
        actions.set_aside(case=case, by=ada_user, on=ON, **whole)
    assert refused.value.field == field and not case.set_aside.exists()


def test_a_question_is_a_task_of_the_worker_until_it_is_answered(case, line_of, entry_of, ada_user, bea, finn):
    question = actions.ask(line=line_of(SHOP), words="May I buy two?", by=ada_user, on=ON)
    task = Task.objects.get(case=case, kind="spending_asked", done_on=None)
    assert (task.whose, task.due_on) == ("worker", ON + timedelta(days=5))
    with pytest.raises(Refusal, match="asked this already"):
        actions.ask(line=line_of(SHOP), words="May I buy two?", by=ada_user, on=ON)
    with pytest.raises(NotAllowed):
        actions.answer(question=question, answer="Yes, you may.", by=finn, on=ON)
    actions.answer(question=question, answer="Yes, you may.", by=bea, on=ON)
    task.refresh_from_db()
    assert task.done_by == bea and entry_of(SHOP).questions[0].answer == "Yes, you may."
    assert Message.objects.filter(template="question_answered", person_id=case.person_id).exists()
    with pytest.raises(Refusal, match="answered already"):
        actions.answer(question=question, answer="No, you may not.", by=bea, on=ON)


def test_since_when_nobody_of_the_council_has_looked(case, may, ada_user, bea):
    queries.get_account(case.pk, seen_by=ada_user)
    assert queries.not_looked_at_since(case) == ON, "her own look is none of the council’s"
    queries.get_account(case.pk, seen_by=bea)
    assert queries.not_looked_at_since(case) is None and Look.objects.filter(page=queries.PAGE).count() == 2


def test_what_the_direct_payment_is_a_week(case, budget):
    assert queries.weekly_on(case, date(2026, 4, 21)) is None
    assert queries.weekly_on(case, date(2026, 4, 22)).gross_pence == 200_00


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ({"counterparty": "WHEELS & MORE 12"}, "wheels more"),
        ({"description": "CARD 0711 Pool"}, "card pool"),
        ({"reference": "4471"}, ""),
    ],
)
def test_a_name_is_known_again_without_its_numbers(written, known):
    assert payee_of(StatementLine(**written)) == known


def test_what_was_said_of_no_name_is_proposed_for_nothing():
    said = {"": Said(ForWhat.WAGES, None, "", ON)}
    assert propose(StatementLine(reference="4471"), lines=[], first={}, before=said) is None


@pytest.mark.parametrize(
    ("day", "last", "before", "after"),
    [
        (date(2026, 5, 7), date(2026, 5, 31), date(2026, 4, 1), date(2026, 6, 1)),
        (date(2026, 6, 10), date(2026, 6, 10), date(2026, 5, 1), None),
        (date(2026, 4, 2), date(2026, 4, 30), None, date(2026, 5, 1)),
    ],
)
def test_the_months_beside_a_month_are_those_of_which_something_is_kept(day, last, before, after):
    month = month_of(day, kept=(date(2026, 4, 20), date(2026, 5, 20)), today=date(2026, 6, 10))
    assert (month.last, month.before, month.after) == (last, before, after)


def test_what_was_said_is_counted_as_spent_once_and_taken_back_with_it(case, line_of, entry_of, say, paid, ada_user):
    paid(600_00)
    say(line_of(WAGES), ForWhat.WAGES)
    assert spent(case) == 480_00
    say(line_of(WAGES), ForWhat.ELSE, "A loan to Sam")
    assert spent(case) == 480_00
    say(line_of(TAX), ForWhat.SET_ASIDE)
    assert spent(case) == 480_00, "what was moved to savings is held as before"
    actions.take_back(purpose=entry_of(WAGES).purpose, by=ada_user, on=ON)
    assert spent(case) == 0 and [finding for each in RELATIONS for finding in each.findings()] == []


def test_no_more_is_counted_than_is_held_and_the_rest_once_it_has_arrived(case, line_of, entry_of, say, paid):
    paid(200_00)
    say(line_of(WAGES), ForWhat.WAGES)
    say(line_of(SHOP), ForWhat.ELSE, "A wheel")
    assert spent(case) == 150_00 and entry_of(WAGES).is_not_counted and not entry_of(SHOP).is_not_counted
    paid(450_00)
    assert actions.count_as_spent(on=ON) == 1 and actions.count_as_spent(on=ON) == 0
    assert spent(case) == 630_00 and not entry_of(WAGES).is_not_counted
    assert [finding for each in RELATIONS for finding in each.findings()] == []


def test_what_the_ledger_counts_beside_what_was_said_is_named(case, line_of, say, paid, guards_aside):
    paid(600_00)
    say(line_of(WAGES), ForWhat.WAGES)
    guards_aside("UPDATE ledger_transfer SET amount_pence = amount_pence - 1 WHERE reason = 'spent'")
    assert [finding.split(" which")[0][:12] for each in RELATIONS for finding in each.findings()] == ["47999 pence "]


def test_where_a_payment_came_back_after_all_less_is_counted_and_again_once_money_is_there(
    case, line_of, entry_of, say, paid, finn
):
    paid(500_00)
    for pence, kind in ((WAGES, ForWhat.WAGES), (SWIMMING, ForWhat.PLAN_LINE)):
        say(line_of(pence), kind)
    came_back(case, 500_00)
    line = tell(case=case, kind=Event.PAYMENT_RETURNED, sentence="£500.00 came back: closed", by=finn, on=ON)
    assert held_by_person(case) == 0 and entry_of(WAGES).is_not_counted and entry_of(SWIMMING).is_not_counted
    paid(480_00)
    assert actions.count_as_spent(on=line.happened_on) == 1 and spent(case) == 24_00
    assert [finding for each in RELATIONS for finding in each.findings()] == []


@pytest.mark.parametrize(
    ("days", "every"),
    [
        ((1, 8, 15), 7),
        ((1, 8, 15, 29), None),
        ((1, 29), None),
        ((1, 29, 57), 28),
        ((1, 31, 62), 30),
        ((1, 16, 29), 14),
    ],
)
def test_what_is_paid_in_a_rhythm_is_known_by_three_times(days, every):
    assert rhythm([date(2026, 1, 1) + timedelta(days=day) for day in days]) == every


def test_what_comes_is_what_is_scheduled_set_aside_and_paid_again_and_again(case, keep, budget, ada_user):
    weekly = [Entry(date(2026, 5, day), -24_00, "CARD", "FAIRBOURNE POOL") for day in (11, 18, 25)]
    other = [Entry(date(2026, 5, day), -pence, "CARD", "SHOP") for day, pence in ((12, 5_00), (19, 50_00), (26, 1_00))]
    keep(*sorted([*weekly, *other], key=lambda each: each.on))
    actions.set_aside(
        case=case, kind=Kept.BILL, amount_pence=98_00, reason="The insurance", until=date(2026, 6, 20), by=ada_user,
        on=ON,
    )  # fmt: skip
    found = coming(case, ON, of_money_alone=True)
    out = [each for each in found if each.way == Course.OUT]
    assert [each.on for each in out[:2]] == [date(2026, 6, 1), date(2026, 6, 8)] and {each.pence for each in out} == {
        24_00
    }
    assert [(each.on, each.pence) for each in found if each.way == Course.KEPT] == [(date(2026, 6, 20), 98_00)]
    paid_in = [each for each in found if each.way == Course.IN]
    assert paid_in and {each.pence for each in paid_in} == {800_00}
    assert [name for name, _ in by_month(found)] == ["June 2026", "July 2026", "August 2026"]
