"""Answering a survey without signing in: page by page, once, and without a trace of who it was."""

import io
import logging
import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pghistory.models import Context

from leeway.insight.pages import actions
from leeway.insight.pages.models import Response, Wave
from leeway.insight.pages.views.survey import SENT_A_MINUTE_MAX

pytestmark = pytest.mark.django_db
ALL = {"a-job": "assessor", "a-plans_budgets": "yes", "a-time_to_plan": "2", "a-benefits_people": "unsure"}
HOW_MANY = "“Of the last ten people you planned a budget with, how many chose a direct payment?”"
ONE_CHANGE = "“What one change would make personal budgets work better?”"


@pytest.fixture
def address(wave):
    cache.clear()
    return reverse("insight:answer", args=[wave.token])


def hidden(page) -> dict[str, str]:
    """What travels in the hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()))


def heading(page) -> str:
    return re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page.content.decode(), re.DOTALL)[1]


def test_the_way_through(client, wave, address, today):
    page = client.get(address)
    assert heading(page) == "What practitioners think of personal budgets"
    page = client.post(address, hidden(page))
    assert heading(page) == "Your work"
    page = client.post(address, hidden(page) | {"a-job": "manager", "a-plans_budgets": "yes"})
    assert heading(page) == "Planning personal budgets"
    page = client.post(address, hidden(page) | {"a-direct_payment_share": "4"})
    assert heading(page) == "What you think"
    page = client.post(address, hidden(page) | {"a-benefits_people": "yes"})
    page = client.post(address, hidden(page) | {"a-one_change": "Fewer forms & <b>more</b> time"})
    text = page.content.decode()
    assert heading(page) == "Check your answers" and "Team manager" in text
    assert "Fewer forms &amp; &lt;b&gt;more&lt;/b&gt; time" in text and not Response.objects.exists()
    page = client.post(address, hidden(page) | {"a-one_change": "Fewer forms", "go": "send"})
    assert page.headers["Location"] == reverse("insight:thanks", args=[wave.token])
    assert "Your answers are in" in client.get(page.headers["Location"]).content.decode()
    kept = Response.objects.get()
    assert (kept.wave, kept.answered_on) == (wave, today)
    assert {code: value for code, value in kept.answers.items() if value is not None} == {
        "job": "manager", "plans_budgets": "yes", "direct_payment_share": 4, "benefits_people": "yes",
        "one_change": "Fewer forms",
    }  # fmt: skip


def test_a_section_that_is_not_for_someone_is_passed_over_and_its_answers_fall_away(client, address):
    page = client.post(address, {"at": "0", "a-plans_budgets": "no", "a-time_to_plan": "5"})
    assert heading(page) == "What you think" and "a-time_to_plan" not in hidden(page)
    page = client.post(address, hidden(page) | {"go": "back"})
    assert heading(page) == "Your work"


def test_change_goes_back_to_the_check_but_for_a_section_that_is_new(client, address):
    page = client.post(address, {"at": "check", "go": "to-0", "a-plans_budgets": "no", "a-job": "other"})
    assert heading(page) == "Your work" and 'value="no" checked' in page.content.decode()
    kept = hidden(page)
    assert heading(client.post(address, kept | {"a-plans_budgets": "no"})) == "Check your answers"
    page = client.post(address, kept | {"a-plans_budgets": "yes"})
    assert heading(page) == "Planning personal budgets"
    assert heading(client.post(address, hidden(page) | {"a-time_to_plan": "1"})) == "Check your answers"


@pytest.mark.parametrize(
    ("at", "given", "sentence"),
    [
        ("0", {"a-job": "king"}, "“What is your job?”: choose one of the answers on this page."),
        (
            "1",
            {"a-plans_budgets": "yes", "a-direct_payment_share": "11"},
            HOW_MANY + ": enter a whole number from 0 to 10.",
        ),
        (
            "1",
            {"a-plans_budgets": "yes", "a-direct_payment_share": "many"},
            HOW_MANY + ": enter a whole number from 0 to 10.",
        ),
        ("3", {"a-one_change": "x" * 1001}, ONE_CHANGE + ": use 1,000 characters or fewer. These are 1,001."),
    ],
)
def test_a_wrong_answer_is_said_first_and_linked(client, address, at, given, sentence):
    text = client.post(address, {"at": at} | given).content.decode()
    code = list(given)[-1]
    assert "There is a problem" in text and f'<a href="#id_{code}">{sentence}</a>' in text and "<title>Error: " in text


@pytest.mark.parametrize(
    "given",
    [{}, {"a-job": "king"}, {"a-one_change": "a\0b"}, {"a-direct_payment_share": "99", "a-plans_budgets": "yes"}],
)
def test_what_was_not_asked_or_cannot_be_is_not_sent(client, address, given):
    page = client.post(address, {"at": "check", "go": "send", "form_id": str(uuid.uuid4())} | given)
    assert page.status_code == 200 and "There is a problem" in page.content.decode()
    assert not Response.objects.exists()


def test_a_form_is_saved_once(client, address):
    sent = ALL | {"at": "check", "go": "send", "form_id": str(uuid.uuid4())}
    assert client.post(address, sent).status_code == 302
    again = client.post(address, sent | {"a-job": "manager"})
    assert "were sent a moment ago" in again.content.decode()
    assert Response.objects.get().answers["job"] == "assessor"


def test_nothing_ties_an_answer_to_who_gave_it(client, bea, address):
    """Even where the one who answers is signed in on the same machine."""
    client.force_login(bea)
    contexts = Context.objects.count()
    page = client.get(address)
    assert "Bea" not in page.content.decode()
    before = {session.pk: session.get_decoded() for session in Session.objects.all()}
    client.post(address, ALL | {"at": "check", "go": "send", "form_id": hidden(page)["form_id"]})
    columns = {field.name for field in Response._meta.get_fields()}
    assert columns == {"id", "wave", "answered_on", "answers"}
    assert Context.objects.count() == contexts, "the history keeps who wrote a row"
    after = {session.pk: session.get_decoded() for session in Session.objects.all()}
    assert {key: set(value) - {"seen_at", "signed_in_at"} for key, value in after.items()} == {
        key: set(value) - {"seen_at", "signed_in_at"} for key, value in before.items()
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM leeway_cache")
        assert not any("127.0.0.1" in key for (key,) in cursor.fetchall())


def test_no_cookie_is_set(client, address):
    page = client.post(address, hidden(client.get(address)))
    client.post(address, ALL | {"at": "check", "go": "send", "form_id": hidden(page)["form_id"]})
    assert not client.cookies and Response.objects.count() == 1


def test_the_log_says_nothing_of_the_answers(client, address):
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        client.post(address, ALL | {"at": "check", "go": "send", "a-one_change": "zebra", "a-job": "king"})
        client.post(address, ALL | {"at": "check", "go": "send", "a-one_change": "zebra"})
        logging.getLogger("leeway").warning("or this test proves nothing")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert "proves nothing" in written.getvalue() and "zebra" not in written.getvalue()


def test_one_network_cannot_flood_a_survey(client, address):
    for _ in range(SENT_A_MINUTE_MAX):
        assert client.post(address, ALL | {"at": "check", "go": "send"}).status_code == 302
    page = client.post(address, ALL | {"at": "check", "go": "send"})
    assert page.status_code == 429 and "Wait a minute" in page.content.decode()
    assert hidden(page)["a-job"] == "assessor", "what was answered is not lost"
    assert Response.objects.count() == SENT_A_MINUTE_MAX


def test_before_after_and_closed(client, wave, address, today, ana):
    with pytest.raises(actions.NotOpen):
        actions.send_answers(
            wave=wave, form_id=uuid.uuid4(), given={"job": "other"}, on=wave.closes_on + timedelta(days=1)
        )
    with pytest.raises(actions.NotOpen):
        actions.send_answers(wave=wave, form_id=uuid.uuid4(), given={"job": "other"}, on=today - timedelta(days=1))
    actions.send_answers(wave=wave, form_id=uuid.uuid4(), given={"job": "other"}, on=wave.closes_on)
    actions.close_wave(wave=wave, by=ana, on=today)
    assert "This survey is closed" in client.get(address).content.decode()
    assert "This survey is closed" in client.post(address, ALL | {"at": "check", "go": "send"}).content.decode()
    assert Response.objects.count() == 1


def test_a_wave_that_is_yet_to_open_says_when(client, ana, today):
    tomorrow = today + timedelta(days=1)
    wave = actions.open_wave(
        questionnaire_code="practitioner", name="Soon", opens_on=tomorrow, closes_on=tomorrow, by=ana, on=today
    )
    assert "not open yet" in client.get(reverse("insight:answer", args=[wave.token])).content.decode()


def test_an_address_that_is_no_waves_is_not_found(client, db):
    assert client.get(reverse("insight:answer", args=["nothing"])).status_code == 404
    assert client.get(reverse("insight:thanks", args=["nothing"])).status_code == 404
    assert client.get("/survey/%00/").status_code == 404


@pytest.mark.parametrize("at", ["", "99", "-1", "²", "check"])
def test_a_page_that_was_tampered_with_leads_back_to_the_questions(client, address, at):
    assert client.post(address, {"at": at, "go": "to-77", "form_id": "x"}).status_code in (200, 302)
    assert not Response.objects.exists()


def test_answers_and_waves_are_kept_as_they_were(wave, send):
    send(wave, job="other")
    for change in [
        lambda: Response.objects.update(answers={}),
        lambda: Response.objects.all().delete(),
        lambda: Wave.objects.update(definition={}),
        lambda: Wave.objects.filter(pk=wave.pk).update(closes_on=wave.opens_on),
    ]:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Response.objects.get().answers["job"] == "other"
