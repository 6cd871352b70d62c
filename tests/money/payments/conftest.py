"""What tests of payments share."""

import pytest


@pytest.fixture
def as_user(client):
    """A browser in which somebody is signed in."""

    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def looking(monkeypatch):
    """Finance officers open cases that are not at their stage: the reason is given elsewhere."""
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
