"""What the council answers to each theme, and its risks. Never edited: a later row takes an earlier one's place."""

import uuid

from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.guards import kept

LIKELIHOOD = [
    (1, "1: rare, hardly once in ten years"),
    (2, "2: unlikely, about once in five years"),
    (3, "3: possible, about once in two years"),
    (4, "4: likely, about once a year"),
    (5, "5: almost certain, or it happens now"),
]
IMPACT = [
    (1, "1: noticed by nobody outside the office"),
    (2, "2: a few people wait or are put out for days"),
    (3, "3: people wait for weeks, or a budget is off by up to 1 in 100"),
    (4, "4: somebody’s support fails, or a budget is off by up to 1 in 20"),
    (5, "5: somebody is harmed, or the council breaks the law"),
]
#: From which product of the two a risk is high, and from which it is middling.
HIGH, MIDDLING = 15, 8


class Answer(models.Model):
    """What the council answers to one theme, in its own words: by whom, when, and what it will do."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    theme = models.CharField(max_length=30)
    number = models.PositiveIntegerField(help_text="1 for the first of a theme, one more for each later one.")
    answer = models.TextField()
    will_do = models.TextField(blank=True)
    owner = models.CharField(max_length=120, help_text="Who answers for it.")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_on = models.DateField()

    class Meta:
        ordering = ["theme", "-number"]
        constraints = [models.UniqueConstraint(fields=["theme", "number"], name="theme_answer_numbered_once")]
        triggers = kept("theme_answer_is_kept")


class RiskEntry(models.Model):
    """One risk as it stood from a day on: entered, weighed anew or closed. Rows of one `risk` are its history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField(help_text="1 for the first of a risk, one more for each change.")
    name = models.CharField(max_length=120)
    cause = models.TextField()
    effect = models.TextField()
    likelihood = models.PositiveSmallIntegerField(choices=LIKELIHOOD)
    impact = models.PositiveSmallIntegerField(choices=IMPACT)
    held_by = models.TextField(help_text="What holds against it now.")
    owner = models.CharField(max_length=120)
    review_on = models.DateField(help_text="When it is looked at next.")
    why = models.TextField(blank=True, help_text="What changed since the row before.")
    closed = models.BooleanField(default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()

    class Meta:
        ordering = ["risk", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["risk", "number"], name="risk_numbered_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(why=""), name="risk_changes_for_a_reason"),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)), name="risk_weighed_on_the_scales"
            ),
        ]
        triggers = kept("risk_is_kept")

    @property
    def weight(self) -> int:
        """Likelihood by impact: 1 to 25."""
        return self.likelihood * self.impact

    @property
    def level(self) -> str:
        """The weight in a word."""
        return "High" if self.weight >= HIGH else "Middling" if self.weight >= MIDDLING else "Low"
