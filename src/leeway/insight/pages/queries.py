"""What pages read of surveys. What was answered is seen only once a wave is over, and never one person's answers."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

import polars as pl
from django.core.cache import cache
from django.db.models import Count, QuerySet

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.insight.measures.costs import packages_to_look_at
from leeway.insight.pages.access import can_read_words, check_can_publish, check_can_see_results
from leeway.insight.pages.account import BESIDE
from leeway.insight.pages.models import LocalAccount, OwnGoal, Wave
from leeway.insight.records.council import council_records
from leeway.insight.report.section import Section
from leeway.insight.surveys.answers import frame_of
from leeway.insight.surveys.shares import SMALLEST
from leeway.period import year_to
from leeway.refusal import NotAllowed, Refusal


class NotYet(Refusal):
    """There is nothing to show yet: the wave is not over, or too few answered."""


def wave_at(token: str) -> Wave:
    """The wave at a public address. Raises Wave.DoesNotExist."""
    return Wave.objects.get(token=token)


def waves(*, seen_by: User) -> QuerySet[Wave]:
    """Every wave, the latest first, with how many `answered`."""
    check_can_see_results(seen_by)
    return Wave.objects.annotate(answered=Count("responses"))


def get_wave(wave_id: UUID, *, seen_by: User) -> Wave:
    """One wave, with how many `answered`. Raises Wave.DoesNotExist."""
    return waves(seen_by=seen_by).get(pk=wave_id)


def answers_of(wave: Wave, *, seen_by: User, on: date) -> pl.DataFrame:
    """The answers of a wave as a frame for the functions of `surveys`, without the words people wrote.

    Raises NotYet while more answers can come (or two looks would tell what the person between them said), and where
    fewer than five answered.
    """
    _check_can_be_shown(wave, seen_by=seen_by, on=on)
    questionnaire = wave.questionnaire
    rows = wave.responses.order_by("id").values_list("answers", flat=True)
    words = [question.code for question in questionnaire.questions if question.kind == "text"]
    return frame_of(rows, questionnaire).drop(words)


def words_of(wave: Wave, *, seen_by: User, on: date) -> dict[str, list[str]]:
    """What people wrote, by question, in the order of the alphabet: not beside anybody's other answers."""
    _check_can_be_shown(wave, seen_by=seen_by, on=on)
    if not can_read_words(seen_by):
        raise NotAllowed("Only an analyst can read what people wrote in their own words.")
    answers = list(wave.responses.values_list("answers", flat=True))
    return {
        question.ask: sorted(each[question.code] for each in answers if each.get(question.code))
        for question in wave.questionnaire.questions
        if question.kind == "text"
    }


def _check_can_be_shown(wave: Wave, *, seen_by: User, on: date) -> None:
    check_can_see_results(seen_by)
    if not wave.is_over_on(on):
        raise NotYet(
            "Results are shown when the wave is closed. Before that, two looks could tell what the last person said."
        )
    if wave.responses.count() < SMALLEST:
        raise NotYet(f"Fewer than {SMALLEST} people answered, so nothing is shown.")


def packages_worth_a_look(as_at: date, *, seen_by: User, on: date) -> pl.DataFrame:
    """The services of each package that costs far more than those of people alike, by event number, dearest first.

    For an analyst. Nobody is named, but each package is one person's: they can see that it was looked at, and by whom.
    """
    records = council_records(as_at, seen_by=seen_by, on=on)
    rows = packages_to_look_at(records, year_to(as_at)).collect("polars").to_native().sort("package", "component")
    whose = records.services.collect("polars").to_native().join(rows, on="reference", how="semi")
    record_looks(viewer=seen_by, person_ids=whose["person"].unique().to_list(), page="Packages worth a second look")
    return rows


def account_key(as_at: date) -> str:
    """Where the figures of a day are kept between being worked out and being published."""
    return f"insight-account-{as_at}"


def account_worked_out(as_at: date, *, seen_by: User) -> list[dict[str, Any]] | None:
    """What everyone would see of a day, where that was worked out in the last hour. For whoever may publish it."""
    check_can_publish(seen_by)
    return cache.get(account_key(as_at))


def findings_key(as_at: date) -> str:
    """Where what the records say as they stood on a day is kept."""
    return f"insight-findings-{as_at}"


def findings_worked_out(as_at: date, *, seen_by: User) -> list[Section] | None:
    """What the council's own records say as they stood on a day, where that was worked out in the last hour."""
    check_can(seen_by, Capability.ANALYSE)
    return cache.get(findings_key(as_at))


def latest_account() -> LocalAccount | None:
    """The local account that everyone reads: of the latest day, as last published."""
    return LocalAccount.objects.first()


def check_takes_its_place(as_at: date) -> None:
    """Refuse figures older than those that everyone reads: they would be published and seen by nobody."""
    latest = latest_account()
    if latest is not None and as_at < latest.as_at:
        raise Refusal(
            f"The account as it stood on {latest.as_at:%-d %B %Y} is out already, and an older one would not take its "
            "place. Choose the same day or a later one.",
            field="as_at",
        )


def goals_of(target: str) -> list[OwnGoal]:
    """The history of one of the council's own targets, oldest first; empty where there is none of this name."""
    if "\0" in target:  # the database takes none
        return []
    return list(OwnGoal.objects.filter(target__iexact=target.strip()))


def own_targets() -> list[list[OwnGoal]]:
    """The council's own targets, each through its history, oldest goal first; those that ended last of all."""
    histories = [list(goals) for _, goals in groupby(OwnGoal.objects.all(), key=lambda goal: goal.target)]
    return sorted(histories, key=lambda goals: goals[-1].ended)


def own_series() -> dict[str, list[tuple[date, float]]]:
    """The council's own published figures beside each series that has them: a day and a value a year, oldest first.

    They are those of the latest local account and of accounts of the same month in the years before it.
    """
    latest = latest_account()
    month = latest.as_at.month if latest else 0
    told: dict[str, dict[date, float | None]] = {series: {} for series in BESIDE.values()}
    for account in LocalAccount.objects.filter(as_at__month=month).order_by("as_at", "published_at"):
        for row in account.figures:
            if row["measure"] in BESIDE and row["breakdown"] == "all":
                told[BESIDE[row["measure"]]][account.as_at] = row["value"]
    return {key: [(day, value) for day, value in all_.items() if value is not None] for key, all_ in told.items()}
