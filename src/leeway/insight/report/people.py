"""What the records say of people: who holds support how, whether there are two tiers, and which labels are new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil, floor, log10
from typing import Any

import narwhals as nw

from leeway.insight.measures import who_holds
from leeway.insight.measures.answers import gather
from leeway.insight.measures.holding import NOT_KNOWN
from leeway.insight.measures.relabelling import OUTCOMES, SAME_CARE, UNCHANGED, conversions
from leeway.insight.measures.suppression import COUNTED, NEAREST, nearest, published
from leeway.insight.measures.tiers import DIRECT_PAYMENT, MANAGED_BUDGET, Compared, differences
from leeway.insight.records.tables import Records
from leeway.insight.report.choice import share_bars
from leeway.insight.report.section import (
    HIDDEN,
    Exhibit,
    Row,
    Section,
    amount,
    between,
    count,
    listed,
    signed,
)
from leeway.period import Period
from leeway.small_numbers import LEAST

WORDS = {
    "support_reason": "main reason for support",
    "age_band": "age",
    "gender": "gender",
    "ethnic_group": "ethnic group",
    "district": "area",
}
_DRAWN = ("support_reason", "age_band", "ethnic_group")
_AREAS_MOST = 15  # a report lists so many areas, the largest


def who_holds_how(records: Records, rows: Mapping[str, Row], *, period: Period) -> Section:
    """Say what share of each group hold a direct payment, and how that stands beside people alike."""
    found = _fit(who_holds.who_holds(records, period).to_dicts())
    shown = [row for row in found if row["characteristic"] in WORDS]
    exhibits = [_ways(rows)]
    for one in WORDS:
        groups = [row for row in shown if row["characteristic"] == one]
        if groups:
            exhibits.append(_groups(one, groups))
    return Section(
        "who-holds-how",
        "Who holds support how",
        who_sentence(found),
        exhibits=tuple(exhibits),
        notes=(
            "Alike means: of the same council, age band and main reason for support (less the one that is compared). "
            "Each group stands beside everybody else. A difference is told only beyond limits that chance passes twice "
            "in a thousand, as there are many groups, and some would stand out by chance alone (Mantel and Haenszel).",
            "A difference says that a group has fewer or more, not why: wishes and offers are not in the return.",
        ),
    )


def _fit(rows: Iterable[Row]) -> list[Row]:
    """Hide and round the counts of groups; where a share is hidden, so is its comparison."""
    exact = [
        row | {"measure": row["characteristic"], "by": {"group": row["group"]}, "value": row["share"]} for row in rows
    ]
    counts = ("numerator", "denominator", "unknown")
    for one in dict.fromkeys(row["measure"] for row in exact):
        mine = [row for row in exact if row["measure"] == one]
        whole: Row = {name: sum(row[name] for row in mine) for name in counts}
        exact.append(whole | {"measure": one, "by": {}, "value": None})
    fit = [row for row in published(exact) if row["by"]]
    blank = {"difference": None, "low": None, "high": None, "told": False}
    return [row | blank if row["hidden"] else row for row in fit]


def who_sentence(rows: Sequence[Row]) -> str:
    """Say which groups hold direct payments more or less often than others alike, or that none can be told to."""
    compared = [row for row in rows if row["difference"] is not None]
    if not compared:
        return "Too few people hold a direct payment for one group to be compared with another."
    told = sorted((row for row in compared if row["told"]), key=lambda row: -abs(row["difference"]))
    if not told:
        return (
            f"Among people alike, no difference can be told: none of the {len(compared)} groups compared holds direct "
            "payments more often, or less often, than others by more than chance would give."
        )
    groups = listed(
        f"{row['group']} ({WORDS[row['characteristic']]}) {amount(abs(row['difference']), decimals=0)} percentage "
        f"points {'more' if row['difference'] > 0 else 'less'} often (likely between {_points(row['low'])} and "
        f"{_points(row['high'])})"
        for row in told[:3]
    )
    most = "The largest differences: " if len(told) > 3 else ""
    return (
        f"Among people alike, {len(told)} of {len(compared)} groups compared can be told to hold direct payments more "
        f"or less often than others. {most}{groups}."
    )


def _ways(rows: Mapping[str, Row]) -> Exhibit:
    ways = [
        (name, rows[f"holds-{code}"])
        for code, name in (
            ("direct", "Direct payment"),
            ("managed", "Managed budget"),
            ("commissioned", "Commissioned"),
        )
    ]
    shown = [
        {"label": name, "value": row["value"], "low": row["low"], "high": row["high"]}
        for name, row in ways
        if row["value"] is not None
    ]
    title = "How people in the community hold their support"
    table = tuple(
        (
            name,
            count(row["numerator"]),
            amount(row["value"], "%", missing=HIDDEN),
            between(row["low"], row["high"], "%"),
        )
        for name, row in ways
    )
    note = "Of those whose way of holding is known."
    return Exhibit(title, ("Way", "People", "Share", "Likely between"), table, share_bars(shown, title), (note,))


def _groups(one: str, groups: Sequence[Row]) -> Exhibit:
    most = sorted(groups, key=lambda row: row["denominator"] or 0, reverse=True)[:_AREAS_MOST]
    kept = [row for row in groups if row in most] if one == "district" else list(groups)
    rows = tuple(
        (
            row["group"],
            count(row["numerator"]),
            count(row["denominator"]),
            count(row["unknown"]) if row["unknown"] != 0 else "0",
            amount(row["value"], "%", missing=HIDDEN),
            _compared(row),
            _told(row),
        )
        for row in kept
    )
    title = f"Direct payments, by {WORDS[one]}"
    bars = [
        {"label": row["group"], "value": row["value"], "low": row["value"], "high": row["value"]}
        for row in kept
        if row["value"] is not None and row["group"] != NOT_KNOWN
    ]
    headings = (
        WORDS[one].capitalize(), "Direct payment", "Of", "Not known", "Share",
        "Beside others alike, in points", "What can be told",
    )  # fmt: skip
    notes = () if len(kept) == len(groups) else (f"The {len(kept)} largest of {len(groups)} areas.",)
    return Exhibit(title, headings, rows, share_bars(bars, title) if one in _DRAWN else "", notes)


def _compared(row: Row) -> str:
    if row["difference"] is None:
        return "not compared"
    return f"{_points(row['difference'])} ({_points(row['low'])} to {_points(row['high'])})"


def _points(difference: float) -> str:
    """A difference in whole points: with a decimal, it could be of one pair of counts alone among those rounded."""
    return signed(difference, decimals=0)


def _told(row: Row) -> str:
    if row["difference"] is None:
        return "nothing"
    if not row["told"]:
        return "no difference"
    return "more often" if row["difference"] > 0 else "less often"


def two_tiers(records: Records, *, period: Period) -> Section:
    """Compare what people alike have under a direct payment and under a managed budget."""
    compared = [fit_to_publish(one) for one in differences(records, period)]
    everyone = [one for one in compared if one.client_group == "All"]
    return Section(
        "two-tiers",
        "Two tiers? What people alike have with a direct payment, and with a managed budget",
        tiers_sentence(everyone),
        exhibits=(_tiers(everyone), *_within_groups([one for one in compared if one.client_group != "All"])),
        notes=(
            "Alike means: of the same council, client group and age band. Amounts are what was planned and paid, not "
            "what was done. Each range is a 95% interval; of 20 comparisons without any difference, one would show "
            "one by chance.",
            "So that nobody can be found in them, averages are rounded to what five average people have, a difference "
            "is that of the rounded averages, and its range is rounded up. A share of fewer than five people, or of "
            "all but one to four, is not compared.",
            "A direct payment that is paid as one sum names no hours and no provider, so those two are often unknown.",
        ),
    )


def fit_to_publish(one: Compared) -> Compared:
    """Round a comparison as sums and averages are rounded everywhere: to five average people's worth.

    91.7% reviewed beside "10 people" can only be 11 of 12, and one who was not. So a mean is rounded in steps of five
    people of those compared, or of what five have. The difference is that of the rounded means and its reach is
    rounded up, so that neither tells more than they do; whether a difference can be told is said of what is shown.
    """
    found = one.difference
    if found.first_mean is None or found.second_mean is None or found.difference is None or found.high is None:
        return one
    sides = ((found.first_mean, found.first_people), (found.second_mean, found.second_people))
    counted = one.thing.unit in COUNTED
    if counted and any(_few(floor(mean * people + 0.5), people) for mean, people in sides):
        blank = replace(found, first_mean=None, second_mean=None, difference=None, low=None, high=None)
        return replace(one, difference=blank)
    steps = [
        NEAREST / nearest(people) if counted else _one_figure(NEAREST * mean / nearest(people))
        for mean, people in sides
    ]
    first, second = (floor(mean / step + 0.5) * step for (mean, _), step in zip(sides, steps, strict=True))
    reach = max(ceil((found.high - found.difference) / max(steps)), 1) * max(steps)
    size = first - second
    rounded = replace(found, first_mean=first, second_mean=second, difference=size, low=size - reach, high=size + reach)
    return replace(one, difference=rounded)


def _few(some: int, people: int) -> bool:
    return some < LEAST or 0 < people - some < LEAST


def _one_figure(share: float) -> float:
    """A step of one figure, above a share: with more figures, the step itself would tell the mean. Of nothing, 1.

    >>> _one_figure(13.5), _one_figure(0.45), _one_figure(0)
    (20.0, 0.5, 1.0)
    """
    figure = 10.0 ** floor(log10(share)) if share else 1.0
    return (floor(share / figure) + 1) * figure if share else figure


def tiers_sentence(compared: Sequence[Compared]) -> str:
    """Say in which things the two ways of holding differ among people alike, and in how many nothing can be told."""
    known = [one for one in compared if one.difference.difference is not None]
    if not known:
        return (
            "Too few people are alike, or too little is recorded of them, to compare direct payments with managed "
            "budgets."
        )
    told = [one for one in known if one.difference.told]
    if not told:
        return (
            "Among people alike, no difference can be told between direct payments and managed budgets, in any of the "
            f"{len(known)} things that can be compared."
        )
    differ = listed(_difference(one) for one in told)
    rest = len(known) - len(told)
    others = f" In {rest} more no difference can be told." if rest else ""
    return (
        f"Among people alike, those with a direct payment differ from those with a managed budget in {len(told)} of "
        f"{len(known)} things: {differ}.{others}"
    )


def _difference(one: Compared) -> str:
    low, size, high = _signed(one)
    unit = _unit(one).removeprefix("£").strip()
    return f"{one.thing.name.lower()} {size} {unit} (likely between {low} and {high})"


def _signed(one: Compared) -> tuple[str, str, str]:
    """The difference between its limits, each with its sign."""
    before = "£" if one.thing.unit.startswith("£") else ""
    low, size, high = (
        signed(_read(one, name), decimals=one.thing.decimals, before=before) for name in ("low", "difference", "high")
    )
    return low, size, high


def _unit(one: Compared) -> str:
    return "percentage points" if one.thing.unit == "%" else one.thing.unit


def _read(one: Compared, name: str) -> float | None:
    value = getattr(one.difference, name)
    return None if value is None else float(value * one.thing.per)


def _tiers(compared: Sequence[Compared]) -> Exhibit:
    rows = tuple((one.thing.name, _unit(one), *_tier_cells(one)) for one in compared)
    bars = []
    for one in compared:
        whole = _read(one, "second_mean")
        if whole:
            ends = {name: 100 * (_read(one, end) or 0.0) / whole for name, end in _ENDS.items()}
            bars.append({"label": one.thing.name, **ends})
    title = "Direct payment beside managed budget, people alike"
    chart = share_bars(bars, title, x_title="Difference, in per cent of what people with a managed budget have")
    headings = (
        "What", "Unit", DIRECT_PAYMENT, MANAGED_BUDGET, "Difference (likely between)", "People compared", "Told?"
    )  # fmt: skip
    return Exhibit(title, headings, rows, chart)


_ENDS = {"value": "difference", "low": "low", "high": "high"}


def _tier_cells(one: Compared) -> tuple[str, ...]:
    if one.difference.difference is None:
        return (*(["not compared"] * 3), "too few", "no")
    places = one.thing.decimals
    means = (amount(_read(one, name), decimals=places) for name in ("first_mean", "second_mean"))
    low, difference, high = _signed(one)
    people = f"{count(one.difference.first_people)} and {count(one.difference.second_people)}"
    return (*means, f"{difference} ({low} to {high})", people, "yes" if one.difference.told else "no")


def _within_groups(compared: Sequence[Compared]) -> tuple[Exhibit, ...]:
    """The differences that can be told within client groups, and how many cannot."""
    known = [one for one in compared if one.difference.difference is not None]
    told = [one for one in known if one.difference.told]
    if not told:
        return ()
    rows = tuple((one.client_group, one.thing.name, _unit(one), *_tier_cells(one)[:-1]) for one in told)
    headings = (
        "Client group", "What", "Unit", DIRECT_PAYMENT, MANAGED_BUDGET, "Difference (likely between)",
        "People compared",
    )  # fmt: skip
    note = f"{len(told)} of {len(known)} comparisons within client groups; in the others no difference can be told."
    return (Exhibit("Differences within client groups", headings, rows, notes=(note,)),)


def new_labels(records: Records, rows: Mapping[str, Row], *, period: Period) -> Section:
    """Say how many managed budgets began with the care that was there before, and where budgets came from."""
    of_choice = records.services.filter(~nw.col("choice").is_null()).select(rows=nw.len())
    counted, [held] = gather([conversions(records, period), of_choice])
    return Section(
        "new-labels",
        "New budgets: new support, or the same care under a new label?",
        label_sentence(rows["relabelled"], on_record=held["rows"] > 0, unclear=rows["kept-by-choice"]["unknown"]),
        (kept_sentence(rows["kept-by-choice"]), new_sentence(rows["new-to-support"])),
        (_outcomes(counted), _conversions(counted)),
        (
            "For each managed budget begun in the year, the 12 weeks before and from that day are compared: providers, "
            "components, units and cost (within 5%). The mean of what is known scores 0 to 1; from 0.7 the care is "
            "called the same. The same care can be a real choice. The council’s own record says whether it was: a "
            "direct payment was among the ways explained, the amount was told first, and whoever decides gave a "
            "reason of their own. A return holds none of that.",
            "Where an older return is read too, a row in which only the way of holding was rewritten is taken as a "
            "budget that began after that return.",
            "For a direct payment the care before and after cannot be compared, so those who had other support "
            "before are only counted.",
        ),
    )


def label_sentence(row: Row, *, on_record: bool = False, unclear: int | None = 0) -> str:
    """Say what share of managed budgets that could be judged began with the same care as before.

    `on_record` where the records hold choices too: then those who chose to keep it are not among them. `unclear` is how
    many more began with the same care, and nothing shows whether it was chosen (none where that is hidden).
    """
    more = f" Of about {count(unclear)} more with the same care it is not known whether it was chosen."
    more = more if on_record and unclear else ""
    if row["nobody"] and not more:
        lost = "" if not row["unknown"] else f" ({count(row['unknown'])} began with too little known)"
        return (
            "No managed budget began in the year with care before it that could be compared, so nothing can be said "
            f"of new labels{lost}."
        )
    if row["nobody"]:
        return (
            f"About {count(unclear)} managed budgets began in the year with the same care as before. It is not known "
            "of any of them whether it was chosen, so nothing can be said of new labels."
        )
    if row["value"] is None:
        began = "were the same care without a choice" if on_record else "began with the same care"
        return f"Fewer than {LEAST} managed budgets {began}, or could be judged: too few to be shown.{more}"
    began = "were the same care, and nobody’s choice of it" if on_record else "began with the same care as before"
    return (
        f"Of about {count(row['denominator'])} managed budgets that began in the year and could be judged, "
        f"{amount(row['value'], '%')} {began} (likely between {amount(row['low'])}% and "
        f"{amount(row['high'], '%')}).{more} {_most(row, unclear if more else 0)}"
    )


def kept_sentence(row: Row) -> str:
    """Say how many of those with the same care as before chose to keep it, as far as the record of choice shows."""
    if row["nobody"]:
        return (
            "Whether the same care was somebody’s choice is not on record for any of them, so a label is not told from "
            "a choice."
        )
    if row["value"] is None:
        return f"Fewer than {LEAST} kept the same care by choice, or had it without one: too few to be shown."
    lost = f" Of {count(row['unknown'])} more it is not known." if row["unknown"] != 0 else ""
    return (
        f"Of about {count(row['denominator'])} with the same care whose record shows whether it was chosen, "
        f"{amount(row['value'], '%')} kept it by choice (likely between {amount(row['low'])}% and "
        f"{amount(row['high'], '%')}).{lost}"
    )


def _most(row: Row, unclear: int | None) -> str:
    """Say whether most are a new label, if all of whom it is not known were, and if none were."""
    known, more = row["denominator"], unclear or 0
    if row["low"] * known > 50 * (known + more):
        return "Most are a new label on old care."
    if row["high"] * known + 100 * more < 50 * (known + more):
        return "Most are not."
    return "Whether that is more than half cannot be told."


def new_sentence(row: Row) -> str:
    """Say what share of managed budgets were begun by people without support before."""
    if row["nobody"] or row["value"] is None:
        return "Too few managed budgets began in the year to say how many were new support."
    return (
        f"{amount(row['value'], '%')} of managed budgets begun in the year went to people without long-term support in "
        f"the 12 weeks before (likely between {amount(row['low'])}% and {amount(row['high'], '%')})."
    )


def _outcomes(counted: Sequence[dict[str, Any]]) -> Exhibit:
    begun = dict.fromkeys(OUTCOMES, 0)
    for row in counted:
        if row["to_way"] == MANAGED_BUDGET:
            begun[row["outcome"]] += row["starts"]
    same = [outcome for outcome in UNCHANGED if begun[outcome]] or [SAME_CARE]
    begun = {outcome: people for outcome, people in begun.items() if outcome not in UNCHANGED or outcome in same}
    title = "Managed budgets begun in the year"
    bars = [
        {"label": outcome, "value": nearest(people), "low": None, "high": None}
        for outcome, people in begun.items()
        if people >= LEAST
    ]
    rows = tuple((outcome, count(people)) for outcome, people in begun.items())
    return Exhibit(title, ("What became of the care", "Budgets"), rows, share_bars(bars, title, x_title="Budgets"))


def _conversions(counted: Sequence[dict[str, Any]]) -> Exhibit:
    order = ("from_way", "to_way", "outcome")
    rows = sorted((*(row[one] for one in order), count(row["starts"])) for row in counted)
    headings = ("Held before", "Holds now", "What became of the care", "Budgets")
    return Exhibit("Budgets and direct payments begun in the year, by what was held before", headings, tuple(rows))
