"""Two who should be two: what both halves of a pair have in common shows; the same mailbox is refused."""

import json
import logging
from datetime import date

import pytest
from click.testing import CliRunner
from django.test import Client

from leeway.access import alike
from leeway.access.alike import DEVICE_COOKIE, in_common, mailbox, plain_name
from leeway.access.models import SignIn, User
from leeway.access.queries import staff_alike
from leeway.access.roles import Role
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.access import check_can_sign_off
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.money.budgets.actions import start_budget
from leeway.money.payees.actions import approve_details, enter_details
from leeway.money.payees.models import Holder
from leeway.money.payments.actions import approve_run
from leeway.money.payments.making import make_run
from leeway.refusal import NotAllowed
from leeway.site.commands import main

SET_UP_ON, ON, PAY_ON = date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 24)


@pytest.mark.parametrize(
    "written", ["finn@council.example", "Finn@Council.EXAMPLE", "f.inn@council.example", "finn+two@council.example"]
)
def test_one_mailbox_however_it_is_written(written):
    assert mailbox(written) == mailbox("finn@council.example")
    assert mailbox(written) != mailbox("fay@council.example") != mailbox("finn@home.example")


@pytest.mark.parametrize("written", ["finn  WALSH", "Finn Walsh ", "Fínn Walsh", "Finn-Walsh"])
def test_one_name_however_it_is_written(written):
    assert plain_name(written) == plain_name("Finn Walsh") != plain_name("Fay Ito")


class TestDevices:
    def test_a_sign_in_keeps_a_digest_and_logs_nothing(self, bea, caplog):
        caplog.set_level(logging.DEBUG)
        client = Client()
        client.force_login(bea)
        client.get("/people/")
        cookie = client.cookies[DEVICE_COOKIE]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"]
        kept = SignIn.objects.get()
        assert kept.user == bea and len(kept.device) == 64 and cookie.value not in kept.device
        assert cookie.value not in caplog.text and kept.device not in caplog.text
        client.get("/people/")
        assert SignIn.objects.count() == 1, "once for each signing in"

    def test_two_on_one_device(self, finn, fay):
        client = Client()
        for user in (finn, fay):
            client.force_login(user)
            client.get("/home/")
            client.post("/account/logout/")
        assert in_common(finn, fay) == ["the same device"]

    def test_two_on_two(self, finn, fay):
        for user in (finn, fay):
            client = Client()
            client.force_login(user)
            client.get("/home/")
        assert in_common(finn, fay) == []

    def test_of_people_no_device_is_kept(self, ada_user, client):
        client.force_login(ada_user)
        client.get("/home/")
        assert not SignIn.objects.exists() and DEVICE_COOKIE not in client.cookies


@pytest.fixture
def one_desk(finn, fay, bea, mona):
    """Everybody signs in on one device."""
    for user in (finn, fay, bea, mona):
        alike.note_sign_in(user, "the one at the window")


def become_one_mailbox(one: User, other: User) -> None:
    User.objects.filter(pk=other.pk).update(email=one.email.replace("@", "+two@"))
    other.refresh_from_db()


@pytest.fixture
def entered(case, finn):
    Case.objects.filter(pk=case.pk).update(stage=Stage.ARRANGING)
    account = {"account_name": "Ada Bell", "sort_code": "12-34-56", "account_number": "12345678"}
    return enter_details(case=case, way=Way.DIRECT_PAYMENT, holder=Holder.PERSON, **account, by=finn, on=SET_UP_ON)


@pytest.fixture
def run(case, agree, bank, finn):
    bank(case)
    start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=SET_UP_ON)
    return make_run(pay_on=PAY_ON, by=finn, on=ON)


@pytest.fixture
def submitted(case, bea):
    Case.objects.filter(pk=case.pk).update(stage=Stage.SIGN_OFF)
    plan = Plan.objects.create(
        case=case, number=1, state=PlanState.SUBMITTED, started_on=ON, submitted_by=bea, submitted_on=ON
    )
    plan.written_by.add(bea)
    return plan


DESK = "have the same device. Make sure that they are two people."


class TestBankDetails:
    def test_a_flag_and_no_refusal(self, one_desk, entered, fay, client):
        client.force_login(fay)
        page = client.get(f"/cases/{entered.case_id}/bank-details/{entered.pk}/").content.decode()
        assert f"Finn Walsh and Fay Ito {DESK}" in page
        approve_details(payee=entered, by=fay, on=SET_UP_ON)

    def test_twins_of_a_name(self, entered, fay, client):
        User.objects.filter(pk=fay.pk).update(name="Finn Walsh")
        client.force_login(fay)
        assert (
            "have the same name" in client.get(f"/cases/{entered.case_id}/bank-details/{entered.pk}/").content.decode()
        )

    def test_one_mailbox_is_refused(self, entered, finn, fay):
        become_one_mailbox(finn, fay)
        with pytest.raises(NotAllowed, match="same mailbox"):
            approve_details(payee=entered, by=fay, on=SET_UP_ON)


class TestRuns:
    def test_a_flag_before_and_after(self, one_desk, run, fay, finn, client):
        client.force_login(fay)
        assert DESK in client.get(f"/payments/{run.pk}/").content.decode()
        approve_run(run=run, by=fay, on=ON)
        client.force_login(finn)
        assert f"Finn Walsh and Fay Ito {DESK}" in client.get(f"/payments/{run.pk}/").content.decode()

    def test_nothing_where_they_have_nothing_in_common(self, run, fay, client):
        client.force_login(fay)
        assert "Make sure that they are two" not in client.get(f"/payments/{run.pk}/").content.decode()

    def test_one_mailbox_is_refused(self, run, finn, fay):
        become_one_mailbox(finn, fay)
        with pytest.raises(NotAllowed, match="same mailbox"):
            approve_run(run=run, by=fay, on=ON)

    def test_the_command_goes_through_every_pair(self, one_desk, run, fay):
        approve_run(run=run, by=fay, on=ON)
        found = json.loads(CliRunner().invoke(main, ["access", "pairs", "--json"]).output)
        assert [(each["what"].rpartition(" ")[0], each["in_common"]) for each in found] == [
            ("Payment run", ["the same device"]),
            ("Bank details", ["the same device"]),
        ]
        said = CliRunner().invoke(main, ["access", "pairs"]).output
        assert "Payment run 1: Finn Walsh and Fay Ito have the same device." in said and "Bell" not in said

    def test_and_says_where_there_is_none(self, run, fay):
        approve_run(run=run, by=fay, on=ON)
        assert "In no pair" in CliRunner().invoke(main, ["access", "pairs"]).output


class TestPlans:
    def test_a_flag(self, one_desk, submitted, mona, client):
        client.force_login(mona)
        page = client.get(f"/cases/{submitted.case_id}/plan/sign-off/").content.decode()
        assert f"Bea Okafor and Mona Patel {DESK}" in page

    def test_one_mailbox_is_refused(self, submitted, bea, mona):
        become_one_mailbox(bea, mona)
        with pytest.raises(NotAllowed, match="same mailbox"):
            check_can_sign_off(mona, submitted, 100_00)


def test_an_administrator_sees_which_staff_are_alike(one_desk, finn, fay, bea, mona, client):
    ursula = User.objects.create_user("ursula@council.example", name="Finn Walsh", roles=[Role.ADMINISTRATOR])
    pairs = {(one.email, other.email): what for one, other, what in staff_alike(seen_by=ursula)}
    assert len(pairs) == 7
    assert pairs[finn.email, ursula.email] == "the same name"
    client.force_login(ursula)
    assert f"{fay.name} ({fay.email}) have the same device" in client.get(f"/staff/{finn.pk}/").content.decode()
    with pytest.raises(NotAllowed):
        staff_alike(seen_by=finn)
