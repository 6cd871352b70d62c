"""What might I pay? The same sum as inside, and nothing of it kept anywhere."""

import io
import logging
from datetime import date

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leeway.access.logs import WithoutValues
from leeway.law import compute, law_on
from leeway.site.estimate import EXAMPLES_PENCE, EstimateForm, estimate

pytestmark = pytest.mark.django_db
ADDRESS = "/what-might-i-pay/"
ON = date(2026, 11, 23)
ANSWERS = {
    "lives": "home", "whose": "own", "household": "single", "age": "81", "pension_age": "True",
    "dependent_children": "0", "state_pension": "230.25", "private_pension": "4,567.89", "savings": "15,000",
    "housing": "217.45", "budget": "321.98",
}  # fmt: skip


def ask(client, **changes):
    page = client.post(ADDRESS, {name: value for name, value in (ANSWERS | changes).items() if value is not None})
    assert page.status_code == 200
    return page.content.decode()


def told(**changes):
    form = EstimateForm(ANSWERS | changes, on=ON)
    assert form.is_valid(), form.errors
    return estimate(form.cleaned_data, ON)


class TestTheSum:
    def test_it_is_that_of_the_law_with_its_steps(self, client):
        case = {
            "age": 81, "pension_age": True, "household": "single", "capital_pence": 15_000_00,
            "income": [
                {"kind": "state_pension", "pence_per_week": 230_25},
                {"kind": "private_pension", "pence_per_week": 123_46},  # £535 a month, 12/52 of it, rounded down
            ],
            "housing_costs_pence_per_week": 50_19,
            "disability_related_expenditure_pence_per_week": 20_00,
            "personal_budget_pence_per_week": 321_98,
        }  # fmt: skip
        inside = compute("charge", case, ON)
        shown = told(private_pension="535", disability_costs="20")
        assert shown.pays == inside.result["charge_pence_per_week"] > 0
        assert shown.worked_out.steps == inside.steps
        text = ask(client, private_pension="535", disability_costs="20")
        assert "This is an estimate" in text and "Income left to the person" in text and "SI 2014/2672" in text

    def test_a_couple_is_asked_for_half_of_what_is_theirs_together(self):
        single = told(age="40", pension_age="False", state_pension="", private_pension="", universal_credit="900")
        couple = told(
            age="40", pension_age="False", household="couple", state_pension="", private_pension="",
            universal_credit="900",
        )  # fmt: skip
        counted = [each.worked_out.result["counted_income_pence_per_week"] for each in (single, couple)]
        tariff = single.worked_out.result["tariff_income_pence_per_week"]
        assert (counted[0] - tariff) // 2 == counted[1] - tariff

    @pytest.mark.parametrize(("savings", "full"), [("23,250", False), ("23,250.01", True)])
    def test_over_the_upper_limit_one_pays_and_may_still_ask(self, client, savings, full):
        assert law_on(ON).values["charging.capital.upper_limit"] == 23_250_00
        shown = told(savings=savings, private_pension="")
        assert shown.worked_out.result["full_cost"] is full
        text = ask(client, savings=savings, private_pension="")
        assert ("You can still ask us for an assessment" in text) is full
        assert ("£321.98 a week</p>" in text) is full

    def test_another_house_counts_and_the_own_home_is_not_asked(self):
        assert told(land="100,000").worked_out.result["full_cost"]
        assert "home" not in EstimateForm(on=ON).fields

    def test_without_a_cost_it_shows_examples_and_the_most(self, client):
        shown = told(budget="", private_pension="900")
        assert [cost for cost, _pays in shown.examples] == list(EXAMPLES_PENCE)
        assert all(pays <= min(cost, shown.most) for cost, pays in shown.examples)
        assert f"Up to £{shown.most / 100:.2f} a week" in ask(client, budget="", private_pension="900")
        assert "nothing left to charge from" in ask(client, budget="", private_pension="")

    def test_a_carers_own_support_is_free(self, client):
        assert "The council does not charge carers" in ask(client, whose="carer")

    def test_in_a_care_home_it_says_that_it_cannot_tell_and_asks_nothing_more(self, client):
        text = client.post(ADDRESS, {"lives": "care_home"}).content.decode()
        assert "In a care home the sum is another" in text and "There is a problem" not in text
        assert "You might pay" not in text

    def test_a_council_that_leaves_out_the_night_part_is_asked_for(self, client, settings, tmp_path):
        import shutil

        from leeway.law.dated import DEFAULT_POLICY

        shutil.copytree(DEFAULT_POLICY, tmp_path / "policy")
        night = tmp_path / "policy" / "charging_policy" / "leaves_out_night_part.yaml"
        night.write_text(night.read_text().replace("value: false", "value: true"))
        settings.COUNCIL_POLICY = tmp_path / "policy"
        assert "Say whether it is for day and night" in ask(client, attendance_allowance="114.60")
        assert "This is an estimate" in ask(client, attendance_allowance="114.60", covers="day_and_night")

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"age": "40"}, "Nobody has reached State Pension age at 40."),
            ({"pension_age": "False"}, "Whoever is 81 has reached State Pension age."),
            ({"household": "lone_parent"}, "Enter how many children"),
            ({"age": None}, "Answer “How old are you?”."),
            ({"savings": "lots"}, "enter an amount in pounds and pence"),
            ({"state_pension": "999999"}, "more than can be right"),
        ],
    )
    def test_what_cannot_be_is_asked_again(self, client, changes, sentence):
        text = ask(client, **changes)
        assert sentence in text and "This is an estimate" not in text

    @pytest.mark.parametrize("changes", [{"savings": "900,000"}, {"savings": ""}, {"whose": "carer"}, {"age": "18"}])
    def test_it_never_says_that_anybody_is_not_eligible(self, client, changes):
        text = ask(client, **changes).lower()
        assert "eligible" not in text and "not entitled" not in text and "do not qualify" not in text
        assert "you can ask for help whatever you have" in client.get(ADDRESS).content.decode().lower()


class TestNothingIsKept:
    def rows(self):
        return {model: model.objects.count() for model in apps.get_models() if model._meta.managed}

    def test_no_row_no_session_no_cookie_and_not_a_word_in_the_log(self, settings):
        settings.DEBUG = True  # the most talkative
        written, root, level = io.StringIO(), logging.getLogger(), logging.getLogger().level
        handler = logging.StreamHandler(written)
        handler.setFormatter(WithoutValues())
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        before, client = self.rows(), Client(enforce_csrf_checks=True)
        try:
            with CaptureQueriesContext(connection) as asked:
                text = ask(client)
            logging.getLogger("django.request").error("so that this proves something")
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        assert "This is an estimate" in text, "or this test proves nothing"
        assert self.rows() == before and Session.objects.count() == 0
        assert not client.cookies, "the page sets no cookie, not even against forgery"
        assert asked.captured_queries == [], "the database is not asked at all"
        log = written.getvalue()
        assert "so that this proves something" in log
        assert not [typed for typed in ("321.98", "32198", "4567.89", "4,567.89", "456789") if typed in log]

    def test_nobody_between_keeps_the_page_and_no_answer_travels_in_an_address(self, client):
        page = client.post(ADDRESS, ANSWERS)
        assert "no-store" in page.headers["Cache-Control"] and "Location" not in page.headers
        given = client.get(ADDRESS, ANSWERS).content.decode()
        assert "This is an estimate" not in given and "321.98" not in given
        assert '<form method="post"' in given and 'action="' not in given.split("<main")[1].split("</main>")[0]

    def test_somebody_signed_in_leaves_no_more_behind(self, client, bea):
        client.force_login(bea)
        client.get("/home/")
        session = client.session
        kept = dict(session.items())
        assert "This is an estimate" in ask(client)
        assert dict(client.session.items()) == kept

    def test_a_fault_tells_nobody_what_was_typed(self, client, monkeypatch, caplog):
        def fails(told, on):
            raise ZeroDivisionError

        monkeypatch.setattr("leeway.site.estimate.estimate", fails)
        client.raise_request_exception = False
        answer = client.post(ADDRESS, ANSWERS)
        assert answer.status_code == 500 and "321.98" not in answer.content.decode()
        [record] = [each for each in caplog.records if each.exc_info]
        log = WithoutValues().format(record)
        assert "ZeroDivisionError" in log and "321.98" not in log and "4,567.89" not in log
