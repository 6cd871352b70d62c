"""Support from before a budget: recorded once, refused where it cannot be, taken back and kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from leeway.care.circumstances.actions import record_earlier_support, take_back_earlier_support
from leeway.care.circumstances.models import EarlierSupport
from leeway.care.people.events import Event
from leeway.refusal import NotAllowed, Refusal
from tests.care.conftest import TODAY

pytestmark = pytest.mark.django_db
BEFORE = {
    "kind": "home_care", "provider": "Sunrise Home Care", "provider_number": "1-101", "units": Decimal("7.5"),
    "unit": "hour", "frequency": "weekly", "unit_cost_pence": 20_00, "starts_on": date(2024, 5, 1), "ends_on": None,
    "told_by": "The old system",
}  # fmt: skip


def record(case, by, **change):
    return record_earlier_support(case=case, **(BEFORE | change), by=by, on=TODAY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "hovercraft"}, "kind"),
        ({"unit": "mile"}, "unit"),
        ({"frequency": "once"}, "frequency"),
        ({"provider": "  "}, "provider"),
        ({"provider_number": "101"}, "provider_number"),
        ({"units": Decimal(0)}, "units"),
        ({"starts_on": TODAY + timedelta(1)}, "starts_on"),
        ({"starts_on": date(1800, 1, 1)}, "starts_on"),
        ({"ends_on": date(2024, 4, 30)}, "ends_on"),
        ({"ends_on": TODAY + timedelta(1)}, "ends_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(case, bea, change, field):
    with pytest.raises(Refusal) as refused:
        record(case, bea, **change)
    assert refused.value.field == field
    assert not EarlierSupport.objects.exists()


def test_it_is_recorded_once_by_somebody_whose_case_it_is(case, bea, cyril):
    with pytest.raises(NotAllowed):
        record(case, cyril)
    support = record(case, bea)
    with pytest.raises(Refusal, match="on record already"):
        record(case, bea)
    record(case, bea, kind="day_support")
    assert case.story.filter(kind=Event.EARLIER_SUPPORT).count() == 2
    assert str(support) == "Home care from Sunrise Home Care, 1 May 2024"


def test_what_is_wrong_is_taken_back_and_kept_and_the_right_one_recorded(client, case, bea, cyril):
    wrong = record(case, bea)
    at = f"/cases/{case.pk}/earlier-support/"
    with pytest.raises(NotAllowed):
        take_back_earlier_support(support=wrong, because="It was seven hours", by=cyril, on=TODAY)
    client.force_login(bea)
    page = client.get(at).content.decode()
    assert "7.5 hours a week, £20" in page and "The budget starts" in page
    assert "Say how we know" in client.post(f"{at}{wrong.pk}/take-back/", {"because": ""}).content.decode()
    answer = client.post(f"{at}{wrong.pk}/take-back/", {"because": "It was seven hours"})
    assert answer.headers["Location"] == at
    assert "Taken back</strong> by Bea Okafor" in client.get(at).content.decode()
    with pytest.raises(Refusal, match="already"):
        take_back_earlier_support(support=wrong, because="It was seven hours", by=bea, on=TODAY)
    record(case, bea)  # the same again is no double now


def test_it_is_recorded_on_its_page(client, case, bea):
    client.force_login(bea)
    at = f"/cases/{case.pk}/earlier-support/"
    assert "Nothing is recorded." in client.get(at).content.decode()
    typed = {name: value for name, value in BEFORE.items() if name not in ("starts_on", "ends_on", "unit_cost_pence")}
    typed |= {"unit_cost_pence": "20", "starts_on_day": "1", "starts_on_month": "5", "starts_on_year": "2024"}
    assert client.post(f"{at}add/", typed).headers["Location"] == at
    support = case.earlier_support.get()
    assert (support.unit_cost_pence, support.starts_on, support.ends_on) == (20_00, date(2024, 5, 1), None)
    assert (
        client.get(f"/cases/{case.pk}/earlier-support/00000000-0000-0000-0000-000000000007/take-back/").status_code
        == 404
    )
