"""Pension age at the edges of the table of the Pensions Acts."""

from datetime import date

import pytest

from leeway.law.pension_age import has_reached_pension_age, reaches_pension_age_on

EDGES = [
    (date(1950, 4, 5), date(2010, 4, 5)),
    (date(1950, 4, 6), date(2010, 5, 6)),
    (date(1950, 5, 6), date(2010, 7, 6)),
    (date(1953, 4, 5), date(2016, 3, 6)),
    (date(1953, 4, 6), date(2016, 7, 6)),
    (date(1953, 12, 5), date(2018, 11, 6)),
    (date(1953, 12, 6), date(2019, 3, 6)),
    (date(1954, 1, 6), date(2019, 5, 6)),
    (date(1954, 10, 5), date(2020, 9, 6)),
    (date(1954, 10, 6), date(2020, 10, 6)),
    (date(1960, 4, 5), date(2026, 4, 5)),
    (date(1960, 4, 6), date(2026, 5, 6)),
    (date(1960, 7, 31), date(2026, 11, 30)),
    (date(1961, 3, 5), date(2028, 2, 5)),
    (date(1961, 3, 6), date(2028, 3, 6)),
]


@pytest.mark.parametrize(("born", "reached"), EDGES)
def test_pension_age_by_date_of_birth(born, reached):
    assert reaches_pension_age_on(born) == reached
    assert has_reached_pension_age(born, reached)
    assert not has_reached_pension_age(born, date.fromordinal(reached.toordinal() - 1))
