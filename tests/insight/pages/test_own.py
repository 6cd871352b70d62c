"""The council's own records on a page: for those who may, as they stood on the last day of a month."""

import csv
import io

import pytest
from django.core.cache import cache
from django.urls import reverse

from leeway.access.roles import Role
from leeway.insight.pages import actions, queries
from leeway.insight.pages.forms import month_ends
from leeway.insight.pages.queries import findings_worked_out
from leeway.insight.report.findings import FINDINGS
from leeway.jobs.models import Job
from leeway.period import year_to
from leeway.refusal import NotAllowed
from tests.insight.measures.made import DAY, by_chance
from tests.insight.measures.test_costs import dear_packages
from tests.insight.pages.conftest import user
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afresh():
    """Findings are kept for a while: not from one test to the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def see(client, ana):
    client.force_login(ana)
    return lambda **words: client.get(reverse("insight:own"), words)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.COMMISSIONER, Role.MANAGER])
def test_who_may_see_it(client, role):
    client.force_login(user("Somebody", role))
    allowed = role in {Role.ANALYST, Role.ADMINISTRATOR}
    assert client.get(reverse("insight:own")).status_code == (200 if allowed else 403)


@pytest.fixture
def ask(client, work, see):
    """Have the findings of the last month's end worked out, and follow the link of the job's page."""

    def ask_for(day):
        asked = client.post(reverse("insight:own"), {"as_at": day.isoformat()}, follow=True)
        assert "This waits for its turn." in told(asked)
        work()
        job = Job.objects.get()
        assert job.state == "done", job.error
        assert job.result_address in client.get(reverse("jobs:show", args=[job.pk])).content.decode()
        return client.get(job.result_address)

    return ask_for


def test_a_council_without_a_case_is_told_what_can_be_told(see, ask, ana, today):
    page = see()
    assert page.status_code == 200 and "What our own records say" in told(page)
    assert "not worked out in the last hour" in told(page)
    day = month_ends(today)[0]
    page = told(ask(day))
    assert len(findings_worked_out(day, seen_by=ana)) == FINDINGS
    assert f"As they stood on {day:%-d %B %Y}." in page and "Packages worth a second look" in page


def test_each_finding_has_a_page_with_its_figures(see, ask, monkeypatch, today):
    monkeypatch.setattr(actions, "council_records", lambda *_day, **_who: by_chance(5, 200))
    page, day = ask(month_ends(today)[0]), month_ends(today)[0]
    sections = findings_worked_out(day, seen_by=user("Alex", Role.ADMINISTRATOR))
    assert len(sections) == FINDINGS + 1, "two made-up councils are set beside each other"
    for section in sections:
        assert section.heading in told(page).replace("&#39;", "'")
        one = told(see(as_at=day.isoformat(), part=section.key))
        assert section.heading in one.replace("&#39;", "'") and "Our own records" in one


def test_only_those_who_may_have_them_worked_out_see_what_is_kept(ana, cole, today):
    for refused in (
        lambda: findings_worked_out(today, seen_by=cole),
        lambda: actions.work_out_findings(as_at=month_ends(today)[0], by=cole, on=today),
    ):
        with pytest.raises(NotAllowed):
            refused()


@pytest.mark.parametrize("words", [{"as_at": "yesterday"}, {"as_at": ""}, {"as_at": "2999-12-31"}])
def test_a_day_that_cannot_be_gets_a_sentence(client, see, words):
    for page in (see(**words), client.post(reverse("insight:own"), words)):
        assert "There is a problem" in told(page) and "Choose" in told(page)
    assert not Job.objects.exists()


def test_an_unknown_part_falls_back_to_all(see):
    assert "What our own records say" in told(see(part="<b>nothing"))
    assert b"<b>nothing" not in see(part="<b>nothing").content


def test_packages_worth_a_second_look_are_listed_and_their_people_can_see_it(client, ana, monkeypatch, today):
    looks = []
    monkeypatch.setattr(queries, "council_records", lambda *_day, **_who: dear_packages())
    monkeypatch.setattr(queries, "record_looks", lambda **look: looks.append(look))
    monkeypatch.setattr(queries, "year_to", lambda _day: year_to(DAY))
    client.force_login(ana)
    address, day = reverse("insight:second_look"), month_ends(today)[0].isoformat()
    text = told(client.get(address, {"as_at": day}))
    assert (
        "£1,400.00 a week" in text and "The middle of the 40 alike costs £10.19; 19 in 20 cost £10.37 or less" in text
    )
    assert [(look["viewer"], len(look["person_ids"])) for look in looks] == [(ana, 2)]
    rows = list(csv.DictReader(io.StringIO(client.get(address, {"as_at": day, "file": ""}).content.decode())))
    assert [row["package"] for row in rows] == ["1", "1", "2"] and not {"person", "who"} & set(rows[0])
    assert "Choose" in told(client.get(address, {"as_at": "never"}))


def test_only_an_analyst_sees_packages(client, cole):
    client.force_login(cole)
    assert client.get(reverse("insight:second_look")).status_code == 403
