"""Eight themes answered beside Leeway's own figures, and a risk register that nothing fills by itself."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from leeway.access.roles import Role
from leeway.insight.themes import queries
from leeway.insight.themes.actions import answer_theme, keep_risk
from leeway.insight.themes.models import Answer, RiskEntry
from leeway.refusal import NotAllowed, Refusal
from tests.insight.pages.conftest import user
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db
WORDS = "We look at each pooled line by person every quarter."


@pytest.fixture
def answered(ana, today):
    return lambda seen=0, by=ana, **changes: answer_theme(
        **({"theme": "pooled", "answer": WORDS, "will_do": "", "owner": "The director"} | changes),
        seen=seen, by=by, on=today,
    )  # fmt: skip


@pytest.fixture
def entered(ana, today):
    said = {
        "risk": None, "name": "The grant ends", "cause": "It was given for two years.",
        "effect": "The council pays from then on.", "likelihood": 4, "impact": 4, "held_by": "Nothing yet, we look.",
        "owner": "The director", "review_on": today + timedelta(days=90), "why": "", "closed": False,
    }  # fmt: skip
    return lambda seen=0, by=ana, **changes: keep_risk(**(said | changes), seen=seen, by=by, on=today)


def test_there_are_eight_and_none_is_good_by_itself(client, ana, today, django_assert_max_num_queries):
    assert len(queries.themes()) == 8
    client.force_login(ana)
    with django_assert_max_num_queries(25):
        page = told(client.get(reverse("themes:home")))
    assert page.count("Not answered yet.") == 8
    assert all(f"Not measured yet: {theme.not_measured[0][1:5]}"[:18] in page for theme in queries.themes().values())
    assert "The report itself and its questions were not seen" in page
    assert "From: Payments" in page, "a figure says where it is from"


def test_what_was_answered_before_stays(answered, client, ana, today):
    answered()
    answered(seen=1, answer="From this year on the partner signs each quarter.")
    page = told_at(client, ana, "themes:home")
    assert WORDS in page and "the partner signs" in page and f"{today:%-d %B %Y} by Ana" in page
    with pytest.raises(Refusal, match="meanwhile"):
        answered(seen=1)
    with pytest.raises(Refusal, match="from what that is known"):
        answered(seen=2, answer="ok")


@pytest.mark.parametrize("statement", ["UPDATE themes_answer SET answer = 'x'", "DELETE FROM themes_riskentry"])
def test_the_database_refuses_to_rewrite_what_was_said(answered, entered, statement):
    answered(), entered()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_risk_is_weighed_anew_and_closed_with_its_history(entered, client, ana, today):
    first = entered()
    assert (first.weight, first.level) == (16, "High")
    with pytest.raises(Refusal, match="what changed"):
        entered(seen=1, risk=first.risk, likelihood=2)
    entered(seen=1, risk=first.risk, likelihood=2, why="The grant goes on for a year.", closed=True)
    [stands] = queries.risks(seen_by=ana)
    assert (stands.weight, stands.closed) == (8, True)
    page = told_at(client, ana, "themes:risk", first.risk)
    assert "4 × 4 = 16" in page and "The grant goes on for a year." in page
    with pytest.raises(Refusal, match="meanwhile"):
        entered(seen=1, risk=first.risk, why="Another look at it.")
    with pytest.raises(Refusal, match="a day to come"):
        entered(review_on=today)


def test_figures_suggest_risks_and_enter_none(client, ana, today, monkeypatch):
    monkeypatch.setattr(queries, "_overdue", lambda _on: 3)
    page = told_at(client, ana, "themes:risks")
    assert "Reviews fall behind" in page and "No risk was entered yet." in page
    assert not RiskEntry.objects.exists()
    assert "Needs that changed are not seen" in told(client.get(reverse("themes:enter"), {"from": "reviews"}))


def test_only_who_may_answers_and_others_read(answered, entered, client, today):
    alone = user("Alex", Role.ADMINISTRATOR)
    for write in (answered, entered):
        with pytest.raises(NotAllowed):
            write(by=alone)
    client.force_login(alone)
    assert client.get(reverse("themes:home")).status_code == 200
    assert client.get(reverse("themes:answer", args=["pooled"])).status_code == 403
    client.force_login(user("Bea Else", Role.ASSESSOR))
    assert client.get(reverse("themes:home")).status_code == 403


def test_the_pages_keep_what_is_typed_and_the_files_tell_it(client, cole, answered, entered):
    client.force_login(cole)
    wrong = client.post(reverse("themes:answer", args=["budget"]), {"answer": WORDS, "owner": "", "seen": "0"})
    assert "Say who answers for it." in told(wrong) and WORDS in told(wrong)
    sent = {"answer": WORDS, "owner": "The finance manager", "will_do": "", "seen": "0"}
    assert client.post(reverse("themes:answer", args=["budget"]), sent).status_code == 302
    assert Answer.objects.get().answered_by == cole
    entered()
    lines = list(csv.DictReader(io.StringIO(client.get(reverse("themes:answers_csv")).content.decode())))
    assert [line["Owner"] for line in lines if line["Answer"] == WORDS] == ["The finance manager"]
    assert len(lines) == 8
    [line] = csv.DictReader(io.StringIO(client.get(reverse("themes:risks_csv")).content.decode()))
    assert (line["Risk"], line["Weight"], line["Stands"]) == ("The grant ends", "16", "Open")


def told_at(client, who, name, *args):
    client.force_login(who)
    return told(client.get(reverse(name, args=args)))
