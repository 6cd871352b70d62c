"""The council's own records on a page: for those who may, as they stood on the last day of a month."""

import csv
import io

import pytest
from django.core.cache import cache
from django.urls import reverse

from leeway.access.roles import Role
from leeway.insight.measures.measure import year_to
from leeway.insight.pages import queries
from leeway.insight.pages.forms import month_ends
from leeway.insight.pages.views import own
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


def test_a_council_without_a_case_is_told_what_can_be_told(see):
    page = see()
    assert page.status_code == 200 and "What our own records say" in told(page)


def test_each_finding_has_a_page_with_its_figures(see, monkeypatch, today):
    monkeypatch.setattr(own, "council_records", lambda *_day, **_who: by_chance(5, 200))
    page = see()
    sections = page.context["sections"] if page.context else own.found(month_ends(today)[0], seen_by=None, on=today)
    assert len(sections) > 3
    for section in sections:
        assert section.heading in told(page).replace("&#39;", "'")
        one = told(see(as_at=month_ends(today)[0].isoformat(), part=section.key))
        assert section.heading in one.replace("&#39;", "'") and "Our own records" in one


@pytest.mark.parametrize("words", [{"as_at": "yesterday"}, {"as_at": ""}, {"as_at": "2999-12-31"}])
def test_a_day_that_cannot_be_gets_a_sentence(see, words):
    assert "There is a problem" in told(see(**words)) and "Choose" in told(see(**words))


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
