"""Two roles in the database: the owner, who brings it up to date, and the site's, which can do no more than it must.

The site's role owns nothing, so that it cannot take a guard away. It reads everything, adds to everything, changes
what the product changes and deletes from the tables that the product deletes from.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, transaction
from psycopg import sql

from leeway.guards import is_kept_whole
from leeway.refusal import Refusal

#: Where the product deletes rows: of drafts, of the directory's ratings, of sign-ins, and of queues and counters.
DELETED_FROM = (
    "asking_keptwords",
    "planning_aim",
    "planning_planline",
    "listings_rating",
    "jobs_job",
    "mfa_authenticator",
    "django_session",
    "usersessions_usersession",
    "leeway_cache",
    "procrastinate_jobs",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
    "procrastinate_events",
)
#: What only the owner writes.
ONLY_READ = ("django_migrations", "seal_tombstone")
#: A lawful erasure, which takes a salt away, is the owner's.
NEVER_CHANGED = ("seal_sealedrow",)
TABLES = "SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
#: pgtrigger lets anybody who connects ask guards to look away. After this nobody can but the owner.
LOOK_AWAY = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
        DECLARE ignored TEXT := pg_catalog.current_setting('pgtrigger.ignore', true);
        BEGIN
            IF ignored IS NULL OR ignored = '' THEN RETURN FALSE; END IF;
            RETURN pg_catalog.pg_has_role({owner}, 'USAGE') AND trigger_name::text = ANY (ignored::text[]);
        END;
    $$ LANGUAGE plpgsql
"""
ASKED_OF_THE_OWNER = "SELECT prosrc LIKE '%%pg_has_role%%' FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'"
RUN_ROLES = "Run leeway database roles as the owner of the database."


@transaction.atomic
def grant(site: str, password: str = "") -> None:
    """Make the site's role, where it is not there yet, and give it exactly what it needs. Run as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        owner, database = cursor.fetchone()
        if site == owner:
            raise Refusal(f"{site} owns the database. Give the name of another role for the site.")
        role = sql.Identifier(site)
        _make(cursor, site, password)
        statements = [
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"),
            sql.SQL("REVOKE CREATE ON SCHEMA public FROM {role}, PUBLIC"),
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}"),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {role}"),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"),
            *(sql.SQL(f'GRANT {rights} ON "{table}" TO {{role}}') for table, rights in rights_of_tables(cursor)),
            sql.SQL(LOOK_AWAY),
        ]
        for statement in statements:
            cursor.execute(
                statement.format(role=role, database=sql.Identifier(database), owner=sql.Literal(owner)).as_string(
                    cursor.connection
                )
            )


def _make(cursor, site: str, password: str) -> None:
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = %s", [site])
    found = cursor.fetchone()
    if found and found[0]:
        raise Refusal(f"The role {site} can make itself more powerful. Give the name of a plain one, or a new one.")
    role = sql.Identifier(site)
    if not found:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role).as_string(cursor.connection))
    if password:
        # Scrambled here, so that no log of statements has it.
        scrambled = cursor.connection.pgconn.encrypt_password(password.encode(), site.encode(), b"scram-sha-256")
        change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(scrambled.decode()))
        cursor.execute(change.as_string(cursor.connection))


def rights_of_tables(cursor) -> Iterator[tuple[str, str]]:
    """What the site may do with each table. What is kept whole it may lock, which takes a right on the key alone."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    cursor.execute(TABLES + " ORDER BY 2")
    for _, table in cursor.fetchall():
        rights = ["SELECT"]
        if table not in ONLY_READ:
            rights.append("INSERT")
            model = models.get(table)
            if model is not None and is_kept_whole(model):
                rights.append(f'UPDATE ("{model._meta.pk.column}")')
            elif table not in NEVER_CHANGED:
                rights.append("UPDATE")
        if table in DELETED_FROM:
            rights.append("DELETE")
        yield table, ", ".join(rights)


def may_migrate() -> bool:
    """Whether the role that is connected can bring the database up to date."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        return cursor.fetchone()[0]


def is_up_to_date() -> bool:
    """Whether every migration was made."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def findings() -> Iterator[str]:
    """What the role that is connected can do and the site's should not, and what it cannot do and must."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        name, is_super, makes_roles = cursor.fetchone()
        if is_super:
            yield f"The site connects as {name}, a superuser, for whom no guard of the database stands."
            return
        cursor.execute(f"SELECT count(*) FROM ({TABLES} AND pg_has_role(c.relowner, 'USAGE')) AS owned")
        if cursor.fetchone()[0]:
            yield f"The site connects as {name}, an owner of its tables, who can take every guard away."
            return
        if makes_roles or may_migrate():
            yield f"The role {name} can make roles or tables."
        wrong = sorted(_wrong_rights(cursor))
        if wrong:
            yield f"The role {name} has other rights than it needs on {len(wrong)} tables, {wrong[0]} among them."
        cursor.execute(ASKED_OF_THE_OWNER)
        if not all(asked for (asked,) in cursor.fetchall()):
            yield f"The role {name} can ask the guards to look away."


def _wrong_rights(cursor) -> Iterator[str]:
    wanted = {table: set(rights.replace("UPDATE (", "KEY (").split(", ")) for table, rights in rights_of_tables(cursor)}
    names = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES")
    asked = ", ".join(f"has_table_privilege(c.oid, '{name}')" for name in names)
    cursor.execute(TABLES.replace("c.oid, c.relname", f"c.relname, {asked}"))
    for table, *may in cursor.fetchall():
        has = {name for name, allowed in zip(names, may, strict=True) if allowed}
        if has != {right for right in wanted[table] if not right.startswith("KEY")}:
            yield table


@register(Tags.security, deploy=True)
def check_role(app_configs, **options) -> list[CheckMessage]:
    """In production the site connects with a role that cannot take a guard away."""
    return [Error(found, hint=RUN_ROLES, id="leeway.E001") for found in findings()] if settings.PRODUCTION else []
