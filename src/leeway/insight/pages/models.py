"""Waves of an anonymous survey, responses that nothing ties to anybody, the local account, and own targets."""

import secrets
import uuid
from datetime import date

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.guards import kept, never_deleted, tracked
from leeway.insight.surveys.questionnaire import Questionnaire, parse
from leeway.published.forecasts.targets import aim

TOKEN_BYTES = 16


def new_token() -> str:
    """An address that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@tracked()
class Wave(models.Model):
    """One questionnaire, put to people from one day to another. It holds its questions as they were when it opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    questionnaire_code = models.CharField(max_length=40)
    definition = models.JSONField(encoder=DjangoJSONEncoder)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="The last day on which it can be answered.")
    closed_on = models.DateField(null=True, blank=True, help_text="When somebody closed it before its last day.")
    asked = models.PositiveIntegerField(null=True, blank=True, help_text="How many people were asked, where known.")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opens_on", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="wave_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(asked=None) | Q(asked__gte=1), name="wave_asks_somebody"),
            models.UniqueConstraint(fields=["questionnaire_code", "name"], name="wave_named_once"),
        ]
        triggers = [
            *never_deleted("wave_is_kept"),
            pgtrigger.ReadOnly(name="wave_questions_are_kept", exclude=["closed_on"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions as they were put."""
        return parse(self.definition, where=f"the wave “{self.name}”")

    def is_open_on(self, day: date) -> bool:
        """Whether it can be answered on this day."""
        return self.opens_on <= day <= self.closes_on and self.closed_on is None

    def is_over_on(self, day: date) -> bool:
        """Whether no more answers can come, so that results can be shown."""
        return day > self.closes_on or self.closed_on is not None


class Response(models.Model):
    """What one person answered. Only the day: no user, no address, no cookie, no time, and no order.

    `id` comes from the form, so that a form is saved once.
    """

    id = models.UUIDField(primary_key=True)
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="responses")
    answered_on = models.DateField()
    answers = models.JSONField()

    class Meta:
        triggers = kept("response_is_kept")


class LocalAccount(models.Model):
    """The council's own figures as everyone may read them, as they stood on a day. A later one takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_at = models.DateField()
    figures = models.JSONField(help_text="Rows of figures, small counts hidden and the others rounded.")
    published_on = models.DateField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-as_at", "-published_at"]
        triggers = kept("local_account_is_kept")

    def __str__(self) -> str:
        return f"Local account to {self.as_at:%-d %B %Y}"


class OwnGoal(models.Model):
    """What the council agreed of one of its targets on one day: set, changed or ended. A later row takes its place.

    Rows of one `target` are its history. `measure` is the key of a published series, whose definition says of whom the
    percentage is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.CharField(max_length=80)
    measure = models.CharField(max_length=80)
    percent = models.FloatField()
    at_most = models.BooleanField(default=False, help_text="Whether it is to be this or less, rather than or more.")
    due_on = models.DateField()
    owner = models.CharField(max_length=120, help_text="Who answers for it.")
    why = models.CharField(max_length=500)
    ended = models.BooleanField(default=False)
    agreed_on = models.DateField()
    agreed_at = models.DateTimeField(auto_now_add=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["target", "agreed_on", "agreed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0) & Q(percent__lte=100), name="goal_is_a_percentage"),
            models.CheckConstraint(condition=Q(ended=True) | Q(due_on__gt=F("agreed_on")), name="goal_lies_ahead"),
        ]
        triggers = kept("own_goal_is_kept")

    def __str__(self) -> str:
        return f"{self.target}: {self.aim} by {self.due_on:%-d %B %Y}"

    @property
    def aim(self) -> str:
        """What is to be reached, as people write it."""
        return aim(self.percent, self.at_most)
