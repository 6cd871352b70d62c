"""Whether every guard of the database stands: what the models name is there, awake, and as they have it."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

AWAKE = """
    SELECT tgrelid::regclass::text, tgname, COALESCE(obj_description(t.oid, 'pg_trigger'), ''), p.prosrc
      FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
ASLEEP = """
    SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgisinternal AND tgenabled NOT IN ('O', 'A')
"""
HELD = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE convalidated AND conrelid <> 0
     UNION ALL SELECT indrelid::regclass::text, relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indisunique AND indisvalid
"""
BODY = re.compile(
    r"CREATE OR REPLACE FUNCTION pgtrigger_\S{1,80}\(\)\s{1,80}RETURNS TRIGGER AS \$\$([^$]{0,90000})\$\$"
)


def findings() -> Iterator[str]:
    """Guards that were taken away, put to sleep or exchanged, a sentence each; nothing where all stand."""
    with connection.cursor() as cursor:
        cursor.execute(AWAKE)
        triggers = {(table, name): (of, body) for table, name, of, body in cursor}
        cursor.execute(HELD)
        held = set(cursor.fetchall())
        cursor.execute(ASLEEP)
        for (table,) in cursor.fetchall():
            yield f"Guards: the keys of table {table} are asleep."
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("leeway."):
            continue
        table = model._meta.db_table
        for name, expected in _triggers(model):
            if triggers.get((table, name)) != expected:
                yield f"Guards: “{name}” of table {table} is gone, asleep, or not what it was."
        for constraint in model._meta.constraints:
            if (table, constraint.name) not in held:
                yield f"Guards: “{constraint.name}” of table {table} is gone, or was never asked of its rows."


def _triggers(model: type[models.Model]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The triggers of a model: the name of each in the database, and the digest and body that it has there."""
    for trigger in getattr(model._meta, "triggers", []):
        compiled = trigger.compile(model)
        found = BODY.search(compiled.install_sql)
        assert found, f"{trigger.name} is not written as expected"
        yield trigger.get_pgid(model), (compiled.hash, found.group(1))
