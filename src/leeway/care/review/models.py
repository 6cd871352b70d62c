"""Reviews: planned and unplanned, what was said, and what follows."""

import uuid

from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import Aim
from leeway.guards import kept_once, kept_with, tracked


class ReviewReason(models.TextChoices):
    """Why a review is held, in the words of the national return."""

    PLANNED = "Planned", "Planned"
    HOSPITAL = "Unplanned: hospital", "Unplanned: hospital stay"
    CARER = "Unplanned: carer", "Unplanned: a change for the carer"
    SAFEGUARDING = "Unplanned: safeguarding", "Unplanned: safeguarding"
    PROVIDER = "Unplanned: provider failure", "Unplanned: the provider failed"
    ASKED = "Unplanned: asked for", "Unplanned: the person asked"
    OTHER = "Unplanned: other", "Unplanned: another reason"


class Concern(models.TextChoices):
    """What raises a doubt about a direct payment, so that it is looked at again (SI 2014/2871, reg. 7)."""

    MISUSE = "misuse", "It may not have been used for the needs that it is for"
    BREACH = "breach", "One of its conditions may have been broken"
    CANNOT_MANAGE = "cannot_manage", "Whoever receives it may not be able to manage it any more, even with help"
    BEST_INTERESTS = "best_interests", "The authorised person may not act in the person’s best interests"
    NOT_APPROPRIATE = "not_appropriate", "It may no longer be an appropriate way to meet the needs"
    CAPACITY = "capacity", "The person may have lost, or regained, the capacity to ask for it"


class Achieved(models.TextChoices):
    """Whether the aims of the plan were met."""

    FULLY = "Fully Met", "Fully met"
    PARTIALLY = "Partially Met", "Partly met"
    NOT = "Not Met", "Not met"


class ReviewResult(models.TextChoices):
    """What follows from a review."""

    CONTINUE = "continue", "Carry on as now"
    CHANGE_PLAN = "change_plan", "Change the plan"
    REASSESS = "reassess", "Assess again, since needs have changed"
    END = "end", "End support"


@tracked()
class Review(models.Model):
    """One review: due, then held. `version` counts saves, so that nobody overwrites another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=40, choices=ReviewReason, default=ReviewReason.PLANNED)
    due_on = models.DateField()
    opened_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    person_words = models.TextField(blank=True)
    not_said = models.BooleanField(default=False, help_text="They could not or did not want to say.")
    seen_instead = models.TextField(blank=True, help_text="Then: what the worker saw of what works for them.")
    assessor_words = models.TextField(blank=True)
    what_changed = models.TextField(blank=True)
    achieved = models.CharField(max_length=20, choices=Achieved, blank=True)
    result = models.CharField(max_length=20, choices=ReviewResult, blank=True)
    reasons = models.TextField(blank=True, help_text="Why this follows; for an ending, what must still be paid too.")
    asked_on = models.DateField(null=True, blank=True)
    asked_by_name = models.TextField(blank=True)
    asked_words = models.TextField(blank=True, help_text="Why a review was asked for, in their words.")
    needed_because = models.TextField(
        blank=True, help_text="What made it due before its time, a line each. For those who work on the case."
    )
    held_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on"]
        triggers = kept_once("held_review_is_kept", "held_on")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(held_on=None), name="review_one_ahead_a_case"),
            models.CheckConstraint(
                condition=Q(held_on=None, held_by=None)
                | (Q(held_on__isnull=False, held_by__isnull=False) & ~Q(result="")),
                name="review_held_has_result",
            ),
            models.CheckConstraint(condition=Q(held_on=None) | Q(opened_on__isnull=False), name="review_opened_first"),
        ]


@tracked()
class AimResult(models.Model):
    """How far one aim of the plan was met, as found at a review."""

    id = models.BigAutoField(primary_key=True)
    review = models.ForeignKey(Review, models.PROTECT, related_name="aim_results")
    aim = models.ForeignKey(Aim, models.PROTECT, related_name="results")
    achieved = models.CharField(max_length=20, choices=Achieved)

    class Meta:
        ordering = ["aim"]
        triggers = kept_with(
            "result_of_held_review_is_kept", table="review_review", key="review_id", done="held_on IS NOT NULL"
        )
        constraints = [models.UniqueConstraint(fields=["review", "aim"], name="aim_judged_once_a_review")]
