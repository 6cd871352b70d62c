"""Reading an employer's record: who works on what terms, what is asked for now, and what endings would cost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404

from leeway.care.employing.models import DutyDone, EndedWhy, Job, Terms
from leeway.care.people.models import Case
from leeway.law import compute, law_on
from leeway.law.employer_duties import ASKED_FOR, SOON, Item, Told, Worker, stand, wage_changes, wage_too_low
from leeway.law.employing import week_pence
from leeway.law.leaving_work import notice_weeks, redundancy_pence
from leeway.law.numbers import pounds
from leeway.law.outcome import Outcome


@dataclass(frozen=True)
class Low:
    """That the pay of a job is less than the law allows from a day on, and what is the least then."""

    job: Job
    from_on: date
    least_pence: int


@dataclass(frozen=True)
class Employer:
    """A person as an employer on a day: whom they employ, and how each duty stands."""

    jobs: tuple[Job, ...]
    items: tuple[Item, ...]
    low: tuple[Low, ...]

    @property
    def asked_for(self) -> tuple[Item, ...]:
        """What is to be done now or soon, or was not told."""
        return tuple(item for item in self.items if item.standing in ASKED_FOR)

    @property
    def count(self) -> int:
        """How many things ask for something."""
        return len(self.asked_for) + len(self.low)

    @property
    def first_on(self) -> date:
        """The first day by which something is asked for."""
        return min([item.due_on for item in self.asked_for] + [low.from_on for low in self.low])


@dataclass(frozen=True)
class Owed:
    """Something that an employer would owe if a job ended: which, how much at the most, and why in a sentence."""

    job: Job
    what: str
    pence: int
    why: str


def employer(case: Case, on: date) -> Employer | None:
    """A person as an employer on a day; None where they employ nobody."""
    return employers([case.pk], on).get(case.pk)


def employers(cases: Collection[UUID], on: date) -> dict[UUID, Employer]:
    """Those of these cases who employ somebody on a day or from a later one, each as an employer: three queries."""
    jobs: dict[UUID, list[Job]] = {}
    for job in running(on).filter(case__in=cases).prefetch_related("terms"):
        jobs.setdefault(job.case_id, []).append(job)
    told: dict[UUID, list[Told]] = {}
    for done in DutyDone.objects.filter(case__in=jobs, taken_back=None):
        each = Told(done.duty, str(done.job_id or ""), done.done_on, done.until)
        told.setdefault(done.case_id, []).append(each)
    return {case: _employer(some, told.get(case, []), on) for case, some in jobs.items()}


def running(on: date):
    """The jobs that have not ended before a day."""
    return Job.objects.filter(Q(ended_on=None) | Q(ended_on__gte=on)).exclude(ended_why=EndedWhy.MISTAKE)


def _employer(jobs: list[Job], told: list[Told], on: date) -> Employer:
    workers = [Worker(str(job.pk), job.started_on, first_terms(job).paid_every) for job in jobs]
    low = [_low(job, on) for job in jobs]
    return Employer(tuple(jobs), tuple(stand(workers, told, on)), tuple(each for each in low if each))


def _low(job: Job, on: date) -> Low | None:
    """Whether the pay of a job is too low now, or will be soon, by what the law says so far."""
    for day in wage_changes(job.born_on, max(on, job.started_on), on + SOON):
        terms = terms_on(job, day)
        if found := wage_too_low(terms.hourly_pence, job.born_on, [law_on(day, settings.COUNCIL_POLICY)]):
            return Low(job, *found)
    return None


def first_terms(job: Job) -> Terms:
    """The terms on which a job began, as they were told last."""
    return min(job.terms.all(), key=lambda terms: (terms.from_on, -terms.pk))


def terms_on(job: Job, on: date) -> Terms:
    """The terms in force on a day; those of its first day before that."""
    begun = [terms for terms in job.terms.all() if terms.from_on <= on]
    return begun[0] if begun else first_terms(job)


def cost_of(job: Job, on: date) -> Outcome:
    """What a job costs a year, and what to keep in reserve, step by step, by the law and the terms of a day."""
    on = max(on, job.started_on)
    terms = terms_on(job, on)
    told = {
        "hourly_pence": terms.hourly_pence,
        "minutes_a_week": terms.minutes_a_week,
        "paid_every": terms.paid_every,
        "worker_born": job.born_on.isoformat(),
        "started_on": job.started_on.isoformat(),
        "claims_allowance": terms.claims_allowance,
        "hours_vary": terms.hours_vary,
    }
    told |= {} if terms.in_pension is None else {"in_pension": terms.in_pension}
    return compute("employ", told, on, policy=settings.COUNCIL_POLICY)


def owed_at_end(jobs: Iterable[Job], on: date) -> list[Owed]:
    """What an employer would owe if these jobs ended for good on a day, each at the most.

    Notice, and redundancy by age and service. Holiday that was earned and not taken, and wages, tax and pension up to
    that day, come on top: what was taken and paid is not on record here.
    Source: Employment Rights Act 1996, ss. 86, 135, 136(5) and 162.
    """
    owed = []
    for job in jobs:
        terms = terms_on(job, on)
        week = week_pence(terms.hourly_pence, terms.minutes_a_week)
        weeks = notice_weeks(job.started_on, on)
        if weeks:
            why = f"{weeks} week{'' if weeks == 1 else 's'} of notice at {pounds(week)} a week."
            owed.append(Owed(job, "Notice", weeks * week, why))
        law = law_on(on, settings.COUNCIL_POLICY)
        if pence := redundancy_pence(week, job.born_on, job.started_on, on, law):
            owed.append(
                Owed(job, "Redundancy", pence, f"Since {job.started_on:%-d %B %Y}, by age and years of service.")
            )
    return owed


def get_job(job_id: UUID, *, case: Case) -> Job:
    """One job of a case that the user may see; 404 where there is none."""
    found = case.jobs.filter(pk=job_id).prefetch_related("terms").first()
    if found is None:
        raise Http404("There is no such worker in this case.")
    return found


def get_done(done_id: UUID, *, case: Case) -> DutyDone:
    """One duty that was told to be done, and was not taken back; 404 where there is none."""
    found = case.duties_done.filter(pk=done_id, taken_back=None).first()
    if found is None:
        raise Http404("This is not told as done, or was taken back.")
    return found


def done_of(case: Case) -> list[DutyDone]:
    """What was told as done and not taken back, the latest first."""
    return list(case.duties_done.filter(taken_back=None).select_related("job", "told_by"))


def dates_ahead(case: Case, on: date, until: date) -> list[tuple[date, str]]:
    """What is to be done between two days, for a calendar: the day, and what."""
    found = employer(case, on)
    names = {str(job.pk): job.name for job in found.jobs} if found else {}
    return [
        (item.due_on, f"{item.duty.what}{f' ({names[item.worker]})' if item.worker else ''}")
        for item in (found.items if found else ())
        if on <= item.due_on <= until and (item.until or not item.done_on)
    ]
