"""Files of events held against every rule of the return: each finding with its row, and never a person's value.

A file is read once, a batch at a time. What is kept of it is one number a finding, and some sixty bytes a row for the
rules that only the whole file can show.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from leeway.insight.records.cells import Proof, understood
from leeway.insight.records.compare import Difference, compared, kept_for_comparing
from leeway.insight.records.files import ReturnFile, batches, open_return
from leeway.insight.records.lists import code_list
from leeway.insight.records.read import SAME_EVENT, SAME_ROW, WHO
from leeway.insight.records.rules import Rule, rules
from leeway.insight.records.tables import FIELDS, KIND_OF, Kind

#: A value that is in no list is shown only if as many different people have it, so that it can be nobody's own.
PEOPLE_TO_SHOW = 5
#: Below so many events the centre goes by the stated period (DHSC, methodology: reporting periods).
ENOUGH_EVENTS = 100
THIN_SHARE = 0.02
_CODED = [listed for listed in FIELDS if listed.kind is Kind.CODE]


@dataclass(frozen=True)
class CheckedFile:
    """One file: how long it is, of which release, which period and councils."""

    path: Path
    rows: int
    release: int
    councils: tuple[str, ...]
    period_starts_on: date | None
    period_ends_on: date | None


@dataclass(frozen=True)
class Checked:
    """What was found: `found` has a row a finding (file and rule by their numbers, row as in the file)."""

    files: tuple[CheckedFile, ...]
    found: pl.DataFrame
    seen: dict[tuple[int, int], tuple[str, ...]]  # file and rule -> wrong values many people share, months, columns
    differences: tuple[Difference, ...]

    def findings(self, most: int | None = None) -> pl.DataFrame:
        """Spell the findings out: file, row, field, rule, reason, effect, todo; `most` rows of a file and rule."""
        chosen = self.found.sort("file", "row", "rule")
        if most is not None:
            chosen = chosen.filter(pl.int_range(pl.len()).over("file", "rule") < most)
        return chosen.join(self._rules(), on="rule", how="left", maintain_order="left").select(
            pl.col("file").replace_strict(dict(enumerate(self._names())), return_dtype=pl.String),
            *("row", "field", "code", "reason", "effect", "todo"),
        ).rename({"code": "rule"})  # fmt: skip

    def summary(self) -> pl.DataFrame:
        """Count the findings of each file and rule, most first, with the first rows, and what may be shown of them."""
        counted = self.found.group_by("file", "rule").agg(
            pl.len().alias("findings"), pl.col("row").sort().head(5).alias("first_rows")
        )
        told = counted.join(self._rules(), on="rule").sort("findings", "file", "rule", descending=[True, False, False])
        seen = [list(self.seen.get(key, ())) for key in told.select("file", "rule").iter_rows()]
        return told.select(
            pl.col("file").replace_strict(dict(enumerate(self._names())), return_dtype=pl.String),
            *("field", "code", "findings", "first_rows", "reason", "effect", "todo"),
            pl.Series("seen", seen, dtype=pl.List(pl.String)),
        ).rename({"code": "rule"})

    def _names(self) -> list[str]:
        return [str(file.path) for file in self.files]

    def _rules(self) -> pl.DataFrame:
        told = [(number, r.field, r.code, r.reason, r.effect, r.todo) for number, r in enumerate(rules())]
        return pl.DataFrame(told, schema={"rule": pl.UInt16, **dict.fromkeys(_TOLD, pl.String)}, orient="row")


_TOLD = ("field", "code", "reason", "effect", "todo")


def check(paths: Sequence[Path]) -> Checked:
    """Check files of events, and compare those of one council whose periods differ.

    Raises `Refusal`, naming the file, where one is not a return.
    """
    opened = [open_return(path) for path in paths]
    with tempfile.TemporaryDirectory(prefix="leeway-check-", ignore_cleanup_errors=True) as folder:
        looks = [_Look(number, file, Path(folder) if len(opened) > 1 else None) for number, file in enumerate(opened)]
        for look in looks:
            look.through()
        files = tuple(look.told() for look in looks)
        differences = tuple(
            compared(Path(folder) / f"{earlier}", Path(folder) / f"{later}", files[earlier].path, files[later].path)
            for earlier, later in _pairs(files)
        )
    found = [part for look in looks for part in look.found]
    empty = pl.DataFrame(schema={"file": pl.UInt16, "row": pl.UInt32, "rule": pl.UInt16})
    seen = {key: shown for look in looks for key, shown in (look.seen | look.shared_values()).items()}
    return Checked(files, pl.concat([empty, *found]), seen, differences)


def _pairs(files: Sequence[CheckedFile]) -> list[tuple[int, int]]:
    """Give each return with the one of the same council before it."""
    pairs = []
    order = sorted(range(len(files)), key=lambda number: files[number].period_ends_on or date.min)
    for place, later in enumerate(order):
        before = [
            earlier
            for earlier in order[:place]
            if set(files[earlier].councils) & set(files[later].councils)
            and files[earlier].period_ends_on != files[later].period_ends_on
        ]
        pairs += [(before[-1], later)] if before else []
    return pairs


@dataclass
class _Look:
    """One look through one file."""

    number: int
    file: ReturnFile
    keep_in: Path | None  # where to keep what comparing needs
    found: list[pl.DataFrame] = field(default_factory=list)
    wrong: list[pl.DataFrame] = field(default_factory=list)
    brief: list[pl.DataFrame] = field(default_factory=list)
    seen: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)

    def through(self) -> None:
        """Read the file and find what is wrong with it."""
        broken = [rule.broken.alias(str(number)) for number, rule in enumerate(rules()) if rule.broken is not None]
        proof = Proof(self.file.path)
        for texts in batches(self.file):
            cells = _cells(texts)
            proof.note(texts, cells)
            self._note(cells.select("row", *broken), texts)
            self.brief.append(_brief(cells))
            if self.keep_in:
                kept_for_comparing(cells, self.keep_in / str(self.number), len(self.brief))
        proof.check_order()
        self._look_at_header()
        if self.brief:
            self._look_at_whole()

    def told(self) -> CheckedFile:
        """Say what the file is."""
        whole = pl.concat([_NOTHING, *self.brief])
        periods = whole.group_by("period_starts_on", "period_ends_on").len().sort("len", descending=True)
        starts_on, ends_on = periods.row(0)[:2] if periods.height else (None, None)
        councils = whole["council"].unique().drop_nulls().sort().to_list()
        old = {number for number, rule in enumerate(rules()) if rule.code == "release-1"}
        is_old = any(not old.isdisjoint(part["rule"].unique()) for part in self.found)
        return CheckedFile(self.file.path, whole.height, 1 if is_old else 2, tuple(councils), starts_on, ends_on)

    def shared_values(self) -> dict[tuple[int, int], tuple[str, ...]]:
        """Give, rule by rule, the wrong values that enough different people share to be nobody's own."""
        if not self.wrong:
            return {}
        shared = (
            pl.concat(self.wrong)
            .group_by("rule", "text")
            .agg(pl.col("people").explode().n_unique(), pl.col("rows").sum())
            .filter(pl.col("people") >= PEOPLE_TO_SHOW)
            .sort("rows", "text", descending=[True, False])
            .group_by("rule", maintain_order=True)
            .agg(pl.col("text").head(10))
        )
        return {
            (self.number, rule): tuple(_meant(text, rules()[rule]) for text in texts)
            for rule, texts in shared.iter_rows()
        }

    def _add(self, rule: int, rows: pl.Series) -> None:
        if len(rows):
            numbers = (pl.lit(self.number, pl.UInt16).alias("file"), pl.lit(rule, pl.UInt16).alias("rule"))
            part = pl.DataFrame({"row": rows.cast(pl.UInt32)}).with_columns(numbers)
            self.found.append(part.select("file", "row", "rule"))

    def _note(self, answers: pl.DataFrame, texts: pl.DataFrame) -> None:
        counts = answers.drop("row").sum().row(0, named=True)
        for number in (int(name) for name, count in counts.items() if count):
            rows = answers.filter(pl.col(str(number)))["row"]
            self._add(number, rows)
            rule = rules()[number]
            if rule.code in ("not-in-list", "release-1"):
                wrong = texts.filter(answers[str(number)]).group_by(pl.col(rule.column).alias("text")).agg(
                    pl.struct(WHO).hash().unique().head(PEOPLE_TO_SHOW).alias("people"), pl.len().alias("rows")
                )  # fmt: skip
                self.wrong.append(wrong.with_columns(pl.lit(number, pl.UInt16).alias("rule")))

    def _whole(self, code: str, rows: pl.Series, *, column: str | None = None, seen: Sequence[str] = ()) -> None:
        number = next(n for n, rule in enumerate(rules()) if rule.code == code and column in (None, rule.column))
        self._add(number, rows)
        if seen:
            self.seen[self.number, number] = tuple(seen)

    def _look_at_header(self) -> None:
        header = pl.Series([1], dtype=pl.UInt32)
        for asked in FIELDS:
            if asked.name in self.file.missing:
                self._whole("column-missing", header, column=asked.column)
        if self.file.strange:
            self._whole("column-not-asked", header, seen=self.file.strange)

    def _look_at_whole(self) -> None:
        whole = pl.concat(self.brief)
        again = whole.filter(pl.col("row_key").is_not_null() & ~pl.col("row_key").is_first_distinct())
        self._whole("same-event-twice", again["row"])
        named = whole.filter(pl.col("who").is_not_null())
        latest = named.sort("starts_on", "row", nulls_last=False).group_by("who").agg(
            *(pl.col(column).drop_nulls().last().alias(f"last {column}") for column in ("born_on", "gender")),
            *(pl.col(column).drop_nulls().n_unique().alias(f"{column}s") for column in ("born_on", "gender")),
        )  # fmt: skip
        for code, column in (("two-births", "born_on"), ("two-genders", "gender")):
            several = latest.filter(pl.col(f"{column}s") > 1).select("who", f"last {column}")
            differing = named.join(several, on="who").filter(pl.col(column) != pl.col(f"last {column}"))
            self._whole(code, differing["row"])
        people = named.group_by("nhs").agg(pl.col("who").n_unique()).filter(pl.col("who") > 1).select("nhs")
        self._whole("two-people-one-number", named.join(people, on="nhs", how="semi")["row"])
        self._look_at_period(whole)

    def _look_at_period(self, whole: pl.DataFrame) -> None:
        stated = pl.struct("period_starts_on", "period_ends_on")
        usual = whole.select(stated.alias("period"))["period"].drop_nulls().value_counts(sort=True)
        period = usual["period"][0]
        self._whole("another-period", whole.filter(stated != pl.lit(period, dtype=usual["period"].dtype))["row"])
        starts_on, ends_on = period["period_starts_on"], period["period_ends_on"]
        if starts_on is None or ends_on is None or starts_on > ends_on:
            return
        header = pl.Series([1], dtype=pl.UInt32)
        if pl.select(pl.lit(starts_on).dt.offset_by("1y").dt.offset_by("-1d")).item() != ends_on:
            self._whole("not-a-year", header)
        if months := self._thin_months(whole, starts_on, ends_on):
            self._whole("thin-month", header, seen=[f"{month:%B %Y}" for month in months])

    def _thin_months(self, whole: pl.DataFrame, starts_on: date, ends_on: date) -> list[date]:
        """Give the months of the period that the centre would not trust."""
        ended = whole.filter(pl.col("ends_on").is_between(starts_on, ends_on))
        if whole.height < ENOUGH_EVENTS:
            return []
        kinds = min(3, ended["event"].drop_nulls().n_unique())
        months = pl.date_range(starts_on.replace(day=1), ends_on, "1mo", eager=True).to_frame("month")
        counted = ended.group_by(pl.col("ends_on").dt.month_start().alias("month")).agg(
            pl.len(), pl.col("event").drop_nulls().n_unique().alias("kinds")
        )
        thin = (pl.col("len").fill_null(0) < THIN_SHARE * ended.height) | (pl.col("kinds").fill_null(0) < kinds)
        return months.join(counted, on="month", how="left").filter(thin)["month"].to_list()


def _meant(text: str, rule: Rule) -> str:
    """Write a wrong value, and beside an older spelling the one it stands for."""
    codes = next(listed.codes for listed in _CODED if listed.column == rule.column)
    meant = code_list(codes).read(text)[0]
    return f"“{text}” (now “{meant}”)" if meant else f"“{text}”"


def _cells(texts: pl.DataFrame) -> pl.DataFrame:
    """Give the cells as understood, beside them whether something is written, and whether it is of release 1."""
    read = understood(texts)
    marks = [texts[asked.column].is_not_null().alias(f"filled:{asked.column}") for asked in FIELDS]
    return read.with_columns(marks).with_columns(_old(texts[listed.column], listed.codes) for listed in _CODED)


def _old(texts: pl.Series, name: str) -> pl.Series:
    known = code_list(name)
    old = [text for text in texts.unique().drop_nulls() if known.read(text)[1] == 1]
    return texts.is_in(old).fill_null(False).alias(f"old:{texts.name}")


def _brief(cells: pl.DataFrame) -> pl.DataFrame:
    """Keep of each row what the rules about the whole file need: hashes for who and what, dates, two short codes."""
    row_key: pl.Expr = pl.lit(None, pl.UInt64)
    for table, kind in KIND_OF.items():
        key = pl.struct("event", *SAME_EVENT[table], *SAME_ROW.get(table, [])).hash()
        row_key = pl.when(pl.col("event") == kind).then(key).otherwise(row_key)
    return cells.select(
        "row",
        pl.col("council").cast(pl.Categorical),
        "period_starts_on",
        "period_ends_on",
        pl.when(pl.col("person").is_not_null()).then(pl.struct(WHO).hash()).alias("who"),
        pl.when(pl.col("nhs_number").is_not_null())
        .then(pl.struct("council", pl.col("nhs_number").str.replace_all(r"[\s-]", "")).hash())
        .alias("nhs"),
        "born_on",
        pl.col("gender").cast(pl.Categorical),
        pl.col("event").cast(pl.Categorical),
        "starts_on",
        "ends_on",
        pl.when(pl.col("person").is_not_null()).then(row_key).alias("row_key"),
    )


_NOTHING = pl.DataFrame(
    schema={
        "row": pl.UInt32, "council": pl.Categorical, "period_starts_on": pl.Date, "period_ends_on": pl.Date,
        "who": pl.UInt64, "nhs": pl.UInt64, "born_on": pl.Date, "gender": pl.Categorical, "event": pl.Categorical,
        "starts_on": pl.Date, "ends_on": pl.Date, "row_key": pl.UInt64,
    }
)  # fmt: skip
