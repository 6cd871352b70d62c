"""A recovery, the things that it is about, and its steps. Nothing of it is changed: what happens is another step."""

import uuid

from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept, kept_but, tracked
from leeway.law.recovery import Because as InLaw
from leeway.money.recovery.states import Did
from leeway.money.statements.models import StatementLine


class Because(models.TextChoices):
    """Why something is asked back."""

    NOT_FOR_NEEDS = InLaw.NOT_FOR_NEEDS.value, "It was not spent on what the plan is for"
    CONDITION = InLaw.CONDITION.value, "A condition was broken that they knew of"
    SURPLUS = InLaw.SURPLUS.value, "More is left than the plan needs"
    AFTER_END = InLaw.AFTER_END.value, "It was paid for days after the end"


#: What a person did with the letter, after their name.
IN_SHORT = {Did.AGREED: "agreed", Did.HARD: "said that it would be hard", Did.CHALLENGED: "challenged it"}


class Recovery(models.Model):
    """That something in the account of a direct payment is looked at, since when and by whom. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="recoveries")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_on = models.DateField()

    class Meta:
        ordering = ["opened_on", "id"]
        triggers = kept("recovery_is_kept")
        verbose_name_plural = "recoveries"


@tracked()
class Item(models.Model):
    """One thing that is asked about, and perhaps asked back. The person's answer is filled in, and so is its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="items")
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, blank=True, related_name="asked_back")
    because = models.CharField(max_length=13, choices=Because)
    day = models.DateField(null=True, blank=True)
    pence = models.PositiveBigIntegerField()
    what = models.CharField(max_length=200, help_text="What it was, as the bank and the person say it.")
    reason = models.TextField(help_text="Why it is asked about, in words that the person reads.")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    dropped_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    dropped_on = models.DateField(null=True, blank=True)
    dropped_because = models.TextField(blank=True)

    class Meta:
        ordering = ["day", "asked_on", "id"]
        triggers = kept_but(
            "item_is_kept", "answer", "answered_by", "answered_on", "dropped_by", "dropped_on", "dropped_because"
        )
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0) & ~Q(what="") & ~Q(reason=""), name="item_says_what"),
            models.CheckConstraint(
                condition=Q(because__in=["not_for_needs", "condition"], line__isnull=False)
                | Q(because__in=["surplus", "after_end"], line=None),
                name="item_of_a_payment_names_it",
            ),
            models.CheckConstraint(condition=Q(because="surplus") ^ Q(day__isnull=False), name="item_has_its_day"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_on=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_on__isnull=False)),
                name="item_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(dropped_because="", dropped_by=None, dropped_on=None)
                | (~Q(dropped_because="") & Q(dropped_by__isnull=False, dropped_on__isnull=False)),
                name="item_dropped_for_a_reason",
            ),
        ]


class Step(models.Model):
    """Something that was done in a recovery. Never edited.

    `pence`: what was proposed, decided, offered a month or given back. `weighed` has the whole working behind what was
    proposed, approved or decided: inputs, the law's day, values and digest, result, steps and reasons.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField()
    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="steps")
    did = models.CharField(max_length=14, choices=Did)
    happened_on = models.DateField()
    words = models.TextField(blank=True)
    pence = models.PositiveBigIntegerField(default=0)
    weighed = models.JSONField(null=True, blank=True)
    of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    on = models.DateField()

    @property
    def in_short(self) -> str:
        """What was done, within a sentence that names who did it."""
        return IN_SHORT.get(Did(self.did), str(self.get_did_display()).lower())

    class Meta:
        ordering = ["recovery", "number"]
        triggers = kept("recovery_step_is_kept")
        constraints = [
            models.UniqueConstraint(fields=["recovery", "number"], name="recovery_step_by_step"),
            models.UniqueConstraint(fields=["of"], condition=Q(of__isnull=False), name="recovery_step_undone_once"),
            models.CheckConstraint(
                condition=Q(did__in=["proposed", "approved", "decided"], weighed__isnull=False)
                | (~Q(did__in=["proposed", "approved", "decided"]) & Q(weighed__isnull=True)),
                name="recovery_step_shows_its_working",
            ),
            models.CheckConstraint(
                condition=~Q(did__in=["given_back", "not_given_back"]) | Q(pence__gt=0), name="given_back_is_money"
            ),
        ]
