"""A run is settled once the bank's lines explain every payment, and what came back was dealt with."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leeway.money.budgets.actions import end_budget, lift_hold
from leeway.money.budgets.models import Hold
from leeway.money.payments.actions import confirm_run
from leeway.money.payments.answers import take_answer
from leeway.money.payments.making import make_run
from leeway.money.payments.settling import not_settled_because, settled
from leeway.money.statements import actions
from leeway.money.statements.models import Match
from leeway.money.statements.queries import evidence_of
from leeway.site.demo.statements import rejection_of
from tests.money.statements.conftest import LATER, ON, PAY_ON, line, read

pytestmark = pytest.mark.django_db
SEEN, AGAIN = "Bacs report of 24 April", date(2026, 5, 1)
UNEXPLAINED = ["The bank’s lines that are matched do not explain all of it yet."]


@pytest.fixture
def payments(paid_run):
    return list(paid_run.payments.order_by("payee__account_name"))


def confirmed(run, finn, **returned):
    return confirm_run(run=run, confirmed_from=SEEN, returned=returned.get("returned", {}), by=finn, on=PAY_ON)


def undone(finn, **match):
    actions.undo(match=Match.objects.get(**match), reason="It is another run.", by=finn, on=LATER)


def test_each_payment_has_its_line_and_a_match_undone_settles_it_no_more(paid_run, payments, keep, finn, client):
    ada, ben, cat = payments
    assert not settled([paid_run])
    run = confirmed(paid_run, finn)
    keep(read(*(line(-each.amount_pence, reference=each.reference) for each in (ada, ben))))
    assert not settled([run]) and not_settled_because(run) == UNEXPLAINED
    keep(read(line(-cat.amount_pence, 27, reference=cat.reference), opening=1_000_00 - ada.amount_pence - 142_86))
    assert settled([run]) == {run.pk} and not_settled_because(run) == []
    client.force_login(finn)
    assert "Settled" in client.get("/payments/").content.decode()
    undone(finn, parts__payment=ben)
    assert not settled([run]) and not_settled_because(run) == UNEXPLAINED
    assert "Settled" not in client.get("/payments/").content.decode()
    page = client.get(f"/payments/{run.pk}/").content.decode()
    assert "Not settled yet. The bank’s lines that are matched do not explain all of it yet." in page


def test_the_line_of_the_whole_run_settles_it_until_it_is_undone(paid_run, keep, finn):
    keep(read(line(-paid_run.total_pence, reference="LEEWAY-000001")))
    assert not settled([paid_run])  # the bank's line is there, and nobody has confirmed what arrived
    run = confirmed(paid_run, finn)
    assert settled([run]) == {run.pk}
    undone(finn)
    assert not settled([run])


def test_what_came_back_is_on_a_line_and_made_again(paid_run, payments, keep, finn, sent):
    ben = payments[1]
    run = confirmed(paid_run, finn, returned={ben.reference: "account closed"})
    keep(read(line(-run.total_pence, reference="LEEWAY-000001")))
    came_back = "1 payment came back, to be made again or ended."
    assert not settled([run]) and not_settled_because(run) == [came_back, *UNEXPLAINED]
    keep(read(line(ben.amount_pence, 28, reference=ben.reference), opening=1_000_00 - run.total_pence))
    assert not settled([run]) and not_settled_because(run) == [came_back]
    lift_hold(hold=Hold.objects.get(), by=finn, on=LATER)
    made = make_run(pay_on=date(2026, 5, 6), by=finn, on=AGAIN)
    assert ben.instalment_id in made.payments.values_list("instalment", flat=True)
    assert settled([run, made]) == {run.pk}


def test_what_came_back_and_is_not_owed_any_more_is_dealt_with(paid_run, payments, keep, finn):
    ben = payments[1]
    keep(
        read(
            line(-paid_run.total_pence, reference="LEEWAY-000001"), line(ben.amount_pence, 28, reference=ben.reference)
        )
    )
    run = confirmed(paid_run, finn, returned={ben.reference: "account closed"})
    actions.match_by_itself(account=Match.objects.first().account, on=LATER)
    assert not settled([run])
    budget = ben.instalment.part.budget
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=date(2026, 4, 21),
        reason="She has moved to another council",
        by=finn,
        on=LATER,
    )
    assert settled([run]) == {run.pk}


def test_what_the_bank_turned_down_never_left(paid_run, payments, keep, finn):
    ada, ben, cat = payments
    upload = SimpleUploadedFile("status.xml", rejection_of(ben, code="AC04", on=ON))
    take_answer(run=paid_run, upload=upload, by=finn, on=ON)
    run = confirmed(paid_run, finn)
    keep(read(*(line(-each.amount_pence, reference=each.reference) for each in (ada, cat))))
    assert not_settled_because(run) == ["1 payment came back, to be made again or ended."]
    lift_hold(hold=Hold.objects.get(), by=finn, on=LATER)
    make_run(pay_on=date(2026, 5, 6), by=finn, on=AGAIN)
    assert settled([run]) == {run.pk}


def test_what_was_turned_down_and_left_all_the_same_is_pointed_out(paid_run, payments, keep, finn):
    _ada, ben, _cat = payments
    take_answer(
        run=paid_run, upload=SimpleUploadedFile("status.xml", rejection_of(ben, code="AC04", on=ON)), by=finn, on=ON
    )
    keep(read(*(line(-each.amount_pence, reference=each.reference) for each in payments)))
    found = evidence_of(paid_run)
    assert found.left_whole and found.all_the_same_pence == ben.amount_pence
    keep(read(line(ben.amount_pence, 28, reference=ben.reference, return_reason="AC04"), number="15"))
    assert evidence_of(paid_run).all_the_same_pence == 0


def test_a_line_of_as_much_does_not_stand_for_another_payment(paid_run, payments, keep, finn):
    """Ben and Cat have as much: that Ben's came back, and is on no line, does not explain that Cat's is on none."""
    ada, ben, _cat = payments
    run = confirmed(paid_run, finn, returned={ben.reference: "account closed"})
    keep(read(*(line(-each.amount_pence, reference=each.reference) for each in (ada, ben))))
    assert UNEXPLAINED[0] in not_settled_because(run)
