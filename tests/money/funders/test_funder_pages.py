"""The pages of funders and of who pays a case: who may, what they show, what is refused, how many questions."""

from datetime import date

import pytest
from django.urls import reverse

from leeway.access.roles import Role
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.funders.actions import Pays, share_line, the_council
from leeway.money.funders.models import COUNCIL, Funder, FunderKind, Sharing
from tests.conftest import SET_UP_ON
from tests.pages import version_on

STARTS = date(2026, 4, 22)
WHY = "Agreed at the panel of April"


@pytest.fixture
def line(case, agree, finn):
    plan = agree(case, (Way.COUNCIL_MANAGED, 400_01, 50), charge_pence=41_37)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    return plan.lines.get()


def typed(icb, **changed):
    said = {"method": "fixed", "funder_1": str(icb.pk), "figure_1": "50%", "funder_2": str(COUNCIL), "figure_2": "50"}
    said |= {"starts_on_day": "22", "starts_on_month": "4", "starts_on_year": "2026", "reason": WHY}
    return said | changed


def page(client, user, name, *args, questions=None):
    client.force_login(user)
    return client.get(reverse(f"funders:{name}", args=args))


def test_finance_says_who_pays_after_checking(client, finn, case, line, icb):
    client.force_login(finn)
    address = reverse("funders:share", args=[case.pk, line.pk])
    asked = client.get(address).content.decode()
    assert "£400.01 a week" in asked and "50% of it" in asked
    check = client.post(address, typed(icb)).content.decode()
    assert "Check who pays" in check and "£200.00" in check and "£200.01" in check and not Sharing.objects.exists()
    again = client.post(address, typed(icb, step="change")).content.decode()
    assert WHY in again and "Check who pays" in again and 'value="50%"' in again
    assert client.post(address, typed(icb, step="record")).status_code == 302
    shown = client.get(reverse("funders:case", args=[case.pk])).content.decode()
    assert "NHS Fairbourne pays" in shown and WHY in shown and "is not named" not in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"figure_1": "half"}, "enter a percentage"),
        ({"figure_1": "40", "figure_2": "60"}, "Change the line in the plan first"),
        ({"funder_1": ""}, "Choose who pays the 50%"),
        ({"method": "needs_tool", "figure_1": "7.5"}, "enter the score"),
        ({"method": "capped", "figure_1": "lots"}, "enter pounds and pence a week"),
        ({"method": ""}, "Choose how they divide it"),
        ({"starts_on_year": "2062"}, "years from now"),
        ({"reason": "x"}, "Say why these pay"),
    ],
)
def test_bad_input_names_the_box_and_keeps_what_was_typed(client, finn, case, line, icb, changed, said):
    client.force_login(finn)
    answer = client.post(reverse("funders:share", args=[case.pk, line.pk]), typed(icb, **changed)).content.decode()
    assert "There is a problem" in answer and said in answer
    assert "figure_2" in answer and not Sharing.objects.exists()


def test_the_person_reads_names_and_the_worker_too_and_nobody_else(client, ada_user, bea, cyril, case, line, icb, finn):
    council = the_council(on=SET_UP_ON)
    share_line(
        line=line, starts_on=STARTS, ends_on=None, method="fixed", pays=[Pays(icb, 50_00), Pays(council, 50_00)],
        reason=WHY, by=finn, on=SET_UP_ON,
    )  # fmt: skip
    own = page(client, ada_user, "case", case.pk).content.decode()
    assert "You pay" in own and "NHS Fairbourne pays" in own and "Say who pays it" not in own
    assert "NHS Fairbourne pays" in page(client, bea, "case", case.pk).content.decode()
    assert page(client, cyril, "case", case.pk).status_code == 404
    assert page(client, bea, "share", case.pk, line.pk).status_code == 403
    client.force_login(ada_user)
    type(case).objects.filter(pk=case.pk).update(stage=Stage.ACTIVE)
    assert "NHS Fairbourne pays" in client.get(reverse("home")).content.decode()


def test_a_body_that_is_not_named_is_shown_to_be_named(client, finn, case, line, django_assert_max_num_queries):
    client.force_login(finn)
    with django_assert_max_num_queries(25):
        shown = client.get(reverse("funders:home")).content.decode()
    assert "1 line to be named" in shown and "Ada Bell" in shown
    with django_assert_max_num_queries(25):
        on_case = client.get(reverse("funders:case", args=[case.pk])).content.decode()
    assert "it is not said which body" in on_case and "which body is not named) pays" in on_case


def test_a_funder_is_added_changed_and_shown_with_its_lines(
    client, finn, case, line, icb, django_assert_max_num_queries
):
    client.force_login(finn)
    facts = {
        "kind": "programme_fund",
        "name": "Programme",
        "known_as": "P1",
        "means_tested": "True",
        "total_pence": "520",
    }
    assert client.post(reverse("funders:add"), facts).status_code == 302
    fund = Funder.objects.get(code="P1")
    assert "another code" in client.post(reverse("funders:add"), facts).content.decode()
    nhs = {**facts, "kind": "nhs_body", "known_as": "P2"}
    assert "never means-tested" in client.post(reverse("funders:add"), nhs).content.decode()
    milestone = {"due_on_day": "31", "due_on_month": "3", "due_on_year": "2027", "aimed": "direct_payments"}
    assert client.post(reverse("funders:milestone", args=[fund.pk]), milestone | {"people": "90"}).status_code == 302
    form = client.get(reverse("funders:change", args=[fund.pk]))
    changed = {
        "version": version_on(form),
        "name": "Programme of Fairbourne",
        "conditions": "First year only",
        "total_pence": "520",
    }
    assert client.post(reverse("funders:change", args=[fund.pk]), changed).status_code == 302
    stale = client.post(reverse("funders:change", args=[fund.pk]), changed).content.decode()
    assert "There is a problem" in stale
    pays = [Pays(icb, 50_00), Pays(fund, 30_00), Pays(the_council(on=SET_UP_ON), 20_00)]
    share_line(line=line, starts_on=STARTS, ends_on=None, method="fixed", pays=pays, reason=WHY, by=finn, on=SET_UP_ON)
    with django_assert_max_num_queries(25):
        shown = client.get(reverse("funders:show", args=[fund.pk])).content.decode()
    for words in (
        "Programme of Fairbourne",
        "First year only",
        "90 people with a direct payment",
        "Ada Bell",
        "£520.00",
    ):
        assert words in shown
    sheet = client.get(reverse("funders:show_csv", args=[fund.pk])).content.decode()
    assert "Ada Bell" in sheet and "Support" in sheet
    assert Funder.objects.get(code="P1").kind == FunderKind.PROGRAMME_FUND


def test_a_finance_manager_reads_and_does_not_say(client, fay, case, line):
    fay.roles = [Role.FINANCE_MANAGER]
    fay.save(update_fields=["roles"])
    assert "Add a funder" not in page(client, fay, "home").content.decode()
    assert page(client, fay, "share", case.pk, line.pk).status_code == 403
