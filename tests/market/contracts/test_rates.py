"""Dated prices: in force on a day, never guessed, never overwritten, and never two at a time."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg.errors import ExclusionViolation

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.market.contracts.actions import end_rate, record_rate
from leeway.market.contracts.models import Rate, RateKind
from leeway.market.contracts.presenters import change_in_words, price_in_words
from leeway.market.contracts.queries import NoRate, changes, listed_prices, matching_rate, prices_of, rate_on, rates_on
from leeway.market.listings.actions import list_service
from leeway.market.listings.models import Kind, Service
from leeway.market.units import Unit
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import version_of
from tests.market.contracts.conftest import APRIL, NOW
from tests.races import at_once

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def record(service, pence, starts_on, *, by, on=NOW, unit="hour", **more):
    return record_rate(service=service, pence=pence, unit=unit, starts_on=starts_on, by=by, on=on, **more)


def test_the_day_before_the_first_is_an_error_not_a_guess(club, bea):
    record(club, 18_00, NOW, by=bea)
    with pytest.raises(NoRate, match="No price of Quay Chess for one hour is recorded for 22 November 2026"):
        rate_on(club, unit="hour", on=NOW - DAY)
    assert rate_on(club, unit="hour", on=NOW).pence == rate_on(club, unit="hour", on=NOW + DAY).pence == 18_00
    assert rates_on([club], NOW - DAY) == {club.pk: []}
    for unit, kind in (("night", RateKind.LISTED), ("hour", RateKind.BLOCK)):
        with pytest.raises(NoRate):
            rate_on(club, unit=unit, kind=kind, on=NOW)


def test_a_rise_to_come_ends_the_price_of_today_the_day_before(club, bea):
    old = record(club, 18_00, NOW, by=bea)
    record(club, 19_20, APRIL, by=bea)
    assert [rate_on(club, unit="hour", on=day).pence for day in (APRIL - DAY, APRIL, APRIL + DAY)] == [1800, 1920, 1920]
    old.refresh_from_db()
    assert (old.pence, old.starts_on, old.ends_on) == (18_00, NOW, APRIL - DAY)


def test_a_price_sooner_than_one_to_come_takes_its_place_and_both_are_kept(club, bea):
    record(club, 18_00, NOW, by=bea)
    record(club, 19_20, APRIL, by=bea)
    record(club, 18_50, date(2027, 2, 1), by=bea)
    assert [rate_on(club, unit="hour", on=day).pence for day in (NOW, date(2027, 1, 31), date(2027, 2, 1), APRIL)] == [
        1800, 1800, 1850, 1850,
    ]  # fmt: skip
    known = prices_of(club, NOW)
    assert [rate.pence for rate in known.now] == [1800]
    assert [rate.pence for rate in known.coming] == [1850]
    assert [(rate.pence, rate.never_held) for rate in known.before] == [(1920, True)]


def test_a_slip_of_today_is_put_right_and_still_on_record(club, bea):
    record(club, 180_00, NOW - 30 * DAY, by=bea)
    record(club, 18_00, NOW - 30 * DAY, by=bea)
    assert rate_on(club, unit="hour", on=NOW).pence == rate_on(club, unit="hour", on=NOW - 30 * DAY).pence == 18_00
    assert Rate.objects.count() == 2


def test_days_that_are_over_keep_their_price(club, bea):
    record(club, 18_00, date(2026, 4, 1), by=bea, on=date(2026, 4, 1))
    for day in (date(2026, 4, 1), NOW - DAY, date(2025, 1, 1)):
        with pytest.raises(Refusal, match=f"A price is recorded for {day:%-d %B %Y} already") as caught:
            record(club, 19_20, day, by=bea)
        assert caught.value.field == "starts_on"
    record(club, 19_20, NOW, by=bea)
    assert rate_on(club, unit="hour", on=NOW - DAY).pence == 18_00


def test_days_without_a_price_may_still_get_one(club, bea):
    record(club, 18_00, date(2026, 4, 1), by=bea, on=date(2026, 4, 1))
    end_rate(
        rate=Rate.objects.get(),
        version=version_of(Rate.objects.get()),
        ends_on=date(2026, 5, 31),
        by=bea,
        on=date(2026, 5, 1),
    )
    record(club, 19_20, date(2026, 9, 1), by=bea)
    assert rate_on(club, unit="hour", on=date(2026, 9, 1)).pence == 19_20
    with pytest.raises(NoRate):
        rate_on(club, unit="hour", on=date(2026, 6, 1))


def test_other_units_and_kinds_stand_beside_it_listed_first(club, bea):
    record(club, 90_00, NOW, by=bea, unit="night")
    record(club, 17_00, NOW, by=bea, kind=RateKind.FRAMEWORK)
    record(club, 18_00, NOW, by=bea)
    assert [(r.kind, r.unit) for r in rates_on([club], NOW)[club.pk]] == [
        ("listed", "hour"), ("listed", "night"), ("framework", "hour"),
    ]  # fmt: skip
    assert [rate.pence for rate in listed_prices([club], NOW)[club.pk]] == [18_00, 90_00]
    assert matching_rate(club, unit="hour", pence=17_00, on=NOW).kind == "framework"
    assert matching_rate(club, unit="hour", pence=17_01, on=NOW) is None
    assert matching_rate(club, unit="hour", pence=17_00, on=NOW - DAY) is None


@pytest.mark.parametrize(
    ("wrong", "sentence", "field"),
    [
        ({"pence": -1}, "below nothing", "pence"),
        ({"unit": "fathom"}, "Say what the price buys: hour, day", "unit"),
        ({"kind": "gift"}, "what kind of price", "kind"),
        ({"note": "n" * 121}, "room for 120 characters", "note"),
        ({"starts_on": date(2072, 4, 1)}, "Check the year", "starts_on"),
    ],
)
def test_what_makes_no_sense_is_refused(club, bea, wrong, sentence, field):
    told = {"service": club, "pence": 1, "unit": "hour", "starts_on": NOW, "by": bea, "on": NOW} | wrong
    with pytest.raises(Refusal, match=sentence) as caught:
        record_rate(**told)
    assert caught.value.field == field
    assert not Rate.objects.exists()


def test_who_may(club, cyril, finn, bea):
    for refused in (cyril, finn):
        with pytest.raises(NotAllowed):
            record(club, 18_00, NOW, by=refused)
    rate = record(club, 18_00, NOW, by=bea)
    with pytest.raises(NotAllowed):
        end_rate(rate=rate, version=version_of(rate), ends_on=NOW, by=cyril, on=NOW)


def test_an_end_may_come_sooner_and_never_later(club, bea):
    rate = record(club, 18_00, NOW, by=bea)
    end_rate(rate=rate, version=version_of(rate), ends_on=APRIL, by=bea, on=NOW)
    end_rate(rate=rate, version=version_of(rate), ends_on=NOW, by=bea, on=NOW)
    with pytest.raises(Refusal, match="ends on 23 November 2026 already"):
        end_rate(rate=rate, version=version_of(rate), ends_on=APRIL, by=bea, on=NOW)
    with pytest.raises(Refusal, match="days that are over"):
        end_rate(rate=rate, version=version_of(rate), ends_on=NOW - 2 * DAY, by=bea, on=NOW)
    coming = record(club, 18_00, APRIL, by=bea)
    assert end_rate(rate=coming, version=version_of(coming), ends_on=NOW, by=bea, on=NOW).never_held


@pytest.mark.parametrize(
    "change",
    [
        {"pence": 1}, {"unit": "day"}, {"kind": "block"}, {"starts_on": NOW - DAY}, {"note": "x"},
        {"recorded_on": APRIL}, {"recorded_by": None}, {"ends_on": None}, {"ends_on": APRIL + DAY},
    ],
)  # fmt: skip
def test_the_database_keeps_a_rate_as_it_was(club, bea, change):
    rate = record(club, 18_00, NOW, by=bea)
    Rate.objects.filter(pk=rate.pk).update(ends_on=APRIL)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Rate.objects.filter(pk=rate.pk).update(**change)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Rate.objects.filter(pk=rate.pk).delete()
    Rate.objects.filter(pk=rate.pk).update(ends_on=NOW)


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        ({}, True),
        ({"starts_on": APRIL}, True),
        ({"starts_on": APRIL + DAY}, False),
        ({"starts_on": NOW - 9 * DAY, "ends_on": NOW}, True),
        ({"starts_on": NOW - 9 * DAY, "ends_on": NOW - DAY}, False),
        ({"starts_on": NOW + DAY, "ends_on": NOW}, False),
        ({"unit": "night"}, False),
        ({"kind": "block"}, False),
    ],
)
def test_the_database_refuses_two_at_a_time(club, other, clash):
    told = {"service": club, "pence": 1, "unit": "hour", "recorded_on": NOW, "starts_on": NOW}
    Rate.objects.create(**told | {"ends_on": APRIL})
    if not clash:
        Rate.objects.create(**told | other)
        return
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Rate.objects.create(**told | other)
    assert isinstance(caught.value.__cause__, ExclusionViolation)


def test_another_service_may_cost_the_same_on_the_same_days(club, bea):
    other = list_service(name="Quay Draughts", provider_name="Quay Chess", kind=Kind.COMMUNITY, by=bea, on=NOW)
    for service in (club, other):
        Rate.objects.create(service=service, pence=1, unit="hour", recorded_on=NOW, starts_on=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("through", ["action", "table"])
def test_two_officers_at_the_same_moment_never_leave_two_prices(through, bea):
    """By the action one waits for the other; past it, the database refuses the second."""
    club = list_service(name="Quay Chess", provider_name="Quay Chess", kind=Kind.COMMUNITY, by=bea, on=NOW)

    def write(pence: int):
        if through == "action":
            return record(club, pence, NOW, by=bea)
        return Rate.objects.create(service=club, pence=pence, unit="hour", recorded_on=NOW, starts_on=NOW)

    first, second = at_once(lambda: write(18_00), lambda: write(19_00))
    assert isinstance(first, Rate)
    if through == "action":
        assert isinstance(second, Rate)
    else:
        assert isinstance(second.__cause__, ExclusionViolation)
    assert sum(not rate.never_held for rate in Rate.objects.all()) == 1


def test_what_became_of_a_price(club, bea, django_assert_num_queries):
    rate = record(club, 18_00, NOW, by=bea)
    assert changes([rate], NOW) == {}

    def change(on=NOW):
        rate.refresh_from_db()
        with django_assert_num_queries(1):
            found = changes([rate], on)
        return change_in_words(found[rate.pk]) if found else None

    same = record(club, 18_00, NOW + 9 * DAY, by=bea, note="asked again")
    assert change() is None, "told again, and no other price"
    rise = record(club, 19_20, APRIL, by=bea)
    words = "The price was £18.00 an hour when this was written; it is £19.20 from 1 April 2027."
    assert change(NOW) == change(APRIL - DAY) == change(APRIL) == change(APRIL + DAY) == words
    end_rate(rate=rise, version=version_of(rise), ends_on=NOW, by=bea, on=NOW)
    assert change(NOW) is None, "the rise was taken back; the price told again goes on until its end"
    assert "no later price is recorded" in change(APRIL)
    assert same.pence == 18_00
    slip = record(club, 180_00, APRIL + DAY, by=bea)
    record(club, 20_00, APRIL + DAY, by=bea)
    slip.refresh_from_db()
    told = changes([slip], NOW)[slip.pk]
    assert slip.never_held and told.now.pence == 20_00
    again = record(club, 180_00, APRIL + DAY, by=bea)
    assert changes([slip], NOW) == {}, "the price taken back is recorded anew, whatever it costs until then"
    end_rate(rate=again, version=version_of(again), ends_on=NOW, by=bea, on=NOW)
    assert "taken back, and no other price" in change_in_words(changes([slip], APRIL + 9 * DAY)[slip.pk])


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"unit": "hour", "pence": 18_00}, "£18.00 an hour"),
        ({"unit": "night", "pence": 90_50, "note": "sleeping"}, "£90.50 a night, sleeping"),
        ({"unit": "item", "pence": 5}, "£0.05 an item"),
        ({"unit": "session", "pence": 0, "note": "bring a cake"}, "Free, bring a cake"),
    ],
)
def test_a_price_in_words(facts, words):
    assert price_in_words(Rate(**facts)) == words


STEPS = st.lists(
    st.tuples(
        st.integers(0, 40), st.integers(-20, 400), st.integers(0, 300_00), st.sampled_from(["hour", "night"]),
        st.sampled_from(RateKind.values),
    ),
    max_size=12,
)  # fmt: skip


class RandomPrices(TestCase):
    """However prices are recorded, each day has at most one of a unit and kind, and days that are over keep theirs."""

    @settings(max_examples=40)
    @given(STEPS)
    def test_days_over_keep_their_price_and_the_newest_holds_from_its_day(self, steps):
        bea = User.objects.create(email="bea@council.example", name="Bea", roles=[Role.ASSESSOR])
        club = list_service(name="Chess", provider_name="Chess", kind=Kind.COMMUNITY, by=bea, on=NOW)
        today, starts = NOW, set()
        for wait, ahead, pence, unit, kind in steps:
            today += timedelta(days=wait)
            starts_on = today + timedelta(days=ahead)
            starts.add(starts_on)  # a price can change on these days alone
            days = {day + timedelta(days=near) for day in {today, *starts} for near in (-1, 0, 400)}
            before = {day: price_of(club, unit, kind, day) for day in days}
            try:
                record(club, pence, starts_on, by=bea, on=today, unit=unit, kind=kind)
            except Refusal:
                assert ahead < 0 and {day: price_of(club, unit, kind, day) for day in days} == before
                continue
            after = {day: price_of(club, unit, kind, day) for day in days}
            assert all(after[day] == before[day] for day in days if day < starts_on)
            assert all(after[day] == pence for day in days if day >= starts_on)


def price_of(service: Service, unit: Unit, kind: str, day: date) -> int | None:
    found = [rate.pence for rate in rates_on([service], day)[service.pk] if (rate.unit, rate.kind) == (unit, kind)]
    assert len(found) <= 1
    return found[0] if found else None
