"""The same measures in SQL, written from their definitions and not from the code, for DuckDB."""

from datetime import date

import duckdb

from leeway.insight.measures.measure import year_to
from leeway.insight.records.tables import TABLES, Records

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
SERVED = f"""({PLACES.format(first="{first}", last="{last}", only="service_type LIKE '%Community'")})"""
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

LASTING = f"""
WITH lt AS (
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
    HAVING min(starts_on) <= DATE '{{first}}' AND max(ends) >= DATE '{{last}}'),
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

TWINS = {
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
        f"SELECT council, place FROM {SERVED} UNION ALL SELECT council, place FROM ({CARERS})",
    ),
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
        """Each council's numerator, denominator and unknown (and median, where it is one)."""
        query = TWINS[code].replace("{first}", str(self.period.starts_on)).replace("{last}", str(self.period.ends_on))
        return {row[0]: tuple(row[1:]) for row in self.base.execute(query).fetchall()}
