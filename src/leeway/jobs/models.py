"""What somebody asked to be done in the background, how far it is, and what came of it."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.jobs.states import UNDER_WAY, State


class Job(models.Model):
    """One piece of work for a worker. `asked_by` is empty for what is done every night.

    `arguments` hold keys, dates and codes alone, never anything about a person. `attempt` counts the times that a
    worker began it: whoever finishes a job must still hold its latest attempt. `result_address` is where something else
    can be given, until it is done, and then where to go on to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_on = models.DateField(help_text="The day that the work counts as done on.")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    attempts_before = models.PositiveIntegerField(default=0, help_text="Attempts before somebody had it tried again.")
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0, help_text="Of how many; nought while that is not known.")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result_sentence = models.TextField(blank=True)
    result_address = models.CharField(max_length=500, blank=True)
    result_link = models.CharField(max_length=100, blank=True, help_text="The words that lead to the address.")
    error = models.TextField(blank=True, help_text="What went wrong, in words for whoever asked.")

    class Meta:
        ordering = ["-asked_at", "id"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"]), models.Index(fields=["state", "-asked_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "arguments", "asked_by"],
                condition=Q(state__in=UNDER_WAY),
                name="job_under_way_once",
            ),
            models.UniqueConstraint(fields=["kind", "asked_on"], condition=Q(asked_by=None), name="job_once_a_night"),
            models.CheckConstraint(condition=Q(steps_done__lte=F("steps")), name="job_steps_done_of_steps"),
            models.CheckConstraint(condition=Q(state="failed") | Q(error=""), name="job_error_only_when_failed"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], ended_at__isnull=False)
                | Q(state__in=UNDER_WAY, ended_at=None),
                name="job_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asker(self) -> str:
        """Who asked for it, by name."""
        return self.asked_by.name if self.asked_by else "Leeway itself"
