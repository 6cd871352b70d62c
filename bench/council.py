"""Turn the made-up council of `leeway demo` into a large one, for `pages.py`: its rows, many times over.

    LEEWAY_DATA=/somewhere/large .venv/bin/leeway demo --people 300 --no-serve
    LEEWAY_DATA=/somewhere/large .venv/bin/python bench/council.py --people 20000

Each copy is a whole set of teams with their staff, people, cases and money, so that nobody's list of work grows.
What a council has once stays once: the directory, finance officers, funders' accounts and payment runs, which then
pay everybody. Works on whatever tables there are: what to copy is followed from key to key in Django's models.
"""

import os

import click
import django
from django.db import connection, models, transaction

#: Where the following of keys begins, and what a council has only once: a whole app, a model, or some of its rows.
BEGIN = ("access.Team", "access.User", "people.Person")
ONCE_APPS = (
    "listings", "contracts", "seal", "statements", "asking", "bills", "claims", "figures", "invoices", "pools",
    "disputes", "uprating", "themes", "spending", "monitoring", "recovery", "service_funds",
)  # fmt: skip
ONCE_MODELS = (
    "payments.PaymentRun", "payments.PaymentRunEvent", "payments.Sample", "payments.BankAnswer",
    "payments.AnsweredPayment", "payments.InvoiceHold", "payments.InvoiceHoldEvent",
)  # fmt: skip
ONCE_ROWS = {
    "access.User": "NOT roles && '{person,assessor,manager}'",
    "ledger.Account": "case_id IS NULL",
    "payees.PayeeAccount": "case_id IS NULL",
    "payments.Payment": "case_id IS NULL",
    "payments.Sampled": "payment_id IN (SELECT id FROM payments_payment WHERE case_id IS NULL)",
    "funders.Funder": "true",
    "funders.Milestone": "true",
}
#: Keys inside of a decision: what it was decided with.
NAMES_DECISIONS = ("decisions.Decision", "inputs")
ONLY_IN_A_DEMO = "%@fairbourne.example"


class Copying:
    """How one column after another becomes that of a copy; `copy.number` in the SQL is the number of the copy."""

    def __init__(self) -> None:
        self.models = copied_models()
        self.steps = {model: self._step(model) for model in self.models}
        self.once = {model: self._keys_once(model) for model in self.models}

    def insert(self, model: type[models.Model], copies: int) -> str:
        """The statement that adds all copies of a model's rows."""
        written = [field for field in model._meta.local_concrete_fields if not field.generated]
        columns = ", ".join(f'"{field.column}"' for field in written)
        values = ", ".join(self._value(model, field) for field in written)
        tracked = getattr(model, "pgh_tracked_model", None)
        kept = self.once.get(tracked)  # what a council has once has one history
        once = f"pgh_obj_id::text IN ({kept})" if kept else ONCE_ROWS.get(model._meta.label)
        return (
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {values} '
            f'FROM "{model._meta.db_table}", generate_series(1, {copies}) AS copy (number)'
            + (f" WHERE NOT ({once})" if once else "")
        )

    def _value(self, model: type[models.Model], field: models.Field) -> str:
        column = f'"{model._meta.db_table}"."{field.column}"'
        target = self._key_of(model, field)
        if target is not None:
            moved = self._moved(column, target)
            once = self.once[target]
            return f"CASE WHEN {column}::text IN ({once}) THEN {column} ELSE {moved} END" if once else moved
        tracked = getattr(model, "pgh_tracked_model", model)  # a history says what its row says
        apart = {each.name: each for each in self._told_apart(tracked)}
        if field.name in apart:
            return told_apart(column, apart[field.name])
        if (model._meta.label, field.name) == NAMES_DECISIONS:
            return with_decisions_of_copy(column)
        return f"md5({column}::text || '-' || copy.number)::uuid" if isinstance(field, models.UUIDField) else column

    def _key_of(self, model: type[models.Model], field: models.Field) -> type[models.Model] | None:
        """The copied model whose key this field holds, if any: its own, a related one's, or a tracked one's."""
        if field.is_relation:
            return field.related_model if field.related_model in self.models else None
        if field.primary_key:
            return model
        return getattr(model, "pgh_tracked_model", None) if field.name == "id" else None

    def _moved(self, column: str, target: type[models.Model]) -> str:
        key = final_key(target)
        if isinstance(key, models.UUIDField):
            return f"md5({column}::text || '-' || copy.number)::uuid"
        return f"{column} + copy.number * {self.steps[key.model]}"

    def _told_apart(self, model: type[models.Model]) -> list[models.Field]:
        """Fields without a key in them that must nevertheless differ from copy to copy."""
        fields = {field.name: field for field in model._meta.local_concrete_fields}
        sets = [[field] for field in fields.values() if field.unique]
        sets += [[fields[name] for name in names] for names in model._meta.unique_together]
        sets += [
            [fields[name] for name in constraint.fields]
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields
        ]
        return [
            max(one, key=lambda field: isinstance(field, models.IntegerField))
            for one in sets
            if not any(self._key_of(model, field) or isinstance(field, models.UUIDField) for field in one)
        ]

    def _step(self, model: type[models.Model]) -> int:
        key = final_key(model)
        if isinstance(key, models.UUIDField) or key.model is not model:
            return 0
        return one_value(f'SELECT coalesce(max("{key.column}"), 0) + 1 FROM "{model._meta.db_table}"')

    def _keys_once(self, model: type[models.Model]) -> str:
        once = ONCE_ROWS.get(model._meta.label)
        if not once:
            return ""
        key, table = model._meta.pk.column, model._meta.db_table
        return one_value(f'SELECT string_agg(quote_literal("{key}"::text), \', \') FROM "{table}" WHERE {once}')


def copied_models() -> list[type[models.Model]]:
    """Every table whose rows belong to a team, someone who signs in or a person, directly or through others."""
    ours = [
        model
        for model in django.apps.apps.get_models(include_auto_created=True)
        if model.__module__.startswith("leeway.")
        and model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in ONCE_APPS
        and model._meta.label not in ONCE_MODELS
    ]
    found = [model for model in ours if model._meta.label in BEGIN]
    for _ in ours:
        found += [
            model
            for model in ours
            if model not in found and any(field.related_model in found for field in model._meta.local_concrete_fields)
        ]
    return found


def final_key(model: type[models.Model]) -> models.Field:
    """The column in which a model's key begins: its own, or that of the row it belongs to."""
    key = model._meta.pk
    while key.is_relation:
        key = key.target_field
    return key


def told_apart(column: str, field: models.Field) -> str:
    """A value that no other copy has: nothing where that may be, or else with the copy's number in it."""
    if field.null:
        return "NULL"
    if isinstance(field, models.IntegerField):
        table = field.model._meta.db_table
        return f'{column} + copy.number * (SELECT max("{field.column}") + 1 FROM "{table}")'
    if isinstance(field, models.CharField):
        return f"copy.number || '-' || {column}"
    raise click.ClickException(f"{field} must be unique; say in bench/council.py how a copy's is made.")


def with_decisions_of_copy(column: str) -> str:
    """The inputs of a decision, which name the charges of the same copy."""
    return f"""CASE WHEN {column} ? 'charge_decisions' THEN jsonb_set({column}, '{{charge_decisions}}', (
        SELECT coalesce(jsonb_agg(md5(named.id || '-' || copy.number)::uuid ORDER BY named.place), '[]')
          FROM jsonb_array_elements_text({column} -> 'charge_decisions') WITH ORDINALITY AS named (id, place)
    )) ELSE {column} END"""


def one_value(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def multiply(copies: int) -> dict[str, int]:
    """Add the copies in one transaction, past the triggers, and check that every key fits; give rows by table."""
    copying, added = Copying(), {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in copying.models:
            cursor.execute(copying.insert(model, copies))
            added[model._meta.db_table] = cursor.rowcount
        count_runs_anew(cursor)
        for model in copying.models:
            move_sequence(cursor, model)
            check_keys(cursor, model)
    return added


def count_runs_anew(cursor) -> None:
    """Payment runs now pay everybody: write what they pay, how many and of which sample, as they would have said.

    The limit above which two approve is one for a council of that size, and what was frozen is frozen anew.
    """
    from leeway.money.payments.frozen import DECIDED, PAID_FOR, digest_of

    cursor.execute(
        "UPDATE payments_paymentrun SET (payments_count, total_pence, second_above_pence) = (SELECT count(*),"
        " coalesce(sum(amount_pence), 0), greatest(second_above_pence, coalesce(sum(amount_pence), 0))"
        " FROM payments_payment WHERE run_id = payments_paymentrun.id)"
    )
    cursor.execute(
        "UPDATE payments_paymentrunevent AS event SET (payments_count, total_pence, second_above_pence) = (SELECT"
        " payments_count, total_pence, second_above_pence FROM payments_paymentrun AS run WHERE run.id = pgh_obj_id)"
    )
    cursor.execute("UPDATE payments_sample SET size = (SELECT count(*) FROM payments_sampled WHERE sample_id = run_id)")
    cursor.execute(
        f"UPDATE payments_payment AS pay SET decided = {DECIDED} FROM ({PAID_FOR}) AS paid "
        "WHERE paid.id = coalesce(pay.instalment_id, pay.interim_id)"
    )
    cursor.execute(f"UPDATE payments_payment AS pay SET digest = {digest_of('pay')}")


def move_sequence(cursor, model: type[models.Model]) -> None:
    """Let the next row of a numbered table have a number of its own."""
    key, table = model._meta.pk, model._meta.db_table
    if isinstance(key, models.AutoField):
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'), max(\"{key.column}\")) "
            f'FROM "{table}" HAVING count(*) > 0'
        )


def check_keys(cursor, model: type[models.Model]) -> None:
    """Refuse a row that points at nothing: the triggers that would have refused it were off."""
    for field in model._meta.local_concrete_fields:
        if field.is_relation and getattr(field, "db_constraint", False):
            target = field.related_model._meta
            cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}" one LEFT JOIN "{target.db_table}" other '
                f'ON other."{field.target_field.column}" = one."{field.column}" '
                f'WHERE one."{field.column}" IS NOT NULL AND other."{field.target_field.column}" IS NULL'
            )
            if missing := cursor.fetchone()[0]:
                raise click.ClickException(f"{missing:,} rows of {field} would point at nothing. Nothing was added.")


@click.command()
@click.option(
    "--people", default=20_000, show_default=True, type=click.IntRange(300, 200_000), help="At least so many."
)
def main(people: int) -> None:
    """Multiply the demo council in the database of LEEWAY_DATA (or DATABASE_URL)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    django.setup()
    if one_value(f"SELECT count(*) FROM access_user WHERE email NOT LIKE '{ONLY_IN_A_DEMO}'"):
        raise click.ClickException("This database holds a real council. Name one that `leeway demo` made.")
    present = one_value("SELECT count(*) FROM people_person")
    if not present:
        raise click.ClickException("There is nobody here yet. Run `leeway demo --no-serve` first.")
    copies = -(-people // present) - 1
    if copies < 1:
        raise click.ClickException(f"There are {present:,} people already. Ask for more, or make a new demo.")
    added = multiply(copies)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    total = one_value("SELECT count(*) FROM people_person")
    click.echo(f"{total:,} people, in {copies + 1} times the teams; {sum(added.values()):,} rows added.")


if __name__ == "__main__":
    main()
