"""Ana is an analyst, Cole a commissioner, Alex an administrator; and a wave that is open today."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.insight.pages import actions


def user(name: str, role: Role) -> User:
    return User.objects.create_user(f"{name.lower()}@council.example", name=name, roles=[role])


@pytest.fixture
def ana(db):
    return user("Ana", Role.ANALYST)


@pytest.fixture
def cole(db):
    return user("Cole", Role.COMMISSIONER)


@pytest.fixture
def alex(db):
    return user("Alex", Role.ADMINISTRATOR)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def opened(ana, today):
    """Open a wave of a questionnaire, from today on."""

    def open_one(name="Autumn", code="practitioner", asked=None):
        closes_on = today + timedelta(days=20)
        return actions.open_wave(
            questionnaire_code=code, name=name, opens_on=today, closes_on=closes_on, asked=asked, by=ana, on=today
        )

    return open_one


@pytest.fixture
def wave(opened):
    return opened()


@pytest.fixture
def send(today):
    """Send answers to a wave, as its page does."""

    def send_one(wave, times=1, **given):
        for _ in range(times):
            actions.send_answers(wave=wave, form_id=uuid.uuid4(), given=given, on=today)

    return send_one
