"""What leaves the server: headers, error pages, and logs without anybody's life in them."""

import io
import logging
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory

from leeway.access.logs import WithoutValues
from leeway.care.people.models import Person
from leeway.site import views


@pytest.fixture
def log():
    """Everything that any logger says, as it would be written."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(WithoutValues())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_search_for_a_name_is_in_no_address_and_no_log(client, bea, case, log):
    client.force_login(bea)
    answer = client.post("/people/", {"words": "Bell"})
    page = client.get(answer.headers["Location"])
    assert "Ada Bell" in page.content.decode(), "or this test proves nothing"
    assert "Bell" not in answer.headers["Location"]
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    client.get("/people/nothing-here/?name=Bell")
    assert "/people/nothing-here/" in log.getvalue(), "or this test proves nothing"
    assert "Bell" not in log.getvalue()


def test_a_fault_is_logged_without_what_the_database_quotes(ada, log):
    try:
        Person.objects.create(
            given_name="Eve", family_name="Fox", date_of_birth="1990-01-01", nhs_number=ada.nhs_number
        )
    except IntegrityError as fault:
        assert ada.nhs_number in str(fault), "or this test proves nothing"
        logging.getLogger("django.request").exception("Internal Server Error: /people/add/")
    assert "IntegrityError" in log.getvalue() and "create" in log.getvalue()
    assert ada.nhs_number not in log.getvalue()


def test_every_page_says_what_may_run_on_it(client, db):
    page = client.get("/account/login/")
    policy = page.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    text = page.content.decode()
    assert nonce and text.count("<script") == text.count(f'nonce="{nonce}"') + text.count('type="application/json"')
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_no_record_is_left_behind_in_a_shared_browser(client, bea, case):
    assert "no-cache" not in client.get("/directory/").headers.get("Cache-Control", "")
    client.force_login(bea)
    assert client.get(f"/cases/{case.pk}/").headers["Cache-Control"] == "private, no-cache"
    assert client.post("/account/logout/").headers["Clear-Site-Data"] == '"cache"'


def test_pages_of_what_cannot_be_shown(client, bea, cyril, case):
    missing = client.get("/nothing/")
    assert missing.status_code == 404 and "There is nothing here" in missing.content.decode()
    client.force_login(cyril)
    assert "Your sign-in is not for this page." in client.get("/people/").content.decode()
    stranger = client.get(f"/cases/{case.pk}/")
    assert stranger.status_code == 404 and "Ada" not in stranger.content.decode()


def test_a_form_without_our_proof_is_sent_back_kindly(bea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bea)
    answer = client.post("/people/", {"words": "Bell", "csrfmiddlewaretoken": "of another day"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "Please send that form again" in page
    assert ">Bell<br>" in page and "of another day" not in page, "what was written is there to be copied"
    assert "Bell" not in Client(enforce_csrf_checks=True).post("/people/", {"words": "Bell"}).content.decode()


def test_what_is_sent_to_a_page_that_is_not_there_any_more_can_be_copied(client, bea):
    client.force_login(bea)
    page = client.post(f"/cases/{uuid4()}/plan/about/", {"about_me": "I sing.", "nhs_number": "1"})
    said = page.content.decode()
    assert page.status_code == 404 and "I sing." in said and ">NHS number</dt>" in said


def test_the_page_of_our_own_fault_needs_nothing_that_may_have_failed():
    page = views.at_fault(RequestFactory().get("/"))
    assert page.status_code == 500 and "It is not your fault" in page.content.decode()
    assert views.not_understood(RequestFactory().get("/"), None).status_code == 400
