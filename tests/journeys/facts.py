"""All that is stored of a journey, in words that depend neither on when it was gone nor on how many saves it took."""

import json
import re
from collections import Counter
from datetime import datetime

from django.apps import apps
from django.db.models import Field, Model

#: The rooms that hold a case; what the database keeps of each change beside them is left out.
ROOMS = ("people", "circumstances", "decisions", "assessment", "planning", "review", "payees", "budgets", "payments")
#: What is of the going and not of the case: keys, how often somebody saved, by which software, and sums over all that.
LEFT_OUT = frozenset({"id", "version", "software_version", "law_digest", "decided", "digest", "looked_for"})
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def facts() -> list[str]:
    """A line for each row, named “people.case 1” and sorted, whatever its key is and whenever it was written."""
    rows = [row for model in models() for row in model._base_manager.all()]
    alike = sorted(rows, key=lambda row: (row._meta.label_lower, in_words(row, {})))
    seen: Counter[str] = Counter()
    names = {}
    for row in alike:
        label = row._meta.label_lower
        seen[label] += 1
        names[key_of(type(row), row.pk)] = f"{label} {seen[label]}"
    return [f"{names[key_of(type(row), row.pk)]}: {in_words(row, names)}" for row in alike]


def models() -> list[type[Model]]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models() if not hasattr(model, "pgh_id")]


def key_of(model: type[Model], pk: object) -> str:
    """What tells a row from every other: a long key by itself, a number with its table."""
    return str(pk) if KEY.fullmatch(str(pk)) else f"{model._meta.label_lower}:{pk}"


def in_words(row: Model, names: dict[str, str]) -> str:
    """What a row holds, with the names of other rows for their keys."""
    held = {field.name: held_in(row, field, names) for field in row._meta.concrete_fields}
    kept = {name: value for name, value in held.items() if value not in (None, "", [], {}) and name not in LEFT_OUT}
    text = json.dumps(kept, default=str, ensure_ascii=False, sort_keys=True)
    return KEY.sub(lambda key: names.get(key[0], "another row"), text)


def held_in(row: Model, field: Field, names: dict[str, str]) -> object:
    """The value of a column: somebody who works for the council by name, and no moment."""
    value = getattr(row, field.attname)
    if value is None or isinstance(value, datetime):
        return None
    if not field.is_relation:
        return value
    if field.related_model._meta.app_label == "access":
        return str(getattr(row, field.name))
    return names.get(key_of(field.related_model, value), "another row")
