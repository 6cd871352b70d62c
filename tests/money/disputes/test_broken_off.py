"""Recharging, broken off at each statement that writes: nothing of it is left, and done again it is done once."""

import psycopg
import pytest
from django.db import Error, close_old_connections, connection

from leeway.money.disputes import actions
from leeway.money.disputes.models import Recharge
from leeway.money.ledger.models import Transfer
from tests.money.test_broken_off import ended_at
from tests.servers import database_url

from .conftest import ON

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_broken_off_leaves_nothing_and_is_done_afterwards_once(dispute, settle):
    with psycopg.connect(database_url(), autocommit=True) as other:
        point, broken = 1, True
        while broken:
            written, end = ended_at(point, other)
            before = Transfer.objects.count()
            try:
                with connection.execute_wrapper(end):
                    outcome = settle(dispute)
                broken = False
            except Error:
                close_old_connections()
                assert (Recharge.objects.count(), Transfer.objects.count()) == (0, before)
                point += 1
        assert len(written) == point - 1 > 3
        recharged = sum(row.nhs_pence for row in outcome.recharges.all())
        assert recharged > 0 and actions.recharge_what_is_over(on=ON).nhs_pence == 0
