"""A correction that somebody asks for: what is on record, what it should be, and what came of it."""

import uuid

from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.care.people.models import Case, Person
from leeway.guards import kept, kept_but, tracked


class Part(models.TextChoices):
    """The parts of what is on record about a person; one correction is asked for in each at a time."""

    WHO = "who", "Name and birthday"
    REACH = "reach", "Address, phone and email"
    PART = "part", "What helps with taking part"
    OTHER = "other", "Something else"


class Settled(models.TextChoices):
    """What came of it."""

    MADE = "made", "Corrected"
    DECLINED = "declined", "Not corrected"
    WITHDRAWN = "withdrawn", "Taken back"


@tracked()
class Correction(models.Model):
    """A correction that waits for the worker, or was settled. `was` and `wanted` hold each thing by its name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="corrections")
    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections")
    part = models.CharField(max_length=10, choices=Part)
    was = models.JSONField(default=dict, blank=True)
    wanted = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True, help_text="What they said of it, or what else is wrong.")
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_by_name = models.TextField()
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled = models.CharField(max_length=10, choices=Settled, blank=True)
    reason = models.TextField(blank=True, help_text="How it was found to be right, or why it is not corrected.")

    class Meta:
        ordering = ["-asked_on", "-pk"]
        triggers = kept_but("correction_is_kept", "settled_on", "settled_by", "settled", "reason", once="settled_on")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "part"], condition=Q(settled_on=None), name="correction_asked_once_a_part"
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None, settled_by=None, settled="", reason="")
                | (Q(settled_on__isnull=False, settled_by__isnull=False) & ~Q(settled="")),
                name="correction_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(settled__in=["made", "declined"]) | ~Q(reason=""), name="correction_settled_for_a_reason"
            ),
        ]


class Statement(models.Model):
    """What somebody says of what was not corrected. It stays with the record (UK GDPR, article 16). Kept as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    correction = models.OneToOneField(Correction, models.PROTECT, related_name="statement")
    words = models.TextField()
    said_on = models.DateField()
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_by_name = models.TextField()

    class Meta:
        triggers = kept("statement_is_kept")
