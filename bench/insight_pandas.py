# /// script
# requires-python = ">=3.12"
# dependencies = ["pandas>=3", "pyarrow>=24"]
# ///
"""The whole report in pandas; run by `insight.py` in an environment of its own.

As somebody would who knows pandas well: only the columns that are needed are read, codes are categories, each person is
one whole number in every table, what several measures share is worked out once, sets of words are compared as numbers,
and no row is looked at in a loop. The definitions are those of the measures, written again from their words.
"""

import json
import sys
import time
from datetime import date, timedelta
from functools import cached_property
from importlib.metadata import version
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from measure import peak_mib

PARTS = 5200  # of a penny, in which every weekly cost is whole
EPOCH = date(1970, 1, 1)
FAR = 1_000_000
CODES = {"council", "client_type", "support_reason", "accommodation", "outcome", "route", "assessment_type"}
CODES |= {"service_type", "component", "mechanism", "provider", "cost_frequency", "team"}


def days(day: date) -> int:
    return (day - EPOCH).days


def born_by(age: int, day: int) -> int:
    """The last day of birth of those who have reached an age, counted from the first of the month of birth."""
    first = EPOCH + timedelta(days=day - ceil(age * 365.25))
    after = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    return days(after) - 1


class Report:
    """The tables of one folder, and the measures of one year."""

    def __init__(self, folder: Path, lists: dict) -> None:
        self.folder, self.lists = folder, lists
        self.last = days(date.fromisoformat(lists["as_at"]))
        self.first = days(date.fromisoformat(lists["from"]))
        self.answers: dict[str, dict[str, list]] = {}
        self.people = self.read("people", ["council", "person", "born_on", "died_on", "accommodation"])
        self.councils = self.people["council"].cat.categories
        self.who = pd.MultiIndex.from_frame(self.people[["council", "person"]])
        people = self.people
        self.council = people["council"].cat.codes.to_numpy()
        self.born, self.died = people["born_on"].to_numpy(), people["died_on"].to_numpy()
        self.home = people["accommodation"].astype(object).fillna("Unknown").astype("category")
        self.people = None

    def read(self, table: str, columns: list[str]) -> pd.DataFrame:
        """Read columns of a table: codes as categories, days as numbers (of which none is NaN)."""
        codes = [column for column in columns if column in CODES]
        frame = pq.read_table(self.folder / f"{table}.parquet", columns=columns, read_dictionary=codes)
        frame = frame.to_pandas(date_as_object=False)
        for column in columns:
            if column.endswith("_on"):
                day = frame[column].to_numpy().astype("datetime64[D]")
                frame[column] = np.where(np.isnat(day), np.nan, day.astype(np.int64))
        return frame

    def events(self, table: str, columns: list[str]) -> pd.DataFrame:
        """Read a table of events, with the person's number in the place of their council and code."""
        frame = self.read(table, ["council", "person", *columns])
        frame["who"] = self.who.get_indexer(pd.MultiIndex.from_frame(frame[["council", "person"]]))
        return frame.drop(columns=["council", "person"])

    def adults(self, who: np.ndarray, first: int, last: int) -> np.ndarray:
        """Say of people by their numbers who was alive on the first day, and 18 by the last."""
        died, born = self.died[who], self.born[who]
        return (np.isnan(died) | (died >= first)) & (np.isnan(born) | (born <= born_by(18, last)))

    def tally(self, code: str, who, numerator, denominator, unknown) -> None:
        """Add up three columns by council and in all."""
        council = self.council[np.asarray(who)]
        frame = pd.DataFrame({"n": np.asarray(numerator), "d": np.asarray(denominator), "u": np.asarray(unknown)})
        sums = frame.fillna(0).astype(np.int64).groupby(council).sum()
        self.add(code, sums)

    def add(self, code: str, sums: pd.DataFrame, whole: list | None = None) -> None:
        rows = {self.councils[one]: list(map(int, row)) for one, row in zip(sums.index, sums.to_numpy(), strict=True)}
        self.answers[code] = {**rows, "": whole or [int(total) for total in sums.sum()]}

    def all(self) -> dict:
        self.prepare()
        self.take_up()
        self.flows()
        self.homes()
        self.relabelled()
        self.costs()
        self.reablement()
        self.admissions()
        self.waiting()
        self.all_year()
        self.requests()
        return self.answers

    def prepare(self) -> None:
        """Read services, and mark what every measure of them asks."""
        columns = ["starts_on", "ends_on", "client_type", "service_type", "component", "mechanism", "support_reason"]
        columns += ["outcome", "provider", "unit_cost_pence", "cost_frequency", "planned_units_hundredths"]
        services = self.events("services", columns)
        kind, how = services["service_type"], services["mechanism"]
        direct = (how == "Direct payment") | (services["component"] == "Direct payment")
        prison = np.select([how == "CASSR managed personal budget", how == "CASSR commissioned support"], [7, 8], 9)
        held = np.select(
            [direct, how == "CASSR managed personal budget", how == "CASSR commissioned support"], [3, 4, 5], 6
        )
        names = [f"Long term support: {one}" for one in ("Nursing care", "Residential care", "Community")]
        services["held"], services["direct"] = held.astype(np.int8), direct
        services["rank"] = np.select([kind == name for name in names], [1, 2, held], prison).astype(np.int8)
        services["ends"] = services["ends_on"].fillna(FAR).astype(np.int64)
        services["starts_on"] = services["starts_on"].astype(np.int64)
        user = services["client_type"] == "Service user"
        self.long_term = services[user & kind.isin(self.lists["long_term"])]
        self.own = services[user]
        mine = services["client_type"].isin(self.lists["carers"])
        self.of_carers = services[mine & (kind == "Unpaid carer support: Direct to unpaid carer")]

    @staticmethod
    def open(services: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
        ends, starts = services["ends"], services["starts_on"]
        return services[(starts <= last) & (ends >= first) & (ends >= starts)]

    def placed(self, services: pd.DataFrame, first: int, last: int, column: str = "rank") -> pd.Series:
        """Give each adult their best rank, by their number."""
        best = services.groupby("who")[column].min()
        return best[self.adults(best.index.to_numpy(), first, last)]

    def take_up(self) -> None:
        on_day, in_year = (self.open(self.long_term, first, self.last) for first in (self.last, self.first))
        self.on_day, self.in_year = on_day, in_year
        clients = self.clients = self.placed(on_day, self.last, self.last)
        yearly = self.placed(in_year, self.first, self.last)
        carers = self.placed(self.open(self.of_carers, self.first, self.last), self.first, self.last, "held")
        self.tally("SALT LTS001b, community", clients.index, clients.between(3, 6), clients > 0, clients < 0)
        for code, everybody in (("ASCOF 3D({}a)", clients), ("SALT LTS001a, {}", yearly)):
            some = everybody[everybody.between(3, 6)]
            names = ("1", "2") if "3D" in code else ("self-directed", "direct payments")
            self.tally(code.format(names[0]), some.index, some <= 4, some > 0, some == 6)
            self.tally(code.format(names[1]), some.index, some <= 3, some > 0, some == 6)
        self.tally("ASCOF 3D(1b)", carers.index, carers <= 4, carers <= 5, carers == 6)
        self.tally("ASCOF 3D(2b)", carers.index, carers <= 3, carers <= 5, carers == 6)
        community = in_year[in_year["service_type"] == "Long term support: Community"]
        both = pd.concat([self.placed(community, self.first, self.last), carers])
        for code in ("NI130", "NI130, ADASS base"):
            self.tally(code, both.index, both <= 4, both > 0, both == 6)
        some = clients[clients.between(3, 6)]
        for code, rank in (("direct", 3), ("managed", 4), ("commissioned", 5)):
            self.tally(f"holds-{code}", some.index, some == rank, some <= 5, some > 5)

    def flows(self) -> None:
        """Who came to each way of holding between the first day and the last, from where, and who left it."""
        first = self.placed(self.open(self.long_term, self.first, self.first), self.first, self.first)
        both = pd.concat({"before": first, "after": self.clients}, axis=1)
        before, after, died = both["before"], both["after"], self.died[both.index]
        for code, rank in (("direct", 3), ("managed", 4), ("commissioned", 5)):
            now, once = after == rank, before == rank
            other = now & before.notna() & ~before.isin([rank, 6])
            self.tally(f"flow-new-{code}", both.index, now & before.isna(), now, now & False)
            self.tally(f"flow-converted-{code}", both.index, other, now, now & (before == 6))
            ended = once & after.isna() & ~(died < self.last)
            self.tally(f"flow-ended-{code}", both.index, ended, once, once & False)

    def homes(self) -> None:
        known = self.in_year[self.in_year["service_type"] != "Long term support: Prison"]
        learning = known[known["support_reason"] == "Learning disability support"]
        settled = self.home.isin(self.lists["settled"]).to_numpy()
        unknown = (self.home == "Unknown").to_numpy()
        for code, services, old in (("1", learning, False), ("2a", known, False), ("2b", known, True)):
            who = services["who"].unique()
            who = who[self.adults(who, self.first, self.last) & ~np.isnan(self.born[who])]
            who = who[(self.born[who] <= born_by(65, self.last)) == old]
            self.tally(f"ASCOF 2E({code})", who, settled[who], np.ones(len(who)), unknown[who])

    def priced(self, services: pd.DataFrame, first: int) -> pd.DataFrame:
        """Keep the services of adults, and say what each costs in a week."""
        rows = services[self.adults(services["who"].to_numpy(), first, self.last)].copy()
        rows["ends"] = np.fmin(rows["ends"], self.died[rows["who"]]).astype(np.int64)
        rows = self.open(rows, first, self.last).copy()
        rows["parts"], rows["one_off"] = self.week_parts(rows)
        rows["priced"] = rows["parts"].notna()
        rows["no_price"] = ~rows["priced"] & ~rows["one_off"]
        hourly = rows["cost_frequency"] == "Hourly"
        rows["hours"] = rows["planned_units_hundredths"].where(hourly)
        rows["hours_told"], rows["hours_wanting"] = rows["hours"].notna(), hourly & rows["hours"].isna()
        return rows

    def week_parts(self, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        frequency, cost = rows["cost_frequency"], rows["unit_cost_pence"].abs()
        times = frequency.astype(object).map(self.lists["times_a_week"]).astype(float)
        times = times.where(~frequency.isin(self.lists["shorter"]), rows["planned_units_hundredths"] * 52)
        parts = cost * times
        return parts.where(parts > 0), (frequency == "One-off") & (cost > 0)

    def costs(self) -> None:
        rows = self.priced(self.on_day, self.last)
        which = rows["provider"].cat.codes
        rows["named"], rows["blank"] = which >= 0, rows["component"].isna()
        rows["unnamed"] = ~rows["named"] & ~rows["direct"]
        rows["providers"], rows["components"] = which, rows["component"].cat.codes
        sums = ["parts", "priced", "no_price", "hours", "hours_told", "hours_wanting", "blank", "unnamed"]
        packages = rows.groupby("who")[sums].sum()
        packages["old"] = packages.index.isin(self.lasting)
        packages["rank"] = self.clients.reindex(packages.index)
        for column in ("components", "providers"):
            pairs = rows[["who", column]].drop_duplicates()
            if column == "providers":
                pairs = pairs[pairs[column] >= 0]
            packages[column] = pairs.groupby("who").size().reindex(packages.index, fill_value=0)
        packages["known"] = (packages["no_price"] == 0) & (packages["priced"] > 0)
        packages["pence"] = (packages["parts"].astype(np.int64) * 2 + PARTS) // (2 * PARTS)
        self.tiers(packages)
        known = packages["known"]
        self.in_pence("person-weekly-cost", packages.index, packages["parts"] * known, known, packages["no_price"] > 0)
        self.in_pence("service-weekly-cost", rows["who"], rows["parts"], rows["priced"], rows["no_price"])
        hourly = rows[rows["cost_frequency"] == "Hourly"]
        hours = hourly["hours"] * hourly["priced"]
        self.tally("hour-cost", hourly["who"], hourly["unit_cost_pence"].abs() * hours, hours, hourly["no_price"])
        self.second_look(packages, rows)
        self.spent()
        self.market(rows)

    def in_pence(self, code: str, who, parts, denominator, unknown, whole: int = PARTS) -> None:
        self.tally(code, who, parts, denominator, unknown)
        for row in self.answers[code].values():
            row[0] = (row[0] * 2 + whole) // (2 * whole)

    def tiers(self, packages: pd.DataFrame) -> None:
        held = packages[packages["rank"].between(3, 6)]
        reviews = self.reviews = self.events("reviews", ["client_type", "starts_on", "ends_on"])
        finished = reviews["ends_on"].fillna(reviews["starts_on"])
        seen = reviews[(reviews["client_type"] == "Service user") & finished.between(self.first, self.last)]["who"]
        things = {
            "hours": (held["hours"], (held["hours_told"] > 0) & (held["hours_wanting"] == 0)),
            "cost": (held["pence"], held["known"]),
            "components": (held["components"], held["blank"] == 0),
            "providers": (held["providers"], (held["providers"] > 0) & (held["unnamed"] == 0)),
            "reviewed": (held.index.isin(seen.unique()), held["old"]),
        }
        for name, (value, known) in things.items():
            self.tally(f"tier-{name}", held.index, value * known, known, ~known)

    def second_look(self, packages: pd.DataFrame, rows: pd.DataFrame) -> None:
        # The reason is that of the best service; of several, of the first to begin, then in the alphabet.
        best = rows[["who", "rank", "starts_on", "support_reason"]].copy()
        best["support_reason"] = best["support_reason"].astype(object).fillna("Unknown")
        best = best.sort_values(["who", "rank", "starts_on", "support_reason"]).drop_duplicates("who").set_index("who")
        frame = packages[packages["known"]].copy()
        frame["group"] = best["support_reason"].map(self.lists["client_groups"]).fillna("Unknown")
        frame["council"] = self.council[frame.index]
        born = self.born[frame.index]
        frame["age"] = np.select([np.isnan(born), born <= born_by(65, self.last)], [0, 2], 1)
        frame["way"] = np.minimum(frame["rank"], 7)
        alike = frame.groupby(["council", "group", "age", "way"])["pence"]
        frame["place"], frame["alike"] = alike.rank("first").astype(np.int64), alike.transform("size")
        frame["line"] = frame["pence"].where(frame["place"] == (frame["alike"] * 19 + 19) // 20)
        line = frame.groupby(["council", "group", "age", "way"])["line"].transform("max")
        enough = frame["alike"] >= 20
        whole = packages["no_price"] > 0
        who = np.concatenate([frame.index, packages.index])
        nothing = np.zeros(len(packages), dtype=bool)
        self.tally(
            "second-look", who,
            np.concatenate([(frame["pence"] > line) & enough, nothing]),
            np.concatenate([enough, nothing]), np.concatenate([~enough, whole]),
        )  # fmt: skip

    def spent(self) -> None:
        rows = self.priced(self.in_year, self.first)
        length = np.minimum(rows["ends"], self.last) - np.maximum(rows["starts_on"], self.first) + 1
        once = rows["unit_cost_pence"].abs().where(rows["one_off"] & (rows["starts_on"] >= self.first)).fillna(0)
        parts = rows["parts"].fillna(0) * length + once * (PARTS * 7)
        self.in_pence(
            "service-spend", rows["who"], parts, rows["priced"] | (once > 0), rows["no_price"], PARTS * 7
        )  # fmt: skip

    def market(self, rows: pd.DataFrame) -> None:
        rows["council"] = self.council[rows["who"]]
        bought = rows[~rows["direct"]]
        for basis in ("spend", "hours", "people"):
            some = bought[bought["cost_frequency"] == "Hourly"] if basis == "hours" else bought
            column, unit = {"spend": ("parts", PARTS * 100), "hours": ("hours", 100), "people": (None, 1)}[basis]
            known = some["named"] if column is None else some["named"] & some[column].notna()
            held = some[known]
            if column is None:
                held = held.drop_duplicates(["who", "provider"]).assign(one=1)
            cuts = []
            for keys in (["council", "provider"], ["provider"]):
                amount = held.groupby(keys, observed=True)[column or "one"].sum().astype(np.int64).reset_index(name="n")
                amount["n"] = (amount["n"] * 2 + unit) // (2 * unit)
                amount["squares"] = amount["n"] * amount["n"]
                cuts.append(amount)
            by = cuts[0].groupby("council")[["squares", "n"]].sum()
            by["n"] *= by["n"]
            lost = (~known).groupby(some["council"]).sum()
            by = by.reindex(lost.index, fill_value=0).assign(u=lost)
            total = cuts[1][["squares", "n"]].sum()
            whole = [int(total["squares"]), int(total["n"]) ** 2, int((~known).sum())]
            self.add(f"concentration-{basis}", by, whole)
        rank = self.clients.reindex(rows["who"]).to_numpy()
        for code, way in (("managed", 4), ("direct", 3)):
            some = rows[rank == way]
            cuts = []
            for keys in (["council"], []):
                within = [*keys, "components"]
                counts = some.groupby(within).size().reset_index(name="all")
                counts["said"] = counts["all"].where(counts["components"] >= 0, 0)
                counts["unknown"], counts["squares"] = counts["all"] - counts["said"], counts["said"] ** 2
                cuts.append(counts)
            by = cuts[0].groupby("council")[["said", "squares", "unknown"]].sum()
            by["said"] **= 2
            total = cuts[1][["said", "squares", "unknown"]].sum()
            self.add(f"menu-{code}", by, [int(total["said"]) ** 2, int(total["squares"]), int(total["unknown"])])

    def relabelled(self) -> None:
        """Compare the 12 weeks either side of each first managed budget of the year."""
        services = self.long_term
        held = services[(services["service_type"] == "Long term support: Community") & (services["rank"] == 4)]
        inside = held["starts_on"].between(self.first, self.last) & (held["ends"] >= held["starts_on"])
        began = held[inside].groupby("who")["starts_on"].min()
        earlier = self.beside(held, began, None)
        began = began[~began.index.isin(earlier.loc[earlier["before"], "who"])]
        began = began[self.adults(began.index.to_numpy(), self.first, self.last)]
        near = self.beside(services, began, self.last)
        near = near[near["before"] | near["after"]].copy()
        near["cost"], one_off = self.week_parts(near)
        near["units"] = near["planned_units_hundredths"]
        frequency = near["cost_frequency"]
        near["no_units"] = near["units"].isna() & (frequency.isin(self.lists["shorter"]) | frequency.isna())
        near["no_cost"] = near["cost"].isna() & ~one_off
        near["no_provider"] = near["provider"].isna() & ~near["direct"]
        near["no_component"] = near["component"].isna()
        for side in ("before", "after"):
            there = near[side]
            length = (near[f"{side}_last"] - near[f"{side}_first"] + 1).where(there, 0)
            near[f"{side}_units"] = near["units"].fillna(0) * length
            near[f"{side}_cost"] = near["cost"].fillna(0) * length
            near[f"{side}_from"] = near[f"{side}_first"].where(there)
            near[f"{side}_to"] = near[f"{side}_last"].where(there)
        near["place"] = near["rank"].where(near["before"])
        sides = ("before", "after")
        sums = [f"{side}_{part}" for side in sides for part in ("units", "cost")]
        each = near.groupby("who").agg(
            dict.fromkeys(sums, "sum")
            | {f"{side}_from": "min" for side in sides}
            | {f"{side}_to": "max" for side in sides}
            | {"place": "min"}
            | {f"no_{part}": "max" for part in ("units", "cost", "provider", "component")}
        )
        each = each[each["place"].notna()]
        scores = {}
        span = {side: each[f"{side}_to"] - each[f"{side}_from"] + 1 for side in sides}
        for part in ("units", "cost"):
            before, after = each[f"before_{part}"] * span["after"], each[f"after_{part}"] * span["before"]
            score = ((after - before).abs() * 20 <= before) * 10_000.0
            something = (each[f"before_{part}"] > 0) | (each[f"after_{part}"] > 0)
            scores[part] = score.where(~each[f"no_{part}"] & something)
        for part in ("provider", "component"):
            words = near[near[part].notna()].groupby(["who", near[part].cat.codes])[["before", "after"]].max()
            both = (words["before"] & words["after"]).groupby("who").agg(["sum", "size"]).reindex(each.index)
            likeness = (both["sum"] * 10_000) // both["size"]
            scores[part] = likeness.where(~each[f"no_{part}"])
        scores = pd.DataFrame(scores)
        said = scores.notna().sum(axis=1)
        each["score"] = (scores.fillna(0).sum(axis=1) // said).where(said >= 2)
        place, score = (each[name].reindex(began.index) for name in ("place", "score"))
        seen = began - 84 >= self.first
        new, unseen = place.isna() & seen, place.isna() & ~seen
        judged, unjudged = place.notna() & score.notna(), place.notna() & score.isna()
        self.tally("relabelled", began.index, judged & (score >= 7_000), judged, unseen | unjudged)
        self.tally("new-to-support", began.index, new, ~unseen, unseen)

    @staticmethod
    def beside(services: pd.DataFrame, began: pd.Series, last: int | None) -> pd.DataFrame:
        rows = services.merge(began.rename("day"), left_on="who", right_index=True)
        end = rows["day"] + 83 if last is None else np.minimum(rows["day"] + 83, last)
        rows["before_first"] = np.maximum(rows["starts_on"], rows["day"] - 84)
        rows["before_last"] = np.minimum(rows["ends"], rows["day"] - 1)
        rows["after_first"] = np.maximum(rows["starts_on"], rows["day"])
        rows["after_last"] = np.minimum(rows["ends"], end)
        for side in ("before", "after"):
            rows[side] = rows[f"{side}_first"] <= rows[f"{side}_last"]
        return rows

    @staticmethod
    def spells(services: pd.DataFrame) -> pd.DataFrame:
        """Number the spells of services at most a day apart, over everybody."""
        rows = services[services["ends"] >= services["starts_on"]].sort_values(["who", "starts_on", "ends"])
        latest = rows.groupby("who")["ends"].cummax()
        earlier = latest.groupby(rows["who"]).shift(1)
        rows["spell"] = (earlier.isna() | (rows["starts_on"] > earlier + 1)).cumsum()
        return rows

    def reablement(self) -> None:
        own = self.own[self.own["ends"] >= self.own["starts_on"]]
        rows = self.spells(own[own["service_type"] == "Short term support: ST-Max"])
        rank = rows["outcome"].astype(object).map(self.lists["outcome_ranks"]).fillna(99).astype(np.int64)
        rows["best"] = rows["ends"] * 100 + 99 - rank
        ended = rows.groupby("spell").agg(
            who=("who", "first"), began=("starts_on", "min"), over=("ends", "max"), best=("best", "max")
        )
        ended = ended[ended["over"].between(self.first, self.last)].reset_index()
        kinds = own[own["service_type"].isin([*self.lists["long_term"], *self.lists["lesser"]])]
        pairs = ended.merge(kinds[["who", "service_type", "component", "starts_on", "ends"]], on="who")
        long_term = pairs["service_type"].isin(self.lists["long_term"])
        starts, ends, began, over = pairs["starts_on"], pairs["ends"], pairs["began"], pairs["over"]
        home = pairs["component"].isin(["Short term nursing care", "Short term residential care"]) & ~long_term
        sequel = (starts >= began) & (starts <= over + 3) & ((starts >= over) | (ends >= over))
        pairs["known"] = long_term & (starts < began) & (began - ends < 91)
        pairs["went_on"], pairs["lesser"] = sequel & (long_term | home), sequel & ~long_term & ~home
        flags = pairs.groupby("spell")[["known", "went_on", "lesser"]].max()
        flags = flags.reindex(ended["spell"], fill_value=False).reset_index(drop=True)
        keep = ~flags["known"].to_numpy() & self.adults(ended["who"].to_numpy(), self.first, self.last)
        ended, flags = ended[keep], flags[keep]
        outcome = 99 - ended["best"] % 100
        no_service = ~flags["went_on"] & ~flags["lesser"]
        nothing = no_service & outcome.isin(self.lists["nothing_further"])
        lesser = flags["lesser"] & ~flags["went_on"]
        self.tally(
            "ASCOF 2A", ended["who"], lesser | nothing, flags["went_on"] | lesser | nothing,
            no_service & outcome.isin([*self.lists["no_telling"], 99]),
        )  # fmt: skip

    def admissions(self) -> None:
        rows = self.long_term
        stays = rows[
            rows["rank"].isin([1, 2])
            & (
                rows["component"].isna()
                | rows["component"].isin(["Long term nursing care", "Long term residential care"])
            )
            & (rows["outcome"] != "NFA: Self-funded client or under 12wk disregard")
            & (rows["ends"] >= rows["starts_on"])
        ][["who", "starts_on", "ends"]]
        arrivals = stays[stays["starts_on"].between(self.first, self.last)][["who", "starts_on"]].drop_duplicates()
        pairs = arrivals.merge(stays, on="who", suffixes=("", "_before"))
        recent = (pairs["starts_on_before"] < pairs["starts_on"]) & (pairs["starts_on"] - pairs["ends"] < 365)
        new = self.without(arrivals, pairs[recent])
        new = new[self.adults(new["who"].to_numpy(), self.first, self.last)]
        born = self.born[new["who"]]
        age = new["starts_on"] - self.first_of_month(born)
        new, age = new[(age >= ceil(18 * 365.25)).to_numpy()], age[age >= ceil(18 * 365.25)]
        younger = (age < ceil(65 * 365.25)).groupby(new["who"]).max()
        for code, is_young, ages in (("ASCOF 2B", True, "18-64"), ("ASCOF 2C", False, "65+")):
            who = younger.index[younger == is_young].to_numpy()
            counted = pd.Series(self.council[who]).value_counts()
            people = pd.Series(self.lists["population"][ages])
            by = pd.DataFrame({"d": people.reindex(self.councils).to_numpy()}).dropna()
            by.insert(0, "n", counted.reindex(by.index, fill_value=0))
            self.add(code, by.assign(u=0))

    @staticmethod
    def first_of_month(born: np.ndarray) -> np.ndarray:
        month = np.nan_to_num(born).astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
        return np.where(np.isnan(born), np.nan, month.astype(np.int64))

    @staticmethod
    def without(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
        """Leave out the rows whose person and day are among others."""
        known = (others["who"] * FAR + others["starts_on"]).unique()
        return rows[~(rows["who"] * FAR + rows["starts_on"]).isin(known)]

    def waiting(self) -> None:
        columns = ["client_type", "starts_on", "ends_on", "outcome", "route", "support_reason", "team"]
        requests = self.events("requests", columns)
        self.asked = requests = requests[requests["client_type"] == "Service user"]
        due = ~requests["outcome"].isin(self.lists["no_response_due"])
        asked = requests[due][["who", "starts_on"]].astype(np.int64).drop_duplicates()
        own = self.own[self.own["ends"] >= self.own["starts_on"]]
        long_term = own["service_type"].isin(self.lists["long_term"])
        had = own[long_term | own["service_type"].isin(self.lists["short_term"])][["who", "starts_on", "ends"]]
        had["days"] = np.where(long_term.loc[had.index], 365, 91)
        pairs = asked.merge(had, on="who", suffixes=("", "_before"))
        recent = (pairs["starts_on_before"] < pairs["starts_on"]) & (
            pairs["starts_on"] - pairs["ends"] <= pairs["days"]
        )
        new = self.without(asked, pairs[recent])
        assessments = self.events("assessments", ["assessment_type", "starts_on"])
        kinds = ["Short term assessment", "Long term assessment"]
        assessed = assessments[assessments["assessment_type"].isin(kinds)][["who", "starts_on"]]
        support = own[long_term | own["service_type"].isin(self.lists["support"])][["who", "starts_on"]]
        answers = pd.concat([assessed, support]).astype(np.int64).sort_values("starts_on")
        answers["answer"] = answers["starts_on"]
        heard = pd.merge_asof(new.sort_values("starts_on"), answers, on="starts_on", by="who", direction="forward")
        heard["answer"] = heard["answer"].fillna(FAR)
        waits = heard.groupby(["who", "answer"], as_index=False)["starts_on"].min()
        waits = waits[self.adults(waits["who"].to_numpy(), self.first, self.last)]
        age = waits["starts_on"] - self.first_of_month(self.born[waits["who"]])
        waits = waits[age >= ceil(25 * 365.25)]
        told = waits[waits["answer"].between(self.first, self.last)]
        length = told["answer"] - told["starts_on"]
        self.tally("Waiting, first response", told["who"], length, length >= 0, length < 0)
        council = self.council[told["who"]]
        for one, middle in length.groupby(council).median().items():
            self.answers["Waiting, first response"][self.councils[one]].append(middle)
        self.answers["Waiting, first response"][""].append(length.median())
        came = waits[waits["starts_on"].between(self.first, self.last)]
        answered, gone = came["answer"] <= self.last, self.died[came["who"]] < self.last
        self.tally("Waiting, no response yet", came["who"], ~answered & ~gone, answered | ~gone, ~answered & gone)

    @cached_property
    def lasting(self) -> np.ndarray:
        """Those with long-term support from the year's first day to its last, in one spell."""
        rows = self.spells(self.long_term)
        whole = rows.groupby("spell").agg(who=("who", "first"), first=("starts_on", "min"), last=("ends", "max"))
        return whole[(whole["first"] <= self.first) & (whole["last"] >= self.last)]["who"].to_numpy()

    def all_year(self) -> None:
        still = self.open(self.long_term, self.last, self.last)["who"].unique()
        still = still[np.isin(still, self.lasting)]
        still = still[self.adults(still, self.last, self.last)]
        reviews = self.reviews
        mine = (reviews["client_type"] == "Service user") & reviews["ends_on"].between(self.first, self.last)
        seen = np.isin(still, reviews[mine]["who"])
        everybody = np.ones(len(still))
        self.tally("SALT LTS002, reviewed in the year", still, seen, everybody, everybody * 0)

    def requests(self) -> None:
        requests = self.asked[self.asked["ends_on"].between(self.first, self.last)]
        each = requests.drop(columns="client_type").drop_duplicates().reset_index(drop=True)
        own = self.own[self.own["ends"] >= self.own["starts_on"]][["who", "service_type", "starts_on", "ends"]]
        own["placing"] = own["service_type"].astype(object).map(self.lists["placing"]).fillna(99).astype(np.int64)
        own["long_term"] = own["service_type"].isin(self.lists["long_term"])
        ids = each[["who", "starts_on", "ends_on"]].reset_index(names="id")
        pairs = ids.merge(own, on="who", suffixes=("", "_service"))
        since = pairs["starts_on_service"]
        had = pairs["long_term"] & (since < pairs["starts_on"]) & (pairs["ends"] >= pairs["starts_on"])
        new = each[~each.index.isin(pairs[had]["id"])]
        soon = pairs[(since >= pairs["starts_on"]) & (since <= pairs["ends_on"] + 28) & (pairs["placing"] < 99)]
        best = soon.groupby("id")["placing"].min().reindex(new.index)
        keep = self.adults(new["who"].to_numpy(), self.first, self.last)
        new, best = new[keep], best[keep]
        places = [self.lists["placing"][name] for name in self.lists["long_term"]]
        outcome = new["outcome"].isna() | (new["outcome"] == "Unknown")
        self.tally(
            "SALT STS001, long-term support", new["who"], best.isin(places), np.ones(len(new)), best.isna() & outcome
        )  # fmt: skip


def main() -> None:
    """Read the folder, work the report out, and write it with what it took."""
    folder, task, output = map(Path, sys.argv[1:])
    started = time.perf_counter()
    answers = Report(folder, json.loads(task.read_text())).all()
    taken = {"seconds": time.perf_counter() - started, "peak_mib": peak_mib()}
    taken["versions"] = {name: version(name) for name in ("pandas", "pyarrow", "numpy")}
    output.write_text(json.dumps({"answers": answers, **taken}))


if __name__ == "__main__":
    main()
