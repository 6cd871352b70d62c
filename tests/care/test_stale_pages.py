"""Every form that edits something there is, sent from a page that has grown old: refused, and nothing lost."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from leeway.access.models import Look, User
from leeway.access.roles import Role
from leeway.care.assessment import actions as assessing
from leeway.care.assessment.models import Assessment, FinancialAssessment, OutcomeNote
from leeway.care.circumstances import actions as circumstances
from leeway.care.corrections import actions as corrections
from leeway.care.people.actions import move_case
from leeway.care.people.events import Event
from leeway.care.people.models import Authority
from leeway.care.people.states import Stage
from leeway.market.contracts.actions import record_rate
from leeway.market.listings.actions import list_service
from leeway.market.listings.models import Kind, Provider
from leeway.money.banking.statement import Line
from leeway.money.funders.actions import add_funder
from leeway.money.invoices.actions import NewVisit, enter_visit
from leeway.money.invoices.kinds import Happened
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Whose
from tests.care.conftest import TODAY, explain, relate
from tests.pages import version_on

#: What adds something beside what is there, and so overwrites nobody.
ADDS = {
    "access:add", "access:forget_second_step",
    "people:add", "people:request", "people:add_relationship", "people:capacity", "people:add_file",
    "circumstances:add_stay", "circumstances:add_earlier_support",
    "ask:request", "asking:add",
    "planning:add_aim", "planning:add_line", "planning:offer",
    "budgets:hold", "budgets:who_collects", "budgets:again", "budgets:last_cost", "budgets:interim",
    "payees:enter", "provider_details:enter", "payments:remittance_address",
    "payments:make", "payments:faster", "payments:together",
    "conditions:set", "conditions:challenge",
    "employing:take_on", "employing:terms", "employing:done", "employing:done_of",
    "funders:add", "funders:milestone", "funders:share",
    "contributions:show",
    "disputes:open", "disputes:step",
    "pools:set_up", "pools:contribute", "bills:take_over", "pools:put_in", "pools:put_line_in", "pools:add_overhead",
    "invoices:enter", "invoices:enter_visit", "invoices:compare", "invoices:match",
    "invoices:visit_file", "invoices:invoice_file", "invoices:take_back_file",
    "service_funds:enter", "service_funds:ask_back",
    "bills:agree", "bills:dispute", "bills:capacity", "bills:settle", "bills:start_space",
    "uprating:draft",
    "statements:open", "statements:open_of", "statements:upload", "statements:pick", "statements:by_hand",
    "statements:own_open", "statements:own_upload", "statements:own_pick",
    "recovery:ask", "recovery:ask_of", "recovery:own_answer", "recovery:own_reply", "recovery:own_challenge",
    "recovery:step",
    "spending:receipt", "spending:send", "spending:ask", "spending:set_aside",
    "statements:columns_new", "statements:columns_describe", "statements:mapping_anew",
    "figures:budget", "figures:month_ends", "figures:journals", "figures:finance_returns",
    "directory:add", "directory:price",
    "insight:set_target", "insight:open_wave", "insight:answer", "insight:publish", "insight:own",
    "themes:answer", "themes:enter", "themes:risk",
}  # fmt: skip
#: What happens once to one record that does not change before it: the second to press is told that it was done.
ONCE = {
    "access:approve", "access:turn_down", "access:withdraw",
    "people:invite_person", "people:finish_task", "people:message_posted", "people:message_returned",
    "people:message_again",
    "asking:take_up", "asking:add_to_case", "asking:answer",
    "circumstances:death", "circumstances:end_stay",
    "assessment:start", "assessment:money_start", "assessment:result",
    "planning:start", "planning:take_price", "planning:challenge",
    "planning:change_mind", "planning:take_back_mind", "planning:answer_mind",
    "corrections:take_back", "corrections:statement", "employing:end", "employing:take_back",
    "conditions:end", "conditions:answer",
    "review:ask", "review:concern",
    "budgets:look", "budgets:cancel_last_cost", "circumstances:take_back_stay",
    "circumstances:take_back_earlier_support",
    "budgets:start", "budgets:send_back", "budgets:fund", "budgets:lift", "budgets:away", "budgets:extend",
    "budgets:end", "budgets:authorise_interim", "budgets:end_interim",
    "payees:approve", "payees:reject", "provider_details:approve", "provider_details:reject",
    "payments:hold_invoice", "payments:pay_invoice",
    "payments:approve", "payments:cancel", "payments:send", "payments:redate", "payments:withdraw", "payments:confirm",
    "payments:returned", "payments:answer", "payments:sample", "payments:checked", "payments:file_send",
    "payments:take_apart", "payments:leave_out",
    "service_funds:take_back", "service_funds:received", "service_funds:let_go",
    "contributions:take_back", "contributions:change", "lines:end", "lines:pause", "lines:keep", "lines:carry_out",
    "lines:take_prices",
    "disputes:end", "disputes:take_back",
    "pools:take_out", "pools:answer", "pools:make_report",
    "claims:send", "claims:chase", "claims:receive", "claims:query", "claims:part",
    "invoices:agree", "invoices:withdraw", "invoices:answer",
    "bills:decide", "bills:end_plan", "bills:go_on", "bills:late", "bills:send", "bills:space", "bills:undo",
    "uprating:look", "uprating:approve", "uprating:apply", "uprating:letters", "uprating:withdraw", "uprating:undo",
    "statements:confirm", "statements:accept", "statements:line", "statements:received", "statements:match",
    "statements:mapping", "statements:referenced",
    "recovery:drop", "recovery:undo",
    "monitoring:check", "monitoring:reply", "monitoring:level",
    "spending:answer", "spending:no_longer", "spending:take_back", "spending:take_off",
    "insight:end_target", "insight:close_wave",
    "jobs:again",
}  # fmt: skip
#: What changes no record; what somebody writes and has not sent is theirs alone, and one browser's.
ASKS = {
    "uprating:show",
    "people:search", "people:reason", "asking:show", "asking:waiting", "insight:second_look", "what_might_i_pay",
    "what_would_employing_cost",
    "ask:part", "ask:keep", "ask:pick_up", "ask:forget",
}  # fmt: skip


@dataclass
class World:
    """Ada's case at the stage that a page needs, and who opens the page."""

    given: Callable[[str], Any]

    def __getattr__(self, name):
        return self.given(name)

    def address(self, name, *rest):
        return reverse(name, args=[self.case.pk, *rest])


def day(name, number=7, month=12):
    return {f"{name}_day": str(number), f"{name}_month": str(month), f"{name}_year": "2026"}


def member(world):
    limit = {"sign_off_limit_pence_per_week": "1500"}
    return {"name": "Mona Patel-Ray", "roles": ["manager"], "team": world.mona.team_id, **limit}


def sam(world):
    return relate(world.case.person, "Sam Bell", Authority.CARER)


def asking(world, name):
    asked = relate(world.case.person, "Sam Bell", Authority.CARER, user=world.cyril, asked_on=TODAY)
    return reverse(name, args=[asked.pk])


def assessment(world):
    return assessing.start_assessment(case=world.case, by=world.bea, on=TODAY)


def need_of(world):
    """A plan for somebody who was found unable to wash."""
    done = Assessment.objects.create(case=world.planning_case, started_on=TODAY)
    OutcomeNote.objects.create(assessment=done, outcome="hygiene", unable=["cannot"], answered=True)
    Assessment.objects.filter(pk=done.pk).update(completed_on=TODAY)
    return world.written


def of_visit(world, name):
    """A visit that fits no agreed line."""
    by, new = world.finn, NewVisit(day=TODAY, happened=Happened.DELIVERED, name="A. Somebody")
    provider = Provider.objects.create(name="Kindly Home Care")
    visit = enter_visit(provider=provider, new=new, shown_by="Signed time sheet", by=by, on=TODAY)
    return reverse(name, args=[visit.pk])


def money_check(world):
    written = {"basis": "not_disclosed", "basis_reason": "Prefers not to say", "told_of_full_check": True}
    return FinancialAssessment.objects.create(case=world.planning_case, started_on=TODAY, **written)


def correction(world, name):
    details = {"address": "2 Quay", "postcode": "", "phone": "", "email": "", "hears_by": ""}
    asked = corrections.ask_for_correction(
        case=world.case, part="reach", details=details, words="", version=world.case.person.version,
        by=world.ada_user, on=TODAY,
    )  # fmt: skip
    return world.address(name, asked.correction.pk)


def dead(world):
    circumstances.record_death(case=world.case, died_on=TODAY, told_by="Her sister", by=world.bea, on=TODAY)


def price(world):
    club = list_service(name="Quay Chess", provider_name="Quay", kind=Kind.COMMUNITY, by=world.bea, on=TODAY)
    rate = record_rate(service=club, pence=500, unit="session", kind="listed", starts_on=TODAY, by=world.bea, on=TODAY)
    return reverse("directory:end_price", args=[club.pk, rate.pk])


def fund(world):
    facts = {"kind": "grant", "name": "Carers' grant", "code": "G1", "means_tested": True, "starts_on": None}
    facts |= {"ends_on": None, "purpose": "", "conditions": "", "total_pence": None}
    return reverse("funders:change", args=[add_funder(**facts, by=world.finn, on=TODAY).pk])


def picked_line(world):
    """A payment out of Ada's everyday account, which she showed."""
    account = statements.open_bank_account(
        whose=Whose.ORDINARY, name="Mine", identifier="11-22-33 11112222", case=world.case, by=world.ada_user, on=TODAY
    )
    spent = Line(booked_on=TODAY, amount_pence=-18_40, reference="CARD", description="WHEELS AND MORE")
    statements.keep_picked(account=account, lines=[spent], format="CSV", places=[1], by=world.ada_user, on=TODAY)
    return account.lines.get()


def after(*made):
    """The address of a page of the case, once what it needs was made."""
    return lambda world, name: ([make(world) for make in made], world.address(name))[1]


def closed(world):
    """The case, closed before support began."""
    move_case(
        case=world.case, to=Stage.CLOSED, kind=Event.CLOSED, sentence="Closed: moved away", by=world.bea, on=TODAY
    )


def of_plan(stage):
    return lambda world, name: (world.given(stage), world.address(name))[1]


def of_relationship(world, name):
    return world.address(name, sam(world).pk)


#: Each form that edits: who opens it, where (with what that needs made first), and what they type.
EDITS = {
    "invoices:visit": ("finn", of_visit, {"line": "nothing", "reason": "Nobody knows who that is"}),
    "access:change": ("ursula", lambda world, name: reverse(name, args=[world.mona.pk]), member),
    "access:sign_in": ("ursula", lambda world, name: reverse(name, args=[world.mona.pk]), {}),
    "people:details": (
        "bea",
        after(),
        {"given_name": "Ada", "family_name": "Bell-Ray", "gender": "Female", "ethnicity": "Unknown",
         "language": "English", "birthday": "known",
         "date_of_birth_day": "14", "date_of_birth_month": "3", "date_of_birth_year": "1992"},
    ),
    "people:end_relationship": ("bea", of_relationship, day("ends_on")),
    "people:invite": (
        "bea", of_relationship, {"email": "sam@home.example", "agreed": "Ada said yes.", "leave_for": "record"},
    ),
    "people:end_leave": ("bea", of_relationship, {}),
    "people:answer": ("cyril", asking, {"helps": "True", "family_name": "Bell"}),
    "people:give": ("mona", after(), lambda world: {"worker": world.bea.pk}),
    "people:close": ("bea", after(), {"reason": "Moved to another council"}),
    "people:reopen": ("bea", after(closed), {"reason": "She rang: it is worse again"}),
    "corrections:correct": (
        "ada_user", lambda world, name: world.address(name, "who"),
        {"given_name": "Ada", "family_name": "Bell-Ray", "gender": "Female", "ethnicity": "Unknown"},
    ),
    "corrections:settle": ("bea", correction, {"made": "True", "reason": "Her passport says so."}),
    "circumstances:undo_death": ("bea", after(dead), {"because": "It was another Ada Bell."}),
    "assessment:conversation": ("bea", after(assessment), {"what_matters": "The sea"}),
    "assessment:outcomes": ("bea", after(assessment), {"hygiene_assessor_words": "Slips"}),
    "assessment:conditions": ("bea", after(assessment), {"wellbeing_words": "Tired"}),
    "assessment:budget_questions": ("bea", after(assessment), {}),
    "assessment:cross_check": ("bea", after(assessment), {}),
    "assessment:check": ("bea", after(assessment), {}),
    "assessment:own_words": ("ada_user", after(assessment), {"what_matters": "The sea"}),
    "assessment:own_words_on_outcome": (
        "ada_user", lambda world, name: assessment(world) and world.address(name, "hygiene"), {"person_words": "Alone"},
    ),
    "assessment:money_part": (
        "finn", lambda world, name: money_check(world) and world.address(name, "evidence"), {"evidence": "A letter"},
    ),
    "assessment:money_check": ("finn", after(money_check), {}),
    "planning:about": ("bea", of_plan("draft"), {"about_me": "My dog Biscuit", "author": "worker"}),
    "planning:aim": (
        "bea", lambda world, name: world.address(name, world.written.aims.get().pk), {"words": "Sing in the choir"},
    ),
    "planning:remove_aim": ("bea", lambda world, name: world.address(name, world.written.aims.get().pk), {}),
    "planning:line": (
        "bea",
        lambda world, name: world.address(name, world.written.lines.get().pk),
        {"what": "Evenings", "units": "1", "unit": "hour", "frequency": "weekly", "unit_cost_pence": "18.50",
         "nhs_percent": "0", "exemption": "ordinary"},
    ),
    "planning:remove_line": ("bea", lambda world, name: world.address(name, world.written.lines.get().pk), {}),
    "planning:need": (
        "bea",
        lambda world, name: need_of(world) and world.address(name, "hygiene"),
        {"met_by": "reason", "words": "She wants to wait until the spring."},
    ),
    "planning:start_date": ("bea", of_plan("written"), day("starts_on")),
    "planning:choice": (
        "ada_user",
        lambda world, name: explain(world.written, world.bea) and world.address(name),
        {"way": "direct_payment", "words": "I choose who comes."},
    ),
    "planning:ways": (
        "bea", of_plan("chosen"), lambda world: {f"line_{world.chosen.lines.get().pk.hex}": "direct_payment"},
    ),
    "planning:direct_payment": (
        "bea",
        of_plan("written"),
        {"received_by": "person", "not_barred": "yes", "can_manage": "yes", "appropriate": "yes"},
    ),
    "planning:submit": ("bea", of_plan("chosen"), {}),
    "planning:sign_off": (
        "mona", of_plan("submitted"), {"decision": "sign", "final_pence_per_week": "185", "reason": "As it costs"},
    ),
    "planning:agree": ("ada_user", of_plan("signed"), {"agrees": "yes", "words": "Good"}),
    "review:start": ("bea", of_plan("active"), {"reason": "Planned"}),
    "review:write": ("bea", of_plan("opened"), {"person_words": "The bus stopped running."}),
    "review:complete": (
        "bea",
        of_plan("opened"),
        {"result": "continue", "reasons": "It goes on as it is now.", **day("held_on", 23, 11)},
    ),
    "spending:line": (
        "ada_user",
        lambda world, name: world.address(name, picked_line(world).pk),
        {"what": "else", "words": "A wheel for the chair"},
    ),
    "spending:running": (
        "ada_user", lambda world, name: world.address(name), {"who_paying": "together", "words_paying": "My sister"},
    ),
    "funders:change": ("finn", lambda world, name: fund(world), {"name": "Another name", "conditions": "Breaks only"}),
    "directory:end_price": ("bea", lambda world, name: price(world), day("ends_on")),
}  # fmt: skip


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def ursula(db):
    return User.objects.create_user("ursula@council.example", name="Ursula Reed", roles=[Role.ADMINISTRATOR])


def everything():
    """Every row of ours, but for who looked."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("leeway.") and model is not Look]
    return {model: list(model._base_manager.order_by("pk").values()) for model in ours}


@pytest.mark.parametrize("name", EDITS)
def test_a_page_that_has_grown_old_is_refused_and_nothing_is_lost(name, client, request):
    world = World(request.getfixturevalue)
    who, where, typed = EDITS[name]
    address = where(world, name)
    typed = typed(world) if callable(typed) else typed
    client.force_login(world.given(who))
    version = version_on(client.get(address))
    before = everything()
    answer = client.post(address, {**typed, "version": str(int(version) + 1)})
    shown = answer.content.decode()
    problem = re.search(r'govuk-error-summary__body">(.*?)</div>', shown, re.S)
    assert answer.status_code == 200 and "Someone else saved this" in shown, problem and problem[1]
    assert everything() == before
    assert version_on(answer) == version, "the page carries what it now shows"
    lost = [words for words in typed.values() if isinstance(words, str) and words not in shown]
    assert not lost, "what was typed is still there"


ADDED_TO = (
    "people:add_relationship", "people:capacity", "people:add_file", "circumstances:add_stay",
    "circumstances:add_earlier_support", "planning:offer",
)  # fmt: skip
LEFT_EMPTY = EDITS | {name: ("bea", of_plan("draft"), {}) for name in ADDED_TO}


@pytest.mark.parametrize("name", LEFT_EMPTY)
def test_what_was_left_empty_is_named(name, client, request):
    world = World(request.getfixturevalue)
    who, where, _typed = LEFT_EMPTY[name]
    address = where(world, name)
    client.force_login(world.given(who))
    page = client.get(address)
    stands = {"version": version_on(page)} if name in EDITS else {}
    assert "This field is required" not in client.post(address, stands | {"later": "yes"}).content.decode()


def views(patterns=None, names=()):
    """Every view of ours by the name of its address."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            view = inspect.unwrap(entry.callback)
            if view.__module__.startswith("leeway."):
                yield ":".join([*names, entry.name]), view
        else:
            yield from views(entry.url_patterns, [*names, entry.namespace] if entry.namespace else names)


def test_every_form_says_what_it_does_to_what_is_there():
    takes = {name for name, view in views() if any(word in inspect.getsource(view) for word in ("POST", "press("))}
    assert takes - ADDS - ONCE - ASKS - set(EDITS) == set(), "a form that edits carries its version: add it to EDITS"
    assert (ADDS | ONCE | ASKS | set(EDITS)) - {name for name, _ in views()} == set()


def test_somebody_elses_words_stand_beside_what_was_typed(client, ursula, mona):
    """Her limit was taken away meanwhile: a page that still says £1,500 does not give it back."""
    client.force_login(ursula)
    address = reverse("access:change", args=[mona.pk])
    typed = {"name": "Mona Patel-Ray", "roles": ["manager"], "team": mona.team_id}
    version = version_on(client.get(address))
    User.objects.filter(pk=mona.pk).update(sign_off_limit_pence_per_week=0)
    old = {"sign_off_limit_pence_per_week": "1500", "version": version}
    answer = client.post(address, typed | old)
    shown = answer.content.decode()
    assert "What somebody else saved" in shown and "0.00" in shown and "1500" in shown and "Patel-Ray" in shown
    mona.refresh_from_db()
    assert (mona.sign_off_limit_pence_per_week, mona.name) == (0, "Mona Patel")
    new = {"sign_off_limit_pence_per_week": "0", "version": version_on(answer)}
    assert client.post(address, typed | new).status_code == 302
    mona.refresh_from_db()
    assert (mona.sign_off_limit_pence_per_week, mona.name) == (0, "Mona Patel-Ray")
