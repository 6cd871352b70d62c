"""Anybody may read the whole allocation table: each question, each answer's points, and what points cost today."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from leeway.law import law_on
from leeway.law.allocation import table_on
from leeway.site.views import priced_rows

pytestmark = pytest.mark.django_db


def test_nobody_needs_to_sign_in_to_read_all_of_it(client):
    shown = client.get(reverse("allocation_table")).content.decode()
    for kind in ("adult", "carer"):
        table = table_on(law_on(timezone.localdate()), kind)
        assert f"Version {table.version}." in shown
        for question in table.questions:
            assert escape(question.text) in shown
            for answer in question.answers:
                assert f"{escape(answer.label)}: {answer.points} point" in shown


def test_rows_are_in_the_prices_of_the_year():
    table = table_on(law_on(date(2026, 4, 1)))
    assert priced_rows(table)[:2] == [(0, 0), (10, 95_80)]  # £80.50 at 119 per cent is £95.795
