"""What was committed, taken back row by row: what costs much to make is made once and played with again and again.

Each table notes what is written to it, whoever writes it, as long as the tests of a module last. What a guard or an
event of ours writes beside it is noted as well, and what was rolled back is not.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import psycopg
from django.db import connection

from tests.servers import database_url

#: A row is found again by all that it says: it has a key of its own, so no other says the same.
NOTED = """
    CREATE UNLOGGED TABLE tests_noted (id bigserial PRIMARY KEY, of regclass, before text, after text);

    CREATE FUNCTION tests_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO tests_noted (of, before, after) VALUES (TG_RELID, OLD::text, NEW::text);
        RETURN NULL;
    END $$;

    CREATE FUNCTION tests_undo(since bigint) RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
    DECLARE
        noted tests_noted;
        names text;
        found bigint := 1;
    BEGIN
        FOR noted IN SELECT * FROM tests_noted WHERE id > since ORDER BY id DESC LOOP
            IF noted.after IS NOT NULL THEN
                EXECUTE format('DELETE FROM %s AS written WHERE written::text = $1', noted.of) USING noted.after;
                GET DIAGNOSTICS found = ROW_COUNT;
            END IF;
            IF found <> 1 THEN
                RAISE 'Of % there are % in %', noted.after, found, noted.of;
            END IF;
            IF noted.before IS NOT NULL THEN
                SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
                 WHERE attrelid = noted.of AND attnum > 0 AND attgenerated = '' AND NOT attisdropped;
                EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM (SELECT ($1::%s).*) AS stood',
                               noted.of, names, names, noted.of) USING noted.before;
            END IF;
        END LOOP;
        DELETE FROM tests_noted WHERE id > since;
    END $$;
"""
NOTES = 'CREATE TRIGGER tests_note AFTER INSERT OR UPDATE OR DELETE ON "{}" FOR EACH ROW EXECUTE FUNCTION tests_note();'
NO_MORE = "DROP FUNCTION tests_note CASCADE; DROP FUNCTION tests_undo; DROP TABLE tests_noted;"


@contextmanager
def noting() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Have every table note what is written to it. Gives what takes back, afterwards, what is committed meanwhile.

    By a connection of its own: where guards were set aside once, every question is planned anew.
    """
    with psycopg.connect(database_url(), autocommit=True) as aside:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        aside.execute(NOTED + "".join(map(NOTES.format, tables)))
        try:
            yield partial(undone, aside)
        finally:
            aside.execute(NO_MORE)


@contextmanager
def undone(aside: psycopg.Connection) -> Iterator[None]:
    [since] = aside.execute("SELECT coalesce(max(id), 0) FROM tests_noted").fetchone()
    yield
    aside.execute("SELECT tests_undo(%s)", [since])
