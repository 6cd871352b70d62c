"""An assessment of Ada's, as Bea writes it."""

import pytest

from leeway.care.assessment import actions

from .writing import TODAY, fill


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
