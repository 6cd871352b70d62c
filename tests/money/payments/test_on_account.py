"""Money on account before a budget is set up: why, who agreed, paid the same day, and taken off to the penny."""

from datetime import date
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.care.people.events import Event
from leeway.care.people.models import Task
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import ask_for_interim, authorise_interim, end_interim, start_budget
from leeway.money.budgets.models import Instalment, Interim
from leeway.money.payments.actions import approve_run, confirm_run, record_sent
from leeway.money.payments.bank_files import iso_file
from leeway.money.payments.falling_due import Totals, came_back, on_account_waiting
from leeway.money.payments.making import NothingToPay, make_faster_run, make_run
from leeway.money.payments.models import Rail
from leeway.money.payments.queries import findings, runs_on_their_way
from leeway.money.payments.returning import return_payment
from leeway.money.payments.views import todays_work
from leeway.refusal import NotAllowed, Refusal

ON = date(2026, 4, 20)
WHY = "She comes home tomorrow and nobody can help her up."


@pytest.fixture
def asked(case, bank, finn):
    bank(case)
    return ask_for_interim(
        case=case, amount_pence=150_01, starts_on=ON, ends_on=date(2026, 5, 3), reason=WHY, by=finn, on=ON
    )


@pytest.fixture
def agreed(asked, mona):
    return authorise_interim(interim=asked, by=mona, on=ON)


def same_day(interim: UUID, finn, fay):
    run = make_faster_run(pay_on=ON, only=[interim], why="The same day, since she is home tomorrow", by=finn, on=ON)
    return record_sent(run=approve_run(run=run, by=fay, on=ON), sent_on=ON, by=fay, on=ON)


def start(case, agree, finn, ways=((Way.DIRECT_PAYMENT, 100_00, 0),)):
    return start_budget(plan=agree(case, *ways), by=finn, on=date(2026, 4, 21))


def test_it_is_paid_the_same_day_and_comes_off_the_first_instalments(agreed, case, agree, finn, fay):
    run = same_day(agreed.pk, finn, fay)
    assert (run.rail, run.total_pence) == (Rail.FASTER, 150_01)
    assert "<Cd>URNS</Cd>" in "".join(iso_file(run)) and "<Cd>NURG</Cd>" not in "".join(iso_file(run))
    confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=ON)
    budget = start(case, agree, finn)
    dues = list(Instalment.objects.order_by("starts_on").values_list("already_paid_pence", "amount_pence")[:3])
    assert dues == [(71_43, 0), (78_58, 321_42), (0, 400_00)]
    agreed.refresh_from_db()
    assert (agreed.set_off_in, agreed.set_off_pence) == (budget, 150_01)
    assert list(findings()) == []


def test_it_waits_for_a_manager_who_did_not_ask(asked, case, finn, fay, mona, bea):
    assert "money on account" in Task.objects.get(kind=Event.INTERIM_ASKED, done_on=None).what
    for by in (finn, fay, bea):
        with pytest.raises(NotAllowed):
            authorise_interim(interim=asked, by=by, on=ON)
    with pytest.raises(NothingToPay):
        make_run(pay_on=date(2026, 4, 24), by=finn, on=ON)
    with pytest.raises(DatabaseError, match="authorised_by_another"), transaction.atomic():
        Interim.objects.update(authorised_by=finn, authorised_on=ON)
    authorise_interim(interim=asked, by=mona, on=ON)
    assert not Task.objects.filter(kind=Event.INTERIM_ASKED, done_on=None).exists()
    assert make_run(pay_on=date(2026, 4, 24), by=finn, on=ON).total_pence == 150_01


def test_what_was_agreed_and_cannot_be_paid_says_why(case, bank, finn, mona, client, looking, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)
    asked = ask_for_interim(
        case=case, amount_pence=150_01, starts_on=ON, ends_on=date(2026, 5, 3), reason=WHY, by=finn, on=ON
    )
    assert on_account_waiting(ON, seen_by=finn) == []
    authorise_interim(interim=asked, by=mona, on=ON)
    (waits,) = on_account_waiting(ON, seen_by=finn)
    assert (waits, waits.why) == (asked, "No approved bank details")
    client.force_login(finn)
    for name in ("payments:home", "payments:faster"):
        assert "£150.01: No approved bank details" in client.get(reverse(name)).content.decode()
    with pytest.raises(NothingToPay):
        make_run(pay_on=date(2026, 4, 24), by=finn, on=ON)
    page, enter = reverse("budgets:interim", args=[case.pk]), reverse("payees:enter", args=[case.pk, asked.way])
    assert enter in client.get(page).content.decode()
    bank(case)
    assert enter not in client.get(page).content.decode()
    assert on_account_waiting(ON, seen_by=finn) == []
    assert "£150.01: No" not in client.get(reverse("payments:home")).content.decode()
    assert make_run(pay_on=date(2026, 4, 24), by=finn, on=ON).total_pence == 150_01


def test_there_is_never_a_second_at_a_time_nor_a_second_payment_of_one(agreed, case, finn, fay):
    with pytest.raises(Refusal, match="not settled yet"):
        ask_for_interim(case=case, amount_pence=1, starts_on=ON, ends_on=ON, reason=WHY, by=finn, on=ON)
    make_run(pay_on=date(2026, 4, 24), by=finn, on=ON)
    with pytest.raises(NothingToPay):
        make_faster_run(pay_on=ON, only=[agreed.pk], why="Once more", by=fay, on=ON)
    with pytest.raises(Refusal, match="in a payment run"):
        end_interim(interim=agreed, reason="Not needed", by=finn, on=ON)


def test_what_came_back_is_paid_again_and_taken_off_once(agreed, case, agree, finn, fay, paid):
    run = same_day(agreed.pk, finn, fay)
    confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=ON)
    return_payment(payment=run.payments.get(), reason="Account closed", by=finn, on=date(2026, 4, 21))
    start(case, agree, finn)
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=date(2026, 4, 21)), date(2026, 4, 21))
    assert sorted(each.amount_pence for each in run.payments.model.objects.filter(state="arrived")) == [150_01, 321_42]
    assert list(findings()) == []


def test_what_is_withdrawn_after_it_came_back_goes_back_to_the_council(agreed, case, finn, fay):
    run = same_day(agreed.pk, finn, fay)
    confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=ON)
    return_payment(payment=run.payments.get(), reason="Account closed", by=finn, on=ON)
    assert came_back(ON, seen_by=finn)[1] == list(run.payments.all())
    (again,) = todays_work(finn, ON, list(runs_on_their_way(seen_by=finn)))
    assert again.label == "Came back" and again.words[-2].url == reverse("payments:faster"), "it stands once"
    twice = same_day(agreed.pk, finn, fay)
    confirm_run(
        run=twice,
        confirmed_from="Bank statement",
        returned={twice.payments.get().reference: "Account closed"},
        by=finn,
        on=ON,
    )
    assert came_back(ON, seen_by=finn) == (Totals(1, 150_01), list(twice.payments.all())), "and so it does twice over"
    end_interim(interim=agreed, reason="Her sister helps.", by=finn, on=ON)
    assert came_back(ON, seen_by=finn) == (Totals(0, 0), []), "nobody has anything to do about it any more"
    assert list(findings()) == []


def test_what_nobody_agreed_to_is_over_once_the_budget_is_set_up(asked, case, agree, finn):
    start(case, agree, finn)
    asked.refresh_from_db()
    assert asked.ended_because == "The budget was set up first."
    with pytest.raises(Refusal, match="A budget runs"):
        ask_for_interim(case=case, amount_pence=1, starts_on=ON, ends_on=ON, reason=WHY, by=finn, on=ON)


def test_an_amount_above_the_limit_or_too_many_days_are_refused(case, finn, settings):
    settings.INTERIM_MOST_PENCE = 100_00
    for pence, ends_on, words in ((100_01, ON, "at most £100.00"), (1, date(2026, 6, 1), "six weeks at most")):
        with pytest.raises(Refusal, match=words):
            ask_for_interim(case=case, amount_pence=pence, starts_on=ON, ends_on=ends_on, reason=WHY, by=finn, on=ON)


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 4, 19), "today or a day after"), (date(2026, 4, 25), "working")]
)
def test_a_faster_run_has_a_day_and_a_reason(agreed, finn, day, words):
    with pytest.raises(Refusal, match=words):
        make_faster_run(pay_on=day, only=[agreed.pk], why="Home tomorrow", by=finn, on=ON)
    with pytest.raises(Refusal, match="Say why"):
        make_faster_run(pay_on=ON, only=[agreed.pk], why="", by=finn, on=ON)
    with pytest.raises(Refusal, match="Choose whom"):
        make_faster_run(pay_on=ON, only=[], why="Home tomorrow", by=finn, on=ON)


def test_the_page_offers_what_the_action_allows(asked, agreed, case, mona, finn, fay, as_user, looking):
    page = reverse("budgets:interim", args=[case.pk])
    for user, words in ((mona, "Agree to"), (finn, "It will not be paid"), (fay, "Ask for it")):
        shown = words in as_user(user).get(page).content.decode()
        assert shown is (user is finn)  # it was agreed, and nothing else can be asked for meanwhile


def test_what_came_back_waits_for_nothing_and_the_page_says_so(agreed, finn, fay, as_user):
    run = same_day(agreed.pk, finn, fay)
    confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=ON)
    address = reverse("payments:returned", args=[run.pk, 1])
    assert "money on account waits for nothing" in as_user(finn).get(address).content.decode()
    page = as_user(finn).post(address, {"reason": "account closed"}, follow=True).content.decode()
    assert "the next run pays it again" in page and "until the hold is lifted" not in page
    assert make_run(pay_on=date(2026, 4, 24), by=finn, on=ON).total_pence == agreed.amount_pence
