"""A small made-up council: the stories, played once for each module of tests that asks, and taken back after it."""

import pytest
from django.db import transaction
from django.utils import timezone

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.market.directory.demo import make_market
from leeway.site.demo import command
from leeway.site.demo.playing import play
from leeway.site.demo.stories import stories


@pytest.fixture(scope="module")  # a package's would outlive the tests of any other package that borrows it
def council(django_db_setup, django_db_blocker):
    """Every story's case by the person's given name, and everyone who signs in by the first part of their email."""
    with django_db_blocker.unblock(), transaction.atomic():
        today = timezone.localdate()
        staff = command.add_staff()[0]
        make_market(1, today)
        cases = [play(script, staff, command.market(), today) for script in stories(today)]
        yield {case.person.given_name: case for case in cases}
        transaction.set_rollback(True)


@pytest.fixture
def case_of(council):
    """The case of a person of the stories, as it stands now."""
    return lambda name: Case.objects.select_related("person").get(pk=council[name].pk)


@pytest.fixture
def sign_in(council, client):
    """Sign in as one of those whom the demo names."""

    def as_user(name: str):
        client.force_login(User.objects.get(email=f"{name}@fairbourne.example"))
        client.get("/accessibility/")  # the first page after signing in notes the device
        return client

    return as_user
