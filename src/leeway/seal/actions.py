"""Sealing what came since the last time, and leaving a tombstone for what was lawfully erased."""

from datetime import date

from django.db import connection, transaction

from leeway.access.models import User
from leeway.seal import heads, queries
from leeway.seal.models import Batch, SealedRow, Tombstone
from leeway.seal.tables import SEALED, Table, digest, is_sealed

ROWS_A_BATCH = 10_000
UNTIL = """
    SELECT least(now(), min(xact_start)) FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@transaction.atomic
def seal_what_is_new() -> int:
    """Seal every row that is not sealed yet, in batches, and say how many. Their heads go out once it is all kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leeway seal'))")
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute(UNTIL)
        until = cursor.fetchone()[0]
        for table in SEALED:
            cursor.execute(_insert(table))
    last = Batch.objects.order_by("-number").first()
    number, head = (last.number, last.head) if last else (0, "")
    keys = SealedRow.objects.filter(pk__gt=last.last if last else 0).order_by("pk").values_list("pk", flat=True)
    new = list(keys)
    columns = {table.name: table.columns for table in SEALED}
    for start in range(0, len(new), ROWS_A_BATCH):
        some = new[start : start + ROWS_A_BATCH]
        number += 1
        batch = Batch(number=number, first=some[0], last=some[-1], until=until, columns=columns)
        batch.head = head = queries.head_of(batch, head)
        batch.save(force_insert=True)
    transaction.on_commit(lambda: heads.write(queries.heads_kept()))
    return len(new)


@transaction.atomic
def leave_tombstone(*, table: str, key: str, reason: str, by: User, on: date) -> Tombstone:
    """Say that a sealed row was lawfully erased, so that nobody looks for it. Its digest stays, without its salt.

    The one way that erasure will go: whatever erases a row leaves its tombstone in the same transaction.
    """
    row = SealedRow.objects.select_for_update().get(table=table, key=key)
    SealedRow.objects.filter(pk=row.pk).update(salt=None)
    return Tombstone.objects.create(row=row, reason=reason, erased_by=by, erased_on=on)


def _insert(table: Table) -> str:
    return f"""
        INSERT INTO seal_sealedrow ("table", key, salt, digest)
        SELECT '{table.name}', kept.{table.key}::text, kept.salt, {digest(table.text(table.columns), "kept.salt")}
          FROM (SELECT gen_random_uuid() AS salt, * FROM "{table.model._meta.db_table}" AS kept
                 WHERE {table.done} AND {is_sealed(table, "NOT EXISTS")}) AS kept
    """
