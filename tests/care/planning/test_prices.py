"""A plan line and the recorded price that it was written with: frozen on the line, and what became of it told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from leeway.care.people.models import Case
from leeway.care.planning import actions
from leeway.care.planning.costs import totals
from leeway.care.planning.models import PlanLine
from leeway.care.planning.queries import plan_in_force, plan_lines, price_changes
from leeway.market.contracts.actions import record_rate
from leeway.market.contracts.models import Rate
from leeway.market.contracts.presenters import change_in_words
from leeway.market.listings.models import Provider, Service
from leeway.refusal import NotAllowed, Refusal
from tests.care.conftest import LINE, TODAY

APRIL = TODAY.replace(year=2027, month=4, day=1)
FROM_DIRECTORY = {"supplier": "", "unit": "hour", "unit_cost_pence": 18_00}


def record(service, pence, starts_on, by, *, on=TODAY, **more) -> Rate:
    return record_rate(service=service, pence=pence, unit="hour", starts_on=starts_on, by=by, on=on, **more)


@pytest.fixture
def service(db):
    provider = Provider.objects.create(name="Harbour Care")
    return Service.objects.create(provider=provider, name="Harbour home care", regulated=True, last_checked_on=TODAY)


@pytest.fixture
def rate(service, bea):
    return record(service, 18_00, TODAY, bea)


@pytest.fixture
def line(draft, service, rate, bea):
    return add(draft, service, bea)


def add(draft, offered, bea, **changes):
    details = LINE | FROM_DIRECTORY | {"service": offered} | changes
    return actions.add_line(plan=draft, version=draft.version, details=details, by=bea, on=TODAY)


def told(line, on=TODAY):
    change = price_changes(plan_lines(line.plan), on).get(line.pk)
    return change_in_words(change) if change else None


def test_a_line_points_to_the_price_it_was_written_with(line, rate):
    assert (line.rate, line.unit_cost_pence) == (rate, 18_00)
    assert told(line) is None


@pytest.mark.parametrize("change", [{"unit_cost_pence": 17_99}, {"unit": "night"}, {"service": None}])
def test_a_price_of_ones_own_points_to_none(draft, service, rate, bea, change):
    assert add(draft, service, bea, **change).rate is None


def test_a_price_that_has_not_begun_is_not_one_of_today(draft, service, bea):
    record(service, 18_00, APRIL, bea)
    assert add(draft, service, bea).rate is None


def test_the_listed_price_where_another_is_the_same(draft, service, bea):
    record(service, 18_00, TODAY, bea, kind="block")
    assert add(draft, service, bea).rate.kind == "block"
    record(service, 18_00, TODAY, bea)
    assert add(draft, service, bea).rate.kind == "listed"


def test_a_rise_leaves_the_plans_price_and_the_plan_says_so(line, service, bea):
    before = totals(plan_lines(line.plan))
    record(service, 19_20, APRIL, bea)
    words = "The price was £18.00 an hour when this was written; it is £19.20 from 1 April 2027."
    assert told(line) == told(line, APRIL) == words
    line.refresh_from_db()
    assert line.unit_cost_pence == 18_00
    assert totals(plan_lines(line.plan)) == before


def test_other_changes_of_a_line_keep_its_price_of_before(line, service, bea):
    record(service, 19_20, TODAY, bea)
    line.refresh_from_db()
    details = LINE | FROM_DIRECTORY | {"service": service, "units": 3}
    changed = actions.change_line(line=line, version=line.plan.version, details=details, by=bea, on=TODAY)
    assert (changed.rate.pence, changed.unit_cost_pence, changed.units) == (18_00, 18_00, 3)
    assert "it is £19.20" in told(line)
    details |= {"unit_cost_pence": 19_20}
    changed = actions.change_line(line=line, version=line.plan.version, details=details, by=bea, on=TODAY)
    assert changed.rate.pence == 19_20 and told(line) is None


def test_a_price_to_come_is_taken_once_support_starts_no_sooner(line, service, bea):
    new = record(service, 19_20, APRIL, bea)
    for starts_on in (None, APRIL - timedelta(days=1)):
        line.plan.starts_on = starts_on
        line.plan.save(update_fields=["starts_on"])
        line.plan.refresh_from_db()
        with pytest.raises(Refusal, match="has changed since you looked"):
            actions.take_new_price(line=line, version=line.plan.version, rate=new, by=bea, on=TODAY)
    line.plan.starts_on = APRIL
    line.plan.save(update_fields=["starts_on"])
    line.plan.refresh_from_db()
    assert actions.take_new_price(line=line, version=line.plan.version, rate=new, by=bea, on=TODAY).rate == new


def test_the_new_price_is_taken_while_the_plan_is_a_draft(line, service, bea, cyril):
    new = record(service, 19_20, TODAY, bea)
    taken = {"line": line, "version": line.plan.version, "rate": new, "on": TODAY}
    with pytest.raises(NotAllowed):
        actions.take_new_price(**taken, by=cyril)
    actions.take_new_price(**taken, by=bea)
    line.refresh_from_db()
    assert (line.rate, line.unit_cost_pence) == (new, 19_20)
    assert told(line) is None


def test_a_price_that_changed_once_more_since_it_was_seen_is_not_taken(line, service, rate, bea):
    seen = record(service, 19_20, APRIL, bea)
    record(service, 21_00, APRIL, bea)
    for other in (seen, rate):
        line.plan.refresh_from_db()
        with pytest.raises(Refusal, match="has changed since you looked"):
            actions.take_new_price(line=line, version=line.plan.version, rate=other, by=bea, on=TODAY)
    line.refresh_from_db()
    assert line.unit_cost_pence == 18_00


def test_a_price_is_not_taken_once_the_plan_is_sent(line, service, bea):
    new = record(service, 19_20, APRIL, bea)
    line.plan.state = "submitted"
    with pytest.raises(Refusal, match="cannot be changed"):
        actions.take_new_price(line=line, version=line.plan.version, rate=new, by=bea, on=TODAY)


def test_an_agreed_plan_keeps_its_price_and_its_copy_begins_with_it(line, submitted, service, bea, mona):
    """Ada agrees a plan with the line in it; the price rises; the plan after it is told."""
    actions.sign_off(
        plan=submitted,
        version=submitted.version,
        final_pence_per_week=365_00,
        reason="Nights too, as the assessment found.",
        by=mona,
        on=TODAY,
    )
    actions.agree(plan=submitted, version=submitted.version, how="At a visit", by=bea, on=TODAY)
    new = record(service, 19_20, TODAY, bea)
    agreed = plan_in_force(submitted.case)
    kept = next(each for each in plan_lines(agreed) if each.service)
    with pytest.raises(Refusal, match="cannot be changed"):
        actions.take_new_price(line=kept, version=agreed.version, rate=new, by=bea, on=TODAY)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        PlanLine.objects.filter(pk=kept.pk).update(unit_cost_pence=19_20)
    assert "it is £19.20 from 23 November 2026" in told(kept)
    Case.objects.filter(pk=agreed.case_id).update(stage="planning")
    copy = actions.start_plan(case=Case.objects.get(pk=agreed.case_id), by=bea, on=TODAY)
    copied = next(each for each in plan_lines(copy) if each.service)
    assert (copied.rate_id, copied.unit_cost_pence) == (kept.rate_id, 18_00)
    actions.take_new_price(line=copied, version=copy.version, rate=new, by=bea, on=TODAY)
    kept.refresh_from_db()
    assert (copied.unit_cost_pence, kept.unit_cost_pence) == (19_20, 18_00)


def test_the_page_says_so_and_the_button_takes_it(client, line, service, bea, mona, django_assert_max_num_queries):
    today = timezone.localdate()
    page = f"/cases/{line.plan.case_id}/plan/"
    client.force_login(bea)
    text = client.get(page).content.decode()
    assert "Price: listed, from 23 November 2026" in text and "The price was" not in text
    soon = max(today, TODAY) + timedelta(days=30)
    new = record(service, 19_20, soon, bea, on=max(today, TODAY))
    sentence = f"The price was £18.00 an hour when this was written; it is £19.20 from {soon:%-d %B %Y}."
    with django_assert_max_num_queries(25):
        text = client.get(page).content.decode()
    assert sentence in text and "Take the new price" not in text, "support may start before"
    line.plan.starts_on = soon
    line.plan.save(update_fields=["starts_on"])
    text = client.get(page).content.decode()
    assert sentence in text and "Take the new price" in text
    address = f"{page}lines/{line.pk}/price/{new.pk}/"
    assert address in text
    other = f"{page}lines/{line.pk}/price/{line.rate_id}/"
    assert client.get(address).status_code == 405
    assert client.post(f"{page}lines/{line.pk}/price/{new.pk + 1}/").status_code == 404
    client.force_login(mona)
    assert sentence in client.get(page).content.decode()
    client.force_login(bea)
    assert "has changed since you looked" in client.post(other, follow=True).content.decode()
    line.refresh_from_db()
    assert line.unit_cost_pence == 18_00
    done = client.post(address, follow=True).content.decode()
    assert "the plan has the new price" in done and sentence not in done
    line.refresh_from_db()
    assert (line.rate, line.unit_cost_pence) == (new, 19_20)
