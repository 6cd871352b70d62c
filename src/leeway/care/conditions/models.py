"""Conditions that a council set for one direct payment, each with reason and end; and challenges of them."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.conditions.kinds import Because, What
from leeway.care.people.models import Case
from leeway.guards import kept_but, tracked


@tracked()
class Condition(models.Model):
    """Something that a council asks of one person's direct payment, why, and until when. Ended early, it says why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="conditions")
    what = models.CharField(max_length=11, choices=What)
    words = models.TextField(help_text="What exactly, in words that the person reads.")
    because = models.CharField(max_length=7, choices=Because)
    reason = models.TextField(help_text="Why, for this person.")
    offered = models.TextField(blank=True, help_text="Which other ways were offered.")
    said = models.TextField(help_text="What the person said of it, or whoever speaks for them.")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Its last day: it ends by itself.")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The first day without it, where it ended early.")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="condition_has_its_end"),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(reason="") & ~Q(said=""), name="condition_says_what_and_why"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by=None, ended_because="")
                | Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(ended_because=""),
                name="condition_ended_whole",
            ),
        ]
        triggers = kept_but("condition_is_kept", "ended_on", "ended_by", "ended_because", once="ended_on")

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.starts_on <= day <= self.ends_on and (self.ended_on is None or day < self.ended_on)


@tracked()
class Challenge(models.Model):
    """That the person says a condition is not right, why, and what a manager without a part in it answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="challenges")
    words = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()
    was_right = models.BooleanField(null=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)

    class Meta:
        ordering = ["made_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition"], condition=Q(answered_on=None), name="condition_challenged_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(was_right=None, answer="", answered_by=None, answered_on=None)
                | Q(was_right__isnull=False, answered_by__isnull=False, answered_on__isnull=False) & ~Q(answer=""),
                name="condition_challenge_answered_whole",
            ),
        ]
        triggers = kept_but(
            "condition_challenge_is_kept", "was_right", "answer", "answered_by", "answered_on", once="answered_on"
        )
