"""The whole way by the pages: Bea plans with Ada, Mona signs off, Ada agrees. And what each role is refused."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.people.models import Case
from leeway.care.planning import actions, queries
from leeway.care.planning.models import Plan
from leeway.market.contracts.actions import record_rate
from leeway.market.listings.models import Provider, Service
from tests.care.conftest import MEANS, store_indicative
from tests.pages import version_on


@pytest.fixture
def planning_case(case, bea):
    """As in the other tests, on the real day, since pages read the clock."""
    today = timezone.localdate()
    Case.objects.filter(pk=case.pk).update(stage="planning", opened_on=today)
    case.refresh_from_db()
    store_indicative(case, bea, pence=150_00)
    FinancialAssessment.objects.create(
        case=case, started_on=today, completed_on=today, basis="full", means=MEANS, evidence="Letters"
    )
    return case


@pytest.fixture
def at(planning_case):
    return lambda page="": f"/cases/{planning_case.pk}/plan/{page}"


def plan_of(case):
    return Plan.objects.filter(case=case).first()


def post(client, address, **data):
    """Post a form and insist that it was accepted."""
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def parts(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def date_parts(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year} | parts(name, day)


LINE = {
    "what": "Mornings",
    "supplier": "Sam, a personal assistant",
    "units": "10",
    "unit": "hour",
    "frequency": "weekly",
    "unit_cost_pence": "18.50",
    "nhs_percent": "0",
    "exemption": "ordinary",
    "aim": "",
    "payee_relationship": "not_related",
    "payee_necessary": "",
    "from_council": "False",
}


def test_the_whole_way_by_the_pages(client, planning_case, at, bea, mona, ada_user, django_assert_max_num_queries):
    today = timezone.localdate()
    client.force_login(bea)
    assert b"Start the plan" in client.get(at()).content
    post(client, at("start/"))
    post(client, at("about/"), version=1, about_me="My dog Biscuit.", author="worker")
    client.force_login(ada_user)
    post(client, at("aims/add/"), version=plan_of(planning_case).version, words="Get up when I like")
    client.force_login(bea)
    post(client, at("lines/add/?kind=plain"), version=plan_of(planning_case).version, **LINE)
    post(client, at("start-date/"), version=plan_of(planning_case).version, **date_parts("starts_on", today))
    post(
        client,
        at("ways-explained/"),
        ways_explained=["direct_payment", "council_managed", "service_fund", "mixed"],
        how_explained="At home, with the leaflet",
        amount_told="True",
        **date_parts("offered_on", today),
    )
    client.force_login(ada_user)
    assert "how you want to hold" in client.get(at()).content.decode()
    post(
        client,
        at("choice/"),
        version=version_on(client.get(at("choice/"))),
        way="direct_payment",
        words="I choose who comes.",
    )
    client.force_login(bea)
    conditions = {"received_by": "person", "not_barred": "yes", "can_manage": "yes", "appropriate": "yes"}
    post(client, at("direct-payment/"), version=plan_of(planning_case).version, **conditions)
    check = client.get(at("check/")).content.decode()
    assert "Send for sign-off" in check and "£35.00 a week more than the indicative budget of £150.00" in check
    post(client, at("check/"), version=plan_of(planning_case).version)

    client.force_login(mona)
    queue = client.get("/sign-off/?sort=cost").content.decode()
    assert "Ada Bell" in queue and "First plan" in queue and 'aria-sort="descending">Plan costs a week' in queue
    with django_assert_max_num_queries(25):
        page = client.get(at("sign-off/")).content.decode()
    for shown in ("My dog Biscuit", "I choose who comes", "£185.00", "At home, with the leaflet"):
        assert shown in page
    version = plan_of(planning_case).version
    refused = client.post(
        at("sign-off/"), {"version": version, "decision": "sign", "final_pence_per_week": "185.00", "reason": ""}
    )
    assert refused.status_code == 200 and b"above the indicative budget" in refused.content
    post(
        client,
        at("sign-off/"),
        version=version,
        decision="sign",
        final_pence_per_week="185.00",
        reason="Mornings cost more here than the table expects.",
    )

    client.force_login(ada_user)
    with django_assert_max_num_queries(25):
        page = client.get(at("agree/")).content.decode()
    assert "You pay" in page and "£185.00 a week" in page and "Mona Patel" in page
    post(client, at("agree/"), version=plan_of(planning_case).version, agrees="yes", words="")
    planning_case.refresh_from_db()
    assert planning_case.stage == "arranging"
    assert queries.plan_in_force(planning_case).agreement.agreed_by_name == "Ada Bell"


@pytest.fixture
def draft(planning_case, bea):
    return actions.start_plan(case=planning_case, by=bea, on=timezone.localdate())


def test_two_people_at_once_the_second_is_told_and_both_are_shown(client, draft, at, bea, ada_user):
    client.force_login(ada_user)
    post(client, at("about/"), version=1, about_me="Written by Ada")
    client.force_login(bea)
    answer = client.post(at("about/"), {"version": 1, "about_me": "Written by Bea", "author": "worker"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "Someone else saved this" in page
    assert "Written by Ada" in page and "Written by Bea" in page
    assert plan_of(draft.case).about_me == "Written by Ada"
    post(client, at("about/"), version=2, about_me="Written by both", author="worker")
    assert plan_of(draft.case).about_me == "Written by both"


def test_a_line_from_the_directory(client, draft, at, bea):
    provider = Provider.objects.create(name="Harbour Care")
    service = Service.objects.create(
        provider=provider,
        name="Harbour home care",
        regulated=True,
        last_checked_on=date(2026, 1, 1),
        town="Fairbourne",
    )
    today = timezone.localdate()
    for pence, kind in ((23_00, "listed"), (21_50, "framework")):
        record_rate(service=service, pence=pence, unit="hour", kind=kind, starts_on=today, by=bea, on=today)
    client.force_login(bea)
    found = client.get(at("find/?place=Fairbourne")).content.decode()
    assert "Harbour home care" in found
    assert "£23.00 an hour (listed); £21.50 an hour (under a framework)" in found
    assert "Nothing in the directory" in client.get(at("find/?place=Nowhereville")).content.decode()
    form = client.get(at(f"lines/add/?service={service.pk}")).content.decode()
    assert 'value="23.00"' in form
    data = {name: value for name, value in LINE.items() if name != "supplier"}
    post(client, at(f"lines/add/?service={service.pk}"), version=draft.version, **data)
    assert plan_of(draft.case).lines.get().service == service
    assert client.get(at("lines/add/?service=nonsense")).status_code == 404


def test_of_a_personal_assistant_of_the_directory_it_is_asked_who_they_are(client, draft, at, bea):
    """Nobody is stored as no relative, and as not of the council, whom nobody was asked about."""
    provider = Provider.objects.create(name="Joan Hill")
    service = Service.objects.create(
        provider=provider,
        name="Joan Hill",
        kinds=["personal_assistant"],
        regulated=False,
        last_checked_on=date(2026, 1, 1),
    )
    client.force_login(bea)
    data = {name: value for name, value in LINE.items() if name != "supplier"}
    address = at(f"lines/add/?service={service.pk}")
    asked = client.get(address).content.decode()
    assert "What kind of thing is it?" in asked and "neither family nor a friend, and not from the council" in asked
    client.post(address, data | {"version": draft.version})
    assert not draft.lines.exists()
    assert "Who is paid, to the person" in client.get(f"{address}&kind=family&asked=yes").content.decode()
    post(client, f"{address}&kind=plain&asked=yes", version=draft.version, **data)
    assert draft.lines.get().from_council is False


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"units": "lots"}, "enter a number, like 12.5"),
        ({"unit_cost_pence": "a tenner"}, "enter an amount in pounds"),
        ({"nhs_percent": "120"}, "enter 100 or less"),
        ({"units": "0"}, "more than nought"),
    ],
)
def test_wrong_input_gets_a_sentence_and_keeps_what_was_typed(client, draft, at, bea, change, sentence):
    client.force_login(bea)
    answer = client.post(at("lines/add/?kind=plain"), LINE | {"version": draft.version} | change)
    page = answer.content.decode()
    assert answer.status_code == 200 and sentence in page and "Sam, a personal assistant" in page
    assert not plan_of(draft.case).lines.exists()


FAMILY_IS_ASKED, COUNCIL_IS_ASKED, NIGHTS_ARE_ASKED = "payee_same_household", "from_council", "care_home_nights"


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("plain", set()),
        ("family", {FAMILY_IS_ASKED}),
        ("service", {COUNCIL_IS_ASKED}),
        ("care_home", {COUNCIL_IS_ASKED, NIGHTS_ARE_ASKED}),
    ],
)
def test_a_line_is_asked_only_what_its_kind_needs(client, draft, at, bea, kind, asked):
    client.force_login(bea)
    first = client.get(at("lines/add/")).content.decode()
    assert "What kind of thing is it?" in first and 'name="units"' not in first
    assert "There is a problem" in client.get(at("lines/add/?asked=yes")).content.decode()
    form = client.get(at(f"lines/add/?asked=yes&kind={kind}")).content.decode()
    for name in (FAMILY_IS_ASKED, COUNCIL_IS_ASKED, NIGHTS_ARE_ASKED):
        assert (f'name="{name}"' in form) is (name in asked)


def test_choosing_another_kind_of_line_answers_what_is_asked_no_longer(client, draft, at, bea):
    client.force_login(bea)
    family = {"payee_relationship": "sibling", "payee_same_household": "True"}
    post(client, at("lines/add/?kind=family"), version=draft.version, **LINE | family)
    line = draft.lines.get()
    assert (line.payee_relationship, line.payee_same_household, line.from_council) == ("sibling", True, False)
    page = client.get(at(f"lines/{line.pk}/")).content.decode()
    assert FAMILY_IS_ASKED in page and "A relative, partner, friend or neighbour" in page and "asked=again" in page
    assert "What kind of thing is it?" in client.get(at(f"lines/{line.pk}/?asked=again")).content.decode()
    changed = LINE | {"version": plan_of(draft.case).version}
    post(client, at(f"lines/{line.pk}/?kind=service"), **changed | {"from_council": ""})
    line = draft.lines.get()
    assert (line.payee_relationship, line.payee_same_household, line.from_council) == ("not_related", None, None)


def test_taking_out_an_aim_asks_first(client, draft, at, ada_user):
    aim = actions.add_aim(
        plan=draft, version=draft.version, words="Swim", how_we_know="", by=ada_user, on=timezone.localdate()
    )
    client.force_login(ada_user)
    assert "Take this aim out?" in client.get(at(f"aims/{aim.pk}/remove/")).content.decode()
    post(client, at(f"aims/{aim.pk}/remove/"), version=draft.version)
    assert not draft.aims.exists()


def test_changing_and_taking_out_a_line(client, draft, at, bea):
    client.force_login(bea)
    post(client, at("lines/add/?kind=plain"), version=draft.version, **LINE)
    line = draft.lines.get()
    late = client.post(at(f"lines/{line.pk}/"), LINE | {"version": draft.version, "units": "4"})
    assert "Someone else saved this" in late.content.decode()
    post(client, at(f"lines/{line.pk}/"), **LINE | {"version": plan_of(draft.case).version, "units": "12.5"})
    assert draft.lines.get().units == Decimal("12.5")
    post(client, at(f"lines/{line.pk}/remove/"), version=plan_of(draft.case).version)
    assert not draft.lines.exists()


PAGES = ["", "about/", "aims/add/", "find/", "lines/add/", "start-date/", "ways-explained/", "choice/", "ways/",
         "direct-payment/", "check/"]  # fmt: skip


def test_every_page_opens_for_the_worker_with_few_queries(client, draft, at, bea, django_assert_max_num_queries):
    client.force_login(bea)
    for number in range(4):
        actions.add_line(
            plan=draft,
            version=draft.version,
            details={"what": f"Line {number}", "units": 1, "unit_cost_pence": 100},
            by=bea,
            on=timezone.localdate(),
        )
    aim = actions.add_aim(
        plan=draft, version=draft.version, words="Swim", how_we_know="", by=bea, on=timezone.localdate()
    )
    line = draft.lines.first()
    own = [f"lines/{line.pk}/", f"lines/{line.pk}/remove/", f"aims/{aim.pk}/", f"aims/{aim.pk}/remove/", "version/1/"]
    for page in [*PAGES, *own]:
        with django_assert_max_num_queries(25):
            assert client.get(at(page)).status_code == 200, page


def test_ada_sees_her_own_part_and_not_the_workers(client, draft, at, ada_user, cyril):
    client.force_login(ada_user)
    opened = {page: client.get(at(page)).status_code for page in [*PAGES, "sign-off/"]}
    assert {page for page, status in opened.items() if status == 200} == {"", "about/", "aims/add/", "choice/"}
    assert {opened[page] for page in ("lines/add/", "ways-explained/", "sign-off/")} == {403}
    client.force_login(cyril)
    assert {client.get(at(page)).status_code for page in ("", "about/", "choice/")} == {404}


def test_an_empty_queue_says_so(client, mona):
    client.force_login(mona)
    assert "Nothing waits for you" in client.get("/sign-off/").content.decode()


def test_two_people_may_add_at_the_same_time(client, draft, at, bea, ada_user):
    for user, words in ((ada_user, "Swim"), (bea, "See Jo")):
        client.force_login(user)
        post(client, at("aims/add/"), version=1, words=words)
    assert {aim.words for aim in draft.aims.all()} == {"Swim", "See Jo"}


def test_ada_disagrees_by_the_page_and_her_words_are_kept(client, draft, at, bea, mona, ada_user):
    today = timezone.localdate()
    actions.add_aim(plan=draft, version=draft.version, words="Company", how_we_know="", by=bea, on=today)
    actions.set_start(
        plan=draft, version=draft.version, starts_on=today, no_lines_reason="The club is free.", by=bea, on=today
    )
    actions.submit_plan(plan=draft, version=draft.version, by=bea, on=today)
    actions.sign_off(plan=draft, version=draft.version, final_pence_per_week=0, reason="", by=mona, on=today)
    client.force_login(ada_user)
    silent = client.post(at("agree/"), {"version": draft.version, "agrees": "no", "words": ""})
    assert silent.status_code == 200 and "Say what is not right" in silent.content.decode()
    post(client, at("agree/"), version=draft.version, agrees="no", words="I need help too.")
    assert re.search(r"\(Signed in to Leeway\):.*I need help too\.", client.get(at()).content.decode(), re.DOTALL)
    assert plan_of(draft.case).state == "draft"


def test_a_managers_return_is_read_by_the_worker(client, draft, at, bea, mona):
    today = timezone.localdate()
    actions.add_aim(plan=draft, version=draft.version, words="Company", how_we_know="", by=bea, on=today)
    actions.set_start(
        plan=draft, version=draft.version, starts_on=today, no_lines_reason="The club is free.", by=bea, on=today
    )
    actions.submit_plan(plan=draft, version=draft.version, by=bea, on=today)
    client.force_login(mona)
    reason = "The evenings are not in the plan at all."
    data = {"version": draft.version, "decision": "return", "final_pence_per_week": "0", "reason": reason}
    post(client, at("sign-off/"), **data)
    client.force_login(bea)
    page = client.get(at()).content.decode()
    assert reason in page and "returned the plan" in page
