"""Every write of an employer's record: somebody taken on, new terms, an end, a duty done. Reminders come by night."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from leeway.access.models import User
from leeway.care.employing import queries
from leeway.care.employing.access import check_can_keep_record
from leeway.care.employing.models import DutyDone, DutyTakenBack, EndedWhy, Job, Terms
from leeway.care.people.access import check_lives
from leeway.care.people.actions import tell, write_to_people
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.days import BORN, HAPPENED, PLANNED, check_day
from leeway.law import compute
from leeway.law.employer_duties import BY_CODE, SOON, Standing
from leeway.law.outcome import BadInput
from leeway.messages.models import Message
from leeway.refusal import Refusal

#: Terms as they are told: their names here, and in the rule of employing where that has another one.
TERMS = ("hourly_pence", "minutes_a_week", "hours_vary", "paid_every", "claims_allowance", "in_pension")
#: Above this many workers of one person it is a business of its own, or a slip.
JOBS_MOST = 30


@transaction.atomic
def take_on(
    *, case: Case, name: str, born_on: date, started_on: date, terms: Mapping[str, Any], by: User, on: date
) -> Job:
    """Put on record that the person employs somebody, since when and on what terms.

    `terms` has what `TERMS` names; `in_pension` is None where the law decides. Pay below the least wage is kept as it
    was told, and stands on the list of what to do.
    """
    check_can_keep_record(by, case, on)
    case = lock_case(case.pk)
    check_lives(case.person)
    check_day(born_on, BORN, field="born_on", what="Their birthday", on=on)
    check_day(started_on, PLANNED, field="started_on", what="The first day", on=on)
    _check_terms(terms, born_on, started_on, max(on, started_on))
    running = list(queries.running(on).filter(case=case))
    if any((job.name.casefold(), job.born_on) == (name.casefold(), born_on) for job in running):
        raise Refusal(f"{name} is on the list already. Change the terms there.", field="name")
    if len(running) >= JOBS_MOST:
        raise Refusal(f"There are {JOBS_MOST} workers on record already. End the jobs that are over first.")
    job = Job.objects.create(
        case=case, name=name, born_on=born_on, started_on=started_on, told_by=by, told_on=on
    )  # fmt: skip
    _keep_terms(job, started_on, terms, by, on)
    sentence = f"{by.name} told of somebody whom {case.person} employs, since {started_on:%-d %B %Y}."
    tell(case=case, kind=Event.EMPLOYER, sentence=sentence, by=by, on=on)
    return job


@transaction.atomic
def change_terms(*, job: Job, from_on: date, terms: Mapping[str, Any], by: User, on: date) -> Terms:
    """Put on record what a job pays from a day on. What it paid before stays on record."""
    check_can_keep_record(by, job.case, on)
    lock_case(job.case_id)
    job = Job.objects.select_related("case__person").get(pk=job.pk)
    _check_runs(job)
    check_day(from_on, PLANNED, field="from_on", what="The first day of the new terms", on=on)
    if from_on < job.started_on:
        raise Refusal(f"The job began on {job.started_on:%-d %B %Y}. Enter that day or a later one.", field="from_on")
    _check_terms(terms, job.born_on, job.started_on, from_on)
    return _keep_terms(job, from_on, terms, by, on)


def _check_terms(terms: Mapping[str, Any], born_on: date, started_on: date, on: date) -> None:
    """Refuse terms of which the rule of employing could make nothing."""
    told = {name: terms[name] for name in TERMS if terms[name] is not None}
    told |= {"worker_born": born_on.isoformat(), "started_on": started_on.isoformat()}
    try:
        compute("employ", told, on, policy=settings.COUNCIL_POLICY)
    except BadInput as bad:
        field = {"worker_born": "born_on", "hourly_pence": "hourly", "minutes_a_week": "hours"}
        raise Refusal(str(bad), field=field.get(bad.field or "", bad.field)) from bad


def _keep_terms(job: Job, from_on: date, terms: Mapping[str, Any], by: User, on: date) -> Terms:
    told = {name: terms[name] for name in TERMS}
    return Terms.objects.create(job=job, from_on=from_on, **told, told_by=by, told_on=on)


def _check_runs(job: Job) -> None:
    if job.ended_on is not None:
        raise Refusal(f"This job ended on {job.ended_on:%-d %B %Y}: {job.get_ended_why_display().lower()}.")


@transaction.atomic
def end_job(*, job: Job, ended_on: date, ended_why: str, by: User, on: date) -> Job:
    """Put on record that somebody is employed no longer: the last day, and why."""
    check_can_keep_record(by, job.case, on)
    lock_case(job.case_id)
    job = Job.objects.select_related("case__person").get(pk=job.pk)
    _check_runs(job)
    check_day(ended_on, PLANNED, field="ended_on", what="The last day", on=on)
    if ended_on < job.started_on:
        raise Refusal(f"The job began on {job.started_on:%-d %B %Y}. Enter that day or a later one.", field="ended_on")
    job.ended_on, job.ended_why, job.ended_by = ended_on, EndedWhy(ended_why), by
    job.save(update_fields=["ended_on", "ended_why", "ended_by"])
    sentence = f"{by.name} told that a job ended on {ended_on:%-d %B %Y}: {job.get_ended_why_display().lower()}."
    tell(case=job.case, kind=Event.EMPLOYER, sentence=sentence, by=by, on=on)
    return job


@transaction.atomic
def tell_done(
    *, case: Case, duty: str, job: Job | None, done_on: date, until: date | None, by: User, on: date
) -> DutyDone:
    """Put on record that one of an employer's duties was done, and until when it holds where it ends."""
    check_can_keep_record(by, case, on)
    lock_case(case.pk)
    kind = BY_CODE[duty]
    check_day(done_on, HAPPENED, field="done_on", what="The day on which it was done", on=on)
    check_day(until, PLANNED, field="until", what="Its last day", on=on)
    if kind.until and until is None:
        raise Refusal("Enter its last day: it is on the certificate.", field="until")
    if until is not None and until < done_on:
        raise Refusal("Its last day is before the day on which it was done. Check both.", field="until")
    if job is not None:
        _check_runs(Job.objects.get(pk=job.pk))
    return DutyDone.objects.create(
        case=case, job=job if kind.of_each else None, duty=duty, done_on=done_on, until=until, told_by=by, told_on=on
    )


@transaction.atomic
def take_back(*, done: DutyDone, by: User, on: date) -> DutyTakenBack:
    """Take back that a duty was done: it was told by mistake."""
    check_can_keep_record(by, done.case, on)
    lock_case(done.case_id)
    if DutyTakenBack.objects.filter(done=done).exists():
        raise Refusal("This was taken back already.")
    return DutyTakenBack.objects.create(done=done, told_by=by, told_on=on)


def remind(*, on: date) -> int:
    """Remind employers kindly of what is due within four weeks, or ended: each thing once. Nightly work."""
    ids = list(queries.running(on).values_list("case", flat=True).distinct())
    cases = Case.objects.filter(pk__in=ids, person__date_of_death=None).in_bulk()
    new = []
    for pk, employer in queries.employers(ids, on).items():
        if pk in cases:
            new += [(cases[pk], data, key) for data, key in _reminders(employer, on)]
    said = set(Message.objects.filter(key__in=[key for _case, _data, key in new]).values_list("key", flat=True))
    new = [each for each in new if each[2] not in said]
    return len(write_to_people(new=new, template="employer_reminder", by=None, on=on))


def _reminders(employer: queries.Employer, on: date) -> list[tuple[dict[str, str], str]]:
    """What to remind of, with a key by which each is said once: nothing that was due before it was told of."""
    found = []
    for item in employer.asked_for:
        if item.standing is not Standing.NOT_TOLD:
            told = f"{item.duty.code}-{item.worker or employer.jobs[0].case_id}"
            found.append((item.duty.what, item.due_on, f"employer:{told}:{item.due_on}"))
    for low in employer.low:
        what = "Check the pay: it is less than the law allows from then"
        found.append((what, low.from_on, f"employer:wage-{low.job.pk}:{low.least_pence}"))
    return [({"what": what, "day": f"{day:%-d %B %Y}"}, key) for what, day, key in found if day <= on + SOON]
