"""What is statutory stays as it was: the database refuses to change, delete or empty it, whoever asks."""

import pgtrigger
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from leeway.care.assessment.models import OutcomeNote

pytestmark = pytest.mark.django_db

#: How each kind of column is bent: what it becomes is another value of its kind.
BENT = {
    "uuid": "gen_random_uuid()",
    "boolean": "NOT {column}",
    "date": "{column} + 1",
    "jsonb": "jsonb_build_array({column})",
    "timestamp with time zone": "{column} + interval '1 day'",
    "time": "{column} + interval '1 hour'",
}
MADE_UP = {
    "uuid": "gen_random_uuid()",
    "date": "current_date",
    "time": "localtime",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "boolean": "true",
}


def triggers(model):
    return getattr(model._meta, "triggers", [])


def refuses(model, operation):
    """Whether a guard of this model stands before the operation."""
    return any(operation in trigger.operation and trigger.when == pgtrigger.Before for trigger in triggers(model))


KEPT = [
    model for model in apps.get_models() if model.__module__.startswith("leeway.") and refuses(model, pgtrigger.Delete)
]
HISTORIES = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def kept_fields(model):
    """The fields that a guard keeps: all of them, or those of its ReadOnly triggers."""
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    only = [trigger for trigger in triggers(model) if isinstance(trigger, pgtrigger.ReadOnly)]
    if not only:
        return fields if refuses(model, pgtrigger.Update) else []
    named = {name for trigger in only for name in trigger.fields or ()}
    left_out = [set(trigger.exclude) for trigger in only if trigger.exclude]
    return [f for f in fields if f.name in named or (left_out and not any(f.name in names for names in left_out))]


def bent(field):
    kind = field.db_type(connection)
    column = f'"{field.column}"'
    if kind.startswith(("varchar", "text")):
        return f"left(md5({column}), greatest(length({column}), 1))"
    return BENT.get(kind, "{column} + 1").format(column=column)


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def test_what_is_statutory_is_among_what_is_kept():
    assert {"Decision", "StoryLine", "Transfer", "Budget", "Payment", "Look", "File", "Agreement"} <= {
        model.__name__ for model in KEPT
    }
    assert set(HISTORIES) <= set(KEPT)


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label)
def test_it_is_never_emptied(model):
    with pytest.raises(ProgrammingError, match="is never emptied"):
        run(f'TRUNCATE "{model._meta.db_table}" CASCADE')


def test_nothing_that_leads_to_it_is_emptied_with_it(db):
    with pytest.raises(ProgrammingError, match="is never emptied"):
        run("TRUNCATE people_person CASCADE")


@pytest.fixture
def rows_of(council):
    """Give a kept model's table, with a made-up row in it where the stories leave none."""

    def table(model):
        if not model.objects.exists():
            make_up_a_row(model)
        return f'"{model._meta.db_table}"'

    return table


def make_up_a_row(model):
    """Put any row in, past checks and triggers; the test's transaction takes all of it back."""
    table, fields = model._meta.db_table, [f for f in model._meta.local_concrete_fields if not f.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    run("SET LOCAL session_replication_role = replica")
    with connection.cursor() as cursor:
        for name, constraint in connection.introspection.get_constraints(cursor, table).items():
            if constraint["check"]:
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    run(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join(any_value(field) for field in fields)})')
    run("SET LOCAL session_replication_role = origin")


def any_value(field):
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return MADE_UP.get(kind, "'{}'" if kind.endswith("[]") else "'1'")


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label)
def test_it_is_never_deleted(rows_of, model):
    with pytest.raises(ProgrammingError):
        run(f"DELETE FROM {rows_of(model)}")


@pytest.mark.parametrize("model", [model for model in KEPT if kept_fields(model)], ids=lambda model: model._meta.label)
def test_what_is_kept_of_it_is_never_changed(rows_of, model):
    table = rows_of(model)
    tried = [field for field in kept_fields(model) if filled(field)]
    assert tried
    for field in tried:
        with pytest.raises(ProgrammingError):
            run(f'UPDATE {table} SET "{field.column}" = {bent(field)}')


def filled(field):
    """Whether a row has a value in this column that `bent` can bend."""
    kind = field.db_type(connection)
    return not kind.endswith("[]") and field.model.objects.exclude(**{f"{field.name}__isnull": True}).exists()


def test_what_is_being_written_can_be_changed(council):
    note = OutcomeNote.objects.filter(assessment__completed_on=None).first()
    assert OutcomeNote.objects.filter(pk=note.pk).update(person_words="Changed") == 1
