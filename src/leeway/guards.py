"""Database triggers for records that are drafts first and statutory records afterwards."""

import pgtrigger

CHANGED = pgtrigger.Update | pgtrigger.Delete


def kept(name: str) -> pgtrigger.Trigger:
    """Refuse every change and deletion of a row."""
    return pgtrigger.Protect(name=name, operation=CHANGED)


def kept_but(name: str, *fields: str) -> list[pgtrigger.Trigger]:
    """Refuse a row's deletion, and every change of it but of these fields."""
    return [
        pgtrigger.Protect(name=name, operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name=f"{name}_but", exclude=list(fields)),
    ]


def kept_once(name: str, done: str) -> pgtrigger.Trigger:
    """Refuse a change or deletion of a row once the named field is filled in."""
    return pgtrigger.Protect(name=name, operation=CHANGED, condition=pgtrigger.Q(**{f"old__{done}__isnull": False}))


def kept_with(name: str, *, table: str, key: str, done: str) -> pgtrigger.Trigger:
    """Refuse a change or deletion of a row once the row it belongs to is `done` (an SQL condition on that table)."""
    return pgtrigger.Trigger(
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
