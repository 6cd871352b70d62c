"""Whom a person employs, on what terms from which day, and what they told of an employer's duties."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept, kept_but, tracked
from leeway.law.employer_duties import DUTIES


class PaidEvery(models.TextChoices):
    """How often a worker is paid; the law's thresholds go by it."""

    WEEK = "week", "Every week"
    TWO_WEEKS = "two_weeks", "Every two weeks"
    FOUR_WEEKS = "four_weeks", "Every four weeks"
    MONTH = "month", "Every month"


class EndedWhy(models.TextChoices):
    """Why somebody is employed no longer: what is owed at the end goes by it."""

    LEFT = "left", "They left by themselves"
    NO_MORE_WORK = "no_more_work", "There is no more work for them: redundancy"
    DISMISSED = "dismissed", "They were dismissed"
    EMPLOYER_DIED = "employer_died", "Whom they worked for has died"
    MISTAKE = "mistake", "This was recorded by mistake"


@tracked()
class Job(models.Model):
    """Somebody whom a person employs, since when, and until when. Kept as it was told but for its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="jobs")
    name = models.CharField(max_length=100)
    born_on = models.DateField()
    started_on = models.DateField()
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The last day of the job.")
    ended_why = models.CharField(max_length=13, choices=EndedWhy, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["started_on", "name", "id"]
        triggers = kept_but("job_is_kept", "ended_on", "ended_why", "ended_by", once="ended_on")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="job_is_somebodys"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why="", ended_by=None)
                | (Q(ended_on__gte=F("started_on"), ended_by__isnull=False) & ~Q(ended_why="")),
                name="job_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Terms(models.Model):
    """What a job pays, from a day on. Later terms take the place of these; of one day, those told last."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.PROTECT, related_name="terms")
    from_on = models.DateField()
    hourly_pence = models.PositiveIntegerField()
    minutes_a_week = models.PositiveIntegerField()
    hours_vary = models.BooleanField()
    paid_every = models.CharField(max_length=10, choices=PaidEvery)
    claims_allowance = models.BooleanField()
    in_pension = models.BooleanField(null=True, blank=True, help_text="Asked for or left; none where the law decides.")
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_on = models.DateField()

    class Meta:
        ordering = ["-from_on", "-id"]
        triggers = kept("terms_are_kept")
        constraints = [
            models.CheckConstraint(condition=Q(hourly_pence__gte=1, minutes_a_week__gte=1), name="terms_pay_something"),
        ]


class DutyDone(models.Model):
    """That an employer's duty was done: which, of which worker where it is of one, when, and until when it holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="duties_done")
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="duties_done")
    duty = models.CharField(max_length=20, choices=[(duty.code, duty.what) for duty in DUTIES])
    done_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_on = models.DateField()

    class Meta:
        ordering = ["-done_on", "id"]
        triggers = kept("duty_done_is_kept")
        constraints = [
            models.CheckConstraint(
                condition=Q(duty__in=[duty.code for duty in DUTIES if duty.of_each], job__isnull=False)
                | Q(duty__in=[duty.code for duty in DUTIES if not duty.of_each], job=None),
                name="duty_is_of_whom_it_is",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("done_on")), name="duty_holds_on"),
        ]


class DutyTakenBack(models.Model):
    """That a duty was not done after all, or not on that day: it was told by mistake."""

    done = models.OneToOneField(DutyDone, models.PROTECT, primary_key=True, related_name="taken_back")
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_on = models.DateField()

    class Meta:
        triggers = kept("duty_taken_back_is_kept")
