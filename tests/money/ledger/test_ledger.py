"""Any sequence of transfers balances, a retry pays once, and the database refuses to forget."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.care.people.models import Case, Person
from leeway.money.ledger.actions import AlreadyUsed, NewTransfer, give_back, open_account, transfer, transfer_many
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balance, balances, findings, statement, trial_balance
from leeway.money.ledger.reasons import BETWEEN, OF_A_CASE, OF_A_PROVIDER
from leeway.refusal import NotAllowed, Refusal

DAY = date(2026, 4, 6)
ALLOWED = [(reason, into, out_of) for reason, pairs in BETWEEN.items() for into, out_of in pairs]


def new_transfer(debit, credit, pence=100_00, **changes):
    fields = {"id": uuid4(), "debit": debit.pk, "credit": credit.pk, "amount_pence": pence}
    return NewTransfer(**(fields | {"reason": Reason.FUNDING, "effective_date": DAY} | changes))


@pytest.fixture
def council(finn):
    return open_account(kind=Kind.FUNDER_COUNCIL, by=finn, on=DAY)


@pytest.fixture
def committed(finn, case):
    return open_account(kind=Kind.COMMITTED, case=case, name="Budget 1", by=finn, on=DAY)


@pytest.fixture
def available(finn, case):
    return open_account(kind=Kind.AVAILABLE, case=case, name="Budget 1", by=finn, on=DAY)


def test_money_moves_out_of_one_account_into_the_other(council, available, finn):
    transfer(new=new_transfer(available, council, 123_45), by=finn, on=DAY)
    assert balance(available) == 123_45
    assert balance(council) == -123_45


def test_the_balance_of_a_day_leaves_out_what_came_later(council, available, finn):
    transfer(new=new_transfer(available, council, 100, effective_date=date(2026, 4, 7)), by=finn, on=DAY)
    assert balance(available, DAY) == 0
    assert balance(available, date(2026, 4, 7)) == 100


def test_a_retry_moves_nothing(council, available, finn):
    new = new_transfer(available, council, 100)
    transfer(new=new, by=finn, on=DAY)
    transfer_many(new=[new, new], by=finn, on=DAY)
    assert balance(available) == 100


def test_the_same_id_with_other_content_is_refused_and_moves_nothing(council, available, finn):
    new = new_transfer(available, council, 100)
    transfer(new=new, by=finn, on=DAY)
    other = new_transfer(available, council, 101, id=new.id)
    with pytest.raises(AlreadyUsed):
        transfer_many(new=[new_transfer(available, council), other], by=finn, on=DAY)
    assert balance(available) == 100


@pytest.mark.parametrize("pence", [0, -1])
def test_a_transfer_of_nothing_or_less_is_refused(council, available, finn, pence):
    with pytest.raises(Refusal, match="at least one penny"):
        transfer(new=new_transfer(available, council, pence), by=finn, on=DAY)


def test_only_a_finance_officer_moves_money(council, available, bea):
    with pytest.raises(NotAllowed):
        transfer(new=new_transfer(available, council), by=bea, on=DAY)


def test_opening_an_account_twice_opens_it_once(available, case, finn):
    assert open_account(kind=Kind.AVAILABLE, case=case, name="Budget 1", by=finn, on=DAY) == available
    first = open_account(kind=Kind.CLEARING, by=finn, on=DAY)
    assert open_account(kind=Kind.CLEARING, by=finn, on=DAY) == first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_transfer SET amount_pence = 1",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer CASCADE",
        "TRUNCATE ledger_account CASCADE",
        "UPDATE ledger_account SET kind = 'spent'",
    ],
)
def test_the_database_refuses_to_change_or_remove(council, available, finn, statement):
    transfer(new=new_transfer(available, council), by=finn, on=DAY)
    connection.check_constraints()  # so that nothing but the guard stands in the way of TRUNCATE
    with pytest.raises(DatabaseError, match=r"Cannot|never emptied"), transaction.atomic():
        connection.cursor().execute(statement)
    assert balance(available) == 100_00


def test_the_database_refuses_a_negative_amount_one_account_and_other_money(council, available, finn):
    row = {"id": uuid4(), "reason": Reason.FUNDING, "effective_date": DAY, "made_by": finn}
    for bad in (
        {"debit": available, "credit": council, "amount_pence": -1},
        {"debit": available, "credit": available, "amount_pence": 1},
    ):
        with pytest.raises(DatabaseError, match="transfer_"), transaction.atomic():
            Transfer.objects.create(**row, **bad)
    with pytest.raises(DatabaseError, match="account_in_pounds"), transaction.atomic():
        Account.objects.create(kind=Kind.CLEARING, currency="EUR")
    with pytest.raises(DatabaseError, match="names_nobody"), transaction.atomic():
        Account.objects.create(kind=Kind.SPENT, case=available.case, name="Ada Bell")


def test_a_correction_mirrors_and_never_gives_back_more(council, available, finn):
    new = new_transfer(available, council, 100)
    transfer(new=new, by=finn, on=DAY)
    original = Transfer.objects.get(pk=new.id)
    back = {"original": original, "effective_date": DAY, "by": finn, "on": DAY}
    first = uuid4()
    give_back(id=first, amount_pence=60, **back)
    give_back(id=first, amount_pence=60, **back)
    assert balance(available) == 40
    with pytest.raises(Refusal, match="more than was moved"):
        give_back(id=uuid4(), amount_pence=41, **back)
    with pytest.raises(Refusal, match="same two accounts"):
        transfer(new=new_transfer(available, council, 1, corrects=new.id), by=finn, on=DAY)
    with pytest.raises(Refusal, match="is not how a transfer “Funding put in” is corrected"):
        transfer(new=new_transfer(council, available, 1, reason=Reason.RELEASE, corrects=new.id), by=finn, on=DAY)
    give_back(id=uuid4(), amount_pence=40, **back)
    assert balance(available) == 0


@pytest.mark.parametrize(("pence", "mirrored"), [(101, True), (1, False)])
def test_the_database_itself_refuses_a_bad_correction(council, available, finn, pence, mirrored):
    new = new_transfer(available, council, 100)
    transfer(new=new, by=finn, on=DAY)
    debit, credit = (council, available) if mirrored else (available, council)
    row = {"debit": debit, "credit": credit, "amount_pence": pence, "corrects_id": new.id, "made_by": finn}
    with pytest.raises(DatabaseError, match="A correction"), transaction.atomic():
        Transfer.objects.create(id=uuid4(), reason=Reason.FUNDING_RETURNED, effective_date=DAY, **row)


def test_a_statement_runs_to_the_balance(council, available, committed, finn):
    transfer(new=new_transfer(available, council, 100), by=finn, on=DAY)
    aside = {"reason": Reason.COMMITMENT, "effective_date": date(2026, 5, 1)}
    transfer(new=new_transfer(committed, available, 30, **aside), by=finn, on=DAY)
    lines = statement(available)
    assert [(line.amount_pence, line.balance_pence) for line in lines] == [(100, 100), (-30, 70)]
    assert lines[0].other_account == "Council"
    assert len(statement(available, DAY)) == 1


def test_findings_name_an_overdrawn_account_and_a_transfer_made_twice(committed, available, finn):
    assert findings() == []
    transfer(new=new_transfer(committed, available, 5, reason=Reason.COMMITMENT), by=finn, on=DAY)
    transfer(new=new_transfer(committed, available, 5, reason=Reason.COMMITMENT), by=finn, on=DAY)
    found = "\n".join(findings())
    assert "less than nothing in it: -10 pence" in found
    assert "was moved 2 times" in found


class AnySequence(TestCase):
    """Whatever is moved, in whatever order and however often it is asked."""

    def a_case(self):
        person = Person.objects.create(given_name="Ada", family_name="Bell", date_of_birth=date(1992, 3, 14))
        team = Team.objects.create(name="North team")
        return Case.objects.create(person=person, team=team, opened_on=DAY, request_words="Please help.")

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.sampled_from(ALLOWED), st.integers(1, 10**12)),
            max_size=20,
        ),
        st.data(),
    )
    def test_the_trial_balance_is_nought_and_a_retry_pays_once(self, moves, data):
        finn = User.objects.create(email="f@council.example", name="Finn", roles=[Role.FINANCE])
        case = self.a_case()
        own = {kind: case if kind in OF_A_CASE else None for kind in Kind}
        names = {kind: str(uuid4()) if kind in OF_A_PROVIDER else "" for kind in Kind}
        accounts = {kind: open_account(kind=kind, case=own[kind], name=names[kind], by=finn, on=DAY) for kind in Kind}
        later = open_account(kind=Kind.AVAILABLE, case=case, name="Budget 2", by=finn, on=DAY)
        out = accounts | {Kind.AVAILABLE: later}
        new = [
            new_transfer(accounts[into], out[out_of], pence, reason=reason, about=uuid4(), effective_date=DAY)
            for (reason, into, out_of), pence in moves
        ]
        again = data.draw(st.lists(st.sampled_from(new), max_size=5)) if new else []
        transfer_many(new=new, by=finn, on=DAY)
        transfer_many(new=again, by=finn, on=DAY)
        assert sum(trial_balance().values()) == 0
        expected = {account.pk: 0 for account in (*accounts.values(), later)}
        for each in new:
            expected[each.debit] += each.amount_pence
            expected[each.credit] -= each.amount_pence
        found = balances()
        assert {pk: found.get(pk, 0) for pk in expected} == expected
