# /// script
# requires-python = ">=3.12"
# dependencies = ["duckdb>=1.5"]
# ///
"""The headline measures by council in SQL; run by `insight.py` in an environment of its own.

Written by hand for DuckDB, from the definitions: what several queries share (each client's place on the day, each
carer's in the year) is a table of its own, and only the columns that are needed are read.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import duckdb
from measure import peak_mib

#: Born by the last day of the month in which those of 18 on the last day were born, counted in years of 365.25 days.
ADULT = "(born_on IS NULL OR born_on <= last_day(DATE '{last}' - 6575))"
DIRECT = "coalesce(mechanism = 'Direct payment', false) OR coalesce(component = 'Direct payment', false)"
HELD = f"""CASE WHEN {DIRECT} THEN 3 WHEN mechanism = 'CASSR managed personal budget' THEN 4
    WHEN mechanism = 'CASSR commissioned support' THEN 5 ELSE 6 END"""
RANK = f"""CASE service_type WHEN 'Long term support: Nursing care' THEN 1
    WHEN 'Long term support: Residential care' THEN 2
    WHEN 'Long term support: Community' THEN {HELD} ELSE 7 END"""
SHARED = f"""
CREATE TEMP TABLE year AS
SELECT council, person, starts_on, ends_on, {RANK}::UTINYINT AS rank, ({DIRECT}) AS direct,
    starts_on <= DATE '{{last}}' AND coalesce(ends_on >= DATE '{{last}}', true) AS on_day,
    unit_cost_pence, cost_frequency, planned_units_hundredths
FROM read_parquet('{{folder}}/services.parquet')
WHERE client_type = 'Service user' AND service_type IN ('Long term support: Nursing care',
    'Long term support: Residential care', 'Long term support: Community', 'Long term support: Prison')
AND starts_on <= DATE '{{last}}' AND coalesce(ends_on >= DATE '{{first}}' AND ends_on >= starts_on, true);

CREATE TEMP TABLE clients AS
SELECT council, person, any_value(born_on) AS born_on, any_value(died_on) AS died_on,
    min(rank) FILTER (WHERE on_day) AS on_day,
    bool_or(on_day AND NOT direct AND rank BETWEEN 3 AND 6) AS other,
    min(rank) FILTER (WHERE rank BETWEEN 3 AND 6) AS community
FROM year JOIN read_parquet('{{folder}}/people.parquet') p USING (council, person)
WHERE {ADULT} AND (died_on IS NULL OR died_on >= DATE '{{first}}') GROUP BY council, person;

CREATE TEMP TABLE carers AS
SELECT council, person, min({HELD}) AS held
FROM read_parquet('{{folder}}/services.parquet') s
    JOIN read_parquet('{{folder}}/people.parquet') p USING (council, person)
WHERE client_type IN ('Unpaid carer', 'Unpaid carer known by association')
    AND service_type = 'Unpaid carer support: Direct to unpaid carer'
    AND starts_on <= DATE '{{last}}' AND coalesce(ends_on >= DATE '{{first}}' AND ends_on >= starts_on, true)
    AND {ADULT} AND (died_on IS NULL OR died_on >= DATE '{{first}}') GROUP BY council, person;
"""
ALIVE = "(died_on IS NULL OR died_on >= DATE '{last}')"
SHARES = """SELECT council, count(*) FILTER ({numerator}), count(*) FILTER ({denominator}), count(*) FILTER ({unknown})
    FROM {rows} GROUP BY council"""
_DAY = f"(SELECT council, on_day AS rank FROM clients WHERE on_day BETWEEN 3 AND 6 AND {ALIVE})"
_CARERS = "(SELECT council, held AS rank FROM carers)"
_SERVED = f"(SELECT council, community AS rank FROM clients WHERE community IS NOT NULL UNION ALL FROM {_CARERS})"


def _share(rows: str, best: int, denominator: str) -> str:
    return SHARES.format(
        rows=rows, numerator=f"WHERE rank <= {best}", denominator=denominator, unknown="WHERE rank = 6"
    )


QUERIES = {
    "ASCOF 3D(1a)": _share(_DAY, 4, "WHERE true"),
    "ASCOF 3D(2a)": _share(_DAY, 3, "WHERE true"),
    "ASCOF 3D(1b)": _share(_CARERS, 4, "WHERE rank <= 5"),
    "ASCOF 3D(2b)": _share(_CARERS, 3, "WHERE rank <= 5"),
    "NI130": _share(_SERVED, 4, "WHERE true"),
    "LTS001b": f"""
        SELECT council, CASE on_day WHEN 1 THEN 'Nursing' WHEN 2 THEN 'Residential'
            WHEN 3 THEN if(other, 'Part direct payment', 'Direct payment only') WHEN 4 THEN 'Managed personal budget'
            WHEN 5 THEN 'Commissioned support' WHEN 6 THEN 'Community, not known how' ELSE 'Prison' END AS place,
            count(*)
        FROM clients WHERE on_day IS NOT NULL AND {ALIVE} GROUP BY ALL""",
    "person-weekly-cost": f"""
        WITH priced AS (
            SELECT council, person, cost_frequency = 'One-off' AND unit_cost_pence <> 0 AS one_off,
                nullif(abs(unit_cost_pence) * CASE WHEN cost_frequency IN ('Per session', 'Hourly', 'Daily')
                    THEN planned_units_hundredths * 52 ELSE CASE cost_frequency WHEN 'Weekly' THEN 5200
                    WHEN 'Fortnightly' THEN 2600 WHEN '4-weekly' THEN 1300 WHEN 'Monthly' THEN 1200
                    WHEN 'Quarterly' THEN 400 WHEN 'Annually' THEN 100 END END, 0) AS parts
            FROM year WHERE on_day),
        each AS (
            SELECT c.council, CASE on_day WHEN 1 THEN 'Nursing' WHEN 2 THEN 'Residential' WHEN 3 THEN 'Direct payment'
                WHEN 4 THEN 'Managed personal budget' WHEN 5 THEN 'Commissioned support'
                WHEN 6 THEN 'Community, not known how' ELSE 'Prison' END AS way,
                sum(parts) AS parts, count(parts) AS priced,
                count(*) FILTER (WHERE parts IS NULL AND NOT coalesce(one_off, false)) AS no_price
            FROM clients c JOIN priced USING (council, person) WHERE {ALIVE} GROUP BY c.council, c.person, on_day)
        SELECT council, way, (coalesce(sum(parts) FILTER (WHERE no_price = 0 AND priced > 0), 0) * 2 + 5200) // 10400,
            count(*) FILTER (WHERE no_price = 0 AND priced > 0), count(*) FILTER (WHERE no_price > 0)
        FROM each GROUP BY ALL""",
}


def main() -> None:
    """Ask every query, and write the answers with what they took."""
    folder, task, output = map(Path, sys.argv[1:])
    lists = json.loads(task.read_text())
    words = {"{folder}": str(folder), "{first}": lists["from"], "{last}": lists["as_at"]}

    def said(sql: str) -> str:
        for mark, word in words.items():
            sql = sql.replace(mark, word)
        return sql

    started = time.perf_counter()
    base = duckdb.connect()
    base.execute(said(SHARED))
    answers = {code: sorted(map(list, base.execute(said(sql)).fetchall())) for code, sql in QUERIES.items()}
    taken = {
        "seconds": time.perf_counter() - started,
        "peak_mib": peak_mib(),
        "versions": {"duckdb": version("duckdb")},
    }
    output.write_text(json.dumps({"answers": answers, **taken}, default=int))


if __name__ == "__main__":
    main()
