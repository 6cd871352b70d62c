"""How concentrated the providers of support are, and how much variety the menu has, on a day and over time.

Concentration is the Herfindahl-Hirschman index (HHI): each provider's share in per cent, squared, added up. One
provider alone is 10,000; ten alike are 1,000. 10,000 over the index is the number of providers alike that would be as
concentrated ("effective competitors"). It is taken over what is spent, over hours, or over people served: the return
asks no cost of what the council commissions, so people served is the basis that misses least.

A direct payment names no provider, since the person buys. It has no part in concentration. Variety counts what people
have, provider and component together, under each way of holding support: as entropy (in bits), and as the number of
choices alike that would vary as much (2 to that power). A service that names no provider is counted as unknown.

Source: the index's lines are those of the Merger Assessment Guidelines of the Competition Commission and the Office of
Fair Trading (2010), which the Competition and Markets Authority took over. Its own guidelines (CMA129, 2021) draw no
line any more: read them as words for a size, not as a test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum, log2
from typing import Any

import narwhals as nw
import polars as pl

from leeway.insight.measures.answers import gather
from leeway.insight.measures.costs import OF_SERVICES, PARTS, WAY, WAYS, supports
from leeway.insight.measures.holding import BY_DIRECT, BY_MANAGED, NOT_KNOWN, PERSON, is_direct, number, on
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.records.tables import Records
from leeway.period import Period

#: From this index on, the words of the guidelines of 2010.
BANDS = ((0, "Not concentrated"), (1_000, "Concentrated"), (2_000, "Highly concentrated"))
WHOLE_INDEX = 10_000
_POUND = PARTS * 100


@dataclass(frozen=True)
class Basis:
    """What a provider's share is a share of, in whole units so that squares stay whole numbers."""

    code: str
    name: str
    unknown: str


SPEND = Basis("spend", "Whole pounds a week", "Services that name no provider, or have no cost")
HOURS = Basis("hours", "Whole hours a week of services paid by the hour", "Services that name no provider, or no hours")
PEOPLE = Basis("people", "People served", "Services that name no provider")
BASES = (SPEND, HOURS, PEOPLE)


def by_provider(
    records: Records, period: Period, by: Sequence[str] = (), *, basis: Basis = PEOPLE
) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    """Give what each provider has of a market on the period's last day, and apart from it what is not known.

    The first frame has the breakdowns, `provider` and `amount`; the second has a row for each
    service but direct payments: the breakdowns, and `unknown` (1 where this basis cannot put it to a provider).
    """
    rows = supports(records, on(period.ends_on), tuple(dict.fromkeys((*by, "provider")))).filter(~is_direct())
    named = nw.col("provider") != NOT_KNOWN
    if basis is SPEND:
        told, amount, unit = nw.col("priced") == 1, nw.col("parts"), _POUND
    elif basis is HOURS:
        rows = rows.filter(nw.col("cost_frequency") == "Hourly")
        told, amount, unit = ~nw.col("hours_hundredths").is_null(), nw.col("hours_hundredths"), 100
    else:
        told, amount, unit = named, nw.lit(1, dtype=nw.Int64), 1
    counted = rows.with_columns(amount=amount, unknown=number(~(named & told)))
    known = counted.filter(nw.col("unknown") == 0)
    if basis is PEOPLE:  # a person with two services of one provider is served by it once
        known = known.select(*dict.fromkeys((*PERSON, "provider", "amount", *by))).unique()
    shares = known.group_by(*dict.fromkeys((*by, "provider"))).agg(nw.col("amount").sum().cast(nw.Int64))
    if unit > 1:
        shares = shares.with_columns(amount=(nw.col("amount") * 2 + unit) // (2 * unit))
    missing = counted.select(*by, "unknown")
    return shares, missing


def concentration_counts(basis: Basis) -> Count:
    """Give the function that counts an index: the sum of squares over the square of the sum, in whole numbers.

    Their ratio is the chance that two pounds, hours or people drawn at random have the same provider.
    """

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        shares, missing = by_provider(records, period, by, basis=basis)
        none = nw.lit(0, dtype=nw.Int64)
        amount = nw.col("amount")
        held = shares.select(*by, amount=amount, squares=amount * amount, unknown=none)
        lost = missing.select(*by, amount=none, squares=none, unknown=nw.col("unknown"))
        rows = nw.concat([held, lost])
        sums = {name: nw.col(name).sum().cast(nw.Int64) for name in ("amount", "squares", "unknown")}
        added = rows.group_by(*by).agg(**sums) if by else rows.select(**sums)
        return added.select(*by, numerator=nw.col("squares"), denominator=amount * amount, unknown=nw.col("unknown"))

    return count


def concentration(
    records: Records, period: Period, by: Sequence[str] = ("council", "component"), *, basis: Basis = PEOPLE
) -> pl.DataFrame:
    """Give each market its concentration on the period's last day.

    One row a market: the breakdowns, `providers`, `amount`, `largest_share` (%), `index` (0 to 10,000), `band`,
    `effective` competitors, `services`, `unknown` and `unknown_share` (%). The index and what comes from it are null
    where no provider is known.
    """
    held, missing = gather(list(by_provider(records, period, by, basis=basis)))
    markets: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
    for row in missing:
        _, counts = markets.setdefault(tuple(str(row[one]) for one in by), ([], [0, 0]))
        counts[0] += 1
        counts[1] += int(row["unknown"])
    for row in held:
        markets[tuple(str(row[one]) for one in by)][0].append(int(row["amount"]))
    lines = [
        dict(zip(by, market, strict=True)) | _concentrated(amounts) | {"services": services, "unknown": unknown}
        for market, (amounts, (services, unknown)) in sorted(markets.items())
    ]
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(by, pl.String)
    schema |= {"providers": pl.Int64, "amount": pl.Int64, "largest_share": pl.Float64, "index": pl.Float64}
    schema |= {"band": pl.String, "effective": pl.Float64, "services": pl.Int64, "unknown": pl.Int64}
    return pl.DataFrame(lines, schema=schema).with_columns(
        unknown_share=100 * pl.col("unknown") / pl.col("services")
    )  # fmt: skip


def _concentrated(amounts: list[int]) -> dict[str, Any]:
    index = concentration_index(amounts)
    found: dict[str, Any] = {"providers": len(amounts), "amount": sum(amounts), "index": index}
    if index is None:
        return found | dict.fromkeys(("largest_share", "band", "effective"))
    share = 100 * max(amounts) / sum(amounts)
    return found | {"largest_share": share, "band": band(index), "effective": WHOLE_INDEX / index}


def concentration_index(amounts: Iterable[int]) -> float | None:
    """The index of a market, from what each provider has of it; none where nobody has anything.

    >>> concentration_index([40, 30, 20, 10]), concentration_index([7]), concentration_index([])
    (3000.0, 10000.0, None)
    """
    held = list(amounts)
    whole = sum(held)
    return WHOLE_INDEX * sum(amount * amount for amount in held) / whole**2 if whole else None


def band(index: float) -> str:
    """The words for an index.

    >>> band(999.9), band(1_000), band(2_000)
    ('Not concentrated', 'Concentrated', 'Highly concentrated')
    """
    return [words for start, words in BANDS if index >= start][-1]


def variety(records: Records, days: Sequence[date], by: Sequence[str] = ()) -> pl.DataFrame:
    """Say how varied what people have is, on each of some days, under each way of holding support.

    One row a day, breakdown and way: `services`, `unknown` (name no provider), `providers`, `components`, then
    `bits` and `effective` over provider and component together (of services that name a provider), and
    `component_bits` and `component_effective` over components alone. None where nothing is known.
    Records of one return cover a year: earlier days than its first are not in it.
    """
    keys = (WAY, *by)
    frames = [supports(records, on(day), ("component", "provider", *keys)) for day in days]
    counted = [
        frame.group_by(*keys, "component", "provider").agg(nw.len().cast(nw.Int64).alias("services"))
        for frame in frames
    ]
    lines = []
    for day, rows in zip(days, gather(counted), strict=True):
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            groups.setdefault(tuple(str(row[key]) for key in keys), []).append(row)
        lines += [
            {"day": day} | dict(zip(keys, group, strict=True)) | _variety(groups[group]) for group in sorted(groups)
        ]
    schema: dict[str, type[pl.DataType]] = {"day": pl.Date}
    schema |= dict.fromkeys(keys, pl.String)
    schema |= dict.fromkeys(("services", "unknown", "providers", "components"), pl.Int64)
    schema |= dict.fromkeys(("bits", "effective", "component_bits", "component_effective"), pl.Float64)
    return pl.DataFrame(lines, schema=schema)


def _variety(rows: list[dict[str, Any]]) -> dict[str, Any]:
    named = [row for row in rows if row["provider"] != NOT_KNOWN]
    by_component: dict[str, int] = {}
    for row in rows:
        by_component[row["component"]] = by_component.get(row["component"], 0) + int(row["services"])
    bits = entropy_bits([int(row["services"]) for row in named])
    component_bits = entropy_bits(by_component.values())
    services = sum(by_component.values())
    return {
        "services": services,
        "unknown": services - sum(int(row["services"]) for row in named),
        "providers": len({row["provider"] for row in named}),
        "components": len(by_component),
        "bits": bits,
        "effective": None if bits is None else 2**bits,
        "component_bits": component_bits,
        "component_effective": None if component_bits is None else 2**component_bits,
    }


def entropy_bits(counts: Iterable[int]) -> float | None:
    """Shannon's entropy, in bits: 0 where all have the same, and most where every choice is as common. None of nothing.

    >>> entropy_bits([5]), entropy_bits([3, 3, 3, 3]), entropy_bits([])
    (0.0, 2.0, None)
    """
    there = sorted(count for count in counts if count)
    whole = sum(there)
    return fsum(count / whole * log2(whole / count) for count in there) if whole else None


def _menu(rank: int) -> Count:
    """Count, for one way of holding, the square of all services over the sum of squares: effective choices."""

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        rows = supports(records, on(period.ends_on), tuple(dict.fromkeys((*by, "component"))))
        held = rows.filter(nw.col("rank") == rank).group_by(*dict.fromkeys((*by, "component")))
        counts = held.agg(nw.len().cast(nw.Int64).alias("all")).with_columns(known=nw.col("component") != NOT_KNOWN)
        said = nw.when(nw.col("known")).then(nw.col("all")).otherwise(nw.lit(0, dtype=nw.Int64))
        rows = counts.with_columns(services=said, unknown=nw.col("all") - said).with_columns(
            squares=nw.col("services") * nw.col("services")
        )
        sums = {name: nw.col(name).sum().cast(nw.Int64) for name in ("services", "squares", "unknown")}
        added = rows.group_by(*by).agg(**sums) if by else rows.select(**sums)
        services = nw.col("services")
        return added.select(*by, numerator=services * services, denominator=nw.col("squares"), unknown="unknown")

    return count


_SOURCE = "Client Level Data, release 2 (DHSC)"
MEASURES = (
    *(
        Measure(
            f"concentration-{basis.code}", f"Concentration of providers, by {basis.code}",
            "Each provider’s share in per cent, squared, added up: 10,000 is one provider alone. Direct payments are "
            "left out. It means most for one area and one component.",
            f"{basis.name}: each provider’s, squared, added up", f"{basis.name}: all providers’ together, squared",
            basis.unknown, _SOURCE, concentration_counts(basis), per=WHOLE_INDEX, unit="index", decimals=0,
            adds_up=False, breakdowns=OF_SERVICES,
        )
        for basis in BASES
    ),
    *(
        Measure(
            f"menu-{code}", f"Variety of support: {WAYS[rank].lower()}",
            "The number of components, all as common, that would vary as much as what people have.",
            "Services, squared", "Services of each component, squared, added up", "Services whose component is blank",
            _SOURCE, _menu(rank), per=1, unit="components", adds_up=False, breakdowns=OF_SERVICES,
        )
        for code, rank in (("managed", BY_MANAGED), ("direct", BY_DIRECT))
    ),
)  # fmt: skip
