"""What stands in an old record, and could be no line of a letter or no address, stops nothing that is done."""

from datetime import date

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Person, Relationship, Task
from leeway.care.planning.models import Way
from leeway.care.review.actions import ask_for_due_reviews
from leeway.care.review.models import Review
from leeway.messages.models import Message
from leeway.messages.states import State
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import HoldKind
from tests.conftest import SET_UP_ON

ON = date(2026, 6, 4)
BAD = [
    {"known_as": "Tina\nDee"},
    {"known_as": "\n", "family_name": "\n"},
    {"email": "no address"},
    {"email": "a@b.example\nBcc: all@council.example"},
    {"phone": "ring after five"},
    {"address": "(behind the pub)\n\n", "postcode": "?"},
    {"language": "Urdu\nor Punjabi"},
]


@pytest.fixture(params=BAD, ids=str)
def bad(request, case):
    Person.objects.filter(pk=case.person_id).update(**request.param)
    case.person.refresh_from_db()
    return case


def test_finance_places_a_hold(bad, agree, bank, finn):
    bank(bad)
    budget = budgets.start_budget(plan=agree(bad, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=SET_UP_ON)
    assert budgets.place_hold(
        budget=budget, kind=HoldKind.HOSPITAL, reason="In hospital.", last_on=ON, by=finn, on=ON
    ).pk
    message = Message.objects.get(template="payment_held")
    assert "\n" not in message.recipient_name and message.state == State.TO_PRINT
    assert Task.objects.filter(case=bad, kind=Event.LETTER_TO_POST).exists(), "somebody tells them in another way"


def test_the_nightly_reviews_are_asked_for(bad):
    type(bad).objects.filter(pk=bad.pk).update(stage="active")
    Review.objects.create(case=bad, due_on=date(2026, 6, 20))
    ask_for_due_reviews(on=ON)
    assert Task.objects.filter(case=bad, kind=Event.REVIEW_DUE).exists()


@pytest.mark.parametrize("known", [{"name": "Sam\nTate"}, {"name": "\n"}, {"name": "Sam Tate", "email": "no address"}])
def test_a_death_is_recorded_whatever_the_representative_is_called(case, bea, known):
    details = {
        "kind": "sibling",
        "authority": Authority.REPRESENTATIVE,
        "evidence": "Form seen",
        "starts_on": ON,
    } | known
    Relationship.objects.create(person=case.person, **details)
    circumstances.record_death(case=case, died_on=ON, told_by="Sam, by phone", by=bea, on=ON)
    message = Message.objects.get(template="condolence")
    assert "\n" not in message.recipient_name and message.state == State.TO_PRINT
    assert Task.objects.filter(case=case, kind=Event.LETTER_TO_POST).exists()


@pytest.mark.parametrize("name", ["given_name", "family_name", "known_as", "phone", "language"])
def test_no_page_takes_such_a_name(client, case, bea, name):
    client.force_login(bea)
    typed = {
        "given_name": "Joe", "family_name": "Miller", "birthday": "known",
        "date_of_birth_day": "1", "date_of_birth_month": "1",
        "date_of_birth_year": "1960", "gender": "Unknown", "ethnicity": "Unknown", "language": "English",
    }  # fmt: skip
    page = client.post("/people/add/", typed | {name: "Joe\nMiller"}).content.decode()
    refused = "The phone number is not complete" if name == "phone" else "write it on one line"
    assert refused in page and not Person.objects.filter(**{name: "Joe\nMiller"}).exists()
    assert client.post("/people/add/", typed).status_code == 302


def test_no_page_takes_such_a_name_of_somebody_around_them(client, case, bea):
    client.force_login(bea)
    typed = {
        "name": "Sam\nTate", "kind": "sibling", "authority": "none", "starts_on_day": "1", "starts_on_month": "1",
        "starts_on_year": "2026", "same_household": "False",
    }  # fmt: skip
    page = client.post(f"/cases/{case.pk}/people/add/", typed).content.decode()
    assert "Their name: write it on one line." in page
    assert not Relationship.objects.exists()


def test_the_reason_of_an_undoing_has_an_end(client, case, bea):
    circumstances.record_death(case=case, died_on=ON, told_by="Sam, by phone", by=bea, on=ON)
    client.force_login(bea)
    page = client.post(f"/cases/{case.pk}/death/undo/", {"because": "x" * 2_400_000})
    assert page.status_code == 200 and len(page.content) < 2_500_000
    case.person.refresh_from_db()
    assert case.person.date_of_death is not None
