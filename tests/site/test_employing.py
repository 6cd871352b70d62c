"""What would it cost to employ somebody? The law's own sum, the hours that a budget pays for, and nothing kept."""

from datetime import date

import pytest

from leeway.law import compute
from leeway.site.employing import EmployingForm, employing, job_of

pytestmark = pytest.mark.django_db
ADDRESS = "/employ-somebody/"
ON = date(2026, 6, 1)
ANSWERS = {"hourly": "13.50", "hours": "20", "hours_vary": "False", "paid_every": "four_weeks", "age": "21"}


def told(**changes):
    form = EmployingForm(ANSWERS | changes)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def asked(client, **changes):
    page = client.post(ADDRESS, {name: value for name, value in (ANSWERS | changes).items() if value is not None})
    assert page.status_code == 200
    return page.content.decode()


def test_the_page_tells_what_the_law_works_out_and_sets_no_cookie(client):
    page = client.post(ADDRESS, ANSWERS)
    text = page.content.decode()
    assert "It would cost about" in text and "Employment Rights Act 1996" in text
    assert not page.cookies and page.headers["Cache-Control"].startswith("max-age=0")


def test_the_hours_of_a_budget_are_the_most_that_it_pays_for():
    found = employing(told(budget="300"), ON)
    job = job_of(told(), ON)
    pays = [
        compute("employ", job | {"minutes_a_week": found.budget_minutes + more}, ON).result["week_pence"]
        for more in (0, 15)
    ]
    assert pays[0] <= 300_00 < pays[1]
    assert employing(told(), ON).budget_minutes is None
    assert employing(told(budget="1"), ON).budget_minutes == 0


def test_without_the_allowance_it_says_what_it_costs_then(client):
    found = employing(told(), ON)
    assert found.allowance_pence == 1501_20
    assert "Without it, the cost is £338.55 a week" in asked(client)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hourly": "1350"}, "Enter what one hour is paid, such as 13.50: at most £100."),
        ({"hourly": ""}, "Pay for an hour"),
        ({"hours": "200"}, "100 or less"),
        ({"hours": "many"}, "Hours a week"),
        ({"hours_vary": None}, "Do the hours change from week to week"),
        ({"age": None}, "How old are they"),
        ({"hourly": "9"}, "less than the law allows"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(client, changes, sentence):
    assert sentence in asked(client, **changes)
