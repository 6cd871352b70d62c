"""What must hold between a row and the history of its versions, and from each version to the next."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model, TextChoices

from leeway.guards import as_steps
from leeway.money.ledger.relations import Relation


def of_history(model: type[Any], called: str) -> tuple[Relation, ...]:
    """That each row of a tracked model is what the last version in its history says, column by column."""
    row, history, key, columns = _tables(model)
    facts = ", ".join(f"('{each}', row.{each}::text, last.{each}::text)" for each in columns)
    return (
        Relation(
            f"{called} {{which}} says of {{fact}} something else than its history.",
            f"SELECT row.{key} AS which, replace(facts.fact, '_', ' ') AS fact FROM {row} AS row LEFT JOIN LATERAL "
            f"(SELECT * FROM {history} AS event WHERE event.pgh_obj_id = row.{key} ORDER BY event.pgh_id DESC LIMIT 1"
            f") AS last ON TRUE CROSS JOIN LATERAL (VALUES {facts}) AS facts (fact, said, stands) "
            "WHERE facts.said IS DISTINCT FROM facts.stands",
        ),
        Relation(
            f"{called} {{which}} is gone, or its history has a version of another.",
            f"SELECT DISTINCT event.pgh_obj_id AS which FROM {history} AS event "
            f"LEFT JOIN {row} AS row ON (row.{key}, row.{key}) = (event.pgh_obj_id, event.{key}) "
            f"WHERE row.{key} IS NULL",
        ),
    )


def of_steps[State: TextChoices](
    model: type[Any],
    called: str,
    moves: Mapping[State, frozenset[State]],
    writes: Mapping[State, Collection[str]],
    stays: Mapping[State, Collection[str]],
    begins: State,
) -> tuple[Relation, ...]:
    """That each version in the history of a row came of the one before it by a step, which wrote its own alone."""
    _row, history, _key, _columns = _tables(model)
    began = f"before.pgh_id IS NULL AND (after.state <> '{begins.value}' OR after.pgh_label <> 'insert')"
    followed = (
        f"before.pgh_id IS NOT NULL AND (after.pgh_label <> 'update' "
        f"OR NOT ({as_steps(model, moves, writes, stays, 'before', 'after')}))"
    )
    return (
        Relation(
            f"{called} {{which}} became “{{state}}” by no step that there is, or the step wrote what is not its own.",
            f"SELECT after.pgh_obj_id AS which, after.state FROM {history} AS after LEFT JOIN LATERAL "
            f"(SELECT * FROM {history} AS event WHERE event.pgh_obj_id = after.pgh_obj_id "
            "AND event.pgh_id < after.pgh_id ORDER BY event.pgh_id DESC LIMIT 1) AS before ON TRUE "
            f"WHERE ({began}) OR ({followed})",
        ),
    )


def _tables(model: type[Any]) -> tuple[str, str, str, list[str]]:
    """The table of a tracked model and of its history, its key, and the columns that are in both."""
    history: type[Model] = model.pgh_event_models["update"]
    columns = [str(field.column) for field in history._meta.local_concrete_fields]
    own = {str(field.column) for field in model._meta.local_concrete_fields}
    return (
        model._meta.db_table,
        history._meta.db_table,
        str(model._meta.pk.column),
        [each for each in columns if each in own],
    )
