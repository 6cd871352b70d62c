"""What a person, and whoever helps them, reads first of their payments."""

from datetime import date

import pytest

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.people.models import Authority, Relationship
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import ask_for_interim, authorise_interim, lift_hold, place_hold, start_budget
from leeway.money.budgets.models import HoldKind
from leeway.money.payments.actions import approve_run, record_sent
from leeway.money.payments.falling_due import late, urgent
from leeway.money.payments.making import make_faster_run, make_run
from leeway.money.payments.presenters import late_in_words
from tests.conftest import SET_UP_ON

pytestmark = pytest.mark.django_db
LAST_DAY, FIRST_DUE = date(2026, 4, 20), date(2026, 4, 22)
SECOND_SENT, SECOND_DUE = date(2026, 4, 23), date(2026, 4, 27)


@pytest.fixture
def waiting(case, agree, bank, finn):
    """Ada, who is due £85.72 on 22 April and £480 on 27 April."""
    plan = agree(case, (Way.DIRECT_PAYMENT, 120_00, 0))
    bank(case)
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


@pytest.fixture
def tom(case):
    """Ada's brother, who may see her record."""
    user = User.objects.create_user("tom@home.example", "correct horse", name="Tom Bell", roles=[Role.PERSON])
    Relationship.objects.create(
        person=case.person,
        user=user,
        name="Tom Bell",
        kind="Brother",
        authority=Authority.NONE,
        starts_on=SET_UP_ON,
        may_see_record=True,
    )
    return user


@pytest.fixture
def page_on(client, monkeypatch):
    def opened(user, day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
        client.force_login(user)
        return " ".join(client.get("/home/").content.decode().split())

    return opened


def test_what_arrived_stays_with_its_day_when_the_next_is_sent(waiting, ada_user, finn, paid, sent, page_on):
    paid(make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), LAST_DAY)
    sent(make_run(pay_on=SECOND_DUE, by=finn, on=SECOND_SENT), SECOND_SENT)
    page = page_on(ada_user, SECOND_SENT)
    assert "22 April 2026, confirmed on 22 April 2026" in page
    assert "To arrive on 27 April 2026" in page
    assert "It was to arrive on 27 April 2026. We look at what the bank says." in page_on(ada_user, date(2026, 4, 28))


def test_a_payment_that_came_back_says_what_to_do_and_whom_to_ring(waiting, ada_user, tom, finn, paid, page_on, case):
    paid(make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), LAST_DAY, returned={1: "account closed"})
    page = page_on(ada_user, FIRST_DUE)
    assert page.count("came back on") == 1 and "are on hold" not in page
    theirs = page_on(finn, FIRST_DUE)
    assert theirs.count("Ada Bell") == 1 and "see to the bank details, and lift the hold" in theirs  # told once
    assert f'href="/cases/{case.pk}/budget/#paid-into">check that account •••••678 is right</a>' in page
    assert 'href="tel:01632960100">01632 960100</a> and ask for <strong>Bea Okafor</strong>, your worker' in page
    theirs = page_on(tom, FIRST_DUE)
    assert "If Ada uses another now" in theirs and "Ada’s worker" in theirs and " your " not in theirs.split("<h3")[1]
    lift_hold(hold=waiting.holds.get(), by=finn, on=FIRST_DUE)
    page = page_on(ada_user, FIRST_DUE)
    assert "We pay it again as soon as we can" in page and "On 24 April 2026 at the earliest" in page
    assert "Late" not in page
    paid(make_run(pay_on=SECOND_DUE, by=finn, on=SECOND_SENT), SECOND_SENT)
    assert "came back on" not in page_on(ada_user, SECOND_DUE)


def test_finance_and_the_person_are_told_alike_what_is_late(waiting, ada_user, finn, page_on):
    assert late(LAST_DAY, seen_by=finn, rows=1)[0].count == 0 and "Late" not in page_on(ada_user, LAST_DAY)
    day = date(2026, 4, 21)
    assert "Late.</strong> It was not sent in time for 22 April 2026" in page_on(ada_user, day)
    assert "<strong>Late:</strong> 1 payment of £85.72 in all" in page_on(finn, day)
    month_later = date(2026, 6, 1)
    assert "Late.</strong> It was not sent in time for 22 April 2026" in page_on(ada_user, month_later)
    hold = place_hold(
        budget=waiting, kind=HoldKind.REVIEW_OVERDUE, reason="Not reviewed yet", last_on=day, by=finn, on=LAST_DAY
    )
    until = "That is until 21 April 2026, as far as we know."
    assert f"Your payments are on hold.</strong> Review overdue. {until}" in page_on(ada_user, day)
    assert until not in page_on(ada_user, date(2026, 4, 22))
    lift_hold(hold=hold, by=finn, on=day)
    page = page_on(ada_user, day)
    assert "Late" not in page and "On 23 April 2026 at the earliest" in page and "Late" not in page_on(finn, day)


def test_what_was_held_long_before_its_day_is_late_all_the_same(waiting, finn):
    hold = place_hold(
        budget=waiting, kind=HoldKind.REVIEW_OVERDUE, reason="Not reviewed yet", last_on=LAST_DAY, by=finn, on=SET_UP_ON
    )
    lift_hold(hold=hold, by=finn, on=date(2026, 4, 2))
    assert late(date(2026, 4, 21), seen_by=finn, rows=1)[0].count == 1


def test_money_on_account_that_was_agreed_comes_next_and_is_late_where_it_was_not_sent(
    case, bank, ada_user, finn, fay, mona, page_on
):
    """Agreed on Monday 20 April: by Bacs it can be there on the 22nd."""
    asked = ask_for_interim(
        case=case, amount_pence=150_01, starts_on=LAST_DAY, ends_on=date(2026, 5, 3),
        reason="She comes home tomorrow and nobody can help her up.", by=finn, on=LAST_DAY,
    )  # fmt: skip
    assert "£150.01" not in page_on(ada_user, LAST_DAY)
    authorise_interim(interim=asked, by=mona, on=LAST_DAY)
    page = page_on(ada_user, LAST_DAY)
    assert "£150.01" in page and "are on hold.</strong> No approved bank details" in page
    bank(case)
    page = page_on(ada_user, LAST_DAY)
    assert "£150.01" in page and "On 22 April 2026" in page and "Late" not in page
    late = page_on(ada_user, date(2026, 4, 21))
    assert "It was not sent in time for 22 April 2026" in late and "on 23 April 2026 at the earliest" in late
    assert "£150.01 on account for" in page_on(finn, date(2026, 4, 21))
    run = make_faster_run(pay_on=FIRST_DUE, only=[asked.pk], why="She is home", by=finn, on=date(2026, 4, 21))
    approve_run(run=run, by=fay, on=date(2026, 4, 21))
    page = page_on(ada_user, date(2026, 4, 21))
    assert "On 22 April 2026" in page and "Late" not in page
    assert "£150.01 on account for" not in page_on(finn, date(2026, 4, 21))
    record_sent(run=run, sent_on=FIRST_DUE, by=fay, on=FIRST_DUE)
    assert "To arrive on 22 April 2026" in page_on(ada_user, FIRST_DUE)


def test_what_is_paid_once_to_get_started_is_told_as_that(case, agree, bank, finn, paid, ada_user, page_on):
    plan = agree(case, (Way.DIRECT_PAYMENT, 120_00, 0), start_up_pence=900_00)
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    coming = page_on(ada_user, LAST_DAY)
    assert "<strong>£85.72</strong><br>and <strong>£900.00</strong> once, to get started<br> On 22 April 2026" in coming
    assert '£120.00 a week</p> <p class="govuk-body">and £900.00 once, to get started.</p>' in coming
    assert {each.what for each in urgent(date(2026, 4, 24), seen_by=finn)} == {
        "First payment, due on 27 April 2026",
        "First payment, due on 22 April 2026",
        "To get started, once. First payment, due on 22 April 2026",
    }
    (said,) = late_in_words(late(date(2026, 4, 24), seen_by=finn, rows=5))
    assert ", £900.00 once, to get started, due on 22 April 2026" in [
        words.text.removesuffix("; ") for words in said.words
    ]
    paid(make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), LAST_DAY)
    assert '>Arrived</dt><dd class="govuk-summary-list__value"><strong>£85.72</strong><br>' in page_on(
        ada_user, FIRST_DUE
    )
