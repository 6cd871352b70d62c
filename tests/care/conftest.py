"""A plan for Ada at each step of its way to agreement."""

from datetime import date
from decimal import Decimal

import pytest

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.assessment.models import FinancialAssessment
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import DecisionKind
from leeway.care.people.actions import move_case
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, CapacityDecision, Relationship, RelationshipKind
from leeway.care.people.states import Stage
from leeway.care.planning import actions
from leeway.care.planning.queries import plan_in_force
from leeway.care.review import actions as reviews
from leeway.care.review.queries import version_of_next
from leeway.versions import version_of

TODAY = date(2026, 11, 23)
MEANS = {
    "household": "single",
    "dependent_children": 0,
    "premiums": ["disability"],
    "income": [{"kind": "private_pension", "pence_per_week": 200_00}],
    "capital_pence": 0,
}
ALL_WAYS = ["direct_payment", "council_managed", "service_fund", "mixed"]
LINE = {
    "what": "Help with mornings",
    "supplier": "A personal assistant",
    "unit": "hour",
    "units": Decimal(10),
    "unit_cost_pence": 18_50,
    "frequency": "weekly",
    "from_council": False,
}
#: What the council did before it pays an authorised person.
ASKED = {
    "consulted": {"own_wishes": "heard", "named": "nobody", "cares": "heard", "mca": "nobody"},
    "consultation_words": "Her brother and her keyworker: it suits her.",
    "authorised_is": "family",
    "criminal_record_check": "unknown",
}


def store_indicative(case, by, pence=200_00):
    return decide_by_judgement(
        case=case,
        kind=DecisionKind.INDICATIVE_BUDGET,
        inputs={},
        result={"indicative_pence_per_week": pence, "costed_instead": False},
        steps=[],
        reasons=["For the tests."],
        by=by,
        on=TODAY,
    )


def explain(plan, by, ways=ALL_WAYS):
    return actions.offer_ways(
        plan=plan, ways_explained=ways, how_explained="Talked through at home", amount_told=True, by=by, on=TODAY
    )


def seen_offer(plan):
    """What the page that asks for a choice was made from."""
    offer = plan.offers.first()
    return version_of(offer) if offer else 0


def passes_conditions(plan, by, **changes):
    given = {"answers": {"not_barred": True, "can_manage": True, "appropriate": True}, "barred_orders": []} | changes
    return actions.check_direct_payment(plan=plan, version=plan.version, by=by, on=TODAY, **given)


def relate(person, name, authority, **rest):
    return Relationship.objects.create(
        person=person,
        name=name,
        kind=RelationshipKind.SIBLING,
        authority=authority,
        evidence="" if authority in {Authority.NONE, Authority.CARER} else "Document seen",
        starts_on=TODAY,
        **rest,
    )


def lose_capacity(person, by, question="care"):
    return CapacityDecision.objects.create(
        person=person,
        question=question,
        has_capacity=False,
        how_supported="Pictures, and a quiet room",
        reasons="Could not keep the two options in mind.",
        decided_on=TODAY,
        decided_by=by,
    )


@pytest.fixture
def max_(team):
    """Another manager of Bea's team, with a smaller limit: £100 a week."""
    return User.objects.create_user(
        "max@council.example",
        "correct horse battery",
        name="Max Reid",
        roles=[Role.MANAGER],
        team=team,
        sign_off_limit_pence_per_week=100_00,
    )


@pytest.fixture
def planning_case(case, bea):
    """Assessed, means checked, £200 a week to plan with."""
    case.stage = "planning"
    case.save()
    store_indicative(case, bea)
    FinancialAssessment.objects.create(
        case=case, started_on=TODAY, completed_on=TODAY, basis="full", means=MEANS, evidence="Award letters"
    )
    return case


@pytest.fixture
def draft(planning_case, bea):
    """Just begun."""
    return actions.start_plan(case=planning_case, by=bea, on=TODAY)


@pytest.fixture
def written(draft, bea):
    """An aim, one line of £185 a week, a start date; nothing chosen yet."""
    aim = actions.add_aim(
        plan=draft, version=draft.version, words="Get up when I like", how_we_know="Up by nine", by=bea, on=TODAY
    )
    actions.add_line(plan=draft, version=draft.version, details=LINE | {"aim": aim}, by=bea, on=TODAY)
    return actions.set_start(plan=draft, version=draft.version, starts_on=date(2026, 12, 7), by=bea, on=TODAY)


@pytest.fixture
def chosen(written, bea):
    """Ada chose a direct payment, and the conditions are met."""
    explain(written, bea)
    actions.record_choice(
        plan=written, version=seen_offer(written), way="direct_payment", words="My own rules.", by=bea, on=TODAY
    )
    passes_conditions(written, bea)
    return written


@pytest.fixture
def submitted(chosen, bea):
    return actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)


@pytest.fixture
def signed(submitted, mona):
    actions.sign_off(
        plan=submitted, version=submitted.version, final_pence_per_week=185_00, reason="", by=mona, on=TODAY
    )
    return submitted


@pytest.fixture
def active(signed, ada_user, finn):
    """In force since 7 December 2026; the first review is due."""
    actions.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)
    case = signed.case
    move_case(case=case, to=Stage.ACTIVE, kind=Event.BUDGET_STARTED, by=finn, on=TODAY, sentence="Support started.")
    reviews.schedule_review(case=case, starts_on=signed.starts_on, by=finn, on=TODAY)
    return case


@pytest.fixture
def opened(active, bea):
    """A review under way, with everything written."""
    review = reviews.open_review(case=active, version=version_of_next(active), by=bea, on=TODAY)
    return write_all(review, bea)


def write_all(review, by):
    plan = plan_in_force(review.case)
    return reviews.save_review(
        review=review,
        version=review.version,
        details={
            "person_words": "Mornings are mine again.",
            "assessor_words": "The plan does what it was meant to.",
            "what_changed": "A new assistant.",
            "achieved": "Partially Met",
        },
        aims={aim.pk: "Fully Met" for aim in plan.aims.all()},
        by=by,
        on=TODAY,
    )
