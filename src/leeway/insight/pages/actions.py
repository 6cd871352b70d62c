"""Everything that changes a survey (opening a wave, closing it, sending answers), a target, or the local account."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from leeway.access.models import User
from leeway.days import AIMED_AT, PLANNED, check_day
from leeway.insight.pages.access import check_can_open_waves, check_can_publish, check_can_set_targets
from leeway.insight.pages.account import own_figures
from leeway.insight.pages.models import LocalAccount, OwnGoal, Response, Wave
from leeway.insight.pages.queries import (
    account_key,
    account_worked_out,
    check_takes_its_place,
    findings_key,
    goals_of,
)
from leeway.insight.records.council import council_records
from leeway.insight.report.findings import FINDINGS, findings
from leeway.insight.surveys.answers import checked
from leeway.insight.surveys.questionnaire import load
from leeway.insight.surveys.shares import SMALLEST
from leeway.jobs.kinds import Progress, untold
from leeway.refusal import Refusal

KEPT_SECONDS = 60 * 60  # what was worked out, until it is worked out anew


class NotOpen(Refusal):
    """The survey cannot be answered today."""


class SentAlready(Refusal):
    """The same form was sent before."""

    def __init__(self):
        super().__init__(
            "Your answers were sent a moment ago. They cannot be changed now, because nobody can tell which are yours."
        )


@transaction.atomic
def open_wave(
    *, questionnaire_code: str, name: str, opens_on: date, closes_on: date, asked: int | None = None, by: User, on: date
) -> Wave:
    """Put a questionnaire to people from one day to another, at an address of its own that needs no sign-in."""
    check_can_open_waves(by)
    questionnaire = load(questionnaire_code)
    if not questionnaire.anonymous:
        raise Refusal("This questionnaire is not for answering anonymously.", field="questionnaire_code")
    if not name.strip():
        raise Refusal("Give this wave a name, such as Autumn 2026.", field="name")
    if opens_on < on:
        raise Refusal("The first day cannot be in the past.", field="opens_on")
    if closes_on < opens_on:
        raise Refusal("The last day cannot be before the first.", field="closes_on")
    check_day(opens_on, PLANNED, field="opens_on", what="The first day", on=on)
    check_day(closes_on, PLANNED, field="closes_on", what="The last day", on=on)
    if asked is not None and asked < SMALLEST:
        raise Refusal(f"Ask {SMALLEST} people or more: fewer answers are never shown.", field="asked")
    if Wave.objects.filter(questionnaire_code=questionnaire_code, name__iexact=name.strip()).exists():
        raise Refusal("There is a wave of this name already. Give this one another.", field="name")
    return Wave.objects.create(
        name=name.strip(),
        questionnaire_code=questionnaire.code,
        definition=questionnaire.data,
        opens_on=opens_on,
        closes_on=closes_on,
        asked=asked,
        opened_by=by,
    )


@transaction.atomic
def close_wave(*, wave: Wave, by: User, on: date) -> Wave:
    """End a wave before its last day. It takes no more answers, and its results can be seen."""
    check_can_open_waves(by)
    kept = Wave.objects.select_for_update().get(pk=wave.pk)
    if kept.is_over_on(on):
        raise Refusal("This wave is closed already.")
    kept.closed_on = on
    kept.save(update_fields=["closed_on"])
    return kept


@transaction.atomic
def send_answers(*, wave: Wave, form_id: UUID, given: Mapping[str, str], on: date) -> None:
    """Keep what somebody answered, once, with the day and nothing else. Nobody signs in to do this.

    The wave is locked meanwhile, so that a second press finds the first one's row: the database then never has to
    refuse a row, and so never writes anyone's answers into its log.
    """
    open_wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if not open_wave.is_open_on(on):
        raise NotOpen("This survey is closed, so your answers were not kept.")
    values, problems = checked(open_wave.questionnaire, given)
    if problems:
        raise Refusal("One of the answers cannot be used. Go back to the questions and look at each.")
    if not any(value is not None for value in values.values()):
        raise Refusal("Answer one question or more before you send your answers.")
    if Response.objects.filter(pk=form_id).exists():
        raise SentAlready
    Response.objects.create(id=form_id, wave=open_wave, answered_on=on, answers=values)


def work_out_account(*, as_at: date, by: User, on: date, progress: Progress = untold) -> None:
    """Work out what everyone would see of the last day of a month, and keep it for an hour, to be seen and published.

    Refused for a day before the one that everyone reads: it would not take its place.
    """
    check_can_publish(by)
    check_takes_its_place(as_at)
    cache.set(account_key(as_at), own_figures(as_at, seen_by=by, on=on, progress=progress), KEPT_SECONDS)


def publish_account(*, as_at: date, by: User, on: date) -> LocalAccount:
    """Publish the council's own figures of a day, as they were worked out in the last hour and seen, for everyone."""
    check_takes_its_place(as_at)
    figures = account_worked_out(as_at, seen_by=by)
    if figures is None:
        raise Refusal("It is over an hour since these figures were worked out. See them first.", field="as_at")
    return LocalAccount.objects.create(as_at=as_at, figures=figures, published_on=on, published_by=by)


def work_out_findings(*, as_at: date, by: User, on: date, progress: Progress = untold) -> None:
    """Work out what the council's own records say as they stood on a day, and keep it for an hour.

    Kept once for everybody who may see it: it is the same for all.
    """
    steps, sections = 1 + FINDINGS, []
    progress(done=0, of=steps)
    for section in findings(council_records(as_at, seen_by=by, on=on), as_at=as_at):
        sections.append(section)
        progress(done=len(sections), of=steps)
    cache.set(findings_key(as_at), sections, KEPT_SECONDS)


@transaction.atomic
def set_target(
    *, target: str, measure: str, percent: float, at_most: bool = False, due_on: date, owner: str, why: str, by: User,
    on: date,
) -> OwnGoal:  # fmt: skip
    """Set one of the council's own targets, or change one that it has: the old goal stays in its history."""
    check_can_set_targets(by)
    if due_on <= on:
        raise Refusal("Enter a day that is still to come.", field="due_on")
    check_day(due_on, AIMED_AT, field="due_on", what="The day by which to reach it", on=on)
    history = goals_of(target)
    if history and history[0].measure != measure:
        raise Refusal("There is a target of this name for another measure. Give this one another name.", field="target")
    return OwnGoal.objects.create(
        target=history[0].target if history else target.strip(), measure=measure, percent=percent, at_most=at_most,
        due_on=due_on, owner=owner.strip(), why=why.strip(), agreed_on=on, agreed_by=by,
    )  # fmt: skip


@transaction.atomic
def end_target(*, target: str, why: str, by: User, on: date) -> OwnGoal:
    """End one of the council's own targets, saying why. Its history stays."""
    check_can_set_targets(by)
    history = goals_of(target)
    if not history or history[-1].ended:
        raise Refusal("There is no such target to end.")
    last = history[-1]
    return OwnGoal.objects.create(
        target=last.target, measure=last.measure, percent=last.percent, at_most=last.at_most, due_on=last.due_on,
        owner=last.owner, why=why.strip(), ended=True, agreed_on=on, agreed_by=by,
    )  # fmt: skip
