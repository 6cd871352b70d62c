"""An assessment of Ada's, as Bea writes it."""

from datetime import date

import pytest

from leeway.care.assessment import actions
from leeway.care.people.models import Case, Person

from .writing import TODAY, fill


@pytest.fixture
def carers_case(team, bea, ada):
    """Gwen, who cares for Ada, in her own right."""
    gwen = Person.objects.create(given_name="Gwen", family_name="Bell", date_of_birth=date(1961, 2, 2))
    details = {"kind": "carer", "cared_for": ada, "request_words": "I am worn out."}
    return Case.objects.create(person=gwen, team=team, worker=bea, opened_on=TODAY, **details)


@pytest.fixture
def draft(case, bea):
    """Ada's assessment, just started."""
    return actions.start_assessment(case=case, by=bea, on=TODAY)


@pytest.fixture
def filled(draft, bea):
    """Ada's assessment with everything answered: three outcomes that she cannot achieve."""
    return fill(draft, bea)


@pytest.fixture
def time_machine_to(monkeypatch):
    """Set the day that the pages of assessment read off the clock."""

    def to(day):
        monkeypatch.setattr("leeway.care.assessment.money_views.timezone.localdate", lambda: day)

    return to
