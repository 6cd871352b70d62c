"""The tables of an empty database, made at once: migrations one by one take ten times as long."""

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import override_settings


def make_tables() -> None:
    """Make every table as the migrations leave it, and note each migration as done, so that later ones follow.

    A table is made as its model says today, rather than as it was and then changed. `tests/site/test_tables.py`
    compares what comes of it with what the migrations leave, to the last trigger.
    """
    without_migrations = dict.fromkeys(config.label for config in apps.get_app_configs())
    with override_settings(MIGRATION_MODULES=without_migrations):
        call_command("migrate", run_syncdb=True, verbosity=0)
    add_what_only_migrations_say()


def add_what_only_migrations_say() -> None:
    """Run, in their order, the parts of migrations that no model says: a function of the database, a table of its own.

    The tables of the models are there. Each migration is noted as done.
    """
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with connection.schema_editor(atomic=migration.atomic) as editor:
            for operation in migration.operations:
                if isinstance(operation, RunSQL):
                    operation.database_forwards(migration.app_label, editor, None, None)
                elif isinstance(operation, RunPython):
                    operation.code(apps, editor)
        executor.recorder.record_applied(migration.app_label, migration.name)
