"""Somebody else's record: a request of one's own is no key to it, leave is told everywhere, lists leave looks."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leeway.access.looks import ReasonNeeded, give_reason, looks_on_record
from leeway.access.models import Look, Team, User
from leeway.access.queries import looks_at
from leeway.access.roles import Role
from leeway.care.people import actions, leave
from leeway.care.people.models import Authority, Case, CaseKind, Person
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.care.review.models import Review
from leeway.money.budgets.actions import start_budget
from leeway.money.payees.actions import enter_details
from leeway.money.payees.models import Holder
from leeway.money.payments import actions as payments
from leeway.money.payments import making
from leeway.money.payments.falling_due import preview
from leeway.versions import version_of

PAY_ON = date(2026, 4, 24)
TODAY = timezone.localdate
WHY = "Duty worker today: her sister rang about the key."


@pytest.fixture
def sid(db):
    """A social worker of another team."""
    other = Team.objects.create(name="South team")
    return User.objects.create_user("sid@council.example", name="Sid South", roles=[Role.ASSESSOR], team=other)


@pytest.fixture
def cared_for(team):
    return Person.objects.create(given_name="Carl", family_name="Cove", date_of_birth="1940-05-06")


def carers_request(person, cared_for, by):
    details = {"kind": CaseKind.CARER, "cared_for": cared_for, "request_words": "I look after Carl.", "team": by.team}
    return actions.open_case(person=person, details=details, by=by, on=TODAY())


class TestTheDoorBesideTheDoor:
    """A request of one's own for somebody of another team was a key to their record, and leave was a copy of it."""

    def test_a_request_asks_why(self, client, case, sid):
        client.force_login(sid)
        address = f"/people/{case.person_id}/request/"
        answer = client.get(address)
        assert answer.headers["Location"].startswith(f"/people/{case.person_id}/reason/")
        client.post(f"/people/{case.person_id}/reason/", {"reason": WHY, "next": address})
        assert client.get(address).status_code == 200
        assert Look.objects.filter(viewer_id=sid.pk, own=False, reason=WHY, page="New request for help").exists()

    def test_and_so_does_the_action(self, case, sid, cared_for):
        with pytest.raises(ReasonNeeded):
            carers_request(case.person, cared_for, sid)
        assert Case.objects.count() == 1
        give_reason(viewer=sid, person_id=case.person_id, reason=WHY)
        carers_request(case.person, cared_for, sid)
        assert "South team took down another request" in case.story.first().sentence
        assert Look.objects.filter(looks_on_record(cared_for.pk), viewer_id=sid.pk).count() == 1

    def test_nobody_is_asked_about_somebody_new_or_their_own(self, case, bea, sid, cared_for):
        carers_request(case.person, cared_for, bea)
        actions.open_case(person=cared_for, details={"request_words": "Help", "team": sid.team}, by=sid, on=TODAY())

    def test_somebody_whose_case_is_closed_is_still_somebody_s(self, case, sid):
        Case.objects.filter(pk=case.pk).update(stage=Stage.CLOSED, closed_on=TODAY())
        with pytest.raises(ReasonNeeded):
            actions.open_case(
                person=case.person, details={"request_words": "Again", "team": sid.team}, by=sid, on=TODAY()
            )

    @pytest.fixture
    def two_cases(self, case, sid, cared_for):
        """Ada's case with Bea, and her case as a carer with Sid, whose reason has run out."""
        give_reason(viewer=sid, person_id=case.person_id, reason=WHY)
        carers = carers_request(case.person, cared_for, sid)
        actions.give_case(case=carers, worker=sid, version=version_of(carers, "worker"), by=sid, on=TODAY())
        return carers

    def reason_runs_out(self, monkeypatch):
        monkeypatch.setattr("leeway.access.looks.reason_given", lambda **_: "")

    def test_leave_that_opens_another_s_case_asks_why_and_is_told_there(self, case, two_cases, sid, monkeypatch):
        sister = actions.add_relationship(
            case=two_cases,
            details={"name": "Ann Bell", "kind": "sibling", "authority": Authority.NONE, "starts_on": TODAY()},
            by=sid,
            on=TODAY(),
        )
        given = {"case": two_cases, "relationship": sister, "email": "box@home.example", "agreed": "Ada said so."}
        with monkeypatch.context() as later:
            self.reason_runs_out(later)
            with pytest.raises(ReasonNeeded):
                leave.give_leave(
                    **given, version=version_of(sister), site_address="https://leeway.example", by=sid, on=TODAY()
                )
        leave.give_leave(**given, version=version_of(sister), site_address="https://leeway.example", by=sid, on=TODAY())
        assert (
            case.story.first().sentence
            == "Ann Bell was asked to help, and may see this record once they accept: Ada said so."
        )
        assert case.story.first().by == sid
        leave.end_leave(case=two_cases, relationship=sister, version=version_of(sister), by=sid, on=TODAY())
        assert case.story.first().sentence == "Ann Bell may no longer see this record."

    def test_somebody_around_a_person_of_two_workers_asks_why(self, client, two_cases, sid, monkeypatch):
        self.reason_runs_out(monkeypatch)
        client.force_login(sid)
        address = f"/cases/{two_cases.pk}/people/add/"
        written = {"name": "Ann Bell", "kind": "sibling", "authority": "none", "same_household": "False"}
        written |= {"starts_on_day": "1", "starts_on_month": "1", "starts_on_year": "2026"}
        answer = client.post(address, written)
        assert answer.headers["Location"].startswith(f"/people/{two_cases.person_id}/reason/")
        assert not two_cases.person.relationships.exists()
        assert "We kept what you wrote" in client.get(address).content.decode()

    def test_the_other_case_stays_shut(self, client, case, two_cases, sid, monkeypatch):
        self.reason_runs_out(monkeypatch)
        client.force_login(sid)
        assert client.get(f"/cases/{two_cases.pk}/").status_code == 200
        assert client.get(f"/cases/{case.pk}/").status_code == 302


class TestManyAtOnce:
    """Lists, searches and runs: one row each, found by everybody in them among who looked."""

    def only_look(self, viewer) -> Look:
        return Look.objects.get(viewer_id=viewer.pk)

    def test_a_search_keeps_who_was_found_and_no_word(self, client, case, sid):
        client.force_login(sid)
        client.post("/people/", {"words": "Bell"})
        client.get("/people/")
        look = self.only_look(sid)
        assert (look.named, look.people_count, look.page) == ([case.person_id], 1, "Found by a search")
        assert "Bell" not in str(vars(look))
        (line,) = looks_at(case.person_id)
        assert (line["viewer_name"], line["pages"]) == ("Sid South", ["Found by a search"])

    def test_a_search_that_finds_nobody_is_no_look(self, client, case, sid):
        client.force_login(sid)
        client.post("/people/", {"words": "Nobody"})
        client.get("/people/")
        assert not Look.objects.exists()

    def test_home_names_one_s_cases(self, client, case, bea):
        client.force_login(bea)
        client.get("/home/")
        assert self.only_look(bea).named == [case.person_id]

    @pytest.fixture
    def budget(self, case, agree, bank, finn):
        """£100 a week for Ada from 22 April 2026."""
        bank(case)
        return start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 1))

    @pytest.fixture
    def run(self, budget, finn, fay):
        made = making.make_run(pay_on=PAY_ON, by=finn, on=date(2026, 4, 20))
        return payments.approve_run(run=made, by=fay, on=date(2026, 4, 20))

    @pytest.mark.parametrize(
        "page, said",
        [("", "Payment run"), ("bacs/", "Bank file of payment run"), ("iso20022/", "Bank file of payment run")],
    )
    def test_a_run_and_its_files(self, run, case, cared_for, fay, client, page, said):
        client.force_login(fay)
        assert client.get(f"/payments/{run.pk}/{page}").status_code == 200
        look = self.only_look(fay)
        assert (look.thing_id, look.people_count, look.page) == (run.pk, 1, f"{said} {run.number}")
        (line,) = looks_at(case.person_id)
        assert (line["viewer_name"], line["pages"]) == ("Fay Ito", [look.page])
        assert not looks_at(cared_for.pk), "nobody who is not in the run"

    def test_what_a_run_would_pay(self, budget, finn):
        preview(PAY_ON, seen_by=finn)
        look = self.only_look(finn)
        assert (look.named, look.page) == ([budget.case.person_id], "Payments that a run would make")

    def test_bank_details_that_wait(self, case, finn, client):
        details = {"account_name": "Ada Bell", "sort_code": "12-34-56", "account_number": "12345678"}
        enter_details(case=case, way=Way.DIRECT_PAYMENT, holder=Holder.PERSON, **details, by=finn, on=TODAY())
        client.force_login(finn)
        client.get("/payments/")
        client.get("/home/")
        assert {look.page for look in Look.objects.filter(named=[case.person_id])} == {"Bank details to approve"}

    def test_plans_and_reviews_that_wait(self, case, bea, mona, client):
        Case.objects.filter(pk=case.pk).update(stage=Stage.SIGN_OFF)
        sent = {"submitted_by": bea, "submitted_on": TODAY(), "started_on": TODAY()}
        Plan.objects.create(case=case, number=1, state=PlanState.SUBMITTED, **sent)
        client.force_login(mona)
        client.get("/sign-off/")
        assert self.only_look(mona).named == [case.person_id]
        Case.objects.filter(pk=case.pk).update(stage=Stage.ACTIVE)
        Review.objects.create(case=case, due_on=TODAY(), reason="planned")
        client.get("/reviews/")
        assert Look.objects.filter(named=[case.person_id], page="Reviews due").exists()

    @pytest.mark.parametrize(
        "wrong", [{}, {"named": []}, {"thing_id": uuid4(), "person_id": uuid4()}], ids=["nothing", "nobody", "a thing"]
    )
    def test_the_database_holds_a_look_at_one_or_over_many(self, bea, wrong):
        with pytest.raises(IntegrityError, match="look_is_at_one"), transaction.atomic():
            Look.objects.create(viewer_id=bea.pk, viewer_name="B", page="x", own=True, **wrong)
