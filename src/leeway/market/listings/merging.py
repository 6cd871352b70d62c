"""Merges one of the regulator's files into the directory, a set at a time: the writing behind `actions.import_file`.

The file is copied into temporary tables and compared with what is kept there. A layout changes only what it tells:
a column that it lacks stays as another file left it. All of it happens inside the caller's transaction.
"""

import uuid
from dataclasses import dataclass, fields
from datetime import date

from django.db import connection

from leeway.market.listings.extracts import Extract
from leeway.market.listings.layouts import Location
from leeway.market.listings.models import Kind, Rating, Service, Source
from leeway.refusal import Refusal

PLACES = uuid.UUID("5e0c7c1e-3a53-4f6b-9d5a-6d8e9c3f2b10")  # fixed, so that a place has one id for ever

NOT_KEPT = {"row", "provider_name", "provider_external_id", "shorter_address"}
TOLD = [field.name for field in fields(Location) if field.name not in NOT_KEPT]
COMPARED = [name for name in TOLD if name not in {"external_id", "kinds"}]


@dataclass(frozen=True, slots=True)
class Merged:
    """How many places a file brought that were new, and so on. Those `held` have a row that cannot be read."""

    new: int
    changed: int
    unchanged: int
    held: int
    no_longer_listed: int
    ratings: int


@dataclass(frozen=True, slots=True)
class Taken:
    """How many of a council's listed places a file would take away."""

    area: str
    gone: int
    listed: int


class TakesAway(Refusal):
    """A file would take most of a council's places out of the search."""

    def __init__(self, name: str, taken: list[Taken]):
        most = max(taken, key=lambda each: each.gone)
        others = f", and most of {len(taken) - 1} more councils" if len(taken) > 1 else ""
        super().__init__(
            f"{name} would take {most.gone} of {most.listed} places in {most.area} out of the search{others}: it does "
            "not list them. See whether the file is whole. If it is, import it with --take-away."
        )


def merge(extract: Extract, *, on: date, take_away: bool) -> Merged:
    """Bring the directory in line with a file that has been opened but not yet read.

    A place that a row lists which cannot be read stays as it was. Without `take_away` a file that would take most of
    a council's places out of the search is refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_ratings(cursor, extract)
        copy_locations(cursor, extract)
        held = hold(cursor, extract, on=on)
        cursor.execute(SUM_UP_RATINGS if extract.has_ratings else NEWER_STAND)
        cursor.execute(NAME_PROVIDERS)
        cursor.execute(FIND_CHANGED, {"layout": extract.layout})
        cursor.execute(PUT_SERVICES, {"layout": extract.layout, "on": on})
        cursor.execute(PUT_RATINGS if extract.has_ratings else "SELECT 1")
        delisted = 0 if extract.nameless else delist(cursor, extract, on=on, take_away=take_away)
        cursor.execute(COUNT)
        new, changed, unchanged, ratings = cursor.fetchone()
        cursor.execute("SELECT id FROM staged_place WHERE change <> 'unchanged'")
        refresh_words([row[0] for row in cursor.fetchall()])
        cursor.execute("DROP TABLE staged_place, staged_rating, staged_held")
    return Merged(new, changed, unchanged, held, delisted, ratings)


def hold(cursor, extract: Extract, *, on: date) -> int:
    """Leave the places as they were that a row lists which cannot be read; how many are known."""
    cursor.execute(HOLD, {"ids": [uuid.uuid5(PLACES, number) for number in extract.held]})
    cursor.execute(STILL_LISTED, {"layout": extract.layout, "on": on})
    return cursor.rowcount


def delist(cursor, extract: Extract, *, on: date, take_away: bool) -> int:
    """Mark the places that no file lists any more, and say how many they are. Refuses to take most of a council's."""
    cursor.execute(TAKEN, {"layout": extract.layout})
    taken = [Taken(*row) for row in cursor.fetchall()]
    if taken and not take_away:
        raise TakesAway(extract.path.name, taken)
    cursor.execute(DELIST, {"layout": extract.layout, "on": on})
    return cursor.rowcount


def refresh_words(service_ids: list) -> None:
    """Make listings findable by their words: name first, then provider and kind, then what they say of themselves."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS, {"ids": service_ids, "kinds": list(Kind.values), "labels": list(Kind.labels)})


def copy_ratings(cursor, extract: Extract) -> None:
    with cursor.copy("COPY staged_rating FROM STDIN") as copy:
        for rating in extract.ratings():
            copy.write_row(
                (
                    rating.row,
                    uuid.uuid5(PLACES, rating.external_id),
                    rating.service_group,
                    rating.domain,
                    rating.rating,
                    rating.published_on,
                )
            )


def copy_locations(cursor, extract: Extract) -> None:
    names = [field.name for field in fields(Location)]
    with cursor.copy(f"COPY staged_place (id, {', '.join(names)}) FROM STDIN") as copy:
        for place in extract.locations:
            values = [getattr(place, name) for name in names]
            cells = [list(value) if isinstance(value, tuple) else value for value in values]
            copy.write_row((uuid.uuid5(PLACES, place.external_id), *cells))
    cursor.execute("ANALYZE staged_place; ANALYZE staged_rating")


SERVICE, RATING = Service._meta.db_table, Rating._meta.db_table
PROVIDER = Service._meta.get_field("provider").related_model._meta.db_table

STAGE = """
DROP TABLE IF EXISTS staged_place, staged_rating, staged_held;
CREATE TEMPORARY TABLE staged_held (id uuid PRIMARY KEY) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_place (
    id uuid PRIMARY KEY, row integer, external_id text, name text, provider_name text, kinds text[],
    provider_external_id text, also_known_as text, service_types text[], specialisms text[],
    address text, shorter_address text, town text, postcode text, area text, region text,
    latitude double precision, longitude double precision, phone text, website text,
    regulator_url text, inspected_on date, overall_rating text, rated_on date, provider_id uuid, change text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_rating (
    row integer, service_id uuid, service_group text, domain text, rating text, published_on date
) ON COMMIT DROP;
"""

# The file lists these places, whatever else their row says. What can be read of them otherwise would be a part only:
# a rating without the one that could not be read.
HOLD = f"""
INSERT INTO staged_held SELECT id FROM {SERVICE} WHERE id = ANY(%(ids)s) AND source = '{Source.REGULATOR}';
DELETE FROM staged_place WHERE id IN (SELECT id FROM staged_held);
"""
STILL_LISTED = f"""
UPDATE {SERVICE} SET no_longer_listed_on = NULL, last_checked_on = %(on)s, listed_in = CASE
    WHEN %(layout)s = ANY(listed_in) THEN listed_in ELSE array_append(listed_in, %(layout)s) END
WHERE id IN (SELECT id FROM staged_held)
"""

# A rating that was published before the one that is known tells nothing new.
NEWER_STAND = f"""
UPDATE staged_place AS place SET overall_rating = NULL, rated_on = NULL
FROM {SERVICE} AS service WHERE service.id = place.id AND service.rated_on > place.rated_on
"""

# The same question answered twice for one group: the later answer counts. Ratings of places that are not
# adult social care go.
SUM_UP_RATINGS = """
DELETE FROM staged_rating WHERE service_id NOT IN (SELECT id FROM staged_place);
DELETE FROM staged_rating WHERE row NOT IN (
    SELECT DISTINCT ON (service_id, service_group, domain) row FROM staged_rating
    ORDER BY service_id, service_group, domain, published_on DESC NULLS LAST, row DESC);
UPDATE staged_place SET overall_rating = '';
UPDATE staged_place AS place SET overall_rating = answer.rating, rated_on = answer.published_on
FROM staged_rating AS answer
WHERE answer.service_id = place.id AND answer.service_group = 'Overall' AND answer.domain = 'overall';
"""

# A provider is known by the regulator's number; in a file without numbers, by the place it already runs, or by name.
NAME_PROVIDERS = f"""
UPDATE {PROVIDER} AS kept SET external_id = staged.provider_external_id
FROM (SELECT lower(provider_name) AS name, min(provider_external_id) AS provider_external_id
      FROM staged_place WHERE provider_external_id IS NOT NULL GROUP BY 1) AS staged
WHERE kept.external_id IS NULL AND kept.source = '{Source.REGULATOR}' AND lower(kept.name) = staged.name
  AND NOT EXISTS (SELECT FROM {PROVIDER} AS other WHERE other.external_id = staged.provider_external_id);

INSERT INTO {PROVIDER} (id, external_id, name, source)
SELECT DISTINCT ON (provider_external_id)
       gen_random_uuid(), provider_external_id, provider_name, '{Source.REGULATOR}'
FROM staged_place WHERE provider_external_id IS NOT NULL ORDER BY provider_external_id, row
ON CONFLICT (external_id) DO UPDATE SET name = excluded.name WHERE {PROVIDER}.name <> excluded.name;

UPDATE staged_place AS place SET provider_id = kept.id
FROM {PROVIDER} AS kept WHERE kept.external_id = place.provider_external_id;

UPDATE staged_place AS place SET provider_id = kept.id
FROM {SERVICE} AS service JOIN {PROVIDER} AS kept ON kept.id = service.provider_id
WHERE place.provider_id IS NULL AND service.id = place.id AND lower(kept.name) = lower(place.provider_name);

INSERT INTO {PROVIDER} (id, external_id, name, source)
SELECT DISTINCT ON (lower(provider_name)) gen_random_uuid(), NULL, provider_name, '{Source.REGULATOR}'
FROM staged_place AS place
WHERE provider_id IS NULL AND NOT EXISTS (
    SELECT FROM {PROVIDER} AS kept
    WHERE kept.source = '{Source.REGULATOR}' AND lower(kept.name) = lower(place.provider_name))
ORDER BY lower(provider_name), row;

UPDATE staged_place AS place SET provider_id = kept.id
FROM (SELECT DISTINCT ON (lower(name)) id, lower(name) AS name FROM {PROVIDER}
      WHERE source = '{Source.REGULATOR}' ORDER BY lower(name), external_id NULLS LAST) AS kept
WHERE place.provider_id IS NULL AND kept.name = lower(place.provider_name);
"""

# The ratings file tells kinds only roughly: where a directory has told the regulator's own service types, they stand.
KINDS = (
    "CASE WHEN place.service_types IS NULL AND cardinality(service.service_types) > 0"
    " THEN service.kinds ELSE place.kinds::varchar[] END"
)
RATING_COLUMNS = "service_id, service_group, domain, rating, published_on"

# PostgreSQL is told anew what is in the table, or it would compare all ratings once for each place.
FIND_CHANGED = f"""
UPDATE staged_place SET change = 'new';
UPDATE staged_place AS place SET change = CASE WHEN
    service.no_longer_listed_on IS NOT NULL
    OR service.provider_id <> place.provider_id
    OR service.kinds <> {KINDS}
    OR {" OR ".join(f"place.{name} IS NOT NULL AND place.{name} IS DISTINCT FROM service.{name}" for name in COMPARED)}
    THEN 'changed' ELSE 'unchanged' END
FROM {SERVICE} AS service WHERE service.id = place.id;
ANALYZE staged_place;
UPDATE staged_place SET change = 'changed'
WHERE %(layout)s = 'ratings' AND change = 'unchanged' AND id IN (
    SELECT service_id FROM (
        (SELECT {RATING_COLUMNS} FROM staged_rating EXCEPT SELECT {RATING_COLUMNS} FROM {RATING})
        UNION ALL
        (SELECT {RATING_COLUMNS} FROM {RATING} WHERE service_id IN (SELECT id FROM staged_place)
         EXCEPT SELECT {RATING_COLUMNS} FROM staged_rating)) AS different);
"""

PUT_SERVICES = f"""
UPDATE {SERVICE} AS service SET
    provider_id = place.provider_id, kinds = {KINDS}, no_longer_listed_on = NULL,
    phone_since = CASE WHEN COALESCE(place.phone, service.phone) = service.phone THEN service.phone_since
        ELSE %(on)s::date END,
    {", ".join(f"{name} = COALESCE(place.{name}, service.{name})" for name in COMPARED)}
FROM staged_place AS place WHERE place.id = service.id AND place.change = 'changed';

UPDATE {SERVICE} AS service SET last_checked_on = %(on)s, listed_in = CASE
    WHEN %(layout)s = ANY(listed_in) THEN listed_in ELSE array_append(listed_in, %(layout)s) END
FROM staged_place AS place WHERE place.id = service.id
  AND (service.last_checked_on <> %(on)s OR NOT %(layout)s = ANY(listed_in));

INSERT INTO {SERVICE} (id, provider_id, source, regulated, description, listed_in, last_checked_on,
    external_id, name, kinds, address, town, postcode, area, regulator_url,
    also_known_as, service_types, specialisms, region, phone, phone_since, website, overall_rating,
    latitude, longitude, inspected_on, rated_on)
SELECT id, provider_id, '{Source.REGULATOR}', true, '', ARRAY[%(layout)s], %(on)s,
    external_id, name, kinds, COALESCE(address, shorter_address), town, postcode, area, COALESCE(regulator_url, ''),
    COALESCE(also_known_as, ''), COALESCE(service_types, '{{}}'), COALESCE(specialisms, '{{}}'),
    COALESCE(region, ''), COALESCE(phone, ''), %(on)s, COALESCE(website, ''), COALESCE(overall_rating, ''),
    latitude, longitude, inspected_on, rated_on
FROM staged_place WHERE change = 'new';
"""

PUT_RATINGS = f"""
DELETE FROM {RATING} AS kept USING staged_place AS place
WHERE kept.service_id = place.id AND place.change = 'changed';
INSERT INTO {RATING} ({RATING_COLUMNS})
SELECT {RATING_COLUMNS} FROM staged_rating
WHERE service_id IN (SELECT id FROM staged_place WHERE change <> 'unchanged');
"""

# A place is gone when no file lists it any more. A file speaks only for the councils whose areas are in it.
MISSING = (
    f"source = '{Source.REGULATOR}' AND %(layout)s = ANY(listed_in) AND area IN (SELECT area FROM staged_place)"
    " AND id NOT IN (SELECT id FROM staged_place) AND id NOT IN (SELECT id FROM staged_held)"
)
TAKEN = f"""
SELECT area, count(*) FILTER (WHERE gone), count(*) FROM (
    SELECT area, ({MISSING} AND listed_in = ARRAY[%(layout)s]::varchar[]) AS gone FROM {SERVICE}
    WHERE source = '{Source.REGULATOR}' AND no_longer_listed_on IS NULL AND area IN (SELECT area FROM staged_place)
) AS known GROUP BY area HAVING count(*) FILTER (WHERE gone) > greatest(1, count(*) / 2)
"""
DELIST = f"""
UPDATE {SERVICE} SET
    listed_in = array_remove(listed_in, %(layout)s),
    no_longer_listed_on = CASE WHEN listed_in = ARRAY[%(layout)s]::varchar[] THEN %(on)s::date END
WHERE {MISSING}
"""

COUNT = """
SELECT count(*) FILTER (WHERE change = 'new'), count(*) FILTER (WHERE change = 'changed'),
       count(*) FILTER (WHERE change = 'unchanged'), (SELECT count(*) FROM staged_rating)
FROM staged_place
"""


def folded(text: str) -> str:
    """A text of the database without its accents: “café” is found by “cafe”, and the other way round."""
    return f"regexp_replace(normalize({text}, NFKD), U&'[\\0300-\\036F]', '', 'g')"


def weighed(text: str, weight: str) -> str:
    return f"setweight(to_tsvector('english', {folded(text)}), '{weight}')"


KIND_LABELS = """COALESCE((
    SELECT string_agg(told.label, ' ') FROM unnest(%(kinds)s::text[], %(labels)s::text[]) AS told(kind, label)
    WHERE told.kind = ANY(service.kinds)), '')"""
SAYS = "array_to_string(service.specialisms || service.service_types, ' ') || ' ' || service.description"
WORDS = f"""
UPDATE {SERVICE} AS service SET words =
    {weighed("service.name || ' ' || service.also_known_as", "A")} ||
    {weighed(f"provider.name || ' ' || {KIND_LABELS}", "B")} ||
    {weighed(SAYS, "C")} ||
    {weighed("service.town || ' ' || service.area", "D")}
FROM {PROVIDER} AS provider
WHERE provider.id = service.provider_id AND service.id = ANY(%(ids)s)
"""
