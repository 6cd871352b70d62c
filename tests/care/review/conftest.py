"""Ada's support is in place, by an agreed plan that started on 7 December 2026."""

import pytest

from leeway.care.people.actions import move_case
from leeway.care.people.events import Event
from leeway.care.people.states import Stage
from leeway.care.planning import actions as planning
from leeway.care.planning.queries import plan_in_force
from leeway.care.review import actions
from leeway.care.review.queries import version_of_next
from tests.care.conftest import TODAY


@pytest.fixture
def active(signed, ada_user, finn):
    """In force since 7 December 2026; the first review is due."""
    planning.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)
    case = signed.case
    move_case(case=case, to=Stage.ACTIVE, kind=Event.BUDGET_STARTED, by=finn, on=TODAY, sentence="Support started.")
    actions.schedule_review(case=case, starts_on=signed.starts_on, by=finn, on=TODAY)
    return case


@pytest.fixture
def opened(active, bea):
    """A review under way, with everything written."""
    review = actions.open_review(case=active, version=version_of_next(active), by=bea, on=TODAY)
    return write_all(review, bea)


def write_all(review, by):
    plan = plan_in_force(review.case)
    return actions.save_review(
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
