"""What the database itself guards: records kept as they were, and rows that must not overlap."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import DecimalRangeField
from django.db import models
from django.db.models import Func, TextChoices, TextField
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


def kept_but(name: str, *fields: str, once: str = "") -> Guards:
    """Refuse a row's deletion, and every change of it but of these fields.

    With `once`, the name of one of them, they are filled in once: from then on no change is let through.
    """
    guards = [*never_deleted(name), pgtrigger.ReadOnly(name=f"{name}_but", exclude=list(fields))]
    if once:
        filled = pgtrigger.Q(**{f"old__{once}__isnull": False})
        guards.append(pgtrigger.Protect(name=f"{name}_once", operation=pgtrigger.Update, condition=filled))
    return guards


def kept_once(name: str, done: str) -> Guards:
    """Refuse a change or deletion of a row once the named field is filled in."""
    finished = pgtrigger.Q(**{f"old__{done}__isnull": False})
    return [pgtrigger.Protect(name=name, operation=CHANGED, condition=finished), *never_emptied()]


def filled_in_once(name: str, field: str) -> pgtrigger.Trigger:
    """Let a field be filled in, and never changed afterwards. It stands beside another guard of the row."""
    old, new = f"old__{field}", pgtrigger.F(f"new__{field}")
    changed = pgtrigger.Q(**{f"{old}__isnull": False}) & pgtrigger.Q(**{f"{old}__df": new})
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=changed)


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


def kept_fields(model: type[models.Model]) -> list[models.Field]:
    """The fields that the guards of a model never let be changed: all of them, or those that one of them names."""
    triggers = getattr(model._meta, "triggers", [])
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    only = [trigger for trigger in triggers if isinstance(trigger, pgtrigger.ReadOnly)]
    if not only:
        return fields if is_kept_whole(model) else []
    named = {name for trigger in only for name in trigger.fields or ()}
    left_out = [set(trigger.exclude) for trigger in only if trigger.exclude]
    return [field for field in fields if field.name in named or any(field.name not in names for names in left_out)]


def is_kept_whole(model: type[models.Model]) -> bool:
    """Whether no row of a model is ever changed or deleted."""
    return any(_stops_every_update(trigger) for trigger in getattr(model._meta, "triggers", []))


def _stops_every_update(trigger: pgtrigger.Trigger) -> bool:
    if type(trigger) is not pgtrigger.Protect or trigger.condition or not trigger.operation:  # ReadOnly is one too
        return False
    return pgtrigger.Update in trigger.operation


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[type[models.Model]], type[models.Model]]:
    """Keep every version of a row, by trigger, in a history that is never changed, deleted or emptied."""
    return pghistory.track(exclude=list(exclude), append_only=False, meta={"triggers": kept("append_only")})


def moves_kept[State: TextChoices](
    name: str, moves: Mapping[State, frozenset[State]], *, begins: Sequence[State]
) -> list[pgtrigger.Trigger]:
    """Refuse a row whose `state` begins elsewhere, and every move that its table does not have."""
    allowed = [(state.value, to.value) for state, after in moves.items() for to in sorted(after)]
    elsewhere = ~pgtrigger.Q(new__state__in=[state.value for state in begins])
    return [
        pgtrigger.FSM(name=name, field="state", transitions=allowed),
        pgtrigger.Protect(name=f"{name}_begin", operation=pgtrigger.Insert, condition=elsewhere),
    ]


def steps_kept[State: TextChoices](
    name: str,
    moves: Mapping[State, frozenset[State]],
    writes: Mapping[State, Collection[str]],
    stays: Mapping[State, Collection[str]],
) -> list[pgtrigger.Trigger]:
    """Refuse a change of anything but what a step writes, once: `writes` has the fields of the step into each state.

    `stays` has those that may be written while a row stays in a state.
    """
    return [_Steps(name=name, operation=pgtrigger.Update, moves=moves, writes=writes, stays=stays)]


class _Steps(pgtrigger.Protect):
    """Refuse a change that is no step of a row's table of states."""

    def __init__(self, *, moves: Any, writes: Any, stays: Any, **options: Any):
        self.moves, self.writes, self.stays = moves, writes, stays
        super().__init__(**options)

    def get_condition(self, model: Any) -> pgtrigger.Condition:
        step = as_steps(model, self.moves, self.writes, self.stays, "OLD", "NEW")
        return pgtrigger.Condition(f"OLD.* IS DISTINCT FROM NEW.* AND NOT ({step})")


def as_steps[State: TextChoices](
    model: type[models.Model],
    moves: Mapping[State, frozenset[State]],
    writes: Mapping[State, Collection[str]],
    stays: Mapping[State, Collection[str]],
    before: str,
    after: str,
) -> str:
    """The SQL that asks of two versions of a row whether one became the other by a step, which wrote its own alone."""
    steps = [([one for one in moves if to in moves[one]], to, written) for to, written in writes.items()]
    steps += [([state], state, written) for state, written in stays.items()]
    allowed = []
    for came_from, to, written in steps:
        fields = [field for field in model._meta.local_concrete_fields if field.name not in {"state", *written}]
        was, is_now = (", ".join(f"{row}.{field.column}" for field in fields) for row in (before, after))
        states = ", ".join(f"'{one.value}'" for one in came_from) or "NULL"
        allowed.append(
            f"{after}.state = '{to.value}' AND {before}.state IN ({states}) AND ({was}) IS NOT DISTINCT FROM ({is_now})"
        )
    return " OR ".join(f"({each})" for each in allowed)


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
