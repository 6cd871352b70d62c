"""What the database itself guards: records kept as they were, and rows that must not overlap."""

from collections.abc import Callable, Sequence

import pghistory
import pgtrigger
from django.contrib.postgres.fields import DecimalRangeField
from django.db import models
from django.db.models import Func, TextField
from django.db.models.functions import Cast

CHANGED = pgtrigger.Update | pgtrigger.Delete
type Guards = list[pgtrigger.Trigger]


def never_emptied() -> Guards:
    """Refuse TRUNCATE, of this table or of one whose emptying would empty this one too. Every guard below brings it."""
    return [
        pgtrigger.Trigger(
            name="never_emptied",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;",
        )
    ]


def kept(name: str) -> Guards:
    """Refuse every change and deletion of a row."""
    return [pgtrigger.Protect(name=name, operation=CHANGED), *never_emptied()]


def never_deleted(name: str) -> Guards:
    """Refuse a row's deletion, and let it be changed."""
    return [pgtrigger.Protect(name=name, operation=pgtrigger.Delete), *never_emptied()]


def kept_but(name: str, *fields: str) -> Guards:
    """Refuse a row's deletion, and every change of it but of these fields."""
    return [*never_deleted(name), pgtrigger.ReadOnly(name=f"{name}_but", exclude=list(fields))]


def kept_once(name: str, done: str) -> Guards:
    """Refuse a change or deletion of a row once the named field is filled in."""
    finished = pgtrigger.Q(**{f"old__{done}__isnull": False})
    return [pgtrigger.Protect(name=name, operation=CHANGED, condition=finished), *never_emptied()]


def kept_with(name: str, *, table: str, key: str, done: str) -> Guards:
    """Refuse a change or deletion of a row once the row it belongs to is `done` (an SQL condition on that table)."""
    guard = pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=CHANGED,
        func=f"""
            IF EXISTS (SELECT 1 FROM {table} WHERE id = OLD.{key} AND {done}) THEN
                RAISE EXCEPTION 'This is part of a finished record, which is kept as it was.';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )
    return [guard, *never_emptied()]


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[type[models.Model]], type[models.Model]]:
    """Keep every version of a row, by trigger, in a history that is never changed, deleted or emptied."""
    return pghistory.track(exclude=list(exclude), append_only=False, meta={"triggers": kept("append_only")})


class SameValues(Func):
    """The values of some fields as one point on a line, so that `&&` in an exclusion constraint asks if all are equal.

    PostgreSQL compares plain values in such a constraint only with an extension, and the embedded one has none; ranges
    it compares by itself. The point is the number that the values' text is when its bytes are read as digits: exact.
    """

    output_field = DecimalRangeField()
    template = "numrange(%(point)s, %(point)s, '[]')"
    point = "('0x' || encode((%(expressions)s)::bytea, 'hex'))::numeric"
    arg_joiner = " || ' ' || "

    def __init__(self, *fields: str):
        super().__init__(*(Cast(field, TextField()) for field in fields))

    def as_sql(self, compiler, connection, **context):
        """Write the point once for each end of the range."""
        point, params = super().as_sql(compiler, connection, template=self.point, **context)
        return self.template % {"point": point}, [*params, *params]
