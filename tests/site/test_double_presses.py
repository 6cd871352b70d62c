"""The same button pressed twice at once: the second finds what the first did, before the database must refuse a row."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = timezone.localdate


def day(name: str, on: date) -> dict:
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


PERSON = {
    "given_name": "Dora",
    "family_name": "Elm",
    "birthday": "known",
    **day("date_of_birth", date(1951, 2, 3)),
    "nhs_number": "9990000026",
    "gender": "Unknown",
    "ethnicity": "Unknown",
    "language": "English",
}
REQUEST = {
    "request_words": "Help",
    "kind": "adult",
    "request_route": "Community / Other route",
    "support_reason": "Unknown",
    "take_on": "False",
}
STAY = {"kind": "hospital", "place": "The General", "told_by": "Her sister", **day("starts_on", date(2026, 11, 1))}
BEFORE = {
    "kind": "home_care", "provider": "Sunrise Home Care", "units": "7", "unit": "hour", "frequency": "weekly",
    "unit_cost_pence": "20", "told_by": "The old system", **day("starts_on", date(2024, 5, 1)),
}  # fmt: skip
HOLD = {
    "kind": "safeguarding",
    "reason": "Nobody answers.",
    "ends_by_itself": "no",
    **day("last_on", TODAY() + timedelta(days=7)),
}
DEATH = {"told_by": "Her sister rang", **day("died_on", date(2026, 11, 20))}


@pytest.fixture
def budget(case, agree, bank, finn):
    bank(case)
    return start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 1))


@pytest.fixture
def presses(db):
    """Press a form twice at once, as the same user; gives both pages, and whether a row had to be refused."""

    def twice(user: User, address: str, form: dict) -> list:
        def ready():
            client = Client()
            client.force_login(user)  # beforehand: it writes the user's own row, and the second would wait for that
            client.get("/home/")
            return lambda: press(client)

        def press(client: Client):
            page = client.post(address, form() if callable(form) else form)
            return page, client.get(page.headers["Location"]).content.decode() if page.status_code == 302 else ""

        return at_once(ready(), ready())

    return twice


def in_stage(case: Case, stage: Stage) -> None:
    Case.objects.filter(pk=case.pk).update(stage=stage)


FORMS = {
    "a person of an NHS number": ("bea", "/people/add/", PERSON, None),
    "a request": ("bea", "/people/{person}/request/", REQUEST, None),
    "an assessment": ("bea", "/cases/{case}/assessment/start/", {}, Stage.ASSESSMENT),
    "a money check": ("bea", "/cases/{case}/money-check/start/", {}, Stage.ASSESSMENT),
    "a plan": ("bea", "/cases/{case}/plan/start/", {}, Stage.PLANNING),
    "a stay": ("bea", "/cases/{case}/stays/add/", STAY, Stage.ACTIVE),
    "support from before": ("bea", "/cases/{case}/earlier-support/add/", BEFORE, Stage.ACTIVE),
    "a death": ("bea", "/cases/{case}/death/", DEATH, Stage.ACTIVE),
    "an invitation": ("bea", "/cases/{case}/invite/", {"email": "dora@home.example"}, None),
    "a review": ("bea", "/cases/{case}/review/ask/", {"words": "I need more help now."}, Stage.ACTIVE),
    "a file": (
        "bea",
        "/cases/{case}/files/add/",
        lambda: {"kind": "receipt", "words": "Taxi", "upload": SimpleUploadedFile("a.txt", b"Taxi, 12 pounds")},
        None,
    ),
    "a hold": ("finn", "/cases/{case}/budget/hold/", HOLD, "budget"),
    "an end": (
        "finn",
        "/cases/{case}/budget/end/",
        {"reason": "Moved away.", "cover": "The council of her new home.", **day("ends_on", TODAY())},
        "budget",
    ),
    "bank details": (
        "finn",
        "/cases/{case}/bank-details/new/direct_payment/",
        {
            "holder": "person",
            "account_name": "Ada Bell",
            "sort_code": "123456",
            "account_number": "12345678",
            "name_check": "match",
        },
        Stage.ARRANGING,
    ),
    "somebody who signs in": (
        "ursula",
        "/staff/add/",
        {"name": "Nils", "email": "nils@council.example", "roles": ["analyst"]},
        None,
    ),
    "what waits for another administrator": (
        "ursula",
        "/staff/add/",
        {"name": "Nils", "email": "nils@council.example", "roles": ["finance"], "why": "Two are needed from May."},
        None,
    ),
}


@pytest.fixture
def ursula(db):
    return User.objects.create_user("ursula@council.example", name="Ursula", roles=[Role.ADMINISTRATOR])


@pytest.mark.parametrize("name", FORMS)
def test_the_second_press_comes_after_the_first(name, case, another_case, presses, request):
    who, address, form, needs = FORMS[name]
    other = another_case("Dora")
    if needs == "budget":
        request.getfixturevalue("budget")
        in_stage(case, Stage.ACTIVE)
    case = case if needs == "budget" else other
    if needs in Stage:
        in_stage(case, Stage(needs))
    if name == "a request":
        Case.objects.filter(pk=case.pk).delete()
    at = address.format(case=case.pk, person=case.person_id)
    (first, led_to), (second, also_to) = presses(request.getfixturevalue(who), at, form)
    assert first.status_code == 302, first.content.decode()[:5000]
    for page in (first.content.decode(), second.content.decode(), led_to, also_to):
        assert "moment ago" not in page, "a row that the database had to refuse"


#: By the connection that pressed: other databases of the same server have turns of their own.
HELD_HERE = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"


def test_one_who_presses_does_not_hold_up_another_page(bea):
    with connection.cursor() as cursor:
        cursor.execute(HELD_HERE)
        before = cursor.fetchone()
        client = Client()
        client.force_login(bea)
        client.post("/people/add/", PERSON)
        cursor.execute(HELD_HERE)
        assert cursor.fetchone() == before, "the turn ends with the press"
