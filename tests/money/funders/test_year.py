"""The council's year by named funder: each share of a budget is paid by somebody, and adds back to the penny."""

import csv
from datetime import date
from io import StringIO

from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.figures.queries import books
from leeway.money.funders.models import FunderKind
from tests.conftest import SET_UP_ON
from tests.money.funders.conftest import DAY, LATER, MANAGED, STARTS

OWN, UNNAMED, PEOPLE = "The council’s own money", "The NHS (which body is not named)", "What people pay"
GRANT_ENDS = date(2026, 12, 31)


def by_name(found):
    return {line.name: line.outturn for lines in found.funders.values() for line in lines}


@given(some.integers(-5, 380))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_any_day_what_funders_pay_adds_up_to_each_payer(shared, finn, day):
    found = books(seen_by=finn, on=STARTS + day * DAY)
    for payer in found.payers:
        for part in ("until_today_pence", "if_nothing_changes_pence"):
            named = sum(getattr(line.outturn, part) for line in found.funders[payer.name])
            assert named == getattr(payer.outturn, part)


def test_each_funder_stands_by_its_name_and_what_is_not_shared_by_what_it_is(case, agree, finn, say, funder, council):
    """£100 a week, half of it a fund's that is not means-tested; the person pays £20. Two weeks on: £100, £60, £40."""
    start_budget(plan=agree(case, (MANAGED, 100_00, 0), charge_pence=20_00), by=finn, on=SET_UP_ON)
    fund = funder(FunderKind.LEGACY_FUND, "ILF", name="Independent Living Fund", means_tested=False)
    say(case.budgets.get().plan.lines.get(), (fund, 50_00), (council, 50_00))
    found = by_name(books(seen_by=finn, on=STARTS + 13 * DAY))
    assert {name: one.until_today_pence for name, one in found.items()} == {
        "Independent Living Fund (ILF)": 100_00, OWN: 60_00, PEOPLE: 40_00,
    }  # fmt: skip


def test_the_nhs_stands_as_not_named_until_a_body_is(started, joint, say, icb, council, finn):
    say(joint, (icb, 50_00), (council, 50_00), starts_on=LATER)
    before = by_name(books(seen_by=finn, on=LATER - DAY))
    assert before["NHS Fairbourne (QF1)"].until_today_pence == 0 < before[UNNAMED].until_today_pence
    after = by_name(books(seen_by=finn, on=LATER + 6 * DAY))
    assert after["NHS Fairbourne (QF1)"].until_today_pence == 200_00
    assert after[UNNAMED].until_today_pence == before[UNNAMED].until_today_pence


def test_what_a_grant_is_expected_to_pay_ends_with_its_last_day_and_the_council_takes_it_over(
    started, joint, say, icb, funder, finn
):
    """Nothing changed for seven months, so what is expected is what is known: to a penny a month and part."""
    grant = funder(FunderKind.GRANT, "G9", name="Winter grant", ends_on=GRANT_ENDS)
    say(joint, (icb, 50_00), (grant, 50_00), starts_on=STARTS)
    found = by_name(books(seen_by=finn, on=date(2026, 11, 20)))
    for one in found.values():
        assert abs(one.expected_pence - one.if_nothing_changes_pence) < 20
    assert (
        found["Winter grant (G9)"].high_pence < books(seen_by=finn, on=GRANT_ENDS).payers[0].outturn.until_today_pence
    )


def test_after_an_end_nobody_pays_more(shared, case, finn):
    end_budget(
        cover="Her family, from then on",
        budget=case.budgets.get(),
        ends_on=LATER + 3 * DAY,
        reason="Moved away",
        by=finn,
        on=LATER,
    )
    found = by_name(books(seen_by=finn, on=LATER + 30 * DAY))
    assert all(one.until_today_pence == one.if_nothing_changes_pence for one in found.values())


def test_the_page_and_the_file_name_each_funder(client, started, joint, say, icb, council, finn, monkeypatch,
                                                django_assert_max_num_queries):  # fmt: skip
    say(joint, (icb, 50_00), (council, 50_00), starts_on=STARTS)
    monkeypatch.setattr("leeway.money.figures.views.timezone.localdate", lambda: LATER)
    client.force_login(finn)
    with django_assert_max_num_queries(25):
        page = client.get(reverse("figures:home")).content.decode()
    assert "NHS Fairbourne (QF1)" in page and "The NHS’s share, by who pays it" in page
    rows = list(csv.DictReader(StringIO(client.get(reverse("figures:year_csv")).content.decode("utf-8-sig"))))
    by = {(row["By"], row["Of"]): row["Until today"] for row in rows}
    assert by["funder: The NHS", "NHS Fairbourne (QF1)"] == by["payer", "The NHS"]
