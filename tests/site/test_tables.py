"""The tables of the demo and of the tests, made at once, are those that the migrations leave."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState

CATALOGUE = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid",
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
    "SELECT codename FROM auth_permission",
)
#: The keys of Django's groups, which Leeway does not use: a model of today has another size of number.
LEFT_OUT = ("auth_group", "auth_permission")


def catalogue():
    with connection.cursor() as cursor:
        for question in CATALOGUE:
            cursor.execute(question)
            yield from (row for row in cursor.fetchall() if not str(row[0]).startswith(LEFT_OUT))


@pytest.fixture
def models_alone(monkeypatch):
    """What changes a model makes that one anew for the migrations to come, not all that lead to it as well.

    Almost every model leads to whoever signs in, and so to every other: thirty thousand models would be made anew. What
    the database is told is the same.
    """

    def reload_alone(state, app_label, model_name, delay=False):
        if "apps" in state.__dict__:
            state.apps.unregister_model(app_label, model_name)
            state.apps.render_multiple([state.models[app_label, model_name]])

    monkeypatch.setattr(ProjectState, "reload_model", reload_alone)


@pytest.fixture
def migrated_database(transactional_db, models_alone):
    """Another database, made by the migrations one by one. Gives what the tests' own has, which was made at once."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS leeway_migrated")
        cursor.execute("CREATE DATABASE leeway_migrated")
    at_once = set(catalogue())
    connection.close()
    connection.settings_dict["NAME"] = "leeway_migrated"
    call_command("migrate", verbosity=0)
    yield at_once
    connection.close()
    connection.settings_dict["NAME"] = name
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE leeway_migrated")


def test_tables_made_at_once_are_those_of_the_migrations(migrated_database):
    migrated = set(catalogue())
    assert migrated_database - migrated == set()
    assert migrated - migrated_database == set()
