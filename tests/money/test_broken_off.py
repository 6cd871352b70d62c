"""Everything that can be done with money, broken off at each statement that writes: nothing of it is left.

The list is that of `every_action`, which is made from the actions themselves. The connection is ended from outside, as
it is when the process is killed or the database goes away; what a killed process leaves of a run, step by step, is
proved in `payments/test_broken_off.py`.
"""

import psycopg
import pytest
from django.apps import apps
from django.db import Error, close_old_connections, connection

from leeway.access.models import Look
from leeway.money.proving import findings
from leeway.money.statements import actions as statements
from tests.money.every_action import ACTIONS, NAMES, put_aside
from tests.servers import database_url

pytestmark = pytest.mark.django_db(transaction=True)
#: What finds nothing left to do in its world: what it writes is written by `keep_statement`, which calls it.
WRITES_NOTHING = {statements.match_by_itself}
ROOMS = sorted({name.partition(".")[0] for name in NAMES.values()})


@pytest.fixture
def other():
    """Another connection, which is not broken off."""
    with psycopg.connect(database_url(), autocommit=True) as connected:
        yield connected


def rows(other):
    """What stands in every table of ours, as a digest of its rows: who looked is left out."""
    ours = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith("leeway.")]
    digest = "SELECT '{0}', md5(string_agg(row::text, '|' ORDER BY row::text)) FROM \"{0}\" AS row"
    asked = " UNION ALL ".join(digest.format(table) for table in ours if table != Look._meta.db_table)
    return dict(other.execute(asked, prepare=True).fetchall())


def ended_at(point, other):
    """Ends the connection from outside once so many statements have written, and tells how many did."""
    written = []

    def end(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(sql)
            if len(written) == point:
                pid = connection.connection.info.backend_pid
                assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid]).fetchone() == (True,)
        return done

    return written, end


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_broken_off_leaves_nothing_and_is_done_afterwards(room, world, other):
    for action in (each for each in ACTIONS.keys() - WRITES_NOTHING if NAMES[each].startswith(f"{room}.")):
        ours, point, broken = world(*ACTIONS[action].needs), 1, True
        before = rows(other)
        while broken:
            written, end = ended_at(point, other)
            try:
                with connection.execute_wrapper(end):
                    ACTIONS[action].call(ours)
                broken = False
            except Error:
                close_old_connections()
                assert rows(other) == before, f"{NAMES[action]}, broken off after {point}"
                point += 1
        assert len(written) == point - 1 > 0, f"{NAMES[action]} went on after it was broken off"
        assert rows(other) != before, f"{NAMES[action]} did nothing"
        put_aside(ours)
    assert list(findings()) == []
