"""The same measures in SQL, written from their definitions and not from the code, for DuckDB."""

from datetime import date

import duckdb

from leeway.insight.records.tables import TABLES, Records
from leeway.period import year_to

LONG_TERM = "service_type LIKE 'Long term support: %'"
DIRECT = "coalesce(mechanism = 'Direct payment', false) OR coalesce(component = 'Direct payment', false)"
ADULT = "(p.born_on IS NULL OR floor(date_diff('day', date_trunc('month', p.born_on), DATE '{last}') / 365.25) >= 18)"
OVER = "floor(date_diff('day', date_trunc('month', p.born_on), DATE '{last}') / 365.25)"
ALIVE = "(p.died_on IS NULL OR p.died_on >= DATE '{first}')"
OPEN = (
    "s.starts_on <= DATE '{last}' AND coalesce(s.ends_on, DATE '9999-12-31') >= DATE '{first}' "
    "AND coalesce(s.ends_on, DATE '9999-12-31') >= s.starts_on"
)

PLACES = f"""
SELECT s.council, s.person, min(CASE
    WHEN service_type LIKE '%Nursing%' THEN 1 WHEN service_type LIKE '%Residential%' THEN 2
    WHEN service_type LIKE '%Community' THEN CASE WHEN {DIRECT} THEN 3
        WHEN mechanism = 'CASSR managed personal budget' THEN 4
        WHEN mechanism = 'CASSR commissioned support' THEN 5 ELSE 6 END
    ELSE 7 END) AS place, any_value(p.accommodation) AS home, any_value({OVER}) AS age
FROM services s JOIN people p USING (council, person)
WHERE s.client_type = 'Service user' AND {LONG_TERM} AND {OPEN} AND {ALIVE} AND {ADULT} AND {{only}}
GROUP BY ALL
"""
CARERS = f"""
SELECT s.council, s.person, min(CASE WHEN {DIRECT} THEN 3 WHEN mechanism = 'CASSR managed personal budget' THEN 4
    WHEN mechanism = 'CASSR commissioned support' THEN 5 ELSE 6 END) AS place
FROM services s JOIN people p USING (council, person)
WHERE s.client_type IN ('Unpaid carer', 'Unpaid carer known by association')
    AND service_type = 'Unpaid carer support: Direct to unpaid carer' AND {OPEN} AND {ALIVE} AND {ADULT}
GROUP BY ALL
"""


def _share(numerator: str, denominator: str, unknown: str, rows: str) -> str:
    return f"""SELECT council, count(*) FILTER (WHERE {numerator}), count(*) FILTER (WHERE {denominator}),
        count(*) FILTER (WHERE {unknown}) FROM ({rows}) GROUP BY council"""


COMMUNITY = "place BETWEEN 3 AND 6"
SETTLED = """(starts_with(home, 'Owner occupier') OR starts_with(home, 'Tenant: ') OR starts_with(home, 'Settled ')
    OR starts_with(home, 'Supported accommodation') OR starts_with(home, 'Shared Lives')
    OR starts_with(home, 'Approved premises') OR starts_with(home, 'Sheltered') OR starts_with(home, 'Mobile'))"""
IN_YEAR, ON_DAY = (
    PLACES.format(first="{first}", last="{last}", only="true"),
    PLACES.format(first="{last}", last="{last}", only="true"),
)
HOLDERS = f"SELECT * FROM ({ON_DAY}) WHERE {COMMUNITY}"
SERVED = f"""({PLACES.format(first="{first}", last="{last}", only="service_type LIKE '%Community'")})"""
SERVED_OR_CARER = f"SELECT council, place FROM {SERVED} UNION ALL SELECT council, place FROM ({CARERS})"
NOT_PRISON = PLACES.format(first="{first}", last="{last}", only="service_type NOT LIKE '%Prison'")
LEARNING = PLACES.format(
    first="{first}",
    last="{last}",
    only="service_type NOT LIKE '%Prison' AND support_reason = 'Learning disability support'",
)
HOME_UNKNOWN = "home IS NULL OR home = 'Unknown'"

REABLEMENT = """
WITH st AS (
    SELECT council, person, starts_on, coalesce(ends_on, DATE '9999-12-31') AS ends, outcome
    FROM services WHERE client_type = 'Service user' AND service_type = 'Short term support: ST-Max'
        AND coalesce(ends_on, DATE '9999-12-31') >= starts_on),
marked AS (
    SELECT *, CASE WHEN starts_on <= max(ends) OVER (PARTITION BY council, person ORDER BY starts_on, ends
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1 THEN 0 ELSE 1 END AS begins FROM st),
spelt AS (
    SELECT *, sum(begins) OVER (PARTITION BY council, person ORDER BY starts_on, ends
        ROWS UNBOUNDED PRECEDING) AS spell FROM marked),
ranked AS (SELECT spelt.*, coalesce(o.rank, 99) AS rank FROM spelt LEFT JOIN outcomes o ON o.outcome = spelt.outcome),
ended AS (
    SELECT council, person, spell, min(starts_on) AS began, max(ends) AS over,
        first(rank ORDER BY ends DESC, rank) AS rank
    FROM ranked GROUP BY ALL HAVING over BETWEEN DATE '{first}' AND DATE '{last}'),
lt AS (
    SELECT council, person, starts_on, coalesce(ends_on, DATE '9999-12-31') AS ends, service_type, component
    FROM services WHERE client_type = 'Service user' AND coalesce(ends_on, DATE '9999-12-31') >= starts_on),
told AS (
    SELECT e.*,
        EXISTS (SELECT 1 FROM lt WHERE lt.council = e.council AND lt.person = e.person
            AND service_type LIKE 'Long term%' AND starts_on < began AND began - ends < 91) AS known,
        (SELECT min(CASE WHEN service_type LIKE 'Long term%' THEN 1
                WHEN component IN ('Short term nursing care', 'Short term residential care') THEN 2 ELSE 3 END)
            FROM lt WHERE lt.council = e.council AND lt.person = e.person
            AND (service_type LIKE 'Long term%' OR service_type IN
                ('Short term support: Ongoing low level', 'Short term support: Other short term'))
            AND (starts_on BETWEEN over AND over + 3
                OR (starts_on BETWEEN began AND over AND ends >= over))) AS sequel
    FROM ended e JOIN people p USING (council, person) WHERE {alive} AND {adult})
SELECT council, count(*) FILTER (WHERE sequel = 3 OR (sequel IS NULL AND rank IN (7, 10, 11, 14, 15, 16, 17))),
    count(*) FILTER (WHERE sequel IS NOT NULL OR rank IN (7, 10, 11, 14, 15, 16, 17)),
    count(*) FILTER (WHERE sequel IS NULL AND (rank <= 5 OR rank = 99))
FROM told WHERE NOT known GROUP BY council
""".replace("{alive}", ALIVE).replace("{adult}", ADULT)

STAYS = """
SELECT council, person, starts_on, coalesce(ends_on, DATE '9999-12-31') AS ends FROM services
WHERE client_type = 'Service user' AND service_type IN
    ('Long term support: Nursing care', 'Long term support: Residential care')
    AND coalesce(component, 'Long term nursing care') IN ('Long term nursing care', 'Long term residential care')
    AND outcome IS DISTINCT FROM 'NFA: Self-funded client or under 12wk disregard'
    AND coalesce(ends_on, DATE '9999-12-31') >= starts_on
"""
ADMISSIONS = f"""
WITH stays AS ({STAYS}), aged AS (
    SELECT a.council, a.person, floor(date_diff('day', date_trunc('month', p.born_on), a.starts_on) / 365.25) AS age
    FROM stays a JOIN people p USING (council, person)
    WHERE a.starts_on BETWEEN DATE '{{first}}' AND DATE '{{last}}' AND {ALIVE} AND {ADULT} AND born_on IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM stays b WHERE b.council = a.council AND b.person = a.person
        AND b.starts_on < a.starts_on AND a.starts_on - b.ends < 365)),
first AS (SELECT council, person, min(age) AS age FROM aged WHERE age >= 18 GROUP BY ALL)
"""
PEOPLE_OF = "(SELECT sum(people) FROM population q WHERE q.council = c.council AND q.age = '{}')"


def _rate(ages: str, band: str) -> str:
    return f"""{ADMISSIONS} SELECT c.council, (SELECT count(*) FROM first WHERE first.council = c.council AND {ages}),
        {PEOPLE_OF.format(band)}, 0 FROM (SELECT DISTINCT council FROM people) c"""


WAITS = f"""
WITH asked AS (
    SELECT DISTINCT council, person, starts_on AS day FROM requests WHERE client_type = 'Service user'
    AND coalesce(outcome, '') NOT LIKE 'NFA:%' AND coalesce(outcome, '') <> 'Admitted to hospital'),
new AS (
    SELECT * FROM asked a WHERE NOT EXISTS (
        SELECT 1 FROM services s WHERE s.council = a.council AND s.person = a.person
        AND client_type = 'Service user' AND coalesce(ends_on, starts_on) >= starts_on AND starts_on < a.day
        AND ((service_type LIKE 'Long term%' AND coalesce(ends_on, DATE '9999-12-31') >= a.day - 365)
        OR (service_type IN ('Short term support: ST-Max', 'Short term support: Other short term')
            AND coalesce(ends_on, DATE '9999-12-31') >= a.day - 91)))),
responses AS (
    SELECT council, person, starts_on AS day FROM assessments
    WHERE assessment_type IN ('Short term assessment', 'Long term assessment')
    UNION ALL SELECT council, person, starts_on FROM services WHERE client_type = 'Service user'
        AND coalesce(ends_on, starts_on) >= starts_on AND service_type NOT LIKE 'Unpaid%'),
answered AS (
    SELECT *, (SELECT min(day) FROM responses r
        WHERE r.council = n.council AND r.person = n.person AND r.day >= n.day) AS answer FROM new n),
waits AS (
    SELECT council, person, min(day) AS day, answer FROM answered GROUP BY council, person, answer),
mine AS (
    SELECT w.*, p.died_on FROM waits w JOIN people p USING (council, person)
    WHERE {ALIVE} AND {ADULT} AND floor(date_diff('day', date_trunc('month', p.born_on), w.day) / 365.25) >= 25)
"""

SPELT = f"""
lt AS (
    SELECT s.*, coalesce(ends_on, DATE '9999-12-31') AS ends FROM services s WHERE client_type = 'Service user'
    AND {LONG_TERM} AND coalesce(ends_on, DATE '9999-12-31') >= starts_on),
marked AS (
    SELECT *, CASE WHEN starts_on <= max(ends) OVER (PARTITION BY council, person ORDER BY starts_on, ends
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1 THEN 0 ELSE 1 END AS begins FROM lt),
spelt AS (
    SELECT *, sum(begins) OVER (PARTITION BY council, person ORDER BY starts_on, ends
        ROWS UNBOUNDED PRECEDING) AS spell FROM marked),
lasting AS (
    SELECT council, person FROM spelt GROUP BY council, person, spell
    HAVING min(starts_on) <= DATE '{{first}}' AND max(ends) >= DATE '{{last}}')
"""
LASTING = f"""
WITH {SPELT},
still AS (SELECT DISTINCT council, person FROM lt WHERE DATE '{{last}}' BETWEEN starts_on AND ends),
mine AS (
    SELECT still.*, EXISTS (SELECT 1 FROM reviews r WHERE r.council = still.council AND r.person = still.person
        AND r.client_type = 'Service user' AND r.ends_on BETWEEN DATE '{{first}}' AND DATE '{{last}}') AS seen
    FROM still SEMI JOIN lasting USING (council, person) JOIN people p USING (council, person)
    WHERE (p.died_on IS NULL OR p.died_on >= DATE '{{last}}') AND {ADULT})
SELECT council, count(*) FILTER (WHERE seen), count(*), 0 FROM mine GROUP BY council
"""
SEQUELS = f"""
WITH asked AS (
    SELECT DISTINCT council, person, starts_on AS day, ends_on AS until, coalesce(outcome, 'Unknown') AS outcome,
        coalesce(route, 'Unknown') AS route, coalesce(support_reason, 'Unknown') AS reason, coalesce(team, '?') AS t
    FROM requests WHERE client_type = 'Service user' AND ends_on BETWEEN DATE '{{first}}' AND DATE '{{last}}'),
had AS (
    SELECT *, coalesce(ends_on, DATE '9999-12-31') AS ends FROM services
    WHERE client_type = 'Service user' AND coalesce(ends_on, DATE '9999-12-31') >= starts_on),
told AS (
    SELECT a.*, (SELECT arg_min(service_type, CASE service_type
            WHEN 'Short term support: ST-Max' THEN 0 WHEN 'Long term support: Nursing care' THEN 1
            WHEN 'Long term support: Residential care' THEN 2 WHEN 'Long term support: Community' THEN 3
            WHEN 'Long term support: Prison' THEN 4 ELSE 5 END)
        FROM had h WHERE h.council = a.council AND h.person = a.person AND service_type NOT LIKE 'Unpaid%'
        AND h.starts_on BETWEEN a.day AND a.until + 28) AS sequel
    FROM asked a JOIN people p USING (council, person) WHERE {ALIVE} AND {ADULT}
    AND NOT EXISTS (SELECT 1 FROM had h WHERE h.council = a.council AND h.person = a.person AND {LONG_TERM}
        AND h.starts_on < a.day AND h.ends >= a.day))
SELECT council, count(*) FILTER (WHERE sequel LIKE 'Long term%'), count(*),
    count(*) FILTER (WHERE sequel IS NULL AND outcome = 'Unknown') FROM told GROUP BY council
"""

#: What held support, and how, on the first day of the year (`was`) and on the last (`now`), by the words of ways.
WAY = """CASE {} WHEN 1 THEN 'Nursing' WHEN 2 THEN 'Residential' WHEN 3 THEN 'Direct payment'
    WHEN 4 THEN 'Managed personal budget' WHEN 5 THEN 'Commissioned support'
    WHEN 6 THEN 'Community, not known how' ELSE 'Prison' END"""
TWO_DAYS = f"""
WITH a AS ({PLACES.format(first="{first}", last="{first}", only="true")}),
b AS ({PLACES.format(first="{last}", last="{last}", only="true")})
SELECT council, a.place AS before, b.place AS after, p.died_on
FROM people p LEFT JOIN a USING (council, person) LEFT JOIN b USING (council, person)
WHERE a.place IS NOT NULL OR b.place IS NOT NULL
"""


def _flows(place: int) -> dict[str, str]:
    held, once = f"after = {place}", f"before = {place}"
    alive = "coalesce(died_on, DATE '9999-12-31') >= DATE '{last}'"
    return {
        "new": _share(f"{held} AND before IS NULL", held, "false", TWO_DAYS),
        "converted": _share(f"{held} AND before NOT IN ({place}, 6)", held, f"{held} AND before = 6", TWO_DAYS),
        "ended": _share(f"{once} AND after IS NULL AND {alive}", once, "false", TWO_DAYS),
    }


#: What a service costs in a week, in 5,200ths of a penny; nothing said, or nothing, is no cost.
PRODUCT = """abs(unit_cost_pence)::HUGEINT * CASE
            WHEN cost_frequency IN ('Per session', 'Hourly', 'Daily') THEN 52 * planned_units_hundredths
            WHEN cost_frequency = 'Weekly' THEN 5200 WHEN cost_frequency = 'Fortnightly' THEN 2600
            WHEN cost_frequency = '4-weekly' THEN 1300 WHEN cost_frequency = 'Monthly' THEN 1200
            WHEN cost_frequency = 'Quarterly' THEN 400 WHEN cost_frequency = 'Annually' THEN 100 END"""
ONCE = "coalesce(cost_frequency = 'One-off' AND unit_cost_pence <> 0, false)"
PLACE = f"""CASE WHEN service_type LIKE '%Nursing care' THEN 1 WHEN service_type LIKE '%Residential care' THEN 2
            WHEN service_type LIKE '%Community' THEN CASE WHEN {DIRECT} THEN 3
                WHEN mechanism = 'CASSR managed personal budget' THEN 4
                WHEN mechanism = 'CASSR commissioned support' THEN 5 ELSE 6 END
            WHEN mechanism = 'CASSR managed personal budget' THEN 7
            WHEN mechanism = 'CASSR commissioned support' THEN 8 ELSE 9 END"""
#: Each long-term service of an adult, until they died, with its price.
PRICED = f"""
WITH open AS (
    SELECT s.*, {DIRECT} AS direct, least(coalesce(s.ends_on, DATE '9999-12-31'),
        coalesce(p.died_on, DATE '9999-12-31')) AS shut, p.born_on, {OVER} AS age
    FROM services s JOIN people p USING (council, person)
    WHERE s.client_type = 'Service user' AND {LONG_TERM} AND {ADULT} AND {ALIVE}),
weekly AS (
    SELECT *, {ONCE} AS once, {PRODUCT} AS product
    FROM open WHERE starts_on <= DATE '{{last}}' AND shut >= DATE '{{first}}' AND shut >= starts_on),
priced AS (
    SELECT *, CASE WHEN product > 0 THEN product END AS parts, coalesce(product, 0) = 0 AND NOT once AS lacking,
        {PLACE} AS place
    FROM weekly)
"""
ON_THE_DAY = PRICED.replace("{first}", "{last}")
PACKAGES = f"""{ON_THE_DAY}, people_of AS (
    SELECT council, person, least(min(place), 7) AS place, sum(parts) AS parts,
        count(parts) > 0 AND NOT bool_or(lacking) AS known, bool_or(lacking) AS lacking,
        (2 * coalesce(sum(parts), 0) + 5200) // 10400 AS pence, any_value(age) AS age, any_value(born_on) AS born_on,
        arg_min(coalesce(support_reason, 'Unknown'), (place, starts_on, coalesce(support_reason, 'Unknown'))) AS reason,
        sum(CASE WHEN cost_frequency = 'Hourly' THEN planned_units_hundredths END) AS hours,
        count(*) FILTER (WHERE cost_frequency = 'Hourly' AND planned_units_hundredths IS NULL) AS hours_blank,
        count(DISTINCT component) AS components, bool_or(component IS NULL) AS component_blank,
        count(DISTINCT provider) AS providers, bool_or(provider IS NULL AND NOT direct) AS provider_blank
    FROM priced GROUP BY council, person)
"""
OLD = "EXISTS (SELECT 1 FROM lasting l WHERE l.council = o.council AND l.person = o.person)"
REVIEWED = """EXISTS (SELECT 1 FROM reviews r WHERE r.council = o.council AND r.person = o.person
    AND r.client_type = 'Service user' AND coalesce(r.ends_on, r.starts_on) BETWEEN DATE '{first}' AND DATE '{last}')"""


def _tier(thing: str, known: str) -> str:
    return f"""{PACKAGES}, {SPELT} SELECT council, {WAY.format("place")},
        coalesce(sum({thing}) FILTER (WHERE {known}), 0), count(*) FILTER (WHERE {known}),
        count(*) FILTER (WHERE NOT coalesce({known}, false))
        FROM people_of o WHERE place BETWEEN 3 AND 6 GROUP BY ALL"""


def _shares_squared(amount: str, told: str, only: str = "true") -> str:
    """Sum the squares of what each provider has, direct payments aside, over the square of all of it."""
    return f"""{ON_THE_DAY}, bought AS (SELECT *, provider IS NOT NULL AND {told} AS said FROM priced
            WHERE NOT direct AND {only}),
        held AS (SELECT council, provider, {amount} AS held FROM bought WHERE said GROUP BY ALL)
        SELECT council, coalesce(any_value(squares), 0), coalesce(any_value(held), 0) ** 2, count_if(NOT said)
        FROM bought LEFT JOIN (SELECT council, sum(held * held) AS squares, sum(held) AS held FROM held
            GROUP BY council) USING (council) GROUP BY council"""


def _menu(place: int) -> str:
    """Square the services of people who hold support one way, over the squares of those of each component."""
    return f"""{PACKAGES}, of_each AS (
        SELECT council, component, count(*) AS services FROM priced s JOIN people_of o USING (council, person)
        WHERE o.place = {place} GROUP BY ALL)
        SELECT council, coalesce(sum(services) FILTER (WHERE component IS NOT NULL), 0) ** 2,
            coalesce(sum(services ** 2) FILTER (WHERE component IS NOT NULL), 0),
            coalesce(sum(services) FILTER (WHERE component IS NULL), 0) FROM of_each GROUP BY council"""


SECOND_LOOK = f"""{PACKAGES}, kinds AS (
    SELECT *, split_part(reason, ':', 1) AS client_group, CASE WHEN born_on IS NULL THEN 0 WHEN age < 65 THEN 1 ELSE 2
        END AS age_group FROM people_of),
ranked AS (
    SELECT *, count(*) OVER alike AS alike, row_number() OVER (alike ORDER BY pence) AS position
    FROM kinds WHERE known WINDOW alike AS (PARTITION BY council, client_group, age_group, place)),
lines AS (
    SELECT *, max(CASE WHEN position = ceil(alike * 19 / 20) THEN pence END)
        OVER (PARTITION BY council, client_group, age_group, place) AS line FROM ranked)
SELECT council, count(*) FILTER (WHERE pence > line AND alike >= 20), count(*) FILTER (WHERE alike >= 20),
    count(*) FILTER (WHERE alike < 20) + any_value(without)
FROM (SELECT council, count(*) FILTER (WHERE lacking) AS without FROM people_of GROUP BY council)
    LEFT JOIN lines USING (council) GROUP BY council
"""


def _alike(what: str) -> str:
    """How many of the words on either side are on both, in 10,000ths, where every service has one."""
    before, after = f"coalesce(b_{what}s, [])", f"coalesce(a_{what}s, [])"
    either = f"len(list_distinct(list_concat({before}, {after})))"
    return f"""CASE WHEN NOT no_{what} AND {either} > 0
            THEN 10000 * len(list_intersect({before}, {after})) // {either} END"""


#: Managed budgets that began in the year, each beside the person's services of the 12 weeks before and after.
BEGUN = f"""
WITH twice AS (
    SELECT * REPLACE (CASE WHEN held_before_until IS NULL THEN starts_on ELSE held_before_until + 1 END AS starts_on)
    FROM services
    UNION ALL SELECT * REPLACE (held_before AS mechanism, held_before_until AS ends_on)
    FROM services WHERE held_before_until IS NOT NULL),
lt AS (
    SELECT council, person, choice, provider, component, cost_frequency, starts_on AS opens, {DIRECT} AS direct,
        {ONCE} AS once,
        coalesce(ends_on, DATE '9999-12-31') AS shuts, {PLACE} AS place, nullif({PRODUCT}, 0) AS cost,
        planned_units_hundredths::HUGEINT AS units
    FROM twice WHERE client_type = 'Service user' AND {LONG_TERM}),
firsts AS (
    SELECT council, person, min(opens) AS began FROM lt
    WHERE place = 4 AND opens BETWEEN DATE '{{first}}' AND DATE '{{last}}' AND shuts >= opens GROUP BY ALL),
begun AS (
    SELECT f.* FROM firsts f JOIN people p USING (council, person) WHERE {ALIVE} AND {ADULT}
    AND NOT EXISTS (SELECT 1 FROM lt WHERE lt.council = f.council AND lt.person = f.person AND place = 4
        AND greatest(opens, began - 84) <= least(shuts, began - 1))),
windows AS (
    SELECT *, greatest(opens, began - 84) AS b0, least(shuts, began - 1) AS b1, greatest(opens, began) AS a0,
        least(shuts, began + 83, DATE '{{last}}') AS a1 FROM begun JOIN lt USING (council, person)),
near AS (SELECT *, b0 <= b1 AS before, a0 <= a1 AS after FROM windows WHERE b0 <= b1 OR a0 <= a1),
sums AS (
    SELECT council, person, any_value(began) AS began, min(place) FILTER (WHERE before) AS was,
        list_distinct(list(choice) FILTER (WHERE place = 4 AND opens = began)) AS chosen,
        max(b1) FILTER (WHERE before) - min(b0) FILTER (WHERE before) + 1 AS b_days,
        max(a1) FILTER (WHERE after) - min(a0) FILTER (WHERE after) + 1 AS a_days,
        coalesce(sum(units * (b1 - b0 + 1)) FILTER (WHERE before), 0) AS b_units,
        coalesce(sum(units * (a1 - a0 + 1)) FILTER (WHERE after), 0) AS a_units,
        coalesce(sum(cost * (b1 - b0 + 1)) FILTER (WHERE before), 0) AS b_cost,
        coalesce(sum(cost * (a1 - a0 + 1)) FILTER (WHERE after), 0) AS a_cost,
        bool_or(units IS NULL AND coalesce(cost_frequency IN ('Per session', 'Hourly', 'Daily'), true)) AS no_units,
        bool_or(cost IS NULL AND NOT once) AS no_cost, bool_or(component IS NULL) AS no_component,
        bool_or(provider IS NULL AND NOT direct) AS no_provider,
        list_distinct(list(provider) FILTER (WHERE before)) AS b_providers,
        list_distinct(list(provider) FILTER (WHERE after)) AS a_providers,
        list_distinct(list(component) FILTER (WHERE before)) AS b_components,
        list_distinct(list(component) FILTER (WHERE after)) AS a_components
    FROM near GROUP BY council, person),
parts AS (
    SELECT *, [
        CASE WHEN NOT no_units AND b_units + a_units > 0
            THEN 10000 * (20 * abs(a_units * b_days - b_units * a_days) <= b_units * a_days)::INT END,
        CASE WHEN NOT no_cost AND b_cost + a_cost > 0
            THEN 10000 * (20 * abs(a_cost * b_days - b_cost * a_days) <= b_cost * a_days)::INT END,
        {{alike_providers}}, {{alike_components}}] AS scores FROM sums),
judged AS (
    SELECT *, list_filter(scores, lambda x: x IS NOT NULL) AS said FROM parts),
scored AS (
    SELECT council, was, began - 84 >= DATE '{{first}}' AS seen,
        CASE WHEN len(said) >= 2 THEN list_sum(said)::INT // len(said) END AS score,
        CASE WHEN list_contains(chosen, 'Not chosen') THEN 'no' WHEN list_contains(chosen, 'Not known') THEN 'unknown'
            WHEN list_contains(chosen, 'Chosen') THEN 'yes' ELSE 'nothing held' END AS choice FROM judged)
""".replace("{alike_providers}", _alike("provider")).replace("{alike_components}", _alike("component"))

TWINS = {
    "holds-direct": _share("place = 3", "place < 6", "place = 6", HOLDERS),
    "holds-managed": _share("place = 4", "place < 6", "place = 6", HOLDERS),
    "holds-commissioned": _share("place = 5", "place < 6", "place = 6", HOLDERS),
    **{f"flow-{what}-direct": sql for what, sql in _flows(3).items()},
    **{f"flow-{what}-managed": sql for what, sql in _flows(4).items()},
    **{f"flow-{what}-commissioned": sql for what, sql in _flows(5).items()},
    "relabelled": f"""{BEGUN} SELECT council,
        count(*) FILTER (WHERE was IS NOT NULL AND score >= 7000 AND choice IN ('no', 'nothing held')),
        count(*) FILTER (WHERE was IS NOT NULL AND score IS NOT NULL AND (score < 7000 OR choice <> 'unknown')),
        count(*) FILTER (WHERE CASE WHEN was IS NULL THEN NOT seen
            ELSE score IS NULL OR (score >= 7000 AND choice = 'unknown') END)
        FROM scored GROUP BY council""",
    "kept-by-choice": f"""{BEGUN} SELECT council, count(*) FILTER (WHERE choice = 'yes'),
        count(*) FILTER (WHERE choice IN ('yes', 'no')), count(*) FILTER (WHERE choice IN ('unknown', 'nothing held'))
        FROM scored WHERE was IS NOT NULL AND score >= 7000 GROUP BY council""",
    "new-to-support": f"""{BEGUN} SELECT council, count(*) FILTER (WHERE was IS NULL AND seen),
        count(*) FILTER (WHERE was IS NOT NULL OR seen), count(*) FILTER (WHERE was IS NULL AND NOT seen)
        FROM scored GROUP BY council""",
    "tier-hours": _tier("hours", "hours IS NOT NULL AND hours_blank = 0"),
    "tier-cost": _tier("pence", "known"),
    "tier-components": _tier("components", "NOT component_blank"),
    "tier-providers": _tier("providers", "providers > 0 AND NOT provider_blank"),
    "tier-reviewed": _tier(f"({REVIEWED})::INT", OLD),
    "person-weekly-cost": f"""{PACKAGES} SELECT council, {WAY.format("place")},
        (2 * coalesce(sum(parts) FILTER (WHERE known), 0) + 5200) // 10400, count(*) FILTER (WHERE known),
        count(*) FILTER (WHERE lacking) FROM people_of GROUP BY ALL""",
    "service-weekly-cost": f"""{ON_THE_DAY} SELECT council, (2 * coalesce(sum(parts), 0) + 5200) // 10400, count(parts),
        count(*) FILTER (WHERE lacking) FROM priced GROUP BY council""",
    "hour-cost": f"""{ON_THE_DAY} SELECT council,
        coalesce(sum(abs(unit_cost_pence) * planned_units_hundredths) FILTER (WHERE parts > 0), 0),
        coalesce(sum(planned_units_hundredths) FILTER (WHERE parts > 0), 0), count(*) FILTER (WHERE lacking)
        FROM priced WHERE cost_frequency = 'Hourly' GROUP BY council""",
    "service-spend": f"""{PRICED} SELECT council, (2 * coalesce(sum(
            coalesce(parts, 0) * (least(shut, DATE '{{last}}') - greatest(starts_on, DATE '{{first}}') + 1)
            + CASE WHEN once AND starts_on >= DATE '{{first}}' THEN abs(unit_cost_pence) * 36400 ELSE 0 END
        ), 0) + 36400) // 72800, count(*) FILTER (WHERE parts > 0 OR (once AND starts_on >= DATE '{{first}}')),
        count(*) FILTER (WHERE lacking) FROM priced GROUP BY council""",
    "second-look": SECOND_LOOK,
    "concentration-spend": _shares_squared("(2 * sum(parts) + 520000) // 1040000", "parts IS NOT NULL"),
    "concentration-hours": _shares_squared(
        "(2 * sum(planned_units_hundredths) + 100) // 200",
        "planned_units_hundredths IS NOT NULL",
        "cost_frequency = 'Hourly'",
    ),
    "concentration-people": _shares_squared("count(DISTINCT person)", "true"),
    "menu-managed": _menu(4),
    "menu-direct": _menu(3),
    "SALT LTS002, reviewed in the year": LASTING,
    "SALT STS001, long-term support": SEQUELS,
    "ASCOF 3D(1a)": _share("place IN (3, 4)", COMMUNITY, "place = 6", ON_DAY),
    "ASCOF 3D(2a)": _share("place = 3", COMMUNITY, "place = 6", ON_DAY),
    "ASCOF 3D(1b)": _share("place IN (3, 4)", "place < 6", "place = 6", CARERS),
    "ASCOF 3D(2b)": _share("place = 3", "place < 6", "place = 6", CARERS),
    "SALT LTS001a, self-directed": _share("place IN (3, 4)", COMMUNITY, "place = 6", IN_YEAR),
    "SALT LTS001a, direct payments": _share("place = 3", COMMUNITY, "place = 6", IN_YEAR),
    "NI130": _share(
        "place IN (3, 4)",
        "true",
        "place = 6",
        SERVED_OR_CARER,
    ),
    # The value too, in tenths of a per cent of 70% of the base, a half going up; none where of nobody it is known.
    "NI130, ADASS base": f"""SELECT *, CASE WHEN served > 0 OR unknown < base
            THEN (200000 * served + 70 * base) // (140 * base) / 10 END
        FROM (SELECT council, count(*) FILTER (WHERE place IN (3, 4)) AS served, count(*) AS base,
            count(*) FILTER (WHERE place = 6) AS unknown FROM ({SERVED_OR_CARER}) GROUP BY council)""",
    "ASCOF 2A": REABLEMENT,
    "ASCOF 2B": _rate("age < 65", "18-64"),
    "ASCOF 2C": _rate("age >= 65", "65+"),
    "ASCOF 2E(1)": _share(
        f"{SETTLED} AND age BETWEEN 18 AND 64",
        "age BETWEEN 18 AND 64",
        f"({HOME_UNKNOWN}) AND age BETWEEN 18 AND 64",
        LEARNING,
    ),
    "ASCOF 2E(2a)": _share(
        f"{SETTLED} AND age BETWEEN 18 AND 64",
        "age BETWEEN 18 AND 64",
        f"({HOME_UNKNOWN}) AND age BETWEEN 18 AND 64",
        NOT_PRISON,
    ),
    "ASCOF 2E(2b)": _share(f"{SETTLED} AND age >= 65", "age >= 65", f"({HOME_UNKNOWN}) AND age >= 65", NOT_PRISON),
    "SALT LTS001b, community": _share(COMMUNITY, "true", "false", ON_DAY),
    "Waiting, first response": f"""{WAITS} SELECT council, sum(answer - day), count(*), 0, median(answer - day)
        FROM mine WHERE answer BETWEEN DATE '{{first}}' AND DATE '{{last}}' GROUP BY council""",
    "Waiting, no response yet": f"""{WAITS} SELECT council,
        count(*) FILTER (WHERE coalesce(answer, DATE '9999-12-31') > DATE '{{last}}'
            AND coalesce(died_on, DATE '9999-12-31') >= DATE '{{last}}'),
        count(*) FILTER (WHERE coalesce(answer, DATE '9999-12-31') <= DATE '{{last}}'
            OR coalesce(died_on, DATE '9999-12-31') >= DATE '{{last}}'),
        count(*) FILTER (WHERE coalesce(answer, DATE '9999-12-31') > DATE '{{last}}' AND died_on < DATE '{{last}}')
        FROM mine WHERE day BETWEEN DATE '{{first}}' AND DATE '{{last}}' GROUP BY council""",
}

#: What has a row for each way of holding too. All others have one for each council.
BY = {code: ("council", "way") for code in TWINS if code.startswith("tier-") or code == "person-weekly-cost"}


class Twin:
    """Answers from DuckDB over the same records."""

    def __init__(self, records: Records, *, population, outcomes, as_at: date):
        self.period = year_to(as_at)
        self.base = duckdb.connect()
        for table in TABLES:
            self.base.register(table, getattr(records, table).to_native().collect().to_arrow())
        self.base.register("population", population.to_native().collect().to_arrow())
        self.base.register("outcomes", outcomes.to_arrow())

    def answers(self, code: str) -> dict[str, tuple]:
        """The numerator, denominator and unknown (and of some the value) of each council, and way."""
        query = TWINS[code].replace("{first}", str(self.period.starts_on)).replace("{last}", str(self.period.ends_on))
        keys = len(BY.get(code, ("council",)))
        return {row[:keys]: tuple(map(_whole, row[keys:])) for row in self.base.execute(query).fetchall()}


def _whole(number):
    """A whole number as one, whatever the database counts it in; a median may be another, and a value may lack."""
    return number if number is None or number != int(number) else int(number)
