"""How often an account is checked, each check, and what it pointed out with what was said of it. All of it is kept."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept, kept_but, kept_with, tracked
from leeway.money.monitoring.kinds import KINDS, Answer, Because, Outcome, Touch


class Level(models.Model):
    """How often the account of a case is checked from a day on, who said so, and why. The latest holds."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="check_levels")
    level = models.CharField(max_length=6, choices=Touch)
    reason = models.TextField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_on = models.DateField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="level_says_why")]
        triggers = kept("level_is_kept")


@tracked()
class Check(models.Model):
    """One check of an account: of which days, by when, and what came of it. One at a time, and kept once finished."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="account_checks")
    because = models.CharField(max_length=5, choices=Because)
    from_on = models.DateField(help_text="The first day of which the account is checked.")
    until_on = models.DateField(help_text="The last one.")
    made_on = models.DateField()
    due_on = models.DateField(help_text="The last day on which the council is in time.")
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    finished_on = models.DateField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    words = models.TextField(blank=True, help_text="What came of it, for the person to read.")

    class Meta:
        ordering = ["-until_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(finished_on=None), name="check_one_at_a_time"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="check_has_days"),
            models.CheckConstraint(
                condition=Q(finished_on=None, finished_by=None, outcome="", words="")
                | Q(finished_on__isnull=False, finished_by__isnull=False) & ~Q(outcome="") & ~Q(words=""),
                name="check_finished_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(finished_on=None), name="check_due")]
        triggers = kept_but("check_is_kept", "finished_by", "finished_on", "outcome", "words", once="finished_on")


@tracked()
class Flagged(models.Model):
    """Something that a check points out, what was said of it, and what the person answered where they were asked.

    While the check is open it is looked for anew each night: what is not seen any more is gone, and counts no longer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_of = models.ForeignKey(Check, models.PROTECT, related_name="flagged")
    kind = models.CharField(max_length=12, choices=KINDS)
    lines = ArrayField(models.CharField(max_length=36), default=list, help_text="The lines of the account.")
    seen = models.TextField()
    perhaps = models.TextField()
    ask = models.TextField()
    found_on = models.DateField()
    gone_on = models.DateField(null=True)
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    words = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)
    question = models.TextField(blank=True, help_text="What the person was asked.")
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField(null=True)
    reply = models.TextField(blank=True, help_text="What the person, or somebody for them, answered.")
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    replied_on = models.DateField(null=True)

    class Meta:
        ordering = ["found_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "kind"], name="flagged_once_a_kind"),
            models.CheckConstraint(
                condition=Q(answer="", words="", answered_by=None, answered_on=None)
                | Q(answered_by__isnull=False, answered_on__isnull=False) & ~Q(answer="") & ~Q(words=""),
                name="flagged_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(question="", asked_by=None, asked_on=None)
                | Q(asked_by__isnull=False, asked_on__isnull=False) & ~Q(question=""),
                name="flagged_asked_whole",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_by=None, replied_on=None)
                | Q(replied_by__isnull=False, replied_on__isnull=False, asked_on__isnull=False) & ~Q(reply=""),
                name="flagged_replied_whole",
            ),
        ]
        triggers = [
            *kept_but(
                "flagged_is_kept", "lines", "seen", "perhaps", "ask", "gone_on", "answer", "words", "answered_by",
                "answered_on", "question", "asked_by", "asked_on", "reply", "replied_by", "replied_on",
            ),
            kept_with(
                "flagged_of_a_finished_check_is_kept", table="monitoring_check", key="check_of_id",
                done="finished_on IS NOT NULL",
            )[0],
        ]  # fmt: skip

    @property
    def label(self) -> str:
        """What a list says of it."""
        return dict(KINDS)[self.kind]

    @property
    def waits_for_person(self) -> bool:
        """Whether the person was asked, and has not answered yet."""
        return self.answer == Answer.ASK and not self.reply
