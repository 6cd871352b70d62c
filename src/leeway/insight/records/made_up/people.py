"""The people of a made-up return: what stands about a person on every one of their rows."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.made_up.draw import YEAR, Draw, as_date, said

LONG, SHORT, ASKED, CARER = "long-term", "short-term", "asked", "carer"
KINDS = {LONG: 0.32, SHORT: 0.09, ASKED: 0.46, CARER: 0.13}

#: People with long-term support in the year 2020-21 by setting; "part" is a direct payment beside other support.
SETTINGS_18_64 = {
    "nursing": 7_225, "residential": 36_950, "direct": 67_605, "part": 25_180, "managed": 130_200,
    "commissioned": 22_325, "prison": 205,
}  # fmt: skip
SETTINGS_65 = {
    "nursing": 69_160, "residential": 140_700, "direct": 34_725, "part": 12_240, "managed": 264_660,
    "commissioned": 29_895, "prison": 175,
}  # fmt: skip
_REASONS = code_list("support_reason").values
REASONS_18_64 = dict(
    zip(_REASONS[:11], (18_255, 67_700, 2_065, 915, 635, 4_905, 133_670, 53_785, 980, 95, 6_680), strict=True)
)
REASONS_65 = dict(
    zip(_REASONS[:11], (63_565, 345_005, 4_415, 1_840, 1_315, 74_040, 17_895, 33_980, 490, 35, 8_965), strict=True)
)
SETTING = pl.Enum(list(SETTINGS_65))
_OF_65_OR_OVER = sum(SETTINGS_65.values()) / (sum(SETTINGS_65.values()) + sum(SETTINGS_18_64.values()))

_ETHNICITIES = {
    value: 80.0 if value.startswith("White: English") else 6.0 if value.startswith("No data") else 0.7
    for value in code_list("ethnicity").values
}
_HOMES = {"Owner occupier or shared ownership scheme": 45, "Tenant: Private landlord": 10, "Unknown": 5,
          "Tenant: Local authority or other social housing provider": 25,
          "Settled mainstream housing with family or friends": 15}  # fmt: skip
_CARE_HOMES = {"nursing": "Registered nursing home", "residential": "Registered care home",
               "prison": "Prison, young offenders institution or detention centre"}  # fmt: skip
_JOBS = {"Paid: Less than 16 hours a week": 5, "Not in paid employment: Seeking work": 15,
         "Not in paid employment: Not actively seeking work or retired": 70, "Unknown": 10}  # fmt: skip


def crowd(draw: Draw, count: int, councils: Sequence[str]) -> pl.DataFrame:
    """Draw the people, with what their events need: `kind`, `setting`, `older`, `born` and a `day` of the period.

    On that day a request was dealt with, or long-term support stopped if it did.
    """
    older = draw.share(count, _OF_65_OR_OVER)
    age_days = np.where(older, 65 + 35 * draw.chance.beta(2, 3, count), 18.1 + 46.8 * draw.chance.random(count))
    born = draw.first - pl.Series(age_days * YEAR).cast(pl.Int64)
    people = pl.DataFrame(
        {
            "kind": draw.word(count, KINDS),
            "older": older,
            "setting": draw.word(count, SETTINGS_65).cast(SETTING).zip_with(
                older, draw.word(count, SETTINGS_18_64).cast(SETTING)
            ),
            "council": pl.Series(list(councils), dtype=pl.String).gather(draw.days(count, 0, len(councils) - 1)),
            "nhs_number": _nhs_numbers(count),
            "person": pl.select(pl.format("P{}", pl.int_range(1_000_001, 1_000_001 + count))).to_series(),
            "gender": draw.code(count, "gender", {"Male": 42, "Female": 57, "Other": 0.3, "Unknown": 0.7}),
            "ethnicity": draw.code(count, "ethnicity", _ETHNICITIES),
            # Nobody turns 65 within the period, so that the two groups keep apart.
            "born": born.zip_with(older, pl.Series(np.maximum(born, draw.last - int(65 * YEAR) + 2))),
            "day": draw.days(count, draw.first, draw.last),
            "dies": draw.share(count, 0.01).zip_with(~older, draw.share(count, 0.10)),
            "lives_on": draw.wait(count, 20, 365),
            "young_reason": draw.code(count, "support_reason", REASONS_18_64),
            "old_reason": draw.code(count, "support_reason", REASONS_65),
            "accommodation": draw.code(count, "accommodation", _HOMES),
            "employment": draw.code(count, "employment", _JOBS),
            "has_unpaid_carer": draw.code(count, "yes_no", {"Yes": 40, "No": 50, "Unknown": 10}),
            "autism": draw.code(count, "yes_no", {"Yes": 6, "No": 74, "Unknown": 20}),
            "dementia": draw.code(count, "yes_no", {"Yes": 15, "No": 65, "Unknown": 20}),
            "town": draw.days(count, 1, 20),
            "street": draw.days(count, 0, 26 * 26 * 10 - 1),
        }
    )  # fmt: skip
    return _told(people, draw.last)


def _told(people: pl.DataFrame, last: int) -> pl.DataFrame:
    """Put what was drawn about each person into the words of the return."""
    carer, long_term = pl.col("kind") == CARER, pl.col("kind") == LONG
    # Long-term support stops when its person dies; those who asked live on for some days after the answer.
    died = pl.when(long_term).then("day").otherwise(pl.col("day") + pl.col("lives_on"))
    home = pl.col("setting").cast(pl.String).replace_strict(
        _CARE_HOMES, default=None, return_dtype=people["accommodation"].dtype
    )  # fmt: skip
    return people.with_columns(
        as_date(pl.col("born")).alias("born_on"),
        pl.when(pl.col("dies") & ~carer & (died <= last)).then(as_date(died)).alias("died_on"),
        pl.when(carer)
        .then(said("Social support: Support to unpaid carer", "support_reason"))
        .when("older")
        .then("old_reason")
        .otherwise("young_reason")
        .alias("support_reason"),
        _postcode(pl.col("town"), pl.col("street")).alias("postcode"),
        pl.coalesce(pl.when(long_term).then(home), "accommodation").alias("accommodation"),
        pl.when(~pl.col("older") & ~carer).then("employment").alias("employment"),
        *(pl.when(~carer).then(name).alias(name) for name in ("autism", "dementia")),
        pl.when(carer).then(pl.col("person").shift(1)).alias("cares_for_1"),
    ).drop("young_reason", "old_reason", "town", "street")


def _nhs_numbers(count: int) -> pl.Series:
    """Give numbers whose last digit checks (modulus 11), downwards from 999 999 998; that before is a placeholder."""
    stems = np.arange(999_999_998, 999_999_998 - count * 11 // 10 - 20, -1)
    total = sum((stems // 10 ** (8 - place)) % 10 * (10 - place) for place in range(9))
    last = (11 - total % 11) % 11
    right = last < 10
    return pl.Series(stems[right][:count] * 10 + last[right][:count]).cast(pl.String)


def _postcode(town: pl.Expr, street: pl.Expr) -> pl.Expr:
    letters = pl.Series([chr(65 + number) for number in range(26)])
    first = (street // 26 % 26).replace_strict(list(range(26)), letters, return_dtype=pl.String)
    second = (street % 26).replace_strict(list(range(26)), letters, return_dtype=pl.String)
    return pl.format("ZX{} {}{}{}", town, street // 676, first, second)
